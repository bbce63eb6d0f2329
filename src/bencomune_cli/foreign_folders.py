"""A folder that the last publication did not leave so: what speaks against writing over it."""

import json
from collections.abc import Iterator
from pathlib import Path

from .holding import fallen_counts
from .manifests import MANIFEST, files_told
from .snapshots import Snapshot
from .swapping import digest
from .words import Text, same


def objections(folder: Path, manifest: str, after: Snapshot, network: str) -> Iterator[Text]:
    """Yield why a folder is not to be written over: more records than now, or another network.

    `manifest` is the SHA-256 of the one that was published last, empty before the first: where it
    is still there, the folder is as we left it, whatever it is called.
    """
    if manifest and digest(folder / MANIFEST) == manifest:
        return
    counts: dict[str, int] = {}
    for file in files_told(folder).values():
        if file.layer and not file.extract:
            counts[file.layer] = max(counts.get(file.layer, 0), file.records)
    yield from fallen_counts(counts, after)
    try:
        there = json.loads((folder / MANIFEST).read_text("utf-8"))["network"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    if there and there != network:
        told = Text(
            "la cartella {folder} ha i file di un'altra rete: «{name}»",
            "the folder {folder} has the files of another network: “{name}”",
        )
        yield told.filled(folder=folder, name=same(str(there)))
