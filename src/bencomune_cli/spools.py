"""Things put aside on disk, to be gone through again, as they came or sorted, in bounded memory."""

import io
import os
import pickle
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from heapq import merge
from typing import Any, Generic, TypeVar

from .errors import Refused
from .words import Text

T = TypeVar("T")

RUN = 20_000  # things that are sorted in memory: of findings, 8 MB
RUNS = 32  # so many sorted files become one
BATCH = 500  # things written at once: what they have in common is written once


@contextmanager
def said_of_disk() -> Iterator[None]:
    """Tell in a sentence what the disk refuses of temporary files. Raises Refused."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        told = Text(
            "non si possono scrivere i file temporanei ({error}): liberare spazio, o indicare"
            " un'altra cartella con la variabile TMPDIR",
            "temporary files cannot be written ({error}): make room, or name another folder in the"
            " variable TMPDIR",
        )
        raise Refused(told.filled(error=getattr(error, "strerror", None) or str(error))) from error


class Spool(Generic[T]):
    """A file without a name, seen by this process alone, that ends with it (mkstemp, unlinked).

    Raises Refused where the disk refuses it.
    """

    def __init__(self) -> None:
        with said_of_disk():
            # Nothing waits in it to be written when it is let go of.
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - as long as the spool
        weakref.finalize(self, self._file.close)
        self._batches = 0
        self._count = 0
        self._last: list[T] = []

    def put(self, thing: T) -> None:
        """Put a thing behind the others."""
        self._last.append(thing)
        self._count += 1
        if len(self._last) == BATCH:
            self._write(pickle.dumps(self._last, pickle.HIGHEST_PROTOCOL))
            self._batches += 1
            self._last = []

    def _write(self, batch: bytes) -> None:
        left = memoryview(batch)
        with said_of_disk():
            self._file.seek(0, os.SEEK_END)
            while left:
                left = left[self._file.write(left) :]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        """Yield what was put, in its order. Nothing may be put meanwhile."""
        with said_of_disk():
            self._file.seek(0)
            file = io.BufferedReader(self._file)
            try:
                for _ in range(self._batches):
                    yield from pickle.load(file)  # noqa: S301 - we wrote it, and nobody else can
            finally:
                file.detach()
        yield from self._last

    def close(self) -> None:
        """Let go of what was put."""
        self._file.close()


class Sorted(Generic[T]):
    """Things put in any order, gone through in theirs; of many, all but the last are on disk.

    `order` tells what a thing is sorted by. It is gone through once at a time. Raises Refused where
    the disk refuses it.
    """

    def __init__(self, order: Callable[[T], Any]) -> None:
        self._order = order
        self._runs: list[Spool[T]] = []
        self._last: list[T] = []

    def put(self, thing: T) -> None:
        """Put a thing among the others."""
        self._last.append(thing)
        if len(self._last) == RUN:
            self._runs.append(_spooled(sorted(self._last, key=self._order)))
            self._last = []
            if len(self._runs) == RUNS:
                self._runs = [_spooled(merge(*self._runs, key=self._order))]

    def __iter__(self) -> Iterator[T]:
        """Yield what was put, sorted. Nothing may be put meanwhile."""
        last = sorted(self._last, key=self._order)
        return merge(*self._runs, last, key=self._order) if self._runs else iter(last)


def _spooled(things: Iterable[T]) -> Spool[T]:
    spool = Spool[T]()
    for each in things:
        spool.put(each)
    return spool
