"""What is printed: lines, columns, and a file that tells a screen reader what is on its pages."""

import datetime as dt
import io
import re
import string
import subprocess
import unicodedata
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ContentStream

from bencomune_cli.printed.blocks import Block, Group, Rule, alone
from bencomune_cli.printed.columns import Columns
from bencomune_cli.printed.document import Document
from bencomune_cli.printed.faces import FONTS, Boxes, Face
from bencomune_cli.printed.feet import foot
from bencomune_cli.printed.lines import broken
from bencomune_cli.printed.look import Look
from bencomune_cli.printed.pages import HEIGHT
from bencomune_cli.printed.words import HALF, WIDE, Span, Style, wide
from test_paper import pdf_of
from towns import settled

REGULAR = Face("Regular")
MOMENT = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
LETTERS = string.ascii_letters + string.digits + string.punctuation + "àèéìòùÀÈÉ"
TOP, BOTTOM, WIDTH = 100, 300, 200


def said(text, size=10, **told):
    """Return a text in plain style."""
    return Span(text, Style(REGULAR, size, "0 0 0"), **told)


def texts_of(lines):
    """Return what lines say, by what the codes of their fonts stand for."""
    return ["".join(map(text_of, line)) for line in lines]


def text_of(run):
    """Return what is shown in one go."""
    codes = "".join(re.findall("<([^>]*)>", run.shown))
    if isinstance(run.font, Boxes):
        return "".join(run.font.signs[byte] for byte in bytes.fromhex(codes))
    return "".join(run.font.texts[int(code, 16)] for code in re.findall("....", codes))


def written(groups, lefts=(50,)):
    """Return the file of some groups, set into columns."""
    document = Document("Titolo", "Ente", "it", MOMENT)
    Columns(document, lefts, WIDTH, (TOP, BOTTOM)).add(groups, document.root)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def read(pdf, how="-raw"):
    """Return what poppler reads in a file, without a complaint."""
    done = subprocess.run(["pdftotext", how, "-", "-"], input=pdf, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


def boxes(pdf):
    """Return the words of each page, as poppler finds them: each with its left, top and right."""
    pages = read(pdf, "-bbox").split("</page>")[:-1]
    number = r'="([\d.]+)" '
    told = rf'xMin{number}yMin{number}xMax{number}yMax="[\d.]+">(.*?)</word>'
    return [
        [(word, *map(float, place)) for *place, word in re.findall(told, page)] for page in pages
    ]


# Words and lines


@given(st.text(LETTERS + " ", max_size=120), st.integers(20, 300), st.integers(0, 8))
def test_every_letter_is_on_a_line_and_in_its_room(text, width, hanging):
    """Whatever the text and the room: all of it is there, in its order, and no line is wider."""
    lines = broken([said(text)], width, hanging)
    assert "".join(texts_of(lines)).rstrip() == " ".join(text.split())
    for number, line in enumerate(lines):
        assert line[0].x == (hanging if number else 0)
        assert line[-1].x + line[-1].width <= width + 0.001


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Con-tatto", ["Con-", "tatto"]),
        ("rosso/verde", ["rosso/", "verde"]),
        ("http://esempio", ["http://", "esempio"]),
        ("2018-2019", ["2018-2019"]),
        ("a\u00a0b c", ["a\u00a0b ", "c"]),
    ],
)
def test_a_line_ends_where_a_reader_expects_it(text, lines):
    """After hyphens and strokes before a letter, not within numbers nor at a hard blank."""
    widest = max(wide(said(line.rstrip())) for line in lines)
    assert texts_of(broken([said(text)], widest + 0.1)) == [*lines[:-1], f"{lines[-1]} "]


def test_wide_spaces_are_wider():
    """Half and wide spaces are as wide as they are declared, whatever stands beside them."""
    plain, half, whole = (wide(said(f"a{space}b")) for space in (" ", HALF, WIDE))
    assert plain < half < whole
    assert half - wide(said("ab")) == pytest.approx(5, abs=0.5)
    assert wide(said(f"a {WIDE} b")) == whole


def test_styles_meet_within_a_word():
    """A word in two styles is one word: what follows is glued, and each style is a run."""
    bold = Span("Etichetta", Style(Face("Bold"), 10, "0 0 0"))
    lines = broken([bold, said(": un valore")], wide(bold) + 3)
    assert texts_of(lines)[0] == "Etichetta: "
    assert [len(line) for line in lines] == [2, 1]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("prima אב גד dopo", "prima דג בא dopo"),
        ("אב 12 גד", "דג 12 בא"),
        ("אב-2024", "2024-בא"),
        ("אב (12) גד", "דג (12) בא"),
        ("12 אב", "12 בא"),
        ("Rete (אב), via", "Rete (בא), via"),
        ("(Rete אב)", "(Rete בא)"),
        ("l'אב", "l'בא"),
        ("אב ab", "בא ab"),
    ],
)
def test_what_is_read_from_right_to_left_stands_so(text, seen):
    """It is turned round, with the numbers and signs in it, and what is around it is not."""
    assert texts_of(broken([said(text)], 300)) == [f"{seen} "]


def test_a_long_word_from_right_to_left_begins_on_the_first_line():
    """Of a word that is wider than the room its first letters are on the first line."""
    lines = texts_of(broken([said("אבגדהוזחטי")], 20))
    assert len(lines) > 2
    assert "".join(line.strip()[::-1] for line in lines) == "אבגדהוזחטי"


BESIDE = ["(אב) «גד»", "perche\u0301 officina", "≇ ≅", "日本 e\u0301"]


ALIKE = ["piano (chiuso) «uno» [due]", "perché", "≅ ≇ ffi fi", "a-b‐c d"]


@pytest.mark.parametrize("text", ALIKE)
def test_a_text_reads_the_same_whatever_else_is_set(text):
    """What the codes of a font stand for does not hang on what was set before, or is after."""
    blocks = [Group([line_of(each, above=5)]) for each in (*BESIDE, text, *BESIDE)]
    for pdf in (written([Group([line_of(text)])]), written(blocks)):
        pages = PdfReader(io.BytesIO(pdf)).pages
        for found in (read(pdf), "".join(page.extract_text() for page in pages)):
            assert text in unicodedata.normalize("NFC", found)


SIGNS = [
    "日本語",
    "👩\u200d👩\u200d👧 👍🏽",
    "हिन्दी दिल्ली",
    "ที่นี่",
    "Мир日лес",
    "".join(map(chr, range(0x4E00, 0x4E00 + 600))),
]


@pytest.mark.parametrize("text", SIGNS)
def test_a_sign_that_the_fonts_lack_is_read_all_the_same(text):
    """It is a box to see; who reads, searches or copies the text has it, to the last mark."""
    pdf = written([Group([Block([said(f"prima {text} dopo")])], long=True)])
    pages = PdfReader(io.BytesIO(pdf)).pages
    for found in (read(pdf), "".join(page.extract_text() for page in pages)):
        assert "".join(f"prima{text}dopo".split()) in "".join(found.split())


def test_arabic_is_read_all_the_same():
    """Its letters are boxes, and none is lost, nor a mark of them."""
    found = read(written([Group([Block([said("prima مَرحبا dopo")])])]))
    assert Counter("مَرحبا") - Counter(found) == Counter()


def test_a_box_is_drawn_for_what_the_fonts_lack():
    """What no font shows is not left out on the paper."""
    signs = [said("日"), said(" ")]
    dark = [
        sum(byte < 128 for byte in drawn(written([Group([Block([span])])]))[2]) for span in signs
    ]
    assert dark[0] > 20
    assert dark[1] == 0


def test_letters_are_as_wide_as_they_are_set():
    """Poppler, by the widths in the file, finds each word where the lines have it."""
    words = ["AVATAR", "Tavola", "officina", "città"]
    pdf = written([Group([Block([said(" ".join(words))])])])
    (found,) = boxes(pdf)
    assert [word for word, *_ in found] == words
    for word, left, _, right in found:
        assert right - left == pytest.approx(wide(said(word)), abs=0.1)


def drawn(pdf):
    """Return the width and height of the first page, and a byte for each point: 0 is black."""
    told = ["pdftoppm", "-gray", "-r", "144", "-f", "1", "-l", "1", "-"]
    done = subprocess.run(told, input=pdf, capture_output=True, check=True)
    assert done.stderr == b""
    _, size, _, points = done.stdout.split(b"\n", 3)
    return (*map(int, size.split()), points)


# Columns


def line_of(text, **told):
    """Return a block of one line."""
    return Block([said(text)], **told)


def columns_of(pdf):
    """Return the first words of the lines of each column, whose left edges are these."""
    return [
        [word for word, left, *_ in page if round(left) == edge]
        for page in boxes(pdf)
        for edge in (50, 300)
    ]


def test_a_heading_stays_with_what_it_heads():
    """Where what follows has no room, the heading goes on with it; so do two of them."""
    lines = [Group([line_of(f"riga{n}", above=5)]) for n in range(16)]
    heads = [Group([line_of(f"titolo{n}", above=5)], sticky=True) for n in range(2)]
    entry = Group([line_of("nome", above=5), line_of("testo", above=5)])
    first, second = columns_of(written([*lines, *heads, entry], lefts=(50, 300)))
    assert first[-1] == "riga15"
    assert second == ["titolo0", "titolo1", "nome", "testo"]


def test_what_stays_together_does_and_what_is_long_goes_on():
    """A group has one column; a long one fills this and goes on, its words in their order."""
    text = " ".join(f"parola{n}" for n in range(150))
    whole = Group([line_of("riga", above=5), *[line_of("ancora", above=5)] * 15])
    first, second = columns_of(written([Group([line_of("a")] * 8), whole], lefts=(50, 300)))
    assert (first, second[0]) == (["a"] * 8, "riga")
    pdf = written([Group([line_of("a")] * 8), Group([Block([said(text)])], long=True)], (50, 300))
    assert columns_of(pdf)[0][:9] == ["a"] * 8 + ["parola0"]
    assert " ".join(read(pdf).split()) == " ".join(["a"] * 8) + f" {text}"


@pytest.mark.parametrize("before", range(12, 19))
def test_no_line_stands_alone(before):
    """At the foot of a column, and at the head of the next, a paragraph has two lines at least."""
    text = " ".join(["parolalunga"] * 14)
    lines = len(broken([said(text)], WIDTH))
    assert lines == 5
    groups = [Group([line_of("riga", above=5)])] * before
    pdf = written([*groups, Group([Block([said(text)], 5)], long=True)], (50, 300))
    parts = [column.count("parolalunga") for column in columns_of(pdf)]
    assert sum(parts) == lines
    assert 1 not in parts


def test_what_is_higher_than_a_column_is_set_all_the_same():
    """Blocks that no column has room for go on in the next ones: none is lost, none is cut."""
    words = [f"riga{n}" for n in range(60)]
    pdf = written([Group([line_of(word, above=5) for word in words])], (50, 300))
    assert [word for column in columns_of(pdf) for word in column] == words
    assert all(TOP - 3 < top < BOTTOM - 5 for page in boxes(pdf) for _, _, top, _ in page)


def test_all_is_between_the_edges():
    """With rules over and under it, and at any height, nothing leaves the column."""
    rule = Rule(2, "0 0 0", 6)
    pdf = written([Group([line_of("riga", above=7, over=rule, under=rule)])] * 60, (50, 300))
    tops = [top for page in boxes(pdf) for _, _, top, _ in page]
    assert len(tops) == 60
    assert min(tops) > TOP
    assert max(tops) + 10 < BOTTOM


def test_lists_beside_each_other_that_are_too_high_are_set_below_each_other():
    """None of them loses a word, and each column has its own."""
    lists = [[Group([line_of(f"{n}-{m}", above=5)]) for m in range(20)] for n in "abc"]
    document = Document("", "", "it", MOMENT)
    Columns(document, [50], WIDTH, (TOP, BOTTOM)).beside(lists, 10, document.root)
    out = io.BytesIO()
    document.write(out)
    words = read(out.getvalue()).split()
    assert words == [f"{n}-{m}" for n in "abc" for m in range(20)]


def test_a_long_title_leaves_the_map_whole(registry, path):
    """Where the title leaves no room, the map is on the next page, within its edges."""
    other = settled(registry).store.connection
    other.execute("UPDATE network SET name = ?", ("RETE DEI LABORATORI " * 10,))
    registry.close()
    reader = PdfReader(io.BytesIO(pdf_of(path)))
    (box,) = [e["/A"]["/BBox"] for e, _ in elements(reader) if e["/S"] == "/Figure"]
    assert float(box[1]) > 50
    assert len(reader.pages) > 2


@pytest.mark.parametrize("name", ["Quartiere", "Quartiere San Pietro in Verzolo, Vallone " * 3])
def test_two_texts_at_the_ends_of_a_line_do_not_meet(name):
    """What has no room beside the other is on lines of its own, within the column."""
    look = Look()
    left, right = look.kicker("Laboratorio sociale"), look.kicker(name)
    blocks = look.kickers(left, right, WIDTH, Rule(1, "0 0 0", 5))
    (page,) = boxes(written(map(alone, blocks)))
    for n, (_, x, y, end) in enumerate(page):
        assert x >= 50
        assert end <= 50 + WIDTH + 0.01
        for _, other, down, _ in page[n + 1 :]:
            assert abs(down - y) > 5 or other >= end
    assert " ".join(word for word, *_ in page) == f"Laboratorio sociale {name}".upper().strip()


# What a screen reader is told


@pytest.fixture
def map_pdf(registry, path):
    """Give the map of a small town."""
    other = settled(registry).store.connection
    other.execute("UPDATE network SET website = 'https://rete.example.org/'")
    registry.close()
    return pdf_of(path)


def elements(reader):
    """Return the elements in reading order, each with its parent's kind."""

    def walk(element, parent):
        element = element.get_object()
        yield element, parent
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            inner = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(inner, dict) and inner.get("/Type") == "/StructElem":
                yield from walk(inner, element["/S"])

    return list(walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"], None))


def marks_of(reader, page):
    """Return the marks of what is shown on a page, None for an artifact; each is in one of them."""
    found, open_marks = [], []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            open_marks.append(operands[1]["/MCID"] if operator == b"BDC" else None)
        elif operator == b"EMC":
            open_marks.pop()
        elif operator in (b"TJ", b"S", b"f*", b"B*"):
            assert len(open_marks) == 1, "what is drawn is in one mark, or an artifact"
            found.append(open_marks[0])
    assert open_marks == []
    return found


def test_all_that_is_drawn_is_told_or_an_artifact(map_pdf):
    """Each mark belongs to the element that says so, and each element with marks is in the tree."""
    reader = PdfReader(io.BytesIO(map_pdf))
    root = reader.trailer["/Root"]
    told = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = {told[n]: told[n + 1].get_object() for n in range(0, len(told), 2)}
    for page in reader.pages:
        owners = parents[page["/StructParents"]]
        marks = {mark for mark in marks_of(reader, page) if mark is not None}
        assert marks == set(range(len(owners)))
        for mark, owner in enumerate(owners):
            held = [kid.get("/MCID") for kid in owner.get_object()["/K"] if isinstance(kid, dict)]
            assert mark in held
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "it")


def test_headings_lead_down_to_each_record(map_pdf):
    """The first is the title, none leaves out a level, and each record is one."""
    reader = PdfReader(io.BytesIO(map_pdf))
    levels = [int(e["/S"][2]) for e, _ in elements(reader) if re.fullmatch(r"/H\d", e["/S"])]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(1) == 1
    assert sum(level in (3, 4) for level in levels) >= 5


def test_pictures_have_words_and_links_say_where_they_lead(map_pdf):
    """The map and the code have a text instead; a link has one, and is the child of a paragraph."""
    reader = PdfReader(io.BytesIO(map_pdf))
    found = elements(reader)
    figures = [e["/Alt"] for e, _ in found if e["/S"] == "/Figure"]
    assert figures == [
        "Mappa ed elenco: 2 laboratori, 2 gruppi, 1 organizzazione",
        "https://rete.example.org/",
    ]
    assert {parent for e, parent in found if e["/S"] == "/Link"} == {"/P"}
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert {note["/Contents"] for note in notes} >= {"1 Bottega", "2 Casa Perché"}
    for note in notes:
        page, *_ = note["/Dest"]
        assert page.get_object()["/Type"] == "/Page"


def test_a_link_leads_to_its_record(map_pdf):
    """Where it leads to, on that page, the record stands."""
    reader = PdfReader(io.BytesIO(map_pdf))
    note = next(
        note.get_object()
        for note in reader.pages[0]["/Annots"]
        if note.get_object()["/Contents"] == "1 Bottega"
    )
    page, _, _, top, _ = note["/Dest"]
    number = next(n for n, each in enumerate(reader.pages) if each == page.get_object())
    (down,) = [y for word, _, y, _ in boxes(map_pdf)[number] if word == "Bottega"]
    assert down == pytest.approx(HEIGHT - float(top), abs=5)


def test_the_outline_has_the_headings(map_pdf):
    """Kinds of records, and parts of them, can be gone to beside the pages."""
    outline = PdfReader(io.BytesIO(map_pdf)).outline
    titles = [item["/Title"] for item in outline if not isinstance(item, list)]
    assert titles == ["Laboratori", "Gruppi", "Organizzazioni", "Indice per attività"]
    inner = [[item["/Title"] for item in each] for each in outline if isinstance(each, list)]
    above = [item.node["/Parent"].get("/Title") for each in outline[1:4:2] for item in each]
    assert above == ["Laboratori", "Gruppi", "Gruppi"]
    told = PdfReader(io.BytesIO(map_pdf)).trailer["/Root"]["/Outlines"]
    assert told["/Count"] == len(titles) + sum(map(len, inner))
    assert inner[1] == ["Con una sede", "Senza sede fissa"]


def test_a_file_does_nothing_by_itself(map_pdf):
    """It has no scripts, no actions, no attached files, and asks for no font of the machine."""
    for name in ("JavaScript", "JS", "AA", "OpenAction", "Launch", "URI", "EmbeddedFile"):
        assert f"/{name}".encode() not in map_pdf


def test_the_code_is_that_of_the_address(map_pdf):
    """Each square of the code is as light or dark on the page as segno has it."""
    reader = PdfReader(io.BytesIO(map_pdf))
    (box,) = [
        element["/A"]["/BBox"]
        for element, _ in elements(reader)
        if element.get("/Alt") == "https://rete.example.org/"
    ]
    left, _, right, top = map(float, box)
    rows = segno.make("https://rete.example.org/", error="m", micro=False).matrix
    step = (right - left) / len(rows)
    across, _, points = drawn(map_pdf)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            at = (left + (x + 0.5) * step, HEIGHT - top + (y + 0.5) * step)
            assert (points[int(at[1] * 2) * across + int(at[0] * 2)] < 128) == bool(dark)


def test_a_title_of_any_signs_is_whole_in_the_metadata():
    """It is XML, whatever stands in it; only what XML cannot hold is left out."""
    document = Document("A\u00a0<&>\x01 è 🫨", "", "it", MOMENT)
    document.page()
    out = io.BytesIO()
    document.write(out)
    told = PdfReader(out).trailer["/Root"]["/Metadata"].get_data()
    title = ET.fromstring(told).find(".//{*}title").itertext()  # noqa: S314 - our own
    assert "".join(title).strip() == "A\u00a0<&> è 🫨"


def test_every_font_is_described():
    """Also that of boxes, as a file with tags has it."""
    pdf = written([Group([line_of("日 testo")])])
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
    kinds = {font["/Subtype"]: font.get("/DescendantFonts", [font])[0] for font in fonts.values()}
    assert set(kinds) == {"/Type0", "/Type3"}
    assert all("/FontDescriptor" in each.get_object() for each in kinds.values())


@pytest.mark.parametrize("title", ["Rete", "Rete dei laboratori sociali di quartiere " * 9])
def test_texts_at_the_foot_have_a_third_each(title):
    """One that is longer ends in three dots; none meets the next."""
    document = Document("", "", "it", MOMENT)
    document.foot = lambda page: foot(Look(), page, (title, "CC BY 4.0", "pagina 1"), (50, 50))
    document.page()
    out = io.BytesIO()
    document.write(out)
    ((*_, (last, _, _, end), (_, left, *_)),) = [page[:-4] for page in boxes(out.getvalue())]
    assert (end < left, last.endswith("…")) == (True, len(title) > 10)


def test_fonts_have_their_licence_beside_them():
    """All are of one family, whose licence is in the folder, and no other file is."""
    files = {file.name for file in FONTS.iterdir()}
    assert {name for name in files if not re.fullmatch(r"LibertinusSerif-\w+\.otf", name)} == {
        "OFL.txt"
    }
    assert "Libertinus Project Authors" in (FONTS / "OFL.txt").read_text("utf-8")
