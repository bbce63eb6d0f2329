"""review next, confirm, close: records verified again, the one verified longest ago first."""

import sys
from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from .. import prompts, screen, staleness, verifying
from ..declare import Column
from ..entities import PLACES, Place
from ..errors import Refused, Unreadable
from ..findings import Severity
from ..kinds import times
from ..outcome import Faulty
from ..prompts import Back, Choice, Question
from ..questions import choices_for
from ..registry import Registry
from ..screen import Section
from ..staleness import Stale
from ..telling import age, sections_of, written_value
from ..unions import unchanged
from ..whereabouts import whereabouts
from ..words import Text, joined
from . import (
    AsJson,
    Why,
    argument,
    can_ask,
    command,
    findings_told,
    option,
    reading,
    whole_number,
    writing,
)

Ids = Annotated[list[str], argument("record", "records")]
As = Annotated[str | None, option("lab, group, organisation", "lab, group, organisation", "--as")]
CONFIRMED = Text("confermato", "confirmed")
CHANGE = Text("da cambiare", "to be changed")
CLOSED = Text("chiuso", "closed")
SKIP = Text("passare oltre", "skip")
STOP = Text("smettere", "stop")
OFFER = (CONFIRMED, CHANGE, CLOSED, SKIP, STOP)
UNDO = Text("Per tornare indietro: bencomune undo", "To go back: bencomune undo")
VERIFIED, HOW, ENDED = "verified_on", "verified_how", "ended_on"


def add_to_groups(groups: Mapping[str | None, typer.Typer | None]) -> None:
    """Register the commands beside those that review proposals."""
    told = (
        (
            "next",
            Text(
                "Verifica di nuovo i record, dal meno recente: confermati, cambiati o chiusi.",
                "Verify records again, stalest first: confirmed, changed or closed.",
            ),
            next_,
        ),
        (
            "confirm",
            Text("Dice che dei record sono giusti.", "Say that records are right."),
            confirm,
        ),
        ("close", Text("Dice che un record è chiuso.", "Say that a record is closed."), close),
    )
    for name, text, run in told:
        if made := groups.get("review"):
            command(made, name, text, run)


def confirm(  # noqa: D103
    ids: Ids,
    how: Annotated[
        str | None, option("come: phone_call, in_person…", "how: phone_call, in_person…")
    ] = None,
    on: Annotated[str | None, option("quando; se no oggi", "when; else today")] = None,
    source: Annotated[str | None, option("fonte da aggiungere", "source to add")] = None,
    why: Why = None,
) -> None:
    known, day = verifying.how_told(how), verifying.day_told(on, "--on") or times.today()
    if known is None and can_ask():
        with reading() as registry:
            known = _ask_how(registry, back=False)
    with writing() as registry, findings_told(), registry.operation("review confirm", why):
        for each in ids:
            place = verifying.expect_verifiable(registry.finder.place(each))
            registry.change(place, verifying.confirmed(place, day, known, source))
    screen.say(Text("record confermati: {n}", "records confirmed: {n}").filled(n=len(ids)))


def close(  # noqa: D103
    id_: Annotated[str, argument("record", "record")],
    on: Annotated[
        str | None, option("da quando, anche solo l'anno", "since when, if only the year")
    ] = None,
    source: Annotated[str | None, option("fonte da aggiungere", "source to add")] = None,
    why: Why = None,
) -> None:
    day = verifying.day_told(on, "--on")
    with writing() as registry, findings_told(), registry.operation("review close", why):
        place = verifying.expect_verifiable(registry.finder.place(id_))
        written = registry.change(place, verifying.closed(place, day, source))
    screen.findings([f for f in written.findings if f.severity < Severity.NOTE], sys.stderr)
    told = Text("chiuso: {id}", "closed: {id}")
    already = Text("niente è cambiato", "nothing changed")
    screen.say(told.filled(id=place.id) if written.changed else already)


def next_(  # noqa: D103
    as_: As = None,
    limit: Annotated[str | None, option("quanti al massimo", "how many at most")] = None,
    as_json: AsJson = False,
) -> None:
    kinds, most = staleness.kinds_named(as_), whole_number(limit)
    with reading() as registry:
        found = staleness.stalest(registry, kinds)[:most]
    if as_json:
        screen.out_json([each.to_json() for each in found])
    elif not found:
        screen.say(Text("nessun record da verificare", "no records to verify"))
    elif can_ask():
        _walk([each.place for each in found])
    else:
        headers = [Text("Tipo", "Kind"), *(found[0].place.column(n).label for n in ("id", "name"))]
        headers += [found[0].place.column(VERIFIED).label, Text("Scaduto", "Overdue")]
        screen.table(headers, [_row(each) for each in found])


def _row(stale: Stale) -> list[object]:
    place = stale.place
    never = Text("mai", "never")
    return [place.label, place.id, place.name, place.verified_on or never, _overdue(stale)]


def _overdue(stale: Stale) -> object:
    if not stale.due:
        return ""
    if stale.overdue is None:
        return Text("da verificare", "due")
    if not stale.overdue:
        return Text("da meno di un mese", "by less than a month")
    if stale.overdue == 1:
        return Text("da un mese", "by one month")
    return Text("da {n} mesi", "by {n} months").filled(n=stale.overdue)


# One by one


def _walk(found: list[Place]) -> None:
    at = 0
    while at < len(found):
        with reading() as registry:
            place = registry.store.get(type(found[at]), found[at].id)
            if place is None or not staleness.lives(place):
                at += 1
                continue
            _show(registry, place, f"{at + 1}/{len(found)}")
        try:
            chosen = prompts.choose(
                Text("Che cosa fare", "What to do"),
                [Choice(str(each)) for each in OFFER],
                inside=False,
            )
        except Back:
            at = max(at - 1, 0)
            continue
        if chosen == str(STOP):
            return
        try:
            _decide(place, chosen)
        except Back:
            continue
        except (Faulty, Refused) as refused:
            screen.warn(refused.text)
            continue
        at += 1


def _show(registry: Registry, place: Place, position: str) -> None:
    def sections() -> Iterator[Section]:
        yield from sections_of(registry, place)
        if lies := whereabouts(registry, place):
            yield Section(Text("Dove si trova", "Where it lies"), [("", lies, "")])

    screen.card(f"{position}  {place.name}", sections(), sys.stderr)
    if place.verified_on:
        told = Text("verificato l'ultima volta: {age}", "last verified: {age}")
        screen.say(told.filled(age=age(place.verified_on)))
    else:
        screen.say(Text("mai verificato", "never verified"))


def _decide(place: Place, chosen: str) -> None:
    """Ask what a decision needs, and write it as one operation. Raises Back."""
    if chosen == str(SKIP):
        return
    with reading() as registry:
        asking = _Asking(registry, place)
        if chosen == str(CLOSED):
            texts, name = verifying.closed(place, asking.value(ENDED), None), "review close"
        else:
            changes = asking.changes() if chosen == str(CHANGE) else {}
            how = _ask_how(registry)
            texts = {**changes, **verifying.confirmed(place, times.today(), how, None)}
            name = "review confirm"
    with writing() as registry, findings_told(), registry.operation(name):
        registry.change(unchanged(registry, place), texts)
    told = Text("chiuso: {id}", "closed: {id}")
    if chosen != str(CLOSED):
        told = Text("verificato: {id}", "verified: {id}")
    screen.say(joined(". ", [told.filled(id=place.id), UNDO]))


def _ask_how(registry: Registry, *, back: bool = True) -> str:
    column = PLACES[0].column(HOW)

    def check(answer: str) -> Text | None:
        try:
            column.kind.read(answer)
        except Unreadable as unreadable:
            return unreadable.text
        return None

    choices = choices_for(registry, column)
    asked = Question(column.label, choices=choices, check=check, back=back, required=True)
    answer = prompts.ask(asked)
    return str(column.kind.read(answer))


class _Asking:
    """The questions on a record: its new values, each judged by the rules with those before it."""

    def __init__(self, registry: Registry, place: Place) -> None:
        self.registry = registry
        self.place = place
        self.texts: dict[str, str] = {}

    def changes(self) -> dict[str, str]:
        """Ask for columns and their new values, one at least. Raises Back."""
        while True:
            name = self._which()
            self.texts[name] = self.value(name)
            _, found = self.registry.proposed(self.place, self.texts)
            screen.findings([each for each in found if each.column == name], sys.stderr)
            if not prompts.confirm(Text("Cambiare altro?", "Change anything else?")):
                return self.texts

    def value(self, name: str) -> str:
        """Ask for the value of a column, beginning with the one that is there. Raises Back."""
        column = self.place.column(name)
        held = getattr(self.place, name)
        default = "" if held in (None, ()) else column.kind.write(held)
        return prompts.ask(
            Question(
                column.label,
                column.help,
                default=self.texts.get(name, default),
                choices=choices_for(self.registry, column),
                check=lambda answer: self._wrong(column, answer),
                separator=getattr(column.kind, "separator", ""),
                required=column.required,
            )
        )

    def _which(self) -> str:
        names = self.registry.municipality_names()
        aside = {VERIFIED, HOW}
        columns = [c for c in self.place.columns if not c.automatic and c.name not in aside]
        labels = {str(column.label): column for column in columns}
        offer = [
            Choice(label, screen.flat(written_value(column, self.place, names)))
            for label, column in labels.items()
        ]
        chosen = prompts.choose(Text("Quale dato", "Which datum"), offer)
        return labels[chosen].name

    def _wrong(self, column: Column, answer: str) -> Text | None:
        """Return what the rules say against a value."""
        try:
            if column.name == ENDED and answer:
                verifying.day_of(answer)
            self.registry.proposed(self.place, {**self.texts, column.name: answer})
        except Unreadable as unreadable:
            return unreadable.text
        except Faulty as faulty:
            errors = [f.message for f in faulty.findings if f.severity is Severity.ERROR]
            return joined("; ", errors[:1])
        except Refused as refused:
            return refused.text
        return None
