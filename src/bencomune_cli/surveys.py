"""All places and relations of a registry, read as they are asked for; who a new place may be."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from .declare import Record
from .doubles import Double, Doubles, fingerprint
from .entities import PLACES, Distinction, Place, Relation
from .overviews import Ends, Held, Overview, Tied
from .registry import Registry
from .shortlist import shortlist
from .standings import STANDING, Link, Standing, standing_of
from .store import Store

_READ = (*STANDING, "removed")
PAGE = 1_000  # records that are read at once
KEPT = 2_000  # places that were asked for by their ids and are remembered: 2 MB


class Survey(Overview):
    """An overview of a registry, however large: what is read is let go of again."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._get = lru_cache(KEPT)(partial(_read, self._store))
        self.distinct = frozenset(self._distinct())

    def places(self) -> Iterator[Standing]:
        """Yield all places, kind by kind, in the order of their ids."""
        for entity in PLACES:
            for page in self._pages(entity, _READ):
                yield from _standings(entity, page)

    def values(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield the ids of all places, in the same order, each with some of its values."""
        for entity in PLACES:
            for page in self._pages(entity, ("id", *names, "removed")):
                yield from (row[:-1] for row in page if not row[-1])

    def relations(self) -> Iterator[Link]:
        """Yield all relations, in the order of their ids."""
        for page in self._pages(Relation, Link._fields):
            yield from map(Link._make, page)

    def get(self, id_: str | None) -> Standing | None:
        """Return the place of an id."""
        return self._get(id_) if id_ else None

    def _pages(self, entity: type[Record], names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield columns, `id` the first, of all records; others can write between two pages."""
        last = ""
        while page := list(self._store.values_of(entity, names, "id > ?", (last,), PAGE)):
            yield page
            last = page[-1][0]

    def relations_of(self, id_: str) -> Sequence[Link]:
        """Return the relations of a place, in the order of their ids."""
        return list(self._links("subject = ? OR object = ?", (id_, id_)))

    def links_within(self, first: str, last: str) -> Iterator[Link]:
        """Yield the relations from one id to another."""
        return self._links("id BETWEEN ? AND ?", (first, last))

    def _links(self, where: str, values: Sequence[str]) -> Iterator[Link]:
        return map(Link._make, self._store.values_of(Relation, Link._fields, where, values))

    def with_ends(self, relations: Iterable[Link]) -> Iterator[Ends]:
        """Yield some relations, each with what stands at its ends."""
        rest = iter(relations)
        while some := list(islice(rest, PAGE)):
            at = self.at({id_ for each in some for id_ in (each.subject, each.object)})
            yield from (Ends(each, at.get(each.subject), at.get(each.object)) for each in some)

    def at(self, ids: Iterable[str]) -> Mapping[str, Standing]:
        """Return the places of some ids, by their ids."""
        return {row.id: row for row in _among(self._store, list(ids))}

    def tied(self) -> Iterator[Tied]:
        """Yield all places, each with its relations."""
        for entity in PLACES:
            for page in self._pages(entity, _READ):
                yield from self._tied(page[0][0], page[-1][0], list(_standings(entity, page)))

    def tied_within(self, entity: type[Place], first: str, last: str) -> Iterator[Tied]:
        """Yield the places of a kind from one id to another, each with its relations."""
        rows = self._store.values_of(entity, _READ, "id BETWEEN ? AND ?", (first, last))
        return self._tied(first, last, list(_standings(entity, rows)))

    def _tied(self, first: str, last: str, places: Sequence[Standing]) -> Iterator[Tied]:
        found: dict[str, dict[str, Link]] = {place.id: {} for place in places}
        for end in ("subject", "object"):
            for each in self._links(f"{end} BETWEEN ? AND ?", (first, last)):
                if (id_ := getattr(each, end)) in found:
                    found[id_][each.id] = each
        for place in places:
            relations = found[place.id]
            yield Tied(place, [relations[id_] for id_ in sorted(relations)], self)

    def _distinct(self) -> Iterator[tuple[str, str]]:
        """Yield the pairs that somebody said are two, where neither changed since."""
        for each in self._store.select(Distinction):
            told = ((each.one, each.one_print), (each.other, each.other_print))
            rows = ((self.get(id_), mark) for id_, mark in told)
            if all(row is not None and fingerprint(row) == mark for row, mark in rows):
                yield min(each.one, each.other), max(each.one, each.other)


def _read(store: Store, id_: str) -> Standing | None:
    return next(_among(store, [id_]), None)


def _among(store: Store, ids: Sequence[str]) -> Iterator[Standing]:
    """Yield the places of some ids."""
    where, told = "id IN (SELECT value FROM json_each(?))", json.dumps(ids)
    for entity in PLACES:
        yield from _standings(entity, store.values_of(entity, _READ, where, (told,)))


def _standings(entity: type[Place], rows: Any) -> Iterator[Standing]:
    kind = entity.name_of_kind
    return (Standing(kind, *row[:-1]) for row in rows if not row[-1])


def alike(registry: Registry, place: Place) -> list[Double]:
    """Return the records that one, new or not, may be the same as, likest first."""
    new, seen = standing_of(place), Survey(registry)
    near = Held(shortlist(new, seen.places()))
    return Doubles(near, seen.told_apart).of(new)
