"""What rules may look at besides a record: the day, the network, its areas, all that is there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from .declare import Record
from .entities import PLACES, Area, Network, Place, Relation


class Known(NamedTuple):
    """What a rule may know of a place by its id: its entity, and whether it was removed."""

    entity: str
    removed: bool


@dataclass(frozen=True)
class Context:
    """What a rule on one record may look at: the day, the network, its areas, all ids."""

    today: str
    network: Network | None = None
    areas: Mapping[str, Area] = field(default_factory=dict)
    ids: Mapping[str, Known] = field(default_factory=dict)

    @cached_property
    def municipalities(self) -> list[Area]:
        """Return the network's municipalities; all that are known if it names none."""
        codes = set(self.network.municipalities) if self.network else set()
        areas = [area for area in self.areas.values() if area.area_kind == "municipality"]
        return [area for area in areas if not codes or area.code in codes]

    @cached_property
    def by_code(self) -> dict[str, Area]:
        """Return the municipalities that are loaded, by ISTAT code, also those of no network."""
        areas = (area for area in self.areas.values() if area.area_kind == "municipality")
        return {area.code: area for area in areas if area.code}

    def holds(self, lon: float, lat: float) -> bool | None:
        """Tell whether a point lies in one of the municipalities; None if none has a shape."""
        told = [area.holds(lon, lat) for area in self.municipalities]
        return any(told) if any(each is not None for each in told) else None

    @cached_property
    def shaped(self) -> bool:
        """Tell whether every municipality has a shape: else no point is surely outside."""
        areas = self.municipalities
        told = set(self.network.municipalities) if self.network else set()
        return told <= {area.code for area in areas} and all(a.west is not None for a in areas)


class Standing(NamedTuple):
    """What rules over all places know of each: little enough for a hundred thousand.

    `name_of_kind` is its entity's; lists are as they are stored, in one text.
    """

    name_of_kind: str
    id: str
    name: str
    alt_names: str | None
    state: str
    hidden: bool
    ended_on: str | None
    street: str | None
    number: str | None
    postcode: str | None
    municipality: str | None
    neighbourhood: str | None
    lat: float | None
    lon: float | None
    precision: str | None
    email: str | None
    phone: str | None
    website: str | None
    tax_code: str | None
    vat_number: str | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Return longitude and latitude, None where one of them is missing."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


STANDING = Standing._fields[1:]  # the columns to be read


@dataclass(frozen=True)
class Overview:
    """All that a registry holds, for rules over many: places that are not removed, relations.

    `distinct` are the pairs of ids, the smaller first, that somebody said are not the same.
    """

    places: Mapping[str, Standing]
    relations: Sequence[Relation] = ()
    distinct: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def of(self) -> Mapping[str, Sequence[Relation]]:
        """Return the relations of each place, by its id, as subject or as object."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.relations:
            found[relation.subject].append(relation)
            found[relation.object].append(relation)
        return found


def standing(entity: type[Place], values: Iterable[Any]) -> Standing:
    """Return the standing of a place from the stored values of the columns of STANDING."""
    return Standing(entity.name_of_kind, *values)


def overview_of(records: Iterable[Record]) -> Overview:
    """Return the overview of some records."""
    told = list(records)
    places = [record for record in told if isinstance(record, PLACES) and not record.removed]
    rows = ((place, place.to_row()) for place in places)
    known = {
        place.id: standing(type(place), [row.get(name) for name in STANDING]) for place, row in rows
    }
    return Overview(known, [record for record in told if isinstance(record, Relation)])
