"""A: records that may be the same."""

from collections.abc import Iterator

from ...findings import Severity
from ...overviews import Overview
from ...words import Text
from .. import Hit, rule

_ONE = {"id": "spazio-esempio", "name": "Spazio Esempio", "municipality": "000001"}
_SECTION = {"id": "spazio-esempio-2", "municipality": "000001", "phone": "+390382000000"}


@rule(
    code="A01",
    severity=Severity.WARNING,
    message=Text(
        "forse è lo stesso record di «{id}» ({name}): {reason}",
        "perhaps it is the same record as “{id}” ({name}): {reason}",
    ),
    why=Text(
        "Chi cerca trova due volte lo stesso luogo o ente, e le correzioni arrivano a uno solo.",
        "Anyone who searches finds the same place or body twice, and corrections reach only one of"
        " them.",
    ),
    fix=Text(
        "Se è lo stesso, unirli con «bencomune merge»; se non lo è, dirlo una volta con «bencomune"
        " distinct». «bencomune duplicates» elenca le coppie.",
        "If they are the same, unite them with “bencomune merge”; if they are not, say so once"
        " with “bencomune distinct”. “bencomune duplicates” lists the pairs.",
    ),
    source="I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage, 1969",
    good=[
        {**_ONE, "name": "Scuola Esempio 1", "phone": "+390382000000"},
        {**_SECTION, "name": "Scuola Esempio 2"},
    ],
    bad=[_ONE, {**_ONE, "id": "spazio-esempio-2", "name": "Spazio «Esempi»"}],
)
def likely_duplicate(overview: Overview) -> Iterator[Hit]:
    """Compare what shares a rare word, a value or a place; the younger record is told."""
    from ...twins import pairs

    for pair in pairs(overview):
        told = {"id": pair.one.id, "name": pair.one.name, "reason": pair.reason}
        yield Hit("name", told, record=pair.other)
