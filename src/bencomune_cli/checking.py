"""All rules over all records of a registry, without what somebody waived."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .contexts import STANDING, Overview, standing
from .entities import PLACES, Relation, Waiver
from .examining import examine
from .findings import Finding
from .registry import Registry
from .remembered import Memory
from .rules import check_together
from .waivers import parted


class Checked(NamedTuple):
    """What was found, gravest first, and what of it somebody waived."""

    findings: list[Finding]
    waived: list[tuple[Finding, Waiver]]


def check(
    registry: Registry,
    only: Collection[str] | None = None,
    codes: Collection[str] | None = None,
    *,
    afresh: bool = False,
) -> Checked:
    """Return the findings on the records that are not removed; only of some ids, some rules.

    What was found the last time on unchanged records is not looked for again, unless `afresh`.
    """
    memory = Memory(registry)
    recalled = None if afresh else memory.recall()
    if recalled is None:
        alone, together = list(examine(registry)), None
    else:
        alone, together = recalled.alone, recalled.together
        alone += examine(registry, recalled.again)
    if together is None:
        together = check_together(overview(registry), registry.context())
        memory.keep([*alone, *together], recalled)
    return _told(registry, (*alone, *together), only, codes)


def _told(
    registry: Registry,
    findings: Iterable[Finding],
    only: Collection[str] | None,
    codes: Collection[str] | None,
) -> Checked:
    wanted = (
        finding
        for finding in findings
        if (only is None or finding.record in only) and (codes is None or finding.code in codes)
    )
    return Checked(*parted(registry, sorted(wanted, key=Finding.order)))


def overview(registry: Registry) -> Overview:
    """Return what rules over all records may know of them."""
    rows = (
        (entity, values)
        for entity in PLACES
        for removed, *values in registry.store.values_of(entity, ("removed", *STANDING))
        if not removed
    )
    told = (standing(entity, values) for entity, values in rows)
    return Overview({each.id: each for each in told}, list(registry.store.select(Relation)))
