"""Long work that somebody may watch: what goes through the items, and by default shows nothing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from .words import Text

T = TypeVar("T")


class Watch(Protocol):
    """Yields items as they are asked for; may ask how many there are, and show how far it is."""

    def __call__(self, items: Iterable[T], total: Callable[[], int], label: Text, /) -> Iterator[T]:
        """Yield the items."""
        ...


def unwatched(items: Iterable[T], total: Callable[[], int], label: Text, /) -> Iterator[T]:
    """Yield the items, showing nothing."""
    del total, label
    yield from items
