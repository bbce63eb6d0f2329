"""Records as linked data: schema.org, and the Italian ontologies COV, CLV and SM (OntoPiA).

A column without a way of its own (`linked_terms`) that tells its value is an additional property,
so that no public value is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from .declare import Column
from .entities import PLACES_NAMED, Area
from .kinds import Kind
from .kinds.choices import Term
from .kinds.numbers import Coordinate, YesNo
from .kinds.texts import Reference, WebAddress
from .kinds.times import Moment, PartialDate
from .linked_terms import COMPOSED, FORMS, TYPES, Step, Way, is_address, told_in_both, ways_of
from .vocabularies import vocabulary

_ADDITIONAL: Way = (Step("schema:additionalProperty", ""),)
_REMEMBERED = 1_000  # values of a column
_WHOLE = "the.dataset"  # no id holds a full stop
_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}

Node = dict[str, Any]
Row = Mapping[str, Any]
_Said = tuple[Way, Any]


class Linked:
    """Nodes of linked data, and what they refer to: terms, columns, areas.

    Addresses begin with `base`; without one, things are named within the file alone.
    """

    def __init__(self, base: str) -> None:
        self._base = base if base.endswith(("/", "#")) or not base else f"{base}/"
        self.terms: set[tuple[str, str]] = set()
        self.areas: set[str] = set()
        self.columns: dict[str, Column] = {}

    def address(self, *parts: str) -> str:
        """Return the address of a thing; of a record, by its id alone."""
        return self._base + "/".join(parts) if self._base else f"_:{'.'.join(parts) or _WHOLE}"

    def shape(self, kind: str, columns: Sequence[Column]) -> Callable[[Row], Node]:
        """Return what makes nodes of records of a kind, without their addresses."""
        return _Shape(self, kind, columns)

    def said(self, column: Column, ways: Sequence[Way], value: Any, row: Row) -> list[_Said]:
        """Return what is said of a value, each with the way to it."""
        if column.many and not value:
            return []
        items = _items(column, value)
        told = [
            (way, each) for way in ways for each in self._told(way[-1].name, column, items, row)
        ]
        return told or [(_ADDITIONAL, self._additional(column, items))]

    def _told(self, name: str, column: Column, items: list[Any], row: Row) -> list[Any]:
        """Return what a property says of values; nothing where it cannot say it."""
        if name in COMPOSED:
            groups = (" ".join(_written(row, group)) for group in COMPOSED[name])
            return [", ".join(filter(None, groups))]
        if form := FORMS.get(name):
            return [told for item in items for told in form(column.item, item)]
        return [self._value(column.item, item) for item in items]

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

    def _additional(self, column: Column, items: list[Any]) -> Node:
        """Return a property that has no term of its own."""
        self.columns.setdefault(column.name, column)
        node: Node = {
            "@type": "schema:PropertyValue",
            "schema:propertyID": {"@id": self.address("columns", column.name)},
        }
        for item in items:
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


class _Shape:
    """Records of a kind, with the same columns, as nodes.

    What depends on no record is found once, and what is said of a value is remembered: most are
    codes, dates and names that many records have.
    """

    def __init__(self, linked: Linked, kind: str, columns: Sequence[Column]) -> None:
        self._linked, self._kind, self._columns = linked, kind, columns
        self._by_terms = {c.name: c.kind.name for c in columns if isinstance(c.kind, Term)}
        self._types = lru_cache(maxsize=_REMEMBERED)(self._types_of)
        self._ways = cache(self._ways_of)

    def __call__(self, row: Row) -> Node:
        types = self._types(tuple(map(row.get, self._by_terms)))
        node: Node = {"@type": [*types] if types[1:] else types[0]}
        for name, said, by_row in self._ways(types):
            if (value := row.get(name)) is not None:
                for way, each in said(value, row) if by_row else said(value):
                    _put(node, way, each)
        return node

    def _types_of(self, values: tuple[str | None, ...]) -> tuple[str, ...]:
        """Return the classes of a record: its kind's, and those by its terms: its legal form."""
        types = [*TYPES[self._kind]]
        for name, value in zip(self._by_terms.values(), values, strict=True):
            if value and (term := vocabulary(name).get(value)):
                types += term.mappings.get("rdf_type", "").split()
        return tuple(types)

    def _ways_of(
        self, types: tuple[str, ...]
    ) -> list[tuple[str, Callable[..., list[_Said]], bool]]:
        """Return the columns, each with what says its values; True where it looks at the row."""
        known = {"*", self._kind, *types, *(("place",) if self._kind in PLACES_NAMED else ())}
        found: list[tuple[str, Callable[..., list[_Said]], bool]] = []
        for column in self._columns:
            ways = [way for whose, way in ways_of().get(column.name, ()) if whose in known]
            said = partial(self._linked.said, column, ways)
            by_row = any(way[-1].name in COMPOSED for way in ways)
            remembered = lru_cache(maxsize=_REMEMBERED)(partial(said, row={}))
            found.append((column.name, said if by_row else remembered, by_row))
        return found


def _items(column: Column, value: Any) -> list[Any]:
    return list(column.kind.from_sql(value)) if column.many else [value]


def _written(row: Row, names: Sequence[str]) -> list[str]:
    return [str(row[name]) for name in names if row.get(name) is not None]


def _number(kind: Coordinate, value: float) -> str:
    return f"{value:.{kind.decimals}f}".rstrip("0").rstrip(".")


def _put(node: Node, path: Way, value: Any) -> None:
    """Add a value at the end of a path, through nodes of the classes that it tells."""
    for step in path[:-1]:
        there = node.get(step.name)
        several = there if isinstance(there, list) else [there] if there else []
        for each in several:
            if each.get("@type") == step.of:
                node = each
                break
        else:
            inner: Node = {"@type": step.of}
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
