"""Habits of the command line: how much is told, options anywhere, progress of long work."""

import subprocess
import sys

import pytest

import bencomune_cli
from bencomune_cli.entities import Area, Lab
from terminal import Terminal

WORK = """
import time
from bencomune_cli import progress, screen
from bencomune_cli.words import Text

screen.voice = screen.Voice(quiet={quiet})
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


@pytest.mark.parametrize("name", ["--who", "--registry", "--lang"])
def test_an_empty_value_is_a_value(made, name):
    """An empty value of an option of every command is refused by the option's own sentence."""
    for words in ((name, "", "lab", "list"), ("lab", "list", name, "")):
        done = made(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("words", "name", "help_of"),
    [
        (("lab", "list", "--where"), "--where", "bencomune lab list"),
        (("lab", "edit", "spazio", "--phone"), "--phone", "bencomune lab edit"),
        (("lab", "list", "--who"), "--who", "bencomune"),
    ],
)
def test_a_value_that_is_missing_is_told(made, words, name, help_of):
    """An option without its value is told by name, with the help of the very command."""
    done = made(*words)
    assert done.returncode == 2
    assert done.stderr == f"manca il valore di {name}\n«{help_of} --help» dice come si usa\n"


def test_a_value_that_is_needless_is_told(made):
    """A value given to an option that takes none is told."""
    assert "--json non vuole un valore" in made("lab", "list", "--json=3").stderr


@pytest.mark.parametrize("limit", ["-1", "0", "due", ""])
@pytest.mark.parametrize("words", [("lab", "list"), ("log",), ("search", "spazio")], ids=" ".join)
def test_a_limit_is_a_number_from_one_up(made, words, limit):
    """--limit below 1 is refused, and it is told from where it may be."""
    done = made(*words, "--limit", limit)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"«{limit}»: serve un numero intero, da 1 in su" in done.stderr


def test_a_distance_needs_a_point(made):
    """--within without --near is refused; what --near alone means is told where nothing is."""
    done = made("lab", "list", "--within", "500m")
    assert done.returncode == 2
    assert "manca --near" in done.stderr
    assert "entro 1000 metri" in made("lab", "list", "--near", "45.18,9.15").stderr
    assert made("lab", "list", "--near", "").returncode == 2
    assert made("lab", "list", "--in", "").returncode == 2
    assert "se no 1km" in made("lab", "list", "--help").stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("neighbourhood=rione esemio", "forse: rione-esempio"),
        ("municipality=Comune Esemio", "forse: comune-esempio"),
        ("area_served=rione esemio", "forse: rione-esempio"),
        ("neighbourhood=altrove", "non esiste nel registro\n"),
    ],
)
def test_what_is_near_a_name_not_found_is_told(registry, bencomune, change, told):
    """A neighbourhood, municipality or area that is not there is told with those near it."""
    with registry.operation("init"):
        registry.add(Area, {"name": "Rione Esempio", "area_kind": "neighbourhood"})
        registry.add(Lab, {"name": "Spazio Esempio"})
    done = bencomune("lab", "edit", "spazio", change)
    assert done.returncode == 1
    assert told in done.stderr


def test_an_edit_of_a_removed_record_is_told(made):
    """Who changes a removed record reads that it is removed, and how to put it back."""
    made("lab", "remove", "spazio")
    done = made("edit", "spazio", "phone=0382 399111")
    assert done.returncode == 0
    assert "è rimosso" in done.stderr
    assert "«bencomune lab restore spazio-esempio»" in done.stderr
    made("lab", "restore", "spazio")
    assert "rimosso" not in made("edit", "spazio", "phone=0382 399112").stderr


def test_the_log_tells_what_was_undone(made):
    """An undo that was undone is told with its number, then that it was."""
    made("undo")
    made("redo")
    lines = [line.split("\t")[3] for line in made("log").stdout.splitlines()]
    assert lines[:3] == ["redo 3", "undo 2 (annullata)", "lab add"]


def test_a_contact_that_leads_to_nobody_is_refused(made):
    """A contact without name, e-mail and telephone is refused with what it needs."""
    done = made("contact", "add", "spazio", "--role", "press")
    assert done.returncode == 1
    assert "serve almeno uno dei tre" in done.stderr
    nameless = made("contact", "add", "spazio", "--phone", "0382 399111")
    assert "spazio-esempio-contact.role" in nameless.stderr
    assert made("contact", "list").stdout == ""


def test_a_contact_without_basis_is_told_in_one_sentence(made):
    """The card says of a contact why it does not go out, once."""
    made("contact", "add", "spazio", "--role", "press", "--phone", "0382 399111")
    shown = made("show", "spazio").stdout
    assert "(spazio-esempio-press; non pubblicato: non ha una base giuridica)" in shown
