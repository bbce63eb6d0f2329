"""doctor: what is installed, which registry is meant, whether all is well, and what to do."""

import locale
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from .. import __version__, screen
from ..diagnosis import examine, sqlite_told
from ..errors import ExitCode
from ..geo import proj_version
from ..surroundings import Check
from ..widths import wrapped
from ..words import Text, same, spoken
from . import AsJson, command, session

LIBRARIES = ("sqlite-utils", "typer", "rich")
LETTERS = "àèéìòù«»“”’–…€"  # what the program's own sentences need
NARROW = 60  # columns of a terminal under which tables are hard to read


def add_to(app: typer.Typer) -> None:
    """Register doctor."""
    command(
        app,
        "doctor",
        Text(
            "Dice che cosa è installato e se il registro sta bene. Non cambia niente.",
            "Tell what is installed and whether the registry is well. Changes nothing.",
        ),
        doctor,
    )


def doctor(context: typer.Context, as_json: AsJson = False) -> None:  # noqa: D103
    told = context.find_root().params.get("registry")
    parts = {
        "program": list(_program()),
        "registry": [_which(session.path, by_option=bool(told)), *examine(session.path)],
    }
    wrong = sum(not check.well for checks in parts.values() for check in checks)
    if as_json:
        found = {part: [_to_json(check) for check in checks] for part, checks in parts.items()}
        screen.out_json({"well": not wrong, **found})
    else:
        _tell(parts, wrong)
    if wrong:
        raise typer.Exit(ExitCode.FINDINGS)


def _program() -> Iterator[Check]:
    """Look at what the program stands on."""
    yield Check("bencomune", same("bencomune"), same(__version__))
    yield Check("python", same("Python"), same(sys.version.split()[0]))
    yield Check("sqlite", same("SQLite"), sqlite_told())
    for name in LIBRARIES:
        yield _library(name)
    pyproj = _library("pyproj")
    if pyproj.well:
        pyproj = pyproj._replace(value=same(f"{pyproj.value}, PROJ {proj_version()}"))
    yield pyproj
    yield from _terminal()


def _library(name: str) -> Check:
    from importlib.metadata import PackageNotFoundError, version  # 20 ms that others need not

    try:
        return Check(name, same(name), same(version(name)))
    except PackageNotFoundError:
        missing = Text("manca", "missing")
        repair = (f"{sys.executable} -m pip install --force-reinstall bencomune-cli",)
        return Check(name, same(name), missing, well=False, commands=repair)


def _terminal() -> Iterator[Check]:
    names = ("BENCOMUNE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    told = ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name))
    yield Check(
        "language",
        Text("Lingua", "Language"),
        Text("{language} ({told})", "{language} ({told})").filled(
            language=spoken(), told=told or Text("nessuna detta", "none told")
        ),
    )
    encoding = sys.stdout.encoding
    accented = len(LETTERS.encode(encoding, "ignore").decode(encoding)) == len(LETTERS)
    what = Text("gli accenti appaiono come codici", "accents appear as codes")
    value = Text("{encoding}, sistema {system}", "{encoding}, system {system}").filled(
        encoding=encoding, system=locale.getpreferredencoding(False)
    )
    label = Text("Caratteri", "Characters")
    if accented:
        yield Check("encoding", label, value)
    else:
        yield Check("encoding", label, value, False, (what,), ("export LC_ALL=C.UTF-8",))
    width = shutil.get_terminal_size().columns
    wide = width >= NARROW
    narrow = Text("allargare la finestra a 80 colonne", "widen the window to 80 columns")
    value = Text("{width} colonne", "{width} columns").filled(width=width)
    yield Check("width", Text("Larghezza", "Width"), value, wide, () if wide else (narrow,))


def _which(path: Path, *, by_option: bool) -> Check:
    """Tell which registry is meant, and by what."""
    why = (
        Text("detto da --registry", "told by --registry")
        if by_option
        else Text("detto da BENCOMUNE_REGISTRY", "told by BENCOMUNE_REGISTRY")
        if os.environ.get("BENCOMUNE_REGISTRY")
        else Text("quello di questa cartella", "the one of this folder")
    )
    value = Text("{path}, {why}", "{path}, {why}").filled(path=path.absolute(), why=why)
    return Check("path", Text("Quale", "Which"), value)


def _to_json(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "well": check.well,
        "value": str(check.value),
        "what": [str(text) for text in check.what],
        "commands": list(check.commands),
    }


def _tell(parts: dict[str, list[Check]], wrong: int) -> None:
    headings = {"program": Text("Programma", "Program"), "registry": Text("Registro", "Registry")}
    wide = max(len(str(check.label)) for checks in parts.values() for check in checks)
    for part, checks in parts.items():
        screen.out(headings[part])
        for check in checks:
            head = f"{' ' if check.well else '!'} {check.label!s:<{wide}}  "
            _wrapped(head, str(check.value))
            for text in check.what:
                _wrapped("    ", str(text))
            for line in check.commands:
                screen.out(screen.flat(f"      {line}"))
    screen.out(
        Text("Da guardare, con un «!»: {count}", "To look at, with a “!”: {count}").filled(
            count=wrong
        )
        if wrong
        else Text("Tutto bene.", "All well.")
    )


def _wrapped(head: str, text: str) -> None:
    """Give a text in lines as wide as the window, each under the first; a command stays whole."""
    width = screen.window_of(sys.stdout) if screen.is_terminal(sys.stdout) else 80
    lines = wrapped(screen.flat(text), min(width, 80) - len(head))
    for number, line in enumerate(lines):
        screen.out((head if not number else " " * len(head)) + line)
