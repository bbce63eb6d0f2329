"""The terms of linked data: vocabularies, what a column is in them, and what a property wants.

What a column is stands in `linked.csv`: whose it is (a kind of record, `place` for labs, groups and
organisations, or a class that the record is of), and the path of properties to its value, each with
the class of what is between. Classes of terms are in the vocabularies, as `rdf_type`.
"""

import csv
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .kinds import Kind
from .kinds.choices import Term
from .vocabularies import vocabulary
from .words import LANGUAGES, Text

PREFIXES: Mapping[str, str] = {
    "schema": "https://schema.org/",
    "l0": "https://w3id.org/italia/onto/l0/",
    "cov": "https://w3id.org/italia/onto/COV/",
    "clv": "https://w3id.org/italia/onto/CLV/",
    "sm": "https://w3id.org/italia/onto/SM/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TYPES: Mapping[str, tuple[str, ...]] = {
    "lab": ("schema:CivicStructure",),
    "group": ("schema:Organization", "cov:Group"),
    "organisation": ("schema:Organization", "cov:Organization"),
    "relation": ("schema:Role", "rdf:Statement"),
    "contact": ("schema:ContactPoint",),
    "area": ("schema:Place", "clv:Feature"),
    "network": ("schema:Dataset",),
}
_LEGAL_STATUS = (
    "https://w3id.org/italia/controlled-vocabulary/classifications-for-organizations/legal-status/"
)
_ADDRESS = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`\x7f]+", re.IGNORECASE)
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WEEKLY = re.compile(rf"{_DAY}(?:[-,]{_DAY})* {_TIME}-{_TIME}", re.ASCII)
# A property that is told by several columns: some groups of them, parted by a comma.
COMPOSED = {
    "schema:streetAddress": (("street", "number"),),
    "clv:fullAddress": (("street", "number"), ("postcode", "municipality_name")),
    "schema:box": (("south", "west", "north", "east"),),
}

JsonLd = dict[str, Any]


class Step(NamedTuple):
    """A property, and the class of the node that it leads to; empty where it ends in a value."""

    name: str
    of: str


Way = tuple[Step, ...]


@cache
def ways_of() -> dict[str, list[tuple[str, Way]]]:
    """Return for each column whose it is, and the way to its value, in the order of the file."""
    found: dict[str, list[tuple[str, Way]]] = {}
    path = Path(__file__).with_name("linked.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, strict=True):
            steps = (part.partition(">") for part in line["path"].split("/"))
            told = (line["of"], tuple(Step(name, of) for name, _, of in steps))
            found.setdefault(line["column"], []).append(told)
    return found


def is_address(text: str) -> bool:
    """Tell whether a text can stand where linked data want an address."""
    return bool(_ADDRESS.fullmatch(text))


def told_in_both(text: Text) -> list[JsonLd]:
    """Return a label in each language."""
    return [{"@language": each, "@value": text.said_in(each)} for each in LANGUAGES]


def _labels(kind: Kind, value: Any) -> list[Any]:
    return told_in_both(kind.told(value))


def _weekly(_: Kind, value: str) -> list[Any]:
    """Return hours of the week as schema.org has them; nothing of what only OpenStreetMap has."""
    parts = re.split(r"\s*;\s*", value)
    return parts if all(map(_WEEKLY.fullmatch, parts)) else []


def _legal_status(kind: Kind, value: str) -> list[Any]:
    term = vocabulary(kind.name).get(value) if isinstance(kind, Term) else None
    code = term.mappings.get("cov_ap_it", "") if term else ""
    return [{"@id": _LEGAL_STATUS + code.replace(".", "")}] if code else []


def _uri(text: str) -> list[Any]:
    return [{"@type": "xsd:anyURI", "@value": text}]


# What a property wants instead of what is usual for a value of its kind.
FORMS: Mapping[str, Callable[[Kind, Any], list[Any]]] = {
    "cov:hasLegalStatus": _legal_status,
    "schema:contactType": _labels,
    "schema:inLanguage": lambda _, value: [value],
    "schema:openingHours": _weekly,
    "schema:roleName": _labels,
    "sm:URL": lambda _, value: _uri(value),
    "sm:emailAddress": lambda _, value: _uri(f"mailto:{value}"),
}
