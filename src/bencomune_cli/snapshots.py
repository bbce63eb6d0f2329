"""What was public at one moment, told by digests: to compare, not to read.

A value that nobody may see any more is in no snapshot, so that there is none to forget there.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b, sha256
from typing import Any, NamedTuple

from .dataset import Dataset
from .declare import Column
from .entities import AUTOMATIC, Area, Contact, Network
from .layers import LAYERS, Layer
from .leaks import Shown

CONTACTS = Layer(Contact.table, f"public_{Contact.table}", Contact.plural, Contact.published())
_AREAS = Layer(Area.table, f"public_{Area.table}", Area.plural, Area.published())
_TOGETHER = "network"  # the layer of all places, which the others hold
TABLES = (*(layer for name, layer in LAYERS.items() if name != _TOGETHER), CONTACTS)
_BYTES = 6  # of the digest of one value
_DECIMALS = 6


class Table(NamedTuple):
    """The columns of one table and, by id, the digests of each record's values in that order."""

    columns: list[str]
    records: dict[str, list[str]]

    def differing(self, other: "Table", id_: str) -> list[str]:
        """Return the columns of which a record has other values there, also those of one alone."""
        mine = dict(zip(self.columns, self.records[id_], strict=True))
        theirs = dict(zip(other.columns, other.records[id_], strict=True))
        names = dict.fromkeys((*self.columns, *other.columns))
        return [n for n in names if n not in AUTOMATIC and mine.get(n, "") != theirs.get(n, "")]


class Snapshot(NamedTuple):
    """The published tables by name, the digests of the network's columns, and all closed places."""

    tables: dict[str, Table]
    network: dict[str, str]
    closed: list[str]

    @property
    def digest(self) -> str:
        """Return one digest of all that was public."""
        return sha256(json.dumps(self, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the snapshot as it is kept."""
        tables = {name: table._asdict() for name, table in self.tables.items()}
        return {"tables": tables, "network": self.network, "closed": self.closed}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Snapshot":
        """Return a snapshot that was kept. Raises KeyError, TypeError or ValueError."""
        tables = {
            str(name): Table([str(c) for c in table["columns"]], _records(table["records"]))
            for name, table in dict(told["tables"]).items()
        }
        return cls(tables, dict(told["network"]), [str(id_) for id_ in told["closed"]])

    def places(self) -> dict[str, set[str]]:
        """Return the ids of the records of each table but that of contacts."""
        return {name: {*table.records} for name, table in self.tables.items() if name in LAYERS}


class Kept(NamedTuple):
    """What of one moment is compared later.

    `columns` tell audience and SQL of each published one; `conditions` when a record is public, and
    when masked; `masked` are the public places whose address is not shown, `barred` the contacts
    that somebody took back or did not open.
    """

    columns: dict[str, list[str]]
    conditions: dict[str, list[str]]
    masked: list[str]
    barred: list[str]

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Kept":
        """Return rules that were kept. Raises KeyError, TypeError or ValueError."""
        pairs = ("columns", "conditions")
        first, second = ({str(k): list(map(str, v)) for k, v in told[n].items()} for n in pairs)
        return cls(first, second, [*map(str, told["masked"])], [*map(str, told["barred"])])


def taken(dataset: Dataset) -> Snapshot:
    """Return a snapshot of what may be published now."""
    tables, closed = {}, []
    for layer in TABLES:
        names = [column.name for column in layer.columns]
        records = {}
        for row in dataset.objects(layer):
            records[str(row["id"])] = [_digest(row[name]) for name in names]
            if row.get("state") == "closed":
                closed.append(str(row["id"]))
        tables[layer.name] = Table(names, records)
    network = {name: _digest(value) for name, value in dataset.network.items()}
    return Snapshot(tables, network, closed)


def public_texts(dataset: Dataset) -> Iterator[Shown]:
    """Yield the texts of all that may be published, whatever an export takes of it."""
    for column in Network.published():
        yield from _told(Network.table, column, dataset.network.get(column.name))
    yield Shown("", "", dataset.changed_at)
    for layer in (*TABLES, _AREAS):
        for row in dataset.objects(layer):
            for column in layer.columns:
                yield from _told(str(row["id"]), column, row[column.name])


def names(dataset: Dataset) -> dict[str, str]:
    """Return the names of the public places, by id."""
    layer = LAYERS[_TOGETHER]
    return {str(row["id"]): str(row["name"]) for row in dataset.objects(layer)}


def _told(record: str, column: Column, value: Any) -> Iterator[Shown]:
    if isinstance(value, float):
        value = f"{value!r} {value:.{_DECIMALS}f}"
    if value is not None:
        yield Shown(record, column.name, str(value), column.prose)


def _digest(value: Any) -> str:
    if value is None:
        return ""
    return blake2b(str(value).encode("utf-8", "replace"), digest_size=_BYTES).hexdigest()


def _records(told: Mapping[str, Any]) -> dict[str, list[str]]:
    return {str(id_): [str(digest) for digest in digests] for id_, digests in told.items()}
