"""What rules may look at besides a record, read from a registry."""

from collections.abc import Mapping
from typing import Any

from .contexts import Context, Known
from .declare import Record
from .entities import PLACES, Area, Network
from .kinds.times import today
from .store import Store


class Ids(dict[str, Known]):
    """Looks ids up in the store as they are asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def get(self, id_: str, default: Any = None) -> Any:
        """Return what is known of an id, or the default."""
        name = self.store.entity_of(id_)
        entity = next((e for e in PLACES if e.name_of_kind == name), None)
        told = removed(self.store, entity, id_) if entity else None
        return Known(name, bool(told[0])) if name and told else default


def context_of(store: Store, ids: Mapping[str, Known] | None = None) -> Context:
    """Return what rules may look at; without ids, they are looked up as they are asked for."""
    areas = {area.id: area for area in store.select(Area) if isinstance(area, Area)}
    known = Ids(store) if ids is None else ids
    return Context(today(), store.get(Network, "network"), areas, known)


def removed(store: Store, entity: type[Record], id_: str) -> tuple[Any, ...] | None:
    """Return whether a place is removed, as the only value of a row; None where there is none."""
    return next(store.values_of(entity, ("removed",), "id = ?", (id_,)), None)
