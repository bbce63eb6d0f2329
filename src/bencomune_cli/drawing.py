"""Drawings in text: a canvas of dots, a piece of the Earth seen on it, columns.

No library: drawille is under the AGPL and does not clip; plotext and uniplot plot on axes, not to
scale, and bring a compiled kernel of 1 MB, or numpy.
"""

import math
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest

from .geo import METRES_PER_DEGREE, Box

Point = tuple[float, float]  # longitude and latitude in degrees, or dots from the upper left
Piece = tuple[str, str]  # a text, and the name of its style
Line = list[Piece]

OUTLINE, SIGN, PLAIN, QUIET = "outline", "sign", "", "quiet"
DOTS_WIDE, DOTS_HIGH = 2, 4  # of a cell, which is twice as high as wide: a dot is square
LEAST = 500.0  # metres that a view shows at least from side to side
SPOT = 50.0  # metres, within which points are one place: there is nothing to enlarge
MUCH = 4  # times the spread of the points, beyond which an area is not shown whole
FAR = 10  # times the usual distance from the middle, beyond which a point is apart
NEAR = 5_000.0  # metres from the middle, within which none is: it is the same town
BRAILLE = 0x2800
# The bit of each dot, by column and row, as Unicode numbers them.
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
TOP_LEFT, TOP_RIGHT, LOW_LEFT, LOW_RIGHT = 0x03, 0x18, 0x44, 0xA0
LEFT, TOP = TOP_LEFT | LOW_LEFT, TOP_LEFT | TOP_RIGHT
MIDDLE = 0x02 | 0x04 | 0x10 | 0x20


def only_ascii(encoding: str, environment: Mapping[str, str]) -> bool:
    """Tell whether an output takes plain characters: no UTF, the C locale, a dumb terminal."""
    told = filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG")))
    plain = next(told, "") in {"C", "POSIX"} or environment.get("TERM") == "dumb"
    return plain or "utf" not in encoding.lower()


class Canvas:
    """Cells of text, each of 2 by 4 dots, or with a sign in their place."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 1), max(height, 1)
        self.cells = [bytearray(self.width) for _ in range(self.height)]
        self.signs: dict[tuple[int, int], str] = {}

    def dot(self, x: int, y: int) -> None:
        """Light a dot, counted from the upper left."""
        self.cells[y // DOTS_HIGH][x // DOTS_WIDE] |= BITS[x % DOTS_WIDE][y % DOTS_HIGH]

    def line(self, start: Point, end: Point) -> bool:
        """Light what lies on the canvas of a line between two dots; tell whether anything does."""
        kept = _clipped(start, end, self.width * DOTS_WIDE - 0.5, self.height * DOTS_HIGH - 0.5)
        if kept is None:
            return False
        (x, y), (to_x, to_y) = (self._nearest(each) for each in kept)
        wide, high = abs(to_x - x), -abs(to_y - y)
        step_x, step_y = (1 if to_x > x else -1), (1 if to_y > y else -1)
        error = wide + high
        self.dot(x, y)
        while (x, y) != (to_x, to_y):  # Bresenham's algorithm
            twice = 2 * error
            if twice >= high:
                error, x = error + high, x + step_x
            if twice <= wide:
                error, y = error + wide, y + step_y
            self.dot(x, y)
        return True

    def ring(self, dots: Sequence[Point]) -> bool:
        """Draw a closed outline, all of it; tell whether any lies on the canvas."""
        return any(list(map(self.line, dots, [*dots[1:], *dots[:1]])))

    def lines(self, *, plain: bool = False) -> list[Line]:
        """Return the rows of cells as pieces, each row as wide as the canvas; plain is ASCII."""
        return [list(self._row(row, plain=plain)) for row in range(self.height)]

    def _row(self, row: int, *, plain: bool) -> Iterable[Piece]:
        for column, dots in enumerate(self.cells[row]):
            if sign := self.signs.get((column, row)):
                yield sign, SIGN
            elif not dots:
                yield " ", PLAIN
            else:
                yield _ascii(dots) if plain else chr(BRAILLE + dots), OUTLINE

    def _nearest(self, point: Point) -> tuple[int, int]:
        x, y = (math.floor(each + 0.5) for each in point)
        return min(x, self.width * DOTS_WIDE - 1), min(y, self.height * DOTS_HIGH - 1)


def _clipped(start: Point, end: Point, right: float, low: float) -> tuple[Point, Point] | None:
    """Return the part of a line from -0.5 to the right and low edges, as Liang and Barsky do."""
    (x, y), wide, high = start, end[0] - start[0], end[1] - start[1]
    if not all(map(math.isfinite, (x, y, wide, high))):
        return None
    enters, leaves = 0.0, 1.0
    edges = ((-wide, x + 0.5), (wide, right - x), (-high, y + 0.5), (high, low - y))
    for towards, room in edges:
        if towards == 0:
            if room < 0:
                return None
        elif towards < 0:
            enters = max(enters, room / towards)
        else:
            leaves = min(leaves, room / towards)
    if enters > leaves:
        return None
    first, last = ((x + at * wide, y + at * high) for at in (enters, leaves))
    return _held(first, right, low), _held(last, right, low)


def _held(point: Point, right: float, low: float) -> Point:
    """Return a point held inside the edges, which the rounding of great numbers may pass."""
    return min(max(point[0], -0.5), right), min(max(point[1], -0.5), low)


def _ascii(dots: int) -> str:
    """Return the ASCII character that looks most like the dots of a cell."""
    falling, rising = dots & (TOP_LEFT | LOW_RIGHT), dots & (TOP_RIGHT | LOW_LEFT)
    if dots in {dots & LEFT, dots & ~LEFT}:
        one_half = dots in {dots & TOP, dots & ~TOP}
        return ("'" if dots & TOP else ".") if one_half else "|"
    if dots == falling:
        return "\\"
    if dots == rising:
        return "/"
    if dots == dots & MIDDLE:
        return "-"
    return "'" if dots == dots & TOP else "." if dots == dots & ~TOP else "+"


@dataclass(frozen=True)
class View:
    """The piece of the Earth that a canvas shows, north up: its middle, and metres for a dot."""

    lon: float
    lat: float
    metres: float
    width: int
    height: int

    @classmethod
    def of(cls, box: Box, width: int, height: int) -> "View":
        """Return the view of a whole box, with a cell free on each side."""
        wide, high = size(box)
        across = max((width - 2) * DOTS_WIDE - 1, 1)
        along = max((height - 2) * DOTS_HIGH - 1, 1)
        metres = max(wide / across, high / along, LEAST / across)
        middle = ((box.west + box.east) / 2, (box.south + box.north) / 2)
        return cls(*middle, metres, width, height)

    def dot(self, lon: float, lat: float) -> Point:
        """Return where a point lies, in dots from the middle of the upper left one."""
        x = (lon - self.lon) * METRES_PER_DEGREE * _shrink(self.lat) / self.metres
        y = (self.lat - lat) * METRES_PER_DEGREE / self.metres
        return x + self.width * DOTS_WIDE / 2 - 0.5, y + self.height * DOTS_HIGH / 2 - 0.5

    def cell(self, lon: float, lat: float) -> tuple[int, int] | None:
        """Return the column and row of the cell in which a point lies; None outside the view."""
        x, y = (math.floor(each + 0.5) for each in self.dot(lon, lat))
        column, row = x // DOTS_WIDE, y // DOTS_HIGH
        return (column, row) if 0 <= column < self.width and 0 <= row < self.height else None


def _shrink(lat: float) -> float:
    """Return how much shorter a degree of longitude is than one of latitude."""
    return max(math.cos(math.radians(lat)), 0.01)


def size(box: Box) -> tuple[float, float]:
    """Return the width and the height of a box in metres, on a sphere."""
    shrink = _shrink((box.south + box.north) / 2)
    wide = (box.east - box.west) * METRES_PER_DEGREE * shrink
    return wide, (box.north - box.south) * METRES_PER_DEGREE


def around(points: Iterable[Point]) -> Box:
    """Return the box of points."""
    lons, lats = zip(*points, strict=True)
    return Box(min(lons), min(lats), max(lons), max(lats))


def together(points: Sequence[Point], usual: Sequence[Point]) -> list[Point]:
    """Return the points that are not far apart from where the usual ones are."""
    lon, lat = (sorted(each)[len(usual) // 2] for each in zip(*usual, strict=True))

    def metres(point: Point) -> float:
        east = (point[0] - lon) * _shrink(lat)
        return math.hypot(east, point[1] - lat) * METRES_PER_DEGREE

    limit = max(FAR * sorted(map(metres, usual))[len(usual) // 2], NEAR)
    return [point for point in points if metres(point) <= limit]


def extent(points: Sequence[Point], boxes: Sequence[Box]) -> tuple[Box, list[Box]]:
    """Return the box to show of points and of the areas around them, and those too large for it.

    Points in an area are the usual ones; what is far from them has no say.
    """
    usual = [point for point in points if any(box.holds(*point) for box in boxes)]
    near = together(points, usual or points)
    shown = around(near)
    spread = max(size(shown))
    held = [box for box in boxes if any(box.holds(*point) for point in near)]
    whole = [box for box in held if spread < SPOT or max(size(box)) <= MUCH * spread]
    ends = [
        end for box in (shown, *whole) for end in ((box.west, box.south), (box.east, box.north))
    ]
    return around(ends), [box for box in held if box not in whole]


def scale_bar(view: View, *, plain: bool = False) -> str:
    """Return a bar at most a third of the view wide, of a round length, with what it measures."""
    cell = view.metres * DOTS_WIDE
    most = max(view.width // 3, 3) * cell
    power = 10 ** math.floor(math.log10(most))
    metres = next(power * times for times in (5, 2, 1) if power * times <= most)
    middle = max(round(metres / cell) - 2, 0)
    told = f"{metres:g} m" if metres < 1000 else f"{metres / 1000:.0f} km"  # noqa: PLR2004 - a km
    return f"|{'-' * middle}| {told}" if plain else f"├{'─' * middle}┤ {told}"


def framed(rows: Iterable[Line], width: int, *, plain: bool = False) -> list[Line]:
    """Return rows of a width in a frame two columns wider, which says where north is."""
    across, down, corners = ("-", "|", "++++") if plain else ("─", "│", "┌┐└┘")
    north = " N ^ " if plain else " N ↑ "
    top = north.center(width, across) if width > len(north) else across * width
    side = (down, QUIET)
    return [
        [(corners[0] + top + corners[1], QUIET)],
        *([side, *row, side] for row in rows),
        [(corners[2] + across * width + corners[3], QUIET)],
    ]


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
        if unicodedata.category(char) not in {"Mn", "Me"}
    )


def cut(text: str, width: int, *, plain: bool = False) -> str:
    """Return a text that takes at most some columns, with dots where it was cut."""
    if columns_of(text) <= width:
        return text
    taken = accumulate(map(columns_of, text))
    kept = "".join(char for char, so_far in zip(text, taken, strict=True) if so_far < width)
    return kept.rstrip() + ("~" if plain else "…")


def padded(text: str, width: int) -> str:
    """Return a text with blanks after it, up to some columns."""
    return text + " " * (width - columns_of(text))


def wrapped(parts: Sequence[str], width: int) -> list[Line]:
    """Return a text of parts as lines; where it does not fit on one, each part begins its own."""
    whole = " ".join(filter(None, parts))
    told = [whole] if columns_of(whole) <= width else parts
    lines = [line for part in told for line in textwrap.wrap(part, width, break_on_hyphens=False)]
    return [[(line, PLAIN)] for line in lines]


def width_of(line: Sequence[Piece]) -> int:
    """Return how many columns a line takes."""
    return sum(columns_of(text) for text, _ in line)


def side_by_side(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    """Return lines of which the left part takes `width` columns, whatever there is on the right."""
    lines = []
    for line, other in zip_longest(left, right, fillvalue=()):
        gap = [(" " * (width - width_of(line)), PLAIN)] if other else []
        lines.append([*line, *gap, *other])
    return lines


def in_columns(entries: Sequence[Line], width: int) -> list[Line]:
    """Return lines in as many columns as the width holds, filled one after the other."""
    widest = max(map(width_of, entries), default=0) + 3
    count = min(max((width + 3) // widest, 1), max(len(entries), 1))
    high = max(-(-len(entries) // count), 1)
    lines: list[Line] = []
    for start in reversed(range(0, len(entries), high)):
        column = entries[start : start + high]
        lines = side_by_side(column, lines, widest) if lines else list(column)
    return lines
