"""The index of commands: it tells what the modules say, and a run loads no more than it needs."""

import json
import subprocess
import sys

import pytest

from bencomune_cli import app
from bencomune_cli.commands import index
from bencomune_cli.words import LANGUAGES, speak

LOADED = (
    "import sys\n"
    "from bencomune_cli import app\n"
    "app.main({words!r})\n"
    "found = [n for n in sys.modules if n.startswith('bencomune_cli.commands.')]\n"
    "print('loaded', *sorted(n.rpartition('.')[2] for n in found if not n.endswith('.index')))"
)


def loaded(*words):
    """Return the modules of commands that a run with these words loads."""
    program = LOADED.format(words=list(words))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)  # noqa: PLW1510
    return done.stdout.splitlines()[-1].split()[1:]


def entries():
    """Return all that the index tells."""
    return [index.Entry(*each) for each in json.loads(index.FILE.read_text("utf-8"))["commands"]]


def test_the_index_is_derived():
    """The committed index is what all modules say; else: python docs/make.py."""
    assert index.FILE.read_text("utf-8") == index.derived()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "--help"], ["places"]),
        (["lab", "show", "--help"], ["places"]),
        (["lab", "edit", "--help"], ["edit", "places"]),
        (["lab", "--help"], ["add", "edit", "places"]),
        (["--lang", "en", "export", "--help"], ["export"]),
        (["--help"], []),
        (["--version"], []),
        (["nonsense"], index.names()),
    ],
)
def test_a_run_loads_what_it_needs(words, expected):
    """The module of its command; none for help; all where a word means nothing."""
    assert loaded(*words) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_that_of_all_modules(language, monkeypatch, tmp_path, capsys):
    """Help made of the index, and that of each command and group, is as without the index."""
    told = [[entry.name] for entry in entries()] + [[]]
    shown = []
    for file in (index.FILE, tmp_path / "none.json"):
        monkeypatch.setattr(index, "FILE", file)
        for words in told:
            assert app.main(["--lang", language, *words, "--help"]) == 0
        shown.append(capsys.readouterr().out)
    speak("it")
    assert shown[0] == shown[1]
    assert shown[0].count("\n") > 300


def test_an_index_of_other_modules_is_not_used(monkeypatch, tmp_path):
    """Where a module was added or taken away, all are loaded."""
    other = tmp_path / "index.json"
    other.write_text(index.FILE.read_text("utf-8").replace('"why"', '"why", "new"', 1), "utf-8")
    monkeypatch.setattr(index, "FILE", other)
    assert index._entries() == {}
