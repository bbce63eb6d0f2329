"""The published tables: their names in file names, their views and their columns."""

from typing import Any, NamedTuple

from .declare import Column, derived
from .entities import PLACES, Record, Relation
from .kinds import Kind
from .kinds.choices import Term
from .views import common
from .words import Text


class Layer(NamedTuple):
    """One published table: its name in file names, its view, its columns and its words."""

    name: str
    view: str
    label: Text
    columns: tuple[Column, ...]

    def has(self, name: str) -> bool:
        """Tell whether there is a column of a name."""
        return any(column.name == name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by name; raise KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def point(self) -> tuple[Column, Column] | None:
        """Return the columns of a point, to the east and to the north; None without points."""
        for east, north in (("lon", "lat"), ("x", "y")):
            if self.has(east):
                return self.column(east), self.column(north)
        return None

    @property
    def has_point(self) -> bool:
        """Tell whether its records may have a point."""
        return self.point is not None


class _RecordType(Kind):
    """The name of an entity."""

    literal = True
    word = Term.word

    def told(self, value: Any) -> Text:
        """Return the word for an entity by its name."""
        labels = {entity.name_of_kind: entity.label for entity in PLACES}
        return labels.get(value, super().told(value))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: one of the entities that are places."""
        return {"type": "string", "enum": [entity.name_of_kind for entity in PLACES]}


RECORD_TYPE = derived("record_type", _RecordType(), Text("Tipo di record", "Record type"), "")


def _layer(entity: type[Record]) -> Layer:
    return Layer(entity.table, f"public_{entity.table}", entity.plural, entity.published())


def _together() -> Layer:
    published = {column.name: column for column in PLACES[0].published()}
    columns = (RECORD_TYPE, *(published[name] for name in common()))
    return Layer("network", "public_records", Text("La rete", "The network"), columns)


LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (*(_layer(entity) for entity in PLACES), _layer(Relation), _together())
}
