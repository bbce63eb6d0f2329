"""The manifest of a folder of exported files: what is in it, of which state of the registry."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_origin

from .dataset import Dataset
from .errors import Refused
from .faults import at
from .metadata import File
from .whole_files import write_whole
from .words import Text

MANIFEST = "manifest.json"
# What it tells of the network besides its name, for those who pass the files on.
NETWORK = (
    *("description", "publisher", "publisher_ipa", "email", "website"),
    *("licence", "licence_url"),
)
_FILE_NAME = re.compile(r"[a-z_]+(?:\.[a-z0-9]+){1,2}")


def files_of(folder: Path, written: Iterable[File] = ()) -> list[File]:
    """Return the files of a folder: those written now, and those of earlier exports still there."""
    files = {file.name: file for file in (*_told(folder), *written)}
    return [files[name] for name in sorted(files) if (folder / name).is_file()]


def published(folder: Path) -> tuple[dict[str, Any], list[File]]:
    """Return what the manifest of a folder tells, and its files. Raises Refused for none."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        told = None
    files = files_of(folder)
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
    """Return the files of the manifest that is there, none of one that cannot be read."""
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
    )
