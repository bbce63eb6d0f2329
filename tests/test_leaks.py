"""The search of finished bytes: every way to write a value is seen, and nothing public is taken."""

import base64
import binascii
import datetime as dt
import gzip
import hashlib
import html
import io
import json
import os
import random
import signal
import sqlite3
import struct
import time
import unicodedata
import urllib.parse
import uuid
import zipfile
from contextlib import closing

import pytest

from bencomune_cli.decoded import UndecodableError
from bencomune_cli.leaks import Searcher, Secret, Shown
from bencomune_cli.personal_signs import signs
from bencomune_cli.printed.blocks import Block, Group
from bencomune_cli.printed.columns import Columns
from bencomune_cli.printed.document import Document
from bencomune_cli.printed.faces import Face
from bencomune_cli.printed.words import Span, Style

CANARY = 'Canarino «è» & "q" / < 7 😀 fine'
LONG = " ".join(f"parola{n}" for n in range(60))


def secrets(*texts):
    """Return texts as private values, each of a record of its own."""
    return [Secret("lab", f"record-{n}", "notes", text) for n, text in enumerate(texts)]


def found(folder, data, *texts, public=(), prose=()):
    """Return the records of the private values that are seen in a file of these bytes."""
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "file").write_bytes(data)
    shown = [Shown("record", "name", text) for text in public]
    shown += [Shown("record", "description", text, prose=True) for text in prose]
    leaks = Searcher(secrets(*texts), shown).leaks(folder / "out")
    return [leak.record or leak.what.en for leak in leaks]


def zipped(data):
    """Return a ZIP with one packed member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/strings.xml", data)
    return file.getvalue()


def database(folder, *cells, page=512):
    """Return an SQLite file with a row of these cells."""
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"PRAGMA page_size = {page}")
        made.execute(f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(len(cells)))})")
        made.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(cells))})", cells)
        made.commit()
    return path.read_bytes()


@pytest.fixture
def small_pieces(monkeypatch):
    """Have files looked at in pieces of a few thousand bytes; return of how many."""
    monkeypatch.setattr("bencomune_cli.decoded.PIECE", 4_000)
    return 4_000


WRITTEN = {
    "plain": lambda s: s.encode(),
    "in capitals": lambda s: s.upper().encode(),
    "UTF-16, little end": lambda s: s.encode("utf-16-le"),
    "UTF-16, big end": lambda s: s.encode("utf-16-be"),
    "UTF-16 at an odd place": lambda s: b"x" + s.encode("utf-16-le"),
    "Windows": lambda s: s.replace("😀", "?").encode("cp1252"),
    "letters taken apart": lambda s: unicodedata.normalize("NFD", s).encode(),
    "XML": lambda s: html.escape(s).encode(),
    "XML, only what must be": lambda s: html.escape(s, quote=False).encode(),
    "XML by numbers": lambda s: "".join(f"&#{ord(c)};" for c in s).encode(),
    "XML by numbers in hexadecimal": lambda s: "".join(f"&#x{ord(c):04x};" for c in s).encode(),
    "XML twice": lambda s: html.escape(html.escape(s)).encode(),
    "JSON": lambda s: json.dumps(s).encode(),
    "JSON, only what must be": lambda s: json.dumps(s, ensure_ascii=False).encode(),
    "JSON, every character": lambda s: "".join(
        f"\\u{int.from_bytes(s.encode('utf-16-be')[n : n + 2], 'big'):04X}"
        for n in range(0, len(s.encode("utf-16-be")), 2)
    ).encode(),
    "JSON in JSON": lambda s: json.dumps(json.dumps(s)).encode(),
    "JSON in XML": lambda s: html.escape(json.dumps(s)).encode(),
    "CSV": lambda s: f'"{s.replace(chr(34), chr(34) * 2)}"'.encode(),
    "web address": lambda s: urllib.parse.quote(s).encode(),
    "web address, every sign": lambda s: urllib.parse.quote(s, safe="").encode(),
    "form": lambda s: urllib.parse.quote_plus(s).encode(),
    "base64": lambda s: base64.b64encode(s.encode()),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(s.encode()),
    "base64 in lines": lambda s: base64.encodebytes(("a" * 70 + s + "b" * 70).encode()),
    "hexadecimal": lambda s: s.encode().hex().encode(),
    "ZIP": lambda s: zipped(s.encode()),
    "ZIP of XML": lambda s: zipped(html.escape(s)),
    "ZIP in a ZIP": lambda s: zipped(zipped(s.encode())),
    "gzip": lambda s: gzip.compress(s.encode()),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_value_is_seen_however_it_is_written(tmp_path, way):
    """A value is found in every encoding, escape and container, and nothing is where it is not."""
    secret = CANARY.replace("😀", "?") if way == "Windows" else CANARY
    data = WRITTEN[way](secret)
    if way.startswith(("XML", "JSON", "plain", "CSV", "web", "form", "base64")):
        data = b"<a>" + data + b"</a>"
    assert found(tmp_path, data, secret) == ["record-0"]
    assert found(tmp_path, WRITTEN[way]("Un altro testo, innocuo"), secret) == []


@pytest.mark.parametrize("page", [512, 4096])
def test_a_value_is_seen_in_a_database(tmp_path, page):
    """In SQLite a value is found that lies over many pages, and a point as numbers."""
    point = b"GP\0\1" + struct.pack("<i", 4326) + b"\1\1\0\0\0" + struct.pack("<2d", 9.15, 45.18511)
    data = database(tmp_path, LONG * 3 + CANARY + LONG * 3, point, 45.987651, page=page)
    assert found(tmp_path, data, CANARY) == ["record-0"]
    assert found(tmp_path, data, "45.18511", "45.987651") == ["record-0", "record-1"]
    inside = database(tmp_path, zipped(CANARY.encode()))
    assert found(tmp_path, inside, CANARY) == ["record-0"]


@pytest.mark.parametrize("way", ["plain", "XML by numbers", "JSON, every character", "base64"])
def test_nothing_falls_between_two_pieces(tmp_path, small_pieces, way):
    """A value is found wherever it lies in a large file, also where two pieces of it meet."""
    data = WRITTEN[way](CANARY)
    for start in range(small_pieces - len(data) - 70, small_pieces + 8, 7):
        file = b" " * start + data + b" " * small_pieces
        assert found(tmp_path, file, CANARY) == ["record-0"], start


@pytest.mark.parametrize("part", [slice(0, 60), slice(41, 200), slice(100, None)], ids=str)
def test_a_part_of_a_long_value_is_seen(tmp_path, part):
    """A long text that goes out cut is found all the same."""
    assert found(tmp_path, LONG[part].encode(), LONG) == ["record-0"]


def test_line_ends_say_nothing(tmp_path):
    """A text of several lines is found whatever ends its lines."""
    for end in ("\n", "\r\n", "\r", " "):
        assert found(tmp_path, f"una riga{end}e un'altra".encode(), "una riga\ne un'altra")


@pytest.mark.parametrize(
    ("secret", "text", "public"),
    [
        ("Centro civico", "il centro civico", "Centro civico"),
        ("Centro civico", "il Centro Civico di Esempio", "Centro civico di Esempio"),
        ("Placemark", "<Placemark/>", ""),
        ("123456", "45.0123456", ""),
        ("123456", "a3123456f", ""),
        ("breve", "breve", ""),
    ],
)
def test_what_is_no_secret_is_not_found(tmp_path, secret, text, public):
    """What is public too, what every file says, digits of a longer number, five characters."""
    assert found(tmp_path, text.encode(), secret, public=[public]) == []


@pytest.mark.parametrize("text", [" 123456,", ";123456\n", "<v>123456</v>"])
def test_a_number_by_itself_is_found(tmp_path, text):
    """A number that is a value is found where it stands by itself."""
    assert found(tmp_path, text.encode(), "123456") == ["record-0"]


PERSONAL = {
    "mario.rossi@example.org": "an e-mail address",
    "+39 333 1234567": "a telephone number",
    "0382 399111": "a telephone number",
    "333-1234567": "a telephone number",
    "RSSMRA80A01H501U": "a person's codice fiscale",
}


@pytest.mark.parametrize("text", PERSONAL)
def test_what_points_to_a_person_must_be_public(tmp_path, text):
    """Addresses, numbers and codes that no public data hold are found, also packed; others not."""
    for data in (text.encode(), f"a,{text};b".encode(), zipped(f"<v>{text}</v>")):
        assert found(tmp_path, data) == [PERSONAL[text]]
        assert found(tmp_path, data, public=[f"Scrivere a {text}."]) == []


PROSE = {
    "Scrivere a mario.rossi@example.org, grazie": "an e-mail address",
    "Centralino: 0382-399111": "a telephone number",
    "Tel. 0382 399111": "a telephone number",
    "Telefono (pomeriggio): 0382/399111": "a telephone number",
    "Sara risponde al 333 1234567": "a telephone number",
    "+39 0382 399111": "a telephone number",
    "di RSSMRA80A01H501U": "a person's codice fiscale",
}


@pytest.mark.parametrize("text", PROSE)
def test_prose_excuses_nothing_that_points_to_a_person(tmp_path, text):
    """What a sentence holds of a person is told with record and column, unless public elsewhere."""
    (leak,) = leaks_of(tmp_path, text)
    assert (leak.file, leak.record, leak.column) == ("", "record", "description")
    assert leak.what.en == f"{PROSE[text]} that no public column holds"
    assert found(tmp_path, text.encode(), public=[text], prose=[text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Dal 03/12/2024 al 30.11.2026",
        "aperto 09.00-12.30 e 15.00-18.30",
        "delibera n. 0382/2020, prot. 0345678",
        "In caso di emergenza chiamare il 112 o l'800 123456",
    ],
)
def test_digits_in_prose_are_no_telephones(tmp_path, text):
    """Dates, opening times and numbers of acts in a sentence hold nothing up."""
    assert leaks_of(tmp_path, text) == []


PERSONAL_VALUES = {
    "Chiedere di MARIO\nRossini.": ("Mario Rossini", True),
    "Circolo Mario Rossiniani": ("Mario Rossini", False),
    "Il numero è 0382/111222": ("+390382111222", True),
    "Scrivere a info@example.org": ("info@example.org", True),
}


@pytest.mark.parametrize("text", PERSONAL_VALUES)
def test_prose_excuses_no_value_of_a_person(tmp_path, text):
    """A contact's name, number or address in a sentence is told; a name or a street excuses it."""
    value, is_told = PERSONAL_VALUES[text]
    secret = Secret("contact", "spazio-q-press", "column", value, personal=True)
    told = [leak.record for leak in leaks_of(tmp_path, text, secret)]
    assert told == ["record"] * is_told
    assert leaks_of(tmp_path, text, secret, Shown("other", "street", f"via {value} 7")) == []


def leaks_of(folder, text, *more):
    """Return what is found in a file of one sentence, which is public as a description."""
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "file").write_text(f"<p>{text}</p>", "utf-8")
    shown = [Shown("record", "description", text, prose=True)]
    shown += [each for each in more if type(each) is Shown]
    values = [each for each in more if type(each) is Secret]
    return Searcher(values, shown).leaks(folder / "out")


def pdf(text):
    """Return a PDF that says a text, in lines of a narrow column."""
    document = Document("", "", "it", dt.datetime.fromtimestamp(0, dt.UTC))
    columns = Columns(document, [50], 400, (50, 800))
    block = Block([Span(text, Style(Face("Regular"), 30, "0 0 0"))])
    columns.add([Group([block], long=True)], document.root)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def test_a_value_is_seen_in_a_pdf(tmp_path):
    """A PDF draws glyphs of packed streams: what is read there is searched, over line ends too."""
    value = "Persona Riservata, presso la sede di via della Prova, scala seconda, interno 12"
    shown = pdf(f"Prima riga che occupa spazio. {value}. Scrivere a mario.rossi@example.org")
    assert found(tmp_path, shown, value) == ["an e-mail address", "record-0"]
    assert found(tmp_path, shown, "un altro valore", public=["mario.rossi@example.org"]) == []
    assert found(tmp_path, zipped(shown), value)[-1] == "record-0"


@pytest.mark.parametrize("before", range(6))
def test_a_value_is_seen_where_a_pdf_breaks_it(tmp_path, before):
    """After a hyphen at the end of a line, and where a page ends: in a line, or between lines."""
    address = "ufficio-di-quartiere@molto-lungo.example.org"
    shown = pdf(f"{'parola ' * before}{address} e poi altre parole")
    assert found(tmp_path, shown, address) == ["an e-mail address", "record-0"]
    value = "via della Prova numero dodici, presso la Sede Riservata"
    long = pdf("parola " * (66 + before * 4) + value + " parola" * 40)
    assert found(tmp_path, long, value) == ["record-0"]


def test_the_names_of_feeds_are_no_telephones(tmp_path):
    """No identifier of a feed or of its entries is taken for a number, of many thousands."""
    draw = random.Random(3)  # noqa: S311 - made-up data
    names = [f"urn:uuid:{uuid.UUID(int=draw.getrandbits(128), version=4)}" for _ in range(20_000)]
    assert found(tmp_path, "\n".join(f"<id>{name}</id>" for name in names).encode()) == []


@pytest.mark.parametrize("end", [40, -200])
def test_a_pdf_that_cannot_be_read_is_told(tmp_path, end):
    """A PDF that was cut off holds the publication, since nobody can tell what it says."""
    with pytest.raises(UndecodableError):
        found(tmp_path, pdf("Prova")[:end], "Riservata")


@pytest.mark.parametrize("pack", [base64.b64encode, binascii.hexlify])
def test_what_points_to_a_person_is_seen_in_packed_text_alone(tmp_path, pack):
    """An address in base64 or hexadecimal is found; letters in a digest by chance are none."""
    text = "Scrivere a mario.rossi@example.org, è lì"
    assert found(tmp_path, b'"' + pack(text.encode()) + b'"') == ["an e-mail address"]
    digests = [hashlib.sha256(str(n).encode()).digest() for n in range(20_000)]
    assert found(tmp_path, b"\n".join(b'"' + pack(each) + b'"' for each in digests)) == []


def test_a_number_written_otherwise_is_the_same(tmp_path):
    """A public number is public however a format writes it."""
    assert found(tmp_path, b"tel:+390382399111 0382.399111", public=["+390382399111"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "37.12345678",
        "https://example.org/progetto/32/\n2018-11-28",
        "https://example.org/it/394557365",
        "2026-11-29T14:03:49Z",
        "9.150012,45.180031",
        "sha256:0f3391234567ab",
        "https://example.org/@45.18,9.15",
        "xlsxwriter@2",
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ],
)
def test_what_points_to_nobody_is_not_found(text):
    """Coordinates, moments, digests and addresses of the web are no persons."""
    assert list(signs(f" {text} ")) == []


def test_a_sign_cut_in_two_is_not_another(tmp_path, small_pieces):
    """The end of a piece makes no new address of a public one."""
    address = b"mario.rossi@example.org.example.com"
    for start in range(small_pieces - 110, small_pieces + 8):
        data = b" " * start + address + b" " * 100
        assert found(tmp_path, data, public=[address.decode()]) == [], start


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:40] + bytes(20) + data[60:],
        lambda _: b"SQLite format 3\x00" + b"x" * 500,
        lambda _: gzip.compress(b"testo")[:-4],
    ],
)
def test_what_cannot_be_opened_is_told(tmp_path, spoil):
    """A container that cannot be looked into is no clean file: the search fails, with its name."""
    with pytest.raises(UndecodableError, match=r"^file: "):
        found(tmp_path, spoil(zipped(b"testo" * 50)), CANARY)


@pytest.fixture
def helped(monkeypatch):
    """Have helpers look into some of the files, however small they are."""
    monkeypatch.setattr("bencomune_cli.leaks._SHARED", 0)
    monkeypatch.setattr("bencomune_cli.abreast.useful", lambda: 3)


@pytest.fixture
def looked(tmp_path, monkeypatch):
    """Return how to be told which process looked into which file; this one takes its time."""
    here, look, noted = os.getpid(), Searcher._in_file, tmp_path / "noted"

    def set_up(in_helper, seconds=0.2):
        def slowly(searcher, path, name):
            with noted.open("a") as file:
                file.write(f"{'here' if os.getpid() == here else 'helper'} {name}\n")
            if os.getpid() == here:
                time.sleep(seconds)
            else:
                in_helper()
            return look(searcher, path, name)

        monkeypatch.setattr(Searcher, "_in_file", slowly)
        return lambda: [tuple(line.split()) for line in noted.read_text().splitlines()]

    return set_up


def files_with(folder, *data):
    """Return a folder of files with such bytes."""
    (folder / "out").mkdir()
    for number, each in enumerate(data):
        (folder / "out" / f"file-{number:02}").write_bytes(each)
    return folder / "out"


def end_itself():
    """Be killed from outside."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("in_helper", [int, end_itself], ids=["helped", "killed"])
def test_helpers_find_what_one_process_finds(helped, tmp_path, looked, in_helper):
    """Whichever process looks into a file, all is found in it; so it is if helpers are killed."""
    del helped
    told = looked(in_helper)
    texts = [f"valore segreto {number:02}" for number in range(12)]
    folder = files_with(tmp_path, *(f"<p>{text}</p>".encode() for text in texts))
    found = Searcher(secrets(*texts), ()).leaks(folder)
    assert [(leak.file, leak.record) for leak in found] == [
        (f"file-{number:02}", f"record-{number}") for number in range(12)
    ]
    helpers = [name for who, name in told() if who == "helper"]
    assert helpers
    again = {name for who, name in told() if who == "here"} & set(helpers)
    assert again == (set(helpers) if in_helper is end_itself else set())


def test_what_a_helper_cannot_open_is_told(helped, tmp_path, looked):
    """A file that cannot be looked into is an error, whichever process met it."""
    del helped
    told = looked(int, 2)
    folder = files_with(tmp_path, b"a long text" * 90, b"PK\x03\x04 no archive" * 9, b"short")
    with pytest.raises(UndecodableError, match="file-01"):
        Searcher(secrets("valore segreto"), ()).leaks(folder)
    assert ("helper", "file-01") in told()
