"""KML 2.2 (OGC 07-147r2): folders by kind of record, typed and labelled fields, plain text.

Text is escaped, never CDATA, which uMap shows as an empty balloon. Fields are Schema and
SimpleData, since GDAL drops untyped Data beside them. Labels are in the network's language.
"""

import re
from collections.abc import Iterator
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from ..dataset import Dataset
from ..declare import Audience, Column
from ..entities import PLACES
from ..kinds.texts import Reference
from ..layers import Layer
from ..sql import filled, literal, quoted
from ..words import Text
from . import Format, write_joined

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

# What opens a tag, and what stands between two fields, until texts are escaped: no text holds
# control characters, to which the tables' own CHECKs hold them. What closes a tag may stand in a
# text, but behind two brackets (XML 1.0, 2.4).
_OPENS, _FIELD = "\x02\x03"
_MARKUP = {
    "&": "&amp;",
    "<": "&lt;",
    _OPENS: "<",
    _FIELD: '</SimpleData><SimpleData name="',
}
# A phone number of a Placemark must be a tel: URI (OGC 07-147r2, ATC on phoneNumber).
_IS_TELEPHONE = "phone GLOB '+[0-9]*' AND phone NOT GLOB '+*[^0-9]*'"
_TELEPHONE = f"CASE WHEN {_IS_TELEPHONE} THEN phone END"
_ADDRESS = "street, ' ' || number, ', ' || municipality_name"
# Google Earth would fill $[...] in with the value of a field.
_DESCRIPTION = re.compile(rf"(?<={_OPENS}description>)[^{_OPENS}]*".encode())

Pieces = list[tuple[str, str]]  # a text, and SQL of the value behind it


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write a document with its schema and a folder for each kind of record."""
    language = dataset.language
    names = (dataset.network.get("name"), layer.label.said_in(language))
    # The network is not held back where another program spoilt its name.
    title = "".join(filter(str.isprintable, ", ".join(filter(None, names))))
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
        write_joined(out, dataset.joined(layer, _placemark(layer), "\n", record_type, _escaped))
        out.write("</Folder>\n")
    out.write("</Document>\n</kml>\n")


def _folders(layer: Layer) -> Iterator[tuple[Text, str]]:
    if layer.columns[0].name != "record_type":
        yield layer.label, ""
        return
    for entity in PLACES:
        yield entity.plural, entity.name_of_kind


def _escaped(placemarks: bytes) -> bytes:
    """Return placemarks whose texts are escaped: at once, not each of fifty by itself in SQL."""
    if b"$" in placemarks:  # one sign is sought five times as fast as two
        placemarks = _DESCRIPTION.sub(lambda found: found[0].replace(b"$[", b"$ ["), placemarks)
    for sign, told in _MARKUP.items():
        placemarks = placemarks.replace(sign.encode(), told.encode())
    if b"]" in placemarks:  # seldom, and found at once
        placemarks = placemarks.replace(b"]]>", b"]]&gt;")
    return placemarks + b"\n"


def _markup(text: str) -> str:
    return text.replace("<", _OPENS)


def _placemark(layer: Layer) -> str:
    """Return SQL for the placemark of a record, in which markup is marks, so that it is escaped."""
    names = {column.name for column in layer.columns}
    pieces = [
        (_markup(f'<Placemark id="{layer.name}.'), "id"),
        (_markup('"><name>'), _title(names)),
        (_markup("</name>"), "NULL"),
    ]
    if "street" in names:
        address = literal(_markup("<address>%s%s%s</address>"))
        pieces.append(("", f"CASE WHEN street IS NOT NULL THEN printf({address}, {_ADDRESS}) END"))
        pieces.append(_element("<phoneNumber>tel:", _TELEPHONE, "</phoneNumber>"))
        pieces.append(_element("<description>", "coalesce(description, summary)", "</description>"))
    opened = f'<ExtendedData><SchemaData schemaUrl="#{layer.name}"><SimpleData name="'
    first, *others = layer.columns  # what kind a record is, or its id: none lacks it
    pieces.append((_markup(opened) + first.name + '">', first.kind.sql_text(quoted(first.name))))
    for column in others:
        pieces += _field(column)
    pieces.append((_markup("</SimpleData></SchemaData></ExtendedData>"), "NULL"))
    if layer.has_point:
        around = [_markup("<Point><coordinates>"), ",", _markup("</coordinates></Point>")]
        pieces.append(("", layer.column("lon").kind.sql_texts(["lon", "lat"], around)))
    return filled([*pieces, (_markup("</Placemark>"), "NULL")])


def _title(names: set[str]) -> str:
    if "name" in names:
        return '"name"'
    return (
        "coalesce(subject_name, subject) || ' – ' || role || ' – ' || coalesce(object_name, object)"
    )


def _field(column: Column) -> Pieces:
    """Return the pieces of a field, none where its value is missing."""
    tag, shown = f'{_FIELD}{column.name}">', quoted(column.name)
    value = column.kind.sql_text(shown)
    if column.always_public:
        return [(tag, value)]
    if column.sql or column.audience is Audience.MASKED or isinstance(column.kind, Reference):
        return [("", column.kind.sql_texts([shown], [tag, ""]))]  # computed, which is done once
    return [("", f"CASE WHEN {shown} IS NOT NULL THEN {literal(tag)} END"), ("", value)]


def _element(start: str, value: str, end: str) -> tuple[str, str]:
    """Return the piece of an element that there is where it has a value."""
    return "", f"{literal(_markup(start))} || ({value}) || {literal(_markup(end))}"
