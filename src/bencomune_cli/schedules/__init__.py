"""How a system runs the publication by itself. Every module is one: it writes, puts in, takes out.

To add one: a module with `LABEL`, `here()`, which tells whether this system has it, `written(job)`,
`install(job)` and `remove(job)`, which return what to say.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol
from zlib import crc32

from .. import file_kinds
from ..errors import Refused
from ..words import Text, spoken

EVERY: Mapping[str, Text] = {
    "hour": Text("ogni ora", "every hour"),
    "day": Text("ogni giorno", "every day"),
    "weekday": Text("dal lunedì al venerdì", "from Monday to Friday"),
    "week": Text("ogni lunedì", "every Monday"),
    "month": Text("il primo del mese", "on the first of the month"),
}
# Looked for in this order where none is asked for.
_USUAL = ("windows", "systemd", "cron")


class Job(NamedTuple):
    """What is run: a command of absolute paths, for a registry, at a time of the office's clock."""

    command: Sequence[str]
    registry: Path
    every: str
    hour: int
    minute: int

    @property
    def name(self) -> str:
        """Return a name that no other registry of this system has."""
        return f"bencomune-publish-{crc32(str(self.registry).encode()):08x}"

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what the run finds set: the language of who set it up, for its messages alone."""
        return {"BENCOMUNE_LANG": spoken()}

    @property
    def told(self) -> Text:
        """Return when it runs, in words."""
        if self.every == "hour":
            told = Text("{every}, al minuto {minute}", "{every}, at minute {minute}")
        else:
            told = Text("{every} alle {time}", "{every} at {time}")
        time = f"{self.hour:02}:{self.minute:02}"
        return told.filled(every=EVERY[self.every], minute=self.minute, time=time)


class Schedule(Protocol):
    """A module of this folder."""

    LABEL: Text

    def here(self) -> bool:
        """Tell whether this system has it."""

    def written(self, job: Job) -> str:
        """Return what a person would put in by hand."""

    def install(self, job: Job) -> Text:
        """Put it in, for this user, in place of an earlier one of the same registry."""

    def remove(self, job: Job) -> Text:
        """Take it out."""


def command(registry: Path) -> list[str]:
    """Return the command that publishes a registry, whatever the folder and the environment."""
    program = Path(sys.executable).with_name("bencomune")
    words = [str(program)] if program.is_file() else [sys.executable, "-P", "-m", "bencomune_cli"]
    return [*words, "--no-input", "--registry", str(registry), "publish"]


def names() -> list[str]:
    """Return the names of the schedules, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return one by name; refuse one that does not exist."""
    if name not in names():
        told = Text("--as «{name}»: serve {names}", "--as “{name}”: {names} is needed")
        raise Refused(told.filled(name=name, names=", ".join(names())))
    return file_kinds.load(__name__, __path__, name)


def usual() -> str:
    """Return the name of the one that this system has."""
    return next((name for name in _USUAL if load(name).here()), _USUAL[-1])


def plain(*texts: str) -> None:
    """Refuse what no line of a schedule can say: a path with a line break."""
    if any(not text.isprintable() for text in texts):
        told = Text(
            "il percorso del registro o del programma ha un segno che non si può scrivere in una"
            " riga: rinominarlo",
            "the path of the registry or of the program has a character that cannot stand in a"
            " line: rename it",
        )
        raise Refused(told)
