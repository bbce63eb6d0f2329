"""Texts broken into lines: words one after the other as long as there is room."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .faces import Boxes, Face
from .words import Span, Word, kind_of, signs, turned, words

_RUNS = re.compile("R(?:[RNO]*[RN])?")  # of kinds of pieces: what is turned round together
_LAST = 1.0  # points, of a space after all


class Run(NamedTuple):
    """What is shown in one go: where it begins on its line, its width, how, and what TJ gets."""

    x: float
    width: float
    span: Span
    font: Face | Boxes
    shown: str


_Line = list[tuple[float, Word]]


def broken(spans: Iterable[Span], width: float, hanging: float = 0.0) -> list[list[Run]]:
    """Return the lines of a text in so much room; all but the first are `hanging` to the right.

    Lines end in a space where words are apart, and so does the last: who reads one text after the
    other needs it.
    """
    lines: list[list[Run]] = []
    line: _Line = []
    at, indent = 0.0, 0.0
    for gap, word in _fitting(words(spans), width - hanging):
        taken = sum(piece.width for piece in word)
        if line and indent + at + gap + taken > width:
            lines.append(_set(line, indent, gap))
            line, at, indent = [], 0.0, hanging
        before = gap if line else 0.0
        line.append((before, word))
        at += before + taken
    if line:
        lines.append(_set(line, indent, _LAST))
    return lines


def _fitting(told: Iterable[tuple[float, Word]], room: float) -> Iterator[tuple[float, Word]]:
    """Yield words, sign by sign where one is wider than a line."""
    for gap, word in told:
        if sum(piece.width for piece in word) <= room:
            yield gap, word
        else:
            for place, sign in enumerate(signs(word)):
                yield 0.0 if place else gap, [sign]


def _set(line: _Line, indent: float, after: float) -> list[Run]:
    """Return a line as runs: what follows in one style is shown together, with its spaces.

    A space `after` it is shown too: who reads the text, not the page, needs it.
    """
    runs: list[Run] = []
    shown: list[str] = []
    span: Span | None = None
    font: Face | Boxes | None = None
    begun = ended = at = indent
    for gap, word in (*_in_reading_order(line), (after, [])):
        if gap and span and font:
            shown.append(_space(gap / span.style.size, font))
        at += gap
        for piece in word:
            alike = span is piece.span or (span is not None and span[1:] == piece.span[1:])
            if font is not piece.font or not alike:
                if span and font:
                    runs.append(Run(begun, ended - begun, span, font, "".join(shown)))
                begun, span, font, shown = at, piece.span, piece.font, []
            shown.append(piece.shaped.shown)
            ended = at = at + piece.width
    if span and font:
        runs.append(Run(begun, ended - begun, span, font, "".join(shown)))
    return runs


def _space(width: float, font: Face | Boxes) -> str:
    """Return what shows a space of this width, in ems."""
    more = round((width - font.space.width) * 1000)
    return font.space.shown + (str(-more) if more else "")


def _in_reading_order(line: _Line) -> Sequence[tuple[float, Word]]:
    """Return a line with what is read from right to left in its order, from the left.

    Of UAX #9 this is what names and phrases in a text from left to right need: letters of such a
    script that follow each other, with numbers and signs between them and numbers after them, are
    turned round; HarfBuzz has turned the letters of a piece. Numbers keep their order, and signs
    such as brackets are turned.
    """
    pieces = [piece for _, word in line for piece in word]
    if not any(piece.shaped.backwards for piece in pieces):
        return line
    kinds = "".join(map(kind_of, pieces))
    gaps = [gap if place == 0 else 0.0 for gap, word in line for place in range(len(word))]
    for run in _RUNS.finditer(kinds):
        begun, ended = run.span()
        pieces[begun:ended] = [
            turned(piece) if kinds[place] == "O" else piece
            for place, piece in enumerate(pieces[begun:ended], begun)
        ][::-1]
        gaps[begun + 1 : ended] = gaps[begun + 1 : ended][::-1]
    return [(gap, [piece]) for gap, piece in zip(gaps, pieces, strict=True)]
