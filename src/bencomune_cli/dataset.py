"""What may be published, streamed from the public views through a gate that SQLite keeps.

Three walls. The views hold only what may go out. An authorizer refuses, when a statement is
prepared, every table, column and function that those views do not read. And it refuses everything
unless the dataset itself is preparing a statement, which it makes of an expression over public
columns: a common table expression named like a view, which SQLite reports to an authorizer as if
it were that view, thus never comes before it.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

from .abreast import read_abreast
from .declare import Column, Record
from .entities import Area, Network
from .errors import Refused
from .expressions import expression_of
from .extracts import FUNCTIONS, WHOLE, Centre, Extract, Source, centres_of
from .faults import said
from .gates import NOT_PUBLIC, VIEWS, Gate
from .history import last
from .layers import Layer
from .pouring import Part, Pouring, Share
from .sql import literal, quoted
from .watching import Watch, unwatched
from .withholding import ANOTHER, begin_withheld, withheld

Row = TypeVar("Row", bound=tuple[Any, ...])
Functions = Mapping[str, tuple[int, Callable[..., Any]]]

_NONE: Functions = {}


def _as_told(column: Column, text: str) -> str:
    del column
    return text


EACH = 200  # records whose texts are made at once
WORTH = 20_000  # records from which on helpers read too
HELPED, HELPED_ALSO = 0.5, 0.2  # of many records, those that a helper pours
BEYOND = b""  # what SQLite sorts behind every text


class Dataset:
    """The public records of one registry at one moment, for formats to read."""

    def __init__(
        self,
        path: Path,
        held: Collection[str] = (),
        extract: Extract = WHOLE,
        resolve: Callable[[Column, str], str] = _as_told,
    ) -> None:
        """Tell the public views what is `held` back, by id; then open a read transaction.

        An `extract` says what part is seen, and how; `resolve` finds what a condition names.

        Raises Refused where that must be told and the file cannot be written.
        """
        self.watch: Watch = unwatched
        self.extract = extract
        self._source = Source(extract, self._centres, resolve)
        self._path, self._held = path, frozenset(held)
        self._parted: dict[tuple[Any, ...], tuple[int, list[Part]]] = {}
        self._opened = ExitStack()
        with said(path):
            self._gate = Gate(path)
            self._opened.callback(self._gate.close)
            begin_withheld(self._gate.connection, self._held)
            self._moment = self.sequence, self.changed_at = last(self._gate.connection)
            self._gate.shut(self._source.register, FUNCTIONS)

    def close(self) -> None:
        """End the transaction and close the file."""
        self._opened.close()

    def make_ready(self) -> None:
        """Find what copies of this process may not ask the registry for."""
        self._source.make_ready()

    def continue_in_copy(self) -> None:
        """Read the same on a connection of its own, in a copy of this process that ends with it."""
        self.watch, self._gate = unwatched, self._twin()

    @property
    def network(self) -> dict[str, Any]:
        """Return the public row of the network; empty where there is none."""
        return next(self.beside(Network), {})

    def beside(self, entity: type[Record], by: str = "id") -> Iterator[dict[str, Any]]:
        """Yield all that is public of what is no layer, whatever the extract, by a column."""
        values = {c.name: c.kind.sql_value(quoted(c.name)) for c in entity.published()}
        shown = ", ".join(values.values())
        sql = f"SELECT {shown} FROM public_{entity.table} ORDER BY {quoted(by)}, id"
        return (dict(zip(values, row, strict=True)) for row in self._prepared(sql, ()))

    def _centres(self) -> dict[str, Centre]:
        return centres_of(map(Area.from_row, self.beside(Area)))

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

        A derived column is computed each time that it is named. Raises Refused for any other SQL.
        """
        rows = self._select(layer, f"{expression_of(expression)}, id", record_type)
        return (row[0] for row in self._watched(layer, rows))

    def joined(
        self,
        layer: Layer,
        expression: str,
        between: str,
        record_type: str = "",
        finish: Callable[[bytes], bytes] = bytes,
    ) -> Iterator[bytes | memoryview]:
        """Yield the texts of `texts` in UTF-8, many as one, with `between` each two of those.

        SQLite joins them, and of many records several processes make them at once, each of which
        gives what it joined to `finish`. Each record has to have one. What is yielded can be used
        until the next is asked for.
        """
        source, condition, values = self._asked(layer, record_type)
        sql = (
            f"SELECT CAST(group_concat(text, {literal(between)}) AS BLOB) FROM"
            f" (SELECT {expression_of(expression)} AS text FROM {source}"
            f" WHERE {condition} AND id >= ? AND id < ? ORDER BY id)"
        )
        self._prepared(sql, (*values, BEYOND, BEYOND)).close()

        def read(gate: Gate, part: Part) -> bytes:
            found: bytes = gate.prepared(sql, (*values, *part)).fetchone()[0]
            found.decode()  # raises what says that the file is damaged
            return finish(found)

        def total() -> int:
            return -(-self._count(layer, record_type) // EACH)

        pieces = self._spread(read, self._parts(layer, record_type))
        return self.watch(pieces, total, layer.label)

    def _spread(
        self, read: Callable[[Gate, Part], bytes], parts: Iterator[Part]
    ) -> Iterator[bytes | memoryview]:
        """Yield what is read of each part, in their order: of many by several processes."""
        few = list(islice(parts, WORTH // EACH))
        more = list(islice(parts, 1))
        here, all_parts = partial(read, self._gate), chain(few, more, parts)
        if not more:
            return map(here, all_parts)
        self.make_ready()
        return read_abreast(lambda: partial(read, self._twin()), here, all_parts)

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

    def pour(
        self,
        layer: Layer,
        into: Path,
        values: Sequence[str],
        functions: Functions = _NONE,
        also: Callable[["Dataset"], None] | None = None,
    ) -> None:
        """Put the records into the table of the layer's name in another SQLite file.

        A row is NULL, then the values of SQL expressions as in `texts`, which may call `functions`
        too, by name, each with how many arguments it takes. SQLite itself carries them over.
        Of many records a helper puts some; `also` is other work that reads a dataset like this one
        and takes about half as long, which the helper does first. Raises Refused as `texts` does.
        """
        shown = ", ".join(map(expression_of, values))
        source, condition, asked = self._asked(layer, "")
        rows = f"SELECT NULL, {shown} FROM {source} WHERE {condition}"
        put = Pouring(
            partial(self._twin, functions),
            layer.name,
            f"{rows} AND id >= ? AND id < ? ORDER BY id",
            asked,
        )

        def work(helping: bool) -> None:
            if helping:
                self.continue_in_copy()
            if also:
                also(self)

        parts = list(self._parts(layer, ""))
        if len(parts) > WORTH // EACH:
            self.make_ready()
            share = Share(HELPED_ALSO if also else HELPED, work)
            counts = put.pour_shared(parts, EACH, into, share)
        else:
            work(helping=False)
            counts = put.pour(parts, into)
        for _ in self._watched(layer, chain.from_iterable(((),) * count for count in counts)):
            pass

    def _watched(self, layer: Layer, rows: Iterator[Row]) -> Iterator[Row]:
        with self._gate.stopping():
            yield from self.watch(rows, lambda: self.count(layer), layer.label)

    def count(self, layer: Layer) -> int:
        """Return how many records the layer has."""
        return self._count(layer, "")

    def _count(self, layer: Layer, record_type: str) -> int:
        asked = self._asked(layer, record_type)
        if asked not in self._parted:
            deque(self._parts(layer, record_type), 0)
        return self._parted[asked][0]

    def _parts(self, layer: Layer, record_type: str) -> Iterator[Part]:
        """Yield where each so many records begin, by id, and where the next ones do."""
        asked = self._asked(layer, record_type)
        if asked in self._parted:
            yield from self._parted[asked][1]
            return
        ids = self._select(layer, "id", record_type)
        count, begins = 0, []
        while some := ids.fetchmany(EACH):
            count += len(some)
            begins.append(some[0][0])
            if len(begins) > 1:
                yield begins[-2], begins[-1]
        parts = list(pairwise([*begins, BEYOND]))
        self._parted[asked] = count, parts
        yield from parts[-1:]

    def _twin(self, functions: Functions = _NONE, into: Path | None = None) -> Gate:
        """Return another connection in the very same state of the file, with more functions.

        If `into`, it may add to that file, in one transaction. While the first one is open nobody
        commits, not where a helper reads either. Raises Refused where it is another file by now.
        """
        gate = Gate(self._path, wait=0)
        if into:
            gate.open_into(into)
        gate.connection.execute("BEGIN")
        moment, held = last(gate.connection), withheld(gate.connection)
        if moment != self._moment or held != self._held:
            gate.close()
            raise Refused(ANOTHER)
        for name, (arguments, function) in functions.items():
            gate.connection.create_function(name, arguments, function, deterministic=True)
        gate.shut(self._source.register, FUNCTIONS.union(functions))
        return gate

    def _select(
        self, layer: Layer, shown: str, record_type: str, *, placed: bool = False
    ) -> sqlite3.Cursor:
        """Select from a public view, in the order of ids; SQLite sorts none if it shows the id."""
        source, condition, values = self._asked(layer, record_type, placed=placed)
        return self._prepared(f"SELECT {shown} FROM {source} WHERE {condition} ORDER BY id", values)

    def _asked(
        self, layer: Layer, record_type: str, *, placed: bool = False
    ) -> tuple[str, str, tuple[Any, ...]]:
        """Return SQL for the rows of a layer, a condition, and the values of both."""
        if layer.view not in VIEWS:
            raise Refused(NOT_PUBLIC.filled(error=layer.view))
        source, values = self._source.rows(layer, placed=placed)
        condition = "record_type = ?" if record_type else "? = ''"
        return source, condition, (*values, record_type)

    def _prepared(self, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        return self._gate.prepared(sql, values)
