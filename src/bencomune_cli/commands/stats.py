"""stats: how many records, by kind, state, municipality and activity.

In a terminal with bars, of which a full one is all records of the kind.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import typer

from .. import drawing, screen
from ..declare import Column
from ..entities import PLACES, Place
from ..meanings import vocabulary_of
from ..vocabularies import vocabulary
from ..words import Text
from . import AsJson, command, reading

COUNTED = ("state", "municipality", "activities")
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
INDENT = "  "
GAPS = 6  # columns of a line with a bar that are blank


def add_to(app: typer.Typer) -> None:
    """Register stats."""
    command(
        app,
        "stats",
        Text(
            "Conta i record per stato, Comune e attività.",
            "Count the records by state, municipality and activity.",
        ),
        stats,
    )


def stats(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        names = registry.municipality_names()
        own = {
            entity: [
                p for p in registry.store.select(entity, "NOT removed") if isinstance(p, Place)
            ]
            for entity in PLACES
        }
    if as_json:
        screen.out_json(
            {
                entity.table: {
                    "total": len(places),
                    **{name: dict(_counts(places, name).most_common()) for name in COUNTED},
                }
                for entity, places in own.items()
            }
        )
        return
    rows: list[tuple[Any, Any, str, int]] = []
    for entity, places in own.items():
        rows.append((entity.plural, "", "", len(places)))
        for name in COUNTED:
            column = entity.column(name)
            rows += [
                ("", column.label, _label(column, value, names), count)
                for value, count in _counts(places, name).most_common()
            ]
    if screen.is_terminal(sys.stdout):
        width = shutil.get_terminal_size((80, 24)).columns
        plain = drawing.only_ascii(sys.stdout.encoding, os.environ)
        screen.drawn(_bars(rows, width, plain=plain))
        return
    headers = (Text("Tipo", "Kind"), Text("Per", "By"), Text("Valore", "Value"), Text("N.", "No."))
    screen.table(headers, rows)


def _counts(places: list[Place], name: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for place in places:
        value = getattr(place, name)
        counted.update(value if isinstance(value, tuple) else [value or "-"])
    return counted


def _label(column: Column, value: str, names: dict[str, str]) -> str:
    terms = vocabulary_of(column)
    if terms and value in vocabulary(terms):
        return str(vocabulary(terms)[value].label)
    return names.get(value, value)


def _bars(
    rows: Sequence[tuple[Any, Any, str, int]], width: int, *, plain: bool
) -> Iterable[drawing.Line]:
    """Yield the lines of a terminal: a heading for each kind and column, then labels and bars."""
    told = [_shown(label) for *_, label, _ in rows]
    digits = max(len(str(count)) for *_, count in rows)
    widest = min(max(map(drawing.columns_of, told)), width // 2)
    room = max(width - widest - digits - GAPS, 1)
    total, before = 0, None
    for (kind, by, _, count), shown in zip(rows, told, strict=True):
        if kind:
            yield from ([[]] if before is not None else [])
            yield [(f"{kind}: {count}", "heading")]
            total = count
        else:
            if by != before:
                yield [(f"{INDENT}{by}", drawing.QUIET)]
            label = drawing.padded(drawing.cut(shown, widest, plain=plain), widest)
            told_count = f"{INDENT * 2}{label} {count:>{digits}} "
            length = bar(count, total, room, plain=plain)
            yield [(told_count, drawing.PLAIN), (length, drawing.SIGN)]
        before = by


def _shown(label: str) -> str:
    """Return a label as a person reads it; a missing value has a word."""
    return screen.flat(label if label != "-" else Text("(non indicato)", "(not told)"))


def bar(count: int, whole: int, width: int, *, plain: bool = False) -> str:
    """Return a bar, `width` columns wide where the count is the whole; what is there is seen."""
    if plain:
        return "#" * max(count * width // whole, 1)
    blocks, eighths = divmod(max(count * width * 8 // whole, 1), 8)
    return "█" * blocks + EIGHTHS[eighths]
