"""Things put aside on disk, to be gone through again, as they came or sorted, in bounded memory."""

import pickle
import tempfile
import weakref
from collections.abc import Callable, Iterator
from heapq import merge
from typing import Any, Generic, TypeVar

T = TypeVar("T")

RUN = 20_000  # things that are sorted in memory: of findings, 8 MB
BATCH = 500  # things written at once: what they have in common is written once


class Spool(Generic[T]):
    """A file without a name, seen by this process alone, that ends with it (mkstemp, unlinked)."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
        weakref.finalize(self, self._file.close)
        self._batches = 0
        self._count = 0
        self._last: list[T] = []

    def put(self, thing: T) -> None:
        """Put a thing behind the others."""
        self._last.append(thing)
        self._count += 1
        if len(self._last) == BATCH:
            pickle.dump(self._last, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._batches += 1
            self._last = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        """Yield what was put, in its order. Nothing may be put meanwhile."""
        self._file.seek(0)
        for _ in range(self._batches):
            yield from pickle.load(self._file)  # noqa: S301 - we wrote it, and nobody else can
        yield from self._last

    def close(self) -> None:
        """Let go of what was put."""
        self._file.close()


class Sorted(Generic[T]):
    """Things put in any order, gone through in theirs; of many, all but the last are on disk.

    `order` tells what a thing is sorted by. It is gone through once at a time.
    """

    def __init__(self, order: Callable[[T], Any]) -> None:
        self._order = order
        self._runs: list[Spool[T]] = []
        self._last: list[T] = []

    def put(self, thing: T) -> None:
        """Put a thing among the others."""
        self._last.append(thing)
        if len(self._last) == RUN:
            run = Spool[T]()
            for each in sorted(self._last, key=self._order):
                run.put(each)
            self._runs.append(run)
            self._last = []

    def __iter__(self) -> Iterator[T]:
        """Yield what was put, sorted. Nothing may be put meanwhile."""
        last = sorted(self._last, key=self._order)
        return merge(*self._runs, last, key=self._order) if self._runs else iter(last)
