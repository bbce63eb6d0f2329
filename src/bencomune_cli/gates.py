"""A connection to a registry that reads its public views alone, by a gate that SQLite keeps.

An authorizer refuses, when a statement is prepared, every table, column and function that the views
do not read; and everything unless the connection's own gate is preparing it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .entities import ENTITIES
from .faults import PRAGMAS

VIEWS = frozenset({"public_names", "public_records", *(f"public_{e.table}" for e in ENTITIES)})
_FUNCTIONS = frozenset(
    [
        "abs",
        "char",
        "coalesce",
        "date",
        "format",
        "glob",
        "group_concat",
        "hex",
        "ifnull",
        "iif",
        "instr",
        "json",
        "json_array",
        "json_object",
        "json_quote",
        "length",
        "like",
        "lower",
        "ltrim",
        "max",
        "min",
        "nullif",
        "printf",
        "quote",
        "replace",
        "round",
        "rtrim",
        "substr",
        "trim",
        "typeof",
        "upper",
    ]
)


class _Connection(sqlite3.Connection):
    """A connection that, once closed to formats, gives no copy past SQLite's authorizer."""

    closed = False

    def __getattribute__(self, name: str) -> Any:
        if name in _COPIES and super().__getattribute__("closed"):
            raise sqlite3.ProgrammingError(f"not authorized: {name}")
        return super().__getattribute__(name)


_COPIES = frozenset(
    (
        "backup",
        "blobopen",
        "deserialize",
        "enable_load_extension",
        "iterdump",
        "load_extension",
        "serialize",
        "set_authorizer",
    )
)


class Gate:
    """A connection; until it is shut, it takes any statement."""

    def __init__(self, path: Path, *, wait: float = 15, anywhere: bool = False) -> None:
        """Open a file, waiting so many seconds for who writes.

        If `anywhere`, it is not for this thread alone.
        """
        uri = f"{path.absolute().as_uri()}?mode=rw"
        self.connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=wait,
            isolation_level=None,
            factory=_Connection,
            check_same_thread=not anywhere,
        )
        self._preparing = False
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")

    def shut(
        self, register: Callable[[sqlite3.Connection], None], registered: frozenset[str]
    ) -> None:
        """Let nothing be written and nothing read but public views.

        `register` gives it functions; `registered` are their names.
        """
        self.connection.execute("PRAGMA query_only = ON")
        self._readable = self._read_by_views()
        self._functions = _FUNCTIONS | registered
        register(self.connection)
        self.connection.set_authorizer(self._allow)
        self.connection.closed = True

    def close(self) -> None:
        """End the transaction and close the file."""
        self.connection.close()

    def prepared(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        """Begin a statement of the dataset's making. Raises what SQLite says of it."""
        self._preparing = True
        try:
            return self.connection.execute(sql, values)
        finally:
            self._preparing = False

    def _read_by_views(self) -> frozenset[tuple[str, str]]:
        """Return the (table, column) pairs that the public views read, as SQLite tells them."""
        pairs: set[tuple[str, str]] = set()

        def note(action: int, table: str | None, name: str | None, *_: str | None) -> int:
            if action == sqlite3.SQLITE_READ and table and name is not None:
                pairs.add((table, name))
            return sqlite3.SQLITE_OK

        self.connection.set_authorizer(note)
        for view in sorted(VIEWS):
            self.connection.execute(f"SELECT * FROM {view} LIMIT 0")
        self.connection.set_authorizer(None)
        return frozenset(pairs)

    def _allow(
        self,
        action: int,
        first: str | None,
        second: str | None,
        _db: str | None,
        inside: str | None,
    ) -> int:
        if not self._preparing:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_OK if second in self._functions else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ:
            from_view = first in VIEWS
            through_view = inside in VIEWS and (first, second) in self._readable
            return sqlite3.SQLITE_OK if from_view or through_view else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY
