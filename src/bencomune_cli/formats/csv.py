"""CSV (RFC 4180) in UTF-8: comma, one header row, `lat` and `lon` as map programs look for them.

A text that a spreadsheet would take for a formula has one apostrophe in front, as `formulas` tells.
"""

from collections.abc import Sequence
from typing import TextIO

from ..dataset import Dataset
from ..declare import Column
from ..formulas import guarded_sql
from ..layers import Layer
from ..sql import quoted
from ..words import Text
from . import Format, batched

FORMAT = Format(
    "csv",
    "text/csv",
    Text("CSV", "CSV"),
    purposes=("ckan", "catalogue"),
    any_crs=True,
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

MOST = 100  # cells of one call of printf


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write one row for each record, columns by their stable names."""
    out.write(",".join(column.name for column in layer.columns) + "\n")
    for row in dataset.texts(layer, _row(layer)):
        out.write(row)
        out.write("\n")


def _row(layer: Layer) -> str:
    # A function of SQLite takes 127 arguments at most.
    return " || ',' || ".join(_cells(part) for part in batched(layer.columns, MOST))


def _cells(columns: Sequence[Column]) -> str:
    template = ",".join("%s" if _bare(column) else '"%w"' for column in columns)
    values = ", ".join(f"coalesce({_cell(column)}, '')" for column in columns)
    return f"printf('{template}', {values})"


def _bare(column: Column) -> bool:
    """Tell whether a cell needs no quotes: numbers, dates and codes, but not lists."""
    return column.kind.literal and not column.many


def _cell(column: Column) -> str:
    name = quoted(column.name)
    return column.kind.sql_text(name) if column.kind.literal else guarded_sql(name)
