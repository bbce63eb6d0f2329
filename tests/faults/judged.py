"""What a folder may hold after a fault: all that was acknowledged, and nothing by halves."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from seen import State, digest, files
from works import REGISTRY

from bencomune_cli.entities import ENTITIES
from bencomune_cli.errors import Refused
from bencomune_cli.manifests import MANIFEST
from bencomune_cli.publications import Publications
from bencomune_cli.sql import quoted
from bencomune_cli.store import Store
from bencomune_cli.swapping import digests

PASSING = (".bencomune-", "new-")  # what the next run sweeps begins so, or ends with .new
COPIED = ".bencomune-new"  # in the name of a copy that is being made; the next one takes it over


def problems(folder: Path, allowed: list[State]) -> list[str]:
    """Return what is wrong with a folder that should be as at one of some moments, oldest first.

    Where an operation was under way that is the one before it, or after; a folder of files may then
    hold some of each, but none that is neither, and a new manifest only with all that it tells of.
    """
    there = files(folder)
    found = [*registry_problems(folder / REGISTRY, {state.registry for state in allowed})]
    for path in sorted({path for state in allowed for path in state.files}):
        wanted = [state.files.get(path) for state in allowed]
        if there.get(path) not in wanted and not _on_the_way(path, wanted):
            found.append(
                f"{path} is {'there' if path in there else 'gone'}, and neither old nor new"
            )
    known = {path for state in allowed for path in state.files}
    found += [f"{path} is left" for path in there.keys() - known if not _passing(path)]
    for path in there:
        if path.endswith(f"/{MANIFEST}") and not path.startswith(f"{REGISTRY}."):
            found += _manifest_problems(path, there, allowed)
    return found + _publication_problems(folder)


def _on_the_way(path: str, wanted: list[bytes | None]) -> bool:
    """Tell what a publication under way keeps: nobody looks at it before it is told to be there."""
    return path.startswith(f"{REGISTRY}.published/copies/") and wanted[0] is None


def _passing(path: str) -> bool:
    inside = path.removeprefix(f"{REGISTRY}.published/")
    names = inside.split("/")
    swept = any(n.startswith(PASSING) or n.endswith(".new") or COPIED in n for n in names)
    return swept or names[0] == "copies"


def _manifest_problems(path: str, there: dict[str, bytes], allowed: list[State]) -> list[str]:
    """Tell of files that are not as the manifest beside them says, unless it is the old one."""
    if len(allowed) > 1 and there[path] == allowed[0].files.get(path):
        return []
    folder = path.removesuffix(MANIFEST)
    try:
        told = [entry["name"] for entry in json.loads(there[path])["files"]]
    except ValueError:
        return [f"{path} is torn"]
    new = allowed[-1].files
    return [
        f"{path} tells of {name}, which is another"
        for name in told
        if there.get(f"{folder}{name}") != new.get(f"{folder}{name}")
    ]


def _publication_problems(folder: Path) -> list[str]:
    """Tell of what is said to be out and is not kept as it went out."""
    shelf = Publications(folder / REGISTRY)
    try:
        current = shelf.current(shelf.state())
        if current and digests(shelf.files_of(current.name)) != current.files:
            return [f"the copy {current.name} is not what was published"]
    except (Refused, OSError) as error:
        return [f"publications: {error}"]
    return []


_KNOWN: dict[tuple[object, ...], list[str]] = {}


def registry_problems(path: Path, wanted: set[str]) -> list[str]:
    """Tell what is wrong with a registry whose contents should have one of some digests.

    The same bytes are looked at once: opening takes 12 ms, and many faults leave the same.
    """
    if not path.exists():
        return [] if "" in wanted else ["the registry is gone"]
    journal = path.with_name(f"{path.name}-journal")
    beside = journal.read_bytes() if journal.exists() else b""
    key = (path.read_bytes(), beside, *sorted(wanted))
    key = tuple(map(hash, key))
    if key not in _KNOWN:
        _KNOWN[key] = _opened(path, wanted)
    return _KNOWN[key]


def _opened(path: Path, wanted: set[str]) -> list[str]:
    try:
        with closing(Store.open(path)) as store:
            return [*_inside(store.connection, wanted), *(notice.en for notice in store.notices)]
    except (Refused, sqlite3.Error) as error:
        return [f"registry: {error}"]


def _inside(connection: sqlite3.Connection, wanted: set[str]) -> list[str]:
    found = []
    for pragma, well in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        told = connection.execute(f"PRAGMA {pragma}").fetchall()
        found += [f"{pragma}: {told}"] if told != well else []
    if connection.execute("SELECT count(*) FROM current_operation").fetchone() != (0,):
        found.append("an operation is still under way")
    for entity in ENTITIES:
        rows = f"SELECT id FROM {quoted(entity.table)}"
        last = "SELECT max(seq) FROM changes WHERE entity = ? GROUP BY record"
        told = f"SELECT record FROM changes WHERE seq IN ({last}) AND after IS NOT NULL"
        for one, other in ((rows, told), (told, rows)):
            apart = connection.execute(f"{one} EXCEPT {other}", (entity.table,)).fetchall()
            found += [f"{entity.table}: not both recorded and there: {apart}"] if apart else []
    if digest(connection) not in wanted:
        found.append("the records are neither those of before nor those of after")
    return found
