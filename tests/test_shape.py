"""The shape of a registry's file: damage stops writing, additions do not, age is made up for."""

import sqlite3
from contextlib import closing, contextmanager

import pytest

from bencomune_cli import shape, shaping
from bencomune_cli.entities import AUTOMATIC, ENTITIES, PLACES, Contact, Lab, Network
from bencomune_cli.entities.shared import ISTAT_CODE
from bencomune_cli.errors import Refused
from bencomune_cli.history import fields
from bencomune_cli.kinds.choices import Term
from bencomune_cli.kinds.times import Day, PartialDate
from bencomune_cli.layers import LAYERS
from bencomune_cli.ledger import FULL_TEXT, MACHINE, SHADOWS
from bencomune_cli.query import Query, add_condition
from bencomune_cli.registry import Registry
from bencomune_cli.sql import Made, quoted
from bencomune_cli.store import Store
from bencomune_cli.tables import INDEXES, schema

OBJECTS = [(made.type, made.name) for made in schema()]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the bytes of a registry with a network, a lab and a contact."""
    path = tmp_path_factory.mktemp("shape") / "registry.db"
    with closing(Registry.create(path, "prova")) as registry, registry.operation("init"):
        registry.add(Network, {"name": "Rete Esempio"})
        registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
        person = {"record": "spazio-esempio", "role": "coordinator", "phone": "0382 000000"}
        registry.add(Contact, person)
    return path.read_bytes()


@pytest.fixture
def copy(path, made):
    """Return the path of a copy of that registry."""
    path.write_bytes(made)
    path.chmod(0o600)
    return path


@contextmanager
def another_program(path):
    """Give a connection that any program may have made, which tells its errors as they come."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def remake(path, name, change):
    """Change the SQL of an object as a program does that rebuilds it in its own way."""
    with another_program(path) as connection:
        where = "WHERE name = ?"
        (sql,) = connection.execute(f"SELECT sql FROM sqlite_master {where}", (name,)).fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        assert change(sql) != sql
        connection.execute(f"UPDATE sqlite_master SET sql = ? {where}", (change(sql), name))


def assert_damaged(path, name):
    """Assert that writing is refused with the object's name, and that reading tells it and goes."""
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        Registry.open(path, writing=True)
    assert f"“{name}”" in refused.value.text.en
    assert path.read_bytes() == before
    with closing(Registry.open(path)) as registry:
        assert any(f"“{name}”" in notice.en for notice in registry.store.notices)
        if name != "network":
            assert registry.network().name == "Rete Esempio"


def test_a_new_registry_is_whole(copy):
    """A registry as it was made has neither damage nor additions nor age."""
    with closing(Store.open(copy, writing=True)) as store:
        assert (store.notices, store.additions()) == ([], [])
        assert shape.damage(store.connection) == []
        assert not shaping.outdated(store.connection)
        assert len(shape.fingerprint(store.connection)) == 8


@pytest.mark.parametrize(("type_", "name"), OBJECTS, ids=lambda case: case)
def test_an_object_that_is_missing_stops_writing(copy, type_, name):
    """Without any one of our tables, triggers, views and indexes nothing is written."""
    with another_program(copy) as connection:
        connection.execute(f"DROP {type_} {name}")
    assert_damaged(copy, name)


OTHERWISE = {
    "trigger": "CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN SELECT 1; END",
    "view": "CREATE VIEW {name} AS SELECT 1 AS id",
}


@pytest.mark.parametrize(
    ("type_", "name"),
    [each for each in OBJECTS if each[0] in {"trigger", "view"}],
    ids=lambda case: case,
)
def test_an_object_that_was_changed_stops_writing(copy, type_, name):
    """With a trigger or view of our name that does something else nothing is written."""
    with another_program(copy) as connection:
        find = "SELECT tbl_name FROM sqlite_master WHERE name = ?"
        (table,) = connection.execute(find, (name,)).fetchone()
        connection.execute(f"DROP {type_} {name}")
        connection.execute(OTHERWISE[type_].format(name=name, table=table))
    assert_damaged(copy, name)


@pytest.mark.parametrize(
    "index", [*INDEXES, *(made for made in MACHINE if made.type == "index")], ids=lambda i: i.name
)
def test_an_index_that_was_changed_stops_writing(copy, index):
    """With an index of our name over something else nothing is written."""
    with another_program(copy) as connection:
        connection.execute(f"DROP INDEX {index.name}")
        connection.execute(index.sql.replace("UNIQUE ", "") + " WHERE rowid > 1")
    assert_damaged(copy, index.name)


@pytest.mark.parametrize("part", SHADOWS)
@pytest.mark.parametrize("table", [made.name for made in FULL_TEXT])
def test_a_changed_table_of_full_text_stops_writing(copy, table, part):
    """What FTS5 made for the index of search is known too: changed, nothing is written."""
    remake(copy, f"{table}_{part}", lambda sql: ", CHECK (true))".join(sql.rsplit(")", 1)))
    with pytest.raises(Refused) as refused:
        Registry.open(copy, writing=True)
    assert f"“{table}_{part}”" in refused.value.text.en


def _without_check(sql):
    """Drop the first CHECK, whatever it holds to."""
    start = sql.index(" CHECK (")
    end, depth = start + len(" CHECK ("), 1
    while depth:
        depth += {"(": 1, ")": -1}.get(sql[end], 0)
        end += 1
    return sql[:start] + sql[end:]


REBUILT = {
    "check": _without_check,
    "strict": lambda sql: sql.removesuffix(" STRICT"),
    "type": lambda sql: sql.replace('"id" TEXT', '"id" ANY', 1),
    "missing": lambda sql: sql.replace(" NOT NULL", "", 1),
    "constraint": lambda sql: sql.replace(") STRICT", ", CHECK (id <> 'esempio')) STRICT"),
    "column": lambda sql: sql.replace('"version"', '"versione"'),
}


@pytest.mark.parametrize("how", REBUILT)
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)
def test_a_table_that_was_rebuilt_stops_writing(copy, entity, how):
    """With a table that no longer holds its columns to their kinds nothing is written."""
    remake(copy, entity.table, REBUILT[how])
    assert_damaged(copy, entity.table)


@pytest.mark.parametrize("table", [made.name for made in MACHINE if made.type == "table"])
def test_a_table_of_history_that_was_rebuilt_stops_writing(copy, table):
    """With a table of history or shape that takes any type nothing is written."""
    remake(copy, table, REBUILT["strict"])
    assert_damaged(copy, table)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM shape",
        "DELETE FROM shape WHERE type = 'fingerprint'",
        "DELETE FROM shape WHERE type = 'trigger'",
        "UPDATE shape SET sql = '' WHERE name = 'labs_after_update'",
    ],
)
def test_a_record_of_the_shape_that_was_changed_stops_writing(copy, sql):
    """Who changes the record of what was made cannot hide a change: nothing is written."""
    with another_program(copy) as connection:
        connection.execute(sql)
    before = copy.read_bytes()
    with pytest.raises(Refused, match=copy.name):
        Store.open(copy, writing=True)
    assert copy.read_bytes() == before
    with closing(Store.open(copy)) as store:
        assert store.notices


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("appunti", "CREATE TABLE appunti (testo)"),
        ("attivi", "CREATE VIEW attivi AS SELECT * FROM labs WHERE state = 'active'"),
        ("per_nome", "CREATE INDEX per_nome ON labs (name)"),
        ("avvisa", "CREATE TRIGGER avvisa AFTER UPDATE ON labs BEGIN SELECT 1; END"),
        ("labs", "ALTER TABLE labs ADD COLUMN colore TEXT"),
        (
            "labs",
            'ALTER TABLE labs ADD COLUMN "Colore, o ""tinta""" TEXT NOT NULL DEFAULT \'a, b\'',
        ),
        ("contacts", "ALTER TABLE contacts ADD COLUMN nota TEXT CHECK (nota <> ')')"),
        ("operations", "ALTER TABLE operations ADD COLUMN nota TEXT"),
    ],
    ids=lambda case: case.split(" AS")[0][:40],
)
def test_what_others_add_is_told_and_left_alone(copy, name, sql):
    """What other programs add is told at every opening for writing, stays, and stops nothing."""
    with another_program(copy) as connection:
        connection.execute(sql)
    for turn in range(2):
        with closing(Registry.open(copy, writing=True)) as registry:
            assert [name in notice.en for notice in registry.store.notices] == [True]
            assert registry.store.additions() == registry.store.notices
            with registry.operation("lab add"):
                registry.add(Lab, {"name": f"Altro Esempio {turn}"})


def test_statistics_are_no_addition(copy):
    """What SQLite itself keeps, as ANALYZE does, is nobody's addition."""
    with another_program(copy) as connection:
        connection.execute("ANALYZE")
    with closing(Store.open(copy, writing=True)) as store:
        assert store.notices == []


# Age


def addable(entity):
    """Return the columns that an older program may not have had: no constraint or index needs."""
    bound = [*entity.constraints, *(made.sql for made in INDEXES if entity.table in made.sql)]
    return [
        column
        for column in entity.columns
        if column.name not in {"id", *AUTOMATIC} and not any(column.name in sql for sql in bound)
    ]


def older_program(monkeypatch, path, entity, columns):
    """Make a registry as an older program did, in which an entity had these columns."""
    assert entity.has("id")
    with monkeypatch.context() as older:
        older.setattr(entity, "columns", tuple(columns))
        Store.create(path).close()


def _rows(connection, entity, names):
    names = ", ".join(map(quoted, names))
    return connection.execute(f"SELECT {names} FROM {entity.table} ORDER BY id").fetchall()


NEW = {"INTEGER": "1 - coalesce({0}, 0)", "REAL": "1.5", "TEXT": "'esempio'"}


def new_value(column):
    """Return SQL for a value that a column does not have yet."""
    kind = getattr(column.kind, "item", column.kind)
    if isinstance(kind, Term):
        others = [code for code in kind.schema()["enum"] if code != column.default]
        return f"'{others[-1]}'"
    special = {PartialDate: "'2020-01-31'", Day: "'2020-01-31'", type(ISTAT_CODE): "'000001'"}
    return special.get(type(kind)) or NEW[kind.sql_type].format(quoted(column.name))


REFERRED = {
    **dict.fromkeys(("record", "subject", "one"), "lab-esempio"),
    **dict.fromkeys(("object", "other"), "gruppo-esempio"),
}


def add_row(connection, entity, present):
    """Write one row by hand, with only what it must have."""
    row = {"id": "network" if entity is Network else "riga-esempio"}
    for column in entity.columns:
        if column.required and column.default is None and column.name in present:
            terms = column.kind.schema().get("enum")
            row[column.name] = REFERRED.get(column.name) or (terms[0] if terms else "Esempio")
    marks = ", ".join("?" * len(row))
    names = ", ".join(map(quoted, row))
    connection.execute(f"INSERT INTO {entity.table} ({names}) VALUES ({marks})", list(row.values()))


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)
def test_an_older_registry_gets_new_columns(monkeypatch, path, entity):
    """Columns declared since are added at the first writing: rows stay, history covers them."""
    new = addable(entity)
    older = [column for column in entity.columns if column not in new]
    older_program(monkeypatch, path, entity, older)
    present = [column.name for column in older]
    with another_program(path) as connection:
        add_row(connection, entity, present)
        before = _rows(connection, entity, present)
    with closing(Store.open(path)) as store:
        record = next(store.select(entity))
        assert {getattr(record, column.name) for column in new} <= {None, ()}
    with closing(Store.open(path, writing=True)) as store:
        assert [notice.en.split(": ")[1] for notice in store.notices] == ["brought up to date"]
        assert _rows(store.connection, entity, present) == before
        assert shape.damage(store.connection) == []
        for pragma in ("foreign_keys", "synchronous"):
            store.connection.execute(f"PRAGMA {pragma} = OFF")
        for column in new:
            name = quoted(column.name)
            with store.operation("edit", "prova"):
                store.connection.execute(f"UPDATE {entity.table} SET {name} = {new_value(column)}")
            told = fields(store.connection, store.moment()[0])
            assert [change.column for change in told] == [column.name]


@pytest.fixture
def without_cost(monkeypatch, path):
    """Return a registry of a program whose labs had no cost yet."""
    older_program(monkeypatch, path, Lab, [c for c in Lab.columns if c.name != "cost"])
    with another_program(path) as connection:
        connection.execute("INSERT INTO network (id, name) VALUES ('network', 'Rete Esempio')")
        connection.execute(
            "INSERT INTO labs (id, name, state) VALUES ('spazio-esempio', 'Spazio', 'active')"
        )
    return path


def test_history_covers_a_new_column(without_cost):
    """What is written into a column that was added is in the history, and can be undone."""
    with closing(Registry.open(without_cost, writing=True)) as registry:
        with registry.operation("lab edit"):
            registry.change(registry.finder.place("spazio"), {"cost": "gratuito"})
        seq = registry.store.moment()[0]
        told = [(c.column, c.before, c.after) for c in fields(registry.store.connection, seq)]
        assert told == [("cost", None, "gratuito")]
        registry.undo()
        assert registry.finder.place("spazio").cost is None


def test_age_is_made_up_for_once(without_cost):
    """A registry that was brought up to date is so: the next command has nothing to do."""
    Store.open(without_cost, writing=True).close()
    before = without_cost.read_bytes()
    with closing(Store.open(without_cost, writing=True)) as store:
        assert store.notices == []
        assert not shaping.outdated(store.connection)
    assert without_cost.read_bytes() == before


def test_an_older_registry_is_exported(without_cost):
    """A scheduled export after an update of the program needs no writing command before it."""
    with closing(Registry.open(without_cost)) as registry:
        dataset, _held = registry.dataset()
        with closing(dataset):
            rows = [(row["id"], row["cost"]) for row in dataset.objects(LAYERS["labs"])]
    assert rows == [("spazio-esempio", None)]


@pytest.mark.parametrize(("condition", "found"), [("cost=", 1), ("cost~cost", 0)])
def test_an_older_registry_is_asked(without_cost, condition, found):
    """A question about a column that the file does not have yet is answered: it is empty."""
    with closing(Registry.open(without_cost)) as registry:
        query = Query()
        add_condition(query, Lab, condition, registry.finder.resolved)
        assert len(registry.find(Lab, query)) == found


def test_a_newer_registry_is_left_as_it_is(monkeypatch, path):
    """A program that knows fewer columns than the file has leaves those, their triggers too."""
    Store.create(path).close()
    with another_program(path) as connection:
        connection.execute("INSERT INTO labs (id, name, cost) VALUES ('spazio', 'Spazio', '1 €')")
    before = path.read_bytes()
    with monkeypatch.context() as older:
        older.setattr(Lab, "columns", tuple(c for c in Lab.columns if c.name != "cost"))
        with closing(Store.open(path, writing=True)) as store:
            assert not shaping.outdated(store.connection)
            assert store.notices == []
            assert path.read_bytes() == before
            with store.operation("lab edit", "prova"):
                store.update(Lab, Lab(id="spazio", name="Altro"), ["name"])
    with another_program(path) as connection:
        assert connection.execute("SELECT name, cost FROM labs").fetchall() == [("Altro", "1 €")]
        (after,) = connection.execute("SELECT after FROM changes ORDER BY seq DESC").fetchone()
        assert '"cost":"1 €"' in after


def test_an_older_registry_takes_a_new_term(monkeypatch, path):
    """A term added to a vocabulary since can be used in the registries that are there."""
    kind = type(Lab.column("lab_kind").kind)
    now = kind.check
    terms = Lab.column("lab_kind").kind.schema()["enum"]
    with monkeypatch.context() as older:
        older.setattr(
            kind, "check", lambda self, column: now(self, column).replace(f", '{terms[-1]}'", "")
        )
        Store.create(path).close()
    with closing(Registry.open(path, writing=True)) as registry, registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio", "lab_kind": terms[-1]})


NARROWER = " AND r.name <> 'Spazio Esempio'"


@pytest.mark.parametrize("entity", PLACES, ids=lambda entity: entity.table)
def test_a_narrower_view_holds_from_the_next_writing(monkeypatch, copy, entity):
    """What a newer program no longer publishes is out of the views at the next writing."""
    monkeypatch.setattr(entity, "public_when", entity.public_when + NARROWER)
    with closing(Store.open(copy, writing=True)) as store:
        found = store.connection.execute(f"SELECT name FROM public_{entity.table}").fetchall()
        assert found == []
        assert not shaping.outdated(store.connection)


def test_a_narrower_view_holds_for_an_export_at_once(monkeypatch, copy):
    """What a newer program no longer publishes does not go out by the views of the older one."""
    monkeypatch.setattr(Lab, "public_when", Lab.public_when + NARROWER)
    with closing(Registry.open(copy)) as registry:
        dataset, _held = registry.dataset()
        with closing(dataset):
            assert list(dataset.objects(LAYERS["labs"])) == []


def test_a_narrower_view_holds_beside_columns_of_others(monkeypatch, copy):
    """A column that another program added does not keep the views from being brought up to date."""
    with another_program(copy) as connection:
        connection.execute('ALTER TABLE labs ADD COLUMN "colore" TEXT')
    with closing(Store.open(copy, writing=True)) as store:
        bring_up_to_date(store)
    monkeypatch.setattr(Lab, "public_when", Lab.public_when + NARROWER)
    with closing(Store.open(copy, writing=True)) as store:
        assert store.connection.execute("SELECT name FROM public_labs").fetchall() == []


# Columns of others


def bring_up_to_date(store):
    """Do what an opening by a newer program does."""
    with store._transaction():
        shaping.bring_up_to_date(store.connection)


VALUES = {
    "text": ("TEXT", 'blu "notte" \\ \n🎨'),
    "whole": ("INTEGER", 2**53 + 1),
    "number": ("REAL", 64.66848843312479),
    "endless": ("REAL", float("-inf")),
    "any": ("ANY", "007"),
    "bytes": ("BLOB", b"\x00\xff"),
}


NAMES = ["Colore della porta", 'con "virgolette"', "con\\barra"]


@pytest.mark.parametrize(
    ("name", "kind"), [*(("colore", kind) for kind in VALUES), *((name, "text") for name in NAMES)]
)
def test_a_column_of_others_is_kept(copy, name, kind):
    """A column of another program survives edits; once known, its changes are told and undone."""
    type_, value = VALUES[kind]
    with another_program(copy) as connection:
        connection.execute(f"ALTER TABLE labs ADD COLUMN {quoted(name)} {type_}")
        find = f"SELECT {quoted(name)} FROM labs"
        connection.execute(f"UPDATE labs SET {quoted(name)} = ?", (value,))
        with closing(Registry.open(copy, writing=True)) as registry:
            with registry.operation("lab edit"):
                registry.change(registry.finder.place("spazio"), {"summary": "Una prova."})
            assert connection.execute(find).fetchall() == [(value,)]
            bring_up_to_date(registry.store)
            assert connection.execute(find).fetchall() == [(value,)]
            connection.execute(f"UPDATE labs SET {quoted(name)} = NULL")
            told = fields(registry.store.connection, registry.store.moment()[0])
            assert [(change.column, change.after) for change in told] == [(name, None)]
            registry.undo()
            assert connection.execute(find).fetchall() == [(value,)]
            registry.redo()
            assert connection.execute(find).fetchall() == [(None,)]


def test_a_removal_that_is_undone_gives_back_the_columns_of_others(copy):
    """A contact that was removed and put back has what another program's column held."""
    with another_program(copy) as connection:
        connection.execute("ALTER TABLE contacts ADD COLUMN colore TEXT")
        connection.execute("UPDATE contacts SET colore = 'blu'")
        with closing(Registry.open(copy, writing=True)) as registry:
            with registry.operation("contact remove"):
                registry.delete(next(registry.store.select(Contact)))
            registry.undo()
        assert connection.execute("SELECT colore FROM contacts").fetchall() == [("blu",)]


def test_an_older_registry_gets_a_new_index(monkeypatch, copy):
    """An index that a newer program declares is made at the next opening for writing, once."""
    index = Made("index", "labs_by_name", "CREATE INDEX labs_by_name ON labs (name)")
    monkeypatch.setattr("bencomune_cli.tables.INDEXES", (*INDEXES, index))
    with closing(Store.open(copy, writing=True)) as store:
        find = "SELECT sql FROM sqlite_master WHERE name = 'labs_by_name'"
        assert store.connection.execute(find).fetchall() == [(index.sql,)]
        assert shape.damage(store.connection) == []
        assert not shaping.outdated(store.connection)


def test_an_index_that_is_declared_no_more_is_dropped(monkeypatch, path):
    """An index of an older program, which may be unique, neither stays nor is told as another's."""
    index = Made("index", "labs_by_name", "CREATE UNIQUE INDEX labs_by_name ON labs (name)")
    with monkeypatch.context() as older:
        older.setattr("bencomune_cli.tables.INDEXES", (*INDEXES, index))
        older_program(older, path, Lab, [c for c in Lab.columns if c.name != "cost"])
    with closing(Store.open(path, writing=True)) as store:
        assert store.additions() == []
        find = "SELECT 1 FROM sqlite_master WHERE name = 'labs_by_name'"
        assert store.connection.execute(find).fetchall() == []
        assert shape.damage(store.connection) == []
