"""Texts that a person wrote -> values of a record, keeping every problem it meets."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from .declare import Column, Record
from .entities.shared import ISTAT_CODE
from .errors import Unreadable
from .findings import Finding
from .kinds.numbers import Coordinate
from .kinds.texts import Reference
from .rules import Hit, catalogue

REMEMBERED = 20_000  # texts of a column that are not read again
SHOWN = 200  # characters of a text that a finding repeats
Resolve = Callable[[Column, str], str]
Reader = Callable[[str], Any]


def values(entity: type[Record], texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Finding]]:
    """Return the values of the texts by column, and a finding for each that cannot be read.

    An empty text means no value. Raises KeyError for a column that the entity does not have.
    """
    return Reading(entity).values(texts)


class Reading:
    """Reads the texts of many records of one entity: codes, dates and terms come again and again.

    `resolve` gives a text the ids of what it names.
    """

    def __init__(self, entity: type[Record], resolve: Resolve | None = None) -> None:
        self.entity = entity
        self._resolve = resolve
        self._readers: dict[str, Reader] = {}

    def values(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Finding]]:
        """Return the values of texts by column, and a finding for each that cannot be read."""
        read: dict[str, Any] = {}
        findings: list[Finding] = []
        for name, text in texts.items():
            value = self.reader(name)(text)
            if isinstance(value, Unreadable):
                shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
                told = {"value": shown, "expected": value.text}
                findings.append(catalogue()["K01"].at(Hit(name, told), self.entity()))
            else:
                read[name] = value
        return read, findings

    def reader(self, name: str) -> Reader:
        """Return what makes a value of a text of a column, or the Unreadable that it is."""
        return self._readers.get(name) or self._readers.setdefault(name, self._made(name))

    def _made(self, name: str) -> Reader:
        column = self.entity.column(name)
        kind, empty = column.kind, () if column.many else None
        resolve = self._resolve if names_others(column) else None

        def read(text: str) -> Any:
            if not text.strip():
                return empty
            try:
                return kind.read(resolve(column, text) if resolve else text)
            except Unreadable as unreadable:
                return unreadable

        again = kind.literal and not isinstance(kind, Coordinate)  # no two points are the same
        return lru_cache(maxsize=REMEMBERED)(read) if again else read


def names_others(column: Column) -> bool:
    """Tell whether a column's values name records, areas or municipalities."""
    item = column.item
    return item is ISTAT_CODE or isinstance(item, Reference)
