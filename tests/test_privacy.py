"""What never goes out: staff columns, what is hidden, homes, persons without a basis.

Each secret is looked for in every byte of every format of every layer, in any encoding of it.
"""

import base64
import csv
import html
import io
import json
import re
import sqlite3
import subprocess
import urllib.parse
import zipfile
import zlib
from contextlib import closing
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import pytest

from bencomune_cli import bundles, exports, formats, soundness
from bencomune_cli.dataset import Dataset
from bencomune_cli.declare import Audience
from bencomune_cli.entities import (
    ENTITIES,
    PLACES,
    Area,
    Contact,
    Distinction,
    Group,
    Lab,
    Network,
    Organisation,
    Relation,
    Waiver,
)
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Integer, YesNo
from bencomune_cli.kinds.texts import Geometry, Line, Prose, Reference, Shaped
from bencomune_cli.layers import LAYERS
from bencomune_cli.shape import SCHEMA_VERSION
from bencomune_cli.watching import unwatched
from days import day


def published(path):
    """Return the bytes that every format writes of every layer, by file name."""
    files = {}
    with closing(Dataset(path)) as dataset:
        for layer in LAYERS.values():
            for name in formats.names():
                out = io.StringIO(newline="")
                exports.write_stream(dataset, out, layer, name)
                files[f"{layer.name}.{name}"] = out.getvalue().encode()
        files |= bundled(dataset)
    return files


def bundled(dataset):
    """Return the bytes of every bundle, of all layers and of that of all places."""
    files = {}
    for name in bundles.names():
        for layers in (list(LAYERS.values()), [LAYERS["network"]]):
            out = io.BytesIO()
            exports.write_bundle(dataset, out, layers, name)
            files[f"{len(layers)}-layers.{name}"] = unpacked(out.getvalue())
    return files


def unpacked(content):
    """Return the bytes of all that is in an archive or a PDF; of another file its own."""
    if content.startswith(b"%PDF"):
        return content + streams_of(content) + printed(content)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def streams_of(pdf):
    """Return the streams of a PDF (ISO 32000-2, 7.3.8), each decompressed."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    assert found
    return b"\n".join(zlib.decompressobj().decompress(s) if s[:1] == b"x" else s for s in found)


def printed(pdf):
    """Return what is read on the pages of a PDF, its lines joined: with spaces, and without."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    words = done.stdout.decode().split()
    return "\n".join(("", " ".join(words), "".join(words))).encode()


def read_folder(folder):
    """Return the bytes of the files of a folder by name."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def encodings(secret):
    """Return the ways in which a text may stand in a file."""
    texts = {
        secret,
        secret.casefold(),
        " ".join(secret.split()),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
        quoteattr(secret)[1:-1],
        secret.replace('"', '""'),
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
    }
    data = {form for text in texts for form in (text.encode(), text.encode("utf-16-le"))}
    if len(secret) > 8:  # shorter ones would be found by chance
        data.add("".join(secret.split()).encode())
        data |= {secret.encode().hex().encode(), base64.b64encode(secret.encode())[:-4]}
    return data


def holding(files, secret):
    """Return the names of the files in which a text stands, in any encoding or case."""
    forms = encodings(secret)
    return [
        name
        for name, data in sorted(files.items())
        if any(form in data or form in data.lower() for form in forms)
    ]


# Made-up values of the kinds that columns of the staff have; a new kind has to be added here.
CANARIES = {
    Geometry: '{"type":"Polygon","coordinates":[[[9,45],[9.303717,45],[9,45.3],[9,45]]]}',
    Prose: 'Canarino «è» & "q" /\n< 7',
    Line: 'Canarino «è» & "q" / < 7',
    Integer: 876543219,
    YesNo: None,
    Reference: None,
    Shaped: "canarino7",
    Term: None,
    Listing: None,
}
DATES = {"given_on": "2001-02-03", "expires_on": "2998-02-03", "withdrawn_on": "2999-02-03"}
DATES["until"] = "2997-02-03"
STAFF = [
    (entity, column.name)
    for entity in ENTITIES
    for column in entity.columns
    if column.audience is Audience.STAFF
]
ENTITY_IDS = {
    Network: "network",
    Area: "comune-esempio",
    Lab: "primo-esempio",
    Group: "secondo-esempio",
    Organisation: "terzo-esempio",
    Relation: "terzo-esempio-manages-primo-esempio",
    Contact: "primo-esempio-president",
    Waiver: "primo-esempio-l01-activities",
    Distinction: "esempio-distinto",
}
WAIVED = {"record": "primo-esempio", "code": "L01", "concerns": "activities", "why": "Esempio"}
TWO = {"one": "primo-esempio", "other": "terzo-esempio", "one_print": "1", "other_print": "2"}
TWO["why"] = "Esempio"
VALID = {
    "basis": "consent",
    "evidence": "prot. 7/2000 (inventato)",
    "given_on": "2000-01-02",
    "scope": "open_data",
}


@pytest.fixture
def full(registry):
    """Give a registry with a published record of each entity."""
    with registry.operation("test"):
        registry.add(Lab, {"name": "Primo Esempio", "state": "active"})
        area = {"state": "active", "area_served": "comune-esempio"}
        registry.add(Group, {"name": "Secondo Esempio", **area})
        registry.add(Organisation, {"name": "Terzo Esempio", "state": "active"})
        ends = {"subject": "terzo-esempio", "role": "manages", "object": "primo-esempio"}
        registry.add(Relation, ends)
        person = {"record": "primo-esempio", "role": "president", "person_name": "Nome Inventato"}
        registry.add(Contact, person | VALID)
        registry.add(Waiver, WAIVED)
        registry.add(Distinction, TWO, "esempio-distinto")
    return registry


def written_by_another(registry, entity, id_, /, **values):
    """Write stored values as another program would, with no rule in between."""
    told = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE {entity.table} SET {told} WHERE id = ?"
    changed = registry.store.connection.execute(sql, (*values.values(), id_))
    assert changed.rowcount == 1


def canary_of(column):
    """Return a made-up value of a column's kind, None where it could be told from no other."""
    if getattr(column.kind, "most", CANARIES[Integer]) < CANARIES[Integer]:
        return None
    return next(CANARIES[kind] for kind in type(column.kind).__mro__ if kind in CANARIES)


MARKS = "a\x02b\x03c\x04d\x05e"  # with what are tags of KML and quotes of CSV for a while


@pytest.mark.parametrize("entity", ENTITY_IDS, ids=lambda entity: entity.table)
def test_no_text_makes_markup(full, path, entity):
    """A text of another program makes no tag and no cell, in whatever column it stands."""
    for setting in ("ignore_check_constraints = ON", "foreign_keys = OFF"):
        full.store.connection.execute(f"PRAGMA {setting}")
    for column in entity.published():
        if column.sql or not isinstance(getattr(column.kind, "item", column.kind), Line):
            continue
        id_, name = ENTITY_IDS[entity], column.name
        (before,) = next(full.store.values_of(entity, (name,), "id = ?", (id_,)))
        written_by_another(full, entity, id_, **{name: MARKS})
        with closing(Dataset(path, soundness.held_now(full.store, unwatched))) as dataset:
            for layer in LAYERS.values():
                out = io.StringIO(newline="")
                exports.write_stream(dataset, out, layer, "kml")
                assert not set(MARKS[1::2]) & set(out.getvalue())
                assert "<b" not in out.getvalue()
                expat.ParserCreate().Parse(out.getvalue().encode(), True)
                out = io.StringIO(newline="")
                exports.write_stream(dataset, out, layer, "csv")
                assert not set(MARKS[1::2]) & set(out.getvalue())
                rows = csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True)
                assert {len(row) for row in rows} == {len(layer.columns)}
        written_by_another(full, entity, MARKS if name == "id" else id_, **{name: before})


@pytest.mark.parametrize(("entity", "name"), STAFF, ids=lambda part: getattr(part, "table", part))
def test_a_staff_column_is_in_no_byte(full, path, tmp_path, entity, name):
    """Neither the value of a staff column nor its name stands in any file, whatever its kind."""
    value = DATES.get(name) or canary_of(entity.column(name))
    if value is not None:
        written_by_another(full, entity, ENTITY_IDS[entity], **{name: value})
    with closing(Dataset(path)) as dataset:
        exports.write_folder(dataset, tmp_path / "out", LAYERS.values(), formats.names())
    files = read_folder(tmp_path / "out")
    for control in ("Primo Esempio", "Secondo Esempio", "Terzo Esempio", "Nome Inventato"):
        assert holding(files, control)
    if value is not None:
        assert not holding(files, str(value))
    if name != "public" and name not in {c.name for e in ENTITIES for c in e.published()}:
        assert not holding(files, f'"{name}"')
        assert not holding(files, f",{name},")


def test_every_staff_column_of_a_place_is_looked_at():
    """The places have staff columns, and what holds nothing but yes or no is the rest."""
    looked = {name for entity, name in STAFF if entity in PLACES}
    assert {"notes", "hidden", "hidden_reason", "removed", "version"} <= looked


@pytest.mark.parametrize("entity", PLACES)
@pytest.mark.parametrize(
    "values",
    [{"state": "proposed"}, {"hidden": 1}, {"removed": 1}, {"state": "proposed", "hidden": 1}],
    ids=str,
)
def test_what_is_not_published_is_in_no_byte(full, path, entity, values):
    """A proposed, hidden or removed record leaves no trace: no row, name, relation or contact."""
    with full.operation("test"):
        full.add(
            entity,
            {"name": "Covo Canarino", "state": "active", "area_served": ""}
            | ({"area_served": "comune-esempio"} if entity is Group else {}),
        )
        for ends in (("covo-canarino", "primo-esempio"), ("primo-esempio", "covo-canarino")):
            for role in ("coordinates", "manages", "partner_of", "hosts"):
                full.add(Relation, {"subject": ends[0], "role": role, "object": ends[1]})
        person = {"record": "covo-canarino", "role": "press", "person_name": "Nome Canarino"}
        full.add(Contact, person | VALID)
        if entity is Lab:
            full.change(full.finder.place("secondo-esempio"), {"meets_at": "covo-canarino"})
    secrets = ("Covo Canarino", "covo-canarino", "Nome Canarino")
    files = published(path)
    assert all(holding(files, secret) for secret in secrets)
    written_by_another(full, entity, "covo-canarino", **values)
    files = published(path)
    assert [secret for secret in secrets if holding(files, secret)] == []
    assert holding(files, "terzo-esempio-manages-primo-esempio")


def test_a_relation_that_is_not_public_is_in_no_byte(full, path):
    """A relation kept unpublished gives neither a row nor a name in another record."""
    id_ = ENTITY_IDS[Relation]
    assert holding(published(path), id_)
    written_by_another(full, Relation, id_, public=0)
    files = published(path)
    assert holding(files, id_) == []
    rows = files["labs.csv"].decode()
    assert "Terzo Esempio" not in rows


@pytest.mark.parametrize(("until", "told"), [("2001", False), ("2999", True), ("", True)])
def test_a_relation_that_ended_names_nobody_any_more(full, path, until, told):
    """Coordinator and partners are those of today; the relation itself stays, with its dates."""
    full.store.connection.execute("UPDATE relations SET until = nullif(?, '')", (until,))
    files = published(path)
    assert ("Terzo Esempio" in files["labs.csv"].decode()) is told
    assert holding(files, ENTITY_IDS[Relation])


ADDRESS = {
    "street": "Via Canarina",
    "number": "4077/Z",
    "postcode": "98761",
    "address_note": "citofono Canarino",
    "point_source": "rilievo Canarino",
}
EXACT = {"lat": 45.1234567, "lon": 9.2345678}
SEATS = {
    "lab, masked": (Lab, {"precision": "masked"}, True),
    "group, masked": (Group, {"precision": "masked"}, True),
    "organisation": (Organisation, {}, True),
    "organisation, exact": (Organisation, {"precision": "address"}, True),
    "association": (Organisation, {"legal_form": "association"}, True),
    "seat not public": (Organisation, {"seat_public": 0, "precision": "address"}, True),
    "masked wins over public seat": (Organisation, {"seat_public": 1, "precision": "masked"}, True),
    "masked wins over public body": (
        Organisation,
        {"legal_form": "municipality", "precision": "masked"},
        True,
    ),
    "lab": (Lab, {"precision": "address"}, False),
    "lab of unknown precision": (Lab, {}, False),
    "public seat": (Organisation, {"seat_public": 1}, False),
    "public body": (Organisation, {"legal_form": "municipality"}, False),
    "school": (Organisation, {"legal_form": "school", "precision": "address"}, False),
}


@pytest.mark.parametrize("seat", SEATS)
def test_an_address_that_may_be_a_home_is_masked(full, path, seat):
    """A masked record tells no street, number, postcode, note or exact point; others tell all."""
    entity, values, masked = SEATS[seat]
    written_by_another(full, entity, ENTITY_IDS[entity], **ADDRESS, **EXACT, **values)
    files = published(path)
    secrets = (*ADDRESS.values(), "45.1234", "9.2345", "45,1234", "9,2345", "45.123", "9.234")
    found = [secret for secret in secrets if holding(files, secret)]
    assert found == ([] if masked else list(secrets))
    kept = {f"{entity.table}.{name}" for name in formats.names()}
    rough = {*holding(files, "45.12"), *holding(files, "45,12")}
    assert kept <= {*rough, *([] if masked else kept)}


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(45.1234567, 9.2345678), (45.005, 9.995), (45.0049999, 9.9999), (-0.004, 0.006), (45, 9)],
)
def test_a_masked_point_is_on_a_grid(full, path, lat, lon):
    """A masked point is the nearest of a fixed grid, so that many exports tell no more than one."""
    written_by_another(full, Lab, "primo-esempio", lat=lat, lon=lon, precision="masked")
    with closing(Dataset(path)) as dataset:
        (row,) = dataset.objects(LAYERS["labs"])
    for name, exact in (("lat", lat), ("lon", lon)):
        assert row[name] == pytest.approx(round(row[name] * 100) / 100, abs=1e-12)
        assert abs(row[name] - exact) <= 0.005 + 1e-9
    assert row["precision"] == "masked"


@pytest.mark.parametrize(
    ("seat", "code"),
    [
        *((seat, "RSSMRA80A01H501U") for seat in SEATS if SEATS[seat][0] is Organisation),
        ("public seat", "rssmra80a01h501u"),
        ("public seat", "RSSMRAU0ALMHRLMU"),
    ],
)
def test_a_persons_tax_code_is_in_no_byte(full, path, seat, code):
    """The 16-character code of a person is not published, masked or not, held back or not."""
    entity, values, _ = SEATS[seat]
    written_by_another(full, entity, ENTITY_IDS[entity], tax_code=code, **values)
    assert holding(published(path), code) == []


@pytest.mark.parametrize("values", [{}, {"seat_public": 1}, {"legal_form": "municipality"}])
def test_a_bodys_tax_code_is_published(full, path, values):
    """The 11 digits of a body are public, also where its seat is masked."""
    code = "12345678903"
    written_by_another(full, Organisation, "terzo-esempio", tax_code=code, **values)
    assert len(holding(published(path), code)) == len(formats.names()) + len(bundles.names())


PERSON = ("Nome Canarino", "canarino@example.org", "+390200000777")
BASES = {
    "none": ({"basis": "none"}, False),
    "nothing told": (dict.fromkeys(VALID, ""), False),
    "consent without evidence": ({**VALID, "evidence": ""}, False),
    "consent without date": ({**VALID, "given_on": ""}, False),
    "expired yesterday": ({**VALID, "expires_on": "{yesterday}"}, False),
    "not yet given": ({**VALID, "given_on": "{tomorrow}"}, False),
    "withdrawn today": ({**VALID, "withdrawn_on": "{today}"}, False),
    "withdrawn long ago": ({**VALID, "withdrawn_on": "2001-01-01"}, False),
    "for the web only": ({**VALID, "scope": "web"}, False),
    "for web and map": ({**VALID, "scope": "web, map"}, False),
    "for nothing": ({**VALID, "scope": ""}, False),
    "act without evidence": ({**VALID, "basis": "act", "evidence": ""}, False),
    "act without date": ({**VALID, "basis": "act", "given_on": ""}, False),
    "office without scope": ({"basis": "public_office"}, False),
    "office, withdrawn": (
        {"basis": "public_office", "scope": "open_data", "withdrawn_on": "{yesterday}"},
        False,
    ),
    "consent": (VALID, True),
    "consent of today": ({**VALID, "given_on": "{today}"}, True),
    "expires today": ({**VALID, "expires_on": "{today}"}, True),
    "withdrawn from tomorrow": ({**VALID, "withdrawn_on": "{tomorrow}"}, True),
    "for all": ({**VALID, "scope": "web, open_data, map"}, True),
    "act": ({**VALID, "basis": "act"}, True),
    "office": ({"basis": "public_office", "scope": "open_data"}, True),
}


@pytest.mark.parametrize("basis", BASES)
def test_a_person_goes_out_only_on_a_basis(full, path, basis):
    """A contact is in no byte without a basis that holds today for open data; with one it is."""
    values, valid = BASES[basis]
    name, email, phone = PERSON
    told = {"person_name": name, "email": email, "phone": phone, "role": "volunteer"}
    with full.operation("test"):
        days = {"yesterday": day(-1), "today": day(), "tomorrow": day(1)}
        values = {
            key: value.format_map(days) for key, value in values.items() if value or key != "basis"
        }
        full.add(
            Contact,
            {"record": "terzo-esempio", **told, **values}
            | ({} if values.get("basis") else {"basis": "none"}),
        )
    files = published(path)
    role = "volunteer: "  # as a contact's line begins; lists of terms hold the bare word
    found = [secret for secret in (*PERSON, role) if holding(files, secret)]
    assert found == ([*PERSON, role] if valid else [])
    if valid:
        assert len(holding(files, name)) == (len(formats.names()) + len(bundles.names())) * 2


def test_withdrawal_holds_from_the_next_export_on(full, tmp_path, bencomune):
    """After `contact withdraw` the next export of the same folder has not a byte of the person."""
    folder = tmp_path / "out"
    contact = ENTITY_IDS[Contact]
    assert full.finder.record(Contact, contact).person_name == "Nome Inventato"
    for command, gone in ((("stats",), False), (("contact", "withdraw", contact), True)):
        assert bencomune(*command).returncode == 0
        assert bencomune("export", "--to", folder).returncode == 0
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        assert (holding(files, "Nome Inventato") == []) is gone


def added_to(library, module, text):
    """Add lines at the end of a module of the copied package."""
    file = library / "bencomune_cli" / module
    file.write_text(file.read_text("utf-8") + text, "utf-8")


ADD = ("lab", "add", "--name", "Primo Esempio", "--state", "active")
NEW_COLUMN = """
    colour_seen: LineText | None = column("Colore visto", "Colour seen"{audience})
"""


def test_a_new_column_is_not_exported_unless_it_says_so(library, bencomune, tmp_path):
    """A column declared without audience is an option and in history, and in no exported byte."""
    added_to(library, "entities/shared.py", NEW_COLUMN.format(audience=""))
    told = {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}
    assert bencomune("init", "--name", "Rete Esempio", **told).returncode == 0
    added = bencomune(*ADD, "--colour-seen", "Giallo Canarino", **told)
    assert (added.returncode, added.stdout) == (0, "primo-esempio\n")
    assert "Giallo Canarino" in bencomune("lab", "show", "primo-esempio", **told).stdout
    assert bencomune("export", "--to", tmp_path / "out", **told).returncode == 0
    files = read_folder(tmp_path / "out")
    assert holding(files, "Primo Esempio")
    for secret in ("Giallo Canarino", "colour_seen", "Colore visto", "Colour seen"):
        assert holding(files, secret) == []
    dictionary = json.loads(bencomune("describe", "labs", "--json", **told).stdout)
    assert {row["column"]: row["audience"] for row in dictionary}["colour_seen"] == "staff"
    schema = json.loads(bencomune("describe", "labs", "--schema", **told).stdout)
    assert "colour_seen" not in schema["properties"]


def test_a_public_column_is_one_line(library, bencomune, path, tmp_path):
    """One line makes option, table, history, all formats, schema and dictionary."""
    added_to(library, "entities/lab.py", NEW_COLUMN.format(audience=", audience=PUBLIC"))
    told = {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}
    assert bencomune("init", "--name", "Rete Esempio", **told).returncode == 0
    added = bencomune(*ADD, "--colour-seen", "Giallo Esempio", **told)
    assert (added.returncode, added.stdout) == (0, "primo-esempio\n")
    assert "Colour seen" in bencomune("lab", "add", "--help", **told).stdout
    with closing(sqlite3.connect(path)) as other:
        (ddl,) = other.execute("SELECT sql FROM sqlite_master WHERE name = 'labs'").fetchone()
        assert '"colour_seen" TEXT' in ddl
        ((after,),) = other.execute("SELECT after FROM changes WHERE entity = 'labs'")
        assert json.loads(after)["colour_seen"] == "Giallo Esempio"

    assert bencomune("export", "--to", tmp_path / "out", **told).returncode == 0
    files = {name: data.decode() for name, data in read_folder(tmp_path / "out").items()}
    (row,) = csv.DictReader(files["labs.csv"].splitlines())
    assert row["colour_seen"] == "Giallo Esempio"
    (feature,) = json.loads(files["labs.geojson"])["features"]
    assert feature["properties"]["colour_seen"] == "Giallo Esempio"
    field = '<SimpleField type="string" name="colour_seen"><displayName>Colore visto</displayName>'
    assert field in files["labs.kml"]
    assert '<SimpleData name="colour_seen">Giallo Esempio</SimpleData>' in files["labs.kml"]
    schema = json.loads(bencomune("describe", "labs", "--schema", **told).stdout)
    assert schema["properties"]["colour_seen"]["title"] == "Colour seen"
    dictionary = json.loads(bencomune("describe", "labs", "--json", **told).stdout)
    (row,) = (row for row in dictionary if row["column"] == "colour_seen")
    assert row["audience"] == "public"
    assert row["label"] == {"it": "Colore visto", "en": "Colour seen"}


@pytest.mark.parametrize("audience", ["", ", audience=PUBLIC"], ids=["staff", "public"])
def test_an_existing_registry_gets_the_column(full, library, bencomune, path, tmp_path, audience):
    """A registry made before gets a new column at its next write: no migration, no row touched."""
    added_to(library, "entities/lab.py", NEW_COLUMN.format(audience=audience))
    told = {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}
    (before,) = full.store.connection.execute("SELECT * FROM labs")
    edit = ("lab", "edit", "primo-esempio", "--colour-seen", "Giallo Canarino")
    assert bencomune("export", "--to", tmp_path / "before", **told).returncode == 0
    edited = bencomune(*edit, **told)
    assert edited.returncode == 0
    assert bencomune("export", "--to", tmp_path / "after", **told).returncode == 0
    assert (holding(read_folder(tmp_path / "after"), "Giallo Canarino") == []) is (not audience)
    with closing(sqlite3.connect(path)) as other:
        (after,) = other.execute("SELECT * FROM labs")
        assert after[-1] == "Giallo Canarino"
        names = [each[1] for each in other.execute("PRAGMA table_info(labs)")]
        touched = {n for n, x, y in zip(names, before, after, strict=False) if x != y}
        assert touched <= {"version", "updated_at"}
        assert other.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        newest = "SELECT after FROM changes ORDER BY seq DESC LIMIT 1"
        assert "Giallo Canarino" in other.execute(newest).fetchone()[0]


def test_thirty_columns_more_are_thirty_lines(library, bencomune, tmp_path):
    """No format stops at the 127 arguments that a function of SQLite may have."""
    lines = (
        NEW_COLUMN.format(audience=", audience=PUBLIC").replace("colour_seen", f"colour_{number}")
        for number in range(30)
    )
    added_to(library, "entities/shared.py", "".join(lines))
    told = {"PYTHONPATH": str(library)}
    assert bencomune("init", "--name", "Rete Esempio", **told).returncode == 0
    assert bencomune("lab", "add", "--name", "Primo", "--state", "active", **told).stdout
    exported = bencomune("export", "--to", tmp_path / "out", **told)
    assert (exported.returncode, exported.stderr.splitlines()[1:]) == (0, [])
    files = read_folder(tmp_path / "out")
    assert len(holding(files, "colour_29")) >= len(formats.names())
