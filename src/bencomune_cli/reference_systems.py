"""Coordinates brought from one reference system to another.

Everywhere `x` is longitude or easting, and comes first, whatever order a system's own axes have.
"""

import math
import re
from functools import lru_cache
from typing import Any, NamedTuple

from .errors import Unreadable
from .words import Text

WGS84 = "EPSG:4326"
_WGS84_TOLD = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_FARTHEST = 3e7  # metres: more than the way round half the Earth, and a false origin


class System(NamedTuple):
    """A reference system on the map: its code or name, how PROJ calls it, the way to WGS 84.

    `crs` is PROJ's own, with the order of axes that the system has.
    """

    code: str
    name: str
    geographic: bool
    transformer: Any
    crs: Any


@lru_cache(maxsize=64)
def system(crs: str) -> System:
    """Return a reference system by anything that PROJ names; bare digits are an EPSG code.

    "EPSG:32632", "3003", "urn:ogc:def:crs:EPSG::3003", "Monte Mario / Italy zone 1". Raises
    Unreadable for what PROJ does not know, and for what is no system of places on the Earth's map.
    """
    from warnings import catch_warnings, simplefilter

    from pyproj import CRS, Transformer, network
    from pyproj.exceptions import ProjError

    unknown = Text(
        "sistema di riferimento sconosciuto: {crs}",
        "unknown reference system: {crs}",
    ).filled(crs=crs)
    coded = re.fullmatch(r"\s*(?:(?:urn:ogc:def:crs:)?(?i:epsg)::?)?([0-9]{4,6})\s*", crs)
    code = f"EPSG:{coded[1]}" if coded else crs.strip()
    network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    try:
        with catch_warnings():  # of writings that PROJ takes for old
            simplefilter("ignore")
            found = CRS.from_user_input(code)
            transformer = Transformer.from_crs(found, "EPSG:4326", always_xy=True)
    except (ProjError, UnicodeError):
        raise Unreadable(unknown) from None
    if not (found.is_projected or found.is_geographic):
        raise Unreadable(unknown)
    return System(code, found.name, found.is_geographic, transformer, found)


def to_degrees(x: float, y: float, crs: str) -> tuple[float, float]:
    """Bring a point from a reference system to longitude and latitude on WGS 84, in degrees.

    `x` is longitude or easting whatever order the system's own axes have. Raises Unreadable for an
    unknown system, and for a point that it cannot hold.
    """
    lon, lat = system(crs).transformer.transform(x, y)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Unreadable(
            Text(
                "{x} {y} non è un punto del sistema {crs}",
                "{x} {y} is no point of the system {crs}",
            ).filled(x=x, y=y, crs=crs)
        )
    return lon, lat


def from_degrees(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """Bring a point on WGS 84 to a reference system: longitude or easting first.

    Raises Unreadable for an unknown system, and for a point that it cannot hold.
    """
    x, y = system(crs).transformer.transform(lon, lat, direction="INVERSE")
    if not max(abs(x), abs(y)) < _FARTHEST:  # also what is no number
        raise Unreadable(
            Text(
                "il punto {lat} {lon} è fuori dal sistema {crs}: sceglierne un altro",
                "the point {lat} {lon} is outside the system {crs}: choose another one",
            ).filled(lat=lat, lon=lon, crs=crs)
        )
    return x, y


def epsg(crs: str) -> str:
    """Return the code of a reference system, such as EPSG:32632, by anything that PROJ names.

    Raises Unreadable for what PROJ does not know, and for what has no code of EPSG.
    """
    code = system(crs).crs.to_epsg()
    if code is None:
        raise Unreadable(
            Text(
                "{crs} non ha un codice EPSG, come EPSG:32632",
                "{crs} has no EPSG code, such as EPSG:32632",
            ).filled(crs=crs)
        )
    return f"EPSG:{code}"


def definition(crs: str) -> tuple[str, str]:
    """Return the name of a reference system and its definition as WKT 1 (OGC 01-009).

    That of WGS 84 is told without PROJ, which takes 100 ms to load.
    """
    if crs == WGS84:
        return "WGS 84", _WGS84_TOLD
    return system(crs).name, system(crs).crs.to_wkt("WKT1_GDAL")


def to_wgs84(geometry: dict[str, Any], crs: str) -> dict[str, Any]:
    """Return a polygon or multipolygon with its coordinates brought from a CRS to WGS 84.

    Axes are taken as longitude or easting first, as GeoJSON writes them. Raises Unreadable for an
    unknown CRS.
    """
    system(crs)

    def bring(coordinates: Any) -> Any:
        if coordinates and isinstance(coordinates[0], int | float):
            return list(to_degrees(coordinates[0], coordinates[1], crs))
        return [bring(each) for each in coordinates]

    return {"type": geometry["type"], "coordinates": bring(geometry["coordinates"])}
