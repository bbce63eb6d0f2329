"""The shape of a registry's file: what was made, as the file records it, and what is there now.

The file itself records what was made (table `shape`), so that damage can be told from age: an
object that differs from the record is damage; a record that differs from the declarations is age.
"""

import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping

from .entities import ENTITIES
from .sql import Made, quoted
from .words import Text

APPLICATION_ID = 0x42454E43  # "BENC"
SCHEMA_VERSION = 1
_LENGTH_OF_A_HASH = 64
_MISSING = Text("manca", "is missing")
_UNKNOWN = Text("l'oggetto", "the object")  # of a record that was damaged itself


def damage(connection: sqlite3.Connection) -> list[Text]:
    """Return what is missing or changed of the objects that the file records as ours."""
    actual = actual_of(connection)
    if "shape" not in actual:
        return [_problem(Made("table", "shape", ""), _MISSING)]
    recorded = recorded_of(connection)
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
    recorded = {made.name: made for made in recorded_of(connection)}
    found = []
    for name, made in actual_of(connection).items():
        if name not in recorded:
            found.append(_problem(made, Text("è stato aggiunto", "was added")))
        elif made.type == "table" and made.sql != recorded[name].sql:
            extra = set(pieces_of(made.sql)) - set(pieces_of(recorded[name].sql))
            found += [
                _problem(made, Text("ha in più: {piece}", "also has: {piece}").filled(piece=piece))
                for piece in sorted(extra)
            ]
    return found


def fingerprint(connection: sqlite3.Connection) -> str:
    """Return the fingerprint that was recorded when the schema was made; empty for none."""
    row = connection.execute("SELECT sql FROM shape WHERE type = 'fingerprint'").fetchone()
    return str(row[0]) if row else ""


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the columns that a table really has."""
    return [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def recorded_of(connection: sqlite3.Connection) -> list[Made]:
    """Return the objects that the file records as ours, by type and name."""
    # Sorted here: SQLite takes four times as long for it, with texts so long.
    rows = connection.execute("SELECT type, name, sql FROM shape WHERE type <> 'fingerprint'")
    return sorted(Made(*row) for row in rows)


def actual_of(connection: sqlite3.Connection) -> Mapping[str, Made]:
    """Return the objects that are there, by name, but for SQLite's own."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = {name: Made(type_, name, sql) for type_, name, sql in rows}
    return {name: found[name] for name in sorted(found) if not name.startswith("sqlite_")}


def _same(recorded: Made, actual: Made) -> bool:
    """Compare the SQL; a table may have columns more, which other programs or versions added."""
    if _recorded_as(recorded.sql, actual.sql):
        return True
    if recorded.type != "table":
        return False
    ours, theirs = pieces_of(recorded.sql), pieces_of(actual.sql)
    extra = [piece for piece in theirs if piece not in ours]
    constraint = re.compile(r"(CHECK|UNIQUE|PRIMARY|FOREIGN|CONSTRAINT)\b", re.IGNORECASE)
    return (
        all(piece in theirs for piece in ours)
        and not any(constraint.match(piece) for piece in extra)
        and recorded.sql.rpartition(")")[2].strip() == actual.sql.rpartition(")")[2].strip()
    )


def pieces_of(sql: str) -> list[str]:
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


def name_of(piece: str) -> str:
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


def fingerprint_of(objects: Iterable[Made]) -> str:
    """Return the fingerprint of objects, as it is recorded with them."""
    return _checksum(_told(objects))


def _told(objects: Iterable[Made]) -> str:
    return "\n".join(f"{made.type} {made.name} {made.sql}" for made in sorted(objects))


def _checksum(text: str) -> str:
    """Return a CRC-32, against accidents: a hash of cryptography costs 5 ms at every start."""
    return f"{zlib.crc32(text.encode()):08x}"


def _recorded_as(record: str, text: str, shortened: Callable[[str], str] = str) -> bool:
    """Tell whether a record is that of a text; the first files had SHA-256 of all but tables."""
    if len(record) != _LENGTH_OF_A_HASH or not record.isalnum():
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
