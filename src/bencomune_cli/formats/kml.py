"""KML 2.2 (OGC 07-147r2): folders by kind of record, typed and labelled fields, plain text.

Text is escaped, never CDATA, which uMap shows as an empty balloon. Fields are Schema and
SimpleData, since GDAL drops untyped Data beside them. Labels are in the network's language.
"""

from collections.abc import Iterator
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from ..dataset import Dataset
from ..declare import Column
from ..entities import PLACES
from ..layers import Layer
from ..sql import as_one, literal, quoted
from ..words import Text
from . import Format

FORMAT = Format(
    "kml",
    "application/vnd.google-earth.kml+xml",
    Text("KML", "KML"),
    purposes=("earth",),
    lost=(
        Text(
            "i segni dell'HTML in un testo, come &amp; o <b>: programmi e importazione ne leggono"
            " ciò che l'HTML mostra",
            "signs of HTML in a text, such as &amp; or <b>: programs and imports read of them what"
            " HTML shows",
        ),
        Text(
            "sì e no: sono 1 e 0, perché uMap leggerebbe ogni testo come sì",
            "yes and no: they are 1 and 0, since uMap would read any text as yes",
        ),
    ),
)

# What opens and closes tags until texts are escaped: no text holds control characters, to which
# the tables' own CHECKs hold them.
_OPENS, _CLOSES = "\x02", "\x03"
# A phone number of a Placemark must be a tel: URI (OGC 07-147r2, ATC on phoneNumber).
_TELEPHONE = (
    "CASE WHEN phone GLOB '+[0-9]*' AND substr(phone, 2) NOT GLOB '*[^0-9]*'"
    " THEN 'tel:' || phone END"
)
# Google Earth would fill $[...] in with the value of a field.
_DESCRIPTION = "replace(coalesce(description, summary), '$[', '$ [')"


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write a document with its schema and a folder for each kind of record."""
    language = dataset.language
    names = (dataset.network.get("name"), layer.label.said_in(language))
    title = ", ".join(filter(None, names))
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write('<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n')
    out.write(f"<name>{escape(title)}</name>\n")
    out.write(f"<Schema name={quoteattr(layer.name)} id={quoteattr(layer.name)}>\n")
    out.writelines(
        f"<SimpleField type={quoteattr(column.kind.kml_type)} name={quoteattr(column.name)}>"
        f"<displayName>{escape(column.label.said_in(language))}</displayName></SimpleField>\n"
        for column in layer.columns
    )
    out.write("</Schema>\n")
    for name, record_type in _folders(layer):
        out.write(f"<Folder>\n<name>{escape(name.said_in(language))}</name>\n")
        for placemark in dataset.texts(layer, _placemark(layer), record_type):
            out.write(_escaped(placemark))
            out.write("\n")
        out.write("</Folder>\n")
    out.write("</Document>\n</kml>\n")


def _folders(layer: Layer) -> Iterator[tuple[Text, str]]:
    if layer.columns[0].name != "record_type":
        yield layer.label, ""
        return
    for entity in PLACES:
        yield entity.plural, entity.name_of_kind


def _escaped(placemark: str) -> str:
    """Return a placemark whose texts are escaped: at once, not each of fifty by itself in SQL."""
    if "&" in placemark or "<" in placemark or ">" in placemark:
        placemark = escape(placemark)
    return placemark.replace(_OPENS, "<").replace(_CLOSES, ">")


def _markup(text: str) -> str:
    return literal(text.replace("<", _OPENS).replace(">", _CLOSES))


def _placemark(layer: Layer) -> str:
    names = {column.name for column in layer.columns}
    opened = f'<Placemark id="{layer.name}.'
    start = f"""{_markup(opened)} || id || {_markup('">')}"""
    parts = [start, _element("name", _title(names))]
    if "street" in names:
        address = "street || coalesce(' ' || number, '') || coalesce(', ' || municipality_name, '')"
        parts.append(_element("address", address))
        parts.append(_element("phoneNumber", _TELEPHONE))
        parts.append(_element("description", _DESCRIPTION))
    parts.append(_markup(f'<ExtendedData><SchemaData schemaUrl="#{layer.name}">'))
    parts += map(_field, layer.columns)
    parts += [_markup("</SchemaData></ExtendedData>"), _point(layer), _markup("</Placemark>")]
    return as_one(parts)


def _title(names: set[str]) -> str:
    if "name" in names:
        return '"name"'
    return (
        "coalesce(subject_name, subject) || ' – ' || role || ' – ' || coalesce(object_name, object)"
    )


def _element(name: str, value: str) -> str:
    return _told(f"<{name}>", value, f"</{name}>")


def _field(column: Column) -> str:
    start = f"<SimpleData name={quoteattr(column.name)}>"
    return _told(start, column.kind.sql_text(quoted(column.name)), "</SimpleData>")


def _point(layer: Layer) -> str:
    if not layer.has_point:
        return "''"
    lon, lat = (layer.column(name).kind.sql_text(name) for name in ("lon", "lat"))
    point = f"{lon} || ',' || {lat}"
    return _told("<Point><coordinates>", point, "</coordinates></Point>")


def _told(start: str, value: str, end: str) -> str:
    return f"coalesce({_markup(start)} || {value} || {_markup(end)}, '')"
