"""What stands beside the sheets in an XLSX file: their names, shared texts, formats of numbers.

ECMA-376, part 1: shared strings 18.4, number formats 18.8.30, dates 18.17.4, escaped characters
22.9.2.19; part 2: parts, and the relationships by which they are found.
"""

import posixpath
import re
from array import array
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache

from .archives import Archive
from .cells import Cell, clock_text, damaged, long_cell, moment_text, odd_cell
from .errors import Refused
from .limits import MEGABYTE, Limits
from .markup import Listener, heard
from .words import Text

_MAINS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # the strict variant
)
STYLES = 100_000  # Excel takes 65,490
TEXTS = 10_000_000
SHARED = 200  # megabytes of shared texts, which are held in memory
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")


def main_names(*names: str) -> Mapping[str, str]:
    """Return names of elements by what a parser calls them, in both variants of the format."""
    return {f"{space}}}{name}": name for space in _MAINS for name in names}


class _Starts(Listener):
    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.found: list[tuple[str, Mapping[str, str]]] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.found.append((tag.rpartition("}")[2], attributes))


def starts(archive: Archive, part: str, limits: Limits) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the elements of a part as they begin: their names without namespace, attributes."""
    listener = _Starts(limits)
    with archive.open(part) as file:
        for _ in heard(file, listener):
            found, listener.found = listener.found, []
            yield from found


def part_named(archive: Archive, name: str) -> str | None:
    """Return the member that is a part; case does not count in names of parts (part 2, 6.2.2.3)."""
    if name in archive.names:
        return name
    folded = name.casefold()
    return next((each for each in archive.names if each.casefold() == folded), None)


def related(archive: Archive, part: str, limits: Limits) -> Mapping[str, tuple[str, str]]:
    """Return what a part refers to, by id: the last word of its type, and the part it names."""
    folder, name = posixpath.split(part)
    member = part_named(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}
    for element, attributes in starts(archive, member, limits) if member else ():
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, target.lstrip("/"))
            if len(found) > TEXTS:
                raise damaged(member or part)
    return found


class Texts(Listener):
    """The shared texts of a workbook, in few bytes each: one buffer and where each text ends."""

    _NAMES = main_names("si", "t", "rPh")

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._buffer, self._ends, self._long = bytearray(), array("Q", [0]), dict[int, int]()
        self._most = limits["field"]
        self._pieces: list[str] = []
        self._size = 0
        self._taking = self._phonetic = False

    def __getitem__(self, place: int) -> Cell:
        """Return the text at a place from 0. Raises IndexError."""
        if place in self._long:
            return long_cell(self._long[place], self._limits) or ""
        start, end = self._ends[place], self._ends[place + 1]
        return self._buffer[start:end].decode("utf-8", "surrogatepass")

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - a Listener's
        """Take a text, or a run of it; what tells how to pronounce it is none."""
        name = self._NAMES.get(tag)
        if name == "si":
            self._pieces, self._size = [], 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._taking = not self._phonetic

    def data(self, text: str) -> None:
        """Take a piece of a text."""
        if self._taking:
            self._size += len(text)
            if self._size <= self._most:
                self._pieces.append(text)

    def closed(self, tag: str) -> None:
        """Keep a text that is whole."""
        name = self._NAMES.get(tag)
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            if self._size > self._most:
                self._long[len(self._ends) - 1] = self._size
            else:
                text = unescaped("".join(self._pieces))
                self._buffer += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._buffer))
            if len(self._buffer) > SHARED * MEGABYTE or len(self._ends) > TEXTS:
                raise _too_much()


def _too_much() -> Refused:
    return Refused(
        Text(
            "il file ha più testo di quanto se ne può leggere: dividerlo in più file, o salvarlo"
            " come CSV",
            "the file has more text than can be read: split it into several files, or save it as"
            " CSV",
        )
    )


def texts_of(archive: Archive, part: str | None, limits: Limits) -> Texts:
    """Return the shared texts of a workbook; none where it has no such part."""
    texts = Texts(limits)
    if part:
        with archive.open(part) as file:
            for _ in heard(file, texts):
                pass
    return texts


def unescaped(text: str) -> str:
    """Return a text with `_x000D_` and the like as the characters that they stand for."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(text):  # two halves that were escaped one by one are one character
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text


class Style(Enum):
    """What a number is shown as."""

    NUMBER = 0
    DATE = 1
    TIME = 2  # has no day
    ELAPSED = 3  # hours beyond 24


_BUILT_IN = (
    dict.fromkeys([*range(14, 18), *range(27, 32), 36, *range(50, 59)], Style.DATE)
    | {22: Style.DATE, 46: Style.ELAPSED}
    | dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47], Style.TIME)
)
_LITERAL = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General|Standard', re.IGNORECASE
)


@cache
def _style(code: str) -> Style:
    code = _LITERAL.sub("", code.split(";", 1)[0]).lower()
    if re.search(r"\[(h+|m+|s+)\]", code):
        return Style.ELAPSED
    if re.search("[dy]", code) or ("m" in code and not re.search("[hs]", code)):
        return Style.DATE
    return Style.TIME if re.search("[hs]", code) else Style.NUMBER


def styles_of(archive: Archive, part: str | None, limits: Limits) -> list[Style]:
    """Return what each style of cells shows numbers as."""
    codes: dict[str, Style] = {}
    styles: list[Style] = []
    inside = False
    for name, attributes in starts(archive, part, limits) if part else ():
        if name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        elif name == "numFmt" and len(codes) < STYLES:
            codes[attributes.get("numFmtId", "")] = _style(attributes.get("formatCode", "")[:1_000])
        elif name == "xf" and inside and len(styles) < STYLES:
            number = attributes.get("numFmtId", "0")
            built_in = _BUILT_IN.get(int(number)) if re.fullmatch("[0-9]{1,5}", number) else None
            styles.append(codes.get(number) or built_in or Style.NUMBER)
    return styles


_DAY = 86_400
_LAST = 2_958_466  # the day after 31 December 9999
_LEAP = 60  # 29 February 1900, which there never was, but is counted


def serial_text(text: str, style: Style, *, since_1904: bool) -> Cell:
    """Return the date or time that a number of days means."""
    try:
        number = float(text)
    except ValueError:
        return odd_cell(text)
    if not 0 <= number < _LAST:
        return odd_cell(text)
    day, second = divmod(round(number * _DAY), _DAY)
    if style is Style.ELAPSED or (style is Style.TIME and not day):
        return clock_text(day * _DAY + second)
    if since_1904:
        epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - sheets know no time zones
    elif day in {0, _LEAP}:
        return odd_cell(text)
    else:
        epoch = datetime(1899, 12, 30 if day > _LEAP else 31)  # noqa: DTZ001 - as above
    try:
        return moment_text(epoch + timedelta(days=day, seconds=second))
    except OverflowError:
        return odd_cell(text)


def column_number(letters: str) -> int:
    """Return the number of a column from its letters: 1 for A, 16384 for XFD."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
