"""How texts and tables fit a window: where lines break, how wide columns are.

Widths are in columns of the terminal, and a character is taken for one.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence

from .patterns import pattern

GAP = 3  # columns of the window between two columns of a table
LEGIBLE = 12  # columns that a text of several words needs at least
ROOMY = 32  # columns that a text of several lines needs
LONGEST = 48  # columns that a word, such as an id or an e-mail, gets to stand whole
BETWEEN = " · "  # between two data of a block on one line
_QUOTED = pattern("«[^«»]*»|“[^“”]*”")
_HELD = "\ue000"  # stands for a blank inside quotes while lines are broken


def wrapped(text: str, width: int, indent: str = "", *, whole: bool = True) -> list[str]:
    """Break a text at blanks into lines of a width, those after the first indented.

    What is quoted, often a command to copy, stays on one line if it fits one; with `whole` so does
    a word, whatever its length.
    """
    room = max(width, len(indent) + 1)

    def hold(quoted: re.Match[str]) -> str:
        text = quoted[0]
        return text.replace(" ", _HELD) if len(text) < room - len(indent) else text

    lines = textwrap.wrap(
        _QUOTED.sub(hold, text),
        room,
        subsequent_indent=indent,
        break_long_words=not whole,
        break_on_hyphens=False,
    )
    return [line.replace(_HELD, " ") for line in lines] or [""]


def cut(natural: Sequence[int], window: int, least: int = 1) -> list[int]:
    """Return widths of columns that fit a window: the widest are cut first, all but the first.

    Where that would leave less than `least` for a column that needs more, the last ones are left
    out.
    """
    room = window - GAP * len(natural) - sum(natural[:1])
    most = _share(natural[1:], room)
    if most < min(least, max(natural[1:], default=0)) and len(natural) > 2:  # noqa: PLR2004 - id and name stay
        return cut(natural[:-1], window, least)
    return [*natural[:1], *(max(min(width, most), 1) for width in natural[1:])]


def _share(wanted: Sequence[int], room: int) -> int:
    """Return what the widest may have, where all that want less have what they want."""
    free = room
    for number, width in enumerate(sorted(wanted)):
        share = free // (len(wanted) - number)
        if width > share:
            return share
        free -= width
    return max(wanted, default=0)


def folded_widths(columns: Sequence[Sequence[str]], window: int) -> list[int] | None:
    """Return widths at which the texts of columns, folded, can be read; None where there are none.

    Words stay whole, but for those that are longer than LONGEST. The first text of each column is
    its heading.
    """
    natural = [max(map(len, texts), default=0) for texts in columns]
    least = [_least(texts, width) for texts, width in zip(columns, natural, strict=True)]
    room = window - GAP * len(columns)
    if sum(least) > room:
        return None
    wanted = [width - small for width, small in zip(natural, least, strict=True)]
    most = _share(wanted, room - sum(least))
    return [small + min(want, most) for small, want in zip(least, wanted, strict=True)]


def _least(texts: Sequence[str], natural: int) -> int:
    """Return the least width at which a column of texts can be read."""
    words = (len(word) for text in texts for word in text.split())
    word = max((length if length <= LONGEST else ROOMY for length in words), default=0)
    longest = max(map(len, texts[1:]), default=0)
    return max(word, min(longest, LEGIBLE), min(natural // 4, ROOMY))


def block(headings: Sequence[str], row: Sequence[str], window: int) -> Iterator[str]:
    """Yield the lines of one record: what it is called, then its data with their headings."""
    yield row[0]
    line = ""
    for heading, text in zip(headings[1:], row[1:], strict=True):
        if not text:
            continue
        told = f"{heading}: {text}"
        if line and len(line) + len(BETWEEN) + len(told) + 2 <= window:
            line += BETWEEN + told
            continue
        if line:
            yield from wrapped(f"  {line}", window, "    ", whole=False)
        line = told
    if line:
        yield from wrapped(f"  {line}", window, "    ", whole=False)
