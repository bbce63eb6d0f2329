"""sheet: one record on one page of paper."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import bundles, screen
from ..errors import Refused
from ..extracts import Extract
from ..one_page import sheet as made_of
from ..past import published
from ..registry import Registry
from ..visibility import hidden_because
from ..whole_files import told_of, write_whole
from ..words import Text, joined
from . import argument, command, option, session, writing

_FORMAT = "pdf"


def add_to(app: typer.Typer) -> None:
    """Register sheet."""
    command(
        app,
        "sheet",
        Text(
            "Scrive un record su una pagina da stampare (PDF).",
            "Write a record on one page to print (PDF).",
        ),
        sheet,
    )


def sheet(  # noqa: D103
    id_: Annotated[str, argument("record", "record")],
    to: Annotated[
        str | None,
        option(
            "file (se non indicato ID.pdf, qui), o - per lo standard output",
            "file (default ID.pdf, here), or - for standard output",
        ),
    ] = None,
) -> None:
    bundles.load(_FORMAT).FORMAT.expect_libraries()
    if to == "-" and sys.stdout.isatty():
        raise Refused(
            Text(
                "un PDF non è un file di testo: mandarlo in un file, … --to - > scheda.pdf",
                "a PDF is no text file: send it into a file, … --to - > sheet.pdf",
            )
        )
    with writing() as registry:
        name, pdf = _made(registry, id_)
    if to == "-":
        sys.stdout.buffer.write(pdf)
        sys.stdout.buffer.flush()
        return
    path = Path(to or f"{name}.{_FORMAT}")
    with told_of(path):
        written = write_whole(path, pdf)
    text = Text("scritto: {path}", "written: {path}")
    if not written:
        text = Text("uguale a prima: {path}", "as before: {path}")
    screen.say(text.filled(path=path))


def _made(registry: Registry, text: str) -> tuple[str, bytes]:
    """Return the id of the record that a text means, and its sheet. Raises Refused."""
    place = registry.finder.seen(text)
    with published(registry, Extract(session.lang or "")) as (dataset, held):
        made = made_of(dataset, type(place), place.id)
    if made is None:
        why = joined("; ", hidden_because(registry, place))
        if place.id in held:
            why = Text(
                "ha errori; bencomune check li dice", "it has errors; bencomune check tells them"
            )
        told = Text("{id} non è pubblicato: {why}", "{id} is not published: {why}")
        raise Refused(told.filled(id=place.id, why=why))
    return place.id, made
