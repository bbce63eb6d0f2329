"""Two records that are one: what they tell differently, and the one made part of the other.

All of it is one operation; history keeps what both were, and one undo parts them again.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from .declare import Audience, Column, Record
from .entities import ENTITIES, Distinction, Place, Relation
from .entities.relation import MERGED, MUTUAL
from .errors import Refused
from .folding import folded
from .kinds.texts import Prose, Reference
from .registry import Registry
from .sql import quoted
from .words import Text

NEVER = frozenset({"id", "hidden", "hidden_reason", "removed", "alt_names"})  # not to be taken
POINT = frozenset({"lat", "lon", "precision", "point_source", "point_as_given"})


class Difference(NamedTuple):
    """A column that two records tell differently: what is there, and what the other one says."""

    column: Column
    held: str
    told: str


def shared(place: Place, into: Place) -> Sequence[Column]:
    """Return the columns that a person writes and that can go from one record to another."""
    return [
        column
        for column in type(into).columns
        if not column.automatic and column.name not in NEVER and type(place).has(column.name)
    ]


def differences(place: Place, into: Place) -> list[Difference]:
    """Return the columns of one value that two records tell differently, so that one must stay."""
    found = []
    for column in shared(place, into):
        held, told = getattr(into, column.name), getattr(place, column.name)
        one = not column.many and not _joins(column)
        if one and held is not None and told is not None and held != told:
            found.append(Difference(column, column.kind.write(held), column.kind.write(told)))
    return found


def _joins(column: Column) -> bool:
    """Tell whether the texts of both stay, one behind the other: the notes of the staff."""
    return column.audience is Audience.STAFF and isinstance(column.kind, Prose)


def expect_columns(place: Place, into: Place, taken: Collection[str], but: Collection[str]) -> None:
    """Refuse columns to be taken in which two records do not differ."""
    known = [each.column.name for each in differences(place, into) if each.column.name not in but]
    if unknown := sorted({*taken} - {*known}):
        raise Refused(
            Text(
                "--take {names}: i due record differiscono in: {columns}",
                "--take {names}: the two records differ in: {columns}",
            ).filled(names=", ".join(unknown), columns=", ".join(known) or "—")
        )


def expect_two(place: Place, into: Place) -> None:
    """Refuse two records that cannot become one."""
    told = {"id": place.id, "into": into.id}
    if place.id == into.id or into.removed or place.removed:
        gone = next((each.id for each in (place, into) if each.removed), None)
        same = Text("{id} non si unisce a {into}", "{id} is not merged into {into}")
        removed = Text(
            "{id} non si unisce a {into}: {gone} è rimosso dal registro",
            "{id} is not merged into {into}: {gone} is removed from the registry",
        )
        raise Refused((removed if gone else same).filled(**told, gone=gone))
    if type(place) is not type(into):
        kinds = {"kind": type(place).label, "other": type(into).label}
        raise Refused(
            Text(
                "{id} ({kind}) e {into} ({other}) sono di tipi diversi e non si uniscono: se uno è"
                " diventato l'altro, «bencomune link {id} became {into}»; se uno è di troppo,"
                " «bencomune {name} remove {id}»",
                "{id} ({kind}) and {into} ({other}) are of different kinds and are not merged: if"
                " one became the other, “bencomune link {id} became {into}”; if one is too many,"
                " “bencomune {name} remove {id}”",
            ).filled(**told, **kinds, name=place.name_of_kind)
        )
    if _outlives(place, into):
        raise Refused(
            Text(
                "{id} è in vita e {into} è «{state}»: unirli nell'altro verso, «bencomune merge"
                " {into} {id}», o dare prima a {into} lo stato giusto",
                "{id} is alive and {into} is “{state}”: merge them the other way, “bencomune merge"
                " {into} {id}”, or give {into} its right state first",
            ).filled(**told, state=type(into).column("state").kind.told(into.state))
        )
    if place.hidden != into.hidden:
        hidden = place.id if place.hidden else into.id
        raise Refused(
            Text(
                "{hidden} è nascosto e l'altro no: decidere prima con «bencomune edit {hidden}"
                " hidden=no», o nascondendo anche l'altro",
                "{hidden} is hidden and the other is not: decide first by “bencomune edit {hidden}"
                " hidden=no”, or by hiding the other too",
            ).filled(hidden=hidden)
        )


def _outlives(place: Place, into: Place) -> bool:
    """Tell whether what is known to be there would become part of what is not, or not yet."""
    gone = {"proposed": {"active", "paused", "closed"}, "closed": {"active", "paused"}}
    return place.state in gone.get(into.state, ())


def merge(registry: Registry, place: Place, into: Place, taken: Iterable[str] = ()) -> None:
    """Make a record part of another one of its kind, inside an operation. Raises Faulty, Refused.

    What the other lacks is filled, lists are united; where both tell something else, the other's
    own value stays but for the columns `taken`. The name that does not stay becomes another name.
    Whatever refers to the record refers to the other one; a relation `merged_into` leads there.
    """
    place, into = unchanged(registry, place), unchanged(registry, into)
    expect_two(place, into)
    context = registry.context()
    if texts := united(registry, place, into, set(taken)):
        registry.change(into, texts, context)
    for relation in list(registry.store.select(Relation, "?1 IN (subject, object)", (place.id,))):
        known, moved = _moved(registry, relation, place, into)
        if moved:
            registry.change(relation, moved, context)
            continue
        if known and (filled := _filled(relation, known)):
            registry.change(known, filled, context)
        registry.delete(relation)
    for record, name in list(_referring(registry, place)):
        registry.change(record, {name: into.id}, context)
    registry.add(Relation, {"subject": place.id, "role": MERGED, "object": into.id})
    registry.set_removed(place, removed=True)


def put_back(registry: Registry, place: Place) -> list[str]:
    """Put a removed record back, inside an operation; return the ids of what it was part of.

    One that lives leads nowhere else. What went over to the other one stays there.
    """
    leading = list(registry.store.select(Relation, "subject = ? AND role = ?", (place.id, MERGED)))
    for relation in leading:
        registry.delete(relation)
    registry.set_removed(place, removed=False)
    return [relation.object for relation in leading]


def unchanged(registry: Registry, place: Place) -> Place:
    """Return a record as it is now; refuse where somebody changed it since it was shown."""
    current = registry.store.get(type(place), place.id)
    if current is None or current.version != place.version:
        raise Refused(
            Text(
                "intanto qualcun altro ha modificato {id}: non è stato scritto niente, guardarlo"
                " di nuovo",
                "somebody else changed {id} meanwhile: nothing was written, look at it again",
            ).filled(id=place.id)
        )
    return current


def united(registry: Registry, place: Place, into: Place, taken: Collection[str]) -> dict[str, str]:
    """Return the texts of the columns that change in a record that takes another one in."""
    group, gone_masked = together(registry, place, into)
    empty = all(getattr(into, name, None) in (None, ()) for name in group)
    asked = bool(group & {*taken})
    brought = (asked or (empty and not gone_masked)) and _located(place, group)
    values: dict[str, Any] = {}
    for column in shared(place, into):
        held, told = getattr(into, column.name), getattr(place, column.name)
        if column.name in group:
            wanted = told if brought and (asked or told is not None) else held
        elif _joins(column) and held and told:
            wanted = held if told in held else f"{held}\n{place.id}: {told}"
        elif column.many:
            wanted = (*held, *(each for each in told if each not in held))
        else:
            wanted = told if told is not None and (held is None or column.name in taken) else held
        if wanted != held:
            values[column.name] = wanted
    if _masked(registry, into) and not _masked(registry, into.replaced(**values)):
        values = {
            name: v for name, v in values.items() if name in taken or name not in _deciding(into)
        }
    names = _names(place, into, values.get("name", into.name))
    if names != into.alt_names:
        values["alt_names"] = names
    return {name: type(into).column(name).text(value) for name, value in values.items()}


def together(registry: Registry, place: Place, into: Place) -> tuple[frozenset[str], bool]:
    """Return the columns that go together, and whether only a person's word brings them over.

    They are the point, and the address too where one record is masked and the other is not: so no
    address that is kept from the public comes out by becoming another record's.
    """
    gone_masked, stays_masked = (_masked(registry, each) for each in (place, into))
    if gone_masked == stays_masked:
        return POINT, False
    hidden = {c.name for c in type(into).columns if c.audience is Audience.MASKED}
    return POINT | hidden | ({"seat_public"} if into.has("seat_public") else set()), gone_masked


def _masked(registry: Registry, place: Place) -> bool:
    """Tell whether the public view would mask a record that is as told."""
    row = place.to_row()
    names = [column.name for column in place.columns]
    told = ", ".join(f"? AS {quoted(name)}" for name in names)
    sql = f"SELECT {place.masked_when} FROM (SELECT {told}) AS r"
    values = [row.get(name) for name in names]
    return bool(registry.store.connection.execute(sql, values).fetchone()[0])


def _deciding(place: Place) -> set[str]:
    """Return the columns by which the public view decides whether a record is masked."""
    return set(re.findall(r"\br\.(\w+)", place.masked_when))


def _located(place: Place, group: Collection[str]) -> bool:
    """Tell whether a record has a point, or an address where that goes with it."""
    return place.lat is not None or ("street" in group and place.street is not None)


def _names(place: Place, into: Place, name: str) -> tuple[str, ...]:
    """Return the other names: those of both, and the name that does not stay."""
    told = (*into.alt_names, into.name, place.name, *place.alt_names)
    known = {folded(name): name}
    for each in told:
        known.setdefault(folded(each), each)
    return tuple(known.values())[1:]


def _moved(
    registry: Registry, relation: Relation, place: Place, into: Place
) -> tuple[Relation | None, dict[str, str]]:
    """Return what changes in a relation that the other record takes over.

    Nothing where it would be one of the record to itself, or where there is already such a one,
    which is returned too.
    """
    ends = {end: getattr(relation, end) for end in ("subject", "object")}
    moved = {end: into.id if held == place.id else held for end, held in ends.items()}
    same = "role = ?1 AND since IS ?2 AND id <> ?3 AND (?4, ?5) IN ((subject, object)"
    same += ", (object, subject))" if relation.role in MUTUAL else ")"
    told = (relation.role, relation.since, relation.id, moved["subject"], moved["object"])
    known = next(registry.store.select(Relation, same, told), None)
    if known or moved["subject"] == moved["object"]:
        return known, {}
    return None, {end: id_ for end, id_ in moved.items() if id_ != ends[end]}


def _filled(relation: Relation, known: Relation) -> dict[str, str]:
    """Return what a relation tells that another of the same ends lacks. Raises Refused.

    Two that say something else, one that ended and one that goes on too, are for a person to
    settle: nothing of them is lost.
    """
    filled: dict[str, str] = {}
    for column in Relation.columns:
        if column.automatic or column.name in {"subject", "object"}:
            continue
        told, held = getattr(relation, column.name), getattr(known, column.name)
        if told == held or (told is None and column.name != "until"):
            continue
        if held is not None or column.name == "until":
            raise Refused(
                Text(
                    "{one} e {other} sono la stessa relazione e dicono altro in «{label}»:"
                    " correggerne o toglierne una, poi unire",
                    "{one} and {other} are the same relation and differ in “{label}”: mend or"
                    " remove one of them, then merge",
                ).filled(one=relation.id, other=known.id, label=column.label)
            )
        filled[column.name] = column.text(told)
    return filled


def _referring(registry: Registry, place: Place) -> Iterator[tuple[Record, str]]:
    """Yield what else refers to a record, with the column: contacts, groups that meet there."""
    for entity in ENTITIES:
        for column in entity.columns if entity not in {Relation, Distinction} else ():
            kind = column.kind
            if isinstance(kind, Reference) and kind.table in {"ids", place.table}:
                where = f"{quoted(column.name)} = ?"
                for record in registry.store.select(entity, where, (place.id,)):
                    yield record, column.name
