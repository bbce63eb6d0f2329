"""Every value of a registry that may not go out, with the record and column that it belongs to.

The public views themselves say which records and points are public: what they do not show is
private, whatever the reason.
"""

from collections.abc import Iterator

from .declare import Audience, Column, Record
from .entities import ENTITIES, Contact
from .kinds import Kind
from .kinds.choices import Term
from .kinds.numbers import Coordinate, YesNo
from .kinds.texts import Email, Phone
from .leaks import Secret
from .registry import Registry
from .rules.contact import OFFICE
from .sql import quoted

_CODES = (Term, YesNo)  # what everybody knows: of whom it is said stands in other columns
_DECIMALS = (5, 6)  # with which formats write a coordinate that has more


def private_values(registry: Registry) -> Iterator[Secret]:
    """Yield the private values of all records, of any length; of a list each of its items.

    `withheld` has to be told before: what rules hold back is private too.
    """
    for entity in ENTITIES:
        public, masked = public_ids(registry, entity), masked_ids(registry, entity)
        for record in registry.store.select(entity):
            for column in entity.columns:
                if _is_private(column, record.id in public, record.id in masked):
                    for text in _texts(column, getattr(record, column.name)):
                        told = entity.name_of_kind, record.id, column.name, text
                        yield Secret(*told, is_personal(entity, column, text))


def is_personal(entity: type[Record], column: Column, text: str) -> bool:
    """Tell whether a value points to a person or a mailbox wherever it is written.

    A name does with two words or more, none of which is an office's: “Segreteria” is in many texts.
    """
    if entity is Contact and column.free and column.published:
        return " " in text and not OFFICE.search(text)
    return isinstance(column.item, (Email, Phone))


def public_ids(registry: Registry, entity: type[Record]) -> set[str]:
    """Return the ids of the records that the public view of an entity shows."""
    sql = f"SELECT id FROM {quoted(f'public_{entity.table}')}"
    return {str(row[0]) for row in registry.store.connection.execute(sql)}


def masked_ids(registry: Registry, entity: type[Record]) -> set[str]:
    """Return the ids of the records of which the public sees no address."""
    sql = f"SELECT r.id FROM {quoted(entity.table)} AS r WHERE {entity.masked_when or '0'}"
    return {str(row[0]) for row in registry.store.connection.execute(sql)}


def _is_private(column: Column, public: bool, masked: bool) -> bool:
    if column.automatic and column.name != "id":
        return False
    if column.audience is Audience.STAFF or not public:
        return True
    return column.audience is Audience.MASKED and masked


def _texts(column: Column, value: object) -> Iterator[str]:
    """Yield a value as files may have it."""
    kind: Kind = column.item
    if isinstance(kind, _CODES):
        return
    for each in value if isinstance(value, tuple) else (value,):
        if each is None:
            continue
        yield str(each)
        if isinstance(kind, Coordinate):
            yield from (f"{each:.{decimals}f}" for decimals in _DECIMALS)
        elif isinstance(kind, Phone):
            yield str(each).removeprefix("+39")
