"""JSON read strictly: no NaN, no name twice in one object, no number beyond what a float holds.

RFC 8259: numbers section 6, names that stand twice section 4.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from .errors import Refused
from .words import Text

_BLANK = re.compile(r"[ \t\n\r]*")


def parsed(text: str) -> Any:
    """Return the value of a text. Raises Refused."""
    try:
        value, end = _DECODER.raw_decode(text, _after(text, 0))
        _expect_end(text, end)
    except (ValueError, RecursionError) as error:
        raise _invalid(error) from None
    return value


def walked(text: str, name: str, others: dict[str, Any]) -> Iterator[Any]:
    """Yield the items of one array of an object, one at a time; put its other members in `others`.

    So a large collection is never held as objects. An array that is none is put there as it is.
    Raises Refused, while it goes, for what is not JSON.
    """
    count = 0
    try:
        for item in _walked(text, name, others):
            count += 1
            yield item
    except (ValueError, RecursionError, IndexError) as error:
        raise _invalid(error, count) from None


def depth_of(value: Any) -> int:
    """Return how many lists and objects of a value lie one inside the other."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, dict | list):
            deepest = max(deepest, depth)
            inner = each.values() if isinstance(each, dict) else each
            waiting += [(one, depth + 1) for one in inner]
    return deepest


def _walked(text: str, name: str, others: dict[str, Any]) -> Iterator[Any]:
    place = _expect(text, _after(text, 0), "{")
    seen: set[str] = set()
    while text[place] != "}":
        _expect(text, place, '"')
        key, place = _DECODER.raw_decode(text, place)
        if key in seen:
            raise ValueError(_TWICE)
        seen.add(key)
        place = _expect(text, _after(text, place), ":")
        if key == name and text[place] == "[":
            others[name] = []
            place = _expect(text, place, "[")
            while text[place] != "]":
                item, place = _DECODER.raw_decode(text, place)
                yield item
                place = _next(text, place, "]")
            place += 1
        else:
            others[key], place = _DECODER.raw_decode(text, place)
        place = _next(text, place, "}")
    _expect_end(text, place + 1)


def _expect_end(text: str, place: int) -> None:
    if _after(text, place) != len(text):
        raise ValueError("more follows")


def _after(text: str, place: int) -> int:
    """Return the place of what comes after blanks."""
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _expect(text: str, place: int, sign: str) -> int:
    """Return the place of what comes after a sign that must stand here."""
    if text[place : place + 1] != sign:
        raise ValueError(f"{sign} expected at {place}")
    return _after(text, place + 1)


def _next(text: str, place: int, end: str) -> int:
    """Return the place of the next item, or of the sign that ends them."""
    place = _after(text, place)
    if text[place] == end:
        return place
    place = _expect(text, place, ",")
    if text[place] == end:
        raise ValueError(f"a value is expected at {place}")
    return place


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object in which a name stands twice: JSON would keep the last in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_TWICE)
    return found


class _NumberError(ValueError):
    """A number that JSON does not have, or that no float holds."""


def _refused(name: str) -> Any:
    raise _NumberError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NumberError(text)
    return value


_TWICE = "a name stands twice in one object"
_TOO_LONG = "Exceeds the limit"  # what Python says of a whole number of more than 4,300 digits
_DECODER = json.JSONDecoder(parse_constant=_refused, parse_float=_finite, object_pairs_hook=_once)


def _invalid(error: Exception, items: int | None = None) -> Refused:
    """Return the refusal of a text that is not JSON, with where it goes wrong if that is known."""
    if isinstance(error, RecursionError):
        reason = Text("ha troppi livelli uno dentro l'altro", "it has too many levels of nesting")
    elif str(error) == _TWICE:
        reason = Text("un nome c'è due volte nello stesso oggetto", _TWICE)
    elif line := getattr(error, "lineno", None):
        place = Text("riga {line}, colonna {column}", "line {line}, column {column}")
        reason = place.filled(line=line, column=getattr(error, "colno", 1))
    elif isinstance(error, _NumberError):
        reason = Text("un numero non è ammesso: {error}", "a number is not allowed: {error}")
        reason = reason.filled(error=str(error)[:40])
    elif str(error).startswith(_TOO_LONG):
        reason = Text("un numero ha migliaia di cifre", "a number has thousands of digits")
    else:
        reason = Text("è incompleto o rovinato", "it is incomplete or damaged")
    if items and not getattr(error, "lineno", None):
        where = Text("{reason}, dopo l'elemento {items}", "{reason}, after item {items}")
        reason = where.filled(reason=reason, items=items)
    return Refused(
        Text("il file non è JSON valido: {reason}", "the file is not valid JSON: {reason}").filled(
            reason=reason
        )
    )
