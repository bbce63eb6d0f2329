"""Area: a municipality, neighbourhood or district, with its boundary or bounding box if known."""

from contextlib import suppress
from typing import Annotated

from ..declare import column, entity
from ..errors import Unreadable
from ..geo import Box, centre, parse_boundary, within
from ..kinds.choices import Term
from ..kinds.texts import Geometry
from ..nearness import metres_from, outline
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
    boundary: Annotated[str, Geometry()] | None = column(
        "Confine (GeoJSON)", "Boundary (GeoJSON)", audience=PUBLIC
    )
    source: Lines = column("Fonti", "Sources", audience=PUBLIC, default=())
    licence: LineText | None = column("Licenza", "Licence", audience=PUBLIC)

    @property
    def box(self) -> Box | None:
        """Return the bounding box; None where it is not known."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return Box(self.west, self.south, self.east, self.north)

    def holds(self, lon: float, lat: float) -> bool | None:
        """Tell whether a point lies in the boundary, else in the box; None where none is known."""
        west, south, east, north = self.west, self.south, self.east, self.north
        if west is None or south is None or east is None or north is None:
            return None
        if not (west <= lon <= east and south <= lat <= north):
            return False
        shape = outline(self.boundary) if self.boundary else None
        return shape is None or shape.holds(lon, lat)

    def metres_outside(self, lon: float, lat: float) -> float | None:
        """Return how far outside the boundary, else the box, a point lies; None as of `holds`.

        In metres; 0 for a point inside. A boundary that cannot be read is as good as none.
        """
        if self.holds(lon, lat):
            return 0.0
        if (box := self.box) is None:
            return None
        shape = outline(self.boundary) if self.boundary else None
        return metres_from(box, lon, lat) if shape is None else shape.metres(lon, lat)

    def point_inside(self) -> tuple[float, float] | None:
        """Return a point in its boundary, else the centre of its box, as longitude and latitude."""
        if self.boundary:
            with suppress(Unreadable):
                return within(parse_boundary(self.boundary))
        return next(iter(self.centres()), None)

    def centres(self) -> list[tuple[float, float]]:
        """Return the centre of its box and that of its boundary, as longitude and latitude."""
        found = []
        if self.box:
            west, south, east, north = self.box
            found.append(((west + east) / 2, (south + north) / 2))
        if self.boundary:
            with suppress(Unreadable):
                found.append(centre(parse_boundary(self.boundary)))
        return found
