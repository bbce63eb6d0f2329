"""Two records that are one: shown, asked about, made one in one operation, known by both ids."""

import json
import sqlite3
from contextlib import closing

import pytest

from bencomune_cli.entities import PLACES, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.registry import Registry
from terminal import BACK, ENTER, STOP
from terminal import bencomune as typed

OLD = {"name": "Spazio Esempio", "state": "active", "phone": "0382 000000"}
NEW = {"name": "Spazio Nuovo", "state": "paused", "phone": "0382 111111", "alt_names": "SN"}
PAIR = ("spazio-nuovo", "spazio-esempio")


@pytest.fixture
def two(registry, path):
    """Return the path of a registry with two labs, and all that may refer to one of them."""
    with registry.operation("init"):
        registry.add(Lab, {**OLD, "activities": "reading_books", "source": "albo A"})
        more = {"activities": "homework_support, reading_books", "source": "albo B"}
        registry.add(Lab, {**NEW, **more, "email": "spazio@example.org"})
        registry.add(Group, {"name": "Gruppo Esempio", "meets_at": "spazio-nuovo"})
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active"})
        for role, ends in (
            ("coordinates", ("ente-esempio", "spazio-nuovo")),
            ("manages", ("ente-esempio", "spazio-nuovo")),
            ("manages", ("ente-esempio", "spazio-esempio")),
            ("partner_of", ("spazio-nuovo", "spazio-esempio")),
        ):
            registry.add(Relation, {"subject": ends[0], "role": role, "object": ends[1]})
        registry.add(Contact, {"record": "spazio-nuovo", "role": "press", "phone": "0382 222222"})
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


def ends(kept):
    """Return the relations that are kept, as subject, role, object."""
    rows = [each for (table, _), each in kept.items() if table == "relations"]
    return sorted((each["subject"], each["role"], each["object"]) for each in rows)


def test_all_of_it_is_one_record(two, bencomune):
    """Lists are united, gaps filled, whatever refers to the one refers to the other."""
    done = bencomune("merge", *PAIR, "--yes", "--why", "lo stesso")
    assert (done.returncode, done.stderr) == (0, "spazio-nuovo è confluito in spazio-esempio\n")
    kept = told(two)
    lab = kept["labs", "spazio-esempio"]
    assert (lab["name"], lab["state"], lab["phone"]) == (OLD["name"], "active", "+390382000000")
    assert (lab["email"], lab["source"]) == ("spazio@example.org", "albo A | albo B")
    assert lab["activities"] == "reading_books, homework_support"
    assert lab["alt_names"] == "Spazio Nuovo | SN"
    assert kept["labs", "spazio-nuovo"]["removed"] == 1
    assert kept["groups", "gruppo-esempio"]["meets_at"] == "spazio-esempio"
    assert [e["record"] for (t, _), e in kept.items() if t == "contacts"] == ["spazio-esempio"]
    assert ends(kept) == [
        ("ente-esempio", "coordinates", "spazio-esempio"),
        ("ente-esempio", "manages", "spazio-esempio"),
        ("spazio-nuovo", "merged_into", "spazio-esempio"),
    ]
    assert "errore" not in bencomune("check").stdout


def test_it_is_one_operation(two, bencomune):
    """It has its reason in the log, both histories stay, and one undo parts the two again."""
    before = told(two)
    assert bencomune("merge", *PAIR, "--apply", "--why", "lo stesso").returncode == 0
    (last, *_) = json.loads(bencomune("log", "--json").stdout)
    assert (last["command"], last["why"]) == ("merge", "lo stesso")
    for id_ in PAIR:
        done = [each["command"] for each in json.loads(bencomune("log", id_, "--json").stdout)]
        assert done == ["merge", "init"]
    assert bencomune("undo").returncode == 0
    assert told(two) == before
    assert bencomune("redo").returncode == 0
    assert told(two)["labs", "spazio-nuovo"]["removed"] == 1


def test_what_the_first_one_wins(two, bencomune):
    """A column that is taken, the name too, is that of the first; the other name is kept."""
    words = ("--take", "phone", "--take", "name", "--take", "state", "--yes")
    assert bencomune("merge", *PAIR, *words).returncode == 0
    lab = told(two)["labs", "spazio-esempio"]
    assert (lab["name"], lab["phone"]) == ("Spazio Nuovo", "+390382111111")
    assert (lab["alt_names"], lab["state"]) == ("Spazio Esempio | SN", "paused")


def test_without_a_yes_it_is_only_shown(two, bencomune):
    """The two are shown side by side with what would stay, and nothing is written."""
    before = told(two)
    done = bencomune("merge", *PAIR)
    assert done.returncode == 2
    assert "Telefono\t+390382111111\t+390382000000\t+390382000000" in done.stdout
    assert "aggiungere --yes" in done.stderr
    shown = json.loads(bencomune("merge", *PAIR, "--json").stdout)
    assert (shown["written"], shown["merged"]["id"], shown["into"]["id"]) == (False, *PAIR)
    assert shown["differences"]["phone"] == {PAIR[0]: "+390382111111", PAIR[1]: "+390382000000"}
    assert told(two) == before
    written = json.loads(bencomune("merge", *PAIR, "--json", "--yes").stdout)
    assert (written["written"], written["changes"]) == (True, shown["changes"])


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("spazio-nuovo", "spazio-nuovo"), "spazio-nuovo non si unisce a spazio-nuovo"),
        (("gruppo-esempio", "spazio-esempio"), "sono di tipi diversi e non si uniscono"),
        (("gruppo-esempio", "spazio-esempio"), "bencomune link gruppo-esempio became"),
        ((*PAIR, "--take", "email"), "i due record differiscono in: name, state, phone"),
        (("mai-esistito", "spazio-esempio"), "non c'è nel registro"),
    ],
)
def test_what_cannot_be_one_is_refused(two, bencomune, words, expected):
    """One record, two kinds, a column that does not differ: a sentence, and nothing is written."""
    before = told(two)
    done = bencomune("merge", *words, "--yes")
    assert (done.returncode, expected in done.stderr) == (2, True), done.stderr
    assert told(two) == before


def test_the_old_id_leads_to_the_new_one(two, bencomune):
    """What reads goes on with the record that stayed, and says so; what writes names it."""
    assert bencomune("merge", *PAIR, "--yes").returncode == 0
    notice = "spazio-nuovo è confluito in spazio-esempio"
    for words in (("show",), ("lab", "show"), ("why",), ("contact", "list")):
        done = bencomune(*words, "spazio-nuovo", *(["--json"] if words != ("why",) else []))
        assert (done.returncode, done.stderr) == (0, f"{notice}\n")
        assert "spazio-esempio" in done.stdout or "Spazio Esempio" in done.stdout
    assert bencomune("log", "spazio-nuovo").stderr == f"{notice}\n"
    before = told(two)
    for words in (
        ("edit", "spazio-nuovo", "phone=0382 333333"),
        ("lab", "remove", "spazio-nuovo"),
        ("link", "ente-esempio", "supports", "spazio-nuovo"),
        ("contact", "add", "spazio-nuovo", "--role", "press", "--phone", "0382 444444"),
        ("merge", "spazio-nuovo", "spazio-esempio", "--yes"),
    ):
        done = bencomune(*words)
        assert (done.returncode, f"{notice}: scrivere spazio-esempio" in done.stderr) == (2, True)
    assert told(two) == before


def test_a_chain_of_merges_is_followed(two, bencomune):
    """The id of what was merged twice leads to the last one; a circle ends."""
    bencomune("lab", "add", "--name", "Terzo", "--state", "active")
    assert bencomune("merge", *PAIR, "--yes").returncode == 0
    assert bencomune("merge", "spazio-esempio", "terzo", "--yes").returncode == 0
    done = bencomune("show", "spazio-nuovo", "--json")
    assert json.loads(done.stdout)["id"] == "terzo"
    with closing(sqlite3.connect(two, isolation_level=None)) as other:
        other.execute("UPDATE labs SET removed = 1 WHERE id = 'terzo'")
        columns = "INSERT INTO relations (id, subject, role, object, public)"
        other.execute(f"{columns} VALUES ('giro', 'terzo', 'merged_into', 'spazio-esempio', 1)")
    for id_ in ("terzo", "spazio-esempio", "spazio-nuovo"):
        assert bencomune("show", id_).returncode == 0


def test_a_name_of_both_is_not_ambiguous(registry, path, bencomune):
    """After a merge of two of one name, the name means the one that stayed; it is told once."""
    with registry.operation("init"):
        for _ in range(2):
            registry.add(Lab, {"name": "Spazio Esempio"})
    registry.close()
    assert bencomune("show", "Spazio Esempio").returncode == 2
    assert bencomune("merge", "spazio-esempio-2", "spazio-esempio", "--yes").returncode == 0
    done = bencomune("show", "Spazio Esempio", "--json")
    assert json.loads(done.stdout)["id"] == "spazio-esempio"
    assert done.stderr == ""
    assert "alt_names" not in told(path)["labs", "spazio-esempio"]


# What is kept from the public stays so


def test_a_hidden_record_does_not_come_out(registry, path, bencomune):
    """A hidden record and one that is not are not merged before somebody decides."""
    with registry.operation("init"):
        hidden = {"hidden": "yes", "hidden_reason": "casa protetta", "phone": "0382 111111"}
        registry.add(Lab, {"name": "Spazio Nuovo", **hidden})
        registry.add(Lab, {"name": "Spazio Esempio"})
    registry.close()
    before = told(path)
    for pair in (PAIR, PAIR[::-1]):
        done = bencomune("merge", *pair, "--yes")
        assert (done.returncode, "spazio-nuovo è nascosto" in done.stderr) == (2, True)
    assert told(path) == before


MASKED = {"street": "via Segreta", "lat": "45.2", "lon": "9.2", "precision": "masked"}


@pytest.mark.parametrize("taken", [False, True])
def test_a_masked_address_does_not_come_out(registry, path, bencomune, taken):
    """A masked address fills no gap of a record that is not masked; taken, its mask comes too."""
    with registry.operation("init"):
        registry.add(Lab, {"name": "Spazio Nuovo", **MASKED})
        point = {"lat": "45.1", "lon": "9.1", "precision": "street"}
        registry.add(Lab, {"name": "Spazio Esempio", **point})
    registry.close()
    words = ("--take", "lat") if taken else ()
    assert bencomune("merge", *PAIR, "--yes", *words).returncode == 0
    lab = told(path)["labs", "spazio-esempio"]
    place = (lab.get("street"), lab["lat"], lab["precision"])
    assert place == (("via Segreta", 45.2, "masked") if taken else (None, 45.1, "street"))


@pytest.mark.parametrize("known", [False, True])
def test_a_point_is_one_thing(registry, path, bencomune, known):
    """A point is taken over whole where there is none, and left whole where there is one."""
    with registry.operation("init"):
        point = {"lat": "45.2", "lon": "9.2", "precision": "street", "point_source": "rilievo"}
        registry.add(Lab, {"name": "Spazio Nuovo", **point})
        own = {"lat": "45.1", "lon": "9.1"} if known else {}
        registry.add(Lab, {"name": "Spazio Esempio", **own})
    registry.close()
    assert bencomune("merge", *PAIR, "--yes").returncode == 0
    lab = told(path)["labs", "spazio-esempio"]
    found = (lab["lat"], lab["lon"], lab.get("precision"), lab.get("point_source"))
    assert found == ((45.1, 9.1, None, None) if known else (45.2, 9.2, "street", "rilievo"))


# Before a terminal


def test_each_difference_is_asked_in_italian(two):
    """Each column that differs is asked about, with a way back, then once more before writing."""
    walk = typed(two, "merge", *PAIR)
    walk.asked("1/3  Nome: quale resta:").types(ENTER)
    walk.asked("2/3  Stato: quale resta:").types("spazio-nuovo" + ENTER)
    walk.asked("3/3  Telefono: quale resta:").types(BACK)
    walk.asked("2/3  Stato: quale resta:").types("spazio-esempio" + ENTER)
    walk.asked("3/3  Telefono: quale resta:").types("spazio-n" + ENTER)
    walk.asked("Unire spazio-nuovo a spazio-esempio?").types("s" + ENTER)
    walk.sees("spazio-nuovo è confluito in spazio-esempio").ends(0)
    lab = told(two)["labs", "spazio-esempio"]
    assert (lab["name"], lab["state"], lab["phone"]) == (OLD["name"], "active", "+390382111111")


def test_what_was_told_is_not_asked_in_english(two):
    """What --take names is not asked; a no at the end writes nothing."""
    before = told(two)
    words = ("--take", "phone", "--take", "state")
    walk = typed(two, "merge", *PAIR, *words, BENCOMUNE_LANG="en")
    walk.asked("1/1  Name: which one stays:").types("altro" + ENTER).sees("write spazio-esempio or")
    walk.types("\x15" + ENTER)
    walk.asked("Merge spazio-nuovo into spazio-esempio?").types("n" + ENTER)
    walk.sees("nothing was written").ends(0)
    assert told(two) == before


def test_ctrl_c_writes_nothing(two):
    """Ctrl-C at a question leaves all as it was."""
    before = told(two)
    walk = typed(two, "merge", *PAIR)
    walk.asked("1/3  Nome: quale resta:").types(STOP).ends(130)
    assert told(two) == before


def test_a_narrow_window_tells_it_in_blocks(two):
    """In a window of forty columns no id and no value is broken."""
    walk = typed(two, "merge", *PAIR, columns=40, lines=60)
    shown = walk.asked("Nome: quale resta:").screen
    assert "+390382111111" in shown
    assert "spazio-esempio" in shown
    walk.types(STOP).ends(130)


def test_changed_by_another_meanwhile(two, bencomune):
    """What somebody else changed since it was shown is not written over."""
    walk = typed(two, "merge", *PAIR, "--take", "phone", "--take", "state", "--take", "name")
    walk.asked("Unire spazio-nuovo a spazio-esempio?")
    assert bencomune("edit", "spazio-esempio", "phone=0382 333333").returncode == 0
    walk.types("s" + ENTER).sees("intanto qualcun altro ha modificato spazio-esempio").ends(2)
    assert told(two)["labs", "spazio-nuovo"].get("removed", 0) == 0


SEAT = {"street": "via Segreta", "number": "7", "lat": "45.1847", "lon": "9.1582"}


@pytest.mark.parametrize(
    "gone",
    [
        {"legal_form": "municipality", "precision": "masked", "lat": "45.2", "lon": "9.2"},
        {"seat_public": "yes", "precision": "masked", "lat": "45.2", "lon": "9.2"},
        {"seat_public": "yes"},
        {"legal_form": "municipality", "street": "via Nota"},
    ],
)
def test_no_merge_brings_a_masked_address_out(registry, path, bencomune, gone):
    """A record that the public sees masked stays so, whatever the other one fills in."""
    with registry.operation("init"):
        registry.add(Organisation, {"name": "Ente A", "state": "active", **gone}, "a")
        registry.add(Organisation, {"name": "Ente B", "state": "active", **SEAT}, "b")
    registry.close()
    assert bencomune("merge", "a", "b", "--yes").returncode == 0
    with closing(sqlite3.connect(path)) as other:
        seen = "SELECT street, number, lat, lon FROM public_organisations WHERE id = 'b'"
        assert other.execute(seen).fetchone() == (None, None, 45.18, 9.16)
    assert (
        "Segreta" not in bencomune("export", "organisations", "--format", "csv", "--to", "-").stdout
    )


def test_an_address_that_stays_is_not_emptied(registry, path, bencomune):
    """A point of the other fills a gap; no note, number or postcode goes for it."""
    own = {"precision": "masked", "postcode": "27100", "address_note": "citofono", "number": "5"}
    with registry.operation("init"):
        point = {"lat": "45.2", "lon": "9.2", "precision": "address"}
        registry.add(Lab, {"name": "Uno", "state": "active", **point}, "a")
        registry.add(Lab, {"name": "Due", "state": "active", **own}, "b")
    registry.close()
    assert bencomune("merge", "a", "b", "--yes").returncode == 0
    row = told(path)["labs", "b"]
    assert {name: row[name] for name in own} == own


def test_a_relation_told_twice_loses_nothing(registry, path, bencomune):
    """What one of two equal relations tells more is kept; where they differ, a person decides."""
    with registry.operation("init"):
        for id_ in ("a", "b"):
            registry.add(Lab, {"name": f"Spazio {id_}", "state": "active"}, id_)
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active"}, "o")
        link = {"subject": "o", "role": "coordinates"}
        registry.add(Relation, {**link, "object": "a", "act_number": "12/2020"})
        registry.add(Relation, {**link, "object": "b", "until": "2019"})
    registry.close()
    before = told(path)
    done = bencomune("merge", "a", "b", "--yes")
    assert (done.returncode, "stessa relazione" in done.stderr, told(path)) == (2, True, before)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE relations SET until = NULL")
    assert bencomune("merge", "a", "b", "--yes").returncode == 0
    assert told(path)["relations", "o-coordinates-b"]["act_number"] == "12/2020"


@pytest.mark.parametrize(("state", "into"), [("active", "proposed"), ("active", "closed")])
def test_what_lives_is_not_merged_into_what_does_not(registry, path, bencomune, state, into):
    """It would be gone from the published files, and nobody told: the other way is named."""
    with registry.operation("init"):
        registry.add(Lab, {"name": "Spazio uno", "state": state}, "a")
        registry.add(Lab, {"name": "Spazio due", "state": into, "ended_on": "2020"}, "b")
    registry.close()
    before = told(path)
    done = bencomune("merge", "a", "b", "--yes")
    assert (done.returncode, told(path)) == (2, before)
    assert "bencomune merge b a" in done.stderr


def test_notes_of_the_staff_stay_both(two, bencomune):
    """No internal note is lost: that of the one stands behind that of the other, with its id."""
    bencomune("edit", PAIR[0], "notes=Chiavi in portineria")
    bencomune("edit", PAIR[1], "notes=Chiuso in agosto")
    shown = bencomune("merge", *PAIR).stdout
    assert "Chiavi in portineria" in shown
    assert bencomune("merge", *PAIR, "--yes", "--why", "è lo stesso").returncode == 0
    kept = told(two)["labs", PAIR[1]]
    assert kept["notes"] == "Chiuso in agosto\nspazio-nuovo: Chiavi in portineria"


def test_a_mutual_relation_is_not_doubled(two, bencomune):
    """Who is a partner of both, once named first and once second, is a partner once."""
    for ends_ in (("ente-esempio", "partner_of", PAIR[1]), (PAIR[0], "partner_of", "ente-esempio")):
        assert bencomune("link", *ends_).returncode == 0
    assert bencomune("merge", *PAIR, "--yes", "--why", "è lo stesso").returncode == 0
    partners = [each for each in ends(told(two)) if each[1] == "partner_of"]
    assert partners == [("ente-esempio", "partner_of", PAIR[1])]


def test_what_was_merged_can_be_put_back(two, bencomune):
    """A restored record lives again and leads nowhere; what went over stays where it went."""
    assert bencomune("merge", *PAIR, "--yes", "--why", "è lo stesso").returncode == 0
    assert bencomune("edit", PAIR[1], "phone=0382 333333").returncode == 0
    assert bencomune("lab", "remove", PAIR[0]).returncode == 2
    done = bencomune("lab", "restore", PAIR[0])
    assert done.returncode == 0
    assert f"resta a {PAIR[1]}" in done.stderr + done.stdout
    kept = told(two)
    assert not kept["labs", PAIR[0]]["removed"]
    assert not any(role == "merged_into" for _, role, _ in ends(kept))
    assert ("ente-esempio", "coordinates", PAIR[1]) in ends(kept)
    assert bencomune("edit", PAIR[0], "phone=0382 444444").returncode == 0
    assert not [f for f in json.loads(bencomune("check", "--json").stdout) if f["code"] == "R14"]


@pytest.mark.usefixtures("two")
def test_a_row_of_a_merged_record_is_told_its_heir(bencomune, tmp_path):
    """An import does not call removed what became part of another: it names that one."""
    assert bencomune("merge", *PAIR, "--yes", "--why", "è lo stesso").returncode == 0
    file = tmp_path / "righe.csv"
    file.write_text(f"id,name\n{PAIR[0]},Spazio Nuovo\n", "utf-8")
    done = bencomune("import", file, "--as", "lab", "--plan")
    said = done.stdout + done.stderr
    assert f"confluito in «{PAIR[1]}»" in " ".join(said.split())
    assert "restore" not in said


def test_what_merged_into_it_is_no_relation_of_an_organisation(registry, bencomune):
    """An organisation that only took another one in still stands alone (R07)."""
    with registry.operation("init"):
        for name in ("Ente Esempio", "Ente Esempio Bis"):
            registry.add(Organisation, {"name": name, "state": "active"})
    registry.close()
    assert bencomune("merge", "ente-esempio-bis", "ente-esempio", "--yes").returncode == 0
    found = json.loads(bencomune("check", "--select", "R07", "--json").stdout)
    assert [each["record"] for each in found] == ["ente-esempio"]
