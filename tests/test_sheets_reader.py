"""Spreadsheets, XLSX and ODS: what is read of them, and what is refused."""

import io
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import readers
from bencomune_cli.errors import Refused
from bencomune_cli.limits import Limits
from bencomune_cli.readers import Source, csv
from bencomune_cli.readers import ods as ods_reader
from bencomune_cli.readers import xlsx as xlsx_reader
from effort import within
from fuzzing import many, mutated, only_refused, zipped
from spreadsheets import (
    CLOCK,
    DATE,
    ELAPSED,
    END,
    ITALIAN_DATE,
    MOMENT,
    PADDED,
    ods,
    ods_parts,
    ods_table,
    ods_typed,
    xlsx,
    xlsx_data,
    xlsx_parts,
)

HEADER = ["Nome", "CAP"]
BOTH = pytest.mark.parametrize("made", [xlsx, ods], ids=["xlsx", "ods"])
PAIR = (
    '<row><c t="inlineStr"><is><t>Nome</t></is></c><c t="inlineStr"><is><t>CAP</t></is></c></row>'
)


def table_of(content, name="elenco", part=None, **limits):
    """Return the table of a file, of the format that it is recognised as."""
    source = Source(io.BytesIO(content), name, Limits(limits), part=part)
    return readers.load(readers.recognised(source)).read(source)


def refused(content, **options):
    """Return the sentence with which a file is refused, at once or at one of its rows."""
    with pytest.raises(Refused) as caught:
        list(table_of(content, **options).rows())
    return caught.value.text


def cells(content, **options):
    """Return the texts of a file, row by row, in the order of the headers."""
    table = table_of(content, **options)
    return [[row.cells.get(name, "") for name in table.headers] for row in table.rows()]


def told(content, **options):
    """Return what is told of a file, in Italian."""
    return [each.it for each in table_of(content, **options).told]


def only_problem(content):
    """Return the one problem of a file with one row, and the row's number."""
    (row,) = table_of(content).rows()
    (problem,) = row.problems
    assert problem.fatal
    return row.number, problem.column, problem.message


@BOTH
def test_titles_gaps_and_numbers(made):
    """Titles above the header, empty rows and columns are passed over; numbers are as typed."""
    content = made(
        ["Elenco associazioni 2025"],
        [],
        ["Nome", None, "CAP", None, "Quota"],
        ["Spazio Esempio", None, 184, None, 45.5],
        [None, None, " "],
        ["Orto Esempio", None, 27100.0, "senza nome", 9.1579999999999995],
    )
    table = table_of(content)
    assert table.headers == ["Nome", "CAP", "(4)", "Quota"]
    rows = list(table.rows())
    assert [row.number for row in rows] == [4, 6]
    assert rows[0].cells == {"Nome": "Spazio Esempio", "CAP": "184", "Quota": "45.5"}
    assert cells(content)[1] == ["Orto Esempio", "27100", "senza nome", "9.158"]
    assert table.total == 2
    assert [text.it for text in table.told] == [
        "foglio «Elenco»",
        "righe tralasciate prima dell'intestazione: 1 («Elenco associazioni 2025»)",
    ]
    assert list(table.rows()) == rows


@BOTH
def test_one_column(made):
    """A sheet of one column has its header in its first row, however long it is."""
    for count in (2, 50):
        rows = [["Nome"], *([f"Spazio {n}"] for n in range(count)), ["Totale", 3]]
        table = table_of(made(*rows[:-1]))
        assert table.headers == ["Nome"]
        assert [row.number for row in table.rows()] == list(range(2, count + 2))
    assert table_of(made(*rows)).headers == ["Nome", "(2)"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+3", "1000"),
        ("1.5E-7", "0.00000015"),
        ("-0", "0"),
        ("0.30000000000000004", "0.3"),
        ("123456789012345", "123456789012345"),
        ("-12.5", "-12.5"),
        ("1E-300", "0." + "0" * 299 + "1"),
    ],
)
def test_numbers_are_never_in_exponent_form(number, text):
    """A number is written with all of its digits, and none that is noise."""
    assert cells(xlsx(HEADER, ["x", f"<c><v>{number}</v></c>"])) == [["x", text]]
    typed = ods_typed("float", f'office:value="{number}"')
    assert cells(ods(HEADER, ["x", typed])) == [["x", text]]


@BOTH
def test_a_number_of_sixteen_digits(made):
    """A whole number that the spreadsheet has rounded makes its row unusable, and says why."""
    number, column, message = only_problem(made(HEADER, ["Esempio", 1234567890123456]))
    assert (number, column) == (2, "CAP")
    assert message.it == (
        "il numero 1234567890123456 ha più di 15 cifre, e il foglio di calcolo ha perso le ultime:"
        " dare alla colonna il formato testo e scriverlo di nuovo"
    )
    assert message.en == (
        "the number 1234567890123456 has more than 15 digits, and the spreadsheet has lost the last"
        " ones: format the column as text and type it again"
    )


@pytest.mark.parametrize("number", ["nan", "inf", "1_0", "dodici", "0x10", "1e999"])
def test_what_is_no_number(number):
    """A cell whose value is not of its type makes its row unusable."""
    _, _, message = only_problem(xlsx(HEADER, ["x", f"<c><v>{number}</v></c>"]))
    told_as = f"il valore «{number}» non si può leggere: scriverlo di nuovo nel foglio di calcolo"
    assert message.it == told_as
    typed = ods_typed("float", f'office:value="{number}"')
    assert only_problem(ods(HEADER, ["x", typed]))[2] == message


@pytest.mark.parametrize(
    ("serial", "style", "text"),
    [
        ("43736", DATE, "2019-09-28"),
        ("43736", ITALIAN_DATE, "2019-09-28"),
        ("43736.4166666667", MOMENT, "2019-09-28T10:00:00"),
        ("0.4375", CLOCK, "10:30"),
        ("1.5", ELAPSED, "36:00"),
        ("59", DATE, "1900-02-28"),
        ("61", DATE, "1900-03-01"),
        ("2958465", DATE, "9999-12-31"),
        ("184", PADDED, "184"),
    ],
)
def test_dates_of_workbooks(serial, style, text):
    """A number that is shown as a date or time is one, in ISO 8601, and so it is told."""
    content = xlsx(HEADER, ["x", f'<c s="{style}"><v>{serial}</v></c>'])
    assert cells(content) == [["x", text]]
    assert ("date lette come anno-mese-giorno" in told(content)) == (style != PADDED)


def test_dates_since_1904():
    """A workbook that counts its days from 1904 is read so."""
    cell = f'<c s="{DATE}"><v>42274</v></c>'
    content = xlsx(HEADER, ["x", cell], workbook='<workbookPr date1904="1"/>')
    assert cells(content) == [["x", "2019-09-28"]]


@pytest.mark.parametrize("serial", ["60", "0", "-1", "2958466", "1e300", "ieri"])
def test_what_is_no_date(serial):
    """A day that there never was makes its row unusable."""
    cell = f'<c s="{DATE}"><v>{serial}</v></c>'
    _, column, message = only_problem(xlsx(HEADER, ["x", cell]))
    assert column == "CAP"
    assert "non si può leggere" in message.it


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("date", 'office:date-value="2019-09-28"', "2019-09-28"),
        ("date", 'office:date-value="2019-09-28T10:00:00"', "2019-09-28T10:00:00"),
        ("date", 'office:date-value="2019-09-28T00:00:00.000000000"', "2019-09-28"),
        ("time", 'office:time-value="PT10H30M00S"', "10:30"),
        ("boolean", 'office:boolean-value="true"', "true"),
        ("percentage", 'office:value="0.12"', "0.12"),
        ("currency", 'office:value="45.50" office:currency="EUR"', "45.5"),
        ("string", 'office:string-value="valore"', "valore"),
        ("void", "", "mostrato"),
    ],
)
def test_types_of_open_document(kind, value, text):
    """A cell's value is the typed one, whatever is shown."""
    assert cells(ods(HEADER, ["x", ods_typed(kind, value, "mostrato")])) == [["x", text]]


def test_texts_of_workbooks():
    """Rich text is joined, its pronunciation left out, escaped characters are what they mean."""
    texts = (
        "<t>Nome</t>",
        "<t>CAP</t>",
        "<r><t>Spazio </t></r><r><rPr><b/></rPr><t>Esempio</t></r><rPh><t>pronuncia</t></rPh>",
        "<t>riga_x000D_\na_x005F_x0041_ _xD83D__xDE00_ _xD800_</t>",
    )
    shared = [f'<c t="s"><v>{place}</v></c>' for place in range(4)]
    content = xlsx(
        shared[:2], shared[2:], ["<c t='b'><v>1</v></c>", "<c t='b'><v>0</v></c>"], texts=texts
    )
    assert cells(content) == [
        ["Spazio Esempio", "riga\r\na_x0041_ 😀 \ud800"],
        ["true", "false"],
    ]


def test_texts_of_open_document():
    """Paragraphs are lines; spaces, tabs and links count; notes and drawings do not."""
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>nota</text:p>'
        '</office:annotation><text:p> Spazio\n  <text:s text:c="2"/><text:span>Esempio</text:span>'
        '<text:tab/><text:a xlink:href="https://example.org">sito</text:a></text:p><text:p>due'
        "<text:line-break/>tre<draw:frame><draw:text-box><text:p>disegno</text:p></draw:text-box>"
        "</draw:frame></text:p></table:table-cell>"
    )
    assert cells(ods(HEADER, ["x", cell])) == [["x", "Spazio   Esempio\tsito\ndue\ntre"]]


UNSAVED = (
    "la formula non ha un valore salvato: aprirlo nel foglio di calcolo e salvarlo di nuovo",
    "the formula has no saved value: open the file in the spreadsheet and save it again",
)


@pytest.mark.parametrize(
    "content",
    [
        xlsx(HEADER, ["x", "<c><f>A1</f></c>"]),
        xlsx(HEADER, ["x", "<c><f>A1</f><v></v></c>"]),
        xlsx(HEADER, ["x", "<c><f>A1</f><v/></c>"]),
        ods(HEADER, ["x", '<table:table-cell table:formula="of:=[.A1]"/>']),
        ods(HEADER, ["x", ods_typed("float", "", "", 'table:formula="of:=[.A1]"')]),
    ],
)
def test_a_formula_without_a_value(content):
    """A formula that was never worked out is told, and is not an empty cell."""
    assert only_problem(content) == (2, "CAP", UNSAVED)


def test_a_formula_with_a_value():
    """A formula is its value, also where that is an empty text."""
    rows = [["x", "<c><f>A1</f><v>184</v></c>"], ["y", '<c t="str"><f>A1</f><v></v></c>']]
    assert cells(xlsx(HEADER, *rows)) == [["x", "184"], ["y", ""]]
    formula = 'table:formula="of:=[.A1]"'
    empty = ods_typed("string", 'office:string-value=""', "", formula)
    row = ods_typed("float", 'office:value="184"', "184", formula)
    assert cells(ods(HEADER, ["x", row], ["y", empty])) == [["x", "184"], ["y", ""]]


@pytest.mark.parametrize(
    "content",
    [
        xlsx(HEADER, ["x", '<c t="e"><f>NA()</f><v>#N/A</v></c>']),
        ods(
            HEADER,
            [
                "x",
                ods_typed(
                    "string",
                    'office:string-value=""',
                    "#N/A",
                    'calcext:value-type="error" table:formula="of:=NA()"',
                ),
            ],
        ),
        ods(HEADER, ["x", ods_typed("float", 'office:value="0"', "#N/A", 'table:formula="of:=A"')]),
    ],
)
def test_an_error_in_a_cell(content):
    """A cell with an error makes its row unusable; a text that looks like one does not."""
    number, column, message = only_problem(content)
    assert (number, column) == (2, "CAP")
    assert message.it == (
        "la cella ha un errore (#N/A): correggere la formula, o scrivere il valore"
    )
    assert message.en == "the cell holds an error (#N/A): mend the formula, or write the value"
    assert cells(ods(HEADER, ["x", "#N/A"])) == [["x", "#N/A"]]


def test_a_header_that_is_an_error():
    """A header that cannot be read is told, and its column goes by its place."""
    table = table_of(xlsx(["Nome", '<c t="e"><v>#REF!</v></c>'], ["x", "y"]))
    assert table.headers == ["Nome", "(2)"]
    assert table.told[-1].it.startswith("intestazione (2): la cella ha un errore (#REF!)")


@BOTH
def test_a_header_twice(made):
    """A header that stands twice is refused; line breaks in it are spaces."""
    assert table_of(made(["Nome\ndella sede", "CAP"], ["x", "y"])).headers[0] == "Nome della sede"
    assert refused(made(["Nome", "nome"], ["x", "y"])).it == (
        "l'intestazione «Nome» c'è due volte: dare nomi diversi alle colonne"
    )


def several(kind, filled):
    """Return a spreadsheet with sheets by name, the last of which is hidden."""
    rows = {name: ([HEADER, ["x", "y"]] if full else []) for name, full in filled.items()}
    if kind == "xlsx":
        sheets = {name: xlsx_data(*each) for name, each in rows.items()}
        return zipped(xlsx_parts(sheets, states=["visible"] * (len(rows) - 1) + ["hidden"]))
    tables = [
        ods_table(name, *each, style="ta2" if name == list(rows)[-1] else "ta1")
        for name, each in rows.items()
    ]
    return zipped(ods_parts("".join(tables)))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_choice_of_a_sheet(kind):
    """The one sheet with data is taken; of several, the one that is named; else it is asked."""
    one = several(kind, {"Vuoto": False, "Sedi": True, "Altro": False})
    assert told(one)[0] == "foglio «Sedi»"
    hidden = several(kind, {"Vuoto": False, "Sedi": True})
    assert told(hidden)[0] == "foglio nascosto «Sedi»"
    two = several(kind, {"Sedi": True, "Vuoto": False, "Gruppi": True})
    several_told = refused(two)
    assert several_told.it == (
        "più fogli hanno dati: «Sedi», «Gruppi»; dire quale con --sheet NOME"
    )
    assert several_told.en == (
        "several sheets hold data: “Sedi”, “Gruppi”; say which with --sheet NAME"
    )
    assert told(two, part="Gruppi")[0] == "foglio nascosto «Gruppi»"
    assert told(two, part="sedi")[0] == "foglio «Sedi»"
    missing = refused(two, part="Labs")
    assert missing.it.startswith("il foglio «Labs» non c'è; ci sono: «Sedi», ")
    assert missing.en.startswith("there is no sheet “Labs”; there are: “Sedi”, ")
    assert refused(two, part="Vuoto").it == "il foglio «Vuoto» è vuoto"
    assert refused(several(kind, {"A": False})).it == "il file non ha fogli con dati"
    assert refused(several(kind, {})).en == "the file has no sheet with data"


def test_merged_and_hidden_cells_are_told():
    """Merged cells, hidden rows and hidden columns are read, and said once each."""
    rows = (
        '<cols><col min="2" max="2" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>'
        f'<sheetData>{PAIR}<row hidden="1"><c t="str"><v>x</v></c><c t="str"><v>y</v></c></row>'
        '<row hidden="1"/></sheetData><mergeCells><mergeCell ref="A5:B5"/></mergeCells>'
    )
    expected = [
        "foglio «Elenco»",
        "celle unite: 1; il valore sta solo nella prima di ognuna",
        "righe nascoste: 1, lette come le altre",
        "colonne nascoste: 1, lette come le altre",
    ]
    content = zipped(xlsx_parts({"Elenco": rows}))
    assert told(content) == expected
    assert cells(content) == [["x", "y"]]
    spanned = (
        '<table:table-cell office:value-type="string" table:number-columns-spanned="2">'
        "<text:p>x</text:p></table:table-cell><table:covered-table-cell/>"
    )
    hidden = f'<table:table-row table:visibility="collapse">{spanned}</table:table-row>'
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    table = ods_table("Elenco", HEADER, hidden, inside=columns)
    assert told(zipped(ods_parts(table))) == expected


REPEATED = (
    '<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
    'table:number-columns-repeated="{columns}" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>"
)


def test_repeated_rows_and_columns():
    """What an ODS file says once for many rows or columns is read as often as it stands."""
    content = ods(HEADER, REPEATED.format(rows=3, columns=2), END, ["y", "z"])
    rows = list(table_of(content).rows())
    assert [row.number for row in rows] == [2, 3, 4, 1048505]
    assert cells(content) == [["x", "x"]] * 3 + [["y", "z"]]


@pytest.mark.parametrize("columns", [1, 2, 500])
def test_a_repeated_header(columns):
    """Where the header itself stands many times, the others are data."""
    content = ods(REPEATED.format(rows=3, columns=1), ["y"])
    assert [row.number for row in table_of(content).rows()] == [2, 3, 4]
    assert "c'è due volte" in refused(ods(REPEATED.format(rows=columns + 1, columns=2))).it


def quick(content, **options):
    """Return the sentence with which a file is refused, within two seconds."""
    return within(2, refused, content, **options)


ROWS_CAP = "oltre il limite di 1000000 righe o elementi; per alzarlo usare --max-rows"
COLUMNS_CAP = "oltre il limite di 500 colonne; per alzarlo usare --max-columns"


def test_repetition_without_end_is_refused():
    """A million rows of thousands of cells, said in a hundred bytes, are refused at once."""
    both = REPEATED.format(rows=1048576, columns=16384)
    assert quick(ods(HEADER, both)).it == COLUMNS_CAP
    assert quick(ods(HEADER, REPEATED.format(rows=1048576, columns=2))).it == ROWS_CAP
    assert quick(ods(HEADER, REPEATED.format(rows=10**8, columns=1))).it == ROWS_CAP
    for odd in ("10000000000", "-1", "0", "x", "", "²"):
        assert quick(ods(HEADER, REPEATED.format(rows=odd, columns=1))).it == (
            "la parte «content.xml» del file è rovinata: aprirlo nel foglio di calcolo e salvarlo"
            " di nuovo"
        )


def test_spaces_without_end():
    """A billion spaces, said in twenty bytes, are a cell that is too long."""
    cell = ods_typed("string", "", 'a<text:s text:c="999999999"/>b')
    _, _, message = only_problem(ods(HEADER, ["x", cell]))
    assert message.it == "la cella ha 100003 caratteri: al massimo 100000 (--max-field)"


@pytest.mark.parametrize("shared", [True, False])
def test_a_long_cell(shared):
    """A cell over the limit makes its row unusable, and its length is told."""
    text = "".join(map(str, range(40_000)))[:150_000]
    cell = '<c t="s"><v>0</v></c>' if shared else text
    content = xlsx(HEADER, ["x", cell], texts=[f"<t>{text}</t>"])
    assert only_problem(content)[2].it == (
        "la cella ha 150000 caratteri: al massimo 100000 (--max-field)"
    )
    assert "150000" in only_problem(ods(HEADER, ["x", text]))[2].it


def test_the_last_cell_of_a_sheet():
    """A value at XFD1048576 costs nothing: its column has no name, and its row its number."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = zipped(xlsx_parts({"Elenco": f"<sheetData>{PAIR}{far}</sheetData>"}))
    table, rows = within(1, lambda: ((read := table_of(content)), list(read.rows())))
    assert table.headers == ["Nome", "CAP", "(16384)"]
    assert [(row.number, row.cells) for row in rows] == [(1048576, {"(16384)": "1"})]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048577"/>',
        '<row r="99999999999999999999"/>',
        '<row r="-1"/>',
        '<row r="1"/>',
        '<row r="x"/>',
        '<row r="9"><c r="A8"/></row>',
        '<row r="9"><c r="XFE9"/></row>',
        '<row r="9"><c r="AAAAAAAAA9"/></row>',
        '<row r="9"><c r="B9"/><c r="A9"/></row>',
        '<row r="9"><c r="è9"/></row>',
    ],
)
def test_places_that_are_not(rows):
    """A row or cell where none can be is refused with its part."""
    content = zipped(xlsx_parts({"Elenco": f"<sheetData>{PAIR}{rows}</sheetData>"}))
    assert quick(content).it == (
        "la parte «xl/worksheets/sheet1.xml» del file è rovinata: aprirlo nel foglio di calcolo e"
        " salvarlo di nuovo"
    )


@BOTH
def test_too_many_rows_and_columns(made):
    """Rows and columns over the limit are refused, whether declared or there."""
    many_rows = made(HEADER, *(["x", "y"] for _ in range(60)))
    assert (
        refused(many_rows, rows=50).en
        == "over the limit of 50 rows or features; to raise it use --max-rows"
    )
    assert len(cells(many_rows, rows=60)) == 60
    wide = made([f"h{n}" for n in range(501)], ["x"])
    assert refused(wide).it == COLUMNS_CAP


DTD = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp037"])
@pytest.mark.parametrize(
    "part",
    [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml",
        "content.xml",
        "META-INF/manifest.xml",
    ],
)
def test_entities_are_refused(part, encoding):
    """A document type is refused in every part that is read, in whatever encoding."""
    parts = (
        ods_parts(ods_table("Elenco", HEADER))
        if part in {"content.xml", "META-INF/manifest.xml"}
        else xlsx_parts({"Elenco": xlsx_data(HEADER)})
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = (DTD + parts[part]).encode(encoding)
    spoilt = (
        head.encode("ascii") + body
        if encoding == "cp037"
        else (head + DTD + parts[part]).encode(encoding)
    )
    text = quick(zipped(parts | {part: spoilt}))
    assert text.it.startswith("il file XML ha una dichiarazione DTD") or (
        encoding in {"utf-16-be", "cp037"} and text.it.startswith("il file non è XML valido")
    )


def test_zip_bombs():
    """What unpacks to far more than it is, or lies about its size, is refused before it is read."""
    parts = xlsx_parts({"Elenco": xlsx_data(HEADER)})
    bomb = zipped(parts | {"xl/worksheets/sheet1.xml": bytes(300_000_000)})
    assert "--max-ratio" in quick(bomb).it
    content = bytearray(zipped(parts))
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    assert quick(bytes(content)).it == (
        "il file compresso è rovinato o incompleto: scaricarlo o salvarlo di nuovo"
    )
    nested = zipped({"xl/workbook.xml": zipped(parts)}, zipfile.ZIP_STORED)
    assert quick(nested).it.startswith("il file non è XML valido")
    deep = "<a>" * 5_000_000
    assert "--max-depth" in quick(zipped(parts | {"xl/styles.xml": deep}), ratio=10**6).it
    long_tag = f'<a b="{"x" * 20_000_000}"/>'
    assert "troppo lunghi" in quick(zipped(parts | {"xl/styles.xml": long_tag}), ratio=10**6).it


MEASURED = """
import io, pathlib, re, sys
sys.path.insert(0, {tests!r})
from effort import within
from bencomune_cli.errors import Refused
from bencomune_cli.readers import Source, ods, xlsx
content = sys.stdin.buffer.read()
def read():
    try:
        sum(1 for row in {reader}.read(Source(io.BytesIO(content), "file")).rows())
    except Refused:
        pass
within(2, read)
print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])
"""
HOSTILE = {
    "names": "".join(f"<a{n}/>" for n in range(300_000)),
    "texts": "<si/>" * 600_000,
    "attribute": f'<a b="{"x" * 20_000_000}"/>',
    "deep": "<a>" * 1_000_000,
    "cells": f"<sheetData><row>{'<c/>' * 500_000}</row></sheetData>",
    "columns": "<sheetData>{}</sheetData>".format(
        "".join(f'<row><c r="XFD{n}"/></row>' for n in range(1, 100_000))
    ),
    "text": f"<si><t>{'parola ' * 3_000_000}</t></si>",
    "nothing": " " * 30_000_000,
    "comment": f"<!--{'x' * 20_000_000}-->",
}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the peak of memory")
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml"]
)
def test_small_hostile_files_take_little(kind, part):
    """A small file that unpacks to much XML takes less than two seconds and 300 megabytes."""
    ours = ods_parts("") if part == "content.xml" else xlsx_parts({"Elenco": xlsx_data(HEADER)})
    start, end = ours[part].split(">", 1)[0] + ">", "</" + ours[part].rsplit("</", 1)[1]
    content = zipped(ours | {part: start + HOSTILE[kind] + end}, zipfile.ZIP_STORED)
    tests = str(Path(__file__).parent)
    code = MEASURED.format(tests=tests, reader="ods" if part == "content.xml" else "xlsx")
    done = subprocess.run(
        [sys.executable, "-c", code], input=content, capture_output=True, check=True, timeout=20
    )
    assert int(done.stdout) < 300_000


OLD = (
    "è un file Excel vecchio (.xls), o protetto da una parola d'ordine: aprirlo, e salvarlo come"
    " .xlsx senza parola d'ordine"
)


def test_files_that_are_not():
    """An old or locked workbook, and what only has the name of one, are refused with advice."""
    assert refused(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), name="a.xlsx").it == OLD
    for reader, ending in ((xlsx_reader, "xlsx"), (ods_reader, "ods")):
        with pytest.raises(Refused) as caught:
            reader.read(Source(io.BytesIO(b"Nome;CAP\n"), f"a.{ending}"))
        assert caught.value.text.it == (
            f"non è un file .{ending}, qualunque sia il suo nome: aprirlo nel foglio di calcolo, e"
            f" salvarlo come .{ending}"
        )
    other = zipped({"word/document.xml": "<a/>"})
    assert "non contiene fogli di calcolo .xlsx" in refused(other, name="a.xlsx").it
    assert "non contiene un foglio di calcolo .ods" in refused(other, name="a.ods").it
    binary = xlsx_parts({}) | {"xl/workbook.bin": "x"}
    binary["_rels/.rels"] = binary["_rels/.rels"].replace("workbook.xml", "workbook.bin")
    assert "salvarlo come .xlsx" in refused(zipped(binary)).it
    locked = ods_parts("", manifest="<manifest><m:encryption-data xmlns:m='m'/></manifest>")
    assert (
        refused(zipped(locked)).it == refused(zipped(ods_parts("") | {"encrypted-package": "x"})).it
    )
    assert refused(zipped(locked)).it.startswith("il file è protetto da una parola d'ordine")


def test_what_is_recognised():
    """A ZIP file is known by what is in it, else by its name; others are left to other readers."""
    for made, name in ((xlsx, "xlsx"), (ods, "ods")):
        content = made(HEADER)
        assert readers.recognised(Source(io.BytesIO(content), "stdin")) == name
        assert readers.recognised(Source(io.BytesIO(content), "elenco.csv")) == name
    for reader in (xlsx_reader, ods_reader):
        assert not reader.FORMAT.recognises(zipped({"doc.kml": "<kml/>"})[:65_536], "a.kmz")
        assert not reader.FORMAT.recognises(b"Nome;CAP", "a.xlsx")
    assert csv.FORMAT.recognises(b"Nome;CAP", "a.xlsx")
    assert xlsx_reader.FORMAT.recognises(zipped({"a": "b"}), "a.xlsm")


def test_tables_of_other_files_are_no_sheets():
    """What LibreOffice keeps of sheets in other files is not taken for a sheet with data."""
    source = '<table:table-source xlink:href="altro.ods" table:table-name="A"/>'
    kept = ods_table("'file:///altro.ods'#$A", ["k", "k"], inside=source)
    content = zipped(ods_parts(ods_table("Elenco", HEADER, ["x", "y"]) + kept))
    assert cells(content) == [["x", "y"]]
    assert "altro" not in refused(content, part="B").it


def test_a_workbook_of_another_program():
    """What openpyxl writes, in both of its ways, is read as it was meant, name by name."""
    rows = [
        ["Nome", "CAP", "Dal", "Ora", "Quando", "Attivo", "Quota", "Sito"],
        [
            "Spazio Esempio",
            184,
            date(2019, 9, 28),
            clock(10, 30),
            datetime(2019, 9, 28, 10, tzinfo=UTC).replace(tzinfo=None),
            True,
            1.1,
            "a\x0bb",
        ],
    ]
    rows[1][-1] = "=A1"
    for write_only in (False, True):
        book = openpyxl.Workbook(write_only=write_only)
        sheet = book.create_sheet("Elenco") if write_only else book.active
        for row in rows:
            sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        (row,) = table_of(file.getvalue()).rows()
        assert list(row.cells.values()) == [
            "Spazio Esempio",
            "184",
            "2019-09-28",
            "10:30",
            "2019-09-28T10:00:00",
            "true",
            "1.1",
        ]
        assert [(each.column, each.message) for each in row.problems] == [("Sito", UNSAVED)]


def test_memory_does_not_grow_with_rows():
    """Ten times the rows take no more memory: nothing is kept of a row that was given."""
    peaks = []
    for count in (2_000, 20_000):
        for made in (xlsx, ods):
            content = made(HEADER, *([f"Spazio {n}", n] for n in range(count)))
            tracemalloc.start()
            assert sum(1 for _ in table_of(content).rows()) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert max(peaks) < 6_000_000


VALID = {
    "xlsx": xlsx(
        ["Elenco"],
        ["Nome", "CAP", "Dal"],
        ["<c t='s'><v>0</v></c>", 184, f"<c s='{DATE}'><v>43736</v></c>"],
        ["<c><f>A1</f></c>", "<c t='e'><v>#N/A</v></c>", "<c t='b'><v>1</v></c>"],
        texts=["<r><t>Spazio_x000D_</t></r>"],
    ),
    "ods": ods(
        ["Elenco"],
        ["Nome", "CAP", "Dal"],
        ["Spazio", 184, ods_typed("date", 'office:date-value="2019-09-28"')],
        REPEATED.format(rows=2, columns=3),
    ),
}
READERS = {"xlsx": xlsx_reader, "ods": ods_reader}


@pytest.mark.parametrize("kind", VALID)
def test_bytes_of_any_kind(kind):
    """Of 20,000 spoilt files each is read to its last row or refused in a sentence."""

    @many(20_000)
    @given(mutated(VALID[kind]))
    def spoilt(content):
        only_refused(READERS[kind], content)

    spoilt()


def members(content):
    """Return the parts of a ZIP file, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", VALID)
def test_parts_of_any_kind(kind):
    """Of 2,000 sound ZIP files with a spoilt part each is read to its last row or refused."""
    parts = members(VALID[kind])
    spoilt_part = st.sampled_from(sorted(parts)).flatmap(
        lambda name: st.tuples(st.just(name), mutated(parts[name]))
    )

    @many(2_000)
    @given(st.lists(spoilt_part, min_size=1, max_size=2))
    def spoilt(changes):
        only_refused(READERS[kind], zipped(parts | dict(changes), zipfile.ZIP_STORED))

    spoilt()


VALUES = st.one_of(
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.sampled_from(["_x0000_", "_xD800_", "1e308", "43736", "-0", "²", "=A1", "PT1H", "9" * 400]),
)
KINDS = st.sampled_from(["n", "s", "b", "e", "d", "str", "inlineStr", "boh"])


def legal(text):
    """Return a text without the characters that XML cannot hold."""
    kept = "".join(each for each in str(text) if each >= " " and not "\ud800" <= each <= "\udfff")
    return (
        kept.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
        .replace("\ufffe", "")
        .replace("\uffff", "")
    )


@many(2_000)
@given(st.lists(st.lists(st.tuples(KINDS, VALUES, st.integers(0, 9)), max_size=5), max_size=5))
def test_cells_of_any_kind_in_workbooks(rows):
    """Cells of any type with any value and style are read or told of, and stop nothing."""
    made = [
        [f'<c t="{kind}" s="{style}"><v>{legal(value)}</v></c>' for kind, value, style in row]
        for row in rows
    ]
    only_refused(xlsx_reader, xlsx(["a", "b", "c", "d", "e"], *made, texts=["<t>x</t>"]))


ODS_KINDS = st.sampled_from(["float", "date", "time", "boolean", "string", "percentage", "boh"])
ODS_NAMES = st.sampled_from(["value", "date-value", "time-value", "boolean-value", "string-value"])


@many(2_000)
@given(st.lists(st.lists(st.tuples(ODS_KINDS, ODS_NAMES, VALUES, VALUES), max_size=5), max_size=5))
def test_cells_of_any_kind_in_open_document(rows):
    """Cells of any type with any value are read or told of, and stop nothing."""
    made = [
        [
            ods_typed(kind, f'office:{name}="{legal(value)}"', legal(shown))
            for kind, name, value, shown in row
        ]
        for row in rows
    ]
    assert only_refused(ods_reader, ods(["a", "b", "c", "d", "e"], *made)) is not None
