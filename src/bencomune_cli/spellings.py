"""How people write a point: two numbers in any spelling, a link to a map, a shape.

What two bare numbers mean is not decided here, and nothing is looked up on the network.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

from .errors import Unreadable
from .patterns import pattern
from .words import Text, joined, same

LONGEST = 2_000  # characters; a link to Google Maps has some hundreds
SIXTY = 60

FORMS = (
    Text("gradi decimali", "decimal degrees"),
    Text("gradi e minuti", "degrees and minutes"),
    Text("gradi, minuti e secondi", "degrees, minutes and seconds"),
)
NOT_TWO = Text("i numeri non sono due", "there are not two numbers")
EXAMPLES = Text(
    "serve un punto come 45.1847, 9.1582, o 45°11'05\"N 9°09'29\"E,"
    " o un indirizzo copiato da Google Maps o da OpenStreetMap",
    "a point such as 45.1847, 9.1582 is needed, or 45°11'05\"N 9°09'29\"E,"
    " or an address copied from Google Maps or OpenStreetMap",
)

# Marks of direction and of no width, which telephones and spreadsheets put around what is copied.
_UNSEEN = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
_PLAIN = str.maketrans("º˚‘’‚′`´ʹʼ“”„″ʺ−–—", "°°''''''''\"\"\"\"\"---")
_TOKEN = pattern(
    r"\s+|(?P<number>(?:(?<![0-9a-z.])[+-])?[0-9][0-9.,]*)|(?P<mark>[°'\"])|(?P<word>[a-z]+)\.?"
    r"|(?P<gap>[,;/|&]|-(?=\s))|[()\[\]=:]",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = pattern(
    r"([0-9]{1,3}):([0-9]{1,2}(?:[.,][0-9]{1,15})?)(?::([0-9]{1,2}(?:[.,][0-9]{1,15})?))?(?![0-9:])"
)
_SIGNED_DEGREES = pattern(r"-[0-9]{1,3}(?![0-9])")
_NUMBER = pattern(r"[0-9]+(?:[.,][0-9]+)?")
_THOUSANDS = (
    (pattern(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"), str.maketrans(",", ".", ".")),
    (pattern(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"), str.maketrans("", "", ",")),
)
_MARKS = {"°": 0, "'": 1, '"': 2, "d": 0, "deg": 0, "gradi": 0, "m": 1, "min": 1, "sec": 2}
_LETTERS = {
    **dict.fromkeys(("n", "nord", "north"), ("y", 1)),
    **dict.fromkeys(("s", "sud", "south"), ("y", -1)),
    **dict.fromkeys(("e", "est", "east"), ("x", 1)),
    **dict.fromkeys(("w", "o", "ovest", "west"), ("x", -1)),
}
_LABELS = {
    **dict.fromkeys(("lat", "latitude", "latitudine", "y", "northing"), "y"),
    **dict.fromkeys(("lon", "lng", "long", "longitude", "longitudine", "x", "easting"), "x"),
}
_SHAPE = pattern(
    r"POINT\s*[ZM]{0,2}\s*\(\s*([^\s()]{1,30})\s+([^\s()]{1,30})(?:\s+[^\s()]{1,30}){0,2}\s*\)",
    re.IGNORECASE,
)


class Numbers(NamedTuple):
    """Two coordinates as they were written.

    Each is a tuple of what it may mean, likeliest first: 512.137 may be half a million. `axes` is
    "yx" or "xy" where the text says which is which, one letter where it says it of one only.
    `degrees` says that they can be nothing else.
    """

    first: tuple[float, ...]
    second: tuple[float, ...]
    axes: str = ""
    degrees: bool = False
    form: Text = FORMS[0]


def refusal(*reasons: Text) -> Unreadable:
    """Return the refusal of a text, with its reasons and three examples."""
    return Unreadable(joined("; ", [*reasons, EXAMPLES]))


def seen(text: str) -> str:
    """Return a text on one line, without what nobody sees. Raises Unreadable for controls."""
    if len(text) > LONGEST:
        raise refusal(Text("il testo è troppo lungo", "the text is too long"))
    text = re.sub(r"[ \t\r\n\u00a0\u2000-\u200a\u202f]+", " ", text.translate(_UNSEEN)).strip()
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in text):
        raise refusal(Text("ci sono caratteri di controllo", "there are control characters"))
    return text


def read_shape(text: str) -> Numbers | None:
    """Read a GeoJSON or WKT point, or an object with lat and lon; None where it is none of them."""
    if found := _SHAPE.fullmatch(text):
        return _shaped(found[1], found[2], "WKT")
    if not text.startswith("{"):
        return None
    try:
        told: Any = json.loads(text)
        told = told.get("geometry") or told
        if "coordinates" not in told:
            axes = {_LABELS[key.lower()]: told[key] for key in told if key.lower() in _LABELS}
            return _shaped(axes["x"], axes["y"], "JSON")
        if told["type"] != "Point":
            raise refusal()
        x, y, *_ = told["coordinates"]
        return _shaped(x, y, "GeoJSON")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise refusal() from None


def _shaped(x: object, y: object, form: str) -> Numbers:
    """Take numbers as JSON and WKT write them."""
    if not all(re.fullmatch(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?", str(each)) for each in (x, y)):
        raise refusal()
    try:
        return Numbers((float(str(x)),), (float(str(y)),), "xy", form=same(form))
    except ValueError:
        raise refusal() from None


class _Coordinate:
    """One coordinate while it is read: its numbers, the marks behind them, its direction."""

    def __init__(self, *runs: str) -> None:
        self.runs = list(runs)
        self.marked: list[int] = []
        self.in_words = False  # 45d11m05s
        self.axis = ""
        self.sign = 1
        self.lettered = False

    @property
    def sexagesimal(self) -> bool:
        return len(self.runs) > 1 or bool(self.marked)

    def values(self) -> tuple[float, ...]:
        """Return what the coordinate may mean, likeliest first. Raises Unreadable."""
        first, *rest = self.runs
        if self.lettered and (_SIGNED_DEGREES.match(first) or (self.sign < 0 and first[0] in "+-")):
            raise refusal()  # a minus, or a dash before the number?
        sign = -self.sign if first[0] == "-" else self.sign
        first = first.lstrip("+-")
        if not self.sexagesimal:
            return tuple(sign * value for value in _meanings(first))
        parts = [_meanings(each)[0] for each in (first, *rest)]
        if not all(each.is_integer() for each in parts[:-1]) or max([0, *parts[1:]]) >= SIXTY:
            raise refusal(
                Text("minuti e secondi vanno da 0 a 60", "minutes and seconds go from 0 to 60")
            )
        return (sign * math.fsum(part / SIXTY**at for at, part in enumerate(parts)),)


def _meanings(run: str) -> tuple[float, ...]:
    """Return what a run of digits, points and commas may mean: a decimal, one with thousands."""
    found = [float(run.replace(",", "."))] if _NUMBER.fullmatch(run) else []
    found += [float(run.translate(plain)) for form, plain in _THOUSANDS if form.fullmatch(run)]
    if not found or math.isinf(found[0]):
        raise refusal()
    return tuple(dict.fromkeys(found))


class _Reader:
    """Takes up the coordinates of a text, token by token."""

    def __init__(self) -> None:
        self.done: list[_Coordinate] = []
        self.now = _Coordinate()
        self.leads: bool | None = None  # letters stand before their numbers
        self.parted = False

    def end(self) -> None:
        """Close a coordinate."""
        if self.now.runs:
            self.done.append(self.now)
            self.now = _Coordinate()

    def number(self, run: str) -> None:
        """Take a number, and the comma or full stop that only follows it."""
        if len(self.now.runs) > len(FORMS):  # a fourth may turn out to begin the other coordinate
            raise refusal(NOT_TWO)
        self.now.runs.append(run.rstrip(".,"))
        self.parted = run[-1] == ","
        if self.parted:
            self.end()

    def mark(self, mark: str) -> None:
        """Take a mark of degrees, minutes or seconds; a degree begins a coordinate of its own."""
        place = _MARKS[mark.lower()]
        if place == 0 and len(self.now.runs) > 1:
            begun = self.now.runs.pop()
            self.end()
            self.now.runs.append(begun)
        if place != len(self.now.runs) - 1 or place in self.now.marked:
            raise refusal()
        self.now.marked.append(place)
        self.now.in_words = mark.isalpha()

    def gap(self, gap: str) -> None:
        """Take what stands between two coordinates; a dash after another gap may be a minus."""
        begun = self.now.runs or (self.done and not self.now.axis)
        if not begun or (gap == "-" and self.parted):
            raise refusal()
        self.parted = True
        self.end()

    def word(self, word: str) -> None:
        """Take a letter of direction, a label, or a mark told as a word."""
        word = word.lower()
        runs, marked = self.now.runs, self.now.marked
        if word == "m" and len(runs) == 1 and not marked:
            return  # metres
        seconds = word == "s" and self.now.in_words and len(runs) > len(marked)
        if word in _LETTERS and not seconds:
            self.direction(*_LETTERS[word], lettered=True)
        elif word in _LABELS:
            self.direction(_LABELS[word], 1, lettered=False)
        elif word in _MARKS or seconds:
            self.mark("sec" if seconds else word)
        elif len(word) == 2:  # noqa: PLR2004 - mE: metres east; sN: seconds north
            self.word(word[0])
            self.word(word[1])
        else:
            raise refusal(
                Text("«{word}» non si capisce", "“{word}” is unclear").filled(word=word[:30])
            )

    def direction(self, axis: str, sign: int, *, lettered: bool) -> None:
        """Take which coordinate it is: before its number, or behind."""
        if self.leads is None:
            self.leads = not self.now.runs
        follows = self.now.axis == axis and lettered and not self.now.lettered  # Lat 45 N
        if self.leads and self.now.runs and not follows:
            self.end()
        if (self.now.axis and not follows) or (not self.leads and not self.now.runs):
            raise refusal()
        self.now.axis, self.now.sign, self.now.lettered = axis, sign, lettered
        if not self.leads:
            self.end()


def read_numbers(text: str) -> Numbers:
    """Read two numbers: decimal, with minutes and seconds, with letters, labels, thousands."""
    plain = text.translate(_PLAIN).replace("''", '"').rstrip(".")
    reader = _Reader()
    for kind, token in _tokens(_CLOCK.sub(_marked, plain)):
        getattr(reader, kind)(token)
    reader.end()
    found = _parted(reader.done)
    if len(found) != 2 or max(len(each.runs) for each in found) > len(FORMS):  # noqa: PLR2004
        raise refusal(NOT_TWO)
    first, second = found
    axes = first.axis + second.axis
    if axes in {"xx", "yy"}:
        raise refusal()
    sexagesimal = first.sexagesimal or second.sexagesimal
    return Numbers(
        first.values(),
        second.values(),
        axes,
        sexagesimal or min(first.sign, second.sign) < 0,
        FORMS[max(len(first.runs), len(second.runs)) - 1],
    )


def _marked(clock: re.Match[str]) -> str:
    """Return 45:11:05 with the marks that belong there."""
    return f"{clock[1]}°{clock[2]}'" + (f'{clock[3]}"' if clock[3] else "")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise refusal()
        at = found.end()
        if found.lastgroup:
            yield found.lastgroup, found[found.lastgroup]


def _parted(found: list[_Coordinate]) -> list[_Coordinate]:
    """Part two numbers that nothing but a blank or one comma stands between."""
    if len(found) != 1 or found[0].axis or found[0].marked:
        return found
    runs = found[0].runs
    if len(runs) == 1:
        parts = runs[0].split(",")
        if len(parts) == 4:  # noqa: PLR2004 - 45,1847,9,1582
            runs = [",".join(parts[:2]), ",".join(parts[2:])]
        elif "." in runs[0]:  # 45,18 is one number, as Italians write it
            runs = parts
    return [_Coordinate(run) for run in runs]
