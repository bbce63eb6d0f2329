"""Whether a registry's file is whole: opened as commands open it, and looked at throughout."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from . import seals
from .entities import ENTITIES
from .errors import Refused
from .faults import at, said
from .shape import columns_of, damage
from .store import Store
from .words import Text, joined

SHOWN = 5  # faults that are named
_COUNT = 'SELECT count(*) FROM "{}"'


class State(NamedTuple):
    """What is in a file: its last operation, the digest of its records, that of its history.

    `counts` are the records by table; `sequence` is 0 and `at` empty before the first operation.
    """

    sequence: int
    at: str
    digest: str
    history: int
    counts: dict[str, int]


def state_of(store: Store) -> State:
    """Return what is in an open file."""
    with said(store.path):
        counts = {
            entity.table: int(store.connection.execute(_COUNT.format(entity.table)).fetchone()[0])
            for entity in ENTITIES
            if columns_of(store.connection, entity.table)  # an older program may have none
        }
        history = seals.checksum(store.connection)
    return State(*store.moment(), store.digest(), history, counts)


def expect_whole(store: Store) -> None:
    """Refuse a file that SQLite cannot read throughout, or whose structure was changed."""
    with said(store.path):
        # Without the CHECKs, which take most of the time: what history tells was checked then.
        store.connection.execute("PRAGMA ignore_check_constraints = ON")
        found = [str(row[0]) for row in store.connection.execute("PRAGMA integrity_check(5)")]
        store.connection.execute("PRAGMA ignore_check_constraints = OFF")
        problems = damage(store.connection)
    if found != ["ok"]:
        problems = [Text("il file è danneggiato", "the file is damaged"), *problems]
    if problems:
        raise Refused(at(store.path, joined("; ", problems[:SHOWN])))


def faults(connection: sqlite3.Connection) -> Iterator[Text]:
    """Yield what is wrong in a file that can be read: references to nothing, rows without history.

    They stop nobody from working with it.
    """
    for table, _row, to, _key in connection.execute("PRAGMA foreign_key_check"):
        told = Text("{table}: manca un record in {to}", "{table}: a record is missing in {to}")
        yield told.filled(table=table, to=to)
    yield from seals.broken(connection)


def looked_at(path: Path) -> tuple[State, list[Text]]:
    """Return what is in a file, and what is wrong in it. Raises Refused where it is not whole."""
    with closing(Store.open(path)) as store:
        expect_whole(store)
        with said(path):
            return state_of(store), list(faults(store.connection))
