"""The rules by which something is public, as they were declared when it was published; compared.

What weakens: a column that was not public, or public to fewer; a record whose address was masked; a
contact that somebody had not opened, or had taken back. Whether another condition in SQL lets out
more or less no machine can tell: it is told as changed.
"""

from collections.abc import Iterator

from .declare import Audience, Column, Record
from .entities import ENTITIES, PLACES, Contact, Place
from .entities.shared import NEVER
from .private_values import masked_ids, public_ids
from .registry import Registry
from .snapshots import Kept
from .views import public_sql
from .words import Text

_OPENNESS = {each.value: n for n, each in enumerate((Audience.STAFF, Audience.BASIS))}
_OPENNESS |= {Audience.MASKED.value: 2, Audience.PUBLIC.value: 3}
_NOT_OPEN = "basis <> 'none' AND ', ' || coalesce(scope, '') || ',' NOT LIKE '%, open_data,%'"


def rules_of(registry: Registry) -> Kept:
    """Return the rules and what they keep private, now."""
    published = [entity for entity in ENTITIES if entity.public_when != NEVER]
    masked = {
        id_
        for entity in PLACES
        for id_ in public_ids(registry, entity) & masked_ids(registry, entity)
    }
    barred = registry.store.select(Contact, f"withdrawn_on IS NOT NULL OR ({_NOT_OPEN})")
    shown = public_ids(registry, Contact)
    return Kept(
        {f"{e.table}.{c.name}": _said_of(c, e) for e in published for c in e.published()},
        {e.table: [e.public_when, e.masked_when] for e in published},
        sorted(masked),
        sorted(each.id for each in barred if each.id not in shown),
    )


def weakened(before: Kept, after: Kept, registry: Registry) -> Iterator[Text]:
    """Yield what is less private now than it was, or may be."""
    yield from _of_columns(before, after)
    yield from _of_conditions(before, after)
    yield from _of_records(before, after, registry)


def _said_of(column: Column, entity: type[Record]) -> list[str]:
    return [column.audience.value, public_sql(column, entity)]


def _of_columns(before: Kept, after: Kept) -> Iterator[Text]:
    for name, (audience, sql) in after.columns.items():
        was = before.columns.get(name)
        if was is None:
            told = Text(
                "la colonna {name} è pubblica, e prima non lo era",
                "the column {name} is public, and was not",
            )
            yield told.filled(name=name)
        elif _OPENNESS.get(audience, 3) > _OPENNESS.get(was[0], 0):
            told = Text(
                "la colonna {name} è per tutti più di prima: {was}, ora {now}",
                "the column {name} is more open than before: {was}, now {now}",
            )
            yield told.filled(name=name, was=was[0], now=audience)
        elif sql != was[1]:
            told = Text(
                "di {name} si pubblica altro da prima: la sua regola è cambiata",
                "of {name} something else is published than before: its rule has changed",
            )
            yield told.filled(name=name)


def _of_conditions(before: Kept, after: Kept) -> Iterator[Text]:
    whats = (
        Text("quali record sono pubblici", "which records are public"),
        Text("quali indirizzi restano coperti", "which addresses are masked"),
    )
    for table, conditions in after.conditions.items():
        was = before.conditions.get(table, conditions)
        for what, now, then in zip(whats, conditions, was, strict=True):
            if now != then:
                told = Text(
                    "è cambiata la regola che dice {what}: {table}",
                    "the rule that says {what} has changed: {table}",
                )
                yield told.filled(what=what, table=table)


def _of_records(before: Kept, after: Kept, registry: Registry) -> Iterator[Text]:
    public = {id_ for entity in PLACES for id_ in public_ids(registry, entity)}
    for id_ in sorted((public & {*before.masked}) - {*after.masked}):
        if _has_address(registry.finder.any_place(id_)):
            told = Text(
                "{id}: il suo indirizzo era coperto, e ora si pubblica",
                "{id}: its address was masked, and is now published",
            )
            yield told.filled(id=id_)
    for id_ in sorted(public_ids(registry, Contact) & {*before.barred}):
        told = Text(
            "{id}: il contatto non si poteva pubblicare (revocato, o non per i dati aperti), e ora"
            " si pubblica",
            "{id}: the contact could not be published (withdrawn, or not for open data), and now it"
            " is",
        )
        yield told.filled(id=id_)


def _has_address(place: Place) -> bool:
    return place.lat is not None or place.street is not None
