"""Whether a point lies inside an outline, else how far outside: for many points, many corners."""

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from .errors import Unreadable
from .geo import ITALY, METRES_PER_DEGREE, Box, Polygons, box_of, parse_boundary
from .words import Text

BANDS = 256  # of latitude: a point is compared with the edges of its own
CELLS = 128  # of a band, from west to east: most lie on one side of all edges


class Edge(NamedTuple):
    """A line between two corners of a ring; the ring is told by its polygon and its place there."""

    x1: float
    y1: float
    x2: float
    y2: float
    ring: tuple[int, int]


class Outline:
    """Polygons, their edges sorted into bands of latitude."""

    def __init__(self, polygons: Polygons) -> None:
        self.box = box_of(polygons)
        edges = list(_edges(polygons))
        count = min(BANDS, len(edges))
        self._high = (self.box.north - self.box.south) / count or 1.0
        self._bands: list[list[Edge]] = [[] for _ in range(count)]
        for edge in edges:
            ends = self._band(edge.y1), self._band(edge.y2)
            for band in range(min(ends), max(ends) + 1):
                self._bands[band].append(edge)
        self._spans = [
            (min(min(e.x1, e.x2) for e in band), max(max(e.x1, e.x2) for e in band))
            if band
            else (math.inf, math.inf)
            for band in self._bands
        ]
        self._wide = (self.box.east - self.box.west) / CELLS or 1.0
        self._sides: dict[int, bool | None] = {}  # of cells that were asked for; None for both

    def _band(self, lat: float) -> int:
        """Return the band of a latitude; the first or the last for one beyond them."""
        return max(0, min(len(self._bands) - 1, int((lat - self.box.south) / self._high)))

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies inside one of the polygons and in none of its holes."""
        box = self.box
        if not (box.west <= lon <= box.east and box.south <= lat <= box.north):
            return False
        column, band = int((lon - box.west) / self._wide), self._band(lat)
        cell = band * (CELLS + 1) + column
        if cell not in self._sides:
            self._sides[cell] = None if self._parted(column, band) else self._within(lon, lat, band)
        side = self._sides[cell]
        return self._within(lon, lat, band) if side is None else side

    def _parted(self, column: int, band: int) -> bool:
        """Tell whether an edge may go through a cell."""
        west = self.box.west + (column - 0.01) * self._wide
        east = self.box.west + (column + 1.01) * self._wide
        return any(min(e.x1, e.x2) <= east and max(e.x1, e.x2) >= west for e in self._bands[band])

    def _within(self, lon: float, lat: float, band: int) -> bool:
        odd: set[tuple[int, int]] = set()  # rings that a ray to the east crosses an odd number of
        for x1, y1, x2, y2, ring in self._bands[band]:
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                odd ^= {ring}
        holes = {polygon for polygon, place in odd if place}
        return any(not place and polygon not in holes for polygon, place in odd)

    def metres(self, lon: float, lat: float) -> float:
        """Return how many metres outside a point lies, 0 for one inside; right to one in 200."""
        if self.holds(lon, lat):
            return 0.0
        nearest = max(self.box.south, min(self.box.north, lat))
        wide = math.cos(math.radians((lat + nearest) / 2))
        middle, best = self._band(lat), math.inf
        for away in range(len(self._bands)):
            high = (away - 1) * self._high
            if high > best:
                break
            for band in {middle - away, middle + away}:
                if not 0 <= band < len(self._bands):
                    continue
                first, last = self._spans[band]
                if math.hypot(max(0.0, first - lon, lon - last) * wide, max(0.0, high)) < best:
                    told = (_degrees_to(edge, lon, lat, wide) for edge in self._bands[band])
                    best = min(best, *told)
        return best * METRES_PER_DEGREE


def _edges(polygons: Polygons) -> Iterator[Edge]:
    for number, polygon in enumerate(polygons):
        for place, ring in enumerate(polygon):
            for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
                yield Edge(x1, y1, x2, y2, (number, place))


def _degrees_to(edge: Edge, lon: float, lat: float, wide: float) -> float:
    """Return the degrees of latitude from a point to an edge, on a plane."""
    x1, y1 = (edge.x1 - lon) * wide, edge.y1 - lat
    dx, dy = (edge.x2 - lon) * wide - x1, edge.y2 - lat - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length)) if length else 0.0
    return math.hypot(x1 + along * dx, y1 + along * dy)


@lru_cache(maxsize=512)
def outline(boundary: str) -> Outline | None:
    """Return the outline of a boundary in GeoJSON; None for one that cannot be read."""
    try:
        return Outline(parse_boundary(boundary))
    except Unreadable:
        return None


def metres_from(box: Box, lon: float, lat: float) -> float:
    """Return how many metres outside a box a point lies, 0 for one inside."""
    return apart(lon, lat, max(box.west, min(box.east, lon)), max(box.south, min(box.north, lat)))


def apart(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the metres between two points on a sphere, as on a plane: for near ones."""
    wide = (to_lon - lon) * math.cos(math.radians((lat + to_lat) / 2))
    return math.hypot(wide, to_lat - lat) * METRES_PER_DEGREE


class Spots:
    """Points with ids, found again by any point within some metres of them."""

    def __init__(self) -> None:
        # Each point stands in its own cell and in the eight around it.
        self._cells: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)

    def add(self, lon: float, lat: float, id_: str) -> None:
        """Put a point down."""
        x, y = self._cell(lon, lat)
        for cell in product((x - 1, x, x + 1), (y - 1, y, y + 1)):
            self._cells[cell].append((lon, lat, id_))

    def may_be_near(self, lon: float, lat: float) -> bool:
        """Tell whether any point lies in the cell of a point, or in those around it."""
        return self._cell(lon, lat) in self._cells

    def near(self, lon: float, lat: float, metres: float) -> Iterator[str]:
        """Yield the ids of the points within some metres, 50 at most."""
        for to_lon, to_lat, id_ in self._cells.get(self._cell(lon, lat), ()):
            if apart(lon, lat, to_lon, to_lat) <= metres:
                yield id_

    def _cell(self, lon: float, lat: float) -> tuple[int, int]:
        """Return the cell of a thousandth of a degree that a point lies in: 70 m, in Italy."""
        return math.floor(lon * 1_000), math.floor(lat * 1_000)


@lru_cache(maxsize=1)
def italy() -> Outline:
    """Return the outline of Italy: no place of it lies outside, some of its neighbours' inside."""
    return Outline(ITALY)


def on_earth(lon: float, lat: float) -> bool:
    """Tell whether two numbers can be degrees of longitude and latitude."""
    return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 - the date line and the poles


def far(metres: float) -> Text:
    """Return a distance as people say it: 850 m, 1,2 km."""
    if round(metres, -1) < 1_000:  # noqa: PLR2004 - then in kilometres
        rounded = f"{round(metres, -1):.0f} m"
        return Text(rounded, rounded)
    kilometres = f"{metres / 1_000:.1f} km"
    return Text(kilometres.replace(".", ","), kilometres)
