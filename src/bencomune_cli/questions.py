"""What a column offers while a person answers: its terms, areas and records, by part of a name."""

from collections.abc import Callable, Iterable, Iterator

from .declare import Column
from .entities import PLACES, Area, Lab, Place
from .folding import folded
from .kinds.numbers import YesNo
from .kinds.texts import Reference
from .meanings import is_municipality, vocabulary_of
from .prompts import Choice
from .registry import Registry
from .vocabularies import vocabulary
from .words import Text

MOST = 20  # records offered at once

Choices = Callable[[str], Iterable[Choice]]


def offered(registry: Registry, column: Column) -> str:
    """Return the answer offered for a column: the network's only municipality, or the default."""
    network = registry.network()
    if is_municipality(column) and network and len(network.municipalities) == 1:
        code = network.municipalities[0]
        return registry.municipality_names().get(code, code)
    return "" if column.default in (None, (), False) else str(column.kind.told(column.default))


def choices_for(registry: Registry, column: Column) -> Choices | None:
    """Return what gives the choices of a column for a part of an answer; None where it has none."""
    kind = column.item
    if name := vocabulary_of(column):
        return lambda part: fitting(_terms(name, many=column.many), part)
    if is_municipality(column):
        return lambda part: fitting(_areas(registry, "municipality"), part)
    if isinstance(kind, Reference) and kind.table == Area.table:
        kind_of_area = column.name if column.name in vocabulary("area_kind") else ""
        return lambda part: fitting(_areas(registry, kind_of_area), part)
    if isinstance(kind, Reference):
        return lambda part: searched(registry, part, (Lab,))
    if isinstance(kind, YesNo):
        return lambda part: fitting(
            [Choice(str(Text("sì", "yes"))), Choice(str(Text("no", "no")))], part
        )
    return None


def fitting(choices: Iterable[Choice], part: str) -> Iterator[Choice]:
    """Yield the choices that hold a part in text or note, those that begin with it first."""
    word = folded(part) or ""
    held = [each for each in choices if word in (folded(f"{each.text} {each.note}") or "")]
    yield from sorted(held, key=lambda each: not (folded(each.text) or "").startswith(word))


def _terms(name: str, *, many: bool) -> Iterator[Choice]:
    """Yield the terms by their labels, with what they mean; by code where it would split a list."""
    for code, term in vocabulary(name).items():
        label = str(term.label)
        told = code if many and "," in label else label
        note = ", ".join((label if told == code else code, *term.synonyms))
        yield Choice(told, str(term.meaning or note))


def _areas(registry: Registry, kind: str = "") -> Iterator[Choice]:
    """Yield the areas of a kind, of every kind where none is told or there is none of it."""
    parts_first = "area_kind = 'municipality', folded(name), id"
    areas = list(registry.store.select(Area, order=parts_first))
    areas = [area for area in areas if area.area_kind == kind] or areas
    names = [area.name for area in areas]
    for area in areas:
        text = area.name if names.count(area.name) == 1 else area.id
        yield Choice(text, area.id if text != area.id else area.name)


def searched(
    registry: Registry, part: str, entities: Iterable[type[Place]] = PLACES
) -> Iterator[Choice]:
    """Yield records, by id, whose name or id holds a part."""
    for entity in entities:
        for place in registry.store.select(
            entity,
            "NOT removed AND instr(folded(id || ' ' || name), folded(?)) > 0",
            (part,),
            f"id LIMIT {MOST}",
        ):
            yield Choice(place.id, place.name)
