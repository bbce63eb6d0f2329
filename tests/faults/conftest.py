"""What tests of faults share: a warm process that runs commands on a disk that is watched."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from seen import State, state
from works import COMMANDS, WORKS

NOW = 1_790_000_000  # the clock stands still: the same command leaves the same bytes
HERE = Path(__file__).parent


class Stage:
    """The process of `stage.py`, the folders that works begin with, and new ones."""

    def __init__(self, place, disk, library=None):
        self.place = place
        path = os.pathsep.join(map(str, filter(None, (library, os.environ.get("PYTHONPATH")))))
        told = {"LD_PRELOAD": str(disk), "XDG_CACHE_HOME": str(place / "cache"), "PYTHONPATH": path}
        told |= {"BENCOMUNE_WHO": "prova", "PYTHONUTF8": "1", "TERM": "dumb"}
        told["SOURCE_DATE_EPOCH"] = str(NOW)
        self.process = subprocess.Popen(
            [sys.executable, HERE / "stage.py"],
            env=os.environ | told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.number = 0

    def ask(self, do, **job):
        """Have a job done; return the answer."""
        told = {
            name: str(value) if isinstance(value, Path) else value for name, value in job.items()
        }
        self.process.stdin.write(json.dumps({"do": do, **told}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def new(self, name="place"):
        """Return the path of a folder that is not there yet."""
        self.number += 1
        return self.place / f"{name}-{self.number}"

    def base(self, kind):
        """Return the folder that works of a kind begin with."""
        folder = self.place / f"base-{kind}"
        if not folder.exists():
            folder.mkdir()
            made = self.ask("make", folder=folder, kind=kind, out=self.place / "made")
            assert made["code"] == 0, made
        return folder

    def begun(self, work):
        """Return a new folder with what a work begins with."""
        return self.copy(self.base(WORKS[work].base))

    def ready(self, name):
        """Return a new folder in which a command is to be run."""
        told = COMMANDS[name]
        folder = self.copy(self.base(told.base))
        for command in told.before:
            assert self.one(folder, command)["code"] == 0
        return folder

    def copy(self, folder):
        """Return a new copy of a folder."""
        return Path(shutil.copytree(folder, self.new()))

    def one(self, folder, command, **more):
        """Run one command; return how it ended."""
        return self.ask("one", folder=folder, command=command, out=self.place / "told", **more)

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Known(NamedTuple):
    """A command where nothing fails: its folder, the states before and after, calls, seconds."""

    folder: Path
    before: State
    after: State
    calls: int
    seconds: float


@pytest.fixture(scope="session")
def usual(stage):
    """Return a function that tells of a command how it goes where nothing fails."""
    known = {}

    def find(name):
        if name not in known:
            folder = stage.ready(name)
            place = stage.copy(folder)
            done = stage.one(place, COMMANDS[name].command)
            assert done["code"] == 0, done
            known[name] = Known(folder, state(folder), state(place), done["calls"], done["seconds"])
        return known[name]

    return find


@pytest.fixture(scope="session")
def disk(tmp_path_factory):
    """Return the library that watches a disk, compiled."""
    if not shutil.which("gcc") and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip("gcc is not installed")
    made = tmp_path_factory.mktemp("disk") / "disk.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-o", made, HERE / "disk.c", "-ldl"], check=True
    )
    return made


@pytest.fixture(scope="session")
def memory(tmp_path_factory):
    """Return a folder in memory where there is one: nothing here waits for a real disk."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder with a name of chance is made in it
    if not os.access(shared, os.W_OK):
        yield tmp_path_factory.mktemp("faults")
        return
    with tempfile.TemporaryDirectory(prefix="bencomune-faults-", dir=shared) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def stage(memory, disk):
    """Give a warm process."""
    made = Stage(memory, disk)
    made.ask("warm", folder=made.copy(made.base("usual")))
    yield made
    made.close()
