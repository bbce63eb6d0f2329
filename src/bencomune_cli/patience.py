"""Trying again: after pauses that double, each of them a little by chance, and not for ever."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from .errors import Refused
from .words import Text

V = TypeVar("V")

FIRST = 1.0  # seconds
LONGEST = 120.0  # seconds that another program may have us wait


class Busy(Exception):  # noqa: N818 - reads as what it is
    """Something that may go better a little later: which, why, and how many seconds it asks for."""

    def __init__(self, what: str, why: Text, seconds: float = 0.0) -> None:
        super().__init__(what, why)
        self.what = what
        self.why = why
        self.seconds = seconds


def persist(step: Callable[[], V], attempts: int) -> V:
    """Return what a step gives, trying again while it is Busy. Raises Refused in the end."""
    for attempt in range(1, attempts + 1):
        try:
            return step()
        except Busy as busy:
            if attempt == attempts or busy.seconds > LONGEST:
                raise _given_up(busy, attempt) from None
            pause = FIRST * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            time.sleep(max(busy.seconds, pause))
    raise AssertionError(attempts)


def _given_up(busy: Busy, attempts: int) -> Refused:
    told = Text(
        "{what}: {why} (tentativi: {attempts}). Ripetere più tardi: si riprende da qui",
        "{what}: {why} (attempts: {attempts}). Repeat it later: it goes on from here",
    )
    return Refused(told.filled(what=busy.what, why=busy.why, attempts=attempts))
