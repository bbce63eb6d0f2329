"""File formats. Every module is one, named as the file is: it has FORMAT and `write`.

To add a format: one module with `FORMAT = Format(...)` and `write(dataset, layer, out)`, which
writes text to `out`. A format opens no file, asks no store and prints nothing.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, TextIO, TypeVar

from ..dataset import Dataset
from ..errors import Refused
from ..layers import Layer
from ..words import Text

T = TypeVar("T")


@dataclass(frozen=True)
class Format:
    """What a format is: the ending of its files, their media type, and a name for people."""

    extension: str
    media_type: str
    label: Text


class Writer(Protocol):
    """A module of this folder."""

    FORMAT: Format

    def write(self, dataset: Dataset, layer: Layer, out: TextIO) -> None:
        """Write the records of a layer."""


def batched(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """Return the items in parts of at most so many."""
    return [items[start : start + most] for start in range(0, len(items), most)]


def names() -> list[str]:
    """Return the names of the formats, without importing them."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType:
    """Return a format by name; refuse one that does not exist."""
    if name not in names():
        raise Refused(
            Text(
                "il formato «{name}» non esiste; ci sono: {names}",
                "there is no format “{name}”; there are: {names}",
            ).filled(name=name, names=", ".join(names()))
        )
    return importlib.import_module(f"{__name__}.{name}")
