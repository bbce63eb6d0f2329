"""A steward's working day, typed in a real terminal, and what the screens look like."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bencomune_cli.words import LANGUAGES
from terminal import CLEAR, bencomune

SCREENS = Path(__file__).parent / "screens"
WIDTHS = (80, 120)
MORNING = "1793433600"  # 2026-10-31 08:00 UTC

# What is typed, and what is waited for, in each language.
DAY = {
    "it": {
        "made": "creato registry.db",
        "name": "Nome*:",
        "kind": "Tipo:",
        "state": "Stato*:",
        "active": "attivo",
        "phone": "Telefono:",
        "wrong": "numero di telefono",
        "action": "Che cosa fare:",
        "save": "salva",
        "added": "aggiunto: spazio-esempio",
        "changed": "modificato: spazio-esempio",
        "undone": "annullata l'operazione",
        "found": "Spazio Esempio",
        "perhaps": "forse",
        "clean": "errori: 0",
    },
    "en": {
        "made": "made registry.db",
        "name": "Name*:",
        "kind": "Kind:",
        "state": "State*:",
        "active": "active",
        "phone": "Telephone:",
        "wrong": "telephone number",
        "action": "What to do:",
        "save": "save",
        "added": "added: spazio-esempio",
        "changed": "changed: spazio-esempio",
        "undone": "operation 3 undone",
        "found": "Spazio Esempio",
        "perhaps": "perhaps",
        "clean": "errors: 0",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_working_day(path, language):
    """From an empty folder: make, add with a wrong answer, edit, undo, find by a slip, check."""
    say = DAY[language]

    def run(*words):
        return bencomune(path, *words, BENCOMUNE_LANG=language)

    run("--registry", "registry.db", "init", "--name", "Rete Esempio").sees(say["made"]).ends()
    add = run("lab", "add").answers(say["name"], "Spazio Esempio")
    add.skips_to(say["state"])
    add.answers(say["state"], say["active"])
    add.skips_to(say["phone"])
    add.answers(say["phone"], "boh").sees(say["wrong"]).types(CLEAR)
    add.answers(say["phone"], "0382 399111")
    add.skips_to(say["action"])
    add.answers(say["action"], say["save"])
    assert say["added"] in add.ends()
    edit = run("lab", "edit", "spazio", "phone=0382 000000", "activities+=reading_books")
    assert say["changed"] in edit.ends()
    assert "0382000000" in run("show", "spazio").ends()
    assert say["undone"] in run("undo").ends()
    assert "399111" in run("show", "spazio").ends()
    slip = run("search", "spzio", "esempoi").ends()
    assert say["perhaps"] in slip.lower()
    assert say["found"] in slip
    assert say["clean"] in run("check").ends()


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Return the path of a registry of the example, of one morning."""
    path = tmp_path_factory.mktemp("example") / "registry.db"
    told = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_WHO": "prova", "SOURCE_DATE_EPOCH": MORNING}
    subprocess.run(
        [sys.executable, "-m", "bencomune_cli", "-q", "init", "--example", "pavia"],
        env={**os.environ, **told},
        check=True,
    )
    return path


SHOWN = {
    "help": ("--help",),
    "add-help": ("group", "add", "--help"),
    "lab-list": ("lab", "list"),
    "org-list": ("org", "list", "--limit", "8"),
    "why": ("why", "spazio-q"),
    "log": ("log",),
    "stats": ("stats",),
    "map": ("map",),
    "search": ("search", "torino"),
    "slip": ("search", "pelliza"),
    "explain": ("explain", "P03"),
    "area-list": ("area", "list"),
    "refused": ("lab", "show", "pelizz"),
    "misused": ("lab", "lsit"),
}
LINES = {"map": 36}  # which fills the window


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHOWN)
def test_a_screen_looks_as_it_did(example, name, language, columns):
    """The window shows what the picture kept in tests/screens shows, and nothing is cut off.

    UPDATE_SCREENS=1 draws the pictures anew, for a person to look at.
    """
    run = bencomune(
        example,
        *SHOWN[name],
        columns=columns,
        lines=LINES.get(name, 200),
        BENCOMUNE_LANG=language,
        TZ="Europe/Rome",
    )
    while run._read():
        pass
    kept = SCREENS / f"{name}.{language}.{columns}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(run.screen + "\n", "utf-8")
    assert run.screen + "\n" == kept.read_text("utf-8")


READ = (("lab", "list"), ("show", "spazio-q"), ("log",), ("stats",), ("map",), ("why", "spazio-q"))
every_reading = pytest.mark.parametrize("words", READ, ids=" ".join)


@every_reading
def test_no_color_is_respected(example, words):
    """With NO_COLOR a terminal gets no colour at all."""
    run = bencomune(example, *words, NO_COLOR="1")
    run.ends()
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|4[0-7]|38|48|9[0-7])", run.raw)


@every_reading
def test_a_dumb_terminal_gets_plain_text(example, words):
    """With TERM=dumb nothing but text is written."""
    run = bencomune(example, *words, TERM="dumb")
    run.ends()
    assert "\x1b" not in run.raw
    assert run.screen


@every_reading
def test_a_terminal_of_the_c_locale_shows_something(example, words):
    """With LC_ALL=C, and without Python's own cure for it, no character is a fault."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = bencomune(example, *words, **plain)
    assert "Traceback" not in run.ends()
    run.raw.encode("ascii")


@every_reading
def test_a_reader_may_leave(example, words):
    """A pipe that closes early ends the program quietly."""
    command = f"{sys.executable} -m bencomune_cli {' '.join(words)} | head -n 1"
    told = {**os.environ, "BENCOMUNE_REGISTRY": str(example), "BENCOMUNE_LANG": "it"}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_a_long_list_is_paged(example, tmp_path):
    """What is higher than the window goes to the person's pager, whole."""
    page = tmp_path / "page.txt"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\nexec cat > {page}\n")
    pager.chmod(0o755)
    bencomune(example, "org", "list", lines=12, PAGER=str(pager)).ends()
    shown = bencomune(example, "org", "list", lines=60).ends()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", page.read_text("utf-8"))
    assert [line.rstrip() for line in plain.strip().splitlines()] == shown.strip().splitlines()


def test_nothing_asks_without_a_person(request):
    """Without a terminal, and with --no-input, no command waits for an answer."""
    run = request.getfixturevalue("bencomune")
    run("init", "--name", "Rete Esempio")
    for words in (("lab", "add"), ("contact", "add", "x"), ("lab", "edit", "x"), ("init",)):
        done = run(*words)
        assert done.returncode in (1, 2), words
        assert done.stderr
