"""A person's data erased for good: sought wherever the program keeps anything, shown, taken out."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from . import erasures, targets
from .backups import Backups, being_made, copy_into, moment
from .decoded import UndecodableError, pieces
from .entities import NAMED, Contact
from .erasures import PERSONAL, Choose, Erasure, Place, Row
from .errors import Refused, reason
from .faults import at, said
from .publications import Publications
from .registry import Registry
from .remembered import Memory
from .settings import beside, read
from .sought import Sought, Spans
from .store import Store
from .whole_files import sync
from .wholeness import expect_whole, looked_at
from .words import Text

COMMAND = "forget"
_VALUES = PERSONAL[:-1]


class Plan(NamedTuple):
    """Where a person's data are: in the registry, in files beside it, in copies of it.

    `also` are places with an address or number of their contact that was not told: it may be an
    office's too, and stays. `kept` are files of earlier publications and drafts, which go; `out`
    are published files, which the next publication writes anew; `backups` are copies of the
    registry that hold them, `closed` what cannot be looked into; `ids` are identifiers made of
    them, which are never changed.
    """

    places: list[Place]
    also: list[Place]
    ids: list[str]
    kept: list[Path]
    out: list[Path]
    backups: list[Path]
    closed: list[Path]

    @property
    def nothing(self) -> bool:
        """Tell whether nothing was found that can be erased."""
        return not (self.places or self.kept or self.backups)

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` shows."""
        told = {name: list(map(str, paths)) for name, paths in self._asdict().items()}
        both = {"places": self.places, "also": self.also}
        return told | {n: [place._asdict() for place in found] for n, found in both.items()}


class Done(NamedTuple):
    """What was done: how many texts were erased, and the copies that still hold them."""

    erased: int
    left: list[Path]


class Person:
    """Whose data are to be erased: values that are told, and those of contacts that have them."""

    def __init__(
        self, connection: sqlite3.Connection, values: Iterable[str], contacts: Iterable[str] = ()
    ) -> None:
        self.told = Sought(values)
        self._of_contacts = _values_of(connection, self.told, set(contacts))
        known = {value for found in self._of_contacts.values() for value in found}
        self.all = Sought([*self.told.values, *sorted(filter(_is_long, known))])

    def within(self, connection: sqlite3.Connection) -> "Person":
        """Return the same person as a copy of the registry knows them."""
        return Person(connection, self.all.values)

    def choose(self, table: str, record: str, row: Row) -> Mapping[str, Spans]:
        """Return which parts of the texts of a row are to be erased, by column."""
        found = _standing(self.told, table, row)
        own = self._of_contacts.get(record, set())
        if table == Contact.table and not own.isdisjoint(_values_in(row)):
            found |= {name: ((0, len(row[name])),) for name in PERSONAL if row.get(name)}
        return found

    def choose_also(self, table: str, record: str, row: Row) -> Mapping[str, Spans]:
        """Return where values of those contacts stand besides."""
        chosen = self.choose(table, record, row)
        found = {
            name: tuple(part for part in spans if not _is_within(part, chosen.get(name, ())))
            for name, spans in _standing(self.all, table, row).items()
        }
        return {name: spans for name, spans in found.items() if spans}


def _is_within(part: tuple[int, int], spans: Spans) -> bool:
    return any(start <= part[0] and part[1] <= end for start, end in spans)


def _standing(sought: Sought, table: str, row: Row) -> dict[str, Spans]:
    entity = NAMED.get(table)
    return {
        name: spans
        for name, value in row.items()
        if isinstance(value, str)
        and erasures.may_hold(entity, name)
        and (spans := sought.spans(value))
    }


def planned(registry: Registry, person: Person, shelf: Backups) -> Plan:
    """Look for a person's data wherever they may be. Nothing is changed."""
    path, closed = registry.store.path, list[Path]()
    connection = registry.store.connection
    with said(path):
        places = erasures.places(connection, person.choose)
        also = erasures.places(connection, person.choose_also)
        ids = [str(row[0]) for row in connection.execute("SELECT id FROM ids ORDER BY id")]
        before = erasures.chosen_before(erasures.kept_in(connection))

    def holding(paths: Iterable[Path]) -> list[Path]:
        return [each for each in paths if _holds(each, person.all, closed)]

    return Plan(
        places,
        also,
        [each for each in ids if person.told.spans(each.replace("-", " "))],
        holding(_beside(path)),
        holding(_published(path)),
        [each for each in shelf.kept().values() if _copy_holds(each, person, before, closed)],
        closed,
    )


def carry_out(
    registry: Registry, person: Person, plan: Plan, shelf: Backups, why: str, *, backups: bool
) -> Done:
    """Erase a person's data in one operation, then what was kept of them beside the registry.

    From `backups` only where that is told. Raises Refused; done again, it goes on.
    """
    store = registry.store
    with store.operation(COMMAND, registry.who, why, always=True):
        erased = erasures.erase(store.connection, person.choose, registry.watch)
        erasures.remember(store.connection, erased)
    left = list(plan.backups)
    try:
        finish(registry, shelf)
        for path in plan.kept:
            path.unlink(missing_ok=True)
            sync(path.parent)
        for path in plan.backups if backups else ():
            _rewrite(path, person, erasures.kept_in(store.connection), (registry.who, why))
            left.remove(path)
    except (Refused, OSError) as error:
        raise _unfinished(store.path, error) from error
    return Done(len(erased), left)


def finish(registry: Registry, shelf: Backups) -> None:
    """Leave nothing of what was erased between the pages of the file, and tell its copies."""
    registry.store.compact()
    shelf.note_erasures(erasures.kept_in(registry.store.connection))
    Memory(registry).path.unlink(missing_ok=True)


def _unfinished(path: Path, error: Refused | OSError) -> Refused:
    told = Text(
        "cancellato dal registro e dalla sua storia, ma non ancora da tutto ciò che sta accanto:"
        " {why}. Rimediare, poi ripetere lo stesso comando: va avanti da lì",
        "erased from the registry and its history, but not yet from all that is beside it: {why}."
        " Mend that, then run the same command again: it goes on from there",
    )
    why = error.text if isinstance(error, Refused) else reason(error)
    return Refused(at(path, told.filled(why=why)))


def _is_long(value: str) -> bool:
    with suppress(Refused):
        return bool(Sought([value]).values)
    return False


def _values_in(row: Row) -> set[str]:
    return {value for name in _VALUES if (value := row.get(name)) and isinstance(value, str)}


def _values_of(
    connection: sqlite3.Connection, told: Sought, asked: set[str]
) -> dict[str, set[str]]:
    """Return the names, addresses and numbers of contacts that are meant, by id.

    An id may have been given twice: what a contact was counts while it has a value in common.
    """
    versions: dict[str, list[set[str]]] = {}
    for record, row in erasures.versions(connection, Contact):
        versions.setdefault(record, []).append(_values_in(row))
    found = {}
    for record, each in versions.items():
        own = set(each[-1]) if record in asked else set()
        own |= {value for values in each for value in values if told.spans(value)}
        while grown := [v for v in each if not own.isdisjoint(v) and not v <= own]:
            own |= set().union(*grown)
        if own:
            found[record] = own
    return found


def _beside(path: Path) -> Iterator[Path]:
    """Yield what is kept beside a registry of what people answered and what was published."""
    yield from sorted(path.parent.glob(f"{path.name}.draft-*"))
    shelf = Publications(path)
    for name in shelf.names():
        yield from sorted(each for each in shelf.files_of(name).glob("*") if each.is_file())
    yield from sorted(each for each in (shelf.folder / "held").rglob("*") if each.is_file())


def _published(path: Path) -> Iterator[Path]:
    """Yield the files that are out, as far as publications tell where."""
    runs = (run.get("folder") for run in Publications(path).runs())
    last = next((told for told in runs if isinstance(told, str)), None)
    settings = read(beside(path), targets.sections())["publish"].folder
    folder = settings if last is None else Path(last)
    with suppress(OSError):
        yield from sorted(each for each in folder.iterdir() if each.is_file())


def _holds(path: Path, sought: Sought, closed: list[Path]) -> bool:
    try:
        return any(sought.spans(text) for text, _ in pieces(path))
    except (UndecodableError, OSError):
        closed.append(path)
        return False


def _copy_holds(path: Path, person: Person, before: Choose, closed: list[Path]) -> bool:
    """Tell whether a copy of the registry holds a person's data, or what was erased before."""
    try:
        with closing(Store.open(path)) as store, said(path):
            own = person.within(store.connection).choose
            return any(erasures.places(store.connection, choose) for choose in (own, before))
    except Refused:
        closed.append(path)
        return False


def _rewrite(path: Path, person: Person, known: list[Erasure], by: tuple[str | None, str]) -> None:
    """Erase a person's data from a copy of the registry, which is swapped in whole."""
    with being_made(path.parent, path.stem) as new:
        with closing(Store.open(path)) as store, moment(store.connection, path):
            expect_whole(store)
            copy_into(store.connection, new)
        with closing(Store.open(new, writing=True)) as copy:
            with copy.operation(COMMAND, *by, always=True):
                erasures.again(copy.connection, known)
                own = person.within(copy.connection).choose
                erasures.remember(copy.connection, erasures.erase(copy.connection, own))
            copy.compact()
        if faults := looked_at(new)[1]:
            raise Refused(at(path, faults[0]))
        new.replace(path)
        sync(path.parent)
