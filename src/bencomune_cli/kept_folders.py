"""Folders that publications of a registry keep: nothing else writes into them."""

from pathlib import Path

from . import targets
from .errors import ExitCode, Refused
from .publications import Publications
from .settings import beside, read
from .words import Text


def is_kept(folder: Path, registry: Path) -> bool:
    """Tell whether publications keep a folder: that of the last run, else that which is set.

    Raises Refused where what is set is not understood.
    """
    shelf = Publications(registry)
    if not shelf.has_published():
        return False
    runs = (run.get("folder") for run in shelf.runs() if run.get("code") != ExitCode.HELD)
    last = next((told for told in runs if isinstance(told, str)), None)
    if last is not None:
        return folder.resolve() == Path(last).resolve()
    kept: Path = read(beside(registry), targets.sections())["publish"].folder
    return folder.resolve() == kept.resolve()


def expect_free(folder: Path, registry: Path) -> None:
    """Refuse to write into a folder that publications keep, with what to do instead."""
    if is_kept(folder, registry):
        told = Text(
            "la cartella {folder} la tiene aggiornata bencomune publish, che guarda prima che cosa"
            " esce: usare bencomune publish, o scrivere in un'altra con --to; i formati in più si"
            " mettono in bencomune.toml",
            "bencomune publish keeps the folder {folder}, and looks first at what goes out: use"
            " bencomune publish, or write into another one by --to; more formats are set in"
            " bencomune.toml",
        )
        raise Refused(told.filled(folder=folder))
