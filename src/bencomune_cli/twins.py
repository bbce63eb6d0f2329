"""The pairs among many records that may be the same, without comparing each with each.

What two may share is sorted on disk, and records are read again once they are compared: of each
only its id and its names as they are compared are held, some sixty bytes.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache, partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from .evidence import LIKELY, Known, Verdict, names_of, weighed
from .hallmarks import COMMON, CROWD, NEXT, OFTEN, PARTS, SELDOM, Cell, around, cell_of, parts_of
from .namesakes import ALIKE, Name, likeness, named_as, ordered, telling
from .overviews import Overview
from .similarity import alike_among
from .spools import said_of_disk
from .standings import Standing
from .words import Text

PAIR = 2  # records share what no other has
KEPT = 2_000  # records of which the names are remembered: 1 MB
READ = 1_000  # pairs whose records are read at once
_SORTS = {sort: number for number, sort in enumerate((*SELDOM, *OFTEN, *PARTS))}
_CELL = len(_SORTS)  # what cells of the map are sorted as
_ROW = 1 << 32  # cells in a row of the map, half of them west of Greenwich

Places = tuple[int, int]  # of a pair, in the order of all records


class Pair(NamedTuple):
    """Two records that may be the same, the elder first: how likely from 0 to 1, and why."""

    one: Standing
    other: Standing
    score: float
    reason: Text


def pairs(overview: Overview, least: float = LIKELY, *, all_: bool = False) -> Iterator[Pair]:
    """Yield the pairs that are at least so likely the same, each once.

    With `all_` also those of which somebody said that they are two. Raises Refused where there is
    no room on the disk.
    """
    with said_of_disk(), closing(sqlite3.connect("", isolation_level=None)) as file:
        yield from _Twins(overview, file, all_).pairs(least)


class _Twins:
    def __init__(self, overview: Overview, file: sqlite3.Connection, all_: bool) -> None:
        self._overview = overview
        self._all = all_
        self._ids, self._texts = _Texts(), _Texts()
        self._names = lru_cache(KEPT)(partial(_named, self._texts))
        self._file = file
        self._sort()
        self._groups = {sort: _Groups() for sort in _SORTS}
        self._counts: dict[tuple[str, int], int] = {}
        self._group()

    def _sort(self) -> None:
        """Put what records may share into a file of SQLite's, that ends with its connection."""
        for sql in (
            *("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"),
            "CREATE TABLE keys (sort INTEGER, key INTEGER, place INTEGER)",
            "BEGIN",
        ):
            self._file.execute(sql)
        self._file.executemany("INSERT INTO keys VALUES (?, ?, ?)", self._keys())
        self._file.execute("COMMIT")

    def _keys(self) -> Iterator[tuple[int, int, int]]:
        for place, row in enumerate(self._overview.places()):
            names = [telling(text) for text in names_of(row)]
            self._ids.add(row.id)
            self._texts.add("".join([f"{text}\n" for text in names]))
            if cell := cell_of(row):
                yield _CELL, cell[0] * _ROW + cell[1] + _ROW // 2, place
            for sort, key in set(parts_of(row, names)):
                yield _SORTS[sort], hash(key), place

    def _group(self) -> None:
        """Keep the places under each key that several records have."""
        sql = (
            "SELECT sort, key, group_concat(place) FROM keys WHERE sort < ? GROUP BY sort, key"
            " HAVING count(*) > 1 AND (sort < ? OR count(*) <= ?)"
        )
        sorts, told = list(_SORTS), (_CELL, _SORTS[PARTS[0]], COMMON)
        for number, key, places in self._file.execute(sql, told):
            held = sorted(map(int, places.split(",")))
            self._groups[sorts[number]].add(held)
            if len(held) > PAIR and sorts[number] not in PARTS:
                self._counts[sorts[number], key] = len(held)

    def _shared(self, sort: str, key: str) -> int:
        return self._counts.get((sort, hash(key)), PAIR)

    def _ordered(self, place: int) -> Iterator[str]:
        return map(ordered, _lines(self._texts[place]))

    def pairs(self, least: float) -> Iterator[Pair]:
        """Yield the pairs in the order of their records: that of the keys is another each time."""
        found: dict[Places, Verdict] = {}
        for pair, one, other in self._read(chain(self._sharing(), self._alike())):
            verdict = weighed(one, other, self._shared)
            if verdict.score >= least and not self._told_apart(one.row, other.row):
                found[pair] = verdict
        for pair, one, other in self._read(sorted(found)):
            yield _pair(one.row, other.row, found[pair])

    def _read(self, pairs_: Iterable[Places]) -> Iterator[tuple[Places, Known, Known]]:
        """Yield pairs, the elder first, with their records; not where one is gone meanwhile."""
        rest = iter(pairs_)
        while some := sorted({(min(pair), max(pair)) for pair in islice(rest, READ)}):
            ids = {place: self._ids[place] for pair in some for place in pair}
            rows = self._overview.at(ids.values())
            there = {n: Known(rows[id_], self._names(n)) for n, id_ in ids.items() if id_ in rows}
            for one, other in some:
                if one in there and other in there:
                    yield (one, other), there[one], there[other]

    def _told_apart(self, one: Standing, other: Standing) -> bool:
        told = self._overview.related if self._all else self._overview.told_apart
        return told(one, other)

    def _sharing(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs that share a name in a municipality, or a value that is seldom shared."""
        for sort in SELDOM:
            for held in self._groups[sort]:
                last = len(held) if len(held) <= COMMON else NEXT + 1
                for number, place in enumerate(held):
                    for other in held[number + 1 : number + last]:
                        yield place, other

    def _alike(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs with names alike among those that share a part of them, or a place."""
        for sort in (*PARTS, *OFTEN):
            for held in self._groups[sort]:
                yield from self._alike_in(held[:CROWD])
        for near, after in self._cells():
            yield from self._alike_in(near, after)

    def _cells(self) -> Iterator[tuple[Sequence[int], Iterable[int]]]:
        """Yield the places of each cell of the map, and those of the cells around that follow."""
        sql = "SELECT key, place FROM keys WHERE sort = ? ORDER BY key, place"
        told = ((_cell(key), place) for key, place in self._file.execute(sql, (_CELL,)))
        above: dict[Cell, list[int]] = {}
        for _, row in groupby(told, lambda each: each[0][0]):
            here = {
                cell: [place for _, place in some][:CROWD]
                for cell, some in groupby(row, itemgetter(0))
            }
            yield from _with_those_after(above, above | here)
            above = here
        yield from _with_those_after(above, above)

    def _alike_in(
        self, held: Sequence[int], beyond: Iterable[int] = ()
    ) -> Iterator[tuple[int, int]]:
        """Yield the pairs with names alike among some places, and between them and those beyond."""
        told = [(text, place) for place in held for text in self._ordered(place)]
        own = len(told)
        told += [(text, place) for place in beyond for text in self._ordered(place)]
        texts = [text for text, _ in told]
        for number, (text, place) in enumerate(told[:own]):
            for found in alike_among(text, texts[number + 1 :], ALIKE) if text else ():
                other = told[number + 1 + found][1]
                names = self._names(place), self._names(other)
                if other != place and likeness(*names) >= ALIKE:
                    yield place, other


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each of which has its end."""
    return text.split("\n")[:-1]


def _named(texts: "_Texts", place: int) -> tuple[Name, ...]:
    return tuple(map(named_as, _lines(texts[place])))


class _Texts:
    """Texts by their numbers, in little memory."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._ends = array("I", [0])

    def add(self, text: str) -> None:
        self._held += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._held))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        return self._held[start:end].decode("utf-8", "surrogatepass")


class _Groups:
    """Groups of places, in little memory."""

    def __init__(self) -> None:
        self._held = array("i")
        self._ends = array("i", [0])

    def add(self, places: Iterable[int]) -> None:
        self._held.extend(places)
        self._ends.append(len(self._held))

    def __iter__(self) -> Iterator[Sequence[int]]:
        for start, end in zip(self._ends, self._ends[1:], strict=False):
            yield self._held[start:end]


def _cell(key: int) -> Cell:
    return key // _ROW, key % _ROW - _ROW // 2


def _with_those_after(
    cells: Mapping[Cell, list[int]], around_them: Mapping[Cell, list[int]]
) -> Iterator[tuple[Sequence[int], Iterable[int]]]:
    for cell, near in cells.items():
        after = [around_them.get(each, []) for each in around(cell) if each > cell]
        yield near, chain.from_iterable(after)


def _pair(one: Standing, other: Standing, verdict: Verdict) -> Pair:
    elder, younger = sorted((one, other), key=lambda row: row.created_at or "")
    return Pair(elder, younger, *verdict)
