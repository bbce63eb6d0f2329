"""What rules hold back, when only what changed is looked at again: never less than afresh."""

import datetime as dt
import json
from contextlib import closing
from types import SimpleNamespace

import pytest

from bencomune_cli import soundness
from bencomune_cli.entities import Area, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.kinds import times
from bencomune_cli.layers import LAYERS
from bencomune_cli.looking import Looking
from bencomune_cli.watching import unwatched


@pytest.fixture
def sound(registry):
    """Return a registry with one record held back, whose soundness is remembered."""
    with registry.operation("prova"):
        for name in ("uno", "due", "tre"):
            registry.add(Lab, {"name": f"Spazio {name}", "state": "active"}, f"spazio-{name}")
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active"}, "ente")
        registry.add(
            Group,
            {"name": "Gruppo", "state": "active", "meets_at": "spazio-due", "area_served": "x"}
            | {"area_served": "comune-esempio"},
            "gruppo",
        )
        registry.add(Relation, {"subject": "ente", "role": "supports", "object": "spazio-uno"})
        texts = {"role": "press", "email": "stampa@example.org", "basis": "public_office"}
        registry.add(Contact, {"record": "spazio-tre", "scope": "open_data", **texts})
    registry.store.connection.execute("UPDATE labs SET postcode = '1' WHERE id = 'spazio-uno'")
    assert list(again(registry)) == ["spazio-uno"]
    return registry


def again(registry):
    """Return what is held back, and why, where what was sound is remembered."""
    return soundness.held_since(registry.store, unwatched)


def looked_at(monkeypatch, registry):
    """Return what is held back, and the ids of the records that rules looked at for it."""
    seen, look = [], Looking.at

    def noting(looking, records):
        seen.extend(record.id for record in records)
        return look(looking, records)

    with monkeypatch.context() as patch:
        patch.setattr(Looking, "at", noting)
        return again(registry), seen


def written(sql):
    """Return a change that another program makes."""
    return lambda registry: registry.store.connection.execute(sql)


def in_one(change):
    """Return a change by an operation of ours."""

    def make(registry):
        with registry.operation("prova"):
            change(registry)

    return make


CHANGES = {
    "an error appears": written("UPDATE labs SET email = 'x' WHERE id = 'spazio-due'"),
    "an error is mended": written("UPDATE labs SET postcode = NULL"),
    "a contact gets an error": written("UPDATE contacts SET email = 'x'"),
    "a relation gets an error": written("UPDATE relations SET since = '2021', until = '2020'"),
    "a lab is removed that others name": in_one(
        lambda r: r.set_removed(r.finder.place("spazio-due"), removed=True)
    ),
    "an end of a relation is removed": in_one(
        lambda r: r.set_removed(r.finder.place("ente"), removed=True)
    ),
    "a record is added": in_one(lambda r: r.add(Lab, {"name": "Nuovo", "state": "active"})),
    "a record is taken away": lambda r: (
        r.store.connection.execute("PRAGMA foreign_keys = OFF"),
        in_one(lambda r: r.store.connection.execute("DELETE FROM ids WHERE id = 'spazio-due'"))(r),
        in_one(lambda r: r.store.delete(Lab, "spazio-due"))(r),
    ),
    "an area is gone": lambda r: (
        r.store.connection.execute("PRAGMA foreign_keys = OFF"),
        in_one(lambda r: r.store.delete(Area, "comune-esempio"))(r),
    ),
    "the network moves": in_one(lambda r: r.change(r.network(), {"municipalities": "000001"})),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_looked_at_again(sound, change):
    """After any change just that is held back which would be afresh, and so the next time."""
    CHANGES[change](sound)
    afresh = sound.held()
    assert again(sound) == afresh
    assert again(sound) == afresh


def test_an_undo_is_a_change(sound):
    """What an undo brings back is judged, also where it takes a record away."""
    with sound.operation("prova"):
        sound.add(Lab, {"name": "Nuovo", "state": "active"}, "nuovo")
        sound.change(sound.finder.place("spazio-uno"), {"postcode": "27100"})
    assert again(sound) == {}
    sound.undo()
    assert list(again(sound)) == list(sound.held()) == ["spazio-uno"]


def test_only_what_was_faulty_or_changed_is_looked_at(sound, monkeypatch):
    """A sound record is not looked at twice."""
    held, seen = looked_at(monkeypatch, sound)
    assert (list(held), seen) == (["spazio-uno"], ["spazio-uno"])
    sound.store.connection.execute("UPDATE labs SET seats = 3 WHERE id = 'spazio-tre'")
    assert looked_at(monkeypatch, sound)[1] == ["spazio-tre", "spazio-uno"]


def test_on_another_day_no_more_are_looked_at(sound, monkeypatch):
    """A nightly export looks at what changed since the last one, not at everything again."""
    day = type("Day", (dt.date,), {"today": classmethod(lambda _: dt.date(2030, 1, 1))})
    monkeypatch.setattr(times, "dt", SimpleNamespace(**vars(dt) | {"date": day}))
    assert times.today() == "2030-01-01"
    assert looked_at(monkeypatch, sound)[1] == ["spazio-uno"]
    assert again(sound) == sound.held()


def test_another_program_looks_at_all(sound, monkeypatch, tmp_path):
    """Where any module of the program is another one, nothing is taken as it was found."""
    (tmp_path / "rule.py").write_text("")
    monkeypatch.setattr("bencomune_cli.memories._PACKAGE", tmp_path)
    assert len(looked_at(monkeypatch, sound)[1]) > 5


def test_another_edition_of_a_library_looks_at_all(sound, monkeypatch, tmp_path):
    """What is a telephone number, say, is told by a library, whose next edition knows more."""
    (tmp_path / "phonenumberslite-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert len(looked_at(monkeypatch, sound)[1]) > 5
    assert looked_at(monkeypatch, sound)[1] == ["spazio-uno"]


def test_a_copy_put_back_is_not_taken_for_the_same(sound, path, monkeypatch):
    """A registry that went back and on another way is looked at whole."""
    copy = path.read_bytes()
    with sound.operation("prova"):
        sound.add(Lab, {"name": "Altro", "state": "active"})
    again(sound)
    path.write_bytes(copy)
    with sound.operation("altra prova"):
        sound.add(Lab, {"name": "Diverso", "state": "active"})
    assert len(looked_at(monkeypatch, sound)[1]) > 5


DAMAGED = {
    "empty": b"",
    "cut": b'[12, "',
    "another thing": b'{"a": 1}',
    "numbers": b"[1e400, 2, 3, 4]",
    "deep": b"[" * 100_000,
    "no pairs": b'[1, "x", 2, [[1]]]',
    "bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_memory_is_as_good_as_none(sound, caches, content):
    """Whatever stands in the cache, what is faulty is held back."""
    for file in (caches / "bencomune").glob("sound-*.json"):
        file.write_bytes(DAMAGED[content])
    assert list(again(sound)) == ["spazio-uno"]


def test_a_cache_that_cannot_be_written_is_no_fault(sound, monkeypatch, tmp_path):
    """Where the folder takes no file, all are looked at each time."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert list(again(sound)) == ["spazio-uno"]


def test_the_memory_holds_ids_alone(sound, bencomune, tmp_path):
    """It is for its owner alone, and names no value of a record."""
    sound.store.connection.execute("UPDATE labs SET email = 'segreto' WHERE id = 'spazio-due'")
    sound.close()
    for _ in range(2):
        done = bencomune("export", "labs", "--format", "csv", XDG_CACHE_HOME=str(tmp_path / "c"))
        assert "held back: spazio-due" in done.stderr or "spazio-due" in done.stderr
    folder = tmp_path / "c" / "bencomune"
    (file,) = folder.iterdir()
    assert [p.stat().st_mode & 0o777 for p in (folder, file)] == [0o700, 0o600]
    assert "segreto" not in file.read_text("utf-8")
    assert json.loads(file.read_text("utf-8"))[3] == [
        ["labs", "spazio-due"],
        ["labs", "spazio-uno"],
    ]


def test_what_is_published_follows(sound):
    """The dataset leaves out what was faulty before, and what became so since."""
    for _ in range(2):
        sound.store.connection.execute("UPDATE labs SET postcode = '1' WHERE id = 'spazio-due'")
        dataset, held = sound.dataset()
        with closing(dataset):
            assert [row["id"] for row in dataset.objects(LAYERS["labs"])] == ["spazio-tre"]
        assert list(held) == ["spazio-due", "spazio-uno"]


def test_several_processes_hold_back_what_one_does(sound, monkeypatch):
    """Many records are shared out; what is held back, and its order, does not depend on that."""
    sound.store.connection.execute("UPDATE labs SET email = 'x' WHERE id <> 'spazio-tre'")
    alone = sound.held()
    monkeypatch.setattr("bencomune_cli.crews.WORTH", 1)
    monkeypatch.setattr("bencomune_cli.stretches.EACH", 1)
    assert list(sound.held().items()) == list(alone.items())
    assert sound.held() == alone
