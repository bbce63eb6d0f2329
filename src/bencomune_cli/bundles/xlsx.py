"""XLSX (ECMA-376), for people: a sheet for each layer, labels for columns and codes, filters.

Texts are typed as such: no formula, link or number is made of one.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from ..dataset import Dataset
from ..declare import Column
from ..entities import Network
from ..kinds.numbers import Coordinate, Integer
from ..kinds.texts import Prose, Reference
from ..kinds.times import Moment, PartialDate
from ..labelled import expect_rows, expect_to_fit, labels, teller
from ..layers import Layer
from ..words import Text
from . import Format, apart

FORMAT = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Text("XLSX (Excel)", "XLSX (Excel)"),
    usual=False,
    purposes=("excel",),
    any_crs=True,
    extra="xlsx",
    needs=("xlsxwriter",),
    lost=(
        Text(
            "i codici: al loro posto ci sono le etichette, nella lingua del file",
            "codes: their labels stand in their place, in the language of the file",
        ),
    ),
    effort=450,
)

_FIRST = dt.date(1900, 3, 1)  # before it, Excel and other programs do not count days alike
_ABOUT = Text("Informazioni", "About")
_RECORDS = Text("Record", "Records")
_CHANGED = Text("Ultima modifica (UTC)", "Last change (UTC)")
_DAYS = {"it": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_EVER = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - Excel knows no zones
_WIDE, _MIDDLE, _NARROW = 50, 28, 16  # characters
_LONGEST_NAME = 31  # of a sheet
_LINE = 16  # points; not every program finds the height of wrapped lines by itself
_A4 = 9
# Where xlsxwriter 3.3 and 3.2 keep the heights of rows that are written, 300 bytes of each, for
# pictures; without these names it takes more memory.
_KEPT = ("row_info", "set_rows", "row_sizes")

_Put = Callable[[int, Any], None]


def write(dataset: Dataset, layers: Sequence[Layer], out: BinaryIO) -> None:
    """Write the layers as one workbook. Raises Refused for what a sheet cannot hold."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    chosen = apart(layers)
    for layer in chosen:
        expect_rows(layer, dataset.count(layer))
    with tempfile.TemporaryDirectory(prefix="bencomune-") as folder:
        book = Workbook(out, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        made = _Made(dataset, book)
        made.about(chosen)
        for layer in chosen:
            made.sheet(layer)
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None  # what the system said


class _Made:
    """A workbook that is being made."""

    def __init__(self, dataset: Dataset, book: Any) -> None:
        self._dataset, self._book = dataset, book
        self._language = dataset.language
        self._record = ""  # the id of the one that is being written
        self._network = dataset.network
        self._day = book.add_format({"num_format": _DAYS[self._language], "align": "left"})
        clock = f"{_DAYS[self._language]} hh:mm:ss"
        self._moment = book.add_format({"num_format": clock, "align": "left"})
        self._bold = book.add_format({"bold": True, "valign": "top"})
        self._left = book.add_format({"align": "left"})
        # Wrapped in a row of one line, a long text does not run over the empty cells beside it.
        self._text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF4"}
        )
        told = {"title": self._network.get("name"), "author": self._network.get("publisher")}
        properties: dict[str, Any] = {name: text or "" for name, text in told.items()}
        book.set_properties({**properties, "created": self._changed() or _EVER})

    def _said(self, text: Text) -> str:
        return text.said_in(self._language)

    def _changed(self) -> dt.datetime | None:
        return _moment(self._dataset.changed_at or "")

    def about(self, layers: Sequence[Layer]) -> None:
        """Write the first sheet: whose data these are, of when, and how many."""
        sheet = self._book.add_worksheet(self._said(_ABOUT))
        sheet.set_column(0, 0, _MIDDLE)
        sheet.set_column(1, 1, _WIDE)
        _print_on_paper(sheet)
        sheet.fit_to_pages(1, 0)
        row = 0
        for column in Network.published():
            value = self._network.get(column.name)
            if value is not None and not column.automatic:
                told = teller(column.kind, self._language)(value)
                expect_to_fit(told, "network", column)
                sheet.set_row(row, _LINE * _lines(told, _WIDE))
                sheet.write_string(row, 0, self._said(column.label), self._bold)
                sheet.write_string(row, 1, told, self._wrapped)
                row += 1
        if changed := self._changed():
            sheet.write_string(row, 0, self._said(_CHANGED), self._bold)
            sheet.write_datetime(row, 1, changed, self._moment)
            row += 1
        row += 1
        sheet.write_string(row, 1, self._said(_RECORDS), self._bold)
        for layer in layers:
            row += 1
            sheet.write_string(row, 0, self._said(layer.label), self._bold)
            sheet.write_number(row, 1, self._dataset.count(layer), self._left)

    def sheet(self, layer: Layer) -> None:
        """Write a layer: its header, then a row for each record."""
        sheet = self._book.add_worksheet(self._said(layer.label)[:_LONGEST_NAME])
        named = [column.name for column in layer.columns]
        for place, column in enumerate(layer.columns):
            sheet.set_column(place, place, _width(column))
        # Excel would mark each postcode and telephone number as a number that is a text.
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        fixed = named.index("name") + 1 if "name" in named[:3] else 1
        sheet.freeze_panes(1, fixed)
        _print_on_paper(sheet)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, fixed - 1)
        heads = list(
            zip(labels(layer.columns, self._language).values(), layer.columns, strict=True)
        )
        sheet.set_row(0, _LINE * max(_lines(label, _width(column)) for label, column in heads))
        for place, (label, _) in enumerate(heads):
            sheet.write_string(0, place, label, self._head)
        putters = [self._putter(sheet, *each) for each in enumerate(layer.columns)]
        id_at, row = named.index("id"), 0
        kept: list[dict[int, Any]] = [getattr(sheet, name, {}) for name in _KEPT]
        for row, values in enumerate(self._dataset.rows(layer), start=1):
            self._record = values[id_at]
            for each in kept:
                each.pop(row - 2, None)
            sheet.set_row(row, _LINE)
            for put, value in zip(putters, values, strict=True):
                if value is not None:
                    put(row, value)
        sheet.autofilter(0, 0, row, len(named) - 1)

    def _putter(self, sheet: Any, place: int, column: Column) -> _Put:
        """Return what writes a value of a column into a row."""
        told = teller(column.kind, self._language)
        decimals = column.kind.decimals if isinstance(column.kind, Coordinate) else 0
        fixed = self._book.add_format({"num_format": f"{0:.{decimals}f}"})

        def text(row: int, value: Any) -> None:
            text_told = told(value)
            expect_to_fit(text_told, self._record, column)
            sheet.write_string(row, place, text_told, self._text)

        def number(row: int, value: float) -> None:
            sheet.write_number(row, place, value, fixed)

        def day(row: int, value: str) -> None:
            found = _day(value)
            if found is None:
                text(row, value)
            else:
                sheet.write_datetime(row, place, found, self._day)

        def moment(row: int, value: str) -> None:
            found = _moment(value)
            if found is None:
                text(row, value)
            else:
                sheet.write_datetime(row, place, found, self._moment)

        match column.kind:
            case PartialDate():
                return day
            case Moment():
                return moment
            case Integer() | Coordinate():
                return number
        return text


def _width(column: Column) -> int:
    if isinstance(column.item, Prose):
        return _WIDE
    named = isinstance(column.item, Reference) or column.name == "id"
    return _MIDDLE if column.free or column.many or named else _NARROW


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a cell of such a width, at least."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def _print_on_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4)


def _day(text: str) -> dt.date | None:
    """Return a whole day that all programs count alike."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _FIRST else None


def _moment(text: str) -> dt.datetime | None:
    """Return a moment in UTC, without its zone and fractions, which Excel does not have."""
    try:
        return dt.datetime.fromisoformat(text[:19]) if _day(text[:10]) else None
    except ValueError:
        return None
