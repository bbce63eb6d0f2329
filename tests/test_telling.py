"""Records told to a person: dates, relations, where they lie, what they resemble."""

import pytest

from bencomune_cli.entities import Area, Contact, Lab, Organisation, Relation
from bencomune_cli.kinds.times import date_told
from bencomune_cli.surveys import alike
from bencomune_cli.telling import age, sections_of
from bencomune_cli.whereabouts import far, whereabouts
from days import day


def lines(registry, place):
    """Return all lines of a card as text, in Italian."""
    return "\n".join(
        " ".join(getattr(each, "it", str(each)) for each in line)
        for section in sections_of(registry, place)
        for line in section.lines
    )


@pytest.mark.parametrize(
    ("iso", "it", "en"),
    [
        ("2019-09-28", "28 settembre 2019", "28 September 2019"),
        ("2019-09-01", "1º settembre 2019", "1 September 2019"),
        ("2019-09", "settembre 2019", "September 2019"),
        ("2019", "2019", "2019"),
        ("2019-13", "2019-13", "2019-13"),
        ("boh", "boh", "boh"),
    ],
)
def test_a_date_is_told_as_people_say_it(iso, it, en):
    """A date, of which only a part may be known, is told in words; what is none, as it is."""
    assert tuple(date_told(iso)) == (it, en)


@pytest.mark.parametrize(
    ("days", "it"),
    [
        (0, "oggi"),
        (1, "ieri"),
        (12, "12 giorni fa"),
        (31, "un mese fa"),
        (70, "2 mesi fa"),
        (366, "un anno fa"),
        (1100, "3 anni fa"),
        (-2, "nel futuro"),
    ],
)
def test_an_age_is_told_roughly(days, it):
    """How long ago is told in the largest unit that fits."""
    assert age(day(-days)).it == it


def test_the_card_tells_all_that_is_known(registry):
    """Labels, dates, relations from both sides, contacts with basis, findings and history."""
    with registry.operation("lab add"):
        lab = registry.add(
            Lab,
            {"name": "Spazio Esempio", "state": "active", "started_on": "2019", "notes": "interne"},
        ).record
        body = registry.add(Organisation, {"name": "Ente Esempio", "state": "active"}).record
        ends = {"subject": body.id, "role": "coordinates", "object": lab.id, "since": "2024"}
        registry.add(Relation, ends)
        registry.add(Contact, {"record": lab.id, "role": "coordinator", "email": "a@example.org"})
    of_lab, of_body = lines(registry, lab), lines(registry, body)
    assert "coordinato da Ente Esempio (ente-esempio), dal 2024" in of_lab
    assert "coordina Spazio Esempio (spazio-esempio), dal 2024" in of_body
    assert "Note interne interne interno" in of_lab
    assert "a@example.org" in of_lab
    assert "non ha una base giuridica" in of_lab
    assert "avviso L01" in of_lab
    assert "lab add, prova" in of_lab


@pytest.mark.parametrize(
    ("metres", "it", "en"), [(849, "850 m", "850 m"), (1234, "1,2 km", "1.2 km")]
)
def test_a_distance_is_told(metres, it, en):
    """Metres below a kilometre, then kilometres with the comma of the language."""
    assert tuple(far(metres)) == (it, en)


@pytest.mark.parametrize(
    ("lat", "lon", "it"),
    [
        ("45.15", "9.15", "nel centro di Comune Esempio"),
        ("45.25", "9.15", "a 11,1 km a nord del centro di Comune Esempio"),
        ("45.15", "9.05", "a 7,9 km a ovest del centro di Comune Esempio"),
        ("46.15", "9.15", "a 111,1 km a nord del centro di Comune Esempio, fuori dal suo confine"),
    ],
)
def test_where_a_record_lies(registry, lat, lon, it):
    """Distance and direction are from the centre of the municipality that it names."""
    texts = {"name": "Spazio", "municipality": "000001", "lat": lat, "lon": lon}
    place, _ = registry.judged(Lab, texts)
    assert whereabouts(registry, place).it == it


def test_the_neighbourhood_is_told(registry):
    """A point inside a neighbourhood with a boundary is told to be inside it."""
    ring = "[[9.1,45.1],[9.2,45.1],[9.2,45.2],[9.1,45.2],[9.1,45.1]]"
    boundary = f'{{"type":"Polygon","coordinates":[{ring}]}}'
    box = {"west": "9.1", "south": "45.1", "east": "9.2", "north": "45.2"}
    with registry.operation("area"):
        part = {"name": "Rione Esempio", "area_kind": "neighbourhood", "boundary": boundary}
        registry.add(Area, part | box)
    place, _ = registry.judged(Lab, {"name": "Spazio", "lat": "45.15", "lon": "9.15"})
    assert whereabouts(registry, place).en.endswith("; inside Rione Esempio")
    unknown, _ = registry.judged(Lab, {"name": "Spazio"})
    assert whereabouts(registry, unknown) is None


def test_what_may_be_the_same_is_found_with_the_reason(registry):
    """A name alike, the same telephone, a point nearby: each is told, most likely first."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Q Pavia"}, "nome")
        registry.add(Lab, {"name": "Altro", "phone": "0382 399111"}, "telefono")
        registry.add(Lab, {"name": "Vicino", "lat": "45.1501", "lon": "9.15"}, "vicino")
        registry.add(Organisation, {"name": "Ente Esempio"}, "ente")
    texts = {"name": "Spazio Q - Pavia", "phone": "0382 399111", "lat": "45.15", "lon": "9.15"}
    place, _ = registry.judged(Lab, texts)
    found = {each.id: each for each in alike(registry, place)}
    assert list(found) == ["nome", "telefono", "vicino"]
    assert found["nome"].reason.it == "stesso nome"
    assert found["telefono"].reason.it == "stesso telefono"
    assert found["vicino"].reason.it == "a 11 m"
