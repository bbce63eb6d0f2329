"""Texts in styles as words: what no line ends in, in the pieces in which a font shows it."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional, category

from .faces import Boxes, Face, Shaped

# Spaces that are wider, of the size: WIDE parts what may end with any sign (a web address, hours).
# Beyond that poppler takes what follows for another column.
HALF, WIDE = "\u2002", "\u2003"
_WIDER = {HALF: 0.5, WIDE: 0.8}
_SPACES = rf" \t\n\r\f\v{HALF}{WIDE}\u2028\u2029"
_TOKENS = re.compile(f"([{_SPACES}]+)|([^{_SPACES}]+)")
# A line may end after these where a letter follows (after UAX #14: HY, BA and SY).
_AFTER = re.compile(r"(?<=[^\W_][-/–—])(?=[^\W\d_])|(?<=//)(?=\w)")
_BREAKING = re.compile("[-/–—]")
_MARKS = frozenset({"Cf", "Mn"})  # categories of what belongs to the sign before it
_FORWARDS = frozenset({"L", "EN", "AN"})  # classes of UAX #9 that are read from left to right


class Style(NamedTuple):
    """How a text looks: its face, size in points, and colour as three numbers from 0 to 1."""

    face: Face
    size: float
    colour: str


class Span(NamedTuple):
    """A text in one style; `link` is the name of the place that it leads to, `back` a colour."""

    text: str
    style: Style
    link: str = ""
    back: str = ""


class Piece(NamedTuple):
    """A part of a word that one font shows: that of its style, or boxes."""

    text: str
    span: Span
    font: Face | Boxes
    shaped: Shaped
    width: float


Word = list[Piece]


def words(spans: Iterable[Span]) -> Iterator[tuple[float, Word]]:
    """Yield what no line may end in, with the space before it."""
    gap, word = 0.0, Word()
    for span in spans:
        face, size = span.style.face, span.style.size
        for space, text in _TOKENS.findall(span.text):
            if space:
                if word:
                    yield gap, word
                    gap, word = 0.0, []
                gap = max(gap, size * (face.space.width if space == " " else _widest(space, face)))
                continue
            for part in _AFTER.split(text) if _BREAKING.search(text) else (text,):
                if part is not text and word and word[-1].span is span:
                    yield gap, word
                    gap, word = 0.0, []
                shaped = face.shaped(part)
                if shaped.backwards:
                    word += _backwards(part, span)
                elif shaped.lacking:
                    word += _in_boxes(part, span)
                else:
                    word.append(Piece(part, span, face, shaped, shaped.width * size))
    if word:
        yield gap, word


def signs(word: Word) -> Iterator[Piece]:
    """Yield a word sign by sign, in the order in which it is read."""
    for piece in reversed(word) if is_backwards(word) else word:
        if isinstance(piece.font, Boxes):
            yield piece
        else:
            for sign in piece.text:
                yield _piece(sign, piece.span, piece.font, backwards=piece.shaped.backwards)


def is_backwards(word: Word) -> bool:
    """Tell whether a word is read from right to left."""
    return any(piece.shaped.backwards for piece in word)


def is_number(word: Word) -> bool:
    """Tell whether a word has digits and no letters: it goes with the words around it."""
    text = "".join(piece.text for piece in word)
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def wide(span: Span) -> float:
    """Return how much room a text takes on one line."""
    return sum(gap + sum(piece.width for piece in word) for gap, word in words([span]))


def _widest(space: str, face: Face) -> float:
    return max(_WIDER.get(sign, face.space.width) for sign in space)


def _backwards(word: str, span: Span) -> Iterator[Piece]:
    """Yield a word that is read from right to left, from its left; its numbers are turned back."""
    parts = [
        ("".join(each), not forwards)
        for forwards, each in groupby(word, lambda sign: bidirectional(sign) in _FORWARDS)
    ]
    for text, backwards in reversed(parts):
        pieces = list(_in_boxes(text, span, backwards=backwards))
        yield from reversed(pieces) if backwards else pieces


def _in_boxes(text: str, span: Span, *, backwards: bool = False) -> Iterator[Piece]:
    """Yield a text in the order in which it is read, what its face has no glyphs for as boxes."""
    face = span.style.face
    parts: list[tuple[bool, str]] = []
    for sign in text:
        has, before = face.has(sign), parts[-1] if parts else (False, "")
        marks = before[1] and not before[0] and category(sign) in _MARKS
        if marks or (has and before[0]):
            parts[-1] = (before[0], before[1] + sign)
        else:
            parts.append((has, sign))
    for has, part in parts:
        yield _piece(part, span, face if has else face.boxes(part), backwards=backwards)


def _piece(text: str, span: Span, font: Face | Boxes, *, backwards: bool) -> Piece:
    shaped = font.shaped(text)._replace(backwards=backwards)
    return Piece(text, span, font, shaped, shaped.width * span.style.size)
