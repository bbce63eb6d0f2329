"""P: areas: their boxes and boundaries, and the municipality that they are part of."""

from collections.abc import Iterator

from ..contexts import Context
from ..entities import Area
from ..errors import Unreadable
from ..findings import Severity
from ..geo import box_of, parse_boundary
from ..kinds.numbers import Degrees
from ..nearness import far, on_earth, outline
from ..words import Text
from . import Hit, Mend, rule

SIDES = ("west", "south", "east", "north")
SLACK = 0.000_001  # degrees, ten centimetres: boxes may be rounded
OUT_OF_MUNICIPALITY = 100.0  # metres: two boundaries are never drawn alike

_SQUARE = '{"type":"Polygon","coordinates":[[[9,45],[9.1,45],[9.1,45.1],[9,45.1],[9,45]]]}'
_OUTSIDE = '{"type":"Polygon","coordinates":[[[9.2,45],[9.4,45],[9.2,45.1],[9.2,45]]]}'
_BOX = {"west": 9.0, "south": 45.0, "east": 9.1, "north": 45.1}


@rule(
    code="P26",
    severity=Severity.WARNING,
    message=Text(
        "il riquadro non è quello del confine", "the bounding box is not that of the boundary"
    ),
    why=Text(
        "I punti si confrontano prima con il riquadro: quelli dentro il confine ma fuori dal"
        " riquadro sembrano fuori.",
        "Points are compared with the box first: those inside the boundary but not in the box seem"
        " to be outside.",
    ),
    fix=Text(
        "«bencomune check --fix» lo ricava dal confine.",
        "“bencomune check --fix” works it out from the boundary.",
    ),
    source="RFC 7946, 5",
    good=[{"boundary": _SQUARE, **_BOX}, _BOX, {}],
    bad=[{"boundary": _SQUARE, **_BOX, "north": 45.05}, {"boundary": _SQUARE}],
    mend=Mend.SAFE,
    about=("south", "east", "north", "boundary"),
    needs=("boundary",),
)
def box_unlike_the_boundary(area: Area) -> Iterator[Hit]:
    """Reckon the box of the boundary, and compare it with the columns."""
    shape = outline(area.boundary) if area.boundary else None
    if shape is None:
        return
    west, south, east, north = shape.box
    if not (on_earth(west, south) and on_earth(east, north)):
        return
    if area.box is None or any(
        abs(told - true) > SLACK for told, true in zip(area.box, shape.box, strict=True)
    ):
        write = Degrees().write
        yield Hit("west", mend=dict(zip(SIDES, map(write, shape.box), strict=True)))


@rule(
    code="P27",
    severity=Severity.WARNING,
    message=Text(
        "il confine esce dal Comune di {name}, fino a {far}",
        "the boundary leaves the municipality of {name}, by up to {far}",
    ),
    why=Text(
        "Un punto può stare nel quartiere e non nel suo Comune.",
        "A point may lie in the neighbourhood and not in its municipality.",
    ),
    fix=Text(
        "Controllare i due confini, e il Comune indicato; caricare quello giusto con «bencomune"
        " area load».",
        "Check both boundaries, and the municipality named; load the right one with “bencomune"
        " area load”.",
    ),
    source="ISO 19157, topological consistency",
    good=[
        {"area_kind": "neighbourhood", "part_of": "000001", "boundary": _SQUARE},
        {"area_kind": "neighbourhood", "boundary": _OUTSIDE},
    ],
    bad=[{"area_kind": "neighbourhood", "part_of": "000001", "boundary": _OUTSIDE}],
    about=("part_of",),
    needs=("boundary",),
)
def area_outside_its_municipality(area: Area, context: Context) -> Iterator[Hit]:
    """Measure how far outside the municipality the corners of the boundary lie."""
    whole = context.by_code.get(area.part_of) if area.part_of else None
    if whole is None or whole.box is None or not area.boundary:
        return
    try:
        polygons = parse_boundary(area.boundary)
    except Unreadable:
        return
    box = box_of(polygons)
    if not (on_earth(box.west, box.south) and on_earth(box.east, box.north)):
        return
    corners = {(point[0], point[1]) for polygon in polygons for ring in polygon for point in ring}
    most = max(whole.metres_outside(lon, lat) or 0.0 for lon, lat in corners)
    if most > OUT_OF_MUNICIPALITY:
        yield Hit("boundary", {"name": whole.name, "far": far(most)})
