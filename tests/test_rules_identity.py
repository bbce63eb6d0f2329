"""Rules on who an organisation is: persons' codes in texts, and the registers of bodies."""

import pytest

from bencomune_cli.contexts import Context
from bencomune_cli.entities import Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.findings import Severity
from bencomune_cli.rules import catalogue, check_record

CONTEXT = Context(today="2026-11-23")
PERSON = "RSSMRA80A01H501U"  # the example of the tax office's own pages, of nobody
UNEQUAL = "RSSMRA80A01H50MU"  # with a letter for its last digit, and another check letter
HITS = [
    ("I04", Lab, {"name": f"Spazio {PERSON}"}, "name"),
    ("I04", Group, {"alt_names": ("Esempio", f"({PERSON.lower()})")}, "alt_names"),
    ("I04", Organisation, {"runts_number": PERSON}, "runts_number"),
    ("I04", Organisation, {"ipa_code": PERSON.lower()}, "ipa_code"),
    ("I04", Organisation, {"vat_number": PERSON}, "vat_number"),
    ("I04", Organisation, {"pec": f"{PERSON}@pec.example.org"}, "pec"),
    ("I04", Contact, {"person_name": f"Nome Esempio, {PERSON}"}, "person_name"),
    ("I04", Relation, {"act_number": f"12/{PERSON}"}, "act_number"),
    ("I05", Lab, {"notes": f"Presidente:\n{PERSON}"}, "notes"),
    ("I05", Lab, {"source_id": PERSON}, "source_id"),
    ("I05", Contact, {"evidence": f"modulo {PERSON}.pdf"}, "evidence"),
    ("I06", Organisation, {"ipa_code": "g388", "legal_form": "municipality"}, "ipa_code"),
    ("I06", Organisation, {"ipa_code": "c-g388", "legal_form": "municipality"}, "ipa_code"),
    ("I06", Organisation, {"ipa_code": "asl/pv"}, "ipa_code"),
    ("I06", Organisation, {"ipa_code": "https://indicepa.gov.it"}, "ipa_code"),
    ("I07", Network, {"publisher_ipa": "c.g388,"}, "publisher_ipa"),
    ("I08", Organisation, {"ipa_code": "c_g388", "legal_form": "parish"}, "ipa_code"),
    ("I09", Organisation, {"runts_number": "da chiedere"}, "runts_number"),
    ("I09", Organisation, {"runts_number": "12345678"}, "runts_number"),
    ("I10", Organisation, {"runts_number": "1"}, "runts_section"),
    ("I10", Organisation, {"runts_section": "g"}, "runts_number"),
    ("I11", Organisation, {"runts_section": "b", "legal_form": "foundation"}, "runts_section"),
    (
        "I11",
        Organisation,
        {"runts_section": "b", "legal_form": "volunteer_organisation"},
        "runts_section",
    ),
    (
        "I11",
        Organisation,
        {"runts_section": "g", "legal_form": "social_cooperative"},
        "runts_section",
    ),
    ("I12", Organisation, {"legal_form": "public_body", "state": "active"}, "tax_code"),
    ("I12", Organisation, {"legal_form": "school", "state": "active"}, "tax_code"),
]
NO_HITS = [
    ("I04", Organisation, {"tax_code": PERSON}),  # I03 tells of it
    ("I04", Lab, {"notes": PERSON}),
    ("I04", Lab, {"description": "RSSMRA80A01H501X"}),  # the check letter is another
    ("I04", Lab, {"description": "RSSMRA80Z01H501U"}),  # no month has that letter
    ("I04", Lab, {"source": (f"https://example.org/{PERSON}A",)}),
    ("I04", Lab, {"description": "C.F. 00296180185, codice CUP J11B12345678901"}),
    ("I05", Lab, {"description": PERSON}),
    ("I06", Organisation, {"ipa_code": "c_g388", "legal_form": "municipality"}),
    ("I06", Organisation, {"ipa_code": "g388", "legal_form": "public_body"}),
    ("I06", Organisation, {"ipa_code": "istsc_pvic81100g", "legal_form": "school"}),
    ("I07", Network, {"publisher_ipa": "ckz1y9pd"}),
    ("I08", Organisation, {"ipa_code": "fce_mi"}),
    ("I08", Organisation, {"ipa_code": "soc_mi", "legal_form": "company"}),
    ("I09", Organisation, {"runts_number": "1"}),
    ("I10", Organisation, {"runts_section": "a", "runts_number": "1"}),
    ("I11", Organisation, {"runts_section": "a"}),
    ("I11", Organisation, {"runts_section": "a", "legal_form": "association"}),
    ("I11", Organisation, {"runts_section": "e", "legal_form": "volunteer_organisation"}),
    ("I11", Organisation, {"runts_section": "d", "legal_form": "company"}),
    ("I12", Organisation, {"legal_form": "municipality", "state": "closed"}),
    ("I12", Organisation, {"legal_form": "social_promotion_association", "state": "active"}),
    ("I12", Organisation, {"state": "active"}),
]
COOPERATIVE = {"legal_form": "social_cooperative", "state": "active"}
MENDS = [
    (
        "I06",
        Organisation,
        {"ipa_code": "cg388", "legal_form": "municipality"},
        {"ipa_code": "c_g388"},
    ),
    ("I06", Organisation, {"ipa_code": "asl/pv"}, {}),
    ("I09", Organisation, {"runts_number": "Rep. n. 12345"}, {"runts_number": "12345"}),
    ("I09", Organisation, {"runts_number": "12345/2022"}, {}),
    ("I09", Organisation, {"runts_number": "12345 del 2022"}, {}),
    (
        "I12",
        Organisation,
        {**COOPERATIVE, "vat_number": "IT00296180185"},
        {"tax_code": "00296180185"},
    ),
    ("I12", Organisation, {**COOPERATIVE, "vat_number": "FR00296180185"}, {}),
    (
        "I12",
        Organisation,
        {"legal_form": "municipality", "state": "active", "vat_number": "00296180185"},
        {},
    ),
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


def test_a_code_made_unequal_is_a_persons_too():
    """The letters that stand for digits do not hide a code, and its check letter is reckoned."""
    from stdnum.it.codicefiscale import calc_check_digit

    code = UNEQUAL[:-1] + calc_check_digit(UNEQUAL[:-1])
    assert [f.column for f in told("I04", Lab, {"summary": f"c.f. {code}"})] == ["summary"]


def test_no_finding_repeats_a_persons_code():
    """What is found goes into files and logs: the code itself stays in its record."""
    for values in ({"notes": PERSON}, {"summary": PERSON}):
        for finding in check_record(Lab(id="esempio", **values), CONTEXT):
            assert PERSON not in finding.message.it + finding.message.en


@pytest.mark.usefixtures("registry")
def test_a_persons_code_keeps_a_record_out_of_what_is_published(bencomune, tmp_path):
    """A record with a code in a public text is held back; with one in its notes it goes out."""
    assert catalogue()["I04"].severity is Severity.ERROR
    common = ("--state", "active", "--source", "sito")
    done = bencomune("lab", "add", "--name", "Spazio Uno", "--notes", PERSON, *common)
    refused = bencomune("lab", "add", "--name", "Spazio Due", "--summary", PERSON, *common)
    assert (done.returncode, "I04" in refused.stdout + refused.stderr) == (0, True)
    bencomune("export", "--to", str(tmp_path / "out"))
    published = (tmp_path / "out" / "labs.csv").read_text("utf-8")
    assert "Spazio Uno" in published
    assert PERSON not in published
