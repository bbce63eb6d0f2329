"""ZIP files read in place, never unpacked to disk: what they hold is bounded before it is read."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from .errors import Refused
from .limits import MEGABYTE, Limits
from .words import Text

START = b"PK\x03\x04"
MEMBERS = 5_000  # a spreadsheet has some dozens
SMALL = 100_000  # bytes: below them a high ratio harms nobody

LOCKED = Text(
    "il file è protetto da una parola d'ordine: toglierla nel programma che l'ha scritto, e"
    " salvarlo di nuovo",
    "the file is protected by a password: remove it in the program that wrote it, and save it"
    " again",
)
_SPOILT = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a way of packing that Python does not have
    OverflowError,
    RuntimeError,  # a member that is encrypted after all
    UnicodeDecodeError,
    ValueError,
    struct.error,
    OSError,  # a damaged offset makes Python seek before the beginning
)


class Archive:
    """An open ZIP file; `names` are those of its members, without folders."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        with sound():
            self._zip = zipfile.ZipFile(file)
            # Not is_dir(), which fails on a name without characters.
            members = [each for each in self._zip.infolist() if not each.filename.endswith("/")]
        limits_of_members(members)
        limits.hold("unpacked", sum(each.file_size for each in members) / MEGABYTE)
        for each in members:
            if each.file_size > SMALL:
                limits.hold("ratio", each.file_size / max(each.compress_size, 1))
        self.names = [each.filename for each in members]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a member for reading. What is read can be no longer than the archive said."""
        with sound(), self._zip.open(name) as member:
            yield cast("BinaryIO", io.BufferedReader(member))


def names_in(head: bytes) -> list[str]:
    """Return the names of the members that begin in the first bytes of a ZIP file.

    APPNOTE.TXT 4.3.7: a local header has its name after 30 bytes, and the length of it in two.
    """
    found, start = [], head.find(START)
    while 0 <= start <= len(head) - 30:
        length = int.from_bytes(head[start + 26 : start + 28], "little")
        found.append(head[start + 30 : start + 30 + length].decode("utf-8", "replace"))
        start = head.find(START, start + len(START))
    return found


def limits_of_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse members that are hidden, too many, double, or that point outside of the archive."""
    if any(each.flag_bits & 1 for each in members):
        raise Refused(LOCKED)
    names = [each.filename for each in members]
    outside = [
        name
        for name in names
        if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts
    ]
    if outside:
        raise Refused(
            Text(
                "il file compresso ha una parte con un percorso che porta fuori: {name}",
                "the packed file has a part whose path leads outside: {name}",
            ).filled(name=outside[0])
        )
    if len(names) > MEMBERS or len(set(names)) < len(names):
        raise Refused(
            Text(
                "il file compresso ha troppe parti, o due con lo stesso nome",
                "the packed file has too many parts, or two of the same name",
            )
        )


@contextmanager
def sound() -> Iterator[None]:
    """Say in a sentence that an archive is damaged."""
    try:
        yield
    except _SPOILT:
        raise Refused(
            Text(
                "il file compresso è rovinato o incompleto: scaricarlo o salvarlo di nuovo",
                "the packed file is damaged or incomplete: download or save it again",
            )
        ) from None
