"""An address that stands in one text, as Italians write it, taken apart.

"Via Roma 12/A, 27100 Pavia (PV)" is a street, a number, a postcode, a municipality and a province.
What is not understood stays in the street: nothing is lost.
"""

import re
from typing import NamedTuple

# The kinds of street that addresses begin with most often, and how offices shorten them.
_KINDS = (
    r"via|v\.|viale|v\.?le|vicolo|vic\.|piazza|p\.?(?:zz)?a|piazzale|p\.?le|piazzetta|corso|c\.?so|"
    r"largo|l\.?go|strada|str\.|contrada|c\.?da|vocabolo|localit[aà]'?|loc\.|frazione|fraz\.|borgo|"
    r"lungo[a-z]+|galleria|salita|rampa|calle|campo|fondamenta|riva|rione|traversa|cascina|passo|"
    r"circonvallazione|alzaia|bastioni|foro|parco|villaggio|quartiere|regione|s\.?s\.|s\.?p\."
)
_STREET = re.compile(rf"(?:{_KINDS})(?![a-z])", re.IGNORECASE)
_NUMBER = (
    r"(?:n\.?\s?[°ºr.]?\s*|civ\.?\s*)?"
    r"(?P<number>s\.?n\.?c\.?|[0-9]{1,4}(?:\s?[/-]?\s?[a-z](?![a-z])|\s?/\s?[0-9]{1,3})?"
    r"(?:\s?(?:bis|ter))?(?:\s?[/-]\s?[0-9]{1,4}[a-z]?)?)"
)
_TOWN = re.compile(
    r"[\s,;-]*(?:(?:I-)?(?P<postcode>[0-9]{5})[\s,;-]+)?"
    r"(?P<town>[^\d,;()]{2,60}?)?"
    r"(?:[\s,;-]*(?:\((?P<province>[A-Za-z]{2})\)|[\s,;-](?P<bare>[A-Z]{2})))?[\s.]*",
)
_TAIL = re.compile(rf"(?P<street>.*[^\W\d_].*?)[\s,;]+{_NUMBER}", re.IGNORECASE)
_NUMBER_SIGN = re.compile(r"[\s,]+(?:n|nr|num|civ)\.?\s?[°º]?$", re.IGNORECASE)
_DOOR = re.compile(
    r"(?P<street>.*?[^\W\d_].*?)[\s,]+(?P<number>[0-9]{1,4}(?:\s?/?\s?[a-z])?)[\s,]+"
    r"(?P<door>(?:int|interno|sc|scala|p|piano)\.?)",
    re.IGNORECASE,
)
_ROAD = re.compile(r"(?:provinciale|statale|s\.?p\.?|s\.?s\.?|km\.?)$", re.IGNORECASE)
_COUNTRY = re.compile(r"[\s,;-]+(?:Italia|Italy)$", re.IGNORECASE)
_POSTCODE = re.compile(r"(?<![0-9])(?:I-)?([0-9]{5})(?![0-9])")
LONGEST = 300  # characters of an address; a longer text is none


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
    if found := _POSTCODE.search(plain):
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
