"""What speaks for two records being the same, and against it: how likely, from 0 to 1, and why.

One thing alone says little: labs and organisations share a door, and the telephone of an office.
Several together say much.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from .addresses import same_street
from .folding import words_of
from .geo import METRES_PER_DEGREE
from .namesakes import ALIKE, Name, likeness, named
from .patterns import pattern
from .standings import Standing
from .words import Text, joined

LIKELY = 0.7  # from here on somebody should look
DOUBTFUL = 0.5  # from here on it may be worth a look
TOLD = 0.25  # from here on it is told to who adds a record

NEAR = 60.0  # metres: further away, a place says nothing for two records being the same
LONGEST, MOST = 200, 10  # letters of a name, and names of a record, that are compared
FAR = 2_000.0  # metres: further away, it speaks against

# How likely each makes it alone; of names, the highest, for two that are the same.
NAME, OF_ANOTHER_KIND = 0.8, 0.8
CODE, PHONE, EMAIL, WEB, SITE, ADDRESS, TOWN = 0.97, 0.45, 0.5, 0.45, 0.2, 0.3, 0.1
LEAST = 0.08  # what so many share that it says less is not told
UNALIKE = 0.65  # at most, of two whose names are not alike: they share an office
OTHER_CODE, OTHER_TOWN, OTHER_MARKS, TOO_FAR = 0.4, 0.75, 0.75, 0.9  # what is left of it

# Domains of which everybody has a page or an address: only the whole of it tells.
_HOSTS = frozenset(
    (
        *("facebook.com", "m.facebook.com", "instagram.com", "twitter.com", "x.com", "t.me"),
        *("youtube.com", "youtu.be", "linkedin.com", "tiktok.com", "wa.me", "whatsapp.com"),
        *("linktr.ee", "sites.google.com", "docs.google.com", "forms.gle", "maps.google.com"),
        *("google.com", "goo.gl", "bit.ly", "meetup.com", "eventbrite.it", "github.io"),
        *("wordpress.com", "blogspot.com", "altervista.org", "wixsite.com", "jimdofree.com"),
        *("gmail.com", "libero.it", "hotmail.it", "hotmail.com", "outlook.com", "outlook.it"),
        *("yahoo.it", "yahoo.com", "tiscali.it", "alice.it", "virgilio.it", "tin.it", "live.it"),
        *("pec.it", "legalmail.it", "icloud.com", "fastwebnet.it", "email.it", "inwind.it"),
    )
)


# Most addresses, of which no part has to be told from another.
_PLAIN_PAGE = pattern(r"https?://([a-z0-9.-]+(?:/[\w./-]*[\w.-])?)/*", re.IGNORECASE | re.ASCII)


class Known(NamedTuple):
    """A record with its names as they are compared."""

    row: Standing
    names: tuple[Name, ...]


class Verdict(NamedTuple):
    """How likely two records are the same, from 0 to 1, and why."""

    score: float
    reason: Text


UNRELATED = Verdict(0.0, Text("", ""))

Shared = Callable[[str, str], int]  # how many records have the same value, by its sort and key


def known(row: Standing) -> Known:
    """Return a record with its name and its other names."""
    return Known(row, tuple(map(named, names_of(row))))


def names_of(row: Standing) -> Sequence[str]:
    """Return the name of a record and its other names, as many and as much as is compared."""
    texts = (row.name, *(row.alt_names.split(" | ") if row.alt_names else ()))
    return [text[:LONGEST] for text in texts[:MOST] if text]


def keys_of(row: Standing) -> Sequence[tuple[str, str]]:
    """Return what another record may share with this one: the sort of value, and its key."""
    found = [("code", code) for code in _codes(row)] if row.tax_code or row.vat_number else []
    if row.phone:
        found.append(("phone", row.phone))
    if row.email:
        found.append(("email", row.email.lower()))
    page = _page(row.website) if row.website else ""
    if page or row.email:
        found += [("site", site) for site in _sites(page, row.email or "")]
    if page:
        found.append(("web", page))
    if address := _address(row):
        found.append(("address", address))
    return found


def _codes(row: Standing) -> set[str]:
    """Return tax code and VAT number, which are the same number for most bodies."""
    return {code.removeprefix("IT") for code in (row.tax_code, row.vat_number) if code}


def _sites(page: str, email: str) -> set[str]:
    """Return the domains that are a record's own: of its web site and of its e-mail."""
    sites = {page.partition("/")[0], email.rpartition("@")[2].lower()}
    return {site for site in sites if not _hosted(site)}


@lru_cache(maxsize=4_096)
def _hosted(site: str) -> bool:
    """Tell whether a domain is everybody's, or none."""
    parts = site.split(".")
    return not site or any(".".join(parts[n:]) in _HOSTS for n in range(len(parts) - 1))


def _page(website: str) -> str:
    """Return an address of the web without its trimmings."""
    if plain := _PLAIN_PAGE.fullmatch(website):
        return plain[1].lower().removeprefix("www.")
    try:
        split = urlsplit(website.casefold())
    except ValueError:  # brackets that hold no address of the network
        return website
    page = split.netloc.removeprefix("www.") + split.path.rstrip("/")
    return f"{page}?{split.query}" if split.query else page


def _address(row: Standing) -> str:
    """Return a whole address, of which nothing is missing, as two records share it."""
    if not (row.street and row.number and row.municipality):
        return ""
    number = row.number
    if not (number.isascii() and number.isdecimal()):
        number = "".join(words_of(number))
    return f"{same_street(row.street)} {number} {row.municipality}"


def metres_between(one: Standing, other: Standing) -> float | None:
    """Return the metres between two points, on a sphere; None where one of them is missing."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    wide = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(wide, one.lat - other.lat) * METRES_PER_DEGREE


def weighed(one: Known, other: Known, shared: Shared) -> Verdict:
    """Return how likely two records are the same, and why."""
    alike = likeness(one.names, other.names)
    told = [*_by_name(one, other, alike), *_by_values(one.row, other.row, shared)]
    metres = metres_between(one.row, other.row)
    if metres is not None and metres <= NEAR:
        near = Text("a {metres} m", "{metres} m away").filled(metres=round(metres))
        told = [each for each in told if each[0] != "address"]
        told.append(("near", ADDRESS, near))
    if not told:
        return UNRELATED
    score = 1 - math.prod(1 - weight for _, weight, _ in told)
    same_code = any(sort == "code" for sort, _, _ in told)
    if alike < ALIKE and not same_code:
        score = min(score, UNALIKE)
    reasons = [reason for _, _, reason in told if reason.it]
    for left, reason in _against(one, other, metres, same_code=same_code):
        score *= left
        reasons.append(reason)
    return Verdict(score, joined(", ", reasons))


Told = tuple[str, float, Text]


def _by_name(one: Known, other: Known, alike: float) -> Iterator[Told]:
    if alike < ALIKE:
        return
    weight = NAME * (alike - 0.5) * 2
    if one.row.name_of_kind != other.row.name_of_kind:
        weight *= OF_ANOTHER_KIND
    if alike == 1.0:
        yield "name", weight, Text("stesso nome", "the same name")
    else:
        told = Text("nome simile ({n}%)", "a similar name ({n}%)")
        yield "name", weight, told.filled(n=round(alike * 100))
    if one.row.municipality and one.row.municipality == other.row.municipality:
        yield "town", TOWN, Text("", "")


_VALUES = {
    "code": (CODE, Text("stesso codice fiscale o partita IVA", "the same tax code or VAT number")),
    "phone": (PHONE, Text("stesso telefono", "the same telephone")),
    "email": (EMAIL, Text("stessa e-mail", "the same e-mail")),
    "web": (WEB, Text("stesso sito web", "the same web site")),
    "site": (SITE, Text("stesso dominio", "the same domain")),
    "address": (ADDRESS, Text("stesso indirizzo", "the same address")),
}


# One record is weighed against several, and these against others.
_keys_again = lru_cache(maxsize=1_024)(keys_of)


def _by_values(one: Standing, other: Standing, shared: Shared) -> Iterator[Told]:
    """Yield what two records share; what many share says less."""
    mine = _keys_again(one)
    both = {key for key in _keys_again(other) if key in mine}
    if not both:
        return
    sorts = dict(sorted(both, reverse=True))
    if "web" in sorts or "email" in sorts:
        sorts.pop("site", None)
    for sort, (weight, reason) in _VALUES.items():
        if sort in sorts:
            times = 2 if sort == "code" else max(shared(sort, sorts[sort]), 2)
            told = weight * math.sqrt(2 / times)
            if told >= LEAST:
                yield sort, told, reason


def _against(
    one: Known, other: Known, metres: float | None, *, same_code: bool
) -> Iterator[tuple[float, Text]]:
    """Yield what speaks against two records being the same: what it leaves of the likelihood."""
    codes = _codes(one.row), _codes(other.row)
    if all(codes) and not same_code:
        yield OTHER_CODE, Text("ma codici fiscali diversi", "but different tax codes")
    towns = one.row.municipality, other.row.municipality
    if all(towns) and towns[0] != towns[1]:
        yield OTHER_TOWN, Text("ma in Comuni diversi", "but in different municipalities")
    elif metres is not None and metres > FAR:
        away = Text("ma a {km} km", "but {km} km away")
        yield TOO_FAR, away.filled(km=round(metres / 1000))
    if same_code and _marked_apart(one.names, other.names):
        yield OTHER_MARKS, Text("ma con numeri diversi nel nome", "but other numbers in the names")


def _marked_apart(ones: tuple[Name, ...], others: tuple[Name, ...]) -> bool:
    marks = {name.marks for name in ones}, {name.marks for name in others}
    return all(any(each) for each in marks) and marks[0].isdisjoint(marks[1])
