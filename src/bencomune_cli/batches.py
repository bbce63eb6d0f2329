"""Some records of one entity, column by column: what is told of all at once, not one by one."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat
from typing import Any, TypeVar

from . import free_texts, record_values
from .contexts import Context
from .declare import Record

T = TypeVar("T")
Question = Callable[["Batch", Context], T]
Quiet = Question[bool]
Suspects = Question[Collection[int]]


class Batch:
    """Records of one entity; what was asked of them is kept."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.entity = type(records[0])
        # The values of a record stand in the order of the columns.
        told = zip(*[record.__dict__.values() for record in records], strict=False)
        names = [column.name for column in self.entity.columns]
        self._columns: dict[str, tuple[Any, ...]] = dict(zip(names, told, strict=False))
        self._texts: dict[tuple[type, type | None], Sequence[str]] = {}
        self._joined: dict[tuple[type, type | None] | None, str] = {}
        self._firsts: dict[tuple[str, ...], Mapping[tuple[Any, ...], Record]] = {}
        self._told: dict[Question[Any], Any] = {}

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of a column, one for each record."""
        return self._columns[name]

    @cached_property
    def filled(self) -> frozenset[str]:
        """The columns in which any record has a value: zero is one, an empty text is none."""
        told = self._columns.items()
        return frozenset(name for name, values in told if any(values) or 0 in values)

    def lacks(self, name: str) -> bool:
        """Tell whether any record has no value in a column."""
        values = self._columns[name]
        return None in values or () in values

    def have_points(self) -> bool:
        """Tell whether every record has both its coordinates."""
        return not (self.lacks("lat") or self.lacks("lon"))

    def texts(self, kind: type, but: type | None = None) -> Sequence[str]:
        """Return each value of a kind, as `record_values.values_of` does of one record."""
        if (kind, but) not in self._texts:
            columns = record_values.columns_of(kind, but)(self.entity)
            self._texts[kind, but] = list(self.values(columns))
        return self._texts[kind, but]

    def text(self, kind: type, but: type | None = None) -> str:
        """Return all values of a kind in one text, each on lines of its own."""
        if (kind, but) not in self._joined:
            self._joined[kind, but] = "\n".join(self.texts(kind, but))
        return self._joined[kind, but]

    def free_text(self) -> str:
        """Return the published free texts in one, a line break before and behind each."""
        if None not in self._joined:
            texts = self.values(free_texts.columns_of(self.entity))
            self._joined[None] = "\n".join(["", *texts, ""])
        return self._joined[None]

    def values(self, columns: Iterable[tuple[str, bool]]) -> Iterator[str]:
        """Yield the texts in some columns, each told with whether it holds several."""
        for name, many in columns:
            values: Iterable[Any] = filter(None, self._columns[name])
            yield from filter(None, chain.from_iterable(values) if many else values)

    def each_once(self, names: tuple[str, ...]) -> Mapping[tuple[Any, ...], Record]:
        """Return the values of some columns that come together, each with a record of them."""
        if names not in self._firsts:
            columns = [self._columns[name] for name in names]
            together = zip(*columns, strict=True) if columns else repeat(())
            self._firsts[names] = dict(zip(together, self.records, strict=False))
        return self._firsts[names]

    def tells(self, question: Question[T], context: Context) -> T:
        """Return what a question answers on these records; rules may share it."""
        if question not in self._told:
            self._told[question] = question(self, context)
        answer: T = self._told[question]
        return answer


def without(signs: Collection[str]) -> Quiet:
    """Return what tells that no free text holds one of some signs.

    A line break before a sign means the beginning of a text or line, one behind it the end.
    """

    def quiet(batch: Batch, _context: Context) -> bool:
        whole = batch.free_text()
        return not any(sign in whole for sign in signs)

    return quiet


def all_of(kind: type, right: Callable[[str], object]) -> Quiet:
    """Return what tells that every value of a kind is right."""
    return lambda batch, _context: all(map(right, batch.texts(kind)))


def all_match(kind: type, shape: re.Pattern[str]) -> Quiet:
    """Return what tells that every value of a kind has a shape."""
    return lambda batch, _context: all(map(shape.fullmatch, batch.texts(kind)))


def none_with(kind: type, *words: str, but: type | None = None) -> Quiet:
    """Return what tells that no value of a kind holds one of some words, in either case."""

    def quiet(batch: Batch, _context: Context) -> bool:
        whole = batch.text(kind, but).lower()
        return not any(word in whole for word in words)

    return quiet


def none_found(kind: type, sought: re.Pattern[str], but: type | None = None) -> Quiet:
    """Return what tells that nothing is found in the values of a kind, all in one text."""
    return lambda batch, _context: not sought.search(batch.text(kind, but))
