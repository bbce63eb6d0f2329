"""Texts in styles as words: what no line ends in, in the pieces in which a font shows it."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

from .faces import Boxes, Face, Shaped, is_backwards

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
_TURNED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


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
            for part in _AFTER.split(text) if _may_break(text) else (text,):
                if part is not text and word and word[-1].span is span:
                    yield gap, word
                    gap, word = 0.0, []
                shaped = face.shaped(part)
                if shaped.lacking or shaped.backwards:
                    word += _apart(part, span)
                else:
                    word.append(Piece(part, span, face, shaped, shaped.width * size))
    if word:
        yield gap, word


def signs(word: Word) -> Iterator[Piece]:
    """Yield a word sign by sign."""
    for piece in word:
        if isinstance(piece.font, Boxes):
            yield piece
        else:
            for sign in piece.text:
                yield _piece(sign, piece.span, piece.font)


def kind_of(piece: Piece) -> str:
    """Return R for letters that are read from right to left, L for others, N for numbers, or O."""
    if piece.shaped.backwards:
        return "R"
    if any(map(str.isalpha, piece.text)):
        return "L"
    return "N" if any(map(str.isdigit, piece.text)) else "O"


def turned(piece: Piece) -> Piece:
    """Return signs that are neither letters nor numbers as they stand among letters of kind R."""
    if isinstance(piece.font, Boxes):
        return piece
    return _piece(piece.text[::-1].translate(_TURNED), piece.span, piece.font)


def wide(span: Span) -> float:
    """Return how much room a text takes on one line."""
    return sum(gap + sum(piece.width for piece in word) for gap, word in words([span]))


def _widest(space: str, face: Face) -> float:
    return max(_WIDER.get(sign, face.space.width) for sign in space)


def _may_break(text: str) -> bool:
    # A mail address is told from others by its text: it is not parted, if it has room on a line.
    return bool(_BREAKING.search(text)) and "@" not in text


def _apart(text: str, span: Span) -> Iterator[Piece]:
    """Yield a text in pieces of one direction, in the order in which it is read."""
    last = ""

    def kind(sign: str) -> str:
        nonlocal last
        if category(sign) not in _MARKS:
            last = "R" if is_backwards(sign) else "L" if sign.isalpha() else category(sign)[0]
        return last

    for _, each in groupby(text, kind):
        yield from _in_boxes("".join(each), span)


def _in_boxes(text: str, span: Span) -> Iterator[Piece]:
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
        yield _piece(part, span, face if has else face.boxes(part))


def _piece(text: str, span: Span, font: Face | Boxes) -> Piece:
    shaped = font.shaped(text)
    return Piece(text, span, font, shaped, shaped.width * span.style.size)
