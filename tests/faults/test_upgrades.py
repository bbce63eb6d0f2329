"""Registries of every earlier shape: brought up to date whole or not at all, whatever happens."""

import lzma
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli import app, shape, shaping
from bencomune_cli.errors import Refused
from bencomune_cli.registry import Registry
from bencomune_cli.shape import SCHEMA_VERSION
from bencomune_cli.store import Store

KEPT = Path(__file__).parent / "registries"
OLD = sorted(path.name.partition(".")[0] for path in KEPT.glob("*.db.xz"))
FAULTED = ["4d389f9c", "db165e58"]  # the oldest, and one that lacks no more than columns
KILLS = 25
# A table keeps its CHECKs as they were made; until November 2026 they named each control character.
CONTROLS = {
    ",".join(map(str, (*first, *range(11, 32), *range(127, 160), 65533))): ranges
    for first, ranges in (
        (range(1, 11), "1,45,31,127,45,159,65533"),
        (range(1, 9), "1,45,8,11,45,31,127,45,159,65533"),
    )
}
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Return the folder of the old registries, as they were."""
    folder = tmp_path_factory.mktemp("old")
    for name in OLD:
        (folder / name).write_bytes(lzma.decompress((KEPT / f"{name}.db.xz").read_bytes()))
        (folder / name).chmod(0o600)
    return folder


@pytest.fixture(params=OLD)
def old(request, unpacked, path):
    """Return the path of a copy of an old registry, which another test may have changed."""
    return Path(shutil.copy(unpacked / request.param, path))


def objects(path):
    """Return the SQL of all objects by type and name, its pieces in one order."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql > ''")
        return {(type_, name): in_one_order(type_, sql) for type_, name, sql in rows}


def in_one_order(type_, sql):
    """Return the pieces of some SQL sorted: columns that were added stand behind all others."""
    if type_ == "trigger":
        return sorted(sql.split())
    for codes, ranges in CONTROLS.items():
        sql = sql.replace(codes, ranges)
    return sorted(shape.pieces_of(sql)) if type_ == "table" else [sql]


def contents(path):
    """Return every row of every table that is not the shape's or the search's, by column."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [row[0] for row in tables if not row[0].startswith(("shape", "search", "sqlite"))]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
            for name in names
        }


def expect_kept(before, path):
    """Fail unless all rows, history too, are as they were; what is new in them is a default."""
    now = contents(path)
    assert set(before) <= set(now)
    for table, rows in before.items():
        assert len(now[table]) == len(rows)
        for was, is_ in zip(rows, now[table], strict=True):
            assert {name: is_[name] for name in was} == was


def expect_whole(path):
    """Fail unless a file is sound in all that SQLite and the program can tell."""
    with closing(Store.open(path)) as store:
        run = store.connection.execute
        assert run("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert run("PRAGMA foreign_key_check").fetchall() == []
        assert shape.damage(store.connection) == []
        return not shaping.outdated(store.connection)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return the objects of a registry that is made today."""
    path = tmp_path_factory.mktemp("fresh") / "registry.db"
    Store.create(path).close()
    return objects(path)


def test_there_is_one_of_every_release(unpacked):
    """Each file is what its name says, and since the first release each has one."""
    for name in OLD:
        with closing(sqlite3.connect(unpacked / name)) as connection:
            assert shape.fingerprint(connection).startswith(name)
    releases = re.findall(r"^## \[(\d[^]]*)\]", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    about = (KEPT / "README.md").read_text("utf-8")
    assert [release for release in releases if release not in about] == []
    assert len(OLD) >= 12


def test_an_old_registry_becomes_one_of_today(old, fresh):
    """At its first writing it gets the tables, views, triggers, indexes of a new one; rows stay."""
    before = contents(old)
    with closing(Registry.open(old, "prova", writing=True)) as registry:
        assert registry.store.additions() == []
    assert expect_whole(old)
    assert objects(old) == fresh
    expect_kept(before, old)
    again = old.read_bytes()
    with closing(Registry.open(old, "prova", writing=True)) as registry:
        assert registry.store.notices == []
    assert old.read_bytes() == again


@pytest.mark.parametrize("old", FAULTED, indirect=True)
def test_an_old_registry_goes_on(old, monkeypatch, capsys, tmp_path):
    """It is listed, exported, changed, undone to its first operation and redone, and is well."""
    monkeypatch.setenv("BENCOMUNE_REGISTRY", str(old))
    for words in (
        ["lab", "list"],
        ["export", "--to", str(tmp_path / "out"), "--format", "csv"],
        ["lab", "edit", "casa-di-prova", "--seats", "31", "--activities", "reading_books"],
    ):
        assert app.main(words) == 0, (words, capsys.readouterr().err)
    assert "Casa di Prova" in (tmp_path / "out" / "labs.csv").read_text("utf-8")
    for word in ("undo", "redo"):
        done = [app.main([word]) for _ in range(len(contents(old)["operations"]) + 1)]
        assert done.count(0) >= 6
    (lab,) = (row for row in contents(old)["labs"] if row["id"] == "casa-di-prova")
    assert (lab["seats"], lab["activities"]) == (31, "reading_books")
    capsys.readouterr()
    assert app.main(["doctor"]) == 0, capsys.readouterr().out


def opened_with(monkeypatch, setting):
    """Have a setting of SQLite's own made on each connection that a store opens."""
    connect = Store.open.__func__.__globals__["connect"]

    def connected(path, wait):
        connection = connect(path, wait)
        setting(connection)
        return connection

    monkeypatch.setattr("bencomune_cli.store.connect", connected)


def steps(path, monkeypatch):
    """Return how many hundreds of steps of SQLite's machine bringing up to date takes."""
    counted = []
    with monkeypatch.context() as counting:
        count = lambda: counted.append(1)  # noqa: E731 - append returns nothing: go on
        opened_with(counting, lambda connection: connection.set_progress_handler(count, 100))
        Store.open(path, writing=True).close()
    return len(counted)


@pytest.mark.parametrize("old", FAULTED, indirect=True)
def test_an_interrupted_upgrade_leaves_all_as_it_was(old, monkeypatch, tmp_path):
    """Stopped after any number of SQLite's steps, the file has its bytes of before, or all."""
    before, was = old.read_bytes(), contents(old)
    all_of_them = steps(Path(shutil.copy(old, tmp_path / "counted.db")), monkeypatch)
    stopped = 0
    for most in range(1, all_of_them, max(1, all_of_them // 15)):
        old.write_bytes(before)
        left = iter([0] * most)
        with monkeypatch.context() as stopping:
            stop = lambda left=left: next(left, 1)  # noqa: E731
            opened_with(stopping, lambda c, stop=stop: c.set_progress_handler(stop, 100))
            try:
                Store.open(old, writing=True).close()
            except Refused as refused:
                assert "interrupted" in refused.text.en  # noqa: PT017
                stopped += old.read_bytes() == before
        if old.read_bytes() != before:
            assert expect_whole(old)
        assert not Path(f"{old}-journal").exists()
    assert stopped > 3
    Store.open(old, writing=True).close()
    assert expect_whole(old)
    expect_kept(was, old)


@pytest.mark.parametrize("old", FAULTED, indirect=True)
def test_a_full_disk_at_any_page_leaves_all_as_it_was(old, monkeypatch):
    """Where no more pages can be had, after any number, the file has its bytes of before."""
    before, was = old.read_bytes(), contents(old)
    with closing(sqlite3.connect(old)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    for more in (0, 1, 2, 5, 20, 60, 200):
        old.write_bytes(before)
        with monkeypatch.context() as full:
            most = f"PRAGMA max_page_count = {pages + more}"
            opened_with(full, lambda connection, most=most: connection.execute(most))
            try:
                Store.open(old, writing=True).close()
            except Refused as refused:
                assert "the disk is full" in refused.text.en  # noqa: PT017
                assert old.read_bytes() == before
            else:
                break
    assert expect_whole(old)
    expect_kept(was, old)


# One process that makes others, each of which opens a copy for writing and is ended by the kernel
# at a moment of its own, as by `kill -9`: a timer's signal that nobody handles.
KILLER = """
import os, random, shutil, signal, sys, time
from pathlib import Path
from bencomune_cli.store import Store
source, folder, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
draw = random.Random(source.name)
def opened(path, after=None):
    if after is not None:
        signal.setitimer(signal.ITIMER_REAL, after)
    Store.open(path, writing=True).close()
def child(path, after):
    begun = time.monotonic()
    pid = os.fork()
    if not pid:
        opened(path, after)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return status, time.monotonic() - begun
status, long = child(shutil.copy(source, folder / "whole.db"), 60)
assert status == 0
for number in range(kills):
    path = Path(shutil.copy(source, folder / f"{number}.db"))
    child(path, 0.0005 + draw.random() * long)
"""


@pytest.mark.parametrize("old", FAULTED[:1], indirect=True)
def test_an_upgrade_that_is_killed_is_whole_or_never_was(old, tmp_path):
    """Killed at any moment, the file is old or new, never between; the next command goes on."""
    subprocess.run([sys.executable, "-c", KILLER, old, tmp_path, str(KILLS)], check=True)
    was = contents(old)
    journals = sum(Path(f"{tmp_path}/{number}.db-journal").exists() for number in range(KILLS))
    new = 0
    for number in range(KILLS):
        killed = tmp_path / f"{number}.db"
        new += expect_whole(killed)
        expect_kept(was, killed)
    assert KILLS - new > 5
    assert journals  # some were killed inside the transaction
    Store.open(killed, writing=True).close()
    assert expect_whole(killed)
    expect_kept(was, killed)


WAYS = {
    "reading": ["lab", "list"],
    "writing": ["lab", "edit", "casa-di-prova", "--seats", "3"],
    "exporting": ["export", "--to", "out"],
    "publishing": ["publish", "--folder", "out"],
    "undoing": ["undo"],
    "checking": ["check", "--fix"],
    "looking": ["doctor"],
    "searching": ["search", "casa"],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_newer_registry_is_refused(way, unpacked, path, monkeypatch, tmp_path, capsys):
    """A file of a later version, with a column of then, is told, and keeps its bytes."""
    shutil.copy(unpacked / FAULTED[0], path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE labs ADD COLUMN of_tomorrow TEXT")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    monkeypatch.setenv("BENCOMUNE_REGISTRY", str(path))
    monkeypatch.setenv("BENCOMUNE_LANG", "en")
    monkeypatch.chdir(tmp_path)
    code = app.main(WAYS[way])
    told = capsys.readouterr()
    assert code == (1 if way == "looking" else 2)
    assert "newer version of bencomune" in " ".join((told.out + told.err).split())
    assert path.read_bytes() == before
    assert not (tmp_path / "out").exists()
    assert [file.name for file in tmp_path.glob("registry*")] == [path.name]
