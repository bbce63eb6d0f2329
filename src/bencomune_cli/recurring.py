"""Which of many things come again, told without holding them all."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

SLOTS = 1 << 24  # bytes in which keys are counted: sixteen for each of a million


def recurring(things: Callable[[], Iterable[T]], key: Callable[[T], Hashable]) -> Iterator[T]:
    """Yield the things whose key comes more than once, in their order; seldom others with them.

    Two keys in one slot count as one. The things are gone through twice.
    """
    seen = bytearray(SLOTS)
    for thing in things():
        slot = hash(key(thing)) % SLOTS
        seen[slot] = 2 if seen[slot] else 1
    for thing in things():
        if seen[hash(key(thing)) % SLOTS] > 1:
            yield thing
