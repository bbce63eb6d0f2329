"""CSV and TSV as spreadsheets and offices write them: any separator, encoding and line break.

Read by Python's `csv` in its strict mode: without it, a quote that is never closed makes one cell
of the rest of the file.
"""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

from ..encodings import Encoding, encoding_of, opened
from ..errors import Refused
from ..formulas import unguarded
from ..words import Text, same
from . import Problem, Readable, Row, Source, Table, headers_once, too_long

SEPARATORS = {
    ";": Text("punto e virgola", "semicolon"),
    ",": Text("virgola", "comma"),
    "\t": Text("tabulazione", "tab"),
    "|": Text("barra verticale", "vertical bar"),
}
SAMPLE = 200_000  # characters in which the separator is sought
_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_OTHER = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"SQLite format")
_PAGE = re.compile(rb"\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE)  # named .csv by a portal
_EXCEL = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's own line, "sep=;"


def _recognises(head: bytes, name: str) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or name.endswith(_ENDINGS):
        return not head.startswith(_OTHER) and not _PAGE.match(head)
    return not _NO_TEXT.search(head) and not head.startswith((b"%PDF", b"{\\rtf", b"<"))


FORMAT = Readable(same("CSV"), _recognises, rank=99)


def read(source: Source) -> Table:
    """Return the rows of a CSV file."""
    encoding = encoding_of(source.file, source.encoding)
    separator, skipped = _separator(source, encoding)
    first = next(itertools.islice(_records(source, encoding, separator), skipped, None), None)
    if first is None:
        raise Refused(Text("il file è vuoto", "the file is empty"))
    _number, cells = first
    rows = partial(_rows, source, encoding, separator, skipped)
    width = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    source.limits.hold("columns", width)
    headers = headers_once(cells[:width])
    told = [
        Text("codifica {label}", "encoding {label}").filled(label=encoding.label),
        Text("separatore {label}", "separator {label}").filled(
            label=SEPARATORS.get(separator, same(separator))
        ),
    ]
    if skipped:
        before = Text(
            "righe tralasciate prima dell'intestazione: {count}",
            "rows left aside before the header: {count}",
        )
        told.append(before.filled(count=skipped))
    return Table(headers, partial(rows, headers), told, total=_lines(source))


def _lines(source: Source) -> int:
    file = source.rewound()
    return sum(piece.count(b"\n") for piece in iter(partial(file.read, SAMPLE), b""))


def _rows(
    source: Source, encoding: Encoding, separator: str, skipped: int, headers: Sequence[str]
) -> Iterator[Row]:
    records = itertools.islice(_records(source, encoding, separator), skipped + 1, None)
    width, longest = len(headers), source.limits["field"]
    for count, (number, cells) in enumerate(records, start=1):
        source.limits.hold("rows", count)
        problems = _misfits(cells, width)
        whole = "".join(cells)
        if len(whole) > longest:
            named = zip(headers, cells, strict=False)
            told = [too_long(name, len(cell), source.limits) for name, cell in named]
            problems += [each for each in told if each]
        texts = [unguarded(cell) for cell in cells] if "'" in whole else cells
        found = dict(zip(headers, texts, strict=False))
        if problems:  # cells too many go by their places, for people to see what they are
            found |= {f"({place})": text for place, text in enumerate(texts[width:], width + 1)}
        yield Row(number, found, None, problems)


def _misfits(cells: Sequence[str], width: int) -> list[Problem]:
    """Tell of a row that is shorter or longer than the header; empty cells beyond it are none."""
    if len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:]))):
        return []
    told = Text(
        "la riga ha {found} celle, l'intestazione {expected}: manca una virgoletta, o c'è un"
        " separatore di troppo",
        "the row has {found} cells, the header {expected}: a quote is missing, or there is a"
        " separator too many",
    )
    return [Problem("", told.filled(found=len(cells), expected=width))]


def _records(source: Source, encoding: Encoding, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not empty, each with the line on which it begins."""
    text = opened(source.file, encoding.name)
    # The limit of csv is for the whole program; a cell that is over ours is told by its row.
    csv.field_size_limit(max(source.limits["field"] * 2, 131_072))
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if _telling(cells) if line == 1 else any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(line, error) from None
    finally:
        with suppress(ValueError):  # the file is closed already
            text.detach()


def _broken(line: int, error: csv.Error) -> Refused:
    reason = str(error)
    if "unexpected end" in reason or "field larger" in reason:
        told = Text(
            "la riga {line} apre una virgoletta che non si chiude: chiuderla o toglierla",
            "line {line} opens a quote that is never closed: close it or remove it",
        )
    elif "expected after" in reason:
        told = Text(
            "alla riga {line} c'è testo dopo una virgoletta chiusa: raddoppiare le virgolette che"
            " fanno parte del testo",
            "on line {line} there is text after a closed quote: double the quotes that are part of"
            " the text",
        )
    else:
        told = Text(
            "la riga {line} non è di un file CSV: salvarlo di nuovo dal foglio di calcolo",
            "line {line} is not of a CSV file: save it again from the spreadsheet",
        )
    return Refused(told.filled(line=line))


def _separator(source: Source, encoding: Encoding) -> tuple[str, int]:
    """Return the separator of a file, and how many records stand before its header."""
    text = opened(source.file, encoding.name)
    try:
        sample = text.read(SAMPLE)
    finally:
        text.detach()
    lines = sample.splitlines(keepends=True)
    if len(sample) == SAMPLE:
        lines = lines[:-1]
    if named := source.separator:
        named = {"tab": "\t", "\\t": "\t"}.get(named, named)
        if len(named) != 1 or named in "\"\r\n'":
            raise Refused(
                Text(
                    "il separatore è un carattere solo, come ; oppure tab",
                    "the separator is one character, such as ; or tab",
                )
            )
    elif excel := _EXCEL.match(sample):
        named = excel[1]
    judged = [(each, *_judged(lines, each)) for each in ([named] if named else SEPARATORS)]
    separator, _score, header = max(judged, key=lambda each: each[1])
    return separator, header


def _judged(lines: Sequence[str], separator: str) -> tuple[float, int]:
    """Return how well a separator makes a table of lines, and the records before its header."""
    try:
        records = list(filter(_telling, csv.reader(lines, delimiter=separator)))
    except csv.Error:
        return 0.0, 0
    filled = [sum(1 for cell in cells if cell.strip()) for cells in records]
    header = next((place for place, count in enumerate(filled) if count > 1), 0)
    width = len(records[header]) if records else 0
    fitting = [cells for cells in records[header:] if len(cells) == width]
    return (len(fitting) / len(records) + width / 1_000 if width > 1 else 0.0), header


def _telling(cells: Sequence[str]) -> bool:
    """Tell whether a record is one: neither empty nor Excel's own line."""
    return any(map(str.strip, cells)) and not cells[0].lower().startswith("sep=")
