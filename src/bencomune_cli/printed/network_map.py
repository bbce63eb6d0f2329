"""The printed map and directory: a front page with a sketch map, all records, and an index."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, BinaryIO

from .blocks import Block, Group, Rule, alone
from .columns import Columns
from .directory_pages import directory
from .feet import Ending, foot
from .look import INK, MM, Look, new_document, placed
from .map_drawing import draw, legend
from .pages import HEIGHT, WIDTH, Page, Spot
from .tags import Element
from .words import HALF

_MARGIN, _TOP, _BOTTOM = 18 * MM, 16 * MM, 18 * MM
_GUTTER = 8 * MM
_CODE = 24 * MM
_NAMED_IN, _LEAST = 3, 3  # columns of places that are named, and the fewest of one
_NAMED_GUTTER, _NAMED_SIZE, _NUMBER = 5 * MM, 8.5, 5.5 * MM

Told = Mapping[str, Any]


def write_network_map(told: Told, moment: dt.datetime, out: BinaryIO) -> None:
    """Write the map and directory of what is told, as PDF, dated."""
    look, document = Look(), new_document(told, moment)
    document.foot = partial(_foot, look, told)
    width, narrow = WIDTH - 2 * _MARGIN, (WIDTH - 2 * _MARGIN - _GUTTER) / 2
    edges = _TOP, HEIGHT - _BOTTOM
    _front(look, Columns(document, [_MARGIN], width, edges), told)
    if told["sections"] or told["about"]:
        lefts = [_MARGIN, _MARGIN + narrow + _GUTTER]
        directory(look, Columns(document, lefts, narrow, edges), told)
    document.write(out)


def _foot(look: Look, told: Told, page: Page) -> None:
    number = f"{told['words']['page']} {page.number}"
    foot(look, page, (told["title"], told["licence"], number), (_MARGIN, _BOTTOM))


def _front(look: Look, columns: Columns, told: Told) -> None:
    root = columns.document.root
    columns.add(map(alone, _head(look, told, columns.width)), root)
    if told["map"]:
        columns.skip(11.0)
        draw(look, columns, told)
        columns.skip(6.0)
        legend(look, columns, told)
        _named(look, columns, told["named"])
    else:
        columns.add([alone(Block([look.slanted(told["words"]["nothing_to_draw"])], 12.0))], root)
    columns.add([alone(Block([look.small(note)], 6.0)) for note in told["notes"]], root)
    Ending(columns, _imprint(look, told), told, _CODE).set()


def _head(look: Look, told: Told, width: float) -> list[Block]:
    kicker, date = look.kicker(told["words"]["kicker"]), look.kicker(told["date"])
    return [
        *look.kickers(kicker, date, width, Rule(2.2, INK, 6.0)),
        Block([look.strong(told["title"], 32)], 14.0, "H1", leading=0.4),
        Block([look.slanted(told["counted"], 12)], 15.0),
    ]


def _named(look: Look, columns: Columns, places: Sequence[Told]) -> None:
    """Name the places of the map under it, in three columns."""
    if not places:
        return
    columns.skip(5.0)
    high = max(_LEAST, -(-len(places) // _NAMED_IN))
    lists = [
        [_named_place(look, place) for place in places[begun : begun + high]]
        for begun in range(0, _NAMED_IN * high, high)
    ]
    columns.beside(lists, _NAMED_GUTTER, columns.document.root)


def _named_place(look: Look, place: Told) -> Group:
    number = partial(_number, look, place)
    return Group([Block([look.text(place["name"], _NAMED_SIZE)], 5.0, indent=_NUMBER, sign=number)])


def _number(look: Look, place: Told, page: Page, at: Spot, element: Element) -> None:
    page.text(placed(look.numbered(place, _NAMED_SIZE), at), element)


def _imprint(look: Look, told: Told) -> list[Group]:
    """Return whose it is."""
    return [
        alone(Block([look.strong(line["label"], 8.5), look.text(HALF + line["text"], 8.5)], 6.0))
        for line in told["imprint"]
    ]
