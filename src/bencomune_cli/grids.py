"""Tables drawn for a terminal, of texts that a person may see: cut, folded, or as blocks."""

from collections.abc import Sequence
from typing import Any

from .widths import block, cut, folded_widths

NARROWEST = 16  # columns that a cut text must keep to be of use
LABELS = 24  # columns that the labels of a card take

Rows = Sequence[Sequence[str]]


def cut_table(names: Sequence[str], rows: Rows, window: int) -> Any:
    """Draw rows of one line each: too wide texts are cut, the last columns left out."""
    from rich.cells import cell_len
    from rich.text import Text as Rich

    natural = [max(map(cell_len, texts)) for texts in _columns(names, rows)]
    drawn = _table()
    for name, width in zip(names, cut(natural, window, NARROWEST), strict=False):
        drawn.add_column(name, width=width, overflow="ellipsis", no_wrap=True)
    for row in rows:
        drawn.add_row(*map(Rich, row[: len(drawn.columns)]))
    return drawn


def folded_table(names: Sequence[str], rows: Rows, window: int) -> Any:
    """Draw rows whose texts are folded at blanks.

    Where words would not stay whole, columns that hold nothing are left out, or else each row is
    a block of lines.
    """
    from rich.text import Text as Rich

    widths = folded_widths(_columns(names, rows), window)
    if widths is None:
        held = [n for n, texts in enumerate(_columns(names, rows)) if any(texts[1:])]
        names, rows = [names[n] for n in held], [[row[n] for n in held] for row in rows]
        widths = folded_widths(_columns(names, rows), window)
    if widths is None:
        return _blocks(names, rows, window)
    drawn = _table()
    for name, width in zip(names, widths, strict=True):
        drawn.add_column(name, width=width, overflow="fold")
    for row in rows:
        drawn.add_row(*map(Rich, row))
    return drawn


def _columns(names: Sequence[str], rows: Rows) -> list[list[str]]:
    return [[name, *(row[number] for row in rows)] for number, name in enumerate(names)]


def _blocks(names: Sequence[str], rows: Rows, window: int) -> Any:
    """Draw each row as lines: its first cell, then headings and values."""
    from rich.console import Group
    from rich.text import Text as Rich

    told: list[Any] = []
    for row in rows:
        first, *rest = block(names, row, window)
        told += [Rich(first, style="bold"), *map(Rich, rest), ""]
    return Group(*told)


def _table() -> Any:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)


def lines_of_card(lines: Sequence[tuple[str, str, str]]) -> Any:
    """Draw the lines of a section: label, value, note; without labels where no line has one."""
    from rich.table import Table
    from rich.text import Text as Rich

    grid = Table.grid(padding=(0, 2))
    labelled = any(label for label, _, _ in lines)
    if labelled:
        grid.add_column(style="dim", min_width=LABELS, max_width=LABELS, overflow="fold")
    grid.add_column(overflow="fold")
    for label, value, note in lines:
        words = Rich(value)
        if note:
            words.append(f"  ({note})", style="dim italic")
        grid.add_row(*((Rich(label), words) if labelled else (words,)))
    return grid
