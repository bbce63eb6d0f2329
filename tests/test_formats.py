"""The files themselves, read by other programs' eyes: strict parsers, GDAL, the OGC's schema."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import fastkml
import geojson
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from lxml import etree

from bencomune_cli import formats
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import PLACES, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.extracts import Extract
from bencomune_cli.formats import csv as csv_format
from bencomune_cli.layers import LAYERS

READS = Path(__file__).parent / "qgis_reads.py"
ENDINGS = ("geojson", "geojsons")
KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = [
    "Detto \"Canarino\", e 'virgolette' «tutte»",
    "<script>alert(1)</script> & <b>x",
    "fine ]]> <![CDATA[ inizio ]]>",
    "&amp; &lt; &#39; &nbsp; &unknown;",
    "riga, virgola;\tpunto e virgola\nseconda riga\n\nquarta",
    "emoji 🐤 accenti àèìòù ß ŒǄ 漢字 العربية",
    "$[name] $[labs/displayName] $ [x] {{{https://example.org}}} [[a|b]]",
    '=HYPERLINK("https://example.org","x")',
    "'=già con apostrofo",
    "\u2028 \u2029 separatori di riga \u00a0 insoliti",
    '\\n \\u0041 \\" %s %w %d {name} $1 \\',
    "--><!-- ?> <?php",
    '{"type":"Point"}',
]


@pytest.fixture
def full(registry):
    """Give a registry with records of each kind, with and without points and values."""
    with registry.operation("test"):
        point = {"lat": "45.1234567", "lon": "9.1", "precision": "address"}
        texts = {
            "state": "active",
            "postcode": "00100",
            "street": "Via Esempio",
            "number": "1/A",
            "municipality": "Comune Esempio",
            "phone": "02 0000 0000",
            "seats": "12",
            "activities": "reading_books",
            "description": HOSTILE[4],
            "links": "https://example.org/a | https://example.org/b",
            "website": "example.org/?a=1&b=2",
            "started_on": "2019-09",
            "wheelchair": "yes",
            **point,
        }
        registry.add(Lab, {"name": "Primo Esempio", **texts})
        registry.add(Lab, {"name": "Altro Esempio", "state": "paused"})
        meeting = {"state": "active", "meets_at": "primo-esempio", "open_to_new_members": "yes"}
        registry.add(Group, {"name": "Secondo Esempio", **meeting})
        seat = {"state": "active", "legal_form": "municipality", **point}
        registry.add(Organisation, {"name": "Terzo Esempio", "seat_public": "no", **seat})
        for role in ("manages", "hosts"):
            ends = {"subject": "terzo-esempio", "role": role, "object": "primo-esempio"}
            registry.add(Relation, {**ends, "since": "2020"})
        basis = {"basis": "public_office", "scope": "open_data"}
        contact = {"role": "press", "person_name": "Nome Inventato, detto «Canarino»"}
        registry.add(Contact, {"record": "primo-esempio", **contact, **basis})
    return registry


def text_of(path, layer, name, **options):
    """Return what a format writes of a layer."""
    out = io.StringIO(newline="")
    with closing(Dataset(path, **options)) as dataset:
        formats.load(name).write(dataset, LAYERS[layer], out)
    return out.getvalue()


def rows_of(path, layer, **options):
    """Return the rows of a layer's CSV file, as a strict reader gives them."""
    text = io.StringIO(text_of(path, layer, "csv", **options), newline="")
    return list(csv.reader(text, strict=True))


def features_of(path, layer, **options):
    """Return the features of a layer's GeoJSON file, as a strict reader gives them."""

    def refuse(name):
        raise AssertionError(name)

    def once(pairs):
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    text = text_of(path, layer, "geojson", **options)
    told = json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    assert list(told) == ["type", "name", "features"]
    assert (told["type"], told["name"]) == ("FeatureCollection", layer)
    return told["features"]


def kml_of(path, layer, **options):
    """Return the root of a layer's KML file."""
    return etree.fromstring(text_of(path, layer, "kml", **options).encode())


def simple_data(placemark):
    """Return the fields of a placemark by name."""
    return {each.get("name"): each.text or "" for each in placemark.iter(f"{KML}SimpleData")}


def stored_texts(registry, id_, **values):
    """Write texts as another program would."""
    told = ", ".join(f"{name} = ?" for name in values)
    registry.store.connection.execute(
        f"UPDATE labs SET {told} WHERE id = ?", (*values.values(), id_)
    )


def gdal(*command):
    """Return what a program of GDAL says of a file."""
    if not shutil.which(command[0]) and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert "ERROR" not in done.stderr
    return done.stdout


@pytest.fixture
def exported(full, path, tmp_path):
    """Return a function that writes a layer in a format to a file of its own."""
    del full

    def to_file(layer, name):
        file = tmp_path / f"{layer}.{formats.load(name).FORMAT.extension}"
        file.write_text(text_of(path, layer, name), "utf-8", newline="")
        return file

    return to_file


# All formats


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_a_format_writes_every_record_and_column(path, layer, name):
    """Each format tells each record's id once, and has each public column of the layer."""
    text = text_of(path, layer, name)
    with closing(Dataset(path)) as dataset:
        ids = [row["id"] for row in dataset.objects(LAYERS[layer])]
    assert ids
    assert text.endswith("\n")
    assert "\r" not in text
    for id_ in ids:
        assert len(re.findall(rf"(?m)(?:^|[\".>,;]){id_}[\",<;]", text)) >= 1
    elsewhere = {"id", "lat", "lon"} if name.startswith("geojson") else set()
    for column in LAYERS[layer].columns:
        assert column.name in text or column.name in elsewhere or column.label.it in text


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("registry")
def test_a_layer_without_records_is_a_whole_file(path, layer, name):
    """An empty layer is a well-formed file with its columns or empty list; a sequence is empty."""
    text = text_of(path, layer, name)
    read = {
        "csv": lambda: len(rows_of(path, layer)) == 1,
        "geojson": lambda: features_of(path, layer) == [],
        "kml": lambda: not list(kml_of(path, layer).iter(f"{KML}Placemark")),
    }
    assert bool(text) == (name != "geojsons")
    assert name not in read or read[name]()


@pytest.mark.parametrize("name", formats.names())
def test_a_registry_without_a_network_is_exported_too(path, name):
    """What the network does not tell is left out of a file; the file is written."""
    from bencomune_cli.registry import Registry

    Registry.create(path).close()
    assert text_of(path, "labs", name) or name == "geojsons"


# GeoJSON


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_geojson_keeps_rfc_7946(path, layer):
    """Each feature has type, id, geometry, properties; the same keys; an order, and no `crs`."""
    features = features_of(path, layer)
    published = [c.name for c in LAYERS[layer].columns if c.name not in {"id", "lat", "lon"}]
    for feature in features:
        assert list(feature) == ["type", "id", "geometry", "properties"]
        assert list(feature["properties"]) == published
    assert [f["id"] for f in features] == sorted(f["id"] for f in features)
    assert (
        len(features)
        == {"labs": 2, "groups": 1, "organisations": 1, "relations": 2, "network": 4}[layer]
    )
    assert geojson.loads(text_of(path, layer, "geojson")).is_valid


@pytest.mark.usefixtures("full")
def test_a_point_is_longitude_then_latitude_to_six_decimals(path):
    """A point is [lon, lat], rounded to 6 decimals; no point is a null geometry."""
    altro, primo = features_of(path, "labs")
    assert altro["geometry"] is None
    assert primo["geometry"] == {"type": "Point", "coordinates": [9.1, 45.123457]}
    assert {feature["geometry"] for feature in features_of(path, "relations")} == {None}


@pytest.mark.parametrize(
    ("lon", "lat"), [(9.1234567, 45.7654321), (-9.5, -45.0), (0.00001, 51.5), (-0.000001, 0.00002)]
)
def test_coordinates_are_plain_decimals_and_agree(full, path, lon, lat):
    """All formats give one number, without exponent: KML's coordinates are decimals."""
    stored_texts(full, "primo-esempio", lon=lon, lat=lat)
    header, _, row = rows_of(path, "labs")
    cells = dict(zip(header, row, strict=True))
    texts = [cells["lon"], cells["lat"]]
    (point,) = kml_of(path, "labs").iter(f"{KML}coordinates")
    assert texts == point.text.split(",")
    assert features_of(path, "labs")[1]["geometry"]["coordinates"] == list(map(float, texts))
    assert list(map(float, texts)) == [round(lon, 6), round(lat, 6)]
    assert all(re.fullmatch(r"-?[0-9]+(\.[0-9]{1,6})?", text) for text in texts)


@pytest.mark.usefixtures("full")
def test_geojson_values_have_their_json_types(path):
    """Numbers are numbers, yes and no are true and false, what is missing is null."""
    altro, primo = (feature["properties"] for feature in features_of(path, "labs"))
    (group,) = (feature["properties"] for feature in features_of(path, "groups"))
    (organisation,) = (feature["properties"] for feature in features_of(path, "organisations"))
    assert (primo["name"], primo["seats"], primo["postcode"]) == ("Primo Esempio", 12, "00100")
    assert primo["started_on"] == "2019-09"
    assert (altro["seats"], altro["description"], altro["links"]) == (None, None, None)
    assert (group["open_to_new_members"], organisation["seat_public"]) == (True, False)


@pytest.mark.parametrize("layer", [name for name, layer in LAYERS.items() if layer.has_point])
@pytest.mark.parametrize("name", formats.names())
@pytest.mark.usefixtures("full")
def test_records_without_a_point_can_be_left_out(path, layer, name):
    """With `--no-point omit` a record without a point is in no format; others stay as they are."""
    text = text_of(path, layer, name, extract=Extract(no_point="omit"))
    ids = [f["id"] for f in features_of(path, layer, extract=Extract(no_point="omit"))]
    expected = {"labs": ["primo-esempio"], "groups": [], "organisations": ["terzo-esempio"]}
    assert ids == expected.get(layer, ["primo-esempio", "terzo-esempio"])
    assert "altro-esempio" not in text
    assert all(id_ in text for id_ in ids)


# CSV


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_csv_is_one_strict_table(path, layer):
    """UTF-8 without BOM, one header row of the declared names, as many cells in every row."""
    header, *rows = rows_of(path, layer)
    assert header == [column.name for column in LAYERS[layer].columns]
    assert {len(row) for row in rows} == {len(header)}
    assert not text_of(path, layer, "csv").startswith("\ufeff")
    assert header.count("lat") == header.count("lon") == (layer != "relations")
    with closing(Dataset(path)) as dataset:
        assert len(rows) == dataset.count(LAYERS[layer])


def test_csv_keeps_leading_zeros_lines_and_separators(full, path):
    """A postcode keeps its zeros; line breaks, commas and quotes come back as they were."""
    stored_texts(full, "primo-esempio", summary='una, due; "tre"')
    header, _, row = rows_of(path, "labs")
    cells = dict(zip(header, row, strict=True))
    assert cells["postcode"] == "00100"
    assert cells["municipality"] == "000001"
    assert cells["description"] == HOSTILE[4]
    assert cells["summary"] == 'una, due; "tre"'
    assert cells["phone"] == "+390200000000"
    assert cells["links"] == "https://example.org/a | https://example.org/b"
    header, row = rows_of(path, "groups")
    assert dict(zip(header, row, strict=True))["open_to_new_members"] == "true"


NUMBER = re.compile(r"[+-]?[0-9][0-9 .()/-]*")
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
MARKS = "".join(map(chr, [*range(9), *range(0xE, 0x20)]))  # which no stored text holds
OPENERS = "'=+-@\t\n＝＋－＠"


def guarded(text):
    """Return the CSV cell of a text, by the rule as it is told in the documentation."""
    is_formula = FORMULA.match(text) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def unguarded(cell):
    """Return the text of a CSV cell, as one who imports it would."""
    return cell[1:] if re.match(r"'+[=+\-@\t\r\n＝＋－＠]", cell) else cell


def cells_of(texts):
    """Return the cells that the CSV format makes of texts, one in each row."""
    layer = LAYERS["labs"]._replace(columns=(Lab.column("id"), Lab.column("description")))
    sql = f"SELECT {csv_format._row(layer)} FROM (SELECT 'x' AS id, ? AS description)"
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = [connection.execute(sql, (text,)).fetchone()[0] for text in texts]
    lines = csv_format._lines("\n".join(rows).encode()).decode()
    return [text for _, text in csv.reader(io.StringIO(lines, newline=""), strict=True)]


texts_for_cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=MARKS), max_size=30),
    st.text(OPENERS + '0123456789 .()/-aA",', max_size=12),
    st.from_regex(NUMBER, fullmatch=True),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(texts_for_cells, min_size=1, max_size=8))
def test_no_cell_is_a_formula_and_every_text_comes_back(texts):
    """No cell opens a formula, signed numbers stay, and one apostrophe less is the text."""
    cells = cells_of(texts)
    assert cells == [guarded(text) for text in texts]
    for text, cell in zip(texts, cells, strict=True):
        assert unguarded(cell) == text
        assert NUMBER.fullmatch(cell) or cell[:1] not in set(OPENERS) - {"'"}
    assert len(set(cells)) == len(set(texts))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+39 045 800 1234", "+39 045 800 1234"),
        ("-12.5", "-12.5"),
        ("-12.5+cmd", "'-12.5+cmd"),
        ("+(02)", "'+(02)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("''-1", "'''-1"),
        ("'ndrangheta", "'ndrangheta"),
        ("a=1", "a=1"),
        ("-", "'-"),
        ("+39x", "'+39x"),
    ],
)
def test_the_guard_holds_in_the_file(full, path, text, cell):
    """What the rule says of a cell is in the file that is written."""
    stored_texts(full, "primo-esempio", description=text)
    header, _, row = rows_of(path, "labs")
    assert dict(zip(header, row, strict=True))["description"] == cell == guarded(text)


# KML


@pytest.fixture(scope="module")
def ogc():
    """Return the XML schema of the OGC for KML 2.2."""
    file = Path(fastkml.__file__).parent / "schema" / "ogckml22.xsd"
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.parse(file, parser))


@pytest.mark.parametrize("layer", LAYERS)
def test_kml_is_valid_and_plain(full, path, layer, ogc):
    """A KML file is valid by the OGC's schema, with unique ids, and has neither CDATA nor DTD."""
    for number, text in enumerate(HOSTILE):
        id_ = ("primo-esempio", "altro-esempio")[number % 2]
        stored_texts(full, id_, name=text.replace("\n", " ").replace("\t", " "), description=text)
        root = kml_of(path, layer)
        ogc.assertValid(root.getroottree())
        kml = text_of(path, layer, "kml")
        assert "<!DOCTYPE" not in kml
        assert "<![CDATA[" not in kml
        ids = [each.get("id") for each in root.iter(f"{KML}Placemark")]
        assert len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_kml_fields_are_declared_labelled_and_of_known_types(path, layer):
    """Each SimpleField is a column with its label and type; SchemaData names its Schema."""
    root = kml_of(path, layer)
    fields = {each.get("name"): each for each in root.iter(f"{KML}SimpleField")}
    assert list(fields) == [column.name for column in LAYERS[layer].columns]
    for column in LAYERS[layer].columns:
        assert fields[column.name].findtext(f"{KML}displayName") == column.label.it
        assert fields[column.name].get("type") in {"string", "int", "double"}
    (schema,) = root.iter(f"{KML}Schema")
    for data in root.iter(f"{KML}SchemaData"):
        assert data.get("schemaUrl") == f"#{schema.get('id')}"
        names = [each.get("name") for each in data]
        assert len(names) == len(set(names))
        assert set(names) <= set(fields)


def test_kml_labels_are_in_the_language_of_the_network(full, path):
    """An English network gets English labels, whatever language the exporter speaks."""
    with full.operation("test"):
        full.change(full.network(), {"languages": "en"})
    root = kml_of(path, "network")
    assert root.findtext(f".//{KML}Document/{KML}name") == "Rete Esempio, The network"
    folders = [each.findtext(f"{KML}name") for each in root.iter(f"{KML}Folder")]
    assert folders == [entity.plural.en for entity in PLACES]


@pytest.mark.usefixtures("full")
def test_kml_tells_phone_address_and_description(path):
    """A telephone is a tel: URI (RFC 3966), an address a line, and a point exactly one tuple."""
    primo = next(
        each
        for each in kml_of(path, "labs").iter(f"{KML}Placemark")
        if each.get("id") == "labs.primo-esempio"
    )
    assert primo.findtext(f"{KML}phoneNumber") == "tel:+390200000000"
    assert primo.findtext(f"{KML}address") == "Via Esempio 1/A, Comune Esempio"
    assert primo.findtext(f"{KML}description") == HOSTILE[4]
    assert primo.findtext(f".//{KML}coordinates") == "9.1,45.123457"


@pytest.mark.parametrize("phone", ["+39 02 0000 0000", "+39 02 0000001 int. 5", "chiedere"])
def test_a_phone_that_is_no_uri_is_not_called_one(full, path, phone):
    """What another program wrote as a telephone is a tel: URI only if it can be one."""
    stored_texts(full, "primo-esempio", phone=phone)
    for number in kml_of(path, "labs").iter(f"{KML}phoneNumber"):
        assert re.fullmatch(r"tel:\+[0-9.()-]+", number.text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_comes_back_as_it_was(full, path, text):
    """What people wrote is what a reader gets: no mark-up is read, nothing is lost."""
    line = text.replace("\n", " ").replace("\t", " ")
    stored_texts(full, "primo-esempio", name=line, description=text, summary=line)
    (feature,) = (f for f in features_of(path, "labs") if f["id"] == "primo-esempio")
    assert (feature["properties"]["name"], feature["properties"]["description"]) == (line, text)
    header, *rows = rows_of(path, "labs")
    (row,) = (row for row in rows if row[0] == "primo-esempio")
    cells = dict(zip(header, row, strict=True))
    assert (unguarded(cells["name"]), unguarded(cells["description"])) == (line, text)
    for parser in (etree.XMLParser(), etree.XMLParser(resolve_entities=False, recover=False)):
        root = etree.fromstring(text_of(path, "labs", "kml").encode(), parser)
        placemark = next(
            p for p in root.iter(f"{KML}Placemark") if p.get("id").endswith("primo-esempio")
        )
        assert simple_data(placemark)["description"] == text
        assert placemark.findtext(f"{KML}name") == line
        assert placemark.findtext(f"{KML}description") == text.replace("$[", "$ [")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n")))
def test_any_text_that_is_kept_comes_back(full, path, text):
    """Whatever text SQLite lets a column hold, all formats carry it unchanged."""
    try:
        stored_texts(full, "primo-esempio", description=text)
    except sqlite3.IntegrityError:
        reject()
    assert features_of(path, "labs")[1]["properties"]["description"] == text
    header, _, row = rows_of(path, "labs")
    assert unguarded(dict(zip(header, row, strict=True))["description"]) == text
    _, placemark = kml_of(path, "labs").iter(f"{KML}Placemark")
    assert simple_data(placemark)["description"] == text


# GeoJSON as a sequence


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("full")
def test_a_sequence_keeps_rfc_8142(path, layer):
    """Each feature stands between RS and a line feed, and is that of the collection."""
    text = text_of(path, layer, "geojsons")
    first, *rest = text.split("\x1e")
    assert first == ""
    assert all(each.endswith("\n") and each.count("\n") == 1 for each in rest)
    assert [json.loads(each) for each in rest] == features_of(path, layer)


# As GDAL, hence QGIS, reads them


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_geojson(exported, layer, name):
    """GDAL finds one layer of the collection's name, its features, and its fields by name."""
    told = gdal("ogrinfo", "-so", "-al", exported(layer, name))
    assert re.findall(r"^Layer name: (.*)$", told, re.MULTILINE) == [layer]
    counts = {"labs": 2, "groups": 1, "organisations": 1, "relations": 2, "network": 4}
    assert f"Feature Count: {counts[layer]}" in told
    fields = re.findall(r"^(\w+): (?:String|Integer|Real|Date|DateTime)\b", told, re.MULTILINE)
    columns = {column.name for column in LAYERS[layer].columns}
    assert set(fields) == columns - {"lat", "lon"}


def test_qgis_reads_a_sequence(qgis, exported):
    """QGIS shows the features of a sequence as those of the collection, by its ending alone."""
    told = [json.loads(qgis(READS, exported("labs", name)))["labs"] for name in ENDINGS]
    for each in told:
        assert (each["valid"], each["geometry"], each["crs"]) == (True, "Point", "EPSG:4326")
        assert len(each["records"]) == 2
    assert told[0]["records"] == told[1]["records"]


@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_each_folder_of_kml_as_a_layer(exported, layer):
    """Each Folder is a layer of QGIS, with its features and typed fields."""
    file = exported(layer, "kml")
    told = gdal("ogrinfo", "-so", "-al", file)
    names = [entity.plural.it for entity in PLACES if layer in {entity.table, "network"}]
    assert re.findall(r"^Layer name: (.*)$", told, re.MULTILINE) == (names or ["Relazioni"])
    counts = [int(count) for count in re.findall(r"^Feature Count: (\d+)$", told, re.MULTILINE)]
    assert counts == {"labs": [2], "groups": [1], "organisations": [1], "relations": [2]}.get(
        layer, [2, 1, 1]
    )
    if layer == "labs":
        assert "seats: Integer (" in told
        assert "lat: Real (" in told


def test_gdal_reads_csv_with_points(exported):
    """With lat and lon named, the CSV is a layer of points that keeps its zeros."""
    file = exported("labs", "csv")
    options = ("-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat")
    told = gdal("ogrinfo", "-al", *options, file)
    assert "POINT (9.1 45.123457)" in told
    assert "postcode (String) = 00100" in told
    assert "Feature Count: 2" in told


def test_gdal_gives_the_same_records_of_geojson_and_kml(exported, tmp_path):
    """What QGIS reads of both formats is the same, column by column."""
    elsewhere = {"lat", "lon", "created_at", "updated_at"}
    told = []
    for name in ("geojson", "kml"):
        file = tmp_path / f"{name}.csv"
        gdal("ogr2ogr", "-f", "CSV", file, exported("labs", name))
        with file.open(encoding="utf-8", newline="") as opened:
            rows = [{"name": row.get("Name"), **row} for row in csv.DictReader(opened, strict=True)]
        names = [c.name for c in LAYERS["labs"].columns if c.name not in elsewhere]
        told.append([[row[name] for name in names] for row in rows])
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_formats_are_named_as_their_files():
    """A format's name begins its extension; its media type has a slash."""
    for name, module in ((name, formats.load(name)) for name in formats.names()):
        assert module.FORMAT.extension.partition(".")[0] == name
        assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", module.FORMAT.media_type)
        assert all(module.FORMAT.label)
    assert {"csv", "geojson", "kml"} <= set(formats.names())
