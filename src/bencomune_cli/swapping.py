"""A folder that becomes what was built beside it: each file whole, the manifest last."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from hashlib import file_digest
from pathlib import Path
from shutil import copyfile, copyfileobj
from typing import BinaryIO, NamedTuple

from .manifests import MANIFEST, files_told
from .whole_files import leavings, locked, staged, sweep, sync, told_of


class Swapped(NamedTuple):
    """What was done in a folder: the files that are other than before, and those taken away."""

    changed: list[str]
    removed: list[str]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; nothing of one that cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder, by name."""
    return {path.name: digest(path) for path in sorted(folder.iterdir()) if path.is_file()}


def take_over(kept: Path, built: Path, names: Iterable[str]) -> None:
    """Put files of a copy that is kept where others are built, which replace what changed."""
    for name in names:
        with suppress(FileNotFoundError):
            try:
                (built / name).hardlink_to(kept / name)
            except OSError:  # on another disk, or one that knows no links
                copyfile(kept / name, built / name)


def foreseen(built: Path, folder: Path, *earlier: str) -> Swapped:
    """Return what would be done, without doing it."""
    made = digests(built)
    changed = [name for name, new in made.items() if digest(folder / name) != new]
    return Swapped(changed, _left(made, folder, earlier))


def swap_in(built: Path, folder: Path, *earlier: str) -> Swapped:
    """Make a folder hold what was built, and no `earlier` file of ours that was not.

    Files of others stay. Raises Refused; then all are as before, or each is whole, and the next run
    ends what this one began.
    """
    names = sorted(digests(built), key=lambda name: (name == MANIFEST, name))
    with told_of(folder), locked(folder):
        sweep(folder)
        try:
            left = _left(names, folder, earlier)
            made = [(name, staged(folder, name, partial(_copy, built / name))) for name in names]
            with told_of(folder, begun=True):
                for name, file in made:
                    if name == MANIFEST:
                        sync(folder)  # what it tells of is there before it, also if the power goes
                    if file.path:
                        file.path.replace(folder / name)
                for name in left:
                    (folder / name).unlink(missing_ok=True)
                sync(folder)
        finally:
            sweep(folder)
    return Swapped([name for name, file in made if file.path], left)


def tidy(folder: Path) -> None:
    """Take away what a run that was killed left in a folder in which nothing is to be changed."""
    if any(leavings(folder)):
        with told_of(folder), locked(folder):
            sweep(folder)


def _left(made: dict[str, str] | list[str], folder: Path, earlier: tuple[str, ...]) -> list[str]:
    told = {*files_told(folder), *earlier}
    return sorted(name for name in told - {*made} if (folder / name).is_file())


def _copy(path: Path, out: BinaryIO) -> None:
    with path.open("rb") as file:
        copyfileobj(file, out, 1 << 20)
