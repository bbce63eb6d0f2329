"""What stands in a folder: the records and their history as one digest, each file by its bytes."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from works import REGISTRY

from bencomune_cli.entities import ENTITIES
from bencomune_cli.sql import quoted

LOG = "runs.log"  # of publications: a line that is lost changes nothing
TABLES = [*(entity.table for entity in ENTITIES), "operations", "changes", "ids"]


class State(NamedTuple):
    """A folder at one moment: the digest of its registry, empty for none, and its other files."""

    registry: str
    files: dict[str, bytes]


def digest(connection: sqlite3.Connection) -> str:
    """Return the SHA-256 of every record and of all history."""
    hashed = hashlib.sha256()
    for table in TABLES:
        rows = connection.execute(f"SELECT * FROM {quoted(table)} ORDER BY 1")
        names = [column[0] for column in rows.description]
        for row in rows:
            told = [pair for pair in zip(names, row, strict=True) if pair[1] is not None]
            hashed.update(f"{table}{told}".encode())
    return hashed.hexdigest()


def state(folder: Path) -> State:
    """Return what is in a folder in which nothing runs."""
    path, found = folder / REGISTRY, ""
    if path.exists():
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            found = digest(connection)
    return State(found, files(folder))


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files but the registry's own, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(REGISTRY) and path.name != LOG
    }
