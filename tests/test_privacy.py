"""What never goes out: staff columns, what is hidden, homes, persons without a basis.

Each secret is looked for in every byte of every format of every layer, in any encoding of it.
"""

import base64
import datetime as dt
import html
import json
import urllib.parse
from contextlib import closing
from xml.sax.saxutils import quoteattr

import pytest

from bencomune_cli import exports, formats
from bencomune_cli.dataset import LAYERS, Dataset
from bencomune_cli.declare import Audience
from bencomune_cli.entities import (
    ENTITIES,
    PLACES,
    Area,
    Contact,
    Group,
    Lab,
    Network,
    Organisation,
    Relation,
)
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Integer, YesNo
from bencomune_cli.kinds.texts import Geometry, Line, Prose
from bencomune_cli.kinds.times import Day

TODAY = dt.date.today()  # noqa: DTZ011 - a basis ends at midnight where the office is
YESTERDAY, TOMORROW = (str(TODAY + dt.timedelta(days)) for days in (-1, 1))


def published(path, folder, held=()):
    """Return the bytes of all that an export writes, by file name."""
    with closing(Dataset(path, held)) as dataset:
        exports.write_folder(dataset, folder, LAYERS.values(), formats.names())
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def encodings(secret):
    """Return the ways in which a text may stand in a file."""
    texts = {
        secret,
        secret.casefold(),
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
    return data | {secret.encode().hex().encode(), base64.b64encode(secret.encode())[:-4]}


def holding(files, secret):
    """Return the names of the files in which a text stands, in any encoding or case."""
    forms = encodings(secret)
    return [
        name
        for name, data in sorted(files.items())
        if any(form in data or form in data.lower() for form in forms)
    ]


def everywhere(secret):
    """Return the assertion message of a leak."""
    return f"{secret} is published"


# Made-up values of the kinds that columns of the staff have; a new kind has to be added here.
CANARIES = {
    Geometry: '{"type":"Polygon","coordinates":[[[9,45],[9.303717,45],[9,45.3],[9,45]]]}',
    Prose: 'Canarino «è» & "q" /\n< 7',
    Line: 'Canarino «è» & "q" / < 7',
    Day: "2001-02-03",
    Integer: 876543219,
    YesNo: None,
    Term: None,
    Listing: None,
}
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
}
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
    return registry


def written_by_another(registry, entity, id_, **values):
    """Write stored values as another program would, with no rule in between."""
    told = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE {entity.table} SET {told} WHERE id = ?"
    changed = registry.store.connection.execute(sql, (*values.values(), id_))
    assert changed.rowcount == 1


def canary_of(column):
    """Return a made-up value of a column's kind, None where it could be told from no other."""
    return next(CANARIES[kind] for kind in type(column.kind).__mro__ if kind in CANARIES)


@pytest.mark.parametrize(("entity", "name"), STAFF, ids=lambda part: getattr(part, "table", part))
def test_a_staff_column_is_in_no_byte(full, path, tmp_path, entity, name):
    """Neither the value of a staff column nor its name stands in any file, whatever its kind."""
    value = canary_of(entity.column(name))
    if value is not None:
        written_by_another(full, entity, ENTITY_IDS[entity], **{name: value})
    files = published(path, tmp_path / "out")
    for control in ("Primo Esempio", "Secondo Esempio", "Terzo Esempio", "Nome Inventato"):
        assert holding(files, control)
    if value is not None:
        assert not holding(files, str(value)), everywhere(name)
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
def test_what_is_not_published_is_in_no_byte(full, path, tmp_path, entity, values):
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
    files = published(path, tmp_path / "before")
    assert all(holding(files, secret) for secret in secrets)
    written_by_another(full, entity, "covo-canarino", **values)
    files = published(path, tmp_path / "after")
    assert [secret for secret in secrets if holding(files, secret)] == []
    assert holding(files, "terzo-esempio-manages-primo-esempio")


def test_a_relation_that_is_not_public_is_in_no_byte(full, path, tmp_path):
    """A relation kept unpublished gives neither a row nor a name in another record."""
    id_ = ENTITY_IDS[Relation]
    assert holding(published(path, tmp_path / "before"), id_)
    written_by_another(full, Relation, id_, public=0)
    files = published(path, tmp_path / "after")
    assert holding(files, id_) == []
    rows = files["labs.csv"].decode()
    assert "Terzo Esempio" not in rows


@pytest.mark.parametrize(("until", "told"), [("2001", False), ("2999", True), ("", True)])
def test_a_relation_that_ended_names_nobody_any_more(full, path, tmp_path, until, told):
    """Coordinator and partners are those of today; the relation itself stays, with its dates."""
    full.store.connection.execute("UPDATE relations SET until = nullif(?, '')", (until,))
    files = published(path, tmp_path / "out")
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
def test_an_address_that_may_be_a_home_is_masked(full, path, tmp_path, seat):
    """A masked record tells no street, number, postcode, note or exact point; others tell all."""
    entity, values, masked = SEATS[seat]
    written_by_another(full, entity, ENTITY_IDS[entity], **ADDRESS, **EXACT, **values)
    files = published(path, tmp_path / "out")
    secrets = (*ADDRESS.values(), "45.1234", "9.2345", "45,1234", "9,2345", "45.123", "9.234")
    found = [secret for secret in secrets if holding(files, secret)]
    assert found == ([] if masked else [s for s in secrets if "," not in s])
    kept = {f"{entity.table}.{name}" for name in formats.names()}
    assert kept <= {*holding(files, "45.12"), *([] if masked else kept)}


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


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("code", ["RSSMRA80A01H501U", "rssmra80a01h501u", "RSSMRAU0ALMHRLMU"])
def test_a_persons_tax_code_is_in_no_byte(full, path, tmp_path, seat, code):
    """The 16-character code of a person is not published, masked or not, held back or not."""
    entity, values, _ = SEATS[seat]
    if entity is not Organisation:
        pytest.skip("only organisations have a tax code")
    written_by_another(full, entity, ENTITY_IDS[entity], tax_code=code, **values)
    assert holding(published(path, tmp_path / "out"), code) == []


@pytest.mark.parametrize("values", [{}, {"seat_public": 1}, {"legal_form": "municipality"}])
def test_a_bodys_tax_code_is_published(full, path, tmp_path, values):
    """The 11 digits of a body are public, also where its seat is masked."""
    code = "12345678903"
    written_by_another(full, Organisation, "terzo-esempio", tax_code=code, **values)
    assert len(holding(published(path, tmp_path / "out"), code)) == len(formats.names())


PERSON = ("Nome Canarino", "canarino@example.org", "+390200000777")
BASES = {
    "none": ({"basis": "none"}, False),
    "nothing told": (dict.fromkeys(VALID, ""), False),
    "consent without evidence": ({**VALID, "evidence": ""}, False),
    "consent without date": ({**VALID, "given_on": ""}, False),
    "expired yesterday": ({**VALID, "expires_on": YESTERDAY}, False),
    "not yet given": ({**VALID, "given_on": TOMORROW}, False),
    "withdrawn today": ({**VALID, "withdrawn_on": str(TODAY)}, False),
    "withdrawn long ago": ({**VALID, "withdrawn_on": "2001-01-01"}, False),
    "for the web only": ({**VALID, "scope": "web"}, False),
    "for web and map": ({**VALID, "scope": "web, map"}, False),
    "for nothing": ({**VALID, "scope": ""}, False),
    "act without evidence": ({**VALID, "basis": "act", "evidence": ""}, False),
    "act without date": ({**VALID, "basis": "act", "given_on": ""}, False),
    "office without scope": ({"basis": "public_office"}, False),
    "office, withdrawn": (
        {"basis": "public_office", "scope": "open_data", "withdrawn_on": YESTERDAY},
        False,
    ),
    "consent": (VALID, True),
    "consent of today": ({**VALID, "given_on": str(TODAY)}, True),
    "expires today": ({**VALID, "expires_on": str(TODAY)}, True),
    "withdrawn from tomorrow": ({**VALID, "withdrawn_on": TOMORROW}, True),
    "for all": ({**VALID, "scope": "web, open_data, map"}, True),
    "act": ({**VALID, "basis": "act"}, True),
    "office": ({"basis": "public_office", "scope": "open_data"}, True),
}


@pytest.mark.parametrize("basis", BASES)
def test_a_person_goes_out_only_on_a_basis(full, path, tmp_path, basis):
    """A contact is in no byte without a basis that holds today for open data; with one it is."""
    values, valid = BASES[basis]
    name, email, phone = PERSON
    told = {"person_name": name, "email": email, "phone": phone, "role": "volunteer"}
    with full.operation("test"):
        values = {key: value for key, value in values.items() if value or key != "basis"}
        full.add(
            Contact,
            {"record": "terzo-esempio", **told, **values}
            | ({} if values.get("basis") else {"basis": "none"}),
        )
    files = published(path, tmp_path / "out")
    found = [secret for secret in (*PERSON, "volunteer") if holding(files, secret)]
    assert found == ([*PERSON, "volunteer"] if valid else [])
    if valid:
        assert len(holding(files, name)) == len(formats.names()) * 2


def test_withdrawal_holds_from_the_next_export_on(full, path, tmp_path, run):
    """After `contact withdraw` the next export of the same folder has not a byte of the person."""
    folder = tmp_path / "out"
    assert run("export", "--to", folder).returncode == 0
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert holding(before, "Nome Inventato")
    assert run("contact", "withdraw", ENTITY_IDS[Contact]).returncode == 0
    assert run("export", "--to", folder).returncode == 0
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert holding(after, "Nome Inventato") == []
