"""Outlines with fewer corners, for a drawing that shows no more (Douglas and Peucker, 1973)."""

import math
from collections.abc import Sequence

from .geo import Box, Polygons, Ring, box_of

Point = tuple[float, float]
FINENESS = 1_500  # of the longer side of an outline: how far a corner that goes may lie from it
DECIMALS = 5  # of a degree, about a metre
_FEWEST = 4  # corners of a ring, the first of which is the last


def generalised(polygons: Polygons) -> list[list[list[Point]]]:
    """Return polygons of fewer corners, without islands and holes that are too small to be seen.

    Coordinates are longitude and latitude in degrees; the largest ring always stays.
    """
    box = box_of(polygons)
    tolerance = max(box.east - box.west, box.north - box.south) / FINENESS
    shrink = math.cos(math.radians((box.south + box.north) / 2))
    kept = []
    for outer, *holes in polygons:
        rings = [_ring(ring, tolerance, shrink) for ring in (outer, *holes)]
        if len(rings[0]) >= _FEWEST:
            kept.append([ring for ring in rings if len(ring) >= _FEWEST])
    return kept or [[_corners(box)]]


def _corners(box: Box) -> list[Point]:
    west, south, east, north = box
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def _ring(ring: Ring, tolerance: float, shrink: float) -> list[Point]:
    points = [(float(point[0]), float(point[1])) for point in ring]
    flat = [(lon * shrink, lat) for lon, lat in points]
    far = max(range(len(flat)), key=lambda n: math.dist(flat[0], flat[n]))
    if math.dist(flat[0], flat[far]) <= tolerance:
        return []
    keep = sorted({*_kept(flat, 0, far, tolerance), *_kept(flat, far, len(flat) - 1, tolerance)})
    found = [(round(points[n][0], DECIMALS), round(points[n][1], DECIMALS)) for n in keep]
    return [point for n, point in enumerate(found) if not n or point != found[n - 1]]


def _kept(flat: Sequence[Point], first: int, last: int, tolerance: float) -> set[int]:
    """Return which points of a line stay, its ends among them."""
    kept, waiting = {first, last}, [(first, last)]
    while waiting:
        start, end = waiting.pop()
        between = range(start + 1, end)
        far = max(between, key=lambda n: _away(flat[n], flat[start], flat[end]), default=start)
        if far != start and _away(flat[far], flat[start], flat[end]) > tolerance:
            kept.add(far)
            waiting += [(start, far), (far, end)]
    return kept


def _away(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from a stretch of line."""
    wide, high = end[0] - start[0], end[1] - start[1]
    length = wide * wide + high * high
    along = ((point[0] - start[0]) * wide + (point[1] - start[1]) * high) / (length or 1)
    along = min(max(along, 0.0), 1.0)
    return math.dist(point, (start[0] + along * wide, start[1] + along * high))
