"""merge: a record made part of another one, after both were shown side by side."""

from collections.abc import Collection, Iterable
from typing import Annotated, Any

import typer

from .. import prompts, screen, unions
from ..entities import Place
from ..errors import Refused
from ..prompts import Back, Choice, Question
from ..registry import Registry
from ..telling import written_value
from ..words import Text, same
from . import (
    AsJson,
    Why,
    argument,
    can_ask,
    command,
    findings_told,
    option,
    reading,
    writing,
)


def add_to(app: typer.Typer) -> None:
    """Register merge."""
    told = Text(
        "Unisce un record a un altro, che resta: mostra i due, chiede, e scrive.",
        "Merge a record into another, which stays: show both, ask, and write.",
    )
    command(app, "merge", told, merge)


def merge(  # noqa: D103
    record: Annotated[str, argument("record che confluisce", "record that is merged")],
    into: Annotated[str, argument("record che resta", "record that stays")],
    take: Annotated[
        list[str] | None,
        option(
            "colonna da prendere dal record che confluisce",
            "column to be taken from the record that is merged",
            "--take",
        ),
    ] = None,
    yes: Annotated[
        bool, option("senza chiedere niente", "ask nothing", "--yes", "--apply")
    ] = False,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    taken = set(take or ())
    with reading() as registry:
        pair = [registry.finder.place(each) for each in (record, into)]
        place, other = pair
        unions.expect_two(place, other)
        unions.expect_columns(place, other, taken, ())
        asks = can_ask() and not (yes or as_json)
        if asks:
            _show(registry, place, other, taken, told_of_both=True)
            taken = _asked(registry, place, other, taken)
        if not as_json:
            _show(registry, place, other, taken, told_of_both=not asks)
        elif not yes:
            screen.out_json(_json(registry, place, other, taken, written=False))
    if not yes and not (asks and _confirmed(place, other)):
        if not asks:
            raise _refuse_unasked()
        screen.say(Text("non è stato scritto niente", "nothing was written"))
        return
    with writing() as registry, findings_told(), registry.operation("merge", why):
        told = _json(registry, place, other, taken, written=True)
        unions.merge(registry, place, other, taken)
    if as_json:
        screen.out_json(told)
    done = Text("{id} è confluito in {into}", "{id} was merged into {into}")
    screen.say(done.filled(id=place.id, into=other.id))


def _refuse_unasked() -> Refused:
    return Refused(
        Text(
            "niente è stato scritto: aggiungere --yes per confermare, e --take COLONNA per ogni"
            " valore da prendere dal primo",
            "nothing was written: add --yes to confirm, and --take COLUMN for each value to be"
            " taken from the first",
        )
    )


def _show(
    registry: Registry, place: Place, into: Place, taken: Collection[str], *, told_of_both: bool
) -> None:
    """Show the two side by side, and what stays: what the first one tells, or what changes."""
    changes = unions.united(registry, place, into, taken)
    names = registry.municipality_names()
    rows = []
    for column in type(into).columns:
        if column.automatic or column.name in {"hidden", "hidden_reason"}:
            continue
        stays = into
        if column.name in changes:
            stays = into.replaced(**{column.name: _read(column, changes[column.name])})
        cells = [written_value(column, each, names) for each in (place, into, stays)]
        if column.name in changes or (told_of_both and cells[0]):
            rows.append([column.label, *cells])
    stays_told = Text("Resta", "What stays")
    headers = [Text("Colonna", "Column"), same(place.id), same(into.id), stays_told]
    if rows:
        screen.table(headers, rows)


def _read(column: Any, text: str) -> Any:
    if text:
        return column.kind.read(text)
    return () if column.many else None


def _asked(registry: Registry, place: Place, into: Place, taken: Collection[str]) -> set[str]:
    """Ask which value stays of each column that differs and was not told; return those taken.

    What goes together is asked once. A way back leads to the question before.
    """
    group, _ = unions.together(registry, place, into)
    asked: list[unions.Difference] = []
    for each in unions.differences(place, into):
        together = each.column.name in group
        known = {*taken} & (group if together else {each.column.name})
        if not known and not (together and any(a.column.name in group for a in asked)):
            asked.append(each)
    answers: dict[str, bool] = {}
    number = 0
    while number < len(asked):
        each = asked[number]
        position = f"{number + 1}/{len(asked)}"
        try:
            answers[each.column.name] = _wins(each, (place, into), answers, position)
            number += 1
        except Back:
            number = max(number - 1, 0)
    return {*taken, *(name for name, wins in answers.items() if wins)}


def _wins(
    each: unions.Difference,
    pair: tuple[Place, Place],
    answers: dict[str, bool],
    position: str,
) -> bool:
    """Ask whether the value of the first of two records stays; Enter leaves that of the second."""
    place, into = pair
    label = Text("{label}: quale resta", "{label}: which one stays")
    choices = [Choice(into.id, each.held), Choice(place.id, each.told)]

    def fitting(part: str) -> Iterable[Choice]:
        return [choice for choice in choices if part in choice.text]

    def check(answer: str) -> Text | None:
        if answer in {place.id, into.id}:
            return None
        told = Text("scrivere {into} oppure {id}", "write {into} or {id}")
        return told.filled(into=into.id, id=place.id)

    told = Text("{into}: {held}; {id}: {told}", "{into}: {held}; {id}: {told}")
    before = answers.get(each.column.name, False)
    question = Question(
        label.filled(label=each.column.label),
        told.filled(into=into.id, held=each.held, id=place.id, told=each.told),
        offered=place.id if before else into.id,
        choices=fitting,
        check=check,
        position=position,
        required=True,
    )
    return prompts.ask(question) == place.id


def _confirmed(place: Place, into: Place) -> bool:
    sure = Text("Unire {id} a {into}?", "Merge {id} into {into}?")
    return prompts.confirm(sure.filled(id=place.id, into=into.id))


def _json(
    registry: Registry, place: Place, into: Place, taken: Collection[str], *, written: bool
) -> dict[str, Any]:
    return {
        "merged": {"id": place.id, "name": place.name},
        "into": {"id": into.id, "name": into.name},
        "written": written,
        "changes": unions.united(registry, place, into, taken),
        "differences": {
            each.column.name: {place.id: each.told, into.id: each.held}
            for each in unions.differences(place, into)
        },
    }
