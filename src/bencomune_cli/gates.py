"""A connection to a registry that reads its public views alone, by a gate that SQLite keeps.

An authorizer refuses, when a statement is prepared, every table, column and function that the views
do not read; and everything unless the connection's own gate is preparing it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import unfinished
from .entities import ENTITIES
from .errors import Refused
from .faults import PRAGMAS
from .sql import quoted
from .words import Text

VIEWS = frozenset({"public_names", "public_records", *(f"public_{e.table}" for e in ENTITIES)})
_FUNCTIONS = frozenset(
    [
        "abs",
        "char",
        "coalesce",
        "count",
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
NOT_PUBLIC = Text(
    "il formato chiede ciò che non è pubblico: {error}",
    "the format asks for what is not public: {error}",
)
_ASKED_WRONGLY = (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_ERROR)
_MADE = "made"  # the schema of a file that is being made


class _Connection(sqlite3.Connection):
    """A connection that, once closed to formats, gives no copy past SQLite's authorizer."""

    closed = False
    interrupted = False

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Add a function, and note where a person stops the run inside it.

        SQLite would make an error of its own of that.
        """

        def noted(*values: Any) -> Any:
            try:
                return func(*values) if func else None
            except KeyboardInterrupt:
                self.interrupted = True
                raise

        super().create_function(name, narg, noted, deterministic=deterministic)

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

    def __init__(self, path: Path, *, wait: float = 15) -> None:
        """Open a file, waiting so many seconds for who writes."""
        uri = f"{path.absolute().as_uri()}?mode=rw"
        self.connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=wait,
            isolation_level=None,
            factory=_Connection,
        )
        self._preparing = False
        self._adds_to = ""  # a schema beside the registry
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")

    def open_into(self, path: Path) -> None:
        """Let records be put into the tables of a file that is being made."""
        uri = f"{path.absolute().as_uri()}?mode=rw"
        self.connection.execute(f"ATTACH ? AS {_MADE}", [uri])
        unfinished.set_up(self.connection, _MADE)
        self._adds_to = _MADE

    def shut(
        self, register: Callable[[sqlite3.Connection], None], registered: frozenset[str]
    ) -> None:
        """Let nothing be read but public views, and nothing written but into a file being made.

        `register` gives it functions; `registered` are their names.
        """
        self.connection.execute(f"PRAGMA query_only = {'OFF' if self._adds_to else 'ON'}")
        self._readable = self._read_by_views()
        self._functions = _FUNCTIONS | registered
        register(self.connection)
        self.connection.set_authorizer(self._allow)
        self.connection.closed = True

    def close(self) -> None:
        """End the transaction and close the file."""
        self.connection.close()

    def prepared(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        """Begin a statement of the dataset's making.

        Raises Refused where it asks for what is not public, else what SQLite says of it.
        """
        self._preparing = True
        try:
            with self.stopping():
                return self.connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _ASKED_WRONGLY:
                raise  # the file's own fault: whoever has it open tells it
            raise Refused(NOT_PUBLIC.filled(error=error)) from error
        finally:
            self._preparing = False

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Stop as a person asked to, where it was inside a function that SQLite called."""
        try:
            yield
        except sqlite3.Error as error:
            if self.connection.interrupted:
                raise KeyboardInterrupt from error
            raise

    def put(self, table: str, rows: str, values: tuple[Any, ...]) -> int:
        """Put the rows of a SELECT into a table of the file being made; return how many."""
        sql = f"INSERT INTO {_MADE}.{quoted(table)} {rows}"
        return self.prepared(sql, values).rowcount

    def commit(self) -> None:
        """End the transaction in which rows were put."""
        self.prepared("COMMIT", ())

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
        schema: str | None,
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
        adds = action == sqlite3.SQLITE_INSERT and schema == self._adds_to
        ends = action == sqlite3.SQLITE_TRANSACTION and first == "COMMIT" and self._adds_to
        return sqlite3.SQLITE_OK if adds or ends else sqlite3.SQLITE_DENY
