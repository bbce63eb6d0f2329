"""Tell as JSON what QGIS makes of a file's layers; run by QGIS's own Python, never by pytest."""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsFeatureSource,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)


def told(layer):
    """Return what a person would see of a layer that was dragged in, and its values."""
    fields = {}
    for number, field in enumerate(layer.fields()):
        widget = layer.editorWidgetSetup(number)
        kind, config = widget.type(), widget.config()
        fields[field.name()] = [field.typeName(), field.alias(), kind, config.get("map")]
    by = layer.renderer()
    drawn = by is not None and by.type() == "categorizedSymbol"
    names = [field.name() for field in layer.fields()]
    return {
        "valid": layer.isValid(),
        "title": layer.dataProvider().layerMetadata().title(),
        "geometry": QgsWkbTypes.displayString(layer.wkbType()),
        "crs": layer.crs().authid(),
        "indexed": layer.hasSpatialIndex() == QgsFeatureSource.SpatialIndexPresent,
        "fields": fields,
        "by": by.classAttribute() if drawn else "",
        "categories": {each.value(): each.label() for each in by.categories()} if drawn else {},
        "hidden": [
            column.name
            for column in layer.attributeTableConfig().columns()
            if column.hidden and column.name
        ],
        "display": layer.displayExpression(),
        "records": [
            [feature.geometry().asWkt(6), dict(zip(names, map(plain, feature), strict=True))]
            for feature in layer.getFeatures()
        ],
    }


def plain(value):
    """Return a value of Qt as one of JSON."""
    if hasattr(value, "isNull") and value.isNull():
        return None
    if hasattr(value, "toSecsSinceEpoch"):  # QGIS 3.22 shows what is written, without its zone
        return value.toString("yyyy-MM-ddTHH:mm:ss") + "Z"
    if hasattr(value, "toJulianDay"):
        return value.toString("yyyy-MM-dd")
    return value


def main():
    """Open every layer that QGIS would offer."""
    QgsApplication([], False).initQgis()
    found = QgsProviderRegistry.instance().querySublayers(sys.argv[1])
    layers = {each.name(): QgsVectorLayer(each.uri(), each.name(), "ogr") for each in found}
    if sys.argv[2:]:  # as the dialog for delimited text opens it: columns of points, their system
        x, y, crs = sys.argv[2:]
        uri = f"file://{sys.argv[1]}?type=csv&detectTypes=yes&xField={x}&yField={y}&crs={crs}"
        layers["by the dialog"] = QgsVectorLayer(uri, "by the dialog", "delimitedtext")
    json.dump({name: told(layer) for name, layer in layers.items()}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # QGIS may fall over its own objects at the end


if __name__ == "__main__":
    main()
