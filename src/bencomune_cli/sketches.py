"""Areas as a map of records draws them: those that records name, and what these lie in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import Unreadable
from .generalising import generalised
from .geo import parse_boundary

MUNICIPALITY = "municipality"
_TOLD = ("id", "name", "area_kind", "code", "part_of", "licence")
_BOX = ("west", "south", "east", "north")

Row = Mapping[str, Any]


def named_areas(record: Row) -> Iterator[str]:
    """Yield the ids of areas and the codes of municipalities that a published record names."""
    yield from filter(None, (record.get("neighbourhood"), record.get("municipality")))
    yield from (record.get("area_served") or "").split(", ")


def sketched(areas: Iterable[Row], named: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield public rows of areas that are `named` by id or code, and what these are parts of.

    Each has an `outline`, polygons of fewer corners, else a `box`, where either is known.
    """
    rows, wanted = list(areas), set(named)
    wanted |= {row["part_of"] for row in rows if row["part_of"] and row["id"] in wanted}
    for row in rows:
        whole = row["area_kind"] == MUNICIPALITY and row["code"] in wanted
        if whole or row["id"] in wanted:
            yield {name: row[name] for name in _TOLD if row[name]} | _shape(row)


def _shape(row: Row) -> dict[str, Any]:
    try:
        if row["boundary"]:
            return {"outline": generalised(parse_boundary(row["boundary"]))}
    except Unreadable:
        pass  # another program wrote it, and `check` tells it; the box may be there
    box = [row[name] for name in _BOX]
    return {} if None in box else {"box": box}
