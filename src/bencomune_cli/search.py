"""Records found by a few words: all of them, else names that are written much like them.

Words are data, never syntax: they reach FTS5 folded, as letters and digits between quotes.
"""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from functools import cache, partial
from typing import NamedTuple

from . import indexing
from .entities import NAMED, Record
from .faults import telling
from .folding import answers, words_of
from .indexing import INDEXED, Key, padded
from .similarity import similarity

MOST_WORDS = 60  # words that are looked for; of a whole page pasted in, the first ones tell it
LONGEST = 60  # letters of a word that are looked for; it is found by its beginning anyway
RANKED = 1_000  # records that are ranked, those found by name first
COUNTED = 10_000  # records found that are counted
FEW = 3  # fewer found, and names that are alike are told too
ALIKE = 0.7  # "otro" and "orto" have 0.75
NEARLY = 0.1  # how much less like than the likest a name may be
MOST_ALIKE = 5
COMMON = 5_000  # names after which a run of three letters is counted no further
RAREST = 12  # runs of three letters by which names are looked up
HALF = 0.5  # words that share less are not alike
COMPARED = 150  # names compared letter by letter
_RANK = "-bm25(search_words, 10.0, 1.0)"  # a word in the name weighs ten in the texts
# A number as people part it: 0382 399111, 0382/399.111, +39 (0382) 399-111.
_NUMBER = re.compile(r"\+?[0-9(][0-9 ./()-]*[0-9]", re.ASCII)
SHORTEST_NUMBER = 6  # digits


class Hit(NamedTuple):
    """A record found: its table and id, how well it answers, whether by all words or by likeness.

    `score` is higher for a better answer; of a likeness, from 0 to 1.
    """

    entity: type[Record]
    id: str
    score: float
    exact: bool


class Found(NamedTuple):
    """The best answers, best first, and how many there are in all, counted up to COUNTED."""

    hits: list[Hit]
    total: int


class Asked(NamedTuple):
    """What a person looks for: the text, its folded words, and the numbers written in parts."""

    text: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    expression: str

    @property
    def needles(self) -> tuple[str, ...]:
        """Return the beginnings of words that answer."""
        return (*self.words, *self.numbers)


class _Row(NamedTuple):
    key: Key
    removed: bool
    name: str
    score: float


def asked(words: Sequence[str]) -> Asked:
    """Read what a person looks for; any text at all is fine."""
    text = " ".join(words).encode(errors="replace").decode()  # no halves of surrogate pairs
    parts, numbers, start = [], [], 0
    for found in _NUMBER.finditer(text):
        digits = re.sub("[^0-9]", "", found[0]).removeprefix("00")[:LONGEST]
        pieces = words_of(found[0])
        bare = not (text[: found.start()][-1:].isalnum() or text[found.end() :][:1].isalnum())
        if len(pieces) > 1 and len(digits) >= SHORTEST_NUMBER and bare:
            parts += [_term(word) for word in words_of(text[start : found.start()])]
            parts.append(f"(({' AND '.join(map(_term, pieces))}) OR {_term(digits)})")
            numbers.append(digits)
            start = found.end()
    parts += [_term(word) for word in words_of(text[start:])]
    all_of_them = tuple(dict.fromkeys(word[:LONGEST] for word in words_of(text)))
    expression = " AND ".join(list(dict.fromkeys(parts))[:MOST_WORDS])
    return Asked(text.strip(), all_of_them[:MOST_WORDS], tuple(numbers), expression)


def _term(word: str) -> str:
    """Return a word for FTS5, as the beginning of one; a single letter or digit is a whole word."""
    return f'"{word[:LONGEST]}"' + (" *" if len(word) > 1 else "")


@telling
def search(
    connection: sqlite3.Connection, sought: Asked, kinds: Collection[type[Record]], limit: int
) -> Found:
    """Return the records of some kinds that hold all words, else those whose names are alike.

    What the index does not know yet is indexed in memory, so that nothing is missing from the
    answer to one who may not write.
    """
    tables = [entity.table for entity in kinds]
    missing = indexing.pending(connection)
    if missing is not None:
        try:
            return _together(connection, missing, sought, tables, limit)
        except sqlite3.DatabaseError:  # the index is damaged; the next operation makes it again
            missing = None
    return _together(connection, missing, sought, tables, limit)


def _together(
    connection: sqlite3.Connection,
    missing: set[Key] | None,
    sought: Asked,
    tables: Sequence[str],
    limit: int,
) -> Found:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        indexes = [] if missing is None else [_Index(connection, tables, missing)]
        if missing is None or missing:
            indexing.make(memory)
            indexing.index(connection, memory, missing)
            indexes.append(_Index(memory, tables, set()))
        rows = [row for each in indexes for row in each.holding(sought)]
        rows += _of_that_id(connection, sought, tables, {row.key for row in rows})
        total = len(rows)
        if total >= RANKED:  # all of them, but for those that changed, were not looked at
            total = max(total, *(each.count(sought, COUNTED) for each in indexes))
        best = sorted(rows, key=lambda row: _order(row, sought))[:limit]
        hits = [_hit(row, exact=True) for row in best]
        if total < FEW:
            known = {row.key for row in rows}
            alike = [row for each in indexes for row in each.alike(sought) if row.key not in known]
            near = _likest(alike)[: max(limit - len(hits), 0)]
            hits += [_hit(row, exact=False) for row in near]
            total += len(near)
        return Found(hits, total)


def _order(row: _Row, sought: Asked) -> tuple[object, ...]:
    """Return the key of ranking: an id, a whole name, whole words, then as FTS5 ranks."""
    words = row.name.split()
    return (
        row.key[1] != sought.text,
        row.removed,
        not all(any(answers(word, [each]) for word in words) for each in sought.words),
        words != list(sought.words),
        not set(sought.words) <= set(words),
        -row.score,
        row.key[1],
    )


def _hit(row: _Row, *, exact: bool) -> Hit:
    return Hit(NAMED[row.key[0]], row.key[1], round(row.score, 6), exact)


def _of_that_id(
    connection: sqlite3.Connection, sought: Asked, tables: Sequence[str], known: set[Key]
) -> list[_Row]:
    """Return the record of that very id, where so many others hold its words that it is not in."""
    return [
        _Row((table, sought.text), False, "", 0.0)
        for table in tables
        if (table, sought.text) not in known
        and connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (sought.text,)).fetchone()
    ]


def _likest(rows: Sequence[_Row]) -> list[_Row]:
    """Return the names that are most alike, removed ones last."""
    least = max((row.score for row in rows), default=0.0) - NEARLY
    near = [row for row in rows if row.score >= max(ALIKE, least)]
    return sorted(near, key=lambda row: (row.removed, -row.score, row.key[1]))[:MOST_ALIKE]


class _Index:
    """One index, in the file or in memory, without the records that it knows no longer."""

    def __init__(
        self, connection: sqlite3.Connection, tables: Sequence[str], without: set[Key]
    ) -> None:
        self.connection = connection
        self.without = without
        self.tables = tables
        self._in = f"r.entity IN ({', '.join('?' * len(tables))})"

    def holding(self, sought: Asked) -> list[_Row]:
        """Return the records that hold all words, at most as many as are ranked."""
        if not sought.expression:
            return []
        if self.count(sought, RANKED) < RANKED:
            rows = self._rows(sought.expression, _RANK)
        else:  # words so common tell little: who has them in the name comes first
            named = self._rows(f"name : ({sought.expression})", _RANK)
            found = {row.key for row in named}
            others = self._rows(sought.expression, "0.0") if len(named) < RANKED else []
            rows = [*named, *(row for row in others if row.key not in found)]
        return [row for row in rows if row.key not in self.without]

    def _rows(self, expression: str, rank: str) -> list[_Row]:
        rows = self.connection.execute(
            f"SELECT r.entity, r.record, r.removed, r.name, {rank}"
            " FROM search_words CROSS JOIN search_records AS r ON r.number = search_words.rowid"
            f" WHERE search_words MATCH ? AND {self._in} LIMIT ?",
            (expression, *self.tables, RANKED),
        )
        return [
            _Row((table, id_), bool(removed), name, score)
            for table, id_, removed, name, score in rows
        ]

    def count(self, sought: Asked, most: int) -> int:
        """Return how many records hold all words; no more than `most` are counted."""
        every = len(self.tables) == len(INDEXED)
        of_kind = f"CROSS JOIN search_records AS r ON r.number = w.rowid WHERE {self._in} AND"
        (count,) = self.connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM search_words AS w"
            f" {'WHERE' if every else of_kind} search_words MATCH ? LIMIT ?)",
            (*(() if every else self.tables), sought.expression, most),
        ).fetchone()
        return int(count)

    def alike(self, sought: Asked) -> list[_Row]:
        """Return records whose names are alike, with how much from 0 to 1."""
        likeness = _Likeness(sought.words)
        numbers = self._sharing(padded(sought.words)) if sought.words else []
        rows = self.connection.execute(
            "SELECT r.entity, r.record, r.removed, r.name FROM search_records AS r"
            f" WHERE {self._in} AND r.number IN ({', '.join('?' * len(numbers))})",
            (*self.tables, *numbers),
        )
        return [
            _Row((table, id_), bool(removed), name, likeness.of(name))
            for table, id_, removed, name in rows
            if (table, id_) not in self.without
        ]

    def _sharing(self, text: str) -> list[int]:
        """Return the records whose names share most with a text: its rarest runs count most."""
        runs = sorted({text[at : at + 3] for at in range(len(text) - 2)})[: 2 * MOST_WORDS]
        match = "SELECT rowid FROM search_letters WHERE search_letters MATCH ? LIMIT ?"
        count = f"SELECT count(*) FROM ({match})"
        held = {
            run: self.connection.execute(count, (f'"{run}"', COMMON)).fetchone()[0] for run in runs
        }
        shared: Counter[int] = Counter()
        rarest = sorted((run for run in runs if held[run]), key=lambda run: (held[run], run))
        for run in rarest[:RAREST]:
            if held[run] == COMMON and shared:  # not all of its names would be looked at
                break
            for (number,) in self.connection.execute(match, (f'"{run}"', COMMON)):
                shared[number] += 1000 // (1 + math.isqrt(held[run]))
        return [number for number, _ in shared.most_common(COMPARED)]


class _Likeness:
    """How alike names are to some words, from 0 to 1: word by word, or else all run together."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.letters = sum(map(len, words))
        self.ratio = cache(partial(similarity, least=HALF))

    def of(self, name: str) -> float:
        """Return how alike a folded name is."""
        others = name.split()
        best = sum(len(w) * max((self.ratio(w, o) for o in others), default=0) for w in self.words)
        if best >= ALIKE * self.letters:
            return best / self.letters
        return similarity("".join(self.words), "".join(others), ALIKE)
