"""export: the files for the portal, QGIS and uMap."""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import bundles, exports, screen
from ..dataset import Dataset
from ..errors import ExitCode, Refused
from ..extracts import Extract, extract_of
from ..file_kinds import PURPOSES
from ..kept_folders import expect_free
from ..layers import LAYERS, Layer
from ..past import day_of, published
from ..words import Text
from . import EXPORTS, AsJson, command, option, session, writing

_SUITED = Text("i formati adatti a: {names}", "the formats that suit: {names}").filled(
    names=", ".join(PURPOSES)
)


NoPoint = Annotated[
    str,
    option(
        "record senza punto: null (ci sono lo stesso), omit (restano fuori), area (al centro del"
        " quartiere, della zona servita o del Comune)",
        "records without a point: null (they are there all the same), omit (they are left out),"
        " area (at the centre of the neighbourhood, area served or municipality)",
    ),
]
Crs = Annotated[
    str | None,
    option(
        "sistema di riferimento dei punti, come EPSG:32632",
        "reference system of the points, such as EPSG:32632",
    ),
]
AsOf = Annotated[
    str | None,
    option(
        "i record com'erano un giorno: 31/12/2025, 2025. Ciò che oggi non è pubblico resta fuori",
        "the records as they were on a day: 2025-12-31, 2025. What is not public now is left out",
    ),
]
Strict = Annotated[
    bool,
    option(
        "termina con 1 se resta fuori qualcosa", "end with 1 if anything is held back", "--strict"
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register export."""
    command(
        app,
        "export",
        Text(
            "Scrive i file pubblici. I record con errori restano fuori, e viene detto.",
            "Write the public files. Records with errors are held back, and it is said.",
        ),
        export,
    )


def export(  # noqa: D103 - one parameter for each option
    layers: Annotated[list[str] | None, typer.Argument(help=", ".join(LAYERS))] = None,
    format_: Annotated[
        list[str] | None, typer.Option("--format", "-f", help=f"{', '.join(exports.names())}")
    ] = None,
    purpose: Annotated[list[str] | None, option(_SUITED.it, _SUITED.en, "--for")] = None,
    to: Annotated[
        str | None,
        option(
            "cartella (exports), o - per lo standard output",
            "folder (exports), or - for standard output",
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        option("solo i record così, come state=active", "only such records, as state=active"),
    ] = None,
    no_point: NoPoint = "null",
    crs: Crs = None,
    as_of: AsOf = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    wanted, chosen = exports.layers(layers or []), exports.chosen(format_ or [], purpose or [])
    day = day_of(as_of) if as_of is not None else ""
    extract = extract_of(session.lang, no_point, where or [], crs, day)
    folder = _folder(to, extract, makes_one=exports.makes_one_file(wanted, chosen))
    if folder is not None:
        expect_free(folder, session.path)
    with writing() as registry, published(registry, extract) as (dataset, held):
        screen.held(held)
        exports.expect_bearable(dataset, wanted, chosen)
        if folder is None:
            _write_out(dataset, wanted, chosen[0])
        else:
            files = exports.write_folder(dataset, folder, wanted, chosen)
            _tell_files(files, folder, as_json, sorted(held))
    if strict and held:
        raise typer.Exit(ExitCode.FINDINGS)


def _folder(to: str | None, extract: Extract, *, makes_one: bool) -> Path | None:
    """Return the folder to write to, None for standard output. Raises Refused."""
    if to == "-" and not makes_one:
        raise Refused(
            Text(
                "su standard output va un file solo: export labs --format geojson --to -",
                "standard output takes one file only: export labs --format geojson --to -",
            )
        )
    if to is None and (extract.where or extract.as_of):
        raise Refused(
            Text(
                "in «{folder}» va tutto ciò che è pubblico: per una parte dire un'altra cartella,"
                " come --to estratto",
                "“{folder}” takes all that is public: for a part of it tell another folder, such as"
                " --to part",
            ).filled(folder=EXPORTS)
        )
    return None if to == "-" else Path(to) if to else EXPORTS


def _write_out(dataset: Dataset, wanted: list[Layer], format_: str) -> None:
    if format_ in bundles.names():
        if sys.stdout.isatty():
            raise Refused(_NOT_TO_READ.filled(name=format_))
        exports.write_bundle(dataset, sys.stdout.buffer, wanted, format_)
        sys.stdout.buffer.flush()
        return
    if sys.stdout.isatty():
        exports.write_stream(dataset, screen.Seen(), wanted[0], format_)
        return
    # UTF-8 whatever the locale is: the file is for other programs.
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
    try:
        exports.write_stream(dataset, out, wanted[0], format_)
    finally:
        out.detach()  # else it would close standard output when it is let go


def _tell_files(files: list[exports.Written], folder: Path, as_json: bool, held: list[str]) -> None:
    if as_json:
        screen.out_json({"files": [written._asdict() for written in files], "held_back": held})
        return
    for each in files:
        told = Text("scritto", "written") if each.changed else Text("uguale a prima", "as before")
        screen.detail(f"{screen.flat(folder / each.name)}: {told}")
    changed = sum(written.changed for written in files)
    screen.say(
        Text(
            "{count} file in {folder}, {changed} cambiati",
            "{count} files in {folder}, {changed} changed",
        ).filled(count=len(files), folder=folder, changed=changed)
    )


_NOT_TO_READ = Text(
    "«{name}» non è un file di testo: mandarlo in un file, … --to - > rete.{name}",
    "“{name}” is no text file: send it into a file, … --to - > network.{name}",
)
