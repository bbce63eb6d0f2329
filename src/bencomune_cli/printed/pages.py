"""A page of a PDF that is drawn on from its top left, in points.

What is drawn belongs to an element of the document's tree, or is an artifact, which a screen reader
leaves out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from pydyf import Array, Dictionary, String

from .faces import Boxes, Face
from .lines import Run
from .tags import Element

WIDTH, HEIGHT = 595.276, 841.89  # of A4
_HANDLE = 0.5522847498  # of a radius: where the handles of a quarter of a circle are
_UP, _HIGH = 0.8, 1.1  # of the size of a text: from its baseline to where its box begins, its box
_BESIDE = 3.0  # from a text to the edge of its box

Spot = tuple[float, float]


class Box(NamedTuple):
    """A rectangle: its left and its upper edge, its width and its height."""

    x: float
    y: float
    width: float
    height: float


class Placed(NamedTuple):
    """A line of text, and where its baseline begins."""

    at: Spot
    line: Sequence[Run]


class Link(NamedTuple):
    """What leads to a named place: its annotation, and its element."""

    note: Dictionary
    place: str
    element: Element


class Page:
    """A page: what was drawn, the elements that it belongs to, by their marks, and its links."""

    def __init__(
        self, dictionary: Dictionary, number: int, font: Callable[[Face | Boxes], str]
    ) -> None:
        self.dictionary, self.number = dictionary, number
        self.drawn: list[str] = []
        self.marks: list[Element] = []
        self.links: list[Link] = []
        self._font_of = font
        self._font: tuple[Face | Boxes, float] | None = None
        self._colour = ""

    @contextmanager
    def part(self, element: Element | None) -> Iterator[None]:
        """Draw what belongs to an element; to none, an artifact."""
        if element is None:
            self.drawn.append("/Artifact BMC")
        else:
            self.drawn.append(f"/{element.tag} <</MCID {len(self.marks)}>> BDC")
            element.hold((self.dictionary, len(self.marks)))
            self.marks.append(element)
        yield
        self.drawn.append("EMC")

    def text(self, lines: Iterable[Placed], element: Element | None = None) -> None:
        """Show lines of an element, or as an artifact; what leads elsewhere is an element in it."""
        waiting: list[Placed] = []
        for at, line in lines:
            for run in line:
                if run.span.back:
                    self._behind(at, run)
                if run.span.link and element is not None:
                    self._show(waiting, element)
                    waiting = []
                    self._show([Placed(at, [run])], self._linked(at, run, element))
                else:
                    waiting.append(Placed(at, [run]))
        self._show(waiting, element)

    def _linked(self, at: Spot, run: Run, element: Element) -> Element:
        link = Element("Link", element)
        size = run.span.style.size
        box = Box(at[0] + run.x, at[1] - size * _UP, run.width, size * _HIGH)
        self.lead(box, run.span.link, run.span.text, link)
        return link

    def _behind(self, at: Spot, run: Run) -> None:
        size = run.span.style.size
        box = Box(
            at[0] + run.x - _BESIDE, at[1] - size * _UP, run.width + 2 * _BESIDE, size * _HIGH
        )
        with self.part(None):
            self.box(box, fill=run.span.back)

    def _show(self, lines: Sequence[Placed], element: Element | None) -> None:
        if not lines:
            return
        with self.part(element):
            self.drawn.append("BT")
            for at, line in lines:
                for run in line:
                    self._show_run(at, run)
            self.drawn.append("ET")

    def _show_run(self, at: Spot, run: Run) -> None:
        _, size, colour = run.span.style
        if self._font != (run.font, size):
            self._font = (run.font, size)
            self.drawn.append(f"/{self._font_of(run.font)} {size:g} Tf")
        if self._colour != colour:
            self._colour = colour
            self.drawn.append(f"{colour} rg")
        shown = run.shown.replace("><", "")
        self.drawn.append(f"1 0 0 1 {at[0] + run.x:.2f} {HEIGHT - at[1]:.2f} Tm [{shown}] TJ")

    def box(self, box: Box, fill: str = "", stroke: str = "", thickness: float = 0.5) -> None:
        """Draw a rectangle."""
        self._paint(_rectangle(box), fill, stroke, thickness)

    def path(self, corners: Iterable[Spot], stroke: str, thickness: float = 0.5) -> None:
        """Draw lines from corner to corner."""
        self._paint(_through(corners), "", stroke, thickness)

    def rings(self, rings: Iterable[Iterable[Spot]], fill: str, stroke: str, wide: float) -> None:
        """Draw what rings enclose, and their edges; a ring in a ring is a hole."""
        self._paint(" ".join(f"{_through(ring)} h" for ring in rings), fill, stroke, wide)

    def circle(self, at: Spot, radius: float, fill: str, stroke: str, dash: str = "") -> None:
        """Draw a circle; its edge in dashes where these are told, as the operator d has them."""
        x, y, r, k = at[0], HEIGHT - at[1], radius, radius * _HANDLE
        quarters = (
            (x + r, y + k, x + k, y + r, x, y + r),
            (x - k, y + r, x - r, y + k, x - r, y),
            (x - r, y - k, x - k, y - r, x, y - r),
            (x + k, y - r, x + r, y - k, x + r, y),
        )
        path = " c ".join(" ".join(f"{each:.2f}" for each in quarter) for quarter in quarters)
        dashed = f"{dash} d " if dash else ""
        self._paint(f"{dashed}{x + r:.2f} {y:.2f} m {path} c h", fill, stroke, 0.8)

    def _paint(self, path: str, fill: str, stroke: str, thickness: float) -> None:
        filled = f"{fill} rg " if fill else ""
        stroked = f"{stroke} RG {thickness:g} w " if stroke else ""
        painted = ("B*" if fill else "S") if stroke else "f*"
        self.drawn.append(f"q {filled}{stroked}{path} {painted} Q")

    @contextmanager
    def inside(self, box: Box) -> Iterator[None]:
        """Show only what is inside a rectangle."""
        before = self._font, self._colour
        self.drawn.append(f"q {_rectangle(box)} W n")
        yield
        self.drawn.append("Q")
        self._font, self._colour = before

    def corners(self, box: Box) -> list[float]:
        """Return a rectangle as PDF has it: left, lower, right and upper edge."""
        edges = (box.x, HEIGHT - box.y - box.height, box.x + box.width, HEIGHT - box.y)
        return [round(edge, 2) for edge in edges]

    def lead(self, box: Box, place: str, told: str, element: Element) -> None:
        """Let a rectangle, an element, lead to a named place."""
        note = Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Link",
                "Rect": Array(self.corners(box)),
                "Border": Array([0, 0, 0]),
                "F": 4,
                "Contents": String(told),
            }
        )
        element.hold((self.dictionary, note))
        self.links.append(Link(note, place, element))


def _rectangle(box: Box) -> str:
    return f"{box.x:.2f} {HEIGHT - box.y - box.height:.2f} {box.width:.2f} {box.height:.2f} re"


def _through(corners: Iterable[Spot]) -> str:
    spots = [f"{x:.2f} {HEIGHT - y:.2f}" for x, y in corners]
    return f"{spots[0]} m " + " ".join(f"{spot} l" for spot in spots[1:])
