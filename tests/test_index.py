"""The index of commands: it tells what the modules say, and a run loads no more than it needs."""

import json
import os
import re
import subprocess
import sys

import pytest

from bencomune_cli import app
from bencomune_cli.commands import index
from bencomune_cli.entities import Lab
from bencomune_cli.patterns import pattern
from bencomune_cli.words import LANGUAGES, speak

LOADED = (
    "import sys\n"
    "from bencomune_cli import app\n"
    "app.main({words!r})\n"
    "print('loaded', *sorted(sys.modules))"
)


def modules(*words, **told):
    """Return the names of all modules that a run with these words loads."""
    program = LOADED.format(words=list(words))
    done = subprocess.run(  # noqa: PLW1510
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **told}
    )
    return done.stdout.splitlines()[-1].split()[1:]


def loaded(*words):
    """Return the modules of commands that a run with these words loads."""
    apart = [name.split(".") for name in modules(*words)]
    found = [name[2] for name in apart if name[:2] == ["bencomune_cli", "commands"] and name[2:]]
    return [name for name in found if name != "index"]


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


FOR_RECORDS = {"sqlite3", "bencomune_cli.entities"}
TO_SHOW = {"bencomune_cli.registry", "bencomune_cli.rules", "bencomune_cli.telling"}
# What takes long to load, and shows nothing of a record.
OTHERS = {
    *("rich", "sqlite_utils", "pyproj", "prompt_toolkit", "phonenumbers", "opening_hours"),
    *("html", "string", "importlib.metadata", "multiprocessing", "pydoc"),
    *("bencomune_cli.dataset", "bencomune_cli.query", "bencomune_cli.doubles"),
    *("bencomune_cli.forms", "bencomune_cli.points", "bencomune_cli.file_kinds"),
    *("bencomune_cli.overviews", "bencomune_cli.soundness", "bencomune_cli.seals"),
    *("bencomune_cli.indexing", "bencomune_cli.inserting", "getpass"),
    *("bencomune_cli.tables", "bencomune_cli.ledger", "bencomune_cli.shaping"),
    *("bencomune_cli.grids", "bencomune_cli.widths", "bencomune_cli.whole_files"),
}


def test_a_start_loads_nothing_in_vain(registry, path):
    """Help knows no records, completion no rules, and what shows a record nothing but that."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "Spazio Esempio", "municipality": "000001"})
    registry.close()
    words = ("--registry", str(path), "lab", "show", "spazio")
    completion = set(modules(*words, _BENCOMUNE_COMPLETE="fish"))
    shown = set(modules(*words))
    assert not (FOR_RECORDS | TO_SHOW | OTHERS) & set(modules("--help"))
    assert completion >= FOR_RECORDS
    assert not (TO_SHOW | OTHERS) & completion
    assert shown >= FOR_RECORDS | TO_SHOW
    assert not OTHERS & shown


@pytest.mark.parametrize(("text", "sought"), [("[0-9]{2}", "a٣٣12"), (b"[0-9]{2}", b"a12")])
def test_a_pattern_is_compiled_where_it_is_used(text, sought):
    """It is none before, and then as good as one that was compiled at once."""
    told, compiled = pattern(text, re.ASCII), re.compile(text, re.ASCII)
    assert set(vars(told)) == {"_told", "pattern"}
    assert told.search(sought).span() == compiled.search(sought).span()
    assert (told.pattern, told.flags) == (compiled.pattern, compiled.flags)
    assert told.search is vars(told)["search"]


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
