"""Whether all is as operations left it: each has a checksum, and each row is what history says.

SQLite's own checks look at the structure of a file: of the bits that a disk or a memory turns,
they miss most of those that change a value. A seal is a CRC-32 of one operation with its changes.
What other programs write has none until the next operation, but rows must match their history too.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from .declare import Column, Record
from .entities import ENTITIES, PLACES
from .indexing import catch_up
from .shape import columns_of
from .sql import quoted
from .tables import row_json
from .words import Text

AT_ONCE = 5_000  # changes of an operation that are indexed with it: more would double its time
_OPERATIONS = "SELECT seq, at, who, command, why, undoes FROM operations WHERE seq > ?"
_CHANGES = (  # in the order of an index, so that nothing is sorted
    "SELECT operation, CAST(seq AS BLOB), CAST(entity AS BLOB), CAST(record AS BLOB),"
    " ifnull(CAST(before AS BLOB), x'00'), ifnull(CAST(after AS BLOB), x'00')"
    " FROM changes WHERE operation > ? ORDER BY operation, seq"
)


def finish(connection: sqlite3.Connection) -> None:
    """Index and seal what the operation under way has changed, and end it."""
    catch_up(connection, AT_ONCE)
    seal(connection)
    connection.execute("DELETE FROM current_operation")


def seal(connection: sqlite3.Connection) -> None:
    """Seal the operations that have no seal yet, inside the caller's transaction."""
    (last,) = connection.execute("SELECT coalesce(max(operation), 0) FROM seals").fetchone()
    connection.executemany("INSERT INTO seals VALUES (?, ?)", _checksums(connection, last).items())


def seal_again(connection: sqlite3.Connection, operations: Iterable[int]) -> None:
    """Seal operations anew whose texts were erased, inside the caller's transaction."""
    known = set(operations)
    for seq, crc in _checksums(connection, min(known, default=0) - 1).items():
        if seq in known:
            connection.execute("UPDATE seals SET crc = ? WHERE operation = ?", (crc, seq))


def checksum(connection: sqlite3.Connection) -> int:
    """Return one checksum of the whole history."""
    return zlib.crc32(repr(sorted(_checksums(connection, 0).items())).encode())


def broken(connection: sqlite3.Connection) -> Iterator[Text]:
    """Yield what is not as operations left it: of the history, of the rows, of the ids."""
    yield from _broken_seals(connection)
    columns = {e: found for e in ENTITIES if (found := columns_of(connection, e.table))}
    for table, record, *told in connection.execute(_unlike(columns)):
        entity = next((each for each in columns if each.table == table), None)
        if entity is None or not _is_after(entity, *told):
            yield _other(f"{table}/{record}")
    for entity in columns:
        yield from (_other(f"{entity.table}/{id_}") for id_ in _untold(connection, entity))
    yield from (_other(f"ids/{id_}") for id_ in _ids(connection))


def _other(what: str) -> Text:
    told = Text("{what}: non è ciò che dice la storia", "{what}: is not what the history says")
    return told.filled(what=what)


def _broken_seals(connection: sqlite3.Connection) -> Iterator[Text]:
    if not columns_of(connection, "seals"):
        return  # of an older program
    kept = dict(connection.execute("SELECT operation, crc FROM seals"))
    found = _checksums(connection, 0)
    sealed = max(kept, default=0)
    for seq in sorted(found.keys() | kept.keys()):
        if found.get(seq) != kept.get(seq) and not (seq > sealed and seq in found):
            told = Text(
                "operazione {seq}: la storia non è quella che era stata scritta",
                "operation {seq}: the history is not what was written",
            )
            yield told.filled(seq=seq)


def _checksums(connection: sqlite3.Connection, after: int) -> dict[int, int]:
    """Return the checksums of all operations after one, by number."""
    found = {
        seq: zlib.crc32(repr((seq, *told)).encode("utf-8", "surrogatepass"))
        for seq, *told in connection.execute(_OPERATIONS, (after,))
    }
    changes = connection.execute(_CHANGES, (after,))
    for operation, told in groupby(changes, itemgetter(0)):
        crc = found.get(operation, 0)
        for change in told:
            crc = zlib.crc32(b"\xff".join(change[1:]), crc)
        found[operation] = crc
    return found


def _unlike(columns: Mapping[type[Record], Sequence[str]]) -> str:
    """Return SQL for the last changes whose row is not, to the letter, what they made of it."""
    rows = " ".join(
        f"WHEN '{entity.table}' THEN (SELECT {row_json(entity, names)} FROM"
        f" {quoted(entity.table)} AS r WHERE r.id = c.record)"
        for entity, names in columns.items()
    )
    return (
        f"SELECT c.entity, c.record, c.before, c.after, CASE c.entity {rows} END AS now, o.at,"
        " o.command FROM changes AS c JOIN operations AS o ON o.seq = c.operation WHERE c.seq IN"
        " (SELECT max(seq) FROM changes GROUP BY record, entity) AND now IS NOT c.after"
    )


def _is_after(
    entity: type[Record],
    before: str | None,
    after: str | None,
    now: str | None,
    at: str,
    command: str,
) -> bool:
    """Tell whether a row is what a change made of it.

    A change of what was there counts the version up, and notes its moment, after it was told.
    Columns that are newer than the change hold what they begin with.
    """
    if not (now and after):
        return False
    try:
        row, told = _read(now), _read(after)
        if before:
            told["version"] = _read(before)["version"] + 1
            told["updated_at"] = row["updated_at"] if command == "other program" else at
    except (ValueError, TypeError, KeyError):
        return False
    begun = {column.name: _stored(column) for column in entity.columns}
    return all(
        row.get(name) == told.get(name)
        or (name not in told and row[name] == begun.get(name, row[name]))
        for name in row.keys() | told.keys()
    )


def _untold(connection: sqlite3.Connection, entity: type[Record]) -> Iterator[str]:
    """Yield the rows that no change tells of."""
    sql = (
        f"SELECT id FROM {quoted(entity.table)} AS r WHERE NOT EXISTS"
        " (SELECT 1 FROM changes WHERE record = r.id AND entity = ?)"
    )
    return (id_ for (id_,) in connection.execute(sql, (entity.table,)))


def _stored(column: Column) -> Any:
    return None if column.default in (None, ()) else column.kind.to_sql(column.default)


def _read(text: str) -> dict[str, Any]:
    return dict(json.loads(text, strict=False))


def _ids(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the ids that are given to no record, or not to the record that has them."""
    given = set(connection.execute("SELECT id, entity FROM ids"))
    used = {
        (id_, entity.name_of_kind)
        for entity in PLACES
        for (id_,) in connection.execute(f"SELECT id FROM {quoted(entity.table)}")
    }
    for id_, name in sorted(given ^ used):
        yield f"{id_} ({name})"
