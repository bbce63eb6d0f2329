"""A registry's file gets the shape that is declared: made, recorded, and brought up to date."""

import sqlite3
from collections.abc import Iterator, Mapping

from .entities import ENTITIES
from .ledger import FULL_TEXT, SHADOWS
from .shape import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    actual_of,
    columns_of,
    fingerprint_of,
    name_of,
    pieces_of,
    recorded_of,
)
from .sql import Made, quoted
from .tables import column_sql, schema, triggers_of
from .views import views


def make(connection: sqlite3.Connection) -> None:
    """Create the whole schema in an empty database, inside the caller's transaction."""
    for made in schema():
        connection.execute(made.sql)
    _record(connection, [*schema(), *_shadows(actual_of(connection))])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def outdated(connection: sqlite3.Connection) -> bool:
    """Tell whether this program would make the file otherwise than it is.

    A file of a newer program, with columns that this one does not declare, is left as it is.
    """
    if any(_missing(connection)):
        return True
    recorded = {made.name: made.sql for made in recorded_of(connection)}
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
    actual, before = actual_of(connection), {made.name: made for made in recorded_of(connection)}
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
    now = actual_of(connection)
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
    names = {name_of(piece) for made in (declared, before) if made for piece in pieces_of(made.sql)}
    pieces = [piece for piece in pieces_of(actual.sql) if name_of(piece) in names]
    head, tail = actual.sql[: actual.sql.index("(")], actual.sql[actual.sql.rindex(")") :]
    return actual._replace(sql=f"{head}({', '.join(pieces)}{tail}")


def _missing(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for entity in ENTITIES:
        present = columns_of(connection, entity.table)
        for column in entity.columns if present else ():
            if column.name not in present:
                yield entity.table, column_sql(column, added=True)


def _knows_more(connection: sqlite3.Connection) -> bool:
    """Tell whether a newer version of this program made columns that this one does not declare."""
    recorded = {made.name: made for made in recorded_of(connection)}
    for entity in ENTITIES:
        declared = {quoted(column.name) for column in entity.columns}
        pieces = pieces_of(recorded[entity.table].sql) if entity.table in recorded else []
        if {name_of(piece) for piece in pieces if piece.startswith('"')} - declared:
            return True
    return False


def _of_machine(made: Made) -> bool:
    return made.name.startswith(("operations_", "changes_", "ids_"))


def _record(connection: sqlite3.Connection, objects: list[Made]) -> None:
    connection.execute("DELETE FROM shape")
    rows = [*objects, Made("fingerprint", "fingerprint", fingerprint_of(objects))]
    connection.executemany("INSERT INTO shape (type, name, sql) VALUES (?, ?, ?)", rows)
