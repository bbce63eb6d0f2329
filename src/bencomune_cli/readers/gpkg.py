"""GeoPackage (OGC 12-128r19): one layer of an SQLite file that QGIS writes."""

import sqlite3
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from .. import geopackages
from ..errors import Refused
from ..geometries import NOWHERE, crs_beyond
from ..properties import SHOWN, headers_of, told_as_text, unfit
from ..untrusted import FAULTS, File
from ..words import Text, joined, same
from . import FEATURE, Problem, Readable, Row, Source, Table

_START = b"SQLite format 3\x00"
_KINDS = frozenset(("features", "attributes"))
_OF_QGIS = frozenset(("layer_styles", "qgis_projects"))  # what QGIS keeps beside layers
_REGISTRY = frozenset(("shape", "operations", "changes", "labs"))
_COUNTERS = frozenset(("fid", "ogc_fid"))  # rows as GDAL numbers them, at every export anew
_UNDEFINED = frozenset((0, -1))  # srs_id: section 1.1.2.1.2
_TOLD = 20  # names that a message tells

FORMAT = Readable(same("GeoPackage"), lambda head, _name: head.startswith(_START), rank=6)


class _Layer(NamedTuple):
    """A layer: its table, its column of geometries, its system as the file has it."""

    table: str
    geometry: str | None
    crs: str | None
    unsure: bool


def read(source: Source) -> Table:
    """Return the rows of one layer."""
    try:
        return _read(source)
    except FAULTS:
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        Text(
            "il GeoPackage è rovinato, o fatto in un modo che qui non si legge: in QGIS esportare"
            " lo strato in un nuovo GeoPackage",
            "the GeoPackage is damaged, or made in a way that is not read here: in QGIS export the"
            " layer to a new GeoPackage",
        )
    )


def _read(source: Source) -> Table:
    file = File(source)
    if not file.has("gpkg_contents"):
        raise Refused(_no_geopackage(file))
    layer = _described(file, _chosen(file, source.part))
    names = [name for name in file.columns(layer.table) if name != layer.geometry]
    columns = [name for name in names if name.lower() not in _COUNTERS]
    headers = headers_of(columns, source.limits)
    # SQLite keeps them as 0 and 1: section 1.1.1.1.3.
    booleans = frozenset(n for n, kind in file.columns(layer.table).items() if kind == "BOOLEAN")
    told = [Text("strato «{name}»", "layer “{name}”").filled(name=layer.table[:SHOWN])]
    if len(columns) < len(names):
        told.append(Text("numeri di riga (fid) tralasciati", "row numbers (fid) left aside"))
    if layer.unsure:
        told.append(
            Text(
                "lo strato non dice il suo sistema di riferimento: preso per WGS 84",
                "the layer does not tell its reference system: taken for WGS 84",
            )
        )
    rows = partial(_rows, file, source, layer, headers, booleans)
    return Table(
        list(headers.values()),
        rows,
        told,
        layer.crs,
        FEATURE,
        has_points=layer.geometry is not None,
        total=_total(file, layer.table),
    )


def _no_geopackage(file: File) -> Text:
    if file.names >= _REGISTRY:
        return Text(
            "il file è un registro di bencomune, non un file da importare: aprirlo con --registry,"
            " o esportarlo con «bencomune export»",
            "the file is a registry of bencomune, not a file to import: open it by --registry, or"
            " export it by “bencomune export”",
        )
    return Text(
        "il file è un database SQLite, ma non un GeoPackage: esportarlo da QGIS come GeoPackage",
        "the file is an SQLite database, but no GeoPackage: export it from QGIS as GeoPackage",
    )


def _chosen(file: File, part: str | None) -> str:
    found = [
        str(row["table_name"])
        for row in file.rows("gpkg_contents")
        if row["data_type"] in _KINDS and row["table_name"] not in _OF_QGIS
    ]
    if not found:
        raise Refused(
            Text(
                "il GeoPackage non ha strati con elementi: niente da importare",
                "the GeoPackage has no layers with features: nothing to import",
            )
        )
    if part is None and len(found) == 1:
        return found[0]
    for key in (str, str.casefold):
        for name in found:
            if part is not None and key(name) == key(part):
                return name
    told = (
        Text(
            "il GeoPackage ha più strati: {names}; dire quale con --sheet NOME",
            "the GeoPackage has several layers: {names}; say which with --sheet NAME",
        )
        if part is None
        else Text(
            "nel GeoPackage non c'è lo strato «{part}»; ci sono: {names}",
            "there is no layer “{part}” in the GeoPackage; there are: {names}",
        ).filled(part=part, names="{names}")
    )
    more = [same("…")] if len(found) > _TOLD else []
    names = [Text("«{n}»", "“{n}”").filled(n=name[:SHOWN]) for name in found[:_TOLD]]
    raise Refused(told.filled(names=joined(", ", [*names, *more])))


def _described(file: File, table: str) -> _Layer:
    if not file.has(table):
        raise Refused(
            Text(
                "lo strato «{name}» non è una tabella: in QGIS esportarlo in un nuovo GeoPackage",
                "the layer “{name}” is no table: in QGIS export it to a new GeoPackage",
            ).filled(name=table[:SHOWN])
        )
    if not file.has("gpkg_geometry_columns"):
        return _Layer(table, None, None, unsure=False)
    for row in file.rows("gpkg_geometry_columns"):
        if row["table_name"] == table:
            crs = _crs(file, row["srs_id"])
            return _Layer(table, str(row["column_name"]), crs_beyond(crs), unsure=crs is None)
    return _Layer(table, None, None, unsure=False)


def _crs(file: File, srs_id: object) -> str | None:
    """Return a system by its authority and code, else by its definition; None where it has none."""
    if srs_id in _UNDEFINED or not file.has("gpkg_spatial_ref_sys"):
        return None
    for row in file.rows("gpkg_spatial_ref_sys"):
        if row["srs_id"] == srs_id:
            organisation, code = str(row["organization"]).upper(), row["organization_coordsys_id"]
            if organisation in {"EPSG", "ESRI", "IGNF", "OGC"} and isinstance(code, int):
                return f"{organisation}:{code}"
            definition = row["definition"]
            return definition if isinstance(definition, str) and definition.strip() else None
    return None


def _total(file: File, table: str) -> int:
    """Return how many features GDAL says there are, which keeps count; 0 where it does not."""
    if file.has("gpkg_ogr_contents"):
        for row in file.rows("gpkg_ogr_contents"):
            if row[0] == table and isinstance(row[-1], int):
                return max(row[-1], 0)
    return 0


def _rows(
    file: File,
    source: Source,
    layer: _Layer,
    headers: Mapping[str, str],
    booleans: frozenset[str],
) -> Iterator[Row]:
    try:
        for number, values in enumerate(file.rows(layer.table), start=1):
            source.limits.hold("rows", number)
            yield _row(number, values, source, layer, headers, booleans)
    except FAULTS:
        raise _damaged() from None


def _row(
    number: int,
    values: sqlite3.Row,
    source: Source,
    layer: _Layer,
    headers: Mapping[str, str],
    booleans: frozenset[str],
) -> Row:
    cells: dict[str, str] = {}
    problems: list[Problem] = []
    for name, header in headers.items():
        value = values[name]
        if isinstance(value, bytes):
            left = Text(
                "dati binari ({n} byte) tralasciati", "binary data ({n} bytes) left aside"
            ).filled(n=len(value))
            problems.append(Problem(header, left, fatal=False))
        elif value is not None:
            text = told_as_text(bool(value) if name in booleans and value in (0, 1) else value)
            if problem := unfit(header, text, source.limits):
                problems.append(problem)
            else:
                cells[header] = text
    place = (
        geopackages.placed(values[layer.geometry], source.limits, degrees=layer.crs is None)
        if layer.geometry
        else NOWHERE
    )
    if place.reason:
        problems.append(Problem(layer.geometry or "", place.reason, fatal=place.fatal))
    return Row(number, cells, place.point, problems)
