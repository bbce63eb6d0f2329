"""Which records are to be verified again: those never verified first, then the longest ago."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .entities import PLACES, Place
from .entities.shared import KEPT_UP
from .errors import Refused
from .kinds.times import end_of, last_day, months_ago, months_between, today
from .query import Query, add_condition
from .registry import Registry
from .words import Text


class Stale(NamedTuple):
    """A record with the whole months since it was verified, and those since it was due.

    Both are None where it was never verified; `overdue` is 0 where it is not due yet, and None
    where the network does not say how often it verifies.
    """

    place: Place
    months: int | None
    overdue: int | None
    due: bool

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` shows."""
        return {
            "id": self.place.id,
            "entity": self.place.name_of_kind,
            "name": self.place.name,
            "verified_on": self.place.verified_on,
            "verified_how": self.place.verified_how,
            "months_since": self.months,
            "months_overdue": self.overdue,
            "due": self.due,
        }


def kinds_named(name: str | None) -> list[type[Place]]:
    """Return the kinds of record that `--as` means, all of them for none. Raises Refused."""
    found = [e for e in PLACES if name is None or name in {e.name_of_kind, e.table}]
    if not found:
        kinds = ", ".join(entity.name_of_kind for entity in PLACES)
        told = Text("--as «{name}»: indicare uno di {kinds}", "--as “{name}”: give one of {kinds}")
        raise Refused(told.filled(name=name, kinds=kinds))
    return found


def every(registry: Registry) -> int | None:
    """Return the months after which the network verifies a record again, None where none."""
    months: int | None = getattr(registry.network(), "verify_every", None)
    return months


def stalest(
    registry: Registry,
    kinds: Sequence[type[Place]] = PLACES,
    where: Sequence[str] = (),
    *,
    only_due: bool = False,
) -> list[Stale]:
    """Return the records that live, stalest first: with conditions, or only those that are due.

    Raises Refused for a condition that cannot be read.
    """
    months = every(registry)
    due = _due_ids(registry, kinds, months) if months else frozenset()
    found: list[Stale] = []
    for entity in kinds:
        query = Query()
        query.add(KEPT_UP)
        for condition in where:
            add_condition(query, entity, condition, registry.finder.resolved)
        told = (_stale(place, months, due) for place in registry.find(entity, query))
        found += [each for each in told if each.due or not only_due]
    return sorted(found, key=_order)


def lives(place: Place) -> bool:
    """Tell whether a record is one of those that are verified from time to time."""
    return place.is_kept_up


def _due_ids(registry: Registry, kinds: Sequence[type[Place]], months: int) -> frozenset[str]:
    verified = f"{end_of('verified_on')} >= {months_ago('?')}"
    where = f"{KEPT_UP} AND NOT coalesce({verified}, 0)"
    return frozenset(
        place.id for entity in kinds for place in registry.store.select(entity, where, (months,))
    )


def _stale(place: Place, months: int | None, due: frozenset[str]) -> Stale:
    past = _months_since(place.verified_on)
    overdue = None if past is None or months is None else max(past - months, 0)
    return Stale(place, past, overdue, place.id in due)


def _months_since(date: str | None) -> int | None:
    """Return the whole months since a date; of a partial one, since its last day."""
    if not date:
        return None
    try:
        return months_between(date + "9999-12-31"[len(date) :], today())
    except ValueError:  # another program wrote it; rule K01 tells
        return None


def _order(stale: Stale) -> tuple[str, str]:
    date = stale.place.verified_on
    return last_day(date) if date else "", stale.place.id
