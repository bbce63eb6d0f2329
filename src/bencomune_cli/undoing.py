"""Operations undone and repeated: which ones can be, and how what they changed is put back.

All functions read and write through the caller's connection, and write only inside the caller's
transaction.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from .entities import AUTOMATIC
from .errors import Refused
from .faults import telling
from .history import Net, Operation, Row, fields, nets, operation, operations
from .shape import columns_of
from .sql import quoted
from .words import Text, joined

# What is not undone by putting values back.
_FOR_GOOD = {
    "forget": Text(
        "l'operazione {seq} ha cancellato dei dati per sempre, e non si annulla; per annullare"
        " quella prima: bencomune undo {before}",
        "operation {seq} erased data for good, and is not undone; to undo the one before:"
        " bencomune undo {before}",
    ),
    "restore": Text(
        "l'operazione {seq} ha rimesso una copia; per tornare a com'era: bencomune backup --list,"
        " e bencomune restore con la copia «-replaced»; per annullare quella prima: bencomune undo"
        " {before}",
        "operation {seq} put a copy back; to go back to what was: bencomune backup --list, and"
        " bencomune restore with the copy “-replaced”; to undo the one before: bencomune undo"
        " {before}",
    ),
}


@telling
def to_undo(connection: sqlite3.Connection, seq: int | None = None) -> int:
    """Return the operation that a number tells, else the newest one in force that is no undo.

    Raises Refused where there is none.
    """
    if seq is not None:
        return operation(connection, seq).seq
    for each in operations(connection):
        in_force = not each.undone and each.undoes is None
        if in_force and (each.command in _FOR_GOOD or fields(connection, each.seq)):
            return each.seq
    raise Refused(Text("non c'è niente da annullare", "there is nothing to undo"))


@telling
def to_redo(connection: sqlite3.Connection, seq: int | None = None) -> int:
    """Return the undo to take back: that of an operation, or one in force itself; else the newest.

    Raises Refused where what the number tells is not undone, or there is nothing to repeat.
    """
    if seq is not None:
        return _undo_of(connection, seq)
    plain = {each.seq for each in operations(connection) if each.undoes is None}
    for each in operations(connection):
        if not each.undone and each.undoes in plain:
            return each.seq
    raise Refused(Text("non c'è niente da ripetere", "there is nothing to redo"))


def _undo_of(connection: sqlite3.Connection, seq: int) -> int:
    """Return the undo in force of an operation; the operation itself where it is one."""
    told = operation(connection, seq)
    known = {each.seq: each for each in operations(connection)}
    if _undoes(told, known):
        if not told.undone:
            return seq
        raise Refused(
            Text(
                "l'annullamento {seq} è già stato ritirato: l'operazione {undoes} non è annullata",
                "the undo {seq} is already taken back: operation {undoes} is not undone",
            ).filled(seq=seq, undoes=told.undoes)
        )
    for each in known.values():
        if each.undoes == seq and not each.undone:
            return each.seq
    raise Refused(
        Text("l'operazione {seq} non è annullata", "operation {seq} is not undone").filled(seq=seq)
    )


def _undoes(told: Operation, known: dict[int, Operation]) -> bool:
    """Tell an undo from an operation and from a redo, which is the undo of an undo."""
    undo = False
    while told.undoes is not None:
        undo, told = not undo, known[told.undoes]
    return undo


@telling
def revert(connection: sqlite3.Connection, seq: int) -> None:
    """Put back what an operation changed; refuse whole, field by field, what changed since."""
    told = operation(connection, seq)
    if told.undone:
        raise Refused(
            Text(
                "l'operazione {seq} è già stata annullata", "operation {seq} is already undone"
            ).filled(seq=seq)
        )
    if told.command in _FOR_GOOD:
        raise Refused(_FOR_GOOD[told.command].filled(seq=seq, before=seq - 1))
    found = nets(connection, seq)
    conflicts = [text for net in found for text in _conflicts(connection, net)]
    if conflicts:
        known = {each.seq: each for each in operations(connection)}
        raise Refused(joined("\n  ", [_refusal(told, known), *conflicts]))
    for net in reversed(found):
        _put_back(connection, net)


def _refusal(told: Operation, known: dict[int, Operation]) -> Text:
    if _undoes(told, known):
        return Text(
            "l'operazione {seq} non si può ripetere: da quando è stata annullata è cambiato altro",
            "operation {seq} cannot be repeated: other things changed since it was undone",
        ).filled(seq=told.undoes)
    return Text(
        "l'operazione {seq} non si può annullare: da allora è cambiato altro",
        "operation {seq} cannot be undone: other things changed since",
    ).filled(seq=told.seq)


def _conflicts(connection: sqlite3.Connection, net: Net) -> Iterable[Text]:
    now = _now(connection, net)
    if bool(now) != bool(net.after):
        state = Text("non c'è più", "is gone") if net.after else Text("c'è già", "is there again")
        yield Text("{record} {state}", "{record} {state}").filled(record=net.record, state=state)
        return
    whole = [name for name in {**net.after, **now} if name not in AUTOMATIC]
    for name in net.touched() if net.before else whole:
        if name in now and now[name] != net.after.get(name):
            yield Text(
                "{record}, {column}: allora è diventato «{after}», ora c'è «{now}»",
                "{record}, {column}: it became “{after}” then, now it is “{now}”",
            ).filled(
                record=net.record,
                column=name,
                after=_shown(net.after.get(name)),
                now=_shown(now[name]),
            )


def _shown(value: Any) -> Any:
    return Text("(vuoto)", "(empty)") if value is None else value


def _now(connection: sqlite3.Connection, net: Net) -> Row:
    names = columns_of(connection, net.entity)
    shown = ", ".join(map(quoted, names))
    row = connection.execute(
        f"SELECT {shown} FROM {quoted(net.entity)} WHERE id = ?", (net.record,)
    ).fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _put_back(connection: sqlite3.Connection, net: Net) -> None:
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
