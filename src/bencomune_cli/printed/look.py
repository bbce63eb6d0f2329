"""How pages look: type, colours, and the parts that the map and the sheets share."""

import datetime as dt
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from .blocks import Block, Rule
from .document import Document
from .faces import CAPITAL, Face
from .lines import broken
from .pages import Page, Placed, Spot
from .words import HALF, WIDE, Span, Style, wide

MM = 72 / 25.4


def rgb(told: str) -> str:
    """Return a colour, as #1d1d1b tells it, as PDF has it: three numbers from 0 to 1."""
    return " ".join(f"{int(told[place : place + 2], 16) / 255:.3g}" for place in (1, 3, 5))


INK, QUIET, HAIR = rgb("#1d1d1b"), rgb("#6b675f"), rgb("#cfc9bd")
PAPER, WARM, WHITE = rgb("#f6f3ec"), rgb("#b3401f"), rgb("#ffffff")
COLOURS = {"lab": rgb("#0072b2"), "group": rgb("#c14f00"), "organisation": rgb("#00795a")}
SIZE = 9.5  # of most text, in points
_KICKER, _SMALL, _FACT, _WARNING = 0.74, 0.82, 0.92, 0.8  # of the text around
_DASH = "[1.4 0.9] 0"
_DIGITS, _FEW, _MANY = 2, 1.22, 0.95  # of the radius of a circle: the size of a number in it
_NO_BREAK = "\u00a0"


class Look:
    """The faces of one document, and texts in them."""

    def __init__(self) -> None:
        self.regular, self.bold = Face("Regular"), Face("Bold")
        self.italic, self.semibold = Face("Italic"), Face("Semibold")

    def text(self, text: str, size: float = SIZE, colour: str = INK) -> Span:
        """Return a text in upright letters."""
        return Span(text, Style(self.regular, size, colour))

    def strong(self, text: str, size: float = SIZE, colour: str = INK) -> Span:
        """Return a text in bold."""
        return Span(text, Style(self.bold, size, colour))

    def slanted(self, text: str, size: float = SIZE, colour: str = INK) -> Span:
        """Return a text in italics."""
        return Span(text, Style(self.italic, size, colour))

    def small(self, text: str, size: float = SIZE) -> Span:
        """Return a text that is of less weight than that of a size."""
        return self.text(text, size * _SMALL, QUIET)

    def kicker(self, text: str, colour: str = QUIET, size: float = SIZE) -> Span:
        """Return a text in small capitals, as they stand over titles."""
        return Span(text.upper(), Style(self.semibold, size * _KICKER, colour))

    def kickers(self, left: Span, right: Span, width: float, over: Rule) -> list[Block]:
        """Return two texts under a rule, at the ends of a line; below each other, if need be."""
        if wide(left) + wide(right) + left.style.size < width:
            return [Block([left], over=over, right=right)]
        return [Block([left], over=over), Block([right], 3.0)]

    def warnings(self, words: Iterable[str], size: float = SIZE) -> list[Span]:
        """Return what a reader should know first, white on a warm colour."""
        style, told = Style(self.bold, size * _WARNING, WHITE), []
        for word in words:
            told.append(self.text(HALF, size))
            told.append(Span(_whole(word), style, back=WARM))
        return told

    def marked(self, words: Iterable[str], size: float) -> list[Span]:
        """Return words each on a ground of its own."""
        style, gap = Style(self.regular, size, INK), self.text(WIDE, size)
        told = [(Span(_whole(word), style, back=PAPER), gap) for word in words]
        return [span for pair in told for span in pair]

    def facts(
        self,
        lines: Iterable[Mapping[str, str]],
        above: float,
        size: float = SIZE,
        indent: float = 0.0,
    ) -> list[Block]:
        """Return what is known of a record, a paragraph for each."""
        own = size * _FACT
        return [
            Block(
                [self.slanted(each["label"], own, QUIET), self.text(": " + each["text"], own)],
                above,
                indent=indent,
                hanging=0.8 * own,
            )
            for each in lines
        ]

    def headed(self, title: str, kind: str, above: float, size: float = SIZE) -> Block:
        """Return a heading over a hairline, in the colour of its kind."""
        kicker = self.kicker(title, COLOURS[kind], size)
        return Block([kicker], above, under=Rule(0.4, HAIR, 4.0))

    def numbered(self, place: Mapping[str, Any], size: float) -> Span:
        """Return the number of a record in the colour of its kind."""
        return self.strong(str(place["number"]), size, COLOURS[place["kind"]])

    def circle(self, page: Page, at: Spot, kind: str, radius: float, *, rough: bool) -> None:
        """Draw the sign of a kind, hollow where a point is only about there."""
        colour = COLOURS[kind]
        with page.part(None):
            page.circle(at, radius, WHITE if rough else colour, colour, _DASH if rough else "")

    def sign(self, page: Page, at: Spot, place: Mapping[str, Any], radius: float) -> list[Placed]:
        """Draw the circle of a record; return its number, to be shown in the middle."""
        self.circle(page, at, place["kind"], radius, rough=place["rough"])
        size = radius * (_FEW if len(str(place["number"])) <= _DIGITS else _MANY)
        span = self.numbered(place, size)
        if not place["rough"]:
            span = self.strong(span.text, size, WHITE)
        return placed(span, (at[0] - wide(span) / 2, at[1] + size * CAPITAL / 2))


def placed(span: Span, at: Spot) -> list[Placed]:
    """Return a text on one line that begins at a point, with a space after it."""
    return [Placed(at, line) for line in broken([span], inf)]


def _whole(word: str) -> str:
    return word.replace(" ", _NO_BREAK)


def new_document(told: Mapping[str, Any], moment: dt.datetime) -> Document:
    """Begin a document with the title, owner and language that are told."""
    return Document(told["title"], told["publisher"], told["language"], moment)
