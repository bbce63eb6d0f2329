"""What a person sees in the terminal: data on standard output, words on standard error.

The home of rich, loaded only for a terminal: a pipe gets plain text, tab-separated.
"""

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TextIO

from .findings import Finding, Severity
from .words import Text

GAP = 3  # columns of the window between two columns of a table
NARROWEST = 16  # columns that a cut text must keep to be of use
# Default_Ignorable_Code_Point of Unicode, of letters and marks: they print, and nothing is seen.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
LABELS = 24  # columns that the labels of a card take
_STYLES = {"outline": "blue", "sign": "bold green", "quiet": "dim", "heading": "bold", "": ""}
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


@dataclass
class Voice:
    """How much is told besides the data: `quiet` only what must be known, `verbose` more."""

    quiet: bool = False
    verbose: bool = False


voice = Voice()


class Section(NamedTuple):
    """A part of a card: its heading, and lines of label, value and a note on the value."""

    heading: Text | None
    lines: Sequence[tuple[object, object, object]]


class _Codes(dict[int, str]):
    """What is written for each character: itself, or its code where it is not seen."""

    def __init__(self, write: Callable[[str], str]) -> None:
        super().__init__()
        self.write = write

    def __missing__(self, code: int) -> str:
        char = chr(code)
        seen = char == "\n" or (char.isprintable() and not _UNSEEN.match(char))
        return self.setdefault(code, char if seen else self.write(char))


_told = _Codes(lambda char: f"\\u{{{ord(char):x}}}")
_told_in_json = _Codes(lambda char: json.dumps(char)[1:-1])


def visible(text: object) -> str:
    """Return a text in which every character that does not print is told as its code.

    A record may hold an escape sequence that another program wrote; it never reaches a terminal.
    Line feeds stay: what must be one line goes through `flat`.
    """
    return str(text).translate(_told)


def flat(text: object) -> str:
    """Return a text as `visible` does, on one line: a record's text begins none of its own."""
    return visible(text).replace("\n", " ")


class Seen(io.StringIO):
    """A file written to a terminal: what does not print is shown, as all that is shown there."""

    def write(self, text: str) -> int:
        """Write what a person may see of a text."""
        return sys.stdout.write(visible(text))


def say(text: object) -> None:
    """Tell a person how it went, on standard error; not with --quiet."""
    if not voice.quiet:
        warn(text)


def warn(text: object) -> None:
    """Tell a person what must be known, on standard error, also with --quiet."""
    print(visible(text), file=sys.stderr)


def detail(text: object) -> None:
    """Tell a person who asked for it with --verbose how it is done, on standard error."""
    if voice.verbose:
        warn(text)


def out(text: object) -> None:
    """Give a line of data, on standard output."""
    print(visible(text))


def out_json(value: Any) -> None:
    """Give data as JSON, on standard output; in ASCII where that takes no other characters."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str).translate(_told_in_json)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2, default=str)
    print(text)


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a person is looking at a stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def table(
    headers: Sequence[Text], rows: Iterable[Sequence[object]], *, one_line: bool = False
) -> None:
    """Give a table: drawn for a terminal, tab-separated without headings for a pipe.

    With `one_line` a row that is too wide for the window is cut, not folded, but for its first
    column, which people copy. What is higher than the window is shown page by page.
    """
    if not is_terminal(sys.stdout):
        for row in rows:
            print("\t".join(flat(_cell(cell)) for cell in row))
        return
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text as Rich

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    body = [[flat(_cell(cell)) for cell in row] for row in rows]
    natural = [
        max(map(cell_len, (str(header), *(row[number] for row in body))))
        for number, header in enumerate(headers)
    ]
    least = NARROWEST if one_line else 1
    for header, width in zip(headers, fitted(natural, _width(), least), strict=False):
        drawn.add_column(
            str(header), width=width, overflow="ellipsis" if one_line else "fold", no_wrap=one_line
        )
    for row in body:
        drawn.add_row(*map(Rich, row[: len(drawn.columns)]))
    _print(drawn, pages=True)


def fitted(natural: Sequence[int], window: int, least: int = 1) -> list[int]:
    """Return widths of columns that fit a window: the widest are cut first, all but the first.

    Where that would leave less than `least` for a column that needs more, the last ones are left
    out.
    """
    room = window - GAP * len(natural) - sum(natural[:1])
    rest, free = sorted(natural[1:]), room
    most = max(rest, default=0)
    for number, width in enumerate(rest):
        share = free // (len(rest) - number)
        if width > share:
            most = share
            break
        free -= width
    if most < min(least, max(rest, default=0)) and len(natural) > 2:  # noqa: PLR2004 - id and name stay
        return fitted(natural[:-1], window, least)
    return [*natural[:1], *(max(min(width, most), 1) for width in natural[1:])]


def card(title: str, sections: Iterable[Section], stream: TextIO | None = None) -> None:
    """Give one record: a title, then sections of labels, values and notes."""
    stream = stream or sys.stdout
    if not is_terminal(stream):
        print(flat(title), file=stream)
        for section in sections:
            if section.heading:
                print(flat(f"{section.heading}:"), file=stream)
            for label, value, note in section.lines:
                told = visible(_cell(value)) + (f" ({flat(note)})" if note else "")
                told = f"{flat(label)}: {told}" if label else told
                print(told.replace("\n", "\n  "), file=stream)
        return
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text as Rich

    drawn: list[Any] = [Rich(flat(title), style="bold")]
    for section in sections:
        if section.heading:
            drawn += ["", Rich(flat(section.heading), style="bold")]
        drawn.append(Padding(_grid(section.lines), (0, 0, 0, 2)) if section.lines else "")
    _print(Group(*drawn), stream, pages=stream is sys.stdout)


def _grid(lines: Sequence[tuple[object, object, object]]) -> Any:
    """Draw the lines of a section; without labels where no line has one."""
    from rich.table import Table
    from rich.text import Text as Rich

    grid = Table.grid(padding=(0, 2))
    labelled = any(label for label, _, _ in lines)
    if labelled:
        grid.add_column(style="dim", min_width=LABELS, max_width=LABELS, overflow="fold")
    grid.add_column(overflow="fold")
    for label, value, note in lines:
        words = Rich(visible(_cell(value)))
        if note:
            words.append(f"  ({flat(note)})", style="dim italic")
        grid.add_row(*((Rich(flat(label)), words) if labelled else (words,)))
    return grid


def drawn(lines: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Give a drawing: lines of texts, each with the name of its style, in colours on a terminal."""
    told = [[(flat(text), _STYLES[style]) for text, style in line] for line in lines]
    if not is_terminal(sys.stdout):
        print("\n".join("".join(text for text, _ in line).rstrip() for line in told))
        return
    from rich.console import Group
    from rich.text import Text as Rich

    rows = [Rich.assemble(*line, no_wrap=True, overflow="crop") for line in told]
    _print(Group(*rows), pages=True)


def findings(found: Sequence[Finding], stream: TextIO | None = None) -> None:
    """Tell findings, one a line: how grave, code, where, what."""
    stream = stream or sys.stdout
    coloured = is_terminal(stream) and not os.environ.get("NO_COLOR")
    for finding in found:
        where = ".".join(filter(None, (finding.record or finding.entity, finding.column)))
        line = flat(f"{finding.severity.label} {finding.code}  {where}: {finding.message}")
        if coloured:
            from rich.text import Text as Rich

            words = Rich(line)
            words.stylize(_COLOURS[finding.severity], 0, len(str(finding.severity.label)) + 4)
            _print(words, stream)
        else:
            print(line, file=stream)


def ask(question: Text) -> str:
    """Ask for one line, on standard error; an end of input is an empty answer."""
    print(flat(f"{question}: "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _width() -> int:
    return int(console(sys.stdout).width)


def console(stream: TextIO) -> Any:
    """Return what rich draws on, that takes no text for mark-up."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


def _print(drawn: Any, stream: TextIO | None = None, *, pages: bool = False) -> None:
    window = console(stream or sys.stdout)
    if not (pages and sys.stdin.isatty()):
        window.print(drawn)
        return
    with window.capture() as capture:
        window.print(drawn)
    text, pager = capture.get(), _pager()
    if pager and text.count("\n") >= window.height:
        settings = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
        subprocess.run(pager, input=text, encoding="utf-8", check=False, env=settings)  # noqa: S603 - the person's own
    else:
        print(text, end="")


def _pager() -> list[str]:
    """Return the person's pager; nothing where it is not there or is told to be none."""
    told = shlex.split(os.environ.get("PAGER", "less"))
    return told if told and shutil.which(told[0]) else []
