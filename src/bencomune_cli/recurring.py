"""Which of many things come again, told without holding them all."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

FEW = 1 << 16  # keys that are told exactly: 6 MB
SLOTS = 1 << 24  # bytes in which more are marked: sixteen for each of a million


class Marks:
    """A set of keys, by their hashes; of many it is told roughly: two in one slot count as one."""

    def __init__(self) -> None:
        self._few: set[int] = set()
        self._slots: bytearray | None = None

    def add(self, key: Hashable) -> None:
        """Put a key in."""
        if self._slots is None:
            self._few.add(hash(key))
            if len(self._few) > FEW:
                self._slots = bytearray(SLOTS)
                for each in self._few:
                    self._slots[each % SLOTS] = 1
                self._few.clear()
        else:
            self._slots[hash(key) % SLOTS] = 1

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether a key was put in; of many seldom also of another."""
        if self._slots is None:
            return hash(key) in self._few
        return bool(self._slots[hash(key) % SLOTS])


def recurring(things: Callable[[], Iterable[T]], key: Callable[[T], Hashable]) -> Iterator[T]:
    """Yield the things whose key comes more than once, in their order; seldom others with them.

    The things are gone through twice.
    """
    once, again = Marks(), Marks()
    for thing in things():
        told = key(thing)
        (again if told in once else once).add(told)
    for thing in things():
        if key(thing) in again:
            yield thing
