"""What rules over many look at: places that are not removed, and relations, one after the other.

Nothing here has to hold them all: a registry of a million is gone through as often as is wanted.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from .declare import Record
from .entities import PLACES, Relation
from .standings import Link, Standing, standing_of


class Tied(NamedTuple):
    """A place and its relations, whichever end it is at, in the order of their ids."""

    place: Standing
    relations: Sequence[Link]
    overview: "Overview"


class Ends(NamedTuple):
    """A relation, and what stands at its two ends; None for what is removed."""

    relation: Link
    subject: Standing | None
    object: Standing | None


class Overview(ABC):
    """All that a registry holds, for rules over many.

    `distinct` are the pairs of ids, the smaller first, that somebody said are not the same.
    """

    distinct: frozenset[tuple[str, str]]

    @abstractmethod
    def places(self) -> Iterator[Standing]:
        """Yield all places."""

    @abstractmethod
    def values(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield the ids of all places, in the same order, each with some of its values."""

    @abstractmethod
    def relations(self) -> Iterator[Link]:
        """Yield all relations."""

    @abstractmethod
    def get(self, id_: str | None) -> Standing | None:
        """Return the place of an id; None where there is none, or it is removed."""

    @abstractmethod
    def at(self, ids: Iterable[str]) -> Mapping[str, Standing]:
        """Return the places of some ids, by their ids; none that is removed."""

    @abstractmethod
    def relations_of(self, id_: str) -> Sequence[Link]:
        """Return the relations of a place, whichever end it is at."""

    @abstractmethod
    def tied(self) -> Iterator[Tied]:
        """Yield all places, each with its relations."""

    def ends(self) -> Iterator[Ends]:
        """Yield all relations, each with what stands at its ends."""
        return self.with_ends(self.relations())

    def with_ends(self, relations: Iterable[Link]) -> Iterator[Ends]:
        """Yield some relations, each with what stands at its ends."""
        for relation in relations:
            yield Ends(relation, self.get(relation.subject), self.get(relation.object))

    def told_apart(self, one: Standing, other: Standing) -> bool:
        """Tell whether two are known to be two: somebody said so, or what one is to the other."""
        pair = (min(one.id, other.id), max(one.id, other.id))
        return pair in self.distinct or self.related(one, other)

    def related(self, one: Standing, other: Standing) -> bool:
        """Tell whether somebody wrote what one is to the other."""
        return (
            other.id == one.meets_at
            or one.id == other.meets_at
            or any(other.id in (each.subject, each.object) for each in self._both(one, other))
        )

    def _both(self, one: Standing, other: Standing) -> Sequence[Link]:
        """Return the relations of the first; none where one is new and has no id yet."""
        return self.relations_of(one.id) if one.id and other.id else ()


class Held(Overview):
    """An overview of few, held in memory."""

    def __init__(
        self,
        places: Iterable[Standing],
        relations: Iterable[Link] = (),
        distinct: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.distinct = distinct
        self._places = {place.id: place for place in places}
        self._relations = list(relations)
        self._of: dict[str, list[Link]] = defaultdict(list)
        for relation in self._relations:
            for end in (relation.subject, relation.object):
                self._of[end].append(relation)

    def places(self) -> Iterator[Standing]:
        """Yield all places."""
        return iter(self._places.values())

    def values(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield the ids of all places, each with some of its values."""
        return map(attrgetter("id", *names), self.places())

    def relations(self) -> Iterator[Link]:
        """Yield all relations."""
        return iter(self._relations)

    def get(self, id_: str | None) -> Standing | None:
        """Return the place of an id."""
        return self._places.get(id_ or "")

    def at(self, ids: Iterable[str]) -> Mapping[str, Standing]:
        """Return the places of some ids."""
        return {id_: self._places[id_] for id_ in ids if id_ in self._places}

    def relations_of(self, id_: str) -> Sequence[Link]:
        """Return the relations of a place."""
        return self._of.get(id_, ())

    def tied(self) -> Iterator[Tied]:
        """Yield all places, each with its relations."""
        return (Tied(place, self.relations_of(place.id), self) for place in self.places())


def overview_of(records: Iterable[Record]) -> Held:
    """Return the overview of some records."""
    told = list(records)
    places = (each for each in told if isinstance(each, PLACES) and not each.removed)
    relations = (
        Link._make(getattr(each, name) for name in Link._fields)
        for each in told
        if isinstance(each, Relation)
    )
    return Held(map(standing_of, places), relations)


# What a rule over many looks at, one after the other, and how an overview tells them.
SEEN: Mapping[type, Callable[[Overview], Iterable[Any]]] = {
    Overview: lambda overview: (overview,),
    Tied: lambda overview: overview.tied(),
    Ends: lambda overview: overview.ends(),
}
