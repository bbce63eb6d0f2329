"""Group: informal, without tax code; often without a door, hence with an area and no point."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.texts import Reference
from ..words import Text
from .shared import PUBLIC, Flag, LineText, Place


@entity(
    table="groups",
    label=Text("Gruppo", "Group"),
    plural=Text("Gruppi", "Groups"),
)
class Group(Place):
    """An informal group of citizens. The names of its members are never kept."""

    meets_at: Annotated[str, Reference(table="labs")] | None = column(
        "Si riunisce presso",
        "Meets at",
        help=Text("un laboratorio", "a lab"),
        audience=PUBLIC,
        asked=26,
    )
    open_to_new_members: Flag | None = column(
        "Aperto a nuovi membri", "Open to new members", audience=PUBLIC
    )
    meeting_rhythm: LineText | None = column(
        "Quando si riunisce", "Meeting rhythm", audience=PUBLIC, asked=45
    )
