"""How QGIS shows a layer when it is opened: names of its columns and codes, points by their kind.

A style is QGIS's own XML (QML), of which only what differs from QGIS's defaults is told.
"""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from .declare import Column
from .labelled import UNTOLD
from .layers import Layer
from .words import Text

# By what the points of a layer are told apart: the first of these that it has.
_KINDS = ("record_type", "lab_kind", "legal_form", "activities")
# Okabe and Ito's colours, which people who see few colours tell apart too.
_COLOURS = (
    *("0,114,178", "213,94,0", "0,158,115", "204,121,167"),
    *("86,180,233", "230,159,0", "240,228,66", "90,90,90"),
)
_SHAPES = ("circle", "square", "triangle", "diamond")  # one for each round of the colours
_NEAREST, _FARTHEST = 1, 50_000  # scales between which points have their names beside them
_WIDE, _NARROW = 28, 12  # characters of a column of the table, at least
_CHARACTER = 10  # pixels
_WITH_POINTS, _TABLE = 0, 4  # kinds of geometry, as QGIS counts them


def colour(number: int) -> str:
    """Return the colour of the first, second ... kind, as CSS writes it."""
    return f"rgb({_COLOURS[number % len(_COLOURS)]})"


def terms(column: Column, language: str) -> dict[str, str]:
    """Return the label of each code that a column may hold, also in a list; none of other kinds."""
    codes = column.item.schema().get("enum", ())
    return {code: column.item.told(code).said_in(language) for code in codes}


def style(layer: Layer, columns: list[Column], language: str) -> str:
    """Return the QML of a layer that is written with these columns, in a language."""
    body = [
        f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{_opening(layer)}",
        "<fieldConfiguration>",
        *(_field(column, language) for column in columns),
        "</fieldConfiguration><aliases>",
        *(_alias(column, language) for column in columns),
        "</aliases>",
        f"<previewExpression>&quot;{_title(layer)}&quot;</previewExpression>",
        *_table(columns, language),
        *(_points(layer, columns, language) if layer.has_point else ()),
        f"<layerGeometryType>{_WITH_POINTS if layer.has_point else _TABLE}</layerGeometryType>",
        "</qgis>",
    ]
    return "\n".join(body) + "\n"


def _opening(layer: Layer) -> str:
    parts = "Fields|Forms|MapTips|AttributeTable" + "|Symbology|Labeling" * layer.has_point
    return f'<qgis version="3.22.0" styleCategories="{parts}" labelsEnabled="1">'


def _title(layer: Layer) -> str:
    return "name" if any(column.name == "name" for column in layer.columns) else "id"


def _alias(column: Column, language: str) -> str:
    return f"<alias field={quoteattr(column.name)} name={_label(column.label, language)}/>"


def _label(text: Text, language: str) -> str:
    return quoteattr(text.said_in(language))


def _option(name: str, value: str) -> str:
    return f'<Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>'


def _field(column: Column, language: str) -> str:
    """Return the widget of a column: a list of labels for codes, the usual one for others."""
    name = quoteattr(column.name)
    labels = {} if column.many else terms(column, language)
    if not labels:
        return f"<field name={name}/>"
    map_ = "".join(
        f'<Option type="Map">{_option(label, code)}</Option>' for code, label in labels.items()
    )
    return (
        f'<field name={name}><editWidget type="ValueMap"><config><Option type="Map">'
        f'<Option type="List" name="map">{map_}</Option></Option></config></editWidget></field>'
    )


def _table(columns: list[Column], language: str) -> Iterator[str]:
    """Yield how wide the columns of the table are; the number of a row is not shown."""
    yield "<attributetableconfig><columns>"
    yield '<column type="field" name="fid" hidden="1" width="-1"/>'
    for column in columns:
        labels = terms(column, language).values()
        wide = _WIDE if column.free else min(max(map(len, labels), default=_NARROW), _WIDE)
        wide = max(len(column.label.said_in(language)), wide)
        yield (
            f'<column type="field" name={quoteattr(column.name)} hidden="0"'
            f' width="{wide * _CHARACTER}"/>'
        )
    yield '<column type="actions" hidden="1" width="-1"/></columns></attributetableconfig>'


def _points(layer: Layer, columns: list[Column], language: str) -> Iterator[str]:
    """Yield points told apart by kind, with their names where the map is near."""
    by = next(column for name in _KINDS for column in columns if column.name == name)
    # Of a list, the first item.
    attr = f"regexp_substr(\"{by.name}\", '^([^,]*)')" if by.many else by.name
    labels = {**terms(by, language), "": UNTOLD.said_in(language)}
    yield (
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(attr)} symbollevels="0"'
        ' enableorderby="0" forceraster="0"><categories>'
    )
    for number, (code, label) in enumerate(labels.items()):
        yield (
            f'<category symbol="{number}" value={quoteattr(code)} label={quoteattr(label)}'
            ' render="true"/>'
        )
    yield "</categories><symbols>"
    for number, code in enumerate(labels):
        rounds, place = divmod(number, len(_COLOURS))
        shape = _SHAPES[rounds % len(_SHAPES)]
        yield _symbol(number, _COLOURS[place] if code else "190,190,190", shape)
    yield "</symbols></renderer-v2>"
    yield (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName="{_title(layer)}" fontSize="9" fontSizeUnit="Point"'
        ' textColor="40,40,40,255" textOpacity="1"><text-buffer bufferDraw="1" bufferSize="0.8"'
        ' bufferSizeUnits="MM" bufferColor="255,255,255,255"/></text-style>'
        '<placement placement="6" predefinedPositionOrder="R,L,TR,BR,TL,BL" offsetType="1"'
        ' dist="0.5" distUnits="MM"/>'
        f'<rendering scaleVisibility="1" scaleMin="{_NEAREST}" scaleMax="{_FARTHEST}"/>'
        "</settings></labeling>"
    )


def _symbol(number: int, colour: str, shape: str) -> str:
    told = {
        "color": f"{colour},255",
        "name": shape,
        "outline_color": "255,255,255,255",
        "outline_width": "0.3",
        "size": "3.2",
        "size_unit": "MM",
    }
    options = "".join(_option(name, value) for name, value in told.items())
    return (
        f'<symbol type="marker" name="{number}" alpha="1"><layer class="SimpleMarker"'
        f' enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option></layer></symbol>'
    )
