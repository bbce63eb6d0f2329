"""Rules on contacts: numbers, mailboxes, links, and the basis on which persons are published."""

import json
import sqlite3

import pytest

from bencomune_cli import telephones
from bencomune_cli.contexts import Context
from bencomune_cli.entities import Contact, Group, Lab, Organisation
from bencomune_cli.rules import check_record

CONTEXT = Context(today="2026-11-23")
PERSON = {"person_name": "Nome Esempio", "scope": ("open_data",)}
HITS = [
    ("C08", Lab, {"phone": "+39382399111"}, "phone"),
    ("C08", Contact, {"phone": "382 399111"}, "phone"),
    ("C08", Lab, {"phone": "+39351234567"}, "phone"),  # Bergamo
    ("C02", Lab, {"phone": "+39212345678"}, "phone"),  # Milan
    ("C09", Lab, {"phone": "+39 0382 399111"}, "phone"),
    ("C09", Contact, {"phone": "3331234567"}, "phone"),
    ("C10", Organisation, {"pec": "ente@hotmail.it"}, "pec"),
    ("C10", Organisation, {"pec": "ente@yahoo.co.uk"}, "pec"),
    ("C10", Organisation, {"pec": "Ente@LIBERO.IT"}, "pec"),
    ("C11", Organisation, {"email": "comune.esempio@pec.regione.example.org"}, "email"),
    ("C11", Organisation, {"email": "ente@cert.legalmail.it"}, "email"),
    ("C11", Organisation, {"email": "ente@ordine.pec.it"}, "email"),
    ("C12", Group, {"website": "https://www.facebook.com/groups/esempio"}, "website"),
    ("C12", Lab, {"website": "https://it-it.facebook.com/esempio/"}, "website"),
    ("C12", Lab, {"website": "https://www.facebook.com/profile.php?id=1"}, "website"),
    ("C13", Lab, {"website": "http://facebook.com"}, "website"),
    ("C13", Lab, {"website": "https://m.facebook.com/login.php"}, "website"),
    ("C13", Lab, {"links": ("https://example.org", "https://instagram.com/")}, "links"),
    ("C13", Lab, {"website": "https://www.google.it"}, "website"),
    ("C13", Lab, {"website": "https://duckduckgo.com/?q=esempio"}, "website"),
    ("C14", Lab, {"website": "https://www.google.com/maps/place/Esempio/@45.1,9.1,17z"}, "website"),
    ("C14", Lab, {"links": ("https://maps.google.it/?q=45.1,9.1",)}, "links"),
    ("C15", Contact, {"basis": "act", "expires_on": "2026-11-22"}, "expires_on"),
    ("C16", Contact, {"basis": "consent", "withdrawn_on": "2026-11-23"}, "withdrawn_on"),
    ("C17", Contact, {"basis": "act", "expires_on": "2026-11-23"}, "expires_on"),
    ("C17", Contact, {"basis": "act", "expires_on": "2027-01-22"}, "expires_on"),
    ("C18", Contact, {"basis": "public_office", **PERSON}, "evidence"),
    ("C19", Contact, {"basis": "public_office"}, "scope"),
    ("C20", Contact, {"scope": ("web",)}, "basis"),
]
NO_HITS = [
    ("C04", Lab, {"phone": "+39382399111"}),
    ("C08", Lab, {"phone": "+393821234567"}),  # ten digits: it may be a mobile
    ("C08", Lab, {"phone": "+39335123456"}),  # one of the oldest mobiles, of nine digits
    ("C08", Lab, {"phone": "+39347123456"}),
    ("C08", Lab, {"phone": "+39800123456"}),
    ("C08", Lab, {"phone": "+39212345678"}),  # no number at all without its zero: C02 says so
    ("C08", Lab, {"phone": "+33199001234"}),
    ("C09", Lab, {"phone": "0382 399111 int. 5"}),
    ("C09", Lab, {"phone": "12"}),
    ("C09", Lab, {"phone": "+33199001234"}),
    ("C10", Organisation, {"pec": "ente@gmail.pec.example.org"}),
    ("C10", Organisation, {"pec": "ente@pec.libero.it"}),
    ("C10", Organisation, {"pec": "ente@postacert.example.org"}),
    ("C10", Organisation, {"email": "ente@gmail.com"}),
    ("C11", Lab, {"email": "spazio@pec.example.org"}),
    ("C11", Organisation, {"email": "info@pecora.example.org"}),
    ("C11", Organisation, {"email": "pec@example.org"}),
    ("C12", Lab, {"website": "https://www.facebook.com/"}),
    ("C12", Lab, {"website": "https://facebook.example.org/esempio"}),
    ("C12", Lab, {"links": ("https://www.facebook.com/esempio",)}),
    ("C13", Lab, {"website": "https://sites.google.com/view/esempio"}),
    ("C13", Lab, {"website": "https://www.facebook.com/?id=1"}),
    ("C13", Lab, {"website": "https://notfacebook.com/"}),
    ("C13", Lab, {"source": ("https://www.google.it/search?q=esempio",)}),
    ("C14", Lab, {"links": ("https://www.google.com/maps/d/u/0/viewer?mid=1",)}),
    ("C14", Lab, {"website": "https://example.org/maps/"}),
    ("C15", Contact, {"basis": "act", "expires_on": "2026-11-23"}),
    ("C15", Contact, {"expires_on": "2020-01-01"}),
    (
        "C15",
        Contact,
        {"basis": "act", "expires_on": "2020-01-01", "withdrawn_on": "2019-01-01"},
    ),
    ("C16", Contact, {"basis": "consent", "withdrawn_on": "2026-11-24"}),
    ("C17", Contact, {"basis": "act", "expires_on": "2027-01-23"}),
    ("C17", Contact, {"basis": "act", "expires_on": "2026-11-22"}),
    ("C17", Contact, {"expires_on": "2026-12-01"}),
    ("C18", Contact, {"basis": "consent", **PERSON}),
    ("C18", Contact, {"basis": "public_office", "person_name": "Nome Esempio"}),
    ("C18", Contact, {"basis": "public_office", "scope": ("open_data",)}),
    ("C19", Contact, {"basis": "consent", "withdrawn_on": "2026-01-01"}),
    ("C19", Contact, {"basis": "none"}),
    ("C20", Contact, {"basis": "consent", "scope": ("web",)}),
]
MENDS = [
    ("C02", Lab, {"phone": "+39212345678"}, {"phone": "+390212345678"}),
    ("C02", Lab, {"phone": "chiedere al bar"}, {}),
    ("C08", Lab, {"phone": "+39382399111"}, {"phone": "+390382399111"}),
    ("C09", Lab, {"phone": "0382/399111"}, {"phone": "+390382399111"}),
    (
        "C10",
        Organisation,
        {"pec": "ente@gmail.com"},
        {"email": "ente@gmail.com", "pec": ""},
    ),
    ("C10", Organisation, {"pec": "ente@gmail.com", "email": "info@example.org"}, {}),
    (
        "C11",
        Organisation,
        {"email": "e@pec.example.org", "pec": "e@pec.example.org"},
        {"pec": "e@pec.example.org", "email": ""},
    ),
    ("C11", Organisation, {"email": "e@pec.example.org", "pec": "altra@pec.example.org"}, {}),
    (
        "C12",
        Lab,
        {"website": "https://t.me/esempio", "links": ("https://example.org",)},
        {"website": "", "links": "https://example.org | https://t.me/esempio"},
    ),
    (
        "C12",
        Lab,
        {"website": "https://www.facebook.com/profile.php?id=1|2"},
        {"website": "", "links": "https://www.facebook.com/profile.php?id=1%7C2"},
    ),
    (
        "C13",
        Lab,
        {"links": ("https://example.org", "https://x.com/")},
        {"links": "https://example.org"},
    ),
    ("C13", Lab, {"links": ("https://x.com/",)}, {"links": ""}),
]


def told(code, entity, values, context=CONTEXT):
    """Return what one rule finds on a record."""
    record = entity(id="esempio", **values)
    return [finding for finding in check_record(record, context) if finding.code == code]


def test_another_form_of_a_number_is_told_beside_the_usual_one():
    """What is written, and how it would be kept: no riddle about other numbers."""
    (finding,) = told("C09", Lab, {"phone": "0382/399111"})
    form = "non è nella forma in cui il registro tiene i numeri di telefono"
    assert finding.message.it == f"«0382/399111» {form}: +390382399111"


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


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("382 399111", "+390382399111"),
        ("0039 382 399111", "+390382399111"),
        ("+39 6 12345678", "+390612345678"),
        ("0382 399111", None),
        ("chiedere al bar", None),
        ("12", None),
        ("", None),
    ],
)
def test_a_zero_is_given_back_to_what_lacks_one(text, whole):
    """However it is written, a number of a district without its zero is known by what it lacks."""
    assert telephones.with_zero(text) == whole


def test_a_basis_that_ends_is_told_before_and_after_but_not_twice():
    """Day by day: nothing, then that it will end, to its last day, then that it has."""
    contact = Contact(id="esempio", basis="act", expires_on="2026-11-23")
    codes = {
        day: {f.code for f in check_record(contact, CONTEXT.replaced(today=day))} & {"C15", "C17"}
        for day in ("2026-09-23", "2026-09-24", "2026-11-23", "2026-11-24")
    }
    assert list(codes.values()) == [set(), {"C17"}, {"C17"}, {"C15"}]


@pytest.mark.usefixtures("registry")
def test_numbers_that_other_programs_wrote_are_repaired(bencomune, path):
    """`check --fix` writes them as the others are, and leaves what it is not sure of."""
    bencomune("lab", "add", "--name", "Spazio Esempio")
    bencomune("lab", "add", "--name", "Spazio Altro")
    with sqlite3.connect(path) as other:
        other.execute("UPDATE labs SET phone = '0382 399111' WHERE id = 'spazio-esempio'")
        other.execute("UPDATE labs SET phone = '+39382399111' WHERE id = 'spazio-altro'")
    other.close()
    bencomune("check", "--fix", "--yes")
    told = json.loads(bencomune("lab", "list", "--json").stdout)
    phones = {each["id"]: each["phone"] for each in told}
    assert phones == {"spazio-esempio": "+390382399111", "spazio-altro": "+39382399111"}


@pytest.mark.parametrize("text", ["0382 399111/2", "0382 399111-2", "02 1234567/89"])
def test_a_second_line_is_not_run_together(text):
    """Digits behind a whole number are another line of it: nothing is mended by guessing."""
    found = check_record(Lab(id="esempio", name="Spazio", phone=text), Context("2026-11-23"))
    assert "C09" not in {each.code for each in found}
