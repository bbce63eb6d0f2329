"""What changed from one publication to the next, in words; by public facts alone.

A record that is public no more is counted, and never named: its name is public no more either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple

from .layers import LAYERS
from .snapshots import CONTACTS, Snapshot
from .words import Text, joined


@dataclass(frozen=True)
class Changes:
    """What changed: places by id, how many of the rest; `changed` tells which columns of which."""

    new: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    gone: int = 0
    relations_new: int = 0
    relations_gone: int = 0
    contacts_shown: int = 0
    contacts_hidden: int = 0
    contacts_changed: int = 0
    network: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def to_json(self) -> dict[str, Any]:
        """Return what there is, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Changes":
        """Return changes that were kept. Raises TypeError for what are none."""
        for each in fields(cls):
            if each.name in told and type(told[each.name]) is not type(getattr(cls(), each.name)):
                raise TypeError(each.name)
        return cls(**told)


class Entry(NamedTuple):
    """One publication: its number, when (UTC, ISO 8601), how many records, what changed.

    `back_to` is the number of the one that was put back, 0 for none.
    """

    number: int
    at: str
    records: int
    changes: Changes
    back_to: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the entry as it is kept."""
        return self._asdict() | {"changes": self.changes.to_json()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Entry":
        """Return an entry that was kept. Raises KeyError, TypeError or ValueError."""
        number, records, back_to = (int(told[name]) for name in ("number", "records", "back_to"))
        return cls(number, str(told["at"]), records, Changes.from_json(told["changes"]), back_to)


class _Word(NamedTuple):
    """How many of something are told: of one, and of several."""

    one: Text
    several: Text


_WORDS: Mapping[str, _Word] = {
    "new": _Word(Text("1 nuovo", "1 new"), Text("{n} nuovi", "{n} new")),
    "closed": _Word(Text("1 chiuso", "1 closed"), Text("{n} chiusi", "{n} closed")),
    "reopened": _Word(Text("1 riaperto", "1 reopened"), Text("{n} riaperti", "{n} reopened")),
    "changed": _Word(Text("1 cambiato", "1 changed"), Text("{n} cambiati", "{n} changed")),
    "gone": _Word(
        Text("1 non più pubblicato", "1 no longer published"),
        Text("{n} non più pubblicati", "{n} no longer published"),
    ),
    "relations_new": _Word(
        Text("1 relazione nuova", "1 new relation"),
        Text("{n} relazioni nuove", "{n} new relations"),
    ),
    "relations_gone": _Word(
        Text("1 relazione tolta", "1 relation taken out"),
        Text("{n} relazioni tolte", "{n} relations taken out"),
    ),
    "contacts_shown": _Word(
        Text("1 contatto pubblicato", "1 contact published"),
        Text("{n} contatti pubblicati", "{n} contacts published"),
    ),
    "contacts_hidden": _Word(
        Text("1 contatto nascosto", "1 contact hidden"),
        Text("{n} contatti nascosti", "{n} contacts hidden"),
    ),
    "contacts_changed": _Word(
        Text("1 contatto cambiato", "1 contact changed"),
        Text("{n} contatti cambiati", "{n} contacts changed"),
    ),
}
_NETWORK = Text("i dati della rete", "the data of the network")
_NOTHING = Text("nessun dato è cambiato", "no data changed")


def compared(before: Snapshot, after: Snapshot) -> Changes:
    """Return what changed from one snapshot to another."""
    old, new = _of_places(before), _of_places(after)
    closed, reopened = {*after.closed} - {*before.closed}, {*before.closed} - {*after.closed}
    both = sorted(old.keys() & new.keys())
    changed = {id_: _columns(before, after, old[id_], new[id_], id_) for id_ in both}
    relations = [_of(each, "relations") for each in (before, after)]
    contacts = [_of(each, CONTACTS.name) for each in (before, after)]
    names = {*before.network, *after.network}
    return Changes(
        new=sorted(new.keys() - old.keys()),
        closed=[id_ for id_ in both if id_ in closed],
        reopened=[id_ for id_ in both if id_ in reopened],
        changed={id_: columns for id_, columns in changed.items() if columns},
        gone=len(old.keys() - new.keys()),
        relations_new=len(relations[1] - relations[0]),
        relations_gone=len(relations[0] - relations[1]),
        contacts_shown=len(contacts[1] - contacts[0]),
        contacts_hidden=len(contacts[0] - contacts[1]),
        contacts_changed=len(changed_contacts(before, after)),
        network=sorted(n for n in names if _differ(before.network, after.network, n)),
    )


def changed_contacts(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the ids of the contacts that are in both, with other values."""
    old, new = before.tables.get(CONTACTS.name), after.tables.get(CONTACTS.name)
    if old is None or new is None:
        return []
    both = sorted(old.records.keys() & new.records.keys())
    return [id_ for id_ in both if new.differing(old, id_)]


def told(changes: Changes) -> Text:
    """Return changes as one line: “3 nuovi, 1 chiuso, 2 contatti nascosti”."""
    parts = []
    for name, word in _WORDS.items():
        value = getattr(changes, name)
        count = value if isinstance(value, int) else len(value)
        if count:
            parts.append(word.one if count == 1 else word.several.filled(n=count))
    if changes.network:
        parts.append(_NETWORK)
    return joined(", ", parts) if parts else _NOTHING


def lines(changes: Changes, names: Mapping[str, str]) -> Iterator[Text]:
    """Yield a line for each thing that changed, naming only places that are public now."""
    heads = {
        "new": Text("Nuovo: {names}", "New: {names}"),
        "closed": Text("Chiuso: {names}", "Closed: {names}"),
        "reopened": Text("Riaperto: {names}", "Reopened: {names}"),
    }
    for name, head in heads.items():
        for id_ in getattr(changes, name):
            if id_ in names:
                yield head.filled(names=names[id_])
    for id_, columns in changes.changed.items():
        if id_ in names:
            line = Text("Cambiato: {name} ({columns})", "Changed: {name} ({columns})")
            yield line.filled(name=names[id_], columns=_labels(columns))
    for name, word in _WORDS.items():
        count = getattr(changes, name)
        if isinstance(count, int) and count:
            yield word.one if count == 1 else word.several.filled(n=count)


def _labels(columns: Sequence[str]) -> Text:
    labels = {c.name: c.label for layer in LAYERS.values() for c in layer.columns}
    known: Callable[[str], Text] = lambda name: labels.get(name, Text(name, name))  # noqa: E731
    return joined(", ", map(known, columns))


def _of_places(snapshot: Snapshot) -> dict[str, str]:
    """Return the table of each place by id."""
    places = snapshot.places()
    return {id_: name for name, ids in places.items() if name != "relations" for id_ in ids}


def _columns(before: Snapshot, after: Snapshot, old: str, new: str, id_: str) -> list[str]:
    return after.tables[new].differing(before.tables[old], id_)


def _of(snapshot: Snapshot, name: str) -> set[str]:
    table = snapshot.tables.get(name)
    return {*table.records} if table else set()


def _differ(before: Mapping[str, str], after: Mapping[str, str], name: str) -> bool:
    return name not in {"id", "version", "created_at", "updated_at"} and (
        before.get(name, "") != after.get(name, "")
    )
