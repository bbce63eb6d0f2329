"""Points and boundaries in degrees: measured, one inside the other.

Everywhere longitude comes first, in degrees on WGS 84 (EPSG:4326), as in GeoJSON.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from .errors import Unreadable
from .words import Text

Ring = Sequence[Sequence[float]]
Polygons = Sequence[Sequence[Ring]]
METRES_PER_DEGREE = 111_320.0  # of latitude, on a sphere: only to narrow a search down
# Italy with some kilometres and its smaller islands around it, as longitude and latitude: no place
# of Italy lies outside, so that a reading outside is none. Corners of the mainland, of Sardinia.
ITALY: Polygons = (
    (
        (
            *((7.2, 43.6), (6.7, 44.1), (6.4, 45.1), (6.6, 45.97), (7.2, 45.99), (7.8, 46.07)),
            *((8.3, 46.6), (9.2, 46.7), (10.0, 46.8), (10.4, 47.05), (11.3, 47.15), (12.3, 47.25)),
            *((12.9, 46.85), (13.9, 46.7), (13.9, 46.0), (14.1, 45.5), (13.2, 45.3), (12.8, 44.6)),
            *((13.0, 44.2), (13.9, 43.8), (14.6, 42.7), (15.4, 42.4), (16.5, 42.1), (17.1, 41.4)),
            *((18.2, 40.9), (18.8, 40.2), (18.5, 39.5), (17.6, 39.7), (17.5, 38.8), (16.8, 38.1)),
            *((15.9, 37.6), (15.5, 36.4), (14.5, 36.3), (13.1, 35.2), (12.2, 35.2), (11.6, 36.9)),
            *((11.7, 38.2), (13.0, 39.0), (15.3, 38.98), (15.6, 39.6), (15.1, 39.8)),
            *(
                (14.6, 40.2),
                (12.6, 40.7),
                (11.4, 41.9),
                (10.1, 42.1),
                (9.6, 42.9),
                (9.5, 43.7),
                (8.8, 44.1),
                (8.0, 43.6),
            ),
        ),
    ),
    (((7.9, 38.7), (9.9, 38.7), (9.9, 41.4), (7.9, 41.4)),),
)


class Box(NamedTuple):
    """A bounding box in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies in the box or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def parse_distance(text: str) -> float:
    """Read a distance such as 500m, 1.5km or 500; return metres. Raises Unreadable."""
    parts = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(m|km)?\s*", text, re.IGNORECASE)
    if not parts:
        raise Unreadable(
            Text("serve una distanza come 500m o 2km", "a distance such as 500m or 2km is needed")
        )
    metres = float(parts[1].replace(",", "."))
    if re.fullmatch(r"[0-9]+[.,][0-9]{3}", parts[1]) and (parts[2] or "m").lower() == "m":
        raise Unreadable(
            Text(
                "«{text}» può essere uno e mezzo o mille e cinquecento: scrivere 1500m o 1,5km",
                "“{text}” may mean a thousand times more: write 1500m or 1.5km",
            ).filled(text=text)
        )
    return metres * 1000 if (parts[2] or "m").lower() == "km" else metres


def around(lon: float, lat: float, metres: float) -> Box:
    """Return a box that holds every point within a distance of a point."""
    high = metres / METRES_PER_DEGREE * 1.01
    wide = high / max(math.cos(math.radians(min(abs(lat) + high, 89.9))), 0.001)
    return Box(lon - wide, lat - high, lon + wide, lat + high)


def distance(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the metres between two points on the ellipsoid of WGS 84."""
    return float(_ellipsoid().inv(lon, lat, to_lon, to_lat)[2])


@lru_cache(maxsize=1)
def _ellipsoid() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


@lru_cache(maxsize=256)
def parse_boundary(text: str) -> Polygons:
    """Return the polygons of a GeoJSON Polygon or MultiPolygon geometry.

    Raises Unreadable for what is none: another program may have written it.
    """
    try:
        geometry = json.loads(text)
        polygons: Polygons = geometry["coordinates"]
        polygons = [polygons] if geometry["type"] == "Polygon" else polygons  # type: ignore[list-item]
        readable = all(len(p) > 1 and all(map(math.isfinite, p[:2])) for p in _points(polygons))
        readable = readable and all(polygon and all(polygon) for polygon in polygons)
        readable = readable and len(box_of(polygons)) > 0
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        readable, polygons = False, []
    if not readable:
        raise Unreadable(Text("serve un poligono in GeoJSON", "a polygon in GeoJSON is needed"))
    return polygons


def box_of(polygons: Polygons) -> Box:
    """Return the bounding box of polygons."""
    points = list(_points(polygons))
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return Box(min(lons), min(lats), max(lons), max(lats))


def _points(polygons: Polygons) -> Iterator[Sequence[float]]:
    for polygon in polygons:
        for ring in polygon:
            yield from ring


def inside(lon: float, lat: float, polygons: Polygons) -> bool:
    """Tell whether a point lies inside one of the polygons and in none of its holes."""
    return any(
        _in_ring(lon, lat, polygon[0]) and not any(_in_ring(lon, lat, hole) for hole in polygon[1:])
        for polygon in polygons
        if polygon
    )


def _in_ring(lon: float, lat: float, ring: Ring) -> bool:
    """Count the edges that a ray to the east crosses: an odd number is inside."""
    found = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            found = not found
    return found


def direction(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the azimuth from one point to another, in degrees clockwise from north, 0 to 360."""
    return float(_ellipsoid().inv(lon, lat, to_lon, to_lat)[0]) % 360


def centre(polygons: Polygons) -> tuple[float, float]:
    """Return the centre of gravity of the largest polygon, as longitude and latitude.

    Reckoned in degrees, as on a plane: right to some metres for a municipality.
    """
    area, x, y = max((_moments(polygon[0]) for polygon in polygons), key=lambda each: abs(each[0]))
    if not area:
        box = box_of(polygons)
        return (box.west + box.east) / 2, (box.south + box.north) / 2
    return x / (3 * area), y / (3 * area)


def within(polygons: Polygons) -> tuple[float, float]:
    """Return a point inside: the centre, or the middle of the widest part of its parallel."""
    lon, lat = centre(polygons)
    if inside(lon, lat, polygons):
        return lon, lat
    crossed = sorted(
        x1 + (lat - y1) / (y2 - y1) * (x2 - x1)
        for polygon in polygons
        for ring in polygon
        for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (y1 > lat) != (y2 > lat)
    )
    parts = [((x1 + x2) / 2, x2 - x1) for x1, x2 in pairwise(crossed)]
    held = [part for part in parts if inside(part[0], lat, polygons)]
    return (max(held, key=lambda part: part[1])[0], lat) if held else (lon, lat)


def _moments(ring: Ring) -> tuple[float, float, float]:
    """Return twice the area of a ring and its first moments, by the shoelace formula."""
    area = x = y = 0.0
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return area, x, y


def proj_version() -> str:
    """Return the version of PROJ, which pyproj carries or found."""
    import pyproj

    return pyproj.proj_version_str


def inside_area(lon: float | None, lat: float | None, boundary: str) -> bool:
    """Tell whether a point lies inside a boundary, for SQLite to call."""
    if lon is None or lat is None:
        return False
    try:
        return inside(lon, lat, parse_boundary(boundary))
    except Unreadable:
        return False
