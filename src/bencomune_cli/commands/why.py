"""why: what the public sees of a record, what not, and why."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from .. import screen
from ..declare import Column, Record
from ..describe import column_named
from ..entities import Contact
from ..registry import Registry
from ..telling import written_value
from ..visibility import Sight, hidden_because, sight
from ..words import Text, joined
from . import AsJson, argument, command, reading


def add_to(app: typer.Typer) -> None:
    """Register why."""
    command(
        app,
        "why",
        Text(
            "Dice che cosa vede il pubblico di un record, che cosa no, e perché.",
            "Tell what the public sees of a record, what not, and why.",
        ),
        why,
    )


def why(  # noqa: D103
    id_: Annotated[str, argument("record o contatto", "record or contact")],
    column: Annotated[str | None, argument("solo questa colonna", "this column only")] = None,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        record = _record(registry, id_)
        reasons = hidden_because(registry, record)
        wanted = [column_named(type(record), column)] if column else list(_told(record))
        names = registry.municipality_names()
        seen = {
            each.name: (each, sight(registry, record, each, published=not reasons))
            for each in wanted
        }
    if as_json:
        screen.out_json(
            {
                "id": record.id,
                "published": not reasons,
                "reasons": [str(reason) for reason in reasons],
                "columns": {
                    name: _json(*each, hidden=bool(reasons)) for name, each in seen.items()
                },
            }
        )
        return
    sees = Text("Il pubblico vede", "The public sees")
    if reasons:
        told = Text(
            "{id} non è pubblicato: {why}. Se lo fosse:",
            "{id} is not published: {why}. If it were:",
        )
        screen.out(told.filled(id=record.id, why=joined("; ", reasons)))
        sees = Text("Il pubblico vedrebbe", "The public would see")
    headers = [Text("Colonna", "Column"), sees, Text("Perché", "Why")]
    rows = [
        (name, _shown(record, each, what, names), what.reason)
        for name, (each, what) in seen.items()
    ]
    screen.table(headers, rows)


def _record(registry: Registry, id_: str) -> Record:
    """Return a place, or else the contact of that id."""
    contact = registry.store.get(Contact, id_)
    return contact or registry.finder.seen(id_)


def _told(record: Record) -> list[Column]:
    """Return the columns that have a value, and those that follow from others."""
    own = [c for c in record.columns if getattr(record, c.name) not in (None, ())]
    return [*own, *record.derived]


def _shown(record: Record, column: Column, seen: Sight, names: Mapping[str, str]) -> str:
    if seen.value is None:
        return ""
    value = column.kind.from_sql(seen.value)
    if column.name == "contacts":
        value = [_role_told(line) for line in value]
    if column.sql:
        return str(column.kind.told(value))
    return written_value(column, record.replaced(**{column.name: value}), names)


def _role_told(line: str) -> str:
    """Return the line of a contact with its role by label; files hold its code."""
    code = re.split(r"\W", line, maxsplit=1)[0]
    return f"{Contact.column('role').kind.told(code)}{line.removeprefix(code)}"


def _json(column: Column, seen: Sight, *, hidden: bool) -> dict[str, Any]:
    value = None if hidden or seen.value is None else column.kind.from_sql(seen.value)
    return {
        "audience": column.audience.value,
        "shown": value if value is None else column.kind.to_json(value),
        "reason": str(seen.reason),
    }
