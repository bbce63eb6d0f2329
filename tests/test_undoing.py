"""Undo and redo by number, as people tell them."""

import json

import pytest

from bencomune_cli.entities import Lab


@pytest.fixture
def seats(registry, bencomune):
    """Return a function that gives the seats of the only lab: 7 by operation 3, the last one."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio"})
    registry.close()
    bencomune("edit", "spazio-esempio", "seats=7")

    def now():
        return json.loads(bencomune("show", "spazio-esempio", "--json").stdout).get("seats")

    assert now() == 7
    return now


def test_what_was_never_undone_is_not_repeated(seats, bencomune):
    """Redo of an operation in force is refused, and takes nothing away."""
    for number in ("3", "2"):
        done = bencomune("redo", number)
        assert (done.returncode, seats()) == (2, 7)
        assert done.stderr == f"l'operazione {number} non è annullata\n"


@pytest.mark.parametrize("number", ["3", "4"])
def test_an_undone_operation_is_repeated_by_its_number_or_that_of_its_undo(
    seats, bencomune, number
):
    """Redo takes the number of what was undone, and that of the undo; it says what is repeated."""
    bencomune("undo", "3")
    assert seats() is None
    done = bencomune("redo", number)
    assert (done.returncode, done.stderr, seats()) == (0, "ripetuta l'operazione 3\n", 7)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("3", "l'operazione 3 non è annullata"),
        ("4", "l'annullamento 4 è già stato ritirato: l'operazione 3 non è annullata"),
        ("5", "l'operazione 5 non è annullata"),
    ],
)
def test_a_redo_is_not_repeated(seats, bencomune, number, told):
    """What is in force again is not repeated twice, by whatever number."""
    bencomune("undo")
    bencomune("redo")
    done = bencomune("redo", number)
    assert (done.returncode, seats()) == (2, 7)
    assert told in done.stderr


def test_an_operation_is_undone_and_repeated_again_and_again(seats, bencomune):
    """The number of an operation undoes and repeats it as often as a person likes."""
    for _ in range(3):
        assert (bencomune("undo", "3").returncode, seats()) == (0, None)
        assert (bencomune("redo", "3").returncode, seats()) == (0, 7)


def test_the_undo_of_a_redo_is_repeated_by_the_first_number(seats, bencomune):
    """An operation whose redo was undone is brought back by the number of that redo."""
    bencomune("undo", "3")
    bencomune("redo", "3")
    bencomune("undo", "5")
    assert seats() is None
    assert (bencomune("redo", "5").returncode, seats()) == (0, 7)


@pytest.mark.parametrize("verb", ["undo", "redo", "diff"])
def test_an_operation_that_is_not_there(seats, bencomune, verb):
    """A number that no operation has is told as that, by all commands alike."""
    done = bencomune(verb, "999")
    assert (done.returncode, seats()) == (2, 7)
    assert "non esiste l'operazione 999; «bencomune log» mostra" in done.stderr


def test_what_changed_since_stops_a_repetition(seats, bencomune):
    """A redo that would write over what came later is refused, in the words of a redo."""
    bencomune("undo", "3")
    bencomune("edit", "spazio-esempio", "seats=9")
    done = bencomune("redo", "3")
    assert (done.returncode, seats()) == (2, 9)
    assert "l'operazione 3 non si può ripetere" in done.stderr
    assert "spazio-esempio, seats: allora è diventato «(vuoto)», ora c'è «9»" in done.stderr
