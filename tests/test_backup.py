"""Backup and restore: a copy is whole and looked at, and what is put back is what was copied."""

import json
import os
import resource
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli.backups import Backups
from bencomune_cli.entities import Lab, Network
from bencomune_cli.errors import Refused
from bencomune_cli.ledger import MACHINE
from bencomune_cli.registry import Registry
from bencomune_cli.restoring import planned
from bencomune_cli.shape import SCHEMA_VERSION, columns_of
from bencomune_cli.store import Store
from bencomune_cli.wholeness import looked_at


def add(registry, name):
    """Write one more lab."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": name, "state": "active", "municipality": "000001"})


def names(path):
    """Return the names of the labs in a file."""
    with closing(Store.open(path)) as store:
        return [lab.name for lab in store.select(Lab)]


@pytest.fixture
def shelf(path):
    """Return the copies of the registry."""
    return Backups(path)


def test_a_copy_is_whole_and_its_owners_alone(registry, bencomune, shelf):
    """A copy has the registry's digest, is told, listed, and nobody else may read it."""
    add(registry, "Uno")
    done = bencomune("backup", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["digest"] == registry.store.digest()
    copy = Path(told["file"])
    assert looked_at(copy)[1] == []
    assert names(copy) == ["Uno"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(shelf.folder.stat().st_mode) == 0o700
    (listed,) = json.loads(bencomune("backup", "--list", "--json").stdout)
    assert (listed["file"], listed["operation"]) == (str(copy), 2)
    assert [each.name for each in shelf.folder.iterdir()] == [copy.name]


def test_as_many_copies_as_told_are_kept(registry, shelf):
    """The oldest go; what has not changed since the last copy is not copied again."""
    for number in range(4):
        add(registry, f"Lab {number}")
        made = shelf.make(registry.store, 2)
        assert made.new
        assert not shelf.make(registry.store, 2).new
    assert list(shelf.kept()) == [3, 4]
    assert [path.name[:14] for path in made.removed] == ["registry-00002"]
    assert names(shelf.kept()[3]) == ["Lab 0", "Lab 1", "Lab 2"]


def test_a_damaged_last_copy_is_no_reason_to_make_none(registry, shelf):
    """Where the last copy was damaged, another one is made, though nothing changed."""
    place = shelf.make(registry.store, 5).path
    data = place.read_bytes()
    place.write_bytes(data[:8192] + bytes(len(data) - 8192))
    assert shelf.make(registry.store, 5).new


def test_what_is_wrong_in_the_registry_is_told_and_no_copy_taken_away(registry, other, bencomune):
    """A row that no history tells of is named, ends with 1, and leaves the older copies."""
    add(registry, "Uno")
    assert bencomune("backup").returncode == 0
    shelf = Backups(registry.store.path)
    trigger, sql = other.execute(
        "SELECT name, sql FROM sqlite_master WHERE name = 'labs_after_update'"
    ).fetchone()
    other.execute(f"DROP TRIGGER {trigger}")
    other.execute("UPDATE labs SET name = 'Due'")
    other.execute(sql)
    done = bencomune("backup", "--keep", "1")
    assert done.returncode == 1, done.stderr
    assert "labs/uno: non è ciò che dice la storia" in done.stderr
    assert list(shelf.kept()) == [1, 2]
    refused = bencomune("restore", "2", "--yes")
    assert refused.returncode == 2
    assert "--accept" in refused.stderr
    assert bencomune("restore", "2", "--yes", "--accept").returncode == 0


def foreign(place, _registry):
    """Make a text of the copy's name."""
    place.write_text("orari\n")


def strange(place, _registry):
    """Make another registry of the copy's name."""
    Registry.create(place).close()
    with closing(Registry.open(place, "altri", writing=True)) as made:
        add(made, "Altrove")


def newer(place, registry):
    """Make a copy that knows an operation that the registry does not."""
    registry.store.connection.backup(sqlite3.connect(place))
    with closing(Registry.open(place, "altri", writing=True)) as made:
        add(made, "Dopo")


def itself(place, registry):
    """Make a link to the registry of the copy's name."""
    place.symlink_to(registry.store.path)


def pipe(place, _registry):
    """Make a pipe of the copy's name."""
    os.mkfifo(place)


def seen(place):
    """Return what tells a file from any other, and from itself changed."""
    told = place.lstat()
    return told.st_ino, told.st_mode, told.st_size, told.st_mtime_ns


@pytest.mark.parametrize("make", [foreign, strange, newer, itself, pipe], ids=lambda m: m.__name__)
def test_only_an_earlier_copy_is_written_over(registry, path, bencomune, tmp_path, make):
    """Whatever else is at the place that is told stays as it is."""
    add(registry, "Uno")
    place = tmp_path / "copia.db"
    make(place, registry)
    before = seen(place)
    done = bencomune("backup", place)
    assert done.returncode == 2, done.stdout
    assert seen(place) == before
    assert names(path) == ["Uno"]


def test_an_earlier_copy_is_written_over(registry, bencomune, tmp_path):
    """A copy in a file that is told by name is renewed in its place."""
    place = tmp_path / "copia.db"
    for name in ("Uno", "Due"):
        add(registry, name)
        assert bencomune("backup", place).returncode == 0
    assert names(place) == ["Due", "Uno"]


def test_no_half_copy_where_the_disk_is_full(registry, shelf):
    """A write that the system refuses leaves no file, the registry and the copies as they were."""
    add(registry, "Uno")
    shelf.make(registry.store, 3)
    add(registry, "Due")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(Refused):
            shelf.make(registry.store, 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [each.name for each in shelf.folder.iterdir()] == [shelf.kept()[1].name]
    assert shelf.make(registry.store, 3).new


# Restoring


def removed(path):
    """Take the registry away."""
    path.unlink()


def journal_left(path):
    """Take the registry away, and leave a journal that would be played back into any other."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO labs (id, name) VALUES (?, ?)", ((f"x-{n}", "X" * 99) for n in range(900))
        )
        shutil.copy(f"{path}-journal", f"{path}.kept")
        connection.execute("ROLLBACK")
    path.unlink()
    Path(f"{path}.kept").rename(f"{path}-journal")


def garbage(path):
    """Write over all of it."""
    path.write_bytes(os.urandom(50_000))


def emptied(path):
    """Leave nothing in it."""
    path.write_bytes(b"")


def cut(path):
    """Leave half of it."""
    os.truncate(path, path.stat().st_size // 8192 * 4096)


def edited(path):
    """Go on working with it."""
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        add(registry, "Tre")


LOSSES = [removed, journal_left, garbage, emptied, cut, edited]


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
def test_the_drill(registry, path, bencomune, tmp_path, lose):
    """Copied, lost, and put back from elsewhere: the same digest, and all commands work on it."""
    add(registry, "Uno")
    elsewhere = tmp_path / "altrove"
    elsewhere.mkdir()
    copy = elsewhere / "copia.db"
    assert bencomune("backup", copy).returncode == 0
    digest = registry.store.digest()
    registry.close()
    lose(path)
    before = path.read_bytes() if path.exists() else None
    done = bencomune("--registry", path, "restore", copy, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["digest"] == digest == looked_at(path)[0].digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert bool(told["kept"]) == bool(before)
    if before:
        assert Path(told["kept"]).read_bytes() == before
    assert bencomune("log", "--json").stdout.count('"restore"') == 1
    refused = bencomune("undo")
    assert refused.returncode == 2
    assert "ha rimesso una copia" in refused.stderr
    assert bencomune("undo", "2").returncode == 0
    assert names(path) == []
    assert bencomune("doctor").returncode == 0


def test_publications_go_on_after_it(registry, bencomune):
    """What was published is known after a registry was put back, and the next one follows it."""
    add(registry, "Uno")
    assert bencomune("backup").returncode == 0
    add(registry, "Due")
    registry.close()
    assert bencomune("publish").returncode == 0
    assert bencomune("restore", "last", "--yes").returncode == 0
    done = bencomune("publish", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["number"], told["records"]) == (2, 1)


def test_a_publication_may_make_a_copy(registry, path, bencomune, shelf):
    """With `with_publish` each publication keeps a copy; one that fails is told, and it is out."""
    registry.close()
    path.with_name("bencomune.toml").write_text("[backup]\nwith_publish = true\n")
    assert bencomune("publish").returncode == 0
    assert list(shelf.kept()) == [1]
    path.with_name("bencomune.toml").write_text('[backup]\nwith_publish = true\nfolder = "a/b"\n')
    done = bencomune("publish")
    assert done.returncode == 2
    assert "copia di sicurezza" in done.stderr


def test_who_has_it_open_reads_what_was_put_back(registry, path, shelf):
    """A command that waited reads the new contents, and what it then writes is not lost."""
    add(registry, "Uno")
    copy = shelf.make(registry.store, 3).path
    add(registry, "Due")
    with planned(path, copy) as restoring:
        restoring.carry_out(shelf, "prova", None)
    assert [lab.name for lab in registry.store.select(Lab)] == ["Uno"]
    add(registry, "Tre")
    assert names(path) == ["Tre", "Uno"]


def test_what_is_written_meanwhile_is_not_lost(registry, path, shelf):
    """What somebody wrote after the changes were shown stops it: nobody agreed to lose that."""
    add(registry, "Uno")
    copy = shelf.make(registry.store, 3).path
    with planned(path, copy) as restoring:
        add(registry, "Due")
        with pytest.raises(Refused, match="intanto"):
            restoring.carry_out(shelf, "prova", None)
    assert names(path) == ["Due", "Uno"]
    assert list(shelf.kept()) == [1]


def test_a_copy_is_looked_at_before_it_is_put_back(registry, path, bencomune, tmp_path):
    """A damaged copy, one of a newer program and no copy at all are refused; nothing changes."""
    add(registry, "Uno")
    copy = tmp_path / "copia.db"
    assert bencomune("backup", copy).returncode == 0
    whole = copy.read_bytes()
    registry.close()
    before = path.read_bytes()
    cases = {
        "danneggiato": whole[:20_480] + b"\xa5" * 40_000 + whole[60_480:],
        "più recente": whole[:60] + (SCHEMA_VERSION + 1).to_bytes(4, "big") + whole[64:],
        "non è un registro": b"Nome;Via\n" * 50,
    }
    for sentence, data in cases.items():
        copy.write_bytes(data)
        done = bencomune("restore", copy, "--yes")
        assert done.returncode == 2, sentence
        assert sentence in done.stderr
        assert path.read_bytes() == before
    assert bencomune("restore", "9", "--yes").returncode == 2
    assert bencomune("restore", path, "--yes").returncode == 2


def test_a_copy_of_an_older_program_is_brought_up_to_date(monkeypatch, path, bencomune, tmp_path):
    """A copy that an older program made is put back in the form of this one."""
    copy = tmp_path / "copia.db"
    with monkeypatch.context() as older:
        older.setattr(Lab, "columns", tuple(c for c in Lab.columns if c.name != "cost"))
        older.setattr("bencomune_cli.tables.MACHINE", [m for m in MACHINE if m.name != "seals"])
        older.setattr("bencomune_cli.seals.seal", lambda _connection: None)
        with closing(Registry.create(copy, "prova")) as made, made.operation("init"):
            made.add(Network, {"name": "Rete"})
    done = bencomune("restore", copy, "--yes")
    assert done.returncode == 0, done.stderr
    assert "portato alla forma attuale" in done.stderr
    assert "cost" in columns_of(sqlite3.connect(path), "labs")
    assert looked_at(path)[1] == []


def test_nobody_is_asked_without_a_terminal(registry, bencomune):
    """Without a terminal and without --yes nothing is written; --dry-run shows what would be."""
    add(registry, "Uno")
    assert bencomune("backup").returncode == 0
    add(registry, "Due")
    done = bencomune("restore", "last")
    assert done.returncode == 2
    assert "lab add" in done.stderr
    dry = json.loads(bencomune("restore", "last", "--dry-run", "--json").stdout)
    assert [each["seq"] for each in dry["operations_since"]] == [3]
    assert dry["written"] is False
    assert names(registry.store.path) == ["Due", "Uno"]
