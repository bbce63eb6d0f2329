"""Records looked at by all their rules: many of them by several processes.

Rules over what is tied to a record look at it with the others of its stretch. Those over all at
once, which take a while, are one more piece of work beside the stretches.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .contexts import Context
from .crews import spread
from .declare import Record
from .entities import ENTITIES, NAMED, PLACES, Relation
from .findings import Finding
from .looking import Looking
from .overviews import Ends, Overview, Tied
from .registry import Registry
from .rules import Rule, catalogue, check_record
from .rules.together import check_together, rules_over
from .soundness import CHECKED, Key
from .stretches import Stretch, stretches
from .surveys import Survey


def examine(registry: Registry) -> Iterator[Finding]:
    """Yield what all rules find in a registry, on records that are not removed."""
    first, *others = _at_once()
    work = [first, *_stretches(registry), *others]  # the longest beside all others
    total = sum(stretch.records for stretch in work)
    told = (registry.store.path,)
    done = spread(_Examiner(registry).of, examiner_of, told, work, total, (1, None))
    for _, findings in registry.watch(done, lambda: len(work), CHECKED):
        yield from findings


def examine_again(registry: Registry, only: Collection[Key]) -> Iterator[Finding]:
    """Yield what rules find on some records, each looked at alone."""
    examiner = _Examiner(registry)
    for key in registry.watch(sorted(only), lambda: len(only), CHECKED):
        yield from examiner.one(*key)


def examine_together(registry: Registry) -> Iterator[Finding]:
    """Yield what the rules over many find."""
    return check_together(Survey(registry), registry.context())


def examiner_of(path: Path) -> Callable[[Stretch], list[Finding]]:
    """Open a registry to read, and return what looks at its records, for a process of its own."""
    return _Examiner(Registry.open(path)).of


class _Examiner:
    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._context: Context = registry.context()
        self._looking = Looking(self._context)
        self._survey = Survey(registry)

    def of(self, stretch: Stretch) -> list[Finding]:
        """Return the findings on the records of a stretch, or of the rules over all at once."""
        if not stretch.table:
            return self._over((catalogue()[stretch.first],), (self._survey,))
        entity = NAMED[stretch.table]
        within = f"id BETWEEN ? AND ?{_live(entity)}"
        records = list(self._store.select(entity, within, (stretch.first, stretch.last)))
        found = [f for found in self._looking.at(records) for f in found]
        if entity is Relation:
            links = self._survey.links_within(stretch.first, stretch.last)
            found += self._over(rules_over(Ends), list(self._survey.with_ends(links)))
        if issubclass(entity, PLACES):
            tied = self._survey.tied_within(entity, stretch.first, stretch.last)
            found += self._over(rules_over(Tied), list(tied))
        return found

    def _over(self, rules: Iterable[Rule], some: Sequence[Any]) -> list[Finding]:
        return [f for rule in rules for f in rule.found_in(some, self._context)]

    def one(self, table: str, id_: str) -> list[Finding]:
        """Return the findings on one record; none for one that is gone."""
        entity = NAMED[table]
        records = self._store.select(entity, f"id = ?{_live(entity)}", (id_,))
        return [f for record in records for f in check_record(record, self._context)]


def _at_once() -> Iterator[Stretch]:
    """Yield a piece of work, without a table, for each rule over all at once: the longest first."""
    for rule in sorted(rules_over(Overview), key=lambda rule: rule.family != "across"):
        yield Stretch("", rule.code, "", 0)


def _stretches(registry: Registry) -> Iterator[Stretch]:
    for entity in ENTITIES:
        ids = (id_ for (id_,) in registry.store.values_of(entity, ("id",)))
        yield from stretches(entity.table, ids)


def _live(entity: type[Record]) -> str:
    return " AND NOT removed" if entity in PLACES else ""
