"""What `list` asks for: conditions over declared columns, told to SQLite with bound values only."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from . import geo
from .declare import Column, Record
from .entities import Area, Place
from .errors import Refused, Unreadable
from .kinds.texts import Line
from .patterns import pattern
from .points import read_point
from .sql import quoted
from .words import Text

_CONDITION = pattern(r"\s*([a-z_]+)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)


class Declared(Protocol):
    """What has declared columns: an entity, a published layer."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns."""

    def has(self, name: str) -> bool:
        """Tell whether there is a column of a name."""

    def column(self, name: str) -> Column:
        """Return a column by name."""


@dataclass
class Query:
    """Conditions joined by AND, their values, an order, and what only Python can measure."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    order: str = "id"
    near: tuple[float, float, float] | None = None
    area: Area | None = None

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition with its values."""
        self.conditions.append(condition)
        self.values += values

    @property
    def where(self) -> str:
        """Return the SQL condition."""
        return " AND ".join(f"({condition})" for condition in self.conditions) or "true"

    def metres(self, place: Place) -> float | None:
        """Return how far a place is from the point asked for; None where that cannot be said."""
        if self.near is None or place.lat is None or place.lon is None:
            return None
        return geo.distance(self.near[0], self.near[1], place.lon, place.lat)

    def holds(self, metres: float | None) -> bool:
        """Tell whether a distance is within the one asked for."""
        return self.near is None or (metres is not None and metres <= self.near[2])


def condition_column(text: str) -> str:
    """Return the name of the column that a condition is about; empty where it has none."""
    parts = _CONDITION.fullmatch(text)
    return parts[1] if parts else ""


def add_condition(
    query: Query, entity: Declared, text: str, resolve: Callable[[Column, str], str]
) -> None:
    """Add a condition such as `state=active`, `name~spazio`, `seats>=20` or `phone=`.

    `resolve` turns what a person wrote for a reference into an id. Raises Refused.
    """
    parts = _CONDITION.fullmatch(text)
    if not parts or not entity.has(parts[1]) or (not parts[3] and parts[2] not in {"=", "!="}):
        raise Refused(
            Text(
                "«{text}»: serve una colonna, un segno e un valore, come state=active;"
                " segni: = != < <= > >= ~ (contiene); colonne: {columns}",
                "“{text}”: a column, a sign and a value are needed, such as state=active;"
                " signs: = != < <= > >= ~ (contains); columns: {columns}",
            ).filled(text=text, columns=", ".join(column.name for column in entity.columns))
        )
    column, sign, value = entity.column(parts[1]), parts[2], parts[3]
    name = quoted(column.name)
    if not value:
        query.add(f"{name} IS {'NOT ' if sign == '!=' else ''}NULL")
    elif sign == "~":
        query.add(f"instr(folded({name}), folded(?)) > 0", value)
    else:
        _compare(query, column, sign, _read(column, resolve(column, value)))


def _read(column: Column, value: str) -> Any:
    try:
        return column.kind.to_sql(column.kind.read(value))
    except Unreadable as unreadable:
        raise Refused(
            Text("{column}: «{value}»: {expected}", "{column}: “{value}”: {expected}").filled(
                column=column.name, value=value, expected=unreadable.text
            )
        ) from None


def _compare(query: Query, column: Column, sign: str, value: Any) -> None:
    name = quoted(column.name)
    if column.many and sign in {"=", "!="}:
        separator = getattr(column.kind, "separator", ", ")
        item = f"instr(? || {name} || ?, ? || ? || ?) > 0"
        held = f"coalesce({item}, 0)"
        around = (separator, separator, separator, value, separator)
        query.add(held if sign == "=" else f"NOT {held}", *around)
    elif sign == "!=":
        query.add(f"{name} IS NOT ?", value)
    else:
        query.add(f"{name} {sign} ?", value)


def add_words(query: Query, entity: type[Record], words: Sequence[str]) -> None:
    """Ask for records that hold every word in one of their texts."""
    texts = [c for c in entity.columns if isinstance(c.kind, Line) and c.published]
    together = " || ' ' || ".join(f"coalesce({quoted(c.name)}, '')" for c in texts)
    for word in words:
        if not word.strip():  # every text holds it
            raise Refused(
                Text("una parola da cercare è vuota: toglierla", "a word to find is empty: drop it")
            )
        query.add(f"instr(folded(id || ' ' || {together}), folded(?)) > 0", word)


def add_near(query: Query, point: str, within: str | None) -> None:
    """Ask for records within a distance of a point, 1 km where none is told. Raises Refused."""
    try:
        lat, lon, *_ = read_point(point)
        metres = geo.parse_distance(within or "1km")
    except Unreadable as unreadable:
        raise Refused(unreadable.text) from None
    box = geo.around(lon, lat, metres)
    query.near = (lon, lat, metres)
    query.add(
        "lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?", box.west, box.east, box.south, box.north
    )


def add_area(query: Query, area: Area) -> None:
    """Ask for records that say they are in an area, or whose point lies inside it."""
    parts = ["neighbourhood = ?", "instr(', ' || area_served || ',', ', ' || ? || ',') > 0"]
    values: list[Any] = [area.id, area.id]
    if area.code:
        parts.append("municipality = ?")
        values.append(area.code)
    if area.boundary:
        parts.append("inside_area(lon, lat, ?)")
        values.append(area.boundary)
    query.area = area
    query.add(" OR ".join(f"coalesce({part}, 0)" for part in parts), *values)


def set_order(query: Query, entity: type[Record], text: str) -> None:
    """Sort by a column, descending with a minus before it. Raises Refused."""
    name = text.removeprefix("-")
    if not entity.has(name):
        raise Refused(
            Text(
                "non c'è una colonna «{name}» per ordinare; colonne: {columns}",
                "there is no column “{name}” to sort by; columns: {columns}",
            ).filled(name=name, columns=", ".join(column.name for column in entity.columns))
        )
    key = quoted(name) if name != "name" else "folded(name)"
    query.order = f"{key} {'DESC' if text.startswith('-') else 'ASC'}, id"
