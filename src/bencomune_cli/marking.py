"""Where in a record the words that were looked for stand: its texts in pieces, some of them marked.

Marked in the record's own text and not by FTS5, so that no character of it can pass for a mark.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .area_names import AreaNames
from .declare import Column, Record
from .folding import answers, spans_of
from .indexing import answering, searched
from .kinds.choices import Listing, Term
from .words import Text

AROUND = 40  # characters shown before the first word that answers
LONGEST = 120  # characters of a passage

Piece = tuple[str, bool]  # a text, and whether it answers


class Passage(NamedTuple):
    """A column's label, and the part of its text in which words stand."""

    label: Text
    pieces: list[Piece]

    def __str__(self) -> str:
        return f"{self.label}: {''.join(text for text, _ in self.pieces)}"


def marked(text: str, needles: Sequence[str]) -> list[Piece]:
    """Part a text into what answers and what does not."""
    pieces: list[Piece] = []
    at = 0
    for start, end, words in spans_of(text):
        if any(answers(word, needles) for word in words):
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]


def passage(record: Record, needles: Sequence[str], areas: AreaNames, known: str) -> Passage | None:
    """Return the text of a record that answers most of what `known`, its name, does not.

    None where there is no such text.
    """
    held = {word for _, _, words in spans_of(known) for word in words}
    open_ = [needle for needle in needles if not any(answers(word, [needle]) for word in held)]
    best: tuple[int, Passage] | None = None
    for column in searched(type(record)) if open_ else ():
        value = getattr(record, column.name)
        if value in (None, ()) or column.name == "id":
            continue
        found: set[str] = set()
        pieces = [piece for each in _parts(column, value, areas, open_, found) for piece in each]
        if found and (best is None or len(found) > best[0]):
            best = len(found), Passage(column.label, _around(pieces))
    return best[1] if best else None


def _parts(
    column: Column,
    value: object,
    areas: AreaNames,
    needles: Sequence[str],
    found: set[str],
) -> Iterator[list[Piece]]:
    """Yield the marked pieces of each item of a value; tell in `found` which needles are there."""
    kind = column.item
    items = value if isinstance(value, tuple) else (value,)
    for number, item in enumerate(items):
        if number:
            yield [(", " if isinstance(column.kind, Listing) and kind.literal else " | ", False)]
        stored = str(item)
        told = str(kind.told(item)) if isinstance(kind, Term) else areas.of(kind, stored)
        shown = told or stored
        words = answering(kind, stored, areas)
        here = {n for n in needles if any(answers(word, [n]) for word in words)}
        found |= here
        pieces = marked(shown.replace("\n", " "), sorted(here))
        marks = any(is_marked for _, is_marked in pieces)
        # Found by a synonym, a code, or the end of a number: the whole item answers.
        yield [(shown, True)] if here and not marks else pieces


def _around(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the part of a text that begins a little before the first piece that answers."""
    first = next(number for number, (_, is_marked) in enumerate(pieces) if is_marked)
    before = "".join(text for text, _ in pieces[:first])
    if len(before) > AROUND:
        before = f"…{before[-AROUND:]}"
    return cut([(before, False), *pieces[first:]], LONGEST)


def cut(pieces: Sequence[Piece], longest: int) -> list[Piece]:
    """Return pieces of at most so many characters in all, and a sign where more was there."""
    kept: list[Piece] = []
    room = longest
    for text, is_marked in pieces:
        if text and len(text) > room:
            kept.append((f"{text[:room]}…", is_marked))
            break
        if text:
            kept.append((text, is_marked))
            room -= len(text)
    return kept
