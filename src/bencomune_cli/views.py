"""The public views, derived from the declarations: what may be published, and nothing else."""

from .declare import Audience, Column, Record
from .derivations import is_published
from .entities import ENTITIES, PLACES
from .kinds.texts import Reference
from .sql import Made, quoted


def views() -> list[Made]:
    """Return the public views: what may be published, by audience, state, masking and basis."""
    of = {entity: public_view_sql(entity) for entity in ENTITIES}
    public = {entity: f"public_{entity.table}" for entity in ENTITIES}
    # Organisations first: mostly one of them is asked for, and the others are not read then.
    names = " UNION ALL ".join(
        f"SELECT r.id, r.name, '{entity.name_of_kind}' AS record_type"
        f" FROM {quoted(entity.table)} AS r WHERE {entity.public_when}"
        for entity in reversed(PLACES)
    )
    together = " UNION ALL ".join(
        f"SELECT '{entity.name_of_kind}' AS record_type, {', '.join(map(quoted, common()))}"
        f" FROM {public[entity]}"
        for entity in PLACES
    )
    return [
        Made("view", "public_names", f"CREATE VIEW public_names AS {names}"),
        *(
            Made("view", public[entity], f"CREATE VIEW {public[entity]} AS {sql}")
            for entity, sql in of.items()
        ),
        Made("view", "public_records", f"CREATE VIEW public_records AS {together}"),
    ]


def common() -> list[str]:
    """Return the names of the public columns that labs, groups and organisations share."""
    sets = [{column.name for column in entity.published()} for entity in PLACES]
    return [column.name for column in PLACES[0].published() if all(column.name in s for s in sets)]


def public_view_sql(entity: type[Record]) -> str:
    """Return the SELECT of an entity's public view, over its table as `r`."""
    shown = ", ".join(
        f"{public_sql(column, entity)} AS {quoted(column.name)}" for column in entity.published()
    )
    where = f" WHERE {entity.public_when}" if entity.public_when else ""
    return f"SELECT {shown} FROM {quoted(entity.table)} AS r{where}"


def public_sql(column: Column, entity: type[Record]) -> str:
    """Return the SQL of what the public sees of a column of the record `r`."""
    if column.sql:
        return column.sql
    value = column.shown.replace("{column}", f"r.{quoted(column.name)}")
    if column.audience is Audience.MASKED:
        masked = column.masked.replace("{column}", value)
        return f"CASE WHEN {entity.masked_when} THEN {masked} ELSE {value} END"
    if isinstance(column.kind, Reference) and column.kind.table in {e.table for e in PLACES}:
        return f"CASE WHEN {is_published(value)} THEN {value} END"
    return value
