"""The values of a record by their kind: for rules on every text, address or number."""

from collections.abc import Callable
from functools import cache

from .declare import Record, per_entity


def values_of(record: Record, kind: type, but: type | None = None) -> list[tuple[str, str]]:
    """Return each value of a kind, with its column: for rules on every text, address, number.

    Values of the kind `but`, which is one of those, are left out.
    """
    # Rules ask for the same record one after the other.
    looked = _looked.get((kind, but))
    if looked and looked[0] is record:
        return looked[1]
    _joined.pop((kind, but), None)
    held = record.__dict__
    found: list[tuple[str, str]] = []
    for name, many in columns_of(kind, but)(type(record)):
        if value := held[name]:
            found += [(name, each) for each in value] if many else ((name, value),)
    _looked[kind, but] = (record, found)
    return found


def written(record: Record, kind: type, but: type | None = None) -> str:
    """Return all values of a kind in one text: what it does not hold, none of them holds."""
    found = values_of(record, kind, but)
    if (kind, but) not in _joined:
        _joined[kind, but] = "\n".join([value for _, value in found])
    return _joined[kind, but]


_looked: dict[tuple[type, type | None], tuple[Record, list[tuple[str, str]]]] = {}
_joined: dict[tuple[type, type | None], str] = {}


@cache
def columns_of(kind: type, but: type | None) -> Callable[[type[Record]], list[tuple[str, bool]]]:
    """Return what tells an entity's columns of a kind of value, and whether each holds several."""
    return per_entity(
        lambda entity: [
            (column.name, column.many)
            for column in entity.columns
            if isinstance(column.item, kind) and not (but and isinstance(column.item, but))
        ]
    )
