"""The records that a new one can possibly be the same as, by one quick look at all.

To compare one record with a hundred thousand takes seconds less so than with an index of them all.
"""

from collections.abc import Callable, Iterator, Sequence

from .contexts import Standing
from .evidence import NEAR, keys_of, known
from .geo import around
from .namesakes import ALIKE, bare
from .similarity import alike_among

FEW = 2_000  # records: of so many the index is made at once
LETTERS, RARE = 4, 500  # letters of a word that tells; records that have it, at most
UNSORTED = ALIKE - 0.1  # how alike the names are as they stand of which the words may be alike


def shortlist(new: Standing, rows: Sequence[Standing]) -> list[Standing]:
    """Return the records, in their order, that share with a new one what makes two records one."""
    if len(rows) <= FEW:
        return list(rows)
    tests = list(_tests(new))
    found = {place for place, row in enumerate(rows) if any(test(row) for test in tests)}
    found.update(_by_names(new, rows))
    return [rows[place] for place in sorted(found)]


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


def _by_names(new: Standing, rows: Sequence[Standing]) -> Iterator[int]:
    """Yield the places of those with a name alike as it stands, or with a rare word of it."""
    texts = [bare(f"{row.name} {row.alt_names or ''}") for row in rows]
    for name in known(new).names:
        for word in (word for word in name.words if len(word) >= LETTERS):
            held = [place for place, text in enumerate(texts) if word in text]
            yield from held if len(held) <= RARE else ()
        yield from alike_among(name.text, texts, UNSORTED)
