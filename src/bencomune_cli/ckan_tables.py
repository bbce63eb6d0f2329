"""A published CSV as a table of CKAN's DataStore, with the types that its columns declare.

Programs then ask the portal for rows. Rows that differ are put in by their id, and those that are
gone are deleted, so that doing it twice comes to the same.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from .ckan_answers import Answered
from .ckan_client import Portal
from .formulas import unguarded
from .layers import Layer

KEY = "id"
ROWS = 500  # put in, or deleted, by one request
PAGE = 4_000  # rows of an answer
_TYPES = {"number": "float8", "integer": "int4", "boolean": "bool"}
_TIMES = {"date": "date", "date-time": "timestamp"}
# A cell's text as what the DataStore answers for it.
_VALUES: Mapping[str, Callable[[str], Any]] = {
    "float8": float,
    "int4": int,
    "bool": lambda text: text == "true",
    "timestamp": lambda text: text.removesuffix("Z"),
}


def bring(portal: Portal, resource: str, path: Path, layer: Layer) -> None:
    """Make the table of a resource hold the rows of a CSV. Raises Refused."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        names = next(rows)
        fields = [_field(layer, name) for name in names]
        types = {field["id"]: field["type"] for field in fields}
        there = _ready(portal, resource, fields, types)
        for some in _parts(_record(types, row) for row in rows):
            found = [(record, there.pop(record[KEY], b"")) for record in some]
            if differing := [record for record, digest in found if _digest(record) != digest]:
                _put(portal, resource, differing)
    for gone in _parts(iter(sorted(there))):
        _delete(portal, resource, filters={KEY: gone})


def _ready(
    portal: Portal, resource: str, fields: list[dict[str, Any]], types: Mapping[str, str]
) -> dict[str, bytes]:
    """Have a table with these columns; return the digests of its rows by id."""
    there = _there(portal, resource)
    if there == list(types.items()):
        return dict(_rows(portal, resource, types))
    if there is not None:
        _delete(portal, resource)
    told = {"resource_id": resource, "fields": fields, "primary_key": [KEY]}
    # It is forced, since the resource is a file too.
    portal.tell("datastore_create", **told, force=True, calculate_record_count=False)
    return {}


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


def _rows(portal: Portal, resource: str, types: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    told = {"resource_id": resource, "fields": ",".join(types), "sort": KEY, "limit": PAGE}
    moments = [name for name, type_ in types.items() if type_ == "timestamp"]
    offset = 0
    while records := portal.ask("datastore_search", **told, offset=offset)["records"]:
        for record in records:  # moments come with or without parts of a second
            record.update({n: record[n] and record[n].partition(".")[0] for n in moments})
            yield record[KEY], _digest(record)
        offset += len(records)


def _digest(record: Mapping[str, Any]) -> bytes:
    """Return a digest of a row: the rows of a large table are not kept."""
    text = json.dumps(record, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).digest()


def _record(types: Mapping[str, str], row: list[str]) -> dict[str, Any]:
    cells = zip(types, row, strict=True)
    return {name: _value(types[name], unguarded(cell)) for name, cell in cells}


def _value(type_: str, text: str) -> Any:
    read = _VALUES.get(type_)
    return None if not text else read(text) if read else text


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
