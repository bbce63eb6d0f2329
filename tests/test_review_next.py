"""Records verified again, stalest first: with questions in a terminal, and without; each undone."""

import datetime as dt
import json

import pytest

from bencomune_cli.entities import Group, Lab, Organisation
from bencomune_cli.registry import Registry
from days import day
from terminal import BACK, CLEAR, ENTER, STOP
from terminal import bencomune as typed


@pytest.fixture
def stale(registry, path):
    """Return the path of a registry whose records were verified at different times, or never."""
    living = {"state": "active", "activities": "reading_books"}
    with registry.operation("init"):
        registry.change(registry.network(), {"verify_every": "12"})
        registry.add(Lab, {"name": "Esempio mai", **living})
        old = {"verified_on": "2019", "verified_how": "in_person", "phone": "0382 000000"}
        registry.add(Lab, {"name": "Esempio antico", **living, **old})
        registry.add(Organisation, {"name": "Ente vecchio", **living, "verified_on": "2020-05-01"})
        here = {"area_served": "comune-esempio", "verified_on": day()}
        registry.add(Group, {"name": "Gruppo recente", **living, **here})
        aside = {"activities": "reading_books"}
        registry.add(Lab, {"name": "Esempio chiuso", **aside, "state": "closed"})
        registry.add(Lab, {"name": "Esempio proposto", **aside, "state": "proposed"})
        hidden = {"hidden": "yes", "hidden_reason": "prova"}
        registry.add(Lab, {"name": "Esempio nascosto", **living, **hidden})
        registry.add(Lab, {"name": "Esempio tolto", **living})
        registry.set_removed(registry.finder.place("esempio-tolto"), removed=True)
    registry.close()
    return path


def lab(path, id_):
    """Return a record as the registry keeps it."""
    registry = Registry.open(path)
    found = registry.finder.any_place(id_)
    registry.close()
    return found


def commands(bencomune):
    """Return the commands in the log, newest first."""
    return [each["command"] for each in json.loads(bencomune("log", "--json").stdout)]


@pytest.mark.usefixtures("stale")
def test_the_list_without_a_terminal(bencomune):
    """Without a terminal living records are listed: never verified first, then the oldest."""
    told = bencomune("review", "next", "--json")
    rows = [(each["id"], each["verified_on"], each["due"]) for each in json.loads(told.stdout)]
    assert rows == [
        ("esempio-mai", None, True),
        ("esempio-antico", "2019", True),
        ("ente-vecchio", "2020-05-01", True),
        ("gruppo-recente", day(), False),
    ]
    lines = bencomune("review", "next", "--as", "lab", "--limit", "2").stdout.splitlines()
    assert [line.split("\t")[1:4] for line in lines] == [
        ["esempio-mai", "Esempio mai", "mai"],
        ["esempio-antico", "Esempio antico", "2019"],
    ]


@pytest.mark.usefixtures("stale")
def test_how_overdue(bencomune):
    """Months count from the last day that a partial date may mean, less those granted."""
    told = {each["id"]: each for each in json.loads(bencomune("review", "next", "--json").stdout)}
    now = dt.date.fromisoformat(day())
    since = (now.year - 2019) * 12 + now.month - 12 - (now.day < 31)
    assert told["esempio-antico"]["months_since"] == since
    assert told["esempio-antico"]["months_overdue"] == since - 12
    assert told["gruppo-recente"]["months_overdue"] == 0
    assert told["esempio-mai"]["months_overdue"] is None


def test_a_network_that_does_not_say_how_often(registry, bencomune):
    """Without «verify every» the order stays, and nothing is due."""
    with registry.operation("init"):
        registry.add(Lab, {"name": "Esempio mai", "state": "active"})
    registry.close()
    (only,) = json.loads(bencomune("review", "next", "--json").stdout)
    assert (only["id"], only["due"], only["months_overdue"]) == ("esempio-mai", False, None)


def test_confirm_without_questions(stale, bencomune):
    """Several records are confirmed by one operation, with day, way and source; one undo is all."""
    words = ("esempio-mai", "esempio-antico", "--how", "phone", "--on", "20/11/2021")
    done = bencomune("review", "confirm", *words, "--source", "prot. 123/2021")
    assert (done.returncode, done.stderr) == (0, "record confermati: 2\n")
    for id_ in ("esempio-mai", "esempio-antico"):
        kept = lab(stale, id_)
        told = (kept.verified_on, kept.verified_how, kept.source)
        assert told == ("2021-11-20", "phone_call", ("prot. 123/2021",))
    assert commands(bencomune)[0] == "review confirm"
    assert bencomune("undo").returncode == 0
    assert lab(stale, "esempio-antico").verified_on == "2019"
    assert lab(stale, "esempio-mai").verified_on is None


def test_confirm_does_not_keep_the_earlier_way(stale, bencomune):
    """Confirmed without saying how, a record does not tell the way of an earlier verification."""
    assert bencomune("review", "confirm", "esempio-antico").returncode == 0
    kept = lab(stale, "esempio-antico")
    assert (kept.verified_on, kept.verified_how) == (day(), None)


def test_close_without_questions(stale, bencomune):
    """A record is closed since a date of which only the year may be known; one undo opens it."""
    done = bencomune("review", "close", "esempio-antico", "--on", "2021", "--source", "lettera")
    assert (done.returncode, done.stderr) == (0, "chiuso: esempio-antico\n")
    kept = lab(stale, "esempio-antico")
    assert (kept.state, kept.ended_on, kept.source) == ("closed", "2021", ("lettera",))
    assert kept.verified_on == "2019"
    assert bencomune("undo").returncode == 0
    assert lab(stale, "esempio-antico").state == "active"
    assert "è chiuso ma senza data di fine" in bencomune("review", "close", "esempio-mai").stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("confirm", "esempio-mai", "--on", "{tomorrow}"), "--on: «{tomorrow}» è nel futuro"),
        (("confirm", "esempio-mai", "--on", "ieri"), "--on: serve una data"),
        (("confirm", "esempio-mai", "--how", "sogno"), "--how «sogno»: non è tra le voci ammesse"),
        (("confirm", "esempio-mai", "esempio-proposto"), "esempio-proposto è una proposta"),
        (("close", "esempio-proposto"), "esempio-proposto è una proposta"),
        (("close", "esempio-tolto"), "esempio-tolto è rimosso dal registro"),
        (("close", "esempio-mai", "--on", "{tomorrow}"), "è nel futuro"),
        (("confirm", "esempio-mai", "--source", "a\x07b"), "fonte «a\\u{7}b»: contiene caratteri"),
        (("next", "--as", "casa"), "--as «casa»: indicare uno di lab, group, organisation"),
        (("next", "--limit", "0"), "serve un numero intero"),
    ],
)
def test_what_is_refused(stale, bencomune, words, expected):
    """What cannot be is a sentence with exit code 2, and nothing is written."""
    before = stale.read_bytes()
    done = bencomune("review", *(word.format(tomorrow=day(1)) for word in words))
    assert done.returncode == 2
    assert expected.replace("{tomorrow}", day(1)) in done.stderr
    assert stale.read_bytes() == before


def test_the_walk_in_italian(stale, bencomune):
    """One by one: confirmed, changed with what the rules say, closed; each one operation."""
    walk = typed(stale, "review", "next")
    walk.sees("1/4").sees("mai verificato").answers("Che cosa fare:", "confermato")
    walk.answers("Come è stato verificato:", "di persona")
    walk.sees("verificato: esempio-mai").sees("bencomune undo")
    walk.sees("2/4").sees("anni fa").answers("Che cosa fare:", "da cambiare")
    walk.answers("Quale dato:", "E-mail").answers("E-mail:", "non è")
    walk.sees("indirizzo").types(CLEAR + "info@example.org" + ENTER)
    walk.asked("Cambiare altro?").types(ENTER)
    walk.answers("Come è stato verificato:", "telefonata").sees("verificato: esempio-antico")
    walk.sees("3/4").answers("Che cosa fare:", "chiuso").answers("Attivo fino al:", day(1))
    walk.sees("è nel futuro").types(CLEAR + "2021" + ENTER).sees("chiuso: ente-vecchio")
    walk.sees("4/4").answers("Che cosa fare:", "smettere").ends(0)
    kept = lab(stale, "esempio-mai")
    assert (kept.verified_on, kept.verified_how) == (day(), "in_person")
    kept = lab(stale, "esempio-antico")
    told = (kept.email, kept.verified_on, kept.verified_how)
    assert told == ("info@example.org", day(), "phone_call")
    kept = lab(stale, "ente-vecchio")
    assert (kept.state, kept.ended_on) == ("closed", "2021")
    assert commands(bencomune)[:3] == ["review close", "review confirm", "review confirm"]


def test_the_walk_in_english(stale):
    """One by one: skipped, back to the one before, back out of a question; nothing is written."""
    before = stale.read_bytes()
    walk = typed(stale, "review", "next", BENCOMUNE_LANG="en")
    walk.sees("1/4").sees("never verified").answers("What to do:", "skip")
    walk.sees("2/4").settles().types(BACK).sees("1/4").settles()
    walk.answers("What to do:", "confirmed").asked("How it was verified").types(BACK)
    walk.settles().answers("What to do:", "stop").ends(0)
    assert stale.read_bytes() == before


def test_ctrl_c_leaves_all_as_it_was(stale):
    """Ctrl-C in the middle of a change writes nothing."""
    before = stale.read_bytes()
    walk = typed(stale, "review", "next")
    walk.answers("Che cosa fare:", "da cambiare").answers("Quale dato:", "Telefono")
    walk.asked("Telefono:").types(STOP).ends(130)
    assert stale.read_bytes() == before


def test_changed_by_another_meanwhile(stale, bencomune):
    """What somebody else changed since it was shown is not verified unseen, but shown again."""
    walk = typed(stale, "review", "next")
    walk.answers("Che cosa fare:", "confermato").asked("Come è stato verificato")
    assert bencomune("edit", "esempio-mai", "summary=Nuovo").returncode == 0
    walk.types("di persona" + ENTER).sees("intanto qualcun altro ha modificato esempio-mai")
    assert lab(stale, "esempio-mai").verified_on is None
    walk.settles().answers("Che cosa fare:", "smettere").ends(0)


def test_nothing_to_verify(registry, bencomune):
    """A registry without records says so, and it is no fault."""
    registry.close()
    done = bencomune("review", "next")
    assert (done.returncode, done.stderr) == (0, "nessun record da verificare\n")
