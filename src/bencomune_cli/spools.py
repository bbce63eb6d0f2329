"""Things put aside one after the other on disk, to be gone through again: memory stays bounded."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

BATCH = 500  # things written at once: what they have in common is written once


class Spool(Generic[T]):
    """A file without a name, seen by this process alone, that ends with it (mkstemp, unlinked)."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
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
