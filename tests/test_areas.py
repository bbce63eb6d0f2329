"""Files of areas: whatever a portal calls things, a boundary is loaded whole or not at all."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bencomune_cli.area_files import load
from bencomune_cli.entities import Area, Lab
from bencomune_cli.errors import Refused
from bencomune_cli.geo import parse_boundary

SQUARE = [[[9.0, 45.0], [9.3, 45.0], [9.3, 45.3], [9.0, 45.3], [9.0, 45.0]]]
L_SHAPE = [[*([9.0, 45.0], [9.15, 45.0], [9.15, 45.15], [9.3, 45.15]), *([9.3, 45.3], [9.0, 45.3])]]
UTM = [[[500_000, 5e6], [510_000, 5e6], [510_000, 5.01e6], [500_000, 5e6]]]


def polygon(coordinates=None):
    """Return a GeoJSON Polygon."""
    return {"type": "Polygon", "coordinates": SQUARE if coordinates is None else coordinates}


def feature(properties=None, geometry=None):
    """Return a Feature with a name."""
    return {
        "type": "Feature",
        "properties": {"nome": "Area Esempio"} if properties is None else properties,
        "geometry": polygon() if geometry is None else geometry,
    }


def collection(*features, **members):
    """Return the text of a FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def named(crs):
    """Return a `crs` member as programs wrote it before RFC 7946."""
    return {"type": "name", "properties": {"name": crs}}


@pytest.fixture
def file(tmp_path):
    """Return where the tests write their GeoJSON."""
    return tmp_path / "aree.geojson"


def loaded(file, text, **options):
    """Return what `load` makes of a text."""
    file.write_text(text, "utf-8")
    return load(file, **{"name": None, "code": None, "only": [], "crs": None, **options})


@pytest.mark.parametrize(
    "properties",
    [
        {"name": "Area Esempio", "com_istat_code": "000002"},
        {"nome": "Area Esempio", "istat": "000002"},
        {"COMUNE": "Area Esempio", "PRO_COM_T": "000002", "PRO_COM": 2},
        {"DENOMINAZIONE": "Area Esempio", "ISTAT": "000002"},
        {"denominazione": "Area Esempio", "codice_istat": "000002"},
        {"NOME": "Area Esempio", "code": "000002"},
        {"name": None, "nome": "", "QUARTIERE": "Area Esempio", "pro_com_t": "000002"},
    ],
)
def test_the_usual_names_of_properties_are_known(file, properties):
    """Name and ISTAT code are found under the names that Italian publishers give them."""
    [texts] = loaded(file, collection(feature(properties)))
    assert (texts["name"], texts["code"]) == ("Area Esempio", "000002")
    assert json.loads(texts["boundary"]) == polygon()
    edges = [float(texts[edge]) for edge in ("west", "south", "east", "north")]
    assert edges == [9.0, 45.0, 9.3, 45.3]


def test_other_names_of_properties_can_be_told(file):
    """`--name` and `--code` name the properties of a file that has its own words."""
    text = collection(feature({"name": "no", "etichetta": "Area Esempio", "sigla": "000002"}))
    [texts] = loaded(file, text, name="etichetta", code="sigla")
    assert (texts["name"], texts["code"]) == ("Area Esempio", "000002")


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ([], ["Uno", "Due"]),
        (["due"], ["Due"]),
        (["000001"], ["Uno"]),
        (["UNO", "Due"], ["Uno", "Due"]),
    ],
)
def test_only_the_areas_asked_for_are_taken(file, only, names):
    """`--only` takes names in any case, and codes."""
    uno = feature({"nome": "Uno", "code": "000001"})
    found = loaded(file, collection(uno, feature({"nome": "Due"})), only=only)
    assert [texts["name"] for texts in found] == names


@pytest.mark.parametrize(
    ("members", "crs"),
    [
        ({"crs": named("urn:ogc:def:crs:EPSG::32632")}, None),
        ({"crs": named("EPSG:32632")}, None),
        ({}, "EPSG:32632"),
        ({}, "WGS 84 / UTM zone 32N"),
        ({}, "+proj=utm +zone=32 +datum=WGS84 +units=m"),
        ({"crs": named("EPSG:3003")}, "EPSG:32632"),
    ],
)
def test_projected_numbers_are_brought_to_degrees(file, members, crs):
    """The `crs` member of a file, or `--crs`, which comes first, says what its numbers are."""
    [texts] = loaded(file, collection(feature(geometry=polygon(UTM)), **members), crs=crs)
    assert float(texts["west"]) == pytest.approx(9.0, abs=1e-5)
    assert float(texts["south"]) == pytest.approx(45.15341, abs=1e-4)
    [[ring]] = parse_boundary(texts["boundary"])
    assert all(len(str(number).partition(".")[2]) <= 6 for point in ring for number in point)


@pytest.mark.parametrize(
    "crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_degrees_are_left_as_they_are(file, crs):
    """A file that says it is in degrees is in the order of GeoJSON, longitude first."""
    [texts] = loaded(file, collection(feature(), crs=named(crs)))
    assert json.loads(texts["boundary"]) == polygon()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_single_feature_and_a_byte_order_mark_are_taken(file, mark):
    """A file may be one Feature, and may begin with a byte order mark."""
    [texts] = loaded(file, mark + json.dumps(feature({"nome": "Area Esempio", "type": "Point"})))
    assert texts["name"] == "Area Esempio"


HOSTILE = {
    "properties are a list": collection(feature(["nome"])),
    "properties are a text": collection(feature("nome")),
    "properties are a number": collection(feature(5)),
    "no properties": collection({"type": "Feature", "properties": None, "geometry": polygon()}),
    "no rings": collection(feature(geometry=polygon([]))),
    "an empty ring": collection(feature(geometry=polygon([[]]))),
    "no polygons": collection(feature(geometry={"type": "MultiPolygon", "coordinates": []})),
    "points of one number": collection(feature(geometry=polygon([[[1], [2], [3], [1]]]))),
    "null coordinates": collection(feature(geometry={"type": "Polygon", "coordinates": None})),
    "texts for numbers": collection(feature(geometry=polygon([[["9", "45"]] * 4]))),
    "true for a number": collection(feature(geometry=polygon([[[True, 45], [2, 45], [2, 46]]]))),
    "true for a number, closed": collection(
        feature(geometry=polygon([[[True, 45], [2, 45], [2, 46], [True, 45]]]))
    ),
    "a list for the type": collection(
        feature(geometry={"type": ["Polygon"], "coordinates": SQUARE})
    ),
    "__doc__ for the type": collection(
        feature(geometry={"type": "__doc__", "coordinates": SQUARE})
    ),
    "a number too big to hold": collection(feature()).replace("9.3", "1" + "0" * 400),
    "a number of 5000 digits": collection(feature()).replace("9.3", "1" + "0" * 5000),
    "an infinite longitude": collection(feature()).replace("9.3", "1e999"),
    "an infinite latitude": collection(feature()).replace("45.3", "1e999"),
    "latitude 190": collection(feature()).replace("45.3", "190"),
    "longitude 190": collection(feature()).replace("9.3", "190"),
    "100 000 levels": "[" * 100_000,
    "900 levels": collection(feature(geometry=polygon("@"))).replace('"@"', "[" * 900 + "]" * 900),
    "an unknown crs": collection(feature(), crs=named("EPSG:999999")),
    "a crs of half a surrogate pair": collection(feature(), crs=named("\ud800")),
    "a crs that is a number": collection(feature(), crs=named(4)),
    "duplicate keys": collection(feature()).replace('"features"', '"features": [], "features"'),
    "one document a line": f"{json.dumps(feature())}\n{json.dumps(feature())}",
    "a list": "[]",
    "a text": '"FeatureCollection"',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_is_refused(file, text):
    """Of the corpus of bad input: every hostile GeoJSON is refused, none is a fault."""
    with pytest.raises(Refused):
        loaded(file, text)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NUMBERS = st.floats(-200, 200) | st.integers() | st.floats() | ANY_JSON
POINTS = st.lists(NUMBERS, min_size=1, max_size=4)
COORDINATES = st.lists(st.lists(st.lists(POINTS, max_size=6).map(lambda r: r + r[:1]), max_size=3))
GEOMETRIES = ANY_JSON | st.fixed_dictionaries(
    {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]) | ANY_JSON},
    optional={"coordinates": COORDINATES | COORDINATES.map(lambda c: c[:1] and c[0]) | ANY_JSON},
)
FEATURES = ANY_JSON | st.fixed_dictionaries(
    {"geometry": GEOMETRIES},
    optional={
        "properties": ANY_JSON | st.dictionaries(st.sampled_from(["nome", "code"]), ANY_JSON)
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(features=st.lists(FEATURES, max_size=3) | ANY_JSON, crs=st.none() | ANY_JSON)
def test_no_file_is_a_fault(file, features, crs):
    """Whatever a file holds, it is loaded or refused with a sentence."""
    with suppress(Refused):
        found = loaded(file, json.dumps({"features": features, "crs": crs}))
        assert all(texts["name"] and parse_boundary(texts["boundary"]) for texts in found)


SQUARE_RING = [[9, 45], [9.1, 45], [9.1, 45.1], [9, 45.1], [9, 45]]
BOW_TIE = [[9, 45], [9.1, 45.1], [9.1, 45], [9, 45.1], [9, 45]]
STRAYING = [[9.05, 45.05], [9.2, 45.05], [9.2, 45.06], [9.05, 45.05]]
BOW_TIE_UTM = [[5e5, 5e6], [5.1e5, 5.01e6], [5.1e5, 5e6], [5e5, 5.01e6], [5e5, 5e6]]
TOUCHING = [[9, 45], [9.1, 45], [9.1, 45.1], [9.05, 45], [9, 45.1], [9, 45]]

BAD_FILES = {
    "empty": ("", "non è JSON valido"),
    "no JSON": ("{", "non è JSON valido"),
    "NaN": (collection(feature()).replace("9.3", "NaN"), "non è JSON valido"),
    "no features": ('{"type": "FeatureCollection", "features": null}', "FeatureCollection"),
    "no area": (collection(), "nessuna area"),
    "a feature that is null": (collection(None), "l'elemento 1 non ha geometria"),
    "no geometry": (collection({"type": "Feature"}), "l'elemento 1 non ha geometria"),
    "a point": (
        collection(feature(), feature(geometry={"type": "Point", "coordinates": [9, 45]})),
        "l'elemento 2 non è un poligono ma Point",
    ),
    "no name": (collection(feature({"cod": 1, "sigla": "x"})), "--name una di cod, sigla"),
    "an open ring": (collection(feature(geometry=polygon(L_SHAPE))), "geometria non valida"),
    "projected numbers": (collection(feature(geometry=polygon(UTM))), "--crs EPSG:32632"),
    "an unknown crs": (collection(feature(), crs=named("EPSG:0")), "sconosciuto: EPSG:0"),
    "a bow tie": (
        collection(feature(geometry=polygon([BOW_TIE]))),
        "l'elemento 1 ha un confine che incrocia se stesso vicino a 45.05000, 9.05000",
    ),
    "a hole that leaves its ring": (
        collection(feature(geometry={"type": "Polygon", "coordinates": [SQUARE_RING, STRAYING]})),
        "incrocia se stesso",
    ),
    "a bow tie in another system": (
        collection(feature(geometry=polygon([BOW_TIE_UTM])), crs=named("EPSG:32632")),
        "incrocia se stesso",
    ),
    "a good one, then a bad one": (
        collection(feature(), feature({"nome": "Due"}, polygon([[[0, 0]]]))),
        "l'elemento 2 ha una geometria non valida",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_a_bad_file_is_told_and_nothing_is_written(registry, bencomune, file, text, sentence):
    """A file that cannot be loaded whole ends with a sentence and 2, and changes nothing."""
    file.write_text(text, "utf-8")
    before = registry.store.path.read_bytes()
    run = bencomune("area", "load", file)
    assert run.returncode == 2, run.stderr
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert registry.store.path.read_bytes() == before


def test_a_boundary_that_touches_itself_is_taken(file):
    """Sides that only meet at a corner or along a stretch have one inside."""
    (texts,) = loaded(file, collection(feature(geometry=polygon([TOUCHING]))))
    assert texts["boundary"]


def test_a_missing_or_binary_file_is_told(registry, bencomune, file):
    """A file that is not there, is a folder, or is not UTF-8 ends with its name and 2."""
    before = registry.store.path.read_bytes()
    file.write_bytes(b"\xff\xfe\x00[")
    for told in (file, file.parent, file.parent / "mai-esistito.geojson"):
        run = bencomune("area", "load", told, BENCOMUNE_LANG="en")
        assert (run.returncode, run.stdout) == (2, "")
        assert f"{told}: cannot be read" in run.stderr
    assert registry.store.path.read_bytes() == before


def test_an_area_that_breaks_a_rule_is_told_and_nothing_is_written(registry, bencomune, file):
    """A code that is no ISTAT code is a finding; the areas before it are not written either."""
    good, bad = feature({"nome": "Uno"}), feature({"nome": "Due", "code": "PV"})
    file.write_text(collection(good, bad))
    before = registry.store.path.read_bytes()
    run = bencomune("area", "load", file)
    assert run.returncode == 1
    assert "K01" in run.stderr
    assert "Traceback" not in run.stderr
    assert registry.store.path.read_bytes() == before


def test_loading_twice_changes_nothing(registry, bencomune, file):
    """The same file loaded again adds nothing and is no operation in the history."""
    both = [feature({"nome": "Uno", "code": "000002"}), feature({"nome": "Due Esempio"})]
    file.write_text(collection(*both))
    first = bencomune("area", "load", file, "--source", "Portale Esempio", "--licence", "CC BY 4.0")
    assert (first.returncode, first.stderr) == (0, "aree: 2 aggiunte, 0 modificate\n")
    before = registry.store.moment(), registry.store.digest()
    again = bencomune("area", "load", file, "--source", "Portale Esempio", "--licence", "CC BY 4.0")
    assert (again.returncode, again.stderr) == (0, "aree: 0 aggiunte, 0 modificate\n")
    assert (registry.store.moment(), registry.store.digest()) == before
    uno = registry.finder.area("Uno")
    assert (uno.source, uno.licence, uno.area_kind) == (
        ("Portale Esempio",),
        "CC BY 4.0",
        "municipality",
    )


def test_two_areas_of_one_name_in_a_file_do_not_replace_each_other(registry, bencomune, file):
    """Neighbourhoods of one name in different places are both kept, however often loaded."""
    other = polygon([[[10, 46], [10.1, 46], [10.1, 46.1], [10, 46]]])
    file.write_text(collection(feature({"nome": "Centro"}), feature({"nome": "Centro"}, other)))
    for _ in range(2):
        run = bencomune("area", "load", file, "--kind", "neighbourhood")
    kept = {area.boundary for area in registry.store.select(Area, "name = 'Centro'")}
    assert run.returncode == 2 or len(kept) == 2, "refused, or both kept"


def test_a_boundary_is_used_by_check(registry, bencomune, file):
    """After loading a boundary, a point in its box but outside its line is found by check."""
    with registry.operation("lab add"):
        texts = {"name": "Spazio Esempio", "state": "proposed", "precision": "address"}
        registry.add(Lab, {**texts, "lat": "45.1", "lon": "9.25"})
    assert "P02" not in bencomune("check").stdout
    shape = polygon([[*L_SHAPE[0], L_SHAPE[0][0]]])
    file.write_text(collection(feature({"nome": "Comune Esempio", "istat": "000001"}, shape)))
    run = bencomune("area", "load", file)
    assert run.stderr == "aree: 0 aggiunte, 1 modificate\n"
    checked = bencomune("check")
    assert "P02  spazio-esempio.lat" in checked.stdout
    assert checked.returncode == 0
