"""Pieces of SQL: names and values quoted, and an object of the schema."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

ARGUMENTS = 90  # of a function: SQLite takes 100 at least (limits.html)


class Made(NamedTuple):
    """One object of the schema: its type in sqlite_master, its name and its SQL."""

    type: str
    name: str
    sql: str


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Write a text or number as an SQL literal."""
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def selected(table: str, present: Collection[str], names: Sequence[str]) -> str:
    """Return what to select of a table, of which some columns, or it all, may not be there."""
    lacking = [f"NULL AS {quoted(name)}" for name in {"id", *names} - {*present}]
    every = ", ".join(["*"] * bool(present) + lacking)
    of = f"FROM {quoted(table)}" if present else "WHERE 0"
    return f"{', '.join(map(quoted, names))} FROM (SELECT {every} {of})"


def as_one(texts: Sequence[str]) -> str:
    """Return SQL for texts as one, put together at once: `||` copies all of it for each of them."""
    some = batched(texts, ARGUMENTS - 1)
    return " || ".join(f"printf('{'%s' * len(each)}', {', '.join(each)})" for each in some)


def filled(pieces: Sequence[tuple[str, str]]) -> str:
    """Return SQL for one text of pieces: a text, and SQL of a value, nothing where that is NULL.

    One call of `printf` with all that is fixed in its template takes a tenth of the memory
    that is asked for, and given back, where each value is joined to its text by `||`.
    """
    made = []
    for some in batched(pieces, ARGUMENTS - 1):
        template = "".join(text.replace("%", "%%") + "%s" for text, _ in some)
        made.append(f"printf({literal(template)}, {', '.join(value for _, value in some)})")
    return " || ".join(made)


def batched(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """Return the items in parts of at most so many."""
    return [items[start : start + most] for start in range(0, len(items), most)]
