"""Descriptions of placemarks with lines `Label: value`, as Google My Maps writes a sheet."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from .folding import folded

_LABELLED = re.compile(r"([^\W\d_][^:\n]{0,39}):(?!//)[ \t]*(.*)")
MOST = 10_000  # different labels that are counted


def squeezed(text: str) -> str:
    """Return a text without blanks: what two writings of the same have in common."""
    return "".join(text.split())


def key_of(name: str) -> str:
    """Return a name without case, accents and blanks around it."""
    return folded(name.strip()) or ""


def labelled(line: str) -> tuple[str, str] | None:
    """Return the label of a line and its value; None for one that has none."""
    found = _LABELLED.fullmatch(line.strip())
    return (" ".join(found[1].split()), found[2].strip()) if found else None


class Labels:
    """Counts labels, to tell those that stand in most descriptions."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._described = 0

    def count(self, text: str) -> None:
        """Look at a description."""
        if not text:
            return
        self._described += 1
        told = {found[0] for line in text.split("\n") if (found := labelled(line))}
        self._found.update(each for each in told if each in self._found or len(self._found) < MOST)

    def usual(self) -> list[str]:
        """Return the labels of more than half of the descriptions, by name."""
        return sorted(each for each, count in self._found.items() if count * 2 > self._described)


def parted(
    text: str, usual: Collection[str], fields: Mapping[str, str]
) -> tuple[dict[str, str], str]:
    """Return the values of usual labels, and what is left of a description.

    A label that is the name of a field, with the same value, is left out: My Maps writes its data
    twice. `fields` are the texts of a placemark by `key_of` their names. Lines without a label that
    follow are part of such a value where the field has them too.
    """
    told: dict[str, str] = {}
    rest: list[str] = []
    for block in _blocks(text):
        label, value = labelled(block[0]) or ("", "")
        known = fields.get(key_of(label)) if label else None
        if known is not None:
            rest += _beyond(block, value, known)
        elif label in usual:
            told[label] = f"{told[label]} | {value}" if told.get(label) else value
            rest += block[1:]
        else:
            rest += block
    return told, "\n".join(rest).strip()


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield lines with those that follow them and have no label."""
    block: list[str] = []
    for line in text.split("\n"):
        if block and labelled(line):
            yield block
            block = []
        block.append(line)
    yield block


def _beyond(block: list[str], value: str, known: str) -> Iterable[str]:
    """Return the lines of a block that a field does not have already."""
    if squeezed("".join([value, *block[1:]])) == squeezed(known):
        return []
    return block[1:] if squeezed(value) == squeezed(known) else block
