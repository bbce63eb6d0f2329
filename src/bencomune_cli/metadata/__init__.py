"""Files about the files of an export. Every module is one: it has FORMAT, NAME and `write`.

To add one: a module with `FORMAT = Format(...)`, `NAME`, the name of its file without the ending,
and `write(dataset, files, out)`, which writes text to `out`, about the files that are in the folder
now. The same files give the same text: no time of writing, only that of the last change.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple, Protocol, TextIO

from .. import file_kinds
from ..dataset import Dataset
from ..file_kinds import Format

__all__ = ["Format"]


class File(NamedTuple):
    """A file of the folder: its name, its layer (empty for one of all layers), what is in it.

    `format` is the name of the module that wrote it; `bytes` its size; `sequence` that of the last
    change of the registry when it was written. `extract` tells what part was asked for, nothing
    where it is all.
    """

    name: str
    layer: str
    format: str
    media_type: str
    records: int
    bytes: int
    sha256: str
    sequence: int
    extract: dict[str, Any]


class Writer(Protocol):
    """A module of this folder."""

    FORMAT: Format
    NAME: str

    def write(self, dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
        """Write what is to be said of some files."""


def names() -> list[str]:
    """Return the names of the files about files, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return one by name; refuse one that does not exist."""
    return file_kinds.load(__name__, __path__, name)
