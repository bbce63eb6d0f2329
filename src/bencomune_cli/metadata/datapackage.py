"""`datapackage.json` (Data Package, Frictionless): each CSV with the schema of its columns.

Written to the first version's profile, which readers of both versions take; of the second it has
`categories`, the labels of codes, which readers of the first pass over.
"""

import json
from collections.abc import Sequence
from typing import Any, TextIO

from ..dataset import Dataset
from ..declare import Column
from ..entities import Network
from ..extracts import part_told, seen_in
from ..kinds.choices import Listing, Term
from ..kinds.numbers import YesNo
from ..kinds.texts import Line, Reference
from ..layers import LAYERS, Layer
from ..licences import licence_of
from ..naming import slug_of
from ..vocabularies import vocabulary
from ..words import Text
from . import File, Format, expect_some

NAME = "datapackage"
FORMAT = Format(
    "json",
    "application/json",
    Text("Data Package (Frictionless)", "Data Package (Frictionless)"),
    usual=False,
    purposes=("ckan",),
    lost=(
        Text(
            "i file che non sono CSV, o non sono per programmi: di quelli non dice",
            "files that are no CSV, or not for programs: it does not tell of them",
        ),
    ),
)

_DESCRIBED = "csv"  # the format whose columns are those of the layers
_DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"}
_TYPES = {"date": "date", "date-time": "datetime"}  # those of JSON Schema's formats
_KEPT = ("enum", "pattern", "minimum", "maximum", "maxLength")
_GUARD = 1  # the apostrophe in front of what a spreadsheet would take for a formula


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the package of the CSV files."""
    tables = [file for file in files if file.format == _DESCRIBED]
    expect_some(tables, FORMAT)
    network = Network.from_row(dataset.network)
    language = dataset.language
    package = {
        "profile": "tabular-data-package",
        "name": slug_of(network.name) or "bencomune",
        "title": network.name,
        "description": network.description,
        "homepage": network.landing_page or network.website,
        "id": network.base_uri,
        "created": max(file.modified for file in tables),
        "licenses": _licences(network, language),
        "contributors": _contributors(network),
        "sources": _sources(network),
        "resources": [_resource(file, tables, language) for file in tables],
    }
    told = {name: value for name, value in package.items() if value}
    out.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")


def _licences(network: Network, language: str) -> list[dict[str, str]]:
    known = licence_of(network.licence_url)
    told = {
        "name": known.id if known else None,
        "path": network.licence_url,
        "title": known.label.said_in(language) if known else network.licence,
    }
    said = {name: value for name, value in told.items() if value}
    return [said] if "path" in said else []


def _contributors(network: Network) -> list[dict[str, str]]:
    """Return who is behind the data: bodies and an office, no person."""
    roles = (
        ("publisher", network.distributor or network.publisher, None),
        ("author", network.publisher, None),
        ("contact", network.office or network.publisher, network.email),
    )
    return [
        {"title": name, "role": role, **({"email": email} if email else {})}
        for role, name, email in roles
        if name and (role != "contact" or email)
    ]


def _sources(network: Network) -> list[dict[str, str]]:
    """Return whose registry the data are of; each record tells its own sources besides."""
    page = {"path": network.website} if network.website else {}
    return [{"title": network.publisher or network.name, **page}]


def _resource(file: File, files: Sequence[File], language: str) -> dict[str, Any]:
    layer = seen_in(LAYERS[file.layer], file.extract.get("crs", ""))
    schema = {
        "fields": [_field(column, language) for column in layer.columns],
        "missingValues": [""],
        "primaryKey": "id",
        "foreignKeys": _keys(layer, file, files),
    }
    return {
        "profile": "tabular-data-resource",
        "name": file.layer,
        "path": file.name,
        "title": layer.label.said_in(language),
        "description": part_told(file.records, file.extract).said_in(language),
        "format": "csv",
        "mediatype": file.media_type,
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": _DIALECT,
        "schema": {name: value for name, value in schema.items() if value},
    }


def _field(column: Column, language: str) -> dict[str, Any]:
    schema = column.kind.schema()
    constraints: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    if "maxLength" in constraints and isinstance(column.kind, Line):
        constraints["maxLength"] += _GUARD
    if column.always_public:
        constraints["required"] = True
    if column.name == "id":
        constraints["unique"] = True
    told: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(schema.get("format", ""), schema["type"]),
        "title": column.label.said_in(language),
        "description": _meaning(column, language),
        "constraints": constraints,
    }
    match column.kind:
        case YesNo():
            told |= {"trueValues": ["true"], "falseValues": ["false"]}
        case Term(name=name):
            terms = vocabulary(name).values()
            told["categories"] = [
                {"value": term.code, "label": term.label.said_in(language)} for term in terms
            ]
    return {name: value for name, value in told.items() if value}


def _meaning(column: Column, language: str) -> str:
    told = [column.help.said_in(language)] if column.help else []
    if isinstance(column.kind, Listing):
        told.append(column.kind.word.said_in(language))
    return "; ".join(told)


def _keys(layer: Layer, file: File, files: Sequence[File]) -> list[dict[str, Any]]:
    """Return the columns that name records of another file, where that file has them all."""
    return [
        {"fields": column.name, "reference": {"resource": target, "fields": "id"}}
        for column in layer.columns
        if (target := _target(column, file)) and any(_beside(file, o, target) for o in files)
    ]


def _target(column: Column, file: File) -> str:
    """Return the layer of the records that a column names, if an extract leaves none of them out.

    A part holds relations between its own records, but records that name others outside it.
    """
    if not isinstance(column.kind, Reference) or file.extract.get("no_point") == "omit":
        return ""
    if column.kind.table == "ids":
        return "network"
    return column.kind.table if column.kind.table in LAYERS and "where" not in file.extract else ""


def _beside(file: File, other: File, layer: str) -> bool:
    """Tell whether another file is of a layer, of the same state and part."""
    return (other.layer, other.sequence, other.extract) == (layer, file.sequence, file.extract)
