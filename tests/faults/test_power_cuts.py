"""The power goes at any moment, and the disk holds whatever POSIX lets it hold."""

import os
import pickle
import random
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from judged import problems
from powercut import Disk, calls
from works import WORKS

CUTS = int(os.environ.get("BENCOMUNE_TESTS_CUTS") or 2000)
TRIED = 30  # after one cut in so many the next command is run


class Recorded(NamedTuple):
    """A work that was done: what was there before, the states between its commands, its calls."""

    start: list
    states: list
    calls: list


def recorded(stage, work):
    """Do a work on a disk that is watched."""
    folder, log = stage.begun(work), stage.new("log")
    done = stage.ask("record", folder=folder, work=work, log=log, out=stage.place / "told")
    assert done["code"] == 0, done
    start, states = pickle.loads(Path(f"{log}.states").read_bytes())  # noqa: S301 - our own
    told = Recorded(start, states, list(calls(log)))
    assert_nothing_unseen(told, folder, stage.new())
    shutil.rmtree(folder)
    return told


def assert_nothing_unseen(told, folder, place):
    """Assert that the calls that were recorded, done once more, make what there is."""
    disk = Disk(told.start)
    for call in told.calls:
        if call.op != "M":
            disk.do(call)
    place.mkdir()
    disk.write(place)
    assert tree(place) == tree(folder)
    shutil.rmtree(place)


def tree(folder):
    """Return the bytes of all files below a folder."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def anywhere(told, number):
    """Return so many moments in a work, as chance has it: before which call the power goes."""
    chance = random.Random(number)  # noqa: S311 - no secret
    return sorted(chance.randrange(len(told.calls) + 1) for _ in range(number))


def cuts(stage, told, points):
    """Yield folders after cuts at some moments, each with the states that it may be in."""
    chance = random.Random(0)  # noqa: S311 - no secret
    disk, done, acknowledged = Disk(told.start), 0, 0
    place = stage.new("cut")
    for point in points:
        for call in told.calls[done:point]:
            acknowledged += call.op == "M"
            if call.op != "M":
                disk.do(call)
        done = point
        place.mkdir()
        disk.cut(place, chance)
        yield place, told.states[acknowledged : acknowledged + 2]
        shutil.rmtree(place)


@pytest.mark.parametrize("work", WORKS)
def test_a_cut_loses_nothing_acknowledged_and_leaves_nothing_half_done(stage, work):
    """After a power cut all that was acknowledged is there, the rest whole or not at all."""
    told = recorded(stage, work)
    found = []
    points = anywhere(told, CUTS // len(WORKS) + 1)
    for number, (place, allowed) in enumerate(cuts(stage, told, points)):
        found += problems(place, allowed)
        if number % TRIED == 0 and not found:
            found += next_commands(stage, place, work)
        assert not found, (number, found)


def next_commands(stage, place, work):
    """Return what is wrong with the commands after a fault, which nobody mended by hand."""
    if not (place / "registry.db").exists():
        done = stage.one(place, ["init", "--name", "Rete Esempio"])
        return [] if done["code"] == 0 else [str(done)]
    wrong, folder = [], "a/b" if (place / "a/b").exists() else "files"
    accept = ["--accept"] * (work == "rollback")  # what was put back stays until somebody says so
    for command, codes in (
        (["lab", "add", "--name", "Spazio Poi"], (0,)),
        (["publish", *accept], (0, 10)),
        (["publish"], (10,)),
        (["export", "--to", folder], (0,)),
        (["backup"], (0,)),
    ):
        done = stage.one(place, command)
        if done["code"] not in codes:
            wrong.append(f"{command}: {done}")
    passing = (".bencomune-", "new-", ".registry.bencomune-new")
    left = [path for path in place.rglob("*") if path.name.startswith(passing)]
    return [*wrong, *(f"{path} is left" for path in left)]
