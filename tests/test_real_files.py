"""Files as real programs shape them, made here: brought in whole, again, and taken back."""

import json
import os
import shutil
import subprocess

import pytest

from bencomune_cli.entities import Lab, Organisation
from bencomune_cli.registry import Registry
from fuzzing import zipped
from mapfiles import collection
from spreadsheets import (
    DATE,
    END,
    ITALIAN_DATE,
    PADDED,
    ods_parts,
    ods_typed,
    xlsx_data,
    xlsx_parts,
)

AUTOMATIC = ("version", "created_at", "updated_at", "state", "hidden", "removed", "id")


def text(value, style=0):
    """Return a cell with a text of its own, in a style."""
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def number(value, style=0):
    """Return a cell with a number, in a style."""
    return f'<c s="{style}"><v>{value}</v></c>'


def excel():
    """Return an office's roll as Excel saves it.

    A merged title, headers over two lines, codes that became numbers, days in two styles, a
    formula with its value, shared texts with runs, styled rows without end, two empty sheets.
    """
    shared = ("<t>Esempio &amp; figli</t>", "<r><t>Via </t></r><r><rPr><b/></rPr><t>Roma</t></r>")
    headers = [
        "Denominazione",
        "Sede&#10;legale",
        "N°",
        "CAP",
        "Comune",
        "C.F.",
        "Tel.",
        "Costituita il",
    ]
    roll = xlsx_data(
        [text("Albo delle associazioni 2026", 1), *["<c s='1'/>"] * 7],
        [],
        [text(each) for each in headers],
        [
            *('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>', number(12), number(184, PADDED)),
            *(text("Comune Esempio "), number(296180185), number(382111111)),
            number(43736, ITALIAN_DATE),
        ],
        [
            *(
                '<c t="str"><f>"Esempio "&amp;"Due"</f><v>Esempio Due</v></c>',
                text("Piazza Esempio"),
            ),
            *(text("3/B"), text("27100"), text("COMUNE ESEMPIO"), "<c/>", text("0382/222222")),
            number("42075.0", DATE),
        ],
        *[["<c s='2'/>"] * 8] * 50,
    )
    sheets = {
        "Albo": f'<cols><col min="1" max="8" width="20"/></cols>{roll}'
        '<mergeCells count="1"><mergeCell ref="A1:H1"/></mergeCells><pageMargins left="0.7"/>',
        "Foglio2": "<sheetData/>",
        "Foglio3": "<sheetData/>",
    }
    return zipped(xlsx_parts(sheets, texts=shared))


def libreoffice():
    """Return the same roll as LibreOffice saves it: repeated cells, notes, rows to the end."""

    def row(*cells):
        filling = '<table:table-cell table:number-columns-repeated="1016"/>'
        return f"<table:table-row>{''.join(cells)}{filling}</table:table-row>"

    def plain(value):
        return ods_typed("string", 'calcext:value-type="string"', value)

    def of_number(value):
        return ods_typed("float", f'office:value="{value}" calcext:value-type="float"', value)

    covered = '<table:covered-table-cell table:number-columns-repeated="7"/>'
    title = (
        '<table:table-cell table:number-columns-spanned="8" office:value-type="string">'
        f"<text:p>Albo delle associazioni 2026</text:p></table:table-cell>{covered}"
    )
    headers = [
        "Denominazione",
        "Sede legale",
        "N°",
        "CAP",
        "Comune",
        "C.F.",
        "Tel.",
        "Costituita il",
    ]
    street = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>nota</text:p>'
        "</office:annotation><text:p><text:span>Via</text:span><text:s/>Roma</text:p>"
        "</table:table-cell>"
    )
    day = 'office:date-value="2019-09-28" calcext:value-type="date"'
    second = ods_typed("date", 'office:date-value="2015-03-12T00:00:00"', "12/03/15")
    formula = 'table:formula="of:=CONCATENATE([.A1])" office:string-value="Esempio Due"'
    rows = (
        row(title),
        row(),
        row(*map(plain, headers)),
        row(
            *(plain("Esempio &amp; figli"), street, of_number(12), of_number(184)),
            *(plain("Comune Esempio "), of_number(296180185), of_number(382111111)),
            ods_typed("date", day, "28/09/2019"),
        ),
        row(
            *(ods_typed("string", formula, "Esempio Due"), plain("Piazza Esempio"), plain("3/B")),
            *(plain("27100"), plain("COMUNE ESEMPIO"), "<table:table-cell/>", plain("0382/222222")),
            second,
        ),
        END,
    )
    sheet = f'<table:table table:name="Albo" table:style-name="ta1">{"".join(rows)}</table:table>'
    empty = f'<table:table table:name="Foglio2" table:style-name="ta1">{END}</table:table>'
    return zipped(ods_parts(sheet + empty))


ROLL = [
    {
        "name": "Esempio & figli",
        "street": "Via Roma",
        "number": "12",
        "postcode": "00184",
        "municipality": "000001",
        "tax_code": "00296180185",
        "phone": "+390382111111",
        "started_on": "2019-09-28",
    },
    {
        "name": "Esempio Due",
        "street": "Piazza Esempio",
        "number": "3/B",
        "postcode": "27100",
        "municipality": "000001",
        "phone": "+390382222222",
        "started_on": "2015-03-12",
    },
]


def my_maps(place, **fields):
    """Return the placemark of Google My Maps with its data twice: as data, and as a description."""
    data = "".join(f'<Data name="{n}"><value>{v}</value></Data>' for n, v in fields.items())
    lines = "<br>".join(f"{n}: {v}" for n, v in fields.items() if n != "gx_media_links")
    picture = '<img src="https://example.org/a.jpg" height="200" width="auto" /><br><br>'
    return (
        f"<Placemark><name>{fields['Nome']}</name>"
        f"<description><![CDATA[{picture}{lines}]]></description>"
        f"<styleUrl>#icon-1899-0288D1</styleUrl><ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>\n            {place},0\n          </coordinates></Point></Placemark>"
    )


def my_map():
    """Return a map of two layers, as Google My Maps exports it."""
    first = {"Nome": "Officina Esempio", "Telefono": "0382 111111", "Sito": "https://example.org"}
    picture = {"gx_media_links": "https://example.org/a.jpg"}
    mark = my_maps("9.1582011,45.1847123", **first, **picture)
    other = my_maps("9.16,45.185", Nome="Orto Esempio", Telefono="", Sito="", gx_media_links="")
    style = '<Style id="icon-1899-0288D1-nodesc"><IconStyle><scale>1</scale></IconStyle></Style>'
    folders = "".join(
        f"<Folder><name>{name}</name>{each}</Folder>"
        for name, each in (("Laboratori", mark), ("Giardini", other))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>Spazi</name><description/>{style}{folders}</Document></kml>"
    ).encode()


MAPPED = [
    {"name": "Officina Esempio", "phone": "+390382111111", "website": "https://example.org"},
    {"name": "Orto Esempio"},
]
PORTAL = (
    '"_id","OBJECTID","DENOMINAZIONE","TIPO","INDIRIZZO","SITO_WEB","TELEFONO","the_geom"\r\n'
    '"1","17","OFFICINA ESEMPIO","","VIA ESEMPIO, 12/A","www.example.org","0382111111",'
    '"POINT (9.1582011 45.1847123)"\r\n'
    '"2","18","ORTO D\'ESEMPIO","","PIAZZA ESEMPIO 3 - 27100 COMUNE ESEMPIO (PV)","","",'
    '"SRID=4326;POINT(9.16 45.185)"\r\n'
)
LAST_YEAR = (
    json.loads(collection())["type"],
    [
        (
            {"NOME": "Officina Esempio", "TEL": "0382 111111", "WEB": None},
            [512428.8, 5003482.0, 0.0],
        ),
        ({"NOME": "Orto Esempio", "TEL": None, "WEB": None}, [512570.1, 5003514.2, 77.5]),
    ],
)


def last_year():
    """Return what QGIS wrote a year ago: in metres, with heights, a name and the old `crs`."""
    kind, features = LAST_YEAR
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32632"}}
    made = [
        {
            "type": "Feature",
            "properties": {"fid": n, **properties},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for n, (properties, place) in enumerate(features, start=1)
    ]
    told = {"type": kind, "name": "spazi_2025", "crs": crs, "features": made}
    return json.dumps(told, indent=1).encode()


FILES = {
    "albo.xlsx": (excel, Organisation, (), ROLL),
    "albo.ods": (libreoffice, Organisation, (), ROLL),
    "Spazi.kml": (my_map, Lab, ("folder",), MAPPED),
    "Spazi.kmz": (
        lambda: zipped({"doc.kml": my_map(), "images/icon-1.png": "x"}),
        *(Lab, ("folder",), MAPPED),
    ),
    "dump.csv": (
        lambda: b"\xef\xbb\xbf" + PORTAL.encode(),
        *(Lab, ("_id",)),
        [
            {
                "name": "OFFICINA ESEMPIO",
                "street": "VIA ESEMPIO",
                "number": "12/A",
                "website": "https://www.example.org",
                "phone": "+390382111111",
                "source": "Portale",
                "source_id": "17",
            },
            {
                "name": "ORTO D'ESEMPIO",
                "street": "PIAZZA ESEMPIO",
                "number": "3",
                "postcode": "27100",
                "municipality": "000001",
                "source": "Portale",
                "source_id": "18",
            },
        ],
    ),
    "spazi_2025.geojson": (
        last_year,
        *(Lab, ("fid",)),
        [{"name": "Officina Esempio", "phone": "+390382111111"}, {"name": "Orto Esempio"}],
    ),
}
POINTS = [(45.1847123, 9.1582011), (45.185, 9.16)]


@pytest.fixture
def office(registry, path):
    """Return the path of a registry with a network and a municipality."""
    registry.close()
    return path


def records(path, entity):
    """Return what the registry keeps of the places of a kind, but for what it adds by itself."""
    registry = Registry.open(path)
    rows = sorted(
        (each.to_row() for each in registry.store.select(entity)), key=lambda r: r["name"]
    )
    registry.close()
    return [{n: v for n, v in row.items() if v is not None and n not in AUTOMATIC} for row in rows]


def came_in(office, bencomune, name, content, given):
    """Import a file, again in the other language, and undo it; return what was in the registry."""
    file = office.parent / name
    file.write_bytes(content)
    entity = FILES[name][1]
    words = ("import", file, "--as", entity.name_of_kind, "--apply", *given)
    done = bencomune(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    found = records(office, entity)
    again = bencomune(*words, BENCOMUNE_LANG="en")
    assert again.returncode == 0
    assert f"new: 0; changed: 0; unchanged: {len(found)}" in again.stderr
    assert bencomune("undo").returncode == 0
    assert records(office, entity) == []
    return found


@pytest.mark.parametrize("name", FILES)
def test_files_of_real_programs(office, bencomune, name):
    """What each program adds, spoils and repeats is seen through; a second time changes nothing."""
    made, entity, aside, expected = FILES[name]
    given = [word for header in aside for word in ("--ignore", header)]
    given += ["--source", "Portale"] if name == "dump.csv" else []
    found = came_in(office, bencomune, name, made(), given)
    points = [(row.pop("lat"), row.pop("lon")) for row in found] if entity is Lab else []
    for row in found:
        row.pop("point_as_given", None)
    assert found == sorted(expected, key=lambda row: row["name"])
    assert [each for pair in points for each in pair] == pytest.approx(
        [each for pair in POINTS for each in pair] if points else [], abs=2e-5
    )


def test_what_libreoffice_saves_of_it(office, bencomune, tmp_path):
    """The roll of Excel, opened and saved by LibreOffice itself, says the same."""
    program = shutil.which("soffice")
    if program is None and "BENCOMUNE_TESTS_NEED_PROGRAMS" not in os.environ:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "albo.xlsx").write_bytes(excel())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    saves = ["--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "albo.xlsx")]
    environment = {**os.environ, "HOME": str(tmp_path)}
    subprocess.run(
        [program, profile, "--headless", *saves], timeout=180, check=True, env=environment
    )
    content = (tmp_path / "albo.ods").read_bytes()
    assert came_in(office, bencomune, "albo.ods", content, ()) == sorted(
        ROLL, key=lambda row: row["name"]
    )
