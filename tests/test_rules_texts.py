"""Rules on texts: names, signs that are not what they look like, and how things are typed."""

import sqlite3

import pytest

from bencomune_cli.contexts import Context
from bencomune_cli.entities import Area, Group, Lab, Network, Organisation
from bencomune_cli.rules import check_record
from effort import within

AREAS = [
    Area(id="comune-esempio", name="Travacò Esempio", area_kind="municipality", code="000001"),
    Area(id="centro-esempio", name="Centro Esempio", area_kind="neighbourhood"),
]
CONTEXT = Context(today="2026-11-23", areas={area.id: area for area in AREAS})
FAMILY = "Famiglie 👨\u200d👩\u200d👧"
HITS = [
    ("T03", Organisation, {"name": "CASA DEL GIOVANE"}, "name"),
    ("T03", Lab, {"name": "BIBLIOTECA «ESEMPIO» 2"}, "name"),
    ("T04", Lab, {"name": "travaco esempio"}, "name"),
    ("T04", Organisation, {"name": "CENTRO ESEMPIO"}, "name"),
    (
        "T05",
        Organisation,
        {"name": "Cooperativa sociale Onlus"},
        "name",
    ),
    ("T05", Lab, {"name": "Laboratorio Sociale"}, "name"),
    ("T06", Lab, {"description": "cittÃ\u00a0 aperta"}, "description"),
    ("T06", Lab, {"description": "La cittÃ che legge"}, "description"),
    ("T06", Lab, {"alt_names": ("Esempio", "LibertÃ\u00a0")}, "alt_names"),
    ("T06", Lab, {"summary": "aperto ï¿½ tutti"}, "summary"),
    ("T07", Lab, {"name": "\ufeffSpazio"}, "name"),
    ("T07", Lab, {"summary": "biblio\u00adteca"}, "summary"),
    ("T07", Lab, {"summary": "Spa\u200dzio"}, "summary"),
    ("T07", Lab, {"summary": "Spazio\u200f"}, "summary"),
    ("T08", Lab, {"name": "Spazio \u0415sempio"}, "name"),
    ("T08", Lab, {"description": "una parol\u0430 sola"}, "description"),
    ("T09", Lab, {"name": "Perch&eacute; no"}, "name"),
    ("T09", Lab, {"summary": "L&#39;esempio &#x2013; uno"}, "summary"),
    ("T09", Network, {"description": "&amp;egrave;"}, "description"),
    ("T10", Lab, {"alt_names": ("“Spazio Esempio”",)}, "alt_names"),
    ("T11", Lab, {"summary": "Il progetto “Esempio"}, "summary"),
    ("T11", Lab, {"summary": "Esempio» è aperto"}, "summary"),
    ("T12", Lab, {"description": "Aperto.  A tutti"}, "description"),
    ("T12", Lab, {"alt_names": ("Uno", " Due")}, "alt_names"),
    ("T12", Lab, {"summary": "pane ; vino"}, "summary"),
    ("T13", Lab, {"summary": "C'e' posto"}, "summary"),
    ("T13", Lab, {"summary": "gioventu’ e attivita’"}, "summary"),
    ("T13", Lab, {"name": "Spazio Eta`"}, "name"),
    ("T14", Lab, {"summary": "=1+1"}, "summary"),
    ("T14", Lab, {"summary": "+cmd|' /C calc'!A0"}, "summary"),
    ("T15", Lab, {"name": "PROVA"}, "name"),
    ("T15", Lab, {"number": "-"}, "number"),
    ("T15", Lab, {"summary": "Lorem ipsum dolor sit amet, " * 5}, "summary"),
    ("T15", Lab, {"alt_names": ("Esempio", "N.D.")}, "alt_names"),
    ("T15", Lab, {"notes": "(da completare)"}, "notes"),
    ("T15", Lab, {"address_note": "#N/D"}, "address_note"),
    ("T16", Lab, {"name": "Spazio Esempio", "description": "SPAZIO ESEMPIO."}, "description"),
]
NO_HITS = [
    ("T03", Organisation, {"name": "ACLI"}),
    ("T03", Organisation, {"name": "AUSER PAVIA"}),
    ("T03", Organisation, {"name": "ANFFAS ONLUS APS"}),
    ("T03", Organisation, {"name": "EMERGENCY"}),
    ("T03", Organisation, {"name": "2030"}),
    ("T04", Lab, {"name": "Laboratorio Travacò Esempio"}),
    ("T04", Lab, {"name": "Esempio", "alt_names": ("Centro Esempio",)}),
    ("T05", Lab, {"name": "Laboratorio Sociale In Scala"}),
    ("T05", Organisation, {"name": "A.P.S. Esempio"}),
    ("T05", Group, {"name": "Comitato Genitori"}),
    ("T06", Lab, {"name": "SÃO PAULO"}),
    ("T06", Lab, {"description": "«MANHû e Ângela, Âge, château"}),
    ("T06", Lab, {"description": "però, città, perché, così – «già»… l’età"}),
    ("T06", Lab, {"source": ("https://example.org/?q=Ãã",)}),
    ("T07", Lab, {"description": FAMILY}),
    ("T07", Lab, {"description": "می\u200cخواهم \u200fשלום"}),
    ("T07", Lab, {"description": "Citt\u00e0\naperta, 10\u00a0€ ☀\ufe0f"}),
    ("T07", Lab, {"description": "\U0001f3f4\U000e0067\U000e0062\U000e007f"}),
    ("T08", Lab, {"name": "Привет Esempio"}),
    ("T08", Lab, {"name": "Ελλάδα – Grecia"}),
    ("T08", Lab, {"description": "10 μm, kΩ, TNFα"}),
    ("T09", Lab, {"name": "Pane & Vino; Libri&Co"}),
    ("T09", Lab, {"name": "R&D; e altro"}),
    ("T09", Lab, {"website": "https://example.org/?a=1&amp;b=2"}),
    ("T10", Lab, {"name": '"Uno" e "Due"'}),
    ("T10", Lab, {"name": '"'}),
    ("T11", Lab, {"summary": 'Tavoli da 24" e 32"'}),
    ("T11", Lab, {"summary": "„Gruppe“ tedesca"}),
    ("T11", Lab, {"summary": 'Gruppo "24" di Esempio'}),
    ("T12", Lab, {"description": "Uno\n  - due\n  - tre"}),
    ("T12", Lab, {"summary": "e poi ... basta"}),
    ("T13", Lab, {"summary": "Un po' di tutto: di' la tua, va' e sta' con noi, mo' basta"}),
    ("T13", Lab, {"summary": "'La vita' è un gruppo"}),
    ("T13", Lab, {"summary": "L'universita dell'anta, all'esterno"}),
    ("T13", Lab, {"name": "De' Medici, a' piedi, be', anni '80"}),
    ("T14", Lab, {"summary": "+39 0382 399111"}),
    ("T14", Lab, {"description": "- A tutti\n- Ai soci"}),
    ("T14", Lab, {"summary": "-5 gradi"}),
    ("T14", Lab, {"summary": "+Europa Esempio"}),
    ("T14", Lab, {"name": "@home"}),
    ("T14", Lab, {"summary": "== Titolo =="}),
    ("T15", Lab, {"name": "Prova tu", "summary": "Un test per tutti"}),
    ("T15", Lab, {"name": "XX", "number": "12/A", "address_note": "NA"}),
    ("T15", Lab, {"name": "Da definire insieme"}),
    ("T15", Lab, {"email": "test@example.org"}),
    ("T16", Lab, {"name": "Spazio", "description": "Uno spazio"}),
    ("T16", Lab, {"name": "", "description": ""}),
]
MENDS = [
    ("T01", Lab, {"summary": "[[https://example.org]]"}, {"summary": "https://example.org"}),
    (
        "T01",
        Lab,
        {"summary": "Vedi [[https://example.org|il sito]]"},
        {"summary": "Vedi il sito (https://example.org)"},
    ),
    ("T01", Lab, {"summary": "Aperto {{ sempre"}, {}),
    (
        "T02",
        Lab,
        {"description": "<p>Uno</p><p>Due &amp; tre</p>"},
        {"description": "Uno\n\nDue & tre"},
    ),
    ("T02", Lab, {"summary": "<script>alert(1)</script>"}, {}),
    ("T02", Lab, {"summary": "<mio-segno>"}, {}),
    (
        "T03",
        Lab,
        {"name": "ASSOCIAZIONE L'ALTERNATIVA – IL TEATRO DELL'INFANZIA A.C.L.I. APS"},
        {"name": "Associazione l'Alternativa – Il Teatro dell'Infanzia A.C.L.I. APS"},
    ),
    (
        "T03",
        Lab,
        {"name": "LA SCUOLA GIOVANNI XXIII E PIO X, SEZIONE A"},
        {"name": "La Scuola Giovanni XXIII e Pio X, Sezione A"},
    ),
    ("T03", Lab, {"name": "CITTÀ DI SALVO D'ACQUISTO"}, {"name": "Città di Salvo d'Acquisto"}),
    ("T03", Lab, {"name": "CON-TATTO ARCI G. VERDI"}, {"name": "Con-Tatto ARCI G. Verdi"}),
    ("T06", Lab, {"name": "PerchÃ© no"}, {"name": "Perché no"}),
    ("T06", Lab, {"summary": "Lâ€™etÃ\u00a0 â€“ giÃ¹"}, {"summary": "L’età – giù"}),
    ("T06", Lab, {"summary": "perchÃƒÂ©"}, {"summary": "perché"}),
    ("T06", Lab, {"summary": "perché Ã¨ cosÃ¬"}, {"summary": "perché è così"}),
    ("T06", Lab, {"summary": "La cittÃ che legge Ã¨"}, {}),
    ("T06", Lab, {"summary": "ðŸ˜€ Ã¨"}, {}),
    ("T07", Lab, {"name": "Spa\u200bzio\u200e"}, {"name": "Spazio"}),
    ("T07", Lab, {"summary": "\u200b"}, {}),
    ("T08", Lab, {"name": "Sp\u0430zi\u043e"}, {"name": "Spazio"}),
    ("T09", Lab, {"name": "A &amp;amp; B&nbsp;C"}, {"name": "A & B C"}),
    ("T09", Lab, {"summary": "&lt;b&gt;"}, {}),
    ("T09", Lab, {"summary": "&#123;&#123;x&#125;&#125;"}, {}),
    ("T09", Lab, {"summary": "uno&#8238;due"}, {}),
    ("T10", Lab, {"name": "« Spazio »"}, {"name": "Spazio"}),
    ("T12", Lab, {"alt_names": ("Uno  due", "Tre")}, {"alt_names": "Uno due | Tre"}),
    (
        "T13",
        Lab,
        {"summary": "E' l'universita': perche' no, un po' di citta'"},
        {"summary": "È l'università: perché no, un po' di città"},
    ),
    ("T13", Lab, {"name": "CITTA' DI CANTU'"}, {"name": "CITTÀ DI CANTÙ"}),
    ("T15", Lab, {"name": "Test"}, {}),
    ("T15", Lab, {"alt_names": ("Esempio", "n/d")}, {"alt_names": "Esempio"}),
    ("T15", Lab, {"summary": "..."}, {"summary": ""}),
]


def told(code, entity, values, context=CONTEXT):
    """Return what one rule finds on a record."""
    record = entity(id="esempio", **values)
    return [finding for finding in check_record(record, context) if finding.code == code]


@pytest.mark.parametrize(("code", "entity", "values", "column"), HITS)
def test_a_fault_is_found_where_it_is(code, entity, values, column):
    """The rule that is named finds the fault, on the column that is to be mended."""
    assert [finding.column for finding in told(code, entity, values)] == [column]


@pytest.mark.parametrize(("code", "entity", "values"), NO_HITS)
def test_what_is_right_is_left_alone(code, entity, values):
    """The rule that is named does not find what is right, or what another rule judges."""
    assert told(code, entity, values) == []


@pytest.mark.parametrize(("code", "entity", "values", "mend"), MENDS)
def test_a_repair_writes_what_was_meant(code, entity, values, mend):
    """What a machine would write is what a person would; nothing where that is not sure."""
    assert [finding.mend for finding in told(code, entity, values)] == [mend]


def test_the_names_of_areas_are_those_of_the_registry_that_is_checked():
    """Another registry has other areas: what was compared before is not what counts now."""
    values = {"name": "Centro Esempio"}
    assert told("T04", Lab, values)
    assert not told("T04", Lab, values, Context(today="2026-11-23"))
    assert told("T04", Lab, values)


@pytest.mark.usefixtures("registry")
def test_signs_that_other_programs_wrote_are_repaired(bencomune, path):
    """`check --fix` writes texts as they were meant, in one operation that can be undone."""
    bencomune("lab", "add", "--name", "Spazio Esempio", "--summary", "Prima")
    broken = "Libri &amp; giochi: l\u2019et\u00c3\u00a9 , qui\u200b"
    with sqlite3.connect(path) as other:
        other.execute("UPDATE labs SET summary = ?", (broken,))
    other.close()
    for _ in range(5):  # one column, four repairs: one in each run
        bencomune("check", "--fix", "--yes")
    shown = bencomune("show", "spazio-esempio").stdout
    assert "Libri & giochi: l’eté, qui" in shown


@pytest.mark.parametrize("text", ["", "'", '"', "&", "Ã", "\u200d", "=", "\ud800", "«" * 9_000])
def test_whatever_stands_in_a_text_ends_no_check(text):
    """A text of one sign, or of thousands, is looked at to the end."""
    for finding in check_record(Lab(id="esempio", name=text, description=text), CONTEXT):
        assert finding.message.it


def test_long_texts_take_no_longer_than_their_length():
    """No rule takes the square of the time for a text that was made to slow it."""
    for text in (
        "a' " * 6_000,
        "Ã" * 20_000,
        "&" * 20_000,
        " ," * 10_000,
        "[[" * 10_000,
        "A" * 20_000,
    ):
        within(1, check_record, Lab(id="esempio", name="Spazio", description=text), CONTEXT)


@pytest.mark.parametrize("text", ["Suor IRMÃ\u00a0DULCE", "XÃ\u00a0HỘI"])
def test_a_capital_before_a_blank_is_no_misreading(text):
    """Portuguese and Vietnamese in capitals are left as they are."""
    found = check_record(Lab(id="esempio", name=text), Context("2026-11-23"))
    assert "T06" not in {each.code for each in found}


def test_parameters_of_an_address_are_no_entities():
    """In an address only what stands for an ampersand is one."""
    lab = Lab(id="esempio", name="Spazio", source=("https://example.org/?a=1&sect;ion=2&amp;b=3",))
    (found,) = [f for f in check_record(lab, Context("2026-11-23")) if f.code == "T09"]
    assert found.mend == {"source": "https://example.org/?a=1&sect;ion=2&b=3"}
