"""Bounds of effort: what must not take the square of its time is seen to take a short one.

Nothing here looks at the clock on the wall. What is measured is the processor's time, without
Python's collector, which takes the longer the more the tests before have kept; and what is too
long is compared with a piece of work that is known, so that a slow machine changes nothing.
"""

import gc
import time

import pytest

_TRIES = 4
_KNOWN = 50_000  # numbers written out
_KNOWN_TAKES = 0.01  # seconds, on the machine on which the bounds were set


def within(seconds, work, *given, **named):
    """Do a piece of work and return what it gives; fail where it takes longer, time and again."""
    for _ in range(_TRIES):
        value, taken = _measured(lambda: work(*given, **named))
        if taken < seconds:
            return value
        slowness = _measured(_known)[1] / _KNOWN_TAKES
        if taken < seconds * slowness:
            return value
    pytest.fail(f"it takes {taken / slowness:.3f} seconds, not {seconds}")


def _known():
    for number in range(_KNOWN):
        str(number)


def _measured(work):
    collects = gc.isenabled()
    gc.disable()
    try:
        begun = time.process_time()
        return work(), time.process_time() - begun
    finally:
        if collects:
            gc.enable()
