"""What the network decides on verification is what exports and checks say of every record."""

import csv
import datetime as dt
import json
import sqlite3
from contextlib import closing

import pytest

from bencomune_cli.describe import json_schema
from bencomune_cli.entities import Lab, Network, Place
from bencomune_cli.kinds.times import months_ago, months_before, months_between, today
from bencomune_cli.layers import LAYERS
from bencomune_cli.store import Store


def ago(months, days=0):
    """Return the day some months and days before today, the last of its month at most."""
    today = dt.datetime.now().astimezone().date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 0, -1):
        try:
            return (dt.date(year, month + 1, day) - dt.timedelta(days)).isoformat()
        except ValueError:
            continue
    raise AssertionError


def shown(bencomune, layer="labs"):
    """Return the freshness of each record in a real CSV export."""
    run = bencomune("export", layer, "--format", "csv", "--to", "-")
    assert run.returncode == 0, run.stderr
    return {row["id"]: row["freshness"] for row in csv.DictReader(run.stdout.splitlines())}


def warned(bencomune, code):
    """Return the ids of the records on which a check finds a rule broken."""
    told = json.loads(bencomune("check", "--json").stdout)
    return {finding["record"] for finding in told if finding["code"] == code}


@pytest.fixture
def labs(registry):
    """Keep labs that were verified now, some months ago, long ago, never, and one that closed."""
    dates = {"ora": ago(0), "un-anno": ago(13), "tre-anni": ago(36), "mai": "", "chiuso": ago(36)}
    with registry.operation("prova"):
        for id_, date in dates.items():
            state = "closed" if id_ == "chiuso" else "active"
            told = {"name": f"Spazio Esempio {id_}", "state": state, "verified_on": date}
            registry.add(Lab, {key: text for key, text in told.items() if text}, id_)
    registry.close()


@pytest.mark.usefixtures("labs")
def test_a_policy_changes_what_is_published(bencomune):
    """Without a policy nothing is said; with one each record is fresh, due, or not verified."""
    assert set(shown(bencomune).values()) == {""}
    assert bencomune("network", "set", "--verify-every", 12).returncode == 0
    due = {"ora": "verified", "un-anno": "overdue", "tre-anni": "overdue", "mai": "overdue"}
    assert shown(bencomune) == due | {"chiuso": ""}
    assert bencomune("network", "set", "--unverified-after", 24).returncode == 0
    late = due | {"tre-anni": "unverified", "mai": "unverified", "chiuso": ""}
    assert shown(bencomune) == shown(bencomune, "network") == late
    assert bencomune("network", "set", "--verify-every", 48).returncode == 0
    fresh = dict.fromkeys(("ora", "un-anno", "tre-anni"), "verified")
    assert shown(bencomune) == fresh | {"mai": "unverified", "chiuso": ""}


@pytest.mark.usefixtures("labs")
def test_a_check_warns_of_just_what_is_published_as_due(bencomune):
    """The rules and the published column follow from one policy."""
    assert not warned(bencomune, "L15") | warned(bencomune, "L16")
    bencomune("network", "set", "--verify-every", 12)
    assert warned(bencomune, "L15") == {"un-anno", "tre-anni"}
    assert warned(bencomune, "L16") == {"mai"}
    bencomune("network", "set", "--verify-every", 24)
    assert warned(bencomune, "L15") == {"tre-anni"}


@pytest.mark.parametrize("months", [1, 6, 12, 13, 24])
def test_the_last_day_of_a_term_is_still_in_it(bencomune, registry, months):
    """A day just so many months ago is fresh, the day before is due, in file and check alike."""
    with registry.operation("prova"):
        for id_, date in (("entro", ago(months)), ("oltre", ago(months, days=1))):
            told = {"name": f"Spazio Esempio {id_}", "state": "active", "verified_on": date}
            registry.add(Lab, told, id_)
        registry.change(registry.network(), {"verify_every": str(months)})
    registry.close()
    today = dt.datetime.now().astimezone().date()
    # Of 31 March, a month ago is no day: 28 February lies before it, and is due.
    within = "verified" if ago(months)[8:] == f"{today.day:02}" else "overdue"
    assert shown(bencomune) == {"entro": within, "oltre": "overdue"}
    assert warned(bencomune, "L15") == {"oltre"} | ({"entro"} if within == "overdue" else set())


@pytest.mark.parametrize("months", [0, 1, 5, 11, 12, 13, 25, 120])
def test_rules_views_and_lists_count_months_alike(months):
    """A check, a published file and the list of what is due mean the same by so many months."""
    with closing(sqlite3.connect(":memory:")) as connection:
        day, there = connection.execute(
            f"SELECT ?, {months_ago('?')}", (today(), months)
        ).fetchone()
    assert there == months_before(day, months)
    assert months_between(there, day) == months
    assert months_between(f"{there[:8]}{int(there[8:]) + 1:02}", day) == max(months - 1, 0)


def test_a_date_that_is_not_known_to_the_day_counts_from_its_end(bencomune, registry):
    """A year or a month holds until its last day is too long ago."""
    today = dt.datetime.now().astimezone().date()
    dates = {"anno": str(today.year - 1), "vecchio": str(today.year - 2), "mese": ago(12)[:7]}
    with registry.operation("prova"):
        for id_, date in dates.items():
            told = {"name": f"Spazio Esempio {id_}", "state": "paused", "verified_on": date}
            registry.add(Lab, told, id_)
        registry.change(registry.network(), {"verify_every": "12"})
    registry.close()
    told = {"anno": "verified", "vecchio": "overdue", "mese": "verified"}
    assert shown(bencomune) == told
    assert warned(bencomune, "L15") == {"vecchio"}


def test_a_new_registry_verifies_every_year(bencomune, path):
    """`init` says twelve months, which `network set` changes, and leaves the second term open."""
    assert bencomune("init", "--name", "Rete Esempio").returncode == 0
    told = json.loads(bencomune("network", "show", "--json").stdout)
    assert (told["verify_every"], told.get("unverified_after")) == (12, None)
    assert path.exists()


@pytest.mark.parametrize("text", ["0", "-1", "1201", "dodici", "1,5"])
def test_months_that_make_no_sense_are_refused(bencomune, registry, text):
    """A term is a whole number of months, of a hundred years at most, and the refusal says so."""
    registry.close()
    run = bencomune("network", "set", "--verify-every", text)
    assert run.returncode == 1
    assert "da 1 a 1200" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_policy_itself_is_for_the_staff(bencomune, registry):
    """The terms stay in the office; what goes out is the word, in a closed list."""
    assert not {"verify_every", "unverified_after"} & {c.name for c in Network.published()}
    registry.close()
    for layer in ("labs", "groups", "organisations", "network"):
        told = json_schema(LAYERS[layer])["properties"]["freshness"]
        assert told["enum"] == ["verified", "overdue", "unverified", None]
    assert "verify_every" not in bencomune("export", "--format", "geojson").stdout


def test_a_registry_of_before_is_read_as_without_a_policy(bencomune, monkeypatch, path):
    """A file that lacks the columns is explained, checked and exported, and no rule fires."""
    with monkeypatch.context() as older:
        policy = {"verify_every", "unverified_after"}
        columns = tuple(column for column in Network.columns if column.name not in policy)
        older.setattr(Network, "columns", columns)
        derived = tuple(column for column in Place.derived if column.name != "freshness")
        older.setattr(Place, "derived", derived)
        Store.create(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        assert not policy & {row[1] for row in other.execute("PRAGMA table_info(network)")}
        other.execute("INSERT INTO network (id, name) VALUES ('network', 'Rete Esempio')")
        lab = "INSERT INTO labs (id, name, state, verified_on) VALUES (?, 'Spazio Esempio', ?, ?)"
        other.execute(lab, ("tre-anni", "active", ago(36)))
    why = bencomune("why", "tre-anni", "freshness")
    assert why.returncode == 0, why.stderr
    assert not warned(bencomune, "L15")
    assert shown(bencomune) == {"tre-anni": ""}
    assert bencomune("network", "set", "--verify-every", 12).returncode == 0
    assert shown(bencomune) == {"tre-anni": "overdue"}
    assert warned(bencomune, "L15") == {"tre-anni"}
