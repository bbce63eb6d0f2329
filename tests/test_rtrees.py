"""R*Trees written whole: as SQLite's own to search, to check and to change."""

import random
import sqlite3
from array import array
from contextlib import closing

import pytest

from bencomune_cli import rtrees

MADE = "CREATE VIRTUAL TABLE own USING rtree(id, minx, maxx, miny, maxy)"
WITHIN = "SELECT id FROM {} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ? ORDER BY id"
FULL = 51  # boxes in a node: RTREE_MAXCELLS of rtree.c
SPREADS = {
    "anywhere": lambda chance: (chance.uniform(-180, 180), chance.uniform(-90, 90)),
    "one place": lambda _chance: (9.19, 45.46),
    "one meridian": lambda chance: (0.0, chance.uniform(-1, 1)),
    "far metres": lambda chance: (chance.uniform(3e5, 1e6), chance.uniform(4e6, 5.2e6)),
}


def trees(count, spread):
    """Return a connection with the tree `made` at once, and SQLite's `own` of the same points."""
    chance = random.Random(count)  # noqa: S311 - no secret
    points = [SPREADS[spread](chance) for _ in range(count)]
    ids = [7 * number + 3 for number in range(count)]
    boxes = rtrees.Boxes.none()
    for start in range(0, count, 1_000):
        xs, ys = (array("d", side) for side in zip(*points[start : start + 1_000], strict=True))
        boxes.add_points(ids[start : start + 1_000], xs, ys)
    connection = sqlite3.connect(":memory:")
    rtrees.write(connection, "made", boxes)
    connection.execute(MADE)
    rows = [(id_, x, x, y, y) for id_, (x, y) in zip(ids, points, strict=True)]
    connection.executemany("INSERT INTO own VALUES (?, ?, ?, ?, ?)", rows)
    return connection


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("count", [0, 1, FULL, FULL + 1, FULL**2 + 1, 7_000])
def test_a_tree_written_whole_is_as_one_of_sqlite(count, spread):
    """It is sound, holds the very same boxes, and finds the same in each window."""
    with closing(trees(count, spread)) as connection:
        assert connection.execute("SELECT rtreecheck('made')").fetchone() == ("ok",)
        made, own = (connection.execute(f"SELECT * FROM {n} ORDER BY id") for n in ("made", "own"))
        assert made.fetchall() == own.fetchall()
        chance = random.Random(1)  # noqa: S311 - no secret
        for _ in range(20):
            (x, y), size = SPREADS[spread](chance), chance.choice((0.0, 0.5, 20.0, 1e5))
            window = (x - size, x + size, y - size, y + size)
            made, own = (connection.execute(WITHIN.format(n), window) for n in ("made", "own"))
            assert made.fetchall() == own.fetchall()


@pytest.mark.parametrize("count", [FULL, 7_000])
def test_a_tree_written_whole_can_be_changed(count):
    """Boxes that SQLite takes out and puts in leave it sound, down to none."""
    with closing(trees(count, "anywhere")) as connection:
        chance = random.Random(2)  # noqa: S311 - no secret
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM made")]
        chance.shuffle(ids)
        for some in (ids[: count // 3], ids[count // 3 :]):
            connection.executemany("DELETE FROM made WHERE id = ?", [(id_,) for id_ in some])
            rows = [(-number, number, number, 5, 6) for number in range(1, 200)]
            connection.executemany("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?)", rows)
            assert connection.execute("SELECT rtreecheck('made')").fetchone() == ("ok",)
        connection.execute("DELETE FROM made WHERE id < 0")
        assert connection.execute("SELECT count(*) FROM made").fetchone() == (0,)
        assert connection.execute("SELECT rtreecheck('made')").fetchone() == ("ok",)
