"""File formats of one file for all layers. Every module is one: it has FORMAT and `write`.

To add one: a module with `FORMAT = Format(...)` and `write(dataset, layers, out)`, which writes
bytes to `out`. As in `formats`, it opens no file, asks no store and prints nothing. The same data
give the same bytes, whoever writes them and when. One that `links` takes `beside` too: the names of
the files that are in the folder with it, none where it goes elsewhere.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import BinaryIO, Protocol

from .. import file_kinds
from ..dataset import Dataset
from ..file_kinds import Companion, Format
from ..layers import Layer

__all__ = ["Companion", "Format"]


WHOLE = "network"  # the layer of all places


def apart(layers: Sequence[Layer]) -> list[Layer]:
    """Return layers without that of all places, which is left out beside others that hold it."""
    return [layer for layer in layers if len(layers) == 1 or layer.name != WHOLE]


class Writer(Protocol):
    """A module of this folder."""

    FORMAT: Format

    def write(self, dataset: Dataset, layers: Sequence[Layer], out: BinaryIO) -> None:
        """Write the records of some layers."""


def names() -> list[str]:
    """Return the names of the bundles, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return a bundle by name; refuse one that does not exist."""
    return file_kinds.load(__name__, __path__, name)
