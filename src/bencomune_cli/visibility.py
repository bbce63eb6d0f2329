"""What the public sees of a record, what not, and why: told from the declarations of the views.

The value shown is read by the very expression of the public view; only its absence is explained.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .contexts import Context
from .declare import Audience, Column, Record
from .derivations import BEHIND
from .entities import Area, Contact, Organisation, Place, Relation
from .findings import Finding, Severity
from .kinds.times import date_told, last_day, today
from .registry import Registry
from .rules import check_record
from .sql import quoted
from .structs import Struct
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


class Sight(Struct):
    """What the public sees of one column: the stored value or None, whether it is all, and why."""

    value: Any
    whole: bool
    reason: Text


def hidden_because(
    registry: Registry,
    record: Record,
    context: Context | None = None,
    found: Iterable[Finding] | None = None,
) -> list[Text]:
    """Return why the next export leaves a record out; nothing if it publishes it.

    Where the findings on it and on its contacts are known, they need not be found again.
    """
    if isinstance(record, Contact):
        return _contact_hidden_because(registry, record, context)
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
        for finding in _errors(registry, record, context, found)
    ]


def _errors(
    registry: Registry,
    place: Place,
    context: Context | None,
    found: Iterable[Finding] | None,
) -> list[Finding]:
    """Return what holds a place back: errors in itself, and in contacts that have a basis."""
    published = registry.store.select(Contact, "record = ? AND basis <> 'none'", (place.id,))
    holding: list[Record] = [place, *published]
    if found is None:
        context = context or registry.context()
        return [f for each in holding for f in check_record(each, context, Severity.ERROR)]
    keys = {(each.name_of_kind, each.id) for each in holding}
    return [f for f in found if f.severity is Severity.ERROR and f.of in keys]


def _contact_hidden_because(
    registry: Registry, contact: Contact, context: Context | None
) -> list[Text]:
    place = registry.finder.any_place(contact.record)
    return basis_lacks(contact) + _itself_hidden(registry, place, context)


def basis_lacks(contact: Contact) -> list[Text]:
    """Return what the basis of a contact lacks for publishing it today."""
    day = today()
    needless = contact.basis not in {"consent", "act"}
    holds = {
        NO_BASIS: contact.basis != "none",
        NO_EVIDENCE: needless or bool(contact.evidence),
        NO_DAY: needless or bool(contact.given_on),
        NOT_YET: (contact.given_on or "0000") <= day,
        EXPIRED: (contact.expires_on or "9999") >= day,
        WITHDRAWN: (contact.withdrawn_on or "9999") > day,
        NOT_OPEN: "open_data" in contact.scope,
    }
    reasons = [text for text, held in holds.items() if not held]
    if contact.basis == "none":
        reasons = [NO_BASIS]  # without one, what else it may lack says nothing
    return reasons


def _itself_hidden(registry: Registry, place: Place, context: Context | None = None) -> list[Text]:
    """Return why what refers to a place is not published; nothing if the place is."""
    told = Text("{id} non è pubblicato: {why}", "{id} is not published: {why}")
    reasons = hidden_because(registry, place, context)
    return [told.filled(id=place.id, why=joined("; ", reasons))] if reasons else []


def sight(registry: Registry, record: Record, column: Column, *, published: bool = True) -> Sight:
    """Tell what the public sees of a column of a record, by itself; the record may be left out.

    Of a record that is not `published` it tells what the public would see.
    """
    if column.audience is Audience.STAFF:
        return Sight(None, False, Text("è una colonna interna", "it is a staff column"))
    shown = _one(registry, record, public_sql(column, type(record)))
    if column.sql:
        return _followed(registry, record, column, shown)
    value = getattr(record, column.name)
    if value in (None, ()) and shown is None:
        return Sight(None, True, Text("è vuota", "it is empty"))
    if value not in (None, ()) and shown == column.kind.to_sql(value):
        would = Text("sarebbe pubblica", "it would be public")
        return Sight(shown, True, Text("è pubblica", "it is public") if published else would)
    return Sight(shown, False, _why_different(registry, record, column))


def _followed(registry: Registry, record: Record, column: Column, shown: Any) -> Sight:
    """Tell a derived column: what it follows from, and what of it does not go out, and why."""
    held = list(_held_back(registry, record, column))
    if held:
        return Sight(shown, False, joined("; ", held))
    if shown is not None:
        return Sight(
            shown,
            True,
            Text("si ricava da altri dati pubblici", "it follows from other public data"),
        )
    return Sight(
        None, True, Text("non c'è niente da cui ricavarla", "there is nothing to make it of")
    )


def _held_back(registry: Registry, record: Record, column: Column) -> Iterator[Text]:
    """Yield what a derived column would hold if it were published, with the reason."""
    told = Text("{id} non esce: {why}", "{id} does not go out: {why}")
    if column.name in BEHIND:
        for relation in registry.store.select(Relation, "object = ?", (record.id,)):
            reasons = _relation_hidden_because(registry, relation)
            if relation.role in BEHIND[column.name] and reasons:
                yield told.filled(id=relation.subject, why=joined("; ", reasons))
    if column.name == "contacts":
        for contact in registry.store.select(Contact, "record = ?", (record.id,)):
            # Of the record itself it is told once, and not of each contact.
            if reasons := basis_lacks(contact):
                yield told.filled(id=contact.id, why=joined("; ", reasons))
    if column.name == "municipality_name" and isinstance(record, Place) and record.municipality:
        code = record.municipality
        known = "area_kind = 'municipality' AND code = ?"
        if not any(registry.store.select(Area, known, (code,))):
            yield Text(
                "il Comune {code} non è tra le aree: si carica con «bencomune area load»",
                "the municipality {code} is not among the areas: “bencomune area load” loads it",
            ).filled(code=code)


def _relation_hidden_because(registry: Registry, relation: Relation) -> list[Text]:
    """Return why the public does not see the subject of a relation behind its object."""
    reasons = []
    if not relation.public:
        internal = Text(
            "la relazione è interna (--public no)", "the relation is staff only (--public no)"
        )
        reasons.append(internal)
    if relation.until and last_day(relation.until) < today():
        over = Text("la relazione è finita: {until}", "the relation is over: {until}")
        reasons.append(over.filled(until=date_told(relation.until)))
    reasons += [
        Text(
            "la relazione ha un errore, {code}: {message}",
            "the relation has an error, {code}: {message}",
        ).filled(code=finding.code, message=finding.message)
        for finding in check_record(relation, registry.context(), Severity.ERROR)
    ]
    return reasons + _itself_hidden(registry, registry.finder.any_place(relation.subject))


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
