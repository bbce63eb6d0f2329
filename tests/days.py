"""The days around the one on which a test runs, as the office's own clock has them."""

import datetime as dt
import time

_LONGEST = 60  # seconds; so long a test may take before the day it began on is over


def day(days=0):
    """Return the day so many days from now, as text."""
    today = dt.date.today()  # noqa: DTZ011 - a day is the office's own
    return str(today + dt.timedelta(days))


def wait_for_midnight():
    """Let the day end first, where a test that begins now might see two of them."""
    now = dt.datetime.now().astimezone()
    midnight = dt.datetime.combine(now + dt.timedelta(1), dt.time.min, now.tzinfo)
    left = (midnight - now).total_seconds()
    if left < _LONGEST:
        time.sleep(left)
