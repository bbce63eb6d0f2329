"""What rules may look at besides a record: the day, the network, its areas, all that is there."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from .entities import Area, Network
from .geo import Box
from .nearness import Spots
from .structs import Struct


class Known(NamedTuple):
    """What a rule may know of a place by its id: its entity, and whether it was removed."""

    entity: str
    removed: bool


Boxed = Sequence[tuple[Box, Area]]


class Context(Struct):
    """What a rule on one record may look at: the day, the network, its areas, all ids."""

    today: str
    network: Network | None = None
    areas: Mapping[str, Area] = {}
    ids: Mapping[str, Known] = {}

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

    @cached_property
    def provinces(self) -> frozenset[str]:
        """Return the codes of the provinces of which municipalities are loaded."""
        return frozenset(code[:3] for code in self.by_code)

    def holds(self, lon: float, lat: float) -> bool | None:
        """Tell whether a point lies in one of the municipalities; None if none has a shape."""
        boxed = self._own
        return next(_around(boxed, lon, lat), None) is not None if boxed else None

    @cached_property
    def _own(self) -> Boxed:
        return [(area.box, area) for area in self.municipalities if area.box]

    def swapped(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies in the municipalities only with its two numbers swapped."""
        return self.holds(lon, lat) is False and bool(self.holds(lat, lon))

    def around(self, kind: str, lon: float, lat: float) -> list[Area]:
        """Return the areas of a kind that a point lies in."""
        return list(_around(self._boxed.get(kind, ()), lon, lat))

    @cached_property
    def _boxed(self) -> Mapping[str, Boxed]:
        found: dict[str, list[tuple[Box, Area]]] = defaultdict(list)
        for area in self.areas.values():
            if area.box:
                found[area.area_kind].append((area.box, area))
        return found

    def centred(self, lon: float, lat: float, metres: float) -> Iterator[str]:
        """Yield the ids of municipalities and neighbourhoods whose centre is within some metres.

        They are a hundred metres at most.
        """
        return self._spots([lon], [lat]).near(lon, lat, metres)

    def may_be_centres(self, points: Collection[tuple[float, float]]) -> Iterator[bool]:
        """Tell of each of some points, roughly and soon, whether `centred` may yield any."""
        spots = self._spots(*zip(*points, strict=True)) if points else Spots()
        return (spots.may_be_near(lon, lat) for lon, lat in points)

    def _spots(self, lons: Sequence[float], lats: Sequence[float]) -> Spots:
        """Return the centres that some points may be near.

        A boundary is read, to know its centre, once points around the area's box are asked for.
        """
        unread, centres = self._centres
        around = Box(min(lons), min(lats), max(lons), max(lats)) if unread else None
        for id_ in [id_ for id_, box in unread.items() if around and _near(box, around)]:
            del unread[id_]
            for to_lon, to_lat in self.areas[id_].centres():
                centres.add(to_lon, to_lat, id_)
        return centres

    @cached_property
    def _centres(self) -> tuple[dict[str, Box | None], Spots]:
        kinds = {"municipality", "neighbourhood"}
        boxes = {id_: a.box for id_, a in self.areas.items() if a.area_kind in kinds}
        return boxes, Spots()

    @cached_property
    def shaped(self) -> bool:
        """Tell whether every municipality has a shape: else no point is surely outside."""
        areas = self.municipalities
        told = set(self.network.municipalities) if self.network else set()
        return told <= {area.code for area in areas} and all(a.west is not None for a in areas)


def _near(box: Box | None, other: Box) -> bool:
    """Tell whether two boxes meet, or are about a hundred metres apart; of none it may be so."""
    return box is None or (
        box.west - 0.001 <= other.east
        and other.west <= box.east + 0.001
        and box.south - 0.001 <= other.north
        and other.south <= box.north + 0.001
    )


def _around(boxed: Boxed, lon: float, lat: float) -> Iterator[Area]:
    """Yield the areas that a point lies in."""
    for (west, south, east, north), area in boxed:
        if west <= lon <= east and south <= lat <= north and area.holds(lon, lat):
            yield area
