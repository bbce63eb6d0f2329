"""The texts in the bytes of finished files, whatever they are packed and escaped in.

It shares nothing with the formats that wrote the files: containers are opened, and each escape that
a format could use is undone. What cannot be opened is an error: nobody could tell what it holds.
"""

import base64
import binascii
import gzip
import html
import io
import re
import sqlite3
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import unquote

from .pdf_texts import texts_of
from .sql import quoted

PIECE = 1 << 20  # bytes looked at together
OVERLAP = 2_048  # bytes looked at twice, so that nothing falls between two pieces
EDGE = 64  # characters at the ends of a piece that may belong to something cut in two
DEEPEST = 4  # containers one inside the other
LARGEST = 20_000_000_000  # bytes of all that is unpacked of one file
_PASSES = 3  # escapes one inside the other: JSON in XML in a web address
UNOPENED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(sqlite3.Error, OSError, ValueError, ImportError),
)

_BACKSLASH = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
# Of text in base64 every fourth sign is one of few, which hardly a word of six letters has there.
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_-])(?:[ACDI-Za-fwx0-9][A-Za-z0-9+/_-]{3}){2}[A-Za-z0-9+/_-]*"
    r"(?:\r?\n[A-Za-z0-9+/_-]{8,})*"
)
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Fa-f])")
_CONTAINERS = (b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\x00")
_EDGES = b" " * EDGE
_DOUBLES = 16  # bytes of the two coordinates that a binary point ends with


class UndecodableError(ValueError):
    """A file that holds what cannot be opened."""


class Piece(NamedTuple):
    """A text of a file, in small letters.

    In one that is `glued` values may stand unparted, or beside what is no text at all.
    """

    text: str
    glued: bool


def pieces(path: Path) -> Iterator[Piece]:
    """Yield the texts in a file, each as `lowered` gives it; the same one perhaps more than once.

    What lies in the first and last EDGE characters of one lies whole inside of another.
    Raises UndecodableError.
    """
    try:
        with path.open("rb") as file:
            for text, glued in _File().pieces(file, 0):
                for form in _forms(text):
                    yield Piece(lowered(form.text), glued or form.glued)
    except UNOPENED as error:
        raise UndecodableError(str(error)) from error


def lowered(text: str) -> str:
    """Return a text in which case and composition of letters say nothing."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.casefold()


def spaced(text: str) -> str:
    """Return a text in which the kind of white space says nothing."""
    text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return text.replace("\t", " ").replace("\u00a0", " ")


class _File:
    """A file that is looked into, with how much was unpacked of it."""

    def __init__(self) -> None:
        self._left = LARGEST

    def pieces(self, file: BinaryIO, depth: int) -> Iterator[Piece]:
        if depth > DEEPEST:
            raise UndecodableError("containers inside containers")
        start = file.read(16)
        file.seek(0)
        if start.startswith(b"PK"):
            yield from self._of_zip(file, depth)
        elif start.startswith(b"\x1f\x8b"):
            with gzip.open(file) as inner:
                yield from self._inside(cast("BinaryIO", inner), depth)
        elif start.startswith(b"SQLite format 3\x00"):
            yield from _of_bytes(file, glued=True)  # also what was deleted, and is in no cell
            yield from self._of_sqlite(file, depth)
        elif start.startswith(b"%PDF"):
            yield from _of_bytes(file, glued=True)
            for text, glued in texts_of(file):
                yield _whole(text)._replace(glued=glued)
        else:
            yield from _of_bytes(file)

    def _of_zip(self, file: BinaryIO, depth: int) -> Iterator[Piece]:
        with zipfile.ZipFile(file) as archive:
            yield _whole(archive.comment.decode("utf-8", "replace"))
            for member in archive.infolist():
                yield _whole(f"{member.filename}\n{member.comment.decode('utf-8', 'replace')}")
                with archive.open(member) as inner:
                    yield from self._inside(cast("BinaryIO", inner), depth)

    def _inside(self, inner: BinaryIO, depth: int) -> Iterator[Piece]:
        """Yield the texts of what is packed, put aside for its owner alone while it is read."""
        with tempfile.SpooledTemporaryFile(16 * PIECE) as spool:
            while data := inner.read(PIECE):
                self._left -= len(data)
                if self._left < 0:
                    raise UndecodableError("too large")
                spool.write(data)
            spool.seek(0)
            yield from self.pieces(cast("BinaryIO", spool), depth + 1)

    def _of_sqlite(self, file: BinaryIO, depth: int) -> Iterator[Piece]:
        """Yield what is in the cells: a long text lies scattered over the pages of the file."""
        with ExitStack() as opened:
            with tempfile.NamedTemporaryFile(suffix=".db") as copy:
                file.seek(0)
                copyfileobj(file, copy)
                copy.flush()
                uri = f"{Path(copy.name).as_uri()}?mode=ro&immutable=1"
                connection = opened.enter_context(closing(sqlite3.connect(uri, uri=True)))
                connection.execute("PRAGMA schema_version")  # opens what then has no name any more
            connection.text_factory = bytes
            yield from self._of_cells(connection, depth)

    def _of_cells(self, connection: sqlite3.Connection, depth: int) -> Iterator[Piece]:
        together = bytearray(_EDGES)
        for cell in _cells_of(connection):
            if cell.startswith(_CONTAINERS):
                yield from self._inside(io.BytesIO(cell), depth)
            together += cell + b"\n"
            if len(together) > PIECE:
                yield from _read(bytes(together) + _EDGES)
                together = bytearray(_EDGES)
        yield from _read(bytes(together) + _EDGES)


def _of_bytes(file: BinaryIO, *, glued: bool = False) -> Iterator[Piece]:
    piece, more = _EDGES + file.read(PIECE), file.read(PIECE)
    while more:
        yield from _read(piece, glued=glued)
        piece, more = piece[-OVERLAP:] + more, file.read(PIECE)
    yield from _read(piece + _EDGES, glued=glued)


def _cells_of(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield what is in the cells of every table, numbers as text."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        for row in connection.execute(f"SELECT * FROM {quoted(name.decode())}"):
            for cell in row:
                if isinstance(cell, bytes):
                    yield _of_point(cell) if cell.startswith(b"GP") else cell
                elif cell is not None:
                    yield repr(cell).encode()


def _of_point(geometry: bytes) -> bytes:
    """Return the coordinates of a binary point of GeoPackage, in either order of bytes."""
    end = geometry[-_DOUBLES:]
    if len(end) < _DOUBLES:
        return geometry
    return " ".join(repr(x) for order in "<>" for x in struct.unpack(f"{order}2d", end)).encode()


def _whole(text: str) -> Piece:
    """Return a text that was cut nowhere, with edges of its own."""
    return Piece(f"{' ' * EDGE}{text}{' ' * EDGE}", glued=False)


def _read(data: bytes, *, glued: bool = False) -> Iterator[Piece]:
    """Yield what bytes are as text: in UTF-8, else as Windows has it, and in UTF-16."""
    text = data.decode("utf-8", "replace")
    yield Piece(text, glued)
    if "\ufffd" in text[8:-8]:
        yield Piece(data.decode("cp1252", "replace"), glued)
    if b"\x00" in data:
        for start in (0, 1):
            even = data[start : len(data) - (len(data) - start) % 2]
            for order in ("utf-16-le", "utf-16-be"):
                yield Piece(even.decode(order, "replace"), glued)


def _forms(text: str) -> Iterator[Piece]:
    """Yield a text as it is, and with its escapes undone, one after the other."""
    yield Piece(text, glued=False)
    unpacked = list(_unpacked(text))
    for glued in (False, True):
        if packed := "\n".join(each.text for each in unpacked if each.glued is glued):
            yield _whole(packed)._replace(glued=glued)
    for _ in range(_PASSES):
        before = text
        for undo in (_without_entities, _without_backslashes, _without_percents):
            undone = undo(text)
            if undone != text:
                text = undone
                yield Piece(text, glued=False)
        if text == before:
            break


def _without_entities(text: str) -> str:
    text = text.replace('""', '"') if '""' in text else text
    return html.unescape(text) if "&" in text else text


def _without_backslashes(text: str) -> str:
    if "\\" not in text:
        return text
    return _PAIR.sub(_joined, _BACKSLASH.sub(_meant, text))


def _meant(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _CONTROL.get(found[3], found[3])


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_percents(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace") if "%" in text else text


def _unpacked(text: str) -> Iterator[Piece]:
    """Yield the texts that are written in base64 or in hexadecimal."""
    for found in _BASE64.finditer(text):
        told = found[0]
        if not (told.isdigit() or told.islower()):  # most words, and no text in base64
            yield from _legible(_from_base64(told))
    for found in _HEX.finditer(text):
        yield from _legible(bytes.fromhex(found[0]))


def _from_base64(text: str) -> bytes:
    text = text.replace("\r", "").replace("\n", "").replace("-", "+").replace("_", "/")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _legible(data: bytes) -> Iterator[Piece]:
    """Yield bytes that are text, or hold some: of a digest, too, some letters can be read."""
    for encoding in ("utf-8", "utf-16-le"):
        text = data.decode(encoding, "ignore")
        if sum(map(str.isprintable, text)) > len(text) * 3 // 4 and len(text) * 3 > len(data):
            whole = text.encode(encoding) == data
            shown = all(sign.isprintable() or sign in "\t\r\n" for sign in text)
            yield Piece(text, glued=not (whole and shown))
