"""Files beside a CSV: types and reference system, as GDAL and QGIS take them, renewed with it."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from bencomune_cli.entities import Lab
from bencomune_cli.layers import LAYERS
from bencomune_cli.reference_systems import definition, system
from test_formats import gdal

READS = Path(__file__).parent / "qgis_reads.py"
POINT = {"lat": "45.1234567", "lon": "9.1", "precision": "address"}
SYSTEMS = ["EPSG:4326", "EPSG:32632", "EPSG:6707", "EPSG:3003"]  # 6707 has northing first
# What QGIS's dialog takes for the type of a column (qgsdelimitedtextprovider.cpp); one that it does
# not know makes it guess all of them.
KNOWN = re.compile(
    r"integer|real|double|long|longlong|int8|string|date|datetime|time", re.IGNORECASE
)


@pytest.fixture
def full(registry):
    """Give a registry with labs whose codes begin with zeros, one without a point."""
    with registry.operation("test"):
        texts = {"state": "active", "postcode": "00100", "municipality": "Comune Esempio"}
        registry.add(Lab, {"name": "Primo", **texts, "started_on": "2019", "seats": "12", **POINT})
        registry.add(Lab, {"name": "Altro", **texts, "verified_on": "2024-05-01"})
    return registry


@pytest.fixture
def exported(full, bencomune, tmp_path):
    """Return a function that exports the labs as CSV, and returns the path of the file."""
    del full

    def to_file(*options):
        done = bencomune("export", "labs", "--format", "csv", "--to", tmp_path / "out", *options)
        assert done.returncode == 0
        return tmp_path / "out" / "labs.csv"

    return to_file


def axes(crs):
    """Return the columns of a point in a reference system."""
    return ("lon", "lat") if crs == "EPSG:4326" else ("x", "y")


def test_types_are_those_that_qgis_and_gdal_know(exported):
    """There is a type for each column: numbers are numbers, all else is text, no point is made."""
    file = exported()
    header = file.read_text("utf-8").partition("\n")[0].split(",")
    (types,) = csv.reader(io.StringIO(file.with_suffix(".csvt").read_text("utf-8")))
    assert all(KNOWN.fullmatch(each) for each in types)
    told = dict(zip(header, types, strict=True))
    assert {name for name, kind in told.items() if kind == "Real"} == {"lat", "lon"}
    assert {name for name, kind in told.items() if kind == "Integer"} == {"seats"}


@pytest.mark.parametrize("crs", SYSTEMS)
def test_gdal_finds_types_points_and_their_system(exported, crs):
    """Codes keep their zeros, numbers are numbers, and points lie in the system that is told."""
    file, (x, y) = exported("--crs", crs), axes(crs)
    points = ("-oo", f"X_POSSIBLE_NAMES={x}", "-oo", f"Y_POSSIBLE_NAMES={y}")
    told = gdal("ogrinfo", "-al", *points, file)
    assert "postcode (String) = 00100" in told
    assert "municipality (String) = 000001" in told
    assert "seats (Integer) = 12" in told
    assert "started_on (String) = 2019" in told
    assert f'ID["EPSG",{crs.partition(":")[2]}]' in told
    to = ("-t_srs", "EPSG:4326", "-lco", "GEOMETRY=AS_XY")
    degrees = gdal("ogr2ogr", "-f", "CSV", "/vsistdout/", file, *points, *to)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(degrees))}
    assert float(rows["primo"]["X"]) == pytest.approx(9.1, abs=1e-6)
    assert float(rows["primo"]["Y"]) == pytest.approx(45.123457, abs=1e-6)
    assert rows["altro"]["X"] == ""


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32632"])
def test_qgis_takes_the_types(qgis, exported, crs):
    """QGIS, dragged in or by its dialog, keeps zeros; without the types the dialog loses them."""
    file = exported("--crs", crs)
    for spoilt in (False, True):
        if spoilt:
            file.with_suffix(".csvt").unlink()
        told = json.loads(qgis(READS, file, *axes(crs), crs))
        dialog = told["by the dialog"]
        assert (dialog["valid"], dialog["geometry"], dialog["crs"]) == (True, "Point", crs)
        first = {record[1]["id"]: record for record in dialog["records"]}["primo"]
        assert first[0].startswith("Point (")
        expected = (100, 1) if spoilt else ("00100", "000001")
        assert (first[1]["postcode"], first[1]["municipality"]) == expected
        assert dialog["fields"]["seats"][0] == "integer"
    dragged = json.loads(qgis(READS, exported("--crs", crs)))["labs"]
    assert dragged["fields"]["seats"][0] == "Integer"
    assert {record[1]["postcode"] for record in dragged["records"]} == {"00100"}


def test_they_are_renewed_with_their_file(exported):
    """Another system renews the file beside; the same again touches nothing."""
    file = exported()
    assert file.with_suffix(".prj").read_text("utf-8") == definition("EPSG:4326")[1]
    exported("--crs", "EPSG:32632")
    assert file.with_suffix(".prj").read_text("utf-8") == definition("EPSG:32632")[1]
    before = {each.name: each.stat().st_mtime_ns for each in file.parent.iterdir()}
    exported("--crs", "EPSG:32632")
    assert {each.name: each.stat().st_mtime_ns for each in file.parent.iterdir()} == before


def test_wgs_84_is_told_as_proj_tells_it():
    """The definition that is told without PROJ is the same system for PROJ."""
    from pyproj import CRS

    told = CRS.from_wkt(definition("EPSG:4326")[1])
    assert told.equals(system("EPSG:4326").crs, ignore_axis_order=True)


@pytest.mark.usefixtures("full")
def test_they_are_no_formats(bencomune, tmp_path):
    """Nobody asks for them by name, and one file on standard output has none beside it."""
    for layer in (["labs"], []):
        done = bencomune("export", *layer, "--format", "prj", "--to", tmp_path / "out")
        assert done.returncode == 2
    done = bencomune("export", "labs", "--format", "csv", "--to", "-")
    assert done.stdout.startswith("id,name")
    assert '"String"' not in done.stdout
    done = bencomune("export", "--format", "csv", "--to", tmp_path / "out", "--json")
    files = {each["name"] for each in json.loads(done.stdout)["files"]}
    assert {"relations.csvt", "groups.prj"} <= files
    assert "relations.prj" not in files
    assert len([name for name in files if name.endswith(".csvt")]) == len(LAYERS)
