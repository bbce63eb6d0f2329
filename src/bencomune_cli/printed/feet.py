"""What stands at the foot of a page, and what ends a page: whose it is, and the code beside it."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .blocks import Group
from .columns import Columns
from .look import HAIR, INK, MM, Look, placed
from .pages import HEIGHT, WIDTH, Box, Page, Spot
from .tags import Element
from .words import Span, wide

_DOWN, _TEXT = 8 * MM, 3.2 * MM  # from the lower margin to the line, from this to the text
_THIRD = 0.32  # of the width: the most that one of three texts takes
_BESIDE = 6 * MM  # from the text to the code


def foot(look: Look, page: Page, told: tuple[str, str, str], edges: tuple[float, float]) -> None:
    """Draw a hairline and three texts under it: at the left, in the middle and at the right.

    `edges` are the margins beside and below.
    """
    margin, bottom = edges
    width, down = WIDTH - 2 * margin, HEIGHT - bottom + _DOWN
    texts = [_shortened(look.small(text), width * _THIRD) for text in told]
    taken = [wide(text) for text in texts]
    lefts = (margin, (WIDTH - taken[1]) / 2, WIDTH - margin - taken[2])
    with page.part(None):
        page.path(((margin, down), (WIDTH - margin, down)), HAIR, 0.4)
    for left, text in zip(lefts, texts, strict=True):
        page.text(placed(text, (left, down + _TEXT)))


def _shortened(span: Span, room: float) -> Span:
    """Return a text that has so much room, its end left out if need be."""
    if wide(span) <= room:
        return span

    def cut(length: int) -> Span:
        return span._replace(text=f"{span.text[:length].rstrip()}…")

    return cut(bisect_left(range(len(span.text)), room, key=lambda n: wide(cut(n + 1))))


class Ending:
    """What ends a page: some groups, and beside them the code that leads to an address, if any."""

    def __init__(
        self, columns: Columns, groups: Sequence[Group], told: Mapping[str, Any], code: float
    ) -> None:
        self._columns, self._groups, self._told = columns, groups, told
        self._code = code if told["qr"] else 0.0
        self._width = columns.width - (self._code + _BESIDE if self._code else 0.0)
        self._text = columns.height(groups, self._width)
        self.height = max(self._text, self._code)

    def set(self) -> None:
        """Set it at the foot of the page, on the next if there is no room."""
        columns, root = self._columns, self._columns.document.root
        columns.to_foot(self.height)
        if self._code:
            right, bottom = columns.left + columns.width, columns.down + self.height
            _code(
                columns.page,
                (right - self._code, bottom - self._code),
                self._code,
                self._told,
                root,
            )
        columns.skip(self.height - self._text)
        columns.narrowed(self._width).add(self._groups, root)


def _code(page: Page, corner: Spot, size: float, told: Mapping[str, Any], parent: Element) -> None:
    """Draw a code as a figure, whose text is the address."""
    step = size / len(told["qr"])
    box = Box(*corner, size, size)
    with page.part(Element("Figure", parent, told["address"], page.corners(box))):
        for y, row in enumerate(told["qr"]):
            for begun, ended in _stretches(row):
                left, top = corner[0] + begun * step, corner[1] + y * step
                page.box(Box(left, top, (ended - begun) * step, step), fill=INK)


def _stretches(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where what is dark begins and ends."""
    begun = None
    for place, dark in enumerate((*row, 0)):
        if dark and begun is None:
            begun = place
        elif not dark and begun is not None:
            yield begun, place
            begun = None
