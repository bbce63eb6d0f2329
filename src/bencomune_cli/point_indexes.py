"""The spatial index of a layer of points in a GeoPackage (OGC 12-128r17, annex F.3, RTree)."""

import sqlite3
from array import array
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

from . import rtrees, unfinished
from .sql import quoted

_NAME = "gpkg_rtree_index"
_DEFINITION = "http://www.geopackage.org/spec130/#extension_rtree"
_INDEX = "made"  # in a file of its own
_SOME = 1_000  # points looked at at once

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
Point = tuple[float | None, float | None]


def make_index(path: Path, points: Iterable[Point]) -> None:
    """Make a file with the index of points, numbered from 1, and the box that holds all of them."""
    path.unlink(missing_ok=True)
    numbered = ((n, x, y) for n, (x, y) in enumerate(points, 1) if x is not None and y is not None)
    boxes, box = rtrees.Boxes.none(), None
    for some in iter(lambda: list(islice(numbered, _SOME)), []):
        ids, *sides = zip(*some, strict=True)
        xs, ys = (array("d", side) for side in sides)
        boxes.add_points(ids, xs, ys)
        west, south, east, north = box or (xs[0], ys[0], xs[0], ys[0])
        box = (min(west, *xs), min(south, *ys), max(east, *xs), max(north, *ys))
    with closing(unfinished.opened(path)) as connection:
        connection.execute("BEGIN")
        rtrees.write(connection, _INDEX, boxes)
        connection.execute("CREATE TABLE box (west, south, east, north)")
        connection.executemany("INSERT INTO box VALUES (?, ?, ?, ?)", [box] if box else [])
        connection.execute("COMMIT")


def take_index(
    connection: sqlite3.Connection, table: str, id_: str, geometry: str, path: Path
) -> Box | None:
    """Make the index of a table of the one that was made of its points, outside a transaction.

    Return the box that holds all points, None without: west, south, east, north.
    """
    index = f"rtree_{table}_{geometry}"
    connection.execute("ATTACH ? AS points", [str(path)])
    connection.execute("BEGIN")
    rtrees.take(connection, index, f"points.{_INDEX}")
    box: Box | None = connection.execute("SELECT * FROM points.box").fetchone()
    named = {"id": quoted(id_), "geometry": quoted(geometry), "table": quoted(table)}
    for name, body in _TRIGGERS.items():
        made = body.format(**named, index=quoted(index))
        connection.execute(f"CREATE TRIGGER {quoted(f'{index}_{name}')} {made}")
    connection.execute("COMMIT")
    connection.execute("DETACH points")
    return box


def extension_row(table: str, geometry: str) -> tuple[str, str, str, str, str]:
    """Return what a GeoPackage's table of extensions tells of an index."""
    return table, geometry, _NAME, _DEFINITION, "write-only"
