"""Rows in which each cell is told by its column alone, and of which nothing is to be said.

Most rows are such. They are read column by column, what stands in several of them once: in a fifth
of the time that one takes which is read with care.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from .arrivals import DEGREES, Arrivals
from .errors import Unreadable
from .mends import is_blank
from .reading import Reading
from .rows import Row

_CARE: Final = object()  # in place of a value: more is to be said than a value

Read = Callable[[Sequence[str]], list[Any]]


class PlainRows:
    """Reads the plain rows of one file."""

    def __init__(self, arrivals: Arrivals, reading: Reading) -> None:
        self._arrivals = arrivals
        self._reading = reading
        told = arrivals.plainly()
        self._names = [name for _, name in told]
        self._columns = [(header, self._read_of(name)) for header, name in told]
        self._degrees = [self._names.index(name) for name in DEGREES if name in self._names]

    def values(self, rows: Sequence[Row]) -> list[dict[str, Any] | None]:
        """Return the values of each row by column; None for one to be read with care."""
        if not self._columns:
            return [None] * len(rows)
        cells = [row.cells for row in rows]
        columns = [
            read([each.get(header, "").strip() for each in cells]) for header, read in self._columns
        ]
        together = zip(rows, zip(*columns, strict=True), strict=True)
        return [
            None if self._is_peculiar(row, told) else self._named(told) for row, told in together
        ]

    def _is_peculiar(self, row: Row, told: Sequence[Any]) -> bool:
        lacking = [told[place] is None for place in self._degrees]
        half = lacking not in ([], [True, True], [False, False])
        return _CARE in told or half or bool(row.problems) or row.point is not None

    def _named(self, told: Sequence[Any]) -> dict[str, Any]:
        named = zip(self._names, told, strict=True)
        return {name: value for name, value in named if value is not None}

    def _read_of(self, name: str) -> Read:
        """Return what reads the texts of a column; a value of None is none."""
        kind = self._arrivals.entity.column(name).kind
        one = partial(self._one, name)

        def read(texts: Sequence[str]) -> list[Any]:
            told = [text for text in {*texts} if text]
            values = kind.at_once(told) if self._arrivals.leaves(name, told) else None
            meant = (
                dict(zip(told, values, strict=True))
                if values
                else {text: one(text) for text in told}
            )
            meant[""] = None
            return list(map(meant.__getitem__, texts))

        return read

    def _one(self, name: str, text: str) -> Any:
        if is_blank(text) and name not in DEGREES:
            return None
        alone = self._arrivals.alone(name, text)
        value = self._reading.reader(name)(alone) if alone else _CARE
        return _CARE if isinstance(value, Unreadable) else value
