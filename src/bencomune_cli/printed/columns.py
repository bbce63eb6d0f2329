"""Blocks set one below the other into columns, and on to the next column or page."""

from collections.abc import Iterable, Sequence

from .blocks import FEWEST, Group, Laid, Rule, beginning, gap, high, laid
from .document import Document
from .lines import broken
from .pages import Page, Placed
from .tags import Element
from .words import wide

_A_LITTLE = 0.01  # points, less than which nothing is too high


class Columns:
    """The columns of pages, which are begun as they are needed.

    `lefts` are their left edges; all have a width, and go from a top to a bottom. The first are on
    a new page where none is told.
    """

    def __init__(
        self,
        document: Document,
        lefts: Sequence[float],
        width: float,
        edges: tuple[float, float],
        page: Page | None = None,
    ) -> None:
        self.document, self.width = document, width
        self._lefts = lefts
        self._top, self._bottom = edges
        self.page, self.down = page or document.page(), self._top
        self._column = 0
        self._below: float | None = None  # of the last block; at the top of a column there is none

    @property
    def left(self) -> float:
        """Return the left edge of this column."""
        return self._lefts[self._column]

    @property
    def room(self) -> float:
        """Return how high what is free of this column is."""
        return self._bottom - self.down + _A_LITTLE

    def turn(self) -> None:
        """Go on at the top of the next column."""
        self._column += 1
        if self._column == len(self._lefts):
            self.page, self._column = self.document.page(), 0
        self.down, self._below = self._top, None

    def expect(self, height: float) -> None:
        """Go on in the next column if there is less room than this, and that has more."""
        if height > self.room and self._below is not None:
            self.turn()

    def skip(self, height: float) -> None:
        """Leave room, or what a drawing has taken."""
        self.down += height
        self._below = 0.0

    def height(self, groups: Iterable[Group], width: float = 0.0) -> float:
        """Return how high groups are, with what is above them, in this width or another."""
        blocks = [block for group in groups for block in group.blocks]
        return high(laid(block, width or self.width) for block in blocks)

    def narrowed(self, width: float, aside: float = 0.0) -> "Columns":
        """Return what is free of this column, so wide and so far to the right."""
        edges = (self.down, self._bottom)
        return Columns(self.document, [self.left + aside], width, edges, self.page)

    def to_foot(self, height: float) -> None:
        """Go down to where something so high ends with the column."""
        self.expect(height)
        self.skip(max(self._bottom - height - self.down, 0.0))

    def beside(self, lists: Sequence[Sequence[Group]], gutter: float, parent: Element) -> None:
        """Set lists beside each other in this column; below each other, if they are too high."""
        width = (self.width - (len(lists) - 1) * gutter) / len(lists)
        height = max(self.height(groups, width) for groups in lists)
        if height > self._bottom - self._top:
            for groups in lists:
                self.add(groups, parent)
            return
        self.expect(height)
        for number, groups in enumerate(lists):
            self.narrowed(width, number * (width + gutter)).add(groups, parent)
        self.skip(height)

    def add(self, groups: Iterable[Group], parent: Element) -> None:
        """Set groups of blocks one after the other, as parts of an element."""
        waiting: list[Laid] = []
        for group in groups:
            blocks = [laid(block, self.width) for block in group.blocks]
            least = len(waiting) + (0 if group.long else len(blocks))
            waiting += blocks
            if not group.sticky:
                self._set(waiting, least, parent)
                waiting = []
        self._set(waiting, len(waiting), parent)

    def _set(self, blocks: Sequence[Laid], least: int, parent: Element) -> None:
        """Set blocks: the first ones, and how the next begins, in one column, if one has room."""
        begun = [each._replace(height=beginning(each)) for each in blocks[least : least + 1]]
        height = high([*blocks[:least], *begun], self._below)
        if height <= self._bottom - self._top:
            self.expect(height)
        for each in blocks:
            self._set_one(each, parent)

    def _set_one(self, told: Laid, parent: Element) -> None:
        block, element = told.block, Element(told.block.tag, parent)
        self.expect(gap(self._below, block) + beginning(told))
        self.down += gap(self._below, block)
        self._below = block.below
        if block.place:
            self.document.place(block.place, self.page, self.down)
        if block.outline:
            self.document.outline(*block.outline, self.page, self.down)
        if block.over:
            self._rule(block.over, self.down + block.over.thickness / 2)
            self.down += block.over.thickness + block.over.away
        if block.sign:
            block.sign(self.page, (self.left, self.down + told.first), element)
        self._show(told, element)
        if block.under:
            self.down += block.under.away
            self._rule(block.under, self.down)
            self.down += block.under.thickness

    def _show(self, told: Laid, element: Element) -> None:
        """Show lines, in as many columns as they need."""
        lines, last = told.lines, self._at_the_right(told)
        while True:
            fitting = max(1, 1 + int((self.room - told.first) // told.pitch))
            if fitting > FEWEST and 0 < len(lines) - fitting < FEWEST:
                fitting = len(lines) - FEWEST
            placed = [
                Placed(
                    (self.left + told.block.indent, self.down + told.first + n * told.pitch), line
                )
                for n, line in enumerate(lines[:fitting])
            ]
            self.page.text([*placed, *last], element)
            self.down += told.first + max(len(placed) - 1, 0) * told.pitch
            lines, last = lines[fitting:], []
            if not lines:
                return
            self.turn()
            self._below = told.block.below

    def _at_the_right(self, told: Laid) -> list[Placed]:
        """Return what stands at the end of the first line."""
        span = told.block.right
        if span is None:
            return []
        at = (self.left + self.width - wide(span), self.down + told.first)
        return [Placed(at, line) for line in broken([span], self.width)]

    def _rule(self, rule: Rule, down: float) -> None:
        with self.page.part(None):
            ends = ((self.left, down), (self.left + self.width, down))
            self.page.path(ends, rule.colour, rule.thickness)
