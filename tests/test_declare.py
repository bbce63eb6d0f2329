"""The declarations: what every column and entity says about itself, and what follows from it."""

import re
import sqlite3
from contextlib import closing
from typing import Annotated

import pytest

from bencomune_cli.app import program
from bencomune_cli.declare import Audience, Column, Record, column, entity
from bencomune_cli.entities import ENTITIES, PLACES, Contact, Lab, Network
from bencomune_cli.kinds.texts import Line
from bencomune_cli.layers import LAYERS
from bencomune_cli.tables import schema
from bencomune_cli.views import public_view_sql
from bencomune_cli.words import Text

ARGUMENTS_OF_A_FUNCTION = 127  # SQLITE_MAX_FUNCTION_ARG until SQLite 3.48
COLUMNS = [
    pytest.param(entity, column, id=f"{entity.table}.{column.name}")
    for entity in ENTITIES
    for column in (*entity.columns, *entity.derived)
]
STAFF = {
    "network": {"version", "verify_every", "unverified_after"},
    "areas": {"version"},
    **{
        each.table: {
            *(
                "version",
                "hidden",
                "hidden_reason",
                "notes",
                "removed",
                "point_as_given",
                "source_id",
            ),
        }
        for each in PLACES
    },
    "relations": {"version", "public"},
    "contacts": {
        *("version", "basis", "evidence", "given_on", "expires_on", "withdrawn_on", "scope"),
    },
    "waivers": {"version", "entity", "record", "code", "concerns", "held", "why", "until"},
    "distinctions": {"version", "one", "other", "one_print", "other_print", "why"},
}
every_column = pytest.mark.parametrize(("entity_", "column_"), COLUMNS)
every_entity = pytest.mark.parametrize("entity_", ENTITIES, ids=lambda each: each.table)


@every_column
def test_a_column_has_words_in_both_languages(entity_, column_):
    """A label, and a help where there is one, is a text of one line in each language."""
    for text in filter(None, (column_.label, column_.help)):
        assert all(said.strip() == said and said.isprintable() and said for said in text), entity_


@every_column
def test_a_column_name_is_stable_and_safe(entity_, column_):
    """A name is lower-case English words, and none that SQLite already gives to every table."""
    assert re.fullmatch("[a-z]+(_[a-z]+)*", column_.name, re.ASCII)
    assert column_.name not in {"rowid", "oid", "_rowid_"}, entity_


@every_entity
def test_names_and_labels_are_not_given_twice(entity_):
    """No two columns of an entity share a name, or a label in either language."""
    columns = (*entity_.columns, *entity_.derived)
    assert len({each.name for each in columns}) == len(columns)
    for language in ("it", "en"):
        labels = [each.label.said_in(language) for each in columns]
        assert sorted(set(labels)) == sorted(labels)


def test_entities_are_told_apart():
    """Tables, names and labels of entities are their own."""
    for told in (lambda e: e.table, lambda e: e.name_of_kind, lambda e: e.label.it):
        assert len({told(each) for each in ENTITIES}) == len(ENTITIES)
    assert all(each.label.it and each.label.en for each in ENTITIES)
    assert all(each.plural.it and each.plural.en for each in ENTITIES)


@every_entity
def test_what_is_public_is_public_on_purpose(entity_):
    """The columns that only the staff sees are exactly these: any other was declared public."""
    hidden = {each.name for each in entity_.columns if not each.published}
    assert hidden == STAFF[entity_.table]
    view = public_view_sql(entity_)
    shown = set(re.findall('AS "([a-z_]+)"', view))
    assert shown == {each.name for each in entity_.published()}
    assert not shown & hidden


def test_a_column_that_says_nothing_is_for_the_staff():
    """A column declared without audience is in no public view."""

    @entity(table="examples", label=Text("Esempio", "Example"), plural=Text("Esempi", "Examples"))
    class Example(Record):
        """An entity of this test."""

        word: Annotated[str, Line()] = column("Parola", "Word")

    assert Example.column("word").audience is Audience.STAFF
    assert [each.name for each in Example.published()] == ["id"]
    assert Example.column("word").required
    assert '"word"' not in public_view_sql(Example)
    assert Column("x", Line(), Text("x", "x")).audience is Audience.STAFF


def test_a_column_without_kind_is_refused_at_once():
    """A declaration that names no kind of value fails when it is made, not when it is used."""
    with pytest.raises(TypeError, match="names no kind of value"):

        @entity(table="examples", label=Text("a", "a"), plural=Text("a", "a"))
        class Example(Record):
            """An entity of this test."""

            word: str = column("Parola", "Word")


@every_entity
def test_masks_and_bases_have_their_condition(entity_):
    """An entity with masked columns says when to mask, one with a basis says when it holds."""
    audiences = {each.audience for each in entity_.columns}
    assert Audience.MASKED not in audiences or entity_.masked_when
    assert Audience.BASIS not in audiences or entity_.public_when
    assert entity_ not in PLACES or entity_.public_when
    masked = [each for each in entity_.columns if each.masked != "NULL"]
    assert all(each.audience is Audience.MASKED for each in masked)


@every_column
def test_a_default_is_a_value_of_its_kind(entity_, column_):
    """What a column has when nothing is told is a value that could have been told."""
    if column_.default is not None and column_.default != "":
        assert column_.kind.read(column_.kind.write(column_.default)) == column_.default, entity_


def test_derived_columns_are_only_computed():
    """A derived column has an expression and a stored one has none."""
    for each in ENTITIES:
        assert all(column.sql and column.published for column in each.derived)
        assert not any(column.sql for column in each.columns)


def test_a_record_without_values_can_be_made_and_read():
    """Every entity has an empty record, and makes the same of an empty row."""
    for each in ENTITIES:
        assert each.from_row({"id": ""}).id == each().id == ""
        assert not each.has("mai_esistita")
        with pytest.raises(KeyError):
            each.column("mai_esistita")
    assert Lab.from_row({"id": "a", "activities": "sport_play, reading_books"}).activities == (
        "sport_play",
        "reading_books",
    )


def test_the_schema_is_made_in_strict_tables():
    """Every statement runs in an empty database, every table is STRICT, every view answers."""
    with closing(sqlite3.connect(":memory:")) as database:
        for made in schema():
            database.execute(made.sql)
        tables = database.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        assert {each.table for each in ENTITIES} < {name for name, _ in tables}
        assert {strict for _, strict in tables} == {1}
        for made in schema():
            if made.type in {"table", "view"}:
                database.execute(f"SELECT * FROM {made.name}").fetchall()
        names = [(made.type, made.name) for made in schema()]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_a_layer_fits_in_one_json_object(layer):
    """A record is written by one `json_object`, which takes a limited number of arguments."""
    assert 2 * len(layer.columns) <= ARGUMENTS_OF_A_FUNCTION
    assert all(column.published for column in layer.columns)
    assert next(iter(layer.columns)).name in {"id", "record_type"}


def commands(command, path=()):
    """Yield every command of the program with its path."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield " ".join(path), command
    for name, each in inner.items():
        yield from commands(each, (*path, name))


EVERY_COMMAND = dict(commands(program()))


@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_no_two_options_of_a_command_are_one(name):
    """An option made from a column never hides an option of the command, or of another column."""
    parameters = EVERY_COMMAND[name].params
    options = [option for each in parameters for option in (*each.opts, *each.secondary_opts)]
    assert sorted(set(options)) == sorted(options)
    assert len({each.name for each in parameters}) == len(parameters)
    own = {"--why", "--json", "--id", "--help", "--registry", "--who", "--lang", "--no-input"}
    optional = [entity for entity in ENTITIES if entity.table not in {"waivers", "distinctions"}]
    columns = {c.option for entity in optional for c in entity.columns if not c.automatic}
    assert not own & columns


@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_every_command_is_reached_by_its_name(name):
    """The program that is made for one command line has the command which that line names."""
    command = program(name.split())
    for word in name.split():
        command = command.commands[word]
    assert {each.name for each in command.params} == {e.name for e in EVERY_COMMAND[name].params}


@pytest.mark.parametrize(
    ("name", "entity_"),
    [(f"{each.name_of_kind} {verb}", each) for each in PLACES for verb in ("add", "edit")]
    + [("network set", Network)],
)
def test_every_column_that_a_person_writes_has_its_option(name, entity_):
    """Options follow from the columns: all that are not automatic, and no others of them."""
    options = {option for each in EVERY_COMMAND[name].params for option in each.opts}
    written = {each.option for each in entity_.columns if not each.automatic}
    automatic = {each.option for each in entity_.columns if each.automatic} - {"--id"}
    assert written <= options
    selects = {"--removed"} if name.endswith("edit") else set()  # which records, not what of them
    assert not (automatic & options) - selects


def test_what_a_contact_publishes_without_a_basis_is_named():
    """A contact has no column that is public without a basis, save its id and its times."""
    public = {each.name for each in Contact.columns if each.audience is Audience.PUBLIC}
    assert public == {"id", "created_at", "updated_at"}
