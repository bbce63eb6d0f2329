"""Files swapped in whole, for all to read; one whose bytes would not change is left alone.

A file is written under another name in its folder, synced, renamed, and the folder synced: a cut
of power leaves the old file or the new one.
"""

import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from .errors import Refused, reason
from .structs import Struct
from .words import Text

_TEMPORARY = ".bencomune-"


class Staged(Struct):
    """A file written beside its place: its size and hash; no path where its bytes are there."""

    bytes: int
    sha256: str
    path: Path | None


def staged(folder: Path, name: str, write: Callable[[BinaryIO], None]) -> Staged:
    """Write a file beside its place in a folder."""
    if (folder / name).is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    with _temporary(folder) as (file, path):
        hashed = _Hashing(file)
        out = io.BufferedWriter(hashed, 1 << 16)  # what is longer goes through without a copy
        try:
            write(out)
            out.flush()
        except BaseException:
            hashed.file = io.BytesIO()  # what is left unwritten goes nowhere, and tells no error
            raise
        out.detach()
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
        digest = hashed.digest.hexdigest()
        same = _is(folder / name, hashed.size, digest)
    return Staged(hashed.size, digest, None if same else path)


class _Hashing(io.RawIOBase):
    """Writes through to a file while counting and hashing."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = _sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)


def _sha256(data: bytes = b"") -> Any:
    from hashlib import sha256  # 5 ms, which only an export needs

    return sha256(data)


def write_whole(path: Path, content: str | bytes) -> bool:
    """Swap a small file in whole; return False where it was already so."""
    data = content.encode() if isinstance(content, str) else content
    if _is(path, len(data), _sha256(data).hexdigest()):
        return False
    with _temporary(path.parent) as (file, temporary):
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)
    return True


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a new file that is never followed through a link; removed if writing fails."""
    path = folder / f"{_TEMPORARY}{os.urandom(8).hex()}.tmp"
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against a second export; the kernel frees it whatever happens.

    One that was made for an export that failed is taken away again.
    """
    import fcntl

    with _made(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise Refused(
                Text(
                    "{folder}: un'altra esportazione è in corso",
                    "{folder}: another export is running",
                ).filled(folder=folder)
            ) from None
        finally:
            os.close(descriptor)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder where there is none; take it away again, if it is empty, after a failure."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    umask = os.umask(0o022)  # the program's own is for registries; these files are for all
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(umask)
    try:
        for each in missing:
            sync(each.parent)
        yield
    except BaseException:
        with suppress(OSError):  # what is in it stays
            for each in missing:
                each.rmdir()
        raise


def sweep(folder: Path) -> None:
    """Remove what a killed export left behind; what cannot go now, the next run removes."""
    for path in leavings(folder):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def leavings(folder: Path) -> Iterator[Path]:
    """Yield what is only there while an export runs, or after one was killed."""
    return folder.glob(f"{_TEMPORARY}*.tmp")


def sync(path: Path) -> None:
    """Have the system write the names of a folder, or the bytes of a file, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is(path: Path, size: int, digest: str) -> bool:
    """Tell whether a path is already the file to be: its bytes, open to all, and no link."""
    from hashlib import file_digest

    try:
        there = path.lstat()
        if (there.st_mode, there.st_size) != (stat.S_IFREG | 0o644, size):
            return False
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


@contextmanager
def told_of(folder: Path, *, begun: bool = False) -> Iterator[None]:
    """Tell what the system refuses as a sentence; `begun` where some files may be the new ones."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        text = _BEGUN if begun else _AS_BEFORE
        raise Refused(text.filled(folder=folder, error=reason(error))) from None


_AS_BEFORE = Text(
    "{folder}: non è stato scritto tutto: {error}. I file di prima sono al loro posto",
    "{folder}: not all was written: {error}. The files of before are in their place",
)
_BEGUN = Text(
    "{folder}: non è stato scritto tutto: {error}. Ogni file è intero, ma alcuni sono già quelli"
    " nuovi: ripetere il comando",
    "{folder}: not all was written: {error}. Each file is whole, but some are already the new ones:"
    " run the command again",
)
