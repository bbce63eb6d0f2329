"""The programs that are measured: where they are, of which version, how a missing one is got."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

CACHE = Path(__file__).parent / ".cache"  # registries, peers, figures: all can be made again
PEERS = CACHE / "peers"  # an environment of Python for what is not this program's to need
LISTED = Path(__file__).parent / "peers.txt"


class Program(NamedTuple):
    """A program: its name, the command that gets it, and how its version is asked for."""

    name: str
    got_by: str
    version: tuple[str, ...]


_LISTED_HERE = "python -m bench --install"
PROGRAMS: Mapping[str, Program] = {
    each.name: each
    for each in (
        Program("ogr2ogr", "apt install gdal-bin", ("--version",)),
        Program("sqlite3", "apt install sqlite3", ("--version",)),
        Program("sqlite-utils", _LISTED_HERE, ("--version",)),
        Program("datasette", _LISTED_HERE, ("--version",)),
        Program("csvsql", _LISTED_HERE, ("--version",)),
        Program("frictionless", _LISTED_HERE, ("--version",)),
    )
}
OURS = "bencomune"


def found(name: str) -> str | None:
    """Return the path of a program, of this environment for ours, None where it is missing."""
    if name == OURS:
        return str(Path(sys.executable).parent / OURS)
    own = PEERS / "bin" / name
    return str(own) if own.is_file() else shutil.which(name)


def install() -> None:
    """Make the peers' own environment, and install those of PyPI there, as `peers.txt` has them."""
    for command in (
        [sys.executable, "-m", "venv", str(PEERS)],
        [str(PEERS / "bin" / "pip"), "install", "-q", "-r", str(LISTED)],
    ):
        subprocess.run(command, check=True)  # noqa: S603 - commands of this module


def versions() -> dict[str, str]:
    """Return the first line of what each program says of its version, "" of a missing one."""
    return {name: _version(program) for name, program in PROGRAMS.items()}


def _version(program: Program) -> str:
    path = found(program.name)
    if path is None:
        return ""
    told = subprocess.run(  # noqa: S603 - a program of PROGRAMS
        [path, *program.version], capture_output=True, text=True, check=False, timeout=60
    )
    lines = [line for line in (told.stdout + told.stderr).splitlines() if line.strip()]
    words = lines[0].split() if lines else []
    return next((word.strip(",") for word in words if word[:1].isdigit()), "?")


def machine() -> dict[str, str]:
    """Return what the figures depend on besides the programs: processor, memory, system."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{_gigabytes():.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _gigabytes() -> float:
    first = Path("/proc/meminfo").read_text("utf-8").split("\n", 1)[0]
    return int(first.split()[1]) / 1e6
