"""K: values that are not of their column's kind. Other programs can write such values."""

from collections.abc import Collection, Iterator
from typing import Any

from ..batches import Batch
from ..contexts import Context
from ..declare import Record, per_entity
from ..entities import NAMED
from ..errors import Unreadable
from ..findings import Severity
from ..kinds import Kind
from ..kinds.texts import Phone, Reference
from ..words import Text
from . import Hit, rule


def _wrong(batch: Batch, _context: Context) -> Collection[int]:
    """Return the places of those with a value that is not of its kind, each value read once."""
    found: set[int] = set()
    for name, kind, known in _told_columns(batch.entity):
        values = batch.column(name)
        several = len({*map(type, values)} - {type(None)}) > 1  # of them 1 and True would be one
        wrong = [
            value for value in (values if several else {*values}) if _fault(kind, value, known)
        ]
        if wrong:
            found.update(place for place, value in enumerate(values) if value in wrong)
    return found


@rule(
    code="K01",
    severity=Severity.ERROR,
    message=Text("«{value}»: {expected}", "“{value}”: {expected}"),
    why=Text(
        "Un valore che non è del suo tipo non si può né cercare né pubblicare con sicurezza.",
        "A value that is not of its kind can be neither found nor published safely.",
    ),
    fix=Text("Riscrivere il valore come indicato.", "Write the value again as indicated."),
    source="docs/columns.md",
    good=[{"name": "Spazio Esempio"}, {"name": "A", "started_on": "2019-09"}],
    bad=[{"name": "Spazio\x1b[31m Esempio"}, {"name": "A", "started_on": "2019-13"}],
    stored=True,
    suspects=_wrong,
)
def value_not_of_its_kind(record: Record) -> Iterator[Hit]:
    """Read each value again as if a person had written it."""
    held = record.__dict__
    for name, kind, known in _told_columns(type(record)):
        if expected := _fault(kind, held[name], known):
            yield Hit(name, {"value": held[name], "expected": expected})


# Codes, dates, terms and sources come again and again; texts do not, and of numbers 1 is True.
_AGAIN = frozenset({str, tuple})
_KNOWN = 4_096  # values of a column that are known to be right


@per_entity
def _told_columns(entity: type[Record]) -> list[tuple[str, Kind, set[Any]]]:
    """Return the columns whose kind reads with care; a rule of its own judges phone numbers."""
    return [
        (column.name, column.kind, set())
        for column in entity.columns
        if type(column.kind).read is not Kind.read and not isinstance(column.kind, Phone)
    ]


def _fault(kind: Kind, value: Any, known: set[Any]) -> Text | None:
    """Return what a value should be, None for one that is right, which is then known to be."""
    if value is None or value == () or (type(value) in _AGAIN and value in known):
        return None
    if kind.surely(value):
        return None
    try:
        kind.read(kind.write(value))
    except Unreadable as unreadable:
        return unreadable.text
    if (kind.literal or type(value) is tuple) and len(known) < _KNOWN:
        known.add(value)
    return None


@per_entity
def _required(entity: type[Record]) -> list[str]:
    return [column.name for column in entity.columns if column.required]


@rule(
    code="K02",
    severity=Severity.ERROR,
    message=Text("manca un valore obbligatorio", "a required value is missing"),
    why=Text(
        "Senza questo valore il record non si può riconoscere o usare.",
        "Without this value the record cannot be recognised or used.",
    ),
    fix=Text("Indicare il valore.", "Give the value."),
    source="docs/columns.md",
    good=[{"name": "Spazio Esempio"}],
    bad=[{}],
    quiet=lambda batch, _: not any(map(batch.lacks, _required(batch.entity))),
)
def value_missing(record: Record) -> Iterator[Hit]:
    """Look for required columns without a value."""
    for name in _required(type(record)):
        if getattr(record, name) in (None, ()):
            yield Hit(name)


def _all_known(batch: Batch, context: Context) -> bool:
    return all(
        _known(value, table, context)
        for name, table in _references(batch.entity)
        for value in {*batch.column(name)} - {None}
    )


@rule(
    code="K03",
    severity=Severity.ERROR,
    message=Text("«{value}» non esiste nel registro", "“{value}” is not in the registry"),
    why=Text(
        "Un riferimento a ciò che non c'è non porta da nessuna parte.",
        "A reference to what is not there leads nowhere.",
    ),
    fix=Text(
        "Cercare il nome giusto con «bencomune area list» o «bencomune lab list».",
        "Look up the right name with “bencomune area list” or “bencomune lab list”.",
    ),
    source="docs/columns.md",
    good=[{"neighbourhood": "centro-esempio"}, {}],
    bad=[{"neighbourhood": "mai-esistita"}],
    quiet=_all_known,
)
def reference_to_nothing(record: Record, context: Context) -> Iterator[Hit]:
    """Look each reference up; the ends of relations and contacts have rules of their own."""
    for name, table in _references(type(record)):
        value = getattr(record, name)
        if value is not None and not _known(value, table, context):
            yield Hit(name, {"value": value})


@per_entity
def _references(entity: type[Record]) -> list[tuple[str, str]]:
    return [
        (column.name, column.kind.table)
        for column in entity.columns
        if isinstance(column.kind, Reference) and column.kind.table != "ids"
    ]


def _known(value: str, table: str, context: Context) -> bool:
    if table == "areas":
        return value in context.areas
    found = context.ids.get(value)
    return found is not None and NAMED[found.entity].table == table
