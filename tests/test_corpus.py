"""Bad texts and bad files, each with the exact reaction: sentence, row, exit code, no change.

What is expected stands in `corpus/`, by format; the real command reads each, in both languages.
"""

import csv
import io
import json
import resource
import tomllib
from pathlib import Path

import pytest

from bencomune_cli.registry import Registry
from bencomune_cli.words import LANGUAGES
from fuzzing import zipped
from spreadsheets import xlsx_data, xlsx_parts

FOLDER = Path(__file__).with_name("corpus")
CORPUS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}
ROWS = CORPUS["csv"]["row"]
COLUMNS = ("id", "Nome", "Descrizione", "Posti", "Lat", "Long", "CAP")
FILES = {f"{kind}: {each['name']}": each for kind, read in CORPUS.items() for each in read["file"]}
PATIENCE = 5  # seconds of work that a run may take, with its start


@pytest.fixture
def office(registry, path):
    """Return the path of a registry that no import of a test may change."""
    digest = registry.store.digest()
    registry.close()
    yield path
    again = Registry.open(path)
    assert again.store.digest() == digest
    again.close()


def sheet(path):
    """Write the rows of the corpus as a CSV file, and return its path."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    for number, row in enumerate(ROWS):
        cells = {name: text * row.get("times", 1) for name, text in row["cells"].items()}
        writer.writerow({"Nome": f"Esempio {number}", **cells})
    return file_of(path, out.getvalue().encode())


def file_of(path, data, name="brutto.csv"):
    """Write a file beside the registry, and return its path."""
    file = path.parent / name
    file.write_bytes(data)
    return str(file)


def content_of(entry):
    """Return the bytes of a file of the corpus: as they stand there, or made by its recipe.

    `text` and `bytes` (as Latin-1) are the file; `sheets` are sheets of an XLSX file, of rows of
    cells or as XML; `members` are parts of a ZIP file. In all of them each of `times` stands for
    a text that many times over; `spoilt` is what was done to the ZIP file afterwards.
    """

    def full(text):
        for mark, (piece, times) in entry.get("times", {}).items():
            text = text.replace(mark, piece * times)
        return text

    if "text" in entry:
        return full(entry["text"]).encode(entry.get("encoding", "utf-8"))
    if "bytes" in entry:
        return full(entry["bytes"]).encode("latin-1")
    parts = {}
    if "sheets" in entry:
        sheets = {
            name: made if isinstance(made, str) else xlsx_data(*made)
            for name, made in entry["sheets"].items()
        }
        parts = xlsx_parts(sheets)
    for name, text in entry.get("members", {}).items():
        parts[name] = full(text) if isinstance(text, str) else zipped(text)
    return SPOILS[entry.get("spoilt", "")](zipped(parts))


def locked(content):
    """Return a ZIP file whose first part says that it is encrypted."""
    spoilt = bytearray(content)
    spoilt[6] |= 1
    spoilt[content.index(b"PK\1\2") + 8] |= 1
    return bytes(spoilt)


def lying(content):
    """Return a ZIP file whose first part says that it holds a hundred bytes."""
    spoilt, size = bytearray(content), (100).to_bytes(4, "little")
    spoilt[22:26] = size
    place = content.index(b"PK\1\2") + 24
    spoilt[place : place + 4] = size
    return bytes(spoilt)


SPOILS = {"": bytes, "locked": locked, "lying": lying, "cut": lambda content: content[:-40]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows(office, bencomune, language):
    """Each bad text is an error of its row, or a warning, or none, in these very words."""
    told = ("import", sheet(office), "--as", "lab", "--plan", "--json")
    run = bencomune(*told, BENCOMUNE_LANG=language)
    assert run.returncode == 1
    rows = json.loads(run.stdout)["rows"]
    place = 2 + LANGUAGES.index(language)
    for number, (row, expected) in enumerate(zip(rows, ROWS, strict=True), start=2):
        found = expected.get("found", [])
        said = [(f["severity"], f["column"], f["message"]) for f in row["findings"]]
        assert said == [(each[0], each[1], each[place]) for each in found], expected["cells"]
        result = "rejected" if any(each[0] == "error" for each in found) else "new"
        assert (row["row"], row["result"]) == (number, result), expected["cells"]


def test_what_is_let_through(registry, path, bencomune):
    """Brackets, formulas, zeros and numbers as text come in as they are, accents in one form."""
    registry.close()
    given = ("import", sheet(path), "--as", "lab", "--apply", "--keep-good")
    assert bencomune(*given).returncode == 1
    made = Registry.open(path)
    told = "name, description, postcode, seats"
    rows = set(made.store.connection.execute(f"SELECT {told} FROM labs"))
    made.close()
    assert rows >= {
        ("Esempio 5", "ab", None, None),
        ("Caffè Esempio", None, None, None),
        ("Esempio 12", "[/]", None, None),
        ("Esempio 13", "[link=https://example.org]a[/link]", None, None),
        ("Esempio 14", "=1+1", None, None),
        ("Esempio 16", None, "00184", None),
        ("Esempio 17", None, "00184", None),
        ("Esempio 19", "1e5", None, None),
        ("Esempio 26", None, None, 30),
        ("Esempio 27", None, None, 1000),
    }
    assert len(rows) == sum(
        all(found[0] != "error" for found in row.get("found", [])) for row in ROWS
    )


def worked():
    """Return for how many seconds the programs that the tests ran have worked."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def shown(text):
    """Return a text in which half a character is its code: TOML holds none."""
    return text.encode(errors="backslashreplace").decode()


def run_of(bencomune, office, entry, language):
    """Run the import of a file of the corpus: with its rows to be told, or to be written."""
    file = file_of(office, content_of(entry), entry.get("file", "brutto.csv"))
    how = ("--plan", "--json") if "row" in entry else ("--apply",)
    more = entry.get("options", ())
    return bencomune("import", file, "--as", "lab", *how, *more, BENCOMUNE_LANG=language)


@pytest.mark.parametrize("name", [name for name, each in FILES.items() if "row" not in each])
@pytest.mark.parametrize("language", LANGUAGES)
def test_files(office, bencomune, name, language):
    """Each bad file ends with its exit code and, as the last thing said, its very sentence."""
    begun = worked()
    done = run_of(bencomune, office, FILES[name], language)
    assert done.returncode == FILES[name]["code"]
    assert done.stderr.endswith(f"{FILES[name][language]}\n")
    assert worked() - begun < PATIENCE


@pytest.mark.parametrize("name", [name for name, each in FILES.items() if "row" in each])
@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_of_files(office, bencomune, name, language):
    """Of each row of such a file all is told that was found, and no more; and how it was read."""
    expected, place = FILES[name], 2 + LANGUAGES.index(language)
    done = run_of(bencomune, office, expected, language)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["read"] == expected.get(language, [])
    assert [
        {
            "row": row["row"],
            "result": row["result"],
            "name": row["name"],
            "found": [(f["severity"], f["column"], shown(f["message"])) for f in row["findings"]],
        }
        for row in told["rows"]
    ] == [
        {
            "row": row["row"],
            "result": row["result"],
            "name": row.get("name", ""),
            "found": [(each[0], each[1], each[place]) for each in row.get("found", [])],
        }
        for row in expected["row"]
    ]
    assert done.returncode == (not all(row["result"] == "new" for row in expected["row"]))


def test_rows_of_another_length(office, bencomune):
    """Each row tells its own number of cells: what was said of one is not said of the next."""
    done = bencomune("import", file_of(office, b"Nome;Note\nUno;a;b\nDue\n"), "--as", "lab")
    told = [line.split("\t") for line in done.stdout.splitlines() if "celle" in line]
    assert [(line[0], line[-1].partition(":")[0]) for line in told] == [
        ("2", "la riga ha 3 celle, l'intestazione 2"),
        ("3", "la riga ha 1 celle, l'intestazione 2"),
    ]


@pytest.mark.parametrize(
    ("option", "data", "code", "told"),
    [
        ("--max-size", b"Nome\n" + b"x" * 1_500_000, 2, "oltre il limite di 1 megabyte di un file"),
        ("--max-rows", b"Nome\nUno\nDue\n", 2, "oltre il limite di 1 righe o elementi"),
        ("--max-columns", b"Nome;Note\nUno;a\n", 2, "oltre il limite di 1 colonne"),
        ("--max-field", b"Nome;Note\nU;abcd\n", 1, "la cella ha 4 caratteri: al massimo 1"),
    ],
)
def test_limits(office, bencomune, option, data, code, told):
    """What is over a limit says which option raises it, and that option does."""
    file = file_of(office, data)
    done = bencomune("import", file, "--as", "lab", "--plan", option, 1)
    assert done.returncode == code
    said = done.stdout + done.stderr
    assert told in said
    assert option in said
    again = bencomune("import", file, "--as", "lab", "--plan", option, 4)
    assert told.partition(" 1")[0] not in again.stdout + again.stderr


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252 (Europa occidentale)"),
        ("latin-1", "Windows-1252 (Europa occidentale)"),
        ("cp850", "DOS 850 (Europa occidentale)"),
        ("mac_roman", "Macintosh"),
    ],
)
def test_encodings(office, bencomune, encoding, told):
    """The encoding is found out and told before anything is written, and no letter is spoilt."""
    text = "Nome;Descrizione\nCaffè Perù;Città è già là\n"
    windows = encoding == "cp1252"
    text += "Associazione – “Esempio” €;x\n" if windows else ""
    done = bencomune("import", file_of(office, text.encode(encoding)), "--as", "lab", "--plan")
    assert done.returncode == 0
    assert f"codifica {told}" in done.stderr
    assert "Caffè Perù" in done.stdout
    assert ("Associazione – “Esempio” €" in done.stdout) == windows


@pytest.mark.parametrize(
    "data",
    [
        b"sep=,\r\nNome,Posti\r\nEsempio,3\r\n",
        b"Nome\tPosti\rEsempio\t3\r",
        b"Elenco dei luoghi, 2026;\r\n;\r\nNome;Posti\r\nEsempio;3\r\n",
        b"Nome;Posti\nEsempio, di nome;3\n",
        b"Nome;Posti\nEsempio;\n",
        b'"Nome\n(esteso)";Posti\n"Esempio\ndi nome";3\n',
    ],
)
def test_tables_in_disguise(office, bencomune, data):
    """Excel's line, tabs, carriage returns, titles, commas and breaks in cells hide no table."""
    done = bencomune("import", file_of(office, data), "--as", "lab", "--plan", "--json")
    told = json.loads(done.stdout)
    assert [heading["column"] for heading in told["headings"]] == ["name", "seats"]
    assert [(row["name"][:7], row["result"]) for row in told["rows"]] == [("Esempio", "new")]
