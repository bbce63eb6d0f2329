"""uMap (.umap): a whole map that uMap imports, with layers, icons, popups, facets and licence.

The data are in the file; where the network tells `files_url`, the web folder of its files, uMap
reads them from there instead, by its proxy, and the map stays as they are: what is withdrawn goes
from it too, which a file that was imported once would keep. A column of the network says so, and no
option, since whoever writes the files by a schedule says it once.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from ..dataset import Dataset
from ..declare import Column
from ..errors import Refused
from ..kinds.numbers import Integer, YesNo
from ..kinds.times import Day
from ..labelled import teller
from ..layers import Layer
from ..umap_layers import (
    ACTIVITY,
    ELSEWHERE,
    FACETS,
    NOWHERE,
    POPUP,
    POSITION,
    RECORD,
    ROUGHLY,
    SEARCHED,
    WHERE,
    features,
    label,
    middle,
    write_features,
)
from ..umap_texts import inert, link
from ..vocabularies import vocabulary
from ..words import Text
from . import Companion, Format, apart

_DATA = "map.geojson"


def _remote(dataset: Dataset, layer: Layer) -> bool:
    """Tell whether the data of a layer are on the web: of all that is public, never of a part."""
    part = dataset.extract.where or dataset.extract.as_of
    return layer.has_point and not part and bool(dataset.network.get("files_url"))


FORMAT = Format(
    "umap",
    "application/json",
    Text("Mappa uMap", "uMap map"),
    usual=False,
    file_type="JSON",
    purposes=("umap",),
    companions=(
        Companion(
            _DATA,
            "application/geo+json",
            Text(
                "i dati che la mappa legge dal web, se la rete ha files_url",
                "data that the map reads from the web, where the network has files_url",
            ),
            _remote,
            write_features,
            file_type="GEOJSON",
        ),
    ),
    lost=(
        Text(
            "le relazioni, se non nei nomi di chi coordina e dei partner",
            "relations, but for the names of coordinators and partners",
        ),
        Text(
            "i codici: al loro posto ci sono le etichette, nella lingua del file",
            "codes: their labels stand in their place, in the language of the file",
        ),
    ),
    effort=170,
)

_SHAPES = ("Drop", "Default", "LargeCircle")  # of icons, one for each kind of record
_COLOURS = ("#0072b2", "#b85c00", "#00735c")  # of records without an activity
_CLOSED = "#9e9e9e"
_FAINT = 0.6  # of icons whose point is not sure
_NEAR = 20  # pixels within which icons become one, which opens into all of them
_HOUR = 3_600  # seconds for which uMap keeps what it has read
_ZOOM = 13
_UPDATED = Text("Dati aggiornati il {day}", "Data of {day}")
_EVERYWHERE: dict[str, Any] = {
    "defaultView": "data",
    "onLoadPanel": "datafilters",
    "popupContentTemplate": f"{{{POPUP}}}",
    "popupShape": "Large",
    "slugKey": RECORD,
    "sortKey": "name",
    "filterKey": ",".join(SEARCHED),
}
_FIELDS = {Integer: "Number", YesNo: "Boolean"}
# uMap splits an Enum on commas: of codes, which have none.
_LIST, _TEXT = "Enum", "String"


def write(dataset: Dataset, layers: Sequence[Layer], out: BinaryIO) -> None:
    """Write a map of the layers. Raises Refused where none of them has points."""
    drawn = [layer for layer in apart(layers) if layer.has_point]
    if not drawn:
        told = Text(
            "una mappa uMap è di luoghi: {layers} non ne ha",
            "a uMap map is of places: {layers} has none",
        )
        raise Refused(told.filled(layers=", ".join(layer.name for layer in layers)))
    centre = middle(dataset, drawn[0])
    head = {
        "type": "umap",
        **({"geometry": {"type": "Point", "coordinates": list(centre)}} if centre else {}),
        "properties": _map(dataset, drawn),
    }
    out.write(_json(head)[:-1].encode() + b',"layers":[')
    separator = b"\n"
    for number, layer in reversed(list(enumerate(drawn))):  # uMap puts each above those before it
        out.write(separator)
        _write_layer(dataset, layer, number, out)
        separator = b",\n"
    out.write(b"\n]}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_layer(dataset: Dataset, layer: Layer, number: int, out: BinaryIO) -> None:
    remote = _remote(dataset, layer)
    # Versions of uMap before 3.7 know `_umap_options` alone, later ones know it too.
    head = {"type": "FeatureCollection", "_umap_options": _layer(dataset, layer, number)}
    out.write(_json(head)[:-1].encode() + b',"features":[')
    separator = b"\n"
    for each in () if remote else features(dataset, layer):
        out.write(separator + _json(each).encode())
        separator = b",\n"
    out.write(b"\n]}")


def _map(dataset: Dataset, layers: Sequence[Layer]) -> dict[str, Any]:
    """Return the properties of the map."""
    network, language = dataset.network, dataset.language
    columns = {column.name: column for layer in layers for column in layer.columns}
    about = [inert(network["description"])] if network.get("description") else []
    if dataset.changed_at and not _remote(dataset, layers[0]):
        day = Day().told(dataset.changed_at[:10])
        about.append(inert(_UPDATED.filled(day=day).said_in(language)))
    credit = _credit(network)
    return {
        "name": network.get("name") or layers[0].label.said_in(language),
        "description": "\n\n".join(about),
        **({"licence": _licence(network)} if network.get("licence_url") else {}),
        **({"shortCredit": credit, "permanentCredit": credit} if credit else {}),
        **_EVERYWHERE,
        "zoom": _ZOOM,
        "fields": [
            {"key": name, "type": _type(columns[name])} for name in FACETS if name in columns
        ],
        "filters": [
            {
                "fieldKey": name,
                "label": label(columns, name, language),
                "widget": "Checkbox",
            }
            for name in FACETS
            if name in columns
        ],
    }


def _licence(network: dict[str, Any]) -> dict[str, str]:
    url = str(network["licence_url"])
    return {"name": str(network.get("licence") or url), "url": url}


def _credit(network: dict[str, Any]) -> str:
    """Return whose data these are and under which licence, as uMap shows it beside the map."""
    parts = [inert(told) for told in (network.get("publisher") or network.get("name"),) if told]
    if network.get("licence_url"):
        licence = _licence(network)
        parts.append(link(licence["url"], licence["name"]))
    elif network.get("licence"):
        parts.append(inert(network["licence"]))
    return ", ".join(parts)


def _fields(layer: Layer) -> Iterator[dict[str, str]]:
    """Yield the type of each property; of what is not told uMap would guess."""
    for name in (RECORD, ACTIVITY, POSITION):
        yield {"key": name, "type": _TEXT}
    for column in layer.columns:
        if column.name not in ELSEWHERE:
            yield {"key": column.name, "type": _type(column)}


def _type(column: Column) -> str:
    if column.many and column.item.schema().get("enum"):
        return _LIST
    known = (name for kind, name in _FIELDS.items() if isinstance(column.kind, kind))
    return next(known, _TEXT)


def _layer(dataset: Dataset, layer: Layer, number: int) -> dict[str, Any]:
    """Return the options of a layer."""
    options: dict[str, Any] = {
        "name": layer.label.said_in(dataset.language),
        "displayOnLoad": True,
        "browsable": True,
        "inCaption": True,
        "type": "Cluster",
        "cluster": {"radius": _NEAR},
        "color": _COLOURS[number % len(_COLOURS)],
        "iconClass": _SHAPES[number % len(_SHAPES)],
        "fields": list(_fields(layer)),
        "rules": list(_rules(dataset, layer)),
    }
    if _remote(dataset, layer):
        base = str(dataset.network["files_url"]).rstrip("/")
        # uMap would fill in {...} of an address.
        url = f"{base}/{layer.name}.{_DATA}".replace("{", "%7B").replace("}", "%7D")
        options["remoteData"] = {"url": url, "format": "geojson", "proxy": True, "ttl": _HOUR}
    return options


def _rules(dataset: Dataset, layer: Layer) -> Iterator[dict[str, Any]]:
    """Yield how records are drawn by what they are; of several rules the first has its way.

    They are the map's legend: of data in the file, only what there is.
    """
    language, there = dataset.language, _there(dataset, layer)
    if there is None or "closed" in there:
        closed = teller(layer.column("state").kind, language)("closed")
        yield _rule("state", closed, closed, color=_CLOSED)
    where = WHERE.said_in(language)
    for position in (ROUGHLY.said_in(language), NOWHERE.said_in(language)):
        yield _rule(POSITION, position, f"{where} {position}", iconOpacity=_FAINT)
    for code, term in vocabulary("activity").items():
        if there is None or code in there:
            label = term.label.said_in(language)
            looks = {"color": term.colour, "iconUrl": term.icon}
            yield _rule(ACTIVITY, label, label, **looks)


def _there(dataset: Dataset, layer: Layer) -> set[str] | None:
    """Return states and first activities of a layer's records; None of data that may change."""
    if _remote(dataset, layer):
        return None
    first = "substr(activities, 1, instr(activities || ',', ',') - 1)"
    pairs = dataset.texts(layer, f"state || ' ' || coalesce({first}, '')")
    return {code for pair in pairs for code in pair.split(" ")}


def _rule(key: str, value: str, name: str, **looks: Any) -> dict[str, Any]:
    told = {option: look for option, look in looks.items() if look}
    return {"condition": f"{key}={value}", "name": name, "properties": told}
