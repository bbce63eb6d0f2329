"""settings: what is set for the publication, and an example to begin with."""

from typing import Annotated, Any

import typer

from .. import screen, settings_manual, targets
from ..setting_keys import keys
from ..settings import beside, read
from ..words import Text
from . import AsJson, command, option, session


def add_to(app: typer.Typer) -> None:
    """Register settings."""
    command(
        app,
        "settings",
        Text(
            "Mostra che cosa è impostato per la pubblicazione, in bencomune.toml.",
            "Show what is set for the publication, in bencomune.toml.",
        ),
        settings,
    )


def settings(  # noqa: D103
    example: Annotated[
        bool,
        option(
            "un file da cui cominciare: … --example > bencomune.toml",
            "a file to begin with: … --example > bencomune.toml",
            "--example",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    if example:
        screen.out(settings_manual.example().rstrip("\n"))
        return
    path = beside(session.path)
    set_ = read(path, targets.sections())
    if not path.exists():
        told = Text(
            "{path}: non c'è; vale ciò che segue. Per cominciare: bencomune settings --example >"
            " {path}",
            "{path}: is not there; what follows holds. To begin: bencomune settings --example >"
            " {path}",
        )
        screen.say(told.filled(path=path))
    found = {name: vars(set_[name]) for name in targets.sections() if set_.sets(name)}
    if as_json:
        screen.out_json(found)
        return
    headers = (Text("Nome", "Name"), Text("Valore", "Value"), Text("Che cosa", "What"))
    rows = [
        (f"{name}.{each.name}", _told(values[each.name]), each.text)
        for name, values in found.items()
        for each in keys(targets.sections()[name])
    ]
    screen.table(headers, rows)


def _told(value: Any) -> object:
    if isinstance(value, bool):
        return Text("sì", "yes") if value else Text("no", "no")
    if isinstance(value, dict):
        return ", ".join(f"{name}={each}" for name, each in value.items())
    return ", ".join(value) if isinstance(value, tuple) else value
