"""CSV as offices write it, and as nobody should: encodings, separators, broken files."""

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import readers
from bencomune_cli.errors import Refused
from bencomune_cli.limits import Limits
from bencomune_cli.readers import Source
from bencomune_cli.words import LANGUAGES
from fuzzing import many, mutated, only_refused

TABLE = "Nome;Città\nCaffè; però\n«Ente» d’Esempio – 5 €;Forlì\n"


def source(data, name="file.csv", **told):
    """Return a source of bytes."""
    limits = Limits(told.pop("limits", {}))
    return Source(io.BytesIO(data), name, limits, **told)


def table(data, **told):
    """Return the headers of bytes, and the cells of each row."""
    read = readers.load("csv").read(source(data, **told))
    return list(read.headers), [list(row.cells.values()) for row in read.rows()]


def refused(data, **told):
    """Return what bytes are refused with, in both languages."""
    with pytest.raises(Refused) as refusal:
        table(data, **told)
    return [refusal.value.text.said_in(language) for language in LANGUAGES]


def problems(data, **told):
    """Return the rows that have problems: where, in which column, and in which words."""
    read = readers.load("csv").read(source(data, **told))
    return [(row.number, p.column, p.message.it) for row in read.rows() for p in row.problems]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252 (Europa occidentale)"),
        ("mac_roman", "Macintosh"),
    ],
)
def test_encodings_are_found_out(encoding, told):
    """Accents, quotes, dashes and euros come through in every encoding, which is told."""
    expected = [["Caffè", " però"], ["«Ente» d’Esempio – 5 €", "Forlì"]]
    assert table(TABLE.encode(encoding)) == (["Nome", "Città"], expected)
    read = readers.load("csv").read(source(TABLE.encode(encoding)))
    assert read.told[0].it == f"codifica {told}"


def test_what_excel_calls_ms_dos():
    """Accents of code page 850 are letters, not signs."""
    text = "Nome;Città\nCaffè;Forlì\nPerché no;Là\n"
    expected = [["Caffè", "Forlì"], ["Perché no", "Là"]]
    assert table(text.encode("cp850")) == (["Nome", "Città"], expected)


def test_utf_16_with_its_mark_big_endian():
    """The mark of UTF-16 is obeyed, and is no part of the first header."""
    data = codecs.BOM_UTF16_BE + "Nome;X\nà;1\n".encode("utf-16-be")
    assert table(data) == (["Nome", "X"], [["à", "1"]])


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator, ending):
    """Every separator and line end is found, also with decimal commas and quoted breaks."""
    quote = '"' if separator == "," else ""
    lines = ["Nome", "Lat", "Note"], ["Uno", f"{quote}45,18{quote}", '"a\nb"']
    text = ending.join(separator.join(cells) for cells in lines) + ending
    (row,) = table(text.encode())[1]
    assert row == ["Uno", "45,18", "a\nb"]


@pytest.mark.parametrize(
    ("text", "headers", "rows"),
    [
        ("sep=;\nNome;X\nUno;1\n", ["Nome", "X"], [["Uno", "1"]]),
        ("Elenco 2025;;\n;;\nNome;X;\nUno;1;\n", ["Nome", "X"], [["Uno", "1"]]),
        ("Nome\nUno\n\nDue\n", ["Nome"], [["Uno"], ["Due"]]),
        ("Nome;X\n'=1+1;'+39 0382\n", ["Nome", "X"], [["=1+1", "+39 0382"]]),
        ("Nome;;X\nUno;b;1\n", ["Nome", "(2)", "X"], [["Uno", "b", "1"]]),
        ("Nome;CAP;N\nUno;00184;1e5\n", ["Nome", "CAP", "N"], [["Uno", "00184", "1e5"]]),
        ("Nome;X\n", ["Nome", "X"], []),
    ],
)
def test_what_spreadsheets_add(text, headers, rows):
    """Excel's own line, titles, empty rows and columns, guards: none of them is data."""
    assert table(text.encode()) == (headers, rows)


AFTER_QUOTE = (
    (
        "alla riga 2 c'è testo dopo una virgoletta chiusa: raddoppiare le virgolette che fanno"
        " parte del testo"
    ),
    "on line 2 there is text after a closed quote: double the quotes that are part of the text",
)


@pytest.mark.parametrize(
    ("data", "it", "en"),
    [
        (
            b'a;b\n1;"x\n2;y\n',
            "la riga 2 apre una virgoletta che non si chiude: chiuderla o toglierla",
            "line 2 opens a quote that is never closed: close it or remove it",
        ),
        (
            b'a;b\n1;"b"xyz\n',
            AFTER_QUOTE[0],
            AFTER_QUOTE[1],
        ),
        (
            b"Nome;nome\n1;2\n",
            "l'intestazione «Nome» c'è due volte: dare nomi diversi alle colonne",
            "the header “Nome” is there twice: give the columns different names",
        ),
        (
            b"a;b\n1;\x00\n",
            "il file contiene byte nulli: non è un file di testo",
            "the file holds null bytes: it is not a text file",
        ),
    ],
)
def test_files_that_are_refused(data, it, en):
    """A file that is no table is refused whole, with the line and what to do."""
    assert refused(data) == [it, en]


def test_an_empty_file_is_refused():
    """A file without a byte, or with blanks alone, says so."""
    for data in (b"", b" \n\n"):
        with pytest.raises(Refused, match=r"il file è vuoto|the file is empty"):
            readers.recognised(source(data))


def test_what_a_person_tells_and_is_not_so():
    """An encoding that does not fit, and a separator of two signs, are refused."""
    assert "non esiste" in refused(b"a;b\n", encoding="boh")[0]
    told = refused("a;b\nà;1\n".encode("cp1252"), encoding="utf-8")
    assert told[0].startswith("alla riga 2 c'è un carattere che non è UTF-8")
    assert "un carattere solo" in refused(b"a;b\n", separator=";;")[0]
    assert table(b"a;b\n1;2\n", separator=",")[0] == ["a;b"]


def test_rows_of_another_length():
    """A row with cells too many or too few is told with its line, and the others are read."""
    data = b"a;b\n1;2\n1;2;3\n\n1\n1;2;;\n"
    assert [(row, column) for row, column, _told in problems(data)] == [(3, ""), (5, "")]
    assert problems(data)[0][2].startswith("la riga ha 3 celle, l'intestazione 2")


@pytest.mark.parametrize(
    ("limits", "data", "option"),
    [
        ({"rows": 2}, b"a;b\n1;2\n1;2\n1;2\n", "--max-rows"),
        ({"columns": 2}, b"a;b;c\n1;2;3\n", "--max-columns"),
    ],
)
def test_limits_of_a_file(limits, data, option):
    """What is over a limit is refused with the option that raises it."""
    it, en = refused(data, limits=limits)
    assert it.startswith("oltre il limite di 2 ")
    assert it.endswith(f"per alzarlo usare {option}")
    assert en.endswith(f"to raise it use {option}")


def test_a_cell_that_is_too_long():
    """A cell over the limit is told with its row and column; one without end is a lost quote."""
    data = b"a;b\n1;" + b"x" * 200 + b"\n1;2\n"
    assert [each[:2] for each in problems(data, limits={"field": 100})] == [(2, "b")]
    endless = b'a;b\n1;"' + b"x" * 300_000
    assert refused(endless)[0].startswith("la riga 2 apre una virgoletta")


CSV = readers.load("csv")


@many(20_000)
@given(st.binary(max_size=400) | mutated(TABLE.encode()) | mutated(TABLE.encode("utf-16")))
def test_any_bytes(data):
    """Whatever the bytes, there are rows or a refusal."""
    only_refused(CSV, data, "file.csv")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@many(2_000)
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_table(cells, separator, encoding):
    """Whatever stands in the cells, there are rows or a refusal."""
    text = "\n".join(separator.join(row) for row in cells)
    only_refused(CSV, text.encode(encoding, "replace"), "file.csv")
