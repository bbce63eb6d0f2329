"""Operations and their changes: told, and explained field by field.

A change holds a row before and after, as SQLite's own JSON of it. All functions read through the
caller's connection.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from .entities import AUTOMATIC
from .errors import Refused
from .faults import telling
from .kinds.times import minute_told
from .words import Text

Row = dict[str, Any]


class Operation(NamedTuple):
    """One command's worth of changes: when, by whom, which command, why; `undoes` for an undo."""

    seq: int
    at: str
    who: str | None
    command: str
    why: str | None
    undoes: int | None
    undone: bool
    records: tuple[str, ...]

    def to_json(self) -> Row:
        """Return what `--json` shows."""
        return {**self._asdict(), "records": list(self.records)}


class FieldChange(NamedTuple):
    """What an operation did to one field of one record."""

    operation: int
    entity: str
    record: str
    column: str
    before: Any
    after: Any

    def to_json(self) -> Row:
        """Return what `--json` shows."""
        return self._asdict()


_OPERATIONS = """
SELECT o.seq, o.at, o.who, o.command, o.why, o.undoes,
       (SELECT group_concat(record, ' ') FROM (SELECT DISTINCT c.record FROM changes AS c
         WHERE c.operation = o.seq ORDER BY c.record)) AS records
FROM operations AS o
"""


@telling
def operations(
    connection: sqlite3.Connection, record: str | None = None, limit: int = -1
) -> list[Operation]:
    """Return the operations, newest first; of one record where it is given."""
    if record is None:
        return _select(connection, "true", (), limit)
    of_record = "o.seq IN (SELECT operation FROM changes WHERE record = ?)"
    return _select(connection, of_record, (record,), limit)


@telling
def latest_of(connection: sqlite3.Connection, record: str) -> tuple[str, str | None, str] | None:
    """Return when, by whom and by which command a record was changed last.

    Without all else that the operation changed, which may be a million records.
    """
    of_record = "SELECT max(operation) FROM changes WHERE record = ?"
    sql = f"SELECT at, who, command FROM operations WHERE seq = ({of_record})"
    found: tuple[str, str | None, str] | None = connection.execute(sql, (record,)).fetchone()
    return found


@telling
def operation(connection: sqlite3.Connection, seq: int) -> Operation:
    """Return one operation; refuse a number that is none."""
    if found := _select(connection, "o.seq = ?", (seq,), 1):
        return found[0]
    raise Refused(
        Text(
            "non esiste l'operazione {seq}; «bencomune log» mostra quelle che ci sono",
            "there is no operation {seq}; “bencomune log” shows those there are",
        ).filled(seq=seq)
    )


def _select(
    connection: sqlite3.Connection, condition: str, values: tuple[Any, ...], limit: int
) -> list[Operation]:
    rows = connection.execute(
        f"{_OPERATIONS} WHERE {condition} ORDER BY o.seq DESC LIMIT ?", (*values, limit)
    ).fetchall()
    undone = _undone(connection)
    return [
        Operation(seq, at, who, command, why, undoes, seq in undone, tuple((records or "").split()))
        for seq, at, who, command, why, undoes, records in rows
    ]


@telling
def last(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return sequence and time of the last operation; (0, "") where there is none."""
    row = connection.execute("SELECT seq, at FROM operations ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


@telling
def first_after(connection: sqlite3.Connection, day: str) -> int:
    """Return the sequence of the first operation after a day, month or year where the reader is.

    Where there is none, one more than the last.
    """
    found = connection.execute("SELECT seq, at FROM operations ORDER BY seq").fetchall()
    later = (int(seq) for seq, at in found if minute_told(at)[: len(day)] > day)
    return next(later, int(found[-1][0]) + 1 if found else 0)


@telling
def before(connection: sqlite3.Connection, seq: int) -> Iterator[tuple[str, str, Row]]:
    """Yield table, id and row of what each record was before an operation and all after it.

    The row is empty where there was none.
    """
    first = "SELECT min(seq) FROM changes WHERE operation >= ? GROUP BY entity, record"
    sql = f"SELECT entity, record, before FROM changes WHERE seq IN ({first}) ORDER BY seq"
    for table, record, told in connection.execute(sql, (seq,)):
        yield table, record, _row(told)


@telling
def before_this(connection: sqlite3.Connection) -> int:
    """Return the sequence of the last operation before the one that is being made."""
    made = "SELECT operation FROM current_operation"
    sql = f"SELECT max(seq) FROM operations WHERE seq NOT IN ({made})"
    return int(connection.execute(sql).fetchone()[0] or 0)


@telling
def fields(connection: sqlite3.Connection, seq: int) -> list[FieldChange]:
    """Return what an operation changed, field by field, in order of record and column."""
    return [
        FieldChange(seq, net.entity, net.record, name, net.before.get(name), net.after.get(name))
        for net in nets(connection, seq)
        for name in sorted(net.touched(), key=list({**net.before, **net.after}).index)
    ]


@telling
def was_given(connection: sqlite3.Connection, id_: str, tables: Collection[str]) -> bool:
    """Tell whether an id was ever given to a record of some tables, also to one that is gone."""
    marks = ", ".join("?" * len(tables))
    sql = f"SELECT 1 FROM changes WHERE record = ? AND entity IN ({marks}) LIMIT 1"
    return connection.execute(sql, (id_, *tables)).fetchone() is not None


@telling
def earlier(connection: sqlite3.Connection, table: str, record: str) -> list[Row]:
    """Return what a record was before each of its changes, newest first."""
    rows = connection.execute(
        "SELECT before FROM changes WHERE entity = ? AND record = ? AND before IS NOT NULL"
        " ORDER BY seq DESC",
        (table, record),
    )
    return [_row(before) for (before,) in rows]


@telling
def blame(connection: sqlite3.Connection, record: str) -> list[tuple[FieldChange, Operation]]:
    """Return, for each field that has a value now, the change and operation that set it."""
    found: dict[tuple[str, str], FieldChange] = {}
    known = {each.seq: each for each in operations(connection, record)}
    for seq in sorted(known):
        for change in fields(connection, seq):
            if change.record == record:
                found[change.entity, change.column] = change
    return [
        (change, known[change.operation]) for change in found.values() if change.after is not None
    ]


class Net(NamedTuple):
    """What an operation did to one record in all; an empty side means that there was no row."""

    entity: str
    record: str
    before: Row
    after: Row

    def touched(self) -> list[str]:
        """Return the columns that it changed."""
        names = {**self.before, **self.after}
        return [
            name
            for name in names
            if name not in AUTOMATIC and self.before.get(name) != self.after.get(name)
        ]


@telling
def nets(connection: sqlite3.Connection, seq: int) -> list[Net]:
    """Return what an operation did to each record in all, in the order in which it came to them."""
    operation(connection, seq)
    rows = connection.execute(
        "SELECT entity, record, before, after FROM changes WHERE operation = ? ORDER BY seq", (seq,)
    )
    found: dict[tuple[str, str], Net] = {}
    for entity, record, before, after in rows:
        first = found.get((entity, record))
        began = first.before if first else _row(before)
        found[entity, record] = Net(entity, record, began, _row(after))
    return list(found.values())


def _row(text: str | None) -> Row:
    # Not strict: the triggers leave line breaks inside strings as they are.
    try:
        return dict(json.loads(text, strict=False, object_hook=_value)) if text else {}
    except (ValueError, TypeError):
        raise sqlite3.DatabaseError("malformed history") from None  # for `telling` to say


def _value(found: Row) -> Any:
    """Return the bytes of a value that only other programs' columns may hold."""
    return bytes.fromhex(found["hex"]) if found.keys() == {"hex"} else found


def _undone(connection: sqlite3.Connection) -> set[int]:
    """Return the operations that are undone by one in force, which is always a newer one.

    The operation that is being made does not count: it may be the very undo that is asking.
    """
    rows = connection.execute(
        "SELECT seq, undoes FROM operations WHERE undoes IS NOT NULL"
        " AND seq NOT IN (SELECT operation FROM current_operation) ORDER BY seq DESC"
    )
    undone: set[int] = set()
    for seq, undoes in rows:
        if seq not in undone:
            undone.add(int(undoes))
    return undone


def user() -> str | None:
    """Return who writes, as the environment tells, else who is logged in; None if nobody knows."""
    told = os.environ.get("BENCOMUNE_WHO")
    if told:
        return told
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
