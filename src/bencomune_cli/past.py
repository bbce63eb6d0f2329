"""What may be published of the registry as it was at the end of a day, from its history.

A copy of the file, in a folder of its owner alone and for no longer than it is read, is brought
back to that day. What is not public any more does not go out again: records taken out or hidden
since, contacts whose basis has ended, relations made internal, points that are masked today.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from . import history
from .dataset import Dataset
from .entities import PLACES, Contact, Relation
from .errors import Refused, Unreadable
from .extracts import Extract
from .faults import said
from .files import copied
from .findings import Finding
from .gates import VIEWS
from .kinds.times import PartialDate, today, whole_end
from .registry import Registry
from .sql import quoted
from .words import Text

_NOW = "'now', 'localtime'"


def day_of(text: str) -> str:
    """Return the day that a person tells; of a month or year its last one that is not to come.

    Raises Refused.
    """
    try:
        day = str(PartialDate().read(text))
    except Unreadable as unreadable:
        told = Text("--as-of «{text}»: {why}", "--as-of “{text}”: {why}")
        raise Refused(told.filled(text=text, why=unreadable.text)) from None
    if day > today():
        told = Text("--as-of «{text}»: deve ancora venire", "--as-of “{text}”: it is yet to come")
        raise Refused(told.filled(text=text))
    return min(whole_end(day), today())


@contextmanager
def published(
    registry: Registry, extract: Extract
) -> Iterator[tuple[Dataset, dict[str, list[Finding]]]]:
    """Give what may be published of an extract, and what is held back.

    Raises Refused for a day before the registry began.
    """
    if not extract.as_of:
        dataset, held = registry.dataset(extract)
        with closing(dataset):
            yield dataset, held
        return
    with tempfile.TemporaryDirectory(prefix="bencomune-") as folder:
        path = copied(registry.store.connection, Path(folder) / "registry.db")
        with said(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
            _bring_back(connection, extract.as_of)
        with closing(Registry.open(path, writing=True)) as then:
            then.watch = registry.watch
            held = then.held()
            with said(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
                _turn_views(connection, extract.as_of)
            with closing(then.opened(held, extract)) as dataset:
                yield dataset, held


def _bring_back(connection: sqlite3.Connection, day: str) -> None:
    first = history.first_after(connection, day)
    if not connection.execute("SELECT 1 FROM operations WHERE seq < ?", (first,)).fetchone():
        told = Text(
            "--as-of {day}: il registro è cominciato dopo",
            "--as-of {day}: the registry began later",
        )
        raise Refused(told.filled(day=day))
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN")
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    ).fetchall()
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {quoted(name)}")
    _note_what_is_private(connection)
    for table, record, row in list(history.before(connection, first)):
        _put(connection, table, record, row)
    _keep_private(connection)
    _correct_ids(connection)
    connection.execute("DELETE FROM changes WHERE operation >= ?", (first,))
    connection.execute("DELETE FROM operations WHERE seq >= ?", (first,))
    for _name, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")


def _put(connection: sqlite3.Connection, table: str, record: str, row: history.Row) -> None:
    """Make a record what it was; what history does not tell was empty, or is as it begins."""
    connection.execute(f"DELETE FROM {quoted(table)} WHERE id = ?", (record,))
    if row:
        told = connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        names = [name for _, name, _, needed, *_ in told if name in row or not needed]
        marks = ", ".join("?" * len(names))
        connection.execute(
            f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, names))}) VALUES ({marks})",
            [row.get(name) for name in names],
        )


def _note_what_is_private(connection: sqlite3.Connection) -> None:
    """Note, before anything is brought back, which records may not be seen, or not where."""
    connection.execute("CREATE TEMP TABLE unseen (id TEXT PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE masked (id TEXT PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE open (id TEXT PRIMARY KEY)")
    for place in PLACES:
        table = quoted(place.table)
        connection.execute(f"INSERT INTO unseen SELECT id FROM {table} WHERE hidden OR removed")
        connection.execute(
            f"INSERT INTO masked SELECT r.id FROM {table} AS r WHERE {place.masked_when}"
        )
    connection.execute(f"INSERT INTO open SELECT id FROM public_{Contact.table}")
    connection.execute(f"INSERT INTO unseen SELECT id FROM {Relation.table} WHERE NOT public")


def _keep_private(connection: sqlite3.Connection) -> None:
    for place in PLACES:
        table = quoted(place.table)
        of = "id IN (SELECT id FROM {})"
        connection.execute(f"UPDATE {table} SET hidden = 1 WHERE {of.format('unseen')}")
        connection.execute(f"UPDATE {table} SET precision = 'masked' WHERE {of.format('masked')}")
    connection.execute(f"DELETE FROM {Contact.table} WHERE id NOT IN (SELECT id FROM open)")
    connection.execute(
        f"UPDATE {Relation.table} SET public = 0 WHERE id IN (SELECT id FROM unseen)"
    )


def _correct_ids(connection: sqlite3.Connection) -> None:
    for place in PLACES:
        of_kind = f"SELECT id, '{place.name_of_kind}' FROM {quoted(place.table)}"
        connection.execute(f"INSERT OR IGNORE INTO ids {of_kind}")
    there = " UNION ALL ".join(f"SELECT id FROM {quoted(place.table)}" for place in PLACES)
    connection.execute(f"DELETE FROM ids WHERE id NOT IN ({there})")


def _turn_views(connection: sqlite3.Connection, day: str) -> None:
    """Let the public views take that day for today: what was fresh then is told as fresh."""
    views = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name"
    ).fetchall()
    for name, sql in views:
        if name in VIEWS and _NOW in sql:
            connection.execute(f"DROP VIEW {quoted(name)}")
            connection.execute(sql.replace(_NOW, f"'{day}'"))
