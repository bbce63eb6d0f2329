"""Public records put into a table of another SQLite file by SQLite itself; many by two at once.

A helper puts the last ones into a file of its own, from which their rows are taken over as they are
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


class Share(NamedTuple):
    """What a helper does: which part of the records, after work told whether it is the helper's."""

    parts: float
    work: Callable[[bool], None]


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

    def pour_shared(
        self, parts: Sequence[Part], records: int, into: Path, share: "Share"
    ) -> Iterator[int]:
        """Do the same beside a helper; all parts but the last have so many `records`.

        The helper does its own work, then puts the last parts into a file of its own.
        """
        middle = len(parts) - int(len(parts) * share.parts)
        apart = into.with_suffix(".apart")
        table, last = self._table(into)
        before = last + middle * records

        def help_out() -> None:
            share.work(True)
            self._pour_apart(parts[middle:], before, table, apart)

        with aside(help_out) as done:
            yield from self.pour(parts[:middle], into)
            if done():
                yield self._take_over(apart, into)
            else:
                share.work(False)
                yield from self.pour(parts[middle:], into)
        apart.unlink(missing_ok=True)

    def _table(self, into: Path) -> tuple[str, int]:
        """Return the SQL of the table, and the number of its last row, 0 without."""
        told = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
        with closing(unfinished.opened(into)) as made:
            (sql,) = made.execute(told, [self.table]).fetchone()
            (last,) = made.execute(f"SELECT max(rowid) FROM {quoted(self.table)}").fetchone()
        return sql, last or 0

    def _pour_apart(self, parts: Sequence[Part], before: int, sql: str, apart: Path) -> None:
        """Make a file with the records of parts, numbered behind so many that come `before`.

        It does not look into the file that is being made, which is the other process's.
        """
        table = quoted(self.table)
        with closing(unfinished.opened(apart)) as made:
            made.execute(sql)
            made.execute(f"INSERT INTO {table} (rowid) VALUES (?)", [before])
            for _ in self.pour(parts, apart):
                pass
            made.execute(f"DELETE FROM {table} WHERE rowid = ?", [before])

    def _take_over(self, apart: Path, into: Path) -> int:
        """Put the rows of such a file behind those that are there; return how many they are."""
        table = quoted(self.table)
        with closing(unfinished.opened(into)) as made:
            made.execute("ATTACH ? AS apart", [str(apart)])
            # Of all columns of one table, to another like it, SQLite copies rows without a look.
            return made.execute(f"INSERT INTO main.{table} SELECT * FROM apart.{table}").rowcount
