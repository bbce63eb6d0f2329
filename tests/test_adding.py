"""What is said when a record is added by options: that it may be there already."""

import json

import pytest

from bencomune_cli.entities import Lab


@pytest.fixture
def added(registry, bencomune):
    """Return a function that adds a record by options, where there is a lab already."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio", "lat": "45.1", "lon": "9.1"})
    registry.close()

    def run(*words):
        return bencomune(*words)

    return run


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("lab", "add", "--name", "spazio esempio"), "stesso nome"),
        (("organisation", "add", "--name", "Spazio Esempi"), "nome simile (96%)"),
        (("lab", "add", "--name", "Altro", "--point", "45.1, 9.1"), "a 0 m"),
    ],
)
def test_a_likely_double_is_told_and_written(added, words, reason):
    """A record like another is written, with a word on standard error that it may be there."""
    done = added(*words)
    assert done.returncode == 0
    assert f"forse c'è già: spazio-esempio (Spazio Esempio; {reason})" in done.stderr
    assert "forse" not in done.stdout
    assert len(json.loads(added("lab", "list", "--json").stdout)) == 1 + (words[0] == "lab")


def test_one_that_is_like_no_other_is_not_doubted(added):
    """Of a record that is like no other nothing is said; nor of any with --quiet."""
    assert "forse" not in added("lab", "add", "--name", "Biblioteca di Prova").stderr
    done = added("--quiet", "lab", "add", "--name", "Spazio Esempio")
    assert (done.returncode, done.stdout, done.stderr) == (0, "spazio-esempio-2\n", "")
