"""Texts without case and accents: SQLite's own folding knows ASCII only."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from .patterns import pattern

_WORD = pattern(r"[^\W_]+")


def folded(text: str | float | None) -> str | None:
    """Return a text without case and accents; None for none."""
    return None if text is None else _folded(str(text))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text: its runs of letters and digits."""
    return [word for part in text.split() for word in _words_of(part)]


@lru_cache(maxsize=10_000)
def _words_of(part: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_folded(part)))


def answers(word: str, needles: Iterable[str]) -> bool:
    """Tell whether a folded word begins as one that is looked for, or is that single letter."""
    return any(word.startswith(each) if len(each) > 1 else word == each for each in needles)


def spans_of(text: str) -> list[tuple[int, int, list[str]]]:
    """Return where the words of a text begin and end, each with its folded words."""
    return [(*found.span(), words_of(found[0])) for found in _WORD.finditer(text)]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
