"""XLSX, the workbooks of Excel, which other spreadsheets and web services write too.

ECMA-376, part 1, section 18.3.1: worksheets, rows, cells. Read straight from the XML: openpyxl,
where it streams, cannot tell a formula without a value from an empty cell, knows no merged or
hidden cells, fills every place that a hostile file leaves out, holds all shared texts, and takes
longer.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..archives import START, Archive, names_in
from ..cells import (
    NOT_SAVED,
    Bad,
    Cell,
    boolean_text,
    damaged,
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
from ..workbooks import (
    Style,
    column_number,
    main_names,
    part_named,
    related,
    serial_text,
    starts,
    styles_of,
    texts_of,
    unescaped,
)
from . import Readable, Source, Table

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: .xls, or an .xlsx with a password
ROWS, COLUMNS = 1_048_576, 16_384
_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _recognises(head: bytes, name: str) -> bool:
    if head.startswith(OLD):
        return True
    return head.startswith(START) and (
        name.endswith(_ENDINGS) or any(each.startswith("xl/") for each in names_in(head))
    )


FORMAT = Readable(same("XLSX (Excel)"), _recognises, rank=2)


def read(source: Source) -> Table:
    """Return the rows of one sheet of a workbook."""
    head = source.rewound().read(len(OLD))
    if head == OLD:
        raise Refused(
            Text(
                "è un file Excel vecchio (.xls), o protetto da una parola d'ordine: aprirlo, e"
                " salvarlo come .xlsx senza parola d'ordine",
                "it is an old Excel file (.xls), or protected by a password: open it, and save it"
                " as .xlsx without a password",
            )
        )
    if not head.startswith(START):
        raise Refused(
            Text(
                "non è un file .xlsx, qualunque sia il suo nome: aprirlo nel foglio di calcolo, e"
                " salvarlo come .xlsx",
                "it is no .xlsx file, whatever its name: open it in the spreadsheet, and save it"
                " as .xlsx",
            )
        )
    return table_of(_Workbook(Archive(source.rewound(), source.limits), source.limits), source)


class _Workbook:
    """An open workbook."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self._archive, self._limits = archive, limits
        self._part = self._main()
        targets = related(archive, self._part, limits)
        parts = {kind: part_named(archive, target) for kind, target in targets.values()}
        self.texts = texts_of(archive, parts.get("sharedStrings"), limits)
        self.styles = styles_of(archive, parts.get("styles"), limits)
        self.since_1904 = False
        self._sheets: list[tuple[Sheet, str]] = []
        for name, attributes in starts(archive, self._part, limits):
            if name == "workbookPr":
                self.since_1904 = attributes.get("date1904") in {"1", "true"}
            elif name == "sheet":
                self._add(attributes, targets)

    def _main(self) -> str:
        """Return the part that is the workbook."""
        kinds = related(self._archive, "", self._limits).values()
        told = next((part for kind, part in kinds if kind == "officeDocument"), "xl/workbook.xml")
        part = part_named(self._archive, told)
        if part is None or part.endswith(".bin"):
            raise Refused(
                Text(
                    "il file compresso non contiene fogli di calcolo .xlsx: aprirlo nel programma"
                    " che l'ha scritto, e salvarlo come .xlsx",
                    "the packed file holds no .xlsx spreadsheet: open it in the program that wrote"
                    " it, and save it as .xlsx",
                )
            )
        return part

    def _add(self, attributes: Mapping[str, str], targets: Mapping[str, tuple[str, str]]) -> None:
        ids = (value for name, value in attributes.items() if name.endswith("}id"))
        kind, target = targets.get(next(ids, ""), ("", ""))
        part = part_named(self._archive, target)
        if kind != "worksheet" or part is None:  # a sheet of charts, or of macros
            return
        if len(self._sheets) >= SHEETS or any(part == other for _, other in self._sheets):
            raise damaged(self._part)
        hidden = attributes.get("state", "visible") != "visible"
        self._sheets.append((Sheet(unescaped(attributes.get("name", "")), hidden, None), part))

    def sheets(self) -> Sequence[Sheet]:
        """Return the sheets that have cells."""
        return [sheet for sheet, _ in self._sheets]

    def lines(self, place: int, notes: Notes) -> Iterator[Line]:
        """Yield the rows of a sheet that hold something."""
        part = self._sheets[place][1]
        listener = _Cells(self, part, self._limits, notes)
        with self._archive.open(part) as file:
            for _ in heard(file, listener):
                found, listener.found = listener.found, []
                yield from found


class _Cells(Listener):
    """Takes the cells of a sheet, row by row."""

    _NAMES = main_names("sheetData", "row", "c", "v", "t", "f", "rPh", "col", "mergeCell")

    def __init__(self, book: _Workbook, part: str, limits: Limits, notes: Notes) -> None:
        super().__init__(limits)
        self.found: list[Line] = []
        self._book, self._part, self._notes = book, part, notes
        self._most = limits["field"]
        self._kinds: Mapping[str, Callable[[str], Cell]] = {
            "n": self._number,
            "s": self._shared,
            "e": error_cell,
            "b": boolean_text,
            "d": iso_text,
        }
        self._row = self._column = 0
        self._cells: dict[int, Cell] = {}
        self._attributes: Mapping[str, str] = {}
        self._pieces: list[str] = []
        self._size = 0
        self._in_cells = self._taking = self._formula = self._phonetic = self._hidden = False

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take what begins."""
        name = self._NAMES.get(tag)
        if name == "c":
            self._attributes = attributes
            self._pieces, self._size, self._formula = [], 0, False
        elif name in {"v", "t"}:
            self._taking = self._in_cells and not self._phonetic
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin(attributes)
        elif name == "sheetData":
            self._in_cells = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._notes.merged += 1
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            ends = attributes.get("min", ""), attributes.get("max", "")
            if len(self._notes.hidden_columns) < COLUMNS and all(map(_small, ends)):
                self._notes.hidden_columns.append((int(ends[0]), int(ends[1])))

    def data(self, text: str) -> None:
        """Take a piece of a cell's value."""
        if self._taking:
            self._size += len(text)
            if self._size <= self._most:
                self._pieces.append(text)

    def closed(self, tag: str) -> None:
        """Take what is whole."""
        name = self._NAMES.get(tag)
        if name in {"v", "t"}:
            self._taking = False
        elif name == "c" and self._in_cells:
            self._end_of_cell()
        elif name == "row":
            if self._cells:
                self.found.append(Line(self._row, 1, self._cells))
                self._notes.hidden_rows += self._hidden
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self._in_cells = False

    def _begin(self, attributes: Mapping[str, str]) -> None:
        told = attributes.get("r", str(self._row + 1))
        if not _small(told) or not self._row < int(told) <= ROWS:
            raise damaged(self._part)
        self._row, self._column, self._cells = int(told), 0, {}
        self._hidden = attributes.get("hidden") in {"1", "true"}

    def _end_of_cell(self) -> None:
        place = self._attributes.get("r")
        if place:
            found = _PLACE.fullmatch(place)
            column = column_number(found[1]) if found and int(found[2]) == self._row else 0
        else:
            column = self._column + 1
        if not self._column < column <= COLUMNS:
            raise damaged(self._part)
        self._column = column
        text = "".join(self._pieces)
        cell = long_cell(self._size, self._limits) or self._value(text)
        if isinstance(cell, Bad) or cell.strip():
            self._cells[column] = cell

    def _value(self, text: str) -> Cell:
        kind = self._attributes.get("t", "n")
        if not text:
            # A formula whose result is an empty text has the type str (18.18.11).
            return NOT_SAVED if self._formula and kind != "str" else ""
        if kind == "d":
            self._notes.dates = True
        take = self._kinds.get(kind)
        return take(text) if take else unescaped(text)

    def _shared(self, text: str) -> Cell:
        try:
            return self._book.texts[int(text)] if _small(text) else odd_cell(text)
        except IndexError:
            return odd_cell(text)

    def _number(self, text: str) -> Cell:
        style = self._attributes.get("s", "0")
        if style != "0" and _small(style) and int(style) < len(self._book.styles):
            shown = self._book.styles[int(style)]
            if shown is not Style.NUMBER:
                self._notes.dates = True
                return serial_text(text, shown, since_1904=self._book.since_1904)
        return number_text(text)


def _small(text: str) -> bool:
    """Tell whether a text is a whole number of few digits."""
    return len(text) <= 8 and text.isascii() and text.isdigit()  # noqa: PLR2004 - as it says
