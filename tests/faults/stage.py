"""A process that has loaded all of the program, and whose children run one command each.

It reads a job a line, as JSON, and answers with a line; `disk.c` is loaded before it. A child of a
warm process takes 50 ms where a fresh one takes 600, and runs the same code from `app.main` on.
"""

import ctypes
import json
import os
import pickle
import resource
import secrets
import signal
import sys
import time
import traceback
from pathlib import Path

from seen import state
from works import REGISTRY, WORKS, prepare

from bencomune_cli import app, words

DISK = ctypes.CDLL(os.environ["LD_PRELOAD"])


def run(command):
    """Run one command as people do, in this process; return its exit code.

    As the clock does, chance stands still: the salt of what is erased is the same each time.
    """
    secrets.token_hex = "5".__mul__
    words._chosen.clear()
    words.speak("en")
    return app.main(["--registry", REGISTRY, "--no-input", *command])


def warm(folder):
    """Load what any work needs, in this process."""
    os.chdir(folder)
    for work in WORKS.values():
        if work.base == "usual":
            for command in work.commands:
                run(command)
    return {}


def child(do, folder, out=None):
    """Fork a process that does something in a folder; return its id."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        os.chdir(folder)
        for number, name in ((1, "out"), (2, "err")):
            to = os.open(
                f"{out}.{name}" if out else os.devnull, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600
            )
            os.dup2(to, number)
            os.close(to)
        code = do() or 0
    except BaseException:  # noqa: BLE001 - a child never goes on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def told(pid, out):
    """Wait for a child; return how it ended, and what it said."""
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {
        "code": code,
        **{name: Path(f"{out}.{name}").read_text("utf-8") for name in ("out", "err")},
    }


def make(folder, kind, out):
    """Make what works begin with."""
    return told(child(lambda: prepare(Path(folder), kind), folder, out), out)


def record(folder, work, log, out):
    """Do a work while each call on the disk is recorded; keep the states between its commands."""

    def do():
        here, states = Path(folder), [state(Path(folder))]
        start = [
            (
                str(path.relative_to(here)),
                path.stat().st_ino,
                path.read_bytes() if path.is_file() else None,
            )
            for path in [here, *sorted(here.rglob("*"))]
        ]
        DISK.disk_watch(folder.encode())
        DISK.disk_record(os.open(log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        for number, command in enumerate(WORKS[work].commands):
            code = run(command)
            if code:
                return code
            states.append(state(here))
            DISK.disk_mark(str(number).encode())
        Path(f"{log}.states").write_bytes(pickle.dumps((start, states)))
        return 0

    return told(child(do, folder, out), out)


def one(folder, command, out, fail=None, kill=None, grow=None):
    """Run one command; `fail` are the arguments of disk_fail, `kill` seconds after its first write.

    No file may become longer than `grow` bytes.

    The answer also has how many calls there were on the disk, and seconds from the first on.
    """
    (ready, tell), (counted, count) = os.pipe(), os.pipe()

    def do():
        if grow is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (grow, grow))
        DISK.disk_watch(folder.encode())
        DISK.disk_fail(*(fail or (0, 0, 0, 0)))
        DISK.disk_tell_first(tell)
        code = run(command)
        os.write(count, str(DISK.disk_calls()).encode())
        return code

    pid = child(do, folder, out)
    os.close(tell)
    os.close(count)
    os.read(ready, 1)
    began = time.monotonic()
    if kill is not None:
        time.sleep(kill)
        os.kill(pid, signal.SIGKILL)
    answer = told(pid, out)
    answer["seconds"] = time.monotonic() - began
    answer["calls"] = int(os.read(counted, 20) or 0)
    os.close(ready)
    os.close(counted)
    return answer


def together(folder, lists, out):
    """Run lists of commands at the same time, each in a process of its own."""
    pids = []
    for number, commands in enumerate(lists):

        def do(commands=commands, number=number):
            with Path(f"{out}.{number}.json").open("w", encoding="utf-8") as file:
                for command in commands:
                    began = time.monotonic()
                    code = run(command)
                    line = {"command": command, "code": code, "seconds": time.monotonic() - began}
                    file.write(json.dumps(line) + "\n")
            return 0

        pids.append(child(do, folder, f"{out}.{number}"))
    ends = [told(pid, f"{out}.{number}") for number, pid in enumerate(pids)]
    for number, end in enumerate(ends):
        lines = Path(f"{out}.{number}.json").read_text("utf-8").splitlines()
        end["runs"] = [json.loads(line) for line in lines]
    return {"ends": ends}


def main():
    """Answer jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    jobs = {each.__name__: each for each in (warm, make, record, one, together)}
    for line in sys.stdin:
        job = json.loads(line)
        answers.write(json.dumps(jobs[job.pop("do")](**job)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
