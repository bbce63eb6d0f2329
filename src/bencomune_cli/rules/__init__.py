"""What records must keep. Each module holds rules of one family, found by itself.

To add a rule: one function under `@rule(...)` in a module of the family whose name begins with the
code's letter, or in a new module (`place_points` is of the family `place`). It yields `Hit`s; its
examples are its tests and its manual page. Codes are never used again. Rules over many are in
`together`.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..batches import Quiet, Suspects
from ..contexts import Context
from ..declare import Record, per_entity
from ..entities import ENTITIES, NAMED, Lab
from ..findings import Finding, Severity
from ..kinds import Kind
from ..structs import Struct
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


class Rule(Struct):
    """A rule: its code, how grave it is, its words, its examples, and the function that looks.

    Of a rule over many, the good examples are one registry, and the bad ones another; each names
    its `entity` where that is no lab. `about` are the columns besides the finding's own on which it
    depends; `counts` the values of its message that only count others, so that a change of them
    makes no other finding; `source` is the law, standard, manual or discussion that it rests on. It
    finds nothing in a record that has no value in any of the columns of `needs`, which are names or
    kinds; with none told, it looks at every record. Of many records, `quiet` tells at once that it
    finds nothing in any, or `suspects` the places of those
    in which it may; `sees` are all columns that it looks at, where the same values come again
    and again, so that it need not look at them twice.
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
    over: type | None
    wants_context: bool
    stored: bool
    mend: Mend
    about: Sequence[str]
    counts: Sequence[str]
    needs: Sequence[str | type[Kind]]
    quiet: Quiet | None
    suspects: Suspects | None
    sees: Sequence[str | type[Kind]]

    @property
    def together(self) -> bool:
        """Tell whether it is a rule over many."""
        return self.over is not None

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
        if not self.over:
            return self.found_in((subject,), context)
        from ..overviews import SEEN

        return self.found_in(SEEN[self.over](subject), context)

    def found_in(self, seen: Iterable[Any], context: Context) -> Iterator[Finding]:
        """Look at some of what the rule looks at, and tell what was found."""
        for each in seen:
            for hit in self.look(each, context) if self.wants_context else self.look(each):
                yield self.at(hit, each)

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
        from string import Formatter

        parts = [(text, name) for text, name, _, _ in Formatter().parse(self.message.it)]
        pattern = "".join(re.escape(text) + ("(.*?)" if name else "") for text, name in parts)
        found = re.fullmatch(pattern, message.it, re.DOTALL)
        names = [name for _, name in parts if name]
        return dict(zip(names, found.groups(), strict=True)) if found else {"": message.it}


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
    needs: Sequence[str | type[Kind]] = (),
    quiet: Quiet | None = None,
    suspects: Suspects | None = None,
    sees: Sequence[str | type[Kind]] = (),
) -> Callable[[Callable[..., Iterable[Hit]]], Callable[..., Iterable[Hit]]]:
    """Declare a rule. Its first parameter's annotation tells what it looks at.

    That is a record, or, for a rule over many, a part of SEEN.

    One on `stored` values looks for what only other programs can have written.
    """

    def declare(look: Callable[..., Iterable[Hit]]) -> Callable[..., Iterable[Hit]]:
        if code in _declared:
            message_ = f"rule {code} is declared twice"
            raise ValueError(message_)
        # Not by `inspect`, which takes longer than all else that a declaration does.
        first = look.__annotations__[look.__code__.co_varnames[0]]
        over = None if issubclass(first, Record) else first
        scope = Record if over else first
        _declared[code] = Rule(
            *(code, severity, message, why, fix, source, good, bad, look, scope, over),
            look.__code__.co_argcount > 1,
            *(stored, mend, about, counts, needs, quiet, suspects, sees),
        )
        return look

    return declare


def modules(*, together: bool = True) -> list[str]:
    """Return the names of the modules of rules; those of rules over many too, unless told not."""
    own = Path(__file__).parent
    folders = {own: "", own / "together": "together."} if together else {own: ""}
    return sorted(
        prefix + each.stem
        for at, prefix in folders.items()
        for each in at.iterdir()
        if each.suffix == ".py" and each.stem != "__init__"
    )


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return all rules by code."""
    return _loaded(modules())


def _loaded(names: Iterable[str]) -> Mapping[str, Rule]:
    for name in names:
        importlib.import_module(f"{__name__}.{name}")
    return dict(sorted(_declared.items()))


def check_record(
    record: Record, context: Context, least: Severity = Severity.NOTE, *, stored: bool = True
) -> list[Finding]:
    """Return the findings on one record of all rules that are at least so grave.

    Without `stored`, rules on what only other programs can have written are left out.
    """
    # Zero is a value; an empty text or list is none.
    held = record.__dict__.items()
    filled = frozenset([n for n, value in held if value is not None and (value or value == 0)])
    return found_by(_looking(record.name_of_kind, filled, least, stored), record, context)


Look = tuple[Rule, Callable[..., Iterable[Hit]]]


def found_by(looks: Iterable[Look], record: Record, context: Context) -> list[Finding]:
    """Return what some rules find in a record."""
    found: list[Finding] = []
    for each, look in looks:
        for hit in look(record, context) if each.wants_context else look(record):
            found.append(each.at(hit, record))  # noqa: PERF401 - a list for each rule costs more
    return found


@lru_cache(maxsize=4_096)
def _looking(entity: str, filled: frozenset[str], least: Severity, stored: bool) -> list[Look]:
    """Return the rules that may find something in a record with values in these columns."""
    return [
        (each, each.look)
        for each, needed in of_entity(NAMED[entity])
        if each.severity <= least
        and (stored or not each.stored)
        and (needed is None or not needed.isdisjoint(filled))
    ]


@per_entity
def of_entity(entity: type[Record]) -> list[tuple[Rule, frozenset[str] | None]]:
    """Return the rules of an entity, each with the columns it needs; None where it has no need."""
    return [
        (each, needed_by(each, entity) if each.needs else None)
        for each in _loaded(modules(together=False)).values()
        if issubclass(entity, each.scope) and not each.together
    ]


def needed_by(rule_: Rule, entity: type[Record]) -> frozenset[str]:
    """Return the columns of an entity in which a rule needs a value."""
    return frozenset(_named(rule_.needs, entity))


@per_entity
def seen(entity: type[Record]) -> dict[str, tuple[str, ...]]:
    """Return the columns of an entity that its rules see, by their codes; of those that tell so."""
    return {each.code: _named(each.sees, entity) for each, _ in of_entity(entity) if each.sees}


def _named(told: Sequence[str | type[Kind]], entity: type[Record]) -> tuple[str, ...]:
    kinds = tuple(each for each in told if isinstance(each, type))
    names = {each for each in told if isinstance(each, str)}
    found = (c.name for c in entity.columns if c.name in names or isinstance(c.item, kinds))
    return tuple(found)
