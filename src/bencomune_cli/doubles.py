"""The records that a new one may be the same as, among many, without comparing it with each."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from .evidence import NEAR, TOLD, Known, known, metres_between, weighed
from .hallmarks import (
    COMMON,
    CROWD,
    NEXT,
    SELDOM,
    around,
    cell_of,
    halves,
    keys_and_names,
    parts_of,
)
from .namesakes import ALIKE
from .overviews import Overview
from .similarity import alike_among
from .standings import Standing, lasting
from .words import Text

COMPARED = (
    *("name", "alt_names", "street", "number", "municipality", "lat", "lon"),
    *("email", "phone", "website", "tax_code", "vat_number"),
)


class Double(NamedTuple):
    """A record that a new one may be the same as: its id and name, how likely, and why."""

    id: str
    name: str
    score: float
    reason: Text


def fingerprint(row: Standing) -> str:
    """Return a checksum of all that is compared of a record: another one, once that changes."""
    told = repr([getattr(row, name) for name in COMPARED])
    return f"{zlib.crc32(told.encode('utf-8', 'surrogatepass')):08x}"


class _Block:
    """Places of records by key. A key that one record has keeps one number, and no list."""

    def __init__(self) -> None:
        self._held: dict[Any, int | list[int]] = {}

    def put(self, key: Any, place: int) -> None:
        held = self._held.setdefault(key, place)
        if isinstance(held, list):
            if held[-1] != place:
                held.append(place)
        elif held != place:
            self._held[key] = [held, place]

    def of(self, key: Any) -> Sequence[int]:
        held = self._held.get(key)
        if held is None:
            return ()
        return held if isinstance(held, list) else (held,)

    def those_of(self, keys: Iterable[Any]) -> Sequence[Sequence[int]]:
        """Return the places under each of some keys that any record has; mostly none has any."""
        if self._held.keys().isdisjoint(keys):
            return ()
        found = [held for held in map(self._held.get, keys) if held is not None]
        return [held if isinstance(held, list) else (held,) for held in found]


class Doubles:
    """The records of an overview, by what a double would share with them.

    `told_apart` tells whether two are known to be two; without it, the overview does.
    """

    def __init__(
        self, overview: Overview, told_apart: Callable[[Standing, Standing], bool] | None = None
    ) -> None:
        self._known = [known(lasting(row)) for row in overview.places()]
        self._told_apart = told_apart or overview.told_apart
        self._blocks: dict[str, _Block] = defaultdict(_Block)
        for place, each in enumerate(self._known):
            for sort, key in parts_of(each.row, [name.text for name in each.names]):
                self._blocks[sort].put(key, place)
            if cell := cell_of(each.row):
                self._blocks["cell"].put(cell, place)

    def of(self, row: Standing, limit: int = 5) -> list[Double]:
        """Return the records that a new one may be the same as, likest first."""
        if not self._known:
            return []
        new = known(row)
        found = []
        for place in self._candidates(new):
            other = self._known[place]
            if other.row.id == row.id:
                continue
            verdict = weighed(new, other, self._shared_with_one_more)
            if verdict.score >= TOLD and not self._told_apart(other.row, row):
                found.append(Double(other.row.id, other.row.name, *verdict))
        return sorted(found, key=lambda each: (-each.score, each.id))[:limit]

    def _shared_with_one_more(self, sort: str, key: str) -> int:
        return len(self._blocks[sort].of(key)) + 1

    def _candidates(self, new: Known) -> set[int]:
        blocks = self._blocks
        found: set[int] = set()
        crowds = []
        for sort, key in keys_and_names(new.row, [name.text for name in new.names]):
            if held := blocks[sort].of(key)[-CROWD:]:
                if sort in SELDOM:
                    found.update(held)
                else:
                    crowds.append(held)
        for name in new.names:
            near = halves(name.squeezed, near=True)
            for parts in blocks["word"].those_of(name.words), blocks["half"].those_of(near):
                found.update(*(held for held in parts if len(held) <= COMMON))
        cell = cell_of(new.row)
        close = blocks["cell"].those_of(around(cell)) if cell else ()
        if close:
            crowds.append(self._nearest(new, close))
        for crowd in crowds:
            found.update(crowd[:NEXT])
            found.update(self._alike_to(new, crowd) if crowd else ())
        return found

    def _nearest(self, new: Known, held: Iterable[Sequence[int]]) -> list[int]:
        """Return the places that are near a new record, nearest first."""
        some = [place for each in held for place in each[:CROWD]]
        told = sorted([(metres_between(new.row, self._known[place].row), place) for place in some])
        return [place for metres, place in told if metres is not None and metres <= NEAR]

    def _alike_to(self, new: Known, held: Sequence[int]) -> Iterator[int]:
        told = [(name.ordered, place) for place in held for name in self._known[place].names]
        texts = [text for text, _ in told]
        for name in new.names:
            yield from (told[found][1] for found in alike_among(name.ordered, texts, ALIKE))
