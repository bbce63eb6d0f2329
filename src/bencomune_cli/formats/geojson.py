"""GeoJSON (RFC 7946): one feature a line, in WGS 84; a record without a point has no geometry.

The home of the geojson library, which judges the geometries that are read.
"""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from .. import strict_json
from ..dataset import Dataset
from ..errors import Refused
from ..geometries import crs_told
from ..layers import Layer
from ..sql import literal, quoted
from ..words import Text
from . import Format, batched

FORMAT = Format(
    "geojson",
    "application/geo+json",
    Text("GeoJSON", "GeoJSON"),
    purposes=("umap", "ckan", "web", "catalogue"),
)

# The geometry holds the point, and map programs keep the feature's id: uMap has template variables
# named lat, lon and id, which properties of those names would hide.
_ELSEWHERE = frozenset({"id", "lat", "lon"})
MOST = 60  # properties of one call of json_object, which takes two arguments for each
FARTHEST = 1e9  # metres of any projection, and more
LONGEST = 50_000_000  # characters of a file that is read


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write a FeatureCollection; its `name` is what QGIS calls the layer."""
    out.write(f'{{"type":"FeatureCollection","name":{json.dumps(layer.name)},"features":[')
    separator = "\n"
    for feature in dataset.texts(layer, _feature(layer)):
        out.write(separator)
        out.write(feature)
        separator = ",\n"
    out.write("\n]}\n")


def _feature(layer: Layer) -> str:
    columns = [column for column in layer.columns if column.name not in _ELSEWHERE]
    pairs = [f"{literal(c.name)}, {c.kind.sql_json(quoted(c.name))}" for c in columns]
    # A function of SQLite takes 127 arguments at most: some objects are made and joined to one.
    objects = [f"json_object({', '.join(part)})" for part in batched(pairs, MOST)]
    first = "".join(f"rtrim({each}, '}}') || ',' || " for each in objects[:1] if objects[1:])
    middle = "".join(f"rtrim(substr({each}, 2), '}}') || ',' || " for each in objects[1:-1])
    last = f"substr({objects[-1]}, 2)" if objects[1:] else objects[0]
    return (
        '\'{"type":"Feature","id":"\' || id || \'","geometry":\''
        f" || {_geometry(layer)} || ',\"properties\":' || {first}{middle}{last} || '}}'"
    )


def _geometry(layer: Layer) -> str:
    if not layer.has_point:
        return "'null'"
    lon, lat = (
        next(column for column in layer.columns if column.name == name).kind.sql_text(name)
        for name in ("lon", "lat")
    )
    point = f"'{{\"type\":\"Point\",\"coordinates\":[' || {lon} || ',' || {lat} || ']}}'"
    return f"coalesce({point}, 'null')"


def read(text: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (geometry, properties) of the polygons of a FeatureCollection or Feature.

    Coordinates are left as they are; a `crs` member is told by `crs_of`. Raises Refused for a text
    that is not GeoJSON, and for a geometry that is no valid polygon.
    """
    document = _parsed(text)
    features = document.get("features") if document.get("type") != "Feature" else [document]
    if not isinstance(features, list):
        raise Refused(
            Text(
                "il file non è una FeatureCollection di GeoJSON",
                "the file is not a GeoJSON FeatureCollection",
            )
        )
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict):
            raise Refused(_of_feature(number, Text("non ha geometria", "has no geometry")))
        if properties is not None and not isinstance(properties, dict):
            raise Refused(
                _of_feature(
                    number, Text("ha proprietà non valide", "has properties that are not valid")
                )
            )
        yield _polygon(geometry, number), properties or {}


def crs_of(text: str) -> str | None:
    """Return the name in the `crs` member that programs wrote before RFC 7946, if there is one."""
    return crs_told(_parsed(text))


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise Refused(
            Text(
                "il file è troppo lungo: non è di aree", "the file is too long: it is not of areas"
            )
        )
    document = strict_json.parsed(text.removeprefix("\ufeff"))
    if not isinstance(document, dict):
        raise Refused(Text("il file non è GeoJSON", "the file is not GeoJSON"))
    return document


def _polygon(geometry: dict[str, Any], number: int) -> dict[str, Any]:
    import geojson  # 30 ms, paid only by who loads areas

    name, coordinates = geometry.get("type"), geometry.get("coordinates")
    if name not in ("Polygon", "MultiPolygon"):
        what = Text("non è un poligono ma {name}", "is not a polygon but {name}").filled(name=name)
        raise Refused(_of_feature(number, what))
    shape = geojson.Polygon if name == "Polygon" else geojson.MultiPolygon
    try:
        sound = _numbers(coordinates) and shape(coordinates, precision=7).is_valid
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError, RecursionError):
        sound = False
    if not sound:
        invalid = Text("ha una geometria non valida", "has an invalid geometry")
        raise Refused(_of_feature(number, invalid))
    return {"type": str(name), "coordinates": coordinates}


def _numbers(coordinates: Any) -> bool:
    """Tell whether coordinates are lists of lists that end in two finite numbers or more."""
    if not isinstance(coordinates, list) or not coordinates:
        return False
    if all(isinstance(each, list) for each in coordinates):
        return all(_numbers(each) for each in coordinates)
    return len(coordinates) > 1 and all(
        type(each) in (int, float) and abs(each) < FARTHEST for each in coordinates
    )


def _of_feature(number: int, what: Text) -> Text:
    return Text("l'elemento {number} {what}", "feature {number} {what}").filled(
        number=number, what=what
    )
