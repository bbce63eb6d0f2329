"""A publication sent to the targets that are told, once it is in its folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import targets
from .errors import Refused
from .settings import Settings
from .targets import Sent
from .words import Text


def told_targets(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """Return what is set for each target, by name. Raises Refused before anything is built."""
    for name in names:
        targets.load(name)
    return {name: settings[name] for name in names}


def send_all(folder: Path, told: Mapping[str, Any]) -> tuple[list[Sent], list[Text]]:
    """Send a folder to each target; return what was done, and what each that failed says.

    One that fails stops no other; the next run sends what is missing.
    """
    sent, failures = [], []
    for name, settings in told.items():
        try:
            sent.append(targets.load(name).send(folder, settings))
        except Refused as refused:
            failed = Text("{name}: {error}", "{name}: {error}")
            failures.append(failed.filled(name=name, error=refused.text))
    return sent, failures
