"""The files of each size made once, and all contestants run on them in turns."""

import compileall
import importlib.util
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from .contests import CONTESTS, Contest, Contestant, Given
from .measuring import Measured, measured
from .programs import CACHE, OURS, found

ROOT = Path(__file__).parent.parent
REPEATS = {1_000: 5, 10_000: 3, 100_000: 3}  # runs of each; one of larger ones
LONG = 20.0  # seconds
_warm: set[int] = set()  # the sizes at which the program has run
Tell = Callable[[str], None]


class Figures(NamedTuple):
    """What came of a contestant's runs: medians of seconds, the highest peak in MB."""

    wall: float
    cpu: float
    memory: float
    runs: int
    ended: str


def given(records: int, smallest: int, tell: Tell) -> Given:
    """Return the files of a size, made where they are not there yet."""
    folder = CACHE / f"{_stamp()}-{records}"
    folder.mkdir(parents=True, exist_ok=True)
    registry = folder / "registry.db"
    files = Given(
        records,
        registry,
        folder / "areas.db",
        folder / "labs.gpkg",
        folder / "labs.sqlite",
        folder / "labs.csv",
        folder / "work",
        CACHE / f"{_stamp()}-{smallest}" / "registry.db",
    )
    ours = [found(OURS) or OURS, "--lang", "en", "--quiet", "--registry", str(registry)]
    exported = [*ours, "export", "labs", "--format", "gpkg", "--format", "csv", "--to", str(folder)]
    sqlite = [found("ogr2ogr") or "", "-f", "SQLite", str(files.sqlite), str(files.geopackage)]
    for file, command in (
        (registry, [sys.executable, "-m", "bench.registries", str(registry), str(records)]),
        (files.areas, [sys.executable, "-m", "bench.registries", str(files.areas), "0"]),
        (files.csv, exported),
        *([(files.sqlite, [*sqlite, "labs"])] if found("ogr2ogr") else []),
    ):
        if not file.exists():
            tell(f"{records:,} records: making {file.name}")
            _make(file, command)
    return files


def compiled() -> None:
    """Compile the program's modules, as pip does of what it installs; a checkout may lack it."""
    package = importlib.util.find_spec("bencomune_cli")
    for folder in package.submodule_search_locations or () if package else ():
        compileall.compile_dir(folder, quiet=2)


def _make(file: Path, command: Sequence[str]) -> None:
    """Run what makes a file; take away what it left where it fails."""
    try:
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _stamp() -> str:
    """Return what tells the registries that are made now from those of another edition."""
    return f"{zlib.crc32((Path(__file__).parent / 'registries.py').read_bytes()):08x}"


def chosen(names: Sequence[str], records: int) -> Iterator[Contest]:
    """Yield the contests by name, all for no name, that are held at a size."""
    for contest in CONTESTS:
        if records <= contest.most and (not names or contest.name in names):
            yield contest


def run(contest: Contest, files: Given, repeat: int, tell: Tell) -> dict[str, Figures]:
    """Return what came of a contest's contestants, run in turns; nothing of those missing."""
    there = [c for c in contest.contestants if path_of(c) and files.records <= c.most]
    runs: dict[str, list[Measured]] = {each.label: [] for each in there}
    for each in there:
        if each.again and files.records not in _warm:
            _once(each, files)
            _warm.add(files.records)
    for _ in range(repeat):
        for each in there:
            past = runs[each.label]
            # What failed or did not finish is not tried again, nor what takes so long.
            if not past or not (past[-1].ended or past[-1].wall > LONG):
                past.append(_once(each, files))
    for label, each_run in runs.items():
        best = min(each_run, key=lambda one: one.wall)
        tell(f"  {contest.name}: {label}: {best.wall:.2f} s, {best.memory:.0f} MB {best.ended}")
    return {label: _figures(each) for label, each in runs.items()}


def path_of(contestant: Contestant) -> str | None:
    """Return the path of a contestant's program, None where it is missing."""
    is_path = Path(contestant.program).is_absolute()
    return contestant.program if is_path else found(contestant.program)


def _once(contestant: Contestant, files: Given) -> Measured:
    """Run a contestant in an empty folder, with a cache of its own and a registry to write in."""
    shutil.rmtree(files.work, ignore_errors=True)
    files.work.mkdir()
    areas = files.work / files.areas.name
    shutil.copy(files.areas, areas)
    arguments = contestant.arguments(files._replace(areas=areas))
    command = [path_of(contestant) or "", *map(str, arguments)]
    told = {"XDG_CACHE_HOME": str(_cache(contestant, files)), "PYTHONPATH": str(ROOT)}
    environment = {**told, **contestant.environment}
    fine = (0, 1) if contestant.may_find else (0,)
    return measured(command, files.work, contestant.limit, environment, fine)


def _cache(contestant: Contestant, files: Given) -> Path:
    """Return where the program keeps what it remembers: of one run, or of a size."""
    return (files.work.parent if contestant.again else files.work) / "cache"


def _figures(runs: Sequence[Measured]) -> Figures:
    return Figures(
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        max(run.memory for run in runs),
        len(runs),
        runs[-1].ended,
    )
