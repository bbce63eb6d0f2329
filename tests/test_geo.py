"""Coordinates: read, measured, reprojected, inside or outside."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from bencomune_cli.errors import Unreadable
from bencomune_cli.geo import (
    Box,
    around,
    box_of,
    distance,
    inside,
    parse_boundary,
    parse_distance,
)
from bencomune_cli.reference_systems import system, to_degrees, to_wgs84

WGS84 = Geod(ellps="WGS84")


def square(west, south, east, north):
    """Return a closed ring."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@pytest.mark.parametrize(
    ("text", "metres"),
    [("500m", 500), ("500", 500), (" 2 KM ", 2000), ("1.5km", 1500), ("1,5 km", 1500), ("0", 0)],
)
def test_a_distance_is_in_metres(text, metres):
    """A distance is in metres, or in kilometres if it says so."""
    assert parse_distance(text) == metres


@pytest.mark.parametrize("text", ["", "m", "-5m", "5 miles", "1e3", "nan", "٥", "1_0", "5,m"])
def test_what_is_no_distance_is_refused(text):
    """Anything else is refused with an example."""
    with pytest.raises(Unreadable, match="500m"):
        parse_distance(text)


@pytest.mark.parametrize(
    ("points", "metres"),
    [
        ((0, 0, 1, 0), 111_319.490_793),  # a degree of the equator: a * pi / 180
        ((0, 0, 0, 90), 10_001_965.729_3),  # the quarter meridian of the ellipsoid
        ((9.1582, 45.1847, 9.1582, 45.1847), 0.0),
        ((9.15, 45.18, 9.16, 45.18), 785.99),  # N(lat) * cos(lat) * 0.01 degrees
    ],
)
def test_distances_are_those_of_the_ellipsoid(points, metres):
    """A distance is that of WGS 84, to a tenth of a metre."""
    assert distance(*points) == pytest.approx(metres, abs=0.1)


@given(
    lon=st.floats(-170, 170),
    lat=st.floats(-80, 80),
    metres=st.floats(0.1, 100_000),
    azimuth=st.floats(0, 360),
    part=st.floats(0.01, 1),
)
def test_the_box_around_a_point_misses_nothing(lon, lat, metres, azimuth, part):
    """Every point within the distance lies in the box, so that a search by box finds it."""
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, azimuth, metres * part)
    assert around(lon, lat, metres).holds(to_lon, to_lat)


@given(lon=st.floats(-179, 179), lat=st.floats(-80, 80), metres=st.floats(10, 10_000))
def test_the_box_around_a_point_is_not_much_too_big(lon, lat, metres):
    """The box narrows the search down: it ends within half as much again to the north."""
    box = around(lon, lat, metres)
    assert distance(lon, lat, lon, box.north) < metres * 1.5


HOLE = [square(9.0, 45.0, 9.3, 45.3), square(9.1, 45.1, 9.2, 45.2)]
ISLANDS = [HOLE, [square(10.0, 46.0, 10.1, 46.1)]]


@pytest.mark.parametrize(
    ("lon", "lat", "within"),
    [
        (9.05, 45.05, True),
        (9.15, 45.15, False),
        (9.15, 45.25, True),
        (10.05, 46.05, True),
        (9.5, 45.5, False),
        (8.9, 45.15, False),
        (9.15, 44.9, False),
        (10.05, 45.15, False),
    ],
)
def test_inside_knows_holes_and_islands(lon, lat, within):
    """A point in a hole is outside; one in any polygon of several is inside."""
    assert inside(lon, lat, ISLANDS) is within


@given(
    lon=st.floats(8.8, 9.5), lat=st.floats(44.8, 45.5), turn=st.booleans(), start=st.integers(0, 3)
)
def test_inside_does_not_depend_on_how_a_ring_is_written(lon, lat, turn, start):
    """The turn of a ring, its first point, and whether it is closed make no difference."""
    ring = HOLE[0][:-1]
    ring = ring[start:] + ring[:start]
    ring = ring[::-1] if turn else ring
    expected = inside(lon, lat, [[HOLE[0]]])
    assert inside(lon, lat, [[ring]]) == inside(lon, lat, [[[*ring, ring[0]]]]) == expected


@given(lon=st.floats(8.8, 9.5), lat=st.floats(44.8, 45.5))
def test_a_point_inside_is_in_the_box(lon, lat):
    """The box of a boundary holds every point that is inside it."""
    if inside(lon, lat, ISLANDS):
        assert box_of(ISLANDS).holds(lon, lat)


def test_inside_takes_heights_and_nothing():
    """A third number of a point is left alone; no polygons hold no point."""
    assert inside(0.5, 0.5, [[[[0, 0, 7], [1, 0, 7], [1, 1, 7], [0, 1, 7], [0, 0, 7]]]])
    assert not inside(0.5, 0.5, [])
    assert not inside(0.5, 0.5, [[]])


def test_boundaries_are_polygons_of_either_type():
    """A Polygon and a MultiPolygon are read to the same shape, with their box."""
    one = parse_boundary(json.dumps({"type": "Polygon", "coordinates": HOLE}))
    many = parse_boundary(json.dumps({"type": "MultiPolygon", "coordinates": ISLANDS}))
    assert one == [HOLE]
    assert many == ISLANDS
    assert box_of(one) == Box(9.0, 45.0, 9.3, 45.3)
    assert box_of(many) == Box(9.0, 45.0, 10.1, 46.1)


@pytest.mark.parametrize(
    ("crs", "easting", "off"),
    [
        ("EPSG:32632", 500_000, 0.000001),
        ("urn:ogc:def:crs:EPSG::32632", 500_000, 0.000001),
        ("EPSG:6707", 500_000, 0.00001),  # its own axes are northing, easting
        ("EPSG:3003", 1_500_000, 0.002),  # Monte Mario, about a hundred metres off
        ("urn:ogc:def:crs:EPSG::3003", 1_500_000, 0.002),
    ],
)
def test_italian_systems_are_brought_to_degrees(crs, easting, off):
    """Easting comes first, as GeoJSON writes it, whatever order the system's own axes have."""
    polygon = {"type": "Polygon", "coordinates": [[[easting, 5_000_000]] * 4]}
    brought = to_wgs84(polygon, crs)
    assert brought["type"] == "Polygon"
    for lon, lat in brought["coordinates"][0]:
        assert lon == pytest.approx(9.0, abs=off)
        assert lat == pytest.approx(45.153_477, abs=off)


def test_every_point_of_a_multipolygon_is_brought():
    """Rings, holes and islands keep their places."""
    shape = {"type": "MultiPolygon", "coordinates": [[[[500_000, 0], [600_000, 0, 12]]], [[]]]}
    brought = to_wgs84(shape, "EPSG:32632")["coordinates"]
    assert [[len(ring) for ring in polygon] for polygon in brought] == [[2], [0]]
    assert brought[0][0][0] == pytest.approx([9.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:999999", "qualcosa", "", "EPSG:", "a\0b", "x" * 5000])
def test_an_unknown_system_is_refused_with_words(crs):
    """A system that PROJ does not know is named in the refusal."""
    with pytest.raises(Unreadable, match=r"sistema di riferimento|reference system"):
        to_wgs84({"type": "Polygon", "coordinates": []}, crs)


@pytest.mark.parametrize("crs", ["EPSG:5703", "EPSG:4978", "IAU_2015:49900"])
def test_a_system_of_no_place_on_a_map_is_refused(crs):
    """Heights, coordinates from the centre of the Earth, and Mars are refused, not guessed at."""
    with pytest.raises(Unreadable):
        to_wgs84({"type": "Polygon", "coordinates": [[[500_000.0, 5_000_000.0]]]}, crs)


@pytest.mark.parametrize("code", [32632, 32633, 3003, 3004, 6707, 6708, 7791, 7792, 23032, 23033])
def test_projected_points_are_brought_as_proj_itself_does(code):
    """Easting first gives the degrees that PROJ gives for the axes of the system's own order."""
    native = CRS.from_epsg(code)
    there = Transformer.from_crs("EPSG:4326", native).transform(45.1847, 9.1545)
    north_first = native.axis_info[0].direction == "north"
    lon, lat = to_degrees(*(there[::-1] if north_first else there), f"EPSG:{code}")
    assert (lon, lat) == pytest.approx((9.1545, 45.1847), abs=1e-8)


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        *(("3003", "EPSG:3003"), (" epsg:3003 ", "EPSG:3003"), ("EPSG:3003", "EPSG:3003")),
        ("urn:ogc:def:crs:EPSG::3003", "EPSG:3003"),
        ("Monte Mario / Italy zone 1", "Monte Mario / Italy zone 1"),
        ("+init=epsg:3003", "+init=epsg:3003"),  # PROJ warns of it; a person has no use for that
    ],
)
def test_a_system_has_many_names(crs, code):
    """Digits, codes, URNs and names mean the same system, without a warning."""
    assert system(crs).code == code
    lon, lat = to_degrees(1_512_165.59, 5_003_499.61, crs)
    assert (lon, lat) == pytest.approx((9.1545, 45.1847), abs=1e-6)


@pytest.mark.parametrize("x", [1e30, float("inf"), float("nan")])
def test_what_a_system_cannot_hold_is_refused(x):
    """A point that PROJ answers with infinity is refused, in both languages."""
    with pytest.raises(Unreadable) as refusal:
        to_degrees(x, 5_000_000.0, "EPSG:32632")
    assert "EPSG:32632" in refusal.value.text.it
    assert "EPSG:32632" in refusal.value.text.en


def test_a_polygon_that_a_system_cannot_hold_is_refused():
    """No boundary with infinite corners comes out of a wrong system."""
    with pytest.raises(Unreadable):
        to_wgs84({"type": "Polygon", "coordinates": [[[1e30, 1e30]]]}, "EPSG:32632")


def test_the_network_is_not_asked(monkeypatch):
    """PROJ fetches nothing, whatever the environment says."""
    monkeypatch.setenv("PROJ_NETWORK", "ON")
    told = (
        "import pyproj.network as n; from bencomune_cli.reference_systems import to_degrees;"
        "n.set_network_enabled(True); to_degrees(5e5, 5e6, '3003'); print(n.is_network_enabled())"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
