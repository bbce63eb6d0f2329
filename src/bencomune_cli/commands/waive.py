"""waive, unwaive, waivers: findings that are right as they are, with the reason."""

from typing import Annotated

import typer

from .. import screen
from ..checking import check
from ..entities import ENTITIES
from ..rule_choice import rule_of
from ..waivers import Standing, standings, unwaive, waive
from ..words import Text
from . import AsJson, Why, argument, command, findings_told, option, reading, writing

Id = Annotated[str, argument("record", "record")]
Code = Annotated[str, argument("regola, come P02", "rule, such as P02")]
_LABELS = {entity.name_of_kind: entity.label for entity in ENTITIES}


def add_to(app: typer.Typer) -> None:
    """Register waive, unwaive and waivers."""
    told = (
        (
            "waive",
            Text(
                "Lascia com'è ciò che una regola segnala, finché il valore non cambia.",
                "Leave what a rule finds as it is, until the value changes.",
            ),
            waive_,
        ),
        ("unwaive", Text("Toglie una deroga.", "Take a waiver back."), unwaive_),
        ("waivers", Text("Elenca le deroghe.", "List the waivers."), waivers),
    )
    for name, text, run in told:
        command(app, name, text, run)


def waive_(  # noqa: D103
    id_: Id,
    code: Code,
    why: Annotated[str, option("perché va bene così", "why it is right as it is")],
    until: Annotated[str | None, option("fino a che giorno", "until which day")] = None,
) -> None:
    rule = rule_of(code)
    with writing() as registry, findings_told():
        place = registry.finder.place(id_)
        findings = check(registry, {(place.name_of_kind, place.id)}, {rule.code}).findings
        told = {"why": why, **({"until": until} if until else {})}
        with registry.operation("waive", why):
            done = waive(registry, place, rule, findings, told)
    columns = ", ".join(waiver.concerns for waiver in done)
    said = Text("{code} su {id} ({columns}): lasciato com'è", "{code} on {id} ({columns}): left")
    screen.say(said.filled(code=rule.code, id=place.id, columns=columns))


def unwaive_(id_: Id, code: Code, why: Why = None) -> None:  # noqa: D103
    rule = rule_of(code)
    with writing() as registry, registry.operation("unwaive", why):
        place = registry.finder.place(id_)
        count = unwaive(registry, place, rule.code)
    screen.say(Text("deroghe tolte: {n}", "waivers taken back: {n}").filled(n=count))


def waivers(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        found = standings(registry)
    if as_json:
        screen.out_json([_json(each) for each in found])
        return
    headers = [Text("Tipo", "Kind"), Text("Record", "Record"), Text("Regola", "Rule")]
    headers += [
        Text("Colonna", "Column"),
        Text("Perché", "Why"),
        Text("Fino al", "Until"),
        Text("Vale", "Holds"),
    ]
    rows = [
        (
            _LABELS.get(each.waiver.entity or "", ""),
            *(each.waiver.record, each.waiver.code, each.waiver.concerns, each.waiver.why),
            each.waiver.until or "",
            Text("sì", "yes") if each.lapsed is None else each.lapsed,
        )
        for each in found
    ]
    screen.table(headers, rows)
    if not found:
        screen.say(Text("nessuna deroga", "no waivers"))


def _json(each: Standing) -> dict[str, object]:
    waiver = each.waiver
    return {
        "entity": waiver.entity,
        "record": waiver.record,
        "code": waiver.code,
        "column": waiver.concerns,
        "value": waiver.held,
        "why": waiver.why,
        "until": waiver.until,
        "holds": each.lapsed is None,
        "lapsed": None if each.lapsed is None else str(each.lapsed),
    }
