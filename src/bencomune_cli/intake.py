"""A file brought into the registry: first a plan of what each row would do, then all of it at once.

Rows are read, checked and put aside one by one, so that memory does not grow with the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Any

from . import history
from .crews import spread, uncollected
from .declare import Column
from .entities import Place
from .erasures import chosen_before, kept_in
from .errors import Refused, Unreadable
from .evidence import LIKELY
from .findings import Finding, Severity, faulty
from .headings import VERSION, Heading, How, key_of, keys_of
from .intake_plan import Delta, Outcome, Plan, Sort, Wishes
from .judging import Judge, Judged, judge_of
from .lookalikes import Lookalikes
from .matching import NEW, Matches, as_of, moment_of, moved, published
from .outdating import outdated_by
from .registry import Registry
from .rows import Row, Table
from .rules import check_record
from .tables import names_of
from .tallies import Tally
from .words import Text

EACH = 400  # rows that are judged at once
READ = Text("lettura", "reading")
WRITTEN = Text("scrittura", "writing")


class Intake:
    """Plans what a table does to the records of one kind."""

    def __init__(
        self,
        registry: Registry,
        entity: type[Place],
        headings: Sequence[Heading],
        wishes: Wishes,
    ) -> None:
        self.registry = registry
        self.entity = entity
        self.wishes = wishes
        self._headings = headings
        self._context = registry.context(registry.ids())
        self._erased = chosen_before(kept_in(registry.store.connection))
        self._matches = Matches(registry, entity, wishes.source)
        self._name = names_of(entity).index("name")
        self._cleared = [
            (heading.header, heading.target)
            for heading in headings
            if wishes.empty_clears and entity.has(heading.target) and heading.how < How.ASIDE
        ]
        # By the hashes of slugs, in little memory: two of one hash cost an id a number.
        self._given = Tally()
        self._has_notes = any(heading.target == "notes" for heading in headings)
        self._headers = {each.target: each.header for each in headings if each.how < How.ASIDE}
        self._version = next((h.header for h in headings if h.target == VERSION), "")
        moment = keys_of(entity.column("updated_at"))
        self._moment = next((h.header for h in headings if key_of(h.header) in moment), "")

    def plan(self, table: Table) -> Plan:
        """Return what the rows of a table would do; nothing is written."""
        sequence, _at = self.registry.store.moment()
        plan = Plan(sequence)
        asked = (self.entity, self._headings, self.wishes)
        here, told = Judge(self.registry, *asked).of, (self.registry.store.path, *asked)
        judged = spread(here, judge_of, told, _some(table.rows()), table.total, (1, 0))
        each = chain.from_iterable(zip(rows, said, strict=True) for rows, said in judged)
        with uncollected():
            for row, said in self.registry.watch(each, lambda: table.total, READ):
                plan.put(self._outcome(row, said))
        return plan

    def _outcome(self, row: Row, judged: Judged) -> Outcome:
        match = NEW if judged.doubles is not None else self._matches.of(judged.values)
        twice = self._matches.twice(row.number, judged.values, match, judged.stored)
        if doubt := twice or match.doubt:
            return self._rejected(row, judged, [self._fault("id", doubt)])
        return self._known(row, judged, match.id) if match.id else self._new(row, judged)

    # New records

    @cached_property
    def _lookalikes(self) -> Lookalikes:
        return Lookalikes(self.registry, self.entity)

    def _new(self, row: Row, judged: Judged) -> Outcome:
        found = judged.found + judged.checked
        if faulty(found):
            return self._rejected(row, judged, judged.checked)
        slug, *others = judged.stored
        id_ = judged.values.get("id") or self._free(slug)
        stored = (id_, *others)
        doubles = self._lookalikes.of(stored) if judged.doubles is None else judged.doubles
        doubtful = any(each.score >= LIKELY for each in doubles) and not self.wishes.accept_doubles
        return Outcome(
            row.number,
            Sort.DOUBTFUL if doubtful else Sort.NEW,
            id_,
            stored[self._name],
            findings=found,
            doubles=doubles,
            stored=stored,
            cells=row.cells if doubtful else {},
            point=row.point,
        )

    def _free(self, slug: str) -> str:
        """Return the id made of a name that was never given, nor to an earlier row."""
        slug = slug or self.entity.name_of_kind
        key, given, ids = hash(slug), self._given, self._context.ids
        while True:
            number = given.add(key)
            candidate = slug if number == 1 else f"{slug}-{number}"
            if candidate not in ids and (number == 1 or not given.get(hash(candidate))):
                return candidate

    # Known records

    def _known(self, row: Row, judged: Judged, id_: str) -> Outcome:
        record = self.registry.store.get(self.entity, id_)
        if record is None:
            raise Refused(_CHANGED_MEANWHILE)
        if faulty(judged.found):
            return self._rejected(row, judged)
        for header, name in self._cleared:
            if not row.cells.get(header, "").strip() and name not in {"id", VERSION}:
                judged.values[name] = () if self.entity.column(name).many else None
        if record.notes and judged.values.get("notes") and not self._has_notes:
            judged.values["notes"] = _beside(record.notes, judged.values["notes"])
        try:
            wanted = self._wanted(row, judged, record)
        except Unreadable as unreadable:
            return self._rejected(row, judged, [self._fault(VERSION, unreadable.text)])
        if not wanted:
            return Outcome(row.number, Sort.UNCHANGED, id_, record.name)
        wanted |= outdated_by(wanted, judged.values, record)
        candidate = record.replaced(**wanted)
        stored = candidate.to_row()
        if erased := self._erased(self.entity.table, id_, stored).keys() & wanted:
            told = _ERASED.filled(columns=", ".join(sorted(erased)))
            return self._rejected(row, judged, [self._fault(min(erased), told)])
        before = {(f.code, f.column, f.message) for f in check_record(record, self._context)}
        after = check_record(candidate, self._context, stored=False)
        new = [f for f in after if (f.code, f.column, f.message) not in before]
        if faulty(new):
            return self._rejected(row, judged, new)
        return Outcome(
            *(row.number, Sort.CHANGED, id_, candidate.name),
            deltas=[self._delta(name, record, candidate) for name in wanted],
            findings=[*judged.found, *_at_row(row, new)],
            row={"id": id_, **{name: stored.get(name) for name in wanted}},
            version=record.version,
        )

    def _wanted(self, row: Row, judged: Judged, record: Place) -> dict[str, Any]:
        """Return the values of a row that differ from the record's, and are meant to.

        What a file shows as it was published is no change: there points are rounded, and masked.
        Nor is what it shows as it is kept, where that would be mended if it were new.
        Of what others changed since the file was made, what the file did not touch is left alone.
        Raises Unreadable where both changed the same column.
        """
        own = {name: v for name, v in judged.values.items() if name not in {"id", VERSION}}
        wanted = {name: value for name, value in own.items() if value != getattr(record, name)}
        wanted = {n: v for n, v in wanted.items() if not self._as_it_is(row, record, n)}
        if not moved(record, judged.values):
            wanted = {n: v for n, v in wanted.items() if n not in {"lat", "lon", "point_as_given"}}
        shown = published(self.registry, record, wanted)
        wanted = {n: v for n, v in wanted.items() if n not in shown or shown[n] != v}
        version = row.cells.get(self._version, "").strip().removesuffix(".0")
        moment = moment_of(row.cells.get(self._moment, ""))
        if not wanted or not (version or moment):
            return wanted
        base = as_of(self.registry, record, version, moment)
        if base is None:
            return wanted
        mine = {n: v for n, v in wanted.items() if v != getattr(base, n)}
        clashes = [n for n in mine if getattr(record, n) != getattr(base, n)]
        if clashes:
            raise Unreadable(
                Text(
                    "il record è stato modificato dopo che il file è stato esportato, nelle stesse"
                    " colonne: {columns}; guardarlo con «bencomune show {id}», poi correggere o"
                    " togliere la riga",
                    "the record was changed after the file was exported, in the same columns:"
                    " {columns}; look at it by “bencomune show {id}”, then mend or remove the row",
                ).filled(columns=", ".join(clashes), id=record.id)
            )
        return mine

    def _as_it_is(self, row: Row, record: Place, name: str) -> bool:
        """Tell whether a cell is the very text of a record's column, which needs no mending."""
        cell = row.cells.get(self._headers.get(name, ""), "").strip()
        return bool(cell) and cell == _text(self.entity.column(name), record).strip()

    def _delta(self, name: str, record: Place, candidate: Place) -> Delta:
        column = self.entity.column(name)
        return Delta(name, _text(column, record), _text(column, candidate))

    # Rows that cannot be used

    def _fault(self, column: str, text: Text) -> Finding:
        return Finding("import", Severity.ERROR, self.entity.name_of_kind, "", column, text)

    def _rejected(self, row: Row, judged: Judged, more: Iterable[Finding] = ()) -> Outcome:
        told = [*judged.found, *_at_row(row, more)]
        unread = {f.column for f in told if f.code == "K01"}
        kept = [f for f in told if not (f.code in {"K02", "P01"} and f.column in unread)]
        return Outcome(
            *(
                row.number,
                Sort.REJECTED,
                str(judged.values.get("id") or ""),
                str(judged.values.get("name") or ""),
            ),
            findings=sorted(kept, key=Finding.order),
            cells=row.cells,
            point=row.point,
        )


_ERASED = Text(
    "il file riporterebbe ciò che è stato cancellato con «bencomune forget»: {columns}; svuotare"
    " quelle celle, o togliere la riga",
    "the file would bring back what was erased by “bencomune forget”: {columns}; empty those cells,"
    " or remove the row",
)
_CHANGED_MEANWHILE = Text(
    "intanto il registro è cambiato; non è stato scritto niente: ripetere l'importazione",
    "the registry changed meanwhile; nothing was written: import again",
)


def carry_out(registry: Registry, entity: type[Place], plan: Plan) -> None:
    """Write a plan, inside an operation: all of it, or nothing. Raises Refused."""
    if history.before_this(registry.store.connection) != plan.sequence:
        raise Refused(_CHANGED_MEANWHILE)
    for outcome in plan.outcomes if plan.counts[Sort.CHANGED] else ():
        if outcome.sort is Sort.CHANGED:
            registry.store.update_row(entity, outcome.row)
    outcomes = registry.watch(plan.outcomes, lambda: len(plan.outcomes), WRITTEN)
    new = (outcome.stored for outcome in outcomes if outcome.sort is Sort.NEW)
    with uncollected():
        registry.store.insert_many(entity, new)


def _some(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield rows in batches, each to be judged at once."""
    while some := list(islice(rows, EACH)):
        yield some


def _at_row(row: Row, findings: Iterable[Finding]) -> list[Finding]:
    return [each._replace(record=str(row.number)) for each in findings]


def _beside(notes: str, mended: str) -> str:
    """Return notes with what mends put there, which a file without notes must not replace."""
    lines = [line for line in mended.split("\n") if line.rpartition(": ")[2] not in notes]
    return "\n".join([notes, *lines])


def _text(column: Column, record: Place) -> str:
    return column.text(getattr(record, column.name))
