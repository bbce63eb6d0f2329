"""kill -9 at any moment of what a command writes."""

import random
import shutil

import pytest
from judged import problems
from test_power_cuts import next_commands
from works import COMMANDS

KILLS = 200
KINDS = 15  # all kinds of calls, as in disk.c
BEFORE, INSIDE, AFTER = 1, 2, 3  # a call on the disk, as in disk.c
TRIED = 7  # after one kill in so many the next commands are run


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_is_done_or_never_began(stage, usual, name):
    """Killed at any moment of its writing a command is done or never began; the next one works.

    Half of the kills come from outside, some time after the first write; half at a call on the
    disk, before it, in the middle of a write, or after it.
    """
    known, inside = usual(name), 0
    chance = random.Random(name)  # noqa: S311 - no secret
    kills = KILLS // len(COMMANDS)
    for number in range(kills):
        place = stage.copy(known.folder)
        if number % 2:
            how = chance.choice((BEFORE, INSIDE, AFTER))
            fail = (chance.randint(1, known.calls), KINDS, 0, how)
            done = stage.one(place, COMMANDS[name].command, fail=fail)
        else:
            done = stage.one(place, COMMANDS[name].command, kill=chance.uniform(0, known.seconds))
        killed = done["calls"] == 0  # it did not live to count them
        inside += killed
        found = problems(place, [known.before, known.after] if killed else [known.after])
        if not found and number % TRIED == 0:
            found = next_commands(stage, place, name)
        assert not found, (number, done)
        shutil.rmtree(place)
    assert inside > kills * 0.4
