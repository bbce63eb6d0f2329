"""P: points that are not where they can be: swapped, abroad, in metres, fallen on a centre."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from ..batches import Batch
from ..contexts import Context
from ..entities import Place
from ..entities.shared import OF_AREAS
from ..errors import Unreadable
from ..findings import Severity
from ..kinds.numbers import DECIMALS, Degrees
from ..nearness import italy, on_earth
from ..outdating import OF_POINT
from ..words import Text
from . import Hit, Mend, rule

if TYPE_CHECKING:
    from ..points import Inside

MOST_DECIMALS = {"neighbourhood": 4, "municipality": 3, "masked": 3}  # 11 and 110 metres
ON_CENTRE = 5.0  # metres: nearer to the centre of an area no address lies but by chance


def _inside_when_swapped(batch: Batch, context: Context) -> Collection[int]:
    """Return the places of those whose point, swapped, lies in the network."""
    told = enumerate(zip(batch.column("lat"), batch.column("lon"), strict=True))
    placed = ((place, lat, lon) for place, (lat, lon) in told if not (lat is None or lon is None))
    return {place for place, lat, lon in placed if context.holds(lat, lon)}


@rule(
    code="P03",
    severity=Severity.ERROR,
    message=Text(
        "latitudine e longitudine sono scambiate: {lat}, {lon}",
        "latitude and longitude are swapped: {lat}, {lon}",
    ),
    why=Text(
        "Con i valori scambiati il punto cade nei Comuni della rete, così com'è no.",
        "With the values swapped the point lies in the network's municipalities, as it is it does"
        " not.",
    ),
    fix=Text(
        "Scambiare i due valori: «bencomune check --fix» lo fa.",
        "Swap the two values: “bencomune check --fix” does it.",
    ),
    source="RFC 7946, 3.1.1",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 9.15, "lon": 45.18}, {"lat": 9.15, "lon": 45.18, "precision": "street"}],
    mend=Mend.SAFE,
    about=("lon",),
    needs=("lat",),
    suspects=_inside_when_swapped,
)
def swapped_coordinates(place: Place, context: Context) -> Iterator[Hit]:
    """See whether only the swapped point lies in the network."""
    if place.lat is None or place.lon is None:
        return
    if context.swapped(place.lon, place.lat):
        told = {"lat": place.lat, "lon": place.lon}
        yield Hit("lat", told, mend=_moved(place, place.lat, place.lon))


def _all_in_italy(batch: Batch, _context: Context) -> bool:
    return batch.have_points() and all(map(italy().holds, batch.column("lon"), batch.column("lat")))


@rule(
    code="P10",
    severity=Severity.WARNING,
    message=Text(
        "il punto {lat}, {lon} è fuori dall'Italia", "the point {lat}, {lon} lies outside Italy"
    ),
    why=Text(
        "Di solito manca un segno o una cifra, o i due numeri sono scambiati.",
        "Usually a sign or a digit is missing, or the two numbers are swapped.",
    ),
    fix=Text(
        "Controllare il punto sulla mappa, e darlo di nuovo con --point.",
        "Check the point on a map, and give it again with --point.",
    ),
    source="CLV-AP_IT",
    good=[{"lat": 45.18, "lon": 9.15}, {"lat": 35.5, "lon": 12.6}, {}],
    bad=[{"lat": 48.85, "lon": 2.35}, {"lat": 45.18, "lon": -9.15}],
    mend=Mend.UNSAFE,
    about=("lon",),
    needs=("lat",),
    quiet=_all_in_italy,
)
def point_outside_italy(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the point with a rough outline; what other rules tell of it is left to them."""
    if place.lat is None or place.lon is None or not on_earth(place.lon, place.lat):
        return
    lon, lat = place.lon, place.lat
    if italy().holds(lon, lat) or not (lon or lat) or context.swapped(lon, lat):
        return
    inside = _inside(place, context) or italy().holds
    turned = ((lat, lon), (-lon, lat), (lon, -lat), (-lon, -lat))
    meant = next((each for each in turned if inside(*each)), None)
    told = {"lat": lat, "lon": lon}
    yield Hit("lat", told, mend=_moved(place, *meant) if meant else {})


def _about_a_centre(batch: Batch, context: Context) -> Collection[int]:
    """Return the places of those that are not far from the centre of an area."""
    told = enumerate(zip(batch.column("lon"), batch.column("lat"), strict=True))
    points = {n: p for n, p in told if None not in p and on_earth(*p)}
    may_be = zip(points, context.may_be_centres(points.values()), strict=True)
    return {place for place, near in may_be if near}


@rule(
    code="P13",
    severity=Severity.WARNING,
    message=Text(
        "il punto è il centro esatto di «{area}»: forse l'indirizzo non è stato trovato",
        "the point is the exact centre of “{area}”: perhaps the address was not found",
    ),
    why=Text(
        "Un servizio che non trova un indirizzo dà il centro del Comune o del quartiere.",
        "A service that does not find an address gives the centre of the municipality or quarter.",
    ),
    fix=Text(
        "Cercare il punto vero, o dire con --precision che è solo quello dell'area.",
        "Look up the true point, or say with --precision that it is only the area's.",
    ),
    source="Google Geocoding API, location_type GEOMETRIC_CENTER",
    good=[
        {"lat": 45.18, "lon": 9.15, "precision": "address"},
        {"lat": 45.15, "lon": 9.15, "precision": "municipality"},
    ],
    bad=[{"lat": 45.15, "lon": 9.15, "precision": "address"}, {"lat": 45.15, "lon": 9.15}],
    mend=Mend.UNSAFE,
    about=("lon", "precision"),
    needs=("lat",),
    suspects=_about_a_centre,
)
def point_on_a_centre(place: Place, context: Context) -> Iterator[Hit]:
    """Look for points within some metres of the centre of an area, or of its bounding box."""
    if place.lat is None or place.lon is None or place.precision in OF_AREAS:
        return
    if not on_earth(place.lon, place.lat):
        return
    for id_ in context.centred(place.lon, place.lat, ON_CENTRE):
        area = context.areas[id_]
        yield Hit("lat", {"area": area.name}, mend={"precision": area.area_kind})
        return


@rule(
    code="P14",
    severity=Severity.ERROR,
    message=Text(
        "{lat}, {lon} non sono gradi: {meaning}",
        "{lat}, {lon} are not degrees: {meaning}",
    ),
    why=Text(
        "I programmi che leggono i file prendono i numeri per gradi, e il punto non sta da nessuna"
        " parte.",
        "Programs that read the files take the numbers for degrees, and the point is nowhere.",
    ),
    fix=Text(
        "Dare il punto con --point, scrivendo prima il sistema: EPSG:32632 512137 5003480.",
        "Give the point with --point, writing the system first: EPSG:32632 512137 5003480.",
    ),
    source="EPSG:32632, EPSG:32633, EPSG:3003, EPSG:3004, EPSG:23032",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 5002957.38, "lon": 511785.22}, {"lat": 5002957.38, "lon": 9.15}],
    stored=True,
    mend=Mend.UNSAFE,
    about=("lon",),
    needs=("lat",),
)
def metres_taken_for_degrees(place: Place, context: Context) -> Iterator[Hit]:
    """Read numbers that cannot be degrees as metres, in the system that their size tells."""
    if place.lat is None or place.lon is None or on_earth(place.lon, place.lat):
        return
    from ..points import read_point

    told = {"lat": f"{place.lat:.10g}", "lon": f"{place.lon:.10g}"}
    inside = _inside(place, context)
    try:
        point = read_point(f"{place.lat:.3f} {place.lon:.3f}", inside=inside)
    except Unreadable:
        yield Hit("lat", told | {"meaning": _UNCLEAR})
        return
    meant = (point.lon, point.lat)
    meaning = point.understood
    if point.mends:
        other = point.mends[0]
        meant = (other.lon, other.lat)
        meaning = _OTHERWISE.filled(why=other.why, lat=other.lat, lon=other.lon)
    given = {"point_as_given": point.given} | _moved(place, *meant)
    yield Hit("lat", told | {"meaning": meaning}, mend=given)


_UNCLEAR = Text("non si capisce in quale sistema siano", "their system is unclear")
_OTHERWISE = Text("{why} sarebbe {lat}, {lon}", "{why} it would be {lat}, {lon}")


@rule(
    code="P17",
    severity=Severity.NOTE,
    message=Text(
        "il punto ha più di {most} decimali: {lat}, {lon}",
        "the point has more than {most} decimals: {lat}, {lon}",
    ),
    why=Text(
        "Sette decimali sono un centimetro: quelli in più vengono da un calcolo, e la storia non"
        " li conserva tutti.",
        "Seven decimals are a centimetre: any more come from a calculation, and the history does"
        " not keep them all.",
    ),
    fix=Text(
        "Arrotondare a sei decimali: «bencomune check --fix» lo fa.",
        "Round to six decimals: “bencomune check --fix” does it.",
    ),
    source="RFC 7946, 11.2",
    good=[{"lat": 45.1847123, "lon": 9.1582}, {}],
    bad=[{"lat": 45.18471234567, "lon": 9.1582}],
    stored=True,
    mend=Mend.SAFE,
    about=("lon",),
    needs=("lat",),
)
def more_decimals_than_measured(place: Place) -> Iterator[Hit]:
    """Look for points that the registry itself would have rounded."""
    if place.lat is None or place.lon is None or not on_earth(place.lon, place.lat):
        return
    if round(place.lat, DECIMALS) != place.lat or round(place.lon, DECIMALS) != place.lon:
        from ..points import DECIMALS as FEWER

        told = {"most": DECIMALS, "lat": place.lat, "lon": place.lon}
        mend = _moved(place, round(place.lon, FEWER), round(place.lat, FEWER))
        yield Hit("lat", told, mend=mend)


@rule(
    code="P28",
    severity=Severity.NOTE,
    message=Text(
        "il punto ha più decimali ({lat}, {lon}) di quanti ne dica la precisione «{precision}»",
        "the point has more decimals ({lat}, {lon}) than the precision “{precision}” claims",
    ),
    why=Text(
        "Quattro decimali sono undici metri, tre sono centodieci: chi legge di più prende il punto"
        " di una zona per quello di una porta.",
        "Four decimals are eleven metres, three a hundred and ten: with more of them readers take"
        " the point of an area for that of a door.",
    ),
    fix=Text(
        "Arrotondarlo, o dire la precisione vera: --precision.",
        "Round it, or tell the true precision: --precision.",
    ),
    source="RFC 7946, 11.2; ISO 6709",
    good=[
        {"lat": 45.1847, "lon": 9.1582, "precision": "neighbourhood"},
        {"lat": 45.1847123, "lon": 9.1582456, "precision": "address"},
    ],
    bad=[
        {"lat": 45.1847123, "lon": 9.1582456, "precision": "neighbourhood"},
        {"lat": 45.1847, "lon": 9.1582, "precision": "municipality"},
    ],
    mend=Mend.UNSAFE,
    about=("lon", "precision"),
    needs=("lat",),
    quiet=lambda batch, _: MOST_DECIMALS.keys().isdisjoint(batch.column("precision")),
)
def finer_than_its_precision(place: Place) -> Iterator[Hit]:
    """Count the decimals of points of areas; those of doors and streets are measured."""
    most = MOST_DECIMALS.get(place.precision or "")
    if most is None or place.lat is None or place.lon is None:
        return
    lat, lon = round(place.lat, most), round(place.lon, most)
    if on_earth(place.lon, place.lat) and (lat, lon) != (place.lat, place.lon):
        write = Degrees().write
        said = type(place).column("precision").kind.told(place.precision)
        told = {"lat": write(place.lat), "lon": write(place.lon), "precision": said}
        yield Hit("lat", told, mend=_moved(place, lon, lat))


def _moved(place: Place, lon: float, lat: float) -> dict[str, str]:
    """Return the texts of a point that was meant; what was said of it holds for it too."""
    write = Degrees().write
    said = {name: value for name in OF_POINT if (value := getattr(place, name))}
    return {"lat": write(lat), "lon": write(lon), **said}


def _inside(place: Place, context: Context) -> "Inside | None":
    """Return what tells where the point may be: its municipality, else the network; None of none.

    Its municipality must have a shape, or one of the network's.
    """
    own = context.by_code.get(place.municipality or "")
    if own and own.box:
        return lambda lon, lat: bool(own.holds(lon, lat))
    if context.holds(0.0, 0.0) is None:
        return None
    return lambda lon, lat: bool(context.holds(lon, lat))
