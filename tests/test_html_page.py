"""The page with map and list, as people use it: in Chromium, from a file, by keyboard alone."""

import hashlib
import io
import json
import re
import subprocess
import sys
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bencomune_cli import bundles, exports
from bencomune_cli.bundles import html
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import (
    PLACES,
    Area,
    Contact,
    Group,
    Lab,
    Network,
    Organisation,
    Relation,
)
from bencomune_cli.kinds.texts import Line, Prose, WebAddress
from bencomune_cli.kinds.tiles import TileAddress
from bencomune_cli.layers import LAYERS
from pages import Opened, chromium
from test_formats import HOSTILE
from towns import settled

DOCS = Path(__file__).parent.parent / "docs"
LEAFLET = html.PAGE / "leaflet"
ATTACKS = [
    *HOSTILE,
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)//",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><iframe src=javascript:alert(1)>',
    "' onmouseover=alert(1) x='",
    "javascript:alert(1)",
    "{{data}} {{policy}}",
    "\\u003c/script\\u003e<base href=//example.org>",
    "__proto__",
    "א\u200fב 👩‍👩‍👧 ﷽",
]


@pytest.fixture(scope="module")
def browser():
    """Give one Chromium for all tests of the module."""
    with chromium() as started:
        yield started


@pytest.fixture
def town(registry):
    """Give a small town."""
    return settled(registry)


def bytes_of(path, *names, beside=()):
    """Return the page of some layers, all where none is named."""
    out = io.BytesIO()
    with closing(Dataset(path)) as dataset:
        bundles.load("html").write(dataset, exports.layers(names), out, beside=beside)
    return out.getvalue()


@pytest.fixture
def file(town, path, tmp_path):
    """Return the page of the town as a file."""
    del town
    made = tmp_path / "map.html"
    made.write_bytes(bytes_of(path, beside=["labs.csv", "map.html", "network.gpkg"]))
    return made


def data_of(content):
    """Return the data of a page."""
    found = re.search(
        r'<script type="application/json" id="_data">(.*?)</script>', content, re.DOTALL
    )
    return json.loads(found[1])


# The file


def test_leaflet_is_as_npm_has_it():
    """The files of Leaflet are those that the script which fetches them has checked."""
    told = dict(line.split()[::-1] for line in (LEAFLET / "SHA256SUMS").read_text().splitlines())
    there = {file.name for file in LEAFLET.iterdir()} - {"SHA256SUMS"}
    assert set(told) == there == {"LICENSE", "leaflet.css", "leaflet.js"}
    for name, digest in told.items():
        assert hashlib.sha256((LEAFLET / name).read_bytes()).hexdigest() == digest


def test_the_page_says_nothing_in_one_language_only():
    """All words of the page are in both languages, and its files have no other words."""
    words = html._words()
    assert all(text.strip() for pair in words.values() for text in pair)
    source = "".join((html.PAGE / name).read_text() for name in (*html._SCRIPTS, "page.html"))
    used = set(re.findall(r'say\(\s*"(\w+)"|data-word="(\w+)"', source))
    assert {one or other for one, other in used} <= set(words)
    for code in words:
        assert re.search(rf'"{code}"|\b{code}:|point_|results_|from_until', source), code


def test_the_same_data_give_the_same_page(town, bencomune, tmp_path):
    """Whatever the language, time zone and hash seed of who exports."""
    town.close()
    found = set()
    for number, told in enumerate(
        ({"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}, {"BENCOMUNE_LANG": "en", "TZ": "UTC"})
    ):
        done = bencomune("export", "-f", "html", "--to", tmp_path / str(number), **told)
        assert done.returncode == 0
        found.add((tmp_path / str(number) / "map.html").read_bytes())
    assert len(found) == 1


def test_the_page_links_to_the_files_that_are_there(town, bencomune, tmp_path):
    """Links are to the files of the folder, of this and earlier exports; a stream has none."""
    town.close()
    assert bencomune("export", "labs", "-f", "csv", "--to", tmp_path / "out").returncode == 0
    assert bencomune("export", "--for", "web", "--to", tmp_path / "out").returncode == 0
    told = data_of((tmp_path / "out" / "map.html").read_text("utf-8"))["beside"]
    names = [name for group in told for name, _ in group["files"]]
    assert {"labs.csv", "labs.geojson", "relations.geojson"} <= set(names)
    assert "groups.csv" not in names
    assert "map.html" not in names
    assert all((tmp_path / "out" / name).exists() for name in names)
    before = (tmp_path / "out" / "map.html").read_bytes()
    assert bencomune("export", "--for", "web", "--to", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "map.html").read_bytes() == before
    streamed = bencomune("export", "-f", "html", "--to", "-").stdout
    assert data_of(streamed)["beside"] == []


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.usefixtures("town")
def test_one_layer_alone_is_a_page_too(path, layer, browser, tmp_path):
    """Any layer can be shown alone; of relations alone there is no record to show."""
    made = tmp_path / "one.html"
    made.write_bytes(bytes_of(path, layer))
    with Opened(browser, made) as opened, closing(Dataset(path)) as dataset:
        count = 0 if layer == "relations" else dataset.count(LAYERS[layer])
        opened.shows(count)
        assert opened.noted.faults == []


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("https://tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org"),
        ("https://{s}.tile.example.org:8080/{z}/{x}/{y}{r}.png", "https://*.tile.example.org:8080"),
        ("https://tile.example.org/{z}/{x}.png", ""),
        ("https://tile.example.org/{z}/{x}/{y}.png; script-src *", ""),
        ("https://tile.example.org 'unsafe-inline'/{z}/{x}/{y}", ""),
        ("javascript://x/{z}/{x}/{y}", ""),
        ("https://user@tile.example.org/{z}/{x}/{y}", ""),
    ],
)
def test_the_policy_lets_in_only_one_server(town, path, address, server):
    """The address of tiles adds its server to the policy and nothing else."""
    assert TileAddress.server(address) == server
    town.store.connection.execute("UPDATE network SET tiles_url = ?", (address,))
    content = bytes_of(path).decode()
    policy = re.search(r'Policy" content="([^"]*)"', content)[1].replace("&#x27;", "'")
    told = dict(part.split(" ", 1) for part in policy.split("; "))
    assert told["img-src"] == f"{server} data:".strip()
    assert told["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert set(told) == {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "base-uri",
        "form-action",
    }
    assert data_of(content)["network"].get("tiles_url") == (address if server else None)


# As people use it


def test_it_opens_from_a_file_and_shows_all(file, browser):
    """From a disk the page shows list and map, asks for nothing, and says how many there are."""
    with Opened(browser, file) as opened:
        opened.shows(5)
        assert opened.names() == ["Bottega", "Casa Perché", "Lettori", "Orto", "Circolo"]
        assert opened.page.title() == "Rete Esempio – Mappa ed elenco"
        assert opened.page.locator("#_count").inner_text() == "Sono tutti: 5"
        assert opened.page.locator("path.outline").count() == 1
        assert opened.page.locator("#_canvas .on-map").count() >= 3
        text = opened.page.locator("#_records").inner_text()
        for told in ("Chiuso", "senza sede fissa, Rione Esempio, Comune Esempio", "via Prova 12/A"):
            assert told in text
        assert "si riunisce presso Casa Perché" in text
        links = opened.page.locator(".downloads a").evaluate_all("all => all.map(a => a.href)")
        assert links == [(file.parent / name).as_uri() for name in ("labs.csv", "network.gpkg")]
        assert opened.noted.faults == opened.noted.requests == []


def test_filters_and_search(file, browser):
    """Kinds, activities, areas and words narrow list and map; accents and case do not matter."""
    with Opened(browser, file) as opened:
        page = opened.page
        page.fill("#_words", "PERCHE")
        assert opened.shows(2).names() == ["Casa Perché", "Lettori"]
        page.fill("#_words", "perche via prova")
        assert opened.shows(1).names() == ["Casa Perché"]
        assert page.locator("#_count").inner_text() == "Un risultato"
        page.fill("#_words", "sport")
        assert opened.shows(1).names() == ["Casa Perché"]
        page.fill("#_words", "nessuno così")
        opened.shows(0)
        assert page.locator("#_count").inner_text().startswith("Nessun risultato")
        assert page.locator("#_canvas .on-map").count() == 0
        page.click("#_clear")
        opened.shows(5)
        page.uncheck("[value=lab]")
        assert opened.shows(3).names() == ["Lettori", "Orto", "Circolo"]
        page.check("[value=lab]")
        page.select_option("#_activity", "green_care")
        assert opened.shows(1).names() == ["Orto"]
        page.select_option("#_activity", "")
        page.select_option("#_area", "rione-esempio")
        assert opened.shows(1).names() == ["Orto"]
        page.select_option("#_area", "comune-esempio")
        opened.shows(5)
        assert opened.noted.faults == []


def test_a_permalink_opens_the_card(file, browser):
    """A link with an id opens the public card, with all it says; links lead from card to card."""
    with Opened(browser, file, "#casa-perche") as opened:
        card = opened.card()
        for told in (
            *("Casa Perché", "Biblioteca", "via Prova 12/A, Comune Esempio", "settembre 2019"),
            *("lunedì–venerdì 16:00–19:00", "Lettura e libri", "Sport e gioco", "+390200000000"),
            *("Ufficio stampa", "Nome Inventato", "a@example.org", "gestito da", "dal 2020"),
        ):
            assert told in card
        assert opened.focus() == "_card_title"
        opened.page.click("#_card >> text=Circolo")
        opened.page.wait_for_function("location.hash === '#circolo'")
        opened.page.wait_for_selector("#_card >> text=gestisce")
        opened.page.go_back()
        opened.page.wait_for_selector("#_card >> text=Biblioteca")
        opened.page.keyboard.press("Escape")
        assert opened.card() == ""
        assert opened.page.evaluate("location.hash") == ""
        assert opened.noted.faults == opened.noted.requests == []


def test_the_permanent_address_is_told(town, path, tmp_path, browser):
    """Where the network has a base of addresses, the card tells the record's own."""
    with town.operation("test"):
        town.change(town.network(), {"base_uri": "https://example.org/id"})
    made = tmp_path / "map.html"
    made.write_bytes(bytes_of(path))
    with Opened(browser, made, "#orto") as opened:
        assert "https://example.org/id/orto" in opened.card()


@pytest.mark.parametrize("hash_", ["#niente", "#_list", "#%", "#__proto__", "#constructor"])
def test_a_link_to_nothing_opens_nothing(file, browser, hash_):
    """A link to what is not there, or is no record, shows the page as it is."""
    with Opened(browser, file, hash_) as opened:
        opened.shows(5)
        assert opened.card() == ""
        assert opened.noted.faults == []


def test_signs_of_the_map_open_what_they_stand_for(file, browser):
    """A sign opens its card; one of several lists them; an area lists those without a point."""
    with Opened(browser, file) as opened:
        opened.page.click("#_canvas .sign-area")
        card = opened.card()
        assert "Comune Esempio" in card
        assert "Orto" in card
        assert "Circolo" in card
        opened.page.click("#_card >> text=Orto")
        opened.page.wait_for_selector("#_card .colophon")
        assert "Cura del verde" in opened.card()
        assert opened.page.locator("path.outline.current").count() == 1
        opened.page.click("#_close")
        opened.page.click("#_all")
        opened.page.click("#_canvas .sign-one >> nth=0")
        assert "Bottega" in opened.card()
        opened.page.click("#_close")
        opened.page.click("#_canvas .sign-many")  # the lab, and the group that meets there
        opened.page.wait_for_selector("#_card >> text=Qui sono 2")
        assert opened.noted.faults == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_keyboard_alone_is_enough(file, browser, width):
    """Skip link, search, filters, list, card and back, by Tab, Enter, Space and Escape; no trap."""
    with Opened(browser, file, width=width, height=740) as opened:
        press = opened.page.keyboard.press
        press("Tab")
        assert opened.focus() == "Vai all'elenco"
        press("Enter")
        press("Tab")
        assert opened.focus() == "Bottega"
        press("Tab")
        press("Enter")
        opened.page.wait_for_selector("#_card >> text=Biblioteca")
        assert opened.focus() == "_card_title"
        press("Escape")
        assert opened.focus() == "Casa Perché"
        opened.page.focus("#_words")
        opened.page.keyboard.type("orto")
        opened.shows(1)
        seen = []
        for _ in range(40):
            press("Tab")
            seen.append(opened.focus())
            if opened.page.evaluate("document.activeElement === document.body"):
                break
        assert "_activity" in seen
        assert "_area" in seen
        assert "_clear" in seen
        assert "Orto" in seen
        assert "_canvas" in seen  # reached, and left again
        assert opened.page.evaluate("document.activeElement === document.body")
        assert opened.noted.faults == []


def test_a_telephone_shows_all_of_it(file, browser):
    """At 360 by 740 nothing is wider than the window; a card covers the page and can be left."""
    with Opened(browser, file, width=360, height=740, has_touch=True) as opened:
        page = opened.page
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.tap("#_records >> text=Casa Perché")
        page.wait_for_selector("#_card >> text=Biblioteca")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        box = page.locator("#_card").bounding_box()
        assert (box["x"], box["width"], box["height"]) == (0, 360, 740)
        assert page.evaluate("document.getElementById('_column').inert")
        close = page.locator("#_close").bounding_box()
        assert close["height"] >= 44
        page.tap("#_close")
        assert not page.evaluate("document.getElementById('_column').inert")
        assert opened.noted.faults == []


def test_both_languages(file, browser):
    """One button says all in the other language; texts of records stay, and say which they are."""
    with Opened(browser, file, "#casa-perche") as opened:
        page = opened.page
        page.click("#_languages [lang=en]")
        page.wait_for_selector("#_card >> text=Reading and books")
        assert page.evaluate("document.documentElement.lang") == "en"
        for told in ("Library", "Monday–Friday", "managed by", "since 2020", "September 2019"):
            assert told in opened.card()
        assert page.locator("#_card_title").get_attribute("lang") == "it"
        assert page.locator("#_count").inner_text() == "All of them: 5"
        assert opened.focus() == "English"
        assert opened.noted.faults == []
    with Opened(browser, file, "?lang=en") as opened:
        assert "Directory" in opened.page.locator("#_list_title").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(file, browser, scheme, language, width):
    """axe-core finds nothing wrong with the list, a card, and a list of records of one place."""
    told = {"color_scheme": scheme, "width": width, "height": 740}
    with Opened(browser, file, f"?lang={language}", **told) as opened:
        assert opened.violations() == []
        opened.page.evaluate("location.hash = 'casa-perche'")
        opened.page.wait_for_selector("#_card article")
        assert opened.violations() == []
        opened.page.keyboard.press("Escape")
        opened.page.evaluate("document.querySelector('#_canvas .sign-area').click()")
        assert opened.violations() == []


def test_it_prints_the_directory(file, browser, tmp_path):
    """On paper there is each record once with what its card tells, and none of the controls."""
    with Opened(browser, file) as opened:
        opened.page.pdf(path=tmp_path / "printed.pdf", format="A4")
        opened.shows(5)
        assert opened.noted.faults == []
    done = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "printed.pdf", "-"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for told in ("Casa Perché", "lunedì–venerdì", "+390200000000", "Nome Inventato", "Chiuso"):
        assert told in done.stdout
    assert len(re.findall(r"^\s*Orto\b|\s{2,}Orto\b", done.stdout, re.MULTILINE)) == 1
    assert "Togli i filtri" not in done.stdout
    assert "nome, via" not in done.stdout


@pytest.fixture
def tiled(town, path, tmp_path):
    """Return the page of a network that names a server of tiles."""
    with town.operation("test"):
        told = {"tiles_url": "https://tile.example.org/{z}/{x}/{y}.png"}
        town.change(town.network(), {**told, "tiles_credit": "© Esempio https://example.org/c"})
    made = tmp_path / "site" / "map.html"
    made.parent.mkdir()
    made.write_bytes(bytes_of(path))
    return made


def only_tiles(opened):
    """Wait until tiles were asked for; tell whether nothing else was, and nothing else failed."""
    opened.page.wait_for_function("document.querySelector('.leaflet-tile')")
    opened.page.wait_for_timeout(300)
    hosts = {url.split("/")[2] for url in opened.noted.requests}
    failed = [each for each in opened.noted.faults if "ERR_FAILED" not in each]
    return hosts == {"tile.example.org"} and failed == []


def test_from_a_disk_tiles_are_asked_for_when_a_person_wants_them(tiled, browser):
    """From a disk no tile is asked for until the box is ticked; then of that server alone."""
    with Opened(browser, tiled) as opened:
        opened.shows(5)
        assert opened.noted.requests == []
        opened.page.check("#_tiles")
        assert only_tiles(opened)
        assert opened.page.locator("#_credit a").get_attribute("href") == "https://example.org/c"
        opened.page.uncheck("#_tiles")
        assert opened.page.locator("#_credit").inner_text() == ""


def test_on_a_site_tiles_are_there_at_once(tiled, browser):
    """On a site tiles are asked for at once, with the site as Referer, and can be taken away."""
    serve = partial(SimpleHTTPRequestHandler, directory=tiled.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}"
        with Opened(browser, f"{site}/map.html") as opened:
            assert only_tiles(opened)
            assert set(opened.noted.referers) == {f"{site}/"}
            assert opened.page.is_checked("#_tiles")
            assert opened.page.locator("#_credit a").inner_text() == "© Esempio"
            opened.page.uncheck("#_tiles")
            assert opened.page.locator(".leaflet-tile").count() == 0
        server.shutdown()


# What records hold is text

EVERY_CARD = """async () => {
    const hashes = [...document.querySelectorAll('#_records li > a')].map(link => link.hash);
    let opened = 0;
    for (const hash of hashes) {
        const changed = new Promise(done => addEventListener('hashchange', done, { once: true }));
        location.hash = hash;
        await changed;
        opened += document.querySelector(`#_card .colophon a[href='${hash}']`) !== null;
    }
    return opened === hashes.length ? opened : 0;
}"""


def free_columns(entity):
    """Return the columns into which a person, or another program, may write any text."""
    return [
        column
        for column in entity.columns
        if isinstance(column.item, Line | Prose | WebAddress) and column.published
    ]


def test_no_text_of_a_record_does_anything(town, path, tmp_path, browser):
    """Each hostile text in each column of texts: no dialog, request, fault or element."""
    registry = town.store.connection
    registry.execute("PRAGMA ignore_check_constraints = ON")
    with town.operation("test"):
        for number in range(len(ATTACKS)):
            for entity, more in ((Lab, {}), (Group, {"area_served": "rione-esempio"})):
                there = {"lat": f"45.{number:02}", "lon": "9.1", "state": "active", **more}
                town.add(entity, {"name": f"{entity.table} {number}", **there})
            town.add(Organisation, {"name": f"ente {number}", "state": "active"})
    for entity in PLACES:
        ids = [row[0] for row in registry.execute(f"SELECT id FROM {entity.table} ORDER BY id")]
        for number, id_ in enumerate(ids):
            text = ATTACKS[number % len(ATTACKS)]
            told = ", ".join(f"{column.name} = ?1" for column in free_columns(entity))
            registry.execute(f"UPDATE {entity.table} SET {told} WHERE id = ?2", (text, id_))
    registry.execute("UPDATE labs SET activities = '__proto__', lab_kind = 'constructor'")
    made = tmp_path / "map.html"
    for text in ATTACKS:
        for entity in (Area, Contact, Relation, Network):
            told = ", ".join(f"{column.name} = ?1" for column in free_columns(entity))
            registry.execute(f"UPDATE {entity.table} SET {told}", (text,))
        made.write_bytes(bytes_of(path, beside=['<img src="x">.csv']))
        with Opened(browser, made, "#casa-perche") as opened:
            assert opened.noted.faults == opened.noted.requests == []
            assert opened.page.locator("h1").inner_text().split() == text.split()
            assert text.split()[0] in opened.card()
    with Opened(browser, made) as opened:
        page = opened.page
        assert page.evaluate(EVERY_CARD) > 3 * len(ATTACKS)
        page.click("#_languages [lang=en]")
        made_by_texts = (
            "#_main :is(script, img, iframe, base, object, b, style, [onerror], [onclick])"
        )
        assert page.locator(made_by_texts).count() == 0
        links = page.locator("a").evaluate_all("all => all.map(a => a.protocol)")
        assert set(links) <= {"file:", "https:", "http:", "mailto:", "tel:"}
        page.pdf()
        assert opened.noted.faults == opened.noted.requests == []


# How much it holds


def crowd(registry, count):
    """Write so many labs all over a town, with long texts, as another program would."""
    rows = (
        (
            f"posto-{n}",
            f"Posto numero {n}",
            "Un luogo d'incontro del quartiere, aperto a chi vuole. " * 3,
            "Nato da un gruppo di vicini, è un luogo dove ci si trova. " * 8,
            "reading_books, sport_play",
            f"via Esempio {n}",
            45 + n * 37 % 1000 / 5000,
            9 + n * 91 % 1000 / 5000,
        )
        for n in range(count)
    )
    connection = registry.store.connection
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO labs (id, name, summary, description, activities, street, lat, lon, precision,"
        " state, municipality, version, created_at, updated_at, hidden, removed) VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, 'address', 'active', '000001', 1,"
        " '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 0, 0)",
        rows,
    )
    connection.execute("COMMIT")


def test_two_hundred_records_are_less_than_a_megabyte(town, path):
    """With 200 records, each with long texts, the page has less than 1 MB."""
    crowd(town, 200)
    assert len(bytes_of(path)) < 1_000_000


def test_five_thousand_records_can_be_used(town, path, tmp_path, browser):
    """With 5,000 records a filter answers within a second, and more are shown step by step."""
    crowd(town, 5_000)
    made = tmp_path / "map.html"
    made.write_bytes(bytes_of(path))
    with Opened(browser, made) as opened:
        page = opened.page
        opened.shows(200)
        assert page.locator("#_canvas .on-map").count() < 600
        took = page.evaluate(
            """() => new Promise(done => {
                const start = performance.now();
                const field = document.getElementById('_words');
                field.value = 'numero 4999';
                field.dispatchEvent(new InputEvent('input', { bubbles: true }));
                const look = () => document.querySelectorAll('#_records li').length === 1
                    ? done(performance.now() - start) : requestAnimationFrame(look);
                look();
            })"""
        )
        assert took < 1_000
        page.fill("#_words", "")
        opened.shows(200)
        page.click("#_more")
        opened.shows(400)
        assert opened.noted.faults == []


def test_the_pictures_of_the_readme_can_be_drawn_again(browser, bencomune, tmp_path):
    """The script of the pictures draws what is exported of the example; the pictures are small."""
    del browser  # where there is none, there is nothing to draw with
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "web", "--to", tmp_path).returncode == 0
    command = [sys.executable, DOCS / "map_pictures.py", tmp_path / "map.html", tmp_path]
    subprocess.run(command, check=True, timeout=120)
    for name in ("map.png", "map-phone.png"):
        for file in (tmp_path / name, DOCS / "images" / name):
            assert file.read_bytes().startswith(b"\x89PNG")
            assert 10_000 < file.stat().st_size < 250_000
