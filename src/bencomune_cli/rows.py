"""What a file that was brought holds: rows of texts, by header, wherever they come from."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from .errors import Refused
from .kinds.texts import UNSEEN
from .limits import Limits
from .words import Text

ROW = Text("riga", "row")
FEATURE = Text("elemento", "feature")


@dataclass(frozen=True)
class Source:
    """A file to read: open, rewindable, with the name that people know it by.

    `encoding`, `separator` and `part` (a sheet, a layer, a member of an archive) are what a person
    told of it; what is None is found out.
    """

    file: BinaryIO
    name: str
    limits: Limits = field(default_factory=Limits)
    encoding: str | None = None
    separator: str | None = None
    part: str | None = None

    def rewound(self) -> BinaryIO:
        """Return the file, at its beginning."""
        self.file.seek(0)
        return self.file


class Problem(NamedTuple):
    """What a reader could not take over as it stands, in one column of a row.

    A fatal one makes the row unusable; the others are told, and the row is read as it can be.
    """

    column: str
    message: Text
    fatal: bool = True


class Row(NamedTuple):
    """One row: where a person finds it, its texts by header, its point, its problems.

    `number` is the line of a text file, the row of a sheet, the position of a feature. `point` is
    x and y (longitude and latitude, or east and north) in the system of the table.
    """

    number: int
    cells: Mapping[str, str]
    point: tuple[float, float] | None = None
    problems: Sequence[Problem] = ()


class Table(NamedTuple):
    """What a file holds: its headers in their order, and its rows, which may be asked for again.

    `told` says how it was read, for the person to see; `crs` is the system of its points, None for
    degrees on WGS 84; `unit` is what people call a row; `total` is about how many rows there are,
    0 where it is not known beforehand.
    """

    headers: Sequence[str]
    rows: Callable[[], Iterator[Row]]
    told: Sequence[Text] = ()
    crs: str | None = None
    unit: Text = ROW
    has_points: bool = False
    total: int = 0


def headers_once(headers: Sequence[str]) -> Sequence[str]:
    """Return headers on one line; refuse one that stands twice. One without a name gets its place.

    Spreadsheets break headers over lines, and hold blanks that are none; who writes one by hand
    should not need to know.
    """
    bare = [" ".join(re.sub(UNSEEN, "", each).split()) for each in headers]
    named = [each or f"({place})" for place, each in enumerate(bare, start=1)]
    folded = [each.casefold() for each in named]
    twice = next((each for each in named if folded.count(each.casefold()) > 1), None)
    if twice is not None:
        raise Refused(
            Text(
                "l'intestazione «{name}» c'è due volte: dare nomi diversi alle colonne",
                "the header “{name}” is there twice: give the columns different names",
            ).filled(name=twice)
        )
    return named


def too_long(header: str, length: int, limits: Limits) -> Problem | None:
    """Return the problem of a cell that is longer than may be, None where it is not."""
    if length <= limits["field"]:
        return None
    told = Text(
        "la cella ha {length} caratteri: al massimo {most} (--max-field)",
        "the cell has {length} characters: {most} at most (--max-field)",
    )
    return Problem(header, told.filled(length=length, most=limits["field"]))
