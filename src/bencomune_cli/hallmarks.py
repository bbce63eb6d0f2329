"""What two records seldom share, by which those that may be the same are found among many.

Codes and addresses, rare words of their names, halves of their names (a slip leaves one of them
whole), and the cell of the map that they lie in. What stands under the same key is compared, and
nothing else; no key has more than so many compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from .evidence import NEAR, keys_of
from .geo import METRES_PER_DEGREE
from .standings import Standing

COMMON = 25  # records under one key: where there are more, it tells nothing by itself
NEXT = 5  # how many of the next are compared under a key that has more
CROWD = 60  # records of a cell that are compared
SELDOM = ("code", "phone", "email", "web", "name")
OFTEN = ("address", "site")  # shared by many that are not the same
PARTS = ("word", "half")  # of names

_CELL = NEAR / METRES_PER_DEGREE  # degrees of latitude
_NARROWER = 0.68  # of a degree of longitude in the north of Italy
_SHORTEST = 3  # letters of half a name that tell anything

Cell = tuple[int, int]


def keys_and_names(row: Standing, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what a record may share with another, its names in its municipality among that.

    `names` are the texts of its names, as they are compared.
    """
    town = row.municipality or ""
    yield from keys_of(row)
    for text in names:
        yield "name", f"{text.replace(' ', '')} {town}"


def parts_of(row: Standing, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what a record may share with another, parts of its names among that."""
    yield from keys_and_names(row, names)
    for text in names:
        for word in text.split():
            yield "word", word
        for half in halves(text.replace(" ", "")):
            yield "half", half


def halves(squeezed: str, *, near: bool = False) -> Sequence[str]:
    """Return the two halves of a name; with `near` also as of names longer or shorter by one.

    A letter more, less or other leaves one half whole.
    """
    middle = len(squeezed) // 2
    if middle < _SHORTEST:
        return ()
    if not near:
        return (f"^{squeezed[:middle]}", f"{squeezed[-middle:]}$")
    less, more = (len(squeezed) - 1) // 2, (len(squeezed) + 1) // 2
    return (
        *(f"^{squeezed[:less]}", f"{squeezed[-less:]}$"),
        *(f"^{squeezed[:more]}", f"{squeezed[-more:]}$"),
    )


def cell_of(row: Standing) -> Cell | None:
    """Return the cell of the map that a record lies in, row and column; None without a point.

    Another program may have written metres where degrees are meant: they are no point.
    """
    if row.lat is None or row.lon is None or abs(row.lat) > 90 or abs(row.lon) > 180:  # noqa: PLR2004
        return None
    return int(row.lat // _CELL), int(row.lon * _NARROWER // _CELL)


def around(cell: Cell) -> Sequence[Cell]:
    """Return a cell and those that meet it."""
    up, right = cell
    return tuple(product((up - 1, up, up + 1), (right - 1, right, right + 1)))
