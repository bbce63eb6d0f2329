"""A publication every two seconds, for as long as told: edits, kills, a clock that jumps.

`python tests/faults/soak.py --minutes 60` tells at the end what it found, and how memory and open
files went; it ends with 1 where something is wrong.
"""

import argparse
import contextlib
import io
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from judged import registry_problems
from seen import LOG, state
from works import REGISTRY, prepare

from bencomune_cli import app, words
from bencomune_cli.publications import Publications

EVERY = 2.0  # seconds between publications
DAY = 86_400
CLOCK = "clock"  # what the clock shows besides the time, for libfaketime
LIBRARY = "libfaketimeMT.so.1"
KILLED = 4  # one publication in so many is killed
GROWTH = 5_000_000  # bytes that a process may grow by after its first publications


def soak(seconds: float, place: Path) -> dict[str, object]:
    """Run for so many seconds in an empty folder; return what was found."""
    (library,) = Path("/usr/lib").glob(f"*/faketime/{LIBRARY}")
    (place / CLOCK).write_text("+0\n", "ascii")
    told = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(place / CLOCK)}
    told |= {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    told |= {"XDG_CACHE_HOME": str(place / "cache"), "BENCOMUNE_WHO": "prova", "TERM": "dumb"}
    environment = {n: v for n, v in os.environ.items() if n != "SOURCE_DATE_EPOCH"} | told
    done = subprocess.run(
        [sys.executable, __file__, "--inside", place, "--minutes", str(seconds / 60)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=seconds + 300,
    )
    return dict(json.loads(done.stdout))


def pause(seconds: float) -> None:
    """Wait; `time.sleep` waits until a moment, which a clock that jumps would move."""
    select.select([], [], [], seconds)


class Soak:
    """One process that edits and publishes, as a schedule does, and looks at what is there."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.chance = random.Random(0)  # noqa: S311 - no secret
        self.wrong: list[str] = []
        self.counts = {"edits": 0, "publications": 0, "kills": 0, "jumps": 0}
        self.sizes: list[int] = []
        self.files: list[int] = []

    def run(self, *command: str, codes: tuple[int, ...] = (0,)) -> int:
        """Run one command in this process; what it says counts only where it goes wrong."""
        words._chosen.clear()
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = app.main(["--registry", REGISTRY, "--lang", "en", "--no-input", *command])
        if code not in codes:
            self.wrong.append(f"{command}: {code}: {said.getvalue()}")
        return code

    def edit(self) -> None:
        """Write something new into one record."""
        number = self.chance.randint(1, 6)
        self.counts["edits"] += 1
        self.run("lab", "edit", f"spazio-numero-{number}", f"seats={self.counts['edits']}")

    def killed(self) -> None:
        """Publish in a process that is killed before it ends, or after."""
        before = state(self.place)
        pid = os.fork()
        if not pid:
            self.run("publish")
            os._exit(0)
        pause(self.chance.uniform(0, 0.6))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.counts["kills"] += 1
        self.wrong += registry_problems(self.place / REGISTRY, {before.registry})

    def jump(self) -> None:
        """Let the clock be a day ahead, behind, or right."""
        days = self.chance.choice((-1, 0, 1))
        (self.place / CLOCK).write_text(f"{days * DAY:+d}\n", "ascii")
        self.counts["jumps"] += 1

    def publish(self) -> None:
        """Publish, look whether what is out is what there is, and note how large the process is."""
        self.run("publish", codes=(0, 10))
        self.counts["publications"] += 1
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        self.sizes.append(pages * os.sysconf("SC_PAGESIZE"))
        self.files.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - names alone
        self.run("publish", codes=(10,))
        self.run("export", "labs", "--format", "geojson", "--to", "fresh")
        out, fresh = (self.place / name / "labs.geojson" for name in ("exports", "fresh"))
        if out.read_bytes() != fresh.read_bytes():
            self.wrong.append("what is out is not what there is")
        left = [path.name for path in (self.place / "exports").glob(".*")]
        self.wrong += [f"{name} is left" for name in left]

    def go(self, seconds: float) -> dict[str, object]:
        """Go on for so many seconds."""
        with contextlib.redirect_stderr(io.StringIO()):
            prepare(self.place, "usual")
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(self.wrong) < 10:
            began = time.monotonic()
            if self.chance.random() < 0.3:
                self.jump()
            for _ in range(self.chance.randint(0, 3)):
                self.edit()
            if self.counts["publications"] % KILLED == 1:
                self.killed()
            self.publish()
            pause(max(0.0, EVERY - (time.monotonic() - began)))
        runs = sum(1 for _ in Publications(self.place / REGISTRY).runs())
        settled = len(self.sizes) // 3
        return {
            "wrong": self.wrong,
            **self.counts,
            "noted": runs,
            "log": (self.place / f"{REGISTRY}.published" / LOG).stat().st_size,
            "grown": self.sizes[-1] - self.sizes[settled],
            "size": self.sizes[-1],
            "open files": sorted(set(self.files[settled:])),
        }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        os.chdir(given.inside)
        sys.stdout.write(json.dumps(Soak(given.inside).go(given.minutes * 60)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bencomune-soak-") as folder:
        found = soak(given.minutes * 60, Path(folder))
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return int(bool(found["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
