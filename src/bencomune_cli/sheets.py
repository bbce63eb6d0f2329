"""Sheets of a spreadsheet, whatever its format: which one is meant, its header, its rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

from .cells import SHOWN, Bad, Cell
from .errors import Refused
from .limits import Limits
from .rows import Problem, Row, Source, Table, headers_once
from .words import Text, joined, same

TITLES = 20  # filled rows among which the header is sought
SHEETS = 1_000  # a spreadsheet of an office has a dozen at most


class Line(NamedTuple):
    """A row that holds something: its number, how often it stands, its filled cells by column.

    Rows and columns are counted from 1.
    """

    number: int
    times: int
    cells: Mapping[int, Cell]


@dataclass
class Notes:
    """What is seen beside the cells while a sheet is gone through."""

    merged: int = 0
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    dates: bool = False


class Sheet(NamedTuple):
    """A sheet by name; `filled` tells whether it holds anything, None where not yet known."""

    name: str
    hidden: bool
    filled: bool | None


class Book(Protocol):
    """An open spreadsheet."""

    def sheets(self) -> Sequence[Sheet]:
        """Return its sheets, in their order."""

    def lines(self, place: int, notes: Notes) -> Iterator[Line]:
        """Yield the rows of the sheet at a place that hold something; raises Refused."""


def table_of(book: Book, source: Source) -> Table:
    """Return the rows of the sheet that is meant. Raises Refused."""
    place, sheet = _chosen(book, source)
    notes = Notes()
    layout = _Layout(source.limits)
    for line in book.lines(place, notes):
        layout.add(line)
    header = layout.header()
    if header is None:
        told = Text("il foglio «{name}» è vuoto", "the sheet “{name}” is empty")
        raise Refused(told.filled(name=sheet.name))
    columns = sorted(layout.used)
    texts = {column: _header(cell, source.limits) for column, cell in header.cells.items()}
    headers = headers_once([texts.get(column) or f"({column})" for column in columns])
    named = dict(zip(columns, headers, strict=True))
    rows = partial(_rows, book, place, header.number, named)
    told_of = [*_told(sheet, notes, columns), *layout.told(), *_unnamed(header, named)]
    return Table(headers, rows, told_of, total=layout.count)


def _rows(book: Book, place: int, header: int, named: Mapping[int, str]) -> Iterator[Row]:
    for number, times, cells in book.lines(place, Notes()):
        if number + times - 1 <= header:
            continue
        texts, problems = {}, []
        for column, cell in cells.items():
            if isinstance(cell, Bad):
                problems.append(Problem(named[column], cell.message))
            else:
                texts[named[column]] = cell
        for each in range(max(number, header + 1), number + times):
            yield Row(each, texts, None, problems)


class _Layout:
    """Finds the header of a sheet, the columns that hold something, and how many rows there are.

    The header is the first row with two filled cells or more; where none of the first rows has,
    the sheet is a list of one column, and its first row is the header.
    """

    def __init__(self, limits: Limits) -> None:
        self.used: set[int] = set()
        self.count = 0
        self._limits = limits
        self._before: list[Line] = []
        self._header: Line | None = None

    def add(self, line: Line) -> None:
        """Take the next row."""
        if self._header is None:
            alone = len(line.cells) == 1
            if alone and line.times == 1 and len(self._before) < TITLES:
                self._before.append(line)
                return
            if not (alone and self.header()):
                self._header = line
                self.count -= 1
        self.count += line.times
        self._limits.hold("rows", self.count)
        if not line.cells.keys() <= self.used:
            self.used |= line.cells.keys()
            self._limits.hold("columns", len(self.used))

    def header(self) -> Line | None:
        """Return the header, once all rows were taken; None where there was none."""
        if self._header is None and self._before:
            waiting, self._before = self._before, []
            self._header = waiting[0]
            self.count -= 1
            for line in waiting:
                self.add(line)
        return self._header

    def told(self) -> Iterator[Text]:
        """Tell the titles above the header."""
        if self._before:
            told = Text(
                "righe tralasciate prima dell'intestazione: {count} («{first}»)",
                "rows left aside before the header: {count} (“{first}”)",
            )
            first = next(iter(self._before[0].cells.values()))
            shown = first.message if isinstance(first, Bad) else first[:SHOWN]
            yield told.filled(count=len(self._before), first=shown)


def _header(cell: Cell, limits: Limits) -> str:
    if isinstance(cell, Bad):
        return ""
    limits.hold("field", len(cell))
    return " ".join(cell.split())


def _unnamed(header: Line, named: Mapping[int, str]) -> Iterator[Text]:
    for column, cell in header.cells.items():
        if isinstance(cell, Bad):
            told = Text("intestazione {name}: {message}", "header {name}: {message}")
            yield told.filled(name=named[column], message=cell.message)


def _told(sheet: Sheet, notes: Notes, columns: Sequence[int]) -> Iterator[Text]:
    yield (
        Text("foglio nascosto «{name}»", "hidden sheet “{name}”")
        if sheet.hidden
        else Text("foglio «{name}»", "sheet “{name}”")
    ).filled(name=sheet.name)
    hidden = sum(any(a <= column <= z for a, z in notes.hidden_columns) for column in columns)
    counted = (
        (
            notes.merged,
            Text(
                "celle unite: {count}; il valore sta solo nella prima di ognuna",
                "merged cells: {count}; the value stands only in the first of each",
            ),
        ),
        (
            notes.hidden_rows,
            Text(
                "righe nascoste: {count}, lette come le altre",
                "hidden rows: {count}, read as the others",
            ),
        ),
        (
            hidden,
            Text(
                "colonne nascoste: {count}, lette come le altre",
                "hidden columns: {count}, read as the others",
            ),
        ),
    )
    yield from (told.filled(count=count) for count, told in counted if count)
    if notes.dates:
        yield Text("date lette come anno-mese-giorno", "dates read as year-month-day")


def _chosen(book: Book, source: Source) -> tuple[int, Sheet]:
    sheets = list(enumerate(book.sheets()))
    if source.part is not None:
        for key in (str, str.casefold):
            for place, sheet in sheets:
                if key(sheet.name) == key(source.part):
                    return place, sheet
        told = Text(
            "il foglio «{name}» non c'è; ci sono: {names}",
            "there is no sheet “{name}”; there are: {names}",
        )
        known = [sheet for _, sheet in sheets if sheet.filled is not False]
        raise Refused(told.filled(name=source.part, names=_names(known or [s for _, s in sheets])))
    filled = [(p, s) for p, s in sheets if s.filled or (s.filled is None and _holds(book, p))]
    if not filled:
        raise Refused(Text("il file non ha fogli con dati", "the file has no sheet with data"))
    if len(filled) > 1:
        told = Text(
            "più fogli hanno dati: {names}; dire quale con --sheet NOME",
            "several sheets hold data: {names}; say which with --sheet NAME",
        )
        raise Refused(told.filled(names=_names(each for _, each in filled)))
    return filled[0]


def _holds(book: Book, place: int) -> bool:
    lines: Iterator[Line] = book.lines(place, Notes())
    return next(lines, None) is not None


def _names(sheets: Iterable[Sheet]) -> Text:
    names = [each.name for each in sheets]
    more = [same("…")] if len(names) > TITLES else []
    quoted = [Text("«{n}»", "“{n}”").filled(n=name[:SHOWN]) for name in names[:TITLES]]
    return joined(", ", [*quoted, *more])
