"""All rules over all records of a registry, without what somebody waived."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .crews import uncollected
from .entities import Waiver
from .examining import examine, examine_again, examine_together
from .findings import Finding
from .registry import Registry
from .remembered import Memory
from .waivers import parted


class Checked(NamedTuple):
    """What was found, gravest first, and what of it somebody waived."""

    findings: list[Finding]
    waived: list[tuple[Finding, Waiver]]


def check(
    registry: Registry,
    only: Collection[tuple[str, str]] | None = None,
    codes: Collection[str] | None = None,
    *,
    afresh: bool = False,
) -> Checked:
    """Return the findings on the records that are not removed; only of some, by some rules.

    Records are told by kind and id: an id may be of a lab and of an area too.
    What was found the last time on unchanged records is not looked for again, unless `afresh`.
    """
    with uncollected():
        return _checked(registry, only, codes, afresh=afresh)


def _checked(
    registry: Registry,
    only: Collection[tuple[str, str]] | None,
    codes: Collection[str] | None,
    *,
    afresh: bool,
) -> Checked:
    memory = Memory(registry)
    recalled = None if afresh else memory.recall()
    if recalled is None:
        found = list(examine(registry))
        memory.keep(found, None)
    elif recalled.together is None:
        again = examine_again(registry, recalled.again)
        found = [*recalled.alone, *again, *examine_together(registry)]
        memory.keep(found, recalled)
    else:
        found = [*recalled.alone, *recalled.together]
    return _told(registry, found, only, codes)


def _told(
    registry: Registry,
    findings: Iterable[Finding],
    only: Collection[tuple[str, str]] | None,
    codes: Collection[str] | None,
) -> Checked:
    wanted = (
        finding
        for finding in findings
        if (only is None or finding.of in only) and (codes is None or finding.code in codes)
    )
    return Checked(*parted(registry, sorted(wanted, key=Finding.order)))
