"""A registry put back from a copy: looked at, prepared beside it, swapped in whole.

Where SQLite can lock the file that is there, its contents are replaced in one transaction of its
own, so that commands that have it open wait, then read what was put back: none writes into a file
that is no more. What was there is kept first, byte for byte, whatever state it is in.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from . import erasures, history
from .backups import Backups, being_made, copy_into, expect_room, is_there, moment
from .errors import Refused, reason
from .faults import at, is_database, said
from .files import connect
from .history import Operation
from .store import WAIT, Store
from .surroundings import journal_of
from .whole_files import sync
from .wholeness import State, expect_whole, faults, looked_at, state_of
from .words import Text, joined

FORGET = "forget"
REPLACED = "-replaced"  # of the name of what was there before a copy was put back
_UNUSABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Plan(NamedTuple):
    """What putting a copy back would do.

    `now` is what is in the registry, None where it cannot be read, for the reason in `why_not`;
    `lost` are its operations that the copy has not, newest first; `apart` tells that the copy has
    operations of its own. `faults` are those of the copy.
    """

    source: Path
    copy: State
    faults: list[Text]
    now: State | None
    why_not: Text | None
    lost: list[Operation]
    apart: bool

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` shows."""
        return {
            "copy": str(self.source),
            "operation": self.copy.sequence,
            "at": self.copy.at,
            "records": self.copy.counts,
            "faults": [str(fault) for fault in self.faults],
            "registry": str(self.why_not) if self.why_not else "",
            "records_now": self.now.counts if self.now else None,
            "operations_since": [each.to_json() for each in self.lost],
            "other_history": self.apart,
        }


class Restored(NamedTuple):
    """What was done: what is in the registry now, and where what was there before is kept.

    `again` are the texts that had been erased since the copy was made, and were again.
    """

    state: State
    aside: Path | None
    notices: list[Text]
    again: int


class Restoring:
    """One copy that is to be put back as a registry; `ready` is the file that is swapped in."""

    def __init__(
        self, registry: Path, ready: Path, plan: Plan, erased: list[erasures.Erasure]
    ) -> None:
        self.registry = registry
        self.plan = plan
        self._erased = erased
        self._ready = ready

    def carry_out(self, shelf: Backups, who: str | None, why: str | None) -> Restored:
        """Put the copy back, and keep what is there. Raises Refused: then all is as it was."""
        with closing(Store.open(self._ready, writing=True)) as store:
            beside = Backups(self.registry, self.plan.source.absolute().parent)
            erased = sorted({*self._erased, *shelf.erasures(), *beside.erasures()})
            with store.operation("restore", who, why, always=True):
                again = erasures.again(store.connection, erased)
                store.connection.execute("DELETE FROM search_stamp")  # what search reads: anew
            if again:
                store.compact()
            state, told = state_of(store), store.notices
        shelf.make_folder()
        expect_room(shelf.folder, 2 * self._size())
        with being_made(shelf.folder, f"{self.registry.name}{REPLACED}") as kept:
            aside = self._swapped(shelf.next(REPLACED), kept, state)
        if looked_at(self.registry)[0] != state:
            wrong = Text("non è ciò che è stato rimesso", "is not what was put back")
            raise Refused(at(self.registry, wrong))
        return Restored(state, aside, told, again)

    def _size(self) -> int:
        there = self.registry.stat().st_size if self.registry.exists() else 0
        return max(there, self._ready.stat().st_size)

    def _swapped(self, aside: Path, kept: Path, state: State) -> Path | None:
        """Swap the copy in, of which the state is told; return where what was there is kept."""
        try:
            if not (self.registry.exists() and self.registry.stat().st_size):
                _put_by(journal_of(self.registry), journal_of(aside))
                self._ready.replace(self.registry)
                sync(self.registry.parent)
                return None
            # Closed last: closing a file frees all locks that this process has on it.
            with self.registry.open("rb") as there:
                if not self._replaced(there, kept, aside):
                    self._exchanged(there, kept, aside)
        except (Refused, OSError) as error:
            told = (
                error if isinstance(error, Refused) else Refused(at(self.registry, reason(error)))
            )
            raise self._failed(aside, told, state) from None
        return aside

    def _failed(self, aside: Path, told: Refused, state: State) -> Refused:
        """Return what is said where the swap failed: what is there now, and where what was.

        What was kept aside goes, where it is still in its place; else it is the only one.
        """
        now = None
        with suppress(Refused, OSError):
            now = looked_at(self.registry)[0]
            if now == self.plan.now:
                aside.unlink(missing_ok=True)
        if now == state:
            told = Refused(at(self.registry, _UNCONFIRMED))
        if is_there(aside):
            kept = Text("ciò che c'era è anche in {aside}", "what was there is also in {aside}")
            told = Refused(joined("; ", [told.text, kept.filled(aside=aside)]))
        return told

    def _replaced(self, there: BinaryIO, kept: Path, aside: Path) -> bool:
        """Replace the contents under SQLite's own locks; False for a file that it cannot read."""
        try:
            with closing(_locked(self.registry)) as target:
                self._expect_as_planned(target)
                _keep(there, kept, aside)
                with closing(sqlite3.connect(self._ready)) as source:
                    source.backup(target)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNUSABLE:
                return False
            with said(self.registry):
                raise
        return True

    def _exchanged(self, there: BinaryIO, kept: Path, aside: Path) -> None:
        """Put the copy in the place of a file that is no database any more."""
        _keep(there, kept, aside)
        _put_by(journal_of(self.registry), journal_of(aside))
        self._ready.replace(self.registry)
        sync(self.registry.parent)

    def _expect_as_planned(self, target: sqlite3.Connection) -> None:
        """Refuse where somebody wrote since the plan was shown: that would be lost unseen."""
        planned = (self.plan.now.sequence, self.plan.now.at) if self.plan.now else None
        if planned and history.last(target) != planned:
            told = Text(
                "intanto è stato scritto altro nel registro: riprovare",
                "meanwhile something else was written into the registry: try again",
            )
            raise Refused(told)


_UNCONFIRMED = Text(
    "il disco non ha confermato: la copia è nel file, ma se ora manca la corrente può andare persa."
    " Controllare il disco",
    "the disk did not confirm: the copy is in the file, but may be lost if the power goes now."
    " Check the disk",
)


@contextmanager
def planned(registry: Path, source: Path) -> Iterator[Restoring]:
    """Look at a copy and prepare it beside the registry; nothing of that is changed.

    Raises Refused for a file that is no registry, is damaged or of a newer program.
    """
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store.open(source)))
        if registry.exists() and registry.samefile(source):
            raise Refused(at(source, Text("è il registro stesso", "is the registry itself")))
        ready = stack.enter_context(being_made(registry.parent, f"{registry.name}.restored"))
        expect_room(registry.parent, source.stat().st_size)
        with moment(store.connection, source):
            expect_whole(store)
            copy_into(store.connection, ready)
            copy, wrong = state_of(store), list(faults(store.connection))
            compared = _compared(registry, store.connection)
        plan = Plan(source, copy, wrong, *compared)
        yield Restoring(registry, ready, plan, _erased(registry) if plan.now else [])


def _erased(registry: Path) -> list[erasures.Erasure]:
    with closing(Store.open(registry)) as there, said(registry):
        return erasures.kept_in(there.connection)


def _compared(
    registry: Path, copy: sqlite3.Connection
) -> tuple[State | None, Text | None, list[Operation], bool]:
    """Return what is in the registry, or why that is not known, and how their histories differ."""
    if not registry.exists():
        return None, Text("non c'è", "is not there"), [], False
    try:
        with closing(Store.open(registry)) as there, said(registry):
            lost, apart = _differing(there.connection, copy)
            return state_of(there), None, lost, apart
    except Refused as refused:
        if not _beyond_reading(registry, refused):
            raise
        return None, refused.text, [], False


def _differing(there: sqlite3.Connection, copy: sqlite3.Connection) -> tuple[list[Operation], bool]:
    """Return the operations that the copy has not, and whether it has any of its own."""
    sql = "SELECT seq, at, command FROM operations ORDER BY seq"
    ours, theirs = (each.execute(sql).fetchall() for each in (there, copy))
    while theirs and theirs[-1][2] == FORGET:  # a copy from which something was erased since
        theirs.pop()
    common = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        common += 1
    lost = history.operations(there, limit=len(ours) - common) if len(ours) > common else []
    return lost, len(theirs) > common


def _beyond_reading(registry: Path, refused: Refused) -> bool:
    """Tell whether a file is refused because it is no database any more, or a damaged one."""
    cause = refused.__cause__
    if cause is None:
        return registry.is_file() and not is_database(registry)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in _UNUSABLE or "decode" in str(cause) or "malformed" in str(cause)


def _locked(registry: Path) -> sqlite3.Connection:
    """Open a file so that nobody else reads or writes it until it is closed."""
    connection = connect(registry, WAIT)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _put_by(journal: Path, place: Path) -> None:
    """Keep the journal of a file that is no more: SQLite would write its pages into the copy."""
    if journal.exists():
        journal.replace(place)
        sync(place.parent)
        sync(journal.parent)


def _keep(there: BinaryIO, kept: Path, aside: Path) -> None:
    """Copy an open file, byte for byte, and have the copy on the disk before it gets its name."""
    there.seek(0)
    with kept.open("wb") as file:
        shutil.copyfileobj(there, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    kept.replace(aside)
    sync(aside.parent)
