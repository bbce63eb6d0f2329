"""schedule: the publication run by the system, at its time."""

import re
from typing import Annotated

import typer

from .. import schedules, screen, targets
from ..errors import Refused
from ..faults import expect_registry
from ..settings import beside, read
from ..words import Text
from . import command, option, session

_USUAL = "04:00"
_LAST_HOUR, _LAST_MINUTE = 23, 59
_KINDS = ", ".join(schedules.EVERY)
_WAYS = Text(
    "{names}; se manca, quello di questo sistema", "{names}; that of this system if it is not told"
).filled(names=", ".join(schedules.names()))

At = Annotated[str, option("a che ora: 04:00", "at what time: 04:00", "--at")]
Every = Annotated[str, option(_KINDS, _KINDS, "--every")]
As = Annotated[str | None, option(_WAYS.it, _WAYS.en, "--as")]


def add_to(app: typer.Typer) -> None:
    """Register schedule."""
    command(
        app,
        "schedule",
        Text(
            "Scrive, o installa con --install, ciò che fa pubblicare da sé il sistema.",
            "Write, or install with --install, what has the system publish by itself.",
        ),
        schedule,
    )


def schedule(  # noqa: D103
    at: At = _USUAL,
    every: Every = "day",
    as_: As = None,
    install: Annotated[
        bool, option("lo installa per questo utente", "install it for this user", "--install")
    ] = False,
    remove: Annotated[bool, option("lo toglie", "take it out", "--remove")] = False,
) -> None:
    if install and remove:
        raise Refused(Text("--install oppure --remove", "--install or --remove"))
    job = _job(at, every)
    kind = schedules.load(as_ or schedules.usual())
    if remove:
        screen.say(kind.remove(job))
        return
    expect_registry(job.registry)
    _expect_tokens()
    if install:
        screen.say(kind.install(job))
        return
    screen.say(
        Text(
            "{label}, {told}. Per installarlo: --install",
            "{label}, {told}. To install it: --install",
        ).filled(label=kind.LABEL, told=job.told)
    )
    screen.out(kind.written(job).rstrip("\n"))


def _job(at: str, every: str) -> schedules.Job:
    time = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})", at.strip(), re.ASCII)
    if not time or int(time[1]) > _LAST_HOUR or int(time[2]) > _LAST_MINUTE:
        told = Text("--at «{at}»: serve un'ora, come 04:00", "--at “{at}”: a time is needed: 04:00")
        raise Refused(told.filled(at=at))
    if every not in schedules.EVERY:
        told = Text("--every «{every}»: serve {names}", "--every “{every}”: {names} is needed")
        raise Refused(told.filled(every=every, names=", ".join(schedules.EVERY)))
    registry = session.path.absolute()
    return schedules.Job(schedules.command(registry), registry, every, int(time[1]), int(time[2]))


def _expect_tokens() -> None:
    """Warn where a target takes its token from the environment, which no schedule has."""
    path = beside(session.path)
    found = read(path, targets.sections())
    for name in found["publish"].to:
        if found.sets(name) and getattr(found[name], "token_file", "") is None:
            told = Text(
                "{path}: in [{name}] manca token_file: il sistema non conosce le variabili di chi"
                " scrive",
                "{path}: [{name}] lacks token_file: the system does not know the variables of who"
                " writes",
            )
            screen.warn(told.filled(path=path, name=name))
