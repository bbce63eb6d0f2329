"""A sketch map for paper: outlines and numbered points on a rectangle, in millimetres.

Degrees are drawn as if the Earth were flat, shrunk to the east by the cosine of the latitude, which
over a municipality nobody sees. A number that has no room at its place stands beside it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import drawing
from .geo import Box

WIDTH, HEIGHT = 174.0, 140.0
MOST = 400  # points, beyond which they are drawn without their numbers
_METRES = 111_320.0  # of a degree of latitude
_LEAST = 0.004  # degrees, the least that a map shows
_MARGIN = 0.08  # of the box, around it
_RADII = ((60, 2.5), (150, 2.0), (MOST, 1.7))  # of a number, for so many points at most
_APART, _RINGS, _TURNS = 0.25, 24, 16
_EDGE = 0.5
_DOWN = 0.06  # of an outline, from its top, where its name stands
_LETTER = 1.5  # width of a letter of a name
_LONGEST_SCALE = 45.0

Spot = tuple[float, float]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class _View:
    """A piece of the Earth on the paper: its north-west corner, and millimetres for degrees."""

    west: float
    north: float
    across: float
    down: float

    def spot(self, lon: float, lat: float) -> Spot:
        return (lon - self.west) * self.across, (self.north - lat) * self.down

    def holds(self, spot: Spot) -> bool:
        return 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= HEIGHT


def sketch(places: Sequence[Row], areas: Sequence[Row]) -> dict[str, Any] | None:
    """Return what a map of some places draws; None where none of them has a point.

    A place has `number`, `name`, `kind`, `lon`, `lat`, and is `rough` where its point is not its
    door; areas are as `sketches` tells them. What is far from all others is told as `outside`.
    """
    points = [(place["lon"], place["lat"]) for place in places]
    if not points:
        return None
    shapes = [rings for area in areas if (rings := _rings(area)) and "outline" in area]
    view = _view(drawing.extent(points, list(map(_box, shapes)))[0])
    seen = [place for place in places if view.holds(view.spot(place["lon"], place["lat"]))]
    numbers = {place["number"] for place in seen}
    named = list(_areas(areas, view))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "areas": named,
        "radius": _radius(len(seen)),
        "points": list(_points(seen, view, list(_letters(named)))),
        "outside": [place["number"] for place in places if place["number"] not in numbers],
        "scale": _scale(view),
    }


def _view(box: Box) -> _View:
    """Return the view that shows a box in the middle, with a margin."""
    shrink = math.cos(math.radians((box.south + box.north) / 2)) or 1.0
    wide = max(box.east - box.west, _LEAST / shrink) * (1 + 2 * _MARGIN)
    high = max(box.north - box.south, _LEAST) * (1 + 2 * _MARGIN)
    down = min(HEIGHT / high, WIDTH / (wide * shrink))
    across = down * shrink
    west = (box.west + box.east) / 2 - WIDTH / across / 2
    return _View(west, (box.south + box.north) / 2 + HEIGHT / down / 2, across, down)


def _rings(area: Row) -> list[list[Spot]]:
    if "box" in area:
        west, south, east, north = area["box"]
        return [[(west, south), (east, south), (east, north), (west, north), (west, south)]]
    return [ring for polygon in area.get("outline", ()) for ring in polygon]


def _box(rings: Iterable[Iterable[Spot]]) -> Box:
    corners = [corner for ring in rings for corner in ring]
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return Box(min(lons), min(lats), max(lons), max(lats))


def _areas(areas: Iterable[Row], view: _View) -> Iterator[dict[str, Any]]:
    """Yield the outlines that are in sight, each with its name where it has room for it."""
    for area in areas:
        rings = [[view.spot(*corner) for corner in ring] for ring in _rings(area)]
        if not rings:
            continue
        west, north, east, south = _box(rings)
        if east < 0 or west > WIDTH or south < 0 or north > HEIGHT:
            continue
        yield {
            "name": area["name"],
            "kind": area["area_kind"],
            # The box of an area is no outline: it only tells where its name goes.
            "rings": [[[_mm(x), _mm(y)] for x, y in ring] for ring in rings if "outline" in area],
            "x": _mm((max(west, 0.0) + min(east, WIDTH)) / 2),
            "y": _mm(max(north + (south - north) * _DOWN, _EDGE + _EDGE)),
            "room": _mm(min(east, WIDTH) - max(west, 0.0)),
        }


def _letters(areas: Iterable[Row]) -> Iterator[Spot]:
    """Yield spots along the names of areas, about where their letters are, for numbers to avoid."""
    for area in areas:
        wide = len(area["name"]) * _LETTER
        for n in range(int(wide) + 1) if wide < area["room"] else ():
            yield area["x"] - wide / 2 + n, area["y"] + _LETTER


def _radius(count: int) -> float:
    return next((radius for most, radius in _RADII if count <= most), 0.0)


def _points(places: Sequence[Row], view: _View, names: Sequence[Spot]) -> Iterator[dict[str, Any]]:
    """Yield places with their spots, and where their numbers stand, apart and beside names."""
    radius = _radius(len(places))
    taken: list[Spot] = [*names]
    for place in places:
        spot = view.spot(place["lon"], place["lat"])
        label = _free(spot, taken, radius) if radius else spot
        taken.append(label)
        yield {
            "number": place["number"],
            "name": place["name"],
            "kind": place["kind"],
            "rough": place["rough"],
            "at": [_mm(spot[0]), _mm(spot[1])],
            "label": [_mm(label[0]), _mm(label[1])],
        }


def _free(spot: Spot, taken: Sequence[Spot], radius: float) -> Spot:
    """Return the nearest place to a spot where a number has room; the spot where none has."""
    apart = 2 * radius + _APART
    near = [each for each in taken if math.dist(each, spot) < apart * (_RINGS + 2)]
    edge = radius + _EDGE
    for ring in range(_RINGS + 1):
        for turn in range(_TURNS if ring else 1):
            angle = 2 * math.pi * turn / _TURNS - math.pi / 4
            x = spot[0] + math.cos(angle) * ring * apart * 0.75
            y = spot[1] + math.sin(angle) * ring * apart * 0.75
            inside = edge <= x <= WIDTH - edge and edge <= y <= HEIGHT - edge
            if inside and all(math.dist((x, y), each) >= apart for each in near):
                return x, y
    return spot


def _scale(view: _View) -> dict[str, Any]:
    """Return a round length in metres and how long it is on the paper."""
    most = _LONGEST_SCALE / view.down * _METRES
    power = 10 ** math.floor(math.log10(most))
    metres = max(step * power for step in (1, 2, 5) if step * power <= most)
    return {"metres": metres, "length": _mm(metres / _METRES * view.down)}


def _mm(length: float) -> float:
    return round(length, 2)
