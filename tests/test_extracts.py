"""Parts of the published: by condition, in another reference system, as of a day, in a language."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from pyproj import Transformer

from bencomune_cli import exports
from bencomune_cli.entities import Area, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.geo import inside, parse_boundary, within
from bencomune_cli.registry import Registry
from days import day
from test_formats import gdal

HORSESHOE = [[9.0, 45.0], [9.3, 45.0], [9.3, 45.3], [9.25, 45.3], [9.25, 45.02], [9.02, 45.02]]
HORSESHOE += [[9.02, 45.3], [9.0, 45.3], [9.0, 45.0]]
POINT = {"lat": "45.1847", "lon": "9.1545", "precision": "address"}
VERIFIED = {"seats": "10", "verified_on": "2023-05-01", "verified_how": "in_person"}
ACTIVE = {"state": "active", "municipality": "000001"}


@pytest.fixture
def network(registry, tmp_path):
    """Give a registry of two labs, a group and an organisation, in and out of a neighbourhood."""
    boundary = json.dumps({"type": "Polygon", "coordinates": [HORSESHOE]})
    with registry.operation("test"):
        area = {"name": "Borgo Esempio", "area_kind": "neighbourhood", "boundary": boundary}
        registry.add(Area, area | {"part_of": "000001"})
        there = ACTIVE | {"neighbourhood": "borgo-esempio"}
        registry.add(Lab, {"name": "Primo Esempio", "seats": "12", **there, **POINT})
        registry.add(Lab, {"name": "Altro Esempio", **there, "notes": "nota interna"})
        registry.add(Lab, {"name": "Quarto Esempio", **ACTIVE, "state": "paused"})
        registry.add(Group, {"name": "Secondo Esempio", **there})
        registry.add(Organisation, {"name": "Terzo Esempio", "state": "active"})
        for subject, role in (("secondo-esempio", "hosts"), ("terzo-esempio", "supports")):
            ends = {"subject": subject, "role": role, "object": "primo-esempio"}
            registry.add(Relation, {**ends, "since": "2020"})
    return tmp_path


def rows(folder, layer):
    """Return the rows of a CSV file by id."""
    text = (folder / f"{layer}.csv").read_text("utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)}


def extracted(bencomune, folder, *options, **environment):
    """Export the CSV files of an extract into a folder of its own."""
    told = ("--format", "csv", *options, "--to", folder / "part")
    done = bencomune("export", *told, **environment)
    assert done.returncode == 0, done.stderr
    return folder / "part"


def refused(bencomune, folder, *options):
    """Return why an export is refused; nothing is written."""
    done = bencomune("export", *options, "--to", folder / "no")
    assert (done.returncode, done.stdout) == (2, "")
    assert not (folder / "no").exists()
    return done.stderr


# By condition


def test_a_condition_holds_in_every_layer(network, bencomune):
    """Places are those it holds of; relations those between two such places."""
    part = extracted(bencomune, network, "--where", "neighbourhood=Borgo Esempio")
    assert set(rows(part, "labs")) == {"primo-esempio", "altro-esempio"}
    assert set(rows(part, "groups")) == {"secondo-esempio"}
    assert set(rows(part, "organisations")) == set()
    (relation,) = rows(part, "relations").values()
    assert (relation["subject"], relation["object"]) == ("secondo-esempio", "primo-esempio")
    assert len(rows(part, "network")) == 3


def test_conditions_are_all_kept(network, bencomune):
    """Several conditions hold together; every sign of `list --where` is understood."""
    told = ("--where", "state!=paused", "--where", "name~esempio", "--where", "lat=")
    part = extracted(bencomune, network, *told)
    assert set(rows(part, "labs")) == {"altro-esempio"}
    part = extracted(bencomune, network, "labs", "--where", "seats>=12")
    assert set(rows(part, "labs")) == {"primo-esempio"}
    part = extracted(bencomune, network, "relations", "--where", "role=supports")
    assert [each["subject"] for each in rows(part, "relations").values()] == ["terzo-esempio"]


def test_a_condition_cannot_ask_for_what_is_internal(network, bencomune):
    """A condition over an internal column is refused as one over no column: it would tell of it."""
    for text in ("notes~interna", "removed=no", "pippo=1"):
        said = refused(bencomune, network, "labs", "--where", text)
        assert "serve una colonna" in said
        assert "notes," not in said.partition("colonne:")[2]


def test_a_condition_that_a_layer_has_no_column_for_names_those_that_have(network, bencomune):
    """The refusal tells which layers have the column, as the command to give."""
    assert "bencomune export labs" in refused(bencomune, network, "--where", "seats>=12")
    relations = refused(bencomune, network, "relations", "--where", "lab_kind=social_lab")
    assert "«relations»" in relations


def test_a_part_does_not_go_where_all_that_is_public_is(network, bencomune):
    """Without a folder a part is refused; the manifest of its folder tells what was asked for."""
    done = bencomune("export", "--where", "state=active")
    assert done.returncode == 2
    assert not (network / "exports").exists()
    part = extracted(bencomune, network, "labs", "--where", "state=active", "--no-point", "omit")
    told = json.loads((part / "manifest.json").read_text("utf-8"))["files"]
    files = {file["name"]: file for file in told}
    for file in files.values():
        assert file["extract"] == {"no_point": "omit", "where": ["state=active"]}
    assert files["labs.csv"]["records"] == 1


# Points


def test_a_record_without_a_point_can_lie_in_its_area(network, bencomune):
    """Its point is inside the neighbourhood, whatever its shape, and its precision says so."""
    part = rows(extracted(bencomune, network, "--no-point", "area"), "labs")
    shape = parse_boundary(json.dumps({"type": "Polygon", "coordinates": [HORSESHOE]}))
    other = part["altro-esempio"]
    assert inside(float(other["lon"]), float(other["lat"]), shape)
    assert other["precision"] == "neighbourhood"
    fourth = part["quarto-esempio"]
    assert (fourth["lon"], fourth["lat"], fourth["precision"]) == ("9.15", "45.15", "municipality")
    first = part["primo-esempio"]
    assert (first["lon"], first["lat"], first["precision"]) == ("9.1545", "45.1847", "address")
    organisations = rows(network / "part", "organisations")
    assert organisations["terzo-esempio"]["lat"] == ""


@pytest.mark.parametrize("shift", [0, 0.013, -7.5])
def test_a_point_within_is_inside(shift):
    """The centre of a horseshoe lies outside it; the point within does not."""
    moved = [[lon + shift, lat + shift] for lon, lat in HORSESHOE]
    polygons = parse_boundary(json.dumps({"type": "Polygon", "coordinates": [moved]}))
    assert inside(*within(polygons), polygons)


@pytest.mark.parametrize("crs", ["EPSG:32632", "3003", "EPSG:6707", "EPSG:4258"])
def test_points_in_another_reference_system(network, bencomune, crs):
    """CSV has `x` to the east and `y` to the north, to the centimetre, whatever the axes' order."""
    part = rows(extracted(bencomune, network, "labs", "--crs", crs), "labs")
    code = f"EPSG:{crs.removeprefix('EPSG:')}"
    transformer = Transformer.from_crs("EPSG:4326", code, always_xy=True)
    x, y = transformer.transform(9.1545, 45.1847)
    first = part["primo-esempio"]
    assert float(first["x"]) == pytest.approx(x, abs=0.01)
    assert float(first["y"]) == pytest.approx(y, abs=0.01)
    assert "lat" not in first
    assert part["altro-esempio"]["x"] == part["altro-esempio"]["y"] == ""


def test_a_geopackage_in_another_reference_system(network, bencomune):
    """GDAL finds the system by its code, and brings the point back to where it was."""
    told = ("labs", "--format", "gpkg", "--crs", "EPSG:32632", "--to", network)
    assert bencomune("export", *told).returncode == 0
    file = str(network / "labs.gpkg")
    assert 'ID["EPSG",32632]' in gdal("ogrinfo", "-so", file, "labs")
    command = ("ogr2ogr", "-f", "GeoJSON", "-t_srs", "EPSG:4326", "/vsistdout/", file, "labs")
    features = json.loads(gdal(*command))["features"]
    (point,) = (each["geometry"]["coordinates"] for each in features if each["geometry"])
    assert point == pytest.approx([9.1545, 45.1847], abs=1e-6)


def test_a_format_of_one_reference_system_refuses_others(network, bencomune):
    """GeoJSON and KML are in WGS 84; the refusal says which formats take others."""
    said = refused(bencomune, network, "--format", "geojson", "--crs", "EPSG:32632")
    assert "sempre in WGS 84: GeoJSON;" in said
    able = {name for name in exports.names() if f"--format {name}" in said}
    assert {"csv", "gpkg"} <= able
    assert not able & {"geojson", "kml"}
    same = bencomune("export", "labs", "--format", "geojson", "--crs", "4326", "--to", "-")
    assert same.returncode == 0


@pytest.mark.parametrize("crs", ["EPSG:99999", "boh", "EPSG:5773"])
def test_an_unknown_reference_system_is_refused(network, bencomune, crs):
    """What PROJ does not know, or has no places on the map, is refused by name."""
    assert f"--crs: sistema di riferimento sconosciuto: {crs}" in refused(
        bencomune, network, "--format", "csv", "--crs", crs
    )


def test_a_point_out_of_reach_is_refused_by_record(registry, network, bencomune):
    """A point that the system cannot hold: which record, what to do, no file."""
    registry.store.connection.execute("UPDATE labs SET lon = 99, lat = 0 WHERE lon IS NOT NULL")
    said = refused(bencomune, network, "labs", "--format", "csv", "--crs", "EPSG:32632")
    assert "primo-esempio, colonna lat, lon" in said
    assert "EPSG:32632" in said


@pytest.mark.parametrize(
    "option", [("--no-point", "boh"), ("--lang", "de"), ("--lang", ""), ("--as-of", "ieri")]
)
def test_what_there_is_not_is_refused(network, bencomune, option):
    """An unknown way, language or day is refused with those there are."""
    assert option[0] in refused(bencomune, network, *option)


@pytest.mark.usefixtures("network")
def test_labels_in_the_language_asked_for(bencomune):
    """`--lang` gives the labels of files, whatever language the network and the reader have."""
    for language, label in (("en", "Street"), ("it", "Via")):
        told = ("labs", "--format", "kml", "--to", "-", "--lang", language)
        done = bencomune("export", *told, BENCOMUNE_LANG="it" if language == "en" else "en")
        assert f"<displayName>{label}</displayName>" in done.stdout


# As of a day


@pytest.fixture
def history(path, monkeypatch):
    """Make a registry over three years: what was, was changed, was hidden, was withdrawn."""

    def at(day):
        moment = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))

    at("2023-06-01")
    registry = Registry.create(path, "prova")
    with registry.operation("init"):
        policy = {"verify_every": "12", "unverified_after": "12"}
        registry.add(Network, {"name": "Rete Esempio", **policy})
        area = {"name": "Comune Esempio", "area_kind": "municipality", "code": "000001"}
        box = {"west": "9.0", "south": "45.0", "east": "9.3", "north": "45.3"}
        registry.add(Area, area | box)
        for name in ("Primo", "Altro", "Terzo", "Quarto", "Quinto"):
            registry.add(Lab, {"name": f"{name} Esempio", **ACTIVE, **POINT, **VERIFIED})
        contact = {"role": "press", "basis": "consent", "evidence": "prot. 1"}
        contact |= {"given_on": "2023-01-01", "scope": "open_data"}
        for record, name in (("primo-esempio", "Persona Una"), ("terzo-esempio", "Persona Due")):
            registry.add(Contact, {"record": record, "person_name": name, **contact})
        ends = {"subject": "primo-esempio", "role": "hosts", "object": "terzo-esempio"}
        registry.add(Relation, ends)
    at("2024-06-01")
    with registry.operation("edit"):
        first = registry.finder.place("primo-esempio")
        registry.change(first, {"name": "Primo Nuovo", "seats": ""})
        registry.change(registry.finder.place("altro-esempio"), {"hidden": "yes"})
        registry.set_removed(registry.finder.place("quinto-esempio"), removed=True)
        registry.change(registry.finder.place("quarto-esempio"), {"precision": "masked"})
        registry.add(Lab, {"name": "Sesto Esempio", **ACTIVE})
        (una,) = (c for c in registry.store.select(Contact) if c.person_name == "Persona Una")
        registry.change(una, {"withdrawn_on": "2024-06-01"})
    with registry.operation("edit"):
        (relation,) = registry.store.select(Relation)
        registry.change(relation, {"public": "no"})
    at("2025-06-01")
    with registry.operation("edit"):
        registry.change(registry.finder.place("terzo-esempio"), {"state": "closed"})
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    yield registry
    registry.close()


@pytest.mark.usefixtures("history")
def test_the_records_as_they_were_on_a_day(path, bencomune):
    """Names, values and records are those of the day's end; later ones are not there."""
    labs = rows(extracted(bencomune, path.parent, "--as-of", "31/12/2023"), "labs")
    assert set(labs) == {"primo-esempio", "terzo-esempio", "quarto-esempio"}
    assert (labs["primo-esempio"]["name"], labs["primo-esempio"]["seats"]) == (
        "Primo Esempio",
        "10",
    )
    assert labs["terzo-esempio"]["state"] == "active"
    labs = rows(extracted(bencomune, path.parent, "--as-of", "2024"), "labs")
    assert set(labs) == {"primo-esempio", "terzo-esempio", "quarto-esempio", "sesto-esempio"}
    assert (labs["primo-esempio"]["name"], labs["primo-esempio"]["seats"]) == ("Primo Nuovo", "")
    manifest = json.loads((path.parent / "part" / "manifest.json").read_text("utf-8"))
    assert manifest["changed_at"] == "2024-06-01T12:00:00Z"
    assert {file["extract"]["as_of"] for file in manifest["files"]} == {"2024-12-31"}


@pytest.mark.usefixtures("history")
def test_what_is_private_today_does_not_come_back(path, bencomune):
    """Withdrawn contacts, hidden or removed records, masked points stay as private as they are."""
    folder = extracted(bencomune, path.parent, "--as-of", "2023")
    labs = rows(folder, "labs")
    assert labs["quarto-esempio"]["precision"] == "masked"
    assert labs["quarto-esempio"]["lat"] != "45.1847"
    text = "".join(file.read_text("utf-8") for file in folder.iterdir())
    assert "Persona Una" not in text
    assert "Persona Due" in text
    assert "altro-esempio" not in text
    assert "quinto-esempio" not in text
    assert rows(folder, "relations") == {}


def test_today_is_what_a_plain_export_gives(history, path, bencomune):
    """The registry as of today is, to the byte, the registry; the file itself is not touched."""
    del history
    bencomune("export", "--format", "csv", "--format", "geojson", "--to", "now")
    before = path.read_bytes()
    told = ("--format", "csv", "--format", "geojson", "--as-of", day(), "--to", "then")
    assert bencomune("export", *told).returncode == 0
    assert path.read_bytes() == before
    for file in (path.parent / "now").iterdir():
        if file.name != "manifest.json":
            assert (path.parent / "then" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.usefixtures("history")
@pytest.mark.usefixtures("history")
def test_a_record_is_as_fresh_as_it_was(path, bencomune):
    """What had just been verified is told so, whatever it is today."""
    then = rows(extracted(bencomune, path.parent, "--as-of", "2023", "labs"), "labs")
    now = rows(extracted(bencomune, path.parent, "labs"), "labs")
    assert then["quarto-esempio"]["freshness"] == "verified"
    assert now["quarto-esempio"]["freshness"] == "unverified"


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("day", ["2022", "31/05/2023"])
def test_a_day_before_the_registry_is_refused(path, bencomune, day):
    """Before its first operation there was no registry; nothing is written."""
    assert "il registro è cominciato dopo" in refused(bencomune, path.parent, "--as-of", day)


@pytest.mark.usefixtures("history")
def test_a_day_to_come_is_refused(path, bencomune):
    """Nobody knows the registry of a day that is yet to come."""
    assert "deve ancora venire" in refused(bencomune, path.parent, "--as-of", "2999")


@pytest.mark.usefixtures("history")
def test_the_copy_is_gone_afterwards(path, bencomune, tmp_path_factory):
    """The private copy that is brought back to the day is not left behind."""
    folder = tmp_path_factory.mktemp("temporary")
    extracted(bencomune, path.parent, "--as-of", "2024", TMPDIR=str(folder))
    assert list(Path(folder).iterdir()) == []
