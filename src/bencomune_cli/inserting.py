"""Many new records written at once, with their ids and their history.

By one prepared statement (sqlite-utils makes one for each record), without the CHECKs, which say of
other programs' values what the kinds said of these, and with ids and history written behind the
rows rather than by triggers row by row: in half of the time.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, repeat
from typing import Any

from .declare import Record
from .entities import AUTOMATIC, Place
from .ledger import KEPT_ON_INSERT
from .shape import columns_of
from .sql import Made, quoted
from .tables import history_of_new, names_of, triggers_of

EACH = 1_000  # rows that are written at once, and whose history is
CACHE = -32_000  # kibibytes, negative: with SQLite's 2,000 each page is written three times
MOST = 1 << 62  # a row number from which on SQLite might not count up


def insert(
    connection: sqlite3.Connection,
    entity: type[Record],
    rows: Iterable[Sequence[Any]],
    now: str,
) -> None:
    """Write new records, given as `Record.stored` tells them, inside an operation of `now`.

    Where it raises, the caller's transaction must not be kept.
    """
    connection.execute("PRAGMA ignore_check_constraints = ON")
    (cache,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute(f"PRAGMA cache_size = {CACHE}")
    try:
        with _kept_at_once(connection, entity):
            rest = iter(rows)
            while some := list(islice(rest, EACH)):
                _insert(connection, entity, some, now)
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")
        connection.execute(f"PRAGMA cache_size = {cache}")


def _insert(
    connection: sqlite3.Connection, entity: type[Record], rows: Sequence[Sequence[Any]], now: str
) -> None:
    """Write some rows, of the columns in which any has a value.

    One that none tells holds its default. Python's sqlite3 takes half a microsecond to give SQLite
    a None, three times as long as a text.
    """
    told = zip(names_of(entity), zip(*rows, strict=True), strict=True)
    filled = {
        name: values
        for name, values in told
        if name not in AUTOMATIC and values.count(None) < len(values)
    }
    columns = ", ".join(map(quoted, (*filled, *AUTOMATIC[1:])))
    marks = ", ".join("?" * (len(filled) + 2))
    connection.executemany(
        f"INSERT INTO {quoted(entity.table)} ({columns}) VALUES ({marks})",
        zip(*filled.values(), repeat(now), repeat(now), strict=False),
    )


@contextmanager
def _kept_at_once(connection: sqlite3.Connection, entity: type[Record]) -> Iterator[None]:
    """Write ids and history of the rows that are inserted inside at the end, the triggers aside.

    An id that was given already, which a trigger would refuse, is given only once by `ids` too.
    """
    columns = columns_of(connection, entity.table)
    sql = f"SELECT coalesce(max(rowid), 0) FROM {quoted(entity.table)}"
    (before,) = connection.execute(sql).fetchone()
    if before > MOST:
        yield
        return
    triggers = [*_of_new_rows(entity, columns), KEPT_ON_INSERT]
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER {trigger.name}")
    yield
    (last,) = connection.execute(sql).fetchone()
    if issubclass(entity, Place):
        ids = f"SELECT id, ? FROM {quoted(entity.table)} WHERE rowid > ?"
        connection.execute(f"INSERT INTO ids (id, entity) {ids}", (entity.name_of_kind, before))
    # Where another program has its own trigger there, SQLite holds what one statement inserts.
    history = history_of_new(entity, columns)
    for first in range(before + 1, last + 1, EACH):
        connection.execute(history, (first, first + EACH - 1))
    for trigger in triggers:
        connection.execute(trigger.sql)


def _of_new_rows(entity: type[Record], columns: Sequence[str]) -> list[Made]:
    """Return the triggers of each new row: its id given once, and its history."""
    begun = tuple(f"{entity.table}_{when}_insert" for when in ("before", "after"))
    return [made for made in triggers_of(entity, columns) if made.name.startswith(begun)]
