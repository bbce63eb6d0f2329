"""The screens that the README shows: what the real program shows in a real terminal."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from terminal import Terminal, bencomune

COLUMNS, LINES = 84, 22
_SHOWN = re.compile(r"(<!-- screen: (\w+) -->\n```text\n).*?(```\n)", re.DOTALL)


def filled(page: str, language: str) -> str:
    """Return a page with its screens, which stand behind `<!-- screen: NAME -->`, shown anew."""
    if not _SHOWN.search(page):
        return page
    shown = screens(language)
    return _SHOWN.sub(lambda found: f"{found[1]}{shown[found[2]]}\n{found[3]}", page)


def screens(language: str) -> dict[str, str]:
    """Return what the screen shows of the example, by name, in one language."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.db"
        said = {"BENCOMUNE_LANG": language, "TZ": "Europe/Rome", "BENCOMUNE_WHO": "bencomune"}
        subprocess.run(
            [sys.executable, "-m", "bencomune_cli", "-q", "init", "--example", "pavia"],
            env={**os.environ, "BENCOMUNE_REGISTRY": str(path), **said},
            check=True,
        )
        shown = {
            name: f"$ bencomune {name}\n{_ended(path, name, said)}" for name in ("map", "stats")
        }
        asking = re.sub(r"\n{3,}", "\n\n", _adding(path, said).screen)
        return {**shown, "add": f"$ bencomune lab add\n{asking}"}


def _ended(path: Path, command: str, said: dict[str, str]) -> str:
    """Return all that a command shows."""
    run = bencomune(path, command, columns=COLUMNS, lines=LINES, **said)
    run.window.resize(lines=200)
    return run.ends()


def _adding(path: Path, said: dict[str, str]) -> Terminal:
    """Answer the first questions of guided entry, and begin one more."""
    run = bencomune(path, "lab", "add", columns=COLUMNS, lines=LINES, **said)
    for number, answer in enumerate(("Spazio Esempio", "orto", ""), 1):
        run.answers(f"{number}/", answer)
    return run.asked("4/").types("li").sees("reading_books").settles()
