"""File formats, one file for each layer. Every module is one: it has FORMAT and `write`.

To add a format: one module with `FORMAT = Format(...)` and `write(dataset, layer, out)`, which
writes text to `out`. A format opens no file, asks no store and prints nothing. Formats of one file
for all layers are in `bundles`.
"""

import io
from collections.abc import Iterable
from types import ModuleType
from typing import Protocol, TextIO

from .. import file_kinds
from ..dataset import Dataset
from ..file_kinds import Companion, Format
from ..layers import Layer

__all__ = ["Companion", "Format"]


class Writer(Protocol):
    """A module of this folder."""

    FORMAT: Format

    def write(self, dataset: Dataset, layer: Layer, out: TextIO) -> None:
        """Write the records of a layer."""


def names() -> list[str]:
    """Return the names of the formats, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return a format by name; refuse one that does not exist."""
    return file_kinds.load(__name__, __path__, name)


def write_joined(out: TextIO, joined: Iterable[bytes | memoryview]) -> None:
    """Write texts in UTF-8, as a dataset joins them: as they are, where a file takes bytes."""
    if isinstance(out, io.TextIOWrapper) and out.encoding == "utf-8":
        out.flush()
        out.buffer.writelines(joined)
    else:
        out.writelines(str(text, "utf-8") for text in joined)
