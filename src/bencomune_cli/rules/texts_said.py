"""T: texts that say nothing, or what another column says already."""

import re
from collections.abc import Collection, Iterator

from ..batches import Batch
from ..contexts import Context
from ..declare import Record, per_entity
from ..entities import Place
from ..findings import Severity
from ..folding import folded
from ..free_texts import without
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

_PLACEHOLDERS = frozenset(
    (
        *("nd", "tbd", "todo", "null", "none", "nan", "undefined", "qwerty", "placeholder"),
        *("da definire", "da completare", "da compilare", "da inserire"),
        *("to be defined", "to be completed"),
        *(
            f"{what}{lacking}"
            for what in ("", "dato ", "testo ")
            for lacking in ("non disponibile", "non pervenuto", "mancante")
        ),
    )
)
_LIKE_ONE = pattern(
    r"n[./][dacp]\.?|#(?:n/[ad]|(?:rif|ref|valore|value|nome|name|div/0)[!?])|x{3,}"
    r"|(?:test|prova)[0-9]*|lorem ipsum.*|asdf+"
)
_SIGNS = "-–—_.…*?"  # of which a text in place of another is made
_FIRST_LETTERS = "|".join(sorted({each[:2] for each in _PLACEHOLDERS}))
_BEGINNING = pattern(
    rf"[ ()\[\]<>\"]*(?:[{_SIGNS}#]|n[./]|xx|te|pr|lo|as|{_FIRST_LETTERS})", re.IGNORECASE
)
_LONG = 40  # letters; only lorem ipsum goes on


@per_entity
def _columns(entity: type[Record]) -> list[tuple[str, bool]]:
    """Return the columns of free text, published or not, and whether each holds several."""
    return [
        (column.name, column.many)
        for column in entity.columns
        if column.free and not column.automatic
    ]


def _none_is_one(batch: Batch, _context: Context) -> bool:
    """Tell that no text is nothing else; most do not begin as one, which is seen at once."""
    texts = {*batch.values(_columns(batch.entity))}
    return not any(map(_is_one, filter(_BEGINNING.match, texts)))


@rule(
    code="T15",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» sta al posto di un testo che manca",
        "“{value}” stands in place of a text that is missing",
    ),
    why=Text(
        "Chi legge lo prende per vero, e il dato mancante non risulta mancante.",
        "Readers take it for true, and what is missing does not show as missing.",
    ),
    fix=Text(
        "Scrivere il testo vero, o lasciare vuoto: «bencomune edit … colonna=».",
        "Write the true text, or leave it empty: “bencomune edit … column=”.",
    ),
    source="W3C, Metadata Vocabulary for Tabular Data (null)",
    good=[{"name": "Prova d'orchestra", "number": "snc"}, {}],
    bad=[{"name": "Spazio", "summary": "n/d"}, {"name": "Test"}, {"street": "da definire"}],
    mend=Mend.UNSAFE,
    quiet=_none_is_one,
)
def placeholder(record: Record) -> Iterator[Hit]:
    """Look for texts that are nothing else; what need not be there is emptied."""
    held = record.__dict__
    for name, many in _columns(type(record)):
        told = held[name]
        for value in told if many else (told,):
            if value and _is_one(value):
                mend = {} if record.column(name).required else without(record, name, value)
                yield Hit(name, {"value": value}, mend=mend)


def _is_one(text: str) -> bool:
    if len(text) > _LONG:
        return text[:11].lower() == "lorem ipsum"
    bare = text.lower().strip(' ()[]<>"')
    if bare in _PLACEHOLDERS or (bare and not bare.strip(_SIGNS)):
        return True
    return _LIKE_ONE.fullmatch(bare) is not None


def _as_long_as_each_other(batch: Batch, _context: Context) -> Collection[int]:
    """Return the places of those of which two texts are about as long."""
    columns = (map(len, _texts(batch, name)) for name in ("description", "summary", "name"))
    told = enumerate(zip(*columns, strict=True))
    return {
        place
        for place, (description, summary, name) in told
        if abs(description - summary) <= 1
        or abs(description - name) <= 1
        or abs(summary - name) <= 1
    }


def _texts(batch: Batch, name: str) -> Iterator[str]:
    return (text or "" for text in batch.column(name))


@rule(
    code="T16",
    severity=Severity.NOTE,
    message=Text("ripete il testo di «{other}»", "it repeats the text of “{other}”"),
    why=Text(
        "Sulla mappa e nel sito lo stesso testo compare due volte.",
        "On the map and the site the same text appears twice.",
    ),
    fix=Text(
        "Lasciare vuota la colonna, o scrivere di più: che cosa vi si fa, e per chi.",
        "Leave the column empty, or write more: what is done there, and for whom.",
    ),
    source="Open Referral, HSDS 3 (service.description)",
    good=[{"name": "Spazio Esempio", "summary": "Un luogo.", "description": "Un luogo. Aperto."}],
    bad=[
        {"name": "Spazio", "summary": "Un luogo.", "description": "un luogo"},
        {"name": "Spazio Esempio", "summary": "Spazio Esempio"},
    ],
    mend=Mend.UNSAFE,
    about=("name", "summary"),
    needs=(
        "description",
        "summary",
    ),
    suspects=_as_long_as_each_other,
)
def text_said_twice(place: Place) -> Iterator[Hit]:
    """Compare description, summary and name, without case, accents and the last full stop."""
    if place.description and len(place.description) <= _LONGEST_SUMMARY:
        for other in ("summary", "name"):
            if _same(place.description, getattr(place, other)):
                told = {"other": type(place).column(other).label}
                yield Hit("description", told, mend={"description": ""})
                break
    if place.summary and _same(place.summary, place.name):
        yield Hit("summary", {"other": type(place).column("name").label}, mend={"summary": ""})


_LONGEST_SUMMARY = 301  # characters of a summary or a name, with a full stop


def _same(one: str, other: str | None) -> bool:
    if not other or abs(len(one) - len(other)) > 1:
        return False
    return (folded(one) or "").rstrip(" .") == (folded(other) or "").rstrip(" .")
