"""The directory of the printed map: records by kind and by part, the index, and what it is."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .blocks import Block, Group, Rule, alone
from .columns import Columns
from .look import COLOURS, INK, MM, QUIET, SIZE, Look
from .pages import Page, Spot
from .tags import Element
from .words import WIDE, Span

_SIGN, _SIGN_COMPACT = 2.3 * MM, 2.1 * MM  # radii
_INDENT = 7.4 * MM
_TERSE = 0.9 * SIZE

Told = Mapping[str, Any]


def directory(look: Look, columns: Columns, told: Told) -> None:
    """Set all records, then the index and what is said of the network."""
    root = columns.document.root
    for section in told["sections"]:
        columns.add(_section(look, section, told), root)
    if told["index"]:
        columns.add(_index(look, columns, told), root)
    about = [Block([look.text(line, 8.5)], 6.0) for line in told["about"]]
    if about:
        first = Block(about[0].spans, 18.0, over=Rule(0.5, INK, 7.0))
        columns.add(map(alone, (first, *about[1:])), root)


def _opened(look: Look, title: str, colour: str) -> Group:
    over = Rule(1.8, colour, 7.0)
    block = Block([look.strong(title, 18)], 18.0, "H2", below=12.0, over=over, outline=(1, title))
    return Group([block], sticky=True)


def _section(look: Look, section: Told, told: Told) -> Iterator[Group]:
    kind = section["kind"]
    yield _opened(look, section["title"], COLOURS[kind])
    for part in section["parts"]:
        level = "H4" if part["title"] else "H3"
        if part["title"]:
            head = look.headed(part["title"], kind, 15.0)
            head = replace(head, tag="H3", below=10.5, outline=(2, part["title"]))
            yield Group([head], sticky=True)
        for each in part["entries"]:
            if told["terse"]:
                blocks = _terse(look, each, level, told["words"]["rough"])
            else:
                blocks = (_compact if section["compact"] else _entry)(look, each, level)
            yield Group(blocks, long=each["long"])


def _entry(look: Look, each: Told, level: str) -> list[Block]:
    """Return a record as it is told where there is room."""
    name = [look.strong(each["name"], 11), *look.warnings(each["warnings"])]
    place = " · ".join(filter(None, (each["narrow"], each["place"])))
    told = [[look.small(place)] if place else [], [look.text(each["summary"])]]
    below = [Block(spans, 4.0, indent=_INDENT) for spans in told if any(s.text for s in spans)]
    last = [look.text(each["verified"], SIZE * 0.74, QUIET)] if each["verified"] else []
    return [
        _named(look, each, name, 10.0, level, _SIGN),
        *below,
        *look.facts(each["lines"], 4.0, indent=_INDENT),
        *([Block(last, 4.0, indent=_INDENT)] if last else []),
    ]


def _compact(look: Look, each: Told, level: str) -> list[Block]:
    """Return a record as it is told among others that are less of the map."""
    name = [look.strong(each["name"]), *look.warnings(each["warnings"], SIZE)]
    summary = [look.text(each["summary"], 0.9 * SIZE)] if each["summary"] else []
    return [
        _named(look, each, name, 7.0, level, _SIGN_COMPACT),
        *([Block(summary, 3.3, indent=_INDENT)] if summary else []),
        *look.facts(each["lines"], 3.3, indent=_INDENT),
    ]


def _named(
    look: Look, each: Told, name: list[Span], above: float, level: str, radius: float
) -> Block:
    """Return the name of a record, its number in a circle beside it."""
    sign, place = partial(_signed, look, each, radius), f"record-{each['number']}"
    return Block(name, above, level, indent=_INDENT, sign=sign, place=place)


def _signed(look: Look, each: Told, radius: float, page: Page, at: Spot, element: Element) -> None:
    """Draw the number of a record beside its name."""
    page.text(look.sign(page, (at[0] + radius, at[1] - 3.4), each, radius), element)


def _terse(look: Look, each: Told, level: str, rough: str) -> list[Block]:
    """Return one of very many: so that they take less paper, what is known of it runs on.

    Wide spaces part what may end with any sign: a web address, hours.
    """
    name = [look.numbered(each, SIZE), look.text(" "), look.strong(each["name"], 10.5)]
    place = " · ".join(
        filter(None, (each["narrow"], each["place"], rough if each["rough"] else ""))
    )
    told = [[look.text(place, _TERSE, QUIET)]] if place else []
    told += [[look.text(each["summary"], _TERSE)]] if each["summary"] else []
    for line in each["lines"]:
        label = look.slanted(line["label"], _TERSE, QUIET)
        told.append([label, look.text(": " + line["text"], _TERSE)])
    if each["verified"]:
        told.append([look.text(each["verified"], 0.82 * _TERSE, QUIET)])
    apart = look.text(WIDE, _TERSE)
    spans = [span for parts in told for span in (apart, *parts)]
    return [
        Block(
            [*name, *look.warnings(each["warnings"])], 8.5, level, place=f"record-{each['number']}"
        ),
        *([Block(spans, 3.8)] if spans else []),
    ]


def _index(look: Look, columns: Columns, told: Told) -> Iterator[Group]:
    yield _opened(look, told["words"]["index"], INK)
    yield Group([Block([look.small(told["index_note"])])], sticky=True)
    for each in told["index"]:
        spans = [look.strong(each["activity"]), look.text(WIDE)]
        if each["ranges"]:
            spans.append(look.text(each["ranges"]))
        for place, number in enumerate(() if each["ranges"] else each["numbers"]):
            spans += [look.text(", ")] if place else []
            name = f"record-{number}"
            spans.append(look.text(str(number))._replace(link=name))
            if each["paged"]:
                page = (
                    f"\u00a0({told['words']['page_short']}\u00a0{columns.document.page_of(name)})"
                )
                spans.append(look.text(page, 0.78 * SIZE, QUIET))
        yield alone(Block(spans, 5.9, hanging=SIZE))
