"""Proposals: records that wait for a decision. Accepted, merged into another one, or rejected.

Each decision is one operation, with its reason; nothing is lost, for history keeps what was.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from .declare import Column
from .entities import PLACES, Contact, Place, Relation
from .errors import Refused
from .reading import values
from .registry import Registry
from .words import Text

PROPOSED = "proposed"
KEPT = frozenset({"id", "name", "state", "hidden", "hidden_reason", "removed"})  # never merged


class Difference(NamedTuple):
    """A column that two records tell differently: what is there, and what is proposed."""

    column: Column
    held: str
    proposed: str


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
    """Return the columns that a proposal and a record tell differently."""
    found = []
    for column in _shared(place, into):
        held, told = getattr(into, column.name), getattr(place, column.name)
        if held not in (None, ()) and told not in (None, ()) and held != told and not column.many:
            found.append(Difference(column, column.kind.write(held), column.kind.write(told)))
    return found


def merge(registry: Registry, place: Place, into: Place, taken: Iterable[str] = ()) -> None:
    """Merge a proposal into a record, inside an operation.

    What the record lacks is filled, lists are united; where both tell something else, the record's
    own value stays but for the columns `taken`. Relations and contacts move; a relation
    `merged_into` leads from the proposal to the record, and the proposal is taken out.
    """
    place, into = unchanged(registry, place), unchanged(registry, into)
    if place.id == into.id or into.removed:
        raise Refused(
            Text("{id} non si unisce a {into}", "{id} is not merged into {into}").filled(
                id=place.id, into=into.id
            )
        )
    texts = _texts(place, into, set(taken))
    if texts:
        registry.change(into, texts)
    _move(registry, place, into)
    registry.add(Relation, {"subject": place.id, "role": "merged_into", "object": into.id})
    registry.set_removed(place, removed=True)


def unchanged(registry: Registry, place: Place) -> Place:
    """Return a record as it is now; refuse where somebody changed it since it was shown."""
    current = registry.store.get(type(place), place.id)
    if current is None or current.version != place.version:
        raise Refused(
            Text(
                "intanto qualcun altro ha modificato {id}: non è stato scritto niente, guardarlo"
                " di nuovo",
                "somebody else changed {id} meanwhile: nothing was written, look at it again",
            ).filled(id=place.id)
        )
    return current


def _shared(place: Place, into: Place) -> Sequence[Column]:
    return [
        column
        for column in type(into).columns
        if not column.automatic and column.name not in KEPT and type(place).has(column.name)
    ]


def _texts(place: Place, into: Place, taken: set[str]) -> dict[str, str]:
    """Return what changes in the record; the parts of a point go together."""
    texts: dict[str, str] = {}
    for column in _shared(place, into):
        held, told = getattr(into, column.name), getattr(place, column.name)
        if told in (None, ()) or held == told:
            continue
        if column.many:
            value: Any = (*held, *(each for each in told if each not in held))
        elif column.name in POINT:
            value = told if into.lat is None or "lat" in taken else held
        else:
            value = told if held is None or column.name in taken else held
        if value != held:
            texts[column.name] = column.kind.write(value)
    return texts


POINT = ("lat", "lon", "precision", "point_source", "point_as_given")


def _move(registry: Registry, place: Place, into: Place) -> None:
    """Give the record the relations and contacts of the proposal, but for those that it has."""
    ends = "subject = ?1 OR object = ?1"
    for relation in list(registry.store.select(Relation, ends, (place.id,))):
        moved = {
            end: into.id if getattr(relation, end) == place.id else getattr(relation, end)
            for end in ("subject", "object")
        }
        known = registry.store.select(
            Relation,
            "subject = ? AND role = ? AND object = ?",
            (moved["subject"], relation.role, moved["object"]),
        )
        registry.delete(relation)
        if moved["subject"] != moved["object"] and not next(known, None):
            registry.add(Relation, {**_told(relation), **moved})
    for contact in list(registry.store.select(Contact, "record = ?", (place.id,))):
        registry.delete(contact)
        registry.add(Contact, {**_told(contact), "record": into.id})


def _told(record: Relation | Contact) -> dict[str, str]:
    return {
        column.name: column.kind.write(value)
        for column in type(record).columns
        if not column.automatic and (value := getattr(record, column.name)) not in (None, ())
    }
