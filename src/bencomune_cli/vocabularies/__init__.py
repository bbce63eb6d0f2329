"""Closed lists of terms, one CSV file each: code, it, en, synonyms, then mappings to other lists.

A role may also say how it is told from the other side: it_inverse, en_inverse; any term what it
means: it_meaning, en_meaning; how it is drawn on maps: icon, a character, and colour, #rrggbb.
To add a term, add a line to its file; to add a vocabulary, add a file and name it in `Term("...")`.
"""

import csv
import zlib
from functools import cache
from pathlib import Path

from ..structs import Struct
from ..words import Text

FOLDER = Path(__file__).parent


class Term(Struct):
    """One term: its stable code, its labels, what else people write for it, and its mappings.

    `inverse` is the label of a role seen from the other side; of other terms, the label itself.
    """

    code: str
    label: Text
    synonyms: tuple[str, ...]
    mappings: dict[str, str]
    inverse: Text
    meaning: Text | None = None
    icon: str = ""
    colour: str = ""


@cache
def vocabulary(name: str) -> dict[str, Term]:
    """Return the terms of a vocabulary by code, in the order of the file.

    Raises FileNotFoundError for a vocabulary that does not exist: a mistake of a declaration.
    """
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        terms = [_term(row) for row in csv.DictReader(file, strict=True)]
    return {term.code: term for term in terms}


def names() -> list[str]:
    """Return the names of all vocabularies."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


@cache
def fingerprint() -> int:
    """Return a checksum of all terms: another one where a label or a synonym changed."""
    texts = ((FOLDER / f"{name}.csv").read_bytes() for name in names())
    return zlib.crc32(b"\0".join(texts))


def _term(row: dict[str, str]) -> Term:
    known = {"code", "it", "en", "synonyms"}
    known |= {"it_inverse", "en_inverse", "it_meaning", "en_meaning", "icon", "colour"}
    synonyms = tuple(filter(None, row.get("synonyms", "").split("|")))
    mappings = {key: value for key, value in row.items() if key not in known and value}
    label = Text(row["it"], row["en"])
    inverse = Text(row.get("it_inverse") or label.it, row.get("en_inverse") or label.en)
    meaning = Text(row["it_meaning"], row["en_meaning"]) if row.get("it_meaning") else None
    looks = (row.get("icon", ""), row.get("colour", ""))
    return Term(row["code"], label, synonyms, mappings, inverse, meaning, *looks)
