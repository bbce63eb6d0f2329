"""JSON-LD 1.1 of all records: schema.org and the Italian ontologies COV, CLV and SM, one a line.

Addresses begin with the network's base address. Its context is in the file: no program needs a
network to read it.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

from ..dataset import Dataset
from ..declare import Record
from ..entities import NAMED, Area, Contact, Network, Relation
from ..file_kinds import unsayable
from ..layers import Layer
from ..linked import Linked, Node
from ..linked_terms import PREFIXES, is_address
from ..words import Text
from . import Format, apart

FORMAT = Format(
    "jsonld",
    "application/ld+json",
    Text("JSON-LD", "JSON-LD"),
    usual=False,
    file_type="JSON_LD",
    purposes=("web",),
    lost=(
        Text(
            "gli indirizzi dei record, finché la rete non ha una base: i record hanno un nome solo"
            " dentro il file; la dà bencomune network set --base-uri https://…",
            "addresses of the records while the network has no base: they have names within the"
            " file alone; bencomune network set --base-uri https://… gives one",
        ),
        Text(
            "l'ordine delle voci di un elenco",
            "the order of the items of a list",
        ),
    ),
    effort=300,
)

_CONTACTS = "contacts"  # the column that tells in one text what contacts tell in their own


def write(dataset: Dataset, layers: Sequence[Layer], out: BinaryIO) -> None:
    """Write the layers as one graph. Raises Refused for a base that can be in no address."""
    base = dataset.network.get("base_uri") or ""
    if base and not is_address(base):
        why = Text(
            "«{base}» non può essere l'inizio di un indirizzo web: correggerla con"
            " bencomune network set --base-uri https://…",
            "“{base}” cannot begin a web address: mend it by"
            " bencomune network set --base-uri https://…",
        )
        raise unsayable("network", "base_uri", why.filled(base=base))
    context = json.dumps({"@version": 1.1, **PREFIXES})
    out.write(f'{{"@context": {context}, "@graph": ['.encode())
    separator = "\n"
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    for node in _nodes(dataset, apart(layers), Linked(base)):
        # No text ends the <script> of a page into which somebody puts it.
        text = encoder.encode(node).replace("<", "\\u003c")
        out.write(f"{separator}{text}".encode())
        separator = ",\n"
    out.write(b"\n]}\n")


def _nodes(dataset: Dataset, layers: Sequence[Layer], linked: Linked) -> Iterator[Node]:
    yield _network(dataset, linked)
    for layer in layers:
        if layer.name == Relation.table:
            yield from _relations(dataset, layer, linked)
        else:
            yield from _places(dataset, layer, linked)
    node = linked.shape("area", Area.published())
    for row in dataset.beside(Area):
        if row["id"] in linked.areas:
            yield {"@id": linked.address(Area.table, row["id"]), **node(row)}
    yield from linked.described()


def _network(dataset: Dataset, linked: Linked) -> Node:
    """Return what all records are part of: its names, publisher, licence and last change."""
    told = linked.shape("network", Network.published())(dataset.network)
    node = {"@id": linked.address(), **told}
    if dataset.changed_at:
        node["schema:dateModified"] = {"@type": "xsd:dateTime", "@value": dataset.changed_at}
    return node


class _Contacts:
    """The public contacts of records, which are asked for in the order of their ids."""

    def __init__(self, dataset: Dataset, linked: Linked) -> None:
        columns = [column for column in Contact.published() if column.name != "record"]
        self._node = linked.shape("contact", columns)
        self._rest = groupby(dataset.beside(Contact, by="record"), itemgetter("record"))
        self._next = next(self._rest, None)
        self._last = ""

    def of(self, record: str) -> list[Node]:
        """Return the contacts of a record. Raises ValueError for one that is before the last."""
        if record <= self._last:
            raise ValueError(f"{record} after {self._last}")
        self._last = record
        while self._next and self._next[0] < record:
            self._next = next(self._rest, None)
        if not self._next or self._next[0] != record:
            return []
        return [self._node(row) for row in self._next[1]]


def _places(dataset: Dataset, layer: Layer, linked: Linked) -> Iterator[Node]:
    columns = [column for column in layer.columns if column.name != _CONTACTS]
    entity: type[Record] | None = NAMED.get(layer.name) if layer.name != "network" else None
    shape = cache(partial(linked.shape, columns=columns))
    contacts = _Contacts(dataset, linked)
    for row in dataset.objects(layer):
        told = shape(entity.name_of_kind if entity else str(row["record_type"]))(row)
        node = {"@id": linked.address(row["id"]), **told}
        more: dict[str, Any] = {"schema:subjectOf": {"@id": linked.address()}}
        if of_it := contacts.of(row["id"]):
            more["schema:contactPoint"] = of_it
        yield {**node, **more}


def _relations(dataset: Dataset, layer: Layer, linked: Linked) -> Iterator[Node]:
    node = linked.shape("relation", layer.columns)
    for row in dataset.objects(layer):
        yield {"@id": linked.address(layer.name, row["id"]), **node(row)}
        if tie := linked.ties(row):
            yield tie
