"""Files written for others: built whole, swapped in at once, told in a manifest.

A file is written under another name in its folder, synced, renamed, and the folder synced: a cut
of power leaves the old file or the new one. A file whose bytes would not change is left alone.
"""

import errno
import io
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

from . import formats
from .dataset import Dataset
from .errors import Refused, reason
from .layers import LAYERS, Layer
from .words import Text

MANIFEST = "manifest.json"
_TEMPORARY = ".bencomune-"
_FILE_NAME = re.compile(r"[a-z_]+\.[a-z0-9]+")


class Written(NamedTuple):
    """One exported file: its name, layer, media type, and whether its bytes changed."""

    name: str
    layer: str
    media_type: str
    records: int
    bytes: int
    sha256: str
    changed: bool


def layers(names: Iterable[str]) -> list[Layer]:
    """Return the layers by name, all of them for no name; refuse one that does not exist."""
    wanted = list(names) or list(LAYERS)
    for name in wanted:
        if name not in LAYERS:
            raise Refused(
                Text(
                    "«{name}» non si può esportare; si può: {names}",
                    "“{name}” cannot be exported; these can: {names}",
                ).filled(name=name, names=", ".join(LAYERS))
            )
    return [LAYERS[name] for name in dict.fromkeys(wanted)]


def write_folder(
    dataset: Dataset, folder: Path, wanted: Iterable[Layer], format_names: Iterable[str]
) -> list[Written]:
    """Write each layer in each format into a folder, then the manifest."""
    modules = [formats.load(name) for name in dict.fromkeys(format_names)]
    with _told_of(folder), _locked(folder):
        _sweep(folder)
        staged: list[tuple[Written, Path | None]] = []
        try:
            for layer in wanted:
                count = dataset.count(layer)
                staged += [_staged(dataset, folder, layer, each, count) for each in modules]
            for written, temporary in staged:
                if temporary:
                    temporary.replace(folder / written.name)
        finally:
            _sweep(folder)
        _sync(folder)
        files = [written for written, _ in staged]
        _write_manifest(dataset, folder, files)
    return files


def write_stream(dataset: Dataset, out: TextIO, layer: Layer, format_name: str) -> None:
    """Write one layer in one format to a stream."""
    formats.load(format_name).write(dataset, layer, out)


def _staged(
    dataset: Dataset, folder: Path, layer: Layer, module: Any, count: int
) -> tuple[Written, Path | None]:
    """Write a file beside its place; the path is None where the bytes are those already there."""
    name = f"{layer.name}.{module.FORMAT.extension}"
    if (folder / name).is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    with _temporary(folder) as (file, path):
        hashed = _Hashing(file)
        text = io.TextIOWrapper(io.BufferedWriter(hashed, 1 << 20), "utf-8", newline="")
        module.write(dataset, layer, text)
        text.flush()
        text.detach()
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
        digest = hashed.digest.hexdigest()
        same = _is(folder / name, digest)
    media_type = module.FORMAT.media_type
    written = Written(name, layer.name, media_type, count, hashed.size, digest, not same)
    return written, None if same else path


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


def _write_manifest(dataset: Dataset, folder: Path, files: list[Written]) -> None:
    """Write what is in the folder; files of earlier exports keep their entry."""
    entries = {entry["name"]: entry for entry in _told(folder)}
    for written in files:
        entries[written.name] = {
            "name": written.name,
            "layer": written.layer,
            "media_type": written.media_type,
            "records": written.records,
            "bytes": written.bytes,
            "sha256": written.sha256,
            "sequence": dataset.sequence,
        }
    network = dataset.network
    manifest = {
        "network": network.get("name"),
        "publisher": network.get("publisher"),
        "licence": network.get("licence"),
        "licence_url": network.get("licence_url"),
        "sequence": dataset.sequence,
        "changed_at": dataset.changed_at,
        "files": [entries[name] for name in sorted(entries) if (folder / name).is_file()],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    write_whole(folder / MANIFEST, text)


def _told(folder: Path) -> list[dict[str, Any]]:
    """Return the entries of the manifest that is there, none of one that cannot be read."""
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return [entry for entry in files if _FILE_NAME.fullmatch(entry["name"])]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def write_whole(path: Path, text: str) -> bool:
    """Swap a small text file in whole; return False where it was already so."""
    data = text.encode()
    if _is(path, _sha256(data).hexdigest()):
        return False
    with _temporary(path.parent) as (file, temporary):
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)
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
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder against a second export; the kernel frees it whatever happens."""
    import fcntl

    if not folder.is_dir():
        umask = os.umask(0o022)  # the program's own is for registries; these files are for all
        try:
            folder.mkdir(parents=True)
        finally:
            os.umask(umask)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(
            Text(
                "{folder}: un'altra esportazione è in corso", "{folder}: another export is running"
            ).filled(folder=folder)
        ) from None
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what an export that was killed left behind."""
    for path in folder.glob(f"{_TEMPORARY}*.tmp"):
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is(path: Path, digest: str) -> bool:
    """Tell whether a path is already the file to be: its bytes, open to all, and no link."""
    from hashlib import file_digest

    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
        return found == digest and path.lstat().st_mode == stat.S_IFREG | 0o644
    except OSError:
        return False


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """Tell what the system refuses as a sentence."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(
            Text(
                "{folder}: non è stato scritto tutto: {error}. I file di prima sono al loro posto",
                "{folder}: not all was written: {error}. The files of before are in their place",
            ).filled(folder=folder, error=reason(error))
        ) from None
