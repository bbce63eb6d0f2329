"""ODS, the spreadsheets of LibreOffice and of other free programs.

OpenDocument 1.3, part 3 (OASIS): tables in chapter 9, types and values of cells in section 9.1.4,
white space in text in 6.1; part 2: the package, and how it is encrypted. Rows and columns that are
the same are written once, with how often they stand: LibreOffice ends its sheets with a million
empty ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ..archives import LOCKED, START, Archive, names_in
from ..cells import (
    NOT_SAVED,
    Bad,
    Cell,
    boolean_text,
    damaged,
    duration_text,
    error_cell,
    iso_text,
    long_cell,
    number_text,
    odd_cell,
)
from ..errors import Refused
from ..limits import Limits
from ..markup import Listener, heard
from ..sheets import SHEETS, Line, Notes, Sheet, table_of
from ..words import Text, same
from . import Readable, Source, Table

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE = (
    f"{_OASIS}{name}:1.0}}" for name in ("table", "office", "text", "style")
)
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_ENDINGS = (".ods", ".ots")
LONGEST_COUNT = 9  # digits, beyond any sheet
# What LibreOffice shows for an error, in English and in Italian.
_ERROR = re.compile(r"Err:\d{3}|#N/[AD]|#DIV/0!|#[A-Z]{3,8}[!?]")


def _recognises(head: bytes, name: str) -> bool:
    if not head.startswith(START):
        return False
    return name.endswith(_ENDINGS) or (names_in(head)[:1] == ["mimetype"] and _KIND in head[:200])


FORMAT = Readable(same("ODS (LibreOffice)"), _recognises, rank=3)


def read(source: Source) -> Table:
    """Return the rows of one sheet of a spreadsheet."""
    if source.rewound().read(len(START)) != START:
        raise Refused(
            Text(
                "non è un file .ods, qualunque sia il suo nome: aprirlo nel foglio di calcolo, e"
                " salvarlo come .ods",
                "it is no .ods file, whatever its name: open it in the spreadsheet, and save it"
                " as .ods",
            )
        )
    archive = Archive(source.rewound(), source.limits)
    manifest = _Encrypted(source.limits)
    if "META-INF/manifest.xml" in archive.names:
        with archive.open("META-INF/manifest.xml") as file:
            for _ in heard(file, manifest):
                pass
    if manifest.found or "encrypted-package" in archive.names:
        raise Refused(LOCKED)
    if "content.xml" not in archive.names:
        raise Refused(
            Text(
                "il file compresso non contiene un foglio di calcolo .ods: aprirlo nel programma"
                " che l'ha scritto, e salvarlo come .ods",
                "the packed file holds no .ods spreadsheet: open it in the program that wrote it,"
                " and save it as .ods",
            )
        )
    return table_of(_Spreadsheet(archive, source.limits), source)


class _Encrypted(Listener):
    found = False

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - a Listener's
        self.found = self.found or tag.endswith("}encryption-data")


class _Spreadsheet:
    """An open spreadsheet, all of whose sheets stand in one part."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self._archive, self._limits = archive, limits

    def sheets(self) -> Sequence[Sheet]:
        """Return the sheets."""
        listener = _Cells(self._limits, Notes())
        for _ in self._heard(listener):
            listener.found = []
        return listener.sheets

    def lines(self, place: int, notes: Notes) -> Iterator[Line]:
        """Yield the rows of a sheet that hold something."""
        listener = _Cells(self._limits, notes, place)
        for _ in self._heard(listener):
            found, listener.found = listener.found, []
            yield from found

    def _heard(self, listener: Listener) -> Iterator[None]:
        with self._archive.open("content.xml") as file:
            yield from heard(file, listener)


class _Cells(Listener):
    """Takes the cells of the sheet at a place, row by row; without a place, learns of all sheets.

    A table that has a source in another file is a copy that the program keeps of it, and no sheet
    with data; the source stands before the rows.
    """

    _ASIDE = frozenset(
        {_OFFICE + "annotation", _OFFICE + "forms", _TABLE + "shapes", _TABLE + "tracked-changes"}
        | {_TEXT + "note", _TEXT + "ruby-text", _TABLE + "table"}
    )
    _SPACES: Mapping[str, str] = {
        _TEXT + "s": "\0",
        _TEXT + "tab": "\1",
        _TEXT + "line-break": "\2",
    }

    def __init__(self, limits: Limits, notes: Notes, place: int | None = None) -> None:
        super().__init__(limits)
        self.sheets: list[Sheet] = []
        self.found: list[Line] = []
        self._notes, self._place, self._most = notes, place, limits["field"]
        self._hidden: set[str] = set()
        self._style = ""
        self._table = self._aside = 0  # how deep lie the open sheet, and what is left aside
        self._row = self._column = self._columns = self._size = 0
        self._cells: dict[int, Cell] = {}
        self._attributes: Mapping[str, str] = {}
        self._row_attributes: Mapping[str, str] = {}
        self._paragraphs: list[str] = []
        self._pieces: list[str] | None = None

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take what begins."""
        if self._aside:
            return
        if not self._table:
            self._outside(tag, attributes)
        elif tag in _CELLS:
            self._attributes, self._paragraphs, self._size = attributes, [], 0
        elif tag in _PARAGRAPHS:
            self._pieces = []
        elif tag in self._SPACES:
            times = _count(attributes, _TEXT + "c") if tag == _TEXT + "s" else 1
            self._take(self._SPACES[tag] * min(times, self._most + 1))
        elif tag == _TABLE + "table-row":
            self._row_attributes, self._cells, self._column = attributes, {}, 0
        elif tag == _TABLE + "table-column":
            self._begin_column(attributes)
        elif tag == _TABLE + "table-source":
            self.sheets[-1] = self.sheets[-1]._replace(filled=False)
            self._aside = self._table
        elif tag in self._ASIDE or tag.startswith(_DRAW):
            self._aside = self._depth

    def closed(self, tag: str) -> None:
        """Take what is whole."""
        if self._aside:
            if self._depth >= self._aside:
                return
            self._aside = 0
        if tag in _CELLS and self._table:
            self._end_of_cell()
        elif tag in _PARAGRAPHS and self._pieces is not None:
            # White space is one space, and none at the ends (6.1.2); the other signs stand for it.
            text = _BLANKS.sub(" ", "".join(self._pieces)).strip(" ")
            self._paragraphs.append(text.translate({0: " ", 1: "\t", 2: "\n"}))
            self._pieces = None
        elif tag == _TABLE + "table-row" and self._table:
            self._end_of_row()
        elif self._depth < self._table:
            self._table = 0

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self._pieces is not None and not self._aside:
            self._take(text)

    def _take(self, text: str) -> None:
        self._size += len(text)
        if self._pieces is not None and self._size <= self._most:
            self._pieces.append(text)

    def _outside(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == _TABLE + "table":
            hidden = attributes.get(_TABLE + "style-name", "") in self._hidden
            self.sheets.append(Sheet(attributes.get(_TABLE + "name", ""), hidden, filled=False))
            if len(self.sheets) > SHEETS:
                raise Refused(Text("il file ha troppi fogli", "the file has too many sheets"))
            self._table, self._row, self._columns = self._depth, 0, 0
            if self._place not in {None, len(self.sheets) - 1}:
                self._aside = self._depth
        elif tag == _TABLE + "tracked-changes":
            self._aside = self._depth
        elif tag == _STYLE + "style":
            self._style = attributes.get(_STYLE + "name", "")
        elif tag == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            self._hidden.add(self._style)

    def _begin_column(self, attributes: Mapping[str, str]) -> None:
        first = self._columns + 1
        self._columns += _count(attributes, _TABLE + "number-columns-repeated")
        if _is_hidden(attributes) and len(self._notes.hidden_columns) < self._limits["columns"]:
            self._notes.hidden_columns.append((first, self._columns))

    def _end_of_row(self) -> None:
        number = self._row + 1
        times = _count(self._row_attributes, _TABLE + "number-rows-repeated")
        self._row += times
        if not self._cells:
            return
        self.found.append(Line(number, times, self._cells))
        if _is_hidden(self._row_attributes):
            self._notes.hidden_rows += times
        if self._place is None:  # one row is enough to know
            self.sheets[-1] = self.sheets[-1]._replace(filled=True)
            self._aside = self._table

    def _end_of_cell(self) -> None:
        times = _count(self._attributes, _TABLE + "number-columns-repeated")
        if any(self._attributes.get(name, "1") != "1" for name in _SPANS):
            self._notes.merged += 1
        cell = _value(self._attributes, "\n".join(self._paragraphs))
        size = max(self._size, len(cell) if isinstance(cell, str) else 0)
        cell = long_cell(size, self._limits) or cell
        if isinstance(cell, Bad) or cell.strip():
            self._limits.hold("columns", times)
            self._cells.update(
                dict.fromkeys(range(self._column + 1, self._column + times + 1), cell)
            )
            self._limits.hold("columns", len(self._cells))
            self._notes.dates |= self._attributes.get(_OFFICE + "value-type") in {"date", "time"}
        self._column += times


_CELLS = frozenset({_TABLE + "table-cell", _TABLE + "covered-table-cell"})
_SPANS = (_TABLE + "number-columns-spanned", _TABLE + "number-rows-spanned")
_PARAGRAPHS = frozenset({_TEXT + "p", _TEXT + "h"})
_DRAW = f"{_OASIS}drawing:1.0}}"
_BLANKS = re.compile("[ \t\r\n]+")


def _value(attributes: Mapping[str, str], text: str) -> Cell:
    """Return what a cell holds: its typed value, else its text."""
    kind = attributes.get(_OFFICE + "value-type")
    formula = _TABLE + "formula" in attributes
    if attributes.get(_CALC + "value-type") == "error" or (formula and _ERROR.fullmatch(text)):
        return error_cell(text)
    if kind == "string":
        return attributes.get(_OFFICE + "string-value", text)
    if kind not in _VALUES:
        return NOT_SAVED if formula and not text else text
    name, read_value = _VALUES[kind]
    value = attributes.get(_OFFICE + name)
    if value is None:
        return NOT_SAVED if formula else odd_cell(text)
    return read_value(value)


_VALUES = {
    "float": ("value", number_text),
    "percentage": ("value", number_text),
    "currency": ("value", number_text),
    "date": ("date-value", iso_text),
    "time": ("time-value", duration_text),
    "boolean": ("boolean-value", boolean_text),
}


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get(_TABLE + "visibility", "visible") != "visible"


def _count(attributes: Mapping[str, str], name: str) -> int:
    """Return how often something stands."""
    told = attributes.get(name, "1")
    if len(told) > LONGEST_COUNT or not (told.isascii() and told.isdigit()) or told == "0":
        raise damaged("content.xml")
    return int(told)
