"""All that can be done with records: the one place that sees store, rules, history and dataset.

What looking at one record does not need is loaded where it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import history
from .context_reading import context_of
from .contexts import Context, Known
from .declare import Record
from .entities import ENTITIES, PLACES, Area, Contact, Network, Place, Relation
from .errors import Refused
from .finder import Finder
from .findings import Finding, Severity
from .folding import folded
from .geo import inside_area
from .naming import text_for_id
from .outcome import Faulty, Written
from .outdating import outdated_by
from .reading import values
from .rules import check_record
from .store import Store
from .watching import Watch, unwatched
from .words import Text

if TYPE_CHECKING:
    from .dataset import Dataset
    from .extracts import Extract
    from .query import Query
    from .search import Asked, Found
    from .soundness import Held

R = TypeVar("R", bound=Record)

TRIES = 3  # how often an export starts again when the registry changes under it


class Registry:
    """One municipality's registry, open for reading or for writing."""

    def __init__(self, store: Store, who: str | None = None) -> None:
        self.store = store
        self._who = who
        self.finder = Finder(store)
        self.watch: Watch = unwatched
        store.connection.create_function("folded", 1, folded, deterministic=True)
        store.connection.create_function("inside_area", 3, inside_area, deterministic=True)

    @cached_property
    def who(self) -> str | None:
        """Who writes, for the history."""
        return self._who or history.user()

    @classmethod
    def create(cls, path: Path, who: str | None = None) -> Registry:
        """Make a new registry file."""
        return cls(Store.create(path), who)

    @classmethod
    def open(cls, path: Path, who: str | None = None, *, writing: bool = False) -> Registry:
        """Open a registry file."""
        return cls(Store.open(path, writing=writing), who)

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    @contextmanager
    def operation(self, command: str, why: str | None = None) -> Iterator[None]:
        """Make all that is written inside one operation, told by the log."""
        with self.store.operation(command, self.who, why):
            yield

    # Records

    def add(
        self, entity: type[Record], texts: Mapping[str, str], id_: str | None = None
    ) -> Written:
        """Write a new record from texts, inside an operation. Raises Faulty."""
        record, findings = self._candidate(entity, entity(), texts)
        if entity is Network:
            record = record.replaced(id="network")
        else:
            given = self.finder.given(entity, id_) if id_ else ""
            record = record.replaced(id=given or self.finder.free(entity, text_for_id(record)))
        findings += check_record(record, self.context())
        self._stop_at_errors(self.finder.hinted(entity, texts, findings))
        self.store.insert(entity, record)
        return Written(self._again(entity, record), None, findings)

    def judged(self, entity: type[R], texts: Mapping[str, str]) -> tuple[R, list[Finding]]:
        """Return the record that texts would make, and all findings on it; nothing is written."""
        record, findings = self._candidate(entity, entity(), texts)
        record = record.replaced(id=self.finder.free(entity, text_for_id(record)))
        findings += check_record(record, self.context())
        return record, self.finder.hinted(entity, texts, findings)

    def proposed(
        self, record: R, texts: Mapping[str, str], context: Context | None = None
    ) -> tuple[R, list[Finding]]:
        """Return a record with the values that texts give, and the findings; nothing is written.

        Raises Faulty; errors that the record already had do not stop a change that leaves them.
        """
        context = context or self.context()
        candidate, findings = self._candidate(type(record), record, texts)
        before = {(f.code, f.column, f.message) for f in check_record(record, context)}
        told = findings + check_record(candidate, context)
        new = [f for f in told if (f.code, f.column, f.message) not in before]
        self._stop_at_errors(self.finder.hinted(type(record), texts, new))
        return candidate, told

    def change(
        self, record: Record, texts: Mapping[str, str], context: Context | None = None
    ) -> Written:
        """Write new values of a record from texts, inside an operation. Raises Faulty."""
        entity = type(record)
        candidate, told = self.proposed(record, texts, context)
        names = [
            c.name for c in entity.columns if getattr(candidate, c.name) != getattr(record, c.name)
        ]
        if names:
            self.store.update(entity, candidate, names)
        return Written(self._again(entity, candidate), record, told)

    def set_removed(self, place: Place, *, removed: bool) -> None:
        """Take a record out of the registry, or put it back, inside an operation."""
        if place.removed == removed:
            raise Refused(
                Text("{id} è già così: niente da fare", "{id} is already so: nothing to do").filled(
                    id=place.id
                )
            )
        self.store.update(type(place), place.replaced(removed=removed), ["removed"])

    def delete(self, record: Record) -> None:
        """Delete what is no place, inside an operation; history keeps what it was."""
        self.store.delete(type(record), record.id)

    def find(self, entity: type[R], query: Query, limit: int | None = None) -> list[R]:
        """Return the records that a query asks for, nearest first where it names a point."""
        found = list(self.store.select(entity, query.where, query.values, query.order))
        if query.near is not None:
            metres = {each.id: query.metres(each) for each in found if isinstance(each, Place)}
            found = [each for each in found if query.holds(metres[each.id])]
            found.sort(key=lambda each: (metres[each.id] or 0.0, each.id))
        return found[:limit]

    def search(self, sought: Asked, kinds: Collection[type[Record]], limit: int) -> Found:
        """Return the records of some kinds that answer to words, best first."""
        from .search import search

        self.store.index(self.watch)
        return search(self.store.connection, sought, kinds, limit)

    def network(self) -> Network | None:
        """Return the network, None where it was never told."""
        found = self.store.get(Network, "network")
        return found if isinstance(found, Network) else None

    def municipality_names(self) -> dict[str, str]:
        """Return the name of each municipality in the registry, by ISTAT code."""
        areas = self.store.select(Area, "area_kind = 'municipality' AND code IS NOT NULL")
        return {area.code or "": area.name for area in areas if isinstance(area, Area)}

    # Checks

    def findings_of(self, place: Place, context: Context | None = None) -> list[Finding]:
        """Return the findings on one record, its relations and contacts, each looked at alone."""
        context = context or self.context()
        ends = "subject = ?1 OR object = ?1"
        relations = self.store.select(Relation, ends, (place.id,))
        contacts = self.store.select(Contact, "record = ?", (place.id,))
        found = [f for each in (place, *relations, *contacts) for f in check_record(each, context)]
        return sorted(found, key=Finding.order)

    def held(self) -> Held:
        """Return what must not be published, by id, with the errors that hold it back."""
        from .soundness import held_now

        return held_now(self.store, self.watch)

    def live(self) -> Iterator[Record]:
        """Yield all records that are not removed."""
        for entity in ENTITIES:
            where = "NOT removed" if entity in PLACES else "true"
            yield from self.store.select(entity, where)

    def count(self) -> int:
        """Return how many records there are."""
        return sum(1 for entity in ENTITIES for _ in self.store.values_of(entity, ("id",)))

    def ids(self) -> dict[str, Known]:
        """Return what rules may know of every place that was ever given an id."""
        return {
            id_: Known(entity.name_of_kind, bool(removed))
            for entity in PLACES
            for id_, removed in self.store.values_of(entity, ("id", "removed"))
        }

    def dataset(self, extract: Extract | None = None) -> tuple[Dataset, dict[str, list[Finding]]]:
        """Open what may be published, with what is held back, both of one moment.

        Checked again where another program wrote between the check and the reading; where others
        keep writing, they wait while this one looks.
        """
        from .soundness import held_since
        from .withholding import ANOTHER, withhold

        self.store.bring_up_to_date()
        for _ in range(TRIES):
            sequence, _at = self.store.moment()
            held = held_since(self.store, self.watch)
            dataset = self.opened(held, extract)
            if dataset.sequence == sequence:
                return dataset, held
            dataset.close()
        for _ in range(TRIES):
            with self.store.alone():
                held = self.held()
                if not withhold(self.store.connection, held):
                    return self.opened(held, extract), held
        raise Refused(ANOTHER)

    def opened(self, held: Collection[str], extract: Extract | None) -> Dataset:
        """Open what may be published beside what is held back, by id."""
        from .dataset import Dataset
        from .extracts import WHOLE

        dataset = Dataset(self.store.path, set(held), extract or WHOLE, self.finder.resolved)
        dataset.watch = self.watch
        return dataset

    def context(self, ids: Mapping[str, Known] | None = None) -> Context:
        """Return what rules may look at; without ids, they are looked up as they are asked for."""
        return context_of(self.store, ids)

    # History

    def undo(self, seq: int | None = None, why: str | None = None) -> int:
        """Undo an operation, the last one in force if none is told; return its number."""
        from . import undoing

        return self._revert("undo", undoing.to_undo(self.store.connection, seq), why)

    def redo(self, seq: int | None = None, why: str | None = None) -> int:
        """Repeat an undone operation, told by its number or its undo's, else the last one undone.

        Return the number of the operation repeated.
        """
        from . import undoing

        undo = self._revert("redo", undoing.to_redo(self.store.connection, seq), why)
        return history.operation(self.store.connection, undo).undoes or undo

    def _revert(self, command: str, target: int, why: str | None) -> int:
        from . import undoing

        with self.store.operation(command, self.who, why, undoes=target):
            undoing.revert(self.store.connection, target)
        return target

    # Candidates

    def _candidate(
        self, entity: type[R], base: R, texts: Mapping[str, str]
    ) -> tuple[R, list[Finding]]:
        resolved = {
            name: self.finder.resolved(entity.column(name), text) for name, text in texts.items()
        }
        read, findings = values(entity, resolved)
        read |= outdated_by(read, texts, base)
        return base.replaced(**read), [f._replace(record=base.id) for f in findings]

    def _stop_at_errors(self, findings: list[Finding]) -> None:
        unread = {finding.column for finding in findings if finding.code == "K01"}
        told = [f for f in findings if not (f.code == "K02" and f.column in unread)]
        if any(finding.severity is Severity.ERROR for finding in told):
            raise Faulty(sorted(told, key=Finding.order))

    def _again(self, entity: type[Record], record: Record) -> Record:
        return self.store.get(entity, record.id) or record
