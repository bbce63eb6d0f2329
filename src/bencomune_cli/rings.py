"""Rings of polygons that cross themselves or each other: what no map can fill in one way.

A line swept from west to east compares only segments that lie above each other (Shamos and Hoey,
1976, without their tree: boundaries have few segments above each other).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .geo import Polygons

Point = tuple[float, float]


class _Segment(NamedTuple):
    """A side of a ring, its western end first."""

    a: Point
    b: Point


def crossing(polygons: Polygons) -> Point | None:
    """Return where two sides of a polygon cross, as longitude and latitude; None where none do.

    Sides that only touch, at a corner or along a stretch, do not cross (RFC 7946 forbids neither).
    """
    return next((found for polygon in polygons for found in _crossings(polygon)), None)


def _crossings(polygon: Sequence[Sequence[Sequence[float]]]) -> Iterator[Point]:
    above: list[_Segment] = []
    for segment in sorted(_segments(polygon)):
        above = [other for other in above if other.b[0] >= segment.a[0]]
        for other in above:
            if _cross(segment, other):
                yield _where(segment, other)
        above.append(segment)


def _segments(polygon: Sequence[Sequence[Sequence[float]]]) -> Iterator[_Segment]:
    for ring in polygon:
        points = [(float(point[0]), float(point[1])) for point in ring]
        for one, other in zip(points, [*points[1:], points[0]], strict=True):
            if one != other:
                yield _Segment(min(one, other), max(one, other))


def _cross(one: _Segment, other: _Segment) -> bool:
    """Tell whether each segment has its ends on both sides of the other."""
    if max(one.a[1], one.b[1]) < min(other.a[1], other.b[1]) or max(other.a[1], other.b[1]) < min(
        one.a[1], one.b[1]
    ):
        return False
    return (
        _side(one.a, one.b, other.a) * _side(one.a, one.b, other.b) < 0
        and _side(other.a, other.b, one.a) * _side(other.a, other.b, one.b) < 0
    )


def _side(a: Point, b: Point, point: Point) -> float:
    """Return more than 0 for a point left of the line from a to b, less for one right of it."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def _where(one: _Segment, other: _Segment) -> Point:
    start, end = _side(other.a, other.b, one.a), _side(other.a, other.b, one.b)
    share = start / (start - end)
    lon = one.a[0] + share * (one.b[0] - one.a[0])
    return lon, one.a[1] + share * (one.b[1] - one.a[1])
