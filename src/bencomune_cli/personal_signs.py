"""What points to a person in any text: e-mail addresses, telephone numbers, codici fiscali."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from . import telephones
from .rules.identity import codes_of_persons
from .words import Text

EMAIL = Text("un indirizzo e-mail", "an e-mail address")
PHONE = Text("un numero di telefono", "a telephone number")
CODE = Text("il codice fiscale di una persona", "a person's codice fiscale")

# Sought from the sign that is rare: a pattern that begins with the name tries at each letter.
_HOST = re.compile(r"@(?:[\w-]+\.)+[^\W\d_]{2,}")
_LOCAL = re.compile(r"[\w.%+'-]+$")
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
# As people write numbers in Italy, or with the code of a country; no decimal number, no date, no
# digits that a UUID (RFC 9562) begins with.
_PHONE = re.compile(
    r"(?<![\w.+/-])(?:\+[1-9]|00[1-9]|0[1-9]|3[0-9])(?:[0-9]|[ ./()-]{1,2}(?=[0-9])){5,16}"
    r"(?![\w]|\.\d|-[0-9a-f]{4}\b)"
)
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_BETWEEN = re.compile(r"[ ./()-]+")
# Digits may be those of a date, of opening times, of an act: what says that they are a telephone's.
_SAYS_PHONE = re.compile(
    r"(?:\btel\b|telef|telep|\bphone|cellul|\bcell\b|mobil|\bfax\b|\bsms\b|whatsapp|chiam|\bcall"
    r"|centralin|recapit)[^0-9\n]{0,30}$"
)
_BEFORE = 60  # characters in which it is sought


class Sign(NamedTuple):
    """What was found: its kind, what it may be however it was written, and where it stands.

    A number beside other digits may be read with them and without.
    """

    kind: Text
    readings: tuple[str, ...]
    start: int
    end: int


def signs(text: str) -> Iterator[Sign]:
    """Yield what points to persons in a text in small letters."""
    for found in _HOST.finditer(text):
        before = text[max(0, found.start() - _LONGEST_LOCAL) : found.start()]
        if local := _LOCAL.search(before):
            start = found.start() - len(local[0])
            yield Sign(EMAIL, (local[0].lstrip(".'") + found[0],), start, found.end())
    for found in _PHONE.finditer(text):
        if numbers := tuple(_numbers(found[0])):
            yield Sign(PHONE, numbers, found.start(), found.end())
    for code in codes_of_persons(text):
        start = text.find(code)
        yield Sign(CODE, (code,), start, start + len(code))


def is_sure(sign: Sign, text: str) -> bool:
    """Tell whether what was found in a text in small letters can be nothing else."""
    if sign.kind is not PHONE or text[sign.start] == "+":
        return True
    if _SAYS_PHONE.search(text[max(0, sign.start - _BEFORE) : sign.start]):
        return True
    number = telephones.read(sign.readings[0])
    return bool(number and number.mobile and not re.search(r"[/.(]", text[sign.start : sign.end]))


def _numbers(written: str) -> Iterator[str]:
    """Yield the valid numbers that a text is or begins with, the longest first."""
    groups = [] if _DECIMAL.fullmatch(written) else _BETWEEN.split(written)
    for most in range(len(groups), 0, -1):
        number = telephones.read("".join(groups[:most]))
        if number and number.valid:
            yield number.e164
