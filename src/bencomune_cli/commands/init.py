"""init: make a registry, empty or with an example."""

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import screen
from ..entities import ENTITIES, Network
from ..errors import Refused
from ..files import made_whole
from ..registry import Registry
from ..usage import both
from ..words import Text
from . import ask_for_missing, command, findings_told, option, session, texts_of

YEARLY = "12"  # months after which a new registry asks to verify a record again
# Free for pages that name the source (operations.osmfoundation.org/policies/tiles).
TILES = {
    "tiles_url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    "tiles_credit": "© OpenStreetMap https://www.openstreetmap.org/copyright",
}
EXAMPLES = {path.stem: path for path in (Path(__file__).parent.parent / "examples").glob("*.json")}


def add_to(app: typer.Typer) -> None:
    """Register init."""
    command(app, "init", Text("Crea un registro.", "Make a registry."), init)


def init(  # noqa: D103
    name: Annotated[str | None, option("nome della rete", "name of the network")] = None,
    publisher: Annotated[str | None, option("titolare dei dati", "publisher of the data")] = None,
    example: Annotated[
        str | None,
        typer.Option(
            help=both(
                Text("esempio: {names}", "example: {names}").filled(names=", ".join(EXAMPLES))
            )
        ),
    ] = None,
) -> None:
    contents: dict[str, Any] = _example(example) if example else {}
    told = {key: value for key, value in {"name": name, "publisher": publisher}.items() if value}
    network = {"verify_every": YEARLY, **TILES, **contents.get("network", {}), **told}
    ask_for_missing(Network, network)
    if not network.get("name"):
        raise Refused(
            Text(
                "serve il nome della rete: init --name «…»",
                "the network's name is needed: init --name “…”",
            )
        )
    with made_whole(session.path) as path:
        registry = Registry.create(path, session.who)
        with closing(registry), findings_told():
            _fill(registry, f"init {example or ''}".strip(), network, contents)
    screen.say(
        Text(
            "creato {path}; ora: bencomune lab add",
            "made {path}; now: bencomune lab add",
        ).filled(path=session.path)
    )


def _fill(
    registry: Registry, command: str, network: dict[str, str], contents: dict[str, Any]
) -> None:
    with registry.operation(command):
        registry.add(Network, texts_of(Network, network))
        for entity in ENTITIES:
            for record in contents.get(entity.table, []) if entity is not Network else []:
                texts = texts_of(entity, {k: v for k, v in record.items() if k != "id"})
                registry.add(entity, texts, record.get("id"))


def _example(name: str) -> dict[str, Any]:
    if name not in EXAMPLES:
        raise Refused(
            Text(
                "non c'è l'esempio «{name}»; ci sono: {names}",
                "there is no example “{name}”; there are: {names}",
            ).filled(name=name, names=", ".join(EXAMPLES))
        )
    contents = json.loads(EXAMPLES[name].read_text("utf-8"))
    return dict(contents)
