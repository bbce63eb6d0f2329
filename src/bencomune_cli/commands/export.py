"""export: the files for the portal, QGIS and uMap."""

import io
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from .. import exports, formats, screen
from ..dataset import Dataset
from ..errors import ExitCode, Refused
from ..findings import Finding
from ..layers import LAYERS, Layer
from ..words import Text
from . import AsJson, command, option, writing


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
        list[str] | None,
        typer.Option("--format", "-f", help=f"{', '.join(formats.names())}"),
    ] = None,
    to: Annotated[
        str, option("cartella, o - per lo standard output", "folder, or - for standard output")
    ] = "exports",
    no_point: Annotated[
        str,
        option("record senza punto: null o omit", "records without a point: null or omit"),
    ] = "null",
    strict: Annotated[
        bool,
        option(
            "termina con 1 se resta fuori qualcosa",
            "end with 1 if anything is held back",
            "--strict",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    wanted, chosen = exports.layers(layers or []), format_ or formats.names()
    _refuse_misuse(len(wanted) * len(chosen), no_point, to)
    with writing() as registry:
        dataset, held = registry.dataset(omit_without_point=no_point == "omit")
        with closing(dataset):
            _tell_held(held)
            if to == "-":
                _write_out(dataset, wanted[0], chosen[0])
            else:
                files = exports.write_folder(dataset, Path(to), wanted, chosen)
                _tell_files(files, Path(to), as_json, sorted(held))
    if strict and held:
        raise typer.Exit(ExitCode.FINDINGS)


def _refuse_misuse(files: int, no_point: str, to: str) -> None:
    if no_point not in {"null", "omit"}:
        raise Refused(Text("--no-point: null oppure omit", "--no-point: null or omit"))
    if to == "-" and files != 1:
        raise Refused(
            Text(
                "su standard output va un file solo: export labs --format geojson --to -",
                "standard output takes one file only: export labs --format geojson --to -",
            )
        )


def _write_out(dataset: Dataset, layer: Layer, format_: str) -> None:
    if sys.stdout.isatty():
        exports.write_stream(dataset, screen.Seen(), layer, format_)
        return
    # UTF-8 whatever the locale is: the file is for other programs.
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
    exports.write_stream(dataset, out, layer, format_)
    out.flush()
    out.detach()


def _tell_held(held: dict[str, list[Finding]]) -> None:
    for id_ in sorted(held):
        screen.warn(Text("non pubblicato: {id}", "held back: {id}").filled(id=id_))
        screen.findings(held[id_], sys.stderr)


def _tell_files(files: list[exports.Written], folder: Path, as_json: bool, held: list[str]) -> None:
    if as_json:
        screen.out_json({"files": [written._asdict() for written in files], "held_back": held})
        return
    for each in files:
        told = Text("scritto", "written") if each.changed else Text("uguale a prima", "as before")
        screen.detail(f"{folder / each.name}: {told}")
    changed = sum(written.changed for written in files)
    screen.say(
        Text(
            "{count} file in {folder}, {changed} cambiati",
            "{count} files in {folder}, {changed} changed",
        ).filled(count=len(files), folder=folder, changed=changed)
    )
