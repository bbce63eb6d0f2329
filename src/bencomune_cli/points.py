"""Coordinates as people have them: degrees in any spelling, links to maps, projected numbers.

Projected numbers are told apart by their size, or by the name of their system.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from . import geo
from .errors import Unreadable
from .links import points_in
from .reference_systems import system, to_degrees
from .spellings import Numbers, read_numbers, read_shape, refusal, seen
from .words import Text, same

Inside = Callable[[float, float], bool]

DECIMALS = 6  # about ten centimetres, as files have them (RFC 7946, section 11.2)
WGS84 = "EPSG:4326"
_LEAST_METRES = 1_000  # below it in size, two numbers can only be meant as degrees
_NORTHINGS = (3_900_000, 5_300_000)  # of Italy, in metres from the equator
_EASTINGS = (
    (100_000, 1_100_000, ("EPSG:32632", "EPSG:32633")),
    (1_250_000, 1_900_000, ("EPSG:3003",)),
    (2_200_000, 2_900_000, ("EPSG:3004",)),
)
_SYSTEMS = {
    "EPSG:32632": Text("UTM, fuso 32", "UTM, zone 32"),
    "EPSG:32633": Text("UTM, fuso 33", "UTM, zone 33"),
    "EPSG:3003": Text("Gauss-Boaga, fuso Ovest", "Gauss-Boaga, West zone"),
    "EPSG:3004": Text("Gauss-Boaga, fuso Est", "Gauss-Boaga, East zone"),
    "EPSG:23032": Text("ED50, UTM, fuso 32", "ED50, UTM, zone 32"),
    "EPSG:23033": Text("ED50, UTM, fuso 33", "ED50, UTM, zone 33"),
}
_ZONE = r"\W{0,3}(?:(?:fuso|zona|zone)\s?)?"
_REST = r"[\s,;:)]{0,3}"
_ED50 = r"\W{0,3}ed\s?50"
_UTM = rf"utm{_ZONE}(3[23])(?:\s?[nts])?(?![a-z])"
_BOAGA = r"gauss\W?boaga"
_MILLIONS = r"[.,]?[0-9]{3}[.,]?[0-9]{3}"
# How a text names its system; the first that is found is taken out of the text.
_NAMED = (
    (rf"(?:urn:ogc:def:crs:)?(?:epsg|srid)\s?[:=]{{1,2}}\s?([0-9]{{4,6}})(?![0-9]){_REST}", "{}"),
    (rf"{_ED50}\W{{0,3}}{_UTM}{_REST}", "230{}"),
    (rf"{_UTM}{_ED50}{_REST}", "230{}"),
    (rf"(?:wgs\s?84\W{{0,3}})?{_UTM}(?:\W{{0,3}}wgs\s?84)?{_REST}", "326{}"),
    (r"^(3[23])\s?[nts]\s(?=\D{0,10}[0-9]{6})", "326{}"),  # 32 T 512137.78 m E 5003480.17 m N
    (rf"{_BOAGA}{_ZONE}(?:ovest|west|[ow])(?![a-z]){_REST}", "3003"),
    (rf"{_BOAGA}{_ZONE}(?:est|east|e)(?![a-z]){_REST}", "3004"),
    (rf"{_BOAGA}(?=\D{{0,9}}1{_MILLIONS}){_REST}", "3003"),
    (rf"{_BOAGA}(?=\D{{0,9}}2{_MILLIONS}){_REST}", "3004"),
)
_WITHOUT_SYSTEM = r"wgs\s?84(?![0-9])"

_RANGE = Text(
    "i gradi vanno da -90 a 90 per la latitudine, da -180 a 180 per la longitudine",
    "degrees go from -90 to 90 for the latitude, from -180 to 180 for the longitude",
)
_ONE_LETTER = Text(
    "una sola delle coordinate dice la sua direzione: dirla di entrambe o di nessuna",
    "one coordinate only tells its direction: tell it of both or of none",
)
_NO_SYSTEM = Text(
    "non si capisce in quale sistema siano i numeri: scriverne il codice davanti, come"
    " EPSG:32633 512137 5003480, oppure darlo con --crs",
    "the system of the numbers is unclear: write its code before them, as in"
    " EPSG:32633 512137 5003480, or give it with --crs",
)
_NOT_METRES = Text(
    "i numeri sono gradi, ma {system} è in metri: togliere il nome del sistema",
    "the numbers are degrees, but {system} is in metres: leave the name of the system out",
)
_OR_ED50 = Text(
    "{found} (se fosse ED50, circa 200 m più in là, scrivere EPSG:{code} davanti ai numeri)",
    "{found} (were it ED50, about 200 m away, write EPSG:{code} before the numbers)",
)
_SWAPPED = Text("scambiando latitudine e longitudine", "swapping latitude and longitude")
_LON_TURNED = Text("cambiando segno alla longitudine", "changing the sign of the longitude")
_LAT_TURNED = Text("cambiando segno alla latitudine", "changing the sign of the latitude")
_BOTH_TURNED = Text("cambiando segno a entrambe", "changing the sign of both")
_READ_AS = Text("leggendo come {system}", "reading it as {system}")


class Mend(NamedTuple):
    """Another reading of a text, which lies in the network: degrees on WGS 84, its system, how."""

    lat: float
    lon: float
    system: str
    why: Text


class Point(NamedTuple):
    """A point that a person wrote: degrees on WGS 84, to six decimals.

    `system` is the code of the system it was written in, `understood` a sentence that says what was
    read, `given` the text itself on one line. `mends` are the readings that would lie in the
    network where this one does not, best first.
    """

    lat: float
    lon: float
    system: str
    understood: Text
    given: str
    mends: tuple[Mend, ...]


class _Reading(NamedTuple):
    lon: float
    lat: float
    system: str
    form: Text
    by_size: bool = False


def read_point(text: str, crs: str | None = None, inside: Inside | None = None) -> Point:
    """Read a point as people have it. Raises Unreadable, with examples.

    `crs` names the system of the numbers, and wins over what the text says; a link is always on
    WGS 84. `inside(lon, lat)` tells whether a point lies in the network's municipalities.
    """
    given = seen(text)
    for link in points_in(given):
        try:
            numbers = read_numbers(link.text.replace(",", ", "))
            lon, lat = _degrees(numbers)
        except Unreadable:
            continue
        return _point(_Reading(lon, lat, WGS84, link.form), numbers, given, inside)
    named, plain = _named(given)
    numbers = read_shape(plain) or read_numbers(plain)
    if system := (crs or "").strip() or named:
        reading = _in_system(numbers, system)
    elif _in_degrees(numbers):
        reading = _Reading(*_degrees(numbers), WGS84, numbers.form)
    else:
        reading = _by_size(numbers, inside)
    return _point(reading, numbers, given, inside)


def _named(text: str) -> tuple[str, str]:
    """Return the system that a text names, empty for none, and the text without the name."""
    for form, code in _NAMED:
        if found := re.search(form, text, re.IGNORECASE | re.ASCII):
            rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
            return f"EPSG:{code.format(*found.groups())}", rest
    return "", re.sub(_WITHOUT_SYSTEM, "", text, count=1, flags=re.IGNORECASE | re.ASCII).strip()


def _in_degrees(numbers: Numbers) -> bool:
    """Tell whether numbers can only be meant as degrees."""
    return numbers.degrees or max(abs(numbers.first[0]), abs(numbers.second[0])) < _LEAST_METRES


def _degrees(numbers: Numbers) -> tuple[float, float]:
    """Return numbers as longitude and latitude. Raises Unreadable."""
    if len(numbers.axes) == 1:
        raise refusal(_ONE_LETTER)
    lat, lon = numbers.first[0], numbers.second[0]
    if numbers.axes == "xy":
        lat, lon = lon, lat
    if abs(lat) > 90 or abs(lon) > 180:  # noqa: PLR2004 - the poles and the date line
        raise refusal(_RANGE)
    return lon, lat


def _metres(numbers: Numbers) -> Iterator[tuple[float, float]]:
    """Yield what numbers may mean as easting and northing, in the order that the text tells."""
    written = product(numbers.first, numbers.second)
    for first, second in written:
        yield from [(first, second), (second, first)][:: -1 if numbers.axes == "yx" else 1]


def _in_system(numbers: Numbers, crs: str) -> _Reading:
    """Read numbers in a system that is named. Raises Unreadable."""
    if re.fullmatch(r"(?:epsg:)?4326", crs, re.IGNORECASE):
        return _Reading(*_degrees(numbers), WGS84, numbers.form)
    found = system(crs)
    name = _told(found.code, same(found.name))
    if found.geographic:
        return _Reading(*to_degrees(*_degrees(numbers), crs), found.code, name)
    if _in_degrees(numbers):
        raise refusal(_NOT_METRES.filled(system=name))
    held = [point for x, y in _metres(numbers) for point in _brought(x, y, crs)]
    if not held:
        raise refusal(_NO_SYSTEM)
    likeliest = next((point for point in held if geo.inside(*point, geo.ITALY)), held[0])
    return _Reading(*likeliest, found.code, name)


def _told(code: str, name: Text) -> Text:
    return Text("{name} ({code})", "{name} ({code})").filled(
        name=_SYSTEMS.get(code, name), code=code
    )


def _brought(x: float, y: float, crs: str) -> Iterator[tuple[float, float]]:
    """Yield the longitude and latitude of a point, if its system can hold it."""
    try:
        yield to_degrees(x, y, crs)
    except Unreadable:
        return


def _by_size(numbers: Numbers, inside: Inside | None) -> _Reading:
    """Read metres in the system that their size tells; of two zones, take the one that can be."""
    sized = (
        [_Reading(*to_degrees(x, y, each), each, _SYSTEMS[each]) for each in systems]
        for x, y in _metres(numbers)
        for least, most, systems in _EASTINGS
        if least <= x < most and _NORTHINGS[0] <= y < _NORTHINGS[1]
    )
    readings = [] if numbers.degrees else next(sized, [])
    if len(readings) > 1:
        in_network = [each for each in readings if inside and inside(each.lon, each.lat)]
        in_italy = [each for each in readings if geo.inside(each.lon, each.lat, geo.ITALY)]
        readings = in_network if len(in_network) == 1 else in_italy
    if len(readings) != 1:
        raise refusal(_NO_SYSTEM)
    reading = readings[0]
    return reading._replace(form=_told(reading.system, reading.form), by_size=True)


def _point(reading: _Reading, numbers: Numbers, given: str, inside: Inside | None) -> Point:
    lat, lon = (round(each, DECIMALS) + 0.0 for each in (reading.lat, reading.lon))
    high, wide = (f"{abs(each):.{DECIMALS}f}".rstrip("0").rstrip(".") for each in (lat, lon))
    north, west = "N" if lat >= 0 else "S", Text("O", "W")
    understood = Text(
        "{form}: {high} {north}, {wide} {east}", "{form}: {high} {north}, {wide} {east}"
    )
    understood = understood.filled(
        form=reading.form, high=high, north=north, wide=wide, east=same("E") if lon >= 0 else west
    )
    if reading.by_size and reading.system.startswith("EPSG:326"):
        understood = _OR_ED50.filled(found=understood, code=f"230{reading.system[-2:]}")
    mends: tuple[Mend, ...] = ()
    if inside and not inside(lon, lat):
        others = _turned(numbers) if _in_degrees(numbers) else _elsewhere(numbers, inside)
        mends = tuple(
            each._replace(lat=round(each.lat, DECIMALS), lon=round(each.lon, DECIMALS))
            for each in others
            if inside(each.lon, each.lat)
        )
    return Point(lat, lon, reading.system, understood, given, mends)


def _turned(numbers: Numbers) -> Iterator[Mend]:
    """Yield degrees as they may have been meant: the other way round, with another sign."""
    lon, lat = _degrees(numbers)
    yield Mend(lat, lon, WGS84, _READ_AS.filled(system=_told(WGS84, same("WGS 84"))))
    if abs(lon) <= 90:  # noqa: PLR2004 - the poles
        yield Mend(lon, lat, WGS84, _SWAPPED)
    yield Mend(lat, -lon, WGS84, _LON_TURNED)
    yield Mend(-lat, lon, WGS84, _LAT_TURNED)
    yield Mend(-lat, -lon, WGS84, _BOTH_TURNED)


def _elsewhere(numbers: Numbers, inside: Inside) -> Iterator[Mend]:
    """Yield metres read in the systems of Italy; in ED50 only where no other will do."""
    found = False
    for code, name in _SYSTEMS.items():
        if found and code.startswith("EPSG:230"):
            return
        for x, y in _metres(numbers):
            for lon, lat in _brought(x, y, code):
                found = found or inside(lon, lat)
                yield Mend(lat, lon, code, _READ_AS.filled(system=_told(code, name)))
