"""Records looked at by all their rules: many of them by several processes.

The rules over many, which take a while, are one more piece of work beside the others.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from .contexts import Context
from .crews import spread
from .declare import Record
from .entities import ENTITIES, NAMED, PLACES
from .findings import Finding
from .looking import Looking
from .overviews import overview
from .registry import Registry
from .rules import check_record, check_together
from .soundness import CHECKED, Key
from .stretches import Stretch, stretches

ALL = Stretch("", "", "", 0)  # what the rules over many look at


def examine(registry: Registry) -> Iterator[Finding]:
    """Yield what all rules find in a registry, on records that are not removed."""
    work = [ALL, *_stretches(registry)]
    total = sum(stretch.records for stretch in work)
    told = (registry.store.path,)
    done = spread(_Examiner(registry).of, examiner_of, told, work, total, (1, len(work)))
    for _, findings in registry.watch(done, lambda: len(work), CHECKED):
        yield from findings


def examine_again(registry: Registry, only: Collection[Key]) -> Iterator[Finding]:
    """Yield what rules find on some records, each looked at alone."""
    examiner = _Examiner(registry)
    for key in registry.watch(sorted(only), lambda: len(only), CHECKED):
        yield from examiner.one(*key)


def examine_together(registry: Registry) -> list[Finding]:
    """Return what the rules over many find."""
    return check_together(overview(registry), registry.context())


def examiner_of(path: Path) -> Callable[[Stretch], list[Finding]]:
    """Open a registry to read, and return what looks at its records, for a process of its own."""
    return _Examiner(Registry.open(path)).of


class _Examiner:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._store = registry.store
        self._context: Context = registry.context()
        self._looking = Looking(self._context)

    def of(self, stretch: Stretch) -> list[Finding]:
        """Return the findings on the records of a stretch, or those of the rules over many."""
        if stretch == ALL:
            return examine_together(self._registry)
        entity = NAMED[stretch.table]
        within = f"id BETWEEN ? AND ?{_live(entity)}"
        records = self._store.select(entity, within, (stretch.first, stretch.last))
        return [f for found in self._looking.at(list(records)) for f in found]

    def one(self, table: str, id_: str) -> list[Finding]:
        """Return the findings on one record; none for one that is gone."""
        entity = NAMED[table]
        records = self._store.select(entity, f"id = ?{_live(entity)}", (id_,))
        return [f for record in records for f in check_record(record, self._context)]


def _stretches(registry: Registry) -> Iterator[Stretch]:
    for entity in ENTITIES:
        ids = (id_ for (id_,) in registry.store.values_of(entity, ("id",)))
        yield from stretches(entity.table, ids)


def _live(entity: type[Record]) -> str:
    return " AND NOT removed" if entity in PLACES else ""
