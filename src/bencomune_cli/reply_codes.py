"""A short code for each record, to be read aloud and typed: by it an answer finds its record.

Six characters of a hash and one that checks them, in the base 32 of Douglas Crockford, which has
neither I, L, O nor U. A slip of one character, or two that change places, are told from a code of
no record.
"""

import re

from .errors import Unreadable
from .words import Text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7  # characters, of which the last checks the others
_BITS = 5  # of one character
_FIELD = 0b100101  # x^5 + x^2 + 1, which makes a field of 32 numbers
_MISREAD = str.maketrans("OIL", "011")

SHAPE = Text(
    "serve il codice della lettera, di 7 lettere e cifre, come {example}",
    "the code of the letter is needed, of 7 letters and digits, such as {example}",
)
SLIP = Text(
    "il codice «{code}» ha un carattere sbagliato, o due scambiati: rileggerlo nella lettera",
    "the code “{code}” has a wrong character, or two that changed places: read it again in the"
    " letter",
)


def code_of(network: str, id_: str) -> str:
    """Return the code of a record of a network: always the same, seven characters."""
    from hashlib import sha256  # 5 ms, which only letters and answers need

    number = int.from_bytes(sha256(f"{network}\0{id_}".encode("utf-8", "replace")).digest()[:4])
    digits = [number >> _BITS * place & 31 for place in range(LENGTH - 1)]
    return "".join(ALPHABET[digit] for digit in (*digits, _doubled(_remainder(digits))))


def told(code: str) -> str:
    """Return a code as people read it: in two groups."""
    return f"{code[:3]}-{code[3:]}"


def read(text: str) -> str:
    """Return the code that a person wrote, in any case and with any signs. Raises Unreadable."""
    code = re.sub(r"[\W_]+", "", text).upper().translate(_MISREAD)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise Unreadable(SHAPE.filled(example=told(code_of("", ""))))
    if _remainder([ALPHABET.index(char) for char in code]):
        raise Unreadable(SLIP.filled(code=text.strip()))
    return code


def _remainder(digits: list[int]) -> int:
    """Return the value of a polynomial over the field: 0 for a code with its check."""
    value = 0
    for digit in digits:
        value = _doubled(value) ^ digit
    return value


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _FIELD if value >> _BITS else value
