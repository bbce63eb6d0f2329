"""Features of GeoJSON as rows: properties to texts, the geometry to a point."""

from collections.abc import Mapping
from typing import Any

from .geometries import Placed, placed, unknown
from .limits import Limits
from .properties import SHOWN, STYLES, aside, cells, headers_of
from .rows import Problem, Row
from .words import Text

GEOMETRIES = frozenset(
    (
        *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
        "GeometryCollection",
    )
)
_MEMBERS = frozenset(("type", "id", "geometry", "properties", "bbox"))
_OF_GEOMETRY = frozenset(("coordinates", "geometries"))


class Survey:
    """What is to be known of all features before the first row: their properties, their number."""

    def __init__(self, limits: Limits) -> None:
        self.total = 0
        self._names: dict[str, None] = {}
        self._members: dict[str, None] = {}
        self._limits = limits

    def add(self, feature: Any) -> None:
        """Take the next feature. Raises Refused where there are too many, or too many columns."""
        self.total += 1
        self._limits.hold("rows", self.total)
        if not is_feature(feature):
            return
        read = _MEMBERS if feature["type"] == "Feature" else _MEMBERS | _OF_GEOMETRY
        for names, found in (
            (self._names, properties_of(feature)),
            (self._members, feature.keys() - read),
        ):
            if not names.keys() >= set(found):
                names.update(dict.fromkeys(found))
                self._limits.hold("columns", len(names))

    def headers(self) -> dict[str, str]:
        """Return the headers by the names of properties."""
        return headers_of((name for name in self._names if name not in STYLES), self._limits)

    def told(self, members: Mapping[str, Any]) -> list[Text]:
        """Tell what is left aside, of features and of the `members` of their collection."""
        told = aside({*self._names, *self._members, *members})
        others = sorted({*self._members, *members} - STYLES)
        if others:
            left = Text("altro tralasciato: {names}", "also left aside: {names}")
            told.append(left.filled(names=", ".join(each[:SHOWN] for each in others[:10])))
        return told


def is_feature(feature: Any) -> bool:
    """Tell whether a value is a feature, or a bare geometry."""
    name = feature.get("type") if isinstance(feature, dict) else None
    return isinstance(name, str) and (name == "Feature" or name in GEOMETRIES)


def properties_of(feature: Any) -> Mapping[str, Any]:
    """Return the properties of a feature, with its own id where they have none."""
    properties = feature.get("properties") if feature["type"] == "Feature" else None
    found = properties if isinstance(properties, dict) else {}
    own = feature.get("id")
    numbered = isinstance(own, str | int | float) and not isinstance(own, bool)
    return {"id": own, **found} if numbered and "id" not in found else found


def row_of(
    number: int, feature: Any, headers: Mapping[str, str], limits: Limits, *, degrees: bool
) -> Row:
    """Return a feature as a row; what is wrong with it are problems of that row."""
    if not is_feature(feature):
        return Row(number, {}, None, [Problem("", _no_feature(feature))])
    texts, problems = cells(properties_of(feature), headers, limits)
    bare = feature["type"] != "Feature"
    properties = None if bare else feature.get("properties")
    if properties is not None and not isinstance(properties, dict):
        told = Text(
            "le proprietà dell'elemento non sono un oggetto JSON",
            "the properties of the feature are no JSON object",
        )
        problems.append(Problem("properties", told))
    found = _placed(feature if bare else feature.get("geometry"), limits, degrees=degrees)
    if found.reason:
        problems.append(Problem("geometry", found.reason, fatal=found.fatal))
    return Row(number, texts, found.point, problems)


def _placed(geometry: Any, limits: Limits, *, degrees: bool) -> Placed:
    if isinstance(geometry, dict) and geometry.get("type") == "Feature":
        return unknown("Feature")
    return placed(geometry, limits, degrees=degrees)


def _no_feature(feature: Any) -> Text:
    if not isinstance(feature, dict):
        return Text(
            "non è un elemento di GeoJSON, ma un altro valore",
            "it is no GeoJSON feature, but another value",
        )
    told = Text(
        "non è un elemento di GeoJSON: il suo tipo è «{name}», non «Feature»",
        "it is no GeoJSON feature: its type is “{name}”, not “Feature”",
    )
    return told.filled(name=str(feature.get("type"))[:SHOWN])
