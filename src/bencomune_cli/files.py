"""A registry's file on the disk: made for its owner alone, opened, closed to all others."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .errors import Refused, reason
from .faults import DAMAGED, PRAGMAS, at, said
from .words import Text


def make(path: Path) -> None:
    """Make an empty file for its owner alone. Raises Refused where something is already."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        raise Refused(
            at(path, Text("esiste già: non lo tocco", "is already there: left as it is"))
        ) from None
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
