"""Bad texts and bad CSV files, each with the exact reaction: sentence, row, exit code, no change.

The files are made here, where bytes matter; each is read by the real command, in both languages.
"""

import csv
import io
import json

import pytest

from bencomune_cli.registry import Registry
from bencomune_cli.words import LANGUAGES

LOST = (
    "contiene caratteri di controllo o codici non validi: toglierli e riscrivere il testo",
    "it holds control characters or invalid codes: remove them and write the text again",
)
WHOLE = ("serve un numero intero, da 0 in su", "a whole number from 0 up is needed")
UNSEEN = ("c'erano caratteri invisibili: tolti", "there were unseen characters: removed")
HALF = ("c'è una sola coordinata", "only one coordinate is given")
HTML = ("contiene HTML: <script>", "it holds HTML: <script>")
FORMULA = (
    "«=1+1» comincia come una formula: è tenuto come testo",
    "“=1+1” begins like a formula: it is kept as text",
)
MIXED = (
    "«C\u0430sa» mescola lettere latine e di un altro alfabeto, che sembrano uguali: chi la cerca"
    " non la trova",
    "“C\u0430sa” mixes Latin letters with those of another alphabet that look the same: who"
    " searches for it does not find it",
)
ZEROS = (
    "aveva perso gli zeri iniziali: 184 è diventato 00184",
    "it had lost its leading zeros: 184 became 00184",
)
SWAPPED = (
    "latitudine e longitudine sono scambiate: 9.15, 45.18",
    "latitude and longitude are swapped: 9.15, 45.18",
)
UNPRECISE = ("non è detto quanto è preciso il punto", "it is not said how precise the point is")
ERROR, WARNING = "error", "warning"


def bad(value, told):
    """Return the messages of a value that cannot be read: the value, then what is expected."""
    return f"«{value}»: {told[0]}", f"“{value}”: {told[1]}"


def two(it, en):
    """Return messages in both languages."""
    return it, en


# What a row says, and each finding on it: how grave, in which column, with which sentence.
TEXTS = [
    ({"Descrizione": "a\x01b"}, [(ERROR, "description", bad("a\x01b", LOST))]),
    ({"Descrizione": "a\x1b[31mb"}, [(ERROR, "description", bad("a\x1b[31mb", LOST))]),
    ({"Descrizione": "\x1b]52;c;QQ==\x07b"}, [(ERROR, "description", bad("\x1b]52;c;QQ==\x07b", LOST))]),
    ({"Descrizione": "a\x9bb"}, [(ERROR, "description", bad("a\x9bb", LOST))]),
    ({"Descrizione": "a\u202eb"}, [(ERROR, "description", bad("a\u202eb", LOST))]),
    ({"Descrizione": "a\u200bb"}, [(WARNING, "description", UNSEEN)]),
    ({"Descrizione": "a\ufeffb"}, [(WARNING, "description", UNSEEN)]),
    ({"Nome": "Caffe\u0300 Esempio"}, []),
    ({"Nome": "Esempio C\u0430sa"}, [(WARNING, "name", MIXED)]),
    ({"Descrizione": "x" * 20_001}, [(ERROR, "description", bad(f"{'x' * 200}…", two("può avere da 1 a 20000 caratteri, ne ha 20001", "it may have from 1 to 20000 characters, it has 20001")))]),
    ({"Nome": "\u00a0 ", "Descrizione": "a"}, [(ERROR, "name", two("manca un valore necessario", "a required value is missing"))]),
    ({"Descrizione": "\u00a0 \u2003"}, []),
    ({"Descrizione": "[/]"}, []),
    ({"Descrizione": "[link=https://example.org]a[/link]"}, []),
    ({"Descrizione": "=1+1"}, [(WARNING, "description", FORMULA)]),
    ({"Descrizione": "<script>alert(1)</script>"}, [(ERROR, "description", HTML)]),
]  # fmt: skip
CELLS = [
    ({"CAP": "00184"}, []),
    ({"CAP": "184"}, [(WARNING, "postcode", ZEROS)]),
    ({"Lat": "45,18", "Long": "9,15"}, [(WARNING, "precision", UNPRECISE)]),
    ({"Descrizione": "1e5"}, []),
    ({"Posti": "\u0661\u0662\u0663"}, [(ERROR, "seats", bad("\u0661\u0662\u0663", WHOLE))]),
    ({"Posti": "1_0"}, [(ERROR, "seats", bad("1_0", WHOLE))]),
    ({"Posti": "nan"}, [(ERROR, "seats", bad("nan", WHOLE))]),
    ({"Posti": " inf "}, [(ERROR, "seats", bad("inf", WHOLE))]),
    ({"Posti": "1e5"}, [(ERROR, "seats", bad("1e5", WHOLE))]),
    ({"Posti": "12,5"}, [(ERROR, "seats", bad("12,5", WHOLE))]),
    ({"Posti": "30.0"}, []),
    ({"Posti": "1.000"}, [(WARNING, "seats", two("1.000: inteso come 1000", "1.000: taken for 1000"))]),
    ({"Lat": "9,15", "Long": "45,18"}, [(ERROR, "lat", SWAPPED), (WARNING, "precision", UNPRECISE)]),
    ({"Lat": "190", "Long": "9"}, [(ERROR, "lat", bad("190", two("i gradi vanno da -90 a 90", "degrees go from -90 to 90")))]),
    ({"Lat": "45,18"}, [(ERROR, "lon", HALF), (WARNING, "precision", UNPRECISE)]),
    ({"Lat": "0", "Long": "0"}, [(ERROR, "lat", two("il punto è 0, 0, nell'Atlantico", "the point is 0, 0, in the Atlantic")), (WARNING, "precision", UNPRECISE)]),
    ({"Lat": "41,9", "Long": "12,5"}, [
        (WARNING, "lat", two("il punto 41.9, 12.5 è fuori dai Comuni della rete", "the point 41.9, 12.5 lies outside the network's municipalities")),
        (WARNING, "precision", UNPRECISE),
    ]),
    ({"id": "doppio"}, []),
    ({"id": "doppio"}, [(ERROR, "id", two("dice lo stesso record della riga 19: lasciarne una", "it is of the same record as row 19: leave one of them"))]),
]  # fmt: skip
COLUMNS = ("id", "Nome", "Descrizione", "Posti", "Lat", "Long", "CAP")
UNTOUCHED = {
    "Caffe\u0300 Esempio": "Caffè Esempio",
    "[/]": "[/]",
    "[link=https://example.org]a[/link]": "[link=https://example.org]a[/link]",
    "=1+1": "=1+1",
    "a\u200bb": "ab",
    "1e5": "1e5",
    "00184": "00184",
}


@pytest.fixture
def office(registry, path):
    """Return the path of a registry, and what it holds, which no file below may change."""
    digest = registry.store.digest()
    registry.close()
    yield path
    again = Registry.open(path)
    assert again.store.digest() == digest
    again.close()


def sheet(path, rows):
    """Write rows as a CSV file, and return its path."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows({"Nome": f"Esempio {n}", **row} for n, row in enumerate(rows))
    return file_of(path, out.getvalue().encode())


def file_of(path, data, name="brutto.csv"):
    """Write a file beside the registry, and return its path."""
    file = path.parent / name
    file.write_bytes(data)
    return str(file)


@pytest.mark.parametrize("rows", [TEXTS, CELLS], ids=["texts", "cells"])
@pytest.mark.parametrize("place", range(len(LANGUAGES)), ids=LANGUAGES)
def test_rows(office, bencomune, rows, place):
    """Each bad text is an error of its row, or a warning, or none, in these very words."""
    file = sheet(office, [row for row, _expected in rows])
    run = bencomune(
        "import", file, "--as", "lab", "--plan", "--json", BENCOMUNE_LANG=LANGUAGES[place]
    )
    assert run.returncode == 1
    found = json.loads(run.stdout)["rows"]
    for number, (told, (row, expected)) in enumerate(zip(found, rows, strict=True), start=2):
        assert told["row"] == number, row
        said = [(f["severity"], f["column"], f["message"]) for f in told["findings"]]
        assert said == [(grave, column, text[place]) for grave, column, text in expected], row
        errors = any(grave == ERROR for grave, *_ in expected)
        assert told["result"] == ("rejected" if errors else "new"), row


def test_what_is_let_through_is_kept_as_it_is(registry, path, bencomune):
    """Brackets, formulas, zeros and numbers as text come in as they are; accents as NFC."""
    registry.close()
    rows = [row for row, _expected in TEXTS + CELLS if UNTOUCHED.keys() & set(row.values())]
    assert bencomune("import", sheet(path, rows), "--as", "lab", "--apply").returncode == 0
    listed = json.loads(bencomune("lab", "list", "--json").stdout)
    kept = {str(value) for record in listed for value in record.values()}
    assert set(UNTOUCHED.values()) <= kept


FILES = {
    "nothing": (b"", 2, "il file è vuoto", "the file is empty"),
    "blanks alone": (b" \r\n\r\n", 2, "il file è vuoto", "the file is empty"),
    "header alone": (
        b"Nome;Telefono\n",
        1,
        "nessuna riga si può usare: non è stato scritto niente",
        "no row can be used: nothing was written",
    ),
    "unterminated quote": (
        b'Nome;Note\nUno;"a\nDue;b\n',
        2,
        "la riga 2 apre una virgoletta che non si chiude: chiuderla o toglierla",
        "line 2 opens a quote that is never closed: close it or remove it",
    ),
    "text behind a quote": (
        b'Nome;Note\nUno;a\nDue;"b"xyz\n',
        2,
        "alla riga 3 c'è testo dopo una virgoletta chiusa: raddoppiare le virgolette che fanno"
        " parte del testo",
        "on line 3 there is text after a closed quote: double the quotes that are part of the text",
    ),
    "double header": (
        b"Nome;NOME \nUno;Due\n",
        2,
        "l'intestazione «Nome» c'è due volte: dare nomi diversi alle colonne",
        "the header “Nome” is there twice: give the columns different names",
    ),
    "NUL": (
        b"Nome;Note\nUno;a\0b\n",
        2,
        "il file contiene byte nulli: non è un file di testo",
        "the file holds null bytes: it is not a text file",
    ),
    "lone surrogate": (
        b"Nome;Note\nUno;a\nDue;\xed\xa0\x80\n",
        2,
        "alla riga 3 c'è un carattere che non è UTF-8, come il resto del file: riscriverlo, o"
        " salvare di nuovo il file come UTF-8",
        "on line 3 there is a character that is not UTF-8, as the rest of the file is: write it"
        " again, or save the file again as UTF-8",
    ),
    "two encodings in one file": (
        "Nome;Note\nCaffè;Città\n".encode() + "Perché;x\n".encode("cp1252"),
        2,
        "alla riga 3 c'è un carattere che non è UTF-8, come il resto del file: riscriverlo, o"
        " salvare di nuovo il file come UTF-8",
        "on line 3 there is a character that is not UTF-8, as the rest of the file is: write it"
        " again, or save the file again as UTF-8",
    ),
    "half a character of UTF-16": (
        "Nome;Note\nà;b\n".encode("utf-16")[:-1],
        2,
        "alla riga 2 c'è un carattere che non è UTF-16: indicare la codifica giusta con --encoding,"
        " come --encoding windows-1252",
        "on line 2 there is a character that is not UTF-16: tell the right encoding by --encoding,"
        " such as --encoding windows-1252",
    ),
    "unknown header": (
        b'Nome;"; drop table labs"\nUno;x\n',
        2,
        "queste colonne non sono decise, e niente si tralascia in silenzio: «; drop table labs»"
        " (non capita).\n  Per esempio: --ignore '; drop table labs'\n"
        '  Oppure: --map "Intestazione=colonna"; le colonne: bencomune describe labs',
        "these columns are undecided, and nothing is left aside silently: “; drop table labs” (not"
        " understood).\n  For example: --ignore '; drop table labs'\n"
        '  Or: --map "Header=column"; the columns: bencomune describe labs',
    ),
    "a page of the web": (
        b"<!DOCTYPE html><table><tr><td>Nome</td></tr></table>",
        2,
        "non si riconosce che file sia; si leggono: csv, geojson, geojsonseq, gpkg, kml, kmz, ods,"
        " xlsx. Se è uno di questi, dirlo con --format",
        "it cannot be told what file this is; these can be read: csv, geojson, geojsonseq, gpkg,"
        " kml, kmz, ods, xlsx. If it is one of them, say so with --format",
    ),
    "fields too many and too few": (
        b"Nome;Note\nUno;a;b\nDue\n",
        1,
        "nessuna riga si può usare: non è stato scritto niente",
        "no row can be used: nothing was written",
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("place", range(len(LANGUAGES)), ids=LANGUAGES)
def test_files(office, bencomune, kind, place):
    """Each bad file ends with its exit code and, as the last thing said, its very sentence."""
    data, code, *told = FILES[kind]
    file = file_of(office, data)
    done = bencomune("import", file, "--as", "lab", "--apply", BENCOMUNE_LANG=LANGUAGES[place])
    assert done.returncode == code
    assert done.stderr.endswith(f"{told[place]}\n")


def test_rows_of_another_length(office, bencomune):
    """Each row tells its own number of cells: what was said of one is not said of the next."""
    done = bencomune("import", file_of(office, b"Nome;Note\nUno;a;b\nDue\n"), "--as", "lab")
    told = [line.split("\t") for line in done.stdout.splitlines() if "celle" in line]
    assert [(line[0], line[-1].partition(":")[0]) for line in told] == [
        ("2", "la riga ha 3 celle, l'intestazione 2"),
        ("3", "la riga ha 1 celle, l'intestazione 2"),
    ]


LIMITS = [
    ("--max-size", 1, b"Nome\n" + b"Uno\n" * 300_000, 2, "oltre il limite di 1 megabyte di un file; per alzarlo usare --max-size"),
    ("--max-rows", 1, b"Nome\nUno\nDue\n", 2, "oltre il limite di 1 righe o elementi; per alzarlo usare --max-rows"),
    ("--max-columns", 1, b"Nome;Note\nUno;a\n", 2, "oltre il limite di 1 colonne; per alzarlo usare --max-columns"),
    ("--max-field", 3, b"Nome;Note\nUno;abcd\n", 1, "la cella ha 4 caratteri: al massimo 3 (--max-field)"),
]  # fmt: skip


@pytest.mark.parametrize(("option", "most", "data", "code", "told"), LIMITS)
def test_limits(office, bencomune, option, most, data, code, told):
    """What is over a limit says which option raises it, and that option does."""
    file = file_of(office, data)
    done = bencomune("import", file, "--as", "lab", "--plan", option, most)
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True)
    again = bencomune("import", file, "--as", "lab", "--plan", option, most * 4)
    assert told not in again.stdout + again.stderr
    assert again.returncode == (1 if option == "--max-size" else 0)  # the same row again and again


ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 (BOM)"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16"),
    ("cp1252", "Windows-1252 (Europa occidentale)"),
    ("latin-1", "Windows-1252 (Europa occidentale)"),
    ("cp850", "DOS 850 (Europa occidentale)"),
    ("mac_roman", "Macintosh"),
]


@pytest.mark.parametrize(("encoding", "told"), ENCODINGS)
def test_encodings(office, bencomune, encoding, told):
    """The encoding is found out and told before anything is written, and no letter is spoilt."""
    text = "Nome;Descrizione\nCaffè Perù;Città è già là\n"
    text += "Associazione – “Esempio” €;x\n" if encoding == "cp1252" else ""
    file = file_of(office, text.encode(encoding))
    done = bencomune("import", file, "--as", "lab", "--plan")
    assert f"codifica {told}" in done.stderr
    assert "Caffè Perù" in done.stdout
    assert ("Associazione – “Esempio” €" in done.stdout) == (encoding == "cp1252")
    assert done.returncode == 0


@pytest.mark.parametrize(
    "data",
    [
        b"sep=,\r\nNome,Posti\r\nEsempio,3\r\n",
        b"Nome\tPosti\rEsempio\t3\r",
        b"Elenco dei luoghi, 2026;\r\n;\r\nNome;Posti\r\nEsempio;3\r\n",
        b"Nome;Posti\nEsempio, di nome;3\n",
    ],
)
def test_tables_in_disguise(office, bencomune, data):
    """Excel's own line, tabs, carriage returns, titles and a comma in a name hide no table."""
    done = bencomune("import", file_of(office, data), "--as", "lab", "--plan", "--json")
    told = json.loads(done.stdout)
    assert [heading["column"] for heading in told["headings"]] == ["name", "seats"]
    assert [(row["name"][:7], row["result"]) for row in told["rows"]] == [("Esempio", "new")]
