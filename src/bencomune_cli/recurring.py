"""Which of many things come again, or lie between others, told without holding them all."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Protocol, TypeVar


class Leading(Protocol):
    """What leads from one to another."""

    @property
    def subject(self) -> str:
        """Where it begins."""

    @property
    def object(self) -> str:
        """Where it leads to."""


T = TypeVar("T")
L = TypeVar("L", bound=Leading)

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


def passing(links: Callable[[], Iterable[L]]) -> Iterator[L]:
    """Yield those that lead from what another leads to, to what leads on; seldom others with them.

    No other is part of a circle. They are gone through twice.
    """
    leading, led_to = bytearray(SLOTS), bytearray(SLOTS)
    for link in links():
        leading[hash(link.subject) % SLOTS] = 1
        led_to[hash(link.object) % SLOTS] = 1
    for link in links():
        if led_to[hash(link.subject) % SLOTS] and leading[hash(link.object) % SLOTS]:
            yield link
