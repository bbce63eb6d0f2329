"""Where a record lies, as people say it: how far from the centre of its municipality, and where."""

import math

from .declare import Record
from .entities import Area, Place
from .errors import Unreadable
from .geo import centre, direction, distance, parse_boundary
from .kinds.numbers import Degrees
from .nearness import far
from .outdating import OF_POINT, POINT
from .points import Point, read_point
from .registry import Registry
from .words import Text, joined

NEAR = 50.0  # metres, within which a place is at the centre
WINDS = (
    Text("a nord", "north"),
    Text("a nord-est", "north-east"),
    Text("a est", "east"),
    Text("a sud-est", "south-east"),
    Text("a sud", "south"),
    Text("a sud-ovest", "south-west"),
    Text("a ovest", "west"),
    Text("a nord-ovest", "north-west"),
)


def whereabouts(registry: Registry, place: Place) -> Text | None:
    """Return where a place lies; None where its point, or every area, is unknown."""
    if place.lat is None or place.lon is None:
        return None
    areas = list(registry.store.select(Area))
    told = [_from_centre(place.lon, place.lat, area) for area in _municipality(place, areas)]
    around = [
        area.name
        for area in areas
        if area.area_kind != "municipality" and area.boundary and area.holds(place.lon, place.lat)
    ]
    if around:
        told.append(Text("dentro {names}", "inside {names}").filled(names=", ".join(around)))
    return joined("; ", told) if told else None


def located(registry: Registry, text: str, crs: str | None = None) -> Point:
    """Read a point as people have it, compared with the network. Raises Unreadable."""
    context = registry.context()
    if context.holds(0.0, 0.0) is None:  # no municipality has a shape
        return read_point(text, crs)
    return read_point(text, crs, lambda lon, lat: bool(context.holds(lon, lat)))


def texts_of_point(point: Point) -> dict[str, str]:
    """Return the texts of the columns that a point gives."""
    write = Degrees().write
    return {"lat": write(point.lat), "lon": write(point.lon), "point_as_given": point.given}


def left_behind(before: Record | None, after: Record) -> Text | None:
    """Return what a new point left without sense in a record, and so emptied; None for nothing."""
    if not isinstance(before, Place) or all(
        getattr(before, name) == getattr(after, name) for name in POINT
    ):
        return None
    gone = [each for each in map(type(before).column, OF_POINT) if getattr(before, each.name)]
    labels = [each.label for each in gone if not getattr(after, each.name)]
    told = Text(
        "il punto è cambiato: svuotato ciò che valeva per quello di prima ({columns})",
        "the point changed: what held for the one before is emptied ({columns})",
    )
    return told.filled(columns=joined(", ", labels)) if labels else None


def _municipality(place: Place, areas: list[Area]) -> list[Area]:
    """Return the municipality that a place names, else the one that its point lies in."""
    shaped = [area for area in areas if area.area_kind == "municipality" and area.box]
    named = [area for area in shaped if area.code == place.municipality]
    around = [a for a in shaped if a.holds(place.lon or 0.0, place.lat or 0.0)]
    return (named or around)[:1]


def _from_centre(lon: float, lat: float, area: Area) -> Text:
    middle = _centre(area)
    metres = distance(*middle, lon, lat)
    wind = WINDS[round(direction(*middle, lon, lat) / 45) % len(WINDS)]
    told = Text("a {far} {wind} del centro di {name}", "{far} {wind} of the centre of {name}")
    if metres < NEAR:
        told = Text("nel centro di {name}", "in the centre of {name}")
    if area.holds(lon, lat) is False:
        told = Text(f"{told.it}, fuori dal suo confine", f"{told.en}, outside its boundary")
    return told.filled(far=far(metres), wind=wind, name=area.name)


def _centre(area: Area) -> tuple[float, float]:
    """Return the centre of the boundary, as longitude and latitude; of the box without one."""
    try:
        if area.boundary:
            return centre(parse_boundary(area.boundary))
    except Unreadable:
        pass
    west, south, east, north = area.box or (math.nan,) * 4
    return (west + east) / 2, (south + north) / 2
