"""K: values that are not of their column's kind. Other programs can write such values."""

from collections.abc import Iterator

from ..declare import Record
from ..errors import Unreadable
from ..findings import Severity
from ..kinds import Kind
from ..kinds.texts import Reference
from ..words import Text
from . import Context, Hit, rule


@rule(
    code="K01",
    severity=Severity.ERROR,
    message=Text("«{value}»: {expected}", "“{value}”: {expected}"),
    why=Text(
        "Un valore che non è del suo tipo non si può né cercare né pubblicare con sicurezza.",
        "A value that is not of its kind can be neither found nor published with safety.",
    ),
    fix=Text("Riscrivere il valore come indicato.", "Write the value again as it says."),
    good=[{"name": "Spazio Esempio"}, {"name": "A", "started_on": "2019-09"}],
    bad=[{"name": "Spazio\x1b[31m Esempio"}, {"name": "A", "started_on": "2019-13"}],
)
def value_not_of_its_kind(record: Record) -> Iterator[Hit]:
    """Read each value again as if a person had written it."""
    for column in record.columns:
        value = getattr(record, column.name)
        if value in (None, ()) or type(column.kind).read is Kind.read:
            continue
        try:
            column.kind.read(column.kind.write(value))
        except Unreadable as unreadable:
            shown = {"value": value, "expected": unreadable.text}
            yield Hit(column.name, shown)


@rule(
    code="K02",
    severity=Severity.ERROR,
    message=Text("manca un valore necessario", "a required value is missing"),
    why=Text(
        "Senza questo valore il record non si può riconoscere o usare.",
        "Without this value the record cannot be recognised or used.",
    ),
    fix=Text("Indicare il valore.", "Give the value."),
    good=[{"name": "Spazio Esempio"}],
    bad=[{}],
)
def value_missing(record: Record) -> Iterator[Hit]:
    """Look for required columns without a value."""
    for column in record.columns:
        if column.required and getattr(record, column.name) in (None, ()):
            yield Hit(column.name)


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
        "Look the right name up by “bencomune area list” or “bencomune lab list”.",
    ),
    good=[{"neighbourhood": "centro-esempio"}, {}],
    bad=[{"neighbourhood": "mai-esistita"}],
)
def reference_to_nothing(record: Record, context: Context) -> Iterator[Hit]:
    """Look each reference up; the ends of relations and contacts have rules of their own."""
    for column in record.columns:
        if not isinstance(column.kind, Reference) or column.kind.table == "ids":
            continue
        value = getattr(record, column.name)
        known = context.areas if column.kind.table == "areas" else context.ids
        if value is not None and known.get(value) is None:
            yield Hit(column.name, {"value": value})
