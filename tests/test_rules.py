"""Every rule finds what it says and nothing else, and every finding is a whole sentence."""

import re
import sys
from pathlib import Path

import pytest

from bencomune_cli import rules
from bencomune_cli.contexts import Context, Known
from bencomune_cli.describe import rule_page
from bencomune_cli.entities import (
    ENTITIES,
    Area,
    Contact,
    Group,
    Lab,
    Network,
    Organisation,
    Relation,
)
from bencomune_cli.findings import Finding, Severity
from bencomune_cli.kinds import times
from bencomune_cli.looking import Looking
from bencomune_cli.overviews import overview_of
from bencomune_cli.reading import values
from bencomune_cli.rules import FAMILIES, Mend, catalogue, check_record, rule
from bencomune_cli.words import Text

NEIGHBOURHOOD = Area(
    id="centro-esempio",
    name="Centro Esempio",
    area_kind="neighbourhood",
    part_of="000001",
    west=9.12,
    south=45.1,
    east=9.2,
    north=45.2,
    boundary='{"type":"Polygon","coordinates":[[[9.12,45.1],[9.2,45.1],[9.2,45.2],[9.12,45.2],'
    "[9.12,45.1]]]}",
)
MUNICIPALITY = Area(
    id="comune-esempio",
    name="Comune Esempio",
    area_kind="municipality",
    code="000001",
    west=9.0,
    south=45.0,
    east=9.3,
    north=45.3,
)
NEXT_TO_IT = Area(
    id="comune-vicino",
    name="Comune Vicino",
    area_kind="municipality",
    code="000003",
    west=9.4,
    south=45.0,
    east=9.5,
    north=45.3,
    boundary='{"type":"Polygon","coordinates":[[[9.4,45.0],[9.5,45.0],[9.5,45.3],[9.4,45.3],'
    "[9.4,45.0]]]}",
)
# An L: the south-east quarter of the box is outside.
L_SHAPE = (
    '{"type":"Polygon","coordinates":[[[9.0,45.0],[9.15,45.0],[9.15,45.15],[9.3,45.15],'
    "[9.3,45.3],[9.0,45.3],[9.0,45.0]]]}"
)
CONTEXT = Context(
    today="2026-11-23",
    network=Network(id="network", name="Rete Esempio", municipalities=("000001",), verify_every=12),
    areas={area.id: area for area in (NEIGHBOURHOOD, MUNICIPALITY, NEXT_TO_IT)},
    ids={
        "spazio-esempio": Known("lab", removed=False),
        "ente-esempio": Known("organisation", removed=False),
        "spazio-rimosso": Known("lab", removed=True),
    },
)
SHAPED = CONTEXT.replaced(
    areas=CONTEXT.areas | {"comune-esempio": MUNICIPALITY.replaced(boundary=L_SHAPE)}
)
RULES = list(catalogue().values())
every_rule = pytest.mark.parametrize("each", RULES, ids=lambda each: each.code)


def found(each, examples, context=CONTEXT):
    """Return the findings of one rule on examples: on each alone, or on all as one registry."""
    records = [example_record(each, example) for example in examples]
    subjects = [overview_of(records)] if each.together else records
    return [list(each.findings(subject, context)) for subject in subjects]


def example_record(each, example):
    """Return the record that an example tells, of the entity that it names."""
    told = {"id": "esempio", **example}
    name = told.pop("entity", each.example_entity.name_of_kind)
    return next(entity for entity in ENTITIES if entity.name_of_kind == name)(**told)


@every_rule
def test_a_code_is_the_letter_of_its_module_and_a_number(each):
    """`P01` is a rule of the family `place`, and its name is its function's."""
    assert each.family in FAMILIES
    assert re.fullmatch(f"{each.family[0].upper()}[0-9][0-9]", each.code)
    assert each.name == each.look.__name__.replace("_", "-")
    assert each.look.__doc__


def test_families_have_letters_and_rules_have_names_of_their_own():
    """No two families begin with the same letter, and no two rules have the same name."""
    assert len({name[0] for name in FAMILIES}) == len(FAMILIES)
    assert {name.rpartition(".")[2].partition("_")[0] for name in rules.modules()} <= {*FAMILIES}
    assert len({each.name for each in RULES}) == len(RULES)


@every_rule
def test_good_examples_are_good(each):
    """A rule finds nothing in its good examples."""
    assert each.good
    assert [hits for hits in found(each, each.good) if hits] == []


@every_rule
def test_bad_examples_are_bad(each):
    """A rule finds something in every bad example, on a column of the record."""
    assert each.bad
    for hits in found(each, each.bad):
        assert hits
        assert all(hit.code == each.code and hit.severity is each.severity for hit in hits)
        entities = {entity.name_of_kind: entity for entity in ENTITIES}
        assert all(entities[hit.entity].has(hit.column) for hit in hits)
        assert all(hit.record for hit in hits)


class Dayless(Context):
    """A context in which no rule may ask which day it is."""

    @property
    def today(self):
        """Refuse to tell."""
        raise AssertionError("a rule of severity error looked at the day")


@pytest.fixture
def dayless(monkeypatch):
    """Return a context without a day, where nothing of the program can ask for it elsewhere."""

    def refused():
        raise AssertionError("a rule of severity error looked at the clock")

    modules = [each for name, each in sys.modules.items() if name.startswith("bencomune_cli")]
    for clock in (times.today, times.now):
        for module in [each for each in modules if getattr(each, clock.__name__, None) is clock]:
            monkeypatch.setattr(module, clock.__name__, refused)
    return Dayless(*map(CONTEXT.__dict__.get, Context._fields))


def test_no_error_comes_with_the_day(dayless):
    """What is sound stays sound while nothing is changed: exports look at no record anew for it."""
    errors = 0
    for each in RULES:
        for example in (*each.good, *each.bad):
            record = example_record(each, example)
            alone = check_record(record, dayless, Severity.ERROR)
            assert Looking(dayless, Severity.ERROR).at([record]) == [alone]
            errors += len(alone)
    assert errors > len([each for each in RULES if each.severity is Severity.ERROR])


def test_no_error_rule_has_a_clock_of_its_own():
    """The clock is asked in `kinds.times` alone, where a test can see it."""
    asked = re.compile(r"\b(?:date|datetime)\.(?:today|now|utcnow)\(|\btime\.time\(")
    package = Path(rules.__file__).parent.parent
    sources = [*package.glob("rules/**/*.py"), *package.glob("kinds/*.py")]
    found = {path.name for path in sources if asked.search(path.read_text("utf-8"))}
    assert found == {"times.py"}


def test_a_warning_may_look_at_the_day(dayless):
    """The context that tells no day is one in which a look at it is noticed."""
    future = example_record(catalogue()["L08"], catalogue()["L08"].bad[0])  # a warning
    with pytest.raises(AssertionError, match="looked at the day"):
        check_record(future, dayless)


@every_rule
def test_a_message_gives_its_values_back(each):
    """What a message names is parted from the rule's own words, without loss, in any language."""
    for hit in (hit for hits in found(each, each.bad) for hit in hits):
        said = each.said(hit.message)
        assert each.message.it.format(**said) == hit.message.it
        assert set(each.counts) <= set(said)


@every_rule
def test_what_a_rule_depends_on_is_there(each):
    """The further columns that a rule is about are columns of what it looks at."""
    if not each.together:
        assert all(each.example_entity.has(name) for name in each.about)
    assert each.source


@every_rule
def test_a_mend_mends(each):
    """A rule that repairs tells how, for one bad example at least; after it, it finds nothing."""
    if each.together:
        assert each.mend is Mend.NONE
        return
    mended = 0
    for example, hits in zip(each.bad, found(each, each.bad), strict=True):
        record = example_record(each, example)
        assert each.mend is not Mend.NONE or not any(hit.mend for hit in hits)
        for hit in hits if any(hit.mend for hit in hits) else ():
            read, unread = values(type(record), hit.mend)
            assert not unread
            record = record.replaced(**read)
        if any(hit.mend for hit in hits):
            mended += 1
            assert not list(each.findings(record, CONTEXT))
    assert bool(mended) == (each.mend is not Mend.NONE)


@every_rule
def test_a_rule_speaks_both_languages(each):
    """Message, reason and remedy are sentences, each different in the two languages."""
    for text in (each.message, each.why, each.fix):
        assert all(said == said.strip() and said for said in text)
        assert text.it != text.en
    assert all(said.endswith(".") for text in (each.why, each.fix) for said in text)
    places = [set(re.findall(r"\{(\w+)\}", said)) for said in each.message]
    assert places[0] == places[1]


@every_rule
def test_a_rule_speaks_english_as_it_is_spoken(each):
    """Nobody is "who reads", and an option or a command is what one does something with."""
    english = " ".join(text.en for text in (each.message, each.why, each.fix))
    assert re.findall(r"(?:^|[.:;] )[Ww]ho [a-z]+s\b|\bby (?:--|“bencomune)", english) == []


@every_rule
def test_messages_are_filled(each):
    """No finding shows an empty place, whatever the record holds."""
    for hit in (hit for hits in found(each, each.bad) for hit in hits):
        assert not any(re.search("[{}]|None", said) for said in hit.message if "{{" not in said)
        assert hit.message.it != hit.message.en


@every_rule
def test_explain_has_a_page_for_every_rule(each, language):
    """A page tells code, severity, message, reason, remedy, and an example of each sort."""
    page = rule_page(each)
    assert page.startswith(f"{each.code} {each.name} ({each.severity.label.said_in(language)})")
    assert each.why.said_in(language) in page
    assert each.fix.said_in(language) in page
    assert len(page.splitlines()) >= 9
    names = {name for example in each.bad for name in example} - {"entity"}
    assert all(name in page for name in names)


def test_a_code_is_declared_once():
    """Declaring a code again fails at once."""
    text = Text("a", "b")
    with pytest.raises(ValueError, match="declared twice"):
        rule(
            code="P01",
            severity=Severity.NOTE,
            message=text,
            why=text,
            fix=text,
            source="x",
            good=[{}],
            bad=[{}],
        )(lambda _place: ())


POINT = {"lat": 45.18, "lon": 9.15}
TAX_CODE = "00296180185"
HITS = [
    ("K01", Lab, {"name": "x" * 201}, "name"),
    ("K01", Lab, {"started_on": "30/02/2019"}, "started_on"),
    ("K01", Lab, {"seats": -1}, "seats"),
    ("K01", Lab, {"lat": float("nan"), "lon": 9.15}, "lat"),
    ("K01", Lab, {"lat": 91.0, "lon": 9.15}, "lat"),
    ("K01", Lab, {"state": "aperto a tutti"}, "state"),
    ("K01", Lab, {"activities": ("mai_esistita",)}, "activities"),
    ("K01", Lab, {"municipality": "PV"}, "municipality"),
    ("K02", Organisation, {}, "name"),
    ("K02", Relation, {"subject": "a", "object": "b"}, "role"),
    ("K02", Contact, {"role": "press"}, "record"),
    ("K03", Group, {"meets_at": "mai-esistito"}, "meets_at"),
    ("P01", Organisation, {"lon": 9.15}, "lat"),
    ("P01", Group, {"lat": 0.0}, "lon"),
    ("P02", Lab, {"lat": 45.4, "lon": 9.15}, "lat"),
    ("P02", Lab, {"lat": 45.18, "lon": 9.31}, "lat"),
    ("P03", Lab, {"lat": 9.15, "lon": 45.18}, "lat"),
    ("P04", Lab, POINT, "precision"),
    ("P05", Group, {"name": "Gruppo Esempio"}, "area_served"),
    ("P06", Lab, {"postcode": "184"}, "postcode"),
    ("P06", Lab, {"postcode": "٢٧١٠٠"}, "postcode"),
    ("P07", Lab, {"lat": 0.0, "lon": -0.0}, "lat"),
    ("P08", Group, {"area_served": ("centro-esempio", "altrove")}, "area_served"),
    ("L01", Organisation, {"state": "active"}, "activities"),
    ("L02", Group, {"state": "closed"}, "ended_on"),
    ("L03", Lab, {"started_on": "2020", "ended_on": "2019-12-31"}, "ended_on"),
    ("L03", Lab, {"started_on": "2019-05-02", "ended_on": "2019-05-01"}, "ended_on"),
    ("L04", Relation, {"since": "2021", "until": "2020-12"}, "until"),
    ("L05", Lab, {"verified_on": "2026-12"}, "verified_on"),
    ("L05", Lab, {"verified_on": "2026-11-24"}, "verified_on"),
    ("I01", Organisation, {"tax_code": "00296180180"}, "tax_code"),
    ("I01", Organisation, {"tax_code": "0029618018"}, "tax_code"),
    ("I01", Organisation, {"tax_code": "٠٠٢٩٦١٨٠١٨٥"}, "tax_code"),
    ("I02", Organisation, {"vat_number": "IT00296180180"}, "vat_number"),
    ("I02", Organisation, {"vat_number": "FR00296180185"}, "vat_number"),
    ("I03", Organisation, {"tax_code": "RSSMRA80A01H501U"}, "tax_code"),
    ("I03", Organisation, {"tax_code": "RSSMRA80A01H50MU"}, "tax_code"),
    ("C01", Lab, {"email": "info@"}, "email"),
    ("C01", Organisation, {"pec": "ente@pec"}, "pec"),
    ("C01", Contact, {"email": "a b@example.org"}, "email"),
    ("C01", Network, {"email": "<info@example.org>"}, "email"),
    ("C02", Lab, {"phone": "0382"}, "phone"),
    ("C02", Contact, {"phone": "+39"}, "phone"),
    ("C03", Lab, {"email": "nome.cognome@example.org"}, "email"),
    ("C03", Group, {"email": "gruppo.nome@gmail.com"}, "email"),
    ("C04", Organisation, {"phone": "+393331234567"}, "phone"),
    ("C05", Lab, {"links": ("https://example.org", "https://ftp")}, "links"),
    ("C05", Lab, {"website": "ftp://example.org"}, "website"),
    ("C05", Lab, {"website": "https://mailto:info@example.org"}, "website"),
    ("C05", Lab, {"website": "https://javascript:alert(document.cookie)"}, "website"),
    ("C06", Contact, {"basis": "act", "evidence": "prot. 1/2000"}, "evidence"),
    ("R01", Relation, {"subject": "ente-esempio", "object": "spazio-rimosso"}, "object"),
    ("R02", Group, {"meets_at": "spazio-rimosso"}, "meets_at"),
    ("R03", Contact, {"record": "spazio-rimosso"}, "record"),
]
NO_HITS = [
    ("K01", Lab, {"phone": "chiedere al bar", "name": "Spazio"}),
    ("K03", Lab, {"neighbourhood": "centro-esempio"}),
    ("P01", Lab, {"lat": 0.0, "lon": 0.0}),
    ("P02", Lab, {"lat": 45.0, "lon": 9.3}),
    ("P02", Lab, {"lat": 9.15, "lon": 45.18}),
    ("P03", Lab, POINT),
    ("P03", Lab, {"lat": 41.9, "lon": 12.5}),
    ("P04", Lab, {**POINT, "precision": "street"}),
    ("P05", Group, {"meets_at": "spazio-esempio"}),
    ("P06", Lab, {"postcode": "00010"}),
    ("L01", Lab, {"state": "paused"}),
    ("L02", Lab, {"state": "closed", "ended_on": "2020"}),
    ("L03", Lab, {"started_on": "2019-09-28", "ended_on": "2019"}),
    ("L03", Lab, {"started_on": "2019", "ended_on": "2019-01"}),
    ("L03", Lab, {"started_on": "2019-05-01", "ended_on": "2019-05-01"}),
    ("L04", Relation, {"until": "2020"}),
    ("L05", Lab, {"verified_on": "2026"}),
    ("L05", Lab, {"verified_on": "2026-11-23"}),
    ("I01", Organisation, {"tax_code": TAX_CODE}),
    ("I01", Organisation, {"tax_code": "RSSMRA80A01H501U"}),
    ("I02", Organisation, {"vat_number": f"IT{TAX_CODE}"}),
    ("I03", Organisation, {"tax_code": TAX_CODE}),
    ("C01", Lab, {"email": "ufficio.sociale+labs@comune.example.org"}),
    ("C02", Lab, {"phone": "+33199001234"}),
    ("C03", Lab, {"email": "ufficio.cultura@example.org"}),
    ("C03", Contact, {"email": "nome.cognome@example.org"}),
    ("C03", Lab, {"email": "segreteria.spazio@gmail.com"}),
    ("C04", Contact, {"phone": "+393331234567"}),
    ("C05", Lab, {"website": "http://www.example.org/a?b=c#d"}),
    ("C06", Contact, {"basis": "public_office"}),
    ("R01", Relation, {"subject": "ente-esempio", "object": "spazio-esempio"}),
    ("R02", Group, {"meets_at": "spazio-esempio"}),
]


@pytest.mark.parametrize(("code", "entity", "values", "column"), HITS)
def test_a_fault_is_found_where_it_is(code, entity, values, column):
    """The rule that is named finds the fault, on the column that is to be mended."""
    record = entity(id="esempio", **values)
    told = [finding for finding in check_record(record, CONTEXT) if finding.code == code]
    assert [finding.column for finding in told] == [column]
    assert [(finding.record, finding.entity) for finding in told] == [
        ("esempio", entity.name_of_kind)
    ]


@pytest.mark.parametrize(("code", "entity", "values"), NO_HITS)
def test_what_is_right_is_left_alone(code, entity, values):
    """The rule that is named does not find what is right, or what another rule judges."""
    record = entity(id="esempio", **values)
    assert code not in {finding.code for finding in check_record(record, CONTEXT)}


@pytest.mark.parametrize(
    ("lat", "lon", "outside"),
    [(45.2, 9.2, False), (45.1, 9.1, False), (45.1, 9.25, True), (45.31, 9.1, True)],
)
def test_a_polygon_says_more_than_its_box(lat, lon, outside):
    """A point in the box of a municipality but not in its boundary lies outside."""
    told = check_record(Lab(id="esempio", lat=lat, lon=lon), SHAPED)
    assert ("P02" in {finding.code for finding in told}) == outside


@pytest.mark.parametrize(
    "context",
    [
        Context("2026-11-23"),
        CONTEXT.replaced(areas={"centro-esempio": NEIGHBOURHOOD}),
        CONTEXT.replaced(areas={"x": MUNICIPALITY.replaced(west=None)}),
        CONTEXT.replaced(network=CONTEXT.network.replaced(municipalities=("000002",))),
    ],
)
def test_without_boundaries_no_point_is_judged(context):
    """Where no municipality of the network has a shape, no point is outside it, or swapped."""
    for lat, lon in ((41.9, 12.5), (9.15, 45.18)):
        codes = {f.code for f in check_record(Lab(id="esempio", lat=lat, lon=lon), context)}
        assert not codes & {"P02", "P03"}


@pytest.mark.parametrize("boundary", ["non è JSON", "{}", "[]", '{"type":"Point"}', "5"])
def test_a_boundary_that_another_program_broke_is_a_finding(boundary):
    """A boundary that cannot be read is found on its area, and is no fault of a lab's check."""
    broken = MUNICIPALITY.replaced(boundary=boundary)
    context = CONTEXT.replaced(areas={"comune-esempio": broken})
    check_record(Lab(id="esempio", **POINT), context)
    assert "boundary" in {finding.column for finding in check_record(broken, context)}


def test_only_the_severities_asked_for_are_looked_at():
    """Errors alone, for what is held back; warnings too, for what is told."""
    record = Group(id="esempio", name="Gruppo", state="active")
    errors = {finding.code for finding in check_record(record, CONTEXT, Severity.ERROR)}
    assert errors == {"P05"}
    assert {finding.code for finding in check_record(record, CONTEXT)} >= {"P05", "L01"}


def test_a_finding_as_json_has_stable_names(language):
    """Programs read names that never change, and the message in the language spoken."""
    message = Text("manca", "missing")
    finding = Finding("K02", Severity.ERROR, "lab", "esempio", "name", message)
    assert finding.to_json() == {
        "code": "K02",
        "severity": "error",
        "entity": "lab",
        "record": "esempio",
        "column": "name",
        "message": message.said_in(language),
    }


def test_findings_are_sorted_by_gravity_then_by_record():
    """The gravest come first; within one gravity they stand by entity, record and code."""
    message = Text("a", "b")
    told = [
        Finding("P04", Severity.WARNING, "lab", "a", "precision", message),
        Finding("P01", Severity.ERROR, "lab", "b", "lat", message),
        Finding("C01", Severity.ERROR, "lab", "b", "email", message),
        Finding("K02", Severity.ERROR, "group", "z", "name", message),
    ]
    codes = [finding.code for finding in sorted(told, key=Finding.order)]
    assert codes == ["K02", "C01", "P01", "P04"]
