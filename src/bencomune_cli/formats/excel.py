"""CSV as Excel opens it in Italy: semicolons, a byte order mark, labels, decimal commas.

A text that a spreadsheet would take for a formula has an apostrophe in front (see `formulas`); one
that it would take for a number or a date, such as 00100 or 3/5, a tab, which is not seen and which
readers take away.
"""

import csv
import re
from collections.abc import Callable
from typing import Any, TextIO

from ..dataset import Dataset
from ..declare import Column
from ..formulas import guarded
from ..kinds.choices import Term
from ..kinds.numbers import Coordinate, Integer, YesNo
from ..kinds.times import MONTHS, Moment, PartialDate
from ..labelled import FITS, expect_rows, expect_to_fit, labels, teller
from ..layers import Layer
from ..words import LANGUAGES, Text
from . import Format

FORMAT = Format(
    "excel.csv",
    "text/csv",
    Text("CSV per Excel", "CSV for Excel"),
    usual=False,
    purposes=("excel",),
    any_crs=True,
    lost=(
        Text(
            "i codici: al loro posto ci sono le etichette, nella lingua del file",
            "codes: their labels stand in their place, in the language of the file",
        ),
        Text(
            "un testo che un foglio di calcolo prenderebbe per un numero o una data ha una"
            " tabulazione davanti, che non si vede; per una formula, un apostrofo",
            "a text that a spreadsheet would take for a number or date has a tab in front, which is"
            " not seen; for a formula, an apostrophe",
        ),
    ),
    effort=70,
)

_BOM = "\ufeff"
# What a spreadsheet may take for a number, a date or a truth: what begins with a digit or a sign,
# a month with a number, words for yes and no. A longer text it takes for a text.
_LONGEST = 40
_MONTHS = "|".join({month.said_in(each)[:3].casefold() for month in MONTHS for each in LANGUAGES})
_TYPED = re.compile(
    rf"\s*(?:[0-9.,(€$£%+-]|(?:{_MONTHS})\w*\W*[0-9]|(?:vero|falso|true|false)\s*$)",
    re.IGNORECASE,
)
_DATE = len("2019-09-28")


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write one row for each record. Raises Refused for what a sheet cannot hold."""
    expect_rows(layer, dataset.count(layer))
    language = dataset.language
    out.write(_BOM)
    rows = csv.writer(out, delimiter=";", lineterminator="\n")
    rows.writerow(labels(layer.columns, language).values())
    tellers = [_teller(column, language) for column in layer.columns]
    id_at = [column.name for column in layer.columns].index("id")
    for values in dataset.rows(layer):
        told = zip(tellers, values, strict=True)
        cells = ["" if value is None else tell(value) for tell, value in told]
        if len(max(cells, key=len)) > FITS:
            for column, cell in zip(layer.columns, cells, strict=True):
                expect_to_fit(cell, values[id_at], column)
        rows.writerow(cells)


def _teller(column: Column, language: str) -> Callable[[Any], str]:
    told = teller(column.kind, language)
    match column.item:
        case Term() | YesNo() | Integer():
            return told
        case Coordinate(decimals=decimals):
            return lambda value: f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace(".", ",")
        case PartialDate():
            return lambda value: value if len(value) == _DATE else _shielded(value)
        case Moment():
            return lambda value: value[:19].replace("T", " ")
    return lambda value: _shielded(told(value))


def _shielded(text: str) -> str:
    """Return a text that a spreadsheet takes for nothing else."""
    safe = guarded(text)
    return f"\t{safe}" if len(safe) <= _LONGEST and _TYPED.match(safe) else safe
