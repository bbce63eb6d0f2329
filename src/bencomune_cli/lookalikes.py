"""The records that a new row of a file may be: looked for where the row is judged, or at the end.

While a registry is small, each process that judges rows can know all of it, and need not leave this
work to the one that has all others as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .doubles import Double, Doubles
from .entities import Place
from .matching import NEW, Matches
from .registry import Registry
from .standings import standings_of
from .surveys import Survey

SMALL = 5_000  # places that each process may know: 20 MB
SHOWN = 3  # records that a row may be, of those that are there


class Lookalikes:
    """Looks for them among all places of a registry."""

    def __init__(self, registry: Registry, entity: type[Place]) -> None:
        self._doubles = Doubles(Survey(registry))
        self._standing = standings_of(entity)

    def of(self, stored: Sequence[Any]) -> list[Double]:
        """Return the records that a new one may be, likest first; none is it for sure."""
        return self._doubles.of(self._standing(stored), SHOWN)


class Beforehand:
    """Looks for them before it is sure that a row is new, in a registry that is small."""

    def __init__(self, registry: Registry, entity: type[Place], source: str | None) -> None:
        self._small = len(registry.ids()) <= SMALL
        if self._small:
            self._lookalikes = Lookalikes(registry, entity)
            self._matches = Matches(registry, entity, source)

    def of(self, values: Mapping[str, Any], stored: Sequence[Any]) -> list[Double] | None:
        """Return what `Lookalikes` does; None where it is not looked for, or the row is known."""
        if not self._small or self._matches.of(values) != NEW:
            return None
        return self._lookalikes.of((values.get("id") or "", *stored[1:]))
