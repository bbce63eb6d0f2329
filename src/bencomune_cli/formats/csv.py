"""CSV (RFC 4180) in UTF-8: comma, one header row, `lat` and `lon` as map programs look for them.

A text that a spreadsheet would take for a formula has one apostrophe in front, as `formulas` tells.

Beside it, for GDAL and QGIS, `.csvt` tells types, and `.prj` the reference system of the points.
Points are of type Real, not CoordX and CoordY: GDAL and QGIS's drag-and-drop would make points of
those by themselves, but QGIS's dialog for delimited text refuses a `.csvt` that has them, guesses
types and takes the zeros of 018110 away. A point that must be chosen is seen; a lost zero is not.
"""

from typing import TextIO

from ..dataset import Dataset
from ..declare import Column
from ..formulas import guard
from ..kinds.numbers import Coordinate, Integer
from ..layers import Layer
from ..reference_systems import WGS84, definition
from ..sql import filled, quoted
from ..words import Text
from . import Companion, Format, write_joined

# The types that both GDAL and QGIS's dialog for delimited text know, and that lose nothing; a date
# may be of a year or month alone.
_TYPES = {Integer: "Integer", Coordinate: "Real"}


def _write_types(_dataset: Dataset, layer: Layer, out: TextIO) -> None:
    out.write(",".join(f'"{_type(column)}"' for column in layer.columns) + "\n")


def _type(column: Column) -> str:
    known = (name for kind, name in _TYPES.items() if isinstance(column.kind, kind))
    return next(known, "String")


def _write_system(dataset: Dataset, _layer: Layer, out: TextIO) -> None:
    out.write(definition(dataset.extract.crs or WGS84)[1])


FORMAT = Format(
    "csv",
    "text/csv",
    Text("CSV", "CSV"),
    purposes=("ckan", "catalogue"),
    any_crs=True,
    companions=(
        Companion(
            "csvt",
            "text/csv",
            Text("i tipi delle colonne, per QGIS e GDAL", "types of columns, for QGIS and GDAL"),
            lambda _dataset, _layer: True,
            _write_types,
        ),
        Companion(
            "prj",
            "text/plain",
            Text("il sistema di riferimento dei punti", "reference system of the points"),
            lambda _dataset, layer: layer.has_point,
            _write_system,
        ),
    ),
    lost=(
        Text(
            "i tipi: ogni valore è un testo; una cella vuota è un valore che manca",
            "types: every value is a text; an empty cell is a missing value",
        ),
        Text(
            "un testo che un foglio di calcolo prenderebbe per una formula ha un apostrofo davanti",
            "a text that a spreadsheet would take for a formula has an apostrophe in front",
        ),
    ),
)

# What stands before a text and behind one until quotes in them are doubled, the last of a row
# apart: no text holds control characters, to which the tables' own CHECKs hold them.
_BEFORE, _BEHIND, _LAST = "\x02\x03\x04"
_QUOTES = {'"': '""', _BEFORE: '"', _BEHIND: '",', _LAST: '"'}
_guarded = guard(_BEFORE, _BEHIND + _LAST)


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write one row for each record, columns by their stable names."""
    out.write(",".join(column.name for column in layer.columns) + "\n")
    write_joined(out, dataset.joined(layer, _row(layer), "\n", finish=_lines))


def _lines(rows: bytes) -> bytes:
    """Return rows whose texts are guarded and quoted: at once, not each of twenty in SQL."""
    rows = _guarded(rows)
    for sign, told in _QUOTES.items():
        rows = rows.replace(sign.encode(), told.encode())
    return rows + b"\n"


def _row(layer: Layer) -> str:
    """Return SQL for the row of a record, in which marks stand for quotes."""
    bare = [*map(_bare, layer.columns)]
    cells = [column.kind.sql_text(quoted(column.name)) for column in layer.columns]
    behind = ["," if each else _BEHIND for each in bare[:-1]]
    before = ["" if each else _BEFORE for each in bare]
    pieces = [*zip(map(str.__add__, ["", *behind], before), cells, strict=True)]
    return filled([*pieces, ("" if bare[-1] else _LAST, "NULL")])


def _bare(column: Column) -> bool:
    """Tell whether a cell needs no quotes: numbers, dates and codes, but not lists."""
    return column.kind.literal and not column.many
