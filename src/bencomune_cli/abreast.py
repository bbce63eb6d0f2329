"""Readers that read at once, each in a thread of its own; what they read is given in order.

For readers that let other threads go on while they read, as SQLite does inside a statement.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

MOST = 4  # readers: from there on what one thread does with what they read takes longer
AHEAD = 2  # things for each reader that are read before they are asked for


class Reader(Protocol):
    """What reads, in whatever thread, but in one at a time."""

    def close(self) -> None:
        """Let go of what it reads from."""


R = TypeVar("R", bound=Reader)
T = TypeVar("T")
V = TypeVar("V")


def useful() -> int:
    """Return how many readers the processors that this process may use have work for."""
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not everywhere
        processors = os.cpu_count() or 1
    return min(processors, MOST)


class Abreast(Generic[R]):
    """Some readers of the same, with a thread for each."""

    def __init__(self, readers: Sequence[R]) -> None:
        from concurrent.futures import ThreadPoolExecutor  # 10 ms, for who has much to read

        self._readers = readers
        self._idle: SimpleQueue[R] = SimpleQueue()
        for reader in readers:
            self._idle.put(reader)
        self._pool = ThreadPoolExecutor(len(readers))

    def read(self, work: Callable[[R, T], V], things: Iterable[T]) -> Iterator[V]:
        """Yield what the work reads of each thing, in their order; raise what it raises.

        No more than some things are read ahead, and none once nobody asks for more.
        """
        reading: deque[Any] = deque()
        try:
            for thing in things:
                reading.append(self._pool.submit(self._read, work, thing))
                if len(reading) > AHEAD * len(self._readers):
                    yield reading.popleft().result()
            while reading:
                yield reading.popleft().result()
        finally:
            for each in reading:
                each.cancel()

    def close(self) -> None:
        """Wait for what is being read, then end the threads and close the readers."""
        self._pool.shutdown(cancel_futures=True)
        for reader in self._readers:
            reader.close()

    def _read(self, work: Callable[[R, T], V], thing: T) -> V:
        reader = self._idle.get()
        try:
            return work(reader, thing)
        finally:
            self._idle.put(reader)
