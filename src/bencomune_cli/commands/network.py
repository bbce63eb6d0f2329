"""network: show and set whose registry this is."""

from typing import Any

import typer

from .. import screen
from ..entities import Network
from ..errors import Refused
from ..telling import to_json, written_value
from ..words import Text
from . import (
    AsJson,
    Why,
    command,
    findings_told,
    group,
    reading,
    refuse_nothing_told,
    tell_written,
    texts_of,
    writing,
)


def add_to(app: typer.Typer) -> None:
    """Register the commands on the network."""
    made = group(
        app, "network", Text("La rete di cui è il registro", "The network whose registry this is")
    )
    command(made, "show", Text("Mostra i dati della rete.", "Show the network's data."), show)
    command(
        made,
        "set",
        Text("Modifica i dati della rete.", "Change the network's data."),
        set_,
        (Network, None),
    )


def show(as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        network = registry.network()
        if network is None:
            raise Refused(
                Text(
                    "la rete non è ancora descritta: network set --name «…»",
                    "the network is not described yet: network set --name “…”",
                )
            )
        if as_json:
            screen.out_json(to_json(network))
            return
        shown = [(column.label, written_value(column, network)) for column in Network.columns]
        lines = [(label, text, "") for label, text in shown if text]
        screen.card(network.name or "", [screen.Section(None, lines)])


def set_(why: Why = None, as_json: AsJson = False, **given: Any) -> None:  # noqa: D103
    texts = texts_of(Network, given)
    if not texts:
        raise refuse_nothing_told()
    with writing() as registry, findings_told(), registry.operation("network set", why):
        network = registry.network()
        written = registry.change(network, texts) if network else registry.add(Network, texts)
    tell_written(written, as_json, Text("modificato", "changed"))
