"""What is no publication to let out by itself: too many records gone; what it leaves out there."""

from collections.abc import Iterator

from .layers import LAYERS
from .snapshots import CONTACTS, Kept, Snapshot
from .words import Text, joined, same

_MOST = 1 / 5  # of the records, that may be gone at once
_FEW = 3  # records: fewer may go however small the layer is, unless they are all its places
_RELATIONS = "relations"
_NAMED = 10  # records that are named in one line


def fallen(before: Snapshot, after: Snapshot) -> Iterator[Text]:
    """Yield the layers, and the whole, of which more than a fifth of the records is gone.

    Gone are the records themselves, whatever came in their stead: other ids break addresses too.
    """
    old, new = before.places(), after.places()
    for name, ids in old.items():
        few = _FEW if name == _RELATIONS else 1
        gone = ids - new.get(name, set())
        for told in _told(LAYERS[name].label, len(ids), len(gone), few):
            yield Text("{told}: {ids}", "{told}: {ids}").filled(told=told, ids=listed(gone))
    all_old, all_new = (_together(each) for each in (old, new))
    whole = Text("In tutto", "In all")
    if len(old) > 1:
        yield from _told(whole, len(all_old), len(all_old - all_new))


def still_out(
    before: Snapshot, rules: Kept, after: Snapshot, now: Kept
) -> tuple[set[str], set[str]]:
    """Return the contacts that are out and may not be any more, and the places masked since."""
    contacts = [each.tables[CONTACTS.name].records.keys() for each in (before, after)]
    places = {id_ for ids in before.places().values() for id_ in ids}
    return contacts[0] - contacts[1], ({*now.masked} - {*rules.masked}) & places


def alarm(contacts: set[str], masked: set[str]) -> Iterator[Text]:
    """Yield what a person has to know first: what a publication that is held leaves out there."""
    one = Text(
        "ATTENZIONE: nei file pubblicati c'è ancora 1 contatto che non si può più"
        " pubblicare: {ids}",
        "ATTENTION: the published files still have 1 contact that may be published no more: {ids}",
    )
    several = Text(
        "ATTENZIONE: nei file pubblicati ci sono ancora {n} contatti che non si possono più"
        " pubblicare: {ids}",
        "ATTENTION: the published files still have {n} contacts that may be published no more:"
        " {ids}",
    )
    if contacts:
        told = one if len(contacts) == 1 else several
        yield told.filled(n=len(contacts), ids=listed(contacts))
    if masked:
        told = Text(
            "ATTENZIONE: nei file pubblicati c'è ancora l'indirizzo, ora coperto, di: {ids}",
            "ATTENTION: the published files still have the address, masked now, of: {ids}",
        )
        yield told.filled(ids=listed(masked))


def listed(ids: set[str]) -> Text:
    """Return the first ids by name, and how many more there are."""
    named = joined(", ", map(same, sorted(ids)[:_NAMED]))
    more = Text("{ids} e altri {n}", "{ids} and {n} more").filled(ids=named, n=len(ids) - _NAMED)
    return more if len(ids) > _NAMED else named


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
