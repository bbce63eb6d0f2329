"""One command run to its end or its limit: seconds, seconds of the processor, peak of memory.

Linux alone tells what is needed. Memory is what all processes of the run held at once: of several
each one's share (PSS), looked at ten times a second; of the largest what the system tells.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

OFTEN = 0.1  # seconds between two looks at memory


class Measured(NamedTuple):
    """A run: wall seconds, seconds of all its processes on a processor, peak memory in MB.

    `ended` is empty for one that went well, else it says how it ended.
    """

    wall: float
    cpu: float
    memory: float
    ended: str = ""


def measured(
    command: Sequence[str],
    folder: Path,
    limit: float,
    environment: Mapping[str, str],
    fine: Collection[int] = (0,),
) -> Measured:
    """Run a command in a folder, its output thrown away, for `limit` seconds at most.

    `fine` are the exit codes with which it went well.
    """
    log = folder / "stderr.txt"
    with log.open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the commands are those of this folder
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        peak, late = _watched(process.pid, start + limit)
        if late:
            os.killpg(process.pid, signal.SIGKILL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = max(peak, used.ru_maxrss * 1024) / 1e6
    ended = f"not finished in {limit:.0f} s" if late else _ended(process.returncode, fine, log)
    return Measured(wall, used.ru_utime + used.ru_stime, memory, ended)


def _watched(pid: int, until: float) -> tuple[int, bool]:
    """Wait for a process; return the most bytes that it and its children had, and whether late."""
    peak, handle = 0, os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        while not waiting.poll(OFTEN * 1000):
            peak = max(peak, sum(map(_bytes, _family(pid))))
            if time.perf_counter() > until:
                return peak, True
    finally:
        os.close(handle)
    return peak, False


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _bytes(pid: int) -> int:
    """Return a process's share of memory; 0 for one that is gone."""
    with suppress(OSError), Path(f"/proc/{pid}/smaps_rollup").open() as told:
        return sum(int(line.split()[1]) * 1024 for line in told if line.startswith("Pss:"))
    return 0


def _ended(code: int, fine: Collection[int], log: Path) -> str:
    if code in fine:
        return ""
    lines = log.read_text("utf-8", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return f"failed ({code}): {last[:120]}"
