"""What the registry keeps. To add an entity: a module here, and its name in ENTITIES."""

from ..declare import Record
from .area import Area
from .contact import Contact
from .distinction import Distinction
from .group import Group
from .lab import Lab
from .network import Network
from .organisation import Organisation
from .relation import Relation
from .shared import Place
from .waiver import Waiver

# In the order of their tables: what is referred to comes before what refers to it.
ENTITIES: tuple[type[Record], ...] = (
    *(Network, Area, Lab, Group, Organisation),
    *(Relation, Contact, Waiver, Distinction),
)
PLACES: tuple[type[Place], ...] = (Lab, Group, Organisation)

__all__ = [
    "ENTITIES",
    "PLACES",
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
