"""Opening hours as people read them: those of OpenStreetMap that are plainly written, in words.

What is not days, times, holidays and closing is left as it is: to be read as it was written is
better than to be read wrongly (wiki.openstreetmap.org/wiki/Key:opening_hours/specification).
"""

import re

from .words import LANGUAGES, Text

_WORDS = {
    "Mo": Text("lunedì", "Monday"),
    "Tu": Text("martedì", "Tuesday"),
    "We": Text("mercoledì", "Wednesday"),
    "Th": Text("giovedì", "Thursday"),
    "Fr": Text("venerdì", "Friday"),
    "Sa": Text("sabato", "Saturday"),
    "Su": Text("domenica", "Sunday"),
    "PH": Text("festivi", "public holidays"),
    "off": Text("chiuso", "closed"),
    "closed": Text("chiuso", "closed"),
    "24/7": Text("sempre aperto", "always open"),
}
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_DAYS = rf"{_DAY}(?:-{_DAY})?(?:, ?{_DAY}(?:-{_DAY})?)*"
_TIME = "[0-2]?[0-9]:[0-5][0-9]"
_TIMES = rf"{_TIME}-{_TIME}(?:, ?{_TIME}-{_TIME})*"
_RULE = rf"(?:{_DAYS}(?: (?:{_TIMES}|off|closed))?|{_TIMES})"
_PLAIN = re.compile(rf"24/7|{_RULE}(?:; ?{_RULE})*;?")
_SIGN = re.compile(rf"24/7|{_DAY}|off|closed|(?<=[A-Za-z])-|(?<=[0-9])-(?=[0-9])|, ?|; ?")
_MARKS = {",": ", ", ";": "; "}


def told(hours: str) -> Text | None:
    """Return hours in words; None for those that cannot be told so."""
    if not _PLAIN.fullmatch(hours):
        return None
    return Text(*(_said(hours.rstrip("; "), language) for language in LANGUAGES))


def _said(hours: str, language: str) -> str:
    def word(found: re.Match[str]) -> str:
        sign = found[0]
        if sign == "-":
            return "–"
        said = _WORDS.get(sign)
        return said.said_in(language) if said else _MARKS[sign[0]]

    return _SIGN.sub(word, hours)
