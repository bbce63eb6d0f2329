"""The manual page: made of the help, right roff, found by man(1) where the wheel puts it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bencomune_cli.manual import roff

ROOT = Path(__file__).parent.parent
PAGES = {"en": ROOT / "docs/man/bencomune.1", "it": ROOT / "docs/man/it/bencomune.1"}
every_page = pytest.mark.parametrize("language", PAGES)
AS_TEXT = ("-man", "-Tutf8", "-P-cbou", "-rLL=200n")


def program(*command, **environment):
    """Run a program that reads manual pages; skip where there is none, unless it is needed."""
    if not shutil.which(command[0]) and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip(f"{command[0]} is not installed")
    told = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANPAGER": "cat", **environment}
    told.pop("MANPATH", None)
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=told, check=True)


def shown(page):
    """Return a page as groff shows it, in long lines of plain text."""
    return program("groff", *AS_TEXT, str(page)).stdout


@every_page
def test_groff_has_nothing_to_say(language):
    """Groff reads the page with all its warnings on and gives none."""
    done = program("groff", "-man", "-ww", "-z", str(PAGES[language]))
    assert done.stdout + done.stderr == ""


@every_page
def test_man_shows_the_page(language):
    """Man shows every section, accents and hyphens that can be copied, within 80 columns."""
    told = program("man", "-P", "cat", "-l", str(PAGES[language])).stdout
    headings = re.findall(r"(?m)^[A-Z][A-Z ]+$", told)
    wanted = {
        "en": {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "ENVIRONMENT", "FILES"},
        "it": {"NOME", "SINTASSI", "DESCRIZIONE", "OPZIONI", "COMANDI", "AMBIENTE", "FILE"},
    }
    assert wanted[language] - set(headings) == set()
    assert "--registry FILE" in told
    assert "130" in told
    assert ("Attività" if language == "it" else "“masked”") in told
    prose = [line for line in told.splitlines() if "bencomune lab " not in line]
    assert [line for line in prose if len(line) > 80] == []


@every_page
def test_every_command_and_option_is_there(language, bencomune):
    """What the help of a command lists, its section in the page lists too."""
    page = " ".join(shown(PAGES[language]).split())
    sections = {}
    for command in (("check",), ("lab", "add"), ("area", "load"), ("doctor",), ("export",)):
        told = bencomune(*command, "--help", BENCOMUNE_LANG=language, COLUMNS="80").stdout
        options = set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z-]+)", told)) - {"--help"}
        start = page.index(f" bencomune {' '.join(command)} bencomune {' '.join(command)} ")
        sections[command] = page[start : start + 20_000]
        assert options
        assert [each for each in options if each not in sections[command]] == []


def test_every_command_of_the_help_has_a_section(bencomune):
    """No command that help lists, alone or in a group, is missing from the page."""
    page = shown(PAGES["en"])

    def commands(*before):
        told = bencomune(*before, "--help", BENCOMUNE_LANG="en", COLUMNS="200").stdout
        listed = told.partition("Commands:\n")[2]
        for name in re.findall(r"(?m)^  ([a-z-]+) ", listed):
            below = list(commands(*before, name))
            yield from below or [(*before, name)]

    wanted = {" ".join(each) for each in commands()}
    assert len(wanted) > 30
    assert {each for each in wanted if f"\n   bencomune {each}\n" not in page} == set()


@pytest.mark.parametrize(
    "text",
    [
        ".so /etc/passwd",
        "'br",
        r"\fBgrassetto\fR \(em \n",
        "una - due -- tre",
        "«è» “à” – … €",
        """"tra 'virgolette' `e` ~^""",
        r"\&",
        "-",
    ],
)
def test_a_text_is_shown_as_it_is(text, tmp_path):
    """A text with dots, quotes, backslashes, hyphens and accents appears as it was written."""
    page = tmp_path / "prova.1"
    page.write_text(f'.TH PROVA 1 "" "" ""\n.SH PROVA\n{roff(text)}\n', "ascii")
    assert f"\n       {text}\n" in shown(page)
    assert program("groff", "-man", "-ww", "-z", str(page)).stderr == ""


def test_the_pages_are_those_of_the_commands():
    """`docs/make.py`, whose `--check` compares what it makes, makes both pages."""
    for language, path in PAGES.items():
        told = "import make, json; print(json.dumps(make.pages()[%r]))"
        name = str(path.relative_to(ROOT / "docs"))
        done = subprocess.run(
            [sys.executable, "-c", told % name],
            cwd=ROOT / "docs",
            env={**os.environ, "BENCOMUNE_LANG": language, "COLUMNS": "80"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        assert done.stdout.startswith('".\\\\\\" Made by docs/make.py')


@every_page
def test_man_finds_the_page_where_the_wheel_puts_it(language, tmp_path):
    """With a bin on the PATH, man finds the page in the share beside it, in either language."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    for source, target in shared.items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / source, tmp_path / target)
    (tmp_path / "bin").mkdir()
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    locale = {"en": "C.UTF-8", "it": "it_IT.UTF-8"}[language]
    told = program("man", "-L", locale, "-w", "bencomune", PATH=path).stdout.strip()
    folder = "it/" if language == "it" else ""
    assert Path(told) == tmp_path / f"share/man/{folder}man1/bencomune.1"
