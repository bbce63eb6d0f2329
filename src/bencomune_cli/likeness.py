"""Records that may be the same as a new one, each with the reason, most likely first."""

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from . import geo
from .doubles import ALIKE, NEAR, SAME
from .entities import PLACES, Place
from .kinds.choices import Listing
from .naming import slug_of
from .registry import Registry
from .words import Text

MOST = 5


class Likeness(NamedTuple):
    """A record that may be the same: how likely, from 0 to 1, and why."""

    place: Place
    score: float
    reason: Text


def likenesses(registry: Registry, new: Place) -> list[Likeness]:
    """Return the records that may be the same as a new one, at most five."""
    best: dict[str, Likeness] = {}
    for found in _all(registry, new):
        if found.place.id != new.id and found.score > getattr(best.get(found.place.id), "score", 0):
            best[found.place.id] = found
    return sorted(best.values(), key=lambda each: (-each.score, each.place.id))[:MOST]


def _all(registry: Registry, new: Place) -> Iterator[Likeness]:
    for entity in PLACES:
        yield from _same_values(registry, entity, new)
        yield from _same_names(registry, entity, new)
        yield from _near(registry, entity, new)


def _same_values(registry: Registry, entity: type[Place], new: Place) -> Iterator[Likeness]:
    for name in SAME:
        value = getattr(new, name, None)
        if not (value and entity.has(name)) or isinstance(entity.column(name).kind, Listing):
            continue
        column = entity.column(name)
        for place in registry.store.select(entity, f"NOT removed AND {name} = ?", (value,)):
            reason = Text("stesso valore di «{label}»", "the same “{label}”")
            yield Likeness(place, 0.95, reason.filled(label=column.label))


def _same_names(registry: Registry, entity: type[Place], new: Place) -> Iterator[Likeness]:
    own = [slug_of(name) for name in (new.name or "", *new.alt_names) if name]
    matchers = [difflib.SequenceMatcher(None, "", name, autojunk=False) for name in own]
    for id_, name, alt_names, removed in registry.store.values_of(
        entity, ("id", "name", "alt_names", "removed")
    ):
        if removed:
            continue
        others = [slug_of(each) for each in (name, *(alt_names or "").split(" | ")) if each]
        score = max((_alike(m, other) for m in matchers for other in others), default=0.0)
        place = registry.store.get(entity, id_) if score >= ALIKE else None
        if place is not None:
            same = Text("stesso nome", "the same name")
            like = Text("nome simile", "a similar name")
            yield Likeness(place, score, same if score == 1 else like)


def _alike(matcher: difflib.SequenceMatcher[str], other: str) -> float:
    """Return how alike another name is; quickly 0 for one that cannot be alike."""
    matcher.set_seq1(other)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _near(registry: Registry, entity: type[Place], new: Place) -> Iterator[Likeness]:
    if new.lat is None or new.lon is None:
        return
    box = geo.around(new.lon, new.lat, NEAR)
    within = "NOT removed AND lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?"
    edges = (box.west, box.east, box.south, box.north)
    for place in registry.store.select(entity, within, edges):
        metres = geo.distance(new.lon, new.lat, place.lon or 0.0, place.lat or 0.0)
        if metres <= NEAR:
            reason = Text("è a {metres} m da qui", "it is {metres} m from here")
            yield Likeness(place, 0.6, reason.filled(metres=round(metres)))
