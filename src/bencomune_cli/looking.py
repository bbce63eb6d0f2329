"""Many records looked at by their rules.

Most rules can tell of many records at once that they find nothing in any, or only in some, and what
a rule found of some values it finds of the same again: only the others look at each record.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from .batches import Batch
from .contexts import Context
from .declare import Record
from .findings import Finding, Severity
from .rules import Rule, found_by, of_entity, seen

REMEMBERED = 20_000  # values of which it is known that a rule finds nothing


class Looking:
    """Looks at records in one context, by rules at least so grave; `stored` as `check_record`."""

    def __init__(
        self, context: Context, least: Severity = Severity.NOTE, *, stored: bool = True
    ) -> None:
        self._context = context
        self._least = least
        self._stored = stored
        self._silent: dict[str, set[tuple[Any, ...]]] = defaultdict(set)

    def at(self, records: Sequence[Record]) -> list[list[Finding]]:
        """Return what `check_record` finds in each of some records, which are of one entity."""
        if not records:
            return []
        batch = Batch(records)
        rules = [
            each
            for each, needed in of_entity(batch.entity)
            if each.severity <= self._least
            and (self._stored or not each.stored)
            and (needed is None or not needed.isdisjoint(batch.filled))
            and not self._finds_nothing(each, batch)
        ]
        some = {each: batch.tells(each.suspects, self._context) for each in rules if each.suspects}
        looks = [(each, each.look) for each in rules if each not in some]
        found = [found_by(looks, record, self._context) for record in records]
        for place in {place for places in some.values() for place in places}:
            looks = [(each, each.look) for each in rules if place in some.get(each, (place,))]
            found[place] = found_by(looks, records[place], self._context)
        return found

    def _finds_nothing(self, rule: Rule, batch: Batch) -> bool:
        if rule.quiet:
            return batch.tells(rule.quiet, self._context)
        return bool(rule.sees) and self._known_silent(rule, batch)

    def _known_silent(self, rule: Rule, batch: Batch) -> bool:
        """Tell whether a rule finds nothing in any of the values that it sees here."""
        told = batch.each_once(seen(batch.entity)[rule.code])
        silent = self._silent[rule.code]
        for values in told.keys() - silent:
            if next(iter(rule.findings(told[values], self._context)), None):
                return False
            if len(silent) < REMEMBERED:
                silent.add(values)
        return True
