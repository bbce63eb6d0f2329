"""The standard streams: opened where they are closed; why standard output fails, noted."""

import io
import os
import sys
from typing import Any, TextIO


class _Output(io.FileIO):
    """Standard output, which keeps the reason for which it took nothing."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            raise


def prepare() -> None:
    """Open the standard streams that are closed, and note from now on why standard output fails.

    So no file of ours takes their number. Nothing is to be read, words are not heard, and data
    find no place.
    """
    if sys.stdin is None:
        sys.stdin = _opened(os.O_RDONLY, "r")
    if sys.stdout is None:
        sys.stdout = _opened(os.O_RDONLY, "w")
    if sys.stderr is None:
        sys.stderr = _opened(os.O_WRONLY, "w")
    given = sys.stdout
    raw = _Output(given.fileno(), "w", closefd=False)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(raw),
        given.encoding,
        given.errors,
        line_buffering=bool(given.line_buffering or getattr(given, "write_through", False)),
    )


def _opened(flags: int, mode: str) -> Any:
    number = os.open(os.devnull, flags)
    os.set_inheritable(number, True)
    return open(number, mode, encoding="utf-8", closefd=False)


def failure() -> OSError | None:
    """Return why standard output took nothing; None where it did not fail."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.failure if isinstance(raw, _Output) else None


def forget(stream: TextIO) -> None:
    """Let what a stream holds come to nothing, so that the interpreter ends quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
