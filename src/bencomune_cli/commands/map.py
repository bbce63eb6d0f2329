"""map: the records that have a point, drawn in the terminal with the outlines of areas."""

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from .. import drawing, geo, screen
from ..drawing import PLAIN, SIGN, Canvas, Line, Point, View
from ..entities import PLACES, Area, Place
from ..errors import Refused, Unreadable
from ..folding import folded
from ..registry import Registry
from ..selection import Selection
from ..words import Text
from . import command, option, reading, whole_number

SIGNS = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWEST, LEAST, MOST = 10, 10, 1_000  # rows of a drawing of its own height; rows and columns asked
BOX = Text(" (rettangolo)", " (box)")
OTHERS = 5  # rows of a window for the frame, the scale, the outlines and the prompt
NAMED = 6  # records or areas that one line names
MANY = 10  # records in one cell from which they are not told by number


Note = tuple[Text, str]  # what a person should know, and the command that goes on from there


@dataclass(frozen=True)
class Found:
    """What is to be drawn: places that have a point, outlines of areas, and what is asked."""

    places: Sequence[Place]
    outlines: Sequence[tuple[Area, geo.Polygons]]
    areas: Mapping[str, Area]
    within: Area | None
    notes: Sequence[Note]


@dataclass(frozen=True)
class Sheet:
    """What is drawn on: columns of the whole, rows of the drawing, and whether in ASCII."""

    width: int
    height: int | None
    plain: bool


def add_to(app: typer.Typer) -> None:
    """Register map."""
    command(
        app,
        "map",
        Text(
            "Disegna nel terminale la mappa dei record che hanno un punto.",
            "Draw in the terminal the map of the records that have a point.",
        ),
        map_,
    )


def map_(  # noqa: D103
    in_: Annotated[str | None, option("area o Comune", "area or municipality", "--in")] = None,
    where: Annotated[
        list[str] | None, option("condizione: state=active", "condition: state=active")
    ] = None,
    kind: Annotated[
        list[str] | None,
        option("lab (se non indicato), group, organisation", "lab (default), group, organisation"),
    ] = None,
    width: Annotated[
        str | None, option("colonne in tutto, invece della finestra", "columns, not the window's")
    ] = None,
    height: Annotated[
        str | None, option("righe del disegno, senza la legenda", "rows, without the legend")
    ] = None,
    plain: Annotated[bool, option("solo caratteri ASCII", "ASCII only", "--ascii")] = False,
) -> None:
    sheet = Sheet(
        _within("--width", width) or shutil.get_terminal_size((80, 24)).columns,
        _within("--height", height),
        plain or drawing.only_ascii(sys.stdout.encoding, os.environ),
    )
    with reading() as registry:
        found = _find(registry, _kinds(kind or ["lab"]), in_, where or [])
    if found.places:
        screen.drawn(_sheet(found, sheet))
    else:
        for text, then in found.notes:
            screen.say(f"{text} {then}".rstrip())


def _within(name: str, text: str | None) -> int | None:
    number = whole_number(text)
    if number is not None and not LEAST <= number <= MOST:
        told = Text(
            "{name} {number}: serve un numero da {least} a {most}",
            "{name} {number}: a number from {least} to {most} is needed",
        )
        raise Refused(told.filled(name=name, number=number, least=LEAST, most=MOST))
    return number


def _kinds(names: Iterable[str]) -> list[type[Place]]:
    known = {entity.name_of_kind: entity for entity in PLACES}
    text = Text("--kind «{name}»: i tipi sono {kinds}", "--kind “{name}”: the kinds are {kinds}")
    for name in set(names) - set(known):
        raise Refused(text.filled(name=name, kinds=", ".join(known)))
    return [known[name] for name in dict.fromkeys(names)]


# What is drawn


def _find(
    registry: Registry, kinds: Sequence[type[Place]], in_: str | None, where: Sequence[str]
) -> Found:
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


def _extent(found: Found) -> tuple[geo.Box, list[Note]]:
    """Return the box to draw: the area asked for, else where the records are, with their areas."""
    points = [_point(place) for place in found.places]
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


def _point(place: Place) -> Point:
    return place.lon or 0.0, place.lat or 0.0


# How it is drawn


def _sheet(found: Found, sheet: Sheet) -> list[Line]:
    box, notes = _extent(found)
    dense = len(found.places) > len(SIGNS)
    entries = {} if dense else {place.id: _entry(place, found) for place in found.places}
    apart = any(not box.holds(*_point(place)) for place in found.places)
    rows = len(notes) + len(found.notes) + 2 * dense + apart
    wide, high, beside = _room(sheet, box, list(entries.values()), rows)
    view, canvas = View.of(box, wide, high), Canvas(wide, high)
    notes = [*_draw_outlines(canvas, view, found), *_draw_signs(canvas, view, found, dense), *notes]
    told = [
        (canvas.signs[cell], drawing.cut(entries[place.id], sheet.width - 1, plain=sheet.plain))
        for place in found.places
        if not dense and (cell := view.cell(*_point(place)))
    ]
    told.sort(key=lambda each: SIGNS.index(each[0]))
    legend: list[Line] = [[(sign, SIGN), (entry, PLAIN)] for sign, entry in told]
    drawn = drawing.framed(canvas.lines(plain=sheet.plain), wide, plain=sheet.plain)
    drawn.append([(f" {drawing.scale_bar(view, plain=sheet.plain)}", drawing.QUIET)])
    if beside:
        drawn = drawing.side_by_side(drawn, [[], *legend], wide + 4)
    else:
        drawn += drawing.in_columns(legend, sheet.width)
    for note in (*notes, *found.notes):
        drawn += drawing.wrapped([screen.flat(each) for each in note], sheet.width)
    return drawn


def _room(sheet: Sheet, box: geo.Box, entries: Sequence[str], notes: int) -> tuple[int, int, int]:
    """Return columns and rows of the drawing, and columns of the legend if it stands beside it.

    It stands where it leaves the larger scale; one that is longer than the window takes nothing.
    """
    window = shutil.get_terminal_size((80, 24)).lines - OTHERS - notes
    lines: list[Line] = [[(f"1{entry}", PLAIN)] for entry in entries]
    beside = max(map(drawing.width_of, lines), default=sheet.width)
    below = len(drawing.in_columns(lines, sheet.width))

    def rooms() -> Iterable[tuple[int, int, int]]:
        for column, wide in ((0, sheet.width - 2), (beside, sheet.width - 4 - beside)):
            room = window if column or window - below < LOWEST else window - below
            high = sheet.height or max(min(room, wide // 2), LOWEST)
            if not column or (beside <= sheet.width // 2 and len(entries) <= high):
                yield wide, high, column

    return min(rooms(), key=lambda room: View.of(box, room[0], room[1]).metres)


def _draw_outlines(canvas: Canvas, view: View, found: Found) -> list[Note]:
    """Draw what of the outlines is in the view; return a line that names the areas."""
    seen = []
    for area, polygons in found.outlines:
        rings = ([view.dot(*at[:2]) for at in ring] for polygon in polygons for ring in polygon)
        if any(list(map(canvas.ring, rings))):
            seen.append(area.name + ("" if area.boundary else str(BOX)))
    told = Text("contorni: {names}", "outlines: {names}").filled(names=_some(seen))
    return [(told, "")] if seen else []


def _draw_signs(canvas: Canvas, view: View, found: Found, dense: bool) -> list[Note]:
    """Put a sign in the cell of each place; return what must be told of them."""
    cells = [view.cell(*_point(place)) for place in found.places]
    for cell, count in Counter(filter(None, cells)).items():
        many = "o" if count == 1 else str(count) if count < MANY else "+"
        canvas.signs[cell] = many if dense else SIGNS[len(canvas.signs)]
    pairs = zip(found.places, cells, strict=True)
    out = [f"{place.name} ({place.id})" for place, cell in pairs if cell is None]
    density = Text(
        "o un record; da 2 a 9: quanti sono; + dieci o più. I nomi appaiono fino a {most}"
        " record: restringere con --in o --where.",
        "o one record; 2 to 9: how many; + ten or more. Names are shown for up to {most}"
        " records: narrow down with --in or --where.",
    ).filled(most=len(SIGNS))
    outside = Text("fuori dal disegno {count}: {names}", "outside the drawing {count}: {names}")
    outside = outside.filled(count=len(out), names=_some(out))
    return [(text, "") for text, is_so in ((density, dense), (outside, out)) if is_so]


def _entry(place: Place, found: Found) -> str:
    """Return what the legend tells after the sign: the name, and where it is."""
    area = found.areas.get(place.neighbourhood or "")
    where = " ".join(filter(None, (place.street, place.number))) or (area.name if area else "")
    told = ", ".join(filter(None, (place.name, where)))
    kind = f" ({type(place).label})" if len({type(each) for each in found.places}) > 1 else ""
    return f"  {screen.flat(told + kind)}"


def _some(names: Sequence[str]) -> str:
    rest = [f"+{len(names) - NAMED}"] if len(names) > NAMED else []
    return ", ".join([*names[:NAMED], *rest])
