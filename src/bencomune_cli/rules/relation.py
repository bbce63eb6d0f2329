"""R: relations and references between records."""

from collections.abc import Iterator

from ..contexts import Context
from ..entities import Contact, Group, Relation
from ..entities.relation import MERGED
from ..findings import Severity
from ..words import Text
from . import Hit, rule


@rule(
    code="R01",
    severity=Severity.ERROR,
    message=Text(
        "la relazione è spezzata: «{end}» non c'è o è stato rimosso",
        "the relation is broken: “{end}” is not there or was removed",
    ),
    why=Text(
        "Chi segue la relazione non trova più il record.",
        "Anyone who follows the relation no longer finds the record.",
    ),
    fix=Text(
        "Togliere la relazione con «bencomune unlink», o ripristinare il record.",
        "Remove the relation with “bencomune unlink”, or restore the record.",
    ),
    source="HSDS 3",
    good=[
        {"subject": "ente-esempio", "role": "manages", "object": "spazio-esempio"},
        {"subject": "spazio-rimosso", "role": MERGED, "object": "spazio-esempio"},
    ],
    bad=[{"subject": "mai-esistito", "role": "manages", "object": "spazio-esempio"}],
)
def broken_relation(relation: Relation, context: Context) -> Iterator[Hit]:
    """Look at both ends; what was merged into another is removed, as it should be."""
    for name in ("subject", "object"):
        end = getattr(relation, name)
        merged = name == "subject" and relation.role == MERGED
        if end and _gone(end, context) and not (merged and context.ids.get(end)):
            yield Hit(name, {"end": end})


@rule(
    code="R02",
    severity=Severity.WARNING,
    message=Text(
        "«{end}» è stato rimosso: il gruppo non può riunirsi lì",
        "“{end}” was removed: the group cannot meet there",
    ),
    why=Text(
        "Nei file pubblicati il gruppo resterebbe senza un luogo.",
        "In the published files the group would be without a place.",
    ),
    fix=Text("Indicare un altro luogo con --meets-at.", "Give another place with --meets-at."),
    source="HSDS 3",
    good=[{"meets_at": "spazio-esempio"}, {}],
    bad=[{"meets_at": "spazio-rimosso"}],
)
def meets_at_a_removed_lab(group: Group, context: Context) -> Iterator[Hit]:
    """Look for a lab that was removed."""
    known = context.ids.get(group.meets_at or "")
    if known is not None and known.removed:
        yield Hit("meets_at", {"end": group.meets_at})


@rule(
    code="R03",
    severity=Severity.WARNING,
    message=Text(
        "è il contatto di «{end}», che non c'è o è stato rimosso",
        "it is the contact of “{end}”, which is not there or was removed",
    ),
    why=Text(
        "Si conservano dati personali senza più un motivo.",
        "Personal data are kept though there is no reason any more.",
    ),
    fix=Text(
        "Togliere il contatto: «bencomune contact remove».",
        "Remove the contact: “bencomune contact remove”.",
    ),
    source="GDPR, art. 5(1)(e)",
    good=[{"record": "spazio-esempio"}],
    bad=[{"record": "mai-esistito"}],
)
def contact_of_a_removed_record(contact: Contact, context: Context) -> Iterator[Hit]:
    """Look for contacts that outlived their record."""
    if contact.record and _gone(contact.record, context):
        yield Hit("record", {"end": contact.record})


def _gone(id_: str, context: Context) -> bool:
    known = context.ids.get(id_)
    return known is None or known.removed
