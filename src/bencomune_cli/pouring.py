"""Public records put into a table of another SQLite file by SQLite itself; many by two at once.

A helper puts the second half into a file of its own, from which its rows are taken over as they are
kept: byte by byte the file is the one that one process alone would make.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from . import unfinished
from .abreast import aside
from .sql import quoted

AT_ONCE = 25  # parts that one statement puts: in between the person may stop it

Part = tuple[Any, Any]  # the first id of some records, and of the next ones


class Adding(Protocol):
    """What reads a registry, and adds to a table of another file in one transaction."""

    def put(self, table: str, rows: str, values: tuple[Any, ...]) -> int:
        """Put the rows of a SELECT; return how many."""

    def commit(self) -> None:
        """End the transaction."""

    def close(self) -> None:
        """Close both files."""


class Pouring(NamedTuple):
    """Rows of a SELECT that ends with the ids between which they are, to be put into a table.

    `adding` opens what adds to a file. The first value of each row is its number, NULL.
    """

    adding: Callable[[Path], Adding]
    table: str
    rows: str
    values: Sequence[Any]

    def pour(self, parts: Sequence[Part], into: Path) -> Iterator[int]:
        """Put the records of all parts into a file; yield, after some, how many they were."""
        with closing(self.adding(into)) as adding:
            for start in range(0, len(parts), AT_ONCE):
                some = parts[start : start + AT_ONCE]
                (begin, _), (_, end) = some[0], some[-1]
                yield adding.put(self.table, self.rows, (*self.values, begin, end))
            adding.commit()

    def pour_halves(self, parts: Sequence[Part], records: int, into: Path) -> Iterator[int]:
        """Do the same by halves; all parts but the last have so many `records`."""
        middle = len(parts) // 2
        half = into.with_suffix(".half")
        before = self._last(into) + middle * records
        with aside(lambda: self._pour_half(parts[middle:], before, into, half)) as done:
            yield from self.pour(parts[:middle], into)
            if done():
                yield self._take_over(half, into)
            else:
                yield from self.pour(parts[middle:], into)
        half.unlink(missing_ok=True)

    def _last(self, into: Path) -> int:
        """Return the number of the last row that is there; 0 without."""
        with closing(unfinished.opened(into)) as made:
            told = made.execute(f"SELECT max(rowid) FROM {quoted(self.table)}").fetchone()
        return told[0] or 0

    def _pour_half(self, parts: Sequence[Part], before: int, into: Path, half: Path) -> None:
        """Make a file with the second half, numbered behind so many that come `before`."""
        table = quoted(self.table)
        with closing(unfinished.opened(into)) as first, closing(unfinished.opened(half)) as made:
            told = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
            made.execute(*first.execute(told, [self.table]).fetchone())
            made.execute(f"INSERT INTO {table} (rowid) VALUES (?)", [before])
            for _ in self.pour(parts, half):
                pass
            made.execute(f"DELETE FROM {table} WHERE rowid = ?", [before])

    def _take_over(self, half: Path, into: Path) -> int:
        """Put the rows of a half behind those that are there; return how many they are."""
        table = quoted(self.table)
        with closing(unfinished.opened(into)) as made:
            made.execute("ATTACH ? AS half", [str(half)])
            # Of all columns of one table, to another like it, SQLite copies rows without a look.
            return made.execute(f"INSERT INTO main.{table} SELECT * FROM half.{table}").rowcount
