"""CSV (RFC 4180) in UTF-8: comma, one header row, `lat` and `lon` as map programs look for them.

A text that a spreadsheet would take for a formula gets one apostrophe in front (OWASP ASVS, CSV
injection); one that is only a signed number stays. Removing one apostrophe gives the text back.
"""

from typing import TextIO

from ..dataset import Dataset, Layer
from ..declare import Column
from ..tables import quoted
from ..words import Text
from . import Format

FORMAT = Format("csv", "text/csv", Text("CSV", "CSV"))

# Signs that open a formula, in ASCII and in their full-width forms, and the characters that some
# spreadsheets skip before one.
_FORMULA = "char(91,61,43,64,9,10,13,65309,65291,65312,65293,45,93) || '*'"


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write one row for each record, columns by their stable names."""
    out.write(",".join(column.name for column in layer.columns) + "\n")
    for row in dataset.texts(layer, _row(layer)):
        out.write(row)
        out.write("\n")


def _row(layer: Layer) -> str:
    template = ",".join("%s" if _bare(column) else '"%w"' for column in layer.columns)
    values = ", ".join(f"coalesce({_cell(column)}, '')" for column in layer.columns)
    return f"printf('{template}', {values})"


def _bare(column: Column) -> bool:
    """Tell whether a cell needs no quotes: numbers, dates and codes, but not lists."""
    return column.kind.literal and not column.many


def _cell(column: Column) -> str:
    name = quoted(column.name)
    if column.kind.literal:
        return column.kind.sql_text(name)
    number = f"({name} GLOB '[+-][0-9]*' AND substr({name}, 2) NOT GLOB '*[^0-9 .()/-]*')"
    return (
        f"CASE WHEN ltrim({name}, '''') GLOB {_FORMULA} AND NOT {number}"
        f" THEN '''' || {name} ELSE {name} END"
    )
