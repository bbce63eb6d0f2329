"""What the registry keeps. To add an entity: a module here, and its name in ENTITIES."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ..declare import Record
from .area import Area
from .contact import Contact
from .distinction import Distinction
from .group import Group
from .lab import Lab
from .network import Network
from .organisation import Organisation
from .relation import Relation
from .shared import AUTOMATIC, Place
from .waiver import Waiver

# In the order of their tables: what is referred to comes before what refers to it.
ENTITIES: tuple[type[Record], ...] = (
    *(Network, Area, Lab, Group, Organisation),
    *(Relation, Contact, Waiver, Distinction),
)
PLACES: tuple[type[Place], ...] = (Lab, Group, Organisation)

E = TypeVar("E", bound=type[Record])


def _by_name(entities: Iterable[E]) -> Mapping[str, E]:
    """Return entities by the name of one record, and by their table."""
    return {name: entity for entity in entities for name in (entity.name_of_kind, entity.table)}


NAMED = _by_name(ENTITIES)
PLACES_NAMED = _by_name(PLACES)

__all__ = [
    "AUTOMATIC",
    "ENTITIES",
    "NAMED",
    "PLACES",
    "PLACES_NAMED",
    "Area",
    "Contact",
    "Distinction",
    "Group",
    "Lab",
    "Network",
    "Organisation",
    "Place",
    "Record",
    "Relation",
    "Waiver",
]
