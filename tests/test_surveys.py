"""What rules over many look at: read piece by piece from a registry, and sorted on disk."""

import random
import resource
import tempfile
from collections import Counter
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import spools, surveys, twins
from bencomune_cli.checking import check
from bencomune_cli.doubles import Doubles
from bencomune_cli.entities import PLACES, Group, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.evidence import DOUBTFUL
from bencomune_cli.overviews import Held, overview_of
from bencomune_cli.recurring import recurring
from bencomune_cli.rules import catalogue
from bencomune_cli.rules.together import check_together
from bencomune_cli.spools import Sorted
from bencomune_cli.standings import STANDING, Standing
from bencomune_cli.surveys import Survey

STATES = ("active", "paused", "closed", "proposed")
ROLES = ("coordinates", "manages", "supports", "hosts", "partner_of", "part_of", "became")


@pytest.fixture
def crowded(registry):
    """Return a registry in which most rules over many find something."""
    draw = random.Random(11)  # noqa: S311 - made-up data
    with registry.operation("init"):
        ids = [registry.add(entity, texts).record.id for entity, texts in _places(draw)]
        for _ in range(300):
            one, other = draw.sample(ids, 2)
            told = {"subject": one, "object": other, "role": draw.choice(ROLES)}
            until = draw.choice([{}, {"until": "2020"}, {"since": "2021"}])
            if not any(registry.store.select(Relation, "subject = ? AND object = ?", (one, other))):
                registry.add(Relation, told | until)
        gone = registry.finder.place(next(registry.store.select(Relation)).object)
        registry.set_removed(gone, removed=True)
    return registry


def _places(draw):
    for number in range(240):
        entity = draw.choice(PLACES)
        told = {
            "name": f"{draw.choice(('Orto', 'Casa', 'Spazio'))} Esempio {draw.randrange(60)}",
            "state": draw.choice(STATES),
            "municipality": "000001",
            "phone": f"+3903820000{draw.randrange(10, 50)}",
            "postcode": "27100" if number else "27010",
            "lat": f"45.1{draw.randrange(20)}",
            "lon": "9.1",
            "precision": "address",
            **({"area_served": "comune-esempio"} if entity is Group else {}),
        }
        if number % 3:
            told["street"] = "via Esempio"
        if told["state"] == "closed":
            told["ended_on"] = "2020"
        yield entity, told


@pytest.mark.parametrize("page", [1, 7, 1_000])
def test_a_registry_is_seen_as_its_records_are(crowded, monkeypatch, page):
    """However many are read at once, nothing is left out, told twice or put in another order."""
    monkeypatch.setattr(surveys, "PAGE", page)
    seen = Survey(crowded)
    held = overview_of(
        record for entity in (*PLACES, Relation) for record in crowded.store.select(entity)
    )
    assert list(seen.places()) == list(held.places())
    assert list(seen.relations()) == list(held.relations())
    assert list(seen.ends()) == list(held.ends())
    tied = ([(place, [*relations]) for place, relations, _ in each.tied()] for each in (seen, held))
    assert next(tied) == next(tied)
    ids = [place.id for place in held.places()]
    assert [seen.get(id_) for id_ in ids] == list(held.places())
    assert seen.at([*ids, "niente"]) == {place.id: place for place in held.places()}
    assert seen.get("niente") is seen.get(None) is None


def test_rules_over_many_find_the_same_of_a_registry_and_of_its_records(crowded):
    """Also in stretches, by several rules at once, and what is remembered: each finding once."""
    seen = Survey(crowded)
    records = [each for entity in (*PLACES, Relation) for each in crowded.store.select(entity)]
    context = crowded.context()
    found = Counter(map(_told, check_together(seen, context)))
    assert found == Counter(map(_told, check_together(overview_of(records), context)))
    assert {code for code, *_ in found} >= {"R04", "R06", "R08", "A01", "P15", "P19"}
    for afresh in (True, False):
        checked = check(crowded, afresh=afresh).findings
        assert Counter(_told(f) for f in checked if catalogue()[f.code].together) == found


def _told(finding):
    return (finding.code, finding.entity, finding.record, finding.column, str(finding.message))


def test_a_record_that_was_removed_is_seen_no_more(crowded):
    """Neither by itself, nor at the end of a relation."""
    seen = Survey(crowded)
    (gone,) = [each for entity in PLACES for each in crowded.store.select(entity, "removed")]
    assert gone.id not in {place.id for place in seen.places()}
    assert seen.get(gone.id) is None
    ends = [each for each in seen.ends() if gone.id in each.relation]
    assert ends
    assert all(None in each for each in ends)


def test_what_vanishes_while_it_is_looked_at_is_left_out(crowded):
    """Another steward removes records between two looks: no fault, and the others are told."""
    seen, kept = Survey(crowded), None
    for gone in [each.id for each in seen.places()][::2]:
        kept = kept or list(check_together(seen, crowded.context()))
        seen.at = partial(_but, seen.at, gone)
        seen.get = partial(_one_but, seen.get, gone)
    found = list(check_together(seen, crowded.context()))
    assert 0 < len(found) < len(kept)


def _but(at, gone, ids):
    return {id_: place for id_, place in at(ids).items() if id_ != gone}


def _one_but(get, gone, id_):
    return None if id_ == gone else get(id_)


def test_what_a_newer_program_writes_loses_no_finding(crowded, other):
    """A change of a table that this program does not know: what was remembered is told, and all."""
    before = list(check(crowded).findings)
    other.execute(
        "INSERT INTO changes (operation, entity, record, after)"
        " SELECT max(seq), 'events', 'e1', '{}' FROM operations"
    )
    other.commit()
    assert list(check(crowded).findings) == list(check(crowded).findings) == before


def test_the_order_of_pairs_is_that_of_the_records():
    """Not that of the keys, which is another in each run."""
    rows = _rows(300)
    told = [
        row._replace(phone=f"+39038200{n // 3:04}", name=f"{row.name} {n // 3}")
        for n, row in enumerate(rows)
    ]
    found = [(pair.one.id, pair.other.id) for pair in twins.pairs(Held(told), 0.3)]
    places = {row.id: n for n, row in enumerate(rows)}
    assert len(found) == 300
    assert found == sorted(found, key=lambda pair: [places[id_] for id_ in pair])


# On disk


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=2)), max_size=40), st.integers(1, 9))
def test_what_is_put_in_any_order_is_gone_through_sorted(things, run):
    """As often as is wanted; things of one place in the order stay in the one they came in."""
    held = Sorted(lambda each: each[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spools, "RUN", run)
        patch.setattr(spools, "RUNS", 3)
        patch.setattr(spools, "BATCH", 2)
        for thing in things:
            held.put(thing)
    for _ in range(2):
        assert list(held) == sorted(things, key=lambda each: each[0])


@given(st.lists(st.integers(0, 30)), st.integers(0, 9))
def test_what_recurs_is_yielded(things, few):
    """Each of those that come again, in their order, also of more than are told exactly."""
    counts = Counter(things)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bencomune_cli.recurring.FEW", few)
        patch.setattr("bencomune_cli.recurring.SLOTS", 64)
        found = list(recurring(lambda: things, lambda each: each))
    assert found == [each for each in things if counts[each] > 1]


def test_of_many_some_may_be_told_with_those_that_recur():
    """In as few slots as there are things most count as one; none that recurs is left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bencomune_cli.recurring.FEW", 4)
        patch.setattr("bencomune_cli.recurring.SLOTS", 8)
        found = set(recurring(lambda: [*range(40), 7, 9], lambda each: each))
    assert {7, 9} < found


def test_findings_are_the_same_from_the_disk(crowded, monkeypatch):
    """More findings than are sorted in memory are told in the same order, however often."""
    few = list(check(crowded, afresh=True).findings)
    monkeypatch.setattr(spools, "RUN", 10)
    monkeypatch.setattr(spools, "BATCH", 3)
    checked = check(crowded, afresh=True)
    assert list(checked.findings) == list(checked.findings) == few
    assert bool(checked.findings)
    assert not check(crowded, codes=()).findings


# Pairs


def _rows(count, **told):
    empty = dict.fromkeys(STANDING)
    return [
        Standing("lab", *(empty | told | {"id": f"n{n}", "name": f"Nome {n}"}).values())
        for n in range(count)
    ]


@pytest.mark.parametrize("lat", [-90.0, -45.1, 0.0, 45.1, 90.0])
@pytest.mark.parametrize("lon", [-179.9, -9.1, 0.0, 9.1])
def test_those_near_are_compared_anywhere_on_earth(lat, lon):
    """Two that share nothing but letters of their names, on either side of a cell's border."""
    one, other = (row._replace(lat=lat, lon=lon) for row in _rows(2))
    one = one._replace(name="Laboratorio Primavera")
    other = other._replace(name="Laboratario Primaverra")
    step = 0.0004 if lat < 90 else -0.0004
    beside = 0.0007
    near = [
        other._replace(lat=lat + step),
        other._replace(lon=lon + beside),
        other._replace(lat=lat + step, lon=lon + beside / 3),
        other._replace(lat=lat + step, lon=lon - beside / 3),
    ]
    assert [len(list(twins.pairs(Held((one, each)), DOUBTFUL))) for each in near] == [1] * 4
    assert not list(twins.pairs(Held((one, other._replace(lat=None, lon=None))), DOUBTFUL))


@pytest.mark.parametrize("name", ["!!!", "★"])
def test_names_without_letters_are_names(name):
    """Two of one telephone are compared as any others, among all and as a new one."""
    one, other = (row._replace(name=name, phone="+390382000000") for row in _rows(2))
    assert len(list(twins.pairs(Held((one, other))))) == 1
    assert [each.id for each in Doubles(Held((one,))).of(other)] == ["n0"]


def test_a_new_group_is_no_double_of_the_lab_where_it_meets():
    """What one is to the other is told by the new one too."""
    lab, group = (row._replace(name="Casa del Sole", phone="+390382000000") for row in _rows(2))
    group = group._replace(name_of_kind="group")
    assert len(Doubles(Held((lab,))).of(group)) == 1
    assert Doubles(Held((lab,))).of(group._replace(meets_at="n0")) == []


def test_a_pair_is_told_once_and_not_where_somebody_said_they_are_two():
    """By where one meets the other, or in words; with `all_`, in spite of words."""
    rows = [row._replace(phone="+390382000000", name="Casa del Sole") for row in _rows(2)]
    distinct = frozenset({("n0", "n1")})
    assert len(list(twins.pairs(Held(rows)))) == 1
    assert list(twins.pairs(Held(rows, distinct=distinct))) == []
    assert len(list(twins.pairs(Held(rows, distinct=distinct), DOUBTFUL, all_=True))) == 1
    meeting = [rows[0], rows[1]._replace(meets_at="n0")]
    assert list(twins.pairs(Held(meeting), DOUBTFUL, all_=True)) == []


def test_findings_that_find_no_room_are_told_of(crowded, monkeypatch):
    """Neither a folder that is not there nor a file that cannot grow is a fault of the program."""
    monkeypatch.setattr(spools, "RUN", 10)
    monkeypatch.setattr(spools, "BATCH", 3)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", "/niente")
        with pytest.raises(Refused, match="TMPDIR"):
            check(crowded, afresh=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(Refused, match="TMPDIR"):
            check(crowded, afresh=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert check(crowded, afresh=True).findings


def test_without_room_for_temporary_files_it_is_said():
    """A file of SQLite's that cannot grow: a sentence with what to do, not a traceback."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(Refused, match="TMPDIR"):
            list(twins.pairs(Held(_rows(20_000))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
