"""Spreadsheets written by hand, part by part, so that tests can put anything into them."""

from xml.sax.saxutils import escape, quoteattr

from fuzzing import zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="hh:mm"/>'
    '<numFmt numFmtId="167" formatCode="&quot;dì&quot; 00000"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="166"/><xf numFmtId="22"/><xf numFmtId="167"/></cellXfs></styleSheet>'
)
DATE, ITALIAN_DATE, ELAPSED, CLOCK, MOMENT, PADDED = range(1, 7)


def xlsx_parts(sheets, texts=(), workbook="", states=()):
    """Return the parts of a workbook; `sheets` is the XML inside each worksheet, by name."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"'
        f"{' state=' + quoteattr(states[n - 1]) if states else ''}/>"
        for n, name in enumerate(names, start=1)
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    shared = "".join(f"<si>{text}</si>" for text in texts)
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    kinds |= {f"worksheets/sheet{n}": "worksheet" for n in range(1, len(names) + 1)}
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{''.join(map(_of_kind, kinds, kinds.values()))}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}'
        f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        "</Relationships>",
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
    for n, inside in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{MAIN}">{inside}</worksheet>'
    return parts


def _of_kind(part, kind):
    return f'<Override PartName="/xl/{part}.xml" ContentType="{KIND}.{kind}+xml"/>'


def xlsx(*rows, **options):
    """Return a workbook of one sheet with rows of cells."""
    return zipped(xlsx_parts({"Elenco": xlsx_data(*rows)}, **options))


def xlsx_data(*rows):
    """Return the data of a sheet; a cell is a text, or XML; None is left out."""
    return f"<sheetData>{''.join(map(xlsx_row, rows))}</sheetData>"


def xlsx_row(cells):
    """Return a row."""
    return f"<row>{''.join(map(xlsx_cell, cells))}</row>"


def xlsx_cell(cell):
    """Return a cell: XML as it is, a number or a text typed."""
    if cell is None:
        return "<c/>"
    if isinstance(cell, int | float):
        return f"<c><v>{cell!r}</v></c>"
    text = f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return cell if cell.startswith("<c") else text


CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:automatic-styles><style:style style:name="ta1"><style:table-properties '
    'table:display="true"/></style:style><style:style style:name="ta2"><style:table-properties '
    'table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    "</office:document-content>"
)
# As LibreOffice ends every sheet.
END = (
    '<table:table-row table:number-rows-repeated="1048500"><table:table-cell '
    'table:number-columns-repeated="16384"/></table:table-row>'
)


def ods_parts(tables, manifest="<manifest/>"):
    """Return the parts of a spreadsheet; `tables` is XML of tables."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": CONTENT.format(tables=tables),
        "META-INF/manifest.xml": manifest,
    }


def ods(*rows, **options):
    """Return a spreadsheet of one sheet with rows of cells."""
    return zipped(ods_parts(ods_table("Elenco", *rows), **options))


def ods_table(name, *rows, style="ta1", inside=""):
    """Return a sheet."""
    return (
        f'<table:table table:name={quoteattr(name)} table:style-name="{style}">{inside}'
        f"{''.join(map(ods_row, rows))}{END}</table:table>"
    )


def ods_row(cells):
    """Return a row; XML as it is."""
    if isinstance(cells, str):
        return cells
    filling = '<table:table-cell table:number-columns-repeated="16300"/>'
    return f"<table:table-row>{''.join(map(ods_cell, cells))}{filling}</table:table-row>"


def ods_cell(cell):
    """Return a cell: XML as it is, a number or a text typed."""
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        return ods_typed("float", f'office:value="{cell!r}"', cell)
    if cell.startswith("<table:"):
        return cell
    return ods_typed("string", "", escape(cell))


def ods_typed(kind, value, shown="", more=""):
    """Return a cell with a type, a value, and what is shown."""
    return (
        f'<table:table-cell office:value-type="{kind}" {value} {more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )
