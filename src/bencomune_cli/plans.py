"""A change over many records: shown before it is made, then made whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .changes import Change, shown, texts_of_changes
from .declare import Column, Record
from .entities import Place
from .findings import Finding
from .merging import Clash, Clashing, written_over
from .outcome import Faulty, Written
from .registry import Registry
from .telling import written_value


class Planned(NamedTuple):
    """A record as it was shown, the texts that it is to have, and what it would become."""

    shown: Record
    texts: dict[str, str]
    after: Record

    def columns(self) -> list[Column]:
        """Return the columns that change."""
        return [
            column
            for column in type(self.shown).columns
            if getattr(self.shown, column.name) != getattr(self.after, column.name)
        ]


class Plan(NamedTuple):
    """What a change over many records would do: to which, how many stay, what rules refuse."""

    planned: list[Planned]
    unchanged: int
    refused: list[Finding]

    @property
    def faulty(self) -> int:
        """Return how many records rules refuse."""
        return len({finding.record for finding in self.refused})


def plan(
    registry: Registry, places: Sequence[Place], changes: Iterable[Change], *, strict: bool
) -> Plan:
    """Return what changes would do to records; nothing is written."""
    told, context = list(changes), registry.context()
    planned: list[Planned] = []
    refused: list[Finding] = []
    unchanged = 0
    for place in places:
        texts = texts_of_changes(place, told, registry.finder, strict=strict)
        try:
            after, _ = registry.proposed(place, texts, context)
        except Faulty as faulty:
            refused += faulty.findings
            continue
        each = Planned(place, texts, after)
        if each.columns():
            planned.append(each)
        else:
            unchanged += 1
    return Plan(planned, unchanged, refused)


def carry_out(registry: Registry, what: Plan) -> list[Written]:
    """Write a plan, inside one operation: all of it, or nothing. Raises Clashing and Faulty."""
    context = registry.context()
    written: list[Written] = []
    clashes: list[Clash] = []
    findings: list[Finding] = []
    for each in what.planned:
        key, base = (type(each.shown), each.shown.id), shown(each.shown)
        try:
            written.append(written_over(registry, key, base, each.texts, context))
        except Clashing as clashing:
            clashes += clashing.clashes
        except Faulty as faulty:
            findings += faulty.findings
    if clashes:
        raise Clashing(clashes)
    if findings:
        raise Faulty(findings)
    return written


def rows(what: Plan, municipalities: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield what changes, as people read it: record, column, before, after."""
    for each in what.planned:
        for column in each.columns():
            before = written_value(column, each.shown, municipalities)
            yield (
                each.shown.id,
                column.name,
                before,
                written_value(column, each.after, municipalities),
            )


def to_json(what: Plan, *, written: bool) -> dict[str, Any]:
    """Return a plan as `--json` shows it, with whether it is written."""
    return {
        "changes": [
            {
                "id": each.shown.id,
                "column": column.name,
                "before": _json(column, each.shown),
                "after": _json(column, each.after),
            }
            for each in what.planned
            for column in each.columns()
        ],
        "records": len(what.planned),
        "unchanged": what.unchanged,
        "refused": [finding.to_json() for finding in what.refused],
        "written": written,
    }


def _json(column: Column, record: Record) -> Any:
    held = getattr(record, column.name)
    return None if held is None else column.kind.to_json(held)
