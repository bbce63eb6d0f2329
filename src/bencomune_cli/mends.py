"""What people write in the cells of a file, made into what a column takes; each mend is told."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from .declare import Column, Record
from .findings import Finding, Severity
from .kinds.choices import Listing, Term
from .kinds.numbers import Integer
from .kinds.texts import UNSEEN, Email, Phone, WebAddress
from .kinds.times import MONTHS, PartialDate
from .rows import Row
from .telephones import is_alone, with_zero
from .words import LANGUAGES, Text

CODE = "import"  # of a finding that no rule makes, but the reading of a row
# What people write where they have nothing to write.
BLANKS = frozenset(
    {"-", "--", "---", "/", "//", "n.d.", "n.d", "nd", "n/d", "n.a.", "#n/d", "null"}
)
_LONGEST_BLANK = max(map(len, BLANKS))
LONGEST = 1_000  # characters in which several numbers or addresses are looked for
# Codes that spreadsheets take for numbers: how many digits they have, and how many zeros, at most,
# they may have lost.
_FLOAT = re.compile(r"\A([0-9]+)[.,]0{1,2}\Z")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DIGITS = {"postcode": (5, 2), "tax_code": (11, 3), "vat_number": (11, 3)}
_OSM_HOURS = re.compile(
    r"(?:24/7|[0-2]?[0-9]:[0-5][0-9]|PH|SH|week|(?:Mo|Tu|We|Th|Fr|Sa|Su|Jan|Feb|Mar|Apr|May|Jun|Jul"
    r"|Aug|Sep|Oct|Nov|Dec)(?![a-z]))"
)
_SEVERAL: dict[type, re.Pattern[str]] = {
    Phone: re.compile(
        r"\s*(?:;|\||\n| / | - | e | o |,|(?<=[0-9]{6})[/-](?=[+0-9])|(?<=[0-9]{9})\s(?=[+0-9]{9})"
        r"|(?<=[0-9])\s(?=fax))\s*",
        re.IGNORECASE,
    ),
    Email: re.compile(r"\s*(?:[;,|\n]|\s/\s|\s-\s|\s)\s*"),
    WebAddress: re.compile(r"\s*(?:[;,|\n]|\s)\s*"),
}
_WHOLE = re.compile(r"[@.]|(?:[0-9]\W*){6}")  # an address, or a number
_MONTH = {
    name[:size].lower(): str(place)
    for place, month in enumerate(MONTHS, start=1)
    for name in (month.said_in(language) for language in LANGUAGES)
    for size in (3, len(name))
}
_WORDED = re.compile(
    r"(?:([0-9]{1,2})[°º]?[\s/-]+)?([a-z]{3,10})\.?[\s/-]+([0-9]{4}|'?[0-9]{2})", re.IGNORECASE
)

_NUMBERED = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_TIME = re.compile(r"(?<=[0-9])[T ][0-2]?[0-9]:[0-5][0-9].*$")
_SHORT_DATE = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1'?[0-9]{2}")
_SHORT_YEAR = re.compile(r"(?<![0-9])'?([0-9]{2})\Z")
_WEEKDAY = re.compile(
    r"\A(?:(?:lune|marte|mercole|giove|vener)d[iì]|sabato|domenica|lun|mer|gio|ven|sab|dom)"
    r"[.,']*\s+(?=[0-9])",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[;|/\n]")


def _without(signs: re.Pattern[str]) -> Callable[[Collection[str]], bool]:
    """Return what tells that no text holds what stands wherever one is parted."""
    return lambda texts: not signs.search("".join(texts))


# What tells at once that many texts of a kind are left as they are.
_UNTOUCHED: dict[type, Callable[[Collection[str]], bool]] = {
    Listing: _without(_PARTED),
    **dict.fromkeys((Email, WebAddress), _without(re.compile(r"[;,|\s]"))),
    Phone: lambda texts: all(map(is_alone, texts)),
}

Mend = Callable[["Arrival", str], str]


@dataclass
class Arrival:
    """The texts of a row by column, and what was found while they were read."""

    row: Row
    entity: type[Record]
    texts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def tell(self, column: str, message: Text, severity: Severity = Severity.WARNING) -> None:
        """Add a finding on this row."""
        name = self.entity.name_of_kind
        self.findings.append(Finding(CODE, severity, name, str(self.row.number), column, message))

    def add(self, column: str, text: str, separator: str) -> None:
        """Put a text behind the one that a column has already."""
        held = self.texts.get(column)
        self.texts[column] = f"{held}{separator}{text}" if held else text


def mend_of(column: Column) -> Mend | None:
    """Return what is mended in the texts of a column before they are read; None for nothing."""
    if column.name in _DIGITS:
        return partial(_zeros, column)
    if column.name == "opening_hours":
        return _hours
    if type(column.kind) in _SEVERAL:
        return partial(_number if type(column.kind) is Phone else _first, column)
    if isinstance(column.kind, Listing):
        return partial(_items, column.kind)
    for kind, mend in _MENDS.items():
        if isinstance(column.kind, kind):
            return partial(mend, column)
    return None


def _zeros(column: Column, arrival: Arrival, text: str) -> str:
    """Give back the zeros that a spreadsheet took from the beginning of a code."""
    digits, most = _DIGITS[column.name]
    if len(text) == digits and text.isdecimal():
        return text
    bare = _FLOAT.sub(r"\1", text)
    if len(bare) >= digits:
        return bare
    if not (bare.isascii() and bare.isdigit() and digits - most <= len(bare) < digits):
        return bare
    mended = bare.zfill(digits)
    arrival.tell(column.name, _LOST.filled(text=text, mended=mended))
    return mended


def _number(column: Column, arrival: Arrival, text: str) -> str:
    """Keep the first of several telephone numbers; one that is a number has lost its zero."""
    first = _first(column, arrival, text)
    if first[:1] == "0" or not (first.isascii() and first.isdigit() and with_zero(first)):
        return first
    arrival.tell(column.name, _LOST.filled(text=first, mended=f"0{first}"))
    return f"0{first}"


def _hours(arrival: Arrival, text: str) -> str:
    """Keep hours that are not written as in OpenStreetMap in the note on the hours."""
    if _OSM_HOURS.match(text):
        return text
    arrival.add("opening_note", text, "; ")
    return ""


def _first(column: Column, arrival: Arrival, text: str) -> str:
    """Keep the first of several addresses or numbers; the others go into the internal notes."""
    if len(text) > LONGEST:
        return text
    parts = [part for part in _SEVERAL[type(column.kind)].split(text) if part]
    if not parts[1:] or not all(map(_WHOLE.search, parts)):
        return text
    others = Text("{label}, altri: {rest}", "{label}, others: {rest}").filled(
        label=column.label, rest=", ".join(parts[1:])
    )
    arrival.add("notes", str(others), "\n")
    told = Text(
        "più di un valore: tenuto il primo, {first}; gli altri nelle note interne",
        "more than one value: the first is kept, {first}; the others are in the internal notes",
    )
    arrival.tell(column.name, told.filled(first=parts[0]))
    return parts[0]


def _items(kind: Listing, _arrival: Arrival, text: str) -> str:
    """Part the items of a list as the list does, whatever stood between them."""
    if not _PARTED.search(text):
        return text
    signs = r"[;|/\n]" if isinstance(kind.item, Term) else r"[;\n]"
    return kind.separator.join(part.strip() for part in re.split(signs, text))


def _whole(column: Column, arrival: Arrival, text: str) -> str:
    """Write a whole number as one: 3.0 is what programs make of 3, 1.000 is an Italian thousand."""
    if text.isdecimal():
        return text
    if not _THOUSANDS.fullmatch(text):
        return _FLOAT.sub(r"\1", text)
    mended = text.replace(".", "")
    arrival.tell(column.name, _TAKEN_FOR.filled(text=text, mended=mended))
    return mended


def _date(column: Column, arrival: Arrival, text: str) -> str:
    """Write a date as numbers: without a time of the day, and with months by number."""
    if _NUMBERED.fullmatch(text):
        return text
    day = _TIME.sub("", _FLOAT.sub(r"\1", text))
    day = _WEEKDAY.sub("", day)
    if worded := _WORDED.fullmatch(day):
        month = _MONTH.get(worded[2].lower())
        if month:
            day = "/".join(part for part in (worded[1], month, worded[3]) if part)
    elif not _SHORT_DATE.fullmatch(day):
        return day
    if not (short := _SHORT_YEAR.search(day)):
        return day
    # What is written of an office's records lies behind us.
    century = "19" if int(short[1]) > dt.datetime.now(dt.UTC).year % 100 else "20"
    mended = f"{day[: short.start()]}{century}{short[1]}"
    arrival.tell(column.name, _TAKEN_FOR.filled(text=text, mended=mended))
    return mended


_MENDS: dict[type, Callable[[Column, Arrival, str], str]] = {Integer: _whole, PartialDate: _date}


def untouched(column: Column, texts: Collection[str]) -> bool:
    """Tell at once that nothing is mended in many texts of a column."""
    if mend_of(column) is None:
        return True
    kind = Listing if isinstance(column.kind, Listing) else type(column.kind)
    tells = _UNTOUCHED.get(kind)
    return tells is not None and tells(texts)


def is_blank(text: str) -> bool:
    """Tell whether a trimmed text says nothing."""
    return not text or (len(text) <= _LONGEST_BLANK and text.lower() in BLANKS)


def weighed(arrival: Arrival, column: str, text: str) -> None:
    """Tell what a person would not see in a text: it is kept, but for what does not print."""
    if not text.isascii() and not text.isprintable() and re.search(UNSEEN, text):
        arrival.tell(column, _UNSEEN_TOLD)


_LOST = Text(
    "aveva perso gli zeri iniziali: {text} è diventato {mended}",
    "it had lost its leading zeros: {text} became {mended}",
)
_TAKEN_FOR = Text("{text}: inteso come {mended}", "{text}: taken for {mended}")
_UNSEEN_TOLD = Text("c'erano caratteri invisibili: tolti", "there were unseen characters: removed")
