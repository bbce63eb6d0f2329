"""All records of a registry at one glance, and who among them a new one may be."""

from .contexts import STANDING, Overview, standing, standing_of
from .doubles import Double, Doubles, fingerprint
from .entities import PLACES, Distinction, Place, Relation
from .registry import Registry
from .shortlist import shortlist


def overview(registry: Registry) -> Overview:
    """Return what rules over all records may know of them."""
    rows = (
        (entity, values)
        for entity in PLACES
        for removed, *values in registry.store.values_of(entity, ("removed", *STANDING))
        if not removed
    )
    told = (standing(entity, values) for entity, values in rows)
    found = Overview({each.id: each for each in told}, list(registry.store.select(Relation)))
    return Overview(found.places, found.relations, _distinct(registry, found))


def _distinct(registry: Registry, found: Overview) -> frozenset[tuple[str, str]]:
    """Return the pairs that somebody said are two, where neither changed since."""
    held = set()
    for each in registry.store.select(Distinction):
        told = ((each.one, each.one_print), (each.other, each.other_print))
        rows = ((found.places.get(id_), mark) for id_, mark in told)
        if all(row is not None and fingerprint(row) == mark for row, mark in rows):
            held.add((min(each.one, each.other), max(each.one, each.other)))
    return frozenset(held)


def alike(registry: Registry, place: Place) -> list[Double]:
    """Return the records that one, new or not, may be the same as, likest first."""
    new, seen = standing_of(place), overview(registry)
    near = {row.id: row for row in shortlist(new, list(seen.places.values()))}
    return Doubles(Overview(near, seen.relations, seen.distinct)).of(new)
