"""An address that stands in one text, as Italians write it, taken apart.

"Via Roma 12/A, 27100 Pavia (PV)" is a street, a number, a postcode, a municipality and a province.
What is not understood stays in the street: nothing is lost.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .folding import words_of
from .patterns import pattern

# The kinds of street that addresses begin with most often, and how offices shorten them.
_KINDS = (
    r"via|v\.|viale|v\.?le|vicolo|vic\.|piazza|p\.?(?:zz)?a|piazzale|p\.?le|piazzetta|corso|c\.?so|"
    r"largo|l\.?go|strada|str\.|contrada|c\.?da|vocabolo|localit[aà]'?|loc\.|frazione|fraz\.|borgo|"
    r"lungo[a-z]+|galleria|salita|rampa|calle|campo|fondamenta|riva|rione|traversa|cascina|passo|"
    r"circonvallazione|alzaia|bastioni|foro|parco|villaggio|quartiere|regione|s\.?s\.|s\.?p\."
)
_WHOLE_KINDS = frozenset(each for each in _KINDS.split("|") if each.isalpha())
_STREET = pattern(rf"(?:{_KINDS})(?![a-z])", re.IGNORECASE)
_NUMBER = (
    r"(?:n\.?\s?[°ºr.]?\s*|civ\.?\s*)?"
    r"(?P<number>s\.?n\.?c\.?|[0-9]{1,4}(?:\s?[/-]?\s?[a-z](?![a-z])|\s?/\s?[0-9]{1,3})?"
    r"(?:\s?(?:bis|ter))?(?:\s?[/-]\s?[0-9]{1,4}[a-z]?)?)"
)
_TOWN = pattern(
    r"[\s,;-]*(?:(?:I-)?(?P<postcode>[0-9]{5})[\s,;-]+)?"
    r"(?P<town>[^\d,;()]{2,60}?)?"
    r"(?:[\s,;-]*(?:\((?P<province>[A-Za-z]{2})\)|[\s,;-](?P<bare>[A-Z]{2})))?[\s.]*",
)
_TAIL = pattern(rf"(?P<street>.*[^\W\d_].*?)[\s,;]+{_NUMBER}", re.IGNORECASE)
_NUMBER_SIGN = pattern(r"[\s,]+(?:n|nr|num|civ)\.?\s?[°º]?$", re.IGNORECASE)
_DOOR = pattern(
    r"(?P<street>.*?[^\W\d_].*?)[\s,]+(?P<number>[0-9]{1,4}(?:\s?/?\s?[a-z])?)[\s,]+"
    r"(?P<door>(?:int|interno|sc|scala|p|piano)\.?)",
    re.IGNORECASE,
)
_ROAD = pattern(r"(?:provinciale|statale|s\.?p\.?|s\.?s\.?|km\.?)$", re.IGNORECASE)
_COUNTRY = pattern(r"[\s,;-]+(?:Italia|Italy)$", re.IGNORECASE)
POSTCODE = pattern("[0-9]{5}")
_POSTCODE_WITHIN = pattern(rf"(?<![0-9])(?:I-)?({POSTCODE.pattern})(?![0-9])")
# Further kinds, as folded words: of regions, of small places, of Italy's other languages; and what
# stands in place of one.
_MORE_KINDS = frozenset(
    (
        *("androna", "area", "archivolto", "arco", "autostrada", "bastione", "bivio", "borgata"),
        *("carraia", "carrera", "carraro", "carrobbio", "castello", "ca", "case", "casa", "casale"),
        *("centro", "chiasso", "chiostro", "circolo", "clivo", "colle", "complesso", "contra"),
        *("corsia", "corte", "cortile", "costa", "costarella", "crosa", "cupa", "diramazione"),
        *("discesa", "edificio", "erta", "fattoria", "fermata", "giardini", "giardino", "giro"),
        *("gradini", "gradinata", "insula", "interno", "interrato", "isola", "isolato", "lido"),
        *(
            "lotto",
            "lungarno",
            "lungadige",
            "lungargine",
            "masseria",
            "maso",
            "mercato",
            "molo",
            "monte",
            "mura",
            "nucleo",
            "palazzo",
        ),
        *("pallonetto", "pendio", "pendino", "piaggia", "piano", "piazzetta", "piscina", "podere"),
        *("poggio", "ponte", "porta", "porticato", "portici", "portico", "porto", "prato"),
        *("prolungamento", "raccordo", "ramo", "recinto", "residenza", "rettifilo", "rio", "ripa"),
        *("riviera", "ronco", "rotonda", "rua", "ruga", "salizada", "scala", "scale", "scalinata"),
        *("scesa", "sdrucciolo", "sentiero", "sestiere", "sottoportego", "spiaggia", "spiazzo"),
        *("stabile", "stazione", "stra", "stradale", "stradella", "stradello", "stradone"),
        *("stretta", "stretto", "superstrada", "supportico", "tangenziale", "tratturo", "trazzera"),
        *("trivio", "tronco", "valle", "viadotto", "vicinale", "vico", "vie", "villa", "viottolo"),
        *("viuzza", "voltone", "zona", "slargo", "scalo", "polo", "ospedale", "snc", "presso"),
        *("rue", "place", "avenue", "chemin", "route", "hameau", "boulevard", "ruelle", "impasse"),
        *("ulica", "trg", "cesta", "pot", "nabrezje", "naselje", "bia", "pratza", "camminu"),
        *("streda", "plaza", "plaz", "troi", "borc", "strade", "riul", "gurize", "am", "an", "im"),
    )
)
_GERMAN = (
    *("strasse", "weg", "platz", "gasse", "allee", "ring", "steig", "ufer", "promenade", "graben"),
    *("siedlung", "hof", "park", "brucke", "damm", "markt", "lauben", "zone"),
)
LONGEST = 300  # characters of an address; a longer text is none
_WRITTEN_OUT = {
    "v": "via",
    "vle": "viale",
    "vic": "vicolo",
    "pza": "piazza",
    "pzza": "piazza",
    "ple": "piazzale",
    "ptta": "piazzetta",
    "cso": "corso",
    "lgo": "largo",
    "str": "strada",
    "cda": "contrada",
    "loc": "localita",
    "fraz": "frazione",
}


class Address(NamedTuple):
    """The parts of an address; empty where the text does not tell them."""

    street: str = ""
    number: str = ""
    postcode: str = ""
    town: str = ""
    province: str = ""


def taken_apart(text: str) -> Address:
    """Return the parts of an address; what is not understood is left in the street."""
    if len(text) > LONGEST:
        return Address(street=text)
    plain = _COUNTRY.sub("", re.sub(r"\s+", " ", text).strip(" ,;"))
    head, rest = plain, ""
    if found := _POSTCODE_WITHIN.search(plain):
        head, rest = plain[: found.start()].strip(" ,;-"), plain[found.start() :]
        if not head:  # 27100 Pavia, Via Roma 1
            return _town_first(plain) or Address(street=plain)
        return _street(head)._replace(**_town(rest)) if _town(rest) else Address(street=plain)
    parts = [part.strip() for part in re.split(r"\s*[,;]\s*|\s+-\s+", plain) if part.strip()]
    if len(parts) > 1 and not re.match(rf"{_NUMBER}$", parts[-1], re.IGNORECASE):
        town = _town(parts[-1])
        if town and _STREET.match(parts[0]) and not _STREET.match(parts[-1]):
            return _street(", ".join(parts[:-1]))._replace(**town)
    return _street(plain)


def tells_its_kind(street: str) -> bool:
    """Tell whether a street says what it is: via, piazza, località, -straße, ulica, rue.

    One word of a kind anywhere will do: "Prima traversa", "Roma (via)".
    """
    if street.partition(" ")[0].lower() in _WHOLE_KINDS or _STREET.match(street):
        return True
    return any(
        word in _MORE_KINDS or _STREET.fullmatch(word) or word.endswith(_GERMAN)
        for word in words_of(street)
    )


@lru_cache(maxsize=4_096)  # streets come again and again
def same_street(text: str) -> str:
    """Return what two writings of a street share: its kind written out, and its last word.

    "V.le G. Garibaldi" and "viale Giuseppe Garibaldi" are "viale garibaldi".
    """
    head, _, rest = text.strip().partition(" ")
    kind, dot, stuck = head.partition(".")
    whole = "".join(words_of(head))
    if whole not in _WRITTEN_OUT and dot and "".join(words_of(kind)) in _WRITTEN_OUT:
        whole, rest = "".join(words_of(kind)), f"{stuck} {rest}"  # V.Roma
    words = words_of(rest)
    return f"{_WRITTEN_OUT.get(whole, whole)} {words[-1]}" if words else whole


def _street(text: str) -> Address:
    """Return the street and the number of a text that names no town."""
    found = _TAIL.fullmatch(text)
    if not found or _ROAD.search(found["street"].strip(" ,;")):
        return Address(street=text)
    street, number = found["street"].strip(" ,;"), re.sub(r"\s+", " ", found["number"])
    if door := _DOOR.fullmatch(street):
        street, number = door["street"], f"{door['number']} {door['door']} {number}"
    return Address(_NUMBER_SIGN.sub("", street).strip(" ,;"), number)


def _town(text: str) -> dict[str, str]:
    found = _TOWN.fullmatch(text.strip())
    if not found:
        return {}
    told = {
        "postcode": found["postcode"] or "",
        "town": (found["town"] or "").strip(" -"),
        "province": (found["province"] or found["bare"] or "").upper(),
    }
    return {name: value for name, value in told.items() if value}


def _town_first(text: str) -> Address | None:
    """Read "27100 Pavia (PV), Via Roma 1"."""
    head, comma, rest = text.partition(",")
    town = _town(head)
    if not (comma and town and _STREET.match(rest.strip())):
        return None
    return _street(rest.strip())._replace(**town)
