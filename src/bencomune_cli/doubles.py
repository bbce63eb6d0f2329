"""Records that may be the same, among many, without comparing each with each.

Looked for by what two records seldom share: codes and addresses, rare words of their names, halves
of their names (a slip leaves one of them whole), and the cell of the map that they lie in. What
stands under the same key is compared, and nothing else; no key has more than so many compared.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

from .contexts import Overview, Standing
from .evidence import NEAR, Known, Verdict, keys_of, known, metres_between, weighed
from .geo import METRES_PER_DEGREE
from .namesakes import ALIKE, likeness
from .similarity import alike_among
from .words import Text

LIKELY = 0.7  # from here on somebody should look
DOUBTFUL = 0.5  # from here on it may be worth a look
TOLD = 0.25  # from here on it is told to who adds a record
COMMON = 25  # records under one key: where there are more, it tells nothing by itself
NEXT = 5  # how many of the next are compared under a key that has more
CELL = NEAR / METRES_PER_DEGREE  # degrees of latitude
NARROWER = 0.68  # of a degree of longitude in the north of Italy
SLOTS = 1 << 24  # bytes in which keys are counted: ten for each of those of 100,000 records
CROWD = 60  # records of a cell that are compared
SHORTEST = 3  # letters of half a name that tell anything
SELDOM = ("code", "phone", "email", "web", "name")
OFTEN = ("address", "site")  # shared by many that are not the same
COMPARED = (
    *("name", "alt_names", "street", "number", "municipality", "lat", "lon"),
    *("email", "phone", "website", "tax_code", "vat_number"),
)


class Pair(NamedTuple):
    """Two records that may be the same, the elder first: how likely from 0 to 1, and why."""

    one: Standing
    other: Standing
    score: float
    reason: Text


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

    def items(self) -> Iterator[tuple[Any, Sequence[int]]]:
        """Yield each key with its places."""
        return ((key, self.of(key)) for key in self._held)

    def several(self) -> Iterator[list[int]]:
        """Yield the places under each key that several records have."""
        return (held for held in self._held.values() if isinstance(held, list))


class Doubles:
    """The records of an overview, by what a double would share with them.

    With `among`, only to be compared with each other: what one record alone has is not kept, which
    is half of the memory.
    """

    def __init__(self, overview: Overview, *, among: bool = False) -> None:
        self._known = [known(row) for row in overview.places.values()]
        self._apart = set(_related(overview)) | overview.distinct
        self._blocks: dict[str, _Block] = defaultdict(_Block)
        seen = self._seen() if among else None
        for place, each in enumerate(self._known):
            for key in _parts_of(each):
                if seen is None or seen[hash(key) % SLOTS] > 1:
                    self._blocks[key[0]].put(key[1], place)
            if cell := _cell(each.row):
                self._blocks["cell"].put(cell, place)

    def _seen(self) -> bytearray:
        """Count keys up to two, each in the slot of its hash: two of one slot count as one key."""
        seen = bytearray(SLOTS)
        for each in self._known:
            for key in _parts_of(each):
                slot = hash(key) % SLOTS
                seen[slot] = 2 if seen[slot] else 1
        return seen

    def _shared(self, sort: str, key: str) -> int:
        return len(self._blocks[sort].of(key))

    def _shared_with_one_more(self, sort: str, key: str) -> int:
        return self._shared(sort, key) + 1

    # One new record against all

    def of(self, row: Standing, limit: int = 5) -> list[Double]:
        """Return the records that a new one may be the same as, likest first."""
        if not self._known:
            return []
        new = known(row)
        found = []
        for place in self._candidates(new):
            other = self._known[place]
            if other.row.id == row.id or self._told_apart(other.row, row):
                continue
            verdict = weighed(new, other, self._shared_with_one_more)
            if verdict.score >= TOLD:
                found.append(Double(other.row.id, other.row.name, *verdict))
        return sorted(found, key=lambda each: (-each.score, each.id))[:limit]

    def _candidates(self, new: Known) -> set[int]:
        blocks = self._blocks
        found: set[int] = set()
        crowds = []
        for sort, key in _keys_of(new):
            if held := blocks[sort].of(key)[-CROWD:]:
                if sort in SELDOM:
                    found.update(held)
                else:
                    crowds.append(held)
        for name in new.names:
            halves = _halves(name.squeezed, near=True)
            for parts in blocks["word"].those_of(name.words), blocks["half"].those_of(halves):
                found.update(*(held for held in parts if len(held) <= COMMON))
        cell = _cell(new.row)
        close = blocks["cell"].those_of(_around(cell)) if cell else ()
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

    def _told_apart(self, one: Standing, other: Standing) -> bool:
        """Tell whether two records are known to be two."""
        return (min(one.id, other.id), max(one.id, other.id)) in self._apart

    # All against all

    def pairs(self, least: float = LIKELY) -> Iterator[Pair]:
        """Yield the pairs that are at least so likely the same, each once."""
        yielded: set[tuple[int, int]] = set()
        for one, other in chain(self._sharing(), self._alike()):
            pair = (one, other) if one < other else (other, one)
            first, second = (self._known[place] for place in pair)
            if pair in yielded or self._told_apart(first.row, second.row):
                continue
            verdict = weighed(first, second, self._shared)
            if verdict.score >= least:
                yielded.add(pair)
                yield _pair(first.row, second.row, verdict)

    def _sharing(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs that share a name in a municipality, or a value that is seldom shared."""
        for sort in SELDOM:
            for held in self._blocks[sort].several():
                last = len(held) if len(held) <= COMMON else NEXT + 1
                for number, place in enumerate(held):
                    for other in held[number + 1 : number + last]:
                        yield place, other

    def _alike(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs with names alike among those that share a part of them, or a place."""
        blocks = self._blocks
        for sort in ("word", "half"):
            for held in blocks[sort].several():
                if len(held) <= COMMON:
                    yield from self._alike_in(held)
        for sort in OFTEN:
            for held in blocks[sort].several():
                yield from self._alike_in(held[:CROWD])
        for cell, near in blocks["cell"].items():
            after = [blocks["cell"].of(each)[:CROWD] for each in _around(cell) if each > cell]
            yield from self._alike_in(near[:CROWD], chain.from_iterable(after))

    def _alike_in(
        self, held: Sequence[int], beyond: Iterable[int] = ()
    ) -> Iterator[tuple[int, int]]:
        """Yield the pairs with names alike among some places, and between them and those beyond."""
        told = [(name.ordered, place) for place in held for name in self._known[place].names]
        own = len(told)
        told += [(name.ordered, place) for place in beyond for name in self._known[place].names]
        texts = [text for text, _ in told]
        for number, (text, place) in enumerate(told[:own]):
            for found in alike_among(text, texts[number + 1 :], ALIKE) if text else ():
                other = told[number + 1 + found][1]
                names = self._known[place].names, self._known[other].names
                if other != place and likeness(*names) >= ALIKE:
                    yield place, other


def _keys_of(each: Known) -> list[tuple[str, str]]:
    """Return what a record may share with another, its names in its municipality among that."""
    town = each.row.municipality or ""
    return [*keys_of(each.row), *(("name", f"{name.squeezed} {town}") for name in each.names)]


def _parts_of(each: Known) -> Iterator[tuple[str, str]]:
    """Yield what a record may share with another, parts of its names among that."""
    yield from _keys_of(each)
    for name in each.names:
        for word in name.words:
            yield "word", word
        for half in _halves(name.squeezed):
            yield "half", half


def _halves(squeezed: str, *, near: bool = False) -> Sequence[str]:
    """Return the two halves of a name; with `near` also as of names longer or shorter by one.

    A letter more, less or other leaves one half whole.
    """
    middle = len(squeezed) // 2
    if middle < SHORTEST:
        return ()
    if not near:
        return (f"^{squeezed[:middle]}", f"{squeezed[-middle:]}$")
    less, more = (len(squeezed) - 1) // 2, (len(squeezed) + 1) // 2
    return (
        *(f"^{squeezed[:less]}", f"{squeezed[-less:]}$"),
        *(f"^{squeezed[:more]}", f"{squeezed[-more:]}$"),
    )


def _cell(row: Standing) -> tuple[int, int] | None:
    if row.lat is None or row.lon is None:
        return None
    return int(row.lat // CELL), int(row.lon * NARROWER // CELL)


def _around(cell: tuple[int, int]) -> Sequence[tuple[int, int]]:
    up, right = cell
    return tuple(product((up - 1, up, up + 1), (right - 1, right, right + 1)))


def _related(overview: Overview) -> Iterator[tuple[str, str]]:
    """Yield the pairs of which somebody wrote what one is to the other: so they are two."""
    for relation in overview.relations:
        ends = relation.subject, relation.object
        yield min(ends), max(ends)
    for row in overview.places.values():
        if row.meets_at:
            yield min(row.id, row.meets_at), max(row.id, row.meets_at)


def _pair(one: Standing, other: Standing, verdict: Verdict) -> Pair:
    elder, younger = sorted((one, other), key=lambda row: row.created_at or "")
    return Pair(elder, younger, *verdict)
