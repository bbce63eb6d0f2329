"""What records must keep. Each module holds rules of one family, found by itself.

To add a rule: one function under `@rule(...)` in a module of the family whose name begins with the
code's letter, or in a new module (`place_points` is of the family `place`). It yields `Hit`s; its
examples are its tests and its manual page. Codes are never used again.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from string import Formatter
from typing import Any, NamedTuple, Protocol

from ..contexts import Context, Overview
from ..declare import Record, per_entity
from ..entities import ENTITIES, Lab
from ..findings import Finding, Severity
from ..words import Text

FAMILIES = {
    "kinds": Text("valori", "values"),
    "place": Text("luoghi", "places"),
    "contact": Text("recapiti", "contacts"),
    "identity": Text("identità", "identity"),
    "texts": Text("testi", "texts"),
    "life": Text("tempo", "time"),
    "relation": Text("rete", "network"),
    "across": Text("doppioni", "duplicates"),
}


class Mend(Enum):
    """Whether a rule can repair what it finds, and whether that may be done without looking."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"


class Subject(Protocol):
    """What a finding is on: a record, or what an overview knows of it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name_of_kind(self) -> str:
        """The name of its entity."""


class Hit(NamedTuple):
    """Where a rule is broken: the column, the values that its message names, and how to mend it.

    A rule over many names the record too. `mend` are texts of columns, as a person would write
    them; an empty text empties its column.
    """

    column: str
    values: Mapping[str, object] = {}
    record: Subject | None = None
    mend: Mapping[str, str] = {}


Example = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule: its code, how grave it is, its words, its examples, and the function that looks.

    Of a rule over many, the good examples are one registry, and the bad ones another; each names
    its `entity` where that is no lab. `about` are the columns besides the finding's own on which it
    depends; `counts` the values of its message that only count others, so that a change of them
    makes no other finding; `source` is the law, standard, manual or discussion that it rests on.
    """

    code: str
    severity: Severity
    message: Text
    why: Text
    fix: Text
    source: str
    good: Sequence[Example]
    bad: Sequence[Example]
    look: Callable[..., Iterable[Hit]]
    scope: type[Record]
    together: bool
    wants_context: bool
    stored: bool
    mend: Mend
    about: Sequence[str]
    counts: Sequence[str]

    @property
    def name(self) -> str:
        """Return its name: the fault, in words joined by hyphens."""
        return self.look.__name__.replace("_", "-")

    @property
    def family(self) -> str:
        """Return the family that it belongs to, a key of FAMILIES."""
        return self.look.__module__.rpartition(".")[2].partition("_")[0]

    @property
    def example_entity(self) -> type[Record]:
        """Return the entity that its examples are records of."""
        fitting = [entity for entity in ENTITIES if issubclass(entity, self.scope)]
        return Lab if Lab in fitting else fitting[0]

    def findings(self, subject: Any, context: Context) -> Iterator[Finding]:
        """Look at a record, or at an overview of all, and tell what was found."""
        arguments = (subject, context) if self.wants_context else (subject,)
        for hit in self.look(*arguments):
            yield self.at(hit, subject)

    def at(self, hit: Hit, subject: Any) -> Finding:
        """Return what a hit on a subject is told as."""
        of: Subject = subject if hit.record is None else hit.record
        message = self.message.filled(**hit.values) if hit.values else self.message
        told = (of.name_of_kind, of.id, hit.column, message, hit.mend)
        return Finding(self.code, self.severity, *told)

    def said(self, message: Text) -> dict[str, str]:
        """Return the values that a message of the rule names, whichever language is spoken.

        They are those of the Italian message, parted from the rule's own words.
        """
        parts = [(text, name) for text, name, _, _ in Formatter().parse(self.message.it)]
        pattern = "".join(re.escape(text) + ("(.*?)" if name else "") for text, name in parts)
        found = re.fullmatch(pattern, message.it, re.DOTALL)
        names = [name for _, name in parts if name]
        return dict(zip(names, found.groups(), strict=True)) if found else {"": message.it}


def values_of(record: Record, kind: type, but: type | None = None) -> list[tuple[str, str]]:
    """Return each value of a kind, with its column: for rules on every text, address, number.

    Values of the kind `but`, which is one of those, are left out.
    """
    # Rules ask for the same record one after the other.
    looked = _looked.get((kind, but))
    if looked and looked[0] is record:
        return looked[1]
    held = record.__dict__
    found: list[tuple[str, str]] = []
    for name, many in _columns(kind, but)(type(record)):
        value = held[name]
        if many:
            found += [(name, each) for each in value]
        elif value:
            found.append((name, value))
    _looked[kind, but] = (record, found)
    return found


_looked: dict[tuple[type, type | None], tuple[Record, list[tuple[str, str]]]] = {}


@cache
def _columns(kind: type, but: type | None) -> Callable[[type[Record]], list[tuple[str, bool]]]:
    """Return what tells an entity's columns of a kind of value, and whether each holds several."""
    return per_entity(
        lambda entity: [
            (column.name, column.many)
            for column in entity.columns
            if isinstance(column.item, kind) and not (but and isinstance(column.item, but))
        ]
    )


_declared: dict[str, Rule] = {}


def rule(
    *,
    code: str,
    severity: Severity,
    message: Text,
    why: Text,
    fix: Text,
    source: str,
    good: Sequence[Example],
    bad: Sequence[Example],
    stored: bool = False,
    mend: Mend = Mend.NONE,
    about: Sequence[str] = (),
    counts: Sequence[str] = (),
) -> Callable[[Callable[..., Iterable[Hit]]], Callable[..., Iterable[Hit]]]:
    """Declare a rule. The first parameter's annotation is its scope: a record, or an Overview.

    One on `stored` values looks for what only other programs can have written.
    """

    def declare(look: Callable[..., Iterable[Hit]]) -> Callable[..., Iterable[Hit]]:
        if code in _declared:
            message_ = f"rule {code} is declared twice"
            raise ValueError(message_)
        parameters = list(inspect.signature(look).parameters.values())
        together = parameters[0].annotation is Overview
        scope = Record if together else parameters[0].annotation
        _declared[code] = Rule(
            *(code, severity, message, why, fix, source, good, bad),
            look,
            scope,
            together,
            wants_context=len(parameters) > 1,
            stored=stored,
            mend=mend,
            about=about,
            counts=counts,
        )
        return look

    return declare


def modules() -> list[str]:
    """Return the names of the modules of rules."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return all rules by code."""
    for name in modules():
        importlib.import_module(f"{__name__}.{name}")
    return dict(sorted(_declared.items()))


@per_entity
def _of_entity(entity: type[Record]) -> list[Rule]:
    return [
        each
        for each in catalogue().values()
        if issubclass(entity, each.scope) and not each.together
    ]


def check_record(
    record: Record, context: Context, least: Severity = Severity.NOTE, *, stored: bool = True
) -> list[Finding]:
    """Return the findings on one record of all rules that are at least so grave.

    Without `stored`, rules on what only other programs can have written are left out.
    """
    found: list[Finding] = []
    for each in _of_entity(type(record)):
        if each.severity <= least and (stored or not each.stored):
            arguments = (record, context) if each.wants_context else (record,)
            found += [each.at(hit, record) for hit in each.look(*arguments)]
    return found


def check_together(overview: Overview, context: Context) -> list[Finding]:
    """Return the findings of the rules that look at all records at once."""
    return [
        finding
        for each in catalogue().values()
        if each.together
        for finding in each.findings(overview, context)
    ]
