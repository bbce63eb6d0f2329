"""Files that stewards bring. Every module reads one format into rows of texts.

To add a format: one module with `FORMAT = Readable(...)` and `read(source)`, which returns a
`Table`. A reader opens nothing but the source that it is given, asks no registry, prints nothing,
and meets what is not of its format with `Refused`.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from ..errors import Refused
from ..rows import FEATURE, ROW, Problem, Row, Source, Table, headers_once, too_long
from ..words import Text

__all__ = ["FEATURE", "ROW", "Problem", "Row", "Source", "Table", "headers_once", "too_long"]

HEAD = 65_536  # bytes by which a format is recognised


@dataclass(frozen=True)
class Readable:
    """What a format is: a name for people, and how a file of it is recognised.

    `recognises(head, name)` looks at the first bytes, and at the name of the file. Formats are
    asked in the order of `rank`.
    """

    label: Text
    recognises: Callable[[bytes, str], bool]
    rank: int = 10


class Reader(Protocol):
    """A module of this folder."""

    FORMAT: Readable

    def read(self, source: Source) -> Table:
        """Return what a file holds. Raises Refused."""


def names() -> list[str]:
    """Return the names of the formats that can be read."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def load(name: str) -> Reader:
    """Return a reader by name; refuse one that does not exist."""
    if name not in names():
        raise Refused(
            Text(
                "il formato «{name}» non si sa leggere; si leggono: {names}",
                "the format “{name}” cannot be read; these can: {names}",
            ).filled(name=name, names=", ".join(names()))
        )
    return cast("Reader", importlib.import_module(f"{__name__}.{name}"))


def recognised(source: Source) -> str:
    """Return the name of the format of a file. Raises Refused where it is none."""
    head = source.rewound().read(HEAD)
    if not head.strip():
        raise Refused(Text("il file è vuoto", "the file is empty"))
    for name in sorted(names(), key=lambda each: (load(each).FORMAT.rank, each)):
        if load(name).FORMAT.recognises(head, source.name.lower()):
            return name
    raise Refused(
        Text(
            "non si riconosce che file sia; si leggono: {names}. Se è uno di questi, dirlo con"
            " --format",
            "it cannot be told what file this is; these can be read: {names}. If it is one of"
            " them, say so with --format",
        ).filled(names=", ".join(names()))
    )
