"""Records as linked data: schema.org, and the Italian ontologies COV, CLV and SM (OntoPiA).

A column without a way of its own (`linked_terms`) that tells its value is an additional property,
so that no public value is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .declare import Column
from .entities import PLACES_NAMED, Area
from .kinds import Kind
from .kinds.choices import Term
from .kinds.numbers import Coordinate, YesNo
from .kinds.texts import Reference, WebAddress
from .kinds.times import Moment, PartialDate
from .linked_terms import COMPOSED, FORMS, TYPES, Way, is_address, told_in_both, ways_of
from .vocabularies import vocabulary

_WHOLE = "the.dataset"  # no id holds a full stop
_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}

Node = dict[str, Any]
Row = Mapping[str, Any]


class Linked:
    """Nodes of linked data, and what they refer to: terms, columns, areas.

    Addresses begin with `base`; without one, things are named within the file alone.
    """

    def __init__(self, base: str) -> None:
        self._base = base if base.endswith(("/", "#")) or not base else f"{base}/"
        self.terms: set[tuple[str, str]] = set()
        self.areas: set[str] = set()
        self.columns: dict[str, Column] = {}
        self._plan = lru_cache(maxsize=1_000)(_plan)

    def address(self, *parts: str) -> str:
        """Return the address of a thing; of a record, by its id alone."""
        return self._base + "/".join(parts) if self._base else f"_:{'.'.join(parts) or _WHOLE}"

    def node(self, kind: str, columns: Sequence[Column], row: Row) -> Node:
        """Return a record of a kind, without its address."""
        types = [*TYPES[kind], *_types_by_terms(columns, row)]
        node: Node = {"@type": types if types[1:] else types[0]}
        for column, ways in self._plan(tuple(columns), (kind, *types)):
            value = row.get(column.name)
            if value is None or (column.many and not value):
                continue
            found = [(way, self._told(way[-1].name, column, value, row)) for way in ways]
            for way, told in found:
                for each in told:
                    _put(node, way, each)
            if not any(told for _, told in found):
                _add(node, "schema:additionalProperty", self._additional(column, value))
        return node

    def _told(self, name: str, column: Column, value: Any, row: Row) -> list[Any]:
        """Return what a property says of a value; nothing where it cannot say it."""
        if name in COMPOSED:
            groups = (" ".join(_written(row, group)) for group in COMPOSED[name])
            return [", ".join(filter(None, groups))]
        form = FORMS.get(name)
        return [
            told
            for item in _items(column, value)
            for told in (form(column.item, item) if form else [self._value(column.item, item)])
        ]

    def _value(self, kind: Kind, value: Any) -> Any:
        """Return a value as its kind is told where no property wants it otherwise."""
        told = value
        match kind:
            case Term(name=name):
                self.terms.add((name, value))
                told = {"@id": self.address("terms", name, value)}
            case Reference(table=Area.table):
                self.areas.add(value)
                told = {"@id": self.address(Area.table, value)}
            case Reference():
                told = {"@id": self.address(value)}
            case YesNo():
                told = bool(value)
            case Coordinate():
                told = {"@type": "xsd:decimal", "@value": _number(kind, value)}
            case PartialDate():
                told = {"@type": _DATES[len(value)], "@value": value}
            case Moment():
                told = {"@type": "xsd:dateTime", "@value": value}
            case WebAddress() if is_address(value):
                told = {"@id": value}
        return told

    def _additional(self, column: Column, value: Any) -> Node:
        """Return a property that has no term of its own."""
        self.columns.setdefault(column.name, column)
        node: Node = {
            "@type": "schema:PropertyValue",
            "schema:propertyID": {"@id": self.address("columns", column.name)},
        }
        for item in _items(column, value):
            told = self._value(column.item, item)
            refers = isinstance(told, dict) and "@id" in told
            _add(node, "schema:valueReference" if refers else "schema:value", told)
        return node

    def described(self) -> Iterator[Node]:
        """Yield what the nodes so far refer to: columns, terms and their vocabularies."""
        for name, column in sorted(self.columns.items()):
            yield {
                "@id": self.address("columns", name),
                "@type": "rdf:Property",
                "rdfs:label": told_in_both(column.label),
            }
        for name in sorted({name for name, _ in self.terms}):
            kinds = ["schema:DefinedTermSet", "skos:ConceptScheme"]
            yield {"@id": self.address("terms", name), "@type": kinds, "schema:name": name}
        for name, code in sorted(self.terms):
            yield self._term(name, code)

    def _term(self, name: str, code: str) -> Node:
        labels = told_in_both(Term(name).told(code))
        term = vocabulary(name).get(code)
        kinds = ["schema:DefinedTerm", "skos:Concept"]
        return {
            "@id": self.address("terms", name, code),
            "@type": [*kinds, "rdf:Property"] if name == "relation_role" else kinds,
            "schema:termCode": code,
            "schema:name": labels,
            "skos:prefLabel": labels,
            **({"schema:description": told_in_both(term.meaning)} if term and term.meaning else {}),
            "schema:inDefinedTermSet": {"@id": self.address("terms", name)},
            "skos:inScheme": {"@id": self.address("terms", name)},
        }

    def ties(self, row: Row) -> Node | None:
        """Return a relation that holds as one property, where schema.org has it for its role."""
        term = vocabulary("relation_role").get(row["role"])
        told = term.mappings.get("rdf", "") if term and not row["until"] else ""
        ends = (
            (row["object"], row["subject"]) if told[:1] == "^" else (row["subject"], row["object"])
        )
        whose, whom = map(self.address, ends)
        return {"@id": whose, told.lstrip("^"): {"@id": whom}} if told else None


def _plan(columns: tuple[Column, ...], of: tuple[str, ...]) -> list[tuple[Column, list[Way]]]:
    """Return the ways to the values of columns, of a record of such a kind and classes."""
    known = {"*", *of, *(("place",) if of[0] in PLACES_NAMED else ())}
    told = ways_of()
    return [
        (column, [path for whose, path in told.get(column.name, ()) if whose in known])
        for column in columns
    ]


def _types_by_terms(columns: Sequence[Column], row: Row) -> Iterator[str]:
    """Yield the classes that a record is of by its terms, such as its legal form."""
    for column in columns:
        if isinstance(column.kind, Term) and (value := row.get(column.name)):
            term = vocabulary(column.kind.name).get(value)
            yield from (term.mappings.get("rdf_type", "") if term else "").split()


def _items(column: Column, value: Any) -> list[Any]:
    return list(column.kind.from_sql(value)) if column.many else [value]


def _written(row: Row, names: Sequence[str]) -> list[str]:
    return [str(row[name]) for name in names if row.get(name) is not None]


def _number(kind: Coordinate, value: float) -> str:
    return f"{value:.{kind.decimals}f}".rstrip("0").rstrip(".")


def _put(node: Node, path: Way, value: Any) -> None:
    """Add a value at the end of a path, through nodes of the classes that it tells."""
    for step in path[:-1]:
        there = node.get(step.name, [])
        several = there if isinstance(there, list) else [there]
        inner = next((each for each in several if each.get("@type") == step.of), None)
        if inner is None:
            inner = {"@type": step.of}
            _add(node, step.name, inner)
        node = inner
    _add(node, path[-1].name, value)


def _add(node: Node, name: str, value: Any) -> None:
    """Add a value to those of a property, once."""
    there = node.get(name)
    if there is None:
        node[name] = value
    elif isinstance(there, list):
        if value not in there:
            there.append(value)
    elif there != value:
        node[name] = [there, value]
