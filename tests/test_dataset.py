"""The boundary: what a format can ask of a dataset, and what it never gets."""

import itertools
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from multiprocessing import active_children
from pathlib import Path

import pytest

import bencomune_cli.dataset as module
from bencomune_cli import withholding
from bencomune_cli.abreast import AHEAD, read_abreast
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Area, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.extracts import Extract
from bencomune_cli.layers import LAYERS, Layer
from bencomune_cli.registry import Registry

LABS = LAYERS["labs"]
SECRETS = (
    "Nota Canarina",
    "Covo Canarino",
    "Bozza Canarina",
    "Motivo Canarino",
    "Persona Canarina",
    "+390200000999",
    "canarina@example.org",
    "prot. canarino",
)

# Row sources over columns that no public view reads, then over columns that one does.
SOURCES = {
    "cte over a staff column": "(WITH public_labs AS (SELECT notes FROM labs)"
    " SELECT * FROM public_labs)",
    "cte over a phone": "(WITH public_contacts AS (SELECT phone FROM contacts)"
    " SELECT * FROM public_contacts)",
    "cte over hidden names": "(WITH public_labs AS (SELECT name FROM labs WHERE hidden)"
    " SELECT * FROM public_labs)",
    "cte over all names": "(WITH public_names AS (SELECT group_concat(name) FROM labs)"
    " SELECT * FROM public_names)",
    "recursive cte": "(WITH RECURSIVE public_labs(n) AS (SELECT name FROM labs UNION"
    " SELECT n FROM public_labs) SELECT group_concat(n) FROM public_labs)",
    "materialized cte": "(WITH public_contacts AS MATERIALIZED (SELECT evidence FROM contacts)"
    " SELECT * FROM public_contacts)",
    "sub-select": "(SELECT notes FROM labs)",
    "sub-select under a false alias": "(SELECT notes FROM labs AS public_labs)",
    "phone under a false alias": "(SELECT phone FROM contacts AS public_contacts)",
    "nested under a false alias": "(SELECT phone FROM (SELECT phone FROM contacts)"
    " AS public_contacts)",
    "join": "(SELECT c.phone FROM public_labs AS p JOIN contacts AS c ON c.record = p.id)",
    "union": "(SELECT name FROM public_labs UNION SELECT notes FROM labs)",
    "compound": "(SELECT name FROM public_labs EXCEPT SELECT name FROM labs)",
    "values": "(VALUES ((SELECT notes FROM labs)))",
    "exists": "EXISTS (SELECT 1 FROM labs WHERE notes GLOB 'N*')",
    "history": "(SELECT group_concat(after) FROM changes)",
    "schema": "(SELECT group_concat(sql) FROM sqlite_master)",
    "schema by its other name": "(SELECT group_concat(sql) FROM sqlite_schema)",
    "pragma as a table": "(SELECT group_concat(name) FROM pragma_table_info('labs'))",
    "dbstat": "(SELECT count(*) FROM dbstat)",
    "json_each": "(SELECT group_concat(value) FROM json_each((SELECT notes FROM labs)))",
}
# Ways to bring a row source past a reader of expressions: quotes of four kinds hide what is
# between them, and a type name may be quoted.
DISGUISES = {
    "plain": "{}",
    "joined": "name || {}",
    "in a function": "json_object('a', coalesce({}, 'b'))",
    "in a case": "CASE WHEN 1 THEN {} END",
    "in lines": "\n{}\n",
    "between strings": "'it''s' || {} || ''''",
    "between names": '"name" || {} || "name"',
    "apostrophe in backticks": "CAST('' AS `'`) || {} || CAST('' AS `'`)",
    "quote in backticks": "CAST('' AS `\"`) || {} || CAST('' AS `\"`)",
    "apostrophe in brackets": "CAST('' AS [']) || {} || CAST('' AS ['])",
    "quote in brackets": "CAST('' AS [\"]) || {} || CAST('' AS [\"])",
    "apostrophe in quotes": "CAST('' AS \"'\") || {} || CAST('' AS \"'\")",
    "one of each": "CAST('' AS [']) || {} || CAST('' AS `'`)",
    "parenthesis in brackets": "CAST('' AS [(]) || {} || CAST('' AS [)])",
}
ALONE = {
    "empty": "",
    "staff column": "notes",
    "staff column of the table": "labs.notes",
    "another view": "public_contacts.phone",
    "list of rows": "'x' IN labs",
    "list of rows, not": "name NOT IN labs",
    "list of rows, quoted": 'name IN"labs"',
    "list of a view": "phone IN public_contacts",
    "comment": "name -- ",
    "comment over lines": "name /* ",
    "two statements": "name; SELECT 1",
    "closing parenthesis": "name) FROM labs --",
    "closed and opened": "name), (name",
    "opened": "(name",
    "open string": "'name",
    "open name": '"name',
    "open backtick": "`name",
    "from": "notes FROM labs ",
    "from in another case": "notes fRoM labs ",
    "from after a line": "notes\nFROM\nlabs ",
    "from in backticks": "CAST(1 AS `'`), notes FROM labs, (SELECT 1 AS `'`) ",
    "from a false view": "CAST(phone AS [']) FROM contacts AS public_contacts, "
    "(SELECT 1 AS [']) UNION ALL SELECT name, id FROM public_labs, public_labs",
    "numbered parameter": "?1",
    "parameter": "?",
    "named parameter": ":record_type",
    "named parameter of another alphabet": ":è",
    "named parameter of a sign": ":€",
    "at parameter": "@a",
    "dollar parameter": "$a",
    "dollar parameter with colons": "$a::b(c)",
    "attach": "ATTACH 'other.db' AS other",
    "load_extension": "load_extension('x')",
    "load_extension in quotes": "\"load_extension\"('x')",
    "readfile": "readfile('/etc/hostname')",
    "randomblob": "randomblob(9)",
    "zeroblob": "zeroblob(9)",
    "fts3_tokenizer": "fts3_tokenizer('simple')",
    "random": "random()",
    "sqlite_version": "sqlite_version()",
    "last_insert_rowid": "last_insert_rowid()",
    "unknown function": "randomblob(3)",
    "raise": "RAISE(ABORT, 'x')",
    "match": "name MATCH 'x'",
    "NUL": "name\x00 FROM labs",
}
ATTACKS = ALONE | {
    f"{source}, {disguise}": template.format(expression)
    for source, expression in SOURCES.items()
    for disguise, template in DISGUISES.items()
}
STATEMENTS = (
    "WITH public_labs AS (SELECT notes FROM labs) SELECT * FROM public_labs",
    "WITH public_contacts AS (SELECT phone FROM contacts) SELECT * FROM public_contacts",
    "WITH public_names AS (SELECT name FROM labs WHERE hidden) SELECT * FROM public_names",
    "SELECT notes FROM labs",
    "SELECT * FROM labs",
    "SELECT name FROM labs WHERE hidden",
    "SELECT phone FROM contacts",
    "SELECT phone FROM contacts AS public_contacts",
    "SELECT c.phone FROM public_labs AS p JOIN contacts AS c ON c.record = p.id",
    "SELECT count(*) FROM labs",
    "SELECT 1",
    "SELECT after FROM changes",
    "SELECT sql FROM sqlite_master",
    "SELECT * FROM pragma_table_info('labs')",
    "SELECT load_extension('x')",
    "SELECT randomblob(9), zeroblob(9)",
    "EXPLAIN SELECT notes FROM labs",
    "ATTACH 'other.db' AS other",
    "DETACH main",
    "PRAGMA table_info(labs)",
    "PRAGMA query_only = OFF",
    "PRAGMA query_only = ON",
    "PRAGMA writable_schema = ON",
    "VACUUM",
    "VACUUM INTO 'other.db'",
    "CREATE TEMP VIEW public_mine AS SELECT notes FROM labs",
    "CREATE TEMP TABLE mine AS SELECT notes FROM labs",
    "CREATE VIEW public_mine AS SELECT notes FROM labs",
    "DROP VIEW public_labs",
    "ALTER TABLE labs RENAME TO public_labs",
    "INSERT INTO areas (id, name, area_kind) VALUES ('x', 'X', 'district')",
    "UPDATE labs SET hidden = 0",
    "DELETE FROM contacts",
    "ANALYZE",
    "REINDEX",
    "BEGIN",
    "SAVEPOINT mine",
    "COMMIT",
    "ROLLBACK",
    "SELECT * FROM public_labs LIMIT 0",
)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a registry's file with secrets of every sort in it."""
    path = tmp_path_factory.mktemp("boundary") / "registry.db"
    labs = {
        "Spazio Esempio": {"state": "active", "notes": SECRETS[0]},
        "Secondo Esempio": {"state": "active", "lat": "45.1", "lon": "9.1"},
        SECRETS[1]: {"state": "active", "hidden": "yes", "hidden_reason": SECRETS[3]},
        SECRETS[2]: {"state": "proposed"},
    }
    contact = {
        "record": "spazio-esempio",
        "role": "coordinator",
        "person_name": SECRETS[4],
        "phone": SECRETS[5],
        "email": SECRETS[6],
        "evidence": SECRETS[7],
    }
    with closing(Registry.create(path, "prova")) as registry, registry.operation("init"):
        registry.add(Network, {"name": "Rete Esempio"})
        for name, texts in labs.items():
            registry.add(Lab, {"name": name, **texts})
        registry.add(Contact, contact)
    return path


@pytest.fixture
def dataset(file):
    """Give what that registry publishes."""
    with closing(Dataset(file)) as opened:
        yield opened


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_by_expression_is_refused(dataset, attack):
    """An expression that reaches for more than public columns is refused, and gives nothing."""
    got, refused = [], False
    try:
        got += dataset.texts(LABS, ATTACKS[attack])
    except Refused:
        refused = True
    assert not [secret for secret in SECRETS if secret in repr(got)]
    assert refused


@pytest.fixture
def made(tmp_path):
    """Return a file that is being made, with a table for labs."""
    made = tmp_path / "made.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("CREATE TABLE labs (row INTEGER PRIMARY KEY, value)")
    return made


def poured(made):
    """Return what was poured into it."""
    with closing(sqlite3.connect(made)) as connection:
        return connection.execute("SELECT * FROM labs ORDER BY row").fetchall()


@pytest.mark.parametrize("attack", [*ALONE, *(f"{source}, plain" for source in SOURCES)])
def test_an_attack_by_what_is_poured_is_refused(dataset, made, attack):
    """Nothing but public columns is poured into a file either; what is refused pours nothing."""
    with pytest.raises(Refused):
        dataset.pour(LABS, made, [ATTACKS[attack]], {})
    assert poured(made) == []


@pytest.mark.parametrize("source", [*SOURCES.values(), "labs", "contacts", "made.labs"])
def test_no_other_row_source_is_poured(dataset, made, source):
    """Records are poured from public views alone."""
    layer = LABS._replace(view=source.replace("SELECT *", "SELECT *, 1 AS id"))
    with pytest.raises(Refused):
        dataset.pour(layer, made, ["1"], {})
    assert poured(made) == []


def test_records_are_poured_in_the_order_of_ids(dataset, made):
    """Each is a row with a number, behind what is there; a format's own functions are called."""
    for _ in range(2):
        dataset.pour(LABS, made, ["doubled(name)"], {"doubled": (1, lambda name: name * 2)})
    names = ["Secondo EsempioSecondo Esempio", "Spazio EsempioSpazio Esempio"]
    assert poured(made) == list(enumerate(names * 2, start=1))


def test_nothing_is_poured_into_the_registry(file, dataset):
    """The registry itself is no file that records can be poured into."""
    before = file.read_bytes()
    with pytest.raises((Refused, sqlite3.DatabaseError)):
        dataset.pour(LABS, file, [f"'{LABS.name}'"] * len(Lab.columns), {})
    assert file.read_bytes() == before


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_connection_itself_takes_no_statement(dataset, statement):
    """A format that reaches past the dataset for its connection is refused by SQLite itself."""
    with pytest.raises(sqlite3.DatabaseError):
        dataset._gate.connection.execute(statement).fetchall()
    with pytest.raises(sqlite3.DatabaseError):
        dataset._gate.connection.executescript(statement)


def test_a_transaction_ended_by_force_opens_nothing(dataset):
    """Neither commit nor rollback pass, so that a write cannot follow them."""
    for end in (dataset._gate.connection.commit, dataset._gate.connection.rollback):
        with pytest.raises(sqlite3.DatabaseError, match="authoriz"):
            end()
    with pytest.raises(sqlite3.DatabaseError, match="authoriz"):
        dataset._gate.connection.execute("UPDATE labs SET hidden = 0")


@pytest.mark.parametrize(
    "copy",
    [
        lambda connection, target: connection.backup(target),
        lambda connection, target: target.deserialize(connection.serialize()),
        lambda connection, target: target.executescript("".join(connection.iterdump())),
    ],
    ids=["backup", "serialize", "iterdump"],
)
def test_the_connection_gives_no_copy(dataset, copy):
    """What the connection can copy past SQLite's authorizer holds none of what is not public."""
    with closing(sqlite3.connect(":memory:")) as target, suppress(sqlite3.Error):
        copy(dataset._gate.connection, target)
        assert target.execute("SELECT notes FROM labs WHERE notes IS NOT NULL").fetchall() == []


def test_the_connection_opens_no_value(dataset):
    """A value is not read as a blob either, by its table, column and row number."""
    with pytest.raises(sqlite3.Error):
        dataset._gate.connection.blobopen("labs", "notes", 1, readonly=True)


@pytest.mark.parametrize("source", SOURCES)
def test_a_made_up_layer_is_refused(dataset, source):
    """A layer of a format's own making names no other row source than a public view."""
    layer = LABS._replace(view=SOURCES[source].replace("SELECT *", "SELECT *, 1 AS id"))
    for ask in (dataset.rows, dataset.objects, lambda made: dataset.texts(made, "1")):
        with pytest.raises(Refused):
            list(ask(layer))


@pytest.mark.parametrize("view", ["labs", "contacts", "changes", "sqlite_master", "labs AS r"])
def test_a_layer_over_a_table_is_refused(dataset, view):
    """A layer over a table, not a public view, is refused."""
    with pytest.raises(Refused):
        list(dataset.rows(Layer("x", view, LABS.label, (Lab.column("id"),))))


def test_a_layer_over_contacts_gives_those_with_a_basis_only(dataset):
    """The view of contacts is as closed to a format as any other: no basis, no row."""
    layer = Layer("x", "public_contacts", LABS.label, (Contact.column("phone"),))
    assert list(dataset.rows(layer)) == []


@pytest.mark.parametrize("name", ["notes", "hidden_reason", "version"])
def test_a_layer_with_a_staff_column_gives_no_value_of_it(dataset, name):
    """A column that the view does not have gives an error or its own name, never a value."""
    layer = LABS._replace(columns=(Lab.column("id"), Lab.column(name)))
    with suppress(Refused):
        assert {row[1] for row in dataset.rows(layer)} <= {name}


def test_attacks_leave_no_trace(file, monkeypatch, tmp_path):
    """No attack writes: the registry is the same byte for byte, and no file is made beside it."""
    monkeypatch.chdir(tmp_path)
    before, beside = file.read_bytes(), sorted(file.parent.iterdir())
    with closing(Dataset(file)) as dataset:
        for attack in ATTACKS.values():
            with suppress(Refused):
                list(dataset.texts(LABS, attack))
        for statement in STATEMENTS:
            with suppress(sqlite3.DatabaseError):
                dataset._gate.connection.execute(statement)
        assert [row["id"] for row in dataset.objects(LABS)] == ["secondo-esempio", "spazio-esempio"]
    assert file.read_bytes() == before
    assert sorted(file.parent.iterdir()) == beside
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name", "Spazio Esempio"),
        ("\"name\" || ', ' || state", "Spazio Esempio, active"),
        ("json_object('n', \"name\", 'p', json_array(lat, lon))", None),
        ("coalesce(summary, 'it''s \"so\"')", 'it\'s "so"'),
        ("'SELECT notes FROM labs; -- /* ?1 :a'", "SELECT notes FROM labs; -- /* ?1 :a"),
        ("printf('%s %w', upper(name), replace(state, 'a', '(('))", "SPAZIO ESEMPIO ((ctive"),
        ("CASE WHEN lat IS NULL THEN 'no' ELSE CAST(round(lat, 2) AS TEXT) END", "no"),
    ],
)
def test_an_honest_expression_passes(dataset, expression, expected):
    """An expression over public columns gives one text for each record, in the order of ids."""
    _, text = dataset.texts(LABS, expression)
    assert text == (expected or '{"n":"Spazio Esempio","p":[null,null]}')


ASKS = {
    "rows": lambda dataset, layer: dataset.rows(layer),
    "objects": lambda dataset, layer: dataset.objects(layer),
    "a narrow layer": lambda dataset, layer: dataset.rows(
        layer._replace(columns=tuple(c for c in layer.columns if c.name == "id"))
    ),
    "one column": lambda dataset, layer: dataset.texts(layer, "id"),
    "the greatest": lambda dataset, layer: dataset.texts(layer, "max(id)"),
    "all in one": lambda dataset, layer: dataset.texts(layer, "group_concat(id)"),
    "all in each": lambda dataset, layer: dataset.texts(layer, "group_concat(id) OVER ()"),
}


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("held", ["luogo-trattenuto", "ente-trattenuto"])
def test_what_is_held_back_is_nowhere(registry, path, held, ask):
    """Neither name nor id of a held record is in any layer: not as a row, an end, or a partner."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Luogo Trattenuto", "state": "active"})
        registry.add(Lab, {"name": "Luogo Libero", "state": "active"})
        registry.add(Organisation, {"name": "Ente Trattenuto", "state": "active"})
        meeting = {"state": "active", "meets_at": "luogo-trattenuto"}
        registry.add(Group, {"name": "Gruppo Libero", **meeting})
        for role in ("coordinates", "partner_of"):
            for place in ("luogo-trattenuto", "luogo-libero"):
                ends = {"subject": "ente-trattenuto", "role": role, "object": place}
                registry.add(Relation, ends)
    name = held.replace("-", " ").title()
    got = []
    with closing(Dataset(path, {held})) as dataset, suppress(Refused):
        for layer in LAYERS.values():
            got += ASKS[ask](dataset, layer)
    assert held not in repr(got)
    assert name not in repr(got)
    assert "luogo-libero" in repr(got) or ask not in {
        "rows",
        "objects",
        "one column",
        "a narrow layer",
    }


def test_a_held_relation_is_nowhere(registry, path):
    """A relation that is held back is no row, and names nobody as partner of another record."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Luogo Libero", "state": "active"})
        for name in ("Ente Libero", "Ente Taciuto"):
            registry.add(Organisation, {"name": name, "state": "active"})
            ends = {"subject": name.casefold().replace(" ", "-"), "object": "luogo-libero"}
            registry.add(Relation, {"role": "partner_of", **ends})
    with closing(Dataset(path, {"ente-taciuto-partner-of-luogo-libero"})) as dataset:
        (relation,) = dataset.objects(LAYERS["relations"])
        (lab,) = dataset.objects(LABS)
    assert relation["subject"] == "ente-libero"
    assert lab["partners"] == "Ente Libero"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("Ente Uno", {})], "Ente Uno"),
        ([("Ente Uno", {"public": "no"})], None),
        ([("Ente Uno", {"until": "2001"})], None),
        ([("Ente Uno", {}), ("Ente Due", {})], "Ente Due | Ente Uno"),
        ([("Ente Uno", {}), ("Ente Due", {"public": "no"})], "Ente Uno"),
        ([("Ente Uno", {"public": "no"}), ("Ente Due", {"until": "2001"})], None),
        ([("Ente Uno", {}), ("Ente Uno", {})], "Ente Uno"),
        ([("Ente Uno", {"role": "coordinates"}), ("Ente Due", {})], "Ente Due"),
    ],
)
def test_who_stands_behind_a_record_is_told_once_and_in_order(registry, path, told, expected):
    """Names of the public ones, of one alone as of several; equal names of two records are one."""
    with registry.operation("test"):
        lab = registry.add(Lab, {"name": "Luogo", "state": "active"}).record.id
        for name, values in told:
            body = registry.add(Organisation, {"name": name, "state": "active"}).record.id
            ends = {"subject": body, "role": "partner_of", "object": lab}
            registry.add(Relation, ends | values)
    with closing(Dataset(path)) as dataset:
        (seen,) = dataset.objects(LABS)
    assert seen["partners"] == expected


def test_another_export_does_not_change_what_is_held_back(registry, path, monkeypatch):
    """Of two exports that start together each holds back what it was told, or is refused."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Luogo Trattenuto", "state": "active"})
    tell, turns = withholding._tell, itertools.count()

    def overtaken(connection, held):
        tell(connection, held)
        if held and next(turns) < 10:
            Dataset(path, ()).close()

    monkeypatch.setattr(withholding, "_tell", overtaken)
    with suppress(Refused), closing(Dataset(path, {"luogo-trattenuto"})) as dataset:
        assert list(dataset.rows(LABS)) == []


def test_the_count_is_that_of_the_rows(registry, path):
    """`count` tells as many records as `rows` gives, held ones and those without a point apart."""
    with registry.operation("test"):
        for name, point in (
            ("Primo", {}),
            ("Secondo", {"lat": "45.1", "lon": "9.1"}),
            ("Terzo", {}),
        ):
            registry.add(Lab, {"name": name, "state": "active", **point})
    for held, omit, expected in (((), False, 3), ({"terzo"}, False, 2), ((), True, 1)):
        with closing(Dataset(path, held, Extract(no_point="omit" if omit else "null"))) as dataset:
            assert dataset.count(LABS) == len(list(dataset.rows(LABS))) == expected


def test_a_dataset_is_of_one_moment(registry, path):
    """What another program writes while a dataset is open does not change what it gives."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Primo", "state": "active"})
    with closing(Dataset(path)) as dataset:
        before = list(dataset.rows(LABS))
        with closing(sqlite3.connect(path, timeout=0)) as other, suppress(sqlite3.OperationalError):
            other.execute("UPDATE labs SET name = 'Cambiato'")
            other.commit()
        assert list(dataset.rows(LABS)) == before
        assert dataset.sequence == 2


WAITS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE labs SET name = 'Cambiato'")
try:
    connection.execute("COMMIT")
except sqlite3.OperationalError as error:
    print(error, flush=True)
sys.stdin.read()
"""


def test_records_are_poured_while_another_program_waits_to_write(registry, path, made):
    """Who waits lets nobody begin to read: what is poured is read all the same, as it was."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Primo", "state": "active"})
    with closing(Dataset(path)) as dataset:
        command = [sys.executable, "-c", WAITS, path]
        with subprocess.Popen(command, stdin=-1, stdout=-1, encoding="utf-8") as waiting:
            assert waiting.stdout.readline() == "database is locked\n"
            dataset.pour(LABS, made, ["name"], {})
            waiting.stdin.close()
    assert poured(made) == [(1, "Primo")]


def test_the_language_is_that_of_the_network(registry, path):
    """Labels in files are in the network's first language, whoever exports."""
    with closing(Dataset(path)) as dataset:
        assert dataset.language == "it"
    with registry.operation("test"):
        registry.change(registry.network(), {"languages": "en, it"})
    with closing(Dataset(path)) as dataset:
        assert dataset.language == "en"


@pytest.mark.parametrize("held", [(), ("areas/a-primo",), ("areas/b-secondo", "areas/c-terzo")])
def test_each_record_has_the_name_of_its_own_municipality(registry, path, held):
    """The name is that of the first public municipality of the record's code, whichever it is."""
    box = {"west": "9", "south": "45", "east": "9.1", "north": "45.1"}
    towns = {
        "a-primo": "000011",
        "b-secondo": "000012",
        "c-terzo": "000012",
        "d-quarto": "000011",
        "e-quinto": "000013",
    }
    with registry.operation("test"):
        registry.add(Area, {"name": "A", "area_kind": "neighbourhood", **box}, "a-a")
        for id_, code in towns.items():
            told = {"name": f"Comune {id_}", "area_kind": "municipality", "code": code}
            registry.add(Area, {**told, **box}, id_)
        for code in ("000011", "000012", "000013", "000014", None):
            lab = {"name": f"Luogo {code}", "state": "active"}
            registry.add(Lab, lab | ({"municipality": code} if code else {}))
    with closing(Dataset(path, held)) as dataset:
        seen = {each["municipality"]: each["municipality_name"] for each in dataset.objects(LABS)}
    public = [id_ for id_ in towns if f"areas/{id_}" not in held]
    for code, name in seen.items():
        own = [id_ for id_ in public if towns[id_] == code]
        assert name == (f"Comune {own[0]}" if own else None)
    assert len(seen) == 5


@pytest.fixture
def abreast(monkeypatch):
    """Let three processes read at once, two records each time, however few there are."""
    monkeypatch.setattr(module, "EACH", 2)
    monkeypatch.setattr(module, "WORTH", 0)
    monkeypatch.setattr("bencomune_cli.abreast.useful", lambda: 3)


@pytest.fixture
def many(registry, path):
    """Return the file of a registry with some records of each kind, and more of labs."""
    with registry.operation("test"):
        for number in range(25):
            state = ("active", "paused", "proposed")[number % 3]
            registry.add(Lab, {"name": f"Luogo {number:02}", "state": state})
        registry.add(Group, {"name": "Gruppo", "state": "active", "meets_at": "luogo-00"})
        registry.add(Organisation, {"name": "Ente", "state": "active"})
        for number in (0, 3, 12):
            ends = {"subject": "ente", "object": f"luogo-{number:02}"}
            registry.add(Relation, {"role": "hosts", **ends})
    return path


def kept(joined):
    """Return copies of texts that can be used until the next is asked for."""
    return [bytes(text) for text in joined]


def joined(dataset, layer, record_type=""):
    """Return what a dataset joins of a layer's ids and partners, as the texts one by one."""
    expression = "id || coalesce(partners, '')" if layer.has("partners") else "id"
    finished = dataset.joined(layer, expression, "\n", record_type, lambda text: text + b"\n")
    whole = b"".join(kept(finished)).decode().removesuffix("\n")
    assert whole == "\n".join(dataset.texts(layer, expression, record_type))
    return whole.splitlines()


@pytest.mark.parametrize(
    ("extract", "labs"),
    [({}, 16), ({"where": ("state=paused",)}, 7), ({"where": ("name~Luogo 0",)}, 6)],
    ids=["all", "some", "by words"],
)
def test_several_processes_give_the_texts_in_their_order(abreast, many, extract, labs):
    """What several processes read at once is joined as one alone would: each record once."""
    del abreast
    with closing(Dataset(many, {"luogo-01"}, Extract(**extract))) as dataset:
        assert len(joined(dataset, LABS)) == labs == dataset.count(LABS)
        for layer in LAYERS.values():
            joined(dataset, layer)
        assert len(joined(dataset, LAYERS["network"], "lab")) == labs


def test_few_records_are_read_by_one_process(many):
    """Where there is little to read no process is begun."""
    with closing(Dataset(many)) as dataset:
        begun = dataset.joined(LABS, "id", "\n")
        assert next(begun)
        assert not active_children()


def test_the_walls_are_those_of_every_connection(abreast, file):
    """No expression and no statement gets past the gates of those that read beside the first."""
    del abreast
    with closing(Dataset(file)) as dataset:
        for attack in ATTACKS.values():
            with pytest.raises(Refused):
                list(dataset.joined(LABS, attack, ","))
        with closing(dataset._twin()) as gate:
            for statement in STATEMENTS:
                with pytest.raises(sqlite3.DatabaseError):
                    gate.connection.execute(statement).fetchall()
            with pytest.raises(sqlite3.Error):
                gate.connection.serialize()
            with pytest.raises(Refused):
                gate.prepared("SELECT notes FROM labs", ())


def test_nobody_commits_while_helpers_read(abreast, many):
    """All processes read one state of the file, whatever another program wants to write."""
    del abreast
    with closing(Dataset(many)) as dataset, closing(sqlite3.connect(many, timeout=0)) as other:
        before = list(dataset.texts(LABS, "name"))
        begun = dataset.joined(LABS, "name", "\n")
        pieces = [bytes(next(begun))]
        other.execute("UPDATE labs SET name = 'Cambiato'")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.commit()
        pieces += kept(begun)
        assert b"\n".join(pieces).decode().splitlines() == before
        assert len(joined(dataset, LABS)) == 17


def test_no_connection_reads_another_state(abreast, many, tmp_path):
    """Where another file has taken the place of the one that is read, only that one is read."""
    del abreast
    with closing(Dataset(many)) as dataset:
        Registry.create(tmp_path / "other.db", "prova").close()
        (tmp_path / "other.db").replace(many)
        with pytest.raises(Refused):
            dataset._twin()
        assert len(joined(dataset, LABS)) == 17


def test_a_fault_in_a_helper_is_the_callers(abreast, many):
    """Text that is no UTF-8 is met by who asks, whichever connection reads it."""
    del abreast
    with closing(sqlite3.connect(many)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute("UPDATE labs SET name = CAST(x'4cff' AS TEXT) WHERE id = 'luogo-15'")
        other.commit()
    with closing(Dataset(many)) as dataset, pytest.raises(UnicodeDecodeError):
        list(dataset.joined(LABS, "name", "\n"))


def test_no_helper_is_left_of_what_is_not_read_to_its_end(abreast, many):
    """Once nobody reads on, no process is left and nothing is open, before the dataset closes."""
    del abreast
    with closing(Dataset(many)) as dataset:
        before = len(list(Path("/proc/self/fd").iterdir()))
        begun = dataset.joined(LABS, "id", "\n")
        assert next(begun) == b"luogo-00\nluogo-01"
        assert len(active_children()) == 3
        begun.close()
        assert not active_children()
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_helpers_read_for_an_earlier_moment_too(abreast, many, made):
    """Files that tell the moment of an earlier publication are made by helpers as any are."""
    del abreast
    with closing(Dataset(many)) as dataset:
        dataset.sequence -= 1
        dataset._twin().close()
        dataset.pour(LABS, made, ["id"])
        assert len(poured(made)) == dataset.count(LABS)


def test_helpers_that_are_killed_cost_nothing_but_time(abreast, many):
    """What a helper that is gone should have read, the first process reads; nothing is missing."""
    del abreast
    with closing(Dataset(many)) as dataset:
        whole = kept(dataset.joined(LABS, "id", "\n"))
        for killed in range(1, 4):
            begun = dataset.joined(LABS, "id", "\n")
            pieces = [bytes(next(begun))]
            for helper in active_children()[:killed]:
                helper.kill()
            assert [*pieces, *kept(begun)] == whole


def test_a_system_that_makes_no_process_costs_nothing_but_time(abreast, many, made, monkeypatch):
    """Where no process can be begun, one reads and pours all."""
    del abreast

    def refuse():
        raise BlockingIOError

    with closing(Dataset(many)) as dataset:
        whole = kept(dataset.joined(LABS, "id", "\n"))
        monkeypatch.setattr("os.fork", refuse)
        assert kept(dataset.joined(LABS, "id", "\n")) == whole
        dataset.pour(LABS, made, ["id"])
    assert [id_ for _, id_ in poured(made)] == b"\n".join(whole).decode().splitlines()


def test_a_text_longer_than_the_memory_shared(abreast, many, monkeypatch):
    """A text that the shared memory cannot hold comes whole, between those that it can hold."""
    del abreast
    monkeypatch.setattr("bencomune_cli.abreast.ROOM", 40)
    with closing(Dataset(many)) as dataset:
        length = "CASE id WHEN 'luogo-06' THEN 90000 ELSE 3 END"
        pieces = kept(dataset.joined(LABS, f"printf('%.*c', {length}, 'a')", "\n"))
        assert sorted(map(len, pieces))[-2:] == [7, 90004]
        assert len(pieces) == 9


def test_a_text_that_is_over_cannot_be_used(abreast, many):
    """What is kept longer than it is there is an error, not another text."""
    del abreast
    with closing(Dataset(many)) as dataset:
        first, *_ = dataset.joined(LABS, "id", "\n")
        with pytest.raises(ValueError, match="released"):
            bytes(first)


def test_no_more_is_read_ahead_than_is_bounded(abreast):
    """Of many things only a few are read before they are asked for."""
    del abreast
    asked = itertools.count()
    begun = read_abreast(lambda: b"%d".__mod__, b"%d".__mod__, asked)
    assert [bytes(next(begun)) for _ in range(20)] == [b"%d" % number for number in range(20)]
    assert next(asked) <= 20 + 3 * AHEAD
    begun.close()


@pytest.fixture
def odd(registry, path):
    """Return the file of a registry with records in three parts, of which the last is not full."""
    with registry.operation("test"):
        for number in range(5):
            registry.add(Lab, {"name": f"Luogo {number}", "state": "active"})
    return path


def slowly(name):
    """Return a name, after some time."""
    time.sleep(0.05)
    return name


@pytest.mark.parametrize("killed", [False, True], ids=["helped", "killed"])
def test_two_pour_as_one(abreast, odd, made, killed):
    """What a helper puts goes on where the first half ends; if it is killed, nothing is missing."""
    del abreast
    with closing(Dataset(odd)) as dataset:

        def watched(items, *_):
            for item in items:
                for helper in active_children() if killed else ():
                    helper.kill()
                yield item

        dataset.watch = watched
        for _ in range(2):
            dataset.pour(LABS, made, ["slowly(name)"], {"slowly": (1, slowly)})
        assert not active_children()
    names = [f"Luogo {number}" for number in range(5)]
    assert poured(made) == list(enumerate(names * 2, start=1))
    assert [each.name for each in made.parent.glob("made*")] == ["made.db"]


def test_a_refusal_of_a_helper_is_the_callers(abreast, many, made):
    """What fails in the second half is told as if there were no helper."""
    del abreast

    def fails(name):
        return name if name < "Luogo 15" else ord(name)

    with closing(Dataset(many)) as dataset, pytest.raises((Refused, sqlite3.Error)):
        dataset.pour(LABS, made, ["fails(name)"], {"fails": (1, fails)})


def stopped(name):
    """Do what happens where a person stops the run just there."""
    raise KeyboardInterrupt(name)


def test_who_stops_inside_a_function_stops_the_run(registry, path, made, monkeypatch):
    """Ctrl-C is no fault of the format, wherever it comes: in a point, in a condition."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Primo", "state": "active"})
    with closing(Dataset(path)) as dataset, pytest.raises(KeyboardInterrupt):
        dataset.pour(LABS, made, ["stopped(name)"], {"stopped": (1, stopped)})
    assert poured(made) == []
    monkeypatch.setattr("bencomune_cli.extracts.folded", stopped)
    for read in (
        lambda dataset: list(dataset.rows(LABS)),
        lambda dataset: list(dataset.joined(LABS, "name", ",")),
    ):
        extract = Extract(where=("name~Primo",))
        with closing(Dataset(path, (), extract)) as dataset, pytest.raises(KeyboardInterrupt):
            read(dataset)


ORPHANS = """
import os, sys, time
from bencomune_cli import abreast

abreast.useful = lambda: 2

def slow():
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

with abreast.aside(slow) as done, abreast.aside(slow):
    done()
"""


def test_no_helper_outlives_its_process():
    """Where a process is killed at once, its helpers end, whatever they do."""
    command = [sys.executable, "-c", ORPHANS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="ascii") as process:
        helpers = [int(process.stdout.readline()) for _ in range(2)]
        process.kill()
        for _ in range(500):
            if not any(Path(f"/proc/{helper}/exe").exists() for helper in helpers):
                break
            time.sleep(0.02)
        assert not [each for each in helpers if Path(f"/proc/{each}/exe").exists()]
