"""KML and KMZ: what is read of them, what is a problem of a row, what is refused."""

import io
import json
import re
import shutil
import struct
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import html_text
from bencomune_cli.properties import told_as_text
from bencomune_cli.readers import kml as kml_reader
from bencomune_cli.readers import kmz as kmz_reader
from bencomune_cli.readers import recognised
from effort import within
from fuzzing import many, mutated, only_refused, zipped
from mapfiles import (
    OGC,
    collection,
    data,
    feature,
    kml,
    placemark,
    problem,
    refused,
    rows_of,
    source_of,
    table_of,
)

EXPORTS = Path(__file__).parent.parent / "exports"


def cells(*inside, **told):
    """Return the cells of the only placemark of a file."""
    (row,) = rows_of(kml(placemark(*inside)), **told)
    return row.cells


def cdata(text):
    """Return a description with HTML in it, as My Maps writes it."""
    return f"<description><![CDATA[{text}]]></description>"


def test_elements_of_a_placemark_become_cells():
    """Name, address, telephone, link, times and description are each a cell."""
    assert cells(
        "<name>Spazio Esempio</name><address>via Roma 1</address>",
        "<phoneNumber>tel:+390382000000</phoneNumber>",
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="https://example.org"/>',
        "<TimeSpan><begin>2019</begin><end>2024-05</end></TimeSpan>",
        "<description>Un posto &amp; basta</description>",
    ) == {
        "name": "Spazio Esempio",
        "address": "via Roma 1",
        "phone": "+390382000000",
        "link": "https://example.org",
        "begin": "2019",
        "end": "2024-05",
        "description": "Un posto & basta",
    }


def test_a_moment_is_a_beginning():
    """TimeStamp is when something began."""
    assert cells("<TimeStamp><when>2020-01-02</when></TimeStamp>") == {"begin": "2020-01-02"}


@pytest.mark.parametrize(
    "namespace",
    [
        OGC,
        "http://www.opengis.net/kml/2.3",
        "http://earth.google.com/kml/2.0",
        "http://earth.google.com/kml/2.2",
        "https://www.opengis.net/kml/2.2",
        "urn:example:wrong",
        None,
    ],
)
def test_any_namespace_is_read(namespace):
    """KML of every version, of Google Earth, without a namespace or with a wrong one is read."""
    (row,) = rows_of(kml(placemark("<name>A</name>"), namespace=namespace))
    assert (row.cells, row.point, row.problems) == ({"name": "A"}, (9.15, 45.18), [])


def test_elements_of_other_namespaces_are_not_taken_for_ours():
    """A name in another namespace is no name of the placemark; it is told as left aside."""
    table = table_of(kml(placemark('<name>A</name><x:name xmlns:x="urn:x">B</x:name>')))
    assert [row.cells for row in table.rows()] == [{"name": "A"}]
    assert [told.it for told in table.told] == ["stile e altro tralasciati: name"]


def test_folders_become_a_cell():
    """Names of folders, one in the other, are joined; that of the document is none of them."""
    inner = f"<Folder><name>Dentro</name>{placemark()}</Folder>"
    table = table_of(kml(f"<Folder><name>Fuori</name>{inner}{placemark()}</Folder>", placemark()))
    assert table.headers == ["folder"]
    assert [row.cells for row in table.rows()] == [
        {"folder": "Fuori / Dentro"},
        {"folder": "Fuori"},
        {},
    ]


def test_a_folder_that_all_have_is_told_instead():
    """One folder for all tells nothing of a placemark: it is no column."""
    each = placemark("<name>A</name>")
    table = table_of(kml(f"<Folder><name>Strato 1</name>{each}{each}</Folder>"))
    assert (table.headers, [told.it for told in table.told]) == (["name"], ["cartella «Strato 1»"])


def test_extended_data_of_every_form():
    """Data, typed data, arrays and elements of others are cells by their names."""
    fields = (
        '<ExtendedData><Data name="nome"><displayName>Nome</displayName><value>A</value></Data>'
        '<Data name="field_1"><displayName>Posti</displayName><value>30</value></Data>'
        '<Data name="tag"><value>a</value></Data><Data name="tag"><value>b</value></Data>'
        '<SchemaData schemaUrl="#s"><SimpleData name="via">Roma</SimpleData>'
        '<SimpleData name="f2">1</SimpleData>'
        '<gx:SimpleArrayData xmlns:gx="http://www.google.com/kml/ext/2.2" name="ore">'
        "<gx:value>9</gx:value><gx:value>12</gx:value></gx:SimpleArrayData></SchemaData>"
        '<c:camp xmlns:c="urn:c">7</c:camp></ExtendedData>'
    )
    schema = (
        '<Schema name="s" id="s"><SimpleField name="via"><displayName>Via</displayName>'
        '</SimpleField><SimpleField name="f2"><displayName>Due</displayName></SimpleField></Schema>'
    )
    (row,) = rows_of(kml(schema, placemark(fields)))
    assert row.cells == {
        "nome": "A",
        "Posti": "30",
        "tag": "a | b",
        "via": "Roma",
        "Due": "1",
        "ore": "9 | 12",
        "camp": "7",
    }


MY_MAPS = "Indirizzo: via Roma 1<br>Telefono: 0382 000000<br>Note: prima<br>seconda riga<br>Vuoto: "


def test_my_maps_data_that_stand_twice_are_kept_once():
    """Lines of the description that repeat the extended data are left out of it."""
    fields = data(
        Indirizzo="via Roma 1", Telefono="0382 000000", Note="prima\nseconda riga", Vuoto=""
    )
    (row,) = rows_of(kml(placemark("<name>A</name>", cdata(MY_MAPS), fields)))
    assert row.cells == {
        "name": "A",
        "Indirizzo": "via Roma 1",
        "Telefono": "0382 000000",
        "Note": "prima\nseconda riga",
    }


def test_what_the_description_says_beyond_the_data_stays():
    """A line of another value, and lines without a label, are still the description."""
    text = "Indirizzo: piazza Prova<br>Aperto il lunedì"
    assert cells(cdata(text), data(Indirizzo="via Roma 1")) == {
        "Indirizzo": "via Roma 1",
        "description": "Indirizzo: piazza Prova\nAperto il lunedì",
    }


def test_labels_of_most_descriptions_become_columns():
    """Without extended data, labels that most descriptions have are columns; others are not."""
    usual = "Indirizzo: via Roma {n}<br>Telefono: 0382 {n}<br>Un bel posto"
    marks = [placemark(cdata(usual.format(n=n))) for n in (1, 2)]
    table = table_of(kml(*marks, placemark(cdata("Attenzione: chiuso<br>Indirizzo: via Roma 3"))))
    assert table.headers == ["description", "Indirizzo", "Telefono"]
    assert [row.cells for row in table.rows()] == [
        {"description": "Un bel posto", "Indirizzo": "via Roma 1", "Telefono": "0382 1"},
        {"description": "Un bel posto", "Indirizzo": "via Roma 2", "Telefono": "0382 2"},
        {"description": "Attenzione: chiuso", "Indirizzo": "via Roma 3"},
    ]


def test_an_address_of_the_web_is_no_label():
    """https://… in a description is no column https."""
    text = "https://example.org/a"
    assert cells(f"<description>{text}</description>") == {"description": text}


def test_a_field_that_repeats_the_name_is_left_aside_and_told():
    """What says the same as the name in every placemark is told, and no column."""
    marks = [placemark(f"<name>{n}</name>", data(Titolo=n, Tipo="A")) for n in ("A", "B")]
    table = table_of(kml(*marks))
    assert table.headers == ["name", "Tipo"]
    assert [told.it for told in table.told] == [
        "«Titolo» tralasciata: dice lo stesso di «name»",
    ]


def test_an_element_and_a_field_of_one_name_are_one_column():
    """The field is kept; an element that says something else is told, and no more."""
    table = table_of(
        kml(
            placemark("<description>lo stesso</description>", data(description="lo stesso")),
            placemark("<description>altro</description>", data(description="questo")),
            placemark("<description>solo qui</description>"),
        )
    )
    assert table.headers == ["description"]
    rows = list(table.rows())
    assert [row.cells["description"] for row in rows] == ["lo stesso", "questo", "solo qui"]
    assert [len(row.problems) for row in rows] == [0, 1, 0]
    assert problem(rows[1]) == (
        "description",
        (
            "l'elemento «description» dice altro («altro»): tenuto il campo",
            "the element “description” says something else (“altro”): the field is kept",
        ),
        False,
    )


def test_pictures_and_styles_are_left_aside_and_told():
    """Addresses of pictures and how a placemark is drawn are no data; that is said."""
    text = cdata('<img src="https://example.org/a.jpg" height="200"/><br>Testo')
    fields = data(gx_media_links="https://example.org/a.jpg")
    table = table_of(kml(placemark(text, fields, "<styleUrl>#a</styleUrl><Style><x/></Style>")))
    assert [row.cells for row in table.rows()] == [{"description": "Testo"}]
    assert [told.it for told in table.told] == [
        "testi con HTML, letti come testo: 1",
        "immagini tralasciate: 2",
        "stile e altro tralasciati: styleUrl, Style",
    ]


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a\nb</p><div>c</div>", "a b\n\nc"),
        ("caff&egrave; &amp; t&#233;&nbsp;caldo", "caffè & té caldo"),
        ('<a href="https://example.org">qui</a>', "qui (https://example.org)"),
        ('<a href="https://example.org">https://example.org</a>', "https://example.org"),
        ('<a href="mailto:a@example.org">a@example.org</a>', "a@example.org"),
        ('<a href="javascript:alert(1)">qui</a>', "qui"),
        ("<script>alert(1)</script>a<style>b{}</style>", "a"),
        ("<script>alert(1)", ""),
        ("<!-- a --> b <!-- c", "b"),
        ("<table><tr><td>Via</td><td>Roma</td></tr><tr><td>a</td></tr></table>", "Via: Roma\n\na"),
        ("5 < 6 & 7 > 2", "5 < 6 & 7 > 2"),
        ("posto <altro> <3", "posto <altro> <3"),
        ("a\nb", "a\nb"),
        ("&#99999999999999;", "&#99999999999999;"),
        ("<ul><li>uno<li>due</ul>", "uno\ndue"),
    ],
)
def test_html_becomes_what_one_reads(html, plain):
    """Breaks, entities, links and tables are as a person sees them; scripts are not there."""
    assert html_text.plain(html)[0] == plain


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<script", "<script>", "</", "&", "&#", "<a href=", '<a href="', "<td>"],
)
def test_no_html_takes_long(piece):
    """100,000 characters of anything are read within a second."""
    within(1, html_text.plain, piece * (100_000 // len(piece)))
    within(1, html_text.plain, piece * (100_000 // len(piece)) + "</script")


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("9.15,45.18", (9.15, 45.18)),
        ("\n  9.15,45.18,77.5\n ", (9.15, 45.18)),
        ("-9.5,+45.,0", (-9.5, 45.0)),
        ("9.15e0,.5", (9.15, 0.5)),
    ],
)
def test_points(point, expected):
    """Longitude comes first; a height and blanks around are nothing to speak of."""
    (row,) = rows_of(kml(placemark(point=point)))
    assert (row.point, row.problems) == (expected, [])


@pytest.mark.parametrize(
    "point",
    [
        "9.15, 45.18",
        "9.15 45.18",
        "9,15,45,18",
        "9",
        "",
        "NaN,45",
        "inf,1",
        "1_0,45",
        "٩,45",
        "true,1",
    ],
)
def test_broken_coordinates_are_fatal_to_their_row(point):
    """Blanks after commas, and what is no number, are told with the text as it stands."""
    good, bad = rows_of(kml(placemark(), placemark(point=point)))
    assert (good.problems, bad.point, bad.number) == ([], None, 2)
    assert problem(bad) == (
        "geometry",
        (
            (
                f"le coordinate «{point}» non sono longitudine,latitudine in gradi, senza spazi:"
                " correggerle nel programma che ha scritto il file"
            ),
            (
                f"the coordinates “{point}” are not longitude,latitude in degrees, without blanks:"
                " mend them in the program that wrote the file"
            ),
        ),
        True,
    )


def test_a_point_beyond_the_globe_is_fatal():
    """A latitude of 190 is told."""
    (row,) = rows_of(kml(placemark(point="9,190")))
    column, told, fatal = problem(row)
    assert (column, fatal) == ("geometry", True)
    assert told.it.startswith("longitudine 9 e latitudine 190 non sono un punto della Terra")


GX = "http://www.google.com/kml/ext/2.2"
LINE = "<LineString><coordinates>9,45 9,46</coordinates></LineString>"
POINT = "<Point><coordinates>9,45</coordinates></Point>"


@pytest.mark.parametrize(
    ("geometry", "it", "en"),
    [
        (LINE, "una linea", "a line"),
        (
            (
                "<Polygon><outerBoundaryIs><LinearRing><coordinates>9,45 9,46 8,45 9,45"
                "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            ),
            "un poligono",
            "a polygon",
        ),
        (f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>", "più punti", "several points"),
        (f"<MultiGeometry>{POINT}{LINE}</MultiGeometry>", "più geometrie", "several geometries"),
        (f'<g:Track xmlns:g="{GX}"><g:coord>9 45 0</g:coord></g:Track>', "un tracciato", "a track"),
        ("<Model><x/></Model>", "un modello in tre dimensioni", "a model in three dimensions"),
    ],
)
def test_what_is_not_a_point_gives_none_and_says_so(geometry, it, en):
    """A line, a polygon, a track or several points make no point; the row stays."""
    (row,) = rows_of(kml(placemark(geometry, point=None)))
    assert row.point is None
    assert problem(row) == (
        "geometry",
        (
            f"la geometria è {it}: non se ne ricava un punto",
            f"the geometry is {en}: no point is taken from it",
        ),
        False,
    )


def test_one_point_in_a_multigeometry_is_a_point():
    """A geometry of one point only gives it."""
    (row,) = rows_of(kml(placemark(f"<MultiGeometry>{POINT}</MultiGeometry>", point=None)))
    assert (row.point, row.problems) == ((9.0, 45.0), [])


def test_a_long_text_is_a_problem_of_its_row():
    """A description that is longer than a cell may be is told."""
    (row,) = rows_of(kml(placemark(f"<description>{'a' * 100_001}</description>")))
    column, told, fatal = problem(row)
    assert (column, fatal) == ("description", True)
    assert "al massimo 100000 (--max-field)" in told.it


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding):
    """Every encoding that a file declares rightly is read."""
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = kml(placemark("<name>Città</name>"), head=head)
    (row,) = rows_of(text.encode(encoding))
    assert row.cells == {"name": "Città"}


DTD = (
    (
        "il file XML ha una dichiarazione DTD o delle entità, che qui non si ammettono: salvarlo di"
        " nuovo senza, da un altro programma"
    ),
    (
        "the XML file has a DTD or entities, which are not allowed here: save it again without"
        " them, from another program"
    ),
)
NETWORK = (
    (
        "il file rimanda a un altro (NetworkLink), che non si va a prendere: in Google My Maps"
        " scegliere «Esporta come KML» senza «mantieni i dati aggiornati»"
    ),
    (
        "the file points to another one (NetworkLink), which is not fetched: in Google My Maps"
        " choose “Export as KML” without “keep data up to date”"
    ),
)
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
NONE = (
    "il file KML non ha segnaposti: niente da importare",
    "the KML file has no placemarks: nothing to import",
)


def over(most, it, en, option):
    """Return the refusal of what is over a limit."""
    return (
        f"oltre il limite di {most} {it}; per alzarlo usare {option}",
        f"over the limit of {most} {en}; to raise it use {option}",
    )


def invalid(line, column):
    """Return the refusal of XML that is not valid."""
    return (
        f"il file non è XML valido: riga {line}, colonna {column}",
        f"the file is not valid XML: line {line}, column {column}",
    )


HOSTILE = {
    "a DTD": (kml(placemark(), head='<!DOCTYPE kml SYSTEM "http://example.org/a.dtd">'), DTD),
    "billion laughs": (
        kml(placemark("<name>&l9;</name>"), head=f'<!DOCTYPE kml [<!ENTITY l0 "ha">{LAUGHS}]>'),
        DTD,
    ),
    "a file as entity": (
        kml(
            placemark("<name>&x;</name>"),
            head='<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
        DTD,
    ),
    "an address as entity": (
        kml(head='<!DOCTYPE kml [<!ENTITY % x SYSTEM "http://example.org/">%x;]>'),
        DTD,
    ),
    "200,000 levels": (
        kml("<Folder>" * 200_000),
        over(64, "livelli uno dentro l'altro", "levels one inside the other", "--max-depth"),
    ),
    "a link to another file": (
        kml(placemark(), "<NetworkLink><Link><href>http://x/</href></Link></NetworkLink>"),
        NETWORK,
    ),
    "no placemark": (kml(), NONE),
    "cut off": (kml(placemark())[:-10], invalid(1, 185)),
    "UTF-16 declared as UTF-8": (
        kml(placemark("<name>Città</name>")).encode("utf-16-le"),
        invalid(1, 30),
    ),
    "Latin-1 declared as UTF-8": (
        kml(placemark("<name>Città</name>")).encode("latin-1"),
        invalid(1, 131),
    ),
    "1,000,000 vertices": (
        kml(
            placemark(f"<LineString><coordinates>{'9,45 ' * 1_000_000}</coordinates></LineString>")
        ),
        over(100_000, "vertici di una geometria", "vertices of a geometry", "--max-vertices"),
    ),
    "501 fields": (
        kml(placemark(data(**{f"c{n}": "1" for n in range(501)}))),
        over(500, "colonne", "columns", "--max-columns"),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_hostile_or_no_kml_is_refused_in_a_sentence(case):
    """The sentence says what is wrong, in both languages, soon."""
    content, expected = HOSTILE[case]
    assert within(2, refused, content, "mappa.kml") == expected


def test_another_root_is_refused():
    """XML of another kind under the name of KML is told by its first element."""
    assert refused('<gpx xmlns="urn:gpx"></gpx>', "mappa.kml") == (
        "il file non è KML: comincia con «gpx»",
        "the file is not KML: it begins with “gpx”",
    )


def packed(**members):
    """Return a KMZ file with members by name."""
    return zipped(
        {name.replace("__", "/").replace("_", "."): text for name, text in members.items()}
    )


ONE = kml(placemark("<name>A</name>"))


@pytest.mark.parametrize("member", ["doc.kml", "Mappa.KML", "files/mappa.kml"])
def test_the_only_kml_of_a_kmz_is_read(member):
    """Whatever its name, the one KML file is read in place; pictures beside it are not."""
    content = zipped({member: ONE, "images/icon-1.png": "x"})
    assert recognised(source_of(content)) == "kmz"
    assert [row.cells for row in rows_of(content)] == [{"name": "A"}]


def test_a_kmz_behind_its_pictures_is_known_by_its_name():
    """Where the KML file comes late, the ending of the name tells the format."""
    content = zipped({"a.png": "x" * 70_000, "doc.kml": ONE}, zipfile.ZIP_STORED)
    assert [row.cells for row in rows_of(content, "mappa.kmz")] == [{"name": "A"}]


def test_one_of_several_kml_files_is_chosen_by_name():
    """Two KML files are refused with their names; --sheet takes one."""
    content = zipped({"doc.kml": kml(), "strati/due.kml": ONE})
    assert refused(content) == (
        (
            "il file KMZ contiene più file KML: «doc.kml», «strati/due.kml»; dire quale con"
            " --sheet NOME"
        ),
        (
            "the KMZ file holds several KML files: “doc.kml”, “strati/due.kml”; say which with"
            " --sheet NAME"
        ),
    )
    assert [row.cells for row in rows_of(content, part="Strati/due.kml")] == [{"name": "A"}]
    assert table_of(content, part="strati/due.kml").told[0].it == "file «strati/due.kml» del KMZ"
    assert refused(content, part="tre.kml").it == (
        "nel file KMZ non c'è «tre.kml»; ci sono: «doc.kml», «strati/due.kml»"
    )


def test_a_kmz_without_kml_is_refused():
    """A ZIP file that holds another ZIP file, or none, is no map."""
    for members in ({"a.txt": "x"}, {"dentro.kmz": zipped({"doc.kml": ONE})}):
        assert refused(zipped(members), "mappa.kmz") == (
            "il file KMZ non contiene un file KML: esportare di nuovo la mappa",
            "the KMZ file holds no KML file: export the map again",
        )


def test_a_member_outside_is_refused():
    """A member whose path leads out of the archive is refused, though nothing is unpacked."""
    for name in ("../doc.kml", "/doc.kml", "a/../../doc.kml", "..\\doc.kml"):
        told = refused(zipped({name: ONE}), "mappa.kmz")
        assert told.it.startswith("il file compresso ha una parte con un percorso che porta fuori")


def test_a_bomb_is_refused_before_it_is_opened():
    """300 MB of blanks in 300 kB are over the limit of the ratio."""
    content = zipped({"doc.kml": kml(" " * 300_000_000, placemark())})
    assert len(content) < 400_000
    tracemalloc.start()
    told = refused(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "--max-ratio" in told.it
    assert peak < 10_000_000


def test_a_lying_size_and_a_password_are_refused():
    """What a member says of its size is not believed; an encrypted one is told as that."""
    content = zipped({"doc.kml": kml(" " * 50_000, placemark())})
    size = struct.pack("<I", len(kml(" " * 50_000, placemark())))
    assert content.count(size) == 2
    lied = refused(content.replace(size, struct.pack("<I", 100)))
    assert lied.it.startswith("il file compresso è rovinato o incompleto")
    central = content.index(b"PK\1\2")
    locked = bytearray(content)
    locked[6] |= 1
    locked[central + 8] |= 1
    assert "parola d'ordine" in refused(bytes(locked)).it


@pytest.mark.parametrize("layer", ["labs", "organisations", "network", "relations"])
def test_our_own_export_is_read_whole(layer):
    """Every record of an export comes back with its columns and point, none twice."""
    rows = rows_of((EXPORTS / f"{layer}.kml").read_bytes(), f"{layer}.kml")
    features = json.loads((EXPORTS / f"{layer}.geojson").read_text("utf-8"))["features"]
    by_id = {each["id"]: each for each in features}
    assert sorted(row.cells["id"] for row in rows) == sorted(by_id)
    for row in rows:
        each = by_id[row.cells["id"]]
        assert row.problems == []
        assert row.point == (tuple(each["geometry"]["coordinates"]) if each["geometry"] else None)
        for name, value in each["properties"].items():
            assert row.cells.get(name, "") == (told_as_text(value) if value is not None else "")


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="ogr2ogr is not installed")
@pytest.mark.parametrize("driver", ["KML", "LIBKML"])
def test_what_gdal_writes_is_read(tmp_path, driver):
    """KML of both of GDAL's drivers gives the fields and points that went in."""
    made, written = tmp_path / "in.geojson", tmp_path / "out.kml"
    properties = {"nome": "Spazio & <altro>", "posti": 30}
    made.write_text(collection(feature(properties=properties), feature(None, {"nome": "B"})))
    subprocess.run(["ogr2ogr", "-f", driver, written, made], check=True, capture_output=True)
    rows = rows_of(written.read_bytes())
    assert rows[0].cells == {"nome": "Spazio & <altro>", "posti": "30"}
    assert [row.point for row in rows] == [(9.15, 45.18), None]
    assert [row.problems for row in rows] == [[], []]


def test_a_large_file_takes_little_memory():
    """Thousands of placemarks are read in some megabytes."""
    each = placemark("<name>A</name>", cdata(MY_MAPS), data(Indirizzo="via Roma 1"))
    content = kml(*[each] * 5_000).encode()
    table = kml_reader.read(source_of(content))
    tracemalloc.start()
    assert sum(1 for _ in table.rows()) == 5_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


VALID = kml(
    '<Schema id="s"><SimpleField name="f"><displayName>F</displayName></SimpleField></Schema>',
    "<Folder><name>Uno</name>",
    placemark("<name>A</name>", cdata(MY_MAPS), data(Note="prima")),
    "</Folder>",
    placemark("<name>Città</name>", f"<MultiGeometry>{POINT}{LINE}</MultiGeometry>", point=None),
).encode()
PIECES = st.sampled_from(
    [
        *(
            "Placemark",
            "Folder",
            "Document",
            "name",
            "description",
            "ExtendedData",
            "Data",
            "value",
        ),
        *("SchemaData", "SimpleData", "Point", "coordinates", "MultiGeometry", "displayName"),
        *(
            "Schema",
            "SimpleField",
            "TimeSpan",
            "begin",
            "link",
            "Style",
            "x:other",
            "kml",
            "Polygon",
        ),
    ]
)
TEXTS = st.sampled_from(["9,45", "A: b", "<![CDATA[<b>A: b<br>c]]>", "", "&amp;", "È"])
TREES = st.recursive(
    TEXTS,
    lambda inner: st.tuples(PIECES, st.lists(inner, max_size=4)).map(
        lambda made: f'<{made[0]} name="n" href="h">{"".join(made[1])}</{made[0]}>'
    ),
    max_leaves=15,
)


@many(20_000)
@given(content=mutated(VALID))
def test_no_bytes_break_the_reader(content):
    """Whatever the bytes, they are refused or every row can be read."""
    only_refused(kml_reader, content, "x.kml")


@many(2_000)
@given(trees=st.lists(TREES, max_size=5))
def test_no_tree_breaks_the_reader(trees):
    """Elements in any order, one in the other, are refused or every row can be read."""
    text = f'<kml xmlns="{OGC}" xmlns:x="urn:x"><Document>{"".join(trees)}</Document></kml>'
    only_refused(kml_reader, text.encode(), "x.kml")
    only_refused(kml_reader, text.replace("</Document>", f"{placemark()}</Document>").encode())


@many(20_000)
@given(content=mutated(packed(doc_kml=VALID, images__a_png="x")))
def test_no_bytes_break_the_reader_of_kmz(content):
    """Whatever the bytes, they are refused or every row can be read."""
    only_refused(kmz_reader, content, "x.kmz")


@many(2_000)
@given(
    members=st.dictionaries(
        st.sampled_from(["doc.kml", "a.kml", "b.KML", "a/b.kml", "x.png", "../c.kml"]),
        st.sampled_from([VALID, ONE, b"", kml()]) | st.binary(max_size=50),
        max_size=3,
    ),
    spoilt=st.integers(0, 2_000),
)
def test_no_archive_breaks_the_reader_of_kmz(members, spoilt):
    """Members of any names and contents, one byte of all changed, are refused or can be read."""
    content = bytearray(zipped(members))
    content[spoilt % len(content)] ^= 0x41
    only_refused(kmz_reader, bytes(content), "x.kmz")


def test_a_kmz_is_no_file_of_text():
    """The bytes of these tests are what they say: a ZIP file, and XML."""
    assert zipfile.is_zipfile(io.BytesIO(packed(doc_kml=VALID)))
    assert re.match(rb"<\?xml", VALID)
