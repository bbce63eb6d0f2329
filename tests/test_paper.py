"""The printed map and the sheets, as their readers have them: read from the PDF by poppler."""

import io
import os
import re
import subprocess
import sys
from contextlib import closing

import pytest

from bencomune_cli import bundles, exports
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import (
    PLACES,
    Area,
    Contact,
    Lab,
    Network,
    Organisation,
    Relation,
)
from bencomune_cli.sketch_maps import HEIGHT, MOST, WIDTH, sketch
from test_html_page import ATTACKS, free_columns
from towns import settled


def pdf_of(path, *names, beside=()):
    """Return the printed map of some layers, all where none is named."""
    out = io.BytesIO()
    with closing(Dataset(path)) as dataset:
        bundles.load("pdf").write(dataset, exports.layers(names), out, beside=beside)
    return out.getvalue()


def pages_of(pdf):
    """Return the texts of the pages, as poppler reads them."""
    done = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\f")[:-1]


def words_of(pdf):
    """Return all texts with one space between words."""
    return " ".join(" ".join(pages_of(pdf)).split())


def count_of_pages(pdf):
    """Return how many pages poppler finds."""
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout
    return int(re.search(rb"Pages:\s+(\d+)", told)[1])


@pytest.fixture
def town(registry):
    """Give a small town with a web site, a lab in a neighbourhood, and one that is about there."""
    other = settled(registry).store.connection
    other.execute("UPDATE network SET website = 'https://rete.example.org/'")
    other.execute("UPDATE labs SET neighbourhood = 'rione-esempio' WHERE id = 'casa-perche'")
    other.execute("UPDATE labs SET precision = 'neighbourhood' WHERE id = 'bottega'")
    return registry


IN_ORDER = ["Bottega", "Casa Perché", "Lettori", "Orto", "Circolo"]


def entries_of(pdf):
    """Return the numbers and names of the directory, which begins on the second page."""
    text = "\n".join(pages_of(pdf)[1:])
    return {
        name: len(re.findall(rf"^\d+ {re.escape(name)}\b", text, re.MULTILINE)) for name in IN_ORDER
    }


def test_each_record_is_one_entry(town, path):
    """Each public record stands once in the directory, and what is hidden nowhere."""
    with town.operation("test"):
        town.add(Lab, {"name": "Nascosto Qui", "state": "active", "hidden": "yes"})
    pdf = pdf_of(path)
    assert entries_of(pdf) == dict.fromkeys(IN_ORDER, 1)
    assert "Nascosto" not in words_of(pdf)


@pytest.mark.parametrize(
    ("speaks", "told"),
    [
        (
            "it",
            [
                "Mappa ed elenco|MAPPA ED ELENCO",
                "2 laboratori, 2 gruppi, 1 organizzazione",
                "RIONE ESEMPIO · COMUNE ESEMPIO",
                "COMUNE ESEMPIO, QUARTIERE NON INDICATO",
                "Indirizzo: via Prova 12/A, Comune Esempio",
                "Orari: lunedì–venerdì 16:00–19:00",
                "Bottega Chiuso",
                "Nome Inventato · a@example.org",
                "SENZA SEDE FISSA",
                "Indirizzo: presso Casa Perché",
                "Senza un punto sulla mappa: 3–5.",
                "Indice per attività",
                r"Cura del verde e dei parchi 4 \(p. 2\)",
                "In rete https://rete.example.org/",
            ],
        ),
        (
            "en",
            [
                "MAP AND DIRECTORY",
                "2 labs, 2 groups, 1 organisation",
                "Hours: Monday–Friday 16:00–19:00",
                "Bottega Closed",
                "NO FIXED DOOR",
                "Index by activity",
                "Without a point on the map: 3–5.",
            ],
        ),
    ],
)
def test_it_reads_in_both_languages(town, bencomune, tmp_path, speaks, told):
    """Headings, labels, hours and states are in the language that is asked for."""
    town.close()
    done = bencomune("--lang", speaks, "export", "--for", "paper", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    words = words_of((tmp_path / "out" / "map.pdf").read_bytes())
    for text in told:
        assert re.search(text, words), f"{text}\n{words}"


def test_the_same_data_give_the_same_bytes(town, bencomune, tmp_path):
    """Whatever the time zone, hash seed and fonts of who exports; the date is that of the data."""
    town.close()
    found = set()
    for number, told in enumerate(
        ({"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}, {"BENCOMUNE_LANG": "en", "TZ": "UTC"})
    ):
        out = tmp_path / str(number)
        assert bencomune("export", "-f", "pdf", "--to", out, **told).returncode == 0
        found.add((out / "map.pdf").read_bytes())
    assert len(found) == 1


@pytest.mark.usefixtures("town")
def test_all_fonts_are_in_the_file(path):
    """Every font is one that the program brings, and is embedded."""
    done = subprocess.run(["pdffonts", "-"], input=pdf_of(path), capture_output=True, check=True)
    rows = [line.split() for line in done.stdout.decode().splitlines()[2:]]
    assert rows
    assert all("Libertinus" in row[0] and row[-5] == "yes" for row in rows)


def test_nobody_can_write_what_the_page_does(town, path):
    """Every hostile text in every column is only text: it stands on the page as it was written."""
    registry = town.store.connection
    registry.execute("PRAGMA ignore_check_constraints = ON")
    for text in ATTACKS:
        line = " ".join(text.split())
        for entity in (*PLACES, Area, Contact, Relation, Network):
            told = ", ".join(f"{column.name} = ?1" for column in free_columns(entity))
            registry.execute(f"UPDATE {entity.table} SET {told}", (text,))
        found = "".join(words_of(pdf_of(path)).split())
        wanted = "".join(sign for sign in line if sign.isascii() and not sign.isspace())
        if wanted == "".join(line.split()):
            assert found.count(wanted) > len(IN_ORDER), text
        else:  # in the order of its script, or without signs that the fonts lack
            for word in re.findall(r"[!-~]+", line):
                assert word in found, (text, word)


SYNTAX = [
    ") Tj ET EMC Q (",
    "<</S /JavaScript /JS (app.alert)>>",
    "\\) \\( \\",
    "endstream endobj",
    "%%EOF",
]


@pytest.mark.parametrize("text", SYNTAX)
def test_what_a_pdf_is_written_in_is_text(town, path, text):
    """What would end a text or an object, or be an action, is printed as it stands."""
    town.store.connection.execute("UPDATE labs SET name = ?1, summary = ?1", (text,))
    town.store.connection.execute("UPDATE network SET name = ?", (text,))
    pdf = pdf_of(path)
    found = "".join(words_of(pdf).split())
    assert found.count("".join(text.split())) >= 5
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout
    assert re.search(r"Title:\s+(.*)", told.decode())[1] == text
    assert b"JavaScript:      no" in told


@pytest.mark.parametrize("names", [(), ("labs",), ("relations",), ("network",)])
def test_a_registry_without_records_is_printed(registry, path, names):
    """No record, or none that a layer shows: one front page says so."""
    registry.close()
    pdf = pdf_of(path, *names)
    assert "nessun record" in words_of(pdf)
    assert "Nessun record ha un punto da disegnare." in words_of(pdf)


@pytest.mark.parametrize(("layer", "count"), [("labs", 2), ("groups", 2), ("network", 5)])
@pytest.mark.usefixtures("town")
def test_one_layer_alone_is_a_directory_too(path, layer, count):
    """Any layer can be printed alone."""
    assert sum(entries_of(pdf_of(path, layer)).values()) == count


def add_places(registry, many):
    """Put so many labs into a town, each with a point, an address and a summary."""
    summary = "Un luogo d'incontro. " * 6
    rows = (
        (f"posto-{n}", f"Posto {n}", summary, 45 + n % 17 / 90, 9 + n // 17 / 90, f"via Prova {n}")
        for n in range(many)
    )
    sql = (
        "INSERT INTO labs (id, name, summary, lat, lon, street, activities, state, precision,"
        " municipality, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 'sport_play',"
        " 'active', 'address', '000001', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')"
    )
    registry.store.connection.executemany(sql, rows)


def test_three_hundred_records_are_printed(town, path):
    """A town with 300 places has each number once in the directory, on bounded pages."""
    add_places(town, 300)
    pdf = pdf_of(path)
    text = "\n".join(pages_of(pdf)[1:])
    for n in range(300):
        assert len(re.findall(rf"^\d+ Posto {n}$", text, re.MULTILINE)) == 1
    assert count_of_pages(pdf) < 40
    assert len(pdf) < 2_000_000


def test_very_many_records_are_told_in_less_room(town, path):
    """Of more places than the map has numbers for, each is told whole, on fewer pages."""
    add_places(town, MOST)
    pdf = pdf_of(path)
    words = words_of(pdf)
    told = "Un luogo d'incontro. Indirizzo: via Prova {n}, Comune Esempio Attività: Sport e gioco"
    lacking = [n for n in range(MOST) if told.format(n=n) not in words]
    assert lacking == []
    assert "I numeri sono quelli dell'elenco. " in words
    assert "Sport e gioco 1, 3–402" in words
    assert "Cura del verde e dei parchi 404 (p. 14)" in words
    assert "2 Bottega Chiuso posizione approssimata 3 Posto 0" in words
    assert words.count("posizione approssimata") == 1
    assert count_of_pages(pdf) < 30


def test_an_entry_longer_than_a_page_goes_on_in_the_next(town, path):
    """A thousand areas served are all printed, to the last."""
    names = ", ".join(f"zona-{n}" for n in range(1_000))
    rows = ((f"zona-{n}", f"Zona numero {n}") for n in range(1_000))
    sql = (
        "INSERT INTO areas (id, name, area_kind, version, created_at, updated_at) VALUES"
        " (?, ?, 'neighbourhood', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')"
    )
    town.store.connection.executemany(sql, rows)
    town.store.connection.execute("UPDATE groups SET area_served = ?", (names,))
    words = words_of(pdf_of(path))
    assert [n for n in range(1_000) if f"Zona numero {n}," not in words] == []


def places(*points):
    """Return places to draw, numbered."""
    return [
        {"number": n, "name": f"Posto {n}", "kind": "lab", "lon": lon, "lat": lat, "rough": False}
        for n, (lon, lat) in enumerate(points, 1)
    ]


def test_numbers_do_not_cover_each_other():
    """Forty places at one door have forty numbers that stand apart, on the paper."""
    drawn = sketch(places(*[(9.1, 45.1)] * 40, (9.2, 45.2)), [])
    labels = [point["label"] for point in drawn["points"]]
    for n, (x, y) in enumerate(labels):
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
        for other in labels[:n]:
            assert (x - other[0]) ** 2 + (y - other[1]) ** 2 >= (2 * drawn["radius"]) ** 2


def test_far_places_and_many_are_told():
    """What is far from all others is told as outside; too many points have no numbers."""
    near = [(9 + n / 1000, 45 + n / 1000) for n in range(9)]
    assert sketch(places(*near, (0.0, 0.0)), [])["outside"] == [10]
    crowd = [(9 + n % 30 / 1000, 45 + n // 30 / 1000) for n in range(MOST + 1)]
    assert sketch(places(*crowd), [])["radius"] == 0
    assert sketch([], []) is None


def test_up_is_north_and_a_kilometre_is_one():
    """Places are where they are: north up, east right, and the scale is right."""
    drawn = sketch(places((9.0, 45.0), (9.02, 45.02)), [])
    (west, south), (east, north) = (point["at"] for point in drawn["points"])
    assert (west < east, north < south) == (True, True)
    told = drawn["scale"]
    assert (south - north) / 0.02 / 111_320 == pytest.approx(
        told["length"] / told["metres"], rel=0.01
    )


# Sheets


@pytest.mark.parametrize("speaks", ["it", "en"])
def test_a_sheet_tells_what_is_done_and_with_whom(town, bencomune, path, speaks):
    """One page has the activities, the partners and how to reach the lab, in words."""
    town.close()
    done = bencomune("--lang", speaks, "sheet", "casa-perche")
    assert done.returncode == 0, done.stderr
    pdf = (path.parent / "casa-perche.pdf").read_bytes()
    assert count_of_pages(pdf) == 1
    words = words_of(pdf)
    told = {
        "it": ["Lettura e libri", "gestito da: Circolo (dal 2020)", "Orari: lunedì–venerdì"],
        "en": ["Reading and books", "managed by: Circolo (since 2020)", "Hours: Monday–Friday"],
    }
    for text in ("Casa Perché", "via Prova 12/A", "Nome Inventato", *told[speaks]):
        assert text in words, (text, words)


def test_a_sheet_is_one_page_whatever_there_is_to_say(town, bencomune, path):
    """The longest description and forty partners still fit, to the last word."""
    with town.operation("test"):
        text = "Parole che non finiscono mai e poi mai. " * 499 + "Ultima parola."
        lab = town.store.get(Lab, "casa-perche")
        town.store.update(Lab, lab.replaced(description=text), ["description"])
        for n in range(40):
            made = {"name": f"Associazione di prova numero {n}", "state": "active"}
            town.add(Organisation, made)
            ends = {"subject": f"associazione-di-prova-numero-{n}", "role": "partner_of"}
            town.add(Relation, {**ends, "object": "casa-perche"})
    town.close()
    assert bencomune("sheet", "casa-perche", "--to", "una.pdf").returncode == 0
    pdf = (path.parent / "una.pdf").read_bytes()
    assert count_of_pages(pdf) == 1
    assert "Ultima parola." in words_of(pdf)
    assert "Associazione di prova numero 39" in words_of(pdf)


def test_a_sheet_is_one_page_however_many_lines_there_are(town, bencomune, path):
    """Lines that would not fit one below the other are one paragraph."""
    text = "\n".join(f"riga numero {n}" for n in range(400))
    with town.operation("test"):
        lab = town.store.get(Lab, "casa-perche")
        town.store.update(Lab, lab.replaced(description=text), ["description"])
    town.close()
    assert bencomune("sheet", "casa-perche", "--to", "una.pdf").returncode == 0
    pdf = (path.parent / "una.pdf").read_bytes()
    assert count_of_pages(pdf) == 1
    assert "riga numero 398 · riga numero 399" in words_of(pdf)


def test_what_is_public_is_published_on_paper(town, bencomune, path):
    """Addresses that end a paragraph, or break after a hyphen, are not taken for others."""
    sql = town.store.connection.execute
    sql("UPDATE network SET email = 'rete-dei-laboratori@example.org', phone = '0382 111222'")
    sql("UPDATE labs SET email = 'ufficio-di-quartiere-' || id || '@example.org'")
    sql("UPDATE organisations SET name = 'Circolo n. 03', email = 'circolo-arci@example.org'")
    town.close()
    (path.parent / "bencomune.toml").write_text('[publish]\nformats = ["csv", "pdf"]\n', "utf-8")
    done = bencomune("publish", "--folder", "out")
    assert done.returncode == 0, done.stderr
    assert "ufficio-di-quartiere-bottega@example.org" in "".join(
        words_of((path.parent / "out" / "map.pdf").read_bytes()).split()
    )


def test_a_sheet_goes_where_it_is_told(town, bencomune, path):
    """Into a named file, the same each time; what is there stays where it cannot be written."""
    town.close()
    assert bencomune("sheet", "orto", "--to", "a.pdf").returncode == 0
    before = (path.parent / "a.pdf").read_bytes()
    assert bencomune("sheet", "orto", "--to", "a.pdf").returncode == 0
    assert (path.parent / "a.pdf").read_bytes() == before
    done = bencomune("sheet", "orto", "--to", "nowhere/a.pdf")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert not list(path.parent.glob(".*.tmp"))


def test_what_is_not_published_has_no_sheet(town, bencomune, path):
    """A hidden record is refused with the reason, and no file is made."""
    town.store.connection.execute("UPDATE labs SET hidden = 1 WHERE id = 'bottega'")
    town.close()
    done = bencomune("sheet", "bottega")
    assert done.returncode == 2
    assert "bottega non è pubblicato: " in done.stderr
    assert bencomune("sheet", "nessuno").returncode == 2
    assert not list(path.parent.glob("*.pdf"))


# What is needed


@pytest.mark.parametrize("command", [("export", "-f", "pdf", "--to", "out"), ("sheet", "orto")])
@pytest.mark.parametrize("missing", bundles.load("pdf").FORMAT.needs)
def test_a_missing_library_is_told(town, path, command, missing):
    """Without the extra part the command says how to get it, and makes nothing."""
    town.close()
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import bencomune_cli.file_kinds as k\n"
        "real = k.find_spec\n"
        f"k.find_spec = lambda name: None if name == {missing!r} else real(name)\n"
        "from bencomune_cli.app import run; run()\n"
    )
    told = {**os.environ, "BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it"}
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=told,
        cwd=path.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert f"{sys.executable} -m pip install -c constraints.txt '.[pdf]'" in done.stderr
    assert not (path.parent / "out").exists()
    assert not (path.parent / "orto.pdf").exists()


def test_the_code_leads_to_the_page_beside_it(town, path):
    """With a web folder, the code is the address of the page that is exported there too."""
    from bencomune_cli.imprints import page_of, record_of

    network = {"files_url": "https://a.example.org/dati", "website": "https://w.example.org"}
    assert page_of(network, "map.html") == "https://a.example.org/dati/map.html"
    assert page_of(network, "") == "https://w.example.org"
    assert page_of({}, "map.html") == ""
    assert record_of({"base_uri": "https://b.example.org/id"}, "x") == "https://b.example.org/id/x"
    town.store.connection.execute("UPDATE network SET files_url = 'https://a.example.org/dati/'")
    assert "https://a.example.org/dati/map.html" in words_of(pdf_of(path, beside=["map.html"]))
    assert "map.html" not in words_of(pdf_of(path))
