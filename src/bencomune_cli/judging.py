"""What can be said of one row alone: its values, the record that it would make, its findings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .arrivals import Arrivals
from .entities import Place
from .finder import UNFOUND
from .findings import Finding
from .headings import VERSION, Heading
from .intake_plan import Wishes
from .naming import slug_of
from .reading import Reading
from .registry import Registry
from .rows import Row
from .rules import check_record
from .words import Text


class Judged(NamedTuple):
    """What was said of a row.

    `values` are those that the row tells, with `found` on them; `stored` the row of a new record
    of it, under an id that may be taken, with what the rules found on that.
    """

    values: dict[str, Any]
    found: list[Finding]
    stored: dict[str, Any]
    checked: list[Finding]


class Judge:
    """Judges rows one by one; knows the registry, and nothing of the other rows."""

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
        self._context = registry.context()
        self._arrivals = Arrivals(registry, entity, headings, wishes.crs)
        self._reading = Reading(entity, registry.finder.resolved)

    def of(self, row: Row) -> Judged:
        """Return what can be said of a row."""
        arrival = self._arrivals.of(row)
        values, unread = self._reading.values(arrival.texts)
        given, missing = self._reading.values(
            {name: text for name, text in self._constants.items() if name not in arrival.texts}
        )
        told = given | values
        told.pop(VERSION, None)
        told["id"] = values.get("id") or slug_of(str(values.get("name") or ""))
        record = self.entity(**told)
        number = str(row.number)
        found = arrival.findings + [_at(each, number) for each in unread]
        checked = missing + check_record(record, self._context, stored=False)
        told_at = [_at(each, number) for each in checked]
        texts = arrival.texts
        return Judged(
            values, self._hinted(texts, found), record.to_row(), self._hinted(texts, told_at)
        )

    def _hinted(self, texts: Mapping[str, str], findings: list[Finding]) -> list[Finding]:
        """Return findings; one that tells a name that is not found, with the names near it."""
        told = []
        for each in findings:
            if each.code not in UNFOUND:
                told.append(each)
                continue
            key = (each.message, each.column, texts.get(each.column, ""))
            if key not in self._hints:
                (hinted,) = self._registry.finder.hinted(self.entity, texts, [each])
                self._hints[key] = hinted.message
            told.append(each._replace(message=self._hints[key]))
        return told


def _at(finding: Finding, number: str) -> Finding:
    code, severity, entity, _, column, message, mend = finding
    return Finding(code, severity, entity, number, column, message, mend)


def judge_of(
    path: Path, entity: type[Place], headings: Sequence[Heading], wishes: Wishes
) -> Callable[[Row], Judged]:
    """Open a registry to read, and return what judges rows by it, for a process of its own."""
    return Judge(Registry.open(path), entity, headings, wishes).of


def constants(entity: type[Place], wishes: Wishes) -> Mapping[str, str]:
    """Return the texts that every new record gets where its row has none."""
    told = dict(wishes.constants)
    if wishes.source:
        told.setdefault("source", wishes.source)
    return {name: text for name, text in told.items() if entity.has(name)}
