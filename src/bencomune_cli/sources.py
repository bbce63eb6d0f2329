"""A file that a steward brings: opened, bounded, recognised; a pipe is kept aside first."""

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from . import readers
from .errors import Refused, Unreadable, reason
from .faults import at
from .limits import MEGABYTE, Limits
from .reference_systems import system
from .rows import Source, Table
from .words import Text

STDIN = "-"
WGS84_CODE = 4326
LONGEST_PRJ = 100_000  # bytes of a .prj file, which holds one reference system


class Told(NamedTuple):
    """What a person told of a file, where it should not be found out."""

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    part: str | None = None
    crs: str | None = None


class Brought(NamedTuple):
    """A file that was brought: its name, its format, what it holds, the system of its points."""

    name: str
    format: str
    table: Table
    crs: str | None


@contextmanager
def brought(file: str, told: Told, limits: Limits) -> Iterator[Brought]:
    """Open a file, `-` for standard input, and tell what it holds. Raises Refused."""
    name = "stdin" if file == STDIN else file
    with _opened(file, limits) as stream:
        source = Source(stream, name, limits, told.encoding, told.separator, told.part)
        format_ = told.format or readers.recognised(source)
        table = readers.load(format_).read(source)
        yield Brought(name, format_, table, _crs(file, told, table))


@contextmanager
def _opened(file: str, limits: Limits) -> Iterator[BinaryIO]:
    if file == STDIN:
        with tempfile.TemporaryFile() as kept:
            most = limits["size"] * MEGABYTE
            shutil.copyfileobj(_Bounded(sys.stdin.buffer, most), kept)
            limits.hold("size", kept.tell() / MEGABYTE)
            yield cast("BinaryIO", kept)
        return
    path = Path(file)
    try:
        if path.exists() and not path.is_file():
            raise Refused(at(path, Text("non è un file", "is not a file")))
        limits.hold("size", path.stat().st_size / MEGABYTE, Text(file, file))
        stream = path.open("rb")
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    with stream:
        yield stream


class _Bounded(io.RawIOBase):
    """Reads from a pipe a little more than may be, and no further."""

    def __init__(self, pipe: BinaryIO, most: int) -> None:
        self._pipe = pipe
        self._left = most + 1

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = self._pipe.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(piece)
        return piece


def _crs(file: str, told: Told, table: Table) -> str | None:
    """Return the system of the points: told, or of the file, or of the .prj file beside it."""
    crs = told.crs or table.crs or _prj(file)
    if not crs:
        return None
    try:
        known = system(crs)
    except Unreadable as unreadable:
        raise Refused(unreadable.text) from None
    if known.code == "OGC:CRS84" or known.crs.to_epsg() == WGS84_CODE:
        return None
    code = known.crs.to_epsg(min_confidence=100)  # of a definition that says its code
    return f"EPSG:{code}" if code else crs


def _prj(file: str) -> str | None:
    whole = re.sub(r"\.rejected(-[0-9]+)?\.csv\Z", "", file)  # rows of it that were not taken
    path = Path(whole).with_suffix(".prj") if file != STDIN else None
    if path is None or not path.is_file() or path.stat().st_size > LONGEST_PRJ:
        return None
    return path.read_text("utf-8", errors="replace").strip() or None


def samples(
    table: Table, headers: Sequence[str], rows: int = 50, each: int = 2
) -> Mapping[str, list[str]]:
    """Return some of the first texts under each header."""
    found: dict[str, list[str]] = {header: [] for header in headers}
    for count, row in enumerate(table.rows()):
        if count >= rows or all(len(texts) >= each for texts in found.values()):
            break
        for header, texts in found.items():
            text = row.cells.get(header, "").strip()
            if text and text not in texts and len(texts) < each:
                texts.append(text)
    return found
