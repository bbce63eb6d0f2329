"""area: load boundaries from GeoJSON, list them."""

from pathlib import Path
from typing import Annotated

import typer

from .. import screen
from ..area_files import load
from ..entities import Area
from ..progress import watched
from ..telling import to_json, written_value
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    command,
    findings_told,
    group,
    option,
    reading,
    writing,
)

SHOWN = ("id", "name", "area_kind", "code", "part_of")


def add_to(app: typer.Typer) -> None:
    """Register the commands on areas."""
    made = group(
        app,
        "area",
        Text(
            "Aree: Comuni, quartieri, distretti", "Areas: municipalities, neighbourhoods, districts"
        ),
    )
    command(
        made,
        "load",
        Text("Carica aree da un file GeoJSON.", "Load areas from a GeoJSON file."),
        load_,
    )
    command(made, "list", Text("Elenca le aree.", "List the areas."), list_)


def load_(  # noqa: D103 - one parameter for each option
    file: Annotated[Path, argument("file GeoJSON di poligoni", "GeoJSON file of polygons")],
    kind: Annotated[
        str,
        option("municipality, neighbourhood, district", "municipality, neighbourhood, district"),
    ] = "municipality",
    name: Annotated[str | None, option("proprietà con il nome", "property with the name")] = None,
    code: Annotated[
        str | None,
        option("proprietà con il codice ISTAT", "property with the ISTAT code"),
    ] = None,
    only: Annotated[
        list[str] | None,
        option("solo questi nomi o codici", "only these names or codes"),
    ] = None,
    part_of: Annotated[str | None, option("Comune dei quartieri", "their municipality")] = None,
    crs: Annotated[
        str | None,
        option("sistema di riferimento, come EPSG:32632", "reference system, such as EPSG:32632"),
    ] = None,
    source: Annotated[str | None, option("da dove viene", "where it comes from")] = None,
    licence: Annotated[str | None, option("licenza", "licence")] = None,
    why: Why = None,
) -> None:
    shared = {"area_kind": kind, "part_of": part_of, "source": source, "licence": licence}
    with writing() as registry, findings_told():
        found = load(file, name=name, code=code, only=only or [], crs=crs)
        with registry.operation("area load", why):
            added, changed = 0, 0
            for texts in watched(found, lambda: len(found), Area.plural):
                told = {**texts, **{key: value for key, value in shared.items() if value}}
                known = registry.finder.same_area(told)
                if known is None:
                    registry.add(Area, told)
                    added += 1
                else:
                    changed += registry.change(known, told).changed
    screen.say(
        Text(
            "aree: {added} aggiunte, {changed} modificate",
            "areas: {added} added, {changed} changed",
        ).filled(added=added, changed=changed)
    )


def list_(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        found = list(registry.store.select(Area, order="area_kind, name"))
        if as_json:
            screen.out_json([to_json(area) for area in found])
            return
        columns = [Area.column(each) for each in SHOWN]
        screen.table(
            [column.label for column in columns],
            [[written_value(column, area) for column in columns] for area in found],
        )
