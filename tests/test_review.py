"""Proposals: listed, accepted, merged, rejected, with questions and without; each one operation."""

import json

import pytest

from bencomune_cli.entities import PLACES, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.registry import Registry
from terminal import ENTER, STOP
from terminal import bencomune as typed


@pytest.fixture
def waiting(registry, path):
    """Return the path of a registry with a lab, and two proposals, of which one is the same lab."""
    with registry.operation("init"):
        old = {"name": "Spazio Esempio", "state": "active", "phone": "0382 000000"}
        registry.add(Lab, {**old, "activities": "reading_books", "alt_names": "SE"})
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active"})
    with registry.operation("import"):
        new = {"name": "Spazio Esempi", "phone": "0382 111111", "email": "spazio@example.org"}
        registry.add(Lab, {**new, "activities": "homework_support", "street": "via Esempio"})
        registry.add(Group, {"name": "Gruppo Esempio", "area_served": "comune-esempio"})
        ends = {"subject": "ente-esempio", "object": "spazio-esempi"}
        registry.add(Relation, {**ends, "role": "coordinates"})
        registry.add(Contact, {"record": "spazio-esempi", "role": "press", "phone": "0382 222222"})
    registry.close()
    return path


def told(path):
    """Return all that a registry keeps of places, relations and contacts, but for the automatic."""
    registry = Registry.open(path)
    automatic = ("version", "created_at", "updated_at")
    found = {
        (entity.table, each.id): {n: v for n, v in each.to_row().items() if n not in automatic}
        for entity in (*PLACES, Relation, Contact)
        for each in registry.store.select(entity)
    }
    registry.close()
    return found


@pytest.mark.usefixtures("waiting")
def test_the_list_without_a_terminal(bencomune):
    """Without a terminal proposals are listed, of one kind where it is told, also as JSON."""
    listed = bencomune("review", "proposals")
    assert [line.split("\t")[1] for line in listed.stdout.splitlines()] == [
        "gruppo-esempio",
        "spazio-esempi",
    ]
    labs = bencomune("review", "proposals", "--as", "lab", "--json")
    assert [each["id"] for each in json.loads(labs.stdout)] == ["spazio-esempi"]


def test_none_waiting(registry, bencomune):
    """No proposal is a sentence, and no fault."""
    registry.close()
    done = bencomune("review", "proposals")
    assert (done.returncode, done.stderr) == (0, "nessuna proposta in attesa\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("accept", "spazio-esempio"),
            "spazio-esempio non è una proposta: il suo stato è «Attivo»",
        ),
        (("accept", "spazio-esempi", "--state", "proposto"), "accettare vuol dire dare uno stato"),
        (("reject", "spazio-esempi"), "manca: --why"),
        (
            ("merge", "spazio-esempi", "spazio-esempi"),
            "spazio-esempi non si unisce a spazio-esempi",
        ),
        (("merge", "spazio-esempi", "spazio-esempio", "--take", "name"), "differiscono in: phone"),
        (("accept", "gruppo-esempio", "spazio-esempio"), "non è una proposta"),
        (("proposals", "--as", "casa"), "--as «casa»: indicare uno di lab, group, organisation"),
    ],
)
def test_what_is_refused(waiting, bencomune, words, expected):
    """What cannot be decided is a sentence with exit code 2, and nothing is written."""
    before = told(waiting)
    done = bencomune("review", *words)
    assert done.returncode == 2
    assert expected in done.stderr
    assert told(waiting) == before


@pytest.mark.parametrize(
    "words",
    [
        ("accept", "spazio-esempi", "gruppo-esempio", "--why", "visti"),
        ("reject", "spazio-esempi", "gruppo-esempio", "--why", "non ci sono"),
        ("merge", "spazio-esempi", "spazio-esempio", "--take", "phone", "--why", "lo stesso"),
    ],
)
def test_a_decision_is_one_operation(waiting, bencomune, words):
    """Each decision is one operation with its reason, and one undo takes all of it back."""
    before = told(waiting)
    assert bencomune("review", *words).returncode == 0
    assert told(waiting) != before
    (last, *_) = json.loads(bencomune("log", "--json").stdout)
    assert (last["command"], last["why"]) == (f"review {words[0]}", words[-1])
    assert bencomune("undo").returncode == 0
    assert told(waiting) == before


def test_what_a_merge_does(waiting, bencomune):
    """What is empty is filled, lists are united, the rest stays but for what is taken."""
    assert bencomune("review", "merge", "spazio-esempi", "spazio-esempio").returncode == 0
    kept = told(waiting)
    lab, proposal = kept["labs", "spazio-esempio"], kept["labs", "spazio-esempi"]
    assert lab["phone"] == "+390382000000"
    assert (lab["email"], lab["street"]) == ("spazio@example.org", "via Esempio")
    assert lab["activities"] == "reading_books, homework_support"
    assert (lab["name"], lab["alt_names"]) == ("Spazio Esempio", "SE | Spazio Esempi")
    assert proposal["removed"] == 1
    ends = {
        (each["subject"], each["role"], each["object"])
        for (table, _id), each in kept.items()
        if table == "relations"
    }
    assert ends == {
        ("ente-esempio", "coordinates", "spazio-esempio"),
        ("spazio-esempi", "merged_into", "spazio-esempio"),
    }
    contacts = [each["record"] for (table, _id), each in kept.items() if table == "contacts"]
    assert contacts == ["spazio-esempio"]


def test_the_walk_in_italian(waiting):
    """One by one: the group is accepted, the lab merged into the one that it may be."""
    walk = typed(waiting, "review", "proposals")
    walk.sees("1/2").answers("Che cosa fare:", "accettare").sees("accettata: gruppo-esempio")
    walk.sees("2/2").sees("Forse c'è già").sees("nome simile")
    walk.answers("Che cosa fare:", "unire")
    walk.answers("Unire a quale record:", "spazio-esempio")
    walk.sees("Telefono: c'è «+390382000000»").types("s" + ENTER)
    walk.sees("spazio-esempi è confluito in spazio-esempio").ends(0)
    kept = told(waiting)
    assert kept["groups", "gruppo-esempio"]["state"] == "active"
    assert kept["labs", "spazio-esempio"]["phone"] == "+390382111111"


def test_the_walk_in_english(waiting):
    """One by one: one is skipped, one rejected with a reason that cannot be empty."""
    walk = typed(waiting, "review", "proposals", BENCOMUNE_LANG="en")
    walk.answers("What to do:", "skip")
    walk.answers("What to do:", "reject")
    walk.answers("Why:", "").sees("a reason is needed")
    walk.types("not there" + ENTER).sees("rejected: spazio-esempi").ends(0)
    kept = told(waiting)
    assert kept["labs", "spazio-esempi"]["removed"] == 1
    assert kept["groups", "gruppo-esempio"]["state"] == "proposed"


def test_ctrl_c_leaves_all_as_it_was(waiting):
    """Ctrl-C in the middle of a merge writes nothing."""
    before = told(waiting)
    walk = typed(waiting, "review", "proposals")
    walk.answers("Che cosa fare:", "passare")
    walk.answers("Che cosa fare:", "unire").asked("Unire a quale record:")
    walk.types(STOP).ends(130)
    assert told(waiting) == before


def test_changed_by_another_meanwhile(waiting, bencomune):
    """A proposal that somebody changed since it was shown is shown again, and not written over."""
    walk = typed(waiting, "review", "proposals")
    walk.asked("Che cosa fare:")
    assert bencomune("edit", "gruppo-esempio", "summary=Nuovo").returncode == 0
    walk.types("accettare" + ENTER).sees("intanto qualcun altro ha modificato gruppo-esempio")
    walk.settles().answers("Che cosa fare:", "accettare").sees("accettata: gruppo-esempio")
    walk.answers("Che cosa fare:", "smettere").ends(0)
    assert told(waiting)["groups", "gruppo-esempio"]["summary"] == "Nuovo"
