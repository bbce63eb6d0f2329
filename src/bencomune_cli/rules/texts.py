"""T: texts that the programs which show them would not show as they are written."""

import re
from collections.abc import Iterable, Iterator

from ..batches import none_with
from ..declare import Record
from ..findings import Severity
from ..free_texts import rewritten
from ..kinds.texts import Geometry, Line
from ..patterns import pattern
from ..record_values import values_of, written
from ..words import Text
from . import Hit, Mend, rule

_MAP_SIGNS = pattern(r"\{\{|\[\[")
# A link, with the text that is shown for it or without; a picture or page, with its size.
_LINK = pattern(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]*))?\]\]")
_EMBEDDED = pattern(r"\{{2,3}([^{}|]+)(?:\|[^{}]*)?\}{2,3}")
_TAG = pattern(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)


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
    mend=Mend.UNSAFE,
    quiet=none_with(Line, "{{", "[[", but=Geometry),
)
def map_markup(record: Record) -> Iterator[Hit]:
    """Look for the signs of uMap's mark-up."""
    whole = written(record, Line, but=Geometry)
    if not ("{{" in whole or "[[" in whole):
        return
    for name, value in _texts(record):
        if found := _MAP_SIGNS.search(value):
            plain = _EMBEDDED.sub(r"\1", _LINK.sub(_link_in_words, value))
            plain = "" if _MAP_SIGNS.search(plain) else plain
            yield Hit(name, {"signs": found[0]}, mend=rewritten(record, name, value, plain))


@rule(
    code="T02",
    severity=Severity.ERROR,
    message=Text("contiene HTML: {tag}", "it holds HTML: {tag}"),
    why=Text(
        "I testi si pubblicano come testo semplice: un programma che li mostra come HTML ne"
        " eseguirebbe i comandi.",
        "Texts are published as plain text: a program that shows them as HTML would run its"
        " commands.",
    ),
    fix=Text("Riscriverlo come testo semplice.", "Rewrite it as plain text."),
    source="HTML Living Standard; OWASP, Cross Site Scripting",
    good=[{"description": "Per bambini < 6 anni e genitori > 18."}],
    bad=[{"description": "<b>Aperto</b>"}, {"summary": "<script>alert(1)</script>"}],
    mend=Mend.UNSAFE,
    quiet=none_with(Line, "<", but=Geometry),
)
def html_in_text(record: Record) -> Iterator[Hit]:
    """Look for tags."""
    if "<" not in written(record, Line, but=Geometry):
        return
    from .. import html_text

    for name, value in _texts(record):
        if found := _TAG.search(value):
            plain = html_text.plain(value)[0]
            plain = "" if _TAG.search(plain) else plain
            yield Hit(name, {"tag": found[0]}, mend=rewritten(record, name, value, plain))


def _texts(record: Record) -> Iterable[tuple[str, str]]:
    """Return the free texts; a boundary has double brackets by right."""
    return values_of(record, Line, but=Geometry)


def _link_in_words(link: re.Match[str]) -> str:
    return f"{link[2]} ({link[1]})" if link[2] else link[1]
