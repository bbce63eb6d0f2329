"""A steward's day at the command line, from an empty folder to the published files."""

import json
import subprocess
import sys

import pytest

AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Comune Esempio", "com_istat_code": "000001"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[9.0, 45.0], [9.3, 45.0], [9.3, 45.3], [9.0, 45.3], [9.0, 45.0]]],
            },
        }
    ],
}


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    """Return the bytes of a registry with a network, an area, a lab, a body and a group."""
    folder = tmp_path_factory.mktemp("morning")
    areas = folder / "aree.geojson"
    areas.write_text(json.dumps(AREAS), "utf-8")
    point = ("--lat", "45,1", "--lon", "9,1", "--precision", "civico")
    words = ("--state", "Attivo", "--municipality", "comune esempio", "--activities", "libri")
    for command in (
        ("init", "--name", "Rete Esempio", "--publisher", "Comune Esempio"),
        ("network", "set", "--municipalities", "000001"),
        ("area", "load", areas),
        ("lab", "add", "--name", "Spazio Esempio", *point, *words),
        ("org", "add", "--name", "Ente Esempio", "--legal-form", "aps", "--state", "active"),
        ("group", "add", "--name", "Gruppo Esempio", "--meets-at", "spazio", "--state", "active"),
    ):
        subprocess.run(
            [sys.executable, "-m", "bencomune_cli", *map(str, command)],
            cwd=folder,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    return (folder / "registry.db").read_bytes()


@pytest.fixture
def day(bencomune, path, morning):
    """Return a runner of commands on that registry, which asserts how each one ends."""
    path.write_bytes(morning)
    path.chmod(0o600)

    def run(*words, code=0, **told):
        done = bencomune(*words, **told)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    return run


def told(done):
    """Return the JSON of standard output, which is nothing else."""
    return json.loads(done.stdout)


def test_a_record_is_corrected_and_the_correction_undone(day):
    """An edit is in the log with its reason, shown by diff and blame, undone and done again."""
    day("lab", "edit", "spazio", "--phone", "0382 399111", "--why", "telefonata")
    assert told(day("lab", "show", "spazio", "--json"))["phone"] == "+390382399111"
    last = told(day("log", "spazio", "--json"))[0]
    assert (last["command"], last["why"], last["records"]) == (
        "lab edit",
        "telefonata",
        ["spazio-esempio"],
    )
    assert day("diff").stdout == "spazio-esempio.phone\n  + +390382399111\n"
    assert "telefonata" in day("blame", "spazio").stdout
    day("undo")
    assert "phone" not in told(day("lab", "show", "spazio", "--json"))
    day("redo")
    assert told(day("lab", "show", "spazio", "--json"))["phone"] == "+390382399111"


def test_a_record_is_removed_and_restored(day):
    """A removed record is in no list but that of the removed, and comes back."""
    day("lab", "remove", "spazio")
    assert day("lab", "list").stdout == ""
    assert day("lab", "list", "--removed").stdout.startswith("spazio-esempio\t")
    day("lab", "restore", "spazio")
    assert day("lab", "list").stdout.startswith("spazio-esempio\t")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("--where", "state=active"), 1),
        (("--where", "state!=active"), 0),
        (("--where", "activities=reading_books"), 1),
        (("--where", "name~SPÀZIO"), 1),
        (("--where", "phone="), 1),
        (("--where", "name=' OR 1=1 --"), 0),
        (("esempio",), 1),
        (("--near", "45.1,9.1", "--within", "500m"), 1),
        (("--near", "45.2,9.1", "--within", "500m"), 0),
        (("--in", "Comune Esempio"), 1),
        (("--sort", "-updated_at", "--limit", "1"), 1),
    ],
)
def test_lists_find(day, asked, found):
    """`list` finds by columns, words, distance and area; values are never SQL."""
    assert len(told(day("lab", "list", *asked, "--json"))) == found


def test_relations_and_contacts(day, tmp_path):
    """A relation is in the files by names; a contact only while its basis holds."""
    day("link", "ente", "coordina", "spazio", "--since", "2024")
    done = day(
        "contact", "add", "spazio", "--role", "coordinator", "--person-name", "Nome Inventato"
    )
    contact = done.stdout.strip()
    day("export", "--to", tmp_path / "prima")
    lab = json.loads((tmp_path / "prima" / "labs.geojson").read_text())["features"][0]
    assert lab["properties"]["coordinator"] == "Ente Esempio"
    assert "Nome Inventato" not in (tmp_path / "prima" / "network.csv").read_text()
    day("contact", "remove", contact)
    basis = ("--basis", "consent", "--evidence", "prot. 1", "--given-on", "2020-01-01")
    whose = ("spazio", "--role", "coordinator", "--person-name", "Nome Inventato")
    contact = day("contact", "add", *whose, *basis, "--scope", "open_data").stdout.strip()
    day("export", "--to", tmp_path / "poi")
    assert "Nome Inventato" in (tmp_path / "poi" / "network.csv").read_text()
    day("contact", "withdraw", contact)
    day("export", "--to", tmp_path / "poi")
    for file in (tmp_path / "poi").iterdir():
        assert b"Nome Inventato" not in file.read_bytes()
    day("unlink", "ente", "coordinates", "spazio")
    assert told(day("lab", "show", "spazio", "--json"))["relations"] == []


def test_check_and_explain(day):
    """Check ends with 1 on errors and each finding's code is explained in both languages."""
    found = {found["severity"] for found in told(day("check", "--json"))}
    assert found == {"warning", "note"}
    day("check", "--fail-on", "warning", code=1)
    day("org", "edit", "ente", "--postcode", "100", code=1)
    assert "CAP" in day("explain", "p06").stdout
    assert "postcode" in day("--lang", "en", "explain", "P06").stdout


def test_all_problems_are_told_at_once(day):
    """A faulty record is told all that is wrong with it, and nothing of it is written."""
    before = told(day("log", "--json"))
    faulty = (
        "--name",
        "X",
        "--lat",
        "45",
        "--seats",
        "molti",
        "--state",
        "boh",
        "--website",
        "x:y",
    )
    done = day("lab", "add", *faulty, code=1)
    assert {line.split()[1] for line in done.stderr.splitlines() if line.startswith("errore")} == {
        "K01",
        "P01",
        "C05",
    }
    assert done.stdout == ""
    assert told(day("log", "--json")) == before


@pytest.mark.parametrize(
    "words",
    [
        ("labs",),
        ("lab", "ad"),
        ("lab", "show", "mai-esistito"),
        ("lab", "show"),
        ("lab", "edit", "spazio"),
        ("lab", "list", "--where", "boh"),
        ("lab", "list", "--limit", "molti"),
        ("lab", "list", "--near", "Pavia"),
        ("lab", "add", "--nam", "x"),
        ("link", "ente", "saluta", "spazio"),
        ("link", "ente", "coordinates", "ente"),
        ("explain", "Z99"),
        ("export", "--format", "docx"),
        ("export", "panini"),
        ("export", "--to", "-"),
        ("undo", "99"),
        ("--lang", "de", "stats"),
        ("--registry", "mai-esistito.db", "stats"),
        ("area", "load", "mai-esistito.geojson"),
        ("init", "--example", "atlantide"),
        ("terms", "boh"),
        ("describe", "boh"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["it", "en"])
def test_misuse_is_told(day, path, words, language):
    """What cannot be done gets a sentence in the chosen language, a code of 1 or 2, no change."""
    before = path.read_bytes()
    done = day(*words, code=1 if "saluta" in words else 2, BENCOMUNE_LANG=language)
    assert done.stdout == ""
    assert len(done.stderr.strip()) > 10
    assert path.read_bytes() == before


def test_counts(day):
    """Stats count by state, municipality and activity, for people and for programs."""
    assert told(day("stats", "--json"))["labs"] == {
        "total": 1,
        "state": {"active": 1},
        "municipality": {"000001": 1},
        "activities": {"reading_books": 1},
    }
    assert "Laboratori" in day("stats").stdout
