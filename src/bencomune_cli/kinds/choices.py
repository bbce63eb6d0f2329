"""Choices: a term of a closed vocabulary, and lists of values of another kind."""

import difflib
import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from ..errors import Unreadable
from ..folding import folded
from ..vocabularies import vocabulary
from ..words import LANGUAGES, Text, joined
from . import Kind
from .texts import Line, Shaped

LONGEST = 20_000  # characters of a list in all
MANY = 12  # terms that a message tells; for more it names the command that does


@cache
def spellings(name: str) -> dict[str, str]:
    """Return the code for each code, label and synonym of a vocabulary, as `bare` tells them.

    A label that says its abbreviation in brackets is known by either alone.
    """
    known: dict[str, str] = {}
    for code, term in vocabulary(name).items():
        labels = [term.label.said_in(language) for language in LANGUAGES]
        alone = [part for label in labels for part in re.split(r"\s*[()]", label) if part]
        for word in (code, *labels, *term.synonyms, *(alone if "(" in "".join(labels) else ())):
            known.setdefault(bare(word), code)
    return known


def bare(word: str) -> str:
    """Return a word without case, accents and signs, as people write it in many ways: A.P.S."""
    plain = re.sub(r"['’`´.]", "", folded(word) or "")
    return re.sub(r"[\W_]+", " ", plain).strip()


class Term(Kind):
    """A term of a closed vocabulary, kept by its code; read by code, label or synonym."""

    word = Text("voce di un elenco", "term of a list")
    name: str = ""
    literal = True

    def read(self, text: str) -> Any:
        """Find the term; where there is none, say which are near."""
        word = bare(text)
        known = spellings(self.name)
        if word in known:
            return known[word]
        near = list(dict.fromkeys(known[name] for name in difflib.get_close_matches(word, known)))
        if not near and len(vocabulary(self.name)) > MANY:
            raise Unreadable(
                Text(
                    "non è tra le voci ammesse, che «bencomune terms {name}» elenca",
                    "it is not a known term; “bencomune terms {name}” lists them",
                ).filled(name=self.name)
            )
        raise Unreadable(
            Text(
                "non è tra le voci ammesse; {hint}: {terms}",
                "it is not a known term; {hint}: {terms}",
            ).filled(
                hint=Text("forse", "perhaps") if near else Text("sono", "they are"),
                terms=joined(", ", map(self._named, near or vocabulary(self.name))),
            )
        )

    def surely(self, value: Any) -> bool:
        """Tell whether a text is a code of the vocabulary."""
        return value in vocabulary(self.name)

    def _named(self, code: str) -> Text:
        """Return a term as people and files write it: its label, and its code in brackets."""
        return Text("{label} ({code})", "{label} ({code})").filled(label=self.told(code), code=code)

    def told(self, value: Any) -> Text:
        """Return the label of a code; the code itself where the vocabulary has none."""
        term = vocabulary(self.name).get(value)
        return term.label if term else Text(value, value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: one of the codes."""
        return {"type": "string", "enum": list(vocabulary(self.name))}

    def condition(self, column: str) -> str:
        """Hold the column to the alphabet of codes: terms may be added without a new table."""
        return f"{column} NOT GLOB '*[^a-z0-9_]*' AND length({column}) BETWEEN 1 AND 60"


class Listing(Kind):
    """Several values of one kind, kept as one text that people and readers understand.

    Codes are joined by a comma, which map readers split into facets; texts, which may hold a
    comma, by a bar, which their items may not hold.
    """

    item: Kind = Kind()

    @property
    def separator(self) -> str:
        """Return what stands between two items."""
        return ", " if isinstance(self.item, Term | Shaped) else " | "

    @property
    def literal(self) -> bool:  # type: ignore[override]
        """A list of literal items is literal."""
        return self.item.literal

    @property
    def word(self) -> Text:  # type: ignore[override]
        """Return what a person calls it: several of its items."""
        return Text(
            "più valori separati da «{sign}»: {item}", "several values parted by “{sign}”: {item}"
        ).filled(sign=self.separator.strip(), item=self.item.word)

    def read(self, text: str) -> Any:
        """Read the items one by one; line breaks separate items too."""
        parts = text.replace("\n", self.separator.strip()).split(self.separator.strip())
        items = tuple(dict.fromkeys(self.item.read(part) for part in parts if part.strip()))
        if len(self.write(items)) > LONGEST:
            raise Unreadable(
                Text(
                    "l'elenco è troppo lungo: al massimo {longest} caratteri in tutto",
                    "the list is too long: {longest} characters at most in all",
                ).filled(longest=LONGEST)
            )
        return items

    def surely(self, value: Any) -> bool:
        """Tell whether each item is of its kind, and there are not too many."""
        known = type(value) is tuple and all(map(self.item.surely, value))
        return known and len(self.write(value)) <= LONGEST

    def at_once(self, texts: Collection[str]) -> Sequence[Any] | None:
        """Return the lists, if each is surely of one item."""
        whole, sign = "".join(texts), self.separator.strip()
        items = None if sign in whole or "\n" in whole else self.item.at_once(texts)
        return [(item,) for item in items] if items is not None else None

    def write(self, value: Any) -> str:
        """Join the items."""
        return self.separator.join(self.item.write(item) for item in value)

    def told(self, value: Any) -> Text:
        """Tell the items one after the other."""
        return joined(", " if self.item.literal else " | ", map(self.item.told, value))

    def to_sql(self, value: Any) -> Any:
        """Store the joined text; no item is NULL."""
        return self.write(value) or None if value else None

    def from_sql(self, stored: Any) -> Any:
        """Split the stored text."""
        return tuple(stored.split(self.separator)) if stored else ()

    def to_json(self, value: Any) -> Any:
        """Show an array."""
        return list(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the joined text, with what it joins."""
        return {
            "type": "string",
            "x-separator": self.separator,
            "x-items": self.item.schema(),
        }

    def condition(self, column: str) -> str:
        """Hold the column to text that formats can carry."""
        if isinstance(self.item, Term):
            return (
                f"{column} NOT GLOB '*[^a-z0-9_, ]*' AND length({column}) BETWEEN 1 AND {LONGEST}"
            )
        if isinstance(self.item, Shaped):
            return (
                f"{column} NOT GLOB '*[^a-z0-9, -]*' AND length({column}) BETWEEN 1 AND {LONGEST}"
            )
        if isinstance(self.item, Line):
            return self.item.replaced(longest=LONGEST).condition(column)
        return ""
