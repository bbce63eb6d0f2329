"""What somebody found of a record, as texts of its columns: it is as told, or it is closed."""

from collections.abc import Mapping

from .entities import PLACES, Place
from .errors import Refused, Unreadable
from .kinds import times
from .words import Text

NO_PROPOSAL = Text(
    "{id} è una proposta: si esamina con «bencomune review proposals»",
    "{id} is a proposal: it is reviewed by “bencomune review proposals”",
)
GONE = Text(
    "{id} è rimosso dal registro: non c'è più niente da verificare",
    "{id} is removed from the registry: there is nothing left to verify",
)


def day_of(text: str) -> str:
    """Return the date that a text tells, partial or whole. Raises Unreadable, of days to come."""
    day: str = PLACES[0].column("verified_on").kind.read(text)
    if day > times.today():
        raise Unreadable(
            Text("«{text}» è nel futuro", "“{text}” is in the future").filled(text=text.strip())
        )
    return day


def day_told(text: str | None, option: str) -> str | None:
    """Return the date that an option tells, None where it tells none. Raises Refused."""
    try:
        return day_of(text) if text is not None else None
    except Unreadable as unreadable:
        told = Text("{option}: {text}", "{option}: {text}")
        raise Refused(told.filled(option=option, text=unreadable.text)) from None


def how_told(text: str | None) -> str | None:
    """Return the term of `verified_how` that `--how` tells, None for none. Raises Refused."""
    try:
        return text and PLACES[0].column("verified_how").kind.read(text)
    except Unreadable as unreadable:
        told = Text("--how «{how}»: {text}", "--how “{how}”: {text}")
        raise Refused(told.filled(how=text, text=unreadable.text)) from None


def why_not(place: Place) -> Text | None:
    """Return why a record cannot be verified or closed, None where it can."""
    if place.removed:
        return GONE.filled(id=place.id)
    if place.state == "proposed":  # closing it would publish it
        return NO_PROPOSAL.filled(id=place.id)
    return None


def expect_verifiable(place: Place) -> Place:
    """Return the record; refuse one that was removed, and one that is only proposed."""
    if told := why_not(place):
        raise Refused(told)
    return place


def confirmed(place: Place, on: str, how: str | None, source: str | None) -> dict[str, str]:
    """Return the texts of a record that is as it is told: when, how and by what it is known.

    How an earlier verification was made says nothing of this one, and does not stay.
    """
    return {"verified_on": on, "verified_how": how or "", **sourced(place, source)}


def closed(place: Place, on: str | None, source: str | None) -> dict[str, str]:
    """Return the texts of a record that is closed, since a date where that is known."""
    return {"state": "closed", **({"ended_on": on} if on else {}), **sourced(place, source)}


def sourced(place: Place, source: str | None) -> Mapping[str, str]:
    """Return the sources with those of a text that are not among them; nothing for no new one.

    Raises Refused for a text that can be none.
    """
    kind = place.column("source").kind
    try:
        told = kind.read(source or "")
    except Unreadable as unreadable:
        said = Text("fonte «{source}»: {text}", "source “{source}”: {text}")
        raise Refused(said.filled(source=source, text=unreadable.text)) from None
    new = [each for each in told if each not in place.source]
    return {"source": kind.write((*place.source, *new))} if new else {}
