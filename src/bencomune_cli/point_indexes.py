"""The spatial index of a layer of points in a GeoPackage (OGC 12-128r17, annex F.3, RTree)."""

import sqlite3
import sys
from array import array

from . import rtrees
from .sql import quoted

_NAME = "gpkg_rtree_index"
_DEFINITION = "http://www.geopackage.org/spec130/#extension_rtree"
_POINT = 14  # first byte of the numbers, after a header without envelope, byte order and type
_SOME = 1_000  # points read at once

# Who edits the layer keeps the index, as requirement 75 has it.
_HAS_PLACE = "(NEW.{geometry} NOTNULL AND NOT ST_IsEmpty(NEW.{geometry}))"
_NO_PLACE = "(NEW.{geometry} ISNULL OR ST_IsEmpty(NEW.{geometry}))"
_PUT = (
    "INSERT OR REPLACE INTO {index} VALUES (NEW.{id}, ST_MinX(NEW.{geometry}),"
    " ST_MaxX(NEW.{geometry}), ST_MinY(NEW.{geometry}), ST_MaxY(NEW.{geometry}));"
)
_TAKEN = "DELETE FROM {index} WHERE id = OLD.{id};"
_SAME, _OTHER = "OLD.{id} = NEW.{id}", "OLD.{id} != NEW.{id}"
_TRIGGERS = {
    "insert": f"AFTER INSERT ON {{table}} WHEN {_HAS_PLACE} BEGIN {_PUT} END",
    "update1": f"AFTER UPDATE OF {{geometry}} ON {{table}} WHEN {_SAME} AND {_HAS_PLACE}"
    f" BEGIN {_PUT} END",
    "update2": f"AFTER UPDATE OF {{geometry}} ON {{table}} WHEN {_SAME} AND {_NO_PLACE}"
    f" BEGIN {_TAKEN} END",
    "update3": f"AFTER UPDATE ON {{table}} WHEN {_OTHER} AND {_HAS_PLACE}"
    f" BEGIN {_TAKEN} {_PUT} END",
    "update4": f"AFTER UPDATE ON {{table}} WHEN {_OTHER} AND {_NO_PLACE}"
    " BEGIN DELETE FROM {index} WHERE id IN (OLD.{id}, NEW.{id}); END",
    "delete": f"AFTER DELETE ON {{table}} WHEN OLD.{{geometry}} NOT NULL BEGIN {_TAKEN} END",
}

Box = tuple[float, float, float, float]


def index_points(connection: sqlite3.Connection, table: str, id_: str, geometry: str) -> Box | None:
    """Make the index of a table's points; return the box that holds all, None without points.

    The box is of the least and greatest of both coordinates: west, south, east, north.
    """
    named = {"id": quoted(id_), "geometry": quoted(geometry), "table": quoted(table)}
    sql = f"SELECT {{id}}, substr({{geometry}}, {_POINT}) FROM {{table}} WHERE {{geometry}} NOTNULL"
    rows = connection.execute(f"{sql} ORDER BY {{id}}".format(**named))
    boxes, box = rtrees.Boxes.none(), None
    while some := rows.fetchmany(_SOME):
        ids, numbers = zip(*some, strict=True)
        points = array("d", b"".join(numbers))
        if sys.byteorder == "big":
            points.byteswap()
        xs, ys = points[::2], points[1::2]
        boxes.add_points(ids, xs, ys)
        west, south, east, north = box or (xs[0], ys[0], xs[0], ys[0])
        box = (min(west, *xs), min(south, *ys), max(east, *xs), max(north, *ys))
    index = f"rtree_{table}_{geometry}"
    rtrees.write(connection, index, boxes)
    for name, body in _TRIGGERS.items():
        made = body.format(**named, index=quoted(index))
        connection.execute(f"CREATE TRIGGER {quoted(f'{index}_{name}')} {made}")
    told = (table, geometry, _NAME, _DEFINITION, "write-only")
    connection.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", told)
    return box
