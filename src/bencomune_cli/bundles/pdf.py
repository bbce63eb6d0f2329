"""The printed map and directory (PDF, ISO 32000), on A4: a sketch map, all records, an index.

Labs stand by neighbourhood, groups by whether they have a door; the numbers are those of the map.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count, groupby, starmap
from typing import Any, BinaryIO

from ..dataset import Dataset
from ..directories import Directory, in_order, is_rough
from ..entities import PLACES, Area
from ..folding import folded
from ..imprints import changed, imprint, page_of
from ..layers import Layer
from ..sketch_maps import MOST, sketch
from ..sketches import named_areas, sketched
from ..words import Text
from . import Format, apart

FORMAT = Format(
    "pdf",
    "application/pdf",
    Text("Mappa ed elenco da stampare (PDF)", "Map and directory to print (PDF)"),
    usual=False,
    purposes=("paper",),
    extra="pdf",
    needs=("uharfbuzz", "pydyf", "segno"),
    stem="map",
    links=True,
    lost=(
        Text(
            "fonti, nomi alternativi, periodi e atti delle relazioni, descrizioni lunghe,"
            " coordinate scritte; i segni che i suoi font non hanno si vedono come riquadri",
            "sources, other names, periods and acts of relations, long descriptions, coordinates"
            " as numbers; signs that its fonts do not have are seen as boxes",
        ),
    ),
    effort=700,
    most_records=5_000,  # 320 pages; of more, setting them takes over 100 MB of memory
)

_PAGE = "map.html"
_WORDS = {
    "kicker": Text("Mappa ed elenco", "Map and directory"),
    "page": Text("pagina", "page"),
    "page_short": Text("p.", "p."),
    "north": Text("Il nord è in alto", "North is at the top"),
    "rough": Text("posizione approssimata", "approximate position"),
    "nothing_to_draw": Text(
        "Nessun record ha un punto da disegnare.", "No record has a point to draw."
    ),
    "index": Text("Indice per attività", "Index by activity"),
}
_NUMBERS = Text(
    "I numeri sono quelli della mappa e dell'elenco.",
    "The numbers are those of the map and of the directory.",
)
_NUMBERS_UNDRAWN = Text(
    "I numeri sono quelli dell'elenco.", "The numbers are those of the directory."
)
_EMPTY = Text("nessun record", "no records")
_SOMEWHERE = Text("Zona non indicata", "Area not told")
_WHOLE = Text("{town}, quartiere non indicato", "{town}, neighbourhood not told")
_DOOR = Text("Con una sede", "With a door")
_NO_DOOR = Text("Senza sede fissa", "No fixed door")
_UNDRAWN = Text("Senza un punto sulla mappa: {numbers}.", "Without a point on the map: {numbers}.")
_OUTSIDE = Text("Fuori dal disegno: {numbers}.", "Outside the drawing: {numbers}.")
_DENSE = Text(
    "Più di {most} punti: i numeri non sono sulla mappa.",
    "More than {most} points: their numbers are not on the map.",
)
_OUTLINES = Text("Confini: {names}.", "Outlines: {names}.")
_KM = 1_000
_PAGED = 12  # records of an activity whose pages the index tells
_NAMED = 48  # places that the front page has room to name

Row = Mapping[str, Any]
Part = tuple[str, list[dict[str, Any]]]


def write(
    dataset: Dataset, layers: Sequence[Layer], out: BinaryIO, beside: Sequence[str] = ()
) -> None:
    """Write the map and directory of some layers, with the address of the page `beside` it."""
    from ..printed.network_map import write_network_map

    directory = Directory(dataset, apart(layers))
    sections = list(_sections(directory))
    places = [
        _place(directory, section["kind"], number, row)
        for section in sections
        for part in section["parts"]
        for number, row in part["rows"]
    ]
    areas = list(sketched(dataset.beside(Area), _named(directory)))
    say, network = directory.say, dataset.network
    drawn = sketch([each for each in places if each["lon"] is not None], areas)
    if drawn:
        drawn["scale"]["label"] = _length(drawn["scale"]["metres"])
    told = imprint(dataset, page_of(network, _PAGE if _PAGE in beside else "")) | {
        "words": {name: say(text) for name, text in _WORDS.items()},
        "counted": _counted(directory),
        "legend": [{"kind": each["kind"], "label": each["title"]} for each in sections],
        "map": drawn,
        "named": _on_the_map(places, drawn),
        "notes": [say(note) for note in _notes(places, drawn)],
        "terse": (terse := len(places) > MOST),
        "sections": sections,
        "index": _index(places, terse=terse),
        "index_note": say(_NUMBERS if drawn and drawn["radius"] else _NUMBERS_UNDRAWN),
        "about": [*str(network.get("description") or "").split("\n"), *_credits(directory, areas)],
    }
    told["about"] = [line for line in told["about"] if line]
    write_network_map(told, changed(dataset), out)


def _sections(directory: Directory) -> Iterator[dict[str, Any]]:
    """Yield the records by kind and by part, each with its number, in reading order.

    What is told of them is made as it is asked for: only once, and none of it is kept.
    """
    numbers = count(1)
    parts = {"lab": _by_quarter, "group": _by_door}
    for entity in PLACES:
        kind = entity.name_of_kind
        rows = in_order(directory.rows.get(kind, ()))
        if rows:
            entry = partial(_entry, directory, kind)
            found = [
                {
                    "title": title,
                    "rows": (each := [(next(numbers), row) for row in of]),
                    "entries": starmap(entry, each),
                }
                for title, of in parts.get(kind, _all)(directory, rows)
            ]
            title = directory.say(entity.plural)
            yield {"kind": kind, "title": title, "compact": kind not in parts, "parts": found}


def _place(directory: Directory, kind: str, number: int, row: Row) -> dict[str, Any]:
    """Return what the map and the index need of a record."""
    told = {"number": number, "kind": kind, "name": row["name"], "rough": is_rough(row)}
    activities = directory.activities(row)
    return told | {"lon": row["lon"], "lat": row["lat"], "activities": activities}


def _entry(directory: Directory, kind: str, number: int, row: Row) -> dict[str, Any]:
    told = directory.entry(kind, row)
    town, quarter = directory.quarter(row)
    known = kind == "lab" and (quarter or town)  # its heading tells it
    place = {"number": number, "rough": is_rough(row)}
    return told | place | {"place": "" if known else told["where"]}


def _all(_: Directory, rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    yield "", rows


def _by_quarter(directory: Directory, rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    """Yield labs by municipality and neighbourhood; those of which neither is told come last."""

    def place(row: Row) -> tuple[Any, ...]:
        town, quarter = directory.quarter(row)
        return not (town or quarter), folded(town), not quarter, folded(quarter), town, quarter

    quarters = {town for town, quarter in map(directory.quarter, rows) if quarter}
    for (*_, town, quarter), found in groupby(sorted(rows, key=place), place):
        title = " · ".join(filter(None, (quarter, town)))
        if not quarter and town in quarters:
            title = directory.say(_WHOLE.filled(town=town))
        yield title or directory.say(_SOMEWHERE), list(found)


def _by_door(directory: Directory, rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    doors = [row for row in rows if directory.address(row)]
    others = [row for row in rows if not directory.address(row)]
    for title, found in ((_DOOR, doors), (_NO_DOOR, others)):
        if found:
            yield directory.say(title), found


def _named(directory: Directory) -> set[str]:
    """Return the ids and codes of the areas to draw: those that what has a point names."""
    rows = [row for rows in directory.rows.values() for row in rows]
    placed = [row for row in rows if row["lon"] is not None]
    return {name for row in placed or rows for name in named_areas(row)}


def _counted(directory: Directory) -> str:
    told = [
        f"{len(rows)} {directory.say(entity.plural if len(rows) != 1 else entity.label).lower()}"
        for entity in PLACES
        if (rows := directory.rows.get(entity.name_of_kind))
    ]
    return ", ".join(told) or directory.say(_EMPTY)


def _notes(places: Sequence[Row], drawn: Row | None) -> Iterator[Text]:
    """Yield what the map does not show, so that nobody looks for it there."""
    if not drawn:
        return
    undrawn = [each["number"] for each in places if each["lon"] is None]
    for text, numbers in ((_UNDRAWN, undrawn), (_OUTSIDE, drawn["outside"])):
        if numbers:
            yield text.filled(numbers=_ranges(numbers))
    if not drawn["radius"]:
        yield _DENSE.filled(most=MOST)


def _on_the_map(places: Sequence[Row], drawn: Row | None) -> list[Row]:
    """Return what the front page names under the map: the places on it, if they are few."""
    numbers = {point["number"] for point in drawn["points"]} if drawn else set()
    return [each for each in places if each["number"] in numbers] if len(numbers) <= _NAMED else []


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers with those that follow each other as a range: 1, 4–7, 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _length(metres: float) -> str:
    return f"{metres / _KM:g} km" if metres >= _KM else f"{metres:g} m"


def _index(places: Sequence[Row], *, terse: bool) -> list[dict[str, Any]]:
    """Return the activities in the order of the alphabet, with the numbers of their records.

    If `terse`, many are told as ranges, which lead nowhere: links would be half of the file.
    """
    found = defaultdict(list)
    for each in places:
        for activity in each["activities"]:
            found[activity].append(each["number"])
    return [
        {
            "activity": activity,
            "numbers": (numbers := found[activity]),
            "paged": (paged := len(numbers) <= _PAGED),
            "ranges": "" if paged or not terse else _ranges(numbers),
        }
        for activity in sorted(found, key=lambda text: (folded(text) or "", text))
    ]


def _credits(directory: Directory, areas: Sequence[Row]) -> Iterator[str]:
    names = dict.fromkeys(
        area["licence"] for area in areas if area.get("licence") and "outline" in area
    )
    if names:
        yield directory.say(_OUTLINES.filled(names="; ".join(names)))
