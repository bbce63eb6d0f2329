"""T: names. How they are written, and whether they name anything."""

import re
from collections.abc import Collection, Iterator, Mapping

from ..batches import Batch
from ..contexts import Context
from ..entities import Area, Place
from ..findings import Severity
from ..folding import folded, words_of
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

_WORD = pattern(r"[^\W\d_]+")
_ACRONYMS = frozenset(
    (
        *("APS", "ODV", "ETS", "ONLUS", "ONG", "ASD", "SSD", "APSD", "SRL", "SRLS", "SPA", "SNC"),
        *("ARCI", "ACLI", "CGIL", "CISL", "UIL", "AUSER", "AVIS", "AIDO", "ADMO", "ANFFAS"),
        *("ANPI", "ANTEAS", "ADA", "AGESCI", "CNGEI", "CSV", "CAI", "FAI", "UISP", "CSI", "AICS"),
        *("ENAIP", "UNITALSI", "AISM", "AIL", "LILT", "ENPA", "LIPU", "WWF", "ANMIC", "UICI"),
        *("ANCESCAO", "CIF", "AGE", "ENS", "UNICEF", "UILDM", "AISLA", "AIPD", "ANGSA", "ABIO"),
        *("ASST", "ATS", "ASL", "ASP", "RSA", "CAG", "CRE", "GREST", "COOP", "SCS", "URP", "ARCS"),
    )
)
# Words that stand in small letters inside a name, also before an apostrophe.
_SMALL = frozenset(
    (
        *("il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "e", "ed", "o", "a", "ad", "al"),
        *("allo", "alla", "ai", "agli", "alle", "all", "da", "dal", "dallo", "dalla", "dai"),
        *("dagli", "dalle", "dall", "di", "del", "dello", "della", "dei", "degli", "delle"),
        *("dell", "in", "nel", "nello", "nella", "nei", "negli", "nelle", "nell", "su", "sul"),
        *("sullo", "sulla", "sui", "sugli", "sulle", "sull", "con", "col", "coi", "per", "tra"),
        *("fra", "non", "che", "d", "l"),
    )
)
_ORDINARY = frozenset(("san", "via", "don", "bar", "rio", "sud", "est", "ora", "noi", "due", "pio"))
_ROMAN = pattern(r"(?=[IVX]{2,})X{0,3}(?:IX|IV|V?I{0,3})")
_VOWEL = pattern(r"[AEIOUÀÈÉÌÒÙ]")
_OPENING = pattern(r"(?:^|[–—:.!?(\[«“\"]|(?:^|\s)['‘-])\s*$")
_LONG = 4  # letters of a word that may be no acronym
# What bodies and places are, which tells none of them from another.
_FORMS = frozenset(
    (
        *("associazione", "associazioni", "ass", "aps", "odv", "ets", "onlus", "ong", "asd", "ssd"),
        *("cooperativa", "coop", "sociale", "sociali", "societa", "soc", "fondazione", "comitato"),
        *("ente", "del", "terzo", "settore", "organizzazione", "di", "volontariato", "promozione"),
        *("culturale", "sportiva", "dilettantistica", "ricreativa", "gruppo", "informale"),
        *("laboratorio", "lab", "no", "profit", "non", "riconosciuta", "srl", "spa", "parrocchia"),
        *("comune", "circolo", "e", "della"),
    )
)


class _Remembered:
    """The folded names of the areas that were asked for the last time."""

    areas: Mapping[str, Area] = {}
    names: frozenset[str | None] = frozenset()


_remembered = _Remembered()


@rule(
    code="T03",
    severity=Severity.WARNING,
    message=Text("il nome è tutto in maiuscole: {name}", "the name is all in capitals: {name}"),
    why=Text(
        "Si legge peggio, sulle mappe sembra un titolo e i lettori di schermo possono dirlo lettera"
        " per lettera.",
        "It is harder to read, looks like a heading on maps, and screen readers may spell it out.",
    ),
    fix=Text(
        "Scriverlo come lo scrive l'ente; le sigle restano maiuscole.",
        "Write it as the body itself does; acronyms stay in capitals.",
    ),
    source="Accademia della Crusca, uso delle maiuscole e minuscole",
    good=[{"name": "Spazio Esempio APS"}, {"name": "ARCI ESEMPIO"}],
    bad=[{"name": "ASSOCIAZIONE DI VIA ESEMPIO APS"}],
    mend=Mend.UNSAFE,
    needs=("name",),
    quiet=lambda batch, _: not any(map(str.isupper, filter(None, batch.column("name")))),
)
def name_in_capitals(place: Place) -> Iterator[Hit]:
    """Look for names of two or more ordinary words, none of which has a small letter."""
    name = place.name
    if name and name.isupper():
        ordinary = [word for word in _WORD.findall(name) if _is_ordinary(word)]
        if len(ordinary) > 1:
            yield Hit("name", {"name": name}, mend={"name": _WORD.sub(_titled, name)})


def _is_ordinary(word: str) -> bool:
    return len(word) >= _LONG and word.lower() not in _SMALL and not _stays(word)


def _stays(word: str) -> bool:
    """Tell whether a word is surely an acronym or a number."""
    roman = _ROMAN.fullmatch(word) is not None
    return word in _ACRONYMS or roman or not _VOWEL.search(word)


def _titled(word: re.Match[str]) -> str:
    """Return a word of a name in capitals as Italian names write it."""
    said, text = word[0], word.string
    after, dotted = text[word.end() :], text[word.end() : word.end() + 1] == "."
    elided = after[:1] in {"'", "’"} and after[1:2].isalpha()
    if len(said) == 1 and not elided and (dotted or not after):
        return said  # an initial, "Sezione A"
    if said.lower() in _SMALL and (elided or said not in {"D", "L"}):
        return said.capitalize() if _OPENING.search(text[: word.start()]) else said.lower()
    unknown = len(said) < _LONG and not elided and said.lower() not in _ORDINARY
    return said if unknown or _stays(said) else said.capitalize()


@rule(
    code="T04",
    severity=Severity.NOTE,
    message=Text(
        "il nome è solo quello di un territorio: {name}",
        "the name is only that of a territory: {name}",
    ),
    why=Text(
        "In un elenco non si distingue dal Comune o dal quartiere, né dagli altri che vi hanno"
        " sede.",
        "In a list it cannot be told from the municipality or neighbourhood, nor from others that"
        " are there.",
    ),
    fix=Text(
        "Scrivere il nome intero: «Laboratorio sociale …», «Comune di …».",
        "Write the whole name: “Laboratorio sociale …”, “Comune di …”.",
    ),
    source="schema.org, name",
    good=[{"name": "Laboratorio Centro Esempio"}],
    bad=[{"name": "Centro Esempio"}, {"name": "comune esempio"}],
    needs=("name",),
    quiet=lambda batch, context: _area_names(context).isdisjoint(map(folded, batch.column("name"))),
)
def name_of_a_territory(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the name with those of the areas, without case and accents."""
    if place.name and folded(place.name) in _area_names(context):
        yield Hit("name", {"name": place.name})


def _area_names(context: Context) -> frozenset[str | None]:
    if _remembered.areas is not context.areas:
        _remembered.areas = context.areas
        _remembered.names = frozenset(folded(area.name) for area in context.areas.values())
    return _remembered.names


def _begins_as_a_form(batch: Batch, _context: Context) -> Collection[int]:
    """Return the places of names that begin with a word for a form: many begin alike."""
    first = [(name or "").split(None, 1)[:1] for name in batch.column("name")]
    forms = {word for word in {word for words in first for word in words} if _only_forms(word)}
    return {place for place, words in enumerate(first) if not forms.isdisjoint(words)}


@rule(
    code="T05",
    severity=Severity.WARNING,
    message=Text(
        "il nome dice solo che cosa è, e non quale: {name}",
        "the name tells only what it is, and not which: {name}",
    ),
    why=Text(
        "Con questo nome nessuno lo trova, e molti altri si chiamano così.",
        "Nobody finds it by this name, and many others are called the same.",
    ),
    fix=Text(
        "Aggiungere il nome proprio; la forma giuridica ha una colonna sua.",
        "Add the proper name; the legal form has a column of its own.",
    ),
    source="schema.org, name; d.lgs. 117/2017, art. 12",
    good=[{"name": "Associazione Esempio APS"}, {"name": "Spazio Q"}],
    bad=[{"name": "Associazione di promozione sociale"}, {"name": "A.P.S."}],
    needs=("name",),
    suspects=_begins_as_a_form,
)
def name_of_a_form(place: Place) -> Iterator[Hit]:
    """Look for names that are made of words for kinds and forms only."""
    if place.name and _only_forms(place.name) and any(map(words_of, place.name.split())):
        yield Hit("name", {"name": place.name})


def _only_forms(name: str) -> bool:
    """Tell whether there is no word but for kinds and forms in a name."""
    words = (word for part in name.replace(".", "").split() for word in words_of(part))
    return _FORMS.issuperset(words)
