"""What a person sees in the terminal: data on standard output, words on standard error.

The home of rich, which is loaded only for a terminal, with all that draws: a pipe gets plain text,
tab-separated.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from . import streams
from .findings import Finding, Severity
from .structs import Struct
from .words import Text

# Default_Ignorable_Code_Point of Unicode, of letters and marks: they print, and nothing is seen.
_UNSEEN = (
    *(range(0x34F, 0x350), range(0x115F, 0x1161), range(0x17B4, 0x17B6), range(0x180B, 0x180E)),
    *(range(0x180F, 0x1810), range(0x3164, 0x3165), range(0xFE00, 0xFE10), range(0xFFA0, 0xFFA1)),
    range(0xE0100, 0xE01F0),
)
WINDOW = 80  # columns where no terminal tells its own
_STYLES = {"outline": "blue", "sign": "bold green", "quiet": "dim", "heading": "bold", "": ""}
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class Voice(Struct):
    """How much is told besides the data: `quiet` only what must be known, `verbose` more."""

    quiet: bool = False
    verbose: bool = False


voice = Voice()


class Section(Struct):
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
        seen = char == "\n" or (char.isprintable() and not any(code in each for each in _UNSEEN))
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
    told = visible(text)
    if is_terminal(sys.stderr):
        from .widths import wrapped

        width = window_of(sys.stderr)
        # Indented, so that no text of a record begins a line.
        parts = (wrapped(part, width, "  ") for part in told.split("\n"))
        told = "\n".join(line for lines in parts for line in lines)
    try:
        print(told, file=sys.stderr)
    except OSError:  # nobody can be told
        streams.forget(sys.stderr)


def detail(text: object) -> None:
    """Tell a person who asked for it with --verbose how it is done, on standard error."""
    if voice.verbose:
        warn(text)


def out(text: object) -> None:
    """Give a line of data, on standard output."""
    print(visible(text))


def out_json(value: Any) -> None:
    """Give data as JSON, on standard output; in ASCII where that takes no other characters."""
    print(_json(value))


def out_json_of(values: Iterable[Any]) -> None:
    """Give a list as `out_json` does, one value after the other: it may be long."""
    before = "["
    for value in values:
        print(before, _json(value).replace("\n", "\n  "), sep="\n  ", end="")
        before = ","
    print("[]" if before == "[" else "\n]")


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str).translate(_told_in_json)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2, default=str)
    return text


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a person is looking at a stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def window_of(stream: TextIO) -> int:
    """Return how many columns the window of a stream has; WINDOW where there is none."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or WINDOW
    except (OSError, ValueError):
        return WINDOW


def table(
    headers: Sequence[Text], rows: Iterable[Sequence[object]], *, one_line: bool = False
) -> None:
    """Give a table: drawn for a terminal, tab-separated without headings for a pipe.

    With `one_line` a row that is too wide for the window is cut, not folded, but for its first
    column, which people copy. Where columns cannot be folded either so that words stay whole, empty
    ones are left out, or else each row is told as a block of lines. What is higher than the window
    is shown page by page.
    """
    body = [[flat(_cell(cell)) for cell in row] for row in rows]
    if not is_terminal(sys.stdout):
        for row in body:
            print("\t".join(row))
        return
    from .grids import cut_table, folded_table

    names = [str(header) for header in headers]
    draw = cut_table if one_line else folded_table
    _print(draw(names, body, _width()), pages=True)


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

    from .grids import lines_of_card

    drawn: list[Any] = [Rich(flat(title), style="bold")]
    for section in sections:
        if section.heading:
            drawn += ["", Rich(flat(section.heading), style="bold")]
        lines = [(flat(a), visible(_cell(b)), flat(c) if c else "") for a, b, c in section.lines]
        drawn.append(Padding(lines_of_card(lines), (0, 0, 0, 2)) if lines else "")
    _print(Group(*drawn), stream, pages=stream is sys.stdout)


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


def findings(found: Iterable[Finding], stream: TextIO | None = None) -> None:
    """Tell findings, one a line: how grave, code, where, what."""
    stream = stream or sys.stdout
    coloured = is_terminal(stream) and not os.environ.get("NO_COLOR")
    for finding in found:
        where = ".".join(filter(None, (finding.record or finding.entity, finding.column)))
        told = flat(f"{finding.severity.label} {finding.code}  {where}: {finding.message}")
        if is_terminal(stream):
            from .widths import wrapped

            told = "\n".join(wrapped(told, window_of(stream), "  "))
        if coloured:
            from rich.text import Text as Rich

            words = Rich(told)
            words.stylize(_COLOURS[finding.severity], 0, len(str(finding.severity.label)) + 4)
            _print(words, stream)
        else:
            print(told, file=stream)


def held(of_records: Mapping[str, Sequence[Finding]]) -> None:
    """Tell which records are not published, by id, and why."""
    for id_ in sorted(of_records):
        warn(Text("non pubblicato: {id}", "held back: {id}").filled(id=id_))
        findings(of_records[id_], sys.stderr)


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
        shown = subprocess.run(pager, input=text, encoding="utf-8", check=False, env=settings)  # noqa: S603 - the person's own
        if shown.returncode == 0:
            return
    print(text, end="")


def _pager() -> list[str]:
    """Return the person's pager; nothing where it is not there or is told to be none."""
    import shlex

    try:
        told = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:  # a quote that is never closed
        return []
    return told if told and shutil.which(told[0]) else []
