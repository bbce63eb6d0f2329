"""How good the registry is by family of rules, and how that changed with each operation."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from . import history
from .checking import Checked
from .contexts import Context
from .crews import uncollected
from .declare import Record
from .entities import NAMED
from .findings import Severity
from .history import Row
from .kinds.times import minute_told
from .registry import Registry
from .rules import FAMILIES, catalogue, check_record
from .soundness import CHECKED
from .spools import Sorted
from .words import Text


class Standing(NamedTuple):
    """What was found of one family: how many of each severity, on how many records, waived."""

    family: str
    errors: int
    warnings: int
    notes: int
    records: int
    waived: int

    @property
    def label(self) -> Text:
        """Return the family's name."""
        return FAMILIES[self.family]


class Step(NamedTuple):
    """What an operation did to the findings: how many it ended, how many it brought, how many left.

    Of rules that look at each record alone, by what the network and its areas are now.
    """

    seq: int
    at: str
    command: str
    ended: int
    brought: int
    left: int


def standings(checked: Checked) -> list[Standing]:
    """Return what was found, family by family, also of those where nothing was."""
    families = {code: rule.family for code, rule in catalogue().items()}
    waived = Counter(families[finding.code] for finding, _ in checked.waived)
    counts: Counter[tuple[str, Severity]] = Counter()
    records = Sorted[tuple[str, str, str]](lambda each: each)
    with uncollected():
        for code, severity, entity, record, *_ in checked.findings:
            family = families[code]
            counts[family, severity] += 1
            records.put((family, entity, record))
        on = Counter(family for (family, *_), _ in groupby(records))
    told = []
    for family in FAMILIES:
        errors, warnings, notes = (counts[family, severity] for severity in Severity)
        told.append(Standing(family, errors, warnings, notes, on[family], waived[family]))
    return told


def trend(
    registry: Registry,
    since: str,
    checked: Checked,
    codes: set[str],
    only: Collection[tuple[str, str]] | None = None,
) -> list[Step]:
    """Return what each operation since a day did to the findings of some rules, oldest first.

    `checked` is what was found now, of `only` some records; what was waived counts
    too. `since` is a day where the reader is, or as much of one as is known.
    """
    context = registry.context(registry.ids())
    alone = {code for code in codes if not catalogue()[code].together}
    every = history.operations(registry.store.connection)
    operations = [each for each in every if minute_told(each.at) >= since]
    found = chain(checked.findings, (finding for finding, _ in checked.waived))
    left = sum(1 for finding in found if finding.code in alone)
    steps = []
    for each in registry.watch(operations, lambda: len(operations), CHECKED):  # newest first
        ended, brought = _done(registry, each.seq, (context, alone), only)
        steps.append(Step(each.seq, each.at, each.command, ended, brought, left))
        left += ended - brought
    return steps[::-1]


def _done(
    registry: Registry,
    seq: int,
    by: tuple[Context, set[str]],
    only: Collection[tuple[str, str]] | None,
) -> tuple[int, int]:
    """Return how many findings an operation ended, and how many it brought."""
    context, codes = by
    ended = brought = 0
    for net in history.nets(registry.store.connection, seq):
        entity = NAMED.get(net.entity)
        if entity and (only is None or (entity.name_of_kind, net.record) in only):
            before, after = (
                Counter(_found(entity, row, context, codes)) for row in (net.before, net.after)
            )
            ended += (before - after).total()
            brought += (after - before).total()
    return ended, brought


def _found(
    entity: type[Record], row: Row, context: Context, codes: set[str]
) -> Iterator[tuple[str, str, Text]]:
    if not row or row.get("removed"):
        return
    for finding in check_record(entity.from_row(row), context):
        if finding.code in codes:
            yield finding.code, finding.column, finding.message
