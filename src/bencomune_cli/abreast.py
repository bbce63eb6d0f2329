"""Readers that read at once, each in a process of its own; what they read is given in order.

A helper costs a few milliseconds, since it begins as a copy of this process; what it reads comes
back through memory that both have. Whatever a helper cannot do is done here: it can only save time.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import count, cycle
from mmap import mmap
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MOST = 4  # helpers: from there on what this process does with what they read takes longer
AHEAD = 3  # things that each of them reads before they are asked for
ROOM = 1 << 20  # bytes of one text in the memory that both have; a longer one is sent

T = TypeVar("T")
Read = Callable[[T], bytes]


def useful() -> int:
    """Return how many helpers the processors that this process may use have work for."""
    # Elsewhere than on Linux the system's own libraries may not bear a copied process.
    if sys.platform != "linux":
        return 0
    processors = len(os.sched_getaffinity(0))
    return min(processors, MOST) if processors > 1 else 0


def read_abreast(
    begin: Callable[[], Read[T]], here: Read[T], things: Iterable[T], helpers: int
) -> Iterator[bytes]:
    """Yield what is read of each thing, in their order; raise what `here` raises.

    `begin` is called in each helper, and returns what reads there. What a helper does not read,
    because it could not or was stopped from outside, `here` reads. No more than some things are
    read ahead, and no helper is left once nobody asks for more.
    """
    with ExitStack() as begun:
        crew = list(_begun(begin, helpers, begun))
        if not crew:
            yield from map(here, things)
            return
        reading: deque[tuple[_Helper, T]] = deque()

        def first() -> bytes:
            helper, thing = reading.popleft()
            text = helper.told()
            return here(thing) if text is None else text

        for helper, thing in zip(cycle(crew), things, strict=False):
            if len(reading) == AHEAD * len(crew):
                yield first()
            helper.ask(thing)
            reading.append((helper, thing))
        while reading:
            yield first()


def _begun(begin: Callable[[], Read[T]], helpers: int, until: ExitStack) -> Iterator["_Helper"]:
    from multiprocessing import get_context  # 15 ms, for who has much to read

    with suppress(OSError):  # no process, or no memory: those that there are will do
        for _ in range(helpers):
            helper = _Helper(begin, get_context("fork"))
            until.callback(helper.stop)
            yield helper


class _Helper:
    """A process that reads things in the order in which it is asked for them."""

    def __init__(self, begin: Callable[[], Read[Any]], context: Any) -> None:
        self._memory = mmap(-1, AHEAD * ROOM)
        self._connection, theirs = context.Pipe()
        told = (begin, theirs, self._connection, self._memory)
        self._process = context.Process(target=_help, args=told, daemon=True)
        self._process.start()
        theirs.close()
        self._at = _places()

    def ask(self, thing: Any) -> None:
        """Have a thing read, once what was asked AHEAD times before has been told."""
        with suppress(OSError):  # it is gone, which is noticed where it should tell
            self._connection.send(thing)

    def told(self) -> bytes | None:
        """Return what it read of the first thing that was not told yet; None if it is gone."""
        start = next(self._at)
        try:
            length: int = self._connection.recv()
            long = self._connection.recv_bytes() if length > ROOM else None
        except (EOFError, OSError):
            return None
        return long or self._memory[start : start + length]

    def stop(self) -> None:
        """End it, whatever it does: it only reads."""
        self._process.kill()
        self._process.join()
        self._connection.close()
        self._memory.close()


def _places() -> Iterator[int]:
    """Yield where in the memory each text begins: none in the place of one not yet told."""
    return (number % AHEAD * ROOM for number in count())


def _help(
    begin: Callable[[], Read[Any]], ours: "Connection", theirs: "Connection", memory: mmap
) -> None:
    """Read what is asked for until nobody asks, then end: never return to what was copied."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that a person sees
        gc.disable()
        theirs.close()
        read = begin()
        for start in _places():
            text = read(ours.recv())
            if len(text) <= ROOM:
                memory[start : start + len(text)] = text
            ours.send(len(text))
            if len(text) > ROOM:
                ours.send_bytes(text)
    finally:
        os._exit(0)  # an error too: what was not told is read by who asked
