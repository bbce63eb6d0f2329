"""Contacts from the command line: changed, taken away, withdrawn, and never another person's."""

import json

import pytest

from bencomune_cli.entities import Contact, Lab, Organisation, Relation
from days import day

FIRST, SECOND = "spazio-esempio-coordinator", "spazio-esempio-coordinator-2"


@pytest.fixture
def people(registry):
    """A registry with a lab, two persons of it, and an organisation that is related to it."""
    with registry.operation("add"):
        registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
        registry.add(Organisation, {"name": "Ente Esempio"})
        for name in ("Prima Persona", "Seconda Persona"):
            told = {"record": "spazio-esempio", "role": "coordinator", "person_name": name}
            registry.add(Contact, told)
        registry.add(
            Relation, {"subject": "ente-esempio", "role": "manages", "object": "spazio-esempio"}
        )
    registry.close()


@pytest.fixture
def contacts(people, bencomune):
    """Return a function that gives the contacts by id."""
    del people

    def now():
        told = json.loads(bencomune("contact", "list", "--json").stdout)
        return {each["id"]: each for each in told}

    return now


@pytest.mark.parametrize("verb", ["remove", "withdraw"])
def test_a_command_repeated_hits_no_other_person(contacts, bencomune, verb):
    """`contact remove` and `withdraw` once more refuse with a sentence; nobody else is touched."""
    assert bencomune("contact", verb, FIRST).returncode == 0
    before = contacts()
    done = bencomune("contact", verb, FIRST)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"«{FIRST}» è stato rimosso" in done.stderr or "è già revocato, dal" in done.stderr
    assert contacts() == before
    assert SECOND in before
    assert before[SECOND].get("withdrawn_on") is None


@pytest.mark.parametrize("verb", ["remove", "withdraw", "edit"])
def test_what_was_removed_is_no_beginning(contacts, bencomune, verb):
    """The id of a contact that is gone finds no other that begins like it."""
    bencomune("contact", "remove", FIRST)
    before = contacts()
    more = ("--phone", "0382 000000") if verb == "edit" else ()
    assert bencomune("contact", verb, FIRST, *more).returncode == 2
    assert contacts() == before


@pytest.mark.parametrize(
    "command",
    [
        ("contact", "remove", "spazio-esempio-coordinator-"),
        ("contact", "withdraw", "spazio-esempio-coordinator-"),
    ],
)
def test_what_is_taken_away_is_named_whole(contacts, bencomune, command):
    """Only a whole id takes a contact away; the refusal tells which may be meant."""
    before = contacts()
    done = bencomune(*command)
    assert (done.returncode, contacts()) == (2, before)
    assert "serve l'identificativo intero; forse " in done.stderr
    assert bencomune("unlink", "ente-esempio", "manages", "spazio-esempio").returncode == 0


def test_an_edit_is_one_operation(contacts, bencomune):
    """`contact edit` writes the columns that are given, as one operation that can be undone."""
    before = contacts()
    given = ("--basis", "consent", "--evidence", "prot. 1/2026", "--given-on", "2026-01-02")
    assert bencomune("contact", "edit", FIRST, *given, "--why", "modulo").returncode == 0
    now = contacts()[FIRST]
    assert (now["basis"], now["evidence"], now["given_on"]) == (
        "consent",
        "prot. 1/2026",
        "2026-01-02",
    )
    assert contacts()[SECOND] == before[SECOND]
    (last, *_) = json.loads(bencomune("log", "--json").stdout)
    assert (last["command"], last["why"], last["records"]) == ("contact edit", "modulo", [FIRST])
    bencomune("undo")
    assert contacts()[FIRST].get("evidence") is None


def test_an_edit_without_a_change_or_against_a_rule_is_refused(contacts, bencomune):
    """`contact edit` refuses to do nothing, and what a rule forbids, whole."""
    before = contacts()
    nothing, wrong = (
        bencomune("contact", "edit", FIRST),
        bencomune("contact", "edit", FIRST, "--email", "x"),
    )
    assert (nothing.returncode, wrong.returncode) == (2, 1)
    assert "C01" in wrong.stderr
    assert contacts() == before


def test_a_withdrawal_is_no_promise(contacts, bencomune):
    """A day that is still to come is refused: until then the person would stay published."""
    before, tomorrow = contacts(), day(1)
    done = bencomune("contact", "withdraw", FIRST, "--on", tomorrow)
    assert (done.returncode, contacts()) == (2, before)
    assert "deve ancora venire" in done.stderr
    assert bencomune("contact", "withdraw", FIRST, "--on", "32 gennaio").returncode == 2
    assert bencomune("contact", "withdraw", FIRST, "--on", day()).returncode == 0
    assert contacts()[FIRST]["withdrawn_on"] == day()


def test_a_withdrawal_of_a_past_day_says_since_when(contacts, bencomune):
    """What is withdrawn already stays so since its day."""
    bencomune("contact", "withdraw", FIRST, "--on", "2026-01-02")
    done = bencomune("contact", "withdraw", FIRST)
    assert (done.returncode, contacts()[FIRST]["withdrawn_on"]) == (2, "2026-01-02")
    assert "è già revocato, dal 2 gennaio 2026" in done.stderr


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        (FIRST, "bencomune contact list spazio-esempio"),
        ("ente-esempio-manages-spazio-esempio", "bencomune show ente-esempio"),
        ("comune-esempio", "bencomune area list"),
        ("Comune Esempio", "bencomune area list"),
        ("network", "bencomune network show"),
    ],
)
@pytest.mark.parametrize("verb", [("show",), ("edit",), ("lab", "show")])
def test_what_is_no_place_is_told_as_what_it_is(contacts, bencomune, verb, text, shows):
    """`show` and `edit` of a contact, a relation, an area or the network name what shows that."""
    del contacts
    done = bencomune(*verb, text)
    assert done.returncode == 2
    assert f"«{shows}»" in done.stderr
    assert bencomune(*shows.split()[1:]).returncode == 0


def test_a_place_that_is_gone_is_told_so(contacts, bencomune):
    """The id of a record whose adding was undone finds no other that begins like it."""
    del contacts
    bencomune("lab", "add", "--name", "Casa")
    bencomune("undo")
    bencomune("lab", "add", "--name", "Casa Nuova")
    for command in (("show", "casa"), ("edit", "casa", "seats=3"), ("group", "show", "casa")):
        done = bencomune(*command)
        assert (done.returncode, "«casa» è stato rimosso" in done.stderr) == (2, True), done.stderr
