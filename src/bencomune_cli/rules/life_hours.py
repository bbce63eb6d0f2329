"""L: opening hours. The home of the opening-hours-py library, which reads them."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ..entities import Place
from ..findings import Severity
from ..folding import folded
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

SPECIFICATION = "wiki.openstreetmap.org/wiki/Key:opening_hours/specification"


@rule(
    code="L07",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» non è scritto come in OpenStreetMap, per esempio Mo-Fr 16:00-19:00; gli orari a"
        " parole vanno in opening_note (--opening-note)",
        "“{value}” is not written as in OpenStreetMap, for example Mo-Fr 16:00-19:00; hours in"
        " words go into opening_note (--opening-note)",
    ),
    why=Text(
        "Le mappe leggono questa colonna per dire se il luogo è aperto adesso.",
        "Maps read this column to tell whether the place is open now.",
    ),
    fix=Text(
        "Scrivere i giorni Mo Tu We Th Fr Sa Su e le ore 09:00-12:00; per esempio"
        " Mo-Fr 09:00-12:00; Sa off.",
        "Write the days Mo Tu We Th Fr Sa Su and the hours 09:00-12:00; for example"
        " Mo-Fr 09:00-12:00; Sa off.",
    ),
    source=SPECIFICATION,
    good=[
        {"opening_hours": "Mo-Fr 16:00-19:00; PH off"},
        {"opening_hours": "24/7"},
        {"opening_hours": 'Sep-Jun: We[1] 21:00+ "su appuntamento"'},
        {},
    ],
    bad=[
        {"opening_hours": "lunedì-venerdì 9-12"},
        {"opening_hours": "dal martedì al giovedì dalle 15 alle 18.30; sabato chiuso"},
        {"opening_hours": "su appuntamento"},
        {"opening_hours": "12345"},
    ],
    mend=Mend.UNSAFE,
    needs=("opening_hours",),
    sees=("opening_hours",),
)
def hours_in_words(place: Place) -> Iterator[Hit]:
    """See whether the format's own reader understands the hours."""
    value = place.opening_hours
    if value and not _understood(value):
        mended = _mended(value)
        yield Hit(
            "opening_hours", {"value": value}, mend={"opening_hours": mended} if mended else {}
        )


@rule(
    code="L13",
    severity=Severity.WARNING,
    message=Text(
        "è attivo, ma secondo gli orari «{value}» non è mai aperto",
        "it is active, but according to the hours “{value}” it is never open",
    ),
    why=Text("Le mappe lo mostreranno sempre chiuso.", "Maps will always show it as closed."),
    fix=Text(
        "Aggiungere quando è aperto, o togliere gli orari con «edit … opening_hours=».",
        "Add when it is open, or empty the hours with “edit … opening_hours=”.",
    ),
    source=SPECIFICATION,
    good=[
        {"state": "active", "opening_hours": "Mo-Fr 16:00-19:00; PH off"},
        {"state": "paused", "opening_hours": "off"},
        {"state": "active", "opening_hours": 'off "su appuntamento"'},
    ],
    bad=[
        {"state": "active", "opening_hours": "closed"},
        {"state": "active", "opening_hours": "PH off"},
    ],
    about=("state",),
    needs=("opening_hours",),
    sees=("state", "opening_hours"),
)
def hours_never_open(place: Place) -> Iterator[Hit]:
    """Look for hours that only tell when it is closed, without a word of comment."""
    value = place.opening_hours
    if value and place.state == "active" and _OFF.search(value) and _never_open(value):
        yield Hit("opening_hours", {"value": value})


@rule(
    code="L14",
    severity=Severity.WARNING,
    message=Text(
        "in «{value}» Mar significa marzo: il martedì si scrive Tu",
        "in “{value}” Mar means March: Tuesday is written Tu",
    ),
    why=Text(
        "Le mappe direbbero che è aperto ogni giorno, ma solo in marzo.",
        "Maps would say that it is open every day, but only in March.",
    ),
    fix=Text(
        "Scrivere Tu se è martedì; se è davvero marzo, dirlo con «bencomune waive».",
        "Write Tu if it is Tuesday; if it really is March, say so with “bencomune waive”.",
    ),
    source=SPECIFICATION,
    good=[
        {"opening_hours": "Mar Mo-Fr 15:00-18:00"},
        {"opening_hours": "Nov-Mar 15:00-18:00"},
        {"opening_hours": "Mar 15 15:00-18:00"},
        {"opening_hours": "Tu 15:00-18:00"},
    ],
    bad=[
        {"opening_hours": "Mar 15:00-18:00"},
        {"opening_hours": "Mo 09:00-12:00; Mar 15:00-18:00"},
        {"opening_hours": "Mar, Th 10:00-12:00"},
    ],
    mend=Mend.UNSAFE,
    needs=("opening_hours",),
    sees=("opening_hours",),
)
def march_for_tuesday(place: Place) -> Iterator[Hit]:
    """Look for the Italian abbreviation of Tuesday, alone before hours or beside another day."""
    value = place.opening_hours
    if not value or "mar" not in value.lower() or not _MAR.search(value):
        return
    if not _DATED.search(_COMMENT.sub("", value)) and _understood(value):
        yield Hit("opening_hours", {"value": value}, mend={"opening_hours": _MAR.sub("Tu", value)})


_COMMENT = pattern(r'"[^"]*"')
_OFF = pattern(r"\b(?:off|closed)\b", re.IGNORECASE)
_MAR = pattern(
    r"\bMar(?=:?\s*\d{1,2}:\d\d|,\s*(?:Mo|Tu|We|Th|Fr|Sa|Su)\b):?", re.IGNORECASE | re.ASCII
)
_DATED = pattern(
    r"\b(?:jan|feb|apr|may|jun|jul|aug|sep|oct|nov|dec|week|easter|[12]\d{3})\b", re.IGNORECASE
)
_SPACES = pattern(" +")
# Days and hours as most write them, which need no reader: Mo-Fr,Su 09:00-12:00,15:00-18:00; ...
_OSM_DAYS, _CLOCK = "(?:Mo|Tu|We|Th|Fr|Sa|Su)", "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SPANS = pattern(rf"{_OSM_DAYS}(?:[-,]{_OSM_DAYS})? {_CLOCK}-{_CLOCK}(?:,{_CLOCK}-{_CLOCK})?")


def _is_plain(value: str) -> bool:
    return all(map(_SPANS.fullmatch, value.split("; ")))


@lru_cache(maxsize=16_384)
def _understood(value: str) -> bool:
    """Tell whether hours can be read; spaces and a semicolon too many trouble no map."""
    if _is_plain(value):
        return True
    import opening_hours

    try:
        return opening_hours.validate(_SPACES.sub(" ", value).strip("; "))
    except UnicodeEncodeError:  # half a character, which only other programs can write
        return False


@lru_cache(maxsize=1_024)
def _never_open(value: str) -> bool:
    if '"' in value or ":" in value or not _understood(value):
        return False
    from opening_hours import OpeningHours

    told = str(OpeningHours(_SPACES.sub(" ", value).strip("; ")).normalize())
    return all(part.endswith("closed") for part in told.split("; "))


_OSM = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# The days as each language writes them, in the order of the week: whole, and how they are cut.
_DAYS = (
    "mo tu we th fr sa su",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "lun mar mer gio ven sab dom",
    "lu ma me gi ve sa do",
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "mon tues wed thurs fri sat sun",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "mo di mi do fr sa so",
)
_LANGUAGES = ((0,), (1, 2, 3), (4, 5, 6), (7, 8))  # of the lines above
_DAY = "(?!e |al? |dalle |alle |ore )[a-z]{2,10}"
_AND = r"(?: ?[,/&+] ?(?:(?:e|and|und) )?| (?:e|ed|and|und) )"
_TO = r"(?: ?- ?| (?:a|al|alle|fino alle|to|bis) )"
_ITEM = f"(?:(?:dal?|il|la|from|von|vom) )?({_DAY})(?:{_TO}({_DAY}))?"
_HOUR = r"(?:(?:h|ore|le) ?)?(\d{1,2})(?:[:.h](\d\d))?(?: ?(?:uhr|h))?"
_SLASH = r"(?<=[:.h]\d\d)/(?=\d{1,2}[:.h]\d\d)"  # 9/12 without minutes may be a date
_RANGE = f"(?:(?:dalle|ore|orario|from|von) ?)?{_HOUR}(?:{_TO}|{_SLASH}){_HOUR}"
_CLOSED = "chius[oa]|closed|geschlossen|off"
_ITEM_RE, _RANGE_RE = pattern(_ITEM), pattern(_RANGE)
_PART = pattern(
    f"({_ITEM}(?:{_AND}{_ITEM})*?)(?: ?[:,] ?| )({_CLOSED}|{_RANGE}(?:{_AND}{_RANGE})*)"
)
_EARLIEST = 7  # hours: before it, 3-6 may well be meant of the afternoon


def _mended(value: str) -> str:
    """Return hours told in simple words of one language as OpenStreetMap's, empty if in doubt."""
    plain = re.sub("[\u2013\u2014]", "-", folded(value) or "").replace("'", "")
    parts = [part.strip(" .") for part in plain.split(";") if part.strip(" .")]
    found = [_PART.fullmatch(part) for part in parts]
    if not parts or len(value) > _LONGEST or not all(found):
        return ""
    told = [
        (_items(match[1]), match[0][match.end(1) - match.start() :]) for match in found if match
    ]
    week = _week({day for items, _ in told for pair in items for day in pair})
    lines = [_line(items, hours, week) for items, hours in told] if week else []
    mended = "; ".join(line for line in lines if line)
    return mended if lines and all(lines) and _understood(mended) else ""


_LONGEST = 200  # characters of hours in simple words


def _items(text: str) -> list[list[str]]:
    return [[day for day in match.groups() if day] for match in _ITEM_RE.finditer(text)]


def _week(words: set[str]) -> dict[str, str]:
    """Return what each word means, if just one meaning is possible; “mar” alone may be March."""
    meant = []
    for lines in _LANGUAGES:
        of = {
            day: osm for line in lines for day, osm in zip(_DAYS[line].split(), _OSM, strict=True)
        }
        if words <= of.keys():
            meant.append({word: of[word] for word in words})
    alone = words == {"mar"}
    return meant[0] if meant and not alone and all(each == meant[0] for each in meant) else {}


def _line(items: list[list[str]], hours: str, week: dict[str, str]) -> str:
    days = ",".join("-".join(week[day] for day in pair) for pair in items)
    if re.search(_CLOSED, hours):
        return f"{days} off"
    ranges = [_range(*match.groups()) for match in _RANGE_RE.finditer(hours)]
    return f"{days} {','.join(ranges)}" if all(ranges) else ""


def _range(hour: str, minute: str | None, end: str, end_minute: str | None) -> str:
    start, until = (int(hour), int(minute or 0)), (int(end), int(end_minute or 0))
    if not (_EARLIEST, 0) <= start < until <= (24, 0) or max(start[1], until[1]) > 59:  # noqa: PLR2004 - of a clock
        return ""
    return f"{start[0]:02}:{start[1]:02}-{until[0]:02}:{until[1]:02}"
