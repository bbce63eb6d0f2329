"""Every text that means harm, in every column, through every output, read back by real readers.

What comes out is what went in, or it is told that the record is held back; nothing in it acts.
"""

import csv
import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.parsers import expat

import openpyxl
import pypdf
import pytest
import rdflib
from lxml import etree
from markdown_it import MarkdownIt
from payloads import CONTROLS, PAYLOADS

from bencomune_cli import exports
from bencomune_cli.entities import PLACES, Contact, Group, Lab, Network, Organisation
from bencomune_cli.entities import Relation as Link
from bencomune_cli.extracts import WHOLE
from bencomune_cli.feeds import CHANGES, FEED
from bencomune_cli.kinds.texts import Line, Prose
from bencomune_cli.layers import LAYERS
from bencomune_cli.publishing import Plan, published
from bencomune_cli.registry import Registry
from bencomune_cli.sql import quoted
from pages import Opened, chromium
from terminal import bencomune as in_terminal
from test_formats import FORMULA, KML, NUMBER, gdal, unguarded
from test_html_page import EVERY_CARD
from test_jsonld import BASE, lost_of
from test_jsonld import graph_of as linked
from test_metadata import CATALOGUES
from test_metadata import graph_of as catalogue
from test_safety import STYLE, Run, harm_in
from test_umap import TAGS, by_umap

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
TEXTS = list(PAYLOADS.values())
SHEETS = {"labs": "Laboratori", "groups": "Gruppi", "organisations": "Organizzazioni"}


def free(entity):
    """Return the published columns that hold words of any kind."""
    return [c for c in entity.columns if c.published and type(c.item) in {Line, Prose}]


def fits(column, text):
    """Return what of a text a column takes: of one line, not too long, of a list one item."""
    if type(column.item) is Line:
        text = re.sub(r"\s", " ", text)[: column.item.longest].strip()
    return text.replace("|", "/") if column.many else text


def write(connection, entity, id_, text):
    """Write a text into each column of words of a record, as another program does."""
    values = {column.name: fits(column, text) for column in free(entity)}
    told = ", ".join(f"{quoted(name)} = ?" for name in values)
    connection.execute(f"UPDATE {entity.table} SET {told} WHERE id = ?", (*values.values(), id_))
    return values


@pytest.fixture(scope="module")
def path(_made, tmp_path_factory):
    """Return the path of a registry with a record of each kind for each text."""
    path = shutil.copy(_made, tmp_path_factory.mktemp("payloads") / "registry.db")
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        with registry.operation("test", "; ".join(PAYLOADS)):
            more = {"publisher_ipa": "c_x000", "files_url": "https://example.org/dati"}
            more |= {
                "description": "Dati di prova.",
                "publisher": "Comune Esempio",
                "distributor_code": "c_x001",
            }
            registry.change(registry.network(), {**more, "base_uri": BASE})
            for number in range(len(TEXTS)):
                place = {"state": "active", "activities": "reading_books"}
                place |= {"lat": f"45.1{number:02}5", "lon": "9.11", "precision": "address"}
                for entity in PLACES:
                    told = {"meets_at": f"lab-{number}"} if entity is Group else {}
                    told |= {"legal_form": "municipality"} if entity is Organisation else {}
                    id_ = f"{entity.name_of_kind}-{number}"
                    registry.add(entity, {"name": f"Esempio {number}", **place, **told}, id_)
                ends = {"subject": f"organisation-{number}", "object": f"lab-{number}"}
                registry.add(Link, {**ends, "role": "manages"})
                office = {"basis": "public_office", "scope": "open_data"}
                person = {"record": f"lab-{number}", "role": "press", "person_name": "Ufficio"}
                registry.add(Contact, person | office)
        connection = registry.store.connection
        for number, text in enumerate(TEXTS):
            with registry.operation("test", text):
                for entity in PLACES:
                    write(connection, entity, f"{entity.name_of_kind}-{number}", text)
                for entity in (Link, Contact):
                    column = "subject" if entity is Link else "record"
                    find = f"SELECT id FROM {entity.table} WHERE {column} LIKE '%-{number}'"
                    ((id_,),) = connection.execute(find)
                    write(connection, entity, id_, text)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return path


@pytest.fixture
def new(_made, tmp_path):
    """Give a registry of its own, without records."""
    own = Path(shutil.copy(_made, tmp_path))
    with closing(Registry.open(own, "prova", writing=True)) as registry:
        yield registry


@pytest.fixture(scope="module")
def stored(path):
    """Return what is stored in each column of words, by table and id."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        for entity in (*PLACES, Link):
            names = [column.name for column in free(entity)]
            told = ", ".join(map(quoted, ("id", *names)))
            rows = connection.execute(f"SELECT {told} FROM {entity.table}")
            found[entity.table] = {
                id_: dict(zip(names, values, strict=True)) for id_, *values in rows
            }
    return found


@pytest.fixture(scope="module")
def folder(path, tmp_path_factory):
    """Return the folder with every format of every layer, also of what rules would hold back."""
    folder = tmp_path_factory.mktemp("files")
    with closing(Registry.open(path)) as registry, closing(registry.opened([], WHOLE)) as dataset:
        exports.write_folder(dataset, folder, list(LAYERS.values()), exports.names())
    return folder


def alike(stored, found, read=str):
    """Fail unless each text that is stored of each record is the one that a file holds."""
    for id_, values in stored.items():
        row = found[id_]
        for name, value in values.items():
            told = row.get(name)
            assert read(told or "") == (value or ""), (id_, name, value)
    assert len(stored) > 40


def test_files_have_the_names_that_are_meant(folder):
    """No text of a record is in the name of a file, or makes one elsewhere."""
    names = {path.name for path in folder.rglob("*")} - {".lock"}
    assert len(names) > 30
    assert all(re.fullmatch(r"[a-z]+([._-][a-z]+)*", name) for name in names), names


@pytest.mark.parametrize("layer", SHEETS)
def test_csv_holds_texts_and_no_formula(folder, stored, layer):
    """A strict reader gets each text, with one apostrophe where a spreadsheet would calculate."""
    with (folder / f"{layer}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    alike(stored[layer], {row["id"]: row for row in rows}, unguarded)
    for cell in (cell for row in rows for cell in row.values()):
        assert not FORMULA.match(cell) or cell.startswith("'") or NUMBER.fullmatch(cell)


@pytest.mark.parametrize("layer", SHEETS)
def test_csv_of_excel_holds_texts_and_no_formula(folder, stored, layer):
    """So does the CSV that Excel opens, under the labels of its columns."""
    (file,) = folder.glob(f"{layer}.excel*.csv")
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""), delimiter=";"))
    names = {column.label.it: column.name for column in LAYERS[layer].columns}
    found = [{names.get(label, label): cell for label, cell in row.items()} for row in rows]
    by_id = {row["id"]: row for row in found}
    alike(stored[layer], by_id, lambda cell: unguarded(cell.removeprefix("\t")))


@pytest.mark.parametrize("layer", SHEETS)
def test_a_workbook_holds_texts_alone(folder, stored, layer):
    """In XLSX each text is a text: no cell of any sheet is a formula or a link."""
    book = openpyxl.load_workbook(folder / "network.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n", "d", "b"}
            assert not any(cell.hyperlink for cell in row)
    header, *rows = book[SHEETS[layer]].iter_rows(values_only=True)
    names = {column.label.it: column.name for column in LAYERS[layer].columns}
    found = [{names.get(k): v for k, v in zip(header, row, strict=True)} for row in rows]
    alike(stored[layer], {row["id"]: row for row in found}, openpyxl.utils.escape.unescape)


def strict(text):
    """Read JSON as it must be: no NaN, no key twice."""

    def once(pairs):
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=pytest.fail, object_pairs_hook=once)


@pytest.mark.parametrize("layer", [*SHEETS, "relations"])
def test_geojson_holds_texts_as_they_are(folder, stored, layer):
    """Strict JSON, as a collection and as a sequence, and as GDAL reads both."""
    features = strict((folder / f"{layer}.geojson").read_text("utf-8"))["features"]
    parts = (folder / f"{layer}.geojsons").read_text("utf-8").split("\x1e")[1:]
    assert [strict(part) for part in parts] == features
    declared = {column.name for column in LAYERS[layer].columns}
    assert all(set(feature["properties"]) <= declared for feature in features)
    found = {feature["id"]: feature["properties"] for feature in features}
    if layer == "relations":
        assert {k: found[k]["act_number"] for k in stored[layer]} == {
            k: values["act_number"] for k, values in stored[layer].items()
        }
        return
    alike(stored[layer], found)


@pytest.mark.parametrize("layer", SHEETS)
def test_kml_holds_texts_as_they_are(folder, stored, layer):
    """Two parsers find it well formed; each field is its text, and no description is HTML."""
    content = (folder / f"{layer}.kml").read_bytes()
    expat.ParserCreate().Parse(content, True)
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    found = {}
    for mark in root.iter(f"{KML}Placemark"):
        fields = {each.get("name"): each.text for each in mark.iter(f"{KML}SimpleData")}
        found[fields["id"]] = fields | {"name": mark.findtext(f"{KML}name")}
        shown = mark.findtext(f"{KML}description") or ""
        assert "$[" not in shown
    alike(stored[layer], found)
    assert {each.tag.rpartition("}")[2] for each in root.iter()}.isdisjoint(
        {"script", "NetworkLink"}
    )


@pytest.mark.parametrize("layer", SHEETS)
def test_a_geopackage_holds_texts_as_they_are(folder, stored, layer):
    """SQLite has each text in its row, and GDAL reads as many records; no trigger is there."""
    file = folder / "network.gpkg"
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(f"SELECT * FROM {layer}").fetchall()
    alike(stored[layer], {row["id"]: dict(row) for row in rows})
    assert f"Feature Count: {len(rows)}" in gdal("ogrinfo", "-so", file, layer)


def test_linked_data_hold_texts_as_they_are(folder, path, monkeypatch):
    """In JSON-LD each text is a literal, and no node or address is made of one."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = linked((folder / "network.jsonld").read_text("utf-8"))
    assert lost_of(path, graph) == []


def test_a_map_for_umap_shows_texts_as_they_are(path, stored, tmp_path):
    """By uMap's own scripts each popup tells its texts, and holds no element but its own."""
    own = shutil.copy(path, tmp_path / "registry.db")
    with closing(Registry.open(Path(own), writing=True)) as registry:
        registry.store.connection.execute("UPDATE network SET files_url = NULL")
        with closing(registry.opened([], WHOLE)) as dataset:
            exports.write_folder(dataset, tmp_path / "out", list(LAYERS.values()), ["umap"])
    told = by_umap(tmp_path / "out" / "network.umap")["files"]["network.umap"]
    assert told["alerts"] == []
    shown = [each for layer in told["layers"].values() for each in layer["features"]]
    found = {each["slug"]: each for each in shown}
    for values in (stored[table] for table in SHEETS):
        for id_, texts in values.items():
            popup = etree.HTML(found[id_]["popup"])
            assert {each.tag for each in popup.iter()} <= TAGS | {"html", "body"}
            assert {each.get("href", "").partition(":")[0] for each in popup.iter("a")} <= {
                *("http", "https", "mailto", "tel")
            }
            assert found[id_]["properties"]["description"] == texts["description"]


def test_a_page_shows_texts_and_none_acts(folder, stored):
    """Chromium opens every card: no dialog, request, fault or window; names are as they are."""
    with chromium() as browser, Opened(browser, folder / "map.html") as opened:
        page = opened.page
        names = {" ".join(name.split()) for name in opened.names()}
        assert page.evaluate(EVERY_CARD) > len(TEXTS)
        made = "#_main :is(script, img, iframe, base, object, b, style, [onerror], [onfocus])"
        assert page.locator(made).count() == 0
        links = page.locator("a").evaluate_all("all => all.map(a => a.protocol)")
        assert set(links) <= {"file:", "https:", "http:", "mailto:", "tel:"}
        assert opened.noted.faults == opened.noted.requests == []
    wanted = {" ".join(values["name"].split()) for values in stored["labs"].values()}
    assert wanted <= names


def test_a_pdf_does_nothing(folder):
    """On paper nothing acts: its links are those of the web, and it holds no script or form."""
    file = pypdf.PdfReader(folder / "map.pdf")
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(file.trailer["/Root"])
    assert "/JavaScript" not in str(file.trailer["/Root"].get("/Names", ""))
    for page in file.pages:
        for note in page.get("/Annots", ()):
            action = note.get_object().get("/A")
            assert action is None or action["/S"] in {"/URI", "/GoTo"}
            address = str((action or {}).get("/URI", "https:"))
            assert address.startswith(("https:", "http:", "mailto:", "tel:"))


def test_the_catalogue_tells_each_text_of_the_network(path, tmp_path):
    """Whatever is said of the network is one literal, the same in Turtle, RDF/XML and JSON-LD."""
    own = shutil.copy(path, tmp_path / "registry.db")
    names = [column.name for column in free(Network)]
    with closing(Registry.open(own, "prova", writing=True)) as registry:
        for start in range(0, len(TEXTS), len(names)):
            texts = (TEXTS * 2)[start : start + len(names)]
            values = [fits(Network.column(n), text) for n, text in zip(names, texts, strict=True)]
            told = ", ".join(f"{name} = ?" for name in names)
            registry.store.connection.execute(f"UPDATE network SET {told}", values)
            with closing(registry.opened([], WHOLE)) as dataset:
                wanted = ["csv", "dcat_turtle", "dcat_xml", "dcat_jsonld", "datapackage"]
                exports.write_folder(dataset, tmp_path / "out", [LAYERS["network"]], wanted)
            graphs = [catalogue(tmp_path / "out", name) for name in CATALOGUES]
            ends = [sorted(str(o) for o in graph.objects()) for graph in graphs]
            assert ends[0] == ends[1] == ends[2]
            for name in ("name", "description", "publisher"):
                assert values[names.index(name)] in ends[0], name
            strict((tmp_path / "out" / "datapackage.json").read_text("utf-8"))


def test_changes_are_told_as_texts(new, tmp_path):
    """In the page of changes, made HTML, and in the feed names are texts, and no link or mark."""
    plan = Plan(tmp_path / "out", [LAYERS["labs"]], ["csv"])
    names = [fits(Lab.column("name"), text) for text in TEXTS]
    with new.operation("test"):
        for number in range(len(names)):
            told = {"name": f"Esempio {number}", "state": "active"}
            new.add(Lab, told | {"activities": "reading_books"})
    published(new, plan)
    for number, name in enumerate(names):
        told = (name, f"esempio-{number}")
        new.store.connection.execute("UPDATE labs SET name = ?, seats = 7 WHERE id = ?", told)
    held = new.held()
    result = published(new, plan, accept=True)
    page = (tmp_path / "out" / CHANGES).read_text("utf-8")
    feed = etree.parse(tmp_path / "out" / FEED).getroot()
    html = etree.HTML(MarkdownIt("commonmark", {"html": True}).render(page))
    assert {each.tag for each in html.iter()} <= {
        *("html", "body", "h1", "h2", "h3", "p", "ul", "li", "em", "strong")
    }, result
    shown = "".join("".join(html.itertext()).split())
    told = "".join("".join(feed.itertext()).split())
    out = [name for n, name in enumerate(names) if f"esempio-{n}" not in held]
    assert len(out) > 40
    for name in out:
        assert "".join(name.split()) in shown
        assert "".join(name.split()) in told


@pytest.mark.parametrize("name", [name for name in CONTROLS if name != "carriage return"])
def test_what_terminals_obey_is_held_back(new, tmp_path, name):
    """A record with control characters, as other programs write them, is told and in no file."""
    with new.operation("test"):
        for id_ in ("sano", "guasto"):
            new.add(Lab, {"name": f"Esempio {id_}", "state": "active"}, id_)
    connection = new.store.connection
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("UPDATE labs SET summary = ? WHERE id = 'guasto'", (CONTROLS[name],))
    dataset, held = new.dataset()
    with closing(dataset):
        wanted = ["csv", "excel", "geojson", "geojsons", "kml", "xlsx", "gpkg", "html", "umap"]
        exports.write_folder(dataset, tmp_path / "out", [LAYERS["labs"]], wanted)
    assert set(held) == {"guasto"}
    for file in (tmp_path / "out").iterdir():
        assert b"guasto" not in file.read_bytes()


COMMANDS = (
    "lab list",
    "lab show lab-{n}",
    "show organisation-{n}",
    "search {n}",
    "why lab-{n}",
    "log",
    "check",
    "contact list",
    "duplicates",
    "blame lab-{n}",
)


@pytest.fixture
def here(path, tmp_path, monkeypatch):
    """Return the path of a copy, which commands find by themselves."""
    own = shutil.copy(path, tmp_path / "registry.db")
    monkeypatch.setattr("bencomune_cli.words._chosen", [])
    monkeypatch.setattr("bencomune_cli.progress.SHOWN_AFTER", 600)  # its bar moves the cursor
    monkeypatch.chdir(tmp_path)
    for name, value in (("REGISTRY", str(own)), ("LANG", "it")):
        monkeypatch.setenv(f"BENCOMUNE_{name}", value)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "4000")
    return own


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_show_texts_and_obey_none(here, command, terminal):
    """To a pipe and to a terminal only signs are written, and rich's own colours."""
    for number in range(5, len(TEXTS), 13 if "{n}" in command else len(TEXTS)):
        Run(*command.format(n=number).split(), terminal=terminal).expect_safe()
    with closing(sqlite3.connect(here, isolation_level=None)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        for number, text in enumerate(CONTROLS.values()):
            told = (text, f"lab-{number}")
            other.execute("UPDATE labs SET name = ?1, notes = ?1 WHERE id = ?2", told)
    Run(*command.format(n=0).split(), terminal=terminal).expect_safe()


def test_a_real_window_shows_signs_alone(here):
    """In a window nothing moves the title, the cursor or the colours but the table itself."""
    run = in_terminal(here, "lab", "list", columns=200, lines=50)
    run.ends()
    assert harm_in(STYLE.sub("", run.raw.replace("\r\n", "\n"))) == set()
    assert not run.window.title
    assert "cmd|" in run.screen or "cmd" in run.raw


@pytest.mark.parametrize("name", [*PAYLOADS, *CONTROLS])
def test_words_of_a_command_are_text(here, name):
    """As id, name, condition, reason or file each text is that text, or is refused."""
    text = ({**PAYLOADS, **CONTROLS})[name][:180].replace("\0", "")
    before = sorted(path.name for path in here.parent.parent.iterdir())
    Run("lab", "show", "--", text).expect_safe()
    Run("--registry", text, "lab", "list").expect_safe()
    found = Run("lab", "list", "--json", "--where", f"name={text}").expect_safe()
    line = fits(Lab.column("name"), PAYLOADS.get(name, ""))
    if found.code == 0 and name in PAYLOADS and len(line) < 180:
        assert line in {row["name"] for row in json.loads(found.out)} or not json.loads(found.out)
    added = Run("group", "add", f"--name={text}", "--why", text, "--json").expect_safe()
    if added.code == 0:
        assert re.fullmatch(r"[a-z0-9-]+", json.loads(added.out)["id"])
    assert sorted(path.name for path in here.parent.parent.iterdir()) == before
    with closing(sqlite3.connect(here)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM labs").fetchone()
    assert count == len(TEXTS)


@pytest.mark.usefixtures("here")
def test_the_log_tells_reasons_as_they_are():
    """As JSON each reason is what was given, to the letter."""
    told = Run("log", "--json", "--limit", "500")
    reasons = {row.get("why") for row in json.loads(told.out)}
    assert len(reasons & set(TEXTS)) > 60
