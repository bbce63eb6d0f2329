"""GeoJSON (RFC 7946): one feature a line, in WGS 84; a record without a point has no geometry.

The home of the geojson library, which judges the geometries that are read.
"""

import json
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any, TextIO

from .. import feature_texts, strict_json
from ..dataset import Dataset
from ..errors import Refused
from ..geometries import crs_told
from ..layers import Layer
from ..words import Text
from . import Format, write_joined

FORMAT = Format(
    "geojson",
    "application/geo+json",
    Text("GeoJSON", "GeoJSON"),
    purposes=("ckan", "web", "catalogue"),
)

FARTHEST = 1e9  # metres of any projection, and more
LONGEST = 50_000_000  # characters of a file that is read


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write a FeatureCollection; its `name` is what QGIS calls the layer."""
    out.write(f'{{"type":"FeatureCollection","name":{json.dumps(layer.name)},"features":[')
    features = dataset.joined(layer, feature_texts.feature(layer), ",\n")
    separators = chain([b"\n"], repeat(b",\n"))
    write_joined(out, chain.from_iterable(zip(separators, features, strict=False)))
    out.write("\n]}\n")


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
