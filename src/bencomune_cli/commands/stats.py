"""stats: how many records, by kind, state, municipality and activity."""

from collections import Counter

import typer

from .. import screen
from ..declare import Column
from ..describe import vocabulary_of
from ..entities import PLACES, Place
from ..vocabularies import vocabulary
from ..words import Text
from . import AsJson, command, reading

COUNTED = ("state", "municipality", "activities")


def add_to(app: typer.Typer) -> None:
    """Register stats."""
    command(
        app,
        "stats",
        Text(
            "Conta i record per stato, Comune e attività.",
            "Count the records by state, municipality and activity.",
        ),
        stats,
    )


def stats(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        names = registry.municipality_names()
        own = {
            entity: [
                p for p in registry.store.select(entity, "NOT removed") if isinstance(p, Place)
            ]
            for entity in PLACES
        }
    if as_json:
        screen.out_json(
            {
                entity.table: {
                    "total": len(places),
                    **{name: dict(_counts(places, name).most_common()) for name in COUNTED},
                }
                for entity, places in own.items()
            }
        )
        return
    rows: list[tuple[object, ...]] = []
    for entity, places in own.items():
        rows.append((entity.plural, "", "", len(places)))
        for name in COUNTED:
            column = entity.column(name)
            rows += [
                ("", column.label, _label(column, value, names), count)
                for value, count in _counts(places, name).most_common()
            ]
    headers = (Text("Tipo", "Kind"), Text("Per", "By"), Text("Valore", "Value"), Text("N.", "No."))
    screen.table(headers, rows)


def _counts(places: list[Place], name: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for place in places:
        value = getattr(place, name)
        counted.update(value if isinstance(value, tuple) else [value or "-"])
    return counted


def _label(column: Column, value: str, names: dict[str, str]) -> object:
    terms = vocabulary_of(column)
    if terms and value in vocabulary(terms):
        return vocabulary(terms)[value].label
    return names.get(value, value)
