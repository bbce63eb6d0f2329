"""The words that a person reads, and the language that is chosen for them."""

import pytest

from bencomune_cli import words
from bencomune_cli.words import Text, joined, language_of, same, speak, spoken

GREETING = Text("buongiorno {name}", "good morning {name}")


@pytest.fixture
def silence(monkeypatch):
    """Forget which language was chosen, before and after."""
    monkeypatch.setattr(words, "_chosen", [])


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "it"),
        ({"LANG": ""}, "it"),
        ({"LANG": "C"}, "it"),
        ({"LANG": "C.UTF-8"}, "it"),
        ({"LC_ALL": "POSIX"}, "it"),
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LANG": "it_CH"}, "it"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_MESSAGES": "en_US", "LANG": "it_IT"}, "en"),
        ({"LC_ALL": "it_IT", "LC_MESSAGES": "en_US"}, "it"),
        ({"LANGUAGE": "en:it", "LC_ALL": "it_IT"}, "en"),
        ({"LANGUAGE": "it:en", "LC_ALL": "en_US"}, "it"),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "en"),
        ({"BENCOMUNE_LANG": "it", "LANGUAGE": "en", "LANG": "en_US"}, "it"),
        ({"BENCOMUNE_LANG": "EN", "LANG": "it_IT"}, "en"),
    ],
)
def test_the_environment_chooses_the_language(environment, language):
    """The first variable that names a language decides; where none does it is Italian."""
    assert language_of(environment) == language


@pytest.mark.usefixtures("silence")
def test_a_language_told_comes_before_the_environment(monkeypatch):
    """What `speak` says holds for the run, whatever the environment says."""
    monkeypatch.setenv("BENCOMUNE_LANG", "en")
    assert (spoken(), str(Text("sì", "yes"))) == ("en", "yes")
    speak("it")
    assert (spoken(), str(Text("sì", "yes"))) == ("it", "sì")


def test_a_text_is_filled_in_each_language():
    """A value that is a Text is filled in with the language of the sentence around it."""
    filled = GREETING.filled(name=Text("a tutti", "all"))
    assert filled == Text("buongiorno a tutti", "good morning all")


@pytest.mark.parametrize("value", ["{name}", "{}", "{", "}}", "{0.__class__}", "{name!r:>9}"])
def test_braces_in_values_are_harmless(value):
    """A value is never read as a template, however often the sentence is passed on."""
    once = GREETING.filled(name=value)
    assert once.it == f"buongiorno {value}"
    assert Text("{told}!", "{told}!").filled(told=once).it == f"buongiorno {value}!"


def test_texts_are_joined_in_each_language():
    """Joining keeps the languages apart; what is the same in both stays so."""
    assert joined(", ", [Text("uno", "one"), same("2")]) == Text("uno, 2", "one, 2")
