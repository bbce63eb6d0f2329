"""Where a publication is sent besides its folder. Every module is one: `Settings` and `send`.

To add one: a module with `LABEL`, `Settings`, its part of `bencomune.toml`, and `send(folder,
settings)`, which brings what is published there to the state of a finished folder, as its manifest
tells. What is already so is not written; a run that was cut short is mended by the next.
"""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from .. import file_kinds
from ..errors import Refused
from ..setting_keys import Section
from ..settings import Backup, Publish
from ..words import Text


class Sent(NamedTuple):
    """What was done at a target: its name, where people find it, and the files by what became of.

    `details` tells whether what is said of the files was written anew.
    """

    target: Text
    address: str
    sent: Sequence[str]
    unchanged: Sequence[str]
    removed: Sequence[str]
    details: bool

    @property
    def changed(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.sent or self.removed or self.details)


class Target(Protocol):
    """A module of this folder."""

    LABEL: Text
    Settings: type[Section]

    def send(self, folder: Path, settings: Any) -> Sent:
        """Bring the target to the state of a folder. Raises Refused with what to do."""


def names() -> list[str]:
    """Return the names of the targets, without importing them."""
    return file_kinds.names(__path__)


def load(name: str) -> ModuleType:
    """Return a target by name; refuse one that does not exist."""
    known = names()
    if name not in known:
        told = Text(
            "non si può mandare a «{name}»; si può: {names}",
            "nothing can be sent to “{name}”; it can to: {names}",
        )
        raise Refused(told.filled(name=name, names=", ".join(known)))
    return file_kinds.load(__name__, __path__, name)


def sections() -> dict[str, type[Section]]:
    """Return the parts of `bencomune.toml`, by name."""
    return {"publish": Publish, "backup": Backup, **{name: load(name).Settings for name in names()}}
