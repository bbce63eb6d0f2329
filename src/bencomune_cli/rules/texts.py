"""T: texts that the programs which show them would not show as they are written."""

import re
from collections.abc import Iterator

from ..declare import Record
from ..findings import Severity
from ..kinds.texts import Geometry, Line
from ..words import Text
from . import Hit, rule, values_of

_MAP_SIGNS = re.compile(r"\{\{|\[\[")
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)


@rule(
    code="T01",
    severity=Severity.ERROR,
    message=Text(
        "contiene «{signs}», che uMap legge come un comando",
        "it holds “{signs}”, which uMap reads as a command",
    ),
    why=Text(
        "In uMap {{ }} incorpora immagini e pagine di altri siti, [[ ]] crea collegamenti.",
        "In uMap {{ }} embeds pictures and pages of other sites, [[ ]] makes links.",
    ),
    fix=Text(
        "Togliere le parentesi doppie; gli indirizzi vanno nelle loro colonne.",
        "Remove the double brackets; addresses belong in their own columns.",
    ),
    source="docs.umap-project.org",
    good=[{"description": "Aperto a tutti [anche d'estate]."}],
    bad=[
        {"description": "{{{https://example.org}}}"},
        {"summary": "[[https://example.org|Comune]]"},
    ],
)
def map_markup(record: Record) -> Iterator[Hit]:
    """Look for the signs of uMap's mark-up."""
    for name, value in _texts(record):
        if ("{{" in value or "[[" in value) and (found := _MAP_SIGNS.search(value)):
            yield Hit(name, {"signs": found[0]})


@rule(
    code="T02",
    severity=Severity.ERROR,
    message=Text("contiene HTML: {tag}", "it holds HTML: {tag}"),
    why=Text(
        "I testi si pubblicano come testo semplice: chi li mostra come HTML eseguirebbe i comandi.",
        "Texts are published as plain text: who shows them as HTML would run what it commands.",
    ),
    fix=Text("Riscriverlo come testo semplice.", "Write it as plain text."),
    source="HTML Living Standard; OWASP, Cross Site Scripting",
    good=[{"description": "Per bambini < 6 anni e genitori > 18."}],
    bad=[{"description": "<b>Aperto</b>"}, {"summary": "<script>alert(1)</script>"}],
)
def html_in_text(record: Record) -> Iterator[Hit]:
    """Look for tags."""
    for name, value in _texts(record):
        if "<" in value and (found := _TAG.search(value)):
            yield Hit(name, {"tag": found[0]})


def _texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the free texts; a boundary has double brackets by right."""
    return values_of(record, Line, but=Geometry)
