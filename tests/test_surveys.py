"""What rules over many look at: read piece by piece from a registry, and sorted on disk."""

import random
import resource
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import spools, surveys, twins
from bencomune_cli.checking import check
from bencomune_cli.entities import PLACES, Group, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.evidence import DOUBTFUL
from bencomune_cli.overviews import Held, overview_of
from bencomune_cli.recurring import recurring
from bencomune_cli.rules import catalogue, check_together
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
        gone = registry.finder.place(ids[1])
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
    assert all(None in each for each in ends)


# On disk


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=2)), max_size=40), st.integers(1, 9))
def test_what_is_put_in_any_order_is_gone_through_sorted(things, run):
    """As often as is wanted; things of one place in the order stay in the one they came in."""
    held = Sorted(lambda each: each[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spools, "RUN", run)
        for thing in things:
            held.put(thing)
    for _ in range(2):
        assert list(held) == sorted(things, key=lambda each: each[0])


@given(st.lists(st.integers(0, 30)))
def test_what_recurs_is_yielded(things):
    """Each of those that come again, in their order; alone another only by one chance in many."""
    counts = Counter(things)
    assert list(recurring(lambda: things, lambda each: each)) == [
        each for each in things if counts[each] > 1
    ]


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
@pytest.mark.parametrize("lon", [-180.0, -9.1, 0.0, 9.1])
def test_those_near_are_compared_anywhere_on_earth(lat, lon):
    """Two of one name a few metres apart are one, on either side of a cell's border."""
    one, other = (row._replace(name="Casa del Sole", lat=lat, lon=lon) for row in _rows(2))
    step = 0.0002 if lat < 90 else -0.0002
    for near in (other._replace(lat=lat + step), other._replace(lon=lon + 0.0002)):
        assert len(list(twins.pairs(Held((one, near)), 0.5))) == 1


def test_a_pair_is_told_once_and_not_where_somebody_said_they_are_two():
    """By where one meets the other, or in words; with `all_`, in spite of words."""
    rows = [row._replace(phone="+390382000000", name="Casa del Sole") for row in _rows(2)]
    distinct = frozenset({("n0", "n1")})
    assert len(list(twins.pairs(Held(rows)))) == 1
    assert list(twins.pairs(Held(rows, distinct=distinct))) == []
    assert len(list(twins.pairs(Held(rows, distinct=distinct), DOUBTFUL, all_=True))) == 1
    meeting = [rows[0], rows[1]._replace(meets_at="n0")]
    assert list(twins.pairs(Held(meeting), DOUBTFUL, all_=True)) == []


def test_without_room_for_temporary_files_it_is_said():
    """A file of SQLite's that cannot grow: a sentence with what to do, not a traceback."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(Refused, match="TMPDIR"):
            list(twins.pairs(Held(_rows(20_000))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
