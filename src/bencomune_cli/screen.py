"""What a person sees in the terminal: data on standard output, words on standard error.

The home of rich, loaded only for a terminal: a pipe gets plain text, tab-separated.
"""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from .findings import Finding, Severity
from .words import Text

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def visible(text: object) -> str:
    """Return a text in which every character that does not print is told as its code.

    A record may hold an escape sequence that another program wrote; it never reaches a terminal.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else f"\\u{{{ord(char):x}}}"
        for char in str(text)
    )


def say(text: object) -> None:
    """Tell a person something, on standard error."""
    print(visible(text), file=sys.stderr)


def out(text: object) -> None:
    """Give a line of data, on standard output."""
    print(visible(text))


def out_json(value: Any) -> None:
    """Give data as JSON, on standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    print("".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in text))


def _json_escape(char: str) -> str:
    """Return a character that does not print as JSON writes it in ASCII."""
    return json.dumps(char)[1:-1]


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a person is looking at a stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def table(headers: Sequence[Text], rows: Iterable[Sequence[object]]) -> None:
    """Give a table: drawn for a terminal, tab-separated without headings for a pipe."""
    if not is_terminal(sys.stdout):
        for row in rows:
            cells = (visible(_cell(cell).replace("\n", " ")) for cell in row)
            print("\t".join(cells))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text as Rich

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        drawn.add_column(str(header), overflow="fold")
    for row in rows:
        drawn.add_row(*(Rich(visible(_cell(cell))) for cell in row))
    _print(drawn)


def card(title: str, lines: Iterable[tuple[Text, object]]) -> None:
    """Give one record: a label and a value a line."""
    if not is_terminal(sys.stdout):
        out(title)
        for label, value in lines:
            out(f"{label}: {_cell(value)}")
        return
    from rich.table import Table
    from rich.text import Text as Rich

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in lines:
        grid.add_row(str(label), Rich(visible(_cell(value))))
    _print(Rich(visible(title), style="bold"))
    _print(grid)


def findings(found: Sequence[Finding], stream: TextIO | None = None) -> None:
    """Tell findings, one a line: how grave, code, where, what."""
    stream = stream or sys.stdout
    coloured = is_terminal(stream) and not os.environ.get("NO_COLOR")
    for finding in found:
        where = ".".join(filter(None, (finding.record or finding.entity, finding.column)))
        line = f"{finding.severity.label} {finding.code}  {where}: {finding.message}"
        if coloured:
            from rich.text import Text as Rich

            words = Rich(visible(line))
            words.stylize(_COLOURS[finding.severity], 0, len(str(finding.severity.label)) + 4)
            _print(words, stream)
        else:
            print(visible(line), file=stream)


def ask(question: Text) -> str:
    """Ask for one line, on standard error; an end of input is an empty answer."""
    print(visible(f"{question}: "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _print(drawn: Any, stream: TextIO | None = None) -> None:
    from rich.console import Console

    Console(file=stream or sys.stdout, markup=False, emoji=False, highlight=False).print(drawn)
