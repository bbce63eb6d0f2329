"""What is measured: the same work by this program and by those that a user would pick instead."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bencomune_cli import bundles, formats

from .programs import OURS

WRITER = "the writer alone"
MILLION = 1_000_000
MINUTES = 600.0  # seconds after which a run is stopped; for some much less, as they never end


class Given(NamedTuple):
    """The files of one size, made beforehand, and the folder in which a run works."""

    records: int
    registry: Path  # all records
    areas: Path  # a registry with areas alone, to import into
    geopackage: Path  # the labs, as this program exports them
    sqlite: Path  # the same as ogr2ogr writes them as SQLite
    csv: Path  # the same as this program exports them
    work: Path
    smallest: Path  # the registry of the smallest size


Arguments = Callable[[Given], Sequence[str | Path]]


class Contestant(NamedTuple):
    """A program at work: its label, the program, its arguments, up to which size, for how long.

    `may_find` is of those that end with 1 where they find something to tell; `again` of those that
    have run before, with what they remember of it.
    """

    label: str
    program: str
    arguments: Arguments
    most: int = MILLION
    limit: float = MINUTES
    may_find: bool = False
    again: bool = False
    environment: Mapping[str, str] = {}


class Aim(NamedTuple):
    """What is to be reached at a size: a ratio to a contestant, seconds, megabytes of memory."""

    most: float
    against: str = ""
    records: int = MILLION
    megabytes: bool = False


class Contest(NamedTuple):
    """One piece of work; the first contestant is this program."""

    name: str
    title: str
    contestants: tuple[Contestant, ...]
    aims: tuple[Aim, ...] = ()
    most: int = MILLION

    @property
    def ours(self) -> Contestant:
        """Return this program's part."""
        return self.contestants[0]


def _ours(*arguments: str, at: Callable[[Given], Path] = lambda given: given.registry) -> Arguments:
    return lambda given: ("--lang", "en", "--quiet", "--registry", at(given), *arguments)


def _export(*formats: str) -> Arguments:
    chosen = [part for name in formats for part in ("--format", name)]
    return _ours("export", "labs", *chosen, "--to", "out")


def _exporting(name: str) -> Contestant:
    return Contestant(f"export labs --format {name}", OURS, _export(name), again=True)


def _writer(name: str) -> Contestant:
    return Contestant(
        WRITER,
        sys.executable,
        lambda given: ("-m", "bench.writing", given.registry, name, "out"),
    )


def _from_geopackage(driver: str, ending: str) -> Arguments:
    return lambda given: ("-f", driver, f"labs.{ending}", given.geopackage, "labs")


def _to_geopackage(*options: str) -> Arguments:
    return lambda given: ("-f", "GPKG", *options, "labs.gpkg", given.sqlite, "labs")


def _most(name: str) -> int:
    """Return how many records a format bears, a million at most."""
    folder = formats if name in formats.names() else bundles
    told: int = folder.load(name).FORMAT.most_records
    return told or MILLION


def _imported(given: Given) -> Sequence[str | Path]:
    told = ("--registry", given.areas, "import", given.csv, "--as", "lab", "--apply")
    return ("--lang", "en", "--quiet", *told, "--max-size", "4000")


_LITTLE = Aim(100.0, megabytes=True)  # memory of every export
_SOME = Aim(300.0, megabytes=True)  # of import and check

_EXPORTS = (
    Contest(
        "geojson",
        "GeoJSON",
        (
            _exporting("geojson"),
            _writer("geojson"),
            Contestant("ogr2ogr, GeoJSON", "ogr2ogr", _from_geopackage("GeoJSON", "geojson")),
        ),
        (Aim(0.4, "ogr2ogr, GeoJSON"), _LITTLE),
    ),
    Contest(
        "first",
        "GeoJSON, first export of a registry",
        (
            Contestant("export labs, first of a registry", OURS, _export("geojson")),
            Contestant("ogr2ogr, GeoJSON", "ogr2ogr", _from_geopackage("GeoJSON", "geojson")),
        ),
        (Aim(0.4, "ogr2ogr, GeoJSON"), _LITTLE),
    ),
    Contest(
        "csv",
        "CSV",
        (
            _exporting("csv"),
            _writer("csv"),
            Contestant("ogr2ogr, CSV", "ogr2ogr", _from_geopackage("CSV", "csv")),
            Contestant(
                "sqlite3 -csv",
                "sqlite3",
                lambda given: ("-csv", "-header", given.geopackage, "SELECT * FROM labs"),
            ),
            Contestant(
                "sqlite-utils rows --csv",
                "sqlite-utils",
                lambda given: ("rows", given.geopackage, "labs", "--csv"),
            ),
        ),
        (Aim(0.4, "ogr2ogr, CSV"), _LITTLE),
    ),
    Contest(
        "kml",
        "KML",
        (
            _exporting("kml"),
            _writer("kml"),
            Contestant("ogr2ogr, KML", "ogr2ogr", _from_geopackage("KML", "kml")),
            Contestant(
                "ogr2ogr, LIBKML",
                "ogr2ogr",
                _from_geopackage("LIBKML", "kml"),
                most=10_000,
                limit=60,
            ),
        ),
        (Aim(0.5, "ogr2ogr, KML"), _LITTLE),
    ),
    Contest(
        "gpkg",
        "GeoPackage",
        (
            _exporting("gpkg"),
            _writer("gpkg"),
            Contestant("ogr2ogr, GPKG", "ogr2ogr", _to_geopackage()),
            Contestant(
                "ogr2ogr, GPKG without index",
                "ogr2ogr",
                _to_geopackage("-lco", "SPATIAL_INDEX=NO"),
            ),
        ),
        (Aim(0.5, "ogr2ogr, GPKG"), _LITTLE),
    ),
)
_OTHER_FORMATS = ("geojsons", "excel", "xlsx", "jsonld", "html", "umap", "pdf")
_OTHERS = tuple(
    Contest(
        name,
        name,
        (_exporting(name),),
        (_LITTLE,),
        most=_most(name),
    )
    for name in _OTHER_FORMATS
)
_TOGETHER = (
    Contest(
        "usual",
        "the usual formats of all layers",
        (Contestant("export", OURS, _ours("export", "--to", "out")),),
        (Aim(1.0, records=1_000), _LITTLE),
    ),
    Contest(
        "all",
        "every format of one layer",
        (
            Contestant(
                "export labs, every format",
                OURS,
                _export("geojson", "csv", "kml", "gpkg", *_OTHER_FORMATS),
            ),
        ),
        (Aim(1.0, records=1_000),),
        most=1_000,
    ),
)
_BRINGING = (
    Contest(
        "import",
        "import of a CSV",
        (
            Contestant("import, all checks", OURS, _imported, limit=1_800),
            Contestant(
                "sqlite-utils insert --csv",
                "sqlite-utils",
                lambda given: ("insert", "labs.db", "labs", given.csv, "--csv"),
            ),
            Contestant(
                "csvsql --insert",
                "csvsql",
                lambda given: ("--db", "sqlite:///labs.db", "--insert", given.csv),
                most=10_000,
                limit=120,
            ),
        ),
        (_SOME,),
    ),
    Contest(
        "check",
        "check",
        (
            Contestant("check", OURS, _ours("check", "--summary"), limit=1_800, may_find=True),
            Contestant(
                "frictionless validate",
                "frictionless",
                lambda given: ("validate", str(given.csv), "--trusted"),
                most=10_000,
                limit=120,
                may_find=True,
            ),
        ),
        (_SOME,),
    ),
)
_VERSION = Contestant("sqlite-utils --version", "sqlite-utils", lambda _: ("--version",))
_STARTS = (
    Contest(
        "help",
        "--help",
        (
            Contestant("bencomune --help", OURS, lambda _: ("--help",)),
            _VERSION,
            Contestant("datasette --version", "datasette", lambda _: ("--version",)),
            Contestant("ogr2ogr --version", "ogr2ogr", lambda _: ("--version",)),
        ),
        (Aim(0.7, "sqlite-utils --version"),),
    ),
    Contest(
        "show",
        "show ID",
        (
            Contestant("show ID", OURS, _ours("show", "spazio-0000100")),
            Contestant(
                "show ID in the smallest registry",
                OURS,
                _ours("show", "spazio-0000100", at=lambda given: given.smallest),
            ),
            _VERSION,
        ),
        (Aim(0.7, "sqlite-utils --version"), Aim(1.2, "show ID in the smallest registry")),
    ),
    Contest(
        "completion",
        "completion of an id",
        (
            Contestant(
                "completion of an id",
                OURS,
                lambda given: ("--registry", given.registry, "show", "spazio-00001"),
                environment={"_BENCOMUNE_COMPLETE": "fish"},
            ),
            _VERSION,
        ),
        (Aim(0.7, "sqlite-utils --version"),),
    ),
)
CONTESTS: tuple[Contest, ...] = (*_EXPORTS, *_OTHERS, *_TOGETHER, *_BRINGING, *_STARTS)
GROWTH = (10_000, MILLION)  # between which the time for one record is compared
