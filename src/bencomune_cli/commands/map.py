"""map: the records that have a point, drawn in the terminal, or a page of them in the browser."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from .. import browsers, drawing, exports, geo, screen
from ..drawing import PLAIN, SIGN, Canvas, Line, View
from ..entities import PLACES, Place
from ..errors import Refused
from ..extracts import Extract
from ..kept_folders import is_kept
from ..mapped import NAMED, Found, Note, extent, find, point
from ..past import published
from ..words import Text
from . import EXPORTS, command, option, reading, session, whole_number, writing

PREVIEW = Path("preview")  # where the page goes that must not go out
SIGNS = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWEST, LEAST, MOST = 10, 10, 1_000  # rows of a drawing of its own height; rows and columns asked
BOX = Text(" (rettangolo)", " (box)")
OTHERS = 5  # rows of a window for the frame, the scale, the outlines and the prompt
MANY = 10  # records in one cell from which they are not told by number


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
            "Disegna la mappa nel terminale, o la apre come pagina.",
            "Draw the map in the terminal, or open it as a page.",
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
    open_: Annotated[
        bool,
        option(
            "scrive exports/map.html, con tutto ciò che è pubblico, e lo apre; preview/map.html"
            " dove exports è di publish",
            "write exports/map.html, with all that is public, and open it; preview/map.html where"
            " exports is kept by publish",
            "--open",
        ),
    ] = False,
) -> None:
    if open_:
        _open_page(alone=not (in_ or where or kind or width or height or plain))
        return
    sheet = Sheet(
        _within("--width", width) or shutil.get_terminal_size((80, 24)).columns,
        _within("--height", height),
        plain or drawing.only_ascii(sys.stdout.encoding, os.environ),
    )
    with reading() as registry:
        found = find(registry, _kinds(kind or ["lab"]), in_, where or [])
    if found.places:
        screen.drawn(_sheet(found, sheet))
    else:
        for text, then in found.notes:
            screen.say(f"{text} {then}".rstrip())


def _open_page(*, alone: bool) -> None:
    """Write the page among the exported files, where its links lead, and show it. Raises Refused.

    Where these are published it goes elsewhere: what goes out is for `publish` to look at. Some
    browsers may not read files that are hidden or temporary.
    """
    if not alone:
        raise Refused(
            Text(
                "--open apre tutto ciò che è pubblico: si filtra nella pagina",
                "--open opens all that is public: the page has filters",
            )
        )
    folder = PREVIEW if is_kept(EXPORTS, session.path) else EXPORTS
    with writing() as registry, published(registry, Extract(session.lang or "")) as (public, held):
        screen.held(held)
        page, *_ = exports.write_folder(public, folder, exports.layers([]), ["html"])
    path = folder / page.name
    told = Text("aperta: {path}", "opened: {path}")
    if not browsers.shows(path):
        told = Text(
            "non c'è uno schermo su cui aprirla; la pagina è {path}",
            "there is no screen to open it on; the page is {path}",
        )
    screen.say(told.filled(path=path.absolute()))


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


# How it is drawn


def _sheet(found: Found, sheet: Sheet) -> list[Line]:
    box, notes = extent(found)
    dense = len(found.places) > len(SIGNS)
    entries = {} if dense else {place.id: _entry(place, found) for place in found.places}
    apart = any(not box.holds(*point(place)) for place in found.places)
    rows = len(notes) + len(found.notes) + 2 * dense + apart
    wide, high, beside = _room(sheet, box, list(entries.values()), rows)
    view, canvas = View.of(box, wide, high), Canvas(wide, high)
    notes = [*_draw_outlines(canvas, view, found), *_draw_signs(canvas, view, found, dense), *notes]
    told = [
        (canvas.signs[cell], drawing.cut(entries[place.id], sheet.width - 1, plain=sheet.plain))
        for place in found.places
        if not dense and (cell := view.cell(*point(place)))
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
    cells = [view.cell(*point(place)) for place in found.places]
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
