"""The commands. Every module registers its own by `add_to(app)`; to add one, add a module.

What belongs to a group that another module makes is registered by `add_to_groups(groups)`.
What only a command at work needs is loaded then: help and completion are told without it.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import screen
from ..errors import Refused, Unreadable
from ..findings import Severity
from ..usage import Command, Group, both
from ..words import Text

if TYPE_CHECKING:
    from ..declare import Column, Record
    from ..outcome import Written
    from ..registry import Registry

EXPORTS = Path("exports")  # where files for others go, unless told otherwise
FEW = 6  # terms that an option's help lists; for more it names the command that does


class Session:
    """What holds for the whole run: which registry, and who is writing."""

    path: Path = Path("registry.db")
    who: str | None = None
    lang: str | None = None  # as told on the command line, not that of the environment
    asks: bool = True
    written: int | None = None  # the operation that this run has written


session = Session()


def option(it: str, en: str, *names: str, **more: Any) -> Any:
    """Return a Typer option with its help in both languages."""
    return typer.Option(*names, help=both(Text(it, en)), show_default=False, **more)


def argument(it: str, en: str) -> Any:
    """Return a Typer argument with its help in both languages."""
    return typer.Argument(help=both(Text(it, en)), show_default=False)


AsJson = Annotated[bool, option("in JSON, per altri programmi", "as JSON, for programs", "--json")]
Why = Annotated[
    str | None,
    option("perché, per la storia", "why, for the history", "--why"),
]
Near = Annotated[str | None, option("vicino a un punto: 45.18,9.15", "near a point: 45.18,9.15")]
Within = Annotated[str | None, option("entro quanto: 500m; se no 1km", "within: 500m; else 1km")]
Crs = Annotated[
    str | None,
    option(
        "sistema di riferimento, come EPSG:3003", "reference system, such as EPSG:3003", "--crs"
    ),
]
Point = Annotated[
    str | None,
    option(
        "coordinate comunque scritte, o il link di una mappa",
        "coordinates as one has them, or a link of a map",
        "--point",
    ),
]


def group(app: typer.Typer, name: str, text: Text, *aliases: str) -> typer.Typer:
    """Add a group of commands, and the same under other names that help does not list."""
    made = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(made, name=name, help=str(text))
    for alias in aliases:
        app.add_typer(made, name=alias, help=str(text), hidden=True)
    return made


@contextmanager
def reading(*, to_write: bool = False) -> Iterator[Registry]:
    """Open the registry to read."""
    from ..faults import said
    from ..files import blaming
    from ..progress import watched
    from ..registry import Registry

    with blaming(session.path):
        registry = Registry.open(session.path, session.who, writing=to_write)
        registry.watch = watched
        screen.detail(Text("registro: {path}", "registry: {path}").filled(path=session.path))
        try:
            _tell_notices(registry)
            with said(session.path, texts=False):
                yield registry
            _tell_notices(registry)
        finally:
            session.written = registry.store.written or session.written
            registry.close()


def writing() -> AbstractContextManager[Registry]:
    """Open the registry to write."""
    return reading(to_write=True)


def _tell_notices(registry: Registry) -> None:
    while registry.store.notices:
        screen.warn(registry.store.notices.pop(0))


def command(
    app: typer.Typer,
    name: str,
    text: Text,
    run: Callable[..., None],
    columns: tuple[type[Record], Iterable[str] | None] | None = None,
) -> None:
    """Add a command with its help; `columns` of an entity, or some of them, become its options."""
    if columns:
        vars(run)["columns"] = columns
    app.command(name, cls=Command, help=str(text))(run)


def complete(app: typer.Typer) -> None:
    """Give the commands of an app the options of their columns.

    Apart from `command`, so that a run pays only for the options of what it calls.
    """
    for info in app.registered_groups:
        if info.typer_instance:
            complete(info.typer_instance)
    for each in app.registered_commands:
        run = each.callback
        columns = vars(run).pop("columns", None) if run else None
        if run and columns:
            _add_options(run, *columns)


def _add_options(
    run: Callable[..., None], entity: type[Record], names: Iterable[str] | None
) -> None:
    wanted = {c.name for c in entity.columns} if names is None else set(names)
    vars(run).pop("__signature__", None)  # of an app made earlier in this process
    own = [
        parameter
        for parameter in inspect.signature(run).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    options = [
        inspect.Parameter(
            column.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=typer.Option(None, column.option, help=_help(column), show_default=False),
            annotation=list[str] | None if column.many else str | None,
        )
        for column in entity.columns
        if column.name in wanted and not column.automatic
    ]
    vars(run)["__signature__"] = inspect.Signature([*own, *options])
    vars(run)["entity"] = entity  # for the completion of their values


def _help(column: Column) -> str:
    from ..meanings import vocabulary_of
    from ..vocabularies import vocabulary

    parts = [str(column.label)]
    if column.help:
        parts.append(str(column.help))
    name = vocabulary_of(column)
    if name and len(vocabulary(name)) <= FEW:
        parts.append(", ".join(vocabulary(name)))
    elif name:
        parts.append(str(Text("voci", "terms")) + f": bencomune terms {name}")
    return "; ".join(parts)


def texts_of(entity: type[Record], given: Mapping[str, Any]) -> dict[str, str]:
    """Return what was given, as one text for each column; a repeated option is joined."""
    texts = {}
    for name, value in given.items():
        if value in (None, []):
            continue
        separator = getattr(entity.column(name).kind, "separator", "")
        texts[name] = separator.join(value) if isinstance(value, list) else value
    return texts


def can_ask() -> bool:
    """Tell whether there is a person to ask, who did not say --no-input."""
    from .. import prompts

    return session.asks and prompts.can_ask()


def pointed(text: str | None, crs: str | None) -> dict[str, str]:
    """Return the columns that a point, as people have it, gives; say how it was understood."""
    if text is None and crs is not None:
        raise Refused(Text("--crs vale per --point, che manca", "--crs is for --point"))
    if text is None:
        return {}
    from ..whereabouts import located, texts_of_point

    with reading() as registry:
        try:
            point = located(registry, text, crs)
        except Unreadable as unreadable:
            raise Refused(
                Text("--point: {text}", "--point: {text}").filled(text=unreadable.text)
            ) from None
    screen.say(point.understood)
    for mend in point.mends:
        screen.warn(
            Text(
                "fuori dai Comuni della rete; forse {why}: --point {lat},{lon}",
                "outside the network's municipalities; perhaps {why}: --point {lat},{lon}",
            ).filled(why=mend.why, lat=mend.lat, lon=mend.lon)
        )
    return texts_of_point(point)


def ask_for_missing(entity: type[Record], texts: dict[str, str]) -> None:
    """Ask a person, if there is one, for the required columns that have no value yet."""
    if can_ask():
        from ..forms import ask_required

        ask_required(entity, texts)


@contextmanager
def findings_told() -> Iterator[None]:
    """Show what is wrong with a record that cannot be written, all of it at once."""
    from ..outcome import Faulty

    try:
        yield
    except Faulty as faulty:
        screen.findings(faulty.findings, sys.stderr)
        raise


def tell_written(written: Written, as_json: bool, done: Text) -> None:
    """Say what was written, with the findings that did not stop it."""
    from ..telling import to_json
    from ..whereabouts import left_behind

    record = written.record
    screen.findings([f for f in written.findings if f.severity < Severity.NOTE], sys.stderr)
    if emptied := left_behind(written.before, record):
        screen.say(emptied)
    if as_json:
        screen.out_json({**to_json(record), "findings": [f.to_json() for f in written.findings]})
        return
    if not written.changed:
        screen.say(Text("niente è cambiato", "nothing changed"))
        return
    screen.say(done.filled(id=record.id))
    if written.before is None and not screen.is_terminal(sys.stdout):
        screen.out(record.id)  # for a script; a person was just told


def whole_number(text: str | None) -> int | None:
    """Read a whole number from 1 up that an option or argument gives. Raises Refused."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:18]) and len(text) < 18):  # noqa: PLR2004 - 64 bits
        told = Text(
            "«{text}»: serve un numero intero, da 1 in su",
            "“{text}”: a whole number from 1 up is needed",
        )
        raise Refused(told.filled(text=text))
    return int(text)


def refuse_nothing_told() -> Refused:
    """Return the refusal of an edit that names no change."""
    return Refused(
        Text(
            "non è stato indicato che cosa cambiare; «--help» elenca le opzioni, una per colonna",
            "no change is told; “--help” lists the options, one for each column",
        )
    )


def default_path() -> Path:
    """Return the registry's path from the environment, else `registry.db` here."""
    return Path(os.environ.get("BENCOMUNE_REGISTRY") or "registry.db")
