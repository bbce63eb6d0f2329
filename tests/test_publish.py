"""The publication that a schedule runs: never half, never private, never empty by accident."""

import fcntl
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bencomune_cli import exports
from bencomune_cli.bundles import html
from bencomune_cli.entities import Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.errors import ExitCode, Refused
from bencomune_cli.feeds import CHANGES, FEED
from bencomune_cli.manifests import MANIFEST
from bencomune_cli.publications import Publications
from bencomune_cli.publishing import Plan, published
from bencomune_cli.registry import Registry
from bencomune_cli.rolling_back import rolled_back

ATOM = "{http://www.w3.org/2005/Atom}"
OPEN = {"basis": "public_office", "scope": "open_data"}
LABS = 8


@pytest.fixture
def full(registry):
    """Give a registry with records of each kind."""
    with registry.operation("test"):
        for number in range(LABS):
            point = {"lat": f"45.1{number}", "lon": "9.1", "precision": "address"}
            name = {"name": f"Spazio numero {number}", "state": "active"}
            registry.add(Lab, {**name, **point, "notes": f"Canarino interno {number}"})
        group = {"name": "Gruppo Esempio", "state": "active", "meets_at": "spazio-numero-0"}
        registry.add(Group, group)
        seat = {"street": "via della Casa Coperta", "number": "7"}
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active", **seat})
        ends = {"subject": "ente-esempio", "role": "manages", "object": "spazio-numero-0"}
        registry.add(Relation, ends)
        of = {"record": "spazio-numero-0", "role": "press", "person_name": "Nome Inventato"}
        registry.add(Contact, {**of, **OPEN, "email": "nome.inventato@example.org"})
        closed = {"record": "spazio-numero-1", "role": "press", "person_name": "Persona Riservata"}
        registry.add(Contact, {**closed, "phone": "+39 333 1234567"})
    return registry


@pytest.fixture
def out(tmp_path):
    """Return the folder of the published files."""
    return tmp_path / "exports"


@pytest.fixture
def plan(out):
    """Return a plan of all layers in the usual formats, and in those of one file."""
    return Plan(out, exports.layers([]), [*exports.usual(), "xlsx", "gpkg"])


def change(registry, id_, **texts):
    """Change a record in an operation of its own."""
    with registry.operation("test"):
        record = registry.finder.any_record(id_) if "@" in id_ else None
        record = record or registry.finder.any_place(id_)
        registry.change(record, texts)


def change_contact(registry, id_, **texts):
    """Change a contact in an operation of its own."""
    with registry.operation("test"):
        registry.change(registry.finder.record(Contact, id_), texts)


def contents(folder):
    """Return the bytes of all files of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def marks(folder):
    """Return what tells whether a file was written again."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(f): (f.stat().st_mtime_ns, f.stat().st_ino, f.stat().st_size) for f in files}


def page(out):
    """Return the page of changes."""
    return (out / CHANGES).read_text("utf-8")


# Published, and nothing rewritten


def test_what_did_not_change_is_not_written(full, plan, out):
    """A second run writes nothing, also where only what is private changed meanwhile."""
    assert published(full, plan).code == ExitCode.FINE
    before = marks(out)
    assert published(full, plan).code == ExitCode.NOTHING_CHANGED
    with full.operation("test"):
        full.add(Contact, {"record": "spazio-numero-2", "role": "press", "email": "a@example.org"})
    change_contact(full, "spazio-numero-1-press", evidence="prot. 77/2026")
    assert published(full, plan).code == ExitCode.NOTHING_CHANGED
    assert marks(out) == before


def test_the_files_are_those_of_an_export(full, plan, out, tmp_path):
    """A publication has the same bytes as an export, and tells its changes beside."""
    published(full, plan)
    dataset, _held = full.dataset()
    with closing(dataset):
        exports.write_folder(dataset, tmp_path / "export", plan.layers, plan.formats)
    files = contents(out)
    assert {files.pop(CHANGES), files.pop(FEED)}
    assert files == contents(tmp_path / "export")
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o644}


def test_what_was_published_is_kept_for_its_owner_alone(full, plan, path):
    """Copies, state and log, and their folders, are for nobody else to read or enter."""
    published(full, plan)
    shelf = Publications(path)
    shelf.note({"outcome": "published"})
    assert stat.S_IMODE(shelf.folder.stat().st_mode) == 0o700
    for name in ("state.json", "runs.log", "copies/" + shelf.names()[0] + "/about.json"):
        assert stat.S_IMODE((shelf.folder / name).stat().st_mode) == 0o600


def test_formats_that_are_there_stay_current(full, out):
    """Where no formats are told, files that an export added are published too, none gets old."""
    dataset, _held = full.dataset()
    with closing(dataset):
        exports.write_folder(dataset, out, exports.layers(["labs"]), ["xlsx"])
    plan = Plan(out, exports.layers(["labs"]), [])
    published(full, plan)
    before = contents(out)
    change(full, "spazio-numero-3", seats="12")
    result = published(full, plan)
    assert "labs.xlsx" in result.changed
    assert contents(out)["labs.xlsx"] != before["labs.xlsx"]


def test_what_outgrew_its_format_is_still_taken_back(full, plan, out, monkeypatch):
    """A person is refused what nothing opens, and asks for a part; a publication is of all."""
    told = replace(html.FORMAT, most_records=LABS - 1)
    monkeypatch.setattr(html, "FORMAT", told)
    plan = plan._replace(formats=["csv", "html"])
    published(full, plan)
    change(full, "spazio-numero-3", hidden="yes", hidden_reason="prova")
    published(full, plan)
    for name in ("labs.csv", "map.html"):
        assert b"spazio-numero-3" not in contents(out)[name]
        assert b"spazio-numero-4" in contents(out)[name]


def test_files_that_are_published_no_more_are_taken_away(full, plan, out):
    """A format that is left out leaves no old files, which would keep what was withdrawn since."""
    published(full, plan)
    (out / "LEGGIMI.txt").write_text("di altri", "utf-8")
    result = published(full, plan._replace(formats=["csv"]))
    assert {"network.xlsx", "labs.kml"} <= {*result.removed}
    there = {path.suffix for path in out.iterdir()}
    assert there.isdisjoint({".kml", ".geojson", ".xlsx", ".gpkg"})
    assert {".csv", ".json", ".md", ".atom", ".txt"} <= there
    told = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
    assert all((out / file["name"]).is_file() for file in told)


@pytest.mark.parametrize("keep", [1, 3])
def test_dated_copies_are_kept_as_told(full, plan, path, keep):
    """As many copies are kept as are told, the newest, the one that is out among them."""
    for seats in range(1, 6):
        change(full, "spazio-numero-3", seats=str(seats))
        published(full, plan._replace(keep=keep, formats=["csv"]))
    names = Publications(path).names()
    assert [int(name[:5]) for name in names] == list(range(6 - keep, 6))
    assert names[-1] == Publications(path).state().current


# What changed, in words


def test_changes_are_told_in_words(full, plan, out):
    """The changelog counts and names what is new, closed, changed; what is hidden it counts."""
    published(full, plan)
    with full.operation("test"):
        full.add(Lab, {"name": "Spazio nuovo", "state": "active"})
    change(full, "spazio-numero-1", state="closed")
    change(full, "spazio-numero-2", seats="30")
    change_contact(full, "spazio-numero-0-press", withdrawn_on="2026-01-01")
    change(full, "spazio-numero-3", hidden="sì", hidden_reason="lo chiede il vicinato")
    published(full, plan)
    newest = page(out).split("## ")[1]
    told = "1 nuovo, 1 chiuso, 3 cambiati, 1 non più pubblicato, 1 contatto nascosto."
    assert told in newest
    assert "- Nuovo: Spazio nuovo" in newest
    assert "- Cambiato: Spazio numero 2 (Posti)" in newest
    for hidden in ("numero 3", "spazio-numero-3", "Inventato", "vicinato"):
        assert hidden not in newest


def test_what_is_not_public_any_more_is_in_no_old_entry(full, plan, out):
    """A record that is hidden vanishes from what was told of it before, in page and feed."""
    published(full, plan)
    with full.operation("test"):
        full.add(Lab, {"name": "Spazio effimero", "state": "active"})
    published(full, plan)
    assert all("Spazio effimero" in (out / name).read_text("utf-8") for name in (CHANGES, FEED))
    change(full, "spazio-effimero", hidden="sì")
    published(full, plan)
    assert all("effimero" not in (out / name).read_text("utf-8") for name in (CHANGES, FEED))


def test_the_page_speaks_the_networks_language(full, plan, out):
    """Changes are told in the first language of the network, whoever publishes."""
    with full.operation("test"):
        full.change(full.network(), {"languages": "en, it"})
    published(full, plan)
    change(full, "spazio-numero-1", state="closed")
    published(full, plan)
    assert "1 closed" in page(out)


def test_marks_in_a_name_are_no_marks_of_the_page(full, plan, out):
    """A name with signs of Markdown, HTML or XML is told as it is, in page and feed."""
    published(full, plan)
    name = "Spazio [A](b) & *B* < 7 ]]> `x`"
    with full.operation("test"):
        full.add(Lab, {"name": name, "state": "active"})
    published(full, plan)

    assert r"\[A\](b) \& \*B\* \< 7 \]\]\> \`x\`" in page(out)
    content = ET.parse(out / FEED).find(f"{ATOM}entry/{ATOM}content")  # noqa: S314 - our own
    assert name in content.text


@pytest.mark.parametrize("base", ["https://example.org/rete/", ""])
def test_the_feed_is_what_readers_expect(full, plan, out, base):
    """The feed has what RFC 4287 asks for; ids are stable and unique, moments those of history."""
    with full.operation("test"):
        full.change(full.network(), {"base_uri": base, "publisher": "Comune di Esempio"})
    ids = []
    for seats in ("10", "20", "30"):
        change(full, "spazio-numero-2", seats=seats)
        published(full, plan)
        feed = ET.parse(out / FEED).getroot()  # noqa: S314 - our own
        entries = feed.findall(f"{ATOM}entry")
        ids.append([feed.find(f"{ATOM}id").text, *(e.find(f"{ATOM}id").text for e in entries)])
        assert feed.find(f"{ATOM}author/{ATOM}name").text == "Comune di Esempio"
        assert feed.find(f"{ATOM}title").text
        assert feed.find(f"{ATOM}updated").text == entries[0].find(f"{ATOM}updated").text
        assert entries[0].find(f"{ATOM}updated").text >= full.store.moment()[1]
        for entry in entries:
            assert entry.find(f"{ATOM}title").text
            assert entry.find(f"{ATOM}content").text
    assert ids[2][0] == ids[0][0]
    assert ids[2][2:] == ids[1][1:]
    assert len(set(ids[2])) == 4
    assert all(id_.startswith(base or "urn:uuid:") for id_ in ids[2])


# Held for a person to look at

WAYS = {
    "plain": "value",
    "UTF-16": "value.encode('utf-16-le').decode('latin-1')",
    "base64": "__import__('base64').b64encode(value.encode()).decode()",
    "XML": "''.join(f'&#{ord(c)};' for c in value)",
    "JSON": "''.join(f'\\\\u{ord(c):04x}' for c in value)",
    "percent": "__import__('urllib.parse').parse.quote(value, safe='')",
}
MUTANT = '''"""A format that opens the registry by itself, and lets out what it finds there."""

import os
import sqlite3

from ..words import Text
from . import Format

FORMAT = Format("mutant", "text/plain", Text("Mutante", "Mutant"))


def write(dataset, layer, out):
    path = os.environ["BENCOMUNE_REGISTRY"]
    with sqlite3.connect(path, factory=sqlite3.Connection) as other:
        for (value,) in other.execute("SELECT notes FROM labs ORDER BY id"):
            out.write(WRITTEN)
'''
ZIPPED = '''"""A bundle that packs what it should not have."""

import os
import sqlite3
import zipfile

from ..words import Text
from . import Format

FORMAT = Format("zip", "application/zip", Text("Mutante", "Mutant"))


def write(dataset, layers, out):
    with sqlite3.connect(os.environ["BENCOMUNE_REGISTRY"]) as other:
        value = other.execute("SELECT phone FROM contacts WHERE basis = 'none'").fetchone()[0]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dati.txt", f"tel. {value}")
'''


def mutated(library, text, way="plain"):
    """Plant a format in the copied package; return the environment that runs it."""
    folder = "bundles" if "layers" in text else "formats"
    module = library / "bencomune_cli" / folder / ("zip.py" if folder == "bundles" else "mutant.py")
    module.write_text(text.replace("WRITTEN", WAYS[way]), "utf-8")
    return {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("way", WAYS)
def test_a_format_that_lets_out_a_value_is_held(library, bencomune, out, way):
    """A staff value in the bytes of a file, however written, is seen, and no file goes out."""
    done = bencomune("publish", "--accept", **mutated(library, MUTANT, way))
    assert done.returncode == 11
    assert "labs.mutant: the internal value of spazio-numero-0, column notes" in done.stderr
    assert not out.exists()


@pytest.mark.usefixtures("full")
def test_a_leak_is_for_a_person_to_look_at(library, bencomune, out, path):
    """What holds a value is kept in private, told without the value, and no option lets it out."""
    assert bencomune("publish").returncode == 0
    before = contents(out)
    told = mutated(library, MUTANT)
    for more in ((), ("--accept",)):
        done = bencomune("publish", *more, **told)
        assert done.returncode == 11
        assert "labs.mutant: the internal value of spazio-numero-0, column notes" in done.stderr
        assert "--accept does not help" in done.stderr
        assert "Canarino interno" not in done.stdout + done.stderr
    assert contents(out) == before
    held = path.with_name("registry.db.published") / "held"
    assert (held / "files" / "labs.mutant").is_file()
    assert "spazio-numero-0" in (held / "reasons.txt").read_text("utf-8")
    assert "spazio-numero-0, column notes" in bencomune("publish", "--status", **told).stdout


@pytest.mark.usefixtures("full")
def test_a_packed_value_is_held(library, bencomune):
    """A private telephone number inside a ZIP is found, and named by its contact and column."""
    done = bencomune("publish", **mutated(library, ZIPPED))
    assert done.returncode == 11
    assert "network.zip: the internal value of spazio-numero-1-press, column phone" in done.stderr


@pytest.mark.parametrize("name", ["xlsx", "gpkg"])
@pytest.mark.usefixtures("full")
def test_a_value_in_a_cell_is_held(library, bencomune, name):
    """In a workbook and in a GeoPackage a value is found that a bundle adds to a cell."""
    bundle = library / "bencomune_cli" / "bundles" / f"{name}.py"
    text = bundle.read_text("utf-8")
    anchor = 'told = {"title": self._network.get("name")' if name == "xlsx" else "def write("
    assert anchor in text
    bundle.write_text(f"{text}\n\n{SPOILT[name]}", "utf-8")
    (bundle.parent.parent.parent / "bencomune.toml").write_text("", "utf-8")
    told = {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}
    Path(library.parent / "bencomune.toml").write_text(
        f'[publish]\nformats = ["{name}"]\n', "utf-8"
    )
    done = bencomune("publish", **told)
    assert (done.returncode, "column notes" in done.stderr) == (11, True)


SPOILT = {
    "xlsx": """
_seen = write


def write(dataset, layers, out):
    import os, sqlite3

    with sqlite3.connect(os.environ["BENCOMUNE_REGISTRY"]) as other:
        value = other.execute("SELECT notes FROM labs ORDER BY id").fetchone()[0]
    _Made._said = lambda self, text, said=_Made._said: f"{said(self, text)}"[:20] + value[:0]
    add = _Made.about

    def about(self, chosen):
        add(self, chosen)
        self._book.worksheets()[0].write_string(90, 3, value)

    _Made.about = about
    _seen(dataset, layers, out)
""",
    "gpkg": """
_seen = write


def write(dataset, layers, out):
    import io, os, pathlib, sqlite3, tempfile

    made = io.BytesIO()
    _seen(dataset, layers, made)
    with sqlite3.connect(os.environ["BENCOMUNE_REGISTRY"]) as other:
        value = other.execute("SELECT notes FROM labs ORDER BY id").fetchone()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x.gpkg"
        path.write_bytes(made.getvalue())
        with sqlite3.connect(path) as package:
            package.execute("CREATE TABLE more (t)")
            package.execute("INSERT INTO more VALUES (?)", ("y" * 9000 + value + "z" * 9000,))
        package.close()
        out.write(path.read_bytes())
""",
}


def emptied(full, count, entity=Lab):
    """Hide so many records of a kind."""
    with full.operation("test"):
        for record in list(full.store.select(entity, "NOT hidden"))[-count:]:
            full.change(record, {"hidden": "sì"})


@pytest.mark.parametrize(
    ("entity", "count", "held"),
    [(Lab, 1, False), (Lab, 2, False), (Lab, 3, True), (Lab, LABS, True), (Group, 1, True)],
)
def test_too_many_gone_is_held(full, plan, out, entity, count, held):
    """More than a fifth of a layer gone, or all of it, is held until somebody accepts it."""
    published(full, plan)
    before = contents(out)
    emptied(full, count, entity)
    result = published(full, plan)
    assert (result.code == ExitCode.HELD) == held
    if held:
        assert contents(out) == before
        assert str(entity.plural) in str(result.reasons[0])
        assert (result.kept / "files" / MANIFEST).is_file()
        assert published(full, plan).code == ExitCode.HELD
        assert published(full, plan, accept=True).code == ExitCode.FINE
    assert contents(out) != before
    assert published(full, plan).code == ExitCode.NOTHING_CHANGED


def test_what_was_put_right_is_held_no_more(full, plan, path):
    """Where the registry is again as it was published, nothing waits for anybody any more."""
    published(full, plan)
    emptied(full, 1, Group)
    assert published(full, plan).code == ExitCode.HELD
    full.undo()
    published(full, plan)
    assert Publications(path).held() == []


def test_records_under_other_ids_are_gone(full, plan):
    """As many records under other ids are no replacement: their addresses would break."""
    published(full, plan)
    with full.operation("test"):
        for record in list(full.store.select(Lab)):
            full.set_removed(record, removed=True)
            full.add(Lab, {"name": f"Altro {record.name}", "state": "active"})
    assert published(full, plan).code == ExitCode.HELD


def test_the_first_publication_is_compared_with_an_export(full, plan, out):
    """Where `export` wrote before, the numbers of its manifest guard the first publication."""
    dataset, _held = full.dataset()
    with closing(dataset):
        exports.write_folder(dataset, out, plan.layers, ["csv"])
    emptied(full, 4)
    before = contents(out)
    assert published(full, plan).code == ExitCode.HELD
    assert contents(out) == before
    with full.operation("test"):
        full.change(full.network(), {"name": "Un'altra rete"})
    assert "altra rete" in " ".join(map(str, published(full, plan).reasons))


WEAKENED = {
    "a column": ("shared.py", '"Note interne", "Internal notes")', '"N", "N", audience=PUBLIC)'),
    "a mask": ("shared.py", "masked_when = \"r.precision = 'masked'\"", 'masked_when = "0"'),
    "an audience": (
        "contact.py",
        'column("Telefono", "Telephone", audience=BASIS',
        'column("Telefono", "Telephone", audience=Audience.PUBLIC',
    ),
    "a basis": ("contact.py", " AND r.given_on IS NOT NULL))", "))"),
}


@pytest.mark.parametrize("what", WEAKENED)
def test_a_rule_that_weakens_is_held(full, library, bencomune, out, what):
    """A program that publishes more than the one before publishes nothing by itself."""
    assert bencomune("publish").returncode == 0
    before = contents(out)
    name, old, new = WEAKENED[what]
    module = library / "bencomune_cli" / "entities" / name
    text = module.read_text("utf-8")
    assert old in text
    module.write_text(text.replace(old, new), "utf-8")
    change(full, "spazio-numero-2", seats="31")
    told = {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}
    done = bencomune("publish", **told)
    assert done.returncode == 11, done.stderr
    assert contents(out) == before
    assert "/exports --accept." in done.stderr
    assert bencomune("publish", "--accept", **told).returncode == 0


def test_an_address_that_was_masked_is_held(full, plan):
    """A seat that was masked and would be published waits for a person."""
    published(full, plan)
    change(full, "ente-esempio", seat_public="sì")
    result = published(full, plan)
    assert result.code == ExitCode.HELD
    assert "ente-esempio" in str(result.reasons[0])


@pytest.mark.parametrize(
    "before",
    [
        {"basis": "public_office", "scope": "web"},
        {**OPEN, "withdrawn_on": "2026-01-01"},
    ],
    ids=["not for open data", "withdrawn"],
)
def test_a_contact_that_was_barred_is_held(full, plan, before):
    """A contact that was withdrawn, or not for open data, waits; one that gets a basis does not."""
    change_contact(full, "spazio-numero-1-press", **before)
    published(full, plan)
    change_contact(full, "spazio-numero-1-press", **OPEN, withdrawn_on="")
    assert published(full, plan).code == ExitCode.HELD
    assert published(full, plan, accept=True).code == ExitCode.FINE


def test_a_contact_that_gets_a_basis_goes_out(full, plan):
    """The usual way of a contact, from none to a basis, asks nobody."""
    published(full, plan)
    change_contact(full, "spazio-numero-1-press", **OPEN)
    assert published(full, plan).code == ExitCode.FINE


# What a steward typed where everybody reads it

TYPED = {
    "Scrivere a mario.rossini@gmail.com oppure al custode.": ("description", "column email"),
    "Chiedere di Mario Rossini.": ("summary", "column person_name"),
    "Il numero: 0382111222": ("opening_note", "column phone"),
    "Suonare, o tel. 0382 111222": ("address_note", "a telephone number that no public column"),
    "Scrivere a qualcuno@example.org": ("description", "an e-mail address that no public column"),
}


@pytest.mark.parametrize("text", TYPED)
def test_what_is_typed_into_a_sentence_is_held(full, plan, bencomune, out, text):
    """A private value in a public sentence holds all, is told once by its place, and not shown."""
    column, what = TYPED[text]
    of = {"record": "spazio-numero-2", "role": "coordinator", "person_name": "Mario Rossini"}
    with full.operation("test"):
        full.add(Contact, {**of, "phone": "0382 111222", "email": "mario.rossini@gmail.com"})
    published(full, plan)
    change(full, "spazio-numero-3", **{column: text})
    done = bencomune("publish", "--accept", BENCOMUNE_LANG="en")
    assert done.returncode == 11
    assert f"spazio-numero-3, column {column}: in the text, which is public, " in done.stderr
    assert what in done.stderr
    assert done.stderr.count("in the text") == 1
    assert "rossini" not in done.stderr.lower()
    assert text.encode() not in b"".join(contents(out).values())
    change_contact(full, "spazio-numero-2-coordinator", **OPEN)
    held = published(full, plan).code == ExitCode.HELD
    assert held == ("example.org" in text)


def test_offices_and_namesakes_in_a_sentence_hold_nothing(full, plan):
    """What a sentence says of an office, a street or a public mailbox is nobody's secret."""
    with full.operation("test"):
        for name in ("Segreteria", "Ufficio cultura", "Maria", "Giuseppe Garibaldi"):
            of = {"record": "spazio-numero-2", "role": "coordinator", "person_name": name}
            full.add(Contact, of)
        office = {"email": "info@example.org", "phone": "0382 399111"}
        full.add(
            Lab, {"name": "Altro", "state": "active", "street": "via Giuseppe Garibaldi"} | office
        )
    text = "In via Giuseppe Garibaldi: Maria, Segreteria, Ufficio cultura"
    change(full, "spazio-numero-3", description=f"{text}, info@example.org, tel. 0382399111")
    assert published(full, plan).code == ExitCode.FINE


def test_what_is_gone_is_named(full, plan):
    """A hold names the first records that are gone, and says how many more there are."""
    published(full, plan)
    emptied(full, 3)
    told = str(published(full, plan).reasons[0])
    assert told.endswith(": spazio-numero-5, spazio-numero-6, spazio-numero-7")


@pytest.mark.parametrize("name", ["Un'altra rete", None])
def test_a_folder_of_others_is_not_written_over(full, plan, out, tmp_path, name):
    """Whatever was published before, a folder with other files of ours is asked about first."""
    published(full, plan)
    with closing(Registry.create(tmp_path / "other.db")) as other:
        with other.operation("test"):
            if name:
                other.add(Network, {"name": name, "languages": "it"})
            other.add(Lab, {"name": "Uno", "state": "active"})
        elsewhere = plan._replace(folder=tmp_path / "elsewhere")
        assert published(other, elsewhere).code == ExitCode.FINE
        for accept in (False, True):
            before = contents(out)
            result = published(other, plan, accept=accept)
            assert (result.code == ExitCode.HELD) != accept
            assert (contents(out) == before) != accept
        assert published(other, plan).code == ExitCode.NOTHING_CHANGED
    assert published(full, plan._replace(folder=tmp_path / "fresh")).code == ExitCode.FINE


def test_another_folder_is_no_way_past_a_hold(full, plan, tmp_path):
    """What is accepted for one folder does not empty another that still has more."""
    elsewhere = plan._replace(folder=tmp_path / "elsewhere")
    for each in (plan, elsewhere):
        assert published(full, each).code == ExitCode.FINE
    emptied(full, 4)
    for each in (plan, elsewhere):
        assert published(full, each).code == ExitCode.HELD
        assert published(full, each, accept=True).code == ExitCode.FINE


WITHDRAWING = {
    "rolled back": lambda full, plan: rolled_back(full, plan, ""),
    "too many gone": lambda full, _: emptied(full, LABS - 6) or emptied(full, 1, Group),
    "an address unmasked": lambda full, _: change(full, "ente-esempio", seat_public="sì"),
    "a leak": lambda full, _: change(full, "spazio-numero-3", summary="tel. 0382 399112"),
}


@pytest.mark.parametrize("what", WITHDRAWING)
def test_a_withdrawn_contact_that_is_still_out_is_told_first(full, plan, bencomune, what):
    """Whatever holds a publication, it is told first which contacts are out against their will."""
    published(full, plan)
    change(full, "spazio-numero-2", seats="31")
    published(full, plan)
    WITHDRAWING[what](full, plan)
    change_contact(full, "spazio-numero-0-press", withdrawn_on="2026-01-01")
    change(full, "spazio-numero-5", precision="masked")
    done = bencomune("publish", "--json", BENCOMUNE_LANG="en")
    told = json.loads(done.stdout)
    assert (done.returncode, told["outcome"], told["code"]) == (11, "held_withdrawn", 11)
    assert told["still_out"] == ["spazio-numero-0-press", "spazio-numero-5"]
    assert told["reasons"][0].startswith("ATTENTION: the published files still have 1 contact")
    assert told["reasons"][0].endswith(": spazio-numero-0-press")
    assert told["reasons"][1].endswith(": spazio-numero-5")
    status = json.loads(bencomune("publish", "--status", "--json").stdout)
    assert status["last_run"]["outcome"] == "held_withdrawn"
    assert "spazio-numero-0-press" in status["held"][0]


def test_a_refused_publication_tells_what_is_still_out(full, plan, bencomune):
    """A text that no cell holds stops it; what should have gone out of the files is told first."""
    published(full, plan)
    change(full, "spazio-numero-2", description="🐤" * 20_000)
    refused = bencomune("publish", BENCOMUNE_LANG="en")
    assert refused.returncode == ExitCode.REFUSED
    assert refused.stderr.startswith("spazio-numero-2, column description")
    change_contact(full, "spazio-numero-0-press", withdrawn_on="2026-01-01")
    refused = bencomune("publish", BENCOMUNE_LANG="en")
    assert refused.returncode == ExitCode.REFUSED
    alarm, why = refused.stderr.split("; ", 1)
    assert alarm.startswith("ATTENTION: the published files still have 1 contact")
    assert alarm.endswith("spazio-numero-0-press")
    assert why.startswith("spazio-numero-2, column description")
    status = bencomune("publish", "--status", BENCOMUNE_LANG="en").stdout
    assert "ATTENTION" in status
    assert "what stopped the last run" in status
    change(full, "spazio-numero-2", description="breve")
    assert bencomune("publish", "--accept").returncode == 0
    assert "niente" in bencomune("publish", "--status").stdout


# Put back


def test_an_earlier_publication_is_put_back(full, plan, out):
    """Its files are those of then; it is a publication of its own, and stays until accepted."""
    published(full, plan)
    then = contents(out)
    change(full, "spazio-numero-2", seats="99")
    published(full, plan)
    result = rolled_back(full, plan, "")
    now = contents(out)
    assert result.entry.back_to == 1
    assert {name for name in now if now[name] != then[name]} == {CHANGES, FEED}
    assert "Rimessi i dati della pubblicazione 1" in page(out)
    held = published(full, plan)
    assert held.code == ExitCode.HELD
    assert "--rollback" in str(held.reasons[-1])
    assert published(full, plan, accept=True).code == ExitCode.FINE
    assert b"99" in contents(out)["labs.csv"]


def test_the_one_before_goes_further_back(full, plan, out):
    """Putting back `last` again goes further back, never to what was just taken away."""
    seen = {}
    for number, seats in enumerate(("11", "22", "33"), 1):
        change(full, "spazio-numero-2", seats=seats)
        published(full, plan)
        seen[number] = contents(out)["labs.csv"]
    for number in (2, 1):
        assert rolled_back(full, plan).entry.back_to == number
        assert contents(out)["labs.csv"] == seen[number]
    with pytest.raises(Refused, match=r"1 \(20.*4 \(20"):
        rolled_back(full, plan)
    assert contents(out)["labs.csv"] == seen[1]
    assert rolled_back(full, plan, 3).entry.back_to == 3
    assert contents(out)["labs.csv"] == seen[3]


SINCE = {
    "a contact withdrawn": lambda r: change_contact(
        r, "spazio-numero-0-press", withdrawn_on="2026-01-01"
    ),
    "a contact changed": lambda r: change_contact(
        r, "spazio-numero-0-press", email="altro@example.org"
    ),
    "a record hidden": lambda r: change(r, "spazio-numero-4", hidden="sì"),
    "a record removed": lambda r: remove(r, "spazio-numero-4"),
    "an address masked": lambda r: change(r, "spazio-numero-4", precision="masked"),
    "a relation made internal": lambda r: make_internal(r),  # noqa: PLW0108 - defined below
}


def remove(registry, id_):
    """Take a record out of the registry."""
    with registry.operation("test"):
        registry.set_removed(registry.finder.any_place(id_), removed=True)


def make_internal(registry):
    """Keep the one relation unpublished."""
    with registry.operation("test"):
        registry.change(next(registry.store.select(Relation)), {"public": "no"})


@pytest.mark.parametrize("what", SINCE)
def test_what_was_withdrawn_since_is_not_put_back(full, plan, out, what):
    """A copy that holds what may not go out today is refused by name, and nothing changes."""
    published(full, plan)
    SINCE[what](full)
    published(full, plan)
    before = contents(out)
    with pytest.raises(Refused) as refused:
        rolled_back(full, plan, "")
    named = "spazio-numero-0" if "contact" in what or "relation" in what else "spazio-numero-4"
    assert named in str(refused.value)
    lines = str(refused.value).splitlines()
    assert len(lines) <= 4, lines
    assert contents(out) == before


def test_a_copy_that_was_touched_is_not_put_back(full, plan, out, path):
    """A file of a copy that is not what was published is never put back."""
    published(full, plan)
    change(full, "spazio-numero-2", seats="99")
    published(full, plan)
    before = contents(out)
    shelf = Publications(path)
    (shelf.files_of(shelf.names()[0]) / "labs.csv").write_text("altro", "utf-8")
    with pytest.raises(Refused):
        rolled_back(full, plan, "")
    assert contents(out) == before


@pytest.mark.parametrize("day", ["2001-01-01", "domani", ""])
@pytest.mark.usefixtures("full")
def test_a_day_without_a_copy_is_told(bencomune, day):
    """A day of no copy, and what is no day, are refused in one line."""
    bencomune("publish")
    done = bencomune("publish", "--rollback", day)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


# What goes wrong


@pytest.mark.parametrize(
    "spoil",
    [
        lambda out: (out / MANIFEST).write_text('{"files": [{"name": "../x"}]}', "utf-8"),
        lambda out: (out / MANIFEST).unlink(),
        lambda out: (out / "labs.csv").write_text("altro", "utf-8"),
        lambda out: (out / CHANGES).unlink(),
        shutil.rmtree,
    ],
    ids=["manifest", "no manifest", "a file", "no page", "no folder"],
)
def test_a_folder_that_was_touched_is_made_whole(full, plan, out, path, spoil):
    """What others changed in the folder is put right, and is no publication of its own."""
    published(full, plan)
    good = contents(out)
    spoil(out)
    assert published(full, plan).code == ExitCode.FINE
    assert contents(out) == good
    assert len(Publications(path).names()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"current": 5}', "[" * 100_000, "\udcff"])
@pytest.mark.parametrize("which", ["state.json", "about.json"])
@pytest.mark.usefixtures("full")
def test_a_damaged_state_is_told(bencomune, out, path, which, text):
    """Where what was published cannot be read, nothing is: exit code 2, one line, all as before."""
    assert bencomune("publish").returncode == 0
    before = contents(out)
    (spoilt,) = path.with_name("registry.db.published").rglob(which)
    spoilt.write_bytes(text.encode("utf-8", "surrogateescape"))
    for more in ((), ("--accept",)):
        done = bencomune("publish", *more, BENCOMUNE_LANG="en")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"{spoilt}: is damaged" in done.stderr
    assert contents(out) == before
    command = done.stderr.partition("run: ")[2].partition(" and then")[0]
    subprocess.run(shlex.split(command), check=True)
    assert bencomune("publish").returncode in (0, 10)
    assert contents(out).keys() == before.keys()


@pytest.mark.parametrize("case", ["is a file", "is below a file", "is closed"])
@pytest.mark.usefixtures("full")
def test_a_folder_that_cannot_be_written_is_told(bencomune, tmp_path, case):
    """A folder that takes no files is told in one line, exit code 2, and in the log of runs."""
    (tmp_path / "file").write_text("di altri", "utf-8")
    folder = {"is a file": "file", "is below a file": "file/out", "is closed": "/proc"}[case]
    done = bencomune("publish", "--folder", folder, BENCOMUNE_LANG="en")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"{folder}: ")
    last = json.loads(bencomune("publish", "--status", "--json").stdout)["last_run"]
    assert (last["outcome"], last["code"]) == ("refused", 2)


SLOW = '''"""A format that takes its time."""

import time

from ..words import Text
from . import Format

FORMAT = Format("slow", "text/plain", Text("Lento", "Slow"))


def write(dataset, layer, out):
    time.sleep(2)
'''


@pytest.mark.usefixtures("full")
def test_of_two_runs_one_publishes(library, path, bencomune, out):
    """Of two runs at once one publishes, the other says so and does nothing."""
    (library / "bencomune_cli" / "formats" / "slow.py").write_text(SLOW, "utf-8")
    command = [sys.executable, "-m", "bencomune_cli", "--registry", str(path), "publish"]
    first = subprocess.Popen(
        command,
        cwd=path.parent,
        env=os.environ | {"PYTHONPATH": str(library)},
        stderr=subprocess.DEVNULL,
    )
    shelf = path.with_name("registry.db.published")
    deadline = time.monotonic() + 30
    while not list(shelf.glob("new-*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    second = bencomune("publish", BENCOMUNE_LANG="en")
    assert second.returncode == 2
    assert "another publication is running" in second.stderr
    assert first.wait(60) == 0
    assert (out / "labs.slow").is_file()


def test_the_example_is_published_in_every_format(bencomune, out):
    """A real network goes out without a hold, in all formats, then stays as it is."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    told = json.dumps([each for each in exports.names() if not each.startswith("dcat")])
    (out.parent / "bencomune.toml").write_text(f"[publish]\nformats = {told}\n", "utf-8")
    first = bencomune("publish")
    assert first.returncode == 0, first.stderr
    before = contents(out)
    again = bencomune("publish")
    assert again.returncode == ExitCode.NOTHING_CHANGED, again.stderr
    assert contents(out) == before


@pytest.mark.skipif(
    not (shutil.which("faketime") or os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS")),
    reason="the clock cannot be put on",
)
def test_time_alone_hides_a_contact(bencomune, full, out):
    """A contact whose basis has ended is gone from the next publication, and it is said when."""
    of = {"record": "spazio-numero-2", "role": "press", "email": "ufficio@example.org"}
    with full.operation("test"):
        full.add(Contact, {**of, **OPEN, "expires_on": "2098-12-31"})
    full.close()
    assert bencomune("publish").returncode == 0
    assert b"ufficio@example.org" in b"".join(contents(out).values())
    command = [sys.executable, "-m", "bencomune_cli", "--lang", "en", "publish"]
    later = subprocess.run(
        ["faketime", "2099-01-02 04:00:00", *command],
        cwd=out.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert later.returncode == 0, later.stderr
    assert "1 contact hidden" in later.stderr
    assert b"ufficio@example.org" not in b"".join(contents(out).values())
    assert "## 2099-01-02" in (out / CHANGES).read_text("utf-8")


ALONE = '''"""A target that tells whether a second run could begin while it is being sent to."""

import fcntl
import os
from dataclasses import dataclass
from typing import ClassVar

from ..setting_keys import key
from ..words import Text
from . import Sent

LABEL = Text("Altro", "Other")


@dataclass(frozen=True)
class Settings:
    """What is set for it."""

    about: ClassVar[Text] = LABEL
    shelf: str = key("dove", "where", "registry.db.published")


def send(folder, settings):
    shelf = os.open(folder.parent / settings.shelf, os.O_RDONLY)
    try:
        fcntl.flock(shelf, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = ["free"]
    except BlockingIOError:
        free = []
    return Sent(LABEL, "", free, [], [], False)
'''


@pytest.mark.usefixtures("full")
def test_no_second_run_begins_while_the_first_is_sending(library, path):
    """A publication is sent to its targets before another may begin."""
    (library / "bencomune_cli" / "targets" / "alone.py").write_text(ALONE, "utf-8")
    command = [sys.executable, "-m", "bencomune_cli", "--registry", str(path), "publish"]
    done = subprocess.run(
        [*command, "--to", "alone", "--json"],
        cwd=path.parent,
        env=os.environ | {"PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [each["sent"] for each in json.loads(done.stdout)["sent"]] == [[]]


def test_an_export_that_is_running_is_not_disturbed(full, plan, out):
    """While an export holds the folder, a publication leaves it alone and says so."""
    published(full, plan)
    change(full, "spazio-numero-2", seats="5")
    before = contents(out)
    descriptor = os.open(out, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Refused):
        published(full, plan)
    os.close(descriptor)
    assert contents(out) == before
    assert published(full, plan).code == ExitCode.FINE


# As a schedule runs it, and as a person asks


@pytest.mark.usefixtures("full")
def test_cron_can_run_it(path, out, tmp_path):
    """Without environment, terminal and locale, in another folder, it publishes; then 10."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [
        *("env", "-i", "LC_ALL=C", "HOME=/nonexistent", sys.executable, "-m", "bencomune_cli"),
        *("--registry", str(path), "publish"),
    ]
    for code in (0, 10):
        done = subprocess.run(
            command, cwd=elsewhere, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout) == (code, b""), done.stderr
        assert done.stderr.count(b"\n") == 1
    assert (out / MANIFEST).is_file()
    assert not list(elsewhere.iterdir())


@pytest.mark.usefixtures("full")
def test_a_quiet_run_says_nothing_unless_it_must(bencomune, out):
    """With --quiet a mail of cron comes only where somebody has to do something."""
    for code in (0, 10):
        done = bencomune("--quiet", "publish")
        assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
    shutil.rmtree(out)
    out.write_text("di altri", "utf-8")
    assert bencomune("--quiet", "publish").stderr


def test_a_trial_writes_nothing(full, bencomune, tmp_path):
    """--dry-run tells all that would be done, changes no byte anywhere, and ends with its code."""
    registry = full.store.path
    before = marks(tmp_path)
    done = bencomune("publish", "--dry-run")
    assert done.returncode == 0
    assert "exports/labs.csv" in done.stderr
    assert marks(tmp_path) == before
    assert not list(tmp_path.glob("exports*"))
    bencomune("publish")
    change(full, "spazio-numero-1", state="closed")
    before, bytes_ = marks(tmp_path), registry.read_bytes()
    done = bencomune("publish", "--dry-run", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["changes"]["closed"]) == (0, ["spazio-numero-1"])
    assert (marks(tmp_path), registry.read_bytes()) == (before, bytes_)
    emptied(full, LABS)
    assert bencomune("publish", "--dry-run").returncode == 11


@pytest.mark.usefixtures("full")
def test_what_becomes_of_files_is_told(bencomune, out):
    """A file that others touched is named, files that go are counted, and both are no new data."""
    assert "; 1 file" not in bencomune("publish").stderr
    (out / "labs.kml").write_text("altro", "utf-8")
    told = bencomune("publish", BENCOMUNE_LANG="en").stderr
    put_back = "1 file was missing or changed by others, and was put back: labs.kml"
    assert told.endswith(f"the data are the same; {put_back}\n")
    (out.parent / "bencomune.toml").write_text('[publish]\nformats = ["csv"]\n', "utf-8")
    there = len(contents(out))
    told = bencomune("publish", BENCOMUNE_LANG="en").stderr
    assert told.endswith(f"; {there - len(contents(out))} files taken out\n")


def test_a_held_trial_tells_no_place(full, bencomune):
    """A trial that would be held keeps nothing and tells no place; a run says how to accept."""
    bencomune("publish")
    emptied(full, 4)
    trial = bencomune("publish", "--dry-run", BENCOMUNE_LANG="en").stderr
    assert "What would go out is in" not in trial
    told = bencomune("publish", BENCOMUNE_LANG="en").stderr
    assert "What would go out is in" in told
    assert "/exports --accept." in told


def test_each_run_is_one_line(full, bencomune):
    """With --log json each run is one line of JSON on standard error, however it ends."""
    lines = [bencomune("publish", "--log", "json") for _ in range(2)]
    emptied(full, LABS)
    lines += [bencomune("publish", "--log", "json")]
    lines += [bencomune("publish", "--log", "json", "--rollback", "2001-01-01")]
    told = [json.loads(done.stderr) for done in lines]
    assert [each["outcome"] for each in told] == ["published", "unchanged", "held", "refused"]
    assert [each["code"] for each in told] == [done.returncode for done in lines] == [0, 10, 11, 2]


def test_status_tells_the_last_run(full, bencomune, path):
    """--status tells when it last ran, what it did, what is held and which copies there are."""
    assert bencomune("publish", "--status").returncode == 0
    bencomune("publish")
    emptied(full, LABS)
    bencomune("publish")
    told = json.loads(bencomune("publish", "--status", "--json").stdout)
    assert told["last_run"]["outcome"] == "held"
    assert told["number"] == 1
    assert "Laboratori" in told["held"][0]
    assert [copy["name"] for copy in told["copies"]] == Publications(path).names()
    assert told["held"][0] in bencomune("publish", "--status").stdout


def test_status_lists_the_copies(full, bencomune, path):
    """--status tells number, time and changes of each copy, in JSON too; a damaged one is told."""
    assert "Copie: niente" in bencomune("publish", "--status").stdout
    for seats in ("10", "20"):
        change(full, "spazio-numero-2", seats=seats)
        bencomune("publish")
    shelf = Publications(path)
    (shelf.folder / "copies" / shelf.names()[0] / "about.json").write_text("{", "utf-8")
    lines = bencomune("publish", "--status").stdout.splitlines()
    assert "Da guardare: niente" in lines
    assert lines[-2] == f"Copie: {shelf.names()[0]}: danneggiata"
    assert lines[-1].startswith("  2  20")
    assert lines[-1].endswith("1 cambiato (è quella pubblicata)")
    told = json.loads(bencomune("publish", "--status", "--log", "json").stdout)["copies"]
    assert told[0] == {"name": shelf.names()[0]}
    assert (told[1]["number"], told[1]["told"]) == (2, "1 cambiato")


@pytest.mark.parametrize("more", [("--rollback", "last"), ("--accept",), ("--dry-run",)])
@pytest.mark.usefixtures("full")
def test_status_does_nothing_else(bencomune, out, more):
    """--status with what would publish is refused, and nothing is done."""
    done = bencomune("publish", "--status", *more)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert not out.exists()


@pytest.mark.parametrize("day", ["pippo", "2001-01-01", "99"])
@pytest.mark.usefixtures("full")
def test_misuse_is_no_run(bencomune, day):
    """A --rollback that is not understood, or of no copy, is no run that --status tells."""
    bencomune("publish")
    before = bencomune("publish", "--status").stdout
    assert bencomune("publish", "--rollback", day).returncode == 2
    assert bencomune("publish", "--status").stdout == before


def test_what_is_set_holds(full, path, out, tmp_path, bencomune):
    """bencomune.toml beside the registry says folder, layers, formats and copies."""
    (tmp_path / "bencomune.toml").write_text(
        '[publish]\nfolder = "pubblici"\nlayers = ["labs"]\nformats = ["csv"]\nkeep = 1\n'
        'language = "en"\n',
        "utf-8",
    )
    for seats in ("1", "2"):
        change(full, "spazio-numero-2", seats=seats)
        assert bencomune("publish").returncode == 0
    files = {path.name for path in (tmp_path / "pubblici").iterdir()}
    assert files == {"labs.csv", "labs.csvt", "labs.prj", MANIFEST, CHANGES, FEED}
    assert not out.exists()
    assert len(Publications(path).names()) == 1
    assert "1 changed" in (tmp_path / "pubblici" / CHANGES).read_text("utf-8")


def test_purposes_add_formats(bencomune, full, tmp_path, out):
    """What suits a purpose goes out besides the other formats, whether those are told or not."""
    dataset, _held = full.dataset()
    with closing(dataset):
        exports.write_folder(dataset, out, exports.layers(["labs"]), ["geojsons"])
    settings = tmp_path / "bencomune.toml"
    settings.write_text('[publish]\npurposes = ["umap"]\n', "utf-8")
    assert bencomune("publish").returncode == 0
    there = {path.name for path in out.iterdir()}
    assert {"network.umap", "labs.csv", "labs.geojson", "labs.kml", "labs.geojsons"} <= there
    settings.write_text('[publish]\nformats = ["csv"]\npurposes = ["umap"]\n', "utf-8")
    assert bencomune("publish").returncode == 0
    there = {path.name for path in out.iterdir()}
    assert {"network.umap", "labs.csv"} <= there
    assert "labs.kml" not in there


@pytest.mark.parametrize("where", ["default", "set", "told"])
def test_only_publish_writes_where_it_publishes(full, bencomune, tmp_path, out, where):
    """After a publication export and map write elsewhere: nothing goes out that publish held."""
    folder = out if where == "default" else tmp_path / "www"
    if where == "set":
        (tmp_path / "bencomune.toml").write_text('[publish]\nfolder = "www"\n', "utf-8")
    dataset, _held = full.dataset()
    with closing(dataset):
        exports.write_folder(dataset, folder, exports.layers([]), ["csv"])
    assert bencomune("export", "--to", folder).returncode == 0  # nothing is published yet
    more = ("--folder", folder.name) if where == "told" else ()
    assert bencomune("publish", *more).returncode == 0
    emptied(full, LABS)
    before = contents(folder)
    for to in (folder, folder / ".." / folder.name, *(() if where != "default" else ("exports",))):
        done = bencomune("export", "--to", to, BENCOMUNE_LANG="en")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "use bencomune publish" in done.stderr
    assert bencomune("export", "--to", tmp_path / "other").returncode == 0
    done = bencomune("map", "--open", DISPLAY="", BROWSER="", WAYLAND_DISPLAY="")
    assert done.returncode == 0
    assert (tmp_path / "preview" / "map.html").exists() == (where == "default")
    assert contents(folder) == before


@pytest.mark.parametrize(("language", "word"), [("it", "esaminare"), ("en", "looked at")])
def test_exit_codes_are_in_the_help(bencomune, language, word):
    """The help of the command tells its exit codes."""
    told = bencomune("publish", "--help", BENCOMUNE_LANG=language).stdout
    assert all(str(int(code)) in told for code in ExitCode if code not in (1, 3))
    assert word or told


def test_a_held_record_is_told(full, bencomune, out):
    """A record with errors is kept out as in an export, and told with the reason."""
    full.store.connection.execute("UPDATE labs SET postcode = '12' WHERE id = 'spazio-numero-2'")
    done = bencomune("publish", BENCOMUNE_LANG="en")
    assert done.returncode == 0
    assert "held back: spazio-numero-2" in done.stderr
    assert b"Spazio numero 2" not in b"".join(contents(out).values())


def test_a_read_only_registry_is_no_obstacle_to_a_trial(full, plan):
    """A trial opens the registry to read, and finds the same as a run would."""
    with closing(Registry.open(full.store.path)) as reader:
        assert published(reader, plan, dry=True).code == ExitCode.FINE
    assert not plan.folder.exists()
