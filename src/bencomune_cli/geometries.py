"""Geometries of files: the one point that a record may take from one, or why there is none."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .limits import Limits
from .words import Text

WGS84 = re.compile(r"(?:.*[:/])?(?:CRS84|4326|WGS ?84)", re.IGNORECASE)
FARTHEST = 1e9  # metres of any projection, and more
# A point beyond the globe is broken, or in metres of a system that the file does not tell: of
# those, east or north is over a kilometre.
METRES = 1_000
_NAMES = {
    "linestring": Text("una linea", "a line"),
    "linearring": Text("una linea", "a line"),
    "circularstring": Text("una linea", "a line"),
    "multilinestring": Text("più linee", "several lines"),
    "polygon": Text("un poligono", "a polygon"),
    "multipolygon": Text("più poligoni", "several polygons"),
    "multipoint": Text("più punti", "several points"),
    "geometrycollection": Text("più geometrie", "several geometries"),
    "track": Text("un tracciato", "a track"),
    "multitrack": Text("un tracciato", "a track"),
    "model": Text("un modello in tre dimensioni", "a model in three dimensions"),
}


class Placed(NamedTuple):
    """What a geometry gives: a point as x and y, or a reason why not; fatal where it is broken."""

    point: tuple[float, float] | None = None
    reason: Text | None = None
    fatal: bool = False


NOWHERE = Placed()
BROKEN = Placed(
    reason=Text(
        "le coordinate non sono due numeri: correggerle nel programma che ha scritto il file",
        "the coordinates are not two numbers: mend them in the program that wrote the file",
    ),
    fatal=True,
)


def no_point(name: str) -> Placed:
    """Return what a geometry that is not one point gives."""
    what = _NAMES.get(name.casefold(), Text("«{name}»", "“{name}”").filled(name=name[:60]))
    told = Text(
        "la geometria è {what}: non se ne ricava un punto",
        "the geometry is {what}: no point is taken from it",
    )
    return Placed(reason=told.filled(what=what))


def placed(geometry: Any, limits: Limits, *, degrees: bool) -> Placed:
    """Return the point of a geometry of GeoJSON (RFC 7946, section 3.1).

    `degrees` tells whether its numbers are degrees. Raises Refused for too many vertices or levels.
    """
    for _level in range(limits["depth"]):
        if geometry is None:
            return NOWHERE
        name = geometry.get("type") if isinstance(geometry, dict) else None
        if name != "GeometryCollection":
            return _placed(geometry, name, limits, degrees=degrees)
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            return BROKEN
        if len(parts) != 1:
            return no_point(name) if parts else NOWHERE
        geometry = parts[0]
    limits.hold("depth", limits["depth"] + 1)
    return BROKEN


def _placed(geometry: Any, name: Any, limits: Limits, *, degrees: bool) -> Placed:
    if not isinstance(name, str) or name.casefold() not in {"point", *_NAMES}:
        return unknown(name)
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        return BROKEN
    limits.hold("vertices", _positions(coordinates))
    if name == "MultiPoint" and len(coordinates) == 1:
        return position(coordinates[0], degrees=degrees)
    return position(coordinates, degrees=degrees) if name == "Point" else no_point(name)


def unknown(name: Any) -> Placed:
    """Return what a geometry of a kind that does not exist gives."""
    told = Text(
        "la geometria è di un tipo che non esiste («{name}»): salvarla di nuovo",
        "the geometry is of a kind that does not exist (“{name}”): save it again",
    )
    return Placed(reason=told.filled(name=str(name)[:60]), fatal=True)


def position(numbers: Any, *, degrees: bool) -> Placed:
    """Return the point of one position: two numbers, or three with a height, left aside."""
    if not isinstance(numbers, list | tuple) or len(numbers) not in (2, 3):
        return BROKEN
    if any(type(each) not in (int, float) or not abs(each) <= FARTHEST for each in numbers):
        return BROKEN
    x, y = float(numbers[0]), float(numbers[1])
    if degrees and (abs(x) > 180 or abs(y) > 90) and max(abs(x), abs(y)) < METRES:  # noqa: PLR2004 - the globe
        return outside(x, y)
    return Placed((x, y))


def outside(lon: float, lat: float) -> Placed:
    """Return what degrees beyond the globe give."""
    told = Text(
        "longitudine {lon} e latitudine {lat} non sono un punto della Terra: correggerle nel"
        " programma che ha scritto il file",
        "longitude {lon} and latitude {lat} are no point of the Earth: mend them in the program"
        " that wrote the file",
    )
    return Placed(reason=told.filled(lon=f"{lon:g}", lat=f"{lat:g}"), fatal=True)


def _positions(coordinates: Any) -> int:
    """Return how many positions coordinates hold, going down without recursion."""
    count, waiting = 0, [coordinates]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list) and each and not isinstance(each[0], list):
            count += 1
        elif isinstance(each, list):
            waiting += each
    return count


def crs_told(members: Mapping[str, Any]) -> str | None:
    """Return the system that a `crs` member names, as before RFC 7946; None where it names none.

    The GeoJSON Format Specification of 2008, section 3; earlier files have `EPSG` with a code.
    """
    crs = members.get("crs")
    told = crs.get("properties") if isinstance(crs, dict) else None
    if not isinstance(told, dict):
        return None
    name, code = told.get("name"), told.get("code")
    if isinstance(code, int) and not isinstance(code, bool):
        name = f"EPSG:{code}"
    return str(name) or None if name is not None else None


def crs_beyond(name: str | None) -> str | None:
    """Return a system of reference; None for WGS 84, however it is called."""
    return name if name and not WGS84.fullmatch(name) else None
