"""What is no publication to let out by itself: too many records gone, or privacy that weakens."""

from collections.abc import Iterator

from .layers import LAYERS
from .snapshots import Snapshot
from .words import Text

_MOST = 1 / 5  # of the records, that may be gone at once
_FEW = 3  # records: fewer may go however small the layer is, unless they are all its places
_RELATIONS = "relations"


def fallen(before: Snapshot, after: Snapshot) -> Iterator[Text]:
    """Yield the layers, and the whole, of which more than a fifth of the records is gone.

    Gone are the records themselves, whatever came in their stead: other ids break addresses too.
    """
    old, new = before.places(), after.places()
    for name, ids in old.items():
        few = _FEW if name == _RELATIONS else 1
        yield from _told(LAYERS[name].label, len(ids), len(ids - new.get(name, set())), few)
    all_old, all_new = (_together(each) for each in (old, new))
    whole = Text("In tutto", "In all")
    if len(old) > 1:
        yield from _told(whole, len(all_old), len(all_old - all_new))


def fallen_counts(before: dict[str, int], after: Snapshot) -> Iterator[Text]:
    """Yield the same where of the files of before only the numbers of records are known."""
    new = after.places()
    for name, count in before.items():
        if name in new:
            yield from _told(LAYERS[name].label, count, max(0, count - len(new[name])))


def _told(what: Text, before: int, gone: int, all_of: int = 1) -> Iterator[Text]:
    """Yield what went, if it is too many, or all of so many or more."""
    if (gone == before and gone >= all_of) or (gone >= _FEW and gone > before * _MOST):
        told = Text(
            "{what}: {gone} record su {before} non ci sono più",
            "{what}: {gone} records of {before} are gone",
        )
        yield told.filled(what=what, gone=gone, before=before)


def _together(places: dict[str, set[str]]) -> set[str]:
    return {id_ for name, ids in places.items() if name != _RELATIONS for id_ in ids}
