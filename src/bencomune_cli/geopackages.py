"""Geometry blobs of GeoPackage (OGC 12-128r19, 2.1.3) and their well-known binary.

WKB as ISO 13249-3 has it (thousands tell Z and M) and as PostGIS does (high bits tell them).
"""

import math
import struct

from .geometries import BROKEN, NOWHERE, Placed, no_point, position
from .limits import Limits
from .words import Text

_MAGIC = b"GP"
_HEADER = 8  # bytes before the envelope
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes of each kind of envelope
_EMPTY, _EXTENDED = 0x10, 0x20
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000
_POINT, _LINE, _POLYGON, _MULTIPOINT, _COLLECTION = 1, 2, 3, 4, 7
_NAMES = {
    _POINT: "Point",
    _LINE: "LineString",
    _POLYGON: "Polygon",
    _MULTIPOINT: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    _COLLECTION: "GeometryCollection",
}
_DAMAGED = Placed(
    reason=Text(
        "la geometria è rovinata: salvare di nuovo lo strato da QGIS",
        "the geometry is damaged: save the layer again from QGIS",
    ),
    fatal=True,
)


class _DamagedError(ValueError):
    """Bytes that are no geometry."""


def placed(blob: object, limits: Limits, *, degrees: bool) -> Placed:
    """Return the point of a geometry blob, or why it gives none. Raises Refused: too many vertices.

    `degrees` tells whether its numbers are degrees.
    """
    if blob is None:
        return NOWHERE
    if not isinstance(blob, bytes):
        return _DAMAGED
    try:
        flags, kind = blob[3], blob[3] >> 1 & 7
        if not blob.startswith(_MAGIC) or kind >= len(_ENVELOPES) or flags & _EXTENDED:
            return _DAMAGED
        walk = _Walk(blob, limits)
        if walk.geometry(_HEADER + _ENVELOPES[kind], 1) != len(blob):
            return _DAMAGED
    except (struct.error, IndexError, _DamagedError):
        return _DAMAGED
    return NOWHERE if flags & _EMPTY else walk.placed(degrees=degrees)


class _Walk:
    """Goes through well-known binary once: the kinds of its geometries, the points in it."""

    def __init__(self, blob: bytes, limits: Limits) -> None:
        self._blob, self._limits = blob, limits
        self._kinds: list[int] = []  # of geometries that hold no others
        self._points: list[tuple[float, ...]] = []
        self._first = 0
        self._vertices = 0

    def placed(self, *, degrees: bool) -> Placed:
        """Return the point, once all was gone through."""
        if len(self._kinds) > 1:
            return no_point(_NAMES[self._first])
        if self._kinds and self._kinds != [_POINT]:
            return no_point(_NAMES[self._first])
        if not self._kinds or all(map(math.isnan, self._points[0])):  # an empty point is NaN NaN
            return NOWHERE
        return position(self._points[0], degrees=degrees) if self._points else BROKEN

    def geometry(self, start: int, depth: int) -> int:
        """Go through a geometry; return where it ends."""
        self._limits.hold("depth", depth)
        order = {0: ">", 1: "<"}.get(self._blob[start])
        if order is None:
            raise _DamagedError
        (code,) = struct.unpack_from(f"{order}I", self._blob, start + 1)
        thousands, base = divmod(code & 0x0FFFFFFF, 1_000)
        if base not in _NAMES or thousands > 3:  # noqa: PLR2004 - XY, Z, M, ZM
            raise _DamagedError
        z, m = bool(code & _Z) or thousands in {1, 3}, bool(code & _M) or thousands in {2, 3}
        size = 8 * (2 + z + m)
        place = start + 5 + (4 if code & _SRID else 0)
        self._first = self._first or base
        if base == _POINT:
            self._kinds.append(base)
            self._points.append(struct.unpack_from(f"{order}2d", self._blob, place))
            self._count(1)
            return place + size
        count, place = self._counted(order, place)
        if base == _LINE:
            self._kinds.append(base)
            return self._beyond(place, count, size)
        if base == _POLYGON:
            self._kinds.append(base)
            for _ring in range(count):
                inside, place = self._counted(order, place)
                place = self._beyond(place, inside, size)
            return place
        for _part in range(count):
            place = self.geometry(place, depth + 1)
        return place

    def _counted(self, order: str, place: int) -> tuple[int, int]:
        (count,) = struct.unpack_from(f"{order}I", self._blob, place)
        if count > len(self._blob):
            raise _DamagedError
        return count, place + 4

    def _beyond(self, place: int, count: int, size: int) -> int:
        if place + count * size > len(self._blob):
            raise _DamagedError
        self._count(count)
        return place + count * size

    def _count(self, vertices: int) -> None:
        self._vertices += vertices
        self._limits.hold("vertices", self._vertices)
