"""Area: a municipality, neighbourhood or district, with its boundary or bounding box if known."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.choices import Term
from ..kinds.texts import Geometry
from ..words import Text
from .shared import PUBLIC, Kept, Latitude, Lines, LineText, Longitude, Municipality, Name


@entity(table="areas", label=Text("Area", "Area"), plural=Text("Aree", "Areas"))
class Area(Kept):
    """A named part of the territory."""

    public_when = "'areas/' || r.id NOT IN (SELECT id FROM withheld)"
    constraints = (
        (
            "CHECK ((west IS NULL) = (south IS NULL) AND (west IS NULL) = (east IS NULL)"
            " AND (west IS NULL) = (north IS NULL))"
        ),
        "CHECK (west <= east AND south <= north)",
    )

    name: Name = column("Nome", "Name", audience=PUBLIC)
    area_kind: Annotated[str, Term("area_kind")] = column("Tipo", "Kind", audience=PUBLIC)
    code: Municipality | None = column(
        "Codice ISTAT",
        "ISTAT code",
        help=Text("di un Comune", "of a municipality"),
        audience=PUBLIC,
    )
    part_of: Municipality | None = column("Nel Comune", "In municipality", audience=PUBLIC)
    west: Longitude | None = column("Ovest", "West", audience=PUBLIC)
    south: Latitude | None = column("Sud", "South", audience=PUBLIC)
    east: Longitude | None = column("Est", "East", audience=PUBLIC)
    north: Latitude | None = column("Nord", "North", audience=PUBLIC)
    boundary: Annotated[str, Geometry()] | None = column("Confine (GeoJSON)", "Boundary (GeoJSON)")
    source: Lines = column("Fonti", "Sources", audience=PUBLIC, default=())
    licence: LineText | None = column("Licenza", "Licence", audience=PUBLIC)
