"""A graph of linked data, said once and written as Turtle, RDF/XML or JSON-LD.

Every node has an address, and what is said of it keeps its order: the same graph gives the same
text. rdflib does not promise that (its RDF/XML and JSON-LD follow Python's hash seed), so it only
reads in the tests what is written here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

# Characters that an IRI may not hold (RFC 3987; Turtle's IRIREF).
_NO_IRI = re.compile(r"[\x00-\x20\x7f-\x9f<>\"{}|\\^`]")
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_KEPT = {"\r": "&#13;"}  # XML makes a line feed of one that is not written so (2.11)


class Iri(str):
    """The address of a thing; what an address may not hold is written by its code."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Return a text as an address."""
        return super().__new__(cls, _NO_IRI.sub(lambda sign: quote(sign[0], safe=""), text))


class Literal(NamedTuple):
    """A text, with its language, or the prefixed name of its type; a plain one has neither."""

    text: str
    language: str = ""
    datatype: str = ""


Value = Iri | Literal
Said = Value | Iterable[Value] | None


class Graph:
    """Nodes by address, and what is said of each: prefixed names, and their values."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._types: dict[str, list[str]] = {}
        self._said: dict[str, dict[str, list[Value]]] = {}

    def add(self, subject: Iri, types: Iterable[str], said: Mapping[str, Said]) -> Iri:
        """Say something of a node, besides what was said of it; return its address."""
        known = self._types.setdefault(subject, [])
        known += [name for name in types if name not in known]
        values = self._said.setdefault(subject, {})
        for name, told in said.items():
            for value in _values(told):
                if value not in values.setdefault(name, []):
                    values[name].append(value)
        return subject

    def turtle(self) -> str:
        """Return the graph as Turtle."""
        heads = [f"@prefix {name}: <{start}> .\n" for name, start in self._prefixes.items()]
        return "".join((*heads, *map(self._in_turtle, self._types)))

    def _in_turtle(self, subject: str) -> str:
        lines = [f"a {', '.join(self._types[subject])}"]
        for name, values in self._said[subject].items():
            lines += [f"{name} {', '.join(map(_turtle, values))}"] if values else []
        return f"\n<{subject}>\n    " + " ;\n    ".join(lines) + " .\n"

    def rdf_xml(self) -> str:
        """Return the graph as RDF/XML."""
        spaces = "".join(f"\n    xmlns:{name}={quoteattr(s)}" for name, s in self._prefixes.items())
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'
        return f"{head}{''.join(map(self._in_xml, self._types))}</rdf:RDF>\n"

    def _in_xml(self, subject: str) -> str:
        first, *others = self._types[subject]
        types = [f"<rdf:type rdf:resource={quoteattr(self._whole(name))}/>" for name in others]
        told = [
            self._element(name, value)
            for name, values in self._said[subject].items()
            for value in values
        ]
        inner = "".join(f"    {line}\n" for line in (*types, *told))
        return f"  <{first} rdf:about={quoteattr(subject)}>\n{inner}  </{first}>\n"

    def _element(self, name: str, value: Value) -> str:
        if isinstance(value, Iri):
            return f"<{name} rdf:resource={quoteattr(value)}/>"
        about = f" xml:lang={quoteattr(value.language)}" if value.language else ""
        if value.datatype:
            about = f" rdf:datatype={quoteattr(self._whole(value.datatype))}"
        return f"<{name}{about}>{escape(value.text, _KEPT)}</{name}>"

    def json_ld(self) -> str:
        """Return the graph as JSON-LD 1.1, whose context only tells the prefixes."""
        nodes = [
            {
                "@id": subject,
                "@type": types,
                **{n: _one_or_all(map(_json, v)) for n, v in self._said[subject].items() if v},
            }
            for subject, types in self._types.items()
        ]
        told = {"@context": {"@version": 1.1, **self._prefixes}, "@graph": nodes}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    def _whole(self, name: str) -> str:
        prefix, _, rest = name.partition(":")
        return self._prefixes[prefix] + rest


def _values(told: Said) -> Iterable[Value]:
    if told is None:
        return ()
    return (told,) if isinstance(told, Iri | Literal) else told


def _turtle(value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{value}>"
    about = f"@{value.language}" if value.language else ""
    about = f"^^{value.datatype}" if value.datatype else about
    return f'"{value.text.translate(_ESCAPED)}"{about}'


def _json(value: Value) -> Any:
    if isinstance(value, Iri):
        return {"@id": value}
    told = {"@value": value.text}
    if value.language:
        told["@language"] = value.language
    if value.datatype:
        told["@type"] = value.datatype
    return told


def _one_or_all(values: Iterable[Any]) -> Any:
    told = list(values)
    return told[0] if len(told) == 1 else told
