"""XLSX and CSV for Excel: typed, labelled, no formulas; as openpyxl and LibreOffice see them."""

import csv
import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from bencomune_cli import bundles, exports, formats, labelled
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import PLACES, Lab
from bencomune_cli.errors import Refused
from bencomune_cli.layers import LAYERS
from test_formats import HOSTILE, stored_texts

SHEETS = ["Informazioni", "Laboratori", "Gruppi", "Organizzazioni", "Relazioni"]
ODD = ["00100", "3/5", "2019-09", "1E5", "maggio 2019", "VERO", "+39 0382 1", "=1+1", "-1+1", "@x"]
TEXTS = [
    *HOSTILE,
    *ODD,
    "_x0041_",
    "https://example.org/" + "x" * 3_000,
]


@pytest.fixture
def full(registry):
    """Give a registry with one lab for each nasty text, and one of each other type."""
    with registry.operation("test"):
        for number, text in enumerate(TEXTS):
            told = {"postcode": "00100", "seats": "12", "activities": "reading_books, sport_play"}
            point = {"lat": "45.1234565", "lon": "9.1", "precision": "address"}
            times = {"started_on": "2019-09-28", "verified_on": "2020-03"}
            texts = {"name": f"Esempio {number:02}", "lab_kind": "library", "state": "active"}
            registry.add(Lab, {**texts, **told, **point, **times})
            stored_texts(registry, f"esempio-{number:02}", description=text)
    return registry


def xlsx_of(path, *names):
    """Return the workbook of some layers, as bytes."""
    out = io.BytesIO()
    with closing(Dataset(path)) as dataset:
        bundles.load("xlsx").write(dataset, exports.layers(names), out)
    return out.getvalue()


def excel_of(path, layer):
    """Return the CSV for Excel of a layer."""
    out = io.StringIO(newline="")
    with closing(Dataset(path)) as dataset:
        formats.load("excel").write(dataset, LAYERS[layer], out)
    return out.getvalue()


def cells_of(content, sheet="Laboratori"):
    """Return the cells of the first record of a sheet by label."""
    header, first, *_ = openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows()
    return {head.value: cell for head, cell in zip(header, first, strict=True)}


@pytest.mark.usefixtures("full")
def test_a_workbook_has_typed_cells_and_labels(path):
    """Codes are labels, days are days, numbers numbers; zeros stay; the header stays in view."""
    content = xlsx_of(path)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == SHEETS
    cells = cells_of(content)
    told = {
        "Nome": ("Esempio 00", "s"),
        "CAP": ("00100", "s"),
        "Posti": (12, "n"),
        "Latitudine": (45.123457, "n"),
        "Attivo dal": (dt.datetime(2019, 9, 28), "d"),  # noqa: DTZ001 - of no zone
        "Verificato il": ("2020-03", "s"),
        "Tipo": ("Biblioteca", "s"),
        "Stato": ("Attivo", "s"),
        "Comune": (None, "n"),
    }
    assert {label: (cells[label].value, cells[label].data_type) for label in told} == told
    assert cells["Attivo dal"].number_format == "dd/mm/yyyy"
    assert cells["Creato il (UTC)"].data_type == "d"
    sheet = book["Laboratori"]
    assert (sheet.freeze_panes, sheet.max_row) == ("C2", len(TEXTS) + 1)
    assert sheet.auto_filter.ref == sheet.dimensions
    about = {row[0].value: row[1].value for row in book["Informazioni"].iter_rows()}
    assert (about["Nome"], about["Licenza"], about["Laboratori"]) == (
        "Rete Esempio",
        "CC BY 4.0",
        len(TEXTS),
    )


@pytest.mark.usefixtures("full")
def test_no_cell_is_a_formula_or_a_link(path):
    """Whatever a text holds, it is that text."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(path)))["Laboratori"]
    (place,) = (n for n, cell in enumerate(sheet[1]) if cell.value == "Descrizione")
    found = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in found} == {"s"}
    assert [cell.hyperlink for cell in found] == [None] * len(TEXTS)
    assert [openpyxl.utils.escape.unescape(cell.value) for cell in found] == TEXTS


@pytest.mark.usefixtures("full")
def test_every_record_has_the_height_of_one_line(path):
    """A long text makes no row higher, wherever it stands in the sheet."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(path)))["Laboratori"]
    heights = [sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)]
    assert set(heights) == {heights[0]}
    assert len(heights) == len(TEXTS)
    assert sheet.row_dimensions[sheet.max_row + 1].height is None


def test_the_same_data_give_the_same_workbook(full, bencomune, tmp_path):
    """Whatever the language, time zone and hash seed of who exports, and whenever."""
    full.close()
    found = set()
    for number, told in enumerate(
        (
            {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1", "LC_ALL": "it_IT.UTF-8"},
            {"TZ": "America/Lima", "PYTHONHASHSEED": "2", "BENCOMUNE_LANG": "en"},
        )
    ):
        folder = tmp_path / str(number)
        assert bencomune("export", "-f", "xlsx", "--to", folder, **told).returncode == 0
        found.add((folder / "network.xlsx").read_bytes())
    assert len(found) == 1


def test_labels_are_in_the_language_asked_for(full, bencomune, tmp_path):
    """`--lang en` writes English labels, sheets and dates."""
    full.close()
    done = bencomune("--lang", "en", "export", "--for", "excel", "--to", tmp_path)
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(tmp_path / "network.xlsx")
    assert book.sheetnames[:2] == ["About", "Labs"]
    assert book["Labs"]["B1"].value == "Name"
    text = (tmp_path / "labs.excel.csv").read_text("utf-8-sig")
    assert text.startswith("Identifier;Name;")


@pytest.mark.usefixtures("full")
def test_csv_for_excel_is_as_excel_wants_it(path):
    """A mark of UTF-8, semicolons, decimal commas; no text becomes a number, date or formula."""
    text = excel_of(path, "labs")
    assert text.startswith("\ufeffIdentificativo;Nome;")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";", strict=True))
    assert rows[0]["Latitudine"] == "45,123457"
    assert (rows[0]["CAP"], rows[0]["Attivo dal"]) == ("\t00100", "2019-09-28")
    assert rows[0]["Verificato il"] == "\t2020-03"
    told = {row["Descrizione"] for row in rows}
    assert told >= {"\t00100", "\t3/5", "\t1E5", "\tmaggio 2019", "\tVERO", "'=1+1", "'-1+1", "'@x"}
    assert not [cell for cell in told if cell[:1] in set("=+-@")]


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("name", ["excel", "xlsx"])
def test_libreoffice_reads_what_was_meant(path, tmp_path, name):
    """LibreOffice makes of each file the same workbook: zeros, days, numbers, texts."""
    office = shutil.which("soffice")
    if office is None and "BENCOMUNE_TESTS_NEED_PROGRAMS" not in os.environ:
        pytest.skip("LibreOffice is not installed")
    file = tmp_path / f"labs.{'csv' if name == 'excel' else 'xlsx'}"
    if name == "excel":
        file.write_text(excel_of(path, "labs"), "utf-8", newline="")
    else:
        file.write_bytes(xlsx_of(path, "labs"))
    # Semicolon, quote, UTF-8, from the first line, Italian: what its dialogue proposes there.
    reads = ["--infilter=CSV:59,34,76,1,,1040,false,true"] if name == "excel" else []
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = ["--convert-to", "ods", "--outdir", str(tmp_path)]
    done = subprocess.run(
        [office, profile, "--headless", *reads, *out, str(file)],
        capture_output=True,
        timeout=180,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    made = tmp_path / "labs.ods"
    assert made.is_file(), done.stderr
    again = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    folder = ["--outdir", str(tmp_path / "again"), str(made)]
    subprocess.run([*again, *folder], capture_output=True, timeout=180, check=True)
    book = openpyxl.load_workbook(tmp_path / "again" / "labs.xlsx")
    header, *rows = book[book.sheetnames[-1]].iter_rows()
    places = {cell.value: n for n, cell in enumerate(header)}
    first = {label: rows[0][place].value for label, place in places.items()}
    assert first["CAP"].strip() == "00100"
    assert (first["Latitudine"], first["Posti"]) == (45.123457, 12)
    assert first["Attivo dal"] == dt.datetime(2019, 9, 28)  # noqa: DTZ001 - of no zone
    assert first["Verificato il"].strip() == "2020-03"
    told = [row[places["Descrizione"]] for row in rows]
    assert {cell.data_type for cell in told} == {"s"}
    assert len(rows) == len(TEXTS)


@pytest.mark.parametrize("entity", PLACES)
def test_what_is_imported_back_changes_nothing(bencomune, tmp_path, entity):
    """The example, exported for Excel and imported without a word more, stays as it is."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "excel", "--to", tmp_path).returncode == 0
    sheet = ("--sheet", entity.plural.it)
    for file, told in ((f"{entity.table}.excel.csv", ()), ("network.xlsx", sheet)):
        done = bencomune("import", tmp_path / file, "--as", entity.name_of_kind, *told, "--plan")
        assert done.returncode == 0, done.stderr
        assert "uguali" in done.stdout + done.stderr, done.stdout


def test_a_workbook_that_was_mended_brings_the_mends_alone(bencomune, tmp_path):
    """Cells mended in a spreadsheet are the only changes, once; undone in one step."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "excel", "--to", tmp_path).returncode == 0
    before = _labs(bencomune)
    mended = list(before)[:2]
    _mend(tmp_path / "network.xlsx", {mended[0]: ("Posti", 31), mended[1]: ("CAP", 27058)})
    told = ("import", tmp_path / "network.xlsx", "--as", "lab", "--sheet", "Laboratori", "--apply")
    first = json.loads(bencomune(*told, "--json").stdout)
    changed = {
        row["id"]: [change["column"] for change in row["changes"]]
        for row in first["rows"]
        if row["result"] == "changed"
    }
    assert changed == {mended[0]: ["seats"], mended[1]: ["postcode"]}
    now = _labs(bencomune)
    assert (now[mended[0]]["seats"], now[mended[1]]["postcode"]) == (31, "27058")
    again = json.loads(bencomune(*told, "--json").stdout)
    assert {row["result"] for row in again["rows"]} == {"unchanged"}
    assert bencomune("undo").returncode == 0
    assert _labs(bencomune) == before


def test_a_workbook_does_not_undo_what_others_wrote_meanwhile(bencomune, tmp_path):
    """What was edited after the export stays; where the file has another value, its row waits."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--for", "excel", "--to", tmp_path).returncode == 0
    here, both, *_ = _labs(bencomune)
    _mend(tmp_path / "network.xlsx", {here: ("CAP", 27058), both: ("Posti", 31)})
    time.sleep(1.1)  # a file tells its moment to the second
    assert bencomune("edit", here, "seats=12").returncode == 0
    assert bencomune("edit", both, "seats=13").returncode == 0
    told = ("--as", "lab", "--sheet", "Laboratori", "--keep-good", "--apply")
    bencomune("import", tmp_path / "network.xlsx", *told)
    now = _labs(bencomune)
    assert (now[here]["seats"], now[here]["postcode"]) == (12, "27058")
    assert now[both]["seats"] == 13
    assert both in (tmp_path / "network.xlsx.rejected.csv").read_text("utf-8-sig")


def _labs(bencomune):
    """Return all labs by id, without what counts their changes."""
    told = json.loads(bencomune("lab", "list", "--json").stdout)
    counted = {"version", "updated_at"}
    return {each["id"]: {n: v for n, v in each.items() if n not in counted} for each in told}


def _mend(path, cells):
    """Write values into a workbook as a spreadsheet would: by id of a record, a label's cell."""
    book = openpyxl.load_workbook(path)
    sheet = book["Laboratori"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if told := cells.get(sheet.cell(row, places["Identificativo"]).value):
            sheet.cell(row, places[told[0]]).value = told[1]
    book.save(path)


def test_a_column_of_others_is_not_taken_for_one_of_the_program(bencomune, registry, tmp_path):
    """A header that is the label of what the program writes is asked about in another's file."""
    registry.close()
    (tmp_path / "s.csv").write_text("Nome;Partner\nEsempio;Altro\n", "utf-8")
    done = bencomune("import", tmp_path / "s.csv", "--as", "lab", "--plan")
    assert (done.returncode, "Partner" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["xlsx", "excel"])
def test_a_text_that_no_cell_holds_is_refused(full, bencomune, tmp_path, name):
    """The record and the column are told, and there is no file."""
    stored_texts(full, "esempio-03", description="😀" * 16_384)
    full.close()
    folder = tmp_path / "out"
    done = bencomune("export", "-f", name, "--to", folder)
    assert done.returncode == 2
    assert "esempio-03, colonna description: il testo è troppo lungo" in done.stderr
    assert not folder.exists()


@pytest.mark.usefixtures("full")
def test_more_records_than_rows_are_refused(path, monkeypatch):
    """A sheet that would lose its last records is not written."""
    monkeypatch.setattr(labelled, "ROWS", len(TEXTS))
    for write in (lambda: xlsx_of(path), lambda: excel_of(path, "labs")):
        with pytest.raises(Refused) as caught:
            write()
        assert f"{len(TEXTS)} record" in caught.value.text.it
    monkeypatch.setattr(labelled, "ROWS", len(TEXTS) + 1)
    assert xlsx_of(path)


def test_without_its_library_a_format_tells_what_mends_it(registry, path, tmp_path):
    """The command that installs the missing part is told, and there is no file."""
    registry.close()
    folder = tmp_path / "out"
    code = (
        "import sys; sys.modules['xlsxwriter'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "import bencomune_cli.file_kinds as k\n"
        "k.find_spec = lambda name: None if name == 'xlsxwriter' else real(name)\n"
        "from bencomune_cli.app import run; sys.argv[0] = 'bencomune'; run()\n"
    )
    env = {**os.environ, "BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it"}
    command = [sys.executable, "-c", code, "export", "-f", "xlsx", "--to", str(folder)]
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0
    assert f"{sys.executable} -m pip install -c constraints.txt '.[xlsx]'" in done.stderr
    assert not Path(folder).exists() or list(folder.iterdir()) == []
