"""GeoJSON text sequence (RFC 8142): features one by one, which programs read as they come.

Each stands between RS and a line feed. Of GDAL's two endings, `.geojsons` is that of files with RS,
`.geojsonl` that of files without; QGIS opens both, and so does `import`.
"""

from itertools import chain
from typing import TextIO

from ..dataset import Dataset
from ..feature_texts import feature
from ..layers import Layer
from ..words import Text
from . import Format, write_joined

FORMAT = Format(
    "geojsons",
    "application/geo+json-seq",
    Text("GeoJSON in sequenza", "GeoJSON sequence"),
    usual=False,
    file_type="GEOJSON",
    lost=(
        Text(
            "i nomi delle colonne, se non c'è nessun record: il file è vuoto",
            "names of columns, if there is no record: the file is empty",
        ),
    ),
)

_BEFORE = "\x1e"  # RS: section 2


def write(dataset: Dataset, layer: Layer, out: TextIO) -> None:
    """Write one feature after the other, without a collection around them."""
    features = dataset.joined(layer, feature(layer), f"\n{_BEFORE}")
    before = _BEFORE.encode()
    write_joined(out, chain.from_iterable((before, some, b"\n") for some in features))
