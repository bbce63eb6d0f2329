"""Blocks of text: paragraphs, headings, what stays together; in lines, and how high they are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .faces import CAPITAL
from .lines import Run, broken
from .pages import Page, Spot
from .tags import Element
from .words import Span

FEWEST = 2  # lines of a paragraph at the foot of a column, or at the head of the next
_LEADING = 0.55  # of the size: from the foot of a line to the head of the next


class Rule(NamedTuple):
    """A line over or under a block: how thick, in which colour, how far from the text."""

    thickness: float
    colour: str
    away: float


@dataclass(frozen=True)
class Block:
    """A paragraph, from the head of its first line to the foot of its last; lengths are in points.

    From what is before it it is `above` away, or what that one has as `below`, if this is more.
    Lines are `indent` to the right, all but the first `hanging` more; `leading` is between them, of
    the size. `tag` is what it is for a screen reader. `right` stands at the end of its first line;
    `sign` draws what stands at the left of it, and belongs to it. `outline` is its level in the
    outline, and its text there; `place` names it for what leads to it.
    """

    spans: Sequence[Span]
    above: float = 0.0
    tag: str = "P"
    below: float = 0.0
    leading: float = _LEADING
    indent: float = 0.0
    hanging: float = 0.0
    over: Rule | None = None
    under: Rule | None = None
    right: Span | None = None
    sign: Callable[[Page, Spot, Element], None] | None = None
    outline: tuple[int, str] | None = None
    place: str = ""


@dataclass(frozen=True)
class Group:
    """Blocks that stay together; one that is `long` may go on in the next column.

    What is `sticky` stays with what follows.
    """

    blocks: Sequence[Block]
    long: bool = False
    sticky: bool = False


class Laid(NamedTuple):
    """A block in lines: how high the first is, how far they are from each other, and the whole."""

    block: Block
    lines: Sequence[Sequence[Run]]
    first: float
    pitch: float
    height: float


def alone(block: Block) -> Group:
    """Return a block that goes on in the next column where there is no room."""
    return Group([block], long=True)


def laid(block: Block, width: float) -> Laid:
    """Return a block in lines of so much room."""
    size = max(span.style.size for span in block.spans)
    lines = broken(block.spans, width - block.indent, block.hanging)
    first, pitch = size * CAPITAL, size * (CAPITAL + block.leading)
    rules = sum(rule.away + rule.thickness for rule in (block.over, block.under) if rule)
    return Laid(block, lines, first, pitch, first + max(len(lines) - 1, 0) * pitch + rules)


def high(blocks: Iterable[Laid], below: float | None = 0.0) -> float:
    """Return how high blocks are that follow each other, with what is above the first.

    That is nothing at the top of a column, where there is no `below` of a block before.
    """
    total = 0.0
    for each in blocks:
        total += each.height + gap(below, each.block)
        below = each.block.below
    return total


def beginning(told: Laid) -> float:
    """Return how high the least of a block is that a column ends with."""
    more = len(told.lines) - FEWEST
    return told.height - more * told.pitch if more >= FEWEST else told.height


def gap(below: float | None, block: Block) -> float:
    """Return how far a block is from the one before."""
    return 0.0 if below is None else max(below, block.above)
