"""An SQLite file that somebody brought: read, and trusted in nothing.

Nothing that the file itself has made runs: no view, virtual table, function or recursion, nor any
other file. A SELECT of a whole table is all that SQLite's authorizer lets through.
"""

import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import Refused
from .rows import Source
from .sql import quoted
from .words import Text

# MemoryError: SQLite asks for as much as a damaged page says that there is, and is refused.
FAULTS = (sqlite3.Error, sqlite3.Warning, LookupError, ValueError, OverflowError, MemoryError)
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))
_PLAIN = "CREATE TABLE"  # as SQLite itself writes it in its schema
_LONGEST = 50_000_000  # bytes of one value
_SHORTEST = 1_000_000  # bytes that SQLite may always need, for its own schema
_SECONDS = 5.0  # for SQLite to find the next rows


class File:
    """An open file. Raises Refused where another program writes it, one of FAULTS for damage."""

    def __init__(self, source: Source) -> None:
        path = _path(source)
        with tempfile.TemporaryDirectory() as folder:
            if path is None:  # from a pipe, or of an archive
                path = Path(folder) / "copy"
                with open(path, "xb", opener=_private) as copy:
                    shutil.copyfileobj(source.rewound(), copy)
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            weakref.finalize(self, self._connection.close)
            self._connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.execute("PRAGMA mmap_size = 0")
            # No value is longer than the file, unless the file says what is not so.
            most = min(max(path.stat().st_size, _SHORTEST), _LONGEST)
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            self._tables = {
                str(name): str(sql)
                for name, sql in self._connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
                )
            }
            self._columns: dict[str, dict[str, str]] = {}
            until = self._until = [0.0]
            self._connection.set_progress_handler(lambda: time.monotonic() > until[0], 10_000)
            self._connection.set_authorizer(_authorized)

    def has(self, table: str) -> bool:
        """Tell whether there is a plain table of a name."""
        return self._tables.get(table, "").upper().startswith(_PLAIN)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all tables."""
        return frozenset(self._tables)

    def rows(self, table: str) -> Iterator[sqlite3.Row]:
        """Yield the rows of a plain table. Raises one of FAULTS."""
        self.columns(table)
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        self._allow_time()
        cursor.execute(f"SELECT * FROM {quoted(table)}")
        while some := cursor.fetchmany(20):
            yield from some
            self._allow_time()

    def columns(self, table: str) -> Mapping[str, str]:
        """Return the columns of a plain table with their types. Raises one of FAULTS.

        So does a table with columns that it makes itself, by functions.
        """
        if table not in self._columns:
            if not self.has(table):
                raise sqlite3.DatabaseError
            self._allow_time()
            self._connection.set_authorizer(None)
            try:
                told = self._connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
            finally:
                self._connection.set_authorizer(_authorized)
            if any(made for *_, made in told):
                raise sqlite3.DatabaseError
            self._columns[table] = {name: str(kind).upper() for _place, name, kind, *_ in told}
        return self._columns[table]

    def _allow_time(self) -> None:
        self._until[0] = time.monotonic() + _SECONDS


def _authorized(action: int, _one: Any, _two: Any, _database: Any, within: Any) -> int:
    """Let whole tables be read, but not for a view or a trigger."""
    return sqlite3.SQLITE_OK if action in _ALLOWED and not within else sqlite3.SQLITE_DENY


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _path(source: Source) -> Path | None:
    """Return the path of a source, if it is a file that can be opened by it."""
    name = getattr(source.file, "name", None)
    path = Path(name) if isinstance(name, str) else None
    try:
        if path is None or not os.path.samestat(path.stat(), os.fstat(source.file.fileno())):
            return None
        waiting = Path(f"{path}-wal")
        if waiting.exists() and waiting.stat().st_size:
            raise Refused(
                Text(
                    "il file è aperto in un altro programma, che non ha finito di scriverlo:"
                    " chiuderlo in QGIS e riprovare",
                    "the file is open in another program, which has not finished writing it: close"
                    " it in QGIS and try again",
                )
            )
    except (OSError, ValueError):
        return None
    return path
