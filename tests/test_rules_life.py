"""Rules on time: what they find at the edges, and what they leave alone."""

import random
import re

import opening_hours
import pytest

from bencomune_cli.contexts import Context
from bencomune_cli.entities import ENTITIES, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.rules import catalogue, check_record
from bencomune_cli.rules.life_hours import _is_plain, _mended
from effort import within

NETWORK = Network(id="network", name="Rete Esempio", verify_every=12)
CONTEXT = Context(today="2026-11-23", network=NETWORK)
HITS = [
    ("L07", Lab, {"opening_hours": "Mo-Fr 9-12"}, "opening_hours"),
    ("L07", Lab, {"opening_hours": "Lun-Ven 9:00-12:00"}, "opening_hours"),
    ("L07", Group, {"opening_hours": "Mo-Fr 25:00-26:00"}, "opening_hours"),
    ("L07", Lab, {"opening_hours": "Mo-Fr 09:00-12:00\ud800"}, "opening_hours"),
    ("L07", Lab, {"opening_hours": "(" * 2_000}, "opening_hours"),
    ("L08", Lab, {"state": "paused", "started_on": "2026-11-24"}, "started_on"),
    ("L08", Lab, {"state": "active", "started_on": "2026-12"}, "started_on"),
    ("L08", Lab, {"state": "proposed", "started_on": "2032"}, "started_on"),
    ("L09", Lab, {"state": "closed", "ended_on": "2026-11-24"}, "ended_on"),
    ("L10", Lab, {"state": "active", "ended_on": "2026-11-22"}, "ended_on"),
    ("L10", Group, {"state": "paused", "ended_on": "2026-10"}, "ended_on"),
    ("L11", Lab, {"started_on": "1860"}, "started_on"),
    ("L11", Organisation, {"started_on": "1019"}, "started_on"),
    ("L11", Lab, {"ended_on": "2127-01"}, "ended_on"),
    ("L11", Lab, {"verified_on": "1926-11-23"}, "verified_on"),
    ("L11", Relation, {"since": "0202-05"}, "since"),
    ("L11", Relation, {"since": "2032"}, "since"),
    ("L11", Relation, {"until": "2202"}, "until"),
    ("L11", Relation, {"act_date": "1019-05-01"}, "act_date"),
    ("L12", Relation, {"act_date": "2026-11-24"}, "act_date"),
    ("L13", Lab, {"state": "active", "opening_hours": "Mo off; Tu-Su off"}, "opening_hours"),
    ("L14", Lab, {"opening_hours": "mar 15:00-18:00"}, "opening_hours"),
    ("L14", Lab, {"opening_hours": 'Mar: 9:00-12:00 "aprile escluso"'}, "opening_hours"),
    ("L15", Lab, {"state": "active", "verified_on": "2025-11-22"}, "verified_on"),
    ("L15", Lab, {"state": "paused", "verified_on": "2025-10"}, "verified_on"),
    ("L15", Lab, {"state": "active", "verified_on": "2024"}, "verified_on"),
    ("L16", Organisation, {"state": "active"}, "verified_on"),
    ("L17", Lab, {"verified_on": "2026"}, "verified_how"),
    ("L18", Lab, {"verified_how": "form", "state": "active"}, "verified_on"),
    ("L19", Lab, {"verified_on": "2019", "started_on": "2020-01"}, "verified_on"),
]
NO_HITS = [
    ("L07", Lab, {"opening_hours": "Mo-Fr  16:00-19:00;"}),
    ("L07", Lab, {"opening_hours": '"su appuntamento"'}),
    ("L07", Lab, {"opening_hours": "week 2-52/2 We[1,3] 21:00-23:00; easter off"}),
    ("L08", Lab, {"state": "active", "started_on": "2026"}),
    ("L08", Lab, {"state": "active", "started_on": "2026-11-23"}),
    ("L08", Lab, {"state": "proposed", "started_on": "2031-12-31"}),
    ("L09", Lab, {"state": "closed", "ended_on": "2026-11"}),
    ("L09", Lab, {"state": "paused", "ended_on": "2027"}),
    ("L10", Lab, {"state": "active", "ended_on": "2026-11-23"}),
    ("L10", Lab, {"state": "active", "ended_on": "2026"}),
    ("L11", Organisation, {"started_on": "1449"}),
    ("L11", Lab, {"started_on": "1861"}),
    ("L11", Relation, {"since": "2031", "until": "2126", "act_date": "1861-03-17"}),
    ("L11", Contact, {"given_on": "0202-01-01"}),
    ("L11", Lab, {"started_on": "30/02/2019"}),
    ("L12", Relation, {"act_date": "2026"}),
    ("L13", Lab, {"state": "active", "opening_hours": "Mo-Fr; PH off"}),
    ("L13", Lab, {"state": "active", "opening_hours": "Mo 09:00-12:00; Tu off"}),
    ("L13", Lab, {"state": "active", "opening_hours": "chiuso off"}),
    ("L13", Lab, {"state": "closed", "opening_hours": "off"}),
    ("L14", Lab, {"opening_hours": "Oct-Mar 15:00-18:00"}),
    ("L14", Lab, {"opening_hours": "Jul 10:00-12:00; Mar 15:00-18:00"}),
    ("L14", Lab, {"opening_hours": "Mar 1-15 15:00-18:00"}),
    ("L14", Lab, {"opening_hours": "2026 Mar 15:00-18:00"}),
    ("L14", Lab, {"opening_hours": "Mar-Gio 15:00-18:00"}),
    ("L15", Lab, {"state": "active", "verified_on": "2025-11-23"}),
    ("L15", Lab, {"state": "active", "verified_on": "2025"}),
    ("L15", Lab, {"state": "closed", "verified_on": "2001"}),
    ("L15", Lab, {"state": "proposed", "verified_on": "2001"}),
    ("L16", Lab, {"state": "active", "verified_how": "form"}),
    ("L16", Lab, {"state": "closed"}),
    ("L19", Lab, {"verified_on": "2020", "started_on": "2020-12"}),
    ("L19", Lab, {"verified_on": "2026", "started_on": "2019", "ended_on": "2020"}),
]


def codes(record, context=CONTEXT):
    """Return the codes of the rules that a record breaks."""
    return {finding.code for finding in check_record(record, context)}


@pytest.mark.parametrize(("code", "entity", "values", "column"), HITS)
def test_a_fault_is_found_where_it_is(code, entity, values, column):
    """The rule that is named finds the fault, on the column that is to be mended."""
    told = [f for f in check_record(entity(id="esempio", **values), CONTEXT) if f.code == code]
    assert [finding.column for finding in told] == [column]


@pytest.mark.parametrize(("code", "entity", "values"), NO_HITS)
def test_what_is_right_is_left_alone(code, entity, values):
    """The rule that is named does not find what is right, or what another rule judges."""
    assert code not in codes(entity(id="esempio", **values))


@pytest.mark.parametrize(
    "network", [None, NETWORK.replaced(verify_every=None), NETWORK.replaced(verify_every=300)]
)
def test_without_a_term_no_record_is_due(network):
    """A registry that does not say how often it verifies is not told to; nor is one in time."""
    context = CONTEXT.replaced(network=network)
    lab = Lab(id="esempio", state="active", verified_on="2010")
    assert "L15" not in codes(lab, context)
    found = "L16" in codes(lab.replaced(verified_on=None), context)
    assert found == bool(network and network.verify_every)


def test_a_message_on_verification_is_the_same_tomorrow():
    """It names the last verification and counts no days, so that nothing changes by itself."""
    lab = Lab(id="esempio", state="active", verified_on="2020-11-01")
    said = [
        {f.message for f in check_record(lab, CONTEXT.replaced(today=day)) if f.code == "L15"}
        for day in ("2026-11-23", "2027-02-01")
    ]
    assert said[0] == said[1] != set()
    assert "1º novembre 2020" in next(iter(said[0])).it


@pytest.mark.parametrize(
    "values",
    [
        dict.fromkeys(("started_on", "ended_on", "verified_on"), text)
        for text in ("", "ieri", "9999-99-99", "2019-13", "²⁰²⁰", "\ud800", "-", "2")
    ],
)
def test_dates_that_other_programs_broke_end_no_check(values):
    """Whatever stands in a date, it is looked at to the end, and every finding is a sentence."""
    for state in ("active", "closed", "proposed", "mai esistito"):
        for entity in (Lab, Organisation):
            for finding in check_record(entity(id="esempio", state=state, **values), CONTEXT):
                assert "{" not in finding.message.it
    since = values["started_on"]
    check_record(Relation(id="esempio", since=since, until=since, act_date=since), CONTEXT)


def test_closing_is_offered_for_what_is_published_only():
    """What is only proposed would go out by being closed: a person decides."""
    mends = {
        state: [
            dict(f.mend)
            for f in check_record(Lab(id="x", state=state, ended_on="2020"), CONTEXT)
            if f.code == "L10"
        ]
        for state in ("active", "paused", "proposed")
    }
    closed = [{"state": "closed"}]
    assert mends == {"active": closed, "paused": closed, "proposed": [{}]}


@pytest.mark.parametrize(
    ("told", "mended"),
    [
        ("Lun-Ven 9-12", "Mo-Fr 09:00-12:00"),
        ("Lunedì – Venerdì 9.00 – 12.30", "Mo-Fr 09:00-12:30"),
        ("dal lunedì al venerdì dalle 9 alle 12", "Mo-Fr 09:00-12:00"),
        ("lun, mer e ven 9-12, 15-18", "Mo,We,Fr 09:00-12:00,15:00-18:00"),
        ("lun, mer e ven 9-12,15-18", "Mo,We,Fr 09:00-12:00,15:00-18:00"),
        ("Mar e Gio 15-18", "Tu,Th 15:00-18:00"),
        ("Giovedi' ore 21-23", "Th 21:00-23:00"),
        ("Lun-Ven 9-12; sab 9-13; dom chiuso", "Mo-Fr 09:00-12:00; Sa 09:00-13:00; Su off"),
        ("Lun-Ven 9.00/12.30", "Mo-Fr 09:00-12:30"),
        ("Mo-Fr 9-12", "Mo-Fr 09:00-12:00"),
        ("Monday-Friday 9:00-17:00", "Mo-Fr 09:00-17:00"),
        ("Montag bis Freitag 9-12 Uhr", "Mo-Fr 09:00-12:00"),
    ],
)
def test_simple_hours_are_mended(told, mended):
    """Days and hours in plain words of one language become those of OpenStreetMap."""
    assert _mended(told) == mended
    assert opening_hours.validate(mended)


@pytest.mark.parametrize(
    "told",
    [
        "Mar 9-12",  # of March?
        "Do 9-12",  # Donnerstag, domenica?
        "Sa-Do 9-12",
        "Lun 3-6",  # of the afternoon?
        "Lun 9/12",  # 9 December?
        "Lun 22-2",
        "Lun 9-12.75",
        "Lun 9-25",
        "Lun-Fri 9-12",
        "Lun-Ven 9-12 su appuntamento",
        "Primo lunedì 9-12",
        "Lun-Ven",
        "9-12",
        "Lun-Ven 9-12, agosto chiuso",
        "Lun 9-12 15-18 20",
        ";",
        "",
    ],
)
def test_hours_in_doubt_are_left_to_a_person(told):
    """What may mean two things, or more than days and hours, is not mended."""
    assert _mended(told) == ""


@pytest.mark.parametrize(
    "text",
    ["lun, " * 400 + "9-12", "lun-ven e " * 200 + "x", "9-12, " * 300, "ab " * 600, "(" * 2_000],
)
def test_hours_made_to_be_slow_are_not(text):
    """The longest text that the column takes is judged in a moment."""
    for cut in (text[:2_000], text[:200]):
        within(0.25, _mended, cut)
        within(0.25, codes, Lab(id="esempio", state="active", opening_hours=cut))


def test_every_record_is_judged_within_its_own_columns():
    """A rule on time tells a column that its record has, whichever kind it is."""
    for entity in ENTITIES:
        for finding in check_record(entity(id="esempio"), CONTEXT):
            assert entity.has(finding.column)
    assert {code for code in catalogue() if re.match("L", code)} >= {code for code, *_ in HITS}


def test_hours_told_plain_are_those_of_the_library():
    """What is taken for plain hours without asking the library, it understands."""
    chance = random.Random(7)  # noqa: S311 - the same hours each time

    def span():
        day, other = chance.choices(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), k=2)
        hours = [f"{chance.randrange(24):02}:{chance.choice((0, 59, 30)):02}" for _ in range(4)]
        second = f",{hours[2]}-{hours[3]}" if chance.random() < 0.3 else ""
        return f"{day}{chance.choice(('', f'-{other}', f',{other}'))} {hours[0]}-{hours[1]}{second}"

    for _ in range(5_000):
        told = "; ".join(span() for _ in range(chance.randrange(1, 4)))
        assert _is_plain(told)
        assert opening_hours.validate(told)
