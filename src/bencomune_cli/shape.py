"""The shape of a registry's file: made, recorded, compared at every open, and brought up to date.

The file itself records what was made (table `shape`), so that damage can be told from age: an
object that differs from the record is damage; a record that differs from the declarations is age.
"""

import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from .entities import ENTITIES
from .ledger import FULL_TEXT, SHADOWS
from .patterns import pattern
from .sql import Made, quoted
from .tables import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    column_sql,
    schema,
    triggers_of,
)
from .views import views
from .words import Text

_OURS = pattern(r"sqlite_")
_HASH = pattern(r"[0-9a-f]{64}")
_MISSING = Text("manca", "is missing")
_UNKNOWN = Text("l'oggetto", "the object")  # of a record that was damaged itself


def make(connection: sqlite3.Connection) -> None:
    """Create the whole schema in an empty database, inside the caller's transaction."""
    for made in schema():
        connection.execute(made.sql)
    _record(connection, [*schema(), *_shadows(_actual(connection))])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def damage(connection: sqlite3.Connection) -> list[Text]:
    """Return what is missing or changed of the objects that the file records as ours."""
    actual = _actual(connection)
    if "shape" not in actual:
        return [_problem(Made("table", "shape", ""), _MISSING)]
    recorded = _recorded(connection)
    problems = []
    if not _recorded_as(fingerprint(connection), _told(recorded), _checksum):
        problems.append(
            Text(
                "l'impronta dello schema non corrisponde",
                "the fingerprint of the schema does not match",
            )
        )
    for made in recorded:
        found = actual.get(made.name)
        if found is None:
            problems.append(_problem(made, _MISSING))
        elif found.type != made.type or not _same(made, found):
            problems.append(_problem(made, Text("è stato modificato", "was changed")))
    return problems


def additions(connection: sqlite3.Connection) -> list[Text]:
    """Return what other programs added: tables, views, indexes, triggers, columns."""
    recorded = {made.name: made for made in _recorded(connection)}
    found = []
    for name, made in _actual(connection).items():
        if name not in recorded:
            found.append(_problem(made, Text("è stato aggiunto", "was added")))
        elif made.type == "table" and made.sql != recorded[name].sql:
            extra = set(_pieces(made.sql)) - set(_pieces(recorded[name].sql))
            found += [
                _problem(made, Text("ha in più: {piece}", "also has: {piece}").filled(piece=piece))
                for piece in sorted(extra)
            ]
    return found


def fingerprint(connection: sqlite3.Connection) -> str:
    """Return the fingerprint that was recorded when the schema was made; empty for none."""
    row = connection.execute("SELECT sql FROM shape WHERE type = 'fingerprint'").fetchone()
    return str(row[0]) if row else ""


def outdated(connection: sqlite3.Connection) -> bool:
    """Tell whether this program would make the file otherwise than it is.

    A file of a newer program, with columns that this one does not declare, is left as it is.
    """
    if any(_missing(connection)):
        return True
    recorded = {made.name: made.sql for made in _recorded(connection)}
    kept = [made for made in schema() if made.type not in {"trigger", "view"}]
    if any(made.name not in recorded for made in kept):
        return True
    wanted = _remade(connection)
    return not _knows_more(connection) and any(
        recorded.get(made.name) != made.sql for made in wanted
    )


def bring_up_to_date(connection: sqlite3.Connection) -> bool:
    """Add the declared columns that are missing and remake triggers and views, in a transaction.

    Indexes that are declared no more are dropped, too. No row is touched. Triggers are made for
    every column the table has, also unknown ones. Tells whether the file was of an older program,
    not just with columns of other programs.
    """
    missing = list(_missing(connection))
    for table, definition in missing:
        connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {definition}")
    actual, before = _actual(connection), {made.name: made for made in _recorded(connection)}
    kept = [made for made in schema() if made.type not in {"trigger", "view"}]
    for made in before.values():
        stays = made.type == "table" or made.name in {each.name for each in kept}
        if not stays and made.name in actual:
            connection.execute(f"DROP {made.type} {quoted(made.name)}")
    for made in kept:
        if made.name not in actual:
            connection.execute(made.sql)
    remade = _remade(connection)
    for made in remade:
        connection.execute(made.sql)
    now = _actual(connection)
    ours = [_of_ours(now[made.name], made, before.get(made.name)) for made in kept]
    _record(connection, [*ours, *_shadows(now), *(now[made.name] for made in remade)])
    return bool(missing) or any(
        made.name not in before or before[made.name] != made for made in views()
    )


def _shadows(actual: Mapping[str, Made]) -> list[Made]:
    """Return the tables in which FTS5 keeps ours, as this SQLite made them."""
    names = {f"{made.name}_{part}" for made in FULL_TEXT for part in SHADOWS}
    return [made for made in actual.values() if made.name in names]


def _remade(connection: sqlite3.Connection) -> list[Made]:
    """Return the triggers and views that the file should have."""
    made = [each for each in schema() if each.type == "trigger" and _of_machine(each)]
    for entity in ENTITIES:
        made += triggers_of(entity, columns_of(connection, entity.table))
    return [*made, *views()]


def _of_ours(actual: Made, declared: Made, before: Made | None) -> Made:
    """Return a table as it is, without the columns that other programs added."""
    if actual.type != "table":
        return actual
    names = {_name(piece) for made in (declared, before) if made for piece in _pieces(made.sql)}
    pieces = [piece for piece in _pieces(actual.sql) if _name(piece) in names]
    head, tail = actual.sql[: actual.sql.index("(")], actual.sql[actual.sql.rindex(")") :]
    return actual._replace(sql=f"{head}({', '.join(pieces)}{tail}")


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the columns that a table really has."""
    return [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _missing(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for entity in ENTITIES:
        present = columns_of(connection, entity.table)
        for column in entity.columns if present else ():
            if column.name not in present:
                yield entity.table, column_sql(column, added=True)


def _knows_more(connection: sqlite3.Connection) -> bool:
    """Tell whether a newer version of this program made columns that this one does not declare."""
    recorded = {made.name: made for made in _recorded(connection)}
    for entity in ENTITIES:
        declared = {quoted(column.name) for column in entity.columns}
        pieces = _pieces(recorded[entity.table].sql) if entity.table in recorded else []
        if {_name(piece) for piece in pieces if piece.startswith('"')} - declared:
            return True
    return False


def _of_machine(made: Made) -> bool:
    return made.name.startswith(("operations_", "changes_", "ids_"))


def _record(connection: sqlite3.Connection, objects: list[Made]) -> None:
    connection.execute("DELETE FROM shape")
    rows = [*objects, Made("fingerprint", "fingerprint", _checksum(_told(objects)))]
    connection.executemany("INSERT INTO shape (type, name, sql) VALUES (?, ?, ?)", rows)


def _recorded(connection: sqlite3.Connection) -> list[Made]:
    rows = connection.execute(
        "SELECT type, name, sql FROM shape WHERE type <> 'fingerprint' ORDER BY type, name"
    )
    return [Made(*row) for row in rows]


def _actual(connection: sqlite3.Connection) -> dict[str, Made]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    )
    return {name: Made(type_, name, sql) for type_, name, sql in rows if not _OURS.match(name)}


def _same(recorded: Made, actual: Made) -> bool:
    """Compare the SQL; a table may have columns more, which other programs or versions added."""
    if _recorded_as(recorded.sql, actual.sql):
        return True
    if recorded.type != "table":
        return False
    ours, theirs = _pieces(recorded.sql), _pieces(actual.sql)
    extra = [piece for piece in theirs if piece not in ours]
    constraint = re.compile(r"(CHECK|UNIQUE|PRIMARY|FOREIGN|CONSTRAINT)\b", re.IGNORECASE)
    return (
        all(piece in theirs for piece in ours)
        and not any(constraint.match(piece) for piece in extra)
        and recorded.sql.rpartition(")")[2].strip() == actual.sql.rpartition(")")[2].strip()
    )


def _pieces(sql: str) -> list[str]:
    """Split the body of a CREATE TABLE at its outer commas: column definitions, constraints."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    pieces, depth, piece, quote = [], 0, "", ""
    for char in body:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        depth += (char == "(") - (char == ")") if not quote else 0
        if char == "," and not depth and not quote:
            pieces.append(piece.strip())
            piece = ""
        else:
            piece += char
    return [*pieces, piece.strip()]


def _name(piece: str) -> str:
    """Return the quoted name with which a column's definition begins; a constraint whole."""
    found = re.match(r'"(?:[^"]|"")*"', piece)
    return found[0] if found else piece


def _problem(made: Made, what: Text) -> Text:
    kinds = {
        "table": Text("la tabella", "the table"),
        "view": Text("la vista", "the view"),
        "index": Text("l'indice", "the index"),
        "trigger": Text("il trigger", "the trigger"),
    }
    return Text("{kind} «{name}»: {what}", "{kind} “{name}” {what}").filled(
        kind=kinds.get(made.type, _UNKNOWN), name=made.name, what=what
    )


def _told(objects: Iterable[Made]) -> str:
    return "\n".join(f"{made.type} {made.name} {made.sql}" for made in sorted(objects))


def _checksum(text: str) -> str:
    """Return a CRC-32, against accidents: a hash of cryptography costs 5 ms at every start."""
    return f"{zlib.crc32(text.encode()):08x}"


def _recorded_as(record: str, text: str, shortened: Callable[[str], str] = str) -> bool:
    """Tell whether a record is that of a text; the first files had SHA-256 of all but tables."""
    if not _HASH.fullmatch(record):
        return record == shortened(text)
    import hashlib

    return record == hashlib.sha256(text.encode()).hexdigest()


def digest(connection: sqlite3.Connection) -> str:
    """Return the SHA-256 of the contents: every row of every declared table, in order."""
    import hashlib

    hashed = hashlib.sha256()
    for entity in ENTITIES:
        hashed.update(entity.table.encode())
        present = columns_of(connection, entity.table)  # an older program may lack a table
        sql = f"SELECT * FROM {quoted(entity.table)} ORDER BY id"
        for row in connection.execute(sql) if present else ():
            hashed.update(repr(row).encode())
    return hashed.hexdigest()
