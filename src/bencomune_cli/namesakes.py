"""Names of bodies and places as they are compared: what tells one from another, and how alike.

"Ass. A.U.S.E.R. di S. Maria - ODV" is told by "auser", "san" and "maria". A number, a letter that
stands alone and a word like "nord" tell two apart however alike all else is written.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from .folding import folded, words_of
from .patterns import pattern
from .similarity import similarity

ALIKE = 0.7  # from here on two names may mean the same
APART = 0.65  # of names that differ in what tells: below ALIKE, however alike the rest
SLIP = 0.7  # how alike the words must be that two names do not share: "esempio" and "esempi"
SHORT = 5  # letters: a slip in a shorter name makes another name ("ACLI", "ARCI")
LONG = 8  # letters of the words that a name shares with one that says more

# What a body is by law; its name tells it or not, as who writes it likes.
_LEGAL = frozenset(
    (
        *("aps", "odv", "ets", "onlus", "ong", "asd", "ssd", "assd", "apsd", "enc"),
        *("ass", "assoc", "associaz", "associazione", "associazioni", "aics"),
        *("coop", "cooperativa", "soc", "societa", "sociale", "scs", "scarl", "scrl", "scsarl"),
        *("arl", "rl", "srl", "srls", "spa", "snc", "sas", "cs", "impresa", "ente", "terzo"),
        *("settore", "dilettantistica", "promozione", "volontariato", "organizzazione"),
    )
)
_FORMS = pattern(rf"\b(?:{'|'.join(sorted(_LEGAL))})\b ?")
_SMALL = frozenset(
    (
        *("il", "lo", "la", "i", "gli", "le", "l", "un", "uno", "una", "d", "c", "e", "ed", "o"),
        *("di", "del", "dello", "della", "dei", "degli", "delle", "dell", "a", "al", "allo"),
        *("alla", "ai", "agli", "alle", "all", "da", "dal", "dalla", "dai", "dall", "in", "nel"),
        *("nella", "nei", "nell", "su", "sul", "sulla", "sull", "per", "con", "tra", "fra"),
    )
)
_UNTELLING = _LEGAL | _SMALL
_SAINT = dict.fromkeys(("s", "ss", "san", "santa", "santo", "sant", "santi", "sante"), "san")
_ORDINAL = {
    **dict.fromkeys(("primo", "prima"), "1"),
    **dict.fromkeys(("secondo", "seconda"), "2"),
    **dict.fromkeys(("terzo", "terza"), "3"),
    **dict.fromkeys(("quarto", "quarta"), "4"),
    **dict.fromkeys(("quinto", "quinta"), "5"),
}
_SHORTENED = {
    "lab": "laboratorio",
    "bibl": "biblioteca",
    "parr": "parrocchia",
    "ist": "istituto",
    "cult": "culturale",
    "ric": "ricreativo",
    "sport": "sportiva",
    "sez": "sezione",
}
_OPPOSITES = frozenset(
    (
        *("nord", "sud", "est", "ovest", "maschile", "femminile", "maggiore", "minore"),
        *("superiore", "inferiore", "mattina", "pomeriggio", "junior", "senior"),
    )
)
_APOSTROPHES = str.maketrans("’‘`´ʼ", "'''''")
_ELIDED = pattern(r"\b(?:[ld]|c|un|dell|all|nell|sull|dall|coll|quell)'", re.IGNORECASE)
_DOTTED = pattern(
    r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?|\b[^\W\d_]\.(?:\s[^\W\d_]\.){2,}"  # A.U.S.E.R., A. P. S.
)
_ORDINAL_SIGN = pattern(r"(?<=[0-9])[°ºª^]")
_MAY_BE_ROMAN = pattern("[IVX]{2}")
_ROMAN = pattern(r"\b(?=[IVX]{2,})(X{0,3})(IX|IV|V?I{0,3})\b")
_UNITS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


class Name(NamedTuple):
    """A name as it is compared: its telling words as they stand, and sorted; its marks, sorted.

    Marks are what tells two of a series apart: numbers, letters alone, "nord" and "sud".
    """

    text: str
    words: tuple[str, ...]
    marks: tuple[str, ...]

    @property
    def squeezed(self) -> str:
        """Return its telling words as one: "Pro Loco" and "Proloco" are the same."""
        return self.text.replace(" ", "")

    @property
    def ordered(self) -> str:
        """Return its telling words in the order of the alphabet."""
        return " ".join(self.words)


def ordered(text: str) -> str:
    """Return what `Name.ordered` does of the name of which this is the text."""
    return " ".join(sorted({*text.split()}))


def named(text: str) -> Name:
    """Return a name as it is compared."""
    return named_as(telling(text))


def named_as(text: str) -> Name:
    """Return the name of which this is the text."""
    words = text.split()
    return Name(text, tuple(sorted({*words})), tuple(sorted(filter(_is_mark, words))))


def telling(text: str) -> str:
    """Return the telling words of a name, as they stand: the text of the name."""
    words = _words(text)
    last = words[-1:] if len(words) > 1 and len(words[-1]) == 1 else []  # "Sezione A", no article
    told = [word for word in words if word not in _UNTELLING]
    if last or not told:
        large = [word for word in words[: len(words) - len(last)] if word not in _SMALL] + last
        told = [word for word in large if word not in _LEGAL] or large or words
    return " ".join(told)


@lru_cache(maxsize=10_000)
def _is_mark(word: str) -> bool:
    return len(word) == 1 or word in _OPPOSITES or word.isdecimal()


def bare(text: str) -> str:
    """Return a name folded, without what a body is by law: quicker and rougher than `named`."""
    return _FORMS.sub("", (folded(text) or "").replace(".", "")).strip()


def _words(text: str) -> list[str]:
    plain = text if text.isascii() and "`" not in text else text.translate(_APOSTROPHES)
    if "'" in plain:
        plain = _ELIDED.sub(" ", plain)
    if "." in plain:
        plain = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", plain)
    if not plain.isascii() or "^" in plain:
        plain = _ORDINAL_SIGN.sub(" ", plain)
    if _MAY_BE_ROMAN.search(plain):
        plain = _ROMAN.sub(_arabic, plain)
    return [*chain.from_iterable(map(_told_in, plain.split()))]


@lru_cache(maxsize=10_000)
def _told_in(part: str) -> tuple[str, ...]:
    if part.isascii() and part.isalnum():  # one word
        return (_told(part.lower()),)
    return tuple(map(_told, words_of(part)))


def _told(word: str) -> str:
    """Return a word as all its writings are compared: numbers as digits, saints as one."""
    word = _ORDINAL.get(word, _SAINT.get(word, word))
    word = word.lstrip("0") or "0" if word.isdecimal() else word
    return _SHORTENED.get(word, word)


def _arabic(found: re.Match[str]) -> str:
    return str(10 * len(found[1]) + _UNITS.index(found[2]))


def likeness(ones: Iterable[Name], others: Iterable[Name]) -> float:
    """Return how alike the names of two records are: that of the two that are most alike."""
    told = tuple(others)
    return max((_alike(one, other) for one in ones for other in told), default=0.0)


def _alike(one: Name, other: Name) -> float:
    """Return how alike two names are written; at most APART where what differs tells."""
    if one.marks != other.marks and one.marks and other.marks:
        return APART
    if one.text[:1] == other.text[:1] and one.squeezed == other.squeezed:
        return 1.0
    if not (one.words and other.words):
        return 0.0
    here = [word for word in one.words if word not in other.words]
    there = [word for word in other.words if word not in one.words]
    if here and there and similarity(" ".join(here), " ".join(there), SLIP) < SLIP:
        return APART
    found = max(similarity(one.text, other.text), similarity(one.ordered, other.ordered))
    found = min(found, 0.99)
    if not here or not there:
        found = max(found, _of_more({*one.words} & {*other.words}))
    if one.marks != other.marks:
        found = min(found, ALIKE)
    short = min(len(one.text), len(other.text)) <= SHORT
    return min(found, APART) if short and found > ALIKE else found


def _of_more(shared: set[str]) -> float:
    """Return how alike a name is to one that says the same and more."""
    return 0.8 if sum(map(len, shared)) >= LONG else ALIKE
