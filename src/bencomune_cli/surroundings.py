"""A registry's file from outside: its permissions, its folder, what lies beside it."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from .errors import reason
from .shape import APPLICATION_ID
from .words import Text, same

OWNER = stat.S_IRUSR | stat.S_IWUSR
ROOM = 100_000_000  # bytes that should be free on the disk, besides thrice the file
SHOWN = 5  # files that are named


class Check(NamedTuple):
    """One thing that was looked at: its key, its words, what it is, and what to do about it.

    `what` are sentences, `commands` are lines for a shell. `well` is what decides the exit code.
    """

    name: str
    label: Text
    value: Text
    well: bool = True
    what: tuple[Text, ...] = ()
    commands: tuple[str, ...] = ()


def around(path: Path) -> Iterator[Check]:
    """Look at the file and its folder from outside."""
    try:
        yield from _permissions(path)
        yield from _folder(path)
    except OSError as error:
        yield Check("folder", Text("Cartella", "Folder"), reason(error), False)


def _permissions(path: Path) -> Iterator[Check]:
    if not path.is_file() or not _may_be_ours(path):
        return  # of another program: no one is told to close it
    found = path.stat()
    mode, mine = stat.S_IMODE(found.st_mode), found.st_uid == os.geteuid()
    label = Text("Permessi", "Permissions")
    value = Text("{mode:04o}, di {owner}", "{mode:04o}, of {owner}").filled(
        mode=mode, owner=_user(found.st_uid)
    )
    wrong, what = [], []
    if mode & stat.S_IRWXO:
        wrong.append(
            Text(
                "tutti gli utenti del computer ci arrivano, e contiene dati personali",
                "all users of the computer can reach it, and it holds personal data",
            )
        )
    if mode & stat.S_IRWXG:
        what.append(
            Text(
                "anche il gruppo {group} ci arriva: va bene se lo usano dei colleghi",
                "the group {group} can reach it too: that is well if colleagues use it",
            ).filled(group=_group(found.st_gid))
        )
    if not (mine or mode & stat.S_IRWXG):
        wrong.append(Text("non è di chi esegue questo comando", "is not of who runs this command"))
    if mine and mode & OWNER != OWNER:
        wrong.append(
            Text(
                "chi lo possiede non può leggerlo e scriverlo",
                "its owner cannot read and write it",
            )
        )
    open_to_all, shut = mode & stat.S_IRWXO, mode & OWNER != OWNER
    changes = ",".join(["u+rw"] * bool(shut) + ["o-rwx"] * bool(open_to_all))
    commands = (f"chmod {changes} {quote(str(path))}",) if changes else ()
    yield Check("permissions", label, value, not wrong, (*wrong, *what), commands)


def _may_be_ours(path: Path) -> bool:
    """Tell whether a file says it is a registry, or lets nobody look."""
    try:
        with path.open("rb") as file:
            return file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")
    except PermissionError:
        return True


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _folder(path: Path) -> Iterator[Check]:
    folder, size = path.absolute().parent, path.stat().st_size if path.is_file() else 0
    if not folder.is_dir():
        missing = Text("la cartella non esiste", "the folder does not exist")
        yield Check("folder", Text("Cartella", "Folder"), missing, False)
        return
    writable = os.access(folder, os.W_OK | os.X_OK)
    what = Text(
        "SQLite scrive il suo giornale accanto al file: senza questo permesso si può solo leggere",
        "SQLite writes its journal beside the file: without this permission one can only read",
    )
    value = Text("si può scrivere", "writable") if writable else Text("non scrivibile", "read only")
    told = () if writable else (what,)
    yield Check("folder", Text("Cartella", "Folder"), value, writable, told)
    free = shutil.disk_usage(folder).free
    roomy = free >= max(ROOM, 3 * size)
    yield Check(
        "disk",
        Text("Disco", "Disk"),
        Text("{free} MB liberi", "{free} MB free").filled(free=free // 1_000_000),
        roomy,
        () if roomy else (Text("è poco: fare spazio sul disco", "is little: make room"),),
    )
    yield from _beside(path)


def _beside(path: Path) -> Iterator[Check]:
    """Look for a journal, and for other files of the registry's name: copies, drafts."""
    names = sorted(
        each.name
        for each in path.absolute().parent.iterdir()
        if path.name in each.name and each.name != path.name
    )
    journal = journal_of(path).name
    if journal in names:
        what = Text(
            "un altro comando sta scrivendo, o uno è stato interrotto: in questo caso il prossimo"
            " rimette il file com'era prima. Non cancellarlo né spostarlo.",
            "another command is writing, or one was interrupted: then the next one puts the file"
            " back as it was before. Do not delete or move it.",
        )
        command = f"bencomune --registry {quote(str(path))} check"
        label = Text("Giornale", "Journal")
        yield Check("journal", label, same(journal), False, (what,), (command,))
    drafts = [name for name in names if ".draft-" in name]
    others = [name for name in names if name not in {journal, *drafts}]
    for key, label, found in (
        ("drafts", Text("Bozze", "Drafts"), drafts),
        ("beside", Text("Accanto", "Beside it"), others),
    ):
        if found:
            yield Check(key, label, same(", ".join(found[:SHOWN]) + " …" * (len(found) > SHOWN)))


def journal_of(path: Path) -> Path:
    """Return where SQLite keeps what a write has changed, until it is whole."""
    return path.with_name(f"{path.name}-journal")
