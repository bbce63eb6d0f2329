"""All rules over all records of a registry, without what somebody waived."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .crews import uncollected
from .entities import Waiver
from .examining import examine, examine_again, examine_together
from .findings import Finding
from .registry import Registry
from .remembered import Memory, Recalled
from .spools import Sorted
from .waivers import Key, holding, waiver_of


class Checked:
    """What was found, and what of it somebody waived; gone through as often as is wanted."""

    def __init__(
        self,
        found: Iterable[Finding],
        wanted: Callable[[Finding], bool],
        holding: Mapping[Key, Waiver],
    ) -> None:
        self._found, self._wanted, self._holding = found, wanted, holding

    @property
    def findings(self) -> "Findings":
        """Return what is told, gravest first."""
        return Findings(self._found, self._wanted, self._holding)

    @cached_property
    def waived(self) -> list[tuple[Finding, Waiver]]:
        """Return what somebody waived, gravest first, each with its waiver."""
        told = ((f, waiver_of(f, self._holding)) for f in self._found if self._wanted(f))
        return [(finding, waiver) for finding, waiver in told if waiver] if self._holding else []


@dataclass(frozen=True, eq=False)
class Findings(Iterable[Finding]):
    """Findings that are wanted and not waived, however many; gone through as often as is wanted."""

    found: Iterable[Finding]
    wanted: Callable[[Finding], bool]
    holding: Mapping[Key, Waiver]

    def __iter__(self) -> Iterator[Finding]:
        """Yield them in their order."""
        return (f for f in self.found if self.wanted(f) and not waiver_of(f, self.holding))

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return next(iter(self), None) is not None


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
    found = recalled.holding if recalled else Sorted(Finding.order)
    if recalled is None or not recalled.together:
        for finding in _looked_for(registry, recalled):
            found.put(finding)
        memory.keep(found, recalled)

    def wanted(finding: Finding) -> bool:
        return (only is None or finding.of in only) and (codes is None or finding.code in codes)

    return Checked(found, wanted, holding(registry, found))


def _looked_for(registry: Registry, recalled: Recalled | None) -> Iterator[Finding]:
    """Yield what is found where nothing is known, or something changed since."""
    if recalled is None:
        yield from examine(registry)
    else:
        yield from examine_again(registry, recalled.again)
        yield from examine_together(registry)
