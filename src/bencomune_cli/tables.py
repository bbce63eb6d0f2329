"""Tables and triggers, derived from the entities' declarations.

History is written by triggers of plain SQL, so that edits by other programs are recorded too.
"""

import json
from collections.abc import Iterable, Sequence

from .declare import Column, Record
from .entities import AUTOMATIC, ENTITIES, PLACES
from .kinds.texts import Line, Reference
from .ledger import FULL_TEXT, MACHINE
from .sql import Made, as_one, literal, quoted
from .views import views

NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
# A number so that it reads back as the same to the last bit; `quote` of SQLite 3.40 may miss one.
EXACT = "printf('%!.20g', {})"


def _index(name: str, of: str) -> Made:
    return Made("index", name, f"CREATE INDEX {name} ON {of}")


# What public views look for of each record, they find in the index alone, in order.
INDEXES = (
    _index("relations_of_subject", "relations (subject)"),
    _index("relations_by_object", "relations (object, role)"),
    _index("contacts_by_record", "contacts (record, id)"),
    _index("areas_by_kind", "areas (code, area_kind, id, name)"),
)


def schema() -> list[Made]:
    """Return every object of a new registry, in the order in which they are created."""
    tables = [Made("table", entity.table, table_sql(entity)) for entity in ENTITIES]
    triggers = [made for entity in ENTITIES for made in triggers_of(entity, names_of(entity))]
    return [*MACHINE, *FULL_TEXT, *tables, *INDEXES, *triggers, *views()]


def names_of(entity: type[Record]) -> list[str]:
    """Return the names of the stored columns."""
    return [column.name for column in entity.columns]


def table_sql(entity: type[Record]) -> str:
    """Return the CREATE TABLE of an entity."""
    pieces = [*(column_sql(column) for column in entity.columns), *entity.constraints]
    return f"CREATE TABLE {quoted(entity.table)} ({', '.join(pieces)}) STRICT"


def column_sql(column: Column, *, added: bool = False) -> str:
    """Return the definition of a column; `added` to a table that may already have rows."""
    name, kind = quoted(column.name), column.kind
    parts = [name, kind.sql_type]
    if column.name == "id":
        parts.append("NOT NULL PRIMARY KEY")  # its default is for candidates, not for rows
    elif column.name in AUTOMATIC[1:]:
        parts.append("NOT NULL" if added else f"NOT NULL DEFAULT ({NOW})")
    elif column.default not in (None, ()):
        not_null = "NOT NULL " if column.required or column.automatic else ""
        parts.append(f"{not_null}DEFAULT {literal(kind.to_sql(column.default))}")
    elif column.required and not added:
        parts.append("NOT NULL")
    if isinstance(kind, Reference):
        parts.append(f"REFERENCES {quoted(kind.table)} (id)")
    if check := kind.check(name):
        parts.append(f"CHECK ({check})")
    return " ".join(parts)


def triggers_of(entity: type[Record], columns: Sequence[str]) -> Iterable[Made]:
    """Return the triggers of an entity's table; `columns` are all that the table has."""
    table = entity.table
    new, old = (" || ".join(_row_json(entity, columns, row)) for row in ("NEW", "OLD"))
    content = [name for name in columns if name not in AUTOMATIC]
    changed = " OR ".join(f"NEW.{quoted(name)} IS NOT OLD.{quoted(name)}" for name in content)
    touch = (
        f"UPDATE {quoted(table)} SET version = OLD.version + 1, updated_at ="
        f" coalesce((SELECT at FROM current_operation), {NOW}) WHERE id = NEW.id"
    )
    moved = "NEW.id IS NOT OLD.id OR NEW.rowid IS NOT OLD.rowid"
    yield _trigger(table, "AFTER INSERT", "", *_record_change(table, "NEW.id", "NULL", new))
    yield _trigger(
        table, "AFTER UPDATE", changed, *_record_change(table, "NEW.id", old, new), touch
    )
    yield _trigger(table, "AFTER DELETE", "", *_record_change(table, "OLD.id", old, "NULL"))
    yield _trigger(table, "BEFORE UPDATE", moved, _refuse("the id of a record never changes"))
    register = "ids" if entity in PLACES else quoted(table)
    # Also the row number: REPLACE, as other programs use it, would take that row away untold.
    taken = (
        f"EXISTS (SELECT 1 FROM {register} WHERE id = NEW.id)"
        f" OR EXISTS (SELECT 1 FROM {quoted(table)} WHERE rowid = NEW.rowid)"
    )
    yield _trigger(table, "BEFORE INSERT", taken, _refuse("this id is already given"))
    for number, same in enumerate(entity.once):
        present = [quoted(name) for name in same if name in columns]
        names = " AND ".join(f"{name} IS NEW.{name}" for name in present) or "0"
        twice = f"EXISTS (SELECT 1 FROM {quoted(table)} WHERE {names} AND rowid IS NOT NEW.rowid)"
        for event in ("INSERT", "UPDATE"):
            refuse = _refuse("this is already there")
            yield _trigger(table, f"BEFORE {event}", twice, refuse, suffix=f"_once_{number}")
    if entity in PLACES:
        yield from _id_triggers(entity)


def history_of_new(entity: type[Record], columns: Sequence[str]) -> str:
    """Return SQL that writes the history of many new rows, as the trigger does of each.

    They are those from one row number to another, which are bound, in one operation.
    """
    return (
        "INSERT INTO changes (operation, entity, record, before, after)"
        f" SELECT (SELECT operation FROM current_operation), '{entity.table}', r.id, NULL,"
        f" {row_json(entity, columns)} FROM {quoted(entity.table)} AS r"
        " WHERE r.rowid BETWEEN ? AND ? ORDER BY r.rowid"
    )


def row_json(entity: type[Record], columns: Sequence[str]) -> str:
    """Return SQL for the row `r` as the triggers write it into the history, but sooner."""
    return as_one(_row_json(entity, columns, "r", in_trigger=False))


def _id_triggers(entity: type[Record]) -> Iterable[Made]:
    table = entity.table
    insert = f"INSERT INTO ids (id, entity) VALUES (NEW.id, '{entity.name_of_kind}')"
    never = _refuse("a record is never deleted: set removed = 1 instead")
    outside = "NOT EXISTS (SELECT 1 FROM current_operation)"
    yield _trigger(table, "AFTER INSERT", "", insert, suffix="_id")
    yield _trigger(table, "BEFORE DELETE", outside, never)
    yield _trigger(table, "AFTER DELETE", "", "DELETE FROM ids WHERE id = OLD.id", suffix="_id")


def _trigger(table: str, when: str, condition: str, *body: str, suffix: str = "") -> Made:
    name = f"{table}_{when.lower().replace(' ', '_')}{suffix}"
    guard = f" WHEN {condition}" if condition else ""
    sql = (
        f"CREATE TRIGGER {name} {when} ON {quoted(table)} FOR EACH ROW{guard}"
        f" BEGIN {'; '.join(body)}; END"
    )
    return Made("trigger", name, sql)


def _refuse(message: str) -> str:
    return f"SELECT RAISE(ABORT, 'bencomune: {message}')"


def _row_json(
    entity: type[Record], columns: Sequence[str], row: str, *, in_trigger: bool = True
) -> list[str]:
    """Return SQL for the pieces of a row as JSON text, without its NULLs.

    By plain string functions: until SQLite 3.41 a trigger may not call those of JSON under
    trusted_schema = OFF.
    """
    told = [(name, f"{row}.{quoted(name)}") for name in columns if name != "id"]
    parts = [_field_json(entity, *each, in_trigger=in_trigger) for each in told]
    return ['\'{"id":"\'', f"{row}.id", "'\"'", *parts, "'}'"]


def _field_json(entity: type[Record], name: str, value: str, *, in_trigger: bool) -> str:
    begins = f",{json.dumps(name)}:"
    key = literal(begins)
    escaped = f"replace(replace({value}, '\\', '\\\\'), '\"', '\\\"')"
    if entity.has(name):
        kind = entity.column(name).kind
        if isinstance(kind, Line) and not (kind.breaks or in_trigger):
            return f"CASE WHEN {value} IS NULL THEN '' ELSE {key} || json_quote({value}) END"
        text = value if kind.literal else escaped
        if kind.sql_type == "REAL":
            shown = EXACT.format(value)
            return f"CASE WHEN {value} IS NULL THEN '' ELSE {key} || {shown} END"
        if kind.sql_type == "TEXT":
            opened = literal(begins + '"')
            return f"coalesce({opened} || {text} || '\"', '')"
        return f"coalesce({key} || {value}, '')"
    text, blob = f"'\"' || {escaped} || '\"'", f"'{{\"hex\":\"' || hex({value}) || '\"}}'"
    real = (
        f"CASE {value} WHEN 9e999 THEN '9e999' WHEN -9e999 THEN '-9e999'"
        f" ELSE {EXACT.format(value)} END"
    )
    return (
        f"CASE typeof({value}) WHEN 'null' THEN '' WHEN 'text' THEN {key} || {text}"
        f" WHEN 'blob' THEN {key} || {blob} WHEN 'real' THEN {key} || {real}"
        f" ELSE {key} || {value} END"
    )


def _record_change(table: str, record: str, before: str, after: str) -> tuple[str, str]:
    """Write a change; one by another program opens an operation, once for each statement."""
    last = "(SELECT max(seq) FROM operations)"
    return (
        (
            f"INSERT INTO operations (at, command) SELECT {NOW}, 'other program'"
            " WHERE NOT EXISTS (SELECT 1 FROM current_operation) AND NOT EXISTS (SELECT 1 FROM"
            f" operations WHERE seq = {last} AND command = 'other program' AND at = {NOW})"
        ),
        (
            "INSERT INTO changes (operation, entity, record, before, after) VALUES"
            f" (coalesce((SELECT operation FROM current_operation), {last}),"
            f" '{table}', {record}, {before}, {after})"
        ),
    )
