"""A record told to a person: values in words, and the sections of its card."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from .declare import Audience, Column, Record
from .entities import NAMED, PLACES, Contact, Place, Relation
from .findings import Finding
from .history import latest_of
from .kinds.choices import Listing
from .kinds.texts import Reference
from .kinds.times import date_told, today
from .meanings import is_municipality
from .registry import Registry
from .screen import Section
from .visibility import Sight, basis_lacks, hidden_because, sight
from .vocabularies import vocabulary
from .waivers import holding, waiver_of
from .words import Text, joined, same

UNTOLD = frozenset({"id", "name", "version", "created_at", "updated_at", "removed"})


def written_value(
    column: Column, record: Record, municipalities: Mapping[str, str] | None = None
) -> str:
    """Return a value as text for a person; a term by its label, a municipality by its name."""
    value = getattr(record, column.name)
    if value in (None, ()):
        return ""
    if is_municipality(column):
        codes = value if column.many else (value,)
        return ", ".join((municipalities or {}).get(code, code) for code in codes)
    return str(column.kind.told(value))


def to_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON shows it, without what is missing."""
    shown = {}
    for column in record.columns:
        value = getattr(record, column.name)
        if value not in (None, ()):
            shown[column.name] = column.kind.to_json(value)
    return shown


def _lines(column: Column, value: object) -> str:
    """Return a value for a card: texts of a list one a line."""
    if isinstance(column.kind, Listing) and isinstance(value, tuple) and not column.kind.literal:
        return "\n".join(str(column.kind.item.told(item)) for item in value)
    return ""


def sections_of(registry: Registry, place: Place) -> Iterator[Section]:
    """Return all that the registry knows of a place, for its card."""
    context = registry.context()
    found = registry.findings_of(place, context)
    reasons = hidden_because(registry, place, context, found)
    waivers = holding(registry, found)
    findings = [finding for finding in found if not waiver_of(finding, waivers)]
    yield Section(None, list(_head(place, reasons)))
    yield Section(Text("Dati", "Data"), list(_values(registry, place, published=not reasons)))
    if relations := list(_relations(registry, place)):
        yield Section(Relation.plural, relations)
    if contacts := list(_contacts(registry, place, published=not reasons)):
        yield Section(Contact.plural, contacts)
    if findings:
        yield Section(Text("Da controllare", "To be checked"), [finding_line(f) for f in findings])
    yield Section(Text("Storia", "History"), list(_past(registry, place)))


def _head(place: Place, reasons: list[Text]) -> Iterator[tuple[object, object, object]]:
    state = type(place).column("state").kind.told(place.state)
    yield type(place).label, f"{place.id}, {state}", ""
    if reasons:
        yield Text("Non pubblicato", "Not published"), joined("; ", reasons), ""
    else:
        yield Text("Pubblicato", "Published"), Text("sì", "yes"), ""


def _values(
    registry: Registry, place: Place, *, published: bool
) -> Iterator[tuple[object, object, object]]:
    municipalities = registry.municipality_names()
    for column in type(place).columns:
        value = getattr(place, column.name)
        if column.name in UNTOLD or value in (None, (), False) or column.name == "state":
            continue
        told = _lines(column, value) or written_value(column, place, municipalities)
        if isinstance(column.kind, Reference):
            told = named(registry, column.kind.table, value)
        note = _note(column, sight(registry, place, column)) if published else ""
        yield column.label, told, note


def _note(column: Column, seen: Sight) -> Text | str:
    """Return what the public sees where that is not simply the value."""
    if column.audience is Audience.STAFF:
        return Text("interno", "staff only")
    if seen.whole:
        return ""
    if seen.value is None:
        return Text("non pubblicato: {why}", "not published: {why}").filled(why=seen.reason)
    return Text("pubblicato come {value}: {why}", "published as {value}: {why}").filled(
        value=column.kind.told(column.kind.from_sql(seen.value)), why=seen.reason
    )


def named(registry: Registry, table: str, id_: str) -> str:
    """Return a record that is referred to, by name and id; its id where it has no name."""
    for entity in PLACES if table == "ids" else (NAMED[table],):
        found = registry.store.get(entity, id_)
        if name := getattr(found, "name", None):
            return f"{name} ({id_})"
    return id_


def _relations(registry: Registry, place: Place) -> Iterator[tuple[object, object, object]]:
    roles = vocabulary("relation_role")
    for relation in relations_of(registry, place):
        outward = relation.subject == place.id
        term = roles.get(relation.role)
        label = (term.label if outward else term.inverse) if term else same(relation.role)
        other = named(registry, "ids", relation.object if outward else relation.subject)
        note = "" if relation.public else Text("interna", "staff only")
        yield label, f"{other}{_period(relation)}", note


def relations_of(registry: Registry, place: Place) -> list[Relation]:
    """Return the relations that a place stands in, from either side."""
    found = registry.store.select(Relation, "subject = ?1 OR object = ?1", (place.id,))
    return [each for each in found if isinstance(each, Relation)]


def _period(relation: Relation) -> Text:
    since, until = relation.since, relation.until
    if since and until:
        told = Text(", dal {since} al {until}", ", from {since} to {until}")
    elif since:
        told = Text(", dal {since}", ", since {since}")
    elif until:
        told = Text(", fino al {until}", ", until {until}")
    else:
        return same("")
    return told.filled(since=date_told(since or ""), until=date_told(until or ""))


def _contacts(
    registry: Registry, place: Place, *, published: bool
) -> Iterator[tuple[object, object, object]]:
    role = Contact.column("role").kind
    for contact in contacts_of(registry, place):
        told = filter(None, (contact.person_name, contact.email, contact.phone))
        basis = Contact.column("basis").kind.told(contact.basis)
        lacks = basis_lacks(contact)
        hidden = lacks or not published
        public = Text("pubblicato", "published")
        if hidden:  # why the record itself is not published, the head of its card tells
            unpublished = Text("il record non lo è", "the record is not")
            public = joined("; ", lacks) if lacks else unpublished
        if contact.basis == "none":
            note = Text("{id}; non pubblicato: {public}", "{id}; not published: {public}")
        elif hidden:
            note = Text(
                "{id}; base: {basis}; non pubblicato: {public}",
                "{id}; basis: {basis}; not published: {public}",
            )
        else:
            note = Text("{id}; base: {basis}; {public}", "{id}; basis: {basis}; {public}")
        yield (
            role.told(contact.role),
            ", ".join(told),
            note.filled(id=contact.id, basis=basis, public=public),
        )


def contacts_of(registry: Registry, place: Place) -> list[Contact]:
    """Return the contacts of a place."""
    found = registry.store.select(Contact, "record = ?", (place.id,))
    return [each for each in found if isinstance(each, Contact)]


def removed_note(record: Record) -> Text | None:
    """Return what a person must know who writes a record that was removed."""
    if not (isinstance(record, Place) and record.removed):
        return None
    return Text(
        "attenzione: {id} è rimosso dal registro, e la modifica non si vedrà; per rimetterlo:"
        " «bencomune {kind} restore {id}»",
        "note: {id} is removed from the registry, and the change will not be seen; to put it back:"
        " “bencomune {kind} restore {id}”",
    ).filled(id=record.id, kind=record.name_of_kind)


def finding_line(finding: Finding) -> tuple[object, object, object]:
    """Return a finding as a line of a card."""
    return f"{finding.severity.label} {finding.code}", finding.message, finding.column


def _past(registry: Registry, place: Place) -> Iterator[tuple[object, object, object]]:
    if place.verified_on:
        how = type(place).column("verified_how").kind.told(place.verified_how or "")
        verified = type(place).column("verified_on").label
        yield verified, date_told(place.verified_on), age(place.verified_on) or how
    else:
        yield Text("Verificato il", "Verified on"), Text("mai", "never"), ""
    moment = type(place).column("updated_at").kind
    if latest := latest_of(registry.store.connection, place.id):
        at, who, command = latest
        yield (
            type(place).column("updated_at").label,
            moment.told(at),
            Text("{command}, {who}", "{command}, {who}").filled(
                command=command, who=who or Text("altro programma", "other program")
            ),
        )
    yield Text("Versioni", "Versions"), place.version, f"bencomune log {place.id}"


def age(iso: str) -> Text:
    """Return how long ago a date was, roughly, as people say it; of a partial date, its start."""
    try:
        day = dt.date.fromisoformat(iso + "-01" * (2 - iso.count("-")))
    except ValueError:  # another program wrote it; rule K01 tells
        return same("")
    days = (dt.date.fromisoformat(today()) - day).days
    if days < 0:
        return Text("nel futuro", "in the future")
    if days == 0:
        return Text("oggi", "today")
    if days == 1:
        return Text("ieri", "yesterday")
    for length, one, many in (
        (365, Text("un anno fa", "a year ago"), Text("{n} anni fa", "{n} years ago")),
        (30, Text("un mese fa", "a month ago"), Text("{n} mesi fa", "{n} months ago")),
    ):
        if days >= length:
            number = days // length
            return one if number == 1 else many.filled(n=number)
    return Text("{n} giorni fa", "{n} days ago").filled(n=days)
