"""The manifest of a folder of exported files: what is in it, of which state of the registry."""

import json
import re
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import Any, get_origin

from .dataset import Dataset
from .errors import Refused, Unreadable
from .faults import at
from .kinds.times import now
from .layers import LAYERS
from .metadata import File
from .reference_systems import system
from .whole_files import write_whole
from .words import Text

MANIFEST = "manifest.json"
# What it tells of the network besides its name, for those who pass the files on.
NETWORK = (
    *("description", "publisher", "publisher_ipa", "email", "website", "licence", "licence_url"),
    *("landing_page", "identifier", "themes", "frequency", "geonames"),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_FILE_NAME = re.compile(r"[a-z_]+(?:\.[a-z0-9]+){1,2}")


def files_told(folder: Path) -> dict[str, File]:
    """Return the files of earlier exports that are still there, by name, as the manifest tells.

    None of a manifest that cannot be read.
    """
    return {file.name: file for file in _told(folder) if (folder / file.name).is_file()}


def since(before: File | None, sha256: str, dataset: Dataset) -> str:
    """Return since which moment a file's bytes are as they are, of a file as it was `before`.

    It is that of the registry's last change. Where the bytes changed without one, as when the basis
    of a contact ends, or labels are asked for in another language, it is now.
    """
    if before and before.sha256 == sha256:
        return before.modified
    if before and before.modified >= dataset.changed_at:
        return now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return dataset.changed_at


def published(folder: Path) -> tuple[dict[str, Any], list[File]]:
    """Return what the manifest of a folder tells, and its files. Raises Refused for none."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        told = None
    files = list(files_told(folder).values())
    if not isinstance(told, dict) or not files or len(files) != len(told["files"]):
        missing = Text(
            "non c'è una pubblicazione intera: eseguire «bencomune publish»",
            "there is no whole publication: run “bencomune publish”",
        )
        raise Refused(at(folder, missing))
    return told, files


def write_manifest(dataset: Dataset, folder: Path, files: Iterable[File]) -> None:
    """Write what is in the folder."""
    network = dataset.network
    manifest = {
        "network": network.get("name"),
        **{name: network.get(name) for name in NETWORK},
        "sequence": dataset.sequence,
        "changed_at": dataset.changed_at,
        "files": [file._asdict() for file in files],
    }
    write_whole(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def _told(folder: Path) -> list[File]:
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return [File(**entry) for entry in files if _is_told_right(entry)]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def _is_told_right(entry: Any) -> bool:
    types: dict[str, Any] = File.__annotations__
    return (
        isinstance(entry, dict)
        and entry.keys() == types.keys()
        and all(type(entry[name]) is (get_origin(kind) or kind) for name, kind in types.items())
        and _FILE_NAME.fullmatch(entry["name"]) is not None
        and (not entry["layer"] or entry["layer"] in LAYERS)
        and _MOMENT.fullmatch(entry["modified"]) is not None
        and _is_known(entry["extract"].get("crs", ""))
    )


def _is_known(crs: Any) -> bool:
    if crs == "":
        return True
    try:
        return isinstance(crs, str) and bool(system(crs))
    except Unreadable:
        return False
