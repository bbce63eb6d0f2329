"""A registry's file on the disk: made for its owner alone, opened, closed to all others."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .errors import Refused, reason
from .faults import DAMAGED, PRAGMAS, at, refusing, said, unconfirmed
from .words import Text

_TURN = 0.005  # seconds between two questions whether others have finished writing
_THERE = Text("esiste già: non lo tocco", "is already there: left as it is")


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """Give the passing name under which a file is made that gets its own once it is whole.

    A kill, or a cut of power, leaves none of the name. Raises Refused where something is already.
    """
    from .whole_files import sync

    new = path.with_name(f"{path.name}.new")
    if os.path.lexists(path):
        with suppress(OSError):  # its passing name, where that could not be taken away
            if new.samefile(path):
                new.unlink()
        raise Refused(at(path, _THERE))
    passing = (new.with_name(f"{new.name}-journal"), new)  # of a run that was killed, too
    try:
        with refusing(path):
            for each in passing:
                each.unlink(missing_ok=True)
            yield new
            _take_name(new, path)
    finally:
        for each in passing:
            with suppress(OSError):
                each.unlink(missing_ok=True)
    try:
        sync(path.parent)
    except OSError:
        raise unconfirmed(path, 1) from None


def _take_name(new: Path, path: Path) -> None:
    """Give a file its name, unless something has got it meanwhile."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        raise Refused(at(path, _THERE)) from None
    except OSError:  # a disk that knows no links
        new.rename(path)


def make(path: Path) -> None:
    """Make an empty file for its owner alone. Raises Refused where something is already."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        raise Refused(at(path, _THERE)) from None
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    os.close(descriptor)


def connect(path: Path, wait: float) -> sqlite3.Connection:
    """Open a file that is there; a writer is waited for as many seconds as told."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def begin(connection: sqlite3.Connection, wait: float, then: float) -> None:
    """Begin to write; others who do are waited for as many seconds as told, `then` as for all else.

    It is asked for all the time: SQLite asks the more seldom the longer one waits, and who came
    last would go first.
    """
    until = time.monotonic() + wait
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(_TURN)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {then * 1000:.0f}")


def copied(connection: sqlite3.Connection, path: Path, wait: float = 15) -> Path:
    """Copy an open file to a new one, for its owner alone; a writer is waited for so many seconds.

    Raises Refused.
    """
    make(path)
    with said(path), closing(sqlite3.connect(path, timeout=wait)) as copy:
        connection.backup(copy)
    return path


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Tell a fault as the damage of a file, where that has any: values then may be of any type."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if _is_whole(path):
            raise
        raise Refused(at(path, DAMAGED)) from error


def _is_whole(path: Path) -> bool:
    try:
        with closing(connect(path, wait=1)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:  # as where it is locked: nothing is known of it
        return True
    except sqlite3.DatabaseError:
        return False


def close_to_others(path: Path) -> list[Text]:
    """Take from a file what all users may do with it; return what there is to tell.

    What its group may do was given on purpose, to share it. Only the owner can take anything.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & stat.S_IRWXO:
        with suppress(PermissionError):
            path.chmod(mode & ~stat.S_IRWXO)
            told = Text(
                "tutti gli utenti del computer potevano leggerlo: ora non più",
                "all users of the computer could read it: now they cannot",
            )
            return [at(path, told)]
    return []
