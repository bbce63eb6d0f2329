"""Files about the files of an export. Every module is one: it has FORMAT, NAME and `write`.

To add one: a module with `FORMAT = Format(...)`, `NAME`, the name of its file without the ending,
and `write(dataset, files, out)`, which writes text to `out`, about the files that are in the folder
now, or will be once all is in its place. The same files give the same text: no time of writing,
only that of the last change.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Protocol, TextIO

from .. import file_kinds
from ..dataset import Dataset
from ..errors import Refused
from ..file_kinds import File, Format
from ..words import Text

__all__ = ["File", "Format"]


class Writer(Protocol):
    """A module of this folder."""

    FORMAT: Format
    NAME: str

    def write(self, dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
        """Write what is to be said of some files."""


def expect_some(files: Sequence[File], told: Format) -> None:
    """Refuse to tell of no file."""
    if not files:
        nothing = Text(
            "{label}: nella cartella non c'è nessun file di cui dire; esportare anche i dati, come"
            " con --format csv",
            "{label}: there is no file in the folder to tell of; export the data too, as by"
            " --format csv",
        )
        raise Refused(nothing.filled(label=told.label))


def names() -> list[str]:
    """Return the names of the files about files, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return one by name; refuse one that does not exist."""
    return file_kinds.load(__name__, __path__, name)
