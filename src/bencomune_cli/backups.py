"""Copies of a registry, kept for its owner alone: made whole, looked at, the oldest taken away.

Without another place they are in a folder beside the registry, named by number and day.
"""

import fcntl
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from .drafts import swap_in
from .erasures import Erasure, kept_in
from .errors import Refused, reason
from .faults import at, refusing, said
from .kinds.times import today
from .store import Store
from .surroundings import journal_of
from .whole_files import sync
from .wholeness import State, expect_whole, looked_at, state_of
from .words import Text

KEEP = 30  # copies: a month of nights
_NEW = ".bencomune-new"
_ERASED = "erasures.json"
_ROOM = 10_000_000  # bytes that stay free besides the copy


class Made(NamedTuple):
    """A copy: its file, what is in it, what is wrong in it, and which old ones were taken away.

    `new` is False where the last one was as the registry is, and no other was made.
    """

    path: Path
    state: State
    faults: list[Text]
    removed: list[Path]
    new: bool = True


class Backups:
    """The copies of one registry in one folder."""

    def __init__(self, registry: Path, folder: Path | None = None) -> None:
        self.folder = folder or registry.with_name(f"{registry.name}.backups")
        self._name = re.compile(rf"{re.escape(registry.stem)}-(\d{{5,}})-\d{{4}}-\d\d-\d\d.*\.db")
        self._stem = registry.stem
        self._own = folder is None

    def kept(self) -> dict[int, Path]:
        """Return the copies that are there by number, oldest first."""
        found = {}
        with suppress(OSError):
            for path in self.folder.iterdir():
                if (name := self._name.fullmatch(path.name)) and path.is_file():
                    found[int(name[1])] = path
        return dict(sorted(found.items()))

    def next(self, suffix: str = "") -> Path:
        """Return the place of one more copy."""
        number = max(self.kept(), default=0) + 1
        return self.folder / f"{self._stem}-{number:05}-{today()}{suffix}.db"

    def glanced(self, path: Path) -> dict[str, Any]:
        """Return the last operation of a copy and its moment, None where it cannot be read."""
        with suppress(Refused), closing(Store.open(path)) as store:
            sequence, moment = store.moment()
            return {"operation": sequence, "at": moment}
        return {"operation": None, "at": None}

    def make_folder(self) -> None:
        """Make the folder, for its owner alone, where there is none. Raises Refused."""
        with refusing(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            sync(self.folder.parent)
        if self._own:
            with suppress(PermissionError):
                self.folder.chmod(0o700)

    def erasures(self) -> list[Erasure]:
        """Return what was erased, as it is told beside the copies. Raises Refused where damaged."""
        path = self.folder / _ERASED
        try:
            return [Erasure(*map(str, each)) for each in json.loads(path.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, RecursionError):
            told = Text(
                "non si legge: dice che cosa è stato cancellato per sempre, e senza non si rimette"
                " nessuna copia. Rimetterlo da un'altra cartella, oppure cancellarlo",
                "cannot be read: it tells what was erased for good, and without it no copy is put"
                " back. Put it back from another folder, or delete it",
            )
            raise Refused(at(path, told)) from None

    def note_erasures(self, erasures: Iterable[Erasure]) -> None:
        """Tell beside the copies what was erased, so that it is also where no registry is left."""
        known = self.erasures()
        told = sorted({*known, *erasures})
        if len(told) > len(known):
            self.make_folder()
            with refusing(self.folder):
                swap_in(self.folder / _ERASED, json.dumps(told, indent=0).encode())
                sync(self.folder)

    def make(self, store: Store, keep: int) -> Made:
        """Keep the registry as it is now, and of all copies the last so many. Raises Refused.

        Where it is as the last copy, and that one is well, it is not copied again. While something
        is wrong in the registry no copy is taken away: the older ones may be better.
        """
        self.make_folder()
        self.note_erasures(kept_in(store.connection))
        with being_made(self.folder, self._stem) as new:
            made = _copied(store, new)
            last = next(reversed(self.kept().values()), None)
            if last and _is_as(last, made):
                return made._replace(path=last, new=False)
            place = self.next()
            _put(new, place)
        return made._replace(path=place, removed=[] if made.faults else self._rotate(keep))

    def _rotate(self, keep: int) -> list[Path]:
        old = list(self.kept().values())[: -max(keep, 1)]
        for path in old:
            for each in (path, journal_of(path)):
                each.unlink(missing_ok=True)
        return old


def is_there(path: Path, *, folder: bool = False) -> bool:
    """Tell whether there is a file or folder of a name, however long."""
    with suppress(OSError):
        return path.is_dir() if folder else path.exists()
    return False


def written(store: Store, place: Path) -> Made:
    """Write a copy to a file, in the place of an earlier copy of the same registry alone."""
    with refusing(place):
        place = place.resolve()
        there, beside = place.exists(), place.parent.is_dir()
    if there:
        _expect_earlier(store, place)
    elif not beside:
        missing = Text("la cartella non esiste", "there is no such folder")
        raise Refused(at(place.parent, missing))
    with being_made(place.parent, place.name) as new:
        made = _copied(store, new)
        _put(new, place)
    return made._replace(path=place)


def _put(new: Path, place: Path) -> None:
    try:
        new.replace(place)
        sync(place.parent)
    except OSError as error:
        raise Refused(at(place, reason(error) if is_there(new) else _UNCONFIRMED)) from None


_UNCONFIRMED = Text(
    "il disco non ha confermato: la copia è nel file, ma se ora manca la corrente può andare persa."
    " Controllare il disco, poi ripetere",
    "the disk did not confirm: the copy is in the file, but may be lost if the power goes now."
    " Check the disk, then run it again",
)


def _is_as(last: Path, made: Made) -> bool:
    """Tell whether a copy holds the same, and nothing is wrong with it."""
    with suppress(Refused):
        return not made.faults and looked_at(last) == (made.state, [])
    return False


@contextmanager
def being_made(folder: Path, name: str) -> Iterator[Path]:
    """Give the path of a new file in a folder, its owner's alone; gone afterwards if not renamed.

    One at a time makes a file of a name; what a run that was killed left is taken over.
    """
    path = folder / f".{name}{_NEW}"
    descriptor = _locked(path)
    try:
        with refusing(path.parent):
            journal_of(path).unlink(missing_ok=True)
            os.ftruncate(descriptor, 0)
        yield path
    finally:
        with suppress(OSError):  # what cannot go now, the next run takes over
            journal_of(path).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        with refusing(path.parent):
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                os.fchmod(descriptor, 0o600)
                return descriptor
        except FileNotFoundError:
            pass  # the other one finished between the two lines
        except BlockingIOError:
            os.close(descriptor)
            told = Text(
                "un altro comando sta lavorando a questa copia: questo non fa niente",
                "another command is at work on this copy: this one does nothing",
            )
            raise Refused(at(path.parent.absolute(), told)) from None
        except OSError as error:
            os.close(descriptor)
            raise Refused(at(path.parent, reason(error))) from None
        os.close(descriptor)


def expect_room(folder: Path, size: int) -> None:
    """Refuse to begin where the disk has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size + _ROOM:
        told = Text(
            "sul disco non c'è posto: servono {need} MB, ce ne sono {free}; non è stato scritto"
            " niente",
            "there is no room on the disk: {need} MB are needed, there are {free}; nothing was"
            " written",
        )
        million = 1_000_000
        need, there = (size + _ROOM) // million + 1, free // million
        raise Refused(at(folder.absolute(), told.filled(need=need, free=there)))


def _copied(store: Store, new: Path) -> Made:
    """Copy a registry as it is at one moment, look at the copy, and have it on the disk."""
    expect_room(new.parent, store.path.stat().st_size)
    with moment(store.connection, store.path):
        expect_whole(store)
        copy_into(store.connection, new)
        state = state_of(store)
    found, faults = looked_at(new)
    if found != state:
        told = Text("la copia non è uguale: riprovare", "the copy is not equal: try again")
        raise Refused(at(new.parent, told))
    return Made(new, state, faults, [])


@contextmanager
def moment(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Read all of one state of a file: until the end others may begin to write, not finish."""
    with said(path):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def copy_into(connection: sqlite3.Connection, new: Path) -> None:
    """Copy an open database into an empty file, synced."""
    with said(new), closing(sqlite3.connect(new)) as copy:
        connection.backup(copy)
    with refusing(new):
        sync(new)


def _expect_earlier(store: Store, place: Path) -> None:
    """Refuse to write over what is no copy of this registry, or knows what it does not."""
    if place.samefile(store.path):
        raise Refused(at(place, Text("è il registro stesso", "is the registry itself")))
    try:
        with closing(Store.open(place)) as there, said(place):
            same = is_earlier(there.connection, store.connection)
    except Refused as refused:
        told = Text("{why}; non lo sovrascrivo", "{why}; not written over")
        raise Refused(told.filled(why=refused.text)) from None
    if not same:
        told = Text(
            "non è una copia precedente di questo registro: non la sovrascrivo",
            "is no earlier copy of this registry: not written over",
        )
        raise Refused(at(place, told))


def is_earlier(one: sqlite3.Connection, other: sqlite3.Connection) -> bool:
    """Tell whether the operations of one file are all in another, which may have more."""
    sql = "SELECT seq, at, command FROM operations WHERE seq IN (1, ?)"
    (last,) = one.execute("SELECT coalesce(max(seq), 0) FROM operations").fetchone()
    return one.execute(sql, (last,)).fetchall() == other.execute(sql, (last,)).fetchall()
