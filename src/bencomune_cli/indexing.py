"""The index that `search` reads: the words of each record, brought up to date from the history.

Not kept by triggers, so that programs without FTS5 may write: what they wrote is indexed at the
end of the next operation, or by the next search.
"""

import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from .area_names import AreaNames
from .declare import Column, Record
from .entities import PLACES, Area, Contact
from .entities.shared import ISTAT_CODE
from .folding import words_of
from .kinds import Kind
from .kinds.choices import Listing, Term
from .kinds.texts import Geometry, Line, Phone, Reference, Shaped
from .ledger import FULL_TEXT, MACHINE, SHADOWS
from .sql import quoted
from .vocabularies import fingerprint, vocabulary
from .watching import Watch, unwatched
from .words import LANGUAGES, Text

INDEXED: tuple[type[Record], ...] = (*PLACES, Area, Contact)
NAMES = frozenset({"name", "alt_names", "person_name"})
WORK = Text("indice della ricerca", "index of the search")
SHORTEST_ENDING = 5  # digits of a telephone number without its prefix
_TABLES = ("search_records", "search_state", "search_stamp")
# The triggers write a quote inside a text as \", so that only keys are found.
_NAMING = re.compile(rb',"(name|area_kind|code)":"((?:[^"\\]|\\.)*)"')

Key = tuple[str, str]  # table and id of a record


class Document(NamedTuple):
    """What is indexed of a record: folded words parted by blanks, and its names for slips."""

    name: str
    texts: str
    letters: str
    removed: bool


def padded(words: Iterable[str]) -> str:
    """Return words so parted that the first letters and the last of each make runs of three."""
    return f"  {'  '.join(words)}  "


def make(connection: sqlite3.Connection) -> None:
    """Make the tables of an index, for one outside the registry's file."""
    for made in (*(made for made in MACHINE if made.name in _TABLES), *FULL_TEXT):
        connection.execute(made.sql)


def made_in(connection: sqlite3.Connection) -> bool:
    """Tell whether a file has the index's tables; one of an older program has not."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    return there >= {*_TABLES, *(made.name for made in FULL_TEXT)}


def behind(connection: sqlite3.Connection) -> bool:
    """Tell whether there is an index that does not know the last change."""
    return made_in(connection) and _indexed_to(connection) != _last_change(connection)


def catch_up(
    connection: sqlite3.Connection, most: int | None = None, watch: Watch = unwatched
) -> None:
    """Index what changed since the last time, inside the caller's transaction.

    More changes than `most` are left for a time that can wait for them.
    """
    since, now = _indexed_to(connection), _last_change(connection)
    if since == now or (most is not None and now - (since or 0) > most):
        return
    keys = None if since is None else _changed(connection, since)
    connection.execute("SAVEPOINT indexing")
    try:
        index(connection, connection, keys, watch)
    except sqlite3.DatabaseError as error:
        if not connection.in_transaction:  # SQLite took all back, as where the disk is full
            raise
        connection.execute("ROLLBACK TO indexing")
        if not _broken(error):
            raise
        make_again(connection)
        index(connection, connection, None)
    connection.execute("RELEASE indexing")
    for table, value in (("search_state", now), ("search_stamp", _stamp())):
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} VALUES (?)", (value,))


def pending(connection: sqlite3.Connection) -> set[Key] | None:
    """Return the records that the index does not know as they are; None for all of them."""
    since = _indexed_to(connection) if made_in(connection) else None
    if since is None:
        return None
    return set() if since == _last_change(connection) else _changed(connection, since)


def index(
    connection: sqlite3.Connection,
    into: sqlite3.Connection,
    keys: set[Key] | None,
    watch: Watch = unwatched,
) -> None:
    """Write into an index the records of these keys as they are now; of None, all there are."""
    reader = _Reader(connection)
    if keys is None:
        for table in ("search_records", *(made.name for made in FULL_TEXT)):
            into.execute(f"DELETE FROM {table}")
        for entity in INDEXED:
            for id_, document in watch(reader.documents(entity), lambda: 0, WORK):
                _write(into, (entity.table, id_), document)
        return
    entities = {entity.table: entity for entity in INDEXED}
    for table, id_ in watch(sorted(keys), lambda: len(keys), WORK):
        found = dict(reader.documents(entities[table], id_)) if table in entities else {}
        _write(into, (table, id_), found.get(id_))


def _broken(error: sqlite3.DatabaseError) -> bool:
    """Tell whether an error says that another program wrote into the tables of FTS5."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT} or "vtable" in str(error)


def make_again(connection: sqlite3.Connection) -> None:
    """Make anew the tables of FTS5, which another program may have damaged: all follows from us."""
    connection.execute("PRAGMA writable_schema = ON")  # FTS5 drops no table that it cannot read
    for made in FULL_TEXT:
        connection.execute("DELETE FROM sqlite_master WHERE name = ?", (made.name,))
    connection.execute("PRAGMA writable_schema = RESET")
    for made in FULL_TEXT:
        for part in SHADOWS:
            connection.execute(f"DROP TABLE IF EXISTS {made.name}_{part}")
        connection.execute(made.sql)


def _indexed_to(connection: sqlite3.Connection) -> int | None:
    """Return the last change that the index knows; None where it was made by other words."""
    row = connection.execute(
        "SELECT seq FROM search_state WHERE EXISTS (SELECT 1 FROM search_stamp WHERE stamp = ?)",
        (_stamp(),),
    ).fetchone()
    return int(row[0]) if row else None


@cache
def _stamp() -> int:
    """Return a checksum of what the words of a record follow from, besides the record."""
    columns = [(e.table, column.name) for e in INDEXED for column in searched(e)]
    return zlib.crc32(repr((columns, fingerprint(), unicodedata.unidata_version)).encode())


def _last_change(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def _changed(connection: sqlite3.Connection, since: int) -> set[Key]:
    """Return the records changed since, and those that name an area whose name changed."""
    rows = connection.execute("SELECT entity, record FROM changes WHERE seq > ?", (since,))
    changed = set(rows)
    areas = connection.execute(
        "SELECT record, CAST(before AS BLOB), CAST(after AS BLOB) FROM changes"
        " WHERE seq > ? AND entity = 'areas'",
        (since,),
    )
    names: set[str] = set()
    for id_, before, after in areas:
        old, new = (_NAMING.findall(text or b"") for text in (before, after))
        if old != new:
            codes = {value.decode() for key, value in (*old, *new) if key == b"code"}
            names |= codes | {id_}
    return changed | set(_naming(connection, names))


def _naming(connection: sqlite3.Connection, names: set[str]) -> Iterator[Key]:
    """Yield the records that refer to areas, by id or by ISTAT code."""
    for entity in INDEXED if names else ():
        columns = [quoted(c.name) for c in _present(connection, entity) if _names_areas(c)]
        shown = ", ".join(["id", *columns])
        for id_, *values in connection.execute(f"SELECT {shown} FROM {quoted(entity.table)}"):
            if any(not names.isdisjoint(value.split(", ")) for value in values if value):
                yield entity.table, id_


def _names_areas(column: Column) -> bool:
    kind = column.item
    return kind is ISTAT_CODE or (isinstance(kind, Reference) and kind.table == Area.table)


def _write(into: sqlite3.Connection, key: Key, document: Document | None) -> None:
    """Make the index know a record as it is; None for one that is gone."""
    row = into.execute(
        "SELECT r.number, r.name, w.texts, r.removed FROM search_records AS r"
        " LEFT JOIN search_words AS w ON w.rowid = r.number WHERE r.entity = ? AND r.record = ?",
        key,
    ).fetchone()
    if row and document and row[1:] == (document.name, document.texts, document.removed):
        return
    if row and row[2] is None:
        raise sqlite3.DatabaseError("vtable content is missing")
    if row:
        into.execute("DELETE FROM search_records WHERE number = ?", row[:1])
        into.execute("DELETE FROM search_words WHERE rowid = ?", row[:1])
        into.execute("DELETE FROM search_letters WHERE rowid = ?", row[:1])
    if document:
        number = into.execute(
            "INSERT INTO search_records (entity, record, removed, name) VALUES (?, ?, ?, ?)",
            (*key, document.removed, document.name),
        ).lastrowid
        into.execute(
            "INSERT INTO search_words (rowid, name, texts) VALUES (?, ?, ?)",
            (number, document.name, document.texts),
        )
        into.execute(
            "INSERT INTO search_letters (rowid, name) VALUES (?, ?)", (number, document.letters)
        )


def searched(entity: type[Record]) -> list[Column]:
    """Return the columns whose values are words to find: texts, terms and what is referred to."""
    kinds = (Line, Term, Shaped)
    return [
        column
        for column in entity.columns
        if isinstance(column.item, kinds) and not isinstance(column.kind, Geometry)
    ]


def _present(connection: sqlite3.Connection, entity: type[Record]) -> list[Column]:
    """Return the searched columns that a table has; one of an older program may lack some."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (entity.table,))
    there = {row[0] for row in rows}
    return [column for column in searched(entity) if column.name in there]


def answering(kind: Kind, text: str, areas: AreaNames) -> list[str]:
    """Return the folded words that people may write for a stored value."""
    if isinstance(kind, Listing):
        parts = text.split(kind.separator)
        return [word for part in parts for word in answering(kind.item, part, areas)]
    if isinstance(kind, Term):
        return _spelt(kind.name, text)
    if isinstance(kind, Phone):
        digits = re.sub("[^0-9]", "", text)
        ends = range(max(len(digits) - SHORTEST_ENDING, 0) + 1)
        return [*words_of(text), *(digits[start:] for start in ends)]
    return [*words_of(text), *words_of(areas.of(kind, text))]


@cache
def _spelt(name: str, code: str) -> list[str]:
    """Return the words of a term's code, of its labels in both languages and of its synonyms."""
    term = vocabulary(name).get(code)
    labels = [term.label.said_in(language) for language in LANGUAGES] if term else []
    return words_of(" ".join((code, *labels, *(term.synonyms if term else ()))))


class _Reader:
    """Reads records as documents."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._columns = {entity: _present(connection, entity) for entity in INDEXED}
        self._areas = AreaNames(connection)

    def documents(
        self, entity: type[Record], id_: str | None = None
    ) -> Iterator[tuple[str, Document]]:
        """Yield ids and documents; of one record where its id is given."""
        columns = self._columns[entity]
        removed = "removed" if entity.has("removed") else "0"
        # As bytes: another program may have written text that is not UTF-8.
        shown = ", ".join(f"CAST({quoted(column.name)} AS BLOB)" for column in columns)
        where, values = ("WHERE id = ?", (id_,)) if id_ else ("", ())
        sql = f"SELECT id, {removed}, {shown} FROM {quoted(entity.table)} {where}"
        for each, gone, *found in self.connection.execute(sql, values):
            told = {
                column: value.decode(errors="replace")
                for column, value in zip(columns, found, strict=True)
                if value
            }
            yield each, self._document(told, removed=bool(gone))

    def _document(self, told: Mapping[Column, str], *, removed: bool) -> Document:
        names: list[str] = []
        texts: list[str] = []
        for column, text in told.items():
            words = answering(column.kind, text, self._areas)
            (names if column.name in NAMES else texts).extend(words)
        once = " ".join(dict.fromkeys(texts))
        return Document(" ".join(names), once, padded(names), removed)
