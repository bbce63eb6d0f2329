"""Operations and their changes: told, explained field by field, undone and done again.

A change holds a row before and after, as SQLite's own JSON of it. All functions read or write
through the caller's connection, and write only inside the caller's transaction.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from .errors import Refused
from .faults import telling
from .shape import columns_of
from .sql import quoted
from .tables import AUTOMATIC
from .words import Text, joined

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
def fields(connection: sqlite3.Connection, seq: int) -> list[FieldChange]:
    """Return what an operation changed, field by field, in order of record and column."""
    return [
        FieldChange(seq, net.entity, net.record, name, net.before.get(name), net.after.get(name))
        for net in _net(connection, seq)
        for name in sorted(net.touched(), key=list({**net.before, **net.after}).index)
    ]


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


@telling
def to_undo(connection: sqlite3.Connection) -> int:
    """Return the newest operation that is in force and is no undo; refuse where there is none."""
    for each in operations(connection):
        if not each.undone and each.undoes is None and fields(connection, each.seq):
            return each.seq
    raise Refused(Text("non c'è niente da annullare", "there is nothing to undo"))


@telling
def to_redo(connection: sqlite3.Connection) -> int:
    """Return the newest undo that is in force; refuse where there is none."""
    plain = {each.seq for each in operations(connection) if each.undoes is None}
    for each in operations(connection):
        if not each.undone and each.undoes in plain:
            return each.seq
    raise Refused(Text("non c'è niente da ripetere", "there is nothing to redo"))


@telling
def revert(connection: sqlite3.Connection, seq: int) -> None:
    """Put back what an operation changed; refuse whole, field by field, what changed since."""
    undone = operation(connection, seq)
    if undone.undone:
        raise Refused(
            Text(
                "l'operazione {seq} è già stata annullata", "operation {seq} is already undone"
            ).filled(seq=seq)
        )
    nets = _net(connection, seq)
    conflicts = [text for net in nets for text in _conflicts(connection, net)]
    if conflicts:
        head = Text(
            "l'operazione {seq} non si può annullare: da allora è cambiato altro",
            "operation {seq} cannot be undone: other things changed since",
        ).filled(seq=seq)
        raise Refused(joined("\n  ", [head, *conflicts]))
    for net in reversed(nets):
        _put_back(connection, net)


class _Net(NamedTuple):
    """What an operation did to one record in all; an empty side means that there was no row."""

    entity: str
    record: str
    before: Row
    after: Row

    def touched(self) -> list[str]:
        names = {**self.before, **self.after}
        return [
            name
            for name in names
            if name not in AUTOMATIC and self.before.get(name) != self.after.get(name)
        ]


def _net(connection: sqlite3.Connection, seq: int) -> list[_Net]:
    operation(connection, seq)
    rows = connection.execute(
        "SELECT entity, record, before, after FROM changes WHERE operation = ? ORDER BY seq", (seq,)
    )
    nets: dict[tuple[str, str], _Net] = {}
    for entity, record, before, after in rows:
        first = nets.get((entity, record))
        began = first.before if first else _row(before)
        nets[entity, record] = _Net(entity, record, began, _row(after))
    return list(nets.values())


def _row(text: str | None) -> Row:
    # Not strict: the triggers leave line breaks inside strings as they are.
    return dict(json.loads(text, strict=False, object_hook=_value)) if text else {}


def _value(found: Row) -> Any:
    """Return the bytes of a value that only other programs' columns may hold."""
    return bytes.fromhex(found["hex"]) if found.keys() == {"hex"} else found


def _conflicts(connection: sqlite3.Connection, net: _Net) -> Iterable[Text]:
    now = _now(connection, net)
    if bool(now) != bool(net.after):
        state = Text("non c'è più", "is gone") if net.after else Text("c'è già", "is there again")
        yield Text("{record} {state}", "{record} {state}").filled(record=net.record, state=state)
        return
    whole = [name for name in {**net.after, **now} if name not in AUTOMATIC]
    for name in net.touched() if net.before else whole:
        if name in now and now[name] != net.after.get(name):
            yield Text(
                "{record}, {column}: l'operazione ha scritto «{after}», ora c'è «{now}»",
                "{record}, {column}: the operation wrote “{after}”, now it is “{now}”",
            ).filled(
                record=net.record,
                column=name,
                after=_shown(net.after.get(name)),
                now=_shown(now[name]),
            )


def _shown(value: Any) -> Any:
    return Text("(vuoto)", "(empty)") if value is None else value


def _now(connection: sqlite3.Connection, net: _Net) -> Row:
    names = columns_of(connection, net.entity)
    shown = ", ".join(map(quoted, names))
    row = connection.execute(
        f"SELECT {shown} FROM {quoted(net.entity)} WHERE id = ?", (net.record,)
    ).fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _put_back(connection: sqlite3.Connection, net: _Net) -> None:
    table, present = quoted(net.entity), set(columns_of(connection, net.entity))
    if not net.before:
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (net.record,))
        return
    names = [name for name in (net.touched() if net.after else net.before) if name in present]
    values = [net.before.get(name) for name in names]
    if net.after:
        told = ", ".join(f"{quoted(name)} = ?" for name in names)
        connection.execute(f"UPDATE {table} SET {told} WHERE id = ?", (*values, net.record))
    else:
        columns, marks = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


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
