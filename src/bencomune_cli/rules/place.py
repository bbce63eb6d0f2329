"""P: where a record is: what is missing, and what cannot be read."""

import re
from collections.abc import Collection, Iterator

from ..addresses import POSTCODE
from ..batches import Batch
from ..contexts import Context
from ..entities import Area, Group, Place
from ..errors import Unreadable
from ..findings import Severity
from ..geo import parse_boundary
from ..kinds.choices import Term
from ..kinds.numbers import Degrees
from ..words import Text
from . import Hit, Mend, rule

_LIKE_DIGITS = str.maketrans("OoIl", "0011")
PRECISION = Term("precision")
DECIMALS_OF = {"address": 4, "street": 3}  # at least: 11 and 110 metres


@rule(
    code="P01",
    severity=Severity.ERROR,
    message=Text("c'è una sola coordinata", "only one coordinate is given"),
    why=Text("Un punto ha bisogno di entrambe.", "A point needs both."),
    fix=Text("Indicare anche l'altra, o nessuna.", "Give the other one too, or none."),
    source="RFC 7946, 3.1.1",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 45.18}, {"lon": 9.15}],
    about=("lat", "lon"),
    needs=(
        "lat",
        "lon",
    ),
    quiet=lambda batch, _: batch.have_points(),
)
def half_a_point(place: Place) -> Iterator[Hit]:
    """Look for a latitude without longitude, or the reverse."""
    if (place.lat is None) != (place.lon is None):
        yield Hit("lon" if place.lon is None else "lat")


@rule(
    code="P04",
    severity=Severity.WARNING,
    message=Text("manca la precisione del punto", "the precision of the point is missing"),
    why=Text(
        "Chi legge la mappa deve sapere se il punto è il civico o solo il quartiere.",
        "Readers of the map must know whether the point is the house number or only the"
        " neighbourhood.",
    ),
    fix=Text("Indicare la precisione con --precision.", "Give the precision with --precision."),
    source="CLV-AP_IT",
    good=[{"lat": 45.18, "lon": 9.15, "precision": "address"}, {}],
    bad=[{"lat": 45.18, "lon": 9.15}],
    about=("lat", "lon"),
    needs=("lat",),
    quiet=lambda batch, _: not batch.lacks("precision"),
)
def point_without_precision(place: Place) -> Iterator[Hit]:
    """Look for a point of unknown precision."""
    if place.lat is not None and place.precision is None:
        yield Hit("precision")


@rule(
    code="P05",
    severity=Severity.ERROR,
    message=Text(
        "non c'è né un luogo né una zona: serve dove si riunisce, il quartiere o la zona servita",
        "there is neither a place nor an area: give where it meets, its neighbourhood or the area"
        " served",
    ),
    why=Text(
        "Un gruppo senza sede si pubblica con la zona in cui opera, mai con un punto inventato.",
        "A group without premises is published with the area in which it works, never with an"
        " invented point.",
    ),
    fix=Text(
        "Indicare --meets-at, --neighbourhood o --area-served.",
        "Give --meets-at, --neighbourhood or --area-served.",
    ),
    source="COV-AP_IT (Group)",
    good=[{"neighbourhood": "centro-esempio"}, {"area_served": ("centro-esempio",)}],
    bad=[{}],
    about=("meets_at", "neighbourhood"),
)
def group_without_place(group: Group) -> Iterator[Hit]:
    """Look for a group that is nowhere."""
    if not (group.meets_at or group.neighbourhood or group.area_served):
        yield Hit("area_served")


@rule(
    code="P06",
    severity=Severity.ERROR,
    message=Text(
        "«{value}» non è un CAP di cinque cifre", "“{value}” is not a postcode of five digits"
    ),
    why=Text(
        "Un CAP ha cinque cifre; i fogli di calcolo tolgono gli zeri iniziali.",
        "An Italian postcode has five digits; spreadsheets drop the leading zeros.",
    ),
    fix=Text("Riscriverlo con tutti gli zeri: 00100.", "Write it with all its zeros: 00100."),
    source="Poste Italiane, codice di avviamento postale",
    good=[{"postcode": "00100"}, {}],
    bad=[{"postcode": "100"}, {"postcode": "2710O"}, {"postcode": "I-27100"}],
    mend=Mend.UNSAFE,
    needs=("postcode",),
    sees=("postcode",),
)
def postcode_shape(place: Place) -> Iterator[Hit]:
    """Look for a postcode that is not five digits; lost zeros and letters like them come back."""
    if place.postcode and not POSTCODE.fullmatch(place.postcode):
        bare = re.sub(r"(?i)\A(?:CAP|IT?)[-\s.:]+", "", place.postcode.strip())
        digits = bare.translate(_LIKE_DIGITS).replace(" ", "")
        digits = digits.zfill(5) if len(digits) > 2 else digits  # noqa: PLR2004 - 00010 is the least
        meant = digits if POSTCODE.fullmatch(digits) else ""
        yield Hit("postcode", {"value": place.postcode}, mend={"postcode": meant} if meant else {})


@rule(
    code="P07",
    severity=Severity.ERROR,
    message=Text("il punto è 0, 0, nell'Atlantico", "the point is 0, 0, in the Atlantic"),
    why=Text(
        "È ciò che resta di una geocodifica fallita.",
        "It is what a failed geocoding leaves behind.",
    ),
    fix=Text("Togliere il punto o indicare quello vero.", "Remove the point or give the true one."),
    source="Natural Earth, Null Island",
    good=[{"lat": 45.18, "lon": 9.15}],
    bad=[{"lat": 0.0, "lon": 0.0}],
    mend=Mend.SAFE,
    about=("lon",),
    needs=("lat",),
    quiet=lambda batch, _: 0 not in batch.column("lat"),
)
def null_island(place: Place) -> Iterator[Hit]:
    """Look for the point 0, 0; what it was written as may tell the true one, and is not lost."""
    if place.lat == 0 and place.lon == 0:
        yield Hit("lat", mend={} if place.point_as_given else {"lat": "", "lon": ""})


@rule(
    code="P08",
    severity=Severity.ERROR,
    message=Text("l'area «{area}» non esiste", "the area “{area}” does not exist"),
    why=Text(
        "Chi usa i dati cerca l'area con il suo identificativo.",
        "People who use the data look up the area by its identifier.",
    ),
    fix=Text(
        "Usare una delle aree di «bencomune area list».",
        "Use one of the areas of “bencomune area list”.",
    ),
    source="POI-AP_IT",
    good=[{"area_served": ("centro-esempio",)}, {}],
    bad=[{"area_served": ("mai-esistita",)}],
    needs=("area_served",),
)
def unknown_area(place: Place, context: Context) -> Iterator[Hit]:
    """Look for areas served that are not there; SQLite itself guards the other columns."""
    for area in place.area_served:
        if area not in context.areas:
            yield Hit("area_served", {"area": area})


@rule(
    code="P09",
    severity=Severity.ERROR,
    message=Text("il confine non si può leggere", "the boundary cannot be read"),
    why=Text(
        "I punti si confrontano con il confine: se non si legge, non si scopre più alcun errore.",
        "Points are compared with the boundary: if it cannot be read, errors are no longer found.",
    ),
    fix=Text(
        "Caricare di nuovo l'area con «bencomune area load».",
        "Load the area again with “bencomune area load”.",
    ),
    source="RFC 7946, 3.1.6",
    good=[{"boundary": '{"type":"Polygon","coordinates":[[[9,45],[9.1,45],[9,45.1],[9,45]]]}'}],
    bad=[{"boundary": "POLYGON ((9 45, 9.1 45, 9 45.1, 9 45))"}],
    needs=("boundary",),
)
def boundary_unreadable(area: Area) -> Iterator[Hit]:
    """Read the boundary as GeoJSON."""
    if area.boundary is None:
        return
    try:
        parse_boundary(area.boundary)
    except Unreadable:
        yield Hit("boundary")


def _is_coarse(precision: str | None, lat: float | None, lon: float | None) -> bool:
    least = DECIMALS_OF.get(precision or "")
    if least is None or lat is None or lon is None:
        return False
    return round(lat, least - 1) == lat and round(lon, least - 1) == lon


def _coarse(batch: Batch, _context: Context) -> Collection[int]:
    told = map(_is_coarse, *map(batch.column, ("precision", "lat", "lon")))
    return {place for place, coarse in enumerate(told) if coarse}


@rule(
    code="P16",
    severity=Severity.WARNING,
    message=Text(
        "il punto {lat}, {lon} ha pochi decimali per la precisione «{precision}»",
        "the point {lat}, {lon} has few decimals for the precision “{precision}”",
    ),
    why=Text(
        "Due decimali sono un chilometro, tre un centinaio di metri, quattro una decina.",
        "Two decimals are a kilometre, three about a hundred metres, four about ten.",
    ),
    fix=Text(
        "Dare il punto con tutte le sue cifre, o una precisione minore con --precision.",
        "Give the point with all its digits, or a lower precision with --precision.",
    ),
    source="RFC 7946, 11.2",
    good=[
        {"lat": 45.1847, "lon": 9.1582, "precision": "address"},
        {"lat": 45.18, "lon": 9.15, "precision": "neighbourhood"},
        {"lat": 45.184, "lon": 9.15, "precision": "street"},
    ],
    bad=[
        {"lat": 45.184, "lon": 9.158, "precision": "address"},
        {"lat": 45.18, "lon": 9.15, "precision": "street"},
    ],
    about=("lon", "precision"),
    needs=("lat",),
    suspects=_coarse,
)
def coarser_than_its_precision(place: Place) -> Iterator[Hit]:
    """Count the decimals of both numbers: one alone may end in zeros."""
    if _is_coarse(place.precision, place.lat, place.lon):
        write = Degrees().write
        told = {"lat": write(place.lat), "lon": write(place.lon)}
        yield Hit("lat", {**told, "precision": PRECISION.told(place.precision)})


@rule(
    code="P18",
    severity=Severity.NOTE,
    message=Text("c'è l'indirizzo ma non il punto", "the address is there, but no point"),
    why=Text("Senza punto non compare sulle mappe.", "Without a point it is on no map."),
    fix=Text(
        "Cercarlo su una mappa e darlo con --point, anche come link.",
        "Look it up on a map and give it with --point, also as a link.",
    ),
    source="CLV-AP_IT",
    good=[
        {"street": "via Esempio", "number": "1", "municipality": "000001", "lat": 45.1, "lon": 9.1},
        {"street": "via Esempio", "municipality": "000001"},
    ],
    bad=[{"street": "via Esempio", "number": "1", "municipality": "000001"}],
    about=("street", "number", "municipality"),
    needs=("street",),
    quiet=lambda batch, _: not batch.lacks("lat"),
)
def address_without_point(place: Place) -> Iterator[Hit]:
    """Look for whole addresses of what is not closed, without a point, and with no wish to mask."""
    if place.lat is not None or place.lon is not None or not place.street:
        return
    if place.number and place.municipality and place.state != "closed" and not place.precision:
        yield Hit("lat")
