"""search: every word of a record finds it, mistyped names too; the index follows every writer."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bencomune_cli import indexing, shaping
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import PLACES, Area, Contact, Group, Lab, Organisation
from bencomune_cli.indexing import INDEXED, searched
from bencomune_cli.kinds.choices import Term
from bencomune_cli.kinds.texts import Geometry, Phone, Reference, Shaped
from bencomune_cli.registry import Registry
from bencomune_cli.search import asked
from bencomune_cli.sql import Made
from bencomune_cli.vocabularies import vocabulary
from bencomune_cli.words import LANGUAGES
from effort import within
from terminal import Terminal

PHONE = "0382399111"
INDEX = ("search_words", "search_letters", "search_records", "search_state", "search_stamp")


@pytest.fixture
def network(registry):
    """Return a registry with a record of each kind."""
    area = {"name": "Borgo Esempio", "area_kind": "neighbourhood", "part_of": "000001"}
    lab = {
        "name": "Spazio dell'Orto",
        "alt_names": "Casa d'Este",
        "state": "active",
        "summary": "Un caffè di quartiere, auto-aiuto e libri.",
        "street": "via Città di Prova",
        "number": "12/A",
        "municipality": "000001",
        "neighbourhood": "borgo-esempio",
        "activities": "green_care",
        "email": "info@esempio.example.org",
        "phone": PHONE,
        "website": "https://www.example.org/orto",
        "notes": "Chiavi presso l'angolo verde.",
    }
    person = {"record": "spazio-dell-orto", "role": "president", "person_name": "Nome Inventato"}
    with registry.operation("prova"):
        registry.add(Area, area)
        registry.add(Lab, lab)
        registry.add(Group, {"name": "Gruppo Esempio", "area_served": "borgo-esempio"})
        registry.add(Organisation, {"name": "Ente Esempio"})
        registry.add(Contact, person | {"email": "presidente@example.org"})
    return registry


def ids(registry, *words, kinds=INDEXED, limit=20, exact=True):
    """Return the ids of what a search finds, by all words or only by likeness."""
    found = registry.search(asked(words), kinds, limit)
    return [hit.id for hit in found.hits if hit.exact is exact]


def contents(connection):
    """Return all that the index says, without the numbers of records."""
    words = connection.execute(
        "SELECT r.entity, r.record, r.removed, r.name, w.name, w.texts, l.name"
        " FROM search_records AS r JOIN search_words AS w ON w.rowid = r.number"
        " JOIN search_letters AS l ON l.rowid = r.number ORDER BY r.entity, r.record"
    ).fetchall()
    sizes = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in INDEX[:3]]
    assert set(sizes) == {(len(words),)}
    return words


def rebuilt(connection):
    """Return what an index of the same records says that is made from nothing."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        indexing.make(memory)
        indexing.index(connection, memory, None)
        return contents(memory)


def whole(connection):
    """Have FTS5 compare its index with what it was told."""
    for table in INDEX[:2]:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")


def test_an_index_made_by_other_words_is_made_again(network):
    """After a release that knows other synonyms, the first search and the next operation see it."""
    connection = network.store.connection
    with network.operation("prova"):
        connection.execute("UPDATE search_stamp SET stamp = stamp + 1")
        connection.execute("UPDATE search_records SET name = 'di prima'")
    assert ids(network, "spazio")[0] == "spazio-dell-orto"
    with network.operation("prova"):
        network.add(Lab, {"name": "Altro Esempio"})
    assert contents(connection) == rebuilt(connection)


# What is found


@pytest.mark.parametrize(
    "words",
    [
        "spazio",
        "SPAZIO orto",
        "l'orto spazio",
        "dell'Orto",
        "dell’Orto",
        "d'este",
        "d este",
        "casa d'E",
        "caffe",
        "CAFFÈ",
        "caffe\u0300",
        "auto-aiuto",
        "aiuto auto",
        "12/A",
        "via citta prova 12",
        "info@esempio.example.org",
        "www.example.org/orto",
        "https://www.example.org/orto",
        "l'angolo",
        "spazio-dell-orto",
        "green_care",
        "Cura del verde",
        "green spaces",
        "giardini",
        "comune esempio orto",
        "000001 orto",
        "borgo orto",
        "or",
        "spa caf chia",
    ],
)
def test_words_find_a_record(network, words):
    """Every word of a record finds it: also begun, without accents, of its area, or a synonym."""
    assert "spazio-dell-orto" in ids(network, words)
    assert "spazio-dell-orto" in ids(network, *words.split())


@pytest.mark.parametrize(
    "written",
    [
        "0382399111",
        "0382 399111",
        "399111",
        "0382/399111",
        "0382-399.111",
        "(0382) 399 111",
        "+39 0382 399111",
        "+390382399111",
        "0039 0382 39 91 11",
        "orto 0382 399 111",
    ],
)
def test_a_telephone_number_is_found_as_people_write_it(network, written):
    """A number is found with and without prefix, and however its digits are parted."""
    assert ids(network, written) == ["spazio-dell-orto"]
    assert ids(network, *written.split()) == ["spazio-dell-orto"]


@pytest.mark.parametrize(
    "words", ["spazio altrove", "0382 399112", "dell'Este x", "pazio", "399112"]
)
def test_all_words_must_be_there(network, words):
    """A record that lacks one of the words is not among those that hold them all."""
    assert ids(network, words) == []


def sample(column):
    """Return a made-up value of a column as it is stored, and words that must find it."""
    kind = column.item
    if isinstance(kind, Term):
        code, term = list(vocabulary(kind.name).items())[-1]
        labels = [term.label.said_in(language) for language in LANGUAGES]
        return code, [code, *labels, *term.synonyms]
    if isinstance(kind, Phone):
        return "+390382399222", ["+390382399222", "0382 399222", "399222"]
    if isinstance(kind, Reference):
        stored = {"areas": "borgo-esempio", "labs": "spazio-dell-orto"}.get(
            kind.table, "ente-esempio"
        )
        return stored, [stored, *(["Borgo Esempio"] if kind.table == "areas" else [])]
    if isinstance(kind, Shaped):
        return "000001", ["000001"]
    return "Xilòfono d'Esempio 7", ["xilofono", "Xilòfono d'Esempio 7", "d'esempio 7"]


COLUMNS = [(e, c) for e in INDEXED for c in searched(e) if c.name != "id"]


@pytest.mark.parametrize(
    ("entity", "column"), COLUMNS, ids=[f"{e.table}.{c.name}" for e, c in COLUMNS]
)
def test_every_text_column_is_searched(network, other, entity, column):
    """The value of every column that holds text or terms finds its record, as all its words do."""
    stored, written = sample(column)
    id_ = next(iter(network.store.select(entity))).id
    other.execute(f"UPDATE {entity.table} SET {column.name} = ? WHERE id = ?", (stored, id_))
    for words in written:
        assert id_ in ids(network, words, kinds=[entity])


def test_no_text_column_is_left_out():
    """Only boundaries, dates and what is no text is not searched."""
    left = {
        column.name
        for entity in INDEXED
        for column in entity.columns
        if column not in searched(entity) and column.kind.sql_type == "TEXT"
    }
    dates = {"started_on", "ended_on", "verified_on", "given_on", "expires_on", "withdrawn_on"}
    assert left == {"boundary", "created_at", "updated_at"} | dates
    assert not any(isinstance(c.kind, Geometry) for e in INDEXED for c in searched(e))


ANY = st.lists(st.text(), min_size=1, max_size=5)


@settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=ANY)
@example(words=['"'])
@example(words=['" OR "'])
@example(words=["NEAR(spazio orto, 2)"])
@example(words=["-spazio", "name:orto", "orto*", "^orto", "{name}:x", "a AND NOT b", "("])
@example(words=["\x00", "\ud800", "١٢٣٤٥٦ ٧"])
@example(words=["0 0 0 0 0 0 " * 500])
@example(words=["a " * 5000 + "spazio " * 500])
@example(words=["x" * 100_000])
@example(words=[" ".join(f"parola{n}" for n in range(2000))])
def test_any_text_may_be_looked_for(network, words):
    """No text is syntax, and none stops the program."""
    found = network.search(asked(words), INDEXED, 20)
    assert len(found.hits) <= found.total


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60))
def test_any_text_of_a_record_finds_it(network, text):
    """Whatever is written in a note, looking for the same finds it, if it has letters or digits."""
    with closing(sqlite3.connect(network.store.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE groups SET notes = ?", (text,))
    if asked([text]).words:
        assert "gruppo-esempio" in ids(network, text, kinds=[Group])


@pytest.mark.parametrize(
    ("words", "first"),
    [("spazio", "b-spazio"), ("spazio esempio", "d-esempio"), ("a-altro", "a-altro")],
)
def test_the_best_answer_comes_first(registry, words, first):
    """First the record of that very id, then names before texts, whole words before begun ones."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "A altro", "summary": "uno spazio, altro spazio"})
        registry.add(Lab, {"name": "Spazi e spaziosi"}, "c-spazi")
        registry.add(Lab, {"name": "Spazio Esempio"}, "d-esempio")
        registry.add(Lab, {"name": "Spazio"}, "b-spazio")
        registry.add(Lab, {"name": "Esempio A altro A-altro a altro"}, "e-altro")
    assert ids(registry, words)[0] == first


def test_removed_records_come_last(registry):
    """What was removed is found too, after what was not."""
    with registry.operation("prova"):
        for name in ("Spazio", "Spazio Esempio", "Altro Spazio"):
            registry.add(Lab, {"name": name})
        registry.set_removed(registry.finder.place("spazio"), removed=True)
    assert ids(registry, "spaz")[-1] == "spazio"
    assert len(ids(registry, "spaz")) == 3


def test_kind_and_limit(network):
    """Only the kinds asked for are found; the total tells how many more there are."""
    assert ids(network, "esempio", kinds=[Organisation]) == ["ente-esempio"]
    found = network.search(asked(["esempio"]), INDEXED, 2)
    assert (len(found.hits), found.total) == (2, 5)


def test_a_common_word_is_counted_and_the_id_comes_first(registry, other):
    """Of a word that very many records hold, some are ranked, and that very id always."""
    other.executemany(
        "INSERT INTO labs (id, name, notes) VALUES (?, 'Prova', 'esempio')",
        [(f"esempio-{number:05d}",) for number in range(1500)],
    )
    other.execute("INSERT INTO labs (id, name) VALUES ('esempio', 'Altro')")
    other.execute("INSERT INTO labs (id, name) VALUES ('zzz', 'Un Esempio')")
    found = registry.search(asked(["esempio"]), PLACES, 3)
    assert [hit.id for hit in found.hits][:2] == ["esempio", "zzz"]
    assert found.total == 1502


# Slips

FIRST = [
    "Officina",
    "Bottega",
    "Circolo",
    "Cortile",
    "Fucina",
    "Giardino",
    "Biblioteca",
    "Emporio",
    "Cantiere",
    "Palestra",
]
SECOND = [
    "Aurora",
    "Betulla",
    "Castagno",
    "Diamante",
    "Edera",
    "Farfalla",
    "Ginepro",
    "Horizonte",
    "Incanto",
    "Lavanda",
    "Magnolia",
    "Nocciolo",
    "Olmo",
    "Primula",
    "Quercia",
    "Rondine",
    "Salice",
    "Tulipano",
    "Uliveto",
    "Violetta",
]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Return a registry of two thousand names, and the names."""
    path = tmp_path_factory.mktemp("crowd") / "registry.db"
    names = [f"{a} {b} {n}" for a in FIRST for b in SECOND for n in "ABCDEFGHKM"]
    with closing(Registry.create(path, "prova")) as made:
        with made.operation("prova"):
            made.store.connection.executemany(
                "INSERT INTO labs (id, name) VALUES (?, ?)",
                [(name.lower().replace(" ", "-"), name) for name in names],
            )
        yield made, names


SLIPS = {
    "missing": lambda word, at: word[:at] + word[at + 1 :],
    "doubled": lambda word, at: word[:at] + word[at] + word[at:],
    "swapped": lambda word, at: word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    "wrong": lambda word, at: word[:at] + "x" + word[at + 1 :],
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_still_finds_the_name(crowd, slip):
    """With one letter missing, doubled, swapped or wrong in a word, its name comes first."""
    registry, names = crowd
    chosen = random.Random(7)  # noqa: S311 - the same names each time
    for name in chosen.sample(names, 60):
        first, second, letter = name.split()
        at = chosen.randrange(len(second))
        typed = f"{first} {SLIPS[slip](second.lower(), at)} {letter}"
        found = registry.search(asked([typed]), INDEXED, 20).hits
        assert found[0].id == name.lower().replace(" ", "-"), typed


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Orto", "otro"),
        ("Orto", "oto"),
        ("Spazio dell'Orto", "ort dell spazo"),
        ("Autoaiuto", "auto-aiuto"),
        ("Caffè Città", "cafe cita"),
    ],
)
def test_a_short_name_is_found_by_a_slip(registry, typed, name):
    """Also a short name, one run together or parted, and words in another order are found."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": name}, "quello")
        registry.add(Lab, {"name": "Del tutto diverso"})
    assert ids(registry, typed) == []
    assert ids(registry, typed, exact=False) == ["quello"]


def test_what_is_not_alike_is_not_told(crowd):
    """Words that are like no name find nothing, not the least unlike."""
    registry, _names = crowd
    assert registry.search(asked(["zwxkj qqq"]), INDEXED, 20) == ([], 0)


def test_a_search_is_fast(crowd):
    """Among two thousand records a search takes few milliseconds, also of what is mistyped."""
    registry, _names = crowd
    for words in ("officina aurora", "of", "oficina auroa b", "a"):
        within(0.1, registry.search, asked([words]), INDEXED, 20)


# The index follows


def test_the_index_follows_other_programs(network, other):
    """What another program inserts, changes or deletes is so at the next search."""
    with closing(Registry.open(network.store.path)) as reader:
        other.execute("INSERT INTO labs (id, name) VALUES ('zeta', 'Zeta Esempio')")
        assert ids(reader, "zeta") == ["zeta"]
        other.execute("UPDATE labs SET name = 'Omega' WHERE id = 'zeta'")
        assert (ids(reader, "zeta esempio"), ids(reader, "omega")) == ([], ["zeta"])
        other.execute("DELETE FROM contacts")
        assert ids(reader, "inventato") == []
        assert contents(reader.store.connection) == rebuilt(reader.store.connection)
        assert reader.store.connection.execute("PRAGMA query_only").fetchone() == (1,)
        assert reader.store.connection.execute("PRAGMA busy_timeout").fetchone() == (15_000,)


def test_undo_and_redo(network):
    """What an undo takes back is not found, and again after a redo."""
    with network.operation("prova"):
        network.add(Lab, {"name": "Zeta"})
    network.undo()
    assert ids(network, "zeta") == []
    network.redo()
    assert ids(network, "zeta") == ["zeta"]
    assert contents(network.store.connection) == rebuilt(network.store.connection)


def test_the_name_of_an_area_follows(network, other):
    """Records are found by the new name of their municipality or neighbourhood, not by the old."""
    other.execute("UPDATE areas SET name = 'Rione Nuovo' WHERE id = 'borgo-esempio'")
    other.execute("UPDATE areas SET name = 'Comune \"Nuovo\"' WHERE code = '000001'")
    assert ids(network, "rione nuovo orto") == ["spazio-dell-orto"]
    assert ids(network, "rione", kinds=[Group]) == ["gruppo-esempio"]
    other.execute("UPDATE areas SET code = '000009' WHERE code = '000001'")
    assert ids(network, "comune orto") == []
    assert contents(network.store.connection) == rebuilt(network.store.connection)


def _change(registry, rng, number):
    """Do one of the things that people and programs do."""
    labs = list(registry.store.select(Lab))
    lab = rng.choice(labs) if labs else None
    do = rng.randrange(6)
    if do == 0 or lab is None:
        with registry.operation("add"):
            registry.add(Lab, {"name": f"Laboratorio {number}", "municipality": "000001"})
    elif do == 1:
        with registry.operation("edit"):
            registry.change(lab, {"name": f"Altro {number}", "phone": f"0382 {number:06d}"})
    elif do == 2:
        with registry.operation("remove"):
            registry.set_removed(lab, removed=not lab.removed)
    elif do == 3:
        registry.undo()
    elif do == 4:
        with closing(sqlite3.connect(registry.store.path, isolation_level=None)) as connection:
            connection.execute("UPDATE labs SET notes = ? WHERE id = ?", (f"nota {number}", lab.id))
            connection.execute("UPDATE areas SET name = ?", (f"Comune {number}",))
    else:
        with registry.operation("contact add"):
            person = {"record": lab.id, "role": "coordinator", "person_name": f"Nome {number}"}
            registry.add(Contact, person)


def test_the_index_is_what_one_made_from_nothing_is(registry):
    """After two hundred operations of every sort, and a VACUUM, the index holds what is there."""
    rng = random.Random(11)  # noqa: S311 - the same operations each time
    for number in range(200):
        _change(registry, rng, number)
    registry.store.index()
    connection = registry.store.connection
    assert contents(connection) == rebuilt(connection)
    assert len(contents(connection)) > 30
    whole(connection)
    before = [ids(registry, words) for words in ("lab", "altro", "nome")]
    connection.execute("VACUUM")
    assert [ids(registry, words) for words in ("lab", "altro", "nome")] == before
    assert contents(connection) == rebuilt(connection)
    whole(connection)


def test_an_operation_that_fails_leaves_the_index(network):
    """An operation that ends half way leaves the index as it leaves the records."""
    before = contents(network.store.connection)

    def half():
        with network.operation("prova"):
            network.add(Lab, {"name": "Zeta"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert contents(network.store.connection) == before


def test_the_digest_does_not_depend_on_the_index(network, other):
    """The contents are the same with another index, or none."""
    before = network.store.digest()
    other.execute("DELETE FROM search_words")
    other.execute("DELETE FROM search_state")
    assert network.store.digest() == before


# Files that cannot be written, are old or damaged


@contextmanager
def _locked(connection):
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")


def test_a_file_that_is_being_written_is_searched(network, other):
    """While another program keeps the right to write, what it wrote before is found, at once."""
    other.execute("INSERT INTO labs (id, name) VALUES ('zeta', 'Zeta')")
    other.execute("UPDATE labs SET name = 'Altro' WHERE id = 'spazio-dell-orto'")
    other.execute("DELETE FROM contacts")
    start = time.monotonic()
    with closing(Registry.open(network.store.path)) as reader, _locked(other):
        assert ids(reader, "zeta") == ["zeta"]
        assert ids(reader, "zeat", exact=False) == ["zeta"]
        assert ids(reader, "spazio orto") == ["spazio-dell-orto"]
        assert ids(reader, "altro") == ["spazio-dell-orto"]
        assert ids(reader, "inventato") == []
        assert indexing.behind(reader.store.connection)
    assert time.monotonic() - start < 5
    assert ids(network, "zeta") == ["zeta"]


def _without_index(connection):
    """Make of a file one of a program that had no search yet."""
    for table in INDEX:
        connection.execute(f"DROP TABLE {table}")
    rows = connection.execute("SELECT type, name, sql FROM shape WHERE type <> 'fingerprint'")
    kept = [row for row in rows if not row[1].startswith("search_")]
    shaping._record(connection, [Made(*row) for row in kept])


def test_an_older_registry_is_searched_and_then_indexed(network, other):
    """A file without the tables is searched as it is, and gets them with the next command."""
    network.close()
    _without_index(other)
    path = network.store.path
    before = path.read_bytes()
    with closing(Registry.open(path)) as reader:
        assert reader.store.notices == []
        assert ids(reader, "orto", kinds=PLACES) == ["spazio-dell-orto"]
        assert ids(reader, "otro", exact=False) == ["spazio-dell-orto"]
    assert path.read_bytes() == before
    with closing(Registry.open(path, writing=True)) as writer:
        assert (writer.store.notices, writer.store.additions()) == ([], [])
        with writer.operation("prova"):
            writer.add(Lab, {"name": "Zeta"})
        assert ids(writer, "orto", kinds=PLACES) == ["spazio-dell-orto"]
        assert contents(writer.store.connection) == rebuilt(writer.store.connection)
    with closing(Registry.open(path, writing=True)) as writer:
        assert writer.store.notices == []


DAMAGE = [
    "UPDATE search_words_data SET block = x'ffff'",
    "DELETE FROM search_words_data",
    "DELETE FROM search_letters_data",
    "DELETE FROM search_words_content",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_stops_nothing(network, other, damage):
    """Where a program broke the index, search works without it, and the next operation mends it."""
    network.close()
    other.execute(damage)
    other.execute("UPDATE labs SET notes = 'altro'")
    path = network.store.path
    with closing(Registry.open(path)) as reader, _locked(other):
        assert "spazio-dell-orto" in ids(reader, "orto")
    with closing(Registry.open(path, writing=True)) as writer:
        with writer.operation("prova"):
            for lab in writer.store.select(Lab):
                writer.change(lab, {"name": "Omega"})
        assert ids(writer, "omega") == ["spazio-dell-orto"]
        assert contents(writer.store.connection) == rebuilt(writer.store.connection)
        whole(writer.store.connection)


def test_text_that_is_not_utf_8_is_no_obstacle(network, other):
    """A note of another program that is not UTF-8 keeps no other record from being found."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE labs SET notes = CAST(x'6f6b20ff' AS TEXT)")
    with network.operation("prova"):
        network.add(Lab, {"name": "Zeta"})
    assert ids(network, "zeta") == ["zeta"]
    assert ids(network, "ok orto") == ["spazio-dell-orto"]


def test_other_programs_write_without_full_text(network):
    """No trigger touches the index, so that a program without FTS5 may write."""
    triggers = network.store.connection.execute(
        "SELECT group_concat(sql) FROM sqlite_master WHERE type = 'trigger'"
    ).fetchone()
    assert "search_" not in triggers[0]


@pytest.mark.parametrize("table", [*INDEX, "search_words_content", "search_letters_content"])
def test_formats_never_see_the_index(network, table):
    """The index holds internal texts: what formats read through refuses each of its tables."""
    with closing(Dataset(network.store.path)) as dataset:
        dataset._gate._preparing = True
        with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|vtable constructor failed"):
            dataset._gate.connection.execute(f"SELECT * FROM {table}")


# What a person sees


def test_in_a_pipe(network, bencomune):
    """A pipe gets id, kind, name and passage, parted by tabs, without escapes."""
    network.close()
    done = bencomune("search", "angolo")
    assert (done.returncode, done.stderr) == (0, "")
    line = "spazio-dell-orto\tlab\tSpazio dell'Orto\tNote interne: Chiavi presso l'angolo verde."
    assert done.stdout == line + "\n"
    english = bencomune("search", "angolo", BENCOMUNE_LANG="en").stdout
    assert english == line.replace("Note interne", "Internal notes") + "\n"
    contact = bencomune("search", "inventato").stdout
    name = "Nome Inventato – Spazio dell'Orto (spazio-dell-orto)"
    assert contact == f"spazio-dell-orto-president\tcontact\t{name}\t\n"


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("0382 399111", "Telefono: +390382399111"),
        ("giardini", "Attività: Cura del verde e dei parchi"),
        ("comune orto", "Comune: Comune Esempio"),
        ("borgo orto", "Quartiere: Borgo Esempio"),
    ],
)
def test_the_passage_tells_where_it_stands(network, bencomune, words, passage):
    """The passage is of the column that answers, in words, also for a synonym or a number."""
    network.close()
    first = bencomune("search", words).stdout.splitlines()[0]
    assert first.split("\t")[-1] == passage


def test_as_json(network, bencomune):
    """JSON has ids, kinds, names, scores and passages, and tells likeness from an answer."""
    network.close()
    (found,) = json.loads(bencomune("search", "angolo", "--json").stdout)
    assert found.pop("score") > 0
    assert found == {
        "id": "spazio-dell-orto",
        "kind": "lab",
        "name": "Spazio dell'Orto",
        "state": "active",
        "removed": False,
        "snippet": "Note interne: Chiavi presso l'angolo verde.",
        "exact": True,
    }
    (near,) = json.loads(bencomune("search", "otro", "--json").stdout)
    assert (near["id"], near["exact"]) == ("spazio-dell-orto", False)
    (contact,) = json.loads(bencomune("search", "inventato", "--json").stdout)
    assert contact["record"] == "spazio-dell-orto"


def test_limit_kind_and_nothing_found(network, bencomune):
    """More than shown is told with how to see it; nothing found is said, and ends well."""
    network.close()
    some = bencomune("search", "esempio", "--limit", "2")
    assert (len(some.stdout.splitlines()), some.stderr) == (2, "altri 3: --limit 5\n")
    assert "3 more" in bencomune("search", "esempio", "--limit", "2", BENCOMUNE_LANG="en").stderr
    for kind in ("organisation", "organizzazioni", "Organisations"):
        assert bencomune("search", "esempio", "--kind", kind).stdout.count("\n") == 1
    wrong = bencomune("search", "esempio", "--kind", "ente")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "organisation" in wrong.stderr
    for words in ("zwxkjq", "???", ""):
        none = bencomune("search", words)
        assert (none.returncode, none.stdout, none.stderr) == (0, "", "nessun record\n")
    near = bencomune("search", "otro")
    assert near.stderr == "nessun record con tutte le parole; forse:\n"


COMMAND = [sys.executable, "-m", "bencomune_cli", "search"]


def test_on_a_terminal(network, tmp_path, path):
    """A person sees the words that answer marked, what kind of record it is, and the passage."""
    network.close()
    told = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it"}
    shown = Terminal([*COMMAND, "orto", "angolo"], cwd=tmp_path, **told)
    shown.ends()
    assert (
        "Spazio dell'Orto  ·  spazio-dell-orto  ·  Laboratorio  ·  Comune Esempio" in shown.screen
    )
    assert "    Note interne: Chiavi presso l'angolo verde." in shown.screen
    assert "\x1b[1;32mOrto\x1b[0m" in shown.raw
    assert "\x1b[1;32mangolo\x1b[0m" in shown.raw
    likely = Terminal([*COMMAND, "otro"], cwd=tmp_path, **told)
    likely.ends()
    assert likely.screen.splitlines()[0].startswith("forse:")


def test_control_characters_are_shown_as_codes(network, other, bencomune, tmp_path, path):
    """A name that another program wrote with an escape sequence never reaches a terminal."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute(
        "UPDATE labs SET name = ? WHERE id LIKE 'spazio%'", ("Zeta \x1b[31m\x07 \ue000x",)
    )
    network.close()
    assert "\\u{1b}[31m\\u{7}" in bencomune("search", "zeta").stdout
    told = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it"}
    shown = Terminal([*COMMAND, "zeta"], cwd=tmp_path, **told)
    shown.ends()
    assert "\x1b[31m" not in shown.raw
    assert "\\u{1b}[31m\\u{7} \\u{e000}x" in shown.screen


def test_two_searches_at_once(network, bencomune, other):
    """Commands that search at the same time after another program wrote all answer."""
    network.close()
    other.execute("INSERT INTO labs (id, name) VALUES ('zeta', 'Zeta')")
    command = [*COMMAND[:-1], "--registry", str(network.store.path), "search", "zeta"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.communicate()[0].split("\t")[0] for each in running] == ["zeta"] * 3
    assert bencomune("search", "zeta").returncode == 0
