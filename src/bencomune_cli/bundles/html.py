"""A web page with map and list (HTML), whole in one file: open it from a disk or put it on a site.

What it is made of lies in `page/`: the page, its style and its program, and Leaflet, which draws
the map. The data stand in it as JSON, which the program shows as texts and never as HTML. A policy
lets run only what was written here, and lets nothing in but the tiles that the network names.
"""

import base64
import csv
import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from ..dataset import Dataset
from ..declare import Column
from ..directories import kinds_in
from ..entities import PLACES, Area, Contact, Network, Relation
from ..hours import told as hours_told
from ..kinds.choices import Listing, Term
from ..kinds.tiles import TileAddress
from ..layers import LAYERS, Layer
from ..qgis_styles import colour
from ..sketches import named_areas, sketched
from ..vocabularies import vocabulary
from ..words import LANGUAGES, Text
from . import Format, apart

FORMAT = Format(
    "html",
    "text/html",
    Text("Pagina con mappa (HTML)", "Page with a map (HTML)"),
    usual=False,
    purposes=("web",),
    stem="map",
    links=True,
    lost=(
        Text(
            "i momenti in cui i record sono stati creati e cambiati; i confini hanno meno vertici",
            "the moments at which records were made and changed; outlines have fewer corners",
        ),
    ),
    effort=90,
    most_records=200_000,  # 240 MB, 0.8 GB of memory in Chromium, which takes no text over 512 MB
)

PAGE = Path(__file__).parent.parent / "page"
_SCRIPTS = ("words.js", "data.js", "finding.js", "card.js", "list.js", "map.js", "page.js")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_TIMES = frozenset({"created_at", "updated_at"})  # when a row was written
# What contacts and relations themselves tell, with links and in both languages.
_BY_CONTACTS = frozenset({"contacts"})
_BY_RELATIONS = frozenset({"coordinator", "partners"})


def write(
    dataset: Dataset, layers: Sequence[Layer], out: BinaryIO, beside: Sequence[str] = ()
) -> None:
    """Write the page of some layers, with links to the files `beside` it."""
    parts = _parts(dataset.network, dataset.language)
    filled = [
        _PLACE.sub(lambda found: parts[found[1]], text)
        for text in _read("page.html").split("{{data}}")
    ]
    out.write(filled[0].encode())
    # In an element of data nothing but `<` begins what ends it (HTML, 13.2.5.4).
    data = _document(dataset, apart(layers), beside)
    out.writelines(text.replace("<", "\\u003c").encode() for text in data)
    out.write(filled[1].encode())


# The page around the data


def _parts(network: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return what stands in the places of the page, by name."""
    scripts = [_leaflet("leaflet.js"), _joined("script", _SCRIPTS)]
    styles = [_leaflet("leaflet.css"), _joined("style", ("page.css",))]
    return {
        "language": language,
        "title": html.escape(str(network.get("name") or "")),
        "policy": html.escape(_policy(scripts, styles, _tiles(network))),
        "library_style": styles[0],
        "style": styles[1],
        "library": scripts[0],
        "script": scripts[1],
    }


def _policy(scripts: Iterable[str], styles: Iterable[str], tiles: str) -> str:
    """Return the Content-Security-Policy: what is in the page, and pictures of the tiles."""
    told = {
        "default-src": "'none'",
        "script-src": " ".join(map(_hash, scripts)),
        "style-src": " ".join(map(_hash, styles)),
        # The icon of the page, and the empty picture by which Leaflet stops a tile on its way.
        "img-src": f"{tiles} data:".strip(),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in told.items())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _tiles(network: Mapping[str, Any]) -> str:
    """Return the servers of the tiles, none where another program wrote what is no address."""
    return TileAddress.server(str(network.get("tiles_url") or ""))


@cache
def _read(name: str) -> str:
    return (PAGE / name).read_text("utf-8")


def _joined(element: str, names: Iterable[str]) -> str:
    """Return files as the text of one element, which none of them may end."""
    text = "\n" + "\n".join(map(_read, names))
    if f"</{element}" in text or "<!--" in text:
        raise ValueError(f"{element} would end before its end")
    return text


def _leaflet(name: str) -> str:
    """Return a file of Leaflet, without the address of what only its developers need."""
    return _read(f"leaflet/{name}").split("\n//# sourceMappingURL=")[0]


# The data


def _document(dataset: Dataset, layers: Sequence[Layer], beside: Sequence[str]) -> Iterator[str]:
    """Yield the JSON of all that the page shows, each record on a line."""
    of_kinds = {name: layer for layer in layers for name in kinds_in(layer)}
    about = {
        "language": dataset.language,
        "languages": LANGUAGES,
        "words": _words(),
        "network": _network(dataset),
        "changed_at": dataset.changed_at,
        "beside": list(_downloads(beside)),
        "kinds": list(_kinds(of_kinds)),
        "terms": _terms([*of_kinds.values(), *layers]),
    }
    yield json.dumps(about, ensure_ascii=False)[:-1]
    told = _Told(dataset, with_relations=any(layer.name == Relation.table for layer in layers))
    yield ',\n"records":['
    separator = "\n"
    for layer in layers:
        for record in told.records(layer) if kinds_in(layer) else ():
            yield separator + json.dumps(record, ensure_ascii=False)
            separator = ",\n"
    rest = {"relations": told.relations(layers), "contacts": told.contacts(), "areas": told.areas()}
    yield "\n]," + json.dumps(rest, ensure_ascii=False, default=list)[1:]


def _kinds(of_kinds: Mapping[str, Layer]) -> Iterator[dict[str, Any]]:
    for number, entity in enumerate(PLACES):
        if layer := of_kinds.get(entity.name_of_kind):
            yield {
                "kind": entity.name_of_kind,
                "layer": entity.table,
                "label": entity.label,
                "plural": entity.plural,
                "colour": colour(number),
                "columns": [_column(column) for column in layer.columns],
            }


def _column(column: Column) -> dict[str, Any]:
    told = {"name": column.name, "label": column.label, "kind": type(column.item).__name__}
    more = {"of": getattr(column.item, "name", ""), "table": getattr(column.item, "table", "")}
    return told | {name: value for name, value in more.items() if value}


def _terms(layers: Iterable[Layer]) -> dict[str, dict[str, list[str]]]:
    """Return labels of codes by vocabulary, behind them those that the other side has."""
    columns = [column for layer in layers for column in layer.columns] + [*Contact.published()]
    names = {column.item.name for column in columns if isinstance(column.item, Term)}
    return {
        name: {code: [*term.label, *term.inverse] for code, term in vocabulary(name).items()}
        for name in sorted(names)
    }


def _network(dataset: Dataset) -> dict[str, Any]:
    row = dataset.network
    if not _tiles(row):
        row = {**row, "tiles_url": None}
    return {c.name: row[c.name] for c in Network.published() if row.get(c.name) and not c.automatic}


def _downloads(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the files beside the page by layer, each with its name and what it is called there."""
    others = [name for name in names if name != f"{FORMAT.stem}.{FORMAT.extension}"]
    for layer, label in [*((layer.name, layer.label) for layer in LAYERS.values()), ("", None)]:
        files = [
            [name, " ".join(name.split(".")[1:]).upper() if layer else name]
            for name in others
            if layer == (stem if (stem := name.split(".")[0]) in LAYERS else "")
        ]
        if files:
            yield {"title": label, "files": files}


def _words() -> dict[str, list[str]]:
    rows = csv.DictReader(_read("words.csv").splitlines(), strict=True)
    return {row["code"]: [row[language] for language in LANGUAGES] for row in rows}


class _Told:
    """The rows of a page; what belongs to records is told of those that came before."""

    def __init__(self, dataset: Dataset, *, with_relations: bool) -> None:
        self._dataset = dataset
        self._left_out = {*_TIMES, *_BY_CONTACTS, *(_BY_RELATIONS if with_relations else ())}
        self._ids: set[str] = set()
        self._areas = set((dataset.network.get("municipalities") or "").split(", "))

    def records(self, layer: Layer) -> Iterator[dict[str, Any]]:
        """Yield the records of a layer, lists as such, without what is missing."""
        kinds = {column.name: column.kind for column in layer.columns}
        lists = {name for name, kind in kinds.items() if isinstance(kind, Listing)}
        of_one = {"record_type": kinds_in(layer)[0]}
        for row in self._dataset.objects(layer):
            self._ids.add(row["id"])
            self._areas.update(named_areas(row))
            hours = hours_told(row.get("opening_hours") or "")
            yield (
                of_one
                | ({"hours_told": hours} if hours else {})
                | {
                    name: kinds[name].from_sql(value) if name in lists else value
                    for name, value in row.items()
                    if value is not None and name not in self._left_out
                }
            )

    def relations(self, layers: Sequence[Layer]) -> Iterator[dict[str, Any]]:
        """Yield the relations, where they are among the layers."""
        for layer in layers:
            if layer.name == Relation.table:
                yield from map(_known, self._dataset.objects(layer))

    def contacts(self) -> Iterator[dict[str, Any]]:
        """Yield the public contacts of the records."""
        found = self._dataset.beside(Contact)
        return (_known(row) for row in found if row["record"] in self._ids)

    def areas(self) -> Iterator[dict[str, Any]]:
        """Yield the areas that records name, and those of the network."""
        return sketched(self._dataset.beside(Area), self._areas)


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in _TIMES}
