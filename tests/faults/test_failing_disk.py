"""The disk fails at any call, fills up, or lets no file grow: told, and nothing by halves."""

import errno
import os
import random
import shutil
import subprocess

import pytest
from judged import problems
from seen import state
from works import COMMANDS

WRITE, SYNC, NAME, REMOVE = 1, 2, 4, 8  # kinds of calls, as in disk.c
ALONE, ON = 0, 1
FAULTS = {
    "full": (WRITE | NAME, errno.ENOSPC, ON),
    "broken": (WRITE | SYNC | NAME | REMOVE, errno.EIO, ALONE),
    "interrupted": (WRITE | SYNC | NAME | REMOVE, errno.EINTR, ALONE),
}
ALL = {"add", "undo"}  # commands of which every call is made to fail
PARTLY = ("is in the file", "already the new ones", "erased from the registry")  # as it is told
NOT_AGAIN = "Do not repeat it"
SOME = int(os.environ.get("BENCOMUNE_TESTS_CALLS") or 12)  # by chance, of each of the others
TRIED = 5  # after one fault in so many a command is run
AFTER = {"rollback": ("publish", "--accept")}  # it; else the same again


def wrong(place, known, done):
    """Return what is wrong after a command on a disk that failed."""
    told = done["out"] + done["err"]
    found = ["a traceback"] * ("Traceback" in told or "Exception ignored" in told)
    found += [f"exit code {done['code']}"] * (done["code"] not in (0, 2))
    found += ["not a word"] * (done["code"] == 2 and not done["err"].strip())
    if done["code"] == 0:
        return found + problems(place, [known.after])
    partly = any(each in done["err"] for each in PARTLY)
    seen = problems(place, [known.before, known.after] if partly else [known.before])
    # A copy of what was there may stay, where it is told.
    return found + [each for each in seen if each.removesuffix(" is left") not in done["err"]]


def left(place):
    """Return what is there only while a command runs."""
    return [
        str(path.relative_to(place))
        for path in place.rglob("*")
        if path.name.startswith((".bencomune-", "new-")) or path.name.endswith((".new", "-journal"))
    ]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_call_that_fails_is_told_and_leaves_all_as_it_was(stage, usual, name, fault):
    """Whichever call the disk refuses, a command says so, all is as it was, the next works."""
    known = usual(name)
    kinds, error, lasting = FAULTS[fault]
    points = range(1, known.calls + 1)
    if name not in ALL:
        chance = random.Random(name)  # noqa: S311 - no secret
        points = sorted(chance.sample(points, min(SOME, known.calls)))
    place, found = stage.copy(known.folder), {}
    for turn, call in enumerate(points):
        done = stage.one(place, COMMANDS[name].command, fail=(call, kinds, error, lasting))
        bad, behind = wrong(place, known, done), left(place)
        if not bad and (behind or turn % TRIED == 0):
            again = stage.one(place, AFTER.get(name, COMMANDS[name].command))
            fine = (0, 10, 2) if NOT_AGAIN in done["err"] else (0, 10)
            bad = [str(again)] * (again["code"] not in fine and done["code"] != 0)
            # What could not be taken away, for that very call failed, the next run takes away.
            bad += [f"{each} is left" for each in left(place)]
            bad += [f"{each} was left" for each in behind if fault == "full"]
        if bad:
            found[call] = (bad, done["err"])
        if bad or state(place) != known.before:
            shutil.rmtree(place)
            place = stage.copy(known.folder)
    assert not found, "\n".join(f"{call}: {bad}" for call, bad in found.items())


ROOM = (0, 8_000, 60_000, 200_000, 600_000)  # bytes that are left on the disk


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 4 MB, where that is allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "bencomune", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("name", ["add", "import", "export", "publish", "migration"])
def test_a_full_disk_is_told_and_all_works_once_there_is_room(stage, usual, small_disk, name):
    """However full a disk is, a command ends or says that it is full, and ends once it is not."""
    known, codes = usual(name), set()
    for room in ROOM:
        place = shutil.copytree(known.folder, small_disk / "place")
        told = os.statvfs(small_disk)
        (small_disk / "full").write_bytes(bytes(told.f_bavail * told.f_frsize - room))
        done = stage.one(place, COMMANDS[name].command)
        codes.add(done["code"])
        assert not done["code"] or "disk is full" in done["err"] or "no space is" in done["err"]
        bad = wrong(place, known, done) + [f"{each} is left" for each in left(place)]
        (small_disk / "full").unlink()
        again = stage.one(place, COMMANDS[name].command) if done["code"] else done
        assert (bad, again["code"]) == ([], 0), (room, done, again)
        shutil.rmtree(place)
    assert codes == {0, 2}


LONGEST = {"add": 4_000, "import": 4_000, "migration": 4_000, "export": 600, "publish": 600}


@pytest.mark.parametrize("name", LONGEST)
def test_where_no_file_may_grow_it_is_told(stage, usual, name):
    """Where the system lets no file grow so far, a command says so, and all is as it was."""
    known = usual(name)
    place = stage.copy(known.folder)
    done = stage.one(place, COMMANDS[name].command, grow=LONGEST[name])
    assert (done["code"], wrong(place, known, done), left(place)) == (2, [], []), done
    assert stage.one(place, COMMANDS[name].command)["code"] == 0
