"""Coordinates as people have them: every spelling, links to maps, projected numbers, mends."""

import json
import math
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from bencomune_cli.errors import Unreadable
from bencomune_cli.geo import Box
from bencomune_cli.points import read_point
from effort import within

NETWORK = Box(9.0, 45.0, 9.3, 45.3)
GOOGLE, OSM = "https://www.google.com/maps", "https://www.openstreetmap.org"
APPLE = "https://maps.apple.com"
CAMERA = "@45.1,9.1,17z"
# The same point of Pavia in each system, from a table of PROJ's own made outside these tests.
PROJECTED = {
    "EPSG:32632": ("512137.78", "5003480.17"),
    "EPSG:3003": ("1512165.59", "5003499.61"),
    "EPSG:23032": ("512220.51", "5003677.73"),
}
PAVIA = (45.1847, 9.1545)


def dms(degrees, minutes=0.0, seconds=0.0):
    """Return decimal degrees."""
    return degrees + minutes / 60 + seconds / 3600


def told(point):
    """Return latitude and longitude."""
    return point.lat, point.lon


def sentences(text):
    """Return what a refusal says, in both languages, each made sure of."""
    with pytest.raises(Unreadable) as refusal:
        read_point(text, None, NETWORK.holds)
    assert all(refusal.value.text)
    return refusal.value.text


HERE = (45.1847, 9.1582)
EXACT = (dms(45, 11, 5), dms(9, 9, 29))
TENTHS = (dms(45, 11, 5.2), dms(9, 9, 29.1))
MINUTES = (dms(45, 11.083), dms(9, 9.483))

SPELLINGS = {
    HERE: [
        *("45.1847, 9.1582", "45.1847,9.1582", "45.1847 9.1582", " 45.1847\t9.1582\n"),
        *("45,1847 9,1582", "45,1847, 9,1582", "45,1847; 9,1582", "45,1847,9,1582"),
        *("45,1847 , 9,1582", "45.1847; 9.1582", "45.1847/9.1582", "45.1847 - 9.1582"),
        *("45,1847 – 9,1582", "(45.1847, 9.1582)", "[45.1847, 9.1582].", "+45.1847, +9.1582"),
        *("45.1847N 9.1582E", "N45.1847 E9.1582", "45.1847 N, 9.1582 E", "N 45,1847, E 9,1582"),
        *("45.1847° N, 9.1582° E", "45.1847°, 9.1582°", "45,1847º 9,1582º", "E9.1582,N45.1847"),
        *("9.1582 E 45.1847 N", "9,1582° Est, 45,1847° Nord", "45.1847 nord 9.1582 est"),
        *("Lat: 45,1847 Lon: 9,1582", "Lat. 45.1847 N Long. 9.1582 E", "lat=45.1847&lon=9.1582"),
        *("lon 9.1582 lat 45.1847", "Latitudine 45,1847 Longitudine 9,1582", "y=45.1847 x=9.1582"),
        *("45.1847 (lat), 9.1582 (lon)", "WGS84: 45.1847, 9.1582", "EPSG:4326 45.1847 9.1582"),
        *("\u202a45.1847,\u00a09.1582\u202c", "\ufeff45.1847, 9.1582", "45.1847deg 9.1582deg"),
        *("geo:45.1847,9.1582", "geo:45.1847,9.1582;u=35", "GEO:45.1847,9.1582,80;crs=wgs84"),
        *("geo:0,0?q=45.1847,9.1582(Spazio+Esempio)", "geo:45.1,9.1?z=9&q=45.1847%2C9.1582"),
        *(
            "POINT (9.1582 45.1847)",
            "point z(9.1582 45.1847 80)",
            "SRID=4326;POINT(9.1582 45.1847)",
        ),
        '{"type":"Point","coordinates":[9.1582,45.1847]}',
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[9.1582,45.1847,80]}}',
        *('{"lat": 45.1847, "lng": 9.1582}', '{"Longitude": "9.1582", "Latitude": "45.1847"}'),
        f"{GOOGLE}/@45.1847,9.1582,17z",
        f"{GOOGLE}/@45.1847,9.1582,3a,75y,90h,90t/data=!3m6!1e1!3m4",
        f"{GOOGLE}/place/Spazio+12/{CAMERA}/data=!4m6!3m5!1s0x1:0x2!8m2!3d45.1847!4d9.1582!16s",
        f"{GOOGLE}/place/A/data=!8m2!3d45.2!4d9.2!5m2!8m2!3d45.1847!4d9.1582",
        f"{GOOGLE}/place/45.1847,9.1582/{CAMERA}",
        f"{GOOGLE}/place/45.1847,+9.1582",
        f"{GOOGLE}/search/45.1847%2C+9.1582?entry=tts",
        f"{GOOGLE}/search/?api=1&query=45.1847%2C9.1582",
        f"{GOOGLE}/dir/?api=1&origin=45.1,9.1&destination=45.1847,9.1582",
        f"{GOOGLE}/dir/45.1,9.1/45.1847,9.1582/{CAMERA}",
        f"{GOOGLE}/dir/A/B/{CAMERA}/data=!4m9!1m1!2m2!1d9.1!2d45.1!1m1!2m2!1d9.1582!2d45.1847",
        f"{GOOGLE}/embed?pb=!1m18!1m12!1m3!1d2813.9!2d9.1582!3d45.1847!2m3!1f0",
        f"{GOOGLE}?q=45.1847,9.1582&ll=45.1,9.1",
        *("https://maps.google.it/?q=loc:45.1847+9.1582", "maps.google.com/maps?ll=45.1847,9.1582"),
        f"Spazio Esempio ({GOOGLE}/@45.1847,9.1582,17z).",
        *(f"{OSM}/#map=17/45.1847/9.1582", f"{OSM}/node/1#map=19/45.1847/9.1582&layers=N"),
        f"{OSM}/?mlat=45.1847&mlon=9.1582#map=17/45.1/9.1",
        f"{OSM}/export/embed.html?bbox=9,45,9.3,45.3&marker=45.1847%2C9.1582",
        "https://umap.openstreetmap.fr/it/map/esempio_1#17/45.1847/9.1582",
        *(f"{APPLE}/?ll=45.1847,9.1582&q=Esempio", f"{APPLE}/?q=45.1847,9.1582&sll=45.1,9.1"),
        *(f"{APPLE}/place?coordinate=45.1847,9.1582&name=A", f"{APPLE}/?sll=45.1847,9.1582&q=A"),
    ],
    EXACT: [
        *("45°11'05\"N 9°09'29\"E", "45 11 05 N, 9 9 29 E", "45° 11′ 5″ N, 9° 9′ 29″ E"),
        *(
            "45°11'05''N 9°09'29''E",
            "45d11m05s 9d09m29s",
            "45d11m05sN 9d09m29sE",
            "45:11:05 9:09:29",
        ),
        *("N 45°11'05\" E 9°09'29\"", "9°09'29\" E 45°11'05\" N", "45°11'05\",9°09'29\""),
        *("45°11’05”N, 9°09’29”E", "45 11 05, 9 09 29", "45:11:05N, 9:09:29E", "N45 11 05 E9 9 29"),
        f"{GOOGLE}/place/45%C2%B011'05.0%22N+9%C2%B009'29.0%22E/{CAMERA}",
    ],
    TENTHS: [
        *("45° 11′ 5.2″ 9° 9′ 29.1″", "45°11'5,2\"N 9°9'29,1\"E", "45:11:05.2, 9:09:29.1"),
        *("E 9 9 29,1; N 45 11 5,2", "45 11 5,2 N 9 9 29,1 E", "45:11:05,2 N 9:09:29,1 E"),
    ],
    MINUTES: [
        *("45°11.083'N 9°9.483'E", "N 45 11.083 E 9 9.483", "45° 11,083' 9° 9,483'"),
        *("45 11.083, 9 9.483", "45:11.083, 9:9.483", "45d11.083m 9d9.483m"),
    ],
    (-33.9, 18.4): ["-33.9,+18.4", "33.9 S 18.4 E", "18.4E 33.9S", "33°54'S 18°24'E"],
    (33.9, -18.4): ["33.9 -18.4", "33,9 N 18,4 O", "33.9N 18.4W", "18.4 ovest, 33.9 nord"],
    (-dms(33, 54, 1), -dms(18, 24)): ["-33°54'01\" -18°24'", "33 54 01 S 18 24 W"],
    (45.0, 9.0): ["45, 9", "45 9", "45° 9°"],
    (90.0, -180.0): ["90,-180"],
}
TABLE = [(text, point) for point, texts in SPELLINGS.items() for text in texts]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_degrees_are_read_in_every_spelling(text, expected):
    """A point in degrees, in a link or in a shape is read however it is written."""
    point = read_point(text)
    assert told(point) == pytest.approx(expected, abs=0.000_000_6)
    assert point.system == "EPSG:4326"
    assert point.mends == ()
    assert all(point.understood)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        *((f"{e} {n}", code) for code, (e, n) in PROJECTED.items() if code != "EPSG:23032"),
        *((f"{n}, {e}", code) for code, (e, n) in PROJECTED.items() if code != "EPSG:23032"),
        *((f"{code} {e} {n}", code) for code, (e, n) in PROJECTED.items()),
        *((f"{e} {n} {code}", code) for code, (e, n) in PROJECTED.items()),
        *((f"SRID={code[5:]};POINT({e} {n})", code) for code, (e, n) in PROJECTED.items()),
        ("512137.78,5003480.17", "EPSG:32632"),
        ("512137,78 5003480,17", "EPSG:32632"),
        ("512137,78, 5003480,17", "EPSG:32632"),
        ("512.137,78 5.003.480,17", "EPSG:32632"),
        ("512,137.78 5,003,480.17", "EPSG:32632"),
        ("1.512.165,59 5.003.499,61", "EPSG:3003"),
        ("E 512137.78 N 5003480.17", "EPSG:32632"),
        ("N 5003480.17 E 512137.78", "EPSG:32632"),
        ("512137.78E 5003480.17N", "EPSG:32632"),
        ("X: 512137.78 Y: 5003480.17", "EPSG:32632"),
        ("X=5003480.17; Y=512137.78", "EPSG:32632"),
        ("512137.78 m E, 5003480.17 m N", "EPSG:32632"),
        ("512137.78mE 5003480.17mN", "EPSG:32632"),
        ("32 T 512137.78 m E 5003480.17 m N", "EPSG:32632"),
        ("UTM 32N 512137.78 5003480.17", "EPSG:32632"),
        ("WGS 84 / UTM zone 32N: 512137.78 5003480.17", "EPSG:32632"),
        ("EPSG:6707 5003480.17 512137.78", "EPSG:6707"),
        ("EPSG:6707 512137.78 5003480.17", "EPSG:6707"),
        ("EPSG:7791 512137.78 5003480.17", "EPSG:7791"),
        ("urn:ogc:def:crs:EPSG::7791 512137.78 5003480.17", "EPSG:7791"),
        ("ED50 / UTM zone 32N 512220.51 5003677.73", "EPSG:23032"),
        ("Gauss-Boaga fuso Ovest 1512165.59 5003499.61", "EPSG:3003"),
        ("UTM32-ED50 512220.51 5003677.73", "EPSG:23032"),
        ("UTM32-WGS84: 512137.78 5003480.17", "EPSG:32632"),
        ("Gauss-Boaga X 1.512.165,59 Y 5.003.499,61", "EPSG:3003"),
        ("gauss boaga: 1512165.59 5003499.61", "EPSG:3003"),
        ('{"type":"Point","coordinates":[512137.78,5003480.17]}', "EPSG:32632"),
    ],
)
def test_metres_are_read_by_their_size_or_by_the_name_of_their_system(text, system):
    """Eastings and northings are read in either order, in the system that they can be in."""
    point = read_point(text, None, NETWORK.holds)
    assert told(point) == pytest.approx(PAVIA, abs=0.000_002)
    assert point.system == system
    assert system in point.understood.it


def north_first(code):
    """Tell whether the system's own axes are northing, easting."""
    return CRS.from_epsg(code).axis_info[0].direction == "north"


def written_in(code, lat, lon):
    """Return easting and northing of a point, through the axes of the system's own order."""
    first, second = Transformer.from_crs("EPSG:4326", f"EPSG:{code}").transform(lat, lon)
    return (second, first) if north_first(code) else (first, second)


def read_by_proj(code, east, north):
    """Return latitude and longitude, through the axes of the systems' own order."""
    native = (north, east) if north_first(code) else (east, north)
    return Transformer.from_crs(f"EPSG:{code}", "EPSG:4326").transform(*native)


CODES = [32632, 32633, 3003, 3004, 6707, 6708, 7791, 7792, 23032, 23033]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("code", CODES)
def test_a_named_system_reads_its_own_numbers(code, swapped):
    """`crs` names the system, by code or by digits alone, whatever the order of the numbers."""
    east, north = written_in(code, 43.77, 11.25)
    numbers = (north, east) if swapped else (east, north)
    for crs in (f"EPSG:{code}", str(code)):
        point = read_point("{:.3f} {:.3f}".format(*numbers), crs)
        assert told(point) == pytest.approx((43.77, 11.25), abs=0.000_001)
        assert point.system == f"EPSG:{code}"


@pytest.mark.parametrize("code", [4265, 4230, 6706, 4806, 4258])
def test_degrees_on_another_datum_are_converted(code):
    """Degrees that are not on WGS 84 are brought there."""
    native = Transformer.from_crs("EPSG:4326", f"EPSG:{code}").transform(*HERE)
    point = read_point("{:.8f}, {:.8f}".format(*native), f"EPSG:{code}")
    assert told(point) == pytest.approx(HERE, abs=0.000_001)
    assert point.system == f"EPSG:{code}"


def test_what_crs_names_wins_over_the_text():
    """The system given beside the text is the one that counts, save for links."""
    east, north = PROJECTED["EPSG:23032"]
    assert read_point(f"EPSG:32632 {east} {north}", "EPSG:23032").system == "EPSG:23032"
    assert told(read_point(f"{OSM}/#map=17/45.1847/9.1582", "EPSG:3003")) == HERE


@pytest.mark.parametrize(
    ("place", "lat", "lon", "code"),
    [
        ("Torino", 45.07, 7.68, 32632),
        ("Pavia", 45.1847, 9.1582, 32632),
        ("Roma", 41.9, 12.48, 32633),
        ("Bari", 41.12, 16.87, 32633),
        ("Palermo", 38.12, 13.36, 32633),
        ("Cagliari", 39.22, 9.11, 32632),
        ("Udine", 46.06, 13.24, 32633),
    ],
)
def test_the_zone_of_utm_is_the_one_that_lies_in_italy(place, lat, lon, code):
    """Without a network the zone is that in which the point is in Italy."""
    point = read_point("{:.2f} {:.2f}".format(*written_in(code, lat, lon)))
    assert told(point) == pytest.approx((lat, lon), abs=0.000_001), place
    assert f"EPSG:230{code % 100}" in point.understood.it
    assert f"EPSG:230{code % 100}" in point.understood.en


def test_the_zone_of_utm_is_asked_for_or_told_by_the_network():
    """Where both zones are Italy the network decides; without one the system must be named."""
    naples, sassari = (40.69, 14.77), (40.69, 8.77)
    text = "{:.2f} {:.2f}".format(*written_in(32633, *naples))
    assert "--crs" in sentences(text).it
    assert "--crs" in sentences(text).en
    for (lat, lon), code in ((naples, "EPSG:32633"), (sassari, "EPSG:32632")):
        box = Box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)
        point = read_point(text, None, box.holds)
        assert told(point) == pytest.approx((lat, lon), abs=0.000_2)
        assert point.system == code
        assert point.mends == ()


@pytest.mark.parametrize(
    ("text", "crs", "mended", "why"),
    [
        ("9.1582, 45.1847", None, HERE, "scambiando"),
        (f"{GOOGLE}?q=9.1582,45.1847", None, HERE, "scambiando"),
        ("POINT (45.1847 9.1582)", None, HERE, "scambiando"),
        ("45.1847, -9.1582", None, HERE, "segno alla longitudine"),
        ("-45.1847, 9.1582", None, HERE, "segno alla latitudine"),
        ("45.1847 S 9.1582 O", None, HERE, "entrambe"),
        ("45.1847, 9.1582", "4806", HERE, "WGS 84"),
        ("512137.78 5003480.17", "EPSG:32633", PAVIA, "UTM, fuso 32"),
        ("512137.78 5003480.17", "EPSG:3003", PAVIA, "UTM, fuso 32"),
        ("1512165.59 5003499.61", "EPSG:3004", PAVIA, "Gauss-Boaga, fuso Ovest"),
        ("1512165.59 5003499.61", "EPSG:32632", PAVIA, "Gauss-Boaga, fuso Ovest"),
    ],
)
def test_a_point_outside_the_network_is_mended(text, crs, mended, why):
    """What was written is kept; the readings inside the network are offered, with their reason."""
    point = read_point(text, crs, NETWORK.holds)
    assert not NETWORK.holds(point.lon, point.lat)
    assert [told(mend) for mend in point.mends] == [pytest.approx(mended, abs=0.000_002)]
    assert why in point.mends[0].why.it
    assert all(point.mends[0].why)
    assert read_point(text, crs).mends == ()


def test_ed50_is_offered_only_where_no_other_system_will_do():
    """A point that is inside the network in ED50 alone is offered so; it is not guessed."""
    east, north = PROJECTED["EPSG:23032"]
    lat, lon = PAVIA
    near = Box(lon - 0.000_5, lat - 0.000_5, lon + 0.000_5, lat + 0.000_5)
    point = read_point(f"{east} {north}", None, near.holds)
    assert point.system == "EPSG:32632"
    assert [mend.system for mend in point.mends] == ["EPSG:23032"]
    assert told(point.mends[0]) == pytest.approx(PAVIA, abs=0.000_002)


def test_what_cannot_be_mended_is_left_alone():
    """No reading is made up, neither for a slipped decimal point nor for a far place."""
    for text in ("4.51847, 9.1582", "51.5, -0.12", "EPSG:32632 512137 4003480"):
        assert read_point(text, None, NETWORK.holds).mends == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "45.18", "45.18,", ",45.18", "91,9", "45,181", "45 9 100", "45.18,9.15,100"),
        *(
            "a,b",
            "nan,nan",
            "inf,0",
            "1_0,9",
            "٤٥,٩",
            "４５,９",
            "1.2.3,9",
            ".,.",
            "1e1,9",
            "0x1 2",
        ),
        *("45.1847-9.1582", "45.1847, - 9.1582", "- 45.1847 9.1582", "--45 9", "45.1847 E 9.1582"),
        *("45N 46N", "45 N", "45°", "45°60' 9°", "45°11'61\" 9°", "45.5°11' 9°", "45'11° 9"),
        *(
            "-45 S 9 E",
            "45°11 9'",
            "45 11 05 9 09 29",
            "45 18 9 15",
            "1 2 3 4, 5",
            "via Roma 12, 9",
        ),
        *("45.1847\x1b[31m 9.1582", "45\x00 9", "45 \ud800 9", "45 \x07 9", "512137.78 9"),
        *("9" * 400 + " 9", "0 " * 900, '{"type":"Point"}', '{"type":"Point","coordinates":[1]}'),
        *('{"type":"Point","coordinates":[NaN,45]}', '{"type":"Point","coordinates":[true,45]}'),
        *('{"type":"LineString","coordinates":[[9,45],[9,46]]}', "{", "[]", '{"lat":45}', "{}"),
        *(
            '{"lat":1,"lng":1' + "0" * 500 + "}",
            "[" * 1999,
            '{"a":' * 390,
            "POINT (9 a)",
            "POINT (9)",
        ),
        *("45°° 9°", "45°11'' 9°", "45.1847 N-9.1582 E", "45.1847 N -9.1582 E"),
        *("UTM 45.18, 9.15", "Gauss-Boaga 45.18 9.15", "ED50 45.18 9.15", "Roma40 45.18 9.15"),
        *("Gauss-Boaga 512137 5003480", "ED50 512137 5003480", "UTM 31 512137 5003480"),
        *("EPSG:3003 45.18, 9.15", "EPSG:3003 45°11'05\"N 9°09'29\"E", "Km 45.18 e 9.15", "²,³"),
        *("512137 5003480 S 3", "512137 W 5003480 N", "1900000000 5003480", "POINT EMPTY"),
        *("x" * 10_000, "1," * 5_000, " " * 10_000, "45°" * 3_000, GOOGLE + "/" * 10_000),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_what_is_no_point_is_refused_with_three_examples(text):
    """Anything else is refused with examples of degrees, of minutes and of a link."""
    for sentence in sentences(text):
        for example in ("45.1847, 9.1582", "45°11'05\"N 9°09'29\"E", "Google Maps"):
            assert example in sentence
        assert len(sentence) < 600
        assert sentence.isprintable()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://maps.app.goo.gl/abc123", "long address"),
        ("Spazio Esempio https://maps.app.goo.gl/abc123?g_st=ic", "long address"),
        *(("goo.gl/maps/abc", "long address"), ("https://osm.org/go/0CxO?m=", "long address")),
        ("https://maps.apple/p/abc", "long address"),
        *((f"{OSM}/node/1", "right button"), (f"{OSM}/way/45", "right button")),
        (f"{GOOGLE}/place/Via+Roma+12,+27100+Esempio/data=!4m2!3m1!1s0x1:0x2", "right button"),
        *(("https://www.google.com/maps?cid=45", "right button"), ("geo:0,0?q=Esempio", "right b")),
        *(("https://[::1/45,9", "right button"), (f"{GOOGLE}/@91,9,17z", "right button")),
        *(("geo:", "right button"), ("geo:45,9;crs=epsg:3003", "WGS 84")),
        *((f"{GOOGLE}?q=" + "1" * 1_000, "right button"), (f"{GOOGLE}?" + "q=&" * 500, "right")),
    ],
)
def test_a_link_without_coordinates_says_what_to_do(text, said):
    """A link that does not tell the point is not followed; a sentence says how to get it."""
    sentence = sentences(text)
    assert said in sentence.en
    assert "EPSG" not in sentence.it


def test_zero_has_no_sign():
    """What rounds to nothing is written 0, not -0."""
    assert str(read_point("-0.0000001, -0.0000001").lat) == "0.0"


def test_what_was_written_is_kept():
    """The text goes to the registry on one line, without what nobody sees in it."""
    assert read_point("  \u202a45,1847\t9,1582\u202c\n").given == "45,1847 9,1582"


@pytest.mark.parametrize(
    ("text", "italian", "english"),
    [
        ("45,1847 9,1582", "gradi decimali: 45.1847 N, 9.1582 E", None),
        ("33.9 S 18.4 W", "gradi decimali: 33.9 S, 18.4 O", "decimal degrees: 33.9 S, 18.4 W"),
        ("45 11 0 N 9 9 0 E", "gradi, minuti e secondi: 45.183333 N, 9.15 E", None),
        (f"{GOOGLE}/{CAMERA}", "Google Maps, il centro della mappa: 45.1 N, 9.1 E", None),
        (f"{GOOGLE}?q=45,9", "Google Maps, il luogo scelto: 45 N, 9 E", None),
        (
            "1512165.59 5003499.61",
            "Gauss-Boaga, fuso Ovest (EPSG:3003): 45.1847 N, 9.1545 E",
            "Gauss-Boaga, West zone (EPSG:3003): 45.1847 N, 9.1545 E",
        ),
        ("-0.0000001 0", "gradi decimali: 0 N, 0 E", None),
    ],
)
def test_a_sentence_says_what_was_understood(text, italian, english):
    """The form or the system, and the point that was read, in both languages."""
    point = read_point(text)
    assert point.understood.it == italian
    assert english is None or point.understood.en == english
    assert told(read_point(point.understood.it.partition(": ")[2])) == told(point)


def at_once(text, network):
    """Read a text, point or not, within 50 ms."""
    with suppress(Unreadable):
        within(0.05, read_point, text, None, network)


def forms_of(lat, lon):
    """Yield texts of a point in every form, with how near to it they must be read, in degrees."""
    north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "O"
    high, wide = f"{abs(lat):.6f}", f"{abs(lon):.6f}"
    comma = f"{lat:.6f} {lon:.6f}".replace(".", ",")
    for text in (
        *(f"{lat:.6f}, {lon:.6f}", f"{lat:.6f},{lon:.6f}", f"{lat:.6f} {lon:.6f}", comma),
        *(comma.replace(" ", ", "), comma.replace(" ", ";"), f"lat {lat:.6f} lon {lon:.6f}"),
        *(f"{high}{north} {wide}{east}", f"{wide}° {east}, {high}° {north}"),
        *(
            f"{north} {high} {east} {wide}",
            f"geo:{lat:.6f},{lon:.6f}",
            f"POINT({lon:.6f} {lat:.6f})",
        ),
        *(f"{GOOGLE}/@{lat:.6f},{lon:.6f},17z", f"{OSM}/#map=17/{lat:.6f}/{lon:.6f}"),
        *(
            f"{GOOGLE}/place/A/@1,1,9z/data=!3d{lat:.6f}!4d{lon:.6f}",
            f"{APPLE}/?ll={lat:.6f},{lon:.6f}",
        ),
        json.dumps({"type": "Point", "coordinates": [lon, lat]}),
    ):
        yield text, 0.000_001_1
    parts = []
    for value, letter in ((abs(lat), north), (abs(lon), east)):
        tenths = round(value * 36_000)
        parts.append((tenths // 36_000, tenths // 600 % 60, tenths % 600 / 10, letter))
    (d, m, s, n), (d2, m2, s2, e) = parts
    yield f"{d}°{m}'{s}\"{n} {d2}°{m2}'{s2}\"{e}", 0.000_015
    yield f"{d} {m} {s} {n}, {d2} {m2} {s2} {e}".replace(".", ","), 0.000_015
    yield f"{d2}d{m2}m{s2}s{e} {d}d{m}m{s}s{n}", 0.000_015
    yield f"{d}:{m:02}:{s} {n}, {d2}:{m2:02}:{s2} {e}", 0.000_015
    yield f"{n} {d}° {m + s / 60:.5f}' {e} {d2}° {m2 + s2 / 60:.5f}'", 0.000_015


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
@settings(deadline=None, max_examples=60)
def test_every_writing_of_a_point_reads_back(lat, lon):
    """However a point of the Earth is written, it is read where it is."""
    for text, near in forms_of(lat, lon):
        assert told(read_point(text)) == pytest.approx((lat, lon), abs=near), text


@given(lat=st.floats(36.5, 46.5), east_of=st.floats(-3, 3), code=st.sampled_from(CODES))
@settings(deadline=None, max_examples=60)
def test_every_projected_writing_reads_back(lat, east_of, code):
    """A point in any system of Italy is read where PROJ reads it, to a decimetre."""
    lon = east_of + (9 if code in {3003, 6707, 7791, 23032, 32632} else 15)
    east, north = (round(each, 2) for each in written_in(code, lat, lon))
    expected = read_by_proj(code, east, north)
    italian = f"{east:,.2f} {north:,.2f}".translate(str.maketrans(",.", ".,"))
    for text in (f"{east:.2f} {north:.2f}", f"N {north:.2f} E {east:.2f}", italian):
        point = read_point(f"EPSG:{code} {text}")
        assert told(point) == pytest.approx(expected, abs=0.000_001), text


WORDS = ("45", "9.15", "lat", "EPSG:3003 ", "utm 32 ", "https://", "google.it/maps/", "geo:", "q=")
MORE_WORDS = ("POINT(", '{"lat":', "5003480", "512137", "ed50")
PIECES = st.sampled_from([*"0123456789.,;:°'\" -+NSEWO/@!?&=#%()[]{}", *WORDS, *MORE_WORDS])


@given(
    text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join)),
    network=st.sampled_from([None, NETWORK.holds]),
)
@settings(deadline=None, max_examples=1_500)
def test_any_text_is_a_point_or_is_refused_at_once(text, network):
    """Whatever is written gives a point of the Earth or a sentence, within 50 ms."""
    at_once(text, network)
    try:
        point = read_point(text, None, network)
    except Unreadable as unreadable:
        said = [*unreadable.text]
    else:
        assert math.isfinite(point.lat + point.lon)
        said = [*point.understood, *(each for mend in point.mends for each in mend.why)]
    assert all(said)


@pytest.fixture(autouse=True, scope="module")
def _systems_known():
    """Have PROJ ready: the first use of a system takes it some ten milliseconds."""
    for system in ("3003", "3004", "32632", "32633", "23032", "23033"):
        read_point("512137 5003480", system)


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1.", "1 ", "N1", "45°", "1:", "a", "a.", "- ", "!3d1"]
)
@pytest.mark.parametrize("before", ["", "geo:", f"{GOOGLE}/place/", f"{GOOGLE}?q=", "POINT(", "{"])
def test_long_texts_take_no_longer(piece, before):
    """The longest text that is read takes no more than 50 ms, however it repeats itself."""
    text = (before + piece * 2_000)[:2_000]
    sentences(text)
    at_once(text, None)


def test_plain_degrees_do_not_wait_for_proj():
    """Degrees and links are read without the library of projections, mends included."""
    program = (
        "import sys; from bencomune_cli.points import read_point;"
        f"read_point('9.1, 45.1', '4326', lambda x, y: x < y); read_point('{OSM}/#map=9/45/9');"
        "print('pyproj' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ran.stdout == b"False\n"


@pytest.mark.parametrize("near", ["45,1847 9,1582", f"{OSM}/#map=17/45.1847/9.1582"])
def test_a_list_takes_any_point(bencomune, registry, near):
    """`list --near` takes whatever is a point, and refuses the rest with examples."""
    registry.close()
    bencomune("lab", "add", "--name", "Spazio Esempio", "--lat", "45.1847", "--lon", "9.1582")
    bencomune("lab", "add", "--name", "Spazio Lontano", "--lat", "45.2847", "--lon", "9.1582")
    found = json.loads(bencomune("lab", "list", "--near", near, "--json").stdout)
    assert [record["name"] for record in found] == ["Spazio Esempio"]
    refused = bencomune("lab", "list", "--near", "qui")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "45.1847, 9.1582" in refused.stderr
