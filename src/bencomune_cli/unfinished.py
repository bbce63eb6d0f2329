"""SQLite files that are being made: nobody else's until they are whole, and made anew if not."""

import sqlite3
from pathlib import Path

PRAGMAS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "secure_delete = OFF",
    "cache_size = -500",  # KiB: rows are put behind each other, and no page is asked for again
)


def opened(path: Path) -> sqlite3.Connection:
    """Open such a file, or begin one; each statement is a transaction unless one is begun."""
    connection = sqlite3.connect(path, isolation_level=None)
    set_up(connection, "main")
    return connection


def set_up(connection: sqlite3.Connection, schema: str) -> None:
    """Have a file that a connection has open be written without care for what may come."""
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {schema}.{pragma}")
