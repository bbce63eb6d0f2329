"""Habits of the command line: how much is told, options anywhere, progress of long work."""

import subprocess
import sys

import pytest

import bencomune_cli
from terminal import Terminal

WORK = """
import time
from bencomune_cli import progress, screen
from bencomune_cli.words import Text

screen.voice.quiet = {quiet}
def slow():
    for number in range({steps}):
        time.sleep(0.1)
        yield number
done = list(progress.watched(slow(), lambda: {steps}, Text("controllo", "checking")))
assert done == list(range({steps}))
print("fatto", flush=True)
"""


@pytest.fixture
def made(bencomune):
    """Return the runner of commands on a registry with one lab."""
    bencomune("init", "--name", "Rete Esempio")
    bencomune("lab", "add", "--name", "Spazio Esempio")
    return bencomune


@pytest.mark.parametrize("quiet", ["-q", "--quiet"])
def test_quiet_tells_only_what_must_be_known(made, quiet):
    """With --quiet a success says nothing, data stay, and what went wrong is still told."""
    done = made("lab", "edit", "spazio", "--phone", "0382 399111", quiet)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "spazio-esempio" in made("lab", "list", quiet).stdout
    missing = made(quiet, "lab", "show", "mai-visto")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "mai-visto" in missing.stderr
    made("contact", "add", "spazio", "--role", "coordinator", "--email", "a@example.org", quiet)
    wrong = made("lab", "add", "--name", "Altro", "--phone", "boh", quiet)
    assert wrong.returncode == 1
    assert "C02" in wrong.stderr


@pytest.mark.parametrize("verbose", ["-v", "--verbose"])
def test_verbose_tells_how_it_goes(made, path, verbose):
    """With --verbose the registry and each file are told, on standard error alone."""
    plain = made("lab", "list")
    told = made("lab", "list", verbose)
    assert told.stdout == plain.stdout
    assert path.name in told.stderr
    first = made("export", "labs", "--format", "csv", verbose)
    assert "labs.csv: scritto" in first.stderr
    assert "labs.csv: uguale a prima" in made("export", "labs", "-f", "csv", verbose).stderr


def test_options_of_every_command_stand_anywhere(made, path, tmp_path):
    """--registry, --who, --lang and the like may stand before the command, in it, or at its end."""
    copy = tmp_path / "altro.db"
    copy.write_bytes(path.read_bytes())
    for words in (
        ("--registry", copy, "lab", "list", "--json"),
        ("lab", "--registry", copy, "list", "--json"),
        ("lab", "list", "--json", f"--registry={copy}"),
    ):
        assert '"id": "spazio-esempio"' in made(*words).stdout
    made("lab", "edit", "spazio", "--summary", "x", "--who", "sportello")
    assert "sportello" in made("log").stdout
    assert "Usage:" in made("lab", "list", "--help", "--lang", "en").stdout


def test_what_follows_two_dashes_is_no_option(made):
    """Behind `--` a word is data, also one that looks like an option."""
    done = made("lab", "list", "--", "--quiet")
    assert done.returncode == 0
    assert "nessun record" in done.stderr


def test_the_version_is_told(bencomune):
    """--version tells the version alone, also without a registry."""
    assert bencomune("--version").stdout == f"bencomune {bencomune_cli.__version__}\n"


@pytest.mark.parametrize("words", [(), ("lab",), ("lab", "list"), ("contact", "add")])
def test_help_has_a_short_name(bencomune, words):
    """-h is --help, for the program, its groups and its commands."""
    assert bencomune(*words, "-h").stdout == bencomune(*words, "--help").stdout


def test_long_work_tells_how_much_is_left(tmp_path):
    """On a terminal, after a second, a bar with label, share and time left; gone at the end."""
    code = WORK.format(quiet=False, steps=30)
    run = Terminal([sys.executable, "-c", code], cwd=tmp_path, BENCOMUNE_LANG="it")
    run.sees("controllo").sees("%").sees("0:00:0")
    assert run.ends().strip() == "fatto"


@pytest.mark.parametrize(("steps", "quiet"), [(3, False), (20, True)])
def test_short_or_quiet_work_shows_no_bar(tmp_path, steps, quiet):
    """Work of less than a second, and work under --quiet, shows nothing."""
    code = WORK.format(quiet=quiet, steps=steps)
    run = Terminal([sys.executable, "-c", code], cwd=tmp_path)
    run.ends()
    assert run.raw.strip() == "fatto"


def test_no_bar_goes_into_a_pipe():
    """Where nobody looks, nothing is drawn."""
    code = WORK.format(quiet=False, steps=15)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("fatto\n", "")
