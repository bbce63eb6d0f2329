"""show; lab, group, organisation: add, show, list, remove, restore.

What shows is loaded as it does, so that the completion of an id is not late.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import screen
from ..entities import PLACES, Place
from ..words import Text
from . import (
    AsJson,
    Near,
    Why,
    Within,
    argument,
    command,
    group,
    option,
    reading,
    whole_number,
    writing,
)

if TYPE_CHECKING:
    from ..query import Query
    from ..registry import Registry

Id = Annotated[
    str,
    argument("identificativo, il suo inizio, o il nome", "identifier, its start, or name"),
]
SHOWN = ("id", "name", "state", "municipality", "activities")
ALIASES = {"organisation": ("org",)}


def add_to(app: typer.Typer) -> None:
    """Register show, and a group of commands for each kind of place."""
    for entity in PLACES:
        name = entity.name_of_kind
        group(app, name, entity.plural, *ALIASES.get(name, ()))
    command(app, "show", Text("Mostra un record.", "Show a record."), show_any)


def add_to_groups(groups: Mapping[str, typer.Typer]) -> None:
    """Register what every kind of place has."""
    for entity in PLACES:
        made = groups[entity.name_of_kind]
        _add_reading(made, entity)
        _add_removing(made, entity)


def _add_removing(app: typer.Typer, entity: type[Place]) -> None:
    def remove(id_: Id, why: Why = None) -> None:
        _set_removed(entity, id_, why, removed=True)

    def restore(id_: Id, why: Why = None) -> None:
        _set_removed(entity, id_, why, removed=False)

    command(
        app,
        "remove",
        Text(
            "Toglie un record dal registro; «restore» lo rimette.",
            "Take a record out of the registry; “restore” puts it back.",
        ),
        remove,
    )
    command(app, "restore", Text("Rimette un record tolto.", "Put a removed record back."), restore)


def _set_removed(entity: type[Place], id_: str, why: str | None, *, removed: bool) -> None:
    from .. import unions

    verb = "remove" if removed else "restore"
    with writing() as registry, registry.operation(f"{entity.name_of_kind} {verb}", why):
        if removed:
            place, left = registry.finder.place(id_, [entity]), []
            registry.set_removed(place, removed=True)
        else:
            place = registry.finder.any_place(id_, [entity])
            left = unions.put_back(registry, place)
    done = (
        Text("rimosso: {id}", "removed: {id}")
        if removed
        else Text("ripristinato: {id}", "restored: {id}")
    )
    screen.say(done.filled(id=place.id))
    for other in left:
        screen.say(_STAYS.filled(id=place.id, other=other))


_STAYS = Text(
    "ciò che di {id} è passato a {other} (recapiti, relazioni, valori) resta a {other}",
    "what went over from {id} to {other} (contacts, relations, values) stays with {other}",
)


def show_any(id_: Id, as_json: AsJson = False) -> None:
    """Show a record of any kind."""
    _show(id_, PLACES, as_json)


def _show(id_: str, entities: Sequence[type[Place]], as_json: bool) -> None:
    from ..telling import sections_of

    with reading() as registry:
        place = registry.finder.seen(id_, entities)
        if as_json:
            screen.out_json(_whole(registry, place))
        else:
            screen.card(place.name, sections_of(registry, place))


def _add_reading(app: typer.Typer, entity: type[Place]) -> None:
    def show(id_: Id, as_json: AsJson = False) -> None:
        _show(id_, [entity], as_json)

    def list_(
        words: Annotated[list[str] | None, argument("parole da cercare", "words to find")] = None,
        where: Annotated[
            list[str] | None,
            option("condizione: state=active", "condition: state=active"),
        ] = None,
        near: Near = None,
        within: Within = None,
        in_: Annotated[str | None, option("area o Comune", "area or municipality", "--in")] = None,
        sort: Annotated[str | None, option("colonna; -colonna", "column; -column")] = None,
        limit: Annotated[str | None, option("quanti al massimo", "how many at most")] = None,
        removed: Annotated[
            bool, option("solo i rimossi", "only removed ones", "--removed")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        from ..query import set_order
        from ..selection import Selection

        with reading() as registry:
            asked = Selection(words or (), where or (), near, within, in_, removed)
            query = asked.query(entity, registry.finder)
            set_order(query, entity, sort or "name")
            found = registry.find(entity, query, whole_number(limit))
            _give(found, query, registry.municipality_names(), as_json)

    command(app, "show", Text("Mostra un record.", "Show a record."), show)
    command(app, "list", Text("Elenca e cerca i record.", "List and find records."), list_)


def _give(
    found: list[Place], query: "Query", municipalities: dict[str, str], as_json: bool
) -> None:
    from ..telling import to_json, written_value

    metres = {place.id: query.metres(place) for place in found}
    if as_json:
        told = [
            {**to_json(p), **({"metres": round(m)} if (m := metres[p.id]) is not None else {})}
            for p in found
        ]
        screen.out_json(told)
        return
    columns = [type(found[0]).column(name) for name in SHOWN] if found else []
    headers = [column.label for column in columns]
    rows: list[list[object]] = [
        [written_value(c, place, municipalities) for c in columns] for place in found
    ]
    if query.near is not None and found:
        headers.append(Text("Metri", "Metres"))
        for row, place in zip(rows, found, strict=True):
            row.append(round(metres[place.id] or 0))
    if not found and query.near is not None:
        nothing = Text(
            "nessun record entro {metres} metri dal punto; per cercare più lontano: --within 5km",
            "no records within {metres} metres of the point; to look farther: --within 5km",
        )
        screen.say(nothing.filled(metres=round(query.near[2])))
    elif not found:
        screen.say(Text("nessun record", "no records"))
    screen.table(headers, rows, one_line=True)


def _whole(registry: "Registry", place: Place) -> dict[str, Any]:
    from ..telling import contacts_of, relations_of, to_json

    return {
        **to_json(place),
        "relations": [to_json(relation) for relation in relations_of(registry, place)],
        "contacts_on_file": [to_json(contact) for contact in contacts_of(registry, place)],
    }
