"""What is told of the declarations is true of what is published, and whole in both languages."""

import json
import re
import subprocess
import sys
from itertools import pairwise

import pytest

from bencomune_cli import formats
from bencomune_cli.describe import (
    columns_page,
    dictionary,
    json_schema,
    pages,
    rules_page,
    vocabularies_page,
)
from bencomune_cli.entities import ENTITIES
from bencomune_cli.format_manual import formats_page
from bencomune_cli.layers import LAYERS
from bencomune_cli.rules import catalogue
from bencomune_cli.vocabularies import names, vocabulary
from bencomune_cli.words import speak

TYPES = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
KEYWORDS = {
    "type": lambda value, types: any(
        TYPES[each](value) for each in ([types] if isinstance(types, str) else types)
    ),
    "enum": lambda value, known: value in known,
    "pattern": lambda value, pattern: value is None or re.search(pattern, value),
    "maxLength": lambda value, longest: value is None or len(value) <= longest,
    "minimum": lambda value, least: value is None or value >= least,
    "maximum": lambda value, most: value is None or value <= most,
}
TOLD_ONLY = {"title", "description", "format", "x-separator", "x-items"}
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
every_entity = pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)


@every_layer
def test_a_schema_names_every_published_column(layer, language):
    """The JSON Schema has the layer's columns, each with its label in the language spoken."""
    schema = json_schema(layer)
    assert json.loads(json.dumps(schema)) == schema
    assert list(schema["properties"]) == [column.name for column in layer.columns]
    assert schema["$schema"].endswith("2020-12/schema")
    assert (schema["required"], schema["additionalProperties"]) == (["id"], False)
    for column in layer.columns:
        told = schema["properties"][column.name]
        assert told["title"] == column.label.said_in(language)
        assert set(told) <= TOLD_ONLY | set(KEYWORDS), "a keyword that the test below ignores"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Export the example registry once; return the folder."""
    folder = tmp_path_factory.mktemp("example")
    program = [sys.executable, "-m", "bencomune_cli", "--registry", str(folder / "registry.db")]
    subprocess.run([*program, "init", "--example", "pavia"], check=True, capture_output=True)
    command = [*program, "export", "--format", "geojson", "--to", str(folder / "out")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "out"


@every_layer
def test_what_is_exported_is_as_the_schema_says(layer, exported):
    """Every property of every exported record is told by the schema, and is as it says."""
    [file] = exported.glob(f"{layer.name}.geojson")
    schema = json_schema(layer)["properties"]
    features = json.loads(file.read_text("utf-8"))["features"]
    assert features
    for feature in features:
        record = {"id": feature["id"], **feature["properties"]}
        if feature["geometry"]:
            record["lon"], record["lat"] = feature["geometry"]["coordinates"]
        assert set(record) <= set(schema)
        wrong = [
            (name, value, keyword)
            for name, value in record.items()
            for keyword, told in schema[name].items()
            if keyword in KEYWORDS and not KEYWORDS[keyword](value, told)
        ]
        assert wrong == []


@every_entity
def test_a_dictionary_tells_every_column(entity):
    """The data dictionary has a row for each column, in both languages, and no value but text."""
    rows = dictionary(entity)
    assert json.loads(json.dumps(rows)) == rows
    columns = (*entity.columns, *entity.derived)
    assert [row["column"] for row in rows] == [column.name for column in columns]
    for row, column in zip(rows, columns, strict=True):
        assert row["label"] == {"it": column.label.it, "en": column.label.en}
        assert row["audience"] in {"public", "masked", "basis", "staff"}
        assert row["vocabulary"] is None or row["vocabulary"] in names()
        assert row["derived"] is (column in entity.derived)


def test_pages_tell_everything(language):
    """Columns, terms, rules and formats all stand on the page that is derived from them."""
    del language
    page = columns_page()
    assert all(f"(`{e.table}`)" in page for e in ENTITIES)
    assert all(f"`{c.name}`" in page for e in ENTITIES for c in (*e.columns, *e.derived))
    page = vocabularies_page()
    assert all(f"`{code}`" in page for name in names() for code in vocabulary(name))
    page = rules_page()
    assert all(f"## {code} {rule.name}" in page for code, rule in catalogue().items())
    page = formats_page()
    assert all(f"`{name}`" in page for name in (*formats.names(), *LAYERS))


def test_tables_of_pages_are_tables(language):
    """Every row of a table in Markdown has as many cells as the line above it."""
    for name, page in pages().items():
        assert name.endswith(".md")
        assert (".it." in name) == (language == "it")
        rows = [line for line in page.splitlines() if line.startswith("| ")]
        for above, row in pairwise(rows):
            if not row.startswith("| ---") and above.startswith("| ---"):
                assert len(re.findall(r"(?<!\\)\|", row)) == len(re.findall(r"\|", above))
        assert not re.search(r"\{[a-z]+\}", page), "a place that was not filled"


def test_pages_of_the_two_languages_differ(monkeypatch):
    """The manual of rules is written in the language that its file name says."""
    monkeypatch.setattr("bencomune_cli.words._chosen", [])
    speak("it")
    italian = pages()
    speak("en")
    english = pages()
    assert set(italian) == {"rules.it.md"}
    assert "rules.md" in english
    assert italian["rules.it.md"] != english["rules.md"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("describe", "labs", "--json"), lambda out: out[0]["column"] == "id"),
        (("describe", "lab", "--json"), lambda out: len(out) > 40),
        (("describe", "relations", "--schema"), lambda out: "subject" in out["properties"]),
        (("describe", "network", "--schema"), lambda out: "record_type" in out["properties"]),
        (("terms", "state", "--json"), lambda out: out[0]["code"] == "proposed"),
        (("explain", " p01 ", "--json"), lambda out: out["name"] == "half-a-point"),
    ],
)
def test_programs_get_json(bencomune, arguments, told):
    """`--json` gives one document on standard output, without a registry being there."""
    run = bencomune(*arguments)
    assert (run.returncode, run.stderr) == (0, "")
    assert told(json.loads(run.stdout))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("describe", "case"), "network, areas, labs"),
        (("describe", "areas", "--schema"), "labs, groups, organisations, relations, network"),
        (("terms", "mai_esistito"), "activity"),
        (("explain", "Z99"), "luoghi (P)"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(bencomune, arguments, told):
    """A name that does not exist ends with 2 and the names that do."""
    run = bencomune(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert told in run.stderr
    assert "Traceback" not in run.stderr
