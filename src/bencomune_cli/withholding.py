"""What the public views are told to hold back, by id, in the table that they look into."""

import sqlite3
from collections.abc import Collection

from .errors import Refused
from .words import Text

TRIES = 5

ANOTHER = Text(
    "un'altra esportazione è in corso: riprovare più tardi",
    "another export is running: try again later",
)


def withhold(connection: sqlite3.Connection, held: Collection[str]) -> bool:
    """Tell the public views what is held back, inside a transaction.

    Return whether they had been told otherwise.
    """
    if withheld(connection) == {*held}:
        return False
    connection.execute("DELETE FROM withheld")
    connection.executemany("INSERT INTO withheld VALUES (?)", ((id_,) for id_ in held))
    return True


def withheld(connection: sqlite3.Connection) -> set[str]:
    """Return what the public views hold back."""
    return {row[0] for row in connection.execute("SELECT id FROM withheld")}


def begin_withheld(connection: sqlite3.Connection, held: Collection[str]) -> None:
    """Begin to read a file in which just what is held back is told to be.

    Raises Refused where another export tells something else all the while.
    """
    for _ in range(TRIES):
        _tell(connection, held)
        connection.execute("BEGIN")
        if withheld(connection) == {*held}:
            return
        connection.execute("ROLLBACK")
    raise Refused(ANOTHER)


def _tell(connection: sqlite3.Connection, held: Collection[str]) -> None:
    if withheld(connection) != {*held}:
        connection.execute("BEGIN IMMEDIATE")
        withhold(connection, held)
        connection.execute("COMMIT")
