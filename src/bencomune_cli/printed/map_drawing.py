"""The sketch map of the front page: outlines, points, and numbers that lead to the records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .columns import Columns
from .faces import CAPITAL
from .look import COLOURS, HAIR, MM, PAPER, QUIET, WHITE, Look, placed, rgb
from .pages import Box, Page, Placed
from .tags import Element
from .words import wide

_WHOLE = "municipality"
_EDGE = rgb("#9a9384")  # of the municipality
_POINT = 0.6 * MM
_BESIDE = 4 * MM
_SIGN = 1.4 * MM  # radius of a sign of the legend
_NAME, _LEGEND = 7.5, 10.0  # size of a name, height of the legend

Told = Mapping[str, Any]


def draw(look: Look, columns: Columns, told: Told) -> None:
    """Draw the map, and go on below it."""
    told_map = told["map"]
    columns.expect(told_map["height"] * MM + 3 * _LEGEND)
    page = columns.page
    box = Box(columns.left, columns.down, told_map["width"] * MM, told_map["height"] * MM)
    root = columns.document.root
    about = f"{told['words']['kicker']}: {told['counted']}"
    figure = Element("Figure", root, about, page.corners(box))
    with page.inside(box), page.part(figure):
        page.box(box, fill=PAPER)
        _outlines(page, box, told_map["areas"])
        _points(page, box, told_map["points"])
    names = [name for area in told_map["areas"] for name in _name(look, box, area)]
    page.text([*names, *_edges(look, box, told)], figure)
    with page.part(None):
        down = box.y + box.height - _BESIDE
        ends = ((box.x + _BESIDE, down), (box.x + _BESIDE + told_map["scale"]["length"] * MM, down))
        page.path(ends, QUIET, 1.0)
        page.box(box, stroke=HAIR)
    if told_map["radius"]:
        _numbers(look, page, box, told, root)
    columns.skip(box.height)


def _spot(box: Box, pair: Sequence[float]) -> tuple[float, float]:
    return box.x + pair[0] * MM, box.y + pair[1] * MM


def _outlines(page: Page, box: Box, areas: Sequence[Told]) -> None:
    for area in sorted(areas, key=lambda area: area["kind"] != _WHOLE):
        rings = [[_spot(box, corner) for corner in ring] for ring in area["rings"]]
        if rings:
            whole = area["kind"] == _WHOLE
            page.rings(rings, *((WHITE, _EDGE, 0.7) if whole else ("", HAIR, 0.5)))


def _points(page: Page, box: Box, points: Sequence[Told]) -> None:
    for point in points:
        at, colour = _spot(box, point["at"]), COLOURS[point["kind"]]
        if point["at"] != point["label"]:
            page.path((at, _spot(box, point["label"])), colour)
        page.circle(at, _POINT, colour, "")


def _name(look: Look, box: Box, area: Told) -> Iterator[Placed]:
    """Yield the name of an area, where it has room for it."""
    span = look.slanted(area["name"], 8.5 if area["kind"] == _WHOLE else _NAME, QUIET)
    width = wide(span)
    if width < area["room"] * MM:
        x, y = _spot(box, (area["x"], area["y"] + 1.5))
        yield from placed(span, (x - width / 2, y + span.style.size * CAPITAL))


def _edges(look: Look, box: Box, told: Told) -> Iterator[Placed]:
    """Yield the length of the scale, and where the north is, at the lower edge."""
    scale, north = look.text(told["map"]["scale"]["label"], _NAME, QUIET), told["words"]["north"]
    right = look.text(north, _NAME, QUIET)
    down = box.y + box.height - _BESIDE
    yield from placed(scale, (box.x + _BESIDE, down - 1.2 * MM))
    yield from placed(right, (box.x + box.width - _BESIDE - wide(right), down))


def _numbers(look: Look, page: Page, box: Box, told: Told, parent: Element) -> None:
    radius, all_of_them = told["map"]["radius"] * MM, Element("P", parent)
    for point in told["map"]["points"]:
        x, y = _spot(box, point["label"])
        link = Element("Link", all_of_them)
        told_as = look.sign(page, (x, y), point, radius)
        page.text(told_as, link)
        square = Box(x - radius, y - radius, 2 * radius, 2 * radius)
        page.lead(square, f"record-{point['number']}", f"{point['number']} {point['name']}", link)


def legend(look: Look, columns: Columns, told: Told) -> None:
    """Tell what the colours are, on one line under the map."""
    signs = [(each["kind"], each["label"], False) for each in told["legend"]]
    if told["map"]["radius"] and any(point["rough"] for point in told["map"]["points"]):
        signs.append(("lab", told["words"]["rough"], True))
    at, down = columns.left + _SIGN, columns.down + 7.0
    labels = []
    for kind, label, rough in signs:
        span = look.text(label)
        look.circle(columns.page, (at, down - 3.0), kind, _SIGN, rough=rough)
        labels += placed(span, (at + _SIGN + 3.0, down))
        at += 2 * _SIGN + 3.0 + wide(span) + 6 * MM
    columns.page.text(labels, Element("P", columns.document.root))
    columns.skip(_LEGEND)
