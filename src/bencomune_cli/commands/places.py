"""lab, group, organisation: add, edit, show, list, remove, restore."""

from typing import Annotated, Any

import typer

from .. import screen
from ..entities import PLACES, Contact, Place, Relation
from ..kinds.choices import Term
from ..query import Query, add_area, add_condition, add_near, add_words, set_order
from ..registry import Registry
from ..words import Text, same
from . import (
    AsJson,
    Why,
    argument,
    ask_for_missing,
    command,
    findings_told,
    group,
    option,
    reading,
    refuse_nothing_told,
    tell_written,
    texts_of,
    to_json,
    whole_number,
    writing,
    written_value,
)

Id = Annotated[
    str,
    argument("identificativo, il suo inizio, o il nome", "identifier, its start, or name"),
]
SHOWN = ("id", "name", "state", "municipality", "activities")
UNTOLD = frozenset({"id", "name", "version", "created_at"})
ALIASES = {"organisation": ("org",)}


def add_to(app: typer.Typer) -> None:
    """Register a group of commands for each kind of place."""
    for entity in PLACES:
        name = entity.name_of_kind
        made = group(app, name, entity.plural, *ALIASES.get(name, ()))
        _add_writing(made, entity)
        _add_removing(made, entity)
        _add_reading(made, entity)


def _add_writing(app: typer.Typer, entity: type[Place]) -> None:
    name = entity.name_of_kind

    def add(
        id_: Annotated[
            str | None,
            option("se assente, dal nome", "made from the name if not given", "--id"),
        ] = None,
        why: Why = None,
        as_json: AsJson = False,
        **given: Any,
    ) -> None:
        texts = texts_of(entity, given)
        ask_for_missing(entity, texts)
        with writing() as registry, findings_told(), registry.operation(f"{name} add", why):
            written = registry.add(entity, texts, id_)
        tell_written(written, as_json, Text("aggiunto: {id}", "added: {id}"))

    def edit(id_: Id, why: Why = None, as_json: AsJson = False, **given: Any) -> None:
        texts = texts_of(entity, given)
        if not texts:
            raise refuse_nothing_told()
        with writing() as registry, findings_told(), registry.operation(f"{name} edit", why):
            written = registry.change(registry.finder.place(id_, [entity]), texts)
        tell_written(written, as_json, Text("modificato: {id}", "changed: {id}"))

    edit_help = Text(
        "Modifica un record; un testo vuoto toglie il valore.",
        "Change a record; an empty text removes the value.",
    )
    command(app, "add", Text("Aggiunge un record.", "Add a record."), add, (entity, None))
    command(app, "edit", edit_help, edit, (entity, None))


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
    verb = "remove" if removed else "restore"
    with writing() as registry, registry.operation(f"{entity.name_of_kind} {verb}", why):
        place = registry.finder.place(id_, [entity])
        registry.set_removed(place, removed=removed)
    done = (
        Text("rimosso: {id}", "removed: {id}")
        if removed
        else Text("ripristinato: {id}", "restored: {id}")
    )
    screen.say(done.filled(id=place.id))


def _add_reading(app: typer.Typer, entity: type[Place]) -> None:
    def show(id_: Id, as_json: AsJson = False) -> None:
        with reading() as registry:
            place = registry.finder.place(id_, [entity])
            if as_json:
                screen.out_json(_whole(registry, place))
                return
            screen.card(f"{place.name} ({place.id})", _lines(registry, place))

    def list_(
        words: Annotated[list[str] | None, argument("parole da cercare", "words to find")] = None,
        where: Annotated[
            list[str] | None,
            option("condizione: state=active", "condition: state=active"),
        ] = None,
        near: Annotated[str | None, option("punto: 45.18,9.15", "point: 45.18,9.15")] = None,
        within: Annotated[str | None, option("distanza: 500m", "distance: 500m")] = None,
        in_: Annotated[str | None, option("area o Comune", "area or municipality", "--in")] = None,
        sort: Annotated[str | None, option("colonna; -colonna", "column; -column")] = None,
        limit: Annotated[str | None, option("quanti al massimo", "how many at most")] = None,
        removed: Annotated[
            bool, option("solo i rimossi", "only removed ones", "--removed")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        with reading() as registry:
            query = Query()
            query.add("removed" if removed else "NOT removed")
            add_words(query, entity, words or [])
            for condition in where or []:
                add_condition(query, entity, condition, registry.finder.resolved)
            if near or within:
                add_near(query, near or "", within)
            if in_:
                add_area(query, registry.finder.area(in_))
            set_order(query, entity, sort or "name")
            found = registry.find(entity, query, whole_number(limit))
            _give(found, query, registry.municipality_names(), as_json)

    command(app, "show", Text("Mostra un record.", "Show a record."), show)
    command(app, "list", Text("Elenca e cerca i record.", "List and find records."), list_)


def _give(found: list[Place], query: Query, municipalities: dict[str, str], as_json: bool) -> None:
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
    if not found:
        screen.say(Text("nessun record", "no records"))
    screen.table(headers, rows)


def _lines(registry: Registry, place: Place) -> list[tuple[Text, object]]:
    municipalities = registry.municipality_names()
    lines: list[tuple[Text, object]] = [
        (column.label, written_value(column, place, municipalities))
        for column in type(place).columns
        if column.name not in UNTOLD and getattr(place, column.name) not in (None, (), False)
    ]
    role = Relation.column("role").kind
    for relation in _relations(registry, place):
        label = role.label(relation.role) if isinstance(role, Term) else same(relation.role)
        told = f"{relation.subject} {label} {relation.object}"
        lines.append((Relation.label, f"{told} {_period(relation)}".strip()))
    contacts = registry.store.select(Contact, "record = ?", (place.id,))
    lines += [(Contact.label, contact.id) for contact in contacts]
    return lines


def _period(relation: Relation) -> str:
    if not (relation.since or relation.until):
        return ""
    return f"({relation.since or '…'} – {relation.until or '…'})"


def _relations(registry: Registry, place: Place) -> list[Relation]:
    found = registry.store.select(Relation, "subject = ?1 OR object = ?1", (place.id,))
    return [each for each in found if isinstance(each, Relation)]


def _whole(registry: Registry, place: Place) -> dict[str, Any]:
    contacts = registry.store.select(Contact, "record = ?", (place.id,))
    return {
        **to_json(place),
        "relations": [to_json(relation) for relation in _relations(registry, place)],
        "contacts_on_file": [to_json(contact) for contact in contacts],
    }
