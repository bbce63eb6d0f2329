"""Pieces of SQL: names and values quoted, and an object of the schema."""

from typing import NamedTuple


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
