"""Rules on the network of relations: what they find at the edges, and what they leave alone."""

import json
import time

import pytest

from bencomune_cli.contexts import Context
from bencomune_cli.entities import Group, Lab, Organisation, Relation
from bencomune_cli.overviews import overview_of
from bencomune_cli.rules.together import check_together

CONTEXT = Context(today="2026-11-23")


def lab(id_, state="active", **values):
    """Return a lab named after its id."""
    return Lab(id=id_, name=id_.title(), state=state, **values)


def group(id_, state="active", **values):
    """Return a group named after its id."""
    return Group(id=id_, name=id_.title(), state=state, **values)


def body(id_, state="active", **values):
    """Return an organisation named after its id."""
    return Organisation(id=id_, name=id_.title(), state=state, **values)


def link(subject, role, object_, **values):
    """Return a relation, whose id tells its ends and its beginning."""
    id_ = "-".join((subject, role, object_, values.get("since", "")))
    return Relation(id=id_, subject=subject, role=role, object=object_, **values)


def found(*records):
    """Return the codes found on some records as one registry, each with the record and column."""
    told = check_together(overview_of(records), CONTEXT)
    return {(f.code, f.record, f.column) for f in told if f.code.startswith("R")}


def codes(*records):
    """Return the codes of what is found."""
    return {code for code, *_ in found(*records)}


def messages(code, *records):
    """Return the Italian messages of one rule."""
    told = check_together(overview_of(records), CONTEXT)
    return [finding.message.it for finding in told if finding.code == code]


LAB, BODY = lab("spazio"), body("ente")


@pytest.mark.parametrize(
    ("relations", "code"),
    [
        ((), "R04"),
        ((link("ente", "partner_of", "spazio"),), "R04"),
        ((link("spazio", "coordinates", "ente"),), "R04"),
        ((link("ente", "coordinates", "spazio"),), None),
        ((link("ente", "manages", "spazio", public=False),), None),
        ((link("ente", "manages", "spazio", since="2027"),), None),
        ((link("ente", "manages", "spazio", until="2026"),), None),
        ((link("ente", "manages", "spazio", until="2026-11-23"),), None),
        ((link("ente", "manages", "spazio", until="2026-11-22"),), "R05"),
        ((link("ente", "manages", "spazio", until="2025"),), "R05"),
    ],
)
def test_an_active_lab_has_somebody_who_coordinates_it(relations, code):
    """Nobody ever is one fault, nobody any more another; what is over today still holds today."""
    assert codes(LAB, BODY, *relations) & {"R04", "R05"} == ({code} if code else set())


@pytest.mark.parametrize("state", ["paused", "closed", "proposed"])
def test_a_lab_that_is_not_active_needs_no_coordinator(state):
    """Only what is open needs somebody to turn to."""
    assert not codes(lab("spazio", state)) & {"R04", "R05"}


def test_of_several_coordinations_the_last_is_told_once():
    """One finding for one lab, on the relation that ended last; a current one makes it none."""
    old = link("ente", "coordinates", "spazio", since="2010", until="2015")
    last = link("altro", "manages", "spazio", since="2015", until="2020")
    bodies = (BODY, body("altro"))
    told = {each for each in found(LAB, *bodies, old, last) if each[0] == "R05"}
    assert told == {("R05", last.id, "until")}
    now = link("ente", "coordinates", "spazio", since="2021")
    assert "R05" not in codes(LAB, *bodies, old, last, now)


@pytest.mark.parametrize(
    ("subject", "until", "expected"),
    [
        (body("ente", "closed"), None, {"R06"}),
        (body("ente", ended_on="2026-10"), None, {"R06"}),
        (body("ente", ended_on="2026"), None, set()),
        (body("ente", "paused"), None, set()),
        (body("ente", "closed"), "2020", {"R05"}),
    ],
)
def test_a_coordinator_that_ended_is_told_once(subject, until, expected):
    """A closed coordinator is found by one rule, on the relation, and not where that is over."""
    relation = link("ente", "coordinates", "spazio", until=until)
    assert codes(LAB, subject, relation) - {"R07"} == expected


def test_an_organisation_alone_is_a_note():
    """Any relation will do, on either side; what is proposed or closed may stand alone."""
    assert found(body("ente")) == {("R07", "ente", "name")}
    assert not codes(body("ente", "proposed"), body("altro", "closed"), group("gruppo"))
    assert "R07" not in codes(BODY, group("gruppo"), link("gruppo", "member_of", "ente"))


@pytest.mark.parametrize(
    ("role", "values", "hit"),
    [
        ("supports", {}, True),
        ("supports", {"until": "2027"}, True),
        ("supports", {"until": "2021"}, False),
        ("supports", {"since": "2027"}, False),
        ("coordinates", {}, True),
        ("became", {}, False),
        ("merged_into", {}, False),
    ],
)
def test_a_relation_does_not_outlive_its_ends(role, values, hit):
    """What still holds with a closed record is found; what one became is not."""
    told = found(lab("spazio", "closed"), BODY, link("ente", role, "spazio", **values))
    assert ("R08" in {code for code, *_ in told}) == hit


@pytest.mark.parametrize(
    ("state", "of_lab", "hit"),
    [
        ("active", "closed", True),
        ("active", "paused", True),
        ("active", "active", False),
        ("active", "proposed", False),
        ("paused", "closed", False),
        ("closed", "closed", False),
    ],
)
def test_an_active_group_meets_where_somebody_opens(state, of_lab, hit):
    """The state of the lab where an active group meets is looked at."""
    told = found(lab("spazio", of_lab), group("gruppo", state, meets_at="spazio"))
    assert (("R09", "gruppo", "meets_at") in told) == hit


def test_guests_of_another_municipality_are_a_note():
    """Found by the relation and by where the group meets, if both municipalities are known."""
    here = lab("spazio", municipality="000001")
    there = group("gruppo", municipality="000002")
    hosts = link("spazio", "hosts", "gruppo")
    assert ("R10", hosts.id, "object") in found(here, there, hosts)
    assert ("R10", "gruppo", "meets_at") in found(here, there.replaced(meets_at="spazio"))
    for other in (there.replaced(municipality=None), there.replaced(municipality="000001")):
        assert "R10" not in codes(here, other.replaced(meets_at="spazio"), hosts)
    host = link("ente", "hosts", "gruppo")
    assert "R10" not in codes(body("ente", municipality="000001"), there, host)


@pytest.mark.parametrize(
    ("subject", "role", "object_", "hit"),
    [
        (group("a"), "funds", lab("b"), True),
        (lab("a"), "manages", body("b"), True),
        (lab("a"), "coordinates", body("b"), True),
        (lab("a"), "coordinates", group("b"), False),
        (group("a"), "coordinates", lab("b"), False),
        (group("a"), "became", body("b"), False),
        (body("a"), "funds", group("b"), False),
        (body("a"), "member_of", group("b"), False),
    ],
)
def test_only_roles_that_make_no_sense_are_notes(subject, role, object_, hit):
    """What can be meant is left alone."""
    told = found(subject, object_, link("a", role, "b"))
    assert (("R11", f"a-{role}-b-", "role") in told) == hit


PARTNERS = [
    ({"until": "2019"}, {"since": "2019"}, False),
    ({"until": "2019-06-01"}, {"since": "2019"}, False),
    ({"until": "2019"}, {}, False),
    ({"since": "2015", "until": "2019"}, {"since": "2018"}, True),
    ({"since": "2015"}, {"since": "2018", "until": "2020"}, True),
    ({"since": "2015"}, {}, True),
    ({"since": "2010", "until": "2019"}, {"until": "2015"}, True),
    ({"act_number": "1/2020"}, {"since": "2020", "act_number": "2/2020"}, False),
    ({"act_number": "1/2020"}, {"since": "2020"}, True),
]


@pytest.mark.parametrize(("first", "second", "hit"), PARTNERS)
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_same_relation_is_told_once(first, second, hit, mirrored):
    """Twice for one time is too much; one after the other, or by another act, is not."""
    ends = ("b", "a") if mirrored else ("a", "b")
    one, other = (
        Relation(id="1", subject="a", role="partner_of", object="b", **first),
        Relation(id="2", subject=ends[0], role="partner_of", object=ends[1], **second),
    )
    for records in ((one, other), (other, one)):
        assert ("R12" in codes(body("a"), body("b"), *records)) == hit


def test_a_role_that_has_a_direction_has_no_mirror_image():
    """That each of two supports the other is two relations, and three are two too many."""
    ends = (body("a"), body("b"))
    assert "R12" not in codes(*ends, link("a", "supports", "b"), link("b", "supports", "a"))
    assert "R12" not in codes(*ends, link("a", "supports", "b"), link("a", "funds", "b"))
    thrice = [link("a", "supports", "b", since=year) for year in ("2010", "2011", "2012")]
    assert len(messages("R12", *ends, *thrice)) == 2


def test_a_relation_told_twice_is_a_sentence():
    """It names the other relation, then says what both say, with one verb before it."""
    twice = [link("a", "supports", "b", since=year) for year in ("2010", "2011")]
    (told,) = messages("R12", body("a"), body("b"), *twice)
    other = f"ripete la relazione {twice[0].id}, che vale nello stesso periodo"
    assert told == f"{other}: «A» sostiene «B»"


@pytest.mark.parametrize(
    ("pairs", "roles", "chains"),
    [
        (("ab", "ba"), ("part_of", "part_of"), ["A → B → A"]),
        (("ab", "ba"), ("part_of", "member_of"), ["A → B → A"]),
        (("ab", "ba"), ("coordinates", "member_of"), []),
        (("ab", "ba"), ("partner_of", "partner_of"), []),
        (("ab", "bc", "ca"), ("coordinates",) * 3, ["A → B → C → A"]),
        (("ca", "ab", "bc", "da"), ("part_of",) * 4, ["A → B → C → A"]),
        (("ab", "ba", "cd", "dc"), ("part_of",) * 4, ["A → B → A", "C → D → C"]),
        (("ab", "ba", "bc", "cb"), ("part_of",) * 4, ["A → B → A", "B → C → B"]),
        (("ab", "ac", "bd", "cd"), ("part_of",) * 4, []),
        (("ab", "ba"), ("became", "merged_into"), ["A → B → A"]),
        (("ac", "cb", "bc"), ("part_of",) * 3, ["B → C → B"]),
        (("da", "ac", "cb", "bc"), ("part_of",) * 4, ["B → C → B"]),
    ],
)
def test_each_circle_is_told_once(pairs, roles, chains):
    """A chain that comes back is told from its beginning; one that only meets again is none."""
    places = [body(name, "closed") for name in "abcd"]
    relations = [link(one, role, to) for (one, to), role in zip(pairs, roles, strict=True)]
    said = [text.partition(": ")[2] for text in messages("R13", *places, *relations)]
    assert sorted(said) == chains


def test_what_is_over_closes_no_circle():
    """Who was part of another, which is now part of it, is right."""
    over = link("a", "part_of", "b", until="2010")
    assert "R13" not in codes(body("a"), body("b"), over, link("b", "part_of", "a"))


def test_a_long_circle_is_cut():
    """A circle of a thousand records fits into a line."""
    places = [body(f"e{n:04}") for n in range(1_000)]
    relations = [link(f"e{n:04}", "part_of", f"e{(n + 1) % 1_000:04}") for n in range(1_000)]
    (told,) = messages("R13", *places, *relations)
    assert told.endswith("E0006 → E0007 → … → E0000")


@pytest.mark.parametrize(
    ("state", "values", "hit"),
    [
        ("active", {}, True),
        ("paused", {"since": "2026-11-23"}, True),
        ("active", {"since": "2027"}, False),
        ("closed", {}, False),
        ("proposed", {}, False),
    ],
)
def test_what_became_another_is_closed(state, values, hit):
    """A record that lives on after its succession is found, not one whose succession is to come."""
    relation = link("vecchio", "became", "nuovo", **values)
    told = found(group("vecchio", state), body("nuovo"), relation)
    assert (("R14", "vecchio", "state") in told) == hit


def test_a_succession_names_what_is_there_today():
    """Of a chain the last is named, once the way is longer than a step; a direct one is enough."""
    places = [body("a", "closed"), body("b", "closed"), body("c", "closed"), body("d")]
    chain = [link("a", "became", "b"), link("b", "merged_into", "c"), link("c", "became", "d")]
    said = messages("R15", *places, *chain)
    assert len(said) == 2
    assert all(text.endswith("oggi è «D»") for text in said)
    direct = [link("a", "became", "d"), link("b", "became", "d")]
    assert messages("R15", *places, *chain, *direct) == []
    assert messages("R15", *places, *chain[:1]) == []
    back = link("d", "became", "a")
    assert messages("R15", *places, *chain, back) == []


def test_relations_without_their_ends_end_no_check():
    """Records that are removed or never were, and values that other programs broke, are borne."""
    broken = [
        link("mai", role, "esistito", since="ieri", until=until)
        for role in ("coordinates", "hosts", "became", "part_of", "mai esistito")
        for until in (None, "", "\ud800", "9999-99-99")
    ]
    assert codes(*broken, group("gruppo", meets_at="mai")) <= {"R12"}


def test_many_records_are_looked_at_in_little_more_than_their_number():
    """Ten times the records take about ten times as long, a star and a long chain among them."""
    times = []
    for count in (2_000, 20_000):
        places = [body(f"e{n}") for n in range(count)]
        relations = [link(f"e{n}", "member_of", "e0") for n in range(1, count)]
        relations += [link(f"e{n}", "became", f"e{n + 1}") for n in range(count - 1)]
        relations += [link(f"e{n}", "part_of", f"e{n + 1}") for n in range(count - 1)]
        overview = overview_of([*places, *relations])
        started = time.perf_counter()
        told = [f for f in check_together(overview, CONTEXT) if f.code in {"R13", "R15"}]
        times.append(time.perf_counter() - started)
        assert len(told) >= count - 3
    assert times[1] < 40 * times[0]


def test_a_check_tells_them(bencomune, registry):
    """The findings reach the person who checks a real registry, and go when it is mended."""
    with registry.operation("prova"):
        for entity, id_ in ((Lab, "spazio"), (Organisation, "ente")):
            registry.add(entity, {"name": f"{id_} esempio", "state": "active"}, id_)
    registry.close()

    def told():
        return {
            (each["code"], each["record"])
            for each in json.loads(bencomune("check", "--json").stdout)
            if each["code"].startswith("R")
        }

    assert told() == {("R04", "spazio"), ("R07", "ente")}
    assert bencomune("link", "ente", "coordinates", "spazio").returncode == 0
    assert told() == set()
    bencomune("organisation", "edit", "ente", "--state", "closed", "--ended-on", "2020")
    assert {code for code, _ in told()} == {"R06"}
