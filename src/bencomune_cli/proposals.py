"""Proposals: records that wait for a decision. Accepted, merged into another one, or rejected.

Each decision is one operation, with its reason; nothing is lost, for history keeps what was.
"""

from collections.abc import Collection

from . import unions
from .entities import PLACES, Place
from .errors import Refused
from .reading import values
from .registry import Registry
from .unions import Difference, unchanged
from .words import Text

PROPOSED = "proposed"
NEVER_WON = frozenset({"name", "state"})  # of a record that a proposal is merged into


def waiting(registry: Registry, kinds: Collection[type[Place]] = PLACES) -> list[Place]:
    """Return the proposed records of some kinds, oldest first."""
    found = [
        place
        for entity in kinds
        for place in registry.store.select(
            entity, "state = ? AND NOT removed", (PROPOSED,), "created_at, id"
        )
    ]
    return sorted(found, key=lambda place: (place.created_at, place.id))


def proposed(registry: Registry, text: str) -> Place:
    """Return the proposal that a person names. Raises Refused for what is none."""
    place = registry.finder.place(text)
    if place.removed or place.state != PROPOSED:
        raise Refused(
            Text(
                "{id} non è una proposta: il suo stato è «{state}»",
                "{id} is no proposal: its state is “{state}”",
            ).filled(id=place.id, state=type(place).column("state").kind.told(place.state))
        )
    return place


def accept(registry: Registry, place: Place, state: str = "active") -> None:
    """Make a proposal a record, inside an operation. Raises Faulty where rules forbid it."""
    if values(type(place), {"state": state})[0].get("state") == PROPOSED:
        raise Refused(
            Text(
                "accettare vuol dire dare uno stato che non sia «proposto»",
                "to accept is to give a state that is not “proposed”",
            )
        )
    registry.change(unchanged(registry, place), {"state": state})


def reject(registry: Registry, place: Place) -> None:
    """Take a proposal out of the registry, inside an operation, whose `why` says why."""
    registry.set_removed(unchanged(registry, place), removed=True)


def differences(place: Place, into: Place) -> list[Difference]:
    """Return the columns that a proposal and a record tell differently, and that it may win."""
    return [each for each in unions.differences(place, into) if each.column.name not in NEVER_WON]
