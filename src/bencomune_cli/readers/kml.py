"""KML (OGC 12-007r2), as Google Earth, Google My Maps, uMap, QGIS and we ourselves write it."""

import re
from contextlib import nullcontext

from .. import maps
from ..words import same
from . import Readable, Source, Table

_START = re.compile(rb"<(?:[a-z0-9]+:)?kml[\s>/]", re.IGNORECASE)


def _recognises(head: bytes, name: str) -> bool:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<") and (name.endswith(".kml") or bool(_START.search(plain)))


FORMAT = Readable(same("KML"), _recognises, rank=5)


def read(source: Source) -> Table:
    """Return the placemarks of a KML file."""
    return maps.table(lambda: nullcontext(source.rewound()), source.limits)
