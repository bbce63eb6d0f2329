"""The records that a new one can possibly be the same as, by one quick look at all.

To compare one record with a hundred thousand takes seconds less so than with an index of them all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from .evidence import NEAR, keys_of, known
from .geo import around
from .namesakes import ALIKE, bare
from .similarity import alike_among
from .standings import Standing

FEW = 2_000  # records: of so many the index is made at once
LETTERS, RARE = 4, 500  # letters of a word that tells; records that have it, at most
UNSORTED = ALIKE - 0.1  # how alike the names are as they stand of which the words may be alike


def shortlist(new: Standing, rows: Iterable[Standing]) -> list[Standing]:
    """Return the records, in their order, that share with a new one what makes two records one.

    They are gone through once, and only those are held that may be it.
    """
    rest = iter(rows)
    first = list(islice(rest, FEW + 1))
    if len(first) <= FEW:
        return first
    tests, names, found = list(_tests(new)), _Names(new), dict[int, Standing]()
    places = enumerate(chain(first, rest))
    while some := list(islice(places, FEW)):
        found.update((place, row) for place, row in some if any(test(row) for test in tests))
        names.look_at(some)
    found.update(names.alike())
    return [found[place] for place in sorted(found)]


def _tests(new: Standing) -> Iterator[Callable[[Standing], object]]:
    """Yield what tells that a record shares a value with a new one, or is near."""
    if new.phone:
        yield lambda row: row.phone == new.phone
    if new.email:
        email = new.email.lower()
        yield lambda row: row.email and row.email.lower() == email
    for sort, key in keys_of(new):
        if sort == "code":
            yield _has_code({key, f"IT{key}"})
        if sort in {"site", "web"}:
            yield _has_site(key)
    if new.street and new.number:
        door = new.number, new.municipality
        yield lambda row: (row.number, row.municipality) == door and row.street
    if new.lat is not None and new.lon is not None:
        box = around(new.lon, new.lat, NEAR)
        yield lambda row: row.point and box.holds(*row.point)


def _has_code(codes: set[str]) -> Callable[[Standing], object]:
    return lambda row: row.tax_code in codes or row.vat_number in codes


def _has_site(site: str) -> Callable[[Standing], object]:
    return lambda row: row.website and site in row.website.lower()


class _Names:
    """Looks for those with a name alike as it stands, or with a rare word of it."""

    def __init__(self, new: Standing) -> None:
        self._names = [name.text for name in known(new).names]
        words = (word for name in known(new).names for word in name.words)
        self._having: dict[str, list[tuple[int, Standing]]] = {
            word: [] for word in words if len(word) >= LETTERS
        }
        self._alike: list[tuple[int, Standing]] = []

    def look_at(self, some: Sequence[tuple[int, Standing]]) -> None:
        """Look at some records, each with its place; of a word that many have, at no more."""
        texts = [bare(f"{row.name} {row.alt_names or ''}") for _, row in some]
        for word, held in self._having.items():
            if len(held) <= RARE:
                having = (each for each, text in zip(some, texts, strict=True) if word in text)
                held.extend(islice(having, RARE + 1 - len(held)))
        for name in self._names:
            self._alike += [some[place] for place in alike_among(name, texts, UNSORTED)]

    def alike(self) -> Iterator[tuple[int, Standing]]:
        """Yield what was found, by its place."""
        rare = (held for held in self._having.values() if len(held) <= RARE)
        return chain(self._alike, *rare)
