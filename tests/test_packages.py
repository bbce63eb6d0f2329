"""Packages and dictionaries: what they say of columns is true of the files, to frictionless too."""

import csv
import json
import shutil
import subprocess
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from bencomune_cli import exports
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Group, Lab, Organisation, Relation
from bencomune_cli.extracts import Extract
from bencomune_cli.layers import LAYERS
from bencomune_cli.registry import Registry
from bencomune_cli.vocabularies import vocabulary
from test_round_trips import NASTY, added

PROGRAM = Path(sys.executable).with_name("frictionless")


def write(path, folder, *names, layers=tuple(LAYERS), **extract):
    """Export some formats of some layers, as an extract asks for them."""
    with closing(Dataset(path, extract=Extract(**extract))) as dataset:
        exports.write_folder(dataset, folder, exports.layers(layers), names)


def package_of(folder):
    """Return the package of a folder: its resources by name."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def faults(folder):
    """Return what frictionless finds wrong in a package and in the files that it tells of."""
    command = [PROGRAM, "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    told = json.loads(done.stdout)
    assert told["valid"] is (done.returncode == 0)
    errors = [*told["errors"], *(e for task in told["tasks"] for e in task["errors"])]
    return [(error["type"], error["message"]) for error in errors], told["stats"]["tasks"]


@pytest.fixture(scope="module")
def nasty(_made, tmp_path_factory):
    """Return the path of a registry with every nasty text that the rules take."""
    path = Path(shutil.copy(_made, tmp_path_factory.mktemp("nasty")))
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        fill(registry)
    return path


@pytest.fixture
def full(nasty, path):
    """Give that registry, open."""
    shutil.copy(nasty, path)
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        yield registry


def fill(registry):
    """Add records of every kind, with and without points and values."""
    point = {"lat": "45.1234567", "lon": "9.1", "precision": "address", "point_source": "prova"}
    single = {"email": "ufficio@example.org", "phone": "+39 02 0000 0000", "started_on": "2019-09"}
    for number, text in enumerate(NASTY):
        free = dict.fromkeys(("description", "summary", "alt_names", "source"), text)
        page = {"website": f"example.org/{number}?a=1&b"}
        for entity in (Lab, Group, Organisation):
            added(registry, entity, {"name": f"Nome {number}", **free, **page, **point, **single})
    with registry.operation("test"):
        registry.add(Lab, {"name": "Senza punto", "state": "paused", "seats": "12"})
        registry.add(Lab, {"name": "=" + "a" * 199, "state": "active"})
        meeting = {"state": "active", "meets_at": "senza-punto", "open_to_new_members": "yes"}
        registry.add(Group, {"name": "Si trova altrove", **meeting})
        registry.add(Organisation, {"name": "Ente", "state": "active", "seat_public": "no"})
        for end in ("senza-punto", "si-trova-altrove"):
            ends = {"subject": "ente", "role": "partner_of", "object": end}
            registry.add(Relation, {**ends, "since": "2020"})


EXTRACTS = {
    "all": {},
    "part": {"where": ("state=active",)},
    "pointed": {"no_point": "omit"},
    "elsewhere": {"no_point": "area", "crs": "EPSG:32632"},
    "in English": {"language": "en"},
}


@pytest.mark.parametrize("extract", EXTRACTS.values(), ids=EXTRACTS)
@pytest.mark.usefixtures("full")
def test_a_package_is_valid_with_its_data(path, tmp_path, extract):
    """Whatever stands in the records, and whatever part is asked for, package and data agree."""
    write(path, tmp_path / "out", "csv", "datapackage", **extract)
    assert faults(tmp_path / "out") == ([], len(LAYERS))


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("senza-punto,Senza", "senza-punto,Senza", None),
        (",paused,", ",dormiente,", {"constraint-error"}),
        ("\nsenza-punto,", f"\n{'a' * 80},", {"primary-key", "unique-error"}),
        ("2019-09", "settembre", {"constraint-error"}),
        ("45.12", "quaranta", {"type-error"}),
    ],
)
def test_a_package_finds_what_is_wrong(path, tmp_path, before, after, fault):
    """Data that are not as the schema says are found by it: the schema says something."""
    write(path, tmp_path / "out", "csv", "datapackage", layers=["labs"])
    file, package = tmp_path / "out" / "labs.csv", tmp_path / "out" / "datapackage.json"
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    told = json.loads(package.read_text("utf-8"))
    del told["resources"][0]["hash"], told["resources"][0]["bytes"]
    package.write_text(json.dumps(told), "utf-8")
    found = {kind for kind, _ in faults(tmp_path / "out")[0]}
    assert found == (fault or set())


@pytest.mark.usefixtures("full")
def test_other_bytes_are_not_those_of_the_package(path, tmp_path):
    """A file that somebody changed has not the size and the hash that the package tells."""
    write(path, tmp_path / "out", "csv", "datapackage", layers=["labs"])
    with (tmp_path / "out" / "labs.csv").open("a", encoding="utf-8") as file:
        file.write("altro,Altro\n")
    assert {"hash-count", "byte-count"} <= {kind for kind, _ in faults(tmp_path / "out")[0]}


@pytest.mark.parametrize(
    ("extract", "columns"),
    [({}, ["lat", "lon"]), ({"crs": "EPSG:32632"}, ["y", "x"])],
    ids=["degrees", "metres"],
)
@pytest.mark.usefixtures("full")
def test_a_schema_has_the_columns_of_its_file(path, tmp_path, extract, columns):
    """A schema tells the file's own columns, also when other files were exported after it."""
    write(path, tmp_path / "out", "csv", **extract)
    write(path, tmp_path / "out", "geojson", "datapackage")
    for name, resource in package_of(tmp_path / "out").items():
        with (tmp_path / "out" / resource["path"]).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert [field["name"] for field in resource["schema"]["fields"]] == head
        if name != "relations":
            assert [c for c in head if c in ("lat", "lon", "x", "y")] == columns


def keys(resource):
    """Return what the columns of a resource refer to."""
    told = resource["schema"].get("foreignKeys", [])
    return {each["fields"]: each["reference"]["resource"] for each in told}


@pytest.mark.parametrize(
    ("layers", "extract", "relations", "groups"),
    [
        (LAYERS, {}, {"subject": "network", "object": "network"}, {"meets_at": "labs"}),
        (LAYERS, {"where": ("state=active",)}, {"subject": "network", "object": "network"}, {}),
        (LAYERS, {"no_point": "omit"}, {}, {}),
        (("groups", "relations"), {}, {}, {}),
    ],
    ids=["all", "part", "pointed", "some"],
)
@pytest.mark.usefixtures("full")
def test_a_column_refers_to_a_file_that_has_all_it_names(
    path, tmp_path, layers, extract, relations, groups
):
    """Foreign keys are told where the other file is there and leaves out nothing that is named."""
    write(path, tmp_path / "out", "csv", "datapackage", layers=layers, **extract)
    told = package_of(tmp_path / "out")
    assert (keys(told["relations"]), keys(told["groups"])) == (relations, groups)


def test_files_of_two_states_do_not_refer_to_each_other(full, path, tmp_path):
    """A file of an older state of the registry may lack what a newer one names."""
    write(path, tmp_path / "out", "csv", "datapackage")
    with full.operation("test"):
        full.change(full.finder.place("senza-punto"), {"seats": "7"})
    write(path, tmp_path / "out", "csv", layers=["groups"])
    assert keys(package_of(tmp_path / "out")["groups"]) == {}


def test_a_package_tells_whose_the_data_are(full, path, tmp_path):
    """Licence, bodies and office are told, in the language asked for."""
    with full.operation("test"):
        told = {"publisher": "Comune Esempio", "office": "Ufficio", "email": "u@example.org"}
        full.change(full.network(), told)
    write(path, tmp_path / "out", "csv", "datapackage", language="en")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert package["name"] == "rete-esempio"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert [(each["role"], each["title"]) for each in package["contributors"]] == [
        ("publisher", "Comune Esempio"),
        ("author", "Comune Esempio"),
        ("contact", "Ufficio"),
    ]
    state = next(f for f in package["resources"][1]["schema"]["fields"] if f["name"] == "state")
    labels = {each["value"]: each["label"] for each in state["categories"]}
    assert labels == {code: term.label.en for code, term in vocabulary("state").items()}


def test_the_example_is_valid(bencomune, tmp_path):
    """What `--for ckan` writes of the example is a valid package, with dictionaries beside it."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "ckan", "--to", "out").returncode == 0
    assert faults(tmp_path / "out") == ([], len(LAYERS))
    assert {f"dictionary.{end}" for end in ("csv", "it.md", "en.md")} <= {
        file.name for file in (tmp_path / "out").iterdir()
    }


# The dictionary


@pytest.mark.usefixtures("full")
def test_a_dictionary_tells_every_published_column(path, tmp_path):
    """Every column of every layer of the folder stands in all three, in both languages."""
    write(path, tmp_path / "out", "csv", "dictionary", "dictionary_it", "dictionary_en")
    with (tmp_path / "out" / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    told = [(row["layer"], row["column"]) for row in rows]
    assert told == [(layer.name, c.name) for layer in LAYERS.values() for c in layer.columns]
    for language in ("it", "en"):
        page = (tmp_path / "out" / f"dictionary.{language}.md").read_text("utf-8")
        for layer in LAYERS.values():
            assert f"## {layer.label.said_in(language)} (`{layer.name}`)" in page
            assert all(f"| `{column.name}` | " in page for column in layer.columns)
        for term in vocabulary("activity").values():
            assert f"| `{term.code}` | {term.label.said_in(language)} |" in page
        for row in rows:
            assert row[f"label_{language}"]
            assert row[f"type_{language}"]
        lines = page.splitlines()
        for above, row in pairwise(line for line in lines if line.startswith("| ")):
            cells = [line.replace("\\|", "").count("|") for line in (above, row)]
            assert cells[0] == cells[1] or "---" not in above


@pytest.mark.usefixtures("full")
def test_a_dictionary_is_of_what_is_in_the_folder(path, tmp_path):
    """Layers and columns that no file of the folder has are not told."""
    write(path, tmp_path / "out", "csv", "dictionary", layers=["labs"], crs="EPSG:32632")
    write(path, tmp_path / "out", "geojson", layers=["relations"])
    text = (tmp_path / "out" / "dictionary.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["layer"] for row in rows} == {"labs", "relations"}
    of_labs = {row["column"] for row in rows if row["layer"] == "labs"}
    assert {"x", "y"} <= of_labs
    assert "lat" not in of_labs


def test_a_name_is_no_markdown(full, path, tmp_path):
    """What a network is called means nothing to Markdown or HTML on the page."""
    name = "<b>Rete</b> *[x](javascript:y)* | `z` #1"
    full.store.connection.execute("UPDATE network SET name = ?", (name,))
    write(path, tmp_path / "out", "csv", "dictionary_it")
    head = (tmp_path / "out" / "dictionary.it.md").read_text("utf-8").splitlines()[0]
    assert head == r"# Dizionario dei dati: \<b\>Rete\</b\> \*\[x\](javascript:y)\* \| \`z\` \#1"
