"""Rules on places: what they find at the edges, and what they leave alone."""

import json
import math
import random
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import geo
from bencomune_cli.contexts import Context
from bencomune_cli.entities import Area, Group, Lab, Network, Organisation, Relation
from bencomune_cli.nearness import Outline, apart, metres_from, outline
from bencomune_cli.overviews import overview_of
from bencomune_cli.rules import check_record
from bencomune_cli.rules.together import check_together
from effort import within


def ring(*corners):
    """Return a closed ring of corners."""
    return [list(corner) for corner in (*corners, corners[0])]


def square(west, south, east, north):
    """Return a square ring."""
    return ring((west, south), (east, south), (east, north), (west, north))


def area(id_, kind, *polygons, **values):
    """Return an area of a multipolygon, with its box."""
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    box = geo.box_of(polygons)._asdict()
    return Area(
        id=id_, name=id_.title(), area_kind=kind, boundary=json.dumps(geometry), **box, **values
    )


# A municipality with a hole, which is another municipality, and with an island of its own.
HOLLOW = area(
    "comune-cavo",
    "municipality",
    [square(9.0, 45.0, 9.3, 45.3), square(9.1, 45.1, 9.2, 45.2)],
    [square(9.4, 45.0, 9.45, 45.05)],
    code="018901",
)
INNER = area("comune-interno", "municipality", [square(9.1, 45.1, 9.2, 45.2)], code="018902")
FAR_OFF = area("comune-lontano", "municipality", [square(12.4, 41.8, 12.6, 42.0)], code="058901")
QUARTER = area("quartiere-est", "neighbourhood", [square(9.25, 45.0, 9.29, 45.1)], part_of="018901")
CONTEXT = Context(
    today="2026-11-23",
    network=Network(id="network", name="Rete Esempio", municipalities=("018901", "018902")),
    areas={each.id: each for each in (HOLLOW, INNER, FAR_OFF, QUARTER)},
)
BARE = Context(today="2026-11-23")
HOLE, ISLAND, SEA = (
    {"lat": 45.16, "lon": 9.16},
    {"lat": 45.02, "lon": 9.42},
    {"lat": 45.02, "lon": 9.35},
)
EAST = {"lat": 45.0521, "lon": 9.2621}
UTM = {"lat": 5002957.38, "lon": 511785.22}  # 45.18, 9.15: in the hole
HITS = [
    ("P02", Lab, SEA, "lat"),
    ("P02", Lab, {**SEA, "municipality": "018999"}, "lat"),
    ("P11", Lab, {**SEA, "municipality": "018901"}, "lat"),
    ("P11", Lab, {**HOLE, "municipality": "018901"}, "lat"),
    ("P11", Lab, {**ISLAND, "municipality": "018902"}, "lat"),
    ("P11", Group, {"lat": 45.15, "lon": 9.2014, "municipality": "018902"}, "lat"),
    ("P11", Lab, {"lat": 41.9, "lon": 12.5, "municipality": "018901"}, "lat"),
    ("P12", Lab, {"lat": 45.05, "lon": 9.2491, "neighbourhood": "quartiere-est"}, "lat"),
    ("P12", Lab, {**HOLE, "municipality": "018902", "neighbourhood": "quartiere-est"}, "lat"),
    ("P10", Lab, {"lat": 45.16, "lon": -9.16}, "lat"),
    ("P10", Organisation, {"lat": 46.2, "lon": 6.15}, "lat"),  # Geneva
    ("P10", Lab, {"lat": 43.3, "lon": 16.4}, "lat"),  # Split
    ("P10", Lab, {"lat": 42.55, "lon": 8.75}, "lat"),  # Calvi, in Corsica
    ("P03", Lab, {"lat": 9.16, "lon": 45.16}, "lat"),
    ("P13", Lab, {"lat": 45.15, "lon": 9.15, "precision": "address"}, "lat"),
    ("P13", Lab, {"lat": 45.05003, "lon": 9.27, "precision": "street"}, "lat"),
    ("P14", Lab, UTM, "lat"),
    ("P14", Lab, {"lat": 511785.22, "lon": 5002957.38}, "lat"),
    ("P14", Lab, {"lat": 45.16, "lon": 916.0}, "lat"),
    ("P14", Lab, {"lat": 45.16, "lon": math.inf}, "lat"),
    ("P16", Lab, {"lat": 45.184, "lon": 9.1, "precision": "address"}, "lat"),
    ("P17", Lab, {"lat": 45.18, "lon": 9.15820000001}, "lat"),
    ("P18", Lab, {"street": "via Esempio", "number": "1", "municipality": "018901"}, "lat"),
    ("P20", Lab, {"municipality": "120001"}, "municipality"),
    ("P20", Area, {"code": "215146"}, "code"),
    ("P20", Network, {"municipalities": ("018110", "900001")}, "municipalities"),
    ("P21", Lab, {"municipality": "018110"}, "municipality"),
    ("P22", Lab, {"street": "Giuseppe Garibaldi"}, "street"),
    ("P22", Lab, {"street": "Viapiana"}, "street"),
    ("P23", Lab, {"street": "Via XX Settembre 5"}, "street"),
    ("P23", Lab, {"street": "via 25 Aprile 12"}, "street"),
    ("P23", Lab, {"street": "via Roma snc"}, "street"),
    ("P23", Lab, {"street": "via San Carlo 3"}, "street"),
    ("P23", Lab, {"street": "corso Vittorio Emanuele, 2"}, "street"),
    ("P23", Lab, {"street": "viale Esempio 1950/A"}, "street"),
    ("P24", Lab, {**EAST, "municipality": "018901"}, "neighbourhood"),
    ("P25", Lab, ISLAND, "municipality"),
    ("P25", Lab, HOLE, "municipality"),
    ("P06", Lab, {"postcode": "CAP 27100"}, "postcode"),
]
NO_HITS = [
    ("P02", Lab, ISLAND),
    ("P02", Lab, {"lat": 41.9, "lon": 12.5, "municipality": "058901"}),  # told, and so meant
    ("P02", Lab, {"lat": 45.16, "lon": -9.16}),
    ("P02", Lab, {"lat": 0.0, "lon": 0.0}),
    ("P02", Lab, UTM),
    ("P10", Lab, {"lat": 0.0, "lon": 0.0}),
    ("P10", Lab, {"lat": 9.16, "lon": 45.16}),
    ("P10", Lab, UTM),
    ("P10", Lab, {"lat": math.nan, "lon": 9.0}),
    ("P11", Lab, {**ISLAND, "municipality": "018901"}),
    ("P11", Lab, {**HOLE, "municipality": "018902"}),
    ("P11", Lab, {"lat": 45.15, "lon": 9.2012, "municipality": "018902"}),  # 94 m
    ("P11", Lab, {"lat": 45.15, "lon": 9.21, "municipality": "018902", "precision": "masked"}),
    ("P11", Lab, {**SEA, "municipality": "018999"}),
    ("P11", Lab, {"lat": 9.16, "lon": 45.16, "municipality": "018901"}),
    ("P11", Lab, {"lat": math.nan, "lon": 9.16, "municipality": "018901"}),
    ("P12", Lab, {"lat": 45.05, "lon": 9.2495, "neighbourhood": "quartiere-est"}),  # 39 m
    (
        "P12",
        Lab,
        {"lat": 45.05, "lon": 9.249, "neighbourhood": "quartiere-est", "precision": "street"},
    ),
    ("P12", Lab, {**SEA, "municipality": "018901", "neighbourhood": "quartiere-est"}),
    ("P12", Lab, {**SEA, "neighbourhood": "quartiere-est"}),
    ("P12", Lab, {**EAST, "neighbourhood": "mai-esistito"}),
    ("P13", Lab, {"lat": 45.1501, "lon": 9.15, "precision": "address"}),  # 11 m
    ("P13", Lab, {"lat": 45.15, "lon": 9.15, "precision": "municipality"}),
    ("P14", Lab, {"lat": 90.0, "lon": -180.0}),
    ("P16", Lab, {"lat": 45.1847, "lon": 9.1, "precision": "address"}),
    ("P16", Lab, {"lat": 45.18, "lon": 9.16, "precision": "masked"}),
    ("P16", Lab, {"lat": 45.18, "lon": 9.16}),
    ("P17", Lab, {"lat": 45.1847123, "lon": 0.1}),
    (
        "P18",
        Lab,
        {"street": "via Esempio", "number": "1", "municipality": "018901", "state": "closed"},
    ),
    ("P18", Lab, {"street": "via Esempio", "number": "1"}),
    ("P20", Lab, {"municipality": "104017"}),
    ("P20", Lab, {"municipality": "119001"}),
    ("P20", Lab, {"municipality": "18110"}),
    ("P21", Lab, {"municipality": "015146"}),
    ("P22", Lab, {"street": "V.le Esempio"}),
    ("P22", Lab, {"street": "Strada dei Mulini"}),
    ("P22", Lab, {"street": "II Traversa Esempio"}),
    ("P22", Lab, {"street": "Lungarno Esempio"}),
    ("P22", Lab, {"street": "Waltherplatz"}),
    ("P22", Lab, {"street": "Trg Esempio"}),
    ("P22", Lab, {"street": "Rue Exemple"}),
    ("P22", Lab, {"street": "Borc dal Exempli"}),
    ("P22", Lab, {"street": "Cannaregio", "municipality": "027042"}),
    ("P23", Lab, {"street": "Via IV Novembre"}),
    ("P23", Lab, {"street": "Via 8 Settembre 1943"}),
    ("P23", Lab, {"street": "Corso Vittorio Emanuele 2"}),
    ("P23", Lab, {"street": "Via Papa Giovanni 23"}),
    ("P23", Lab, {"street": "Traversa 3"}),
    ("P23", Lab, {"street": "Zona Industriale 2"}),
    ("P23", Lab, {"street": "SS 35"}),
    ("P23", Lab, {"street": "via Emilia km 12"}),
    ("P24", Lab, {**HOLE, "municipality": "018902"}),
    ("P24", Lab, {**EAST, "municipality": "018902"}),
    ("P24", Lab, {**EAST, "precision": "municipality"}),
    ("P25", Lab, SEA),
]


def findings(code, record, context=CONTEXT):
    """Return what one rule finds on a record."""
    return [finding for finding in check_record(record, context) if finding.code == code]


def together(code, *records):
    """Return what one rule over many finds on some records."""
    told = check_together(overview_of(records), CONTEXT)
    return [finding for finding in told if finding.code == code]


@pytest.mark.parametrize(("code", "entity", "values", "column"), HITS)
def test_a_fault_is_found_where_it_is(code, entity, values, column):
    """The rule that is named finds the fault, on the column that is to be mended."""
    told = findings(code, entity(id="esempio", **values))
    assert [finding.column for finding in told] == [column]


@pytest.mark.parametrize(("code", "entity", "values"), NO_HITS)
def test_what_is_right_is_left_alone(code, entity, values):
    """The rule that is named does not find what is right, or what another rule tells."""
    assert findings(code, entity(id="esempio", **values)) == []


POINTS = [
    *(HOLE, ISLAND, SEA, EAST, UTM, {"lat": 0.0, "lon": 0.0}, {"lat": 45.16, "lon": -9.16}),
    *({"lat": 9.16, "lon": 45.16}, {"lat": 41.9, "lon": 12.5}, {"lat": 48.85, "lon": 2.35}),
]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("municipality", [None, "018901", "018902", "018999", "058901"])
@pytest.mark.parametrize("neighbourhood", [None, "quartiere-est"])
@pytest.mark.parametrize("context", [CONTEXT, BARE])
def test_where_a_point_is_wrong_is_told_once(point, municipality, neighbourhood, context):
    """A point that is elsewhere is told by one rule alone, whatever its record names."""
    lab = Lab(id="x", municipality=municipality, neighbourhood=neighbourhood, **point)
    codes = {finding.code for finding in check_record(lab, context)}
    assert len(codes & {"P02", "P03", "P07", "P10", "P11", "P12", "P14"}) <= 1


ISLANDS = {
    "Lampedusa": (35.50, 12.61),
    "Pantelleria": (36.83, 11.95),
    "Ustica": (38.71, 13.19),
    "Stromboli": (38.80, 15.24),
    "Capri": (40.55, 14.24),
    "Palmarola": (40.93, 12.86),
    "Capraia": (43.05, 9.84),
    "Gorgona": (43.43, 9.90),
    "Tremiti": (42.12, 15.51),
    "San Pietro": (39.14, 8.31),
    "La Maddalena": (41.21, 9.41),
    "Linosa": (35.86, 12.87),
    "Santa Maria di Leuca": (39.80, 18.36),
    "Otranto": (40.15, 18.49),
    "Predoi": (47.04, 12.11),
    "Livigno": (46.54, 10.13),
    "Campione d'Italia": (45.97, 8.97),
    "Bardonecchia": (45.08, 6.70),
    "Ventimiglia": (43.79, 7.61),
    "Muggia": (45.60, 13.77),
}


@pytest.mark.parametrize("name", ISLANDS)
def test_the_edges_of_italy_are_italy(name):
    """Islands, capes and passes are in Italy, also where no boundary is loaded."""
    lat, lon = ISLANDS[name]
    assert findings("P10", Lab(id="x", lat=lat, lon=lon), BARE) == []


def test_the_distance_is_told():
    """How far a point lies outside is said in metres or kilometres, in both languages."""
    [near] = findings("P11", Lab(id="x", lat=45.15, lon=9.205, municipality="018902"))
    assert near.message.it == (
        "il punto è fuori dal Comune di Comune-Interno: 390 m oltre il confine"
    )
    [away] = findings("P11", Lab(id="x", lat=45.15, lon=9.25, municipality="018902"))
    assert (": 3,9 km" in away.message.it, ": 3.9 km" in away.message.en) == (True, True)


SAID = {"precision": "street", "point_source": "rilievo", "point_as_given": "EPSG:4326"}


@pytest.mark.parametrize(
    ("code", "point", "mended"),
    [
        ("P03", {"lat": 9.16, "lon": 45.16}, ("45.16", "9.16")),
        ("P10", {"lat": 45.16, "lon": -9.16}, ("45.16", "9.16")),
        ("P10", {"lat": -45.16, "lon": 9.16}, ("45.16", "9.16")),
        ("P17", {"lat": 45.16000000001, "lon": 9.16}, ("45.16", "9.16")),
        ("P14", UTM, ("45.18", "9.15")),
        ("P14", {"lat": UTM["lon"], "lon": UTM["lat"]}, ("45.18", "9.15")),
    ],
)
def test_a_point_that_is_mended_keeps_what_was_said_of_it(code, point, mended):
    """A mend moves the point, and says its precision and source again, which a new one loses."""
    [finding] = findings(code, Lab(id="x", **point, **SAID))
    assert (finding.mend["lat"], finding.mend["lon"]) == mended
    assert finding.mend.items() >= SAID.items()


def test_a_point_abroad_is_turned_only_into_its_own_municipality():
    """Another reading is offered only if it lies where the record says that it is."""
    [finding] = findings("P10", Lab(id="x", lat=45.16, lon=-9.16, municipality="058901"))
    assert finding.mend == {}
    [finding] = findings("P10", Lab(id="x", lat=45.16, lon=-9.16), BARE)
    assert finding.mend["lon"] == "9.16"


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("EPSG:32632", 5002957.38, 511785.22),
        ("EPSG:3003", 5000756.46, 1512603.11),
        ("EPSG:32633", 4641912.0, 292673.0),
        ("EPSG:3004", 4641930.0, 2312680.0),
    ],
)
def test_metres_name_their_system(code, lat, lon):
    """The system that the size of two numbers tells is named, with the degrees that they are."""
    own = "018902" if lat > 5_000_000 else "058901"
    [finding] = findings("P14", Lab(id="x", lat=lat, lon=lon, municipality=own))
    assert code in finding.message.it
    found = CONTEXT.by_code[own].holds(float(finding.mend["lon"]), float(finding.mend["lat"]))
    assert found


def test_what_a_failed_geocoding_left_is_taken_away_only_if_nothing_tells_the_true_point():
    """The point 0, 0 goes by itself; not where the text that it was read from may tell another."""
    [finding] = findings("P07", Lab(id="x", lat=0.0, lon=0.0))
    assert finding.mend == {"lat": "", "lon": ""}
    [finding] = findings("P07", Lab(id="x", lat=0.0, lon=0.0, point_as_given="45,18 9,15"))
    assert finding.mend == {}


@pytest.mark.parametrize(
    ("street", "values", "mend"),
    [
        ("via Roma 12/A", {}, {"street": "via Roma", "number": "12/A"}),
        (
            "via Roma, 3, 27100 Comune-Interno (PV)",
            {"municipality": "018902"},
            {"street": "via Roma", "number": "3", "postcode": "27100"},
        ),
        ("via Roma, 3, 27100 Altrove (PV)", {"municipality": "018902"}, {}),
        ("via Roma, 3, 27100 Comune-Interno", {"municipality": "018902", "postcode": "27010"}, {}),
    ],
)
def test_a_street_is_parted_only_if_nothing_is_lost(street, values, mend):
    """The number goes to its column; a town or a postcode that differs stays, to be looked at."""
    [finding] = findings("P23", Lab(id="x", street=street, **values))
    assert finding.mend == mend


@pytest.mark.parametrize(
    ("postcode", "mend"),
    [("100", "00100"), ("2710O", "27100"), ("I-27100", "27100"), ("1", None), ("271000", None)],
)
def test_a_postcode_gets_its_zeros_back(postcode, mend):
    """Zeros that a sheet dropped and letters like digits are mended; what is unclear is not."""
    [finding] = findings("P06", Lab(id="x", postcode=postcode))
    assert finding.mend.get("postcode") == mend


SPOT = {"lat": 45.1847, "lon": 9.1582, "state": "active"}
ADDRESS = {"street": "via Esempio", "number": "1"}
ONE, TWO = Lab(id="a", name="A", **SPOT), Lab(id="b", name="B", **SPOT)


@pytest.mark.parametrize(
    "records",
    [
        (ONE, TWO.replaced(lon=9.15821)),
        (ONE, TWO.replaced(state="closed")),
        (ONE, TWO.replaced(precision="neighbourhood")),
        (ONE, TWO.replaced(precision="masked")),
        (ONE, TWO.replaced(removed=True)),
        (ONE, Group(id="g", meets_at="a", **SPOT)),
        (ONE.replaced(**ADDRESS), TWO.replaced(street="V. Esempio", number=" 1 ")),
        (ONE.replaced(**ADDRESS), TWO.replaced(street="Via Esempio")),
        (
            ONE.replaced(**ADDRESS, precision="street"),
            TWO.replaced(street="via Esempio", number="9", precision="street"),
        ),
        (ONE, TWO, Relation(id="r", subject="a", role="hosts", object="b")),
        (
            Group(id="g", meets_at="altrove", **SPOT),
            Group(id="h", meets_at="altrove", **SPOT),
        ),
        (ONE.replaced(lat=0.0, lon=0.0), TWO.replaced(lat=0.0, lon=0.0)),
        (ONE.replaced(lat=None), TWO.replaced(lat=None)),
    ],
)
def test_who_shares_a_place_shares_a_point(records):
    """Records that an address, a lab or a relation brings together may stand on one point."""
    assert together("P15", *records) == []


def test_records_on_one_point_are_told_once():
    """One finding tells who else is on a point: three by name, the others by number."""
    [finding] = together("P15", *(Lab(id=f"x{n}", name=f"N{n}", **SPOT) for n in range(6)))
    assert (finding.record, finding.column) == ("x0", "lat")
    assert finding.message.it == "è esattamente sullo stesso punto di «N1», «N2», «N3» e altri 2"
    told = together(
        "P15",
        ONE.replaced(**ADDRESS),
        TWO.replaced(street="via Esempio", number="9"),
        Lab(id="c", name="C", **SPOT).replaced(**ADDRESS),
    )
    assert [finding.message.it for finding in told] == ["è esattamente sullo stesso punto di «B»"]


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({"27100": 5}, 1),
        ({"27100": 4}, 0),
        ({"27100": 5, "27010": 1}, 0),
        ({"27100": 18, "27020": 2}, 1),
        ({"00118": 5, "00119": 5}, 0),
        ({"27100": 5, "271": 9}, 1),
    ],
)
def test_a_postcode_is_doubted_only_where_nearly_all_agree(others, found):
    """One alone among five or more that agree is told; a city of many postcodes is not."""
    told = [
        Lab(id=f"x{code}-{n}", postcode=code, municipality="018901")
        for code, times in others.items()
        for n in range(times)
    ]
    odd = Lab(id="odd", postcode="27010", municipality="018901")
    hits = [f.record for f in together("P19", *told, odd)]
    assert hits == ["odd"] * found


def test_a_box_that_lies_is_made_anew():
    """The box of a boundary is reckoned again; a boundary without a box gets one."""
    right = findings("P26", HOLLOW)
    wrong = findings("P26", HOLLOW.replaced(east=9.3))
    none = findings("P26", HOLLOW.replaced(west=None, south=None, east=None, north=None))
    assert right == []
    expected = {"west": "9", "south": "45", "east": "9.45", "north": "45.3"}
    assert [wrong[0].mend, none[0].mend] == [expected] * 2
    assert findings("P26", HOLLOW.replaced(boundary="non è JSON")) == []


@pytest.mark.parametrize(
    ("ring_", "far"),
    [
        (square(9.01, 45.01, 9.02, 45.02), None),
        (square(9.299, 45.0, 9.3012, 45.01), None),  # 95 m beyond
        (square(9.29, 45.0, 9.305, 45.01), "390 m"),
        (square(9.11, 45.11, 9.19, 45.19), "790 m"),  # wholly in the hole
        (square(9.41, 45.01, 9.44, 45.04), None),  # on the island
    ],
)
def test_a_quarter_lies_in_its_municipality(ring_, far):
    """A boundary that leaves that of its municipality is told, with how far."""
    told = findings("P27", area("q", "neighbourhood", [ring_], part_of="018901"))
    assert [far in finding.message.it for finding in told] == ([] if far is None else [True])


corners = st.tuples(st.integers(-9, 9), st.integers(-9, 9))
rings = st.lists(corners, min_size=3, max_size=8)
many = st.lists(st.lists(rings, min_size=1, max_size=3), min_size=1, max_size=3)


@given(many, st.tuples(st.integers(-19, 19), st.integers(-19, 19)))
def test_bands_change_nothing(polygons, point):
    """Sorted into bands or not, the same points lie inside, with all holes and parts."""
    lon, lat = (each / 2 for each in point)
    assert Outline(polygons).holds(lon, lat) == geo.inside(lon, lat, polygons)


@given(rings, st.tuples(st.integers(-19, 19), st.integers(-19, 19)))
def test_the_distance_is_that_of_the_nearest_edge(corners_, point):
    """Of a shape in small, the distance is that to the nearest of many points along its edges."""
    shape = [[(9 + x / 1_000, 45 + y / 1_000) for x, y in corners_]]
    lon, lat = 9 + point[0] / 2_000, 45 + point[1] / 2_000
    metres = Outline([shape[:1]]).metres(lon, lat)
    if geo.inside(lon, lat, [shape]):
        assert metres == 0
        return
    along = [
        (x1 + (x2 - x1) * n / 100, y1 + (y2 - y1) * n / 100)
        for (x1, y1), (x2, y2) in zip(shape[0], [*shape[0][1:], shape[0][0]], strict=True)
        for n in range(101)
    ]
    nearest = min(geo.distance(lon, lat, *each) for each in along)
    assert metres == pytest.approx(nearest, rel=0.006, abs=15)


def test_a_box_measures_like_its_outline():
    """How far outside a box a point lies is the same as of its four edges."""
    box = geo.Box(9.0, 45.0, 9.3, 45.3)
    shape = Outline([[square(*box)]])
    for lon, lat in ((9.4, 45.1), (9.1, 44.9), (9.4, 45.4), (8.9, 45.31), (9.1, 45.1)):
        assert metres_from(box, lon, lat) == pytest.approx(shape.metres(lon, lat), rel=0.002)
    assert apart(9.0, 45.0, 9.0, 45.001) == pytest.approx(geo.distance(9, 45, 9, 45.001), rel=0.002)


def test_many_points_and_many_corners_take_seconds():
    """A municipality's real boundary has thousands of corners; each point meets few of them."""
    turns = [2 * math.pi * n / 10_000 for n in range(10_000)]
    ragged = [
        (9.15 + math.cos(t) * (0.1 + 0.01 * math.sin(99 * t)), 45.15 + 0.1 * math.sin(t))
        for t in turns
    ]
    large = area("grande", "municipality", [ring(*ragged)], code="018901")
    context = CONTEXT.replaced(areas={"grande": large, "quartiere-est": QUARTER})
    chance = random.Random(7)  # noqa: S311 - no secret
    around = [(chance.uniform(9.0, 9.3), chance.uniform(45.0, 45.3)) for _ in range(100)]
    shape, polygons = outline(large.boundary), geo.parse_boundary(large.boundary)
    assert [shape.holds(*p) for p in around] == [geo.inside(*p, polygons) for p in around]
    inside = [(chance.uniform(9.09, 9.21), chance.uniform(45.09, 45.21)) for _ in range(10_000)]
    points = (*inside, *around)
    labs = [Lab(id="x", lat=lat, lon=lon, municipality="018901") for lon, lat in points]
    # About 2 s; without bands of latitude 20 s.
    within(6, lambda: [check_record(lab, context) for lab in labs])


def test_what_another_program_wrote_in_metres_is_mended(path, registry, bencomune):
    """Metres written past the checks of the file are told with their system, and mended."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio", "state": "proposed", "precision": "street"})
    other = sqlite3.connect(path)
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE labs SET lat = 5002957.38, lon = 511785.22")
    other.commit()
    other.close()
    told = bencomune("check", "spazio-esempio")
    assert "P14  spazio-esempio.lat" in told.stdout
    assert "EPSG:32632" in told.stdout
    mended = bencomune("check", "--fix", "--unsafe-fixes", "--yes")
    assert mended.returncode in {0, 1}
    rows = sqlite3.connect(path).execute("SELECT lat, lon, precision FROM labs").fetchall()
    assert rows == [(45.18, 9.15, "street")]


@pytest.mark.usefixtures("registry")
def test_metres_that_are_typed_lead_to_the_option_that_reads_them(bencomune):
    """Metres given as degrees are refused with what to write; so written, their system is told."""
    name = ("lab", "add", "--name", "Spazio Esempio")
    refused = bencomune(*name, "--lat", "5002957.38", "--lon", "511785.22")
    assert refused.returncode == 1
    assert refused.stderr.count("--point") == 2
    taken = bencomune(*name, "--point", "5002957.38 511785.22")
    assert "EPSG:32632" in taken.stderr + taken.stdout


def test_repairs_of_places_are_made(path, registry, bencomune):
    """The box is taken from the boundary without looking, municipality and quarter if asked."""
    quarter = area("quartiere-sud", "neighbourhood", [square(9.1, 45.1, 9.2, 45.15)])
    with registry.operation("area load"):
        registry.store.insert(Area, HOLLOW)
        registry.store.insert(Area, quarter)
    with registry.operation("lab add"):
        texts = {"name": "Spazio Cavo", "street": "via Roma 12", "precision": "address"}
        registry.add(Lab, {**texts, "lat": "45.0212", "lon": "9.4212"})
        registry.add(Lab, {"name": "Spazio Sud", "lat": "45.1212", "lon": "9.1312"})
    other = sqlite3.connect(path)
    other.execute("UPDATE areas SET east = 9.3 WHERE id = 'comune-cavo'")
    other.commit()
    assert bencomune("check", "--fix", "--yes").returncode in {0, 1}
    east = other.execute("SELECT east FROM areas WHERE id = 'comune-cavo'").fetchone()
    assert east == (9.45,)
    assert bencomune("check", "--unsafe-fixes", "--yes").returncode in {0, 1}
    rows = other.execute("SELECT municipality, neighbourhood, street, number FROM labs ORDER BY id")
    told = rows.fetchall()
    other.close()
    assert told == [("018901", None, "via Roma", "12"), (None, "quartiere-sud", None, None)]
