"""GeoJSON (RFC 7946): a collection, one feature or a bare geometry, in any reference system."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from .. import strict_json
from ..encodings import encoding_of, opened
from ..errors import Refused
from ..features import GEOMETRIES, Survey, row_of
from ..geometries import crs_beyond, crs_told
from ..properties import SHOWN
from ..words import Text, same
from . import FEATURE, Readable, Row, Source, Table

_ENDINGS = (".geojson", ".json", ".topojson", ".umap", ".jsonld", ".geojsonl", ".ndjson", ".jsonl")
_TYPE = re.compile(rb'"(?:type|features)"\s*:')
_KNOWN = frozenset(("type", "features", "crs", "name", "bbox"))


def _recognises(head: bytes, name: str) -> bool:
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    begins = start[:1] in {b"{", b"["}
    return begins and (name.endswith(_ENDINGS) or bool(_TYPE.search(start)))


FORMAT = Readable(same("GeoJSON"), _recognises, rank=8)


def read(source: Source) -> Table:
    """Return the features of a GeoJSON file."""
    text, told = _text(source)
    others: dict[str, Any] = {}
    survey = Survey(source.limits)
    for feature in _features(text, others):
        survey.add(feature)
    named = crs_told(others)
    crs = crs_beyond(named)
    if others.get("crs") and named is None:
        told.append(
            Text(
                "il sistema di riferimento scritto nel file non si capisce: preso per WGS 84",
                "the reference system that the file tells is not understood: taken for WGS 84",
            )
        )
    members = others.keys() - _KNOWN if "features" in others else ()
    told += survey.told(dict.fromkeys(members))
    headers = survey.headers()
    rows = partial(_rows, source, text, headers, crs)
    return Table(
        list(headers.values()), rows, told, crs, FEATURE, has_points=True, total=survey.total
    )


def _text(source: Source) -> tuple[str, list[Text]]:
    """Return the text of a file, and its encoding where it is not the one that JSON has.

    RFC 8259, section 8.1: UTF-8; others are read, as older programs wrote them.
    """
    encoding = encoding_of(source.file, source.encoding)
    file = opened(source.file, encoding.name)
    try:
        text = file.read().removeprefix("\ufeff")
    finally:
        file.detach()
    if encoding.name.startswith("utf-8"):
        return text, []
    told = Text("codifica {label}", "encoding {label}")
    return text, [told.filled(label=encoding.label)]


def _features(text: str, others: dict[str, Any]) -> Iterator[Any]:
    """Yield the features of a collection, one by one; of another object, that object as one.

    A `crs` may stand behind the features: `others` has it when all of them were taken.
    """
    yield from strict_json.walked(text, "features", others)
    name = others.get("type")
    if name == "FeatureCollection" and isinstance(others.get("features"), list):
        return
    if isinstance(name, str) and "features" not in others and name in {"Feature", *GEOMETRIES}:
        yield others
        return
    raise Refused(_other(name, others))


def _other(name: Any, others: Mapping[str, Any]) -> Text:
    """Return what a JSON object is that is no GeoJSON."""
    if name == "FeatureCollection":
        return Text(
            "il file non è GeoJSON: il suo elenco «features» manca, o non è un elenco",
            "the file is not GeoJSON: its list “features” is missing, or is no list",
        )
    if name == "Topology":
        what = Text("è TopoJSON", "it is TopoJSON")
    elif name == "umap":
        what = Text("è la copia di una mappa di uMap", "it is the backup of a uMap")
    elif "@context" in others or "@graph" in others:
        what = Text("è JSON-LD", "it is JSON-LD")
    elif "geometryType" in others:
        what = Text("è JSON di Esri", "it is Esri JSON")
    elif name is None:
        what = Text("«type» manca", "“type” is missing")
    else:
        what = Text("«type» è «{name}»", "“type” is “{name}”").filled(name=str(name)[:SHOWN])
    told = Text(
        "il file non è GeoJSON: {what}; esportarlo come GeoJSON dal programma che l'ha scritto",
        "the file is not GeoJSON: {what}; export it as GeoJSON from the program that wrote it",
    )
    return told.filled(what=what)


def _rows(source: Source, text: str, headers: Mapping[str, str], crs: str | None) -> Iterator[Row]:
    for number, feature in enumerate(_features(text, {}), start=1):
        yield row_of(number, feature, headers, source.limits, degrees=crs is None)
