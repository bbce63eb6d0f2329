"""GeoPackage: typed, labelled, styled; the same for GDAL, for QGIS and for our own reader."""

import io
import json
import os
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli import bundles, exports, formats
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import PLACES, Group, Lab, Organisation, Relation
from bencomune_cli.layers import LAYERS
from bencomune_cli.vocabularies import vocabulary
from mapfiles import rows_of
from test_formats import HOSTILE, gdal, stored_texts

DOCS = Path(__file__).parent.parent / "docs"
READS = Path(__file__).parent / "qgis_reads.py"
SEPARATE = [name for name in LAYERS if name != "network"]
NASTY = [*HOSTILE, "<b>x</b>[% @user_full_name %]", "'); DROP TABLE labs; --", "א\u200fב 👩‍👩‍👧"]


@pytest.fixture
def full(registry):
    """Give a registry with records of each kind, one for each nasty text."""
    with registry.operation("test"):
        for number, text in enumerate(NASTY):
            told = {"postcode": "00100", "seats": "12", "activities": "reading_books, sport_play"}
            point = {"lat": f"45.12345{number % 10}5", "lon": "9.1", "precision": "address"}
            texts = {"name": f"Esempio {number}", "lab_kind": "library", "state": "active"}
            registry.add(Lab, {**texts, **told, **point})
            stored_texts(registry, f"esempio-{number}", description=text)
        meeting = {
            "state": "active",
            "meets_at": "esempio-0",
            "open_to_new_members": "yes",
            "activities": "sport_play",
        }
        registry.add(Group, {"name": "Secondo Esempio", **meeting})
        seat = {"seat_public": "no", "legal_form": "association"}
        registry.add(Organisation, {"name": "Terzo Esempio", "state": "active", **seat})
        ends = {"subject": "terzo-esempio", "role": "manages", "object": "esempio-0"}
        registry.add(Relation, {**ends, "since": "2020"})
    return registry


def bytes_of(path, *names):
    """Return the GeoPackage of some layers, all where none is named."""
    out = io.BytesIO()
    with closing(Dataset(path)) as dataset:
        bundles.load("gpkg").write(dataset, exports.layers(names), out)
    return out.getvalue()


def test_helpers_change_no_byte(full, path, monkeypatch):
    """The file is the same byte by byte, however many processes made it."""
    del full
    monkeypatch.setattr("bencomune_cli.dataset.EACH", 4)
    monkeypatch.setattr("bencomune_cli.dataset.WORTH", 0)
    made = []
    for helpers in (3, 0):
        monkeypatch.setattr("bencomune_cli.abreast.useful", lambda helpers=helpers: helpers)
        made.append(bytes_of(path))
    assert made[0] == made[1]


def geojson_of(path, layer):
    """Return the features of our own GeoJSON, each with its id among the properties."""
    out = io.StringIO(newline="")
    with closing(Dataset(path)) as dataset:
        formats.load("geojson").write(dataset, LAYERS[layer], out)
    features = json.loads(out.getvalue())["features"]
    return [(each["geometry"], {"id": each["id"], **each["properties"]}) for each in features]


@pytest.fixture
def file(full, path, tmp_path):
    """Return the GeoPackage as a file."""
    del full
    made = tmp_path / "rete.gpkg"
    made.write_bytes(bytes_of(path))
    return made


@pytest.fixture
def opened(file):
    """Give a connection to it, as any program has one."""
    with closing(sqlite3.connect(file)) as connection:
        yield connection


def test_it_is_a_geopackage_as_the_standard_has_it(opened):
    """It tells its version and systems; its layers have titles; its points are 29 bytes."""
    for pragma, value in (("application_id", 0x47504B47), ("user_version", 10300)):
        assert opened.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    systems = "SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY srs_id"
    assert opened.execute(systems).fetchall() == [(-1,), (0,), (4326,)]
    titles = "SELECT table_name, data_type, identifier FROM gpkg_contents ORDER BY rowid"
    assert opened.execute(titles).fetchall() == [
        ("labs", "features", "Laboratori"),
        ("groups", "features", "Gruppi"),
        ("organisations", "features", "Organizzazioni"),
        ("relations", "attributes", "Relazioni"),
        ("layer_styles", "attributes", "layer_styles"),
    ]
    box = "SELECT min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = ?"
    (west, south, east, north, srs) = opened.execute(box, ("labs",)).fetchone()
    assert (west, east, srs) == (9.1, 9.1, 4326)
    assert 45.1234 < south < north < 45.1236
    assert opened.execute(box, ("groups",)).fetchone() == (None, None, None, None, 4326)
    assert opened.execute("SELECT DISTINCT length(geom) FROM labs").fetchall() == [(29,)]
    extensions = "SELECT DISTINCT extension_name, scope FROM gpkg_extensions ORDER BY 1"
    assert opened.execute(extensions).fetchall() == [
        ("gpkg_rtree_index", "write-only"),
        ("gpkg_schema", "read-write"),
    ]
    when = "SELECT DISTINCT last_change GLOB '????-??-??T??:??:??.000Z' FROM gpkg_contents"
    assert opened.execute(when).fetchall() == [(1,)]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_one_layer_alone_is_a_file_too(path, layer):
    """Any layer can be asked for alone; all places together are left out beside the others."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(bytes_of(path, layer))
        tables = "SELECT table_name FROM gpkg_contents WHERE table_name <> 'layer_styles'"
        assert made.execute(tables).fetchall() == [(layer,)]
        told = dict(made.execute("SELECT column_name, name FROM gpkg_data_columns"))
        assert list(told.values()) == list(dict.fromkeys(told.values()))
        published = {column.name for column in LAYERS[layer].columns} - {"lat", "lon"}
        assert set(told) == published
        assert {row[1] for row in made.execute(f"PRAGMA table_info({layer})")} >= published


def test_the_same_data_give_the_same_bytes(full, path, bencomune, tmp_path):
    """Whatever the language, time zone and hash seed of who exports, and whenever."""
    full.close()
    found = set()
    for number, told in enumerate(
        (
            {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1", "LC_ALL": "it_IT.UTF-8"},
            {"TZ": "America/Lima", "PYTHONHASHSEED": "2", "BENCOMUNE_LANG": "en"},
        )
    ):
        folder, beside = tmp_path / str(number), tmp_path / f"beside-{number}"
        beside.mkdir()
        done = bencomune("export", "-f", "gpkg", "--to", folder, **told, TMPDIR=str(beside))
        assert (done.returncode, list(beside.iterdir())) == (0, [])
        found.add((folder / "network.gpkg").read_bytes())
    (only,) = found
    assert str(path.parent).encode() not in only


def test_labels_are_in_the_language_of_the_network(full, path):
    """Titles, labels and terms are in its first language, whoever exports."""
    with full.operation("test"):
        full.change(full.network(), {"languages": "en"})
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(bytes_of(path))
        (title,) = made.execute(
            "SELECT identifier FROM gpkg_contents WHERE table_name = 'labs'"
        ).fetchone()
        (label,) = made.execute(
            "SELECT name FROM gpkg_data_columns WHERE column_name = 'lab_kind'"
        ).fetchone()
        (term,) = made.execute(
            "SELECT description FROM gpkg_data_column_constraints WHERE value = 'social_lab'"
        ).fetchone()
    assert (title, label, term) == ("Labs", "Kind", "Social lab")


@pytest.mark.usefixtures("registry")
def test_a_file_without_records_is_whole(path):
    """Layers without records are there, with their columns."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(bytes_of(path))
        assert [made.execute(f"SELECT count(*) FROM {n}").fetchone() for n in SEPARATE] == [
            (0,)
        ] * 4


def test_a_registry_that_nobody_wrote_in_is_exported(path):
    """Without network, records and operations the file is written all the same."""
    from bencomune_cli.registry import Registry

    Registry.create(path).close()
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(bytes_of(path))
        assert made.execute("SELECT count(*) FROM gpkg_contents").fetchone() == (5,)


def test_a_full_disk_is_told(full, path):
    """Where the temporary folder cannot hold the file, a sentence says so, and nothing is left."""
    full.close()
    limit = f'ulimit -f 64; exec "{sys.executable}" -m bencomune_cli export -f gpkg --to -'
    told = {**os.environ, "BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "en"}
    done = subprocess.run(
        ["bash", "-c", limit], env=told, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "layers.gpkg" in done.stderr


# Our own reader


@pytest.mark.parametrize("layer", SEPARATE)
def test_our_reader_reads_back_what_was_written(file, path, layer):
    """Every text comes back as it is, every point too: what GeoJSON tells, the reader reads."""
    rows = rows_of(file.read_bytes(), part=layer)
    expected = geojson_of(path, layer)
    assert [row.problems for row in rows] == [[]] * len(expected)
    for row, (geometry, properties) in zip(rows, expected, strict=True):
        assert row.point == (tuple(geometry["coordinates"]) if geometry else None)
        texts = {name: _text(value) for name, value in properties.items() if value is not None}
        assert {name: cell.replace(".000Z", "Z") for name, cell in row.cells.items()} == texts


def _text(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("entity", PLACES)
def test_what_is_imported_back_changes_nothing(bencomune, tmp_path, entity):
    """The example, exported and imported, leaves every record as it is."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "qgis", "--to", tmp_path).returncode == 0
    told = ("--sheet", entity.table, "--as", entity.name_of_kind, "--plan", "--json")
    done = bencomune("import", tmp_path / "network.gpkg", *told)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert {sort for sort, count in counts.items() if count} == {"unchanged"}


# GDAL


@pytest.mark.parametrize("layer", SEPARATE)
def test_gdal_gives_the_geojson_that_we_write(file, path, tmp_path, layer):
    """`ogr2ogr` makes of each layer the features of our own GeoJSON, value by value."""
    back = tmp_path / "back.geojson"
    gdal("ogr2ogr", "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=6", back, file, layer)
    features = json.loads(back.read_text("utf-8"))["features"]
    for each in features:  # GDAL writes a text that looks like JSON as such
        for name, value in each["properties"].items():
            if isinstance(value, dict):
                each["properties"][name] = json.dumps(value, separators=(",", ":"))
    found = [(each["geometry"], each["properties"]) for each in features]
    assert found == geojson_of(path, layer)


def test_gdal_tells_types_and_titles(file):
    """`ogrinfo` tells typed columns and lists of terms, and warns of nothing."""
    told = gdal("ogrinfo", "-al", "-so", file)
    for line in (
        "postcode: String",
        "seats: Integer",
        "open_to_new_members: Integer(Boolean)",
        "created_at: DateTime",
        "domain name=lab_kind",
        "IDENTIFIER=Laboratori",
        "Extent: (9.1",
    ):
        assert line in told
    done = subprocess.run(["ogrinfo", file], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""


EDITS = (
    "DELETE FROM labs WHERE fid = 1",
    "UPDATE labs SET fid = 1000 WHERE fid = 2",
    "UPDATE labs SET geom = (SELECT geom FROM labs WHERE fid = 3) WHERE fid = 4",
    "UPDATE labs SET geom = NULL WHERE fid = 5",
    "UPDATE labs SET geom = NULL, fid = 1001 WHERE fid = 6",
    "INSERT INTO labs (geom, name) SELECT geom, name FROM labs WHERE fid = 3",
)


def test_gdal_seeks_by_the_spatial_index_and_keeps_it(file):
    """Points are found by an index of just those that are there, also after an edit by GDAL."""
    found = gdal("ogrinfo", "-q", file, "-sql", "SELECT HasSpatialIndex('labs', 'geom')")
    assert "HasSpatialIndex (Integer) = 1" in found
    told = {**os.environ, "CPL_DEBUG": "GPKG"}
    sought = ("ogrinfo", "-q", file, "labs", "-spat", "9", "45", "10", "45.1234535")
    done = subprocess.run(sought, env=told, capture_output=True, encoding="utf-8", check=True)
    assert 'IN ( SELECT id FROM "rtree_labs_geom"' in done.stderr
    with closing(sqlite3.connect(file)) as opened:
        points = [blob for (blob,) in opened.execute("SELECT substr(geom, 14) FROM labs")]
    south = sum(struct.unpack("<2d", point)[1] < 45.1234535 for point in points)
    assert 0 < south < len(NASTY)
    assert done.stdout.count("OGRFeature(labs)") == south
    for edit in ("SELECT 1", *EDITS):
        gdal("ogrinfo", "-q", "-update", file, "-sql", edit)
        with closing(sqlite3.connect(file)) as opened:
            for layer in ("labs", "groups", "organisations"):
                check = f"SELECT rtreecheck('rtree_{layer}_geom')"
                assert opened.execute(check).fetchone() == ("ok",)
                there = opened.execute(f"SELECT fid FROM {layer} WHERE geom NOTNULL ORDER BY fid")
                kept = opened.execute(f"SELECT id FROM rtree_{layer}_geom ORDER BY id")
                assert kept.fetchall() == there.fetchall()


# QGIS


@pytest.fixture
def in_qgis(qgis, file):
    """Return what QGIS makes of the file, which it leaves as it is."""
    before = file.read_bytes()
    told = json.loads(qgis(READS, file))
    assert file.read_bytes() == before
    return told


def test_the_pictures_of_the_readme_can_be_drawn_again(qgis, bencomune, tmp_path):
    """The script of the pictures draws what is exported of the example; they are small."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "qgis", "--to", tmp_path).returncode == 0
    qgis(DOCS / "qgis_picture.py", tmp_path / "network.gpkg", tmp_path)
    for folder in (tmp_path, DOCS / "images"):
        for file in (folder / "qgis.png", folder / "qgis-table.png"):
            assert file.read_bytes().startswith(b"\x89PNG")
            assert 10_000 < file.stat().st_size < 150_000
    for readme in ("README.md", "README.it.md"):
        told = (DOCS.parent / readme).read_text("utf-8")
        assert all(f"docs/images/{name}" in told for name in ("qgis.png", "qgis-table.png"))


def test_qgis_shows_the_layers_as_they_are_meant(in_qgis, path):
    """QGIS finds titles, types, labels, terms, styles by kind, and every value and point."""
    assert list(in_qgis) == SEPARATE
    assert {
        name: (told["title"], told["geometry"], told["crs"]) for name, told in in_qgis.items()
    } == {
        "labs": ("Laboratori", "Point", "EPSG:4326"),
        "groups": ("Gruppi", "Point", "EPSG:4326"),
        "organisations": ("Organizzazioni", "Point", "EPSG:4326"),
        "relations": ("Relazioni", "NoGeometry", ""),
    }
    for name, told in in_qgis.items():
        assert told["valid"]
        for column in LAYERS[name].columns:
            if column.name not in {"lat", "lon"}:
                assert told["fields"][column.name][1] == column.label.it
        features = [
            (_point(geometry), {key: value for key, value in values.items() if key != "fid"})
            for geometry, values in told["records"]
        ]
        expected = geojson_of(path, name)
        assert features == [(geo and tuple(geo["coordinates"]), each) for geo, each in expected]
    assert {name: told["indexed"] for name, told in in_qgis.items()} == {
        name: LAYERS[name].has_point for name in SEPARATE
    }
    fields = in_qgis["labs"]["fields"]
    assert fields["postcode"][0] == "String"
    assert fields["seats"][0] == "Integer64"
    assert fields["created_at"][0] == "DateTime"
    assert in_qgis["groups"]["fields"]["open_to_new_members"][0] == "Boolean"


def test_qgis_shows_labels_of_codes_and_draws_by_kind(in_qgis):
    """A column of codes is a list of labels; each layer is drawn by kind, in words."""
    kinds = {code: term.label.it for code, term in vocabulary("lab_kind").items()}
    _, _, widget, terms = in_qgis["labs"]["fields"]["lab_kind"]
    assert widget == "ValueMap"
    assert {code: label for each in terms for label, code in each.items()} == kinds
    assert in_qgis["labs"]["categories"] == {**kinds, "": "non indicato"}
    drawn = {name: told["by"] for name, told in in_qgis.items()}
    assert (drawn["labs"], drawn["organisations"]) == ("lab_kind", "legal_form")
    assert "activities" in drawn["groups"]
    assert drawn["relations"] == ""
    assert in_qgis["labs"]["hidden"] == ["fid"]
    assert in_qgis["labs"]["display"] == '"name"'
    assert in_qgis["relations"]["fields"]["role"][2] == "ValueMap"


def _point(wkt):
    if not wkt:
        return None
    lon, lat = wkt.removeprefix("Point (").removesuffix(")").split()
    return float(lon), float(lat)
