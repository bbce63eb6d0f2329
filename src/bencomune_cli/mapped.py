"""What the map in the terminal draws: places that have a point, and the outlines of their areas."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import drawing, geo
from .drawing import Point
from .entities import Area, Place
from .errors import Unreadable
from .folding import folded
from .registry import Registry
from .selection import Selection
from .words import Text

NAMED = 6  # records or areas that one line names

Note = tuple[Text, str]  # what a person should know, and the command that goes on from there


@dataclass(frozen=True)
class Found:
    """What is to be drawn: places that have a point, outlines of areas, and what is asked."""

    places: Sequence[Place]
    outlines: Sequence[tuple[Area, geo.Polygons]]
    areas: Mapping[str, Area]
    within: Area | None
    notes: Sequence[Note]


def find(
    registry: Registry, kinds: Sequence[type[Place]], in_: str | None, where: Sequence[str]
) -> Found:
    """Return the places of some kinds, in an area and under conditions, with what is around them.

    Raises Refused for an area or a condition that there is not.
    """
    within = registry.finder.area(in_) if in_ else None
    places: list[Place] = []
    notes: list[Note] = []
    for entity in kinds:
        selection = Selection(where=where, in_=in_)
        found = registry.find(entity, selection.query(entity, registry.finder))
        placed = [place for place in found if place.lat is not None]
        places += placed
        if len(placed) < len(found):
            notes.append(_unplaced(entity, len(found) - len(placed), in_, where))
    if not places and not notes:
        notes.append((Text("nessun record", "no records"), ""))
    places.sort(key=lambda place: (folded(place.name) or "", place.id))
    areas = {area.id: area for area in registry.store.select(Area) if isinstance(area, Area)}
    outlines = list(_outlines(areas.values(), within, {place.municipality for place in places}))
    return Found(places, outlines, areas, within, notes)


def _unplaced(entity: type[Place], count: int, in_: str | None, where: Sequence[str]) -> Note:
    words = ["bencomune", entity.name_of_kind, "list", *(["--in", in_] if in_ else [])]
    for condition in (*where, "lat="):
        words += ["--where", condition]
    text = Text(
        "{kind} senza punto: {count}; l'elenco:", "{kind} without a point: {count}; to list them:"
    )
    return text.filled(kind=entity.plural, count=count), shlex.join(words)


def _outlines(
    areas: Iterable[Area], within: Area | None, codes: set[str | None]
) -> Iterable[tuple[Area, geo.Polygons]]:
    """Yield the areas to draw: municipalities, or the one asked for with its neighbourhoods.

    A box is drawn only for a municipality of the records: those of its neighbours overlap.
    """
    for area in areas:
        if within:
            wanted = area.id == within.id or (area.part_of or "") == within.code
        else:
            known = area.boundary is not None or area.code in codes
            wanted = area.area_kind == "municipality" and known
        if wanted and (shape := _shape(area)):
            yield area, shape


def _shape(area: Area) -> geo.Polygons:
    try:
        if area.boundary:
            return geo.parse_boundary(area.boundary)
    except Unreadable:
        pass  # another program wrote it, and `check` tells it; the box may be there
    if not area.box:
        return []
    west, south, east, north = area.box
    return [[[(west, south), (east, south), (east, north), (west, north)]]]


def extent(found: Found) -> tuple[geo.Box, list[Note]]:
    """Return the box to draw: the area asked for, else where the records are, with their areas."""
    points = [point(place) for place in found.places]
    if found.within:
        for area, shape in found.outlines:
            box = geo.box_of(shape)
            if area.id == found.within.id and any(box.holds(*point) for point in points):
                return box, []
        return drawing.extent(points, [])[0], []
    areas = {geo.box_of(shape): area for area, shape in found.outlines}
    box, larger = drawing.extent(points, list(areas))
    note = Text(
        "{name} è più grande del disegno; per vedere tutto il Comune:",
        "{name} is larger than the drawing; to see the whole municipality:",
    )
    named = [areas[each] for each in larger[:NAMED]]
    return box, [(note.filled(name=area.name), f"bencomune map --in {area.id}") for area in named]


def point(place: Place) -> Point:
    """Return where a place that has a point lies, as longitude and latitude."""
    return place.lon or 0.0, place.lat or 0.0
