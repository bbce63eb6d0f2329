"""What the public sees of a record, what not, and why: told from the declarations of the views.

The value shown is read by the very expression of the public view; only its absence is explained.
"""

import datetime as dt
from typing import Any, NamedTuple

from .declare import Audience, Column, Record
from .entities import Contact, Organisation, Place
from .findings import Severity
from .registry import Registry
from .rules import check_record
from .sql import quoted
from .views import public_sql
from .words import Text, joined

# What a contact may lack to be published, as the public view asks for it.
NO_BASIS = Text("non ha una base giuridica", "it has no legal basis")
NO_EVIDENCE = Text("manca la prova della base", "the evidence of the basis is missing")
NO_DAY = Text("manca la data da cui la base vale", "the day from which the basis holds is missing")
NOT_YET = Text("la base non vale ancora", "the basis does not hold yet")
EXPIRED = Text("la base è scaduta", "the basis has expired")
WITHDRAWN = Text("la base è stata revocata", "the basis was withdrawn")
NOT_OPEN = Text("la base non comprende i dati aperti", "the basis does not cover open data")


class Sight(NamedTuple):
    """What the public sees of one column: the stored value or None, whether it is all, and why."""

    value: Any
    whole: bool
    reason: Text


def hidden_because(registry: Registry, record: Record) -> list[Text]:
    """Return why the next export leaves a record out; nothing if it publishes it."""
    if isinstance(record, Contact):
        return _contact_hidden_because(registry, record)
    if not isinstance(record, Place):
        return []
    reasons = []
    if record.removed:
        reasons.append(Text("è stato rimosso dal registro", "it was removed from the registry"))
    if record.state == "proposed":
        reasons.append(
            Text(
                "il suo stato è «proposto»: si pubblica da quando è attivo, in pausa o chiuso",
                "its state is “proposed”: it is published once it is active, paused or closed",
            )
        )
    if record.hidden:
        reasons.append(
            Text("è nascosto: {reason}", "it is hidden: {reason}").filled(
                reason=record.hidden_reason or Text("senza motivo scritto", "no reason written")
            )
        )
    error = Text("ha un errore, {code}: {message}", "it has an error, {code}: {message}")
    return reasons + [
        error.filled(code=finding.code, message=finding.message)
        for finding in _errors(registry, record)
    ]


def _errors(registry: Registry, place: Place) -> list[Any]:
    context = registry.context()
    published = registry.store.select(Contact, "record = ? AND basis <> 'none'", (place.id,))
    return [
        finding
        for each in (place, *published)
        for finding in check_record(each, context, Severity.ERROR)
    ]


def _contact_hidden_because(registry: Registry, contact: Contact) -> list[Text]:
    today = dt.date.today().isoformat()  # noqa: DTZ011 - a basis ends at midnight where the office is
    proven = contact.basis not in {"consent", "act"}
    holds = {
        NO_BASIS: contact.basis != "none",
        NO_EVIDENCE: proven or bool(contact.evidence),
        NO_DAY: proven or bool(contact.given_on),
        NOT_YET: (contact.given_on or "0000") <= today,
        EXPIRED: (contact.expires_on or "9999") >= today,
        WITHDRAWN: (contact.withdrawn_on or "9999") > today,
        NOT_OPEN: "open_data" in contact.scope,
    }
    reasons = [text for text, held in holds.items() if not held]
    owner = registry.finder.place(contact.record)
    if of_owner := hidden_because(registry, owner):
        reasons.append(
            Text("{id} non è pubblicato: {why}", "{id} is not published: {why}").filled(
                id=owner.id, why=joined("; ", of_owner)
            )
        )
    return reasons


def sight(registry: Registry, record: Record, column: Column) -> Sight:
    """Tell what the public sees of a column of a record, by itself; the record may be left out."""
    if column.audience is Audience.STAFF:
        return Sight(None, False, Text("è una colonna interna", "it is a staff column"))
    shown = _one(registry, record, public_sql(column, type(record)))
    if column.sql:
        empty = Text("si ricava da altri dati, che non ci sono", "it follows from data not there")
        full = Text("si ricava da altri dati pubblici", "it follows from other public data")
        return Sight(shown, True, empty if shown is None else full)
    value = getattr(record, column.name)
    if value in (None, ()) and shown is None:
        return Sight(None, True, Text("è vuota", "it is empty"))
    if value not in (None, ()) and shown == column.kind.to_sql(value):
        return Sight(shown, True, Text("è pubblica", "it is public"))
    return Sight(shown, False, _why_different(registry, record, column))


def _why_different(registry: Registry, record: Record, column: Column) -> Text:
    """Tell why the public sees something else than what is stored, or nothing."""
    masked = column.audience is Audience.MASKED
    if masked and _one(registry, record, type(record).masked_when):
        if isinstance(record, Place) and record.precision == "masked":
            return Text("la precisione è «mascherata»", "the precision is “masked”")
        if isinstance(record, Organisation):
            return Text(
                "può essere la casa di qualcuno: non è detto che la sede sia pubblica"
                " (--seat-public sì)",
                "it may be somebody's home: the seat is not said to be public (--seat-public yes)",
            )
    if column.shown != "{column}":
        return Text(
            "non ha la forma di un codice che si può pubblicare",
            "it has not the shape of a code that may be published",
        )
    return Text(
        "il record a cui rimanda non è pubblicato",
        "the record that it refers to is not published",
    )


def _one(registry: Registry, record: Record, expression: str) -> Any:
    row = registry.store.connection.execute(
        f"SELECT {expression} FROM {quoted(record.table)} AS r WHERE r.id = ?", (record.id,)
    ).fetchone()
    return row[0] if row else None
