"""P: addresses: streets, numbers, the codes of municipalities."""

import re
from collections.abc import Iterator

from ..addresses import taken_apart, tells_its_kind
from ..contexts import Context
from ..declare import Record, per_entity
from ..entities import Place
from ..entities.shared import ISTAT_CODE
from ..findings import Severity
from ..folding import words_of
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

PROVINCES = range(1, 120)  # with those of Sardinia before and since 2026, 112 to 119
MADE_UP = "000"  # the province of examples
VENICE = "027042"  # whose addresses are a sestiere and a number
YEARS = range(1_000, 2_100)

# What numbers belong to rather than to a door: "Traversa 3", "Zona industriale 2".
_NUMBERED = frozenset(
    (
        *("via", "viale", "strada", "traversa", "vicolo", "lotto", "isolato", "interno", "settore"),
        *("zona", "area", "comparto", "industriale", "artigianale", "provinciale", "statale"),
        *("comunale", "regionale", "vicinale", "privata", "consortile", "quartiere", "rione"),
        *("corte", "cortile", "sezione", "padiglione", "palazzina", "edificio", "scala", "sp"),
        *("ss", "sr", "sc", "autostrada", "raccordo", "tangenziale", "corso", "largo", "piazza"),
        *("peep", "pip", "ex", "nuova", "vecchia", "prolungamento", "ramo", "apollo"),
    )
)
# Popes and kings: "Vittorio Emanuele 2", but "San Carlo 2" is a door.
_RULERS = frozenset(
    (
        *("emanuele", "umberto", "pio", "leone", "federico", "giovanni", "paolo", "clemente"),
        *("sisto", "gregorio", "benedetto", "amedeo", "urbano", "innocenzo", "bonifacio"),
        *("felice", "filiberto", "ferdinando", "carlo"),
    )
)
_SAINT = frozenset({"san", "santo", "s"})
_MOST_RULERS = 25
_MAY_HOLD_A_NUMBER = pattern(r"[0-9]|\bs\.?n\.?c\b", re.IGNORECASE)


@per_entity
def _codes(entity: type[Record]) -> list[tuple[str, bool]]:
    """Return the columns of an entity that hold codes of municipalities, and whether several."""
    return [(each.name, each.many) for each in entity.columns if each.item is ISTAT_CODE]


@rule(
    code="P20",
    severity=Severity.WARNING,
    message=Text(
        "{value} non è il codice di un Comune: nessuna provincia ha il codice {province}",
        "{value} is not a municipality's code: no province has the code {province}",
    ),
    why=Text(
        "Chi unisce i dati a quelli dell'ISTAT non trova il Comune.",
        "Anyone who joins the data with those of ISTAT does not find the municipality.",
    ),
    fix=Text(
        "Cercare il codice di sei cifre nell'elenco dei Comuni dell'ISTAT.",
        "Look up the six-digit code in ISTAT's list of municipalities.",
    ),
    source="ISTAT, Codici statistici delle unità amministrative territoriali",
    good=[{"municipality": "018110"}, {"municipality": "113001"}, {}],
    bad=[{"municipality": "201272"}, {"municipality": "127100"}],
    quiet=lambda batch, _: not any(map(_is_of_none, {*batch.values(_codes(batch.entity))})),
)
def province_that_does_not_exist(record: Record) -> Iterator[Hit]:
    """Look at the first three digits of the codes of municipalities."""
    for name, many in _codes(type(record)):
        value = getattr(record, name)
        for code in (value if many else (value,)) if value else ():
            if _is_of_none(code):
                yield Hit(name, {"value": code, "province": code[:3]})


def _is_of_none(code: str) -> bool:
    """Tell whether a code of a municipality is of no province; of another code, nothing is told."""
    if code[:3] == MADE_UP or len(code) != ISTAT_CODE.longest or not code.isdecimal():
        return False
    return int(code[:3]) not in PROVINCES


@rule(
    code="P21",
    severity=Severity.NOTE,
    message=Text(
        "il Comune {value} non è tra quelli caricati della sua provincia",
        "the municipality {value} is not among those of its province that are loaded",
    ),
    why=Text(
        "Se il codice è giusto, il nome del Comune manca dalle esportazioni; se no, è un altro"
        " Comune.",
        "If the code is right, the exports lack the municipality's name; if it is not, this is"
        " another municipality.",
    ),
    fix=Text(
        "Controllare il codice, o caricare il Comune con «bencomune area load».",
        "Check the code, or load the municipality with “bencomune area load”.",
    ),
    source="ISTAT, Codici statistici delle unità amministrative territoriali",
    good=[{"municipality": "000001"}, {"municipality": "018110"}, {}],
    bad=[{"municipality": "000999"}],
    needs=("municipality",),
    sees=("municipality",),
)
def municipality_not_loaded(place: Place, context: Context) -> Iterator[Hit]:
    """Look for codes that are not loaded, where others of their province are."""
    code = place.municipality
    if not code or code in context.by_code or code[:3] not in context.provinces:
        return
    yield Hit("municipality", {"value": code})


@rule(
    code="P22",
    severity=Severity.NOTE,
    message=Text(
        "«{value}» non dice se è una via, una piazza o altro",
        "“{value}” does not say whether it is a street, a square or something else",
    ),
    why=Text(
        "Via Roma e piazza Roma sono due luoghi; chi cerca su una mappa ha bisogno di entrambe le"
        " parole.",
        "Via Roma and piazza Roma are two places; anyone who searches on a map needs both words.",
    ),
    fix=Text("Scriverlo per intero: via Roma.", "Write it in full: via Roma."),
    source="ANNCSU, denominazione urbanistica generica",
    good=[
        {"street": "via Roma"},
        {"street": "Località Esempio"},
        {"street": "Sparkassenstraße"},
        {"street": "Slovenska ulica"},
        {},
    ],
    bad=[{"street": "Roma"}, {"street": "Garibaldi Giuseppe"}],
    about=("municipality",),
    needs=("street",),
    sees=("street", "municipality"),
)
def street_without_kind(place: Place) -> Iterator[Hit]:
    """Look for a kind of street among the words; in Venice addresses have none."""
    street = place.street
    if street and place.municipality != VENICE and not tells_its_kind(street):
        yield Hit("street", {"value": street})


@rule(
    code="P23",
    severity=Severity.WARNING,
    message=Text(
        "il civico «{number}» è scritto nella via: «{value}»",
        "the house number “{number}” is written in the street: “{value}”",
    ),
    why=Text(
        "Chi cerca per via trova una via che non esiste, e i doppioni non si riconoscono.",
        "Anyone who searches by street finds one that does not exist, and duplicates go unnoticed.",
    ),
    fix=Text(
        "Dividerli: --street «via Roma» --number 12; «bencomune check --unsafe-fixes» lo fa.",
        "Split them: --street “via Roma” --number 12; “bencomune check --unsafe-fixes” does it.",
    ),
    source="CLV-AP_IT, streetNumber",
    good=[
        {"street": "via 4 Novembre"},
        {"street": "piazza 1° Maggio"},
        {"street": "via XX Settembre"},
        {"street": "strada provinciale 12"},
        {"street": "via Roma", "number": "12"},
    ],
    bad=[{"street": "via Roma 12"}, {"street": "via Esempio, 3/A, 27100 Comune Esempio (PV)"}],
    mend=Mend.UNSAFE,
    about=("number",),
    needs=("street",),
    quiet=lambda batch, _: all(batch.column("number")),
)
def number_in_the_street(place: Place, context: Context) -> Iterator[Hit]:
    """Take the street apart, and leave out numbers that are part of its name."""
    street = place.street
    if not street or place.number or not _MAY_HOLD_A_NUMBER.search(street):
        return
    parts = taken_apart(street)
    if not parts.number or _is_of_the_name(street, parts.street, parts.number):
        return
    own = context.by_code.get(place.municipality or "")
    same = own is not None and words_of(parts.town) == words_of(own.name)
    mend = {"street": parts.street, "number": parts.number}
    if parts.postcode and not place.postcode:
        mend["postcode"] = parts.postcode
    kept = (same or not parts.town) and parts.postcode in {"", place.postcode or parts.postcode}
    told = {"value": street, "number": parts.number}
    yield Hit("street", told, mend=mend if kept else {})


def _is_of_the_name(text: str, street: str, number: str) -> bool:
    """Tell whether a number without a comma before it is likelier part of a street's name."""
    if re.search(rf"[,;]\s*(?:n\W*)?{re.escape(number)}", text):
        return False
    words = words_of(street)
    if not number.isdecimal() or not words:
        return False
    if int(number) in YEARS or all(word in _NUMBERED or word.isdecimal() for word in words):
        return True
    before = words[-2] if len(words) > 1 else ""
    return words[-1] in _RULERS and int(number) <= _MOST_RULERS and before not in _SAINT
