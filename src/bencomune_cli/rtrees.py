"""An R*Tree of SQLite, written whole: nodes full of what lies together, leaves first.

SQLite itself would look through the tree for each record, which of a million takes most of the
time that their file takes. Strips of what lies side by side, each cut into nodes, are as good to
search (Leutenegger, Lopez, Edgington 1997, STR). The nodes are as SQLite describes them
(sqlite.org/rtree.html, "Shadow tables"; ext/rtree/rtree.c, "Database Format of R-Tree Tables").
"""

import math
import sqlite3
import struct
from array import array
from bisect import bisect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .sql import quoted

_CELL = struct.Struct(">q4f")  # a record or a node, and its box
_HEAD = struct.Struct(">2H")  # levels below, in the root alone; cells
_ROOT = 1
_MADE = "CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy)"
_PARTS = ("node", "rowid", "parent")
_SAMPLE = 100  # boxes looked at for each strip, to part them alike
# SQLite's own rounding to 32 bits where the nearest is on the wrong side (RNDTOWARDS, RNDAWAY).
_TOWARDS, _AWAY = 1 - 1 / 8388608, 1 + 1 / 8388608


class Boxes(NamedTuple):
    """Boxes by what they hold: the numbers of records, or those of nodes; four bytes each."""

    ids: "array[int]"
    west: "array[float]"
    east: "array[float]"
    south: "array[float]"
    north: "array[float]"

    @classmethod
    def none(cls) -> "Boxes":
        """Return no boxes, to which some are added."""
        return cls(array("I"), array("f"), array("f"), array("f"), array("f"))

    def add_points(self, ids: Iterable[int], xs: "array[float]", ys: "array[float]") -> None:
        """Add the boxes of points, each as small as 32 bits can tell it."""
        self.ids.extend(ids)
        for values, below, above in ((xs, self.west, self.east), (ys, self.south, self.north)):
            near = array("f", values)
            pairs = zip(near, values, strict=True)
            below.extend(n if n <= v else v * (_AWAY if v < 0 else _TOWARDS) for n, v in pairs)
            pairs = zip(near, values, strict=True)
            above.extend(n if n >= v else v * (_TOWARDS if v < 0 else _AWAY) for n, v in pairs)

    def add(
        self, of: int, west: list[float], east: list[float], south: list[float], north: list[float]
    ) -> None:
        """Add the box around others, by their sides."""
        self.ids.append(of)
        self.west.append(min(west))
        self.east.append(max(east))
        self.south.append(min(south))
        self.north.append(max(north))


def write(connection: sqlite3.Connection, name: str, boxes: Boxes) -> None:
    """Make an R*Tree of a name, of two dimensions, and fill it."""
    connection.execute(_MADE.format(quoted(name)))
    _Tree(connection, name).fill(boxes)


def take(connection: sqlite3.Connection, name: str, made: str) -> None:
    """Make an R*Tree of a name, the same as one `made` in another schema, told as schema.name."""
    connection.execute(_MADE.format(quoted(name)))
    for part in _PARTS:
        of = quoted(f"{name}_{part}")
        connection.execute(f"DELETE FROM {of}")  # the root, which has nothing in it
        connection.execute(f"INSERT INTO {of} SELECT * FROM {made}_{part}")


class _Tree:
    """An R*Tree that was made and is empty."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._of = {part: quoted(f"{name}_{part}") for part in _PARTS}
        (self._size,) = connection.execute(
            f"SELECT length(data) FROM {self._of['node']}"
        ).fetchone()
        self._room = (self._size - _HEAD.size) // _CELL.size
        self._last = _ROOT  # number of the last node

    def fill(self, boxes: Boxes) -> None:
        """Write the records, then the nodes above them, up to the root."""
        levels, holds = 0, "rowid"
        while len(boxes.ids) > self._room:
            boxes = self._level(boxes, holds)
            levels, holds = levels + 1, "parent"
        self._tell(holds, boxes.ids, [_ROOT] * len(boxes.ids))
        sql = f"UPDATE {self._of['node']} SET data = ? WHERE nodeno = ?"
        self._connection.execute(sql, (self._node(map(_CELL.pack, *boxes), levels), _ROOT))

    def _level(self, boxes: Boxes, holds: str) -> Boxes:
        """Write nodes that hold boxes; return the boxes of the nodes."""
        above, within = Boxes.none(), array("I", bytes(array("I").itemsize * len(boxes.ids)))

        def nodes() -> Iterator[tuple[int, bytes]]:
            for strip in _strips(boxes, self._room):
                ids, *sides = (list(map(values.__getitem__, strip)) for values in boxes)
                cells = list(map(_CELL.pack, ids, *sides))
                for start in range(0, len(strip), self._room):
                    self._last += 1
                    some = slice(start, start + self._room)
                    for place in strip[some]:
                        within[place] = self._last
                    above.add(self._last, *(side[some] for side in sides))
                    yield self._last, self._node(cells[some], 0)

        self._connection.executemany(f"INSERT INTO {self._of['node']} VALUES (?, ?)", nodes())
        self._tell(holds, boxes.ids, within)
        return above

    def _tell(self, holds: str, ids: Iterable[int], nodes: Iterable[int]) -> None:
        pairs = zip(ids, nodes, strict=True)
        self._connection.executemany(f"INSERT INTO {self._of[holds]} VALUES (?, ?)", pairs)

    def _node(self, cells: Iterable[bytes], levels: int) -> bytes:
        held = b"".join(cells)
        data = _HEAD.pack(levels, len(held) // _CELL.size) + held
        return data.ljust(self._size, b"\0")


def _strips(boxes: Boxes, room: int) -> Iterator[list[int]]:
    """Yield the places of boxes by strips from west to east, in each from south to north.

    Nodes of so many boxes will be about as wide as they are high.
    """
    count = len(boxes.ids)
    strips = math.ceil(math.sqrt(count / room))
    sample = sorted(boxes.west[:: max(count // (strips * _SAMPLE), 1)])
    bounds = [sample[len(sample) * n // strips] for n in range(1, strips)]
    parted = [array("I") for _ in range(strips)]
    for place, west in enumerate(boxes.west):
        parted[bisect(bounds, west)].append(place)
    return (sorted(strip, key=boxes.south.__getitem__) for strip in parted)
