"""export: the files for the portal, QGIS and uMap."""

import io
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from .. import bundles, exports, screen
from ..dataset import Dataset
from ..errors import ExitCode, Refused
from ..file_kinds import PURPOSES
from ..findings import Finding
from ..layers import LAYERS, Layer
from ..words import Text
from . import AsJson, command, option, writing

_SUITED = Text("i formati adatti a: {names}", "the formats that suit: {names}").filled(
    names=", ".join(PURPOSES)
)


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
        typer.Option("--format", "-f", help=f"{', '.join(exports.names())}"),
    ] = None,
    purpose: Annotated[
        list[str] | None,
        option(_SUITED.it, _SUITED.en, "--for"),
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
    wanted, chosen = exports.layers(layers or []), _chosen(format_ or [], purpose or [])
    _refuse_misuse(wanted, chosen, no_point, to)
    with writing() as registry:
        dataset, held = registry.dataset(omit_without_point=no_point == "omit")
        with closing(dataset):
            _tell_held(held)
            if to == "-":
                _write_out(dataset, wanted, chosen[0])
            else:
                files = exports.write_folder(dataset, Path(to), wanted, chosen)
                _tell_files(files, Path(to), as_json, sorted(held))
    if strict and held:
        raise typer.Exit(ExitCode.FINDINGS)


def _chosen(named: list[str], purposes: list[str]) -> list[str]:
    """Return the formats that are named and those that serve a purpose; the usual ones of none."""
    for purpose in purposes:
        if purpose not in PURPOSES:
            told = Text("--for «{name}»: serve {known}", "--for “{name}”: {known} is needed")
            raise Refused(told.filled(name=purpose, known=", ".join(PURPOSES)))
    fit = [name for purpose in purposes for name in exports.fit_for(purpose)]
    return list(dict.fromkeys((*named, *fit))) or exports.usual()


def _refuse_misuse(wanted: list[Layer], chosen: list[str], no_point: str, to: str) -> None:
    if no_point not in {"null", "omit"}:
        raise Refused(Text("--no-point: null oppure omit", "--no-point: null or omit"))
    if to == "-" and not exports.makes_one_file(wanted, chosen):
        raise Refused(
            Text(
                "su standard output va un file solo: export labs --format geojson --to -",
                "standard output takes one file only: export labs --format geojson --to -",
            )
        )


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
    exports.write_stream(dataset, out, wanted[0], format_)
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


_NOT_TO_READ = Text(
    "«{name}» non è un file di testo: mandarlo in un file, … --to - > rete.{name}",
    "“{name}” is no text file: send it into a file, … --to - > network.{name}",
)
