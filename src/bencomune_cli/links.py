"""Links to maps: the texts in them that may be a point, best first. Nothing is fetched."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import Unreadable
from .patterns import pattern
from .words import Text, same

SHORT = Text(
    "un indirizzo breve non contiene le coordinate: aprirlo nel browser e copiare l'indirizzo"
    " lungo che appare in alto",
    "a short address holds no coordinates: open it in the browser and copy the long address that"
    " appears at the top",
)
NOWHERE = Text(
    "in questo indirizzo non ci sono coordinate: nella mappa premere sul luogo con il tasto destro"
    " e copiare le coordinate",
    "this address holds no coordinates: on the map, press on the place with the right button and"
    " copy the coordinates",
)
NOT_ON_WGS84 = Text(
    "un indirizzo «geo:» si legge solo in WGS 84", "a “geo:” address is read on WGS 84 only"
)

_LINK = pattern(r"https?://\S+", re.IGNORECASE)
_BARE = pattern(r"[a-z0-9.-]{2,100}\.[a-z]{2,12}[/?#]\S*", re.IGNORECASE)
_SHORT = pattern(
    r"(?:maps\.app\.goo\.gl|goo\.gl|g\.co|g\.page|share\.google|maps\.apple|bit\.ly|w\.wiki"
    r"|osm\.org/go|(?:www\.)?openstreetmap\.org/go)/"
)
_HOSTS = {
    "google": Text("Google Maps", "Google Maps"),
    "openstreetmap": Text("OpenStreetMap", "OpenStreetMap"),
    "osm.org": Text("OpenStreetMap", "OpenStreetMap"),
    "maps.apple": Text("Mappe di Apple", "Apple Maps"),
}
_A_MAP = Text("una mappa", "a map")
_DECIMAL = r"(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
# What Google writes of a place: 3d is its latitude, 4d its longitude; of the ends of a way, 1d is
# the longitude, 2d the latitude; of the camera of an embedded map, 2d and 3d.
_PLACE = pattern(rf"!3d{_DECIMAL}!4d{_DECIMAL}")
_WAY = pattern(rf"!2m2!1d{_DECIMAL}!2d{_DECIMAL}")
_EMBEDDED = pattern(rf"!2d{_DECIMAL}!3d{_DECIMAL}(?!!4d)")
_CAMERA = pattern(rf"/@{_DECIMAL},{_DECIMAL}(?=[,/?]|$)")
_VIEW = pattern(rf"(?:map=)?[0-9.]{{1,5}}/{_DECIMAL}/{_DECIMAL}(?=/|&|$)")
_NAMED_PLACES = ("coordinate", "query", "destination", "daddr", "marker", "q")
_NAMED_VIEWS = ("ll", "sll", "center", "viewpoint", "cbll", "cp")


class Link(NamedTuple):
    """A text in a link that may be a point, and what the link says of it."""

    text: str
    form: Text


def points_in(text: str) -> Iterator[Link]:
    """Yield what may be a point in the link that a text is or holds; raise Unreadable at the end.

    The place that was chosen comes before the middle of the map. Yields nothing, and raises
    nothing, where there is no link.
    """
    if text[:4].lower() == "geo:":
        yield from _in_uri(text[4:])
    elif found := _LINK.search(text) or _BARE.fullmatch(text):
        yield from _in_link(found[0].rstrip(""").,;>"'"""))
    else:
        return
    raise Unreadable(NOWHERE)


def _in_uri(text: str) -> Iterator[Link]:
    """Yield the points of a geo: URI (RFC 5870), with the q that Android adds to it."""
    from urllib.parse import unquote_plus

    place, _, query = text.partition("?")
    numbers, *parameters = place.split(";")
    if any(each.lower() not in {"", "crs=wgs84"} and each[:4] == "crs=" for each in parameters):
        raise Unreadable(NOT_ON_WGS84)
    form = same("geo")
    for each in query.split("&"):
        if each.startswith("q="):
            yield Link(unquote_plus(each[2:]).partition("(")[0], form)
    lat_lon = re.fullmatch(rf"{_DECIMAL},{_DECIMAL}(?:,[0-9.-]{{1,20}})?", numbers)
    if lat_lon and (not query or numbers.strip("0,.")):
        yield Link(f"{lat_lon[1]}, {lat_lon[2]}", form)


def _in_link(link: str) -> Iterator[Link]:
    from urllib.parse import parse_qsl, unquote, urlsplit

    link = link if "://" in link else f"https://{link}"
    try:
        parts = urlsplit(link)
        query = dict(parse_qsl(parts.query, max_num_fields=100))
    except ValueError:
        raise Unreadable(NOWHERE) from None
    host = (parts.hostname or "").lower()
    if _SHORT.match(f"{host}{parts.path}"):
        raise Unreadable(SHORT)
    name = next((name for part, name in _HOSTS.items() if part in host), _A_MAP)
    place = Text("{name}, il luogo scelto", "{name}, the place chosen").filled(name=name)
    view = Text("{name}, il centro della mappa", "{name}, the middle of the map").filled(name=name)
    whole = unquote(f"{parts.path}?{parts.query}")
    yield from (Link(text, place) for text in _places(unquote(parts.path), whole, query))
    yield from (Link(text, view) for text in _views(whole, unquote(parts.fragment), query))


def _places(path: str, whole: str, query: dict[str, str]) -> Iterator[str]:
    for lat, lon in _PLACE.findall(whole)[-1:]:
        yield f"{lat}, {lon}"
    if {"mlat", "mlon"} <= query.keys():
        yield f"{query['mlat']}, {query['mlon']}"
    for lon, lat in _WAY.findall(whole)[-1:]:
        yield f"{lat}, {lon}"
    for name in _NAMED_PLACES:
        yield query.get(name, "").removeprefix("loc:").partition("(")[0]
    steps = path.split("/")
    told = [step for step in steps if step and not step.startswith(("@", "data=", "am="))]
    if {"place", "search", "dir"} & set(steps[:4]):
        yield told[-1].replace("+", " ")


def _views(whole: str, fragment: str, query: dict[str, str]) -> Iterator[str]:
    for name in _NAMED_VIEWS:
        yield query.get(name, "").replace("~", ",")
    for form in (_CAMERA, _VIEW):
        for lat, lon in form.findall(whole if form is _CAMERA else fragment)[:1]:
            yield f"{lat}, {lon}"
    for lon_name in ("lon", "lng"):
        if {"lat", lon_name} <= query.keys():
            yield f"{query['lat']}, {query[lon_name]}"
    for lon, lat in _EMBEDDED.findall(whole)[:1]:
        yield f"{lat}, {lon}"
