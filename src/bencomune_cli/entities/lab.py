"""Lab: a physical place where people act."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.choices import Term
from ..words import Text
from .shared import PUBLIC, LineText, Place, Whole


@entity(table="labs", label=Text("Laboratorio", "Lab"), plural=Text("Laboratori", "Labs"))
class Lab(Place):
    """A social lab (laboratorio sociale)."""

    lab_kind: Annotated[str, Term("lab_kind")] | None = column(
        "Tipo", "Kind", audience=PUBLIC, asked=12
    )
    seats: Whole | None = column("Posti", "Seats", audience=PUBLIC)
    access: Annotated[str, Term("access")] | None = column("Accesso", "Access", audience=PUBLIC)
    cost: LineText | None = column("Costo", "Cost", audience=PUBLIC)
