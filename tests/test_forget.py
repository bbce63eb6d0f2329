"""forget: what is erased is nowhere, comes back by nothing, and the rest is as it was."""

import json
import sqlite3
from contextlib import closing

import pytest

from bencomune_cli import seals
from bencomune_cli.backups import Backups
from bencomune_cli.entities import Contact, Lab, Waiver
from bencomune_cli.erasures import erase, remember
from bencomune_cli.errors import Refused
from bencomune_cli.forgetting import Person
from bencomune_cli.registry import Registry
from bencomune_cli.shape import damage
from bencomune_cli.sought import Sought

NAME, MAIL, PHONE = "Zefirina Quàglia", "zq.privata@example.org", "0382 987654"
WHY = "art. 17, prot. 1/2026"
# As the file may have them: the number is kept as E.164.
SIGNS = ("zefirina", "quàglia", "quaglia", "zq.privata", "382987654", "382 987654", "987-654")


def signs_in(folder):
    """Return the files of a folder that hold a sign of the person, and which."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        text = path.read_bytes().decode("utf-8", "replace").lower()
        if held := [sign for sign in SIGNS if sign in text]:
            found[path.relative_to(folder).as_posix()] = held
    return found


@pytest.fixture
def told(registry):
    """Return a registry in which a person stands in contacts, notes, lists, reasons, waivers."""

    def write(what, why=None):
        with registry.operation("test", why):
            what()

    here = {"municipality": "000001", "state": "active", "activities": "reading_books"}
    lab = {"name": "Spazio Esempio", "notes": f"chiamare {PHONE[:-3]}-{PHONE[-3:]}", **here}
    lab |= {"alt_names": "Spazio | Da Zefirina Quaglia"}
    basis = {"basis": "public_office", "scope": "open_data"}
    person = {"role": "press", "person_name": NAME, "email": MAIL, "phone": PHONE, **basis}
    other = {"role": "coordinator", "person_name": "Altra Persona", "phone": "0382 111222"}
    write(lambda: registry.add(Lab, lab))
    write(lambda: registry.add(Contact, {"record": "spazio-esempio", **person}), f"lo dice {NAME}")
    write(lambda: registry.add(Contact, {"record": "spazio-esempio", **other}))

    def edit(texts):
        lab = registry.store.get(Lab, "spazio-esempio")
        write(lambda: registry.change(lab, texts))

    edit({"notes": "QUAGLIA Zefirina ha chiesto di richiamare"})
    edit({"notes": f"tutto fatto, scrivere a {MAIL.upper()} per altro", "seats": "7"})
    waiver = {"entity": "lab", "record": "spazio-esempio", "code": "L01", "concerns": "notes"}
    write(lambda: registry.add(Waiver, {**waiver, "why": f"sentita {NAME}"}))
    return registry


def forgotten(bencomune, *more):
    """Erase the person by the command."""
    done = bencomune("forget", NAME, MAIL, PHONE, "--why", WHY, "--yes", *more)
    assert done.returncode == 0, done.stderr
    return done


def test_nothing_of_it_is_left(told, path, bencomune):
    """After it and a publication no file holds a byte of it, and each held it before."""
    told.close()
    assert bencomune("publish").returncode == 0
    assert bencomune("backup").returncode == 0
    told_before = bencomune("forget", NAME, MAIL, PHONE, "--dry-run", "--json")
    before = signs_in(path.parent)
    assert {"registry.db", "exports/labs.csv"} <= before.keys()
    assert any(name.startswith("registry.db.published/copies") for name in before)
    assert any(name.startswith("registry.db.backups") for name in before)
    plan = json.loads(told_before.stdout)
    assert not plan["written"]
    assert {name for name in before if "/files/" in name} == {
        name.removeprefix(f"{path.parent}/") for name in plan["kept"]
    }
    forgotten(bencomune, "--backups")
    assert signs_in(path.parent).keys() == {n for n in before if n.startswith("exports/")}
    assert bencomune("publish").returncode == 0
    assert signs_in(path.parent) == {}
    assert bencomune("backup").returncode == 0
    assert signs_in(path.parent) == {}
    done = bencomune("doctor")
    assert done.returncode == 0, done.stdout


def test_the_rest_is_as_it_was(told, path, bencomune):
    """Other persons and texts stay, a sentence loses the words alone, and log says why."""
    told.close()
    forgotten(bencomune)
    with closing(Registry.open(path)) as registry:
        (contact,) = registry.store.select(Contact)
        lab = registry.store.get(Lab, "spazio-esempio")
        (waiver,) = registry.store.select(Waiver)
    assert (contact.person_name, contact.phone) == ("Altra Persona", "+390382111222")
    assert (lab.name, lab.seats) == ("Spazio Esempio", 7)
    assert lab.alt_names == ("Spazio", "Da […]")
    assert lab.notes == "tutto fatto, scrivere a […] per altro"
    assert waiver.why == "sentita […]"
    (last, *_) = json.loads(bencomune("log", "--json").stdout)
    assert (last["command"], last["why"]) == ("forget", WHY)
    for command in ("log", "diff", "blame spazio-esempio", "diff 3", "search quaglia"):
        done = bencomune(*command.split())
        assert done.returncode in {0, 1}, done.stderr
        assert not any(sign in done.stdout.lower() for sign in SIGNS)


def test_no_undo_brings_it_back(told, path, bencomune):
    """Undone one by one, each operation before it puts back all but what was erased."""
    told.close()
    last = len(json.loads(bencomune("log", "--json").stdout))
    forgotten(bencomune)
    refused = bencomune("undo")
    assert refused.returncode == 2
    assert "per sempre" in refused.stderr
    done = [bencomune("undo", seq).returncode for seq in range(last, 2, -1)]
    assert 0 in done
    bencomune("redo")
    assert signs_in(path.parent) == {}
    assert bencomune("doctor").returncode == 0


@pytest.mark.parametrize("words", ["", "Da un'altra"])
def test_no_import_of_an_older_file_brings_it_back(told, path, bencomune, words):
    """Its row is rejected with a sentence; without those words, or with others, it goes in."""
    told.close()
    assert bencomune("export", "labs").returncode == 0
    older = path.parent / "exports" / "labs.csv"
    assert "Da Zefirina Quaglia" in older.read_text("utf-8")
    forgotten(bencomune)
    done = bencomune("import", older, "--as", "lab", "--apply")
    assert done.returncode == 1
    assert "ciò che è stato cancellato con «bencomune forget»: alt_names" in done.stdout
    assert "quaglia" not in bencomune("show", "spazio-esempio").stdout.lower()
    text = older.read_text("utf-8").replace("Da Zefirina Quaglia", words)
    mended = path.parent / "mended.csv"
    mended.write_text(text.replace(",7,", ",8,"), "utf-8")
    done = bencomune("import", mended, "--as", "lab", "--apply")
    assert done.returncode == 0, done.stdout
    shown = json.loads(bencomune("show", "spazio-esempio", "--json").stdout)
    assert (shown["alt_names"], shown["seats"]) == (["Spazio", *filter(None, [words])], 8)


@pytest.mark.parametrize("lost", ["nothing", "registry", "both"])
def test_an_older_copy_is_put_back_without_it(told, path, bencomune, lost):
    """A copy from before has it, and what is put back has not, even where no registry is left.

    What was erased is told beside the copy, wherever the folder of the copies is taken.
    """
    told.close()
    assert bencomune("backup").returncode == 0
    forgotten(bencomune)
    (copy,) = [name for name in signs_in(path.parent) if "backups" in name]
    if lost != "nothing":
        path.unlink()
    which = "last"
    if lost == "both":
        copy = copy.replace(f"{path.name}.backups", "altrove")
        Backups(path).folder.rename(path.with_name("altrove"))
        which = path.parent / copy
    done = bencomune("restore", which, "--yes")
    assert done.returncode == 0, done.stderr
    assert "cancellati di nuovo" in done.stderr
    assert list(signs_in(path.parent)) == [copy]
    with closing(Registry.open(path)) as registry:
        assert [each.person_name for each in registry.store.select(Contact)] == ["Altra Persona"]
        assert list(seals.broken(registry.store.connection)) == []
    assert bencomune("backup").returncode == 0
    assert list(signs_in(path.parent)) == [copy]


def test_another_person_under_the_same_id_stays(registry, path, bencomune):
    """A contact's id may be given again: the one that has it now is not the one erased."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Spazio", "municipality": "000001"})
        registry.add(Contact, {"record": "spazio", "role": "press", "phone": PHONE})
    with registry.operation("test"):
        registry.delete(registry.finder.record(Contact, "spazio-press"))
    with registry.operation("test"):
        registry.add(Contact, {"record": "spazio", "role": "press", "phone": "0382 333444"})
    registry.close()
    assert bencomune("backup").returncode == 0
    forgotten(bencomune)
    for _ in range(2):
        with closing(Registry.open(path)) as again:
            assert [each.phone for each in again.store.select(Contact)] == ["+390382333444"]
        assert bencomune("restore", "last", "--yes").returncode == 0


def test_a_contact_is_told_by_its_id(told, path, bencomune):
    """By a contact's id its name, address and number go from contacts; elsewhere they are told."""
    told.close()
    done = bencomune("forget", "--contact", "spazio-esempio-press", "--why", WHY, "--yes")
    assert done.returncode == 0, done.stderr
    assert "labs/spazio-esempio, notes: c'è un recapito" in done.stderr
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT coalesce(before, '') || coalesce(after, '') FROM changes WHERE entity = ?"
        for (text,) in connection.execute(sql, ("contacts",)):
            assert not any(sign in text.lower() for sign in SIGNS)


def test_history_is_guarded_again(told):
    """After it nobody changes the history, the structure is whole, and a failure leaves all so."""
    connection = told.store.connection
    person = Person(connection, [NAME, MAIL, PHONE])
    before = told.store.digest(), told.store.moment()

    def fails(*row):
        if row[0] == "operations":
            raise Refused(("x", "x"))
        return person.choose(*row)

    with pytest.raises(Refused), told.store.operation("forget", "prova", WHY, always=True):
        erase(connection, fails)
    assert (told.store.digest(), told.store.moment()) == before
    with told.store.operation("forget", "prova", WHY, always=True):
        remember(connection, erase(connection, person.choose))
    assert damage(connection) == []
    assert list(seals.broken(connection)) == []
    for table in ("changes", "operations"):
        with pytest.raises(sqlite3.IntegrityError, match="history is never changed"):
            connection.execute(f"UPDATE {table} SET seq = seq")


def test_what_tells_of_erasures_is_needed(told, path, bencomune):
    """Where the list beside the copies is damaged no copy is put back: it could bring all back."""
    told.close()
    assert bencomune("backup").returncode == 0
    forgotten(bencomune)
    (Backups(path).folder / "erasures.json").write_text("[[")
    done = bencomune("restore", "last", "--yes")
    assert done.returncode == 2
    assert "erasures.json" in done.stderr


REFUSED = {
    "--why": [NAME, "--yes"],
    "troppo corto": ["Al", "--why", WHY, "--yes"],
    "serve che cosa": ["--why", WHY, "--yes"],
    "--yes": [NAME, "--why", WHY],
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_unclear_is_refused(told, path, bencomune, sentence):
    """Without a reason, without enough to look for, or without a yes nothing is erased."""
    told.close()
    before = path.read_bytes()
    done = bencomune("forget", *REFUSED[sentence])
    assert done.returncode == 2
    assert sentence in done.stderr
    assert path.read_bytes() == before


FOUND = [
    (NAME, "ieri Zefirina  QUAGLIA, oggi", "Zefirina  QUAGLIA"),
    (NAME, "Quàglia, Zefirina", "Quàglia, Zefirina"),
    (NAME, "Zefirina Quagliarella", ""),
    (NAME, "Zefirina ha una quaglia", ""),
    (MAIL, "<ZQ.Privata@Example.org>", "ZQ.Privata@Example.org"),
    (MAIL, "azq.privata@example.org", ""),
    (MAIL, "zq.privata@example.org.it", ""),
    (PHONE, "tel. +39 0382/98.76.54.", "+39 0382/98.76.54"),
    (PHONE, "+390382987654", "+390382987654"),
    ("+39 0382 987654", "0382-987654", "0382-987654"),
    (PHONE, "10382987654", ""),
    (PHONE, "03829876541", ""),
    ("O'Brien-Rossi Li", "o'brien rossi  LI", "o'brien rossi  LI"),
]


@pytest.mark.parametrize(("value", "text", "found"), FOUND)
def test_a_value_is_found_however_it_is_written(value, text, found):
    """Case, accents, order of two names, blanks and marks in numbers make no difference."""
    assert [text[start:end] for start, end in Sought([value]).spans(text)] == [found] * bool(found)
