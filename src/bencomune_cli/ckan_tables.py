"""A published CSV as a table of CKAN's DataStore, with the types that its columns declare.

Programs then ask the portal for rows. Rows are put in by their id, and those that are gone are
deleted, so that doing it twice comes to the same.
"""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .ckan_answers import Answered
from .ckan_client import Portal
from .formulas import unguarded
from .layers import Layer

KEY = "id"
ROWS = 500  # put in, or deleted, by one request
PAGE = 32_000  # rows of an answer; the most that CKAN gives unless told otherwise
_TYPES = {"number": "float8", "integer": "int4", "boolean": "bool"}
_TIMES = {"date": "date", "date-time": "timestamp"}


def bring(portal: Portal, resource: str, path: Path, layer: Layer) -> None:
    """Make the table of a resource hold the rows of a CSV. Raises Refused."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        names = next(rows)
        fields = [_field(layer, name) for name in names]
        there = _there(portal, resource)
        wanted = [(field["id"], field["type"]) for field in fields]
        if there is not None and there != wanted:
            _delete(portal, resource)
            there = None
        gone = set() if there is None else set(_ids(portal, resource))
        portal.tell(
            "datastore_create",
            resource_id=resource,
            fields=fields,
            primary_key=[KEY],
            force=True,  # the resource is a file too
            calculate_record_count=False,
        )
        for records in _records(names, rows):
            _put(portal, resource, records)
            gone -= {record[KEY] for record in records}
    for some in _parts(iter(sorted(gone))):
        _delete(portal, resource, filters={KEY: some})


def _field(layer: Layer, name: str) -> dict[str, Any]:
    """Return a column as the DataStore has it; one that is not of the layer holds texts."""
    if not layer.has(name):
        return {"id": name, "type": "text"}
    column = layer.column(name)
    schema = column.kind.schema()
    told = _TYPES.get(schema.get("type", "")) or _TIMES.get(schema.get("format", ""), "text")
    info = {"label": str(column.label), "notes": str(column.help or "")}
    return {"id": name, "type": told, "info": info}


def _there(portal: Portal, resource: str) -> list[tuple[str, str]] | None:
    """Return the columns that the table has, None where there is no table."""
    try:
        found = portal.ask("datastore_search", resource_id=resource, limit=0)
    except Answered as refused:
        if refused.missing:
            return None
        raise
    return [(field["id"], field["type"]) for field in found["fields"] if field["id"] != "_id"]


def _ids(portal: Portal, resource: str) -> Iterator[str]:
    told = {"resource_id": resource, "fields": KEY, "sort": KEY, "limit": PAGE}
    offset = 0
    while records := portal.ask("datastore_search", **told, offset=offset)["records"]:
        yield from (record[KEY] for record in records)
        offset += len(records)


def _records(names: list[str], rows: Iterator[list[str]]) -> Iterator[list[dict[str, Any]]]:
    for some in _parts(rows):
        yield [
            dict(zip(names, (unguarded(cell) or None for cell in row), strict=True)) for row in some
        ]


def _parts(each: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(each, ROWS)):
        yield some


def _put(portal: Portal, resource: str, records: list[dict[str, Any]]) -> None:
    told: dict[str, Any] = {"resource_id": resource, "records": records, "method": "upsert"}
    portal.tell("datastore_upsert", **told, force=True, calculate_record_count=False)


def _delete(portal: Portal, resource: str, **which: Any) -> None:
    told: dict[str, Any] = {"resource_id": resource, "force": True, **which}
    try:
        portal.tell("datastore_delete", **told, calculate_record_count=False)
    except Answered as refused:
        if not refused.missing:
            raise
