"""What part of the published an export asks for, and how it is told: the same in every format.

An extract becomes a row source of SQL over a public view: its conditions, the centre of an area for
a record without a point, coordinates in another reference system. Formats see only its columns.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from .declare import Column, derived
from .entities import Area
from .errors import Refused, Unreadable
from .file_kinds import unsayable
from .folding import folded
from .kinds.numbers import Coordinate
from .layers import LAYERS, Layer
from .query import Query, add_condition, condition_column
from .reference_systems import WGS84, epsg, from_degrees, system
from .sql import quoted
from .words import Text, joined

NO_POINT = ("null", "omit", "area")
FUNCTIONS = frozenset({"folded", "centre_lon", "centre_lat", "centre_precision", "east", "north"})
_ENDS = ("subject", "object")  # columns of a relation


class Centre(NamedTuple):
    """A point inside an area, and the precision of a record that is said to be there."""

    lon: float
    lat: float
    precision: str


class Extract(NamedTuple):
    """What is asked for: the empty one is all that is public, as it is.

    `language` of labels, the network's where it is empty; `no_point`, one of NO_POINT, is what
    becomes of a record without a point; `where` are conditions such as `state=active`; `crs` a
    code such as `EPSG:32632`, WGS 84 where it is empty; `as_of` the day of which the records are.
    """

    language: str = ""
    no_point: str = NO_POINT[0]
    where: tuple[str, ...] = ()
    crs: str = ""
    as_of: str = ""

    def told(self) -> dict[str, Any]:
        """Return what is asked for, by name; nothing of what is as usual."""
        usual = WHOLE._asdict()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self._asdict().items()
            if value != usual[name]
        }


WHOLE = Extract()


_TOLD = {
    "language": Text("etichette: {value}", "labels: {value}"),
    "no_point": Text("senza punto: {value}", "without a point: {value}"),
    "where": Text("solo: {value}", "only: {value}"),
    "crs": Text("coordinate: {value}", "coordinates: {value}"),
    "as_of": Text("com'erano il {value}", "as they were on {value}"),
}
_NO_POINT_TOLD = {
    "omit": Text("non ci sono", "left out"),
    "area": Text("al centro dell'area", "at the centre of the area"),
}


def part_told(records: int, told: Mapping[str, Any]) -> Text:
    """Return in words how many records a file holds, and of which extract, as `told` has it."""
    first = Text("1 record", "1 record") if records == 1 else Text("{n} record", "{n} records")
    parts = [first.filled(n=records)]
    for name, value in told.items():
        if name in _TOLD:
            shown = ", ".join(value) if isinstance(value, list) else value
            parts.append(_TOLD[name].filled(value=_NO_POINT_TOLD.get(shown, shown)))
    return joined("; ", parts)


def seen_in(layer: Layer, crs: str) -> Layer:
    """Return a layer with the columns that it has in a reference system, WGS 84 where empty."""
    if not (crs and layer.has_point):
        return layer
    east, north = _axes(crs)
    projected = {"lon": east, "lat": north}
    return layer._replace(columns=tuple(projected.get(c.name, c) for c in layer.columns))


def centres_of(areas: Iterable[Area]) -> dict[str, Centre]:
    """Return a point inside each area, by id; of a municipality by its code too."""
    found: dict[str, Centre] = {}
    for area in areas:
        if point := area.point_inside():
            whole = area.area_kind == "municipality"
            centre = Centre(*point, "municipality" if whole else "neighbourhood")
            found |= {key: centre for key in (area.id, area.code if whole else None) if key}
    return found


def extract_of(
    language: str | None, no_point: str, where: Sequence[str], crs: str | None, as_of: str = ""
) -> Extract:
    """Return an extract of what a person asked for. Raises Refused for what there is not."""
    if no_point not in NO_POINT:
        told = Text("--no-point: serve {known}", "--no-point: {known} is needed")
        raise Refused(told.filled(known=", ".join(NO_POINT)))
    try:
        code = epsg(crs) if crs is not None else ""
    except Unreadable as unreadable:
        raise Refused(Text("--crs: {text}", "--crs: {text}").filled(text=unreadable.text)) from None
    return Extract(language or "", no_point, tuple(where), "" if code == WGS84 else code, as_of)


class Source:
    """The rows of layers as an extract asks for them.

    `centres` returns those of areas, by id, and of municipalities by code, when they are needed;
    `resolve` returns the id of what a condition names, and is asked for each once.
    """

    def __init__(
        self,
        extract: Extract,
        centres: Callable[[], Mapping[str, Centre]],
        resolve: Callable[[Column, str], str],
    ) -> None:
        self._extract, self._centres, self._resolve = extract, cache(centres), cache(resolve)

    def register(self, connection: sqlite3.Connection) -> None:
        """Give a connection the functions that the rows are made with."""

        def centre(part: str) -> Callable[[str | None, str | None, str | None], Any]:
            def of(area: str | None, served: str | None, municipality: str | None) -> Any:
                first = (served or "").partition(", ")[0]
                known = map(self._centres().get, (area or "", first, municipality or ""))
                found = next(filter(None, known), None)
                return getattr(found, part) if found else None

            return of

        def projected(place: int) -> Callable[[float | None, float | None], float | None]:
            def of(lon: float | None, lat: float | None) -> float | None:
                if lon is None or lat is None:
                    return None
                return from_degrees(lon, lat, self._extract.crs)[place]

            return of

        connection.create_function("folded", 1, folded, deterministic=True)
        for part in Centre._fields:
            connection.create_function(f"centre_{part}", 3, centre(part), deterministic=True)
        for place, name in enumerate(("east", "north")):
            connection.create_function(name, 2, projected(place), deterministic=True)

    def make_ready(self) -> None:
        """Find what rows need of the registry, which copies of this process may not ask."""
        for layer in LAYERS.values():
            with suppress(Refused):  # a layer that cannot answer is refused when it is asked for
                self.rows(layer)
        if self._extract.no_point == "area":
            self._centres()

    def seen(self, layer: Layer) -> Layer:
        """Return a layer with the columns that the extract has of it."""
        return seen_in(layer, self._extract.crs)

    def expect_points(self, points: Iterable[tuple[str, float | None, float | None]]) -> None:
        """Refuse points, each an id and its longitude and latitude, that the system cannot hold."""
        for id_, lon, lat in points:
            if lon is not None and lat is not None:
                try:
                    from_degrees(lon, lat, self._extract.crs)
                except Unreadable as unreadable:
                    raise unsayable(id_, "lat, lon", unreadable.text) from None

    def rows(self, layer: Layer, *, placed: bool = False) -> tuple[str, list[Any]]:
        """Return SQL for the rows of a layer, to stand after FROM, and its values.

        If `placed`, a record without a point is at the centre of its area, as with `no_point`.
        Raises Refused for a condition that the layer cannot answer.
        """
        whole = LAYERS.get(layer.name, layer)
        query = self._conditions(whole)
        sql = layer.view
        fills = whole.has_point and (placed or self._extract.no_point == "area")
        if query.conditions or fills:
            shown = ", ".join(_shown(column, fills=fills) for column in whole.columns)
            sql = f"(SELECT {shown} FROM {layer.view} WHERE {query.where})"
        if self._extract.crs and whole.has_point:
            sql = f"(SELECT *, east(lon, lat) AS x, north(lon, lat) AS y FROM {sql})"
        return sql, query.values

    def _conditions(self, layer: Layer) -> Query:
        query = Query()
        if self._extract.no_point == "omit" and layer.has_point:
            query.add("lat IS NOT NULL")
        for text in self._extract.where:
            name = condition_column(text)
            if all(layer.has(end) for end in _ENDS) and not layer.has(name):
                self._of_ends(query, text, layer)
            else:
                self._add(query, layer, text)
        return query

    def _of_ends(self, query: Query, text: str, layer: Layer) -> None:
        """Ask for relations between records that a condition holds of."""
        places = LAYERS["network"]
        of_places = Query()
        self._expect(places, text, layer)
        add_condition(of_places, places, text, self._resolve)
        for end in _ENDS:
            chosen = f"SELECT id FROM {places.view} WHERE {of_places.where}"
            query.add(f"{end} IN ({chosen})", *of_places.values)

    def _add(self, query: Query, layer: Layer, text: str) -> None:
        self._expect(layer, text, layer)
        add_condition(query, layer, text, self._resolve)

    def _expect(self, layer: Layer, text: str, of: Layer) -> None:
        """Refuse a condition over a column that only other layers have, with their names."""
        name = condition_column(text)
        having = [each.name for each in LAYERS.values() if each.has(name)]
        if layer.has(name) or not having:
            return
        told = Text(
            "--where {text}: «{layer}» non ha la colonna {name}; l'hanno: {having}. Esportare solo"
            " quelli: bencomune export {having}",
            "--where {text}: “{layer}” has no column {name}; these have it: {having}. Export only"
            " those: bencomune export {having}",
        )
        filled = told.filled(text=text, layer=of.name, name=name, having=" ".join(having))
        raise Refused(filled)


def _shown(column: Column, *, fills: bool) -> str:
    name = quoted(column.name)
    if column.name not in Centre._fields or not fills:
        return name
    centre = f"centre_{column.name}(neighbourhood, area_served, municipality)"
    filled = f"CASE WHEN lon IS NULL THEN coalesce({centre}, {name}) ELSE {name} END"
    return f"{filled} AS {name}"


def _axes(crs: str) -> tuple[Column, Column]:
    """Return the columns of a point in a reference system: easting, then northing."""
    kind = Coordinate(decimals=6 if system(crs).geographic else 2)
    east = Text("Est ({crs})", "Easting ({crs})").filled(crs=crs)
    north = Text("Nord ({crs})", "Northing ({crs})").filled(crs=crs)
    return derived("x", kind, east, "x"), derived("y", kind, north, "y")
