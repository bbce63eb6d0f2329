"""C: web addresses that lead, but not to a site of the body's own."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ..batches import none_with
from ..entities import Place
from ..findings import Severity
from ..free_texts import without
from ..kinds.texts import WebAddress
from ..patterns import pattern
from ..record_values import values_of
from ..structs import Struct
from ..words import Text
from . import Hit, Mend, rule

_PARTS = pattern(
    r"https?://(?:www\.|m\.)?([^/?#:]+)(?::[0-9]+)?(/[^?#]*)?(\?[^#]*)?", re.IGNORECASE
)
_SOCIAL = pattern(
    r"(?:[a-z-]+\.)?(?:facebook|instagram|twitter|tiktok|linkedin|youtube|threads)\.(?:com|net)"
    r"|(?:fb|x)\.com|t\.me"
)
_SOCIAL_WORDS = (  # one of which stands in each of them
    *("facebook", "instagram", "twitter", "tiktok", "linkedin", "youtube", "threads"),
    *("fb.com", "x.com", "t.me"),
)
# Of these addresses the part after the domain names nobody.
_NOBODY = pattern(r"/?(?:index\.php|home(?:\.php)?|login(?:\.php)?|feed|explore|reels?)?/?")
_SEARCH = pattern(r"(?:google|bing|yahoo)\.[a-z.]{2,6}|search\.yahoo\.com|duckduckgo\.com")
_SEARCH_WORDS = ("google.", "bing.", "yahoo.", "duckduckgo.")
_WORDS = (*_SOCIAL_WORDS, *_SEARCH_WORDS, "maps")
_MAPS = pattern(
    r"maps\.(?:google\.[a-z.]{2,6}|app\.goo\.gl|apple\.com)(?:/.*)?"
    r"|(?:google\.[a-z.]{2,6}|goo\.gl)/maps(?!/d/)(?:/.*)?"
)
SOURCE = "schema.org, url and sameAs; wiki.openstreetmap.org/wiki/Key:contact:*"


class _Address(Struct):
    """An address in parts: the domain without "www.", the path, the query with its mark."""

    domain: str
    path: str
    query: str


@rule(
    code="C12",
    severity=Severity.NOTE,
    message=Text(
        "il sito è una pagina di {domain}: va tra gli altri collegamenti",
        "the web site is a page of {domain}: it belongs among the other links",
    ),
    why=Text(
        "Chi riusa i dati cerca in questa colonna il sito dell'ente; le pagine dei social si"
        " leggono spesso solo dopo l'accesso.",
        "People who use the data look in this column for the body's own site; pages of social"
        " networks can often be read only after logging in.",
    ),
    fix=Text(
        "Spostarla in --links; se c'è un sito, scriverlo in --website.",
        "Move it to --links; if there is a site, give it as --website.",
    ),
    source=SOURCE,
    good=[
        {"website": "https://www.example.org", "links": ("https://www.facebook.com/esempio",)},
        {},
    ],
    bad=[{"website": "https://www.facebook.com/esempio"}],
    mend=Mend.UNSAFE,
    about=("links",),
    needs=("website",),
    quiet=none_with(WebAddress, *_SOCIAL_WORDS),
)
def website_is_a_social_page(place: Place) -> Iterator[Hit]:
    """Look for a site that is somebody's page of a social network."""
    if not place.website:
        return
    address = _parts(place.website)
    if address and _SOCIAL.fullmatch(address.domain) and not _of_nobody(address):
        # RFC 3986 has no bar in addresses, and here it would part one link from the next.
        links = dict.fromkeys((*place.links, place.website.replace("|", "%7C")))
        told = place.column("links").text(tuple(links))
        moved = {"website": "", "links": told}
        yield Hit("website", {"domain": address.domain}, mend=moved)


@rule(
    code="C13",
    severity=Severity.WARNING,
    message=Text("«{value}» non porta alla pagina di nessuno", "“{value}” leads to nobody's page"),
    why=Text(
        "Chi ci fa clic trova l'ingresso di un social o una ricerca, non questo ente.",
        "Anyone who clicks on it finds the front page of a social network, or a search, and not"
        " this body.",
    ),
    fix=Text(
        "Copiare l'indirizzo della pagina giusta, o togliere il collegamento.",
        "Copy the address of the right page, or remove the link.",
    ),
    source=SOURCE,
    good=[{"website": "https://www.example.org"}, {"links": ("https://t.me/esempio",)}],
    bad=[
        {"website": "https://www.facebook.com/"},
        {"links": ("https://www.google.it/search?q=spazio+esempio",)},
    ],
    mend=Mend.UNSAFE,
    needs=(WebAddress,),
    quiet=none_with(WebAddress, *_SOCIAL_WORDS, *_SEARCH_WORDS),
)
def link_to_nobody(place: Place) -> Iterator[Hit]:
    """Look for the front door of social networks, and for what search engines answer."""
    for name, value in values_of(place, WebAddress):
        address = _parts(value)
        if address and (_of_nobody(address) or _of_a_search(address)):
            yield Hit(name, {"value": value}, mend=without(place, name, value))


@rule(
    code="C14",
    severity=Severity.NOTE,
    message=Text(
        "il collegamento porta a un punto su una mappa: {value}",
        "the link leads to a point on a map: {value}",
    ),
    why=Text(
        "Un punto scritto nel registro sta su tutte le mappe; un collegamento solo su quella, e"
        " smette di funzionare quando vuole chi la gestisce.",
        "A point kept in the registry is on all maps; a link only on that one, and it stops"
        " working when its owner likes.",
    ),
    fix=Text(
        "Scrivere le coordinate del punto con --point, e togliere il collegamento.",
        "Give the coordinates of the point with --point, and remove the link.",
    ),
    source=SOURCE,
    good=[{"links": ("https://www.google.com/maps/d/viewer?mid=esempio",)}, {}],
    bad=[{"website": "https://maps.app.goo.gl/esempio"}, {"links": ("https://goo.gl/maps/x",)}],
    about=("lat", "lon"),
    needs=(WebAddress,),
    quiet=none_with(WebAddress, "maps"),
)
def link_to_a_map(place: Place) -> Iterator[Hit]:
    """Look for places on maps; a map of several, made by somebody, is a page like others."""
    for name, value in values_of(place, WebAddress):
        address = _parts(value)
        if address and _MAPS.fullmatch(address.domain + address.path):
            yield Hit(name, {"value": value})


@lru_cache(maxsize=64)  # three rules ask for the same one
def _parts(value: str) -> _Address | None:
    """Return the parts of an address that one of the rules may be about."""
    lower = value.lower()
    found = _PARTS.match(value) if any(word in lower for word in _WORDS) else None
    return _Address(found[1].lower(), found[2] or "", found[3] or "") if found else None


def _of_nobody(address: _Address) -> bool:
    """Tell whether an address is a social network's own; a query may name somebody."""
    bare = not address.query and _NOBODY.fullmatch(address.path)
    return bool(bare and _SOCIAL.fullmatch(address.domain))


def _of_a_search(address: _Address) -> bool:
    asked = address.path in {"", "/", "/search", "/webhp"}
    return bool(asked and _SEARCH.fullmatch(address.domain))
