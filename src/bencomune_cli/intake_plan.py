"""What a file that is brought in would do to the registry: each of its rows, and how many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from .doubles import Double
from .findings import Finding
from .spools import Spool

SHOWN = 1_000  # rows of a sort that a plan keeps at hand for the screen


class Sort(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"  # new, but perhaps a record that is there
    REJECTED = "rejected"


class Delta(NamedTuple):
    """A column that changes: its text before and after."""

    column: str
    before: str
    after: str


class Outcome(NamedTuple):
    """What a row would do: to which record, with what changes, and what was found on the way.

    `stored` is what a new record is stored as, `row` what is stored of a known one that changes.
    """

    number: int
    sort: Sort
    id: str
    name: str
    deltas: Sequence[Delta] = ()
    findings: Sequence[Finding] = ()
    doubles: Sequence[Double] = ()
    stored: Sequence[Any] = ()
    row: Mapping[str, Any] = {}
    version: int = 0
    cells: Mapping[str, str] = {}
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class Wishes:
    """What a person asked of an import besides the file.

    `constants` are the texts that every new record gets where the file has none; `source` is where
    the file comes from; with `empty_clears` an empty cell empties the column of a known record;
    with `accept_doubles` a row that may be a record that is there is taken as new.
    """

    constants: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    crs: str | None = None
    empty_clears: bool = False
    accept_doubles: bool = False


class Plan:
    """What a file would do to the registry: how many rows of each sort, and each of them."""

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self.counts: Counter[Sort] = Counter()
        self.told: Counter[tuple[str, str]] = Counter()
        self.outcomes: Spool[Outcome] = Spool()
        self._shown: dict[Sort, list[Outcome]] = {sort: [] for sort in Sort}

    def put(self, outcome: Outcome) -> None:
        """Add what a row would do."""
        self.counts[outcome.sort] += 1
        self.outcomes.put(outcome)
        if len(self._shown[outcome.sort]) < SHOWN:
            self._shown[outcome.sort].append(outcome._replace(stored=(), row={}, cells={}))
        if outcome.findings and outcome.sort in {Sort.NEW, Sort.CHANGED}:
            self.told.update({(f.code, f.column) for f in outcome.findings})

    def of(self, sort: Sort) -> list[Outcome]:
        """Return the rows of a sort, the first thousand of them."""
        return self._shown[sort]

    @property
    def good(self) -> int:
        """Return how many rows would write something."""
        return self.counts[Sort.NEW] + self.counts[Sort.CHANGED]

    @property
    def bad(self) -> int:
        """Return how many rows cannot be taken over as they are."""
        return self.counts[Sort.REJECTED] + self.counts[Sort.DOUBTFUL]

    @property
    def usable(self) -> int:
        """Return how many rows say something that the registry can hold."""
        return self.good + self.counts[Sort.UNCHANGED]
