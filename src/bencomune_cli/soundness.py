"""Which records rules hold back; the others were found sound, and need no second look.

A record is looked at alone by the rules of severity error. What they find follows from the record,
from the network and its areas, and from which ids there are; never from the day, so that no night
makes an error of what was sound. So a record that was sound is sound until the history tells of a
change of it; but all are looked at again by another release, of a library too, after any change of
an area or of the network, and where a place was removed or is gone.
"""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from .context_reading import context_of, removed
from .declare import Record
from .entities import ENTITIES, NAMED, PLACES, Area, Contact, Network
from .entities.shared import NEVER
from .findings import Finding, Severity
from .memories import change, last_change, place, stamp
from .store import Store
from .stretches import Stretch, stretches
from .watching import Watch
from .words import Text

CHECKED = Text("controllo", "checking")
MANY = 10_000  # changed records from which on all are looked at, by several processes

Held = dict[str, list[Finding]]
Key = tuple[str, str]  # table and id of a record
Faulty = list[tuple[Key, str, list[Finding]]]  # a record, what it holds back, and why


def held_now(store: Store, watch: Watch) -> Held:
    """Return what must not be published, with the errors that hold it back; all is looked at.

    An error in a contact that has a basis holds back the record that it belongs to; one in a
    contact without a basis, which is not published, holds back nothing.
    """
    return _held(_all(store, watch))


def held_since(store: Store, watch: Watch) -> Held:
    """Return the same, looking only at what was faulty, or changed since the last time."""
    now, stamped = last_change(store.connection), stamp(store.connection)
    again = _remembered(store, stamped)
    faulty = list(_all(store, watch) if again is None else _some(store, again, watch))
    if last_change(store.connection) == now:
        _remember(store, _Memory(*now, stamped, [key for key, _, _ in faulty]))
    return _held(faulty)


def _held(faulty: Iterable[tuple[Key, str, list[Finding]]]) -> Held:
    held: Held = {}
    for _, owner, errors in faulty:
        held.setdefault(owner, []).extend(errors)
    return held


# Looking


def _all(store: Store, watch: Watch) -> Iterator[tuple[Key, str, list[Finding]]]:
    from .crews import spread

    work = [
        stretch
        for entity in ENTITIES
        if entity is not Network and entity.public_when != NEVER
        for stretch in stretches(entity.table, (id_ for (id_,) in store.values_of(entity, ("id",))))
    ]
    total = sum(stretch.records for stretch in work)
    done = spread(_Judge(store).of, judge_of, (store.path,), work, total, (1, 0))
    for _, faulty in watch(done, lambda: len(work), CHECKED):
        yield from faulty


def _some(store: Store, again: Collection[Key], watch: Watch) -> Iterator[Any]:
    judge, order = _Judge(store), {entity.table: n for n, entity in enumerate(ENTITIES)}
    keys = sorted((key for key in again if key[0] in order), key=lambda k: (order[k[0]], k[1]))
    for table, id_ in watch(keys, lambda: len(keys), CHECKED):
        yield from judge.of(Stretch(table, id_, id_, 1))


def judge_of(path: Any) -> Callable[[Stretch], Faulty]:
    """Open a registry to read, and return what looks at its records, for a process of its own."""
    return _Judge(Store.open(path)).of


class _Judge:
    def __init__(self, store: Store) -> None:
        from .looking import Looking

        self._store = store
        self._looking = Looking(context_of(store), Severity.ERROR)

    def of(self, stretch: Stretch) -> Faulty:
        """Return the faulty records of a stretch."""
        entity = NAMED[stretch.table]
        within = f"id BETWEEN ? AND ?{' AND NOT removed' if entity in PLACES else ''}"
        there = self._store.select(entity, within, (stretch.first, stretch.last))
        records = [record for record in there if _owner(record)]
        return [
            ((stretch.table, record.id), _owner(record), errors)
            for record, errors in zip(records, self._looking.at(records), strict=True)
            if errors
        ]


def _owner(record: Record) -> str:
    """Return what an error of a record holds back, as the public views know it; "" for nothing."""
    if isinstance(record, Network) or record.public_when == NEVER:
        return ""
    if isinstance(record, Contact):
        return record.record if record.basis != "none" else ""
    return f"areas/{record.id}" if isinstance(record, Area) else record.id


# Remembering


class _Memory(NamedTuple):
    """Up to which change, under which stamp, all but these records were sound."""

    seq: int
    last: str
    stamp: int
    faulty: list[Key]


def _remembered(store: Store, stamped: int) -> set[Key] | None:
    """Return the records to be looked at; None where there is nothing to go by, or it is many."""
    with suppress(OSError, ValueError, TypeError, OverflowError, RecursionError):
        told = json.loads(place(store.path, "sound", "json").read_text("utf-8"))
        memory = _Memory(*told)._replace(faulty=[(table, id_) for table, id_ in told[3]])
        past = type(memory.seq) is int and memory.last == change(store.connection, memory.seq)
        changed = _changed(store, memory.seq) if past and memory.stamp == stamped else None
        if changed is not None and not any(_is_gone(store, key) for key in changed):
            return changed | set(memory.faulty)
    return None


def _changed(store: Store, seq: int) -> set[Key] | None:
    sql = "SELECT DISTINCT entity, record FROM changes WHERE seq > ? LIMIT ?"
    changed = set(store.connection.execute(sql, (seq, MANY)))
    return changed if len(changed) < MANY else None


def _is_gone(store: Store, key: Key) -> bool:
    """Tell whether what changed is a place that is removed, or is there no more."""
    entity = NAMED.get(key[0])
    if entity not in PLACES:
        return False
    told = removed(store, entity, key[1])
    return told is None or bool(told[0])


def _remember(store: Store, memory: _Memory) -> None:
    """Keep what was found, for its owner alone; a memory that cannot be kept is as good as none."""
    path = place(store.path, "sound", "json")
    made = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(memory, file)
        made.replace(path)
