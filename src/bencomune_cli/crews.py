"""Work on many things shared out among processes, given back in its order, or as it is done.

Few things are worked on here: to start a process takes as long as a thousand rows. Of many, this
process does some itself, rather than wait for the others.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from .errors import Refused
from .words import Text

T = TypeVar("T")
V = TypeVar("V")

WORTH = 20_000  # things from which on processes are started
EACH = 400  # things that are sent to a process at once
MOST = 3  # processes besides this one: each takes 60 MB
TURN = 0.0005  # seconds after which a thread gives way: those that feed the others wait for work

_Waiting = tuple[list[Any], Any]  # things, and the future of what is made of them
Begin = Callable[..., Callable[[Any], Any]]


@contextmanager
def uncollected() -> Iterator[None]:
    """Do without Python's search for circles among objects while many are made that hold none.

    For 200,000 findings it takes more than half of the time, and finds nothing.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def spread(
    here: Callable[[T], V],
    begin: Callable[..., Callable[[T], V]],
    told: tuple[Any, ...],
    things: Iterable[T],
    total: int,
    sending: tuple[int, int | None] = (EACH, 0),
) -> Iterator[tuple[T, V]]:
    """Yield each thing with what the work makes of it.

    `total` is how much work they are; `sending` how many things go to a process at once, and how
    many batches ahead of what is given back, 0 for as many as memory should hold, None where no
    order is asked for: what is done is given back at once. Little work is done by `here`; much also
    by what `begin(*told)` returns in each other process. What `begin` is told, the things and what
    is made of them must go through pickle. Raises what the work raises, and Refused where a process
    was stopped from outside.
    """
    processes = min((os.cpu_count() or 1) - 1, MOST)
    if total < WORTH or not processes:
        yield from ((thing, here(thing)) for thing in things)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    each, ahead = sending
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (begin, told))
    turn = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        batches = iter(partial(_some, iter(things), each), [])
        bounds = 3 * processes, 5 * processes if ahead == 0 else ahead
        yield from chain.from_iterable(_made(pool, here, batches, *bounds))
    except BrokenProcessPool:
        raise Refused(
            Text(
                "un processo che aiutava è stato fermato, forse manca memoria: riprovare",
                "a helping process was stopped, perhaps for lack of memory: try again",
            )
        ) from None
    finally:
        sys.setswitchinterval(turn)
        pool.shutdown(wait=False, cancel_futures=True)


def _some(things: Iterator[T], each: int) -> list[T]:
    return list(islice(things, each))


def _made(
    pool: Any, here: Callable[[T], V], batches: Iterable[list[T]], held: int, ahead: int | None
) -> Iterator[Iterable[tuple[T, V]]]:
    """Yield batches with what is made of them, no more of them ahead than memory should hold.

    The other processes hold so many that none of them has to wait; what is more is done here.
    """
    from concurrent.futures import Future, as_completed

    waiting: list[_Waiting] = []
    for batch in batches:
        ready, waiting = _parted(waiting, ahead)
        yield from (_told(*each) for each in ready)
        if sum(not made.done() for _, made in waiting) < held:
            waiting.append((batch, pool.submit(_do, batch)))
        else:
            made = Future[list[V]]()
            made.set_result(list(map(here, batch)))
            waiting.append((batch, made))
    of = {made: batch for batch, made in waiting}
    for made in as_completed(of) if ahead is None else of:
        yield _told(of[made], made)


def _parted(waiting: list[_Waiting], ahead: int | None) -> tuple[list[_Waiting], list[_Waiting]]:
    """Part what is given back now, also of what is more than memory should hold, from the rest."""
    done = [made.done() for _, made in waiting]
    if ahead is None:
        told = list(zip(waiting, done, strict=True))
        return [each for each, is_ in told if is_], [each for each, is_ in told if not is_]
    now = max(done.index(False) if False in done else len(done), len(waiting) - ahead)
    return waiting[:now], waiting[now:]


def _told(batch: list[T], made: Any) -> Iterable[tuple[T, Any]]:
    return zip(batch, made.result(), strict=True)


_work: list[Callable[[Any], Any]] = []


def _begin(begin: Begin, told: tuple[Any, ...]) -> None:
    gc.disable()  # what is worked on holds no circles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that a person sees
    _work[:] = [begin(*told)]


def _do(things: Iterable[Any]) -> list[Any]:
    return list(map(_work[0], things))
