"""What was found in a registry and may still hold: where it is kept, and what tells that it holds.

In the user's cache folder, never in the registry, which who looks does not touch; for its owner
alone. A memory goes up to one change of the history, and holds while that change is in the past.
"""

import os
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import __version__
from .declare import Record
from .entities import Area, Network
from .sql import quoted
from .vocabularies import fingerprint

_PACKAGE = Path(__file__).parent
_INSTALLED = {".dist-info", ".egg-info"}  # the folders that tell a library and its version


def place(registry: Path, kind: str, ending: str) -> Path:
    """Return where a kind of memory of a registry is kept."""
    home = os.environ.get("XDG_CACHE_HOME")
    folder = Path(home) / "bencomune" if home else Path("~/.cache/bencomune").expanduser()
    return folder / f"{kind}-{zlib.crc32(os.fsencode(registry.resolve())):08x}.{ending}"


def last_change(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return the number of the last change, and what tells it from any other of that number."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()
    return int(seq), change(connection, seq)


def change(connection: sqlite3.Connection, seq: int) -> str:
    """Return what tells one change from any other under its number."""
    row = connection.execute(
        "SELECT c.operation, o.at, c.entity, c.record, CAST(c.after AS BLOB) FROM changes AS c"
        " JOIN operations AS o ON o.seq = c.operation WHERE c.seq = ?",
        (seq,),
    ).fetchone()
    return f"{zlib.crc32(repr(row).encode()):08x} {seq}"


def stamp(connection: sqlite3.Connection, *more: Any) -> int:
    """Return a checksum of all that findings follow from, besides each record itself.

    It is of the program as it is installed with its libraries, the network and its areas, and what
    is told `more`.
    """
    told: list[Any] = [__version__, fingerprint(), *_program(), *_libraries(), *more]
    told += [_edition(connection, entity) for entity in (Network, Area)]
    return zlib.crc32(repr(told).encode())


def _edition(connection: sqlite3.Connection, entity: type[Record]) -> list[Any]:
    sql = f"SELECT id, version, updated_at FROM {quoted(entity.table)} ORDER BY id"
    return connection.execute(sql).fetchall()


def _program() -> Iterator[tuple[str, int, int]]:
    """Yield the size and the moment of each module: rules are made of many."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        told = path.stat()
        yield path.name, told.st_size, told.st_mtime_ns


def _libraries() -> list[str]:
    """Return the editions of Python and of all that is installed for it: rules rest on some."""
    found = {sys.version}
    for folder in sys.path:
        with suppress(OSError):
            found.update(each.name for each in Path(folder).iterdir() if each.suffix in _INSTALLED)
    return sorted(found)
