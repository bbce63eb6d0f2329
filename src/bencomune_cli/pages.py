"""A record as a page of TOML for a person to write on: made, read, marked with its mistakes.

https://toml.io/en/v1.0.0 - every value is a text, or an array of texts, as options take it.
"""

import datetime as dt
import re
import textwrap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .changes import Shown, column_to_write, columns_of, shown
from .declare import Column, Record
from .errors import Refused
from .kinds.numbers import YesNo
from .meanings import vocabulary_of
from .patterns import pattern
from .screen import flat, visible
from .vocabularies import vocabulary
from .words import Text

WIDTH = 96  # characters of a line of explanation
GLUE = "\u00a0"  # a blank at which no line is broken
MARK = "# >>> "  # begins a line that tells a mistake
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# What may hold a line break or a sign that means something else outside of it.
_STRINGS = pattern(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|\#[^\n]*",
    re.DOTALL,
)
_KEY = pattern(r"""[ \t]*\[{0,2}[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*[=.\]]""")
_HEAD = Text(
    "Scrivere i testi fra le virgolette, salvare, chiudere. Le righe che cominciano con # sono"
    ' spiegazioni. Un testo vuoto, "" o [], toglie il valore; una riga cancellata lascia il'
    " valore com'è. Fra virgolette, \\\" è una virgoletta e \\\\ una barra rovesciata. Chiudere"
    " senza cambiare niente è rinunciare.",
    "Write the texts between the quotes, save, close. Lines that begin with # are explanations. An"
    ' empty text, "" or [], removes the value; a deleted line leaves the value as it is. Between'
    ' quotes, \\" is a quote and \\\\ a backslash. To close without changing anything is to give'
    " up.",
)


class Mark(NamedTuple):
    """A mistake to be told above the line of a column, or above a line, counted from 1."""

    text: Text
    column: str = ""
    line: int = 1


# Made


def page(record: Record, notes: Mapping[str, str]) -> str:
    """Return the page of a record; `notes` tell what the code in a column means."""
    title = Text(
        "{label}: {name} ({id}), versione {version}", "{label}: {name} ({id}), version {version}"
    )
    head = title.filled(
        label=record.label,
        name=getattr(record, "name", None) or record.id,
        id=record.id,
        version=getattr(record, "version", ""),
    )
    texts = shown(record)
    lines = [*_comment(str(head)), "#", *_comment(str(_HEAD))]
    for column in columns_of(type(record)):
        lines += ["", *_explained(column, notes.get(column.name, ""))]
        lines.append(f"{column.name} = {toml(texts[column.name])}")
    return "\n".join(lines) + "\n"


def _explained(column: Column, note: str) -> Iterator[str]:
    help_ = Text("{label}: {help}", "{label}: {help}").filled(
        label=column.label, help=column.help or ""
    )
    yield from _comment(str(help_ if column.help else column.label))
    name = vocabulary_of(column)
    if name:
        terms = vocabulary(name).values()
        told = "; ".join(f"{term.code} = {term.label}".replace(" ", GLUE) for term in terms)
        yield from _comment(f"{Text('voci', 'terms')}: {told}", "  ")
    elif isinstance(column.kind, YesNo):
        yield from _comment(str(Text("true = sì; false = no", "true = yes; false = no")), "  ")
    if note:
        yield from _comment(f"{Text('ora', 'now')}: {note}", "  ")


def _comment(text: str, indent: str = "") -> list[str]:
    """Return a text as lines of comment, which may hold no control character."""
    lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"# {indent}{visible(line.replace(GLUE, ' '))}" for line in lines]


def toml(told: str | list[str]) -> str:
    """Return a text, or several, as TOML: what does not print is written as its code."""
    if isinstance(told, str):
        return _prose(told) if "\n" in told else _string(told)
    items = [_string(item) for item in told]
    line = f"[{', '.join(items)}]"
    if len(line) <= WIDTH:
        return line
    return "\n".join(["[", *(f"  {item}," for item in items), "]"])


def _string(text: str) -> str:
    return f'"{"".join(map(_char, text))}"'


def _prose(text: str) -> str:
    """Return a text of several lines, whose quotes are escaped only where they would end it."""
    written = ""
    for number, char in enumerate(text, 1):
        if char == '"' and (written.endswith('"') or number == len(text)):
            written += '\\"'
        else:
            written += char if char in '\n"' else _char(char)
    return f'"""\n{written}"""'


def _char(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if visible(char) == char:
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"  # noqa: PLR2004 - of \u


# Read


def read(entity: type[Record], text: str) -> tuple[Shown, list[Mark]]:
    """Return what a page tells of each column, and its mistakes."""
    try:
        data = _parsed(text)
    except _NoToml as wrong:
        return {}, [Mark(wrong.text, line=wrong.line)]
    told: Shown = {}
    marks = []
    for key, value in data.items():
        try:
            column = column_to_write(entity, key)
            value_told = _told(column, value)
        except Refused as refused:
            marks.append(Mark(refused.text, key))
            continue
        if column.name in told:
            twice = Text("questa colonna è scritta due volte", "this column is there twice")
            marks.append(Mark(twice, key))
        told[column.name] = value_told
    return told, marks


class _NoToml(Exception):  # noqa: N818 - a mistake of a person, told on the page
    def __init__(self, line: int, text: Text) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def _parsed(text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        found = re.search(r"at line ([0-9]+)", str(error))
        last = len(text.rstrip().split("\n"))
        line = int(found[1]) if found else last if "end of document" in str(error) else 1
    # With the mark above it, the line is the next one on the page.
    told = Text(
        "la riga {line} non si legge: ogni testo sta tra virgolette doppie, che si aprono e si"
        " chiudono, ogni elenco tra parentesi quadre, e ogni colonna compare una volta",
        "line {line} cannot be read: each text stands between double quotes, opened and closed,"
        " each list between square brackets, and each column once",
    )
    raise _NoToml(line, told.filled(line=line + 1))


def _told(column: Column, value: Any) -> str | list[str]:
    if column.many and isinstance(value, list):
        return [_scalar(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Return a value as its text; numbers, dates, true and false need no quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        try:
            return str(value)
        except ValueError:  # of more digits than Python writes: no column takes it
            return "?"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        raise Refused(
            Text(
                "qui serve un testo solo, tra virgolette", "one text is needed here, between quotes"
            )
        )
    raise Refused(
        Text("qui serve un testo, tra virgolette", "a text is needed here, between quotes")
    )


# Marked


def marked(text: str, marks: Iterable[Mark]) -> str:
    """Return a page with a line for each mistake, directly above the line that it is about."""
    lines, outside = text.split("\n"), _outside(text)
    above: dict[int, list[str]] = {}
    for mark in marks:
        found = _line_of(mark.column, lines, outside) if mark.column else mark.line - 1
        at = min(max(found, 0), len(lines) - 1)
        while not outside[at]:  # inside a text the mark would become part of it
            at -= 1
        words = flat(mark.text)
        where = f"{mark.column}: " if found < 0 else ""
        above.setdefault(at, []).append(MARK + flat(where) + words)
    return "\n".join(
        line for number, own in enumerate(lines) for line in (*above.get(number, ()), own)
    )


def unmarked(text: str) -> str:
    """Return a page without the lines that tell mistakes."""
    outside = _outside(text)
    lines = enumerate(text.split("\n"))
    return "\n".join(
        line for number, line in lines if not (outside[number] and line.startswith(MARK.rstrip()))
    )


def marks_on(text: str) -> list[str]:
    """Return the mistakes that are told on a page."""
    outside = _outside(text)
    return [
        line.removeprefix(MARK)
        for number, line in enumerate(text.split("\n"))
        if outside[number] and line.startswith(MARK)
    ]


def _line_of(column: str, lines: list[str], outside: list[bool]) -> int:
    """Return the number of the line where a column begins, -1 where there is none."""
    for number, line in enumerate(lines):
        found = _KEY.match(line) if outside[number] else None
        if found and column in found.groups():
            return number
    return -1


def _outside(text: str) -> list[bool]:
    """Tell for each line whether it begins outside of a text of several lines."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    outside = [True] * len(starts)
    for found in _STRINGS.finditer(text):
        for number in range(bisect_right(starts, found.start()), len(starts)):
            if starts[number] >= found.end():
                break
            outside[number] = False
    return outside
