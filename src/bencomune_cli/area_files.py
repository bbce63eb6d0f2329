"""Files of areas -> texts of Area records: whatever names their properties have, in any CRS."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import geo
from .errors import Refused, Unreadable, reason
from .formats.geojson import crs_of, read
from .geometries import crs_beyond
from .kinds.numbers import DECIMALS
from .reference_systems import to_wgs84
from .rings import crossing
from .words import Text

# What ISTAT, openpolis and municipal portals call the name and the code of an area, in that order.
NAMES = (
    "name",
    "nome",
    "COMUNE",
    "DENOMINAZIONE",
    "denominazione",
    "NOME",
    "QUARTIERE",
    "quartiere",
)
CODES = ("com_istat_code", "PRO_COM_T", "pro_com_t", "istat", "ISTAT", "codice_istat", "code")


def load(
    file: Path, *, name: str | None, code: str | None, only: Sequence[str], crs: str | None
) -> list[dict[str, str]]:
    """Return the texts of each area of a GeoJSON file. Raises Refused, telling the feature."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            Text("{file}: non si può leggere: {error}", "{file}: cannot be read: {error}").filled(
                file=file, error=reason(error) if isinstance(error, OSError) else "UTF-8"
            )
        ) from None
    told = crs or crs_of(text)
    wanted = {each.casefold() for each in only}
    found = []
    for number, (geometry, properties) in enumerate(read(text), start=1):
        texts = _texts(properties, name, code, number)
        if wanted and not wanted & {texts["name"].casefold(), texts.get("code", "")}:
            continue
        found.append({**texts, **_shape(geometry, told, number)})
    keys = [each.get("code") or each["name"].casefold() for each in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise Refused(
            Text(
                "{file}: «{name}» c'è due volte; scegliere con --only, o dare nomi diversi",
                "{file}: “{name}” is there twice; choose by --only, or give different names",
            ).filled(file=file, name=twice)
        )
    if not found:
        raise Refused(Text("{file}: nessuna area", "{file}: no areas").filled(file=file))
    return found


def _texts(
    properties: Mapping[str, Any], name: str | None, code: str | None, number: int
) -> dict[str, str]:
    called = _first(properties, [name] if name else NAMES)
    if called is None:
        raise Refused(
            Text(
                "l'elemento {number} non ha un nome: indicare con --name una di {properties}",
                "feature {number} has no name: give one of {properties} by --name",
            ).filled(number=number, properties=", ".join(properties))
        )
    coded = _first(properties, [code] if code else CODES)
    return {"name": called, **({"code": coded} if coded else {})}


def _first(properties: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((str(properties[name]) for name in names if properties.get(name)), None)


def _shape(geometry: dict[str, Any], crs: str | None, number: int) -> dict[str, str]:
    if crs := crs_beyond(crs):
        try:
            geometry = to_wgs84(geometry, crs)
        except Unreadable as unreadable:
            raise Refused(unreadable.text) from None
    rounded = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
    boundary = json.dumps(rounded, separators=(",", ":"))
    box = geo.box_of(geo.parse_boundary(boundary))
    world = geo.Box(-180, -90, 180, 90)
    if not (world.holds(box.west, box.south) and world.holds(box.east, box.north)):
        raise Refused(
            Text(
                "l'elemento {number} non è in gradi: indicare il sistema con --crs EPSG:32632",
                "feature {number} is not in degrees: give its system by --crs EPSG:32632",
            ).filled(number=number)
        )
    _expect_simple(geometry, number)
    edges = {name: f"{value:.{DECIMALS}f}" for name, value in box._asdict().items()}
    return {"boundary": boundary, **edges}


def _expect_simple(geometry: Mapping[str, Any], number: int) -> None:
    """Refuse a boundary that crosses itself: what lies inside it has no one answer."""
    polygons = geometry["coordinates"]
    at = crossing([polygons] if geometry["type"] == "Polygon" else polygons)
    if at:
        raise Refused(
            Text(
                "l'elemento {number} ha un confine che incrocia se stesso vicino a {lat}, {lon}:"
                " in QGIS «Ripara geometrie» lo corregge",
                "feature {number} has a boundary that crosses itself near {lat}, {lon}: in QGIS"
                " “Fix geometries” mends it",
            ).filled(number=number, lat=f"{at[1]:.5f}", lon=f"{at[0]:.5f}")
        )


def _rounded(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0], int | float):
        return [round(float(number), 6) for number in coordinates[:2]]
    return [_rounded(each) for each in coordinates]
