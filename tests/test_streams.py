"""Standard output that is full or closed: a sentence, exit code 2, and the truth about the data."""

import os
import subprocess
import sys

import pytest

from bencomune_cli.history import operations
from bencomune_cli.registry import Registry

ADD = "lab add --name 'Spazio Esempio'"
STDOUT = ">/dev/full", ">&-"


@pytest.fixture
def shell(registry, path):
    """Return a function that runs `bencomune` with redirections as a shell makes them."""
    registry.close()

    def run(line, redirection, **environment):
        environment = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it", **environment}
        return subprocess.run(
            ["sh", "-c", f'"$0" -m bencomune_cli {line} {redirection}', sys.executable],
            env={**os.environ, **environment},
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def commands(path):
    """Return the commands that the log tells."""
    registry = Registry.open(path)
    try:
        return [each.command for each in operations(registry.store.connection)]
    finally:
        registry.close()


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("redirection", STDOUT)
def test_what_was_written_is_told_as_written(shell, path, redirection, buffered):
    """Where the answer of a writing command is lost, it is said that what was asked is done."""
    done = shell(ADD, redirection, PYTHONUNBUFFERED=buffered)
    assert done.returncode == 2
    assert "lo standard output non si può scrivere" in done.stderr
    assert "Ciò che è stato chiesto è fatto, ed è l'operazione 2" in done.stderr
    assert commands(path) == ["lab add", "init"]


@pytest.mark.parametrize("redirection", STDOUT)
@pytest.mark.parametrize(
    "line", ["area list", "stats", "log --json", "check --json", "export labs --format csv --to -"]
)
def test_data_that_find_no_place_end_with_2(shell, path, line, redirection):
    """A command that gives data says that they cannot be written, and nothing of what it wrote."""
    done = shell(line, redirection)
    assert done.returncode == 2, done.stderr
    assert "lo standard output non si può scrivere: " in done.stderr
    assert "operazione" not in done.stderr
    assert commands(path) == ["init"]


def test_a_reader_that_goes_is_no_fault(shell):
    """A pipe that nobody reads to its end is no fault."""
    done = shell("log --json", "| true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&-", "2>&- <&-"])
def test_words_that_find_no_place_stop_nothing(shell, path, redirection):
    """Where words cannot be told, or nothing can be asked, the data are written all the same."""
    done = shell(ADD, redirection)
    assert (done.returncode, done.stdout) == (0, "spazio-esempio\n")
    assert commands(path) == ["lab add", "init"]


def test_no_file_takes_the_number_of_a_closed_stream(shell, path):
    """With all streams closed a command writes to its registry alone."""
    assert shell(ADD, "<&- >&- 2>&-").returncode == 2
    assert commands(path) == ["lab add", "init"]
    registry = Registry.open(path)
    (integrity,) = registry.store.connection.execute("PRAGMA integrity_check").fetchone()
    registry.close()
    assert integrity == "ok"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("        tell_written(written, as_json, Text", "Ciò che è stato chiesto è fatto"),
        ("        draft = Draft(session.path, name)", "I dati sono come prima del comando"),
    ],
)
def test_a_fault_after_the_writing_says_that_it_is_written(shell, path, library, place, told):
    """A fault of the program never says of what is written that it is not."""
    module = library / "bencomune_cli" / "commands" / "add.py"
    text = module.read_text("utf-8")
    assert text.count(place) == 1
    indent = place[: len(place) - len(place.lstrip())]
    module.write_text(text.replace(place, f"{indent}0 / 0\n{place}"), "utf-8")
    done = shell(ADD, "", PYTHONPATH=str(library.resolve()), PYTHONSAFEPATH="")
    assert (done.returncode, "ZeroDivisionError" in done.stderr) == (3, True), done.stderr
    assert told in done.stderr
    written = ["lab add"] if "fatto" in told else []
    assert commands(path) == [*written, "init"]
