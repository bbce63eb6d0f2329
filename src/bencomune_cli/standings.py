"""What rules over many know of each place and relation: little, for it is read for all."""

import sys
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from .entities import Place, Relation
from .entities.relation import over


class Standing(NamedTuple):
    """What rules over many know of a place.

    `name_of_kind` is its entity's; lists are as they are stored, in one text.
    """

    name_of_kind: str
    id: str
    name: str
    alt_names: str | None
    state: str
    hidden: bool
    ended_on: str | None
    street: str | None
    number: str | None
    postcode: str | None
    municipality: str | None
    neighbourhood: str | None
    lat: float | None
    lon: float | None
    precision: str | None
    email: str | None
    phone: str | None
    website: str | None
    tax_code: str | None
    vat_number: str | None
    meets_at: str | None
    created_at: str | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Return longitude and latitude, None where one of them is missing."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


class Link(NamedTuple):
    """What rules over many know of a relation."""

    id: str
    subject: str
    role: str
    object: str
    since: str | None
    until: str | None
    act_type: str | None
    act_number: str | None
    act_date: str | None
    act_url: str | None

    @property
    def name_of_kind(self) -> str:
        """The name of its entity."""
        return Relation.name_of_kind

    def over(self, today: str) -> bool:
        """Tell whether it has surely ended by a day, of which it may be the last."""
        return over(self.until, today)

    def holds(self, today: str) -> bool:
        """Tell whether it has begun by a day and is not over, as far as its dates tell."""
        return not self.over(today) and (self.since or "") <= today


STANDING = Standing._fields[1:]  # the columns to be read
_SELDOM = frozenset({"id", "name", "alt_names", "email", "phone", "website", "tax_code"})
_OFTEN = tuple(name not in _SELDOM for name in Standing._fields)


def lasting(row: Standing) -> Standing:
    """Return a standing to be held: texts that come again, such as streets, are kept once."""
    told: Iterable[Any] = (
        sys.intern(value) if often and type(value) is str else value
        for value, often in zip(row, _OFTEN, strict=True)
    )
    return Standing(*told)


def standing_of(place: Place) -> Standing:
    """Return the standing of one place."""
    return standings_of(type(place))(place.stored())


def standings_of(entity: type[Place]) -> Callable[[Sequence[Any]], Standing]:
    """Return what makes the standing of a place from what is stored of it, column by column."""
    places = {column.name: place for place, column in enumerate(entity.columns)}
    told = itemgetter(*[places.get(name, -1) for name in STANDING])  # the last: of no column
    return lambda stored: Standing(entity.name_of_kind, *told((*stored, None)))
