"""Draw docs/images/qgis.png and qgis-table.png: layers of a GeoPackage, as QGIS itself shows them.

It needs QGIS's own Python (Debian: python3-qgis), and runs where there is no screen:
bencomune export --for qgis --to /tmp/layers
/usr/bin/python3 docs/qgis_picture.py /tmp/layers/network.gpkg [another folder]
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsLayerTree,
    QgsLayerTreeModel,
    QgsLegendRenderer,
    QgsLegendSettings,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
    QgsVectorLayerCache,
)
from qgis.gui import (
    QgsAttributeTableFilterModel,
    QgsAttributeTableModel,
    QgsAttributeTableView,
    QgsGui,
    QgsMapCanvas,
)
from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter

IMAGES = Path(__file__).parent / "images"
MAP, TABLE = "qgis.png", "qgis-table.png"
WIDTH, HEIGHT, LEGEND = 920, 400, 390  # pixels
ROWS = 8  # of the table
SHOWN = ("name", "legal_form", "state", "municipality_name")
TURNS = 40  # of Qt's loop, in which the table loads its rows
DPI = 96
LINES = 9  # of the record that is shown
METRES = QgsCoordinateReferenceSystem("EPSG:32632")


def opened(path: str) -> list[QgsVectorLayer]:
    """Return the layers that have points, as they are when a person drags the file in."""
    found = QgsProviderRegistry.instance().querySublayers(path)
    layers = [QgsVectorLayer(each.uri(), "", "ogr") for each in found]
    for layer in layers:
        layer.setName(layer.dataProvider().layerMetadata().title())
    return [layer for layer in layers if layer.isSpatial() and not layer.extent().isEmpty()]


def map_of(layers: list[QgsVectorLayer]) -> QgsMapSettings:
    """Return what is drawn, and where: all points, with room for their names."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(METRES)
    settings.setOutputDpi(DPI)
    settings.setOutputSize(QSize(WIDTH - LEGEND, HEIGHT))
    settings.setBackgroundColor(QColor("#f4f2ec"))
    box = QgsRectangle()
    for layer in layers:
        to_metres = QgsCoordinateTransform(layer.crs(), METRES, QgsProject.instance())
        box.combineExtentWith(to_metres.transformBoundingBox(layer.extent()))
    box.scale(1.6)
    settings.setExtent(box)
    return settings


def draw_legend(painter: QPainter, layers: list[QgsVectorLayer], shown: QgsMapSettings) -> None:
    """Draw the symbols that are on the map, beside it."""
    tree = QgsLayerTree()
    for layer in layers:
        tree.addLayer(layer)
    model = QgsLayerTreeModel(tree)
    model.setLegendFilterByMap(shown)
    context = QgsRenderContext.fromQPainter(painter)
    legend = QgsLegendRenderer(model, QgsLegendSettings())
    painter.save()
    painter.translate(WIDTH - LEGEND + 4, 4)
    painter.scale(DPI / 25.4, DPI / 25.4)  # a legend is drawn in millimetres
    legend.drawLegend(context)
    painter.restore()


def draw_record(painter: QPainter, layer: QgsVectorLayer) -> None:
    """Write the first values of a record that has a point, as QGIS's form has them."""
    feature = next(each for each in layer.getFeatures() if each.hasGeometry())
    formatters = QgsApplication.fieldFormatterRegistry()
    lines = []
    for number, field in enumerate(layer.fields()):
        widget, value = layer.editorWidgetSetup(number), feature[number]
        if value and field.alias():
            formatter = formatters.fieldFormatter(widget.type())
            told = formatter.representValue(layer, number, widget.config(), None, value)
            lines.append(f"{field.alias()}: {told}".replace("\n", " "))
    font = painter.font()
    font.setPixelSize(13)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    left, top = WIDTH - LEGEND + 12, HEIGHT - 14 - LINES * metrics.height()
    for number, line in enumerate(lines[:LINES]):
        cut = metrics.elidedText(line, Qt.ElideRight, LEGEND - 24)
        painter.drawText(left, top + number * metrics.height(), cut)


def draw_table(application: QgsApplication, layer: QgsVectorLayer) -> QImage:
    """Return the attribute table of a layer, with the widths and labels of its own style."""
    cache = QgsVectorLayerCache(layer, layer.featureCount())
    cache.setFullCache(True)
    model = QgsAttributeTableModel(cache)
    model.loadLayer()
    canvas = QgsMapCanvas()
    rows = QgsAttributeTableFilterModel(canvas, model)
    config = layer.attributeTableConfig()
    columns = config.columns()
    for column in columns:
        column.hidden = column.name not in SHOWN
    config.setColumns(columns)
    view = QgsAttributeTableView()
    view.setModel(rows)
    rows.setAttributeTableConfig(config)
    view.setAttributeTableConfig(config)
    view.show()
    for _ in range(TURNS):
        application.processEvents()
    height = view.horizontalHeader().height() + ROWS * view.rowHeight(0)
    view.resize(WIDTH, height)
    application.processEvents()
    return view.grab().toImage()


def draw_map(layers: list[QgsVectorLayer]) -> QImage:
    """Return the map of some layers, with their legend and a record of the first."""
    image = QImage(WIDTH, HEIGHT, QImage.Format_RGB32)
    image.fill(Qt.white)
    image.setDotsPerMeterX(round(DPI / 0.0254))
    image.setDotsPerMeterY(round(DPI / 0.0254))
    painter = QPainter(image)
    painter.setClipRect(QRectF(0, 0, WIDTH - LEGEND, HEIGHT))
    settings = map_of(layers)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.setClipping(False)
    draw_legend(painter, layers, settings)
    draw_record(painter, layers[0])
    painter.end()
    return image


def main() -> int:
    """Draw the pictures of a file; tell 1 where it has no points, or they cannot be written."""
    application = QgsApplication([], True)
    application.initQgis()
    QgsGui.editorWidgetRegistry().initEditors()
    layers = opened(sys.argv[1])
    for layer in layers:
        QgsProject.instance().addMapLayer(layer)
    if not layers:
        return 1
    folder = Path(sys.argv[2]) if sys.argv[2:] else IMAGES
    drawn = {MAP: draw_map(layers), TABLE: draw_table(application, layers[-1])}
    return 0 if all(image.save(str(folder / name)) for name, image in drawn.items()) else 1


if __name__ == "__main__":
    done = main()
    sys.stdout.flush()
    os._exit(done)  # QGIS may fall over its own objects at the end
