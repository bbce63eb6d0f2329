"""What can be said of one row alone: its values, the record that it would make, its findings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .arrivals import Arrivals
from .doubles import Double
from .entities import Place
from .finder import UNFOUND
from .findings import Finding, faulty
from .headings import VERSION, Heading
from .intake_plan import Wishes
from .lookalikes import Beforehand
from .looking import Looking
from .matching import identifiers
from .naming import slug_of
from .plain_rows import PlainRows
from .reading import Reading
from .registry import Registry
from .rows import Row
from .words import Text


class Judged(NamedTuple):
    """What was said of a row.

    `values` are those that the row tells, with `found` on them; `stored` is what a new record of it
    would be stored as, under an id that may be taken, with what the rules found on that. `doubles`
    are the records that it may be, None where they were not looked for; where they were, the row is
    of no record that is there, and `values` are only those that tell which one it makes.
    """

    values: dict[str, Any]
    found: list[Finding]
    stored: tuple[Any, ...]
    checked: list[Finding]
    doubles: list[Double] | None


class Judge:
    """Judges rows, each alone; knows the registry, and nothing of the other rows."""

    def __init__(
        self,
        registry: Registry,
        entity: type[Place],
        headings: Sequence[Heading],
        wishes: Wishes,
    ) -> None:
        self.entity = entity
        self._registry = registry
        self._hints: dict[tuple[Text, str, str], Text] = {}
        self._constants = constants(entity, wishes)
        self._telling = (*identifiers(entity), "name")
        self._looking = Looking(registry.context(), stored=False)
        self._arrivals = Arrivals(registry, entity, headings, wishes.crs)
        self._reading = Reading(entity, registry.finder.resolved)
        self._plain = PlainRows(self._arrivals, self._reading)
        self._beforehand = Beforehand(registry, entity, wishes.source)

    def of(self, rows: Sequence[Row]) -> list[Judged]:
        """Return what can be said of each of some rows."""
        plain = self._plain.values(rows)
        read = [
            self._read(row) if values is None else _Read(values, (), values)
            for row, values in zip(rows, plain, strict=True)
        ]
        made = [self._made(each) for each in read]
        checked = self._looking.at([record for record, _ in made])
        told = zip(rows, read, made, checked, strict=True)
        return [
            self._judged(row, each, record, [*missing, *found])
            for row, each, (record, missing), found in told
        ]

    def _judged(self, row: Row, read: "_Read", record: Place, checked: Sequence[Finding]) -> Judged:
        values, stored = read.values, record.stored()
        found, checked = self._told(row, read, read.found), self._told(row, read, checked)
        doubles = None if faulty([*found, *checked]) else self._beforehand.of(values, stored)
        if doubles is not None:
            values = {name: values[name] for name in self._telling if name in values}
        return Judged(values, found, stored, checked, doubles)

    def _read(self, row: Row) -> "_Read":
        """Read a row with care."""
        arrival = self._arrivals.of(row)
        values, unread = self._reading.values(arrival.texts)
        return _Read(values, arrival.findings + unread, arrival.texts)

    def _made(self, read: "_Read") -> tuple[Place, Sequence[Finding]]:
        """Return the record that a row would make, and what cannot be read of the constants."""
        values = read.values
        told, missing = dict(values), list[Finding]()
        if self._constants:
            lacking = {n: text for n, text in self._constants.items() if n not in read.texts}
            given, missing = self._reading.values(lacking)
            told = given | values
        told.pop(VERSION, None)
        told["id"] = values.get("id") or slug_of(str(values.get("name") or ""))
        return self.entity(**told), missing

    def _told(self, row: Row, read: "_Read", findings: Sequence[Finding]) -> list[Finding]:
        """Return findings as they are told of a row; names that are not found, with those near."""
        if not findings:
            return []
        texts = read.texts
        if texts is read.values and any(each.code in UNFOUND for each in findings):
            texts = self._arrivals.of(row).texts
        return [self._hinted(texts, _at(each, str(row.number))) for each in findings]

    def _hinted(self, texts: Mapping[str, str], finding: Finding) -> Finding:
        if finding.code not in UNFOUND:
            return finding
        key = (finding.message, finding.column, texts.get(finding.column, ""))
        if key not in self._hints:
            (hinted,) = self._registry.finder.hinted(self.entity, texts, [finding])
            self._hints[key] = hinted.message
        return finding._replace(message=self._hints[key])


class _Read(NamedTuple):
    """What was read in a row, what was found on the way, and its texts; of a plain one, values."""

    values: dict[str, Any]
    found: Sequence[Finding]
    texts: Mapping[str, Any]


def _at(finding: Finding, number: str) -> Finding:
    code, severity, entity, _, column, message, mend = finding
    return Finding(code, severity, entity, number, column, message, mend)


def judge_of(
    path: Path, entity: type[Place], headings: Sequence[Heading], wishes: Wishes
) -> Callable[[Sequence[Row]], list[Judged]]:
    """Open a registry to read, and return what judges rows by it, for a process of its own."""
    return Judge(Registry.open(path), entity, headings, wishes).of


def constants(entity: type[Place], wishes: Wishes) -> Mapping[str, str]:
    """Return the texts that every new record gets where its row has none."""
    told = dict(wishes.constants)
    if wishes.source:
        told.setdefault("source", wishes.source)
    return {name: text for name, text in told.items() if entity.has(name)}
