"""Records as people read them in a spreadsheet: labels for columns and codes, texts that fit.

What is shown is what the reader of each column understands, so that it can be brought back.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from .declare import Column
from .errors import Refused
from .file_kinds import unsayable
from .kinds import Kind
from .kinds.choices import Listing, Term
from .kinds.numbers import YesNo
from .kinds.times import Moment
from .layers import Layer
from .words import Text

# https://support.microsoft.com: Excel specifications and limits.
ROWS = 1_048_576  # of a sheet, its header among them
LONGEST = 32_767  # of a cell, in units of UTF-16
FITS = LONGEST // 2  # characters that surely do
UNTOLD = Text("non indicato", "not told")  # of a record that has no such value
_UTC = Text("{label} (UTC)", "{label} (UTC)")

Teller = Callable[[Any], str]


def labels(columns: Iterable[Column], language: str) -> dict[str, str]:
    """Return the label of each column by its name, no two the same."""
    told: dict[str, str] = {}
    for column in columns:
        label = column.label
        if isinstance(column.kind, Moment):
            label = _UTC.filled(label=label)
        text = label.said_in(language)
        told[column.name] = f"{text} ({column.name})" if text in told.values() else text
    return told


def teller(kind: Kind, language: str) -> Teller:
    """Return what makes a text of a published value: labels of codes, yes and no in words."""
    if isinstance(kind, Listing):
        item, separator = teller(kind.item, language), kind.separator
        return lambda value: separator.join(map(item, value.split(separator)))
    if isinstance(kind, Term | YesNo):
        return cache(lambda value: kind.told(value).said_in(language))
    return str


def expect_rows(layer: Layer, count: int) -> None:
    """Refuse a layer that has more records than a sheet has rows."""
    if count >= ROWS:
        told = Text(
            "«{layer}»: {count} record; un foglio di calcolo ne tiene al massimo {most}: esportarne"
            " una parte con --where, o in un altro formato",
            "“{layer}”: {count} records; a spreadsheet holds {most} at most: export a part of them"
            " by --where, or in another format",
        )
        raise Refused(told.filled(layer=layer.label, count=count, most=ROWS - 1))


def expect_to_fit(text: str, record: str, column: Column) -> None:
    """Refuse a text that is too long for a cell."""
    if len(text) > FITS and len(text.encode("utf-16-le")) // 2 > LONGEST:
        why = Text(
            "il testo è troppo lungo per una cella di un foglio di calcolo, che ne tiene {most}"
            " caratteri: accorciarlo, o esportare in un altro formato",
            "the text is too long for a cell of a spreadsheet, which holds {most} characters:"
            " shorten it, or export in another format",
        )
        raise unsayable(record, column.name, why.filled(most=LONGEST))
