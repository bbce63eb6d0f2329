"""Work shared out among processes: in order, bounded, and stopped when it should be."""

import itertools
import os
import signal

import pytest

from bencomune_cli import crews
from bencomune_cli.errors import Refused


def here(number):
    """Return a number with the process that it was worked on in."""
    return number * 2, os.getpid()


def begin(add):
    """Return the work of another process."""
    return lambda number: (number * 2 + add, os.getpid())


def killing():
    """Return work that its process does not survive."""
    return lambda _number: os.kill(os.getpid(), signal.SIGKILL)


def failing():
    """Return work that is refused."""

    def work(number):
        raise Refused(crews.Text(f"no {number}", f"no {number}"))

    return work


def test_few_things_are_worked_on_here():
    """For a handful no process is started."""
    found = list(crews.spread(here, begin, (1,), range(5), 5))
    assert found == [(n, (n * 2, os.getpid())) for n in range(5)]


@pytest.mark.skipif((os.cpu_count() or 1) == 1, reason="one processor: nothing to share out")
def test_many_things_are_shared_out_and_come_back_in_order():
    """Many go through several processes, this one too, and come back in their order."""
    found = crews.spread(here, begin, (0,), itertools.count(), crews.WORTH)
    processes: set[int] = set()
    for number, (thing, made) in enumerate(itertools.islice(found, 5_000_000)):
        assert (thing, made[0]) == (number, number * 2)
        processes.add(made[1])
        if number > 5 * crews.EACH and len(processes) > 1:
            break
    found.close()
    assert os.getpid() in processes
    assert len(processes) > 1


def test_no_more_is_sent_ahead_than_memory_should_hold():
    """Of things without end only some are asked for before the first comes back."""
    asked = itertools.count()
    things = (next(asked) for _ in itertools.repeat(None))
    found = crews.spread(here, begin, (0,), things, crews.WORTH)
    assert next(found)[1][0] == 0
    assert next(asked) <= crews.EACH * (5 * crews.MOST + 2)
    found.close()


@pytest.mark.skipif((os.cpu_count() or 1) == 1, reason="one processor: nothing to share out")
def test_what_goes_wrong_is_told():
    """A refusal in a process is a refusal here; a process that dies is a sentence."""
    with pytest.raises(Refused, match="no 0"):
        list(crews.spread(here, failing, (), range(1_000), crews.WORTH))
    with pytest.raises(Refused, match="process"):
        list(crews.spread(here, killing, (), range(1_000), crews.WORTH))
