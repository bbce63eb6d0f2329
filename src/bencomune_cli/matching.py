"""Which record of the registry a row of a file is of, so that a file can be brought in again.

A row is known by its id, by its identifier in its source, by what tells one record from all others
(an organisation's tax code), and at last by its name, where address and point do not speak against.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from . import history
from .declare import Column, Record
from .entities import PLACES, Place, Relation
from .entities.relation import MERGED
from .errors import Unreadable
from .folding import folded
from .registry import Registry
from .sql import quoted
from .tallies import Tally
from .views import public_sql
from .words import Text

# Where two records of one name differ, they are two.
TELLING = ("municipality", "street", "number", "lat", "lon", "started_on")
ROUNDED = 1.5e-6  # degrees, about 15 cm: what files and other reference systems round away
NEAR = 0.0005  # degrees, about 50 metres: a point that was set anew


class Match(NamedTuple):
    """A record that a row is of; by `id` of None, none, with the reason where it is in doubt."""

    id: str | None
    doubt: Text | None = None


NEW = Match(None)


def identifiers(entity: type[Place]) -> Sequence[str]:
    """Return the columns of which each value is of one record."""
    return ("id", "source_id", *entity.natural_keys)


class Matches:
    """The records of one kind, by everything that a row may be known by."""

    def __init__(self, registry: Registry, entity: type[Place], source: str | None) -> None:
        self.entity = entity
        self.source = source
        self._removed: set[str] = set()
        self._heirs: dict[str, str] = {}
        self._ids: set[str] = set()
        self._others: dict[str, str] = {}
        self._keys: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._told: dict[str, tuple[Any, ...]] = {}
        # By the hashes of what tells rows: two of one hash, one in ten million files of a million
        # rows, would be told as one; the texts would take ten times the memory.
        self._given = Tally()
        self._read(registry)

    def _read(self, registry: Registry) -> None:
        entity = self.entity
        names = ("id", "removed", "name", "source", "source_id", *entity.natural_keys, *TELLING)
        for row in registry.store.values_of(entity, names):
            told = dict(zip(names, row, strict=True))
            id_ = told["id"]
            self._ids.add(id_)
            if told["removed"]:
                self._removed.add(id_)
                continue
            self._told[id_] = tuple(told[name] for name in TELLING)
            self._keys["name", folded(told["name"]) or ""].append(id_)
            if told["source_id"] and self.source in (told["source"] or "").split(" | "):
                self._keys["source_id", told["source_id"]].append(id_)
            for name in entity.natural_keys:
                if told[name]:
                    self._keys[name, told[name]].append(id_)
        merged = registry.store.select(Relation, "role = ?", (MERGED,))
        for id_ in {each.subject for each in merged} & self._removed:
            if (place := registry.store.get(entity, id_)) and (heir := registry.finder.heir(place)):
                self._heirs[id_] = heir.id
        for other in PLACES:
            if other is not entity:
                ids = registry.store.values_of(other, ("id",))
                self._others.update((id_, other.name_of_kind) for (id_,) in ids)

    def of(self, values: Mapping[str, Any]) -> Match:
        """Return the record that the values of a row are of."""
        if id_ := values.get("id"):
            return self._by_id(id_)
        for name in identifiers(self.entity)[1:]:
            if found := self._keys.get((name, values.get(name) or "")):
                return Match(found[0]) if len(found) == 1 else _several(found)
        if values.get("source_id"):
            return NEW
        return self._by_name(values)

    def twice(
        self, number: int, values: Mapping[str, Any], match: Match, stored: Sequence[Any]
    ) -> Text | None:
        """Return why a row says again what an earlier row of the file said; None if it does not.

        `stored` is what a record that it makes would be stored as.
        """
        keys = [(n, str(values[n])) for n in identifiers(self.entity) if values.get(n)]
        if match.id:
            keys.append(("id", match.id))
        told: list[Any] = keys
        if not keys and values.get("name"):  # one without a name has that to be mended first
            told = [stored]
        for earlier in (self._given.first(hash(each), number) for each in told):
            if earlier != number:
                return Text(
                    "dice lo stesso record della riga {row}: lasciarne una",
                    "it is of the same record as row {row}: leave one of them",
                ).filled(row=earlier)
        return None

    def _by_id(self, id_: str) -> Match:
        if heir := self._heirs.get(id_):
            told = Text(
                "«{id}» è confluito in «{heir}»: scrivere quell'identificativo, o togliere la riga",
                "“{id}” was merged into “{heir}”: write that identifier, or take the row away",
            )
            return Match(None, told.filled(id=id_, heir=heir))
        if id_ in self._removed:
            told = Text(
                "«{id}» è stato rimosso: rimetterlo con «bencomune {kind} restore {id}», o togliere"
                " la riga",
                "“{id}” was removed: put it back by “bencomune {kind} restore {id}”, or take the"
                " row away",
            )
            return Match(None, told.filled(id=id_, kind=self.entity.name_of_kind))
        if kind := self._others.get(id_):
            told = Text("«{id}» è di un altro tipo: {kind}", "“{id}” is of another kind: {kind}")
            return Match(None, told.filled(id=id_, kind=kind))
        return Match(id_ if id_ in self._ids else None)

    def _by_name(self, values: Mapping[str, Any]) -> Match:
        named = self._keys.get(("name", folded(values.get("name")) or ""), ())
        fitting = [id_ for id_ in named if self._fits(self._told[id_], values)]
        if len(fitting) > 1:
            told = [values.get(name) for name in TELLING]
            same = [id_ for id_ in fitting if list(self._told[id_]) == told]
            return Match(same[0]) if len(same) == 1 else _several(fitting)
        return Match(fitting[0]) if fitting else NEW

    def _fits(self, told: tuple[Any, ...], values: Mapping[str, Any]) -> bool:
        return not any(
            held is not None and values.get(name) is not None and _differ(held, values[name])
            for name, held in zip(TELLING, told, strict=True)
        )


def _differ(held: Any, other: Any) -> bool:
    if isinstance(held, float):
        return bool(abs(held - other) > NEAR)
    return bool(folded(held) != folded(other))


def _several(ids: Iterable[str]) -> Match:
    told = Text(
        "può essere più di un record: {ids}; scrivere quale nella colonna «id»",
        "it may be more than one record: {ids}; write which one in the column “id”",
    )
    return Match(None, told.filled(ids=", ".join(sorted(ids))))


def moment_of(text: str) -> str:
    """Return a moment as the registry writes it, of what programs make of it; else the text."""
    try:
        moment = dt.datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return text.strip()
    there = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return there.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moved(record: Record, values: Mapping[str, Any]) -> bool:
    """Tell whether values give a record another point, by more than files round it."""
    told = [(getattr(record, name), values.get(name)) for name in ("lat", "lon") if name in values]
    return any(a is None or b is None or abs(a - b) > ROUNDED for a, b in told)


def published(registry: Registry, record: Record, names: Iterable[str]) -> dict[str, Any]:
    """Return what files show of some columns of a record: rounded, and masked where it is."""
    entity = type(record)
    columns = [c for c in map(entity.column, names) if c.published]
    if not columns:
        return {}
    shown = ", ".join(c.kind.sql_text(f"({public_sql(c, entity)})") for c in columns)
    sql = f"SELECT {shown} FROM {quoted(entity.table)} AS r WHERE id = ?"
    row = registry.store.connection.execute(sql, (record.id,)).fetchone()
    return {c.name: _read(c, text) for c, text in zip(columns, row, strict=True)}


def _read(column: Column, text: Any) -> Any:
    try:
        return column.kind.read(str(text)) if text is not None else None
    except Unreadable:
        return text


def as_of(registry: Registry, record: Record, version: str, moment: str) -> Record | None:
    """Return a record as it was in a version, or at a moment, that a file tells; None if as now.

    Raises Unreadable for a version that the record never had.
    """
    now = getattr(record, "version", None)
    if (version and version == str(now)) or (not version and moment >= record.updated_at):  # type: ignore[attr-defined]
        return None
    for told in history.earlier(registry.store.connection, type(record).table, record.id):
        if str(told.get("version")) == version or (not version and told["updated_at"] <= moment):
            return type(record).from_row(told)
    raise Unreadable(
        Text(
            "la versione {version} del record non si trova nella storia: esportarlo di nuovo",
            "version {version} of the record is not in the history: export it again",
        ).filled(version=version or moment)
    )
