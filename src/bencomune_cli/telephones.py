"""Telephone numbers: read, and told which they are. The home of phonenumbers.

Most numbers are Italian, fixed or mobile, and plainly written: these are matched with the library's
own patterns at a tenth of its time; all others it reads itself.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from .patterns import pattern

_WRITTEN = pattern(r"\+?[0-9 ()./-]+", re.ASCII)
_MARKS = str.maketrans("", "", " ()./-")
# An Italian number, with the code of the country, or without where nothing else can be meant.
_PLAIN = pattern(r"(?:(?:\+|00)39([0-9]{6,12})|(0[1-9][0-9]{4,10}|3[0-8][0-9]{7,9}))", re.ASCII)
# One Italian number alone, by its first digits surely with its zero, and too short to be two.
_ALONE = pattern(r"(?:\+39 ?)?(0[1-9][0-9 ]{4,13})|\+39 ?(3[0-9 ]{8,13})", re.ASCII)

_OLD = 9  # digits of the first mobiles


class Telephone(NamedTuple):
    """A number: in E.164 with its leading zero, whether the plan of numbers has it, if a mobile."""

    e164: str
    valid: bool
    mobile: bool


def is_written(text: str) -> bool:
    """Tell whether a text has only what numbers are written with: no letters, no extension."""
    return bool(_WRITTEN.fullmatch(text))


def read(text: str) -> Telephone | None:
    """Return the Italian or international number that a text means; None for none."""
    digits = _national(text)
    return (_italian_number(digits) if digits else None) or _by_library(text)


@lru_cache(maxsize=8_192)  # a number is read as it was written, and then as it is kept
def _italian_number(digits: str) -> Telephone | None:
    for mobile, (shape, lengths) in enumerate(_italian()):
        if len(digits) in lengths and shape.fullmatch(digits):
            return Telephone(f"+39{digits}", valid=True, mobile=bool(mobile))
    return None


@cache
def _italian() -> Sequence[tuple[re.Pattern[str], Sequence[int]]]:
    """Return the library's patterns and lengths of Italian fixed and mobile numbers."""
    from phonenumbers import PhoneMetadata

    known: Any = PhoneMetadata.metadata_for_region("IT")
    return [
        (re.compile(each.national_number_pattern), each.possible_length)
        for each in (known.fixed_line, known.mobile)
    ]


def surely_fixed(text: str) -> bool:
    """Tell at once that a text in E.164 is a fixed Italian number, with its zero."""
    shape, lengths = _italian()[0]
    return bool(text[:4] == "+390" and len(text) - 3 in lengths and shape.fullmatch(text, 3))


def is_alone(text: str) -> bool:
    """Tell at once that a text is written as one Italian number with all its digits."""
    return _ALONE.fullmatch(text) is not None


def plainly(text: str) -> str | None:
    """Return in E.164 a number that `is_alone` and in the plan of numbers; None for any other."""
    found = _ALONE.fullmatch(text)
    if not found:
        return None
    digits = (found[1] or found[2]).replace(" ", "")
    number = f"+39{digits}"
    return number if surely_fixed(number) or _italian_number(digits) else None


@lru_cache(maxsize=8_192)
def with_zero(text: str) -> str | None:
    """Return, in E.164, the fixed number of which an Italian one without its zero is the rest.

    None for a number that needs none. A spreadsheet drops the zero of 0382 399111, and the library
    takes the rest for a mobile of nine digits, as only the first ones were: of none of their
    prefixes, such as 335, 337 or 348, does a zero make a district.
    """
    rest = _national(text)
    number = read(text) if rest and rest[0] != "0" else None
    if number is None or (number.valid and not (number.mobile and len(rest) == _OLD)):
        return None
    shape, lengths = _italian()[0]
    whole = f"0{rest}"
    return f"+39{whole}" if len(whole) in lengths and shape.fullmatch(whole) else None


@lru_cache(maxsize=64)  # read, and looked at for its zero
def _national(text: str) -> str:
    """Return the digits of an Italian number that is plainly written; none of any other."""
    if text[:3] == "+39" and text[3:].isdecimal() and text.isascii():  # as it is kept
        return text[3:] if 6 <= len(text) - 3 <= 12 else ""  # noqa: PLR2004 - as of _PLAIN
    found = _PLAIN.fullmatch(text.translate(_MARKS)) if _WRITTEN.fullmatch(text) else None
    return found[1] or found[2] if found else ""


@lru_cache(maxsize=8_192)
def _by_library(text: str) -> Telephone | None:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    try:
        number = phonenumbers.parse(text, "IT")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    # A number is valid where the plan of numbers knows of which type it is.
    kind = phonenumbers.number_type(number)
    return Telephone(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        valid=kind != PhoneNumberType.UNKNOWN,
        mobile=kind == PhoneNumberType.MOBILE,
    )
