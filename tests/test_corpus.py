"""Bad texts and bad CSV files, each with the exact reaction: sentence, row, exit code, no change.

What is expected stands in `corpus/csv.toml`; each is read by the real command, in both languages.
"""

import csv
import io
import json
import tomllib
from pathlib import Path

import pytest

from bencomune_cli.registry import Registry
from bencomune_cli.words import LANGUAGES

CORPUS = tomllib.loads(Path(__file__).with_name("corpus").joinpath("csv.toml").read_text("utf-8"))
COLUMNS = ("id", "Nome", "Descrizione", "Posti", "Lat", "Long", "CAP")
FILES = {each["name"]: each for each in CORPUS["file"]}


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
    for number, row in enumerate(CORPUS["row"]):
        cells = {name: text * row.get("times", 1) for name, text in row["cells"].items()}
        writer.writerow({"Nome": f"Esempio {number}", **cells})
    return file_of(path, out.getvalue().encode())


def file_of(path, data):
    """Write a file beside the registry, and return its path."""
    file = path.parent / "brutto.csv"
    file.write_bytes(data)
    return str(file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows(office, bencomune, language):
    """Each bad text is an error of its row, or a warning, or none, in these very words."""
    told = ("import", sheet(office), "--as", "lab", "--plan", "--json")
    run = bencomune(*told, BENCOMUNE_LANG=language)
    assert run.returncode == 1
    rows = json.loads(run.stdout)["rows"]
    place = 2 + LANGUAGES.index(language)
    for number, (row, expected) in enumerate(zip(rows, CORPUS["row"], strict=True), start=2):
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
        all(found[0] != "error" for found in row.get("found", [])) for row in CORPUS["row"]
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_files(office, bencomune, name, language):
    """Each bad file ends with its exit code and, as the last thing said, its very sentence."""
    expected = FILES[name]
    file = file_of(office, expected["bytes"].encode("latin-1"))
    done = bencomune("import", file, "--as", "lab", "--apply", BENCOMUNE_LANG=language)
    assert done.returncode == expected["code"]
    assert done.stderr.endswith(f"{expected[language]}\n")


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
