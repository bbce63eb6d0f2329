"""What records must keep. Each module holds the rules of one family, found by itself.

To add a rule: one function under `@rule(...)` in the module whose name begins with the code's
letter, or in a new module. It yields `Hit`s; its examples are its tests and its manual page.
Codes are never used again.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

from ..declare import Record, per_entity
from ..entities import ENTITIES, Area, Lab, Network
from ..findings import Finding, Severity
from ..words import Text


class Hit(NamedTuple):
    """Where a rule is broken: the record's column, and the values that its message names."""

    column: str
    values: Mapping[str, object] = {}
    record: Record | None = None


class Known(NamedTuple):
    """What a rule may know of a place by its id: its entity, and whether it was removed."""

    entity: str
    removed: bool


@dataclass(frozen=True)
class Context:
    """What a rule may look at besides the record: the day, the network, its areas, all ids."""

    today: str
    network: Network | None = None
    areas: Mapping[str, Area] = field(default_factory=dict)
    ids: Mapping[str, Known] = field(default_factory=dict)

    @cached_property
    def municipalities(self) -> list[Area]:
        """Return the network's municipalities; all that are known if it names none."""
        codes = set(self.network.municipalities) if self.network else set()
        areas = [area for area in self.areas.values() if area.area_kind == "municipality"]
        return [area for area in areas if not codes or area.code in codes]

    def holds(self, lon: float, lat: float) -> bool | None:
        """Tell whether a point lies in one of the municipalities; None if none has a shape."""
        told = [area.holds(lon, lat) for area in self.municipalities]
        return any(told) if any(each is not None for each in told) else None

    @cached_property
    def shaped(self) -> bool:
        """Tell whether every municipality has a shape: else no point is surely outside."""
        areas = self.municipalities
        told = set(self.network.municipalities) if self.network else set()
        return told <= {area.code for area in areas} and all(a.west is not None for a in areas)


Example = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule: its code, how grave it is, its words, its examples, and the function that looks."""

    code: str
    severity: Severity
    message: Text
    why: Text
    fix: Text
    good: Sequence[Example]
    bad: Sequence[Example]
    look: Callable[..., Iterable[Hit]]
    scope: type[Record]
    together: bool
    wants_context: bool
    stored: bool

    @property
    def name(self) -> str:
        """Return its name: the fault, in words joined by hyphens."""
        return self.look.__name__.replace("_", "-")

    @property
    def example_entity(self) -> type[Record]:
        """Return the entity that its examples are records of."""
        fitting = [entity for entity in ENTITIES if issubclass(entity, self.scope)]
        return Lab if Lab in fitting else fitting[0]

    def findings(self, subject: Any, context: Context) -> Iterator[Finding]:
        """Look at a record, or at all of them, and tell what was found."""
        arguments = (subject, context) if self.wants_context else (subject,)
        for hit in self.look(*arguments):
            yield self.at(hit, subject)

    def at(self, hit: Hit, subject: Any) -> Finding:
        """Return what a hit on a subject is told as."""
        found = subject if hit.record is None else hit.record
        return self.finding(found, hit.column, **hit.values)

    def finding(self, record: Record, column: str, **values: object) -> Finding:
        """Stamp a hit with the rule's code, severity and words."""
        message = self.message.filled(**values)
        return Finding(self.code, self.severity, record.name_of_kind, record.id, column, message)


def values_of(record: Record, kind: type, but: type | None = None) -> Iterator[tuple[str, str]]:
    """Yield each value of a kind, with its column: for rules on every text, address, number.

    Values of the kind `but`, which is one of those, are left out.
    """
    held = record.__dict__
    for name, many in _columns(kind, but)(type(record)):
        value = held[name]
        if many:
            for each in value:
                yield name, each
        elif value:
            yield name, value


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
    good: Sequence[Example],
    bad: Sequence[Example],
    stored: bool = False,
) -> Callable[[Callable[..., Iterable[Hit]]], Callable[..., Iterable[Hit]]]:
    """Declare a rule. The first parameter's annotation is its scope: a record, or a sequence.

    One on `stored` values looks for what only other programs can have written.
    """

    def declare(look: Callable[..., Iterable[Hit]]) -> Callable[..., Iterable[Hit]]:
        if code in _declared:
            message_ = f"rule {code} is declared twice"
            raise ValueError(message_)
        parameters = list(inspect.signature(look).parameters.values())
        scope, together = parameters[0].annotation, False
        if typing.get_origin(scope) is Sequence:
            scope, together = typing.get_args(scope)[0], True
        _declared[code] = Rule(
            code,
            severity,
            message,
            why,
            fix,
            good,
            bad,
            look,
            scope,
            together,
            wants_context=len(parameters) > 1,
            stored=stored,
        )
        return look

    return declare


def modules() -> list[str]:
    """Return the names of the modules of rules."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def catalogue() -> dict[str, Rule]:
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


def check_together(records: Sequence[Record], context: Context) -> list[Finding]:
    """Return the findings of the rules that look at all records at once."""
    found: list[Finding] = []
    for each in catalogue().values():
        if each.together:
            subjects = [record for record in records if isinstance(record, each.scope)]
            found += each.findings(subjects, context)
    return found
