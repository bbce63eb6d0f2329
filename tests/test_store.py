"""The store: one file that is ours or refused, operations that are whole or not at all."""

import json
import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing

import pytest

from bencomune_cli import store as store_module
from bencomune_cli.checking import check
from bencomune_cli.entities import ENTITIES, Area, Contact, Lab, Network, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.history import blame, fields, operations
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Degrees, Integer, YesNo
from bencomune_cli.kinds.texts import Prose, Reference, Shaped
from bencomune_cli.kinds.times import Day, Moment, PartialDate
from bencomune_cli.shape import APPLICATION_ID, SCHEMA_VERSION
from bencomune_cli.sql import quoted
from bencomune_cli.store import Store

LAB = Lab(id="spazio-esempio", name="Spazio Esempio", state="proposed", hidden=False, removed=False)


def plain(path):
    """Return a connection that closes at the end of a `with`, as another program's."""
    return closing(sqlite3.connect(path, isolation_level=None))


def contents(folder):
    """Return every file of a folder with its bytes."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def put_lab(store, record=LAB):
    """Write a lab as one operation."""
    with store.operation("lab add", "prova"):
        store.insert(Lab, record)


# What is opened


def missing(path):
    """Leave the path without a file."""


def empty(path):
    """Make an empty file, which SQLite itself takes for an empty database."""
    path.touch()


def text(path):
    """Make a file of another kind."""
    path.write_text("nome;via\nSpazio Esempio;via Esempio\n", "utf-8")


def folder(path):
    """Make a folder of the name."""
    path.mkdir()


def foreign(path):
    """Make another program's database."""
    with plain(path) as connection:
        connection.execute("PRAGMA application_id = 1")
        connection.execute("CREATE TABLE labs (id TEXT)")


def newer(path):
    """Make a registry of a program that does not exist yet."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def wal(path):
    """Make a registry that another program put in WAL mode."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def header_only(path):
    """Make a file that begins as SQLite's do, and goes on with something else."""
    path.write_bytes(b"SQLite format 3\x00" + b"esempio " * 100)


def cut(path):
    """Make a registry of which a copy stopped half way."""
    Store.create(path).close()
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize(
    "make", [missing, empty, text, folder, foreign, newer, wal, header_only, cut]
)
def test_what_is_no_registry_is_refused(path, make, writing):
    """What is not a registry of this program is refused with its path, and left byte for byte."""
    make(path)
    before = contents(path.parent)
    with pytest.raises(Refused, match=path.name):
        Store.open(path, writing=writing)
    assert contents(path.parent) == before


def test_a_wal_left_by_a_crash_stays(path, tmp_path_factory):
    """A registry in WAL mode whose last rows are still in the WAL is refused as it lies."""
    wal(path)
    copied = tmp_path_factory.mktemp("copia")
    with plain(path) as connection:
        connection.execute("INSERT INTO labs (id, name) VALUES ('spazio-esempio', 'Esempio')")
        for each in path.parent.iterdir():
            shutil.copy(each, copied)
    before = contents(copied)
    with pytest.raises(Refused):
        Store.open(copied / path.name)
    after = contents(copied)
    assert [after.get(name) for name in (path.name, f"{path.name}-wal")] == [
        before[path.name],
        before[f"{path.name}-wal"],
    ]


@pytest.mark.parametrize("make", [empty, text, folder, newer])
def test_create_takes_no_path_twice(path, make):
    """A new registry never takes the place of what is there, whatever it is."""
    make(path)
    before = contents(path.parent)
    with pytest.raises(Refused, match=path.name):
        Store.create(path)
    assert contents(path.parent) == before


def test_create_does_not_follow_a_dangling_link(path):
    """A link that leads nowhere is something too: no registry is made at its other end."""
    path.symlink_to(path.parent / "altrove.db")
    with pytest.raises(Refused):
        Store.create(path)
    assert not (path.parent / "altrove.db").exists()


def test_create_in_no_folder(path):
    """A folder that is not there is told, and not made."""
    with pytest.raises(Refused):
        Store.create(path / "registry.db")
    assert not path.exists()


def test_create_leaves_nothing_behind(path, monkeypatch):
    """A registry that could not be made whole leaves no file."""
    monkeypatch.setattr("bencomune_cli.shaping.APPLICATION_ID", "; niente")
    with pytest.raises(Refused):
        Store.create(path)
    assert contents(path.parent) == {}


def test_only_the_owner_reads_a_new_registry(path):
    """A registry is born readable by its owner alone, whatever the umask."""
    before = os.umask(0)
    try:
        Store.create(path).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("mode", "then", "told"),
    [(0o644, 0o640, 1), (0o666, 0o660, 1), (0o660, 0o660, 0), (0o640, 0o640, 0), (0o600, 0o600, 0)],
)
def test_what_is_written_is_closed_to_all_but_the_group(path, mode, then, told):
    """Writing ends what all users may do, and says so; a group that was let in stays in."""
    Store.create(path).close()
    path.chmod(mode)
    with closing(Store.open(path, writing=True)) as store:
        with store.operation("lab add", "prova"):
            store.insert(Lab, LAB)
        assert stat.S_IMODE(path.stat().st_mode) == then
        assert len([each for each in store.notices if "all users" in each.en]) == told


@pytest.mark.parametrize(
    "command", [("lab", "list"), ("lab", "edit", "nessuno", "seats=3"), ("undo", "999")]
)
def test_what_writes_nothing_closes_nothing(registry, path, bencomune, command):
    """A command that reads, or is refused, leaves a file's permissions as they are."""
    registry.close()
    path.chmod(0o664)
    bencomune(*command)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_colleague_of_the_group_is_not_locked_out(registry, path, bencomune):
    """A registry that is shared with a group is shared after a command that writes."""
    registry.close()
    path.chmod(0o660)
    assert bencomune("lab", "add", "--name", "Spazio Esempio").returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    done = bencomune("doctor", "--json")
    (check,) = [
        each for each in json.loads(done.stdout)["registry"] if each["name"] == "permissions"
    ]
    assert (check["well"], "gruppo" in check["what"][0]) == (True, True)


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("foreign_keys", 1),
        ("synchronous", 3),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("recursive_triggers", 0),
        ("journal_mode", "delete"),
        ("temp_store", 2),
    ],
)
def test_settings_of_each_connection(path, pragma, value, writing):
    """Every connection has the settings that keep what was acknowledged and trust no schema."""
    Store.create(path).close()
    with closing(Store.open(path, writing=writing)) as store:
        assert store.connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_the_header_names_the_program(path):
    """Other tools see by the header whose file it is, and of which version."""
    Store.create(path).close()
    with plain(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_reading_cannot_write(path):
    """A registry that was opened for reading cannot be written, not even by mistake."""
    Store.create(path).close()
    before = path.read_bytes()
    with closing(Store.open(path)) as store, pytest.raises(Refused):
        put_lab(store)
    assert path.read_bytes() == before


# Operations


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, sqlite3.Error])
def test_an_operation_is_whole_or_nothing(registry, path, error):
    """What ends an operation half way, an interrupt too, leaves the file as it was."""
    store = registry.store
    before = (store.digest(), operations(store.connection), path.read_bytes())

    def half():
        with store.operation("lab add", "prova"):
            store.insert(Lab, LAB)
            raise error

    with pytest.raises((error, Refused)):
        half()
    assert (store.digest(), operations(store.connection), path.read_bytes()) == before
    put_lab(store)
    assert store.get(Lab, LAB.id).name == "Spazio Esempio"


def test_one_transaction_from_the_first_moment(registry, other):
    """An operation holds the right to write before it looks at anything."""
    other.execute("PRAGMA busy_timeout = 0")
    with registry.store.operation("lab add", "prova"):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM labs").fetchone() == (0,)


def test_one_begin_and_one_commit(registry):
    """All that an operation writes is between one BEGIN IMMEDIATE and one COMMIT."""
    said = []
    registry.store.connection.set_trace_callback(said.append)
    with registry.store.operation("lab add", "prova"):
        for number in range(3):
            registry.store.insert(Lab, LAB.replaced(id=f"esempio-{number}"))
    registry.store.connection.set_trace_callback(None)
    said = [each for each in said if "busy_timeout" not in each]
    assert said[0] == "BEGIN IMMEDIATE"
    assert [each for each in said if each.split()[0] in {"BEGIN", "COMMIT"}] == [said[0], "COMMIT"]
    # While it commits, FTS5 writes to the tables in which it keeps the index of search.
    assert all("'search_" in each for each in said[said.index("COMMIT") + 1 :])


def test_nothing_changed_is_nothing_recorded(registry, path):
    """An operation that changes nothing leaves no trace."""
    store = registry.store
    put_lab(store)
    before, seen = path.read_bytes(), operations(store.connection)
    with store.operation("lab edit", "prova"):
        store.update(Lab, LAB, ["name"])
    with store.operation("lab edit", "prova"):
        pass
    assert (path.read_bytes(), operations(store.connection)) == (before, seen)


def test_no_write_outside_an_operation(registry):
    """A write that no operation would record does not happen."""
    with pytest.raises(RuntimeError):
        registry.store.insert(Lab, LAB)
    assert registry.store.get(Lab, LAB.id) is None


def test_the_operation_tells_what_it_was(registry, monkeypatch):
    """An operation keeps its command, who gave it, why, and when, in UTC."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577836800")
    with registry.store.operation("lab add", "Persona Esempio", "una prova"):
        registry.store.insert(Lab, LAB)
    last = operations(registry.store.connection)[0]
    assert (last.command, last.who, last.why) == ("lab add", "Persona Esempio", "una prova")
    assert last.at == "2020-01-01T00:00:00Z" == registry.store.moment()[1]
    assert last.records == (LAB.id,)


@pytest.mark.parametrize("told", ["", "domani", "²", "9" * 20])
def test_a_wrong_source_date_epoch(registry, monkeypatch, told):
    """A SOURCE_DATE_EPOCH that is no time does not break a command."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    put_lab(registry.store)
    assert registry.store.get(Lab, LAB.id) is not None


def test_deleted_rows_leave_no_byte(registry, other, path):
    """What is deleted is overwritten in the file; of a contact only history knows the number."""
    secret = b"+39 0000 numero-inventato"
    other.execute("CREATE TABLE appunti (testo TEXT)")
    other.executemany("INSERT INTO appunti VALUES (?)", [(secret.decode(),)] * 50)
    assert path.read_bytes().count(secret) == 50
    registry.store.connection.execute("DELETE FROM appunti")
    assert path.read_bytes().count(secret) == 0


def test_the_digest_is_of_the_contents(registry, other):
    """The digest tells any change of a record, and is the same for the same records."""
    before = registry.store.digest()
    other.execute("VACUUM")
    assert registry.store.digest() == before
    other.execute("UPDATE network SET name = 'Altra Rete Esempio'")
    assert registry.store.digest() != before


# Locks


def test_a_second_writer_waits(path, registry, monkeypatch):
    """A command that finds another one writing waits, and then writes."""
    monkeypatch.setattr(store_module, "WAIT", 5.0)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN IMMEDIATE")
        ends = threading.Timer(0.2, first.execute, ["COMMIT"])
        ends.start()
        with closing(Store.open(path, writing=True)) as second:
            put_lab(second)
        ends.join()
    assert registry.store.get(Lab, LAB.id) is not None


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_second_writer_is_told(path, registry, other, monkeypatch, lock):
    """A command that has waited too long says so, whatever the other program is doing."""
    monkeypatch.setattr(store_module, "WAIT", 0.05)
    before = registry.store.digest()
    other.execute(f"BEGIN {lock}")
    with (
        pytest.raises(Refused, match=path.name) as refused,
        closing(Store.open(path, writing=True)) as second,
    ):
        put_lab(second)
    other.execute("ROLLBACK")
    assert "try again" in refused.value.text.en
    assert registry.store.digest() == before


def test_a_reader_in_the_way_of_a_commit(path, registry, other, monkeypatch):
    """A commit that a long reading by another program stops is taken back whole, and told."""
    put_lab(registry.store)
    monkeypatch.setattr(store_module, "WAIT", 0.05)
    reading = other.execute("SELECT * FROM network UNION ALL SELECT * FROM network")
    reading.fetchone()
    with closing(Store.open(path, writing=True)) as second:
        before = second.digest()
        with pytest.raises(Refused) as refused, second.operation("lab edit", "prova"):
            second.update(Lab, LAB.replaced(name="Altro Esempio"), ["name"])
        assert "try again" in refused.value.text.en
        assert second.digest() == before
        reading.close()
        assert not second.connection.in_transaction


# Damage


LOOKS = {
    "get": lambda registry: registry.store.get(Lab, LAB.id),
    "find": lambda registry: registry.finder.place("altro esempio"),
    "check": check,
    "digest": lambda registry: registry.store.digest(),
    "undo": lambda registry: registry.undo(),
    "diff": lambda registry: fields(registry.store.connection, 3),
    "blame": lambda registry: blame(registry.store.connection, LAB.id),
}


@pytest.mark.parametrize("look", LOOKS)
def test_text_that_is_not_utf_8(registry, other, look):
    """Text that is not UTF-8 is told as damage of the file by whatever looks at it."""
    put_lab(registry.store)
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE labs SET name = CAST(x'53ff41' AS TEXT)")
    with pytest.raises(Refused) as refused:
        LOOKS[look](registry)
    assert "not UTF-8" in refused.value.text.en


# What SQLite itself holds other programs to

COLUMNS = [(entity, column) for entity in ENTITIES for column in entity.columns]
SHAPE_TEXT = '{"type":"Polygon","coordinates":[[[9,45],[9.1,45],[9.1,45.1],[9,45]]]}'
REFERRED = {"areas": "area-esempio", "labs": "lab-esempio", "ids": "ente-esempio"}


def _name(case):
    return f"{case.__name__}" if isinstance(case, type) else getattr(case, "name", None)


GOOD = {
    Integer: 1,
    YesNo: 1,
    Degrees: 9.25,
    Shaped: "000001",
    Moment: "2020-01-01T00:00:00Z",
    PartialDate: "2020-01-31",
    Day: "2020-01-31",
}
GOOD_COLUMN = {
    "id": "nuovo-esempio",
    "subject": "lab-esempio",
    "one": "lab-esempio",
    "boundary": SHAPE_TEXT,
}


def good_value(column):
    """Return a value that fits a column."""
    kind = column.kind.item if isinstance(column.kind, Listing) else column.kind
    if isinstance(kind, Term):
        return next(iter(kind.schema()["enum"]))
    if isinstance(kind, Reference) and column.name not in GOOD_COLUMN:
        return REFERRED[kind.table]
    return GOOD_COLUMN.get(column.name) or GOOD.get(type(kind), "Esempio")


def bad_values(column):
    """Return values that a column must refuse: of other types, out of range, not of its shape."""
    kind, good = column.kind, good_value(column)
    if isinstance(kind, Integer | YesNo):
        return ["molti", b"1", 1.5, -1, 2_000_000_000]
    if isinstance(kind, Degrees):
        return ["nord", b"9", kind.most + 0.001, -kind.most - 0.001, float("inf")]
    bad = [
        b"Esempio",
        "",
        f"{good}\x1b",
        f"{good}\x7f",
        f"{good}\x9b",
        f"{good}\ufffe",
        f"{good}\r",
    ]
    bad.append("e" * (getattr(kind, "longest", 20_000) + 1))
    if not isinstance(kind, Prose):
        bad.append(f"{good}\n")
    if isinstance(kind, Term):
        bad += ["mai-esistito", good.upper()]
    if isinstance(kind, Reference):
        bad.append("mai-esistito")
    if isinstance(kind, Shaped):
        bad.append("Spazio Esempio")
    if isinstance(kind, PartialDate):
        bad += ["ieri", "2020-1", "31/01/2020", *(["2020"] if isinstance(kind, Day) else [])]
    if isinstance(kind, Moment):
        bad += ["ieri", "2020-01-01"]
    return bad


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Return another program's connection to a registry with what records may refer to."""
    path = tmp_path_factory.mktemp("tables") / "registry.db"
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "INSERT INTO areas (id, name, area_kind) VALUES ('area-esempio', 'E', 'district')"
        )
        connection.execute("INSERT INTO labs (id, name) VALUES ('lab-esempio', 'Esempio')")
        connection.execute("INSERT INTO organisations (id, name) VALUES ('ente-esempio', 'E')")
        yield connection


def refused(connection, entity, /, **values):
    """Tell whether a table refuses a row: one that fits, but for the values told."""
    row = {column.name: good_value(column) for column in entity.columns}
    row |= {"id": "network"} if entity is Network else {}
    row |= values
    names, marks = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
    connection.execute("SAVEPOINT attempt")
    try:
        connection.execute(
            f"INSERT INTO {entity.table} ({names}) VALUES ({marks})", list(row.values())
        )
    except sqlite3.IntegrityError:
        return True
    finally:
        connection.execute("ROLLBACK TO attempt")
        connection.execute("RELEASE attempt")
    return False


@pytest.mark.parametrize(("entity", "column"), COLUMNS, ids=_name)
def test_every_column_refuses_what_is_not_of_its_kind(tables, entity, column):
    """No program can write into a column what is not of its kind, or would break its history."""
    assert not refused(tables, entity)
    let_in = [
        bad for bad in bad_values(column) if not refused(tables, entity, **{column.name: bad})
    ]
    assert let_in == []


@pytest.mark.parametrize("entity", ENTITIES, ids=_name)
def test_no_text_goes_on_behind_a_nul(tables, entity):
    """No program can write a text with a NUL, behind which SQLite's own functions see nothing."""
    texts = [column for column in entity.columns if column.kind.sql_type == "TEXT"]
    let_in = [
        column.name
        for column in texts
        if not refused(tables, entity, **{column.name: f'{good_value(column)}\x00"'})
    ]
    assert let_in == []


@pytest.mark.parametrize(("entity", "column"), COLUMNS, ids=_name)
def test_only_what_is_required_is_required(tables, entity, column):
    """A column that must have a value cannot be empty, and one that need not can."""
    alone = {"lat": ("lon",), "lon": ("lat",)}.get(column.name, ())
    edges = ("west", "south", "east", "north")
    alone = edges if column.name in edges else alone
    empty_values = dict.fromkeys((column.name, *alone))
    needed = column.name == "id" or column.required or column.automatic
    assert refused(tables, entity, **empty_values) == needed


@pytest.mark.parametrize(
    ("entity", "values"),
    [
        (Lab, {"lat": None}),
        (Lab, {"lon": None}),
        (Area, {"west": None}),
        (Area, {"north": None, "south": None}),
        (Area, {"west": 9.2, "east": 9.1}),
        (Area, {"south": 45.2, "north": 45.1}),
        (Relation, {"subject": "ente-esempio", "object": "ente-esempio"}),
        (Network, {"id": "altra-rete"}),
        (Lab, {"id": "lab-esempio"}),
        (Contact, {"record": "area-esempio"}),
    ],
    ids=str,
)
def test_every_row_keeps_its_constraints(tables, entity, values):
    """No program can write half a point or box, a relation of one, or a record that is there."""
    assert refused(tables, entity, **values)


def test_what_is_referred_to_stays(tables):
    """No program that keeps foreign keys can delete what a record refers to."""
    tables.execute("BEGIN")
    tables.execute("UPDATE labs SET neighbourhood = 'area-esempio'")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        tables.execute("DELETE FROM areas")
    tables.execute("ROLLBACK")


def test_the_same_relation_once(tables):
    """No program can write the same relation of the same time twice."""
    tables.execute("BEGIN")
    insert = (
        "INSERT INTO relations (id, subject, role, object) VALUES"
        " (?, 'ente-esempio', 'manages', 'lab-esempio')"
    )
    tables.execute(insert, ("prima",))
    with pytest.raises(sqlite3.IntegrityError, match="already there"):
        tables.execute(insert, ("seconda",))
    tables.execute("ROLLBACK")


def test_many_rows_have_the_history_of_each(tmp_path, monkeypatch):
    """What is inserted at once leaves the file as it would be if each record were inserted."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    rows = [
        {
            **LAB.to_row(),
            "id": f"spazio-{n}",
            "name": f'Spazio "{n}" \\ È',
            "lat": n % 90 / 7,
            "lon": 9.1,
        }
        for n in range(2_500)
    ]
    told = []
    for name, insert in (("one", "insert"), ("many", "insert_many")):
        store = Store.create(tmp_path / f"{name}.db")
        with store.operation("import", "io"):
            store.insert(Lab, LAB)
            if insert == "insert_many":
                store.insert_many(Lab, [Lab.from_row(row).stored() for row in rows])
            else:
                for row in rows:
                    store.insert(Lab, Lab.from_row(row))
        told.append(sorted(line for line in store.connection.iterdump() if "search_" not in line))
        store.close()
    assert told[0] == told[1]
