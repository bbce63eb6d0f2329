"""Work that helpers do at the same time: processes that begin as copies of this one.

A helper costs a few milliseconds. What it reads comes back through memory that both have; what it
made, such as a file, it tells in a few words.
Whatever a helper cannot do is done here: it can only save time. None outlives this process.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import count, cycle
from mmap import mmap
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

MOST = 4  # helpers: from there on what this process does with what they read takes longer
AHEAD = 3  # things that each of them reads before they are asked for
KEPT = 8 << 20  # bytes that a helper keeps for its next text
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h
_WIDE = 2  # bytes of the number of a work
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
    begin: Callable[[], Read[T]], here: Read[T], things: Iterable[T]
) -> Iterator[bytes | memoryview]:
    """Yield what is read of each thing, in their order; raise what `here` raises.

    What a helper read stays in the memory that both have, and can be used until the next is asked
    for, then no more: to copy it takes as long as to write it.
    `begin` is called in each helper, and returns what reads there. What a helper does not read,
    because it could not or was stopped from outside, `here` reads. No more than some things are
    read ahead, and no helper is left once nobody asks for more.
    """
    with ExitStack() as begun:
        crew = list(_begun(begin, begun))
        if not crew:
            yield from map(here, things)
            return
        reading: deque[tuple[_Helper, T]] = deque()

        def first() -> Iterator[bytes | memoryview]:
            helper, thing = reading.popleft()
            text = helper.told()
            if text is None:
                yield here(thing)
                return
            with text:
                yield text

        for helper, thing in zip(cycle(crew), things, strict=False):
            if len(reading) == AHEAD * len(crew):
                yield from first()
            helper.ask(thing)
            reading.append((helper, thing))
        while reading:
            yield from first()


@contextmanager
def aside(work: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Have a helper do work meanwhile; give what waits for it, and tells whether it was done."""
    with ExitStack() as begun:
        process = None
        if useful():
            with suppress(OSError):
                process = _process(work)
                begun.callback(_stop, process)

        def done() -> bool:
            if process:
                process.join()
            return bool(process and process.exitcode == 0)

        yield done


def share(works: Sequence[Callable[[], T]], prepare: Callable[[], None]) -> list[T]:
    """Return what each of some works returns; helpers do them too, the first ones first.

    A helper does `prepare` before them; what it puts into the system's folder for temporary files
    goes with it. What none has done is done here, and raises here.
    """
    done: dict[int, T] = {}
    with ExitStack() as begun:
        numbers = _numbers(len(works), begun)
        connections = list(_sharing(works, prepare, numbers, begun))
        done.update((number, works[number]()) for number in _taken(numbers))
        for connection in connections:
            with suppress(EOFError, OSError):
                while True:
                    number, result = connection.recv()
                    done[number] = result
    return [done[number] if number in done else work() for number, work in enumerate(works)]


def _sharing(
    works: Sequence[Callable[[], T]], prepare: Callable[[], None], numbers: int, until: ExitStack
) -> Iterator["Connection"]:
    """Begin helpers that share works; yield what each tells by: the number of a work, its result.

    This process does works too, and is one of those that there are processors for.
    """

    def work(folder: str, connection: "Connection") -> None:
        tempfile.tempdir = folder
        gc.freeze()
        gc.enable()  # libraries that read and write files make circles
        prepare()
        for number in _taken(numbers):
            connection.send((number, works[number]()))

    helpers = min(useful(), len(works)) - 1
    if helpers < 1:
        return
    import tempfile
    from multiprocessing import Pipe

    with suppress(OSError):
        folder = until.enter_context(tempfile.TemporaryDirectory(prefix="bencomune-"))
        for _ in range(helpers):
            mine, theirs = Pipe(duplex=False)
            until.callback(mine.close)
            with theirs:
                until.callback(_stop, _process(partial(work, folder, theirs)))
            yield mine


def _numbers(many: int, until: ExitStack) -> int:
    """Return a pipe of so many numbers, each of which is taken once, by whichever process."""
    numbers, put = os.pipe()
    until.callback(os.close, numbers)
    # So few bytes do not wait for who reads.
    os.write(put, b"".join(number.to_bytes(_WIDE, "big") for number in range(many)))
    os.close(put)
    return numbers


def _taken(numbers: int) -> Iterator[int]:
    while number := os.read(numbers, _WIDE):
        yield int.from_bytes(number, "big")


def _begun(begin: Callable[[], Read[T]], until: ExitStack) -> Iterator["_Helper"]:
    with suppress(OSError):  # no process, or no memory: those that there are will do
        for _ in range(useful()):
            helper = _Helper(begin)
            until.callback(helper.stop)
            yield helper


class _Helper:
    """A process that reads things in the order in which it is asked for them."""

    def __init__(self, begin: Callable[[], Read[Any]]) -> None:
        from multiprocessing import Pipe

        self._memory = mmap(-1, AHEAD * ROOM)
        self._connection, theirs = Pipe()
        self._process = _process(partial(self._help, begin, theirs))
        theirs.close()
        self._at = _places()

    def ask(self, thing: Any) -> None:
        """Have a thing read, once what was asked AHEAD times before has been told."""
        with suppress(OSError):  # it is gone, which is noticed where it should tell
            self._connection.send(thing)

    def told(self) -> memoryview | None:
        """Return what it read of the first thing that was not told yet; None if it is gone."""
        start = next(self._at)
        try:
            length: int = self._connection.recv()
            if length > ROOM:
                return memoryview(self._connection.recv_bytes())
        except (EOFError, OSError):
            return None
        return memoryview(self._memory)[start : start + length]

    def stop(self) -> None:
        """End it, whatever it does, and let go of what it shares."""
        _stop(self._process)
        self._connection.close()
        self._memory.close()

    def _help(self, begin: Callable[[], Read[Any]], connection: "Connection") -> None:
        """Read what is asked for, in the helper."""
        self._connection.close()
        _keep_memory()
        read = begin()
        for start in _places():
            text = read(connection.recv())
            if len(text) <= ROOM:
                self._memory[start : start + len(text)] = text
            connection.send(len(text))
            if len(text) > ROOM:
                connection.send_bytes(text)


def _places() -> Iterator[int]:
    """Yield where in the memory each text begins: none in the place of one not yet told."""
    return (number % AHEAD * ROOM for number in count())


def _process(work: Callable[[], None]) -> "ForkProcess":
    from multiprocessing import get_context  # 15 ms, for who has much to read

    process = get_context("fork").Process(target=_alone, args=[work], daemon=True)
    process.start()
    return process


def _stop(process: "ForkProcess") -> None:
    process.kill()
    process.join()


def _alone(work: Callable[[], None]) -> None:
    """Do work in a copy of the process, then end: never go on with what that one does."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that a person sees
        gc.disable()
        _watch_parent()
        work()
        code = 0
    finally:
        os._exit(code)  # an error is met again by who does the work instead


def _keep_memory() -> None:
    """Have glibc keep what is freed, where it is the system's library, up to some megabytes.

    It would give each long text back and fetch its pages anew for the next: 6 % of the time.
    """
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, KEPT)
        mallopt(_MMAP_THRESHOLD, KEPT)


def _watch_parent() -> None:
    """End once the process that this one was copied of has ended, however that came."""
    from multiprocessing import parent_process
    from threading import Thread

    def wait() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()
