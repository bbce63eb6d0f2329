"""The records of a table parted into stretches of ids, which processes can take one by one."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

EACH = 250  # records that are looked at between two steps of the bar


class Stretch(NamedTuple):
    """Records of one table from an id to another, and how many they are."""

    table: str
    first: str
    last: str
    records: int


def stretches(table: str, ids: Iterable[str]) -> Iterator[Stretch]:
    """Yield the stretches of a table, of all its ids in their order."""
    rest = iter(ids)
    while some := list(islice(rest, EACH)):
        yield Stretch(table, some[0], some[-1], len(some))
