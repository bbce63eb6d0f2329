"""Texts erased for good: from the rows, from their whole history, and again from older copies.

History is never changed but here: inside the transaction its guards are put aside, texts are taken
out, operations sealed anew, and the guards put back as they were. What stays says of each text only
where it stood, which parts of it went, and a salted digest.
"""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import indexing
from .declare import Column, Record
from .entities import ENTITIES, NAMED, Contact
from .kinds.choices import Listing, Term
from .kinds.texts import Geometry, Line, Reference
from .seals import seal_again
from .shape import columns_of
from .sought import Spans, merged
from .sql import quoted
from .watching import Watch, unwatched

CUT = "[…]"  # what stands where a part of a text was
OPERATIONS = "operations"
PERSONAL = ("person_name", "email", "phone", "evidence")  # of a contact, which goes with them
_TOLD = ("why", "command")  # what operations say in words
_SQL = "SELECT entity, record, name, spans, salt, digest FROM erasures"

Row = Mapping[str, Any]
# Of a table, a record and the texts of a row by column: which parts of which are to be erased.
Choose = Callable[[str, str, Row], Mapping[str, Spans]]


class Erasure(NamedTuple):
    """A text that was erased: of which table, record and column, which parts, and its digest."""

    entity: str
    record: str
    name: str
    spans: str
    salt: str
    digest: str

    def is_of(self, text: str) -> bool:
        """Tell whether it was this text."""
        return hmac.compare_digest(_digest(self.salt, text), self.digest)


class Place(NamedTuple):
    """A place where a text is to be erased, or was: in which table, record and column."""

    entity: str
    record: str
    name: str
    now: bool  # in the row itself, not in its history alone


def kept_in(connection: sqlite3.Connection) -> list[Erasure]:
    """Return what was erased from a registry; nothing from one of an older program."""
    if not columns_of(connection, "erasures"):
        return []
    return [Erasure(*row) for row in connection.execute(f"{_SQL} ORDER BY digest")]


def places(connection: sqlite3.Connection, choose: Choose) -> list[Place]:
    """Return where texts would be erased, each place once."""
    found: dict[Place, None] = {}
    for table, record, row in _rows(connection):
        found |= dict.fromkeys(Place(table, record, n, True) for n in choose(table, record, row))
    for table, record, row in _told(connection):
        found |= dict.fromkeys(Place(table, record, n, False) for n in choose(table, record, row))
    return [each for each in found if each.now or each._replace(now=True) not in found]


def erase(
    connection: sqlite3.Connection, choose: Choose, watch: Watch = unwatched
) -> list[Erasure]:
    """Erase texts from rows and history, inside the caller's operation; return what was erased.

    A contact goes with its name, address or number.
    """
    erased: dict[tuple[str, str, str, str], Erasure] = {}

    def noting(table: str, record: str, row: Row) -> Mapping[str, Spans]:
        chosen = choose(table, record, row)
        for name, spans in chosen.items():
            key = table, record, name, row[name]
            erased.setdefault(key, _erasure(*key, spans))
        return chosen

    rows = [
        (table, record, row, chosen)
        for table, record, row in _rows(connection)
        if (chosen := noting(table, record, row))
    ]
    for each in rows:
        _change(connection, *each)
    with _unguarded(connection):
        touched = _erase_told(connection, noting)
    seal_again(connection, touched)
    if erased:
        indexing.make_again(connection)
        connection.execute("DELETE FROM search_stamp")
        indexing.catch_up(connection, watch=watch)
    return list(erased.values())


def again(connection: sqlite3.Connection, erasures: list[Erasure]) -> int:
    """Erase from an older copy what was erased since, in the caller's operation; tell how much."""
    found = erase(connection, chosen_before(erasures)) if erasures else []
    remember(connection, erasures)
    return len(found)


def chosen_before(erasures: list[Erasure]) -> Choose:
    """Return what chooses the texts that were erased once."""
    known: dict[tuple[str, str], list[Erasure]] = {}
    for each in erasures:
        known.setdefault((each.entity, each.record), []).append(each)

    def choose(table: str, record: str, row: Row) -> Mapping[str, Spans]:
        return {
            each.name: tuple(map(tuple, json.loads(each.spans)))
            for each in known.get((table, record), ())
            if isinstance(row.get(each.name), str) and each.is_of(row[each.name])
        }

    return choose


def remember(connection: sqlite3.Connection, erasures: list[Erasure]) -> None:
    """Note what was erased, inside the caller's transaction."""
    sql = "INSERT OR IGNORE INTO erasures (entity, record, name, spans, salt, digest)"
    connection.executemany(f"{sql} VALUES (?, ?, ?, ?, ?, ?)", erasures)


def versions(connection: sqlite3.Connection, entity: type[Record]) -> Iterator[tuple[str, Row]]:
    """Yield id and values of all that the records of a kind ever were, oldest first."""
    yield from ((id_, row) for table, id_, row in _told(connection) if table == entity.table)


def may_hold(entity: type[Record] | None, name: str) -> bool:
    """Tell whether a column holds words, addresses or numbers, also one that others added."""
    if entity is None or not entity.has(name):
        return name != "id"
    kind = entity.column(name).item
    return isinstance(kind, Line) and not isinstance(kind, (Geometry, Reference, Term))


def _digest(salt: str, text: str) -> str:
    return hmac.new(bytes.fromhex(salt), text.encode("utf-8", "replace"), "sha256").hexdigest()


def _erasure(table: str, record: str, name: str, text: str, spans: Spans) -> Erasure:
    salt = secrets.token_hex(16)
    told = json.dumps(spans, separators=(",", ":"))
    return Erasure(table, record, name, told, salt, _digest(salt, text))


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[str, str, Row]]:
    """Yield all rows of the entities: table, id and values by column."""
    for entity in ENTITIES:
        names = columns_of(connection, entity.table)
        shown = ", ".join(map(quoted, names))
        for row in connection.execute(f"SELECT {shown} FROM {quoted(entity.table)} ORDER BY id"):
            told = dict(zip(names, row, strict=True))
            yield entity.table, told["id"], told


def _told(connection: sqlite3.Connection) -> Iterator[tuple[str, str, Row]]:
    """Yield what history says of rows, and what is said of each operation."""
    for table, record, before, after in connection.execute(
        "SELECT entity, record, before, after FROM changes ORDER BY seq"
    ):
        for text in filter(None, (before, after)):
            yield table, record, _read(text)
    for seq, *told in connection.execute(f"SELECT seq, {', '.join(_TOLD)} FROM operations"):
        yield OPERATIONS, str(seq), dict(zip(_TOLD, told, strict=True))


def _change(
    connection: sqlite3.Connection,
    table: str,
    record: str,
    row: Row,
    chosen: Mapping[str, Spans],
) -> None:
    """Erase texts of a row as it is now; a contact without its person is none."""
    if table == Contact.table and not chosen.keys().isdisjoint(PERSONAL):
        connection.execute("DELETE FROM contacts WHERE id = ?", (record,))
        return
    new = _without(table, row, chosen)
    told = ", ".join(f"{quoted(name)} = ?" for name in chosen)
    values = [new.get(name) for name in chosen]
    connection.execute(f"UPDATE {quoted(table)} SET {told} WHERE id = ?", (*values, record))


def _without(table: str, row: Row, chosen: Mapping[str, Spans]) -> dict[str, Any]:
    """Return a row without some texts; columns that hold nothing then are left out."""
    entity = NAMED.get(table)
    new = dict(row)
    for name, spans in chosen.items():
        column = entity.column(name) if entity and entity.has(name) else None
        left = _left(column, row[name], spans)
        new.pop(name)
        if left is not None:
            new[name] = left
    return new


def _left(column: Column | None, text: str, spans: Spans) -> str | None:
    """Return what is left of a text; None for nothing."""
    if column is not None and isinstance(column.kind, Listing):
        return _left_of_list(column.kind.separator, text, spans)
    left = _cut(text, spans)
    if left == CUT and not (column and column.required):
        return None
    if column is not None and not (column.free or column.required):
        return None  # a part of an address or number is none
    return left


def _left_of_list(separator: str, text: str, spans: Spans) -> str | None:
    items, at = [], 0
    for item in text.split(separator):
        inside = [(start - at, end - at) for start, end in spans if at <= start < at + len(item)]
        left = _cut(item, merged(inside))
        items += [left] if left != CUT else []
        at += len(item) + len(separator)
    return separator.join(items) or None


def _cut(text: str, spans: Spans) -> str:
    """Return a text with its parts cut; where no word is left, the mark of a cut alone."""
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = min(end, len(text))
    pieces.append(text[at:])
    return CUT.join(pieces) if any(map(str.isalnum, "".join(pieces))) else CUT


def _erase_told(connection: sqlite3.Connection, choose: Choose) -> set[int]:
    """Erase from the history; return the operations that it changed."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    touched: set[int] = set()
    sql = "SELECT seq, operation, entity, record, before, after FROM changes ORDER BY seq"
    for seq, operation, table, record, *texts in connection.execute(sql):
        new = [_again_told(table, record, text, choose) for text in texts]
        if new != texts:
            found.append(("UPDATE changes SET before = ?, after = ? WHERE seq = ?", (*new, seq)))
            touched.add(operation)
    for seq, *told in connection.execute(f"SELECT seq, {', '.join(_TOLD)} FROM operations"):
        row = dict(zip(_TOLD, told, strict=True))
        for name, spans in choose(OPERATIONS, str(seq), row).items():
            cut = _cut(row[name], spans)
            found.append((f"UPDATE operations SET {name} = ? WHERE seq = ?", (cut, seq)))
            touched.add(seq)
    for update, values in found:
        connection.execute(update, values)
    return touched


def _again_told(table: str, record: str, text: str | None, choose: Choose) -> str | None:
    """Return what history says of a row without the texts that are erased."""
    row = _read(text) if text else {}
    chosen = choose(table, record, row)
    if not chosen:
        return text
    return json.dumps(_without(table, row, chosen), ensure_ascii=False, separators=(",", ":"))


def _read(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text, strict=False))
    except (ValueError, TypeError):
        raise sqlite3.DatabaseError("malformed history") from None


@contextmanager
def _unguarded(connection: sqlite3.Connection) -> Iterator[None]:
    """Put aside what keeps the history from being changed, inside the caller's transaction."""
    sql = "SELECT name, sql FROM sqlite_master WHERE name LIKE '%\\_kept\\_on\\_update' ESCAPE '\\'"
    guards = connection.execute(sql).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {quoted(name)}")
    yield
    for _, made in guards:
        connection.execute(made)
