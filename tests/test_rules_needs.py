"""What a rule needs and sees is declared right: leaving it out of a check hides nothing."""

import pytest

from bencomune_cli.contexts import Context
from bencomune_cli.entities import ENTITIES, Area, Network
from bencomune_cli.free_texts import free_texts, suspects
from bencomune_cli.kinds.texts import Geometry, Line
from bencomune_cli.looking import Looking
from bencomune_cli.record_values import values_of, written
from bencomune_cli.rules import catalogue, check_record, needed_by, seen

TOWN = Area(
    id="comune-esempio",
    name="Comune Esempio",
    area_kind="municipality",
    code="000001",
    west=9.0,
    south=45.0,
    east=9.3,
    north=45.3,
    boundary='{"type":"Polygon","coordinates":[[[9,45],[9.3,45],[9.3,45.3],[9,45.3],[9,45]]]}',
)
NETWORK = Network(id="rete", name="Rete", municipalities=("000001",), verify_every=6)
CONTEXT = Context("2026-11-23", NETWORK, {TOWN.id: TOWN})
ALONE = [each for each in catalogue().values() if not each.together]


def _samples(entity):
    """Return the examples of all rules that fit an entity, and the most filled of them."""
    told = [
        {name: value for name, value in example.items() if entity.has(name)}
        for each in catalogue().values()
        for example in (*each.good, *each.bad)
    ]
    whole = {name: value for example in told for name, value in example.items()}
    return [entity(**{"id": "esempio", **example}) for example in (*told, whole) if example]


SAMPLES = {entity: _samples(entity) for entity in ENTITIES}


@pytest.mark.parametrize("told", [each for each in ALONE if each.needs], ids=lambda r: r.code)
def test_without_what_it_needs_a_rule_finds_nothing(told):
    """A rule finds nothing in any example of any rule whose columns of its needs are emptied."""
    fitting = [entity for entity in ENTITIES if issubclass(entity, told.scope)]
    assert any(needed_by(told, entity) for entity in fitting)
    for entity in fitting:
        emptied = {
            name: () if entity.column(name).many else None for name in needed_by(told, entity)
        }
        for record in SAMPLES[entity]:
            assert not list(told.findings(record.replaced(**emptied), CONTEXT))


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name_of_kind)
def test_a_check_finds_what_all_rules_find(entity):
    """Of each example, a record's check tells what each rule tells that looks at it alone."""
    for record in SAMPLES[entity]:
        each_alone = [
            finding
            for told in ALONE
            if issubclass(entity, told.scope)
            for finding in told.findings(record, CONTEXT)
        ]
        assert check_record(record, CONTEXT) == each_alone


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name_of_kind)
def test_many_are_looked_at_as_each_alone(entity, stored):
    """Of many examples at once, of few, of one, and again, is told what is told of each alone."""
    records = SAMPLES[entity]
    alone = [check_record(record, CONTEXT, stored=stored) for record in records]
    looking = Looking(CONTEXT, stored=stored)
    for size in (len(records), 2, 1, 1):
        for at in range(0, len(records), size):
            assert looking.at(records[at : at + size]) == alone[at : at + size]
    assert looking.at([]) == []


@pytest.mark.parametrize("told", [each for each in ALONE if each.sees], ids=lambda r: r.code)
def test_a_rule_looks_at_no_more_than_it_sees(told):
    """Whatever else stands in a record, a rule finds the same where what it sees is the same."""
    fitting = [entity for entity in ENTITIES if issubclass(entity, told.scope)]
    assert any(told.code in seen(entity) and seen(entity)[told.code] for entity in fitting)
    for entity in fitting:
        names, others = seen(entity)[told.code], [{}, vars(SAMPLES[entity][-1])]
        for record in SAMPLES[entity]:
            own = {name: getattr(record, name) for name in ("id", *names)}
            for other in others:
                like = entity(**{**other, **own})
                assert list(told.findings(like, CONTEXT)) == list(told.findings(record, CONTEXT))


def test_texts_in_one_are_those_of_the_record_that_is_asked_for():
    """Records that are asked for in turn do not get each other's texts."""
    lab, other = SAMPLES[ENTITIES[1]][0], SAMPLES[ENTITIES[1]][-1]
    for record in (lab, other, lab, other):
        values = [value for _, value in values_of(record, Line, but=Geometry)]
        assert written(record, Line, but=Geometry) == "\n".join(values)
        told = free_texts(record)
        assert list(suspects(record, [text for _, text in told])) == told
        assert not suspects(record, ["\0"])
