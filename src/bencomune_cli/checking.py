"""All rules over all records of a registry."""

from collections.abc import Iterable

from .contexts import STANDING, Overview, standing
from .entities import PLACES, Relation
from .findings import Finding
from .registry import CHECKED, Registry
from .rules import check_record, check_together


def check(registry: Registry, only: Iterable[str] = ()) -> list[Finding]:
    """Return all findings on the records that are not removed, gravest first."""
    context = registry.context(registry.ids())
    watched = registry.watch(registry.live(), registry.count, CHECKED)
    findings = [f for record in watched for f in check_record(record, context)]
    findings += check_together(overview(registry), context)
    wanted = set(only)
    kept = [f for f in findings if not wanted or f.record in wanted]
    return sorted(kept, key=Finding.order)


def overview(registry: Registry) -> Overview:
    """Return what rules over all records may know of them."""
    rows = (
        (entity, values)
        for entity in PLACES
        for removed, *values in registry.store.values_of(entity, ("removed", *STANDING))
        if not removed
    )
    told = (standing(entity, values) for entity, values in rows)
    return Overview({each.id: each for each in told}, list(registry.store.select(Relation)))
