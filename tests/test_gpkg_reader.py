"""GeoPackage: what is read of it, what is a problem of a row, what is refused, what never runs."""

import math
import os
import shutil
import sqlite3
import struct
import subprocess
import tempfile
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bencomune_cli import geopackages
from bencomune_cli.limits import Limits
from bencomune_cli.readers import gpkg as reader
from bencomune_cli.readers import recognised
from bencomune_cli.rows import Source
from effort import within
from fuzzing import many, mutated, only_refused
from mapfiles import (
    NOWHERE,
    blob,
    collection,
    feature,
    gpkg,
    problem,
    refused,
    rows_of,
    source_of,
    table_of,
    wkb,
)

POINT = blob(wkb())


def test_columns_become_texts():
    """Numbers, texts, booleans and nothing at all read as a person writes them."""
    columns = "nome TEXT, posti INTEGER, quota REAL, aperto BOOLEAN, foto BLOB"
    content = gpkg(
        (POINT, "Spazio Esempio", 30, 1.5, 1, b"\1\2"),
        (None, None, 2**62, 1e20, 0, None),
        columns=columns,
    )
    table = table_of(content)
    one, two = table.rows()
    assert table.headers == ["nome", "posti", "quota", "aperto", "foto"]
    assert [told.it for told in table.told] == [
        "strato «spazi»",
        "numeri di riga (fid) tralasciati",
    ]
    assert (one.number, one.point) == (1, (9.15, 45.18))
    assert one.cells == {"nome": "Spazio Esempio", "posti": "30", "quota": "1.5", "aperto": "true"}
    assert problem(one) == (
        "foto",
        ("dati binari (2 byte) tralasciati", "binary data (2 bytes) left aside"),
        False,
    )
    assert two.cells == {
        "posti": "4611686018427387904",
        "quota": "100000000000000000000",
        "aperto": "false",
    }
    assert (two.point, two.problems) == (None, [])


@pytest.mark.parametrize(
    ("srs", "crs"),
    [(4326, None), (32632, "EPSG:32632"), (100_000, "+proj=utm +zone=33"), (-1, None), (999, None)],
)
def test_the_system_of_the_layer_is_told(srs, crs):
    """By its authority and code, else by its definition; none where it is undefined, and said."""
    table = table_of(gpkg((POINT, "A", 1), srs=srs))
    assert table.crs == crs
    unsure = "lo strato non dice il suo sistema di riferimento: preso per WGS 84"
    assert (unsure in [told.it for told in table.told]) == (srs in {-1, 999})


def collected(*parts, order="<"):
    """Return a collection of geometries in well-known binary."""
    return struct.pack(f"{order}BII", order == "<", 7, len(parts)) + b"".join(parts)


RING = struct.pack("<I", 2) + struct.pack("<4d", 9, 45, 9, 46)
LINE = struct.pack("<BI", 1, 2) + RING
POLYGON = struct.pack("<BII", 1, 3, 1) + RING


@pytest.mark.parametrize(
    "geometry",
    [
        POINT,
        blob(wkb(order=">")),
        blob(wkb(9.15, 45.18, 7, code=1001)),
        blob(wkb(9.15, 45.18, 7, code=2001)),
        blob(wkb(9.15, 45.18, 7, 8, code=3001)),
        blob(wkb(9.15, 45.18, 7, code=0x80000001)),
        blob(wkb(9.15, 45.18, 7, 8, code=0xC0000001)),
        blob(struct.pack("<BIIdd", 1, 0x20000001, 4326, 9.15, 45.18)),
        blob(wkb(), 0b0011, bytes(32)),
        blob(wkb(), 0b0101, bytes(48)),
        blob(wkb(), 0b1001, bytes(64)),
        blob(struct.pack("<BII", 1, 4, 1) + wkb()),
        blob(collected(wkb())),
        blob(collected(collected(wkb(order=">")), order=">")),
    ],
)
def test_every_writing_of_one_point_is_read(geometry):
    """Both byte orders, heights, measures, envelopes, systems, and one point in a collection."""
    (row,) = rows_of(gpkg((geometry, "A", 1)))
    assert (row.point, row.problems) == ((9.15, 45.18), [])


@pytest.mark.parametrize(
    "geometry", [None, NOWHERE, blob(collected()), blob(wkb(math.nan, math.nan))]
)
def test_an_empty_geometry_is_no_point_and_no_problem(geometry):
    """Nothing, an empty point and an empty collection are a row without a point."""
    (row,) = rows_of(gpkg((geometry, "A", 1)))
    assert (row.point, row.problems) == (None, [])


@pytest.mark.parametrize(
    ("geometry", "it", "en"),
    [
        (LINE, "una linea", "a line"),
        (POLYGON, "un poligono", "a polygon"),
        (struct.pack("<BII", 1, 4, 2) + wkb() + wkb(), "più punti", "several points"),
        (collected(wkb(), LINE), "più geometrie", "several geometries"),
    ],
)
def test_what_is_not_a_point_gives_none_and_says_so(geometry, it, en):
    """A line, a polygon or several points make no point; the row stays."""
    (row,) = rows_of(gpkg((blob(geometry), "A", 1)))
    assert row.point is None
    assert problem(row) == (
        "geom",
        (
            f"la geometria è {it}: non se ne ricava un punto",
            f"the geometry is {en}: no point is taken from it",
        ),
        False,
    )


DAMAGED = {
    "cut off": POINT[:-1],
    "more behind it": POINT + b"\0",
    "no bytes": b"",
    "a text": "POINT (9 45)",
    "a number": 5,
    "another beginning": b"XX" + POINT[2:],
    "an envelope of no kind": blob(wkb(), 0b1011, bytes(48)),
    "an extension": blob(wkb(), 0x21),
    "a byte order of no kind": blob(b"\2" + wkb()[1:]),
    "a geometry of no kind": blob(wkb(code=99)),
    "a dimension of no kind": blob(wkb(code=4001)),
    "too few points": blob(LINE[:-1]),
    "4,000,000,000 points": blob(struct.pack("<BII", 1, 2, 2**32 - 1)),
    "4,000,000,000 parts": blob(struct.pack("<BII", 1, 7, 2**32 - 1)),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_geometry_is_fatal_to_its_row_alone(case):
    """The other rows are read all the same."""
    good, bad = rows_of(gpkg((POINT, "A", 1), (DAMAGED[case], "B", 2)))
    assert (good.problems, bad.number, bad.point) == ([], 2, None)
    assert problem(bad) == (
        "geom",
        (
            "la geometria è rovinata: salvare di nuovo lo strato da QGIS",
            "the geometry is damaged: save the layer again from QGIS",
        ),
        True,
    )


def test_a_point_beyond_the_globe_is_fatal():
    """A latitude of 190 is told; one coordinate that is not finite is broken."""
    one, two = rows_of(gpkg((blob(wkb(9, 190)), "A", 1), (blob(wkb(math.inf, 45)), "B", 2)))
    assert problem(one)[1].it.startswith("longitudine 9 e latitudine 190 non sono un punto della")
    assert problem(two)[1].it.startswith("le coordinate non sono due numeri")


def test_levels_of_a_geometry_are_limited():
    """Collections in collections are held by the limit."""
    geometry = wkb()
    for _level in range(100):
        geometry = collected(geometry)
    assert "--max-depth" in refused(gpkg((blob(geometry), "A", 1))).it


def test_vertices_of_a_geometry_are_limited():
    """A line of more points than may be is refused."""
    line = struct.pack("<BII", 1, 2, 100_001) + bytes(16 * 100_001)
    assert "--max-vertices" in refused(gpkg((blob(line), "A", 1))).it


def test_a_text_that_is_no_text_is_a_problem_of_its_row():
    """Bytes that are not UTF-8, and texts longer than may be, are told."""
    rows = rows_of(
        gpkg(
            (POINT, "a" * 100_001, 1),
            (POINT, None, 2),
            sql=["UPDATE spazi SET nome = CAST(x'41ff' AS TEXT) WHERE posti = 2"],
        )
    )
    assert [problem(row)[0] for row in rows] == ["nome", "nome"]
    assert "(--max-field)" in problem(rows[0])[1].it
    assert problem(rows[1])[1].it == "ha caratteri che non sono di un testo: scriverlo di nuovo"


def test_one_of_several_layers_is_chosen_by_name():
    """Two layers are refused with their names; --sheet takes one; styles of QGIS are none."""
    content = gpkg(
        (POINT, "A", 1),
        layers=("Uno", "due"),
        sql=["INSERT INTO gpkg_contents VALUES ('layer_styles', 'attributes'), ('t', 'tiles')"],
    )
    assert refused(content) == (
        "il GeoPackage ha più strati: «Uno», «due»; dire quale con --sheet NOME",
        "the GeoPackage has several layers: “Uno”, “due”; say which with --sheet NAME",
    )
    assert table_of(content, part="UNO").told[0].it == "strato «Uno»"
    assert refused(content, part="tre") == (
        "nel GeoPackage non c'è lo strato «tre»; ci sono: «Uno», «due»",
        "there is no layer “tre” in the GeoPackage; there are: “Uno”, “due”",
    )


def test_a_layer_without_geometries_is_read():
    """A table of attributes has rows without points."""
    sql = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, nome TEXT)",
        "INSERT INTO t VALUES (5, 'A')",
        "INSERT INTO gpkg_contents VALUES ('t', 'attributes')",
    ]
    (row,) = rows_of(gpkg(layers=(), sql=sql))
    assert (row.cells, row.point) == ({"id": "5", "nome": "A"}, None)


BROKEN = (
    "il GeoPackage è rovinato, o fatto in un modo che qui non si legge: in QGIS esportare lo strato"
    " in un nuovo GeoPackage"
)
VIEW = "lo strato «v» non è una tabella: in QGIS esportarlo in un nuovo GeoPackage"
REFUSED = {
    "no layer": (gpkg(layers=()), "il GeoPackage non ha strati con elementi: niente da importare"),
    "a layer that is a view": (
        gpkg(
            layers=(),
            sql=[
                (
                    "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1"
                    " FROM n) SELECT x FROM n"
                ),
                "INSERT INTO gpkg_contents VALUES ('v', 'features')",
            ],
        ),
        VIEW,
    ),
    "a layer that is a virtual table": (
        gpkg(
            layers=(),
            sql=[
                "CREATE VIRTUAL TABLE v USING fts5(a)",
                "INSERT INTO gpkg_contents VALUES ('v', 'features')",
            ],
        ),
        VIEW,
    ),
    "a layer that is not there": (
        gpkg(layers=(), sql=["INSERT INTO gpkg_contents VALUES ('v', 'features')"]),
        VIEW,
    ),
    "a column that a function makes": (
        gpkg(
            (POINT, "A", 1),
            columns="nome TEXT, posti INTEGER, altro AS (hex(zeroblob(1000000)))",
        ),
        BROKEN,
    ),
    "cut in half": (gpkg((POINT, "a" * 5_000, 1))[:6_000], BROKEN),
    "the beginning alone": (b"SQLite format 3\0", BROKEN),
    "another SQLite file": (
        gpkg(layers=(), sql=["DROP TABLE gpkg_contents"]),
        "il file è un database SQLite, ma non un GeoPackage: esportarlo da QGIS come GeoPackage",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_damaged_hostile_or_no_geopackage_is_refused_in_a_sentence(case):
    """The sentence says what is wrong, soon; nothing that the file has made runs."""
    content, expected = REFUSED[case]
    assert within(2, refused, content).it == expected


def test_a_registry_is_known_as_that(registry):
    """A registry that is offered for import is told how to be opened."""
    content = registry.store.path.read_bytes()
    assert recognised(source_of(content)) == "gpkg"
    assert refused(content) == (
        (
            "il file è un registro di bencomune, non un file da importare: aprirlo con --registry,"
            " o esportarlo con «bencomune export»"
        ),
        (
            "the file is a registry of bencomune, not a file to import: open it by --registry, or"
            " export it by “bencomune export”"
        ),
    )


def test_columns_and_rows_are_limited():
    """More columns or rows than may be are refused."""
    columns = ", ".join(f"c{n} TEXT" for n in range(501))
    assert "--max-columns" in refused(gpkg(columns=columns)).it
    assert "--max-rows" in refused(gpkg((POINT, "A", 1), (POINT, "B", 2)), rows=1).it


def test_a_file_on_the_disk_is_read_where_it_is_and_left_alone(tmp_path):
    """It is not written, nothing is put beside it, and it may be read-only."""
    path = tmp_path / "mappa.gpkg"
    path.write_bytes(gpkg((POINT, "A", 1)))
    path.chmod(0o400)
    before = path.stat()
    with path.open("rb") as file:
        table = reader.read(Source(file, str(path)))
        assert [row.cells["nome"] for row in table.rows()] == ["A"]
    assert os.listdir(tmp_path) == ["mappa.gpkg"]  # noqa: PTH208 - names are what counts
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_without_a_name_is_copied_for_its_owner_and_taken_away(tmp_path, monkeypatch):
    """What came through a pipe is read from a private copy, of which nothing stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with tempfile.TemporaryFile() as file:
        file.write(gpkg((POINT, "A", 1)))
        table = reader.read(Source(file, "stdin"))
        assert list(tmp_path.iterdir()) == []
        assert [row.point for row in table.rows()] == [(9.15, 45.18)]


def test_a_file_that_another_program_is_writing_is_refused(tmp_path):
    """What QGIS has not written into the file yet would be missed in silence."""
    path = tmp_path / "mappa.gpkg"
    path.write_bytes(gpkg((POINT, "A", 1)))
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE spazi SET nome = 'B'")
        writer.commit()
        with path.open("rb") as file, pytest.raises(reader.Refused) as caught:
            reader.read(Source(file, str(path)))
    assert caught.value.text.it == (
        "il file è aperto in un altro programma, che non ha finito di scriverlo: chiuderlo in QGIS"
        " e riprovare"
    )
    with path.open("rb") as file:
        (row,) = reader.read(Source(file, str(path))).rows()
    assert row.cells["nome"] == "B"


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="ogr2ogr is not installed")
def test_what_gdal_writes_is_read(tmp_path):
    """A layer in metres has its system, its fields and its points."""
    made, written = tmp_path / "in.geojson", tmp_path / "out.gpkg"
    made.write_text(
        collection(
            feature(properties={"nome": "Città", "posti": 30, "aperto": True}), feature(None)
        )
    )
    command = ["ogr2ogr", "-f", "GPKG", "-t_srs", "EPSG:32632", written, made, "-nln", "spazi"]
    subprocess.run(command, check=True, capture_output=True)
    table = table_of(written.read_bytes())
    assert (table.crs, table.total) == ("EPSG:32632", 2)
    one, two = table.rows()
    assert one.cells == {"nome": "Città", "posti": "30", "aperto": "true"}
    assert one.point == pytest.approx((511_785.22, 5_002_957.38), abs=0.01)
    assert (two.point, [*one.problems, *two.problems]) == (None, [])


VALID = gpkg((POINT, "Città", 1), (blob(POLYGON), "b", None), (NOWHERE, None, 3), srs=32632)
VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.binary(max_size=30)
    | st.binary(max_size=40).map(lambda tail: b"GP\0\1\0\0\0\0" + tail)
)
HEADERS = st.tuples(st.sampled_from([0, 1]), st.integers(0, 20), st.binary(max_size=40)).map(
    lambda made: struct.pack("<BI" if made[0] else ">BI", made[0], made[1]) + made[2]
)


# A page that says it holds more than SQLite will ask the system for: its MemoryError.
TOO_LONG = bytes(byte ^ 0x80 * (place == 895) for place, byte in enumerate(VALID))


@many(20_000)
@given(content=mutated(VALID))
@example(content=TOO_LONG)
def test_no_bytes_break_the_reader(content):
    """Whatever the bytes, they are refused or every row can be read."""
    only_refused(reader, content, "x.gpkg")


@many(2_000)
@given(rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=3), srs=VALUES)
def test_no_values_break_the_reader(rows, srs):
    """Whatever SQLite can hold in a cell, rows can be read."""
    only_refused(reader, gpkg(*rows, srs=srs), "x.gpkg")


@many(20_000)
@given(geometry=mutated(POINT) | mutated(blob(POLYGON)) | HEADERS.map(blob))
def test_no_bytes_break_the_reader_of_geometries(geometry):
    """Whatever the bytes, they are a point, none, or damaged."""
    found = geopackages.placed(geometry, Limits(), degrees=True)
    assert found.point is None or (found.reason is None and all(map(math.isfinite, found.point)))
