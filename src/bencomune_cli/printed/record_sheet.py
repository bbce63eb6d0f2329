"""One record on one page, in the largest type with which it fits."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from .blocks import Block, Group, Rule, alone
from .columns import Columns
from .feet import Ending, foot
from .look import COLOURS, MM, Look, new_document
from .pages import HEIGHT, WIDTH

_MARGIN, _TOP, _BOTTOM = 24 * MM, 20 * MM, 20 * MM
_WIDTH = WIDTH - 2 * _MARGIN
_CODE = 22 * MM
_SIZES = (12.5, 12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5, 4.5, 4)
_LEADING = 0.62

Told = Mapping[str, Any]


def write_record_sheet(told: Told, moment: dt.datetime, out: BinaryIO) -> None:
    """Write the sheet of what is told, as PDF, dated."""
    look, document = Look(), new_document(told, moment)
    told_below = (told["title"], told["licence"], told["date"])
    document.foot = lambda page: foot(look, page, told_below, (_MARGIN, _BOTTOM))
    columns = Columns(document, [_MARGIN], _WIDTH, (_TOP, HEIGHT - _BOTTOM))
    for size, joined in (*((size, False) for size in _SIZES), (_SIZES[-1], True)):
        above = list(_above(look, told, size, joined=joined))
        ending = Ending(columns, list(_below(look, told, size)), told, _CODE)
        if columns.height(above) + size + ending.height <= columns.room:
            break
    columns.add(above, document.root)
    ending.set()
    document.write(out)


def _above(look: Look, told: Told, size: float, *, joined: bool) -> Iterator[Group]:
    """Yield what is told of the record; its paragraphs in one, if they are `joined`."""
    each, words = told["entry"], told["words"]
    colour = COLOURS[each["kind"]]
    where = look.kicker(each["where"], size=size)
    kicker = look.kicker(each["narrow"] or words["kind"], size=size)
    yield from map(alone, look.kickers(kicker, where, _WIDTH, Rule(2.4, colour, 7.0)))
    name = [look.strong(each["name"], 2.5 * size)]
    yield alone(Block(name, 1.5 * size, "H1", below=1.3 * size, leading=0.3))
    if each["warnings"]:
        yield alone(Block(look.warnings(each["warnings"], size)[1:], size, indent=3.0))
    lines = list(filter(None, each["summary"].split("\n")))
    for line in [" · ".join(lines)] if joined and lines else lines:
        yield alone(Block([look.text(line, 1.08 * size)], 0.8 * size, leading=_LEADING))
    activities = look.marked(each["activities"], size)
    parts = {
        "activities": [Block(activities, size, leading=1.0, indent=4.0)] if activities else [],
        "facts": look.facts(each["lines"], 0.8 * size, size),
        "ties": look.facts(told["ties"], 0.8 * size, size),
    }
    for part, blocks in parts.items():
        if blocks:
            head = look.headed(words[part], each["kind"], 2 * size, size)
            yield Group([replace(head, tag="H2")], sticky=True)
            yield from map(alone, blocks)


def _below(look: Look, told: Told, size: float) -> Iterator[Group]:
    if told["entry"]["verified"]:
        yield alone(Block([look.small(told["entry"]["verified"], size)], 0.8 * size))
    for line in told["imprint"]:
        text = f"{line['label']} {line['text']}"
        yield alone(Block([look.small(text, size)], 0.8 * size))
