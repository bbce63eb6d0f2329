"""The free texts of a record, for rules that look at how they are written; and one written anew."""

from collections.abc import Iterable, Mapping, Sequence

from .declare import Record, per_entity


def free_texts(record: Record) -> list[tuple[str, str]]:
    """Return the published free texts, each with its column: not addresses, numbers and codes."""
    # Rules ask for the same record one after the other.
    if _looked and _looked[0][0] is record:
        return _looked[0][1]
    held = record.__dict__
    found = [
        (name, each)
        for name, many in columns_of(type(record))
        if (value := held[name])
        for each in (value if many else (value,))
        if each
    ]
    _looked[:] = [(record, found)]
    return found


def suspects(record: Record, signs: Iterable[str]) -> Sequence[tuple[str, str]]:
    """Return the free texts, if one of them holds one of some signs: most records need no look.

    A line break before a sign means the beginning of a text or line, one behind it the end.
    """
    found = free_texts(record)
    if not _joined or _joined[0][0] is not found:
        _joined[:] = [(found, "\n".join(["", *[text for _, text in found], ""]))]
    whole = _joined[0][1]
    for sign in signs:
        if sign in whole:
            return found
    return ()


_looked: list[tuple[Record, list[tuple[str, str]]]] = []
_joined: list[tuple[list[tuple[str, str]], str]] = []


@per_entity
def columns_of(entity: type[Record]) -> list[tuple[str, bool]]:
    """Return the columns of published free text, and whether each holds several."""
    return [
        (column.name, column.many) for column in entity.columns if column.free and column.published
    ]


def rewritten(record: Record, name: str, old: str, new: str) -> Mapping[str, str]:
    """Return the text of a column in which a value is written otherwise, as a mend.

    Nothing where the new text says nothing, or would be two items of a list.
    """
    column = record.column(name)
    if not new.strip() or (column.many and "|" in new):
        return {}
    if not column.many:
        return {name: new}
    told = tuple(new if each == old else each for each in getattr(record, name))
    return {name: column.kind.write(told)}


def without(record: Record, name: str, value: str) -> Mapping[str, str]:
    """Return the text of a column from which a value is taken, as a mend; empty if none is left."""
    column = record.column(name)
    left = tuple(each for each in getattr(record, name) if each != value) if column.many else ()
    return {name: column.text(left)}
