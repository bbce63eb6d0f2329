"""review: proposals looked at one by one and decided on, with questions or without."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from .. import prompts, proposals, screen, unions
from ..declare import Record
from ..doubles import Double
from ..entities import PLACES, Place
from ..errors import Refused
from ..outcome import Faulty
from ..prompts import Back, Choice, Question
from ..questions import searched
from ..registry import Registry
from ..screen import Section
from ..surveys import alike
from ..telling import sections_of, to_json, written_value
from ..whereabouts import whereabouts
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    can_ask,
    command,
    findings_told,
    group,
    option,
    reading,
    writing,
)

Ids = Annotated[list[str], argument("proposte", "proposals")]
As = Annotated[str | None, option("lab, group, organisation", "lab, group, organisation", "--as")]
State = Annotated[str, option("stato da dare: active", "state to give: active")]
Take = Annotated[
    list[str] | None,
    option("colonna di cui vale la proposta", "column that the proposal wins"),
]
ACCEPT = Text("accettare", "accept")
MERGE = Text("unire a un altro record", "merge into another record")
REJECT = Text("respingere", "reject")
SKIP = Text("passare oltre", "skip")
STOP = Text("smettere", "stop")
SHOWN = ("id", "name", "municipality", "source", "created_at")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    text = Text("Esame delle proposte, verifica dei record", "Review of proposals and records")
    made = group(app, "review", text)
    told = (
        ("proposals", Text("Esamina le proposte.", "Review the proposals."), review),
        ("accept", Text("Accetta delle proposte.", "Accept proposals."), accept),
        (
            "merge",
            Text("Unisce una proposta a un record.", "Merge a proposal into a record."),
            merge,
        ),
        ("reject", Text("Respinge delle proposte.", "Reject proposals."), reject),
    )
    for name, text, run in told:
        command(made, name, text, run)


def accept(ids: Ids, state: State = "active", why: Why = None) -> None:  # noqa: D103
    with writing() as registry, findings_told(), registry.operation("review accept", why):
        for place in [proposals.proposed(registry, each) for each in ids]:
            proposals.accept(registry, place, state)
    screen.say(Text("proposte accettate: {n}", "proposals accepted: {n}").filled(n=len(ids)))


def merge(  # noqa: D103
    id_: Annotated[str, argument("proposta", "proposal")],
    into: Annotated[str, argument("record in cui confluisce", "record that it becomes part of")],
    take: Take = None,
    why: Why = None,
) -> None:
    with writing() as registry, findings_told(), registry.operation("review merge", why):
        place, other = proposals.proposed(registry, id_), registry.finder.place(into)
        unions.expect_columns(place, other, take or (), proposals.NEVER_WON)
        unions.merge(registry, place, other, take or ())
    _merged(place, other)


def reject(  # noqa: D103
    ids: Ids, why: Annotated[str, option("perché, per la storia", "why, for the history")]
) -> None:
    with writing() as registry, registry.operation("review reject", why):
        for place in [proposals.proposed(registry, each) for each in ids]:
            proposals.reject(registry, place)
    screen.say(Text("proposte respinte: {n}", "proposals rejected: {n}").filled(n=len(ids)))


def review(as_: As = None, as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        found = proposals.waiting(registry, _kinds(as_))
        names = registry.municipality_names()
    if as_json:
        screen.out_json([to_json(place) for place in found])
    elif not found:
        screen.say(Text("nessuna proposta in attesa", "no proposals are waiting"))
    elif can_ask():
        _walk(found)
    else:
        rows = [
            [place.label, *(written_value(place.column(name), place, names) for name in SHOWN)]
            for place in found
        ]
        headers = [Text("Tipo", "Kind"), *(found[0].column(name).label for name in SHOWN)]
        screen.table(headers, rows)


def _kinds(name: str | None) -> list[type[Place]]:
    found = [e for e in PLACES if name is None or name in {e.name_of_kind, e.table}]
    if not found:
        kinds = ", ".join(entity.name_of_kind for entity in PLACES)
        told = Text("--as «{name}»: indicare uno di {kinds}", "--as “{name}”: give one of {kinds}")
        raise Refused(told.filled(name=name, kinds=kinds))
    return found


# One by one


def _walk(found: list[Place]) -> None:
    for number, place in enumerate(found, start=1):
        done = False
        while not done:
            with reading() as registry:
                current = registry.store.get(type(place), place.id)
                if current is None or current.removed or current.state != proposals.PROPOSED:
                    break
                near = alike(registry, current)
                _show(registry, current, near, f"{number}/{len(found)}")
            try:
                done, going = _decided(current, near)
            except Back:
                continue
            except (Faulty, Refused) as refused:
                screen.warn(refused.text)
                continue
            if not going:
                return


def _show(registry: Registry, place: Place, near: list[Double], position: str) -> None:
    screen.card(f"{position}  {place.name}", _sections(registry, place, near), sys.stderr)


def _sections(registry: Registry, place: Place, near: list[Double]) -> Iterator[Section]:
    yield from sections_of(registry, place)
    if lies := whereabouts(registry, place):
        yield Section(Text("Dove si trova", "Where it lies"), [("", lies, "")])
    if near:
        lines = [(each.id, each.name, each.reason) for each in near]
        yield Section(Text("Forse c'è già", "Perhaps it is already there"), lines)


def _decided(place: Place, near: list[Double]) -> tuple[bool, bool]:
    """Ask what becomes of a proposal, and do it; tell whether it is decided, and to go on."""
    offer = [Choice(str(each)) for each in (ACCEPT, MERGE, REJECT, SKIP, STOP)]
    chosen = prompts.choose(Text("Che cosa fare", "What to do"), offer, inside=False)
    if chosen == str(ACCEPT):
        with writing() as registry, findings_told(), registry.operation("review accept"):
            proposals.accept(registry, place)
        screen.say(Text("accettata: {id}", "accepted: {id}").filled(id=place.id))
    elif chosen == str(MERGE):
        _merge(place, near)
    elif chosen == str(REJECT):
        why = prompts.ask(Question(Text("Perché", "Why"), check=_told))
        with writing() as registry, registry.operation("review reject", why):
            proposals.reject(registry, place)
        screen.say(Text("respinta: {id}", "rejected: {id}").filled(id=place.id))
    return True, chosen != str(STOP)


def _told(answer: str) -> Text | None:
    needed = Text("serve un motivo, anche breve", "a reason is needed, even a short one")
    return None if answer.strip() else needed


def _merge(place: Place, near: list[Double]) -> None:
    with reading() as registry:
        first = [Choice(each.id, each.name) for each in near]

        def choices(part: str) -> Iterator[Choice]:
            yield from (each for each in first if part.lower() in each.text)
            yield from (c for c in searched(registry, part, PLACES) if c not in first)

        def check(answer: str) -> Text | None:
            try:
                registry.finder.place(answer)
            except Refused as refused:
                return refused.text
            return None

        label = Text("Unire a quale record", "Merge into which record")
        answer = prompts.ask(Question(label, choices=choices, check=check))
        into = registry.finder.place(answer)
    taken = [
        each.column.name for each in proposals.differences(place, into) if _proposal_wins(each)
    ]
    with writing() as registry, findings_told(), registry.operation("review merge"):
        unions.merge(registry, place, into, taken)
    _merged(place, into)


def _proposal_wins(each: unions.Difference) -> bool:
    told = Text(
        "{label}: c'è «{held}», la proposta dice «{proposed}». Prendere quello della proposta?",
        "{label}: it is “{held}”, the proposal says “{proposed}”. Take that of the proposal?",
    )
    return prompts.confirm(told.filled(label=each.column.label, held=each.held, proposed=each.told))


def _merged(place: Record, into: Record) -> None:
    screen.say(
        Text("{id} è confluito in {into}", "{id} became part of {into}").filled(
            id=place.id, into=into.id
        )
    )
