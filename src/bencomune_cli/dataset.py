"""What may be published, streamed from the public views through a gate that SQLite keeps.

Three walls. The views hold only what may go out. An authorizer refuses, when a statement is
prepared, every table, column and function that those views do not read. And it refuses everything
unless the dataset itself is preparing a statement, which it makes of an expression over public
columns: a common table expression named like a view, which SQLite reports to an authorizer as if
it were that view, thus never comes before it.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .declare import Column, Record
from .entities import ENTITIES, Network
from .errors import Refused
from .expressions import expression_of
from .extracts import FUNCTIONS, WHOLE, Centre, Extract, Source
from .faults import PRAGMAS, said
from .history import last
from .layers import Layer
from .sql import quoted
from .watching import Watch, unwatched
from .withholding import ANOTHER, withheld, withhold
from .words import Text

Row = TypeVar("Row", bound=tuple[Any, ...])

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
_ALLOWED = _FUNCTIONS | FUNCTIONS
_NOT_PUBLIC = Text(
    "il formato chiede ciò che non è pubblico: {error}",
    "the format asks for what is not public: {error}",
)

_ASKED_WRONGLY = (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_ERROR)


def _as_told(column: Column, text: str) -> str:
    del column
    return text


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
TRIES = 5


class Dataset:
    """The public records of one registry at one moment, for formats to read."""

    def __init__(
        self,
        path: Path,
        held: Collection[str] = (),
        extract: Extract = WHOLE,
        centres: Callable[[], Mapping[str, Centre]] = dict,
        resolve: Callable[[Column, str], str] = _as_told,
    ) -> None:
        """Tell the public views what is `held` back, by id; then open a read transaction.

        An `extract` says what part is seen, and how; `centres` returns points inside areas, by id,
        and municipalities, by code, where they are asked for; `resolve` finds what the value of a
        condition names.

        Raises Refused where that must be told and the file cannot be written.
        """
        self.watch: Watch = unwatched
        self.extract = extract
        self._source = Source(extract, centres, resolve)
        self._preparing = False
        uri = f"{path.absolute().as_uri()}?mode=rw"
        self._connection = sqlite3.connect(
            uri, uri=True, timeout=15, isolation_level=None, factory=_Connection
        )
        with said(path):
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            self._begin(frozenset(held))
            self.sequence, self.changed_at = last(self._connection)
            self._readable = self._read_by_views()
        self._source.register(self._connection)
        self._connection.set_authorizer(self._allow)
        self._connection.closed = True

    def _begin(self, held: frozenset[str]) -> None:
        """Begin to read a file in which just what is held back is told to be."""
        for _ in range(TRIES):
            self._withhold(held)
            self._connection.execute("BEGIN")
            if withheld(self._connection) == held:
                self._connection.execute("PRAGMA query_only = ON")
                return
            self._connection.execute("ROLLBACK")
        raise Refused(ANOTHER)

    def _withhold(self, held: Collection[str]) -> None:
        if withheld(self._connection) == held:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        withhold(self._connection, held)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """End the transaction and close the file."""
        self._connection.close()

    @property
    def network(self) -> dict[str, Any]:
        """Return the public row of the network; empty where there is none."""
        return next(self.beside(Network), {})

    def beside(self, entity: type[Record]) -> Iterator[dict[str, Any]]:
        """Yield all that is public of what is no layer, whatever the extract: areas, contacts."""
        values = {c.name: c.kind.sql_value(quoted(c.name)) for c in entity.published()}
        sql = f"SELECT {', '.join(values.values())} FROM public_{entity.table} ORDER BY id"
        return (dict(zip(values, row, strict=True)) for row in self._prepared(sql, ()))

    @property
    def language(self) -> str:
        """Return the language of labels in files: the one asked for, else the network's first."""
        told = self.extract.language or str(self.network.get("languages") or "it")
        return told.split(",")[0]

    def seen(self, layer: Layer) -> Layer:
        """Return a layer with the columns that are seen of it.

        Raises Refused for a condition that it cannot answer, and for a point that the reference
        system cannot hold.
        """
        self._source.rows(layer)
        if self.extract.crs and layer.has_point:
            self._source.expect_points(self._select(layer, "id, lon, lat", ""))
        return self._source.seen(layer)

    def texts(self, layer: Layer, expression: str, record_type: str = "") -> Iterator[str]:
        """Yield one text for each record: an SQL expression over the layer's public columns.

        A derived column is computed each time that it is named. Raises Refused for anything but an
        expression.
        """
        rows = self._select(layer, expression_of(expression), record_type)
        return (row[0] for row in self._watched(layer, rows))

    def rows(self, layer: Layer, *, placed: bool = False) -> Iterator[tuple[Any, ...]]:
        """Yield the records as tuples of published values, in the order of the layer's columns.

        If `placed`, those without a point are at the centre of their area, as `precision` says.
        """
        values = ", ".join(column.kind.sql_value(quoted(column.name)) for column in layer.columns)
        return self._watched(layer, self._select(layer, values, "", placed=placed))

    def objects(self, layer: Layer) -> Iterator[dict[str, Any]]:
        """Yield the records as dictionaries of published values by column name."""
        names = [column.name for column in layer.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows(layer))

    def _watched(self, layer: Layer, rows: Iterator[Row]) -> Iterator[Row]:
        return self.watch(rows, lambda: self.count(layer), layer.label)

    def count(self, layer: Layer) -> int:
        """Return how many records the layer has."""
        return sum(1 for _ in self._select(layer, "1", ""))

    def _select(
        self,
        layer: Layer,
        shown: str,
        record_type: str,
        *,
        placed: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """Select from a public view, in the order of ids."""
        if layer.view not in VIEWS:
            raise Refused(_NOT_PUBLIC.filled(error=layer.view))
        source, values = self._source.rows(layer, placed=placed)
        condition = "record_type = ?" if record_type else "? = ''"
        sql = f"SELECT {shown} FROM {source} WHERE {condition} ORDER BY id"
        return iter(self._prepared(sql, (*values, record_type)))

    def _prepared(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        self._preparing = True
        try:
            return self._connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _ASKED_WRONGLY:
                raise  # the file's own fault: whoever has it open tells it
            raise Refused(_NOT_PUBLIC.filled(error=error)) from error
        finally:
            self._preparing = False

    def _read_by_views(self) -> frozenset[tuple[str, str]]:
        """Return the (table, column) pairs that the public views read, as SQLite tells them."""
        pairs: set[tuple[str, str]] = set()

        def note(action: int, table: str | None, name: str | None, *_: str | None) -> int:
            if action == sqlite3.SQLITE_READ and table and name is not None:
                pairs.add((table, name))
            return sqlite3.SQLITE_OK

        self._connection.set_authorizer(note)
        for view in sorted(VIEWS):
            self._connection.execute(f"SELECT * FROM {view} LIMIT 0")
        self._connection.set_authorizer(None)
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
            return sqlite3.SQLITE_OK if second in _ALLOWED else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ:
            from_view = first in VIEWS
            through_view = inside in VIEWS and (first, second) in self._readable
            return sqlite3.SQLITE_OK if from_view or through_view else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY
