"""The tables that are no entity's: history and its seals, ids, the index of search."""

from .sql import Made

_GIVEN = " WHEN EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq)"


def _kept(table: str, event: str, guard: str) -> Made:
    """Return a trigger that lets nothing of the history be changed."""
    name = f"{table}_kept_on_{event}"
    sql = (
        f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table}{guard.format(table=table)} BEGIN"
        " SELECT RAISE(ABORT, 'bencomune: history is never changed'); END"
    )
    return Made("trigger", name, sql)


# Put aside where many changes that are surely new are written at once.
KEPT_ON_INSERT = _kept("changes", "insert", _GIVEN)

MACHINE = (
    Made(
        "table",
        "shape",
        "CREATE TABLE shape (type TEXT NOT NULL, name TEXT NOT NULL PRIMARY KEY,"
        " sql TEXT NOT NULL) STRICT",
    ),
    Made(
        "table",
        "operations",
        "CREATE TABLE operations (seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL,"
        " who TEXT, command TEXT NOT NULL, why TEXT,"
        " undoes INTEGER REFERENCES operations (seq)) STRICT",
    ),
    Made(
        "table",
        "current_operation",
        "CREATE TABLE current_operation (operation INTEGER NOT NULL PRIMARY KEY"
        " REFERENCES operations (seq), at TEXT NOT NULL) STRICT",
    ),
    Made(
        "table",
        "changes",
        "CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
        " operation INTEGER NOT NULL REFERENCES operations (seq), entity TEXT NOT NULL,"
        " record TEXT NOT NULL, before TEXT, after TEXT) STRICT",
    ),
    Made(
        "table",
        "ids",
        "CREATE TABLE ids (id TEXT NOT NULL PRIMARY KEY, entity TEXT NOT NULL) STRICT",
    ),
    # A checksum of each operation and its changes, written by the operation itself, or by the next.
    Made(
        "table",
        "seals",
        "CREATE TABLE seals (operation INTEGER NOT NULL PRIMARY KEY REFERENCES operations (seq),"
        " crc INTEGER NOT NULL) STRICT",
    ),
    # Of each text that was erased for good, a salted digest and which parts were: enough to erase
    # it again from an older copy, and nothing of what it said.
    Made(
        "table",
        "erasures",
        "CREATE TABLE erasures (entity TEXT NOT NULL, record TEXT NOT NULL, name TEXT NOT NULL,"
        " spans TEXT NOT NULL, salt TEXT NOT NULL, digest TEXT NOT NULL PRIMARY KEY) STRICT",
    ),
    # The records that rules hold back, as the last export found them: the public views leave them
    # out, with all that names them.
    Made("table", "withheld", "CREATE TABLE withheld (id TEXT NOT NULL PRIMARY KEY) STRICT"),
    # What `search` reads: each record's folded name and its number in the index, and up to which
    # change that goes. Not kept by triggers: until SQLite 3.41 those may not touch FTS5 under
    # trusted_schema = OFF, and other programs may not have it.
    Made(
        "table",
        "search_records",
        "CREATE TABLE search_records (number INTEGER PRIMARY KEY, entity TEXT NOT NULL,"
        " record TEXT NOT NULL, removed INTEGER NOT NULL, name TEXT NOT NULL,"
        " UNIQUE (entity, record)) STRICT",
    ),
    Made(
        "table",
        "search_state",
        "CREATE TABLE search_state (seq INTEGER NOT NULL PRIMARY KEY) STRICT",
    ),
    # By which words and columns it was made: another release may know others.
    Made(
        "table",
        "search_stamp",
        "CREATE TABLE search_stamp (stamp INTEGER NOT NULL PRIMARY KEY) STRICT",
    ),
    Made("index", "changes_of_record", "CREATE INDEX changes_of_record ON changes (record)"),
    Made(
        "index", "changes_of_operation", "CREATE INDEX changes_of_operation ON changes (operation)"
    ),
    *(
        _kept(table, event, guard)
        for table in ("operations", "changes")
        for event, guard in (("update", ""), ("delete", ""), ("insert", _GIVEN))
    ),
    *(
        Made(
            "trigger",
            f"ids_kept_on_{event}",
            f"CREATE TRIGGER ids_kept_on_{event} BEFORE {event.upper()} ON ids{guard} BEGIN"
            " SELECT RAISE(ABORT, 'bencomune: an id is never taken back'); END",
        )
        for event, guard in (
            ("update", ""),
            ("delete", " WHEN NOT EXISTS (SELECT 1 FROM current_operation)"),
        )
    ),
)

# Words come folded and parted by blanks, so that ASCII's own parting is all that FTS5 has to know.
# The names once more, in runs of three letters, for what was typed otherwise.
FULL_TEXT = (
    Made(
        "table",
        "search_words",
        "CREATE VIRTUAL TABLE search_words USING fts5"
        "(name, texts, tokenize = 'ascii', prefix = '2 3', detail = 'column')",
    ),
    Made(
        "table",
        "search_letters",
        "CREATE VIRTUAL TABLE search_letters USING fts5"
        "(name, tokenize = 'trigram', detail = 'none')",
    ),
)

SHADOWS = ("data", "idx", "content", "docsize", "config")  # tables that FTS5 makes for each of its
