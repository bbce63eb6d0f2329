"""What pages are made of: outlines with fewer corners, areas that a map draws, hours in words."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bencomune_cli import geo
from bencomune_cli.generalising import FINENESS, generalised
from bencomune_cli.hours import told
from bencomune_cli.sketches import named_areas, sketched

WAVY = [
    (9 + math.cos(turn / 500) / 10, 45 + math.sin(turn / 500) / 10 + turn % 2 / 1e6)
    for turn in range(3142)
]


def test_an_outline_loses_corners_and_keeps_its_shape():
    """Of thousands of corners some stay; the box is the same but for less than can be seen."""
    ring = [*WAVY, WAVY[0]]
    ((found,),) = generalised([[ring]])
    assert 20 < len(found) < 200
    assert found[0] == found[-1]
    for one, other in zip(geo.box_of([[found]]), geo.box_of([[ring]]), strict=True):
        assert one == pytest.approx(other, abs=0.2 / FINENESS + 1e-5)


def test_islands_too_small_to_be_seen_go_and_the_rest_stays():
    """A rock beside a town is left out, and a hole of that size; a town alone is never lost."""

    def square(west, south, side):
        return [
            *((west, south), (west + side, south), (west + side, south + side)),
            *((west, south + side), (west, south)),
        ]

    town, rock = square(9.0, 45.0, 0.1), square(9.2, 45.0, 0.000_01)
    hole = square(9.05, 45.05, 0.000_01)
    assert generalised([[town, hole], [rock]]) == [[town]]
    assert generalised([[rock]]) != []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(-179, 179), st.floats(-89, 89)), min_size=3, max_size=40))
def test_any_ring_gives_something_to_draw(corners):
    """Whatever the corners, rings come back closed, with four corners or more, in their box."""
    box = geo.box_of([[corners]])
    for polygon in generalised([[[*corners, corners[0]]]]):
        for ring in polygon:
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            for lon, lat in ring:
                assert box.west - 1e-5 <= lon <= box.east + 1e-5
                assert box.south - 1e-5 <= lat <= box.north + 1e-5


def area(id_, kind="neighbourhood", **told):
    """Return the public row of an area."""
    names = ("code", "part_of", "licence", "west", "south", "east", "north", "boundary")
    return {"id": id_, "name": id_, "area_kind": kind, **dict.fromkeys(names), **told}


def test_areas_that_records_name_are_drawn_with_what_they_lie_in():
    """A neighbourhood brings its municipality; what nobody names is left out; a fault the box."""
    box = {"west": 9.0, "south": 45.0, "east": 9.1, "north": 45.1}
    shape = {"type": "Polygon", "coordinates": [[[9, 45], [9.1, 45], [9.1, 45.1], [9, 45]]]}
    rows = [
        area("rione", part_of="000001", boundary=json.dumps(shape)),
        area("comune", "municipality", code="000001", boundary="{}", **box),
        area("altrove", "municipality", code="000002", **box),
        area("zona"),
        area("distretto", "district"),
    ]
    record = {"neighbourhood": "rione", "municipality": None, "area_served": "zona, distretto"}
    found = {each["id"]: each for each in sketched(rows, named_areas(record))}
    assert list(found) == ["rione", "comune", "zona", "distretto"]
    assert found["rione"]["outline"] == [[[(9, 45), (9.1, 45), (9.1, 45.1), (9, 45)]]]
    assert found["comune"]["box"] == [9.0, 45.0, 9.1, 45.1]
    assert not {"outline", "box"} & found["zona"].keys()


@pytest.mark.parametrize(
    ("hours", "it", "en"),
    [
        ("Mo-Fr 16:00-19:00", "lunedì–venerdì 16:00–19:00", "Monday–Friday 16:00–19:00"),
        (
            "Tu,Th 09:00-12:00,15:00-18:00; Sa,Su off",
            "martedì, giovedì 09:00–12:00, 15:00–18:00; sabato, domenica chiuso",
            "Tuesday, Thursday 09:00–12:00, 15:00–18:00; Saturday, Sunday closed",
        ),
        ("24/7", "sempre aperto", "always open"),
        ("PH off", "festivi chiuso", "public holidays closed"),
        ("10:00-12:00", "10:00–12:00", "10:00–12:00"),
    ],
)
def test_plain_hours_are_told_in_words(hours, it, en):
    """Days, times, holidays and closing are told in both languages."""
    assert told(hours) == (it, en)


@pytest.mark.parametrize(
    "hours",
    ["", "Mo[1] 10:00-12:00", "sunrise-sunset", "su appuntamento", "Mo-Fr 16:00+", "Mo 9-12"],
)
def test_other_hours_are_left_as_they_are(hours):
    """What is not plainly written is told by nobody in other words."""
    assert told(hours) is None
