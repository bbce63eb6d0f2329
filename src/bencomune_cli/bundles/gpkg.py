"""GeoPackage 1.3 (OGC 12-128r17): all layers in one file, which QGIS shows as they are meant.

Columns have types, labels and lists of terms (annex F.9, Schema), layers a style of QGIS. The file
is made beside, of a layout that does not depend on where and when, then copied to where it goes.
"""

import sqlite3
import struct
import tempfile
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from .. import unfinished
from ..dataset import Dataset
from ..declare import Column
from ..faults import said
from ..kinds.choices import Term
from ..kinds.numbers import Coordinate, Integer, YesNo
from ..kinds.times import Day, Moment
from ..labelled import labels
from ..layers import Layer
from ..point_indexes import Box, extension_row, make_index, take_index
from ..qgis_styles import style, terms
from ..reference_systems import WGS84, definition
from ..sql import quoted
from ..words import Text
from . import Format, apart

FORMAT = Format(
    "gpkg",
    "application/geopackage+sqlite3",
    Text("GeoPackage", "GeoPackage"),
    usual=False,
    purposes=("qgis", "ckan"),
    any_crs=True,
    lost=(
        Text(
            "le frazioni di secondo dei momenti",
            "fractions of a second of moments",
        ),
    ),
    effort=55,
)

_WGS84 = 4326
_ID, _GEOMETRY = "fid", "geom"
_TYPES = {
    Integer: "INTEGER",
    Coordinate: "REAL",
    YesNo: "BOOLEAN",
    Day: "DATE",
    Moment: "DATETIME",
}
_BLOB = struct.Struct("<2sBBiBI2d")  # 29 bytes: header without envelope, then WKB
_POINT = 1
_LITTLE = 1  # byte order, of header and WKB
_EVER = "1970-01-01T00:00:00Z"  # the last change of a registry that nobody wrote in
_SPEC = "http://www.geopackage.org/spec130/#extension_schema"

_System = tuple[str, int, str, int, str, str | None]
_WGS84_SYSTEM: _System = (
    *("WGS 84", _WGS84, "EPSG", _WGS84, definition(WGS84)[1]),
    "longitude and latitude in degrees",
)
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
    _WGS84_SYSTEM,
)
# The layout does not depend on how SQLite was built; only this program writes the file.
_PRAGMAS = (
    "page_size = 4096",
    "encoding = 'UTF-8'",
    "auto_vacuum = NONE",
    "application_id = 0x47504B47",
    "user_version = 10300",
)
# As the standard has them, without the values that would be of the clock.
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT
  (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id)
  REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
"""


def write(dataset: Dataset, layers: Sequence[Layer], out: BinaryIO) -> None:
    """Write the layers as one file. Raises Refused where the temporary folder cannot hold it."""
    with tempfile.TemporaryDirectory(prefix="bencomune-") as folder:
        path = Path(folder) / "layers.gpkg"
        with said(path), closing(unfinished.opened(path)) as made:
            _Made(dataset, made, path).write(apart(layers))
        with path.open("rb") as file:
            copyfileobj(file, out, 1 << 20)


class _Made:
    """A GeoPackage that is being made."""

    def __init__(self, dataset: Dataset, made: sqlite3.Connection, path: Path) -> None:
        self._dataset, self._made, self._path = dataset, made, path
        self._language = dataset.language
        self._system, self._srs = _WGS84_SYSTEM, _WGS84
        if dataset.extract.crs:
            self._system = _system(dataset.extract.crs)
            self._srs = self._system[1]
        self._changed = f"{(dataset.changed_at or _EVER)[:19]}.000Z"
        named = (dataset.network.get(name) for name in ("name", "publisher", "licence"))
        self._about = ", ".join(str(each) for each in named if each)
        self._listed: set[str] = set()  # of terms
        self._boxes: dict[str, Box | None] = {}  # around the points of layers

    def write(self, layers: Sequence[Layer]) -> None:
        """Write the records, then all that tells of them in one transaction."""
        for pragma in _PRAGMAS:
            self._made.execute(f"PRAGMA {pragma}")
        for layer in layers:
            self._records(layer, _columns(layer))
        self._made.execute("BEGIN")
        for statement in _TABLES.split(";\n"):
            self._made.execute(statement)
        systems = dict.fromkeys((*_SYSTEMS, self._system))
        self._many("gpkg_spatial_ref_sys", list(systems))
        tables = ("gpkg_data_columns", "gpkg_data_column_constraints")
        self._many(
            "gpkg_extensions",
            [(table, None, "gpkg_schema", _SPEC, "read-write") for table in tables],
        )
        for layer in layers:
            self._layer(layer)
        self._contents("layer_styles", "attributes", "layer_styles", "")
        self._made.execute("COMMIT")

    def _many(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._made.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _contents(
        self,
        table: str,
        kind: str,
        title: str,
        about: str,
        box: Box | None = None,
        srs: int | None = None,
    ) -> None:
        row = (table, kind, title, about, self._changed, *(box or [None] * 4), srs)
        self._many("gpkg_contents", [row])

    def _layer(self, layer: Layer) -> None:
        title = layer.label.said_in(self._language)
        columns = _columns(layer)
        if layer.point:
            self._many("gpkg_extensions", [extension_row(layer.name, _GEOMETRY)])
            box = self._boxes[layer.name]
            self._contents(layer.name, "features", title, self._about, box, self._srs)
            place = (layer.name, _GEOMETRY, "POINT", self._srs, 0, 0)
            self._many("gpkg_geometry_columns", [place])
        else:
            self._contents(layer.name, "attributes", title, self._about)
        self._labels(layer, columns)
        qml = style(layer, columns, self._language)
        named = (None, "", "", layer.name, _GEOMETRY if layer.point else "", title)
        styled = (qml, "", 1, self._about, "", None, self._changed)
        self._many("layer_styles", [(*named, *styled)])

    def _records(self, layer: Layer, columns: list[Column]) -> None:
        place = f", {_GEOMETRY} POINT" if layer.point else ""
        typed = "".join(f", {quoted(c.name)} {_type(c)}" for c in columns)
        self._made.execute(
            f"CREATE TABLE {quoted(layer.name)} ({_ID} INTEGER PRIMARY KEY NOT NULL{place}{typed})"
        )
        values = [_value(column) for column in columns]
        if not layer.point:
            self._dataset.pour(layer, self._path, values)
            return
        index = self._path.with_suffix(".points")
        work = partial(_index, layer=layer._replace(columns=layer.point), path=index)
        place = f"point({', '.join(map(_value, layer.point))})"
        functions = {"point": (2, partial(_point, self._srs))}
        self._dataset.pour(layer, self._path, [place, *values], functions, work)
        self._boxes[layer.name] = take_index(self._made, layer.name, _ID, _GEOMETRY, index)

    def _labels(self, layer: Layer, columns: list[Column]) -> None:
        rows: list[tuple[object, ...]] = []
        named = labels(columns, self._language)
        for column in columns:
            about = column.help.said_in(self._language) if column.help else None
            listed = None if column.many else self._terms(column)
            name, label = named[column.name], column.label.said_in(self._language)
            rows.append((layer.name, column.name, name, label, about, None, listed))
        self._many("gpkg_data_columns", rows)

    def _terms(self, column: Column) -> str | None:
        """Write the list of terms that a column takes, once; return its name."""
        name = column.kind.name if isinstance(column.kind, Term) else column.name
        rows = [
            (name, "enum", code, None, None, None, None, label)
            for code, label in terms(column, self._language).items()
        ]
        if rows and name not in self._listed:
            self._many("gpkg_data_column_constraints", rows)
            self._listed.add(name)
        return name if rows else None


def _index(dataset: Dataset, layer: Layer, path: Path) -> None:
    make_index(path, dataset.rows(layer))


def _system(crs: str) -> _System:
    name, wkt = definition(crs)
    code = int(crs.removeprefix("EPSG:"))
    return name, code, "EPSG", code, wkt, None


def _point(srs: int, east: float | None, north: float | None) -> bytes | None:
    if east is None or north is None:
        return None
    return _BLOB.pack(b"GP", 0, _LITTLE, srs, _LITTLE, _POINT, east, north)


def _columns(layer: Layer) -> list[Column]:
    """Return the columns of a layer's table, without the point, which its geometry holds."""
    return [column for column in layer.columns if column not in (layer.point or ())]


def _type(column: Column) -> str:
    return next((name for kind, name in _TYPES.items() if isinstance(column.kind, kind)), "TEXT")


def _value(column: Column) -> str:
    """Return the SQL of what is written of a column."""
    value = column.kind.sql_value(quoted(column.name))
    if isinstance(column.kind, Moment):  # requirement 5: with thousandths of a second
        return f"substr({value}, 1, 19) || '.000Z'"
    return value
