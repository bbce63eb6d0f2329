"""waive, unwaive, waivers: findings that are right as they are, with the reason."""

from typing import Annotated

import typer

from .. import screen
from ..checking import check
from ..declare import Record
from ..describe import kind_named
from ..entities import ENTITIES
from ..errors import Refused
from ..examining import examine_together
from ..registry import Registry
from ..rule_choice import rule_of
from ..waivers import Standing, meant, over_many, standings, unwaive, waive
from ..words import Text
from . import AsJson, Why, argument, command, findings_told, option, reading, writing

Id = Annotated[str, argument("record", "record")]
As = Annotated[
    str | None,
    option(
        "di che tipo, se più record hanno lo stesso identificativo: lab, area",
        "of which kind, where several records have the same identifier: lab, area",
        "--as",
    ),
]
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
    as_: As = None,
) -> None:
    rule = rule_of(code)
    with writing() as registry, findings_told():
        records = _records(registry, id_, as_)
        keys = {(record.name_of_kind, record.id) for record in records}
        findings = check(registry, keys, {rule.code}).findings
        record = meant(records, findings)
        told = {"why": why, **({"until": until} if until else {})}
        with registry.operation("waive", why):
            done = waive(registry, record, rule, findings, told)
    columns = ", ".join(waiver.concerns for waiver in done)
    said = Text("{code} su {id} ({columns}): lasciato com'è", "{code} on {id} ({columns}): left")
    screen.say(said.filled(code=rule.code, id=record.id, columns=columns))


def _records(registry: Registry, text: str, kind: str | None) -> list[Record]:
    """Return the records that a text means, of a kind where that is told. Raises Refused."""
    entity = kind_named(kind, ENTITIES) if kind else None
    found = registry.finder.of_any_kind(text)
    told = [record for record in found if entity is None or type(record) is entity]
    if entity and not told:
        refused = Text(
            "«{id}» non è di tipo {kind}, ma {kinds}",
            "“{id}” is not of the kind {kind} but {kinds}",
        )
        kinds = ", ".join(record.name_of_kind for record in found)
        raise Refused(refused.filled(id=found[0].id, kind=entity.name_of_kind, kinds=kinds))
    return told


def unwaive_(id_: Id, code: Code, why: Why = None, as_: As = None) -> None:  # noqa: D103
    rule = rule_of(code)
    kind = kind_named(as_, ENTITIES) if as_ else None
    with writing() as registry, registry.operation("unwaive", why):
        count = len(unwaive(registry, id_, rule.code, kind))
    screen.say(Text("deroghe tolte: {n}", "waivers taken back: {n}").filled(n=count))


def waivers(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        findings = examine_together(registry) if over_many(registry) else []
        found = standings(registry, findings)
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
