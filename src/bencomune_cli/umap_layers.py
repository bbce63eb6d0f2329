"""How uMap shows a layer: features with what its facets and search need, and a popup made ready.

Codes are told by their labels. A popup is a property of its own, `_popup`, of texts that uMap
cannot take for commands; uMap leaves properties that begin so out of its tables. Records without a
point are where they meet, else at the centre of their area, else in the middle of all, and say so.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TextIO

from .dataset import Dataset
from .declare import Column
from .entities.shared import OF_AREAS
from .errors import Refused
from .kinds import Kind
from .kinds.choices import Listing
from .kinds.numbers import Integer, YesNo
from .kinds.texts import Email, Phone, Reference, WebAddress
from .kinds.times import PartialDate
from .labelled import UNTOLD, teller
from .layers import LAYERS, Layer
from .umap_texts import bold, inert, link, web
from .words import Text

FACETS = ("activities", "audiences", "neighbourhood_name", "municipality_name", "state")
SEARCHED = ("name", "alt_names", "summary", "activities", "street", "neighbourhood_name")
RECORD, POPUP = "record", "_popup"
ACTIVITY, POSITION = "activity", "position"  # the first of the activities; how sure the point is

# Of the popup's own making, or of no use to who looks at a map.
_NOT_IN_ROWS = frozenset(
    (
        *("id", "name", "summary", "description", "lat", "lon", "precision", "point_source"),
        *("street", "number", "postcode", "municipality", "municipality_name", "address_note"),
        *("neighbourhood", "area_served", "seat_public"),
        *("source", "verified_how", "freshness", "created_at", "updated_at"),
    )
)
ELSEWHERE = frozenset({"id", "lat", "lon"})  # uMap's templates have variables of these names
_NOT_ITS_OWN = OF_AREAS - {"masked"}
_HOST = "json_array(id, name, lon, lat, precision)"
_TEXTS = ("summary", "description")
_ADDRESS = Text("Indirizzo", "Address")
ROUGHLY = Text("indicativa", "approximate")
NOWHERE = Text("non nota", "not known")
WHERE = Text("Posizione", "Position")
_MIDDLE = Text(
    "non nota: il segno è al centro della rete",
    "not known: the sign is in the middle of the network",
)


class Point(NamedTuple):
    """A point in degrees on WGS 84."""

    lon: float
    lat: float


def label(columns: Mapping[str, Column], name: str, language: str) -> str:
    """Return the label of a column by its name; of the name of an area, that of the area."""
    return columns[name.removesuffix("_name")].label.said_in(language)


def middle(dataset: Dataset, layer: Layer) -> Point | None:
    """Return the middle of all points of the network, else of the layer; None where there is none.

    For an extract that the network as a whole cannot answer, it is that of the layer.
    """
    for source in (LAYERS["network"], layer):
        try:
            dataset.seen(source)
        except Refused:
            continue
        if found := _middle_of(dataset, source):
            return found
    return None


def _middle_of(dataset: Dataset, layer: Layer) -> Point | None:
    west = south = 180.0
    east = north = -180.0
    for text in dataset.texts(layer, "lon || ' ' || lat"):
        if text:
            lon, lat = map(float, text.split())
            west, east = min(west, lon), max(east, lon)
            south, north = min(south, lat), max(north, lat)
    return (
        Point(round((west + east) / 2, 6), round((south + north) / 2, 6)) if west <= east else None
    )


def write_features(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write the features of a layer as a FeatureCollection."""
    out.write('{"type":"FeatureCollection","features":[')
    separator = "\n"
    for each in features(dataset, layer):
        out.write(separator + json.dumps(each, ensure_ascii=False, separators=(",", ":")))
        separator = ",\n"
    out.write("\n]}\n")


def features(dataset: Dataset, layer: Layer) -> Iterator[dict[str, Any]]:
    """Yield each record as a feature; it has no geometry only where no record has a point."""
    shown = _Shown(layer, dataset.language, middle(dataset, layer), _hosts(dataset, layer))
    names = [column.name for column in layer.columns]
    for row in dataset.rows(layer, placed=True):
        yield shown.feature(dict(zip(names, row, strict=True)))


class _Host(NamedTuple):
    """A record that another refers to, such as the lab where a group meets."""

    name: str
    lon: float | None
    lat: float | None
    precision: str | None


def _hosts(dataset: Dataset, layer: Layer) -> dict[str, _Host]:
    """Return the records of the layers that a layer refers to, by id."""
    found: dict[str, _Host] = {}
    for column in layer.columns:
        if isinstance(column.kind, Reference) and column.kind.table in LAYERS:
            texts = dataset.texts(LAYERS[column.kind.table], _HOST)
            found |= {id_: _Host(*rest) for id_, *rest in map(json.loads, texts)}
    return found


class _Shown:
    """Makes features of the published values of a layer."""

    def __init__(
        self, layer: Layer, language: str, nowhere: Point | None, hosts: dict[str, _Host]
    ) -> None:
        self._language, self._nowhere, self._hosts = language, nowhere, hosts
        self._facets = [name for name in FACETS if layer.has(name)]
        self._refers = [c.name for c in layer.columns if isinstance(c.kind, Reference)]
        self._tell = {column.name: _value(column.kind, language) for column in layer.columns}
        columns = {column.name: column for column in layer.columns}
        self._rows = [
            (name, bold(label(columns, name, language)), _row(column, language))
            for name, column in columns.items()
            if name not in _NOT_IN_ROWS
        ]

    def _said(self, text: Text) -> str:
        return text.said_in(self._language)

    def feature(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return a record as a feature."""
        values = self._met(values)
        point = self._nowhere
        position: str | None = self._said(NOWHERE)
        if values["lon"] is not None:
            point = Point(values["lon"], values["lat"])
            position = self._said(ROUGHLY) if values["precision"] in OF_AREAS else None
        first = (values["activities"] or "").partition(", ")[0]
        told = dict.fromkeys(self._facets, self._said(UNTOLD))
        told |= {
            name: self._tell[name](value)
            for name, value in values.items()
            if value is not None and name not in ELSEWHERE
        }
        told |= {ACTIVITY: self._tell["activities"](first)} if first else {}
        told |= {POSITION: position} if position else {}
        told |= {RECORD: values["id"], POPUP: "\n".join(self._popup(values))}
        geometry = {"type": "Point", "coordinates": list(point)} if point else None
        return {"type": "Feature", "id": values["id"], "geometry": geometry, "properties": told}

    def _met(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of a record, with the point of its host in place of that of an area."""
        host = next(
            (self._hosts[i] for i in map(values.get, self._refers) if i in self._hosts), None
        )
        own = values["lon"] is not None and values["precision"] not in _NOT_ITS_OWN
        if own or host is None or host.lon is None:
            return values
        return values | {"lon": host.lon, "lat": host.lat, "precision": host.precision}

    def _popup(self, values: dict[str, Any]) -> Iterator[str]:
        yield f"# {inert(values['name'])}"
        yield from (f"{inert(values[name])}\n" for name in _TEXTS if values[name])
        for name, label, tell in self._rows:
            value = values[name]
            if name in self._refers and value in self._hosts:
                yield f"{label}: {inert(self._hosts[value].name)}"
            elif value is not None and not (name == "state" and value == "active"):
                yield f"{label}: {tell(value)}"
        if address := _address(values):
            yield f"{bold(self._said(_ADDRESS))}: {inert(address)}"
        if values["lat"] is None:
            yield f"{bold(self._said(WHERE))}: {self._said(_MIDDLE)}"
        elif values["precision"] in OF_AREAS:
            precision = self._tell["precision"](values["precision"])
            yield f"{bold(self._said(WHERE))}: {self._said(ROUGHLY)} ({inert(precision)})"


def _address(values: dict[str, Any]) -> str:
    def of(*names: str) -> str:
        return " ".join(str(values[name]) for name in names if values[name])

    parts = (of("street", "number"), of("postcode", "municipality_name"), of("address_note"))
    return ", ".join(filter(None, parts))


def _value(kind: Kind, language: str) -> Callable[[Any], Any]:
    """Return what makes the value of a property: labels of codes, JSON's own true and numbers."""
    if isinstance(kind, YesNo):
        return bool
    return _as_it_is if isinstance(kind, Integer) else teller(kind, language)


def _as_it_is(value: Any) -> Any:
    return value


def _row(column: Column, language: str) -> Callable[[Any], str]:
    """Return what makes uMap's mark-up of a published value, of one or several."""
    kind = column.kind
    one = _link(column.item) or _words(column.item, language)
    if not isinstance(kind, Listing):
        return one
    return lambda value: ", ".join(map(one, value.split(kind.separator)))


def _link(kind: Kind) -> Callable[[Any], str] | None:
    match kind:
        case WebAddress():
            return web
        case Email():
            return lambda text: link(f"mailto:{text}", text)
        case Phone():
            return lambda text: link(f"tel:{text}", text) if text.startswith("+") else inert(text)
    return None


def _words(kind: Kind, language: str) -> Callable[[Any], str]:
    if isinstance(kind, PartialDate):
        return lambda value: inert(kind.told(value).said_in(language))
    tell = teller(kind, language)
    return lambda value: inert(tell(value))
