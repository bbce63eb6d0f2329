"""GeoJSON and its sequences: what is read of them, what is a problem of a row, what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.readers import geojson, geojsonseq, load, recognised
from effort import within
from fuzzing import many, mutated, only_refused
from mapfiles import (
    POINT,
    collection,
    feature,
    problem,
    refused,
    rows_of,
    source_of,
    table_of,
)

EXPORTS = Path(__file__).parent.parent / "exports"


def sequence(*features, mark="", end="\n"):
    """Return features one a line; with `mark`, as RFC 8142 has them."""
    return "".join(f"{mark}{json.dumps(each)}{end}" for each in features)


def test_properties_become_texts():
    """Every value of JSON reads as a person writes it; null is an empty cell."""
    properties = {
        "nome": "Spazio Esempio",
        "type": "Point",
        "posti": 30,
        "quota": 30.0,
        "piccolo": 1e-7,
        "grande": 1e20,
        "aperto": True,
        "vuoto": None,
        "tag": ["a", 2, False, None],
        "codice": 2**63,
    }
    (row,) = rows_of(collection(feature(properties=properties)))
    assert row.cells == {
        "nome": "Spazio Esempio",
        "type": "Point",
        "posti": "30",
        "quota": "30",
        "piccolo": "0.0000001",
        "grande": "100000000000000000000",
        "aperto": "true",
        "tag": "a | 2 | false",
        "codice": "9223372036854775808",
    }
    assert (row.number, row.point, row.problems) == (1, (9.15, 45.18), [])


def test_headers_come_from_all_features():
    """Every property of any feature is a header, in the order in which they come."""
    table = table_of(collection(feature(properties={"a": 1}), feature(properties={"b": 2, "a": 3})))
    assert (table.headers, table.total, table.crs) == (["a", "b"], 2, None)
    assert table.has_points
    assert table.unit.en == "feature"


def test_names_that_differ_in_case_only_are_told_apart():
    """Nome, nome and a name without letters are three headers."""
    table = table_of(collection(feature(properties={"Nome": 1, "nome ": 2, "": 3, "a\nb\0": 4})))
    assert table.headers == [
        "Nome",
        "nome (2)",
        "(3)",
        "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}",
    ]


def test_nested_properties_are_json_and_told():
    """An object in a property stays as JSON text, with a problem that is not fatal."""
    (row,) = rows_of(collection(feature(properties={"orari": {"lun": "9-12"}})))
    assert row.cells == {"orari": '{"lun": "9-12"}'}
    column, told, fatal = problem(row)
    assert (column, fatal) == ("orari", False)
    assert told.it == "è un oggetto con altri dentro: preso come testo JSON"


def test_styles_and_foreign_members_are_left_aside_and_told_once():
    """What uMap and simplestyle say of drawing, and members beside data, are told in one line."""
    each = feature(properties={"nome": "A", "_umap_options": {}, "stroke": "red"}, extra=1)
    table = table_of(collection(each, each, generator="x", name="spazi"))
    assert table.headers == ["nome"]
    assert [told.it for told in table.told] == [
        "stili tralasciati: _umap_options, stroke",
        "altro tralasciato: extra, generator",
    ]
    assert [row.problems for row in table.rows()] == [[], []]


@pytest.mark.parametrize(
    ("own", "properties", "expected"),
    [("a1", {}, "a1"), (7, None, "7"), ("a1", {"id": "b2"}, "b2"), (True, {}, None)],
)
def test_the_id_of_a_feature_is_a_cell(own, properties, expected):
    """The feature's own id is read where its properties have none."""
    (row,) = rows_of(collection(feature(properties=properties, id=own)))
    assert row.cells.get("id") == expected


@pytest.mark.parametrize(
    ("geometry", "point"),
    [
        (None, None),
        (POINT, (9.15, 45.18)),
        ({"type": "Point", "coordinates": [9, 45, 77.5]}, (9.0, 45.0)),
        ({"type": "MultiPoint", "coordinates": [[9, 45]]}, (9.0, 45.0)),
        ({"type": "GeometryCollection", "geometries": [POINT]}, (9.15, 45.18)),
        ({"type": "GeometryCollection", "geometries": []}, None),
    ],
)
def test_one_point_is_a_point(geometry, point):
    """A point gives its place, alone or the only one of several; a height is left aside."""
    (row,) = rows_of(collection(feature(geometry)))
    assert (row.point, row.problems) == (point, [])


RING = [[9, 45], [9.1, 45], [9, 45.1], [9, 45]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "it", "en"),
    [
        ("Polygon", [RING], "un poligono", "a polygon"),
        ("MultiPolygon", [[RING]], "più poligoni", "several polygons"),
        ("LineString", RING, "una linea", "a line"),
        ("MultiPoint", RING, "più punti", "several points"),
        ("MultiPoint", [], "più punti", "several points"),
    ],
)
def test_what_is_not_a_point_gives_none_and_says_so(kind, coordinates, it, en):
    """A line, a polygon or several points make no point; the row stays."""
    (row,) = rows_of(collection(feature({"type": kind, "coordinates": coordinates})))
    column, told, fatal = problem(row)
    assert (row.point, column, fatal) == (None, "geometry", False)
    assert told.it == f"la geometria è {it}: non se ne ricava un punto"
    assert told.en == f"the geometry is {en}: no point is taken from it"


MEND = (
    "correggerle nel programma che ha scritto il file",
    "mend them in the program that wrote the file",
)
NOT_NUMBERS = (
    f"le coordinate non sono due numeri: {MEND[0]}",
    f"the coordinates are not two numbers: {MEND[1]}",
)
OFF = (
    f"longitudine {{}} e latitudine {{}} non sono un punto della Terra: {MEND[0]}",
    f"longitude {{}} and latitude {{}} are no point of the Earth: {MEND[1]}",
)
UNKNOWN = (
    "la geometria è di un tipo che non esiste («{}»): salvarla di nuovo",
    "the geometry is of a kind that does not exist (“{}”): save it again",
)


def both(texts, *values):
    """Fill in a sentence in both languages."""
    return tuple(text.format(*values) for text in texts)


BROKEN = {
    "strings": (["9.15", "45.18"], NOT_NUMBERS),
    "true": ([True, 45], NOT_NUMBERS),
    "null": ([None, 45], NOT_NUMBERS),
    "one number": ([9], NOT_NUMBERS),
    "four numbers": ([9, 45, 0, 0], NOT_NUMBERS),
    "none": ([], NOT_NUMBERS),
    "an object": ({"x": 9}, NOT_NUMBERS),
    "lists": ([[9, 45]], NOT_NUMBERS),
    "a number of 4,000 digits": ([10**4_000, 45], NOT_NUMBERS),
    "a latitude of 190": ([9, 190], both(OFF, 9, 190)),
    "a longitude of 181": ([-181, 45], both(OFF, -181, 45)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_coordinates_are_fatal_to_their_row_alone(case):
    """A row whose coordinates are broken cannot be used; the one before it can."""
    coordinates, expected = BROKEN[case]
    good, bad = rows_of(
        collection(feature(), feature({"type": "Point", "coordinates": coordinates}))
    )
    assert (good.problems, bad.number, bad.point) == ([], 2, None)
    assert problem(bad) == ("geometry", expected, True)


@pytest.mark.parametrize("name", ["Punto", "__doc__", "point ", ["Point"], 5, None, {}])
def test_a_geometry_of_no_known_kind_is_fatal(name):
    """A type that does not exist is told, whatever it is."""
    (row,) = rows_of(collection(feature({"type": name, "coordinates": [9, 45]})))
    assert problem(row) == ("geometry", both(UNKNOWN, name), True)


def test_metres_without_a_system_are_left_to_be_told():
    """East and north of a file that names no system are no broken degrees: --crs explains them."""
    (row,) = rows_of(collection(feature({"type": "Point", "coordinates": [511785.2, 5002957.4]})))
    assert (row.point, row.problems) == ((511785.2, 5002957.4), [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("urn:ogc:def:crs:EPSG::32632", "urn:ogc:def:crs:EPSG::32632"),
        ("EPSG:3003", "EPSG:3003"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None),
        ("EPSG:4326", None),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_the_system_is_told_as_the_file_names_it(name, expected, last):
    """The old member `crs` names the system, before the features or behind them."""
    crs = {"type": "name", "properties": {"name": name}}
    text = collection(feature(), crs=crs)
    if last:
        text = collection(feature())[:-1] + f', "crs": {json.dumps(crs)}}}'
    assert table_of(text).crs == expected


def test_a_system_by_its_code():
    """The oldest files have the code of EPSG alone."""
    crs = {"type": "EPSG", "properties": {"code": 32632}}
    assert table_of(collection(feature(), crs=crs)).crs == "EPSG:32632"


@pytest.mark.parametrize("crs", ["EPSG:32632", [1], {"type": "link"}, {"properties": {}}])
def test_a_system_that_is_not_understood_is_told(crs):
    """A `crs` that names nothing is taken for WGS 84, which is said."""
    (told,) = table_of(collection(feature(), crs=crs)).told
    assert told.it == (
        "il sistema di riferimento scritto nel file non si capisce: preso per WGS 84"
    )


@pytest.mark.parametrize("text", [json.dumps(POINT), json.dumps(feature(properties={}))])
def test_one_feature_or_a_bare_geometry_is_one_row(text):
    """A feature without a collection is read, and a geometry without a feature."""
    (row,) = rows_of(text)
    assert (row.number, row.cells, row.point) == (1, {}, (9.15, 45.18))
    assert table_of(text).told == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    """UTF-8 with and without its mark, UTF-16 and what Windows wrote are read."""
    text = json.dumps(
        json.loads(collection(feature(properties={"nome": "Città"}))), ensure_ascii=False
    )
    (row,) = rows_of(text.encode(encoding))
    assert row.cells == {"nome": "Città"}


ROW_PROBLEMS = {
    "properties are a list": (
        feature(properties=[1]),
        (
            "le proprietà dell'elemento non sono un oggetto JSON",
            "the properties of the feature are no JSON object",
        ),
    ),
    "a number": (
        5,
        (
            "non è un elemento di GeoJSON, ma un altro valore",
            "it is no GeoJSON feature, but another value",
        ),
    ),
    "another type": (
        {"type": "feature"},
        (
            "non è un elemento di GeoJSON: il suo tipo è «feature», non «Feature»",
            "it is no GeoJSON feature: its type is “feature”, not “Feature”",
        ),
    ),
    "half a surrogate pair": (
        feature(properties={"nome": "\ud800"}),
        (
            "ha caratteri che non sono di un testo: scriverlo di nuovo",
            "it has characters that are not of a text: write it again",
        ),
    ),
    "a null character": (
        feature(properties={"nome": "a\0"}),
        (
            "ha caratteri che non sono di un testo: scriverlo di nuovo",
            "it has characters that are not of a text: write it again",
        ),
    ),
    "a long text": (
        feature(properties={"nome": "a" * 100_001}),
        (
            "la cella ha 100001 caratteri: al massimo 100000 (--max-field)",
            "the cell has 100001 characters: 100000 at most (--max-field)",
        ),
    ),
}


@pytest.mark.parametrize("case", ROW_PROBLEMS)
def test_what_is_wrong_in_one_feature_is_a_problem_of_its_row(case):
    """The other features are read all the same."""
    bad, expected = ROW_PROBLEMS[case]
    good, row = rows_of(collection(feature(), bad))
    assert (good.problems, row.number) == ([], 2)
    assert (row.problems[0].message, row.problems[0].fatal) == (expected, True)


def over(most, it, en, option):
    """Return the refusal of what is over a limit."""
    return (
        f"oltre il limite di {most} {it}; per alzarlo usare {option}",
        f"over the limit of {most} {en}; to raise it use {option}",
    )


def json_refusal(it, en):
    """Return the refusal of what is not JSON."""
    return (f"il file non è JSON valido: {it}", f"the file is not valid JSON: {en}")


def other(it, en):
    """Return the refusal of JSON that is no GeoJSON."""
    return (
        f"il file non è GeoJSON: {it}; esportarlo come GeoJSON dal programma che l'ha scritto",
        f"the file is not GeoJSON: {en}; export it as GeoJSON from the program that wrote it",
    )


NO_LIST = (
    "il file non è GeoJSON: il suo elenco «features» manca, o non è un elenco",
    "the file is not GeoJSON: its list “features” is missing, or is no list",
)
TWICE = ("un nome c'è due volte nello stesso oggetto", "a name stands twice in one object")
LEVELS = ("ha troppi livelli uno dentro l'altro", "it has too many levels of nesting")
ONE = collection(feature(properties={"nome": "@"}))
HOSTILE = {
    "NaN": (
        ONE.replace("9.15", "NaN"),
        json_refusal("un numero non è ammesso: NaN", "a number is not allowed: NaN"),
    ),
    "Infinity": (
        ONE.replace("9.15", "-Infinity"),
        json_refusal("un numero non è ammesso: -Infinity", "a number is not allowed: -Infinity"),
    ),
    "1e999": (
        ONE.replace("9.15", "1e999"),
        json_refusal("un numero non è ammesso: 1e999", "a number is not allowed: 1e999"),
    ),
    "5,000 digits": (
        ONE.replace("9.15", "1" * 5_000),
        json_refusal("un numero ha migliaia di cifre", "a number has thousands of digits"),
    ),
    "a name twice": (ONE.replace('"nome"', '"nome": 1, "nome"'), json_refusal(*TWICE)),
    "features twice": (
        ONE.replace('"features"', '"features": [], "features"'),
        json_refusal(*TWICE),
    ),
    "100,000 levels": (ONE.replace('"@"', "[" * 100_000 + "]" * 100_000), json_refusal(*LEVELS)),
    "100,000 levels of nothing": ('{"type":' + "[" * 100_000, json_refusal(*LEVELS)),
    "cut off": (ONE[:-20], json_refusal("riga 1, colonna 123", "line 1, column 123")),
    "cut off after a feature": (
        ONE[:-2],
        json_refusal(
            "è incompleto o rovinato, dopo l'elemento 1",
            "it is incomplete or damaged, after item 1",
        ),
    ),
    "more behind it": (
        ONE + "x",
        json_refusal(
            "è incompleto o rovinato, dopo l'elemento 1",
            "it is incomplete or damaged, after item 1",
        ),
    ),
    "a comma too many": (
        ONE.replace("}]", "},]"),
        json_refusal(
            "è incompleto o rovinato, dopo l'elemento 1",
            "it is incomplete or damaged, after item 1",
        ),
    ),
    "features are null": (collection().replace("[]", "null"), NO_LIST),
    "features are an object": (collection().replace("[]", "{}"), NO_LIST),
    "features are missing": ('{"type": "FeatureCollection"}', NO_LIST),
    "a type that is unknown": ('{"type": "Mappa"}', other("«type» è «Mappa»", "“type” is “Mappa”")),
    "a type of Python": (
        ONE.replace("FeatureCollection", "__doc__"),
        other("«type» è «__doc__»", "“type” is “__doc__”"),
    ),
    "a type that is a list": (
        '{"type": ["Feature"]}',
        other("«type» è «['Feature']»", "“type” is “['Feature']”"),
    ),
    "a type that is a number": ('{"type": 1}', other("«type» è «1»", "“type” is “1”")),
    "no type": ('{"features": []}', other("«type» manca", "“type” is missing")),
    "TopoJSON": ('{"type": "Topology", "arcs": []}', other("è TopoJSON", "it is TopoJSON")),
    "uMap": (
        '{"type": "umap", "layers": []}',
        other("è la copia di una mappa di uMap", "it is the backup of a uMap"),
    ),
    "Esri": ('{"geometryType": "x", "features": []}', other("è JSON di Esri", "it is Esri JSON")),
    "1,000,000 vertices": (
        collection(feature({"type": "LineString", "coordinates": [[9, 45]] * 1_000_000})),
        over(100_000, "vertici di una geometria", "vertices of a geometry", "--max-vertices"),
    ),
    "501 columns": (
        collection(feature(properties={f"c{n}": 1 for n in range(501)})),
        over(500, "colonne", "columns", "--max-columns"),
    ),
    "65 levels": (
        ONE.replace('"@"', "[" * 65 + "]" * 65),
        over(64, "livelli uno dentro l'altro", "levels one inside the other", "--max-depth"),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_geojson_is_refused_in_a_sentence(case):
    """The sentence says what is wrong, in both languages, within two seconds."""
    content, expected = HOSTILE[case]
    assert within(2, refused, content, "mappa.geojson") == expected


def test_some_levels_of_a_property_are_let_in():
    """Objects in objects are read up to the limit."""
    assert len(rows_of(ONE.replace('"@"', "[" * 60 + "]" * 60))) == 1


def test_rows_are_limited():
    """More features than may be are refused."""
    told = over(1, "righe o elementi", "rows or features", "--max-rows")
    assert refused(collection(feature(), feature()), rows=1) == told


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_a_sequence_of_features(mark):
    """Features one a line are read, with a record separator or without."""
    text = sequence(feature(properties={"a": 1}), feature(None, {"b": 2}), mark=mark)
    assert recognised(source_of(text)) == "geojsonseq"
    rows = rows_of(text)
    assert [(row.number, row.cells) for row in rows] == [(1, {"a": "1"}), (2, {"b": "2"})]


def test_after_a_separator_a_feature_may_take_several_lines():
    """RFC 8142 lets a text have line breaks."""
    text = "".join(f"\x1e{json.dumps(feature(properties={'a': n}), indent=1)}\n" for n in (1, 2))
    assert [row.cells for row in rows_of(text)] == [{"a": "1"}, {"a": "2"}]


def test_a_broken_line_is_a_problem_of_its_row():
    """The sentence tells the line in the file; the other lines are read."""
    text = f"\n{sequence(feature())}" + '{"type":\n[1]\n\n' + sequence(feature())
    rows = rows_of(text, "a.geojsonl")
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert problem(rows[1]) == (
        "",
        (
            "riga 3 del file: il file non è JSON valido: riga 1, colonna 9",
            "line 3 of the file: the file is not valid JSON: line 1, column 9",
        ),
        True,
    )
    assert rows[2].problems[0].fatal
    assert [rows[0].problems, rows[3].problems] == [[], []]


def test_a_sequence_without_a_feature_is_refused():
    """Where no line is good the file is no sequence of features."""
    text = '{"a": 1}\n{"a": 2}\n'
    assert recognised(source_of(text)) == "geojsonseq"
    assert refused(text) == (
        "nessuna riga del file è un elemento di GeoJSON",
        "no line of the file is a GeoJSON feature",
    )


@pytest.mark.parametrize("name", ["file", "mappa.geojson", "mappa.json"])
def test_a_sequence_is_known_whatever_its_name(name):
    """Lines of features named .geojson are read as what they are."""
    text = sequence(feature(), feature())
    assert recognised(source_of(text, name)) == "geojsonseq"
    assert recognised(source_of(collection(feature(), feature()), name)) == "geojson"
    pretty = json.dumps(json.loads(collection(feature())), indent=1)
    assert recognised(source_of(pretty, name)) == "geojson"


@pytest.mark.parametrize("layer", ["labs", "organisations", "network", "relations"])
def test_our_own_export_is_read_whole(layer):
    """Every record of an export comes back, with its id, its point and nothing to complain of."""
    content = (EXPORTS / f"{layer}.geojson").read_bytes()
    rows = rows_of(content, f"{layer}.geojson")
    features = json.loads(content)["features"]
    assert [row.cells["id"] for row in rows] == [each["id"] for each in features]
    assert [list(row.point) if row.point else None for row in rows] == [
        each["geometry"] and each["geometry"]["coordinates"] for each in features
    ]
    assert not [each for row in rows for each in row.problems]


def test_a_large_file_takes_little_memory(tmp_path):
    """40 MB are read within three times their size above what Python itself takes."""
    path = tmp_path / "large.geojson"
    each = json.dumps(feature(properties={"nome": "Spazio Esempio", "note": "x" * 300}))
    path.write_text(
        '{"type": "FeatureCollection", "features": [' + ",".join([each] * 90_000) + "]}"
    )
    code = (
        "import resource, sys\n"
        "from bencomune_cli.readers import geojson, Source\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with open(sys.argv[1], 'rb') as file:\n"
        "    table = geojson.read(Source(file, 'x'))\n"
        "    assert sum(1 for _ in table.rows()) == 90_000\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) * 1_024 < 3 * path.stat().st_size


VALID = collection(
    feature(properties={"nome": "Città", "tag": ["a"], "note": {"x": None}}, id=1),
    feature({"type": "Polygon", "coordinates": [RING]}),
    crs={"type": "name", "properties": {"name": "EPSG:32632"}},
).encode()
LINES = sequence(feature(properties={"nome": "Città"}), feature(None), mark="\x1e").encode()
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(["Point", "MultiPoint", "Polygon", "GeometryCollection", "Feature"]) | ANY
GEOMETRIES = ANY | st.fixed_dictionaries(
    {"type": KINDS}, optional={"coordinates": ANY, "geometries": st.lists(ANY, max_size=2)}
)
FEATURES = ANY | st.fixed_dictionaries(
    {"type": st.just("Feature") | KINDS},
    optional={"properties": ANY, "geometry": GEOMETRIES, "id": ANY},
)


@many(20_000)
@given(content=mutated(VALID))
def test_no_bytes_break_the_reader(content):
    """Whatever the bytes, they are refused or every row can be read."""
    only_refused(geojson, content, "x.geojson")


@many(20_000)
@given(content=mutated(LINES))
def test_no_bytes_break_the_reader_of_sequences(content):
    """Whatever the bytes, they are refused or every row can be read."""
    only_refused(geojsonseq, content, "x.geojsonl")


@many(2_000)
@given(
    features=st.lists(FEATURES, max_size=3) | ANY,
    crs=ANY,
    kind=st.just("FeatureCollection") | KINDS,
)
def test_no_json_breaks_the_reader(features, crs, kind):
    """Whatever the values, they are refused or every row can be read."""
    content = json.dumps({"type": kind, "features": features, "crs": crs}).encode()
    only_refused(geojson, content, "x.geojson")


@many(2_000)
@given(values=st.lists(FEATURES, max_size=4), mark=st.sampled_from(["", "\x1e"]))
def test_no_json_breaks_the_reader_of_sequences(values, mark):
    """Whatever the values, they are refused or every row can be read."""
    only_refused(geojsonseq, sequence(*values, mark=mark).encode(), "x.geojsonl")


def test_both_can_be_asked_for_by_name():
    """The formats are known under the names that --format takes."""
    assert str(load("geojson").FORMAT.label) == "GeoJSON"
    assert str(load("geojsonseq").FORMAT.label) == "GeoJSONSeq"
