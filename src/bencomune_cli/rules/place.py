"""P: where a record is. Points, addresses, areas."""

import re
from collections.abc import Iterator

from ..contexts import Context
from ..entities import Area, Group, Place
from ..errors import Unreadable
from ..findings import Severity
from ..geo import parse_boundary
from ..words import Text
from . import Hit, rule


@rule(
    code="P01",
    severity=Severity.ERROR,
    message=Text("c'è una sola coordinata", "only one coordinate is given"),
    why=Text("Un punto ha bisogno di entrambe.", "A point needs both."),
    fix=Text("Indicare anche l'altra, o nessuna.", "Give the other one too, or none."),
    source="RFC 7946, 3.1.1",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 45.18}, {"lon": 9.15}],
)
def half_a_point(place: Place) -> Iterator[Hit]:
    """Look for a latitude without longitude, or the reverse."""
    if (place.lat is None) != (place.lon is None):
        yield Hit("lon" if place.lon is None else "lat")


@rule(
    code="P02",
    severity=Severity.WARNING,
    message=Text(
        "il punto {lat}, {lon} è fuori dai Comuni della rete",
        "the point {lat}, {lon} lies outside the network's municipalities",
    ),
    why=Text(
        "Di solito è un errore di battitura o di geocodifica; può essere giusto per la sede di"
        " un'organizzazione che lavora anche altrove.",
        "Usually it is a slip of the keys or of geocoding; it may be right for the seat of an"
        " organisation that also works elsewhere.",
    ),
    fix=Text("Controllare il punto sulla mappa.", "Check the point on a map."),
    source="CLV-AP_IT",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 41.9, "lon": 12.5}],
)
def point_outside_the_network(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the point with the boundaries, or bounding boxes, of the municipalities."""
    if place.lat is None or place.lon is None or not context.shaped or _swapped(place, context):
        return
    if context.holds(place.lon, place.lat) is False:
        yield Hit("lat", {"lat": place.lat, "lon": place.lon})


@rule(
    code="P03",
    severity=Severity.ERROR,
    message=Text(
        "latitudine e longitudine sono scambiate: {lat}, {lon}",
        "latitude and longitude are swapped: {lat}, {lon}",
    ),
    why=Text(
        "Il punto scambiato cade nei Comuni della rete, quello scritto altrove.",
        "The swapped point lies in the network's municipalities, the written one elsewhere.",
    ),
    fix=Text("Scambiare i due valori.", "Swap the two values."),
    source="RFC 7946, 3.1.1",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 9.15, "lon": 45.18}],
)
def swapped_coordinates(place: Place, context: Context) -> Iterator[Hit]:
    """See whether only the swapped point lies in the network."""
    if _swapped(place, context):
        yield Hit("lat", {"lat": place.lat, "lon": place.lon})


@rule(
    code="P04",
    severity=Severity.WARNING,
    message=Text(
        "non è detto quanto è preciso il punto", "it is not said how precise the point is"
    ),
    why=Text(
        "Chi legge la mappa deve sapere se il punto è il civico o solo il quartiere.",
        "Who reads the map must know whether the point is the house number or only the quarter.",
    ),
    fix=Text("Indicare la precisione.", "Give the precision."),
    source="CLV-AP_IT",
    good=[{"lat": 45.18, "lon": 9.15, "precision": "address"}, {}],
    bad=[{"lat": 45.18, "lon": 9.15}],
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
        "A group without a door is published by its area, never by an invented point.",
    ),
    fix=Text(
        "Indicare --meets-at, --neighbourhood o --area-served.",
        "Give --meets-at, --neighbourhood or --area-served.",
    ),
    source="COV-AP_IT (Group)",
    good=[{"neighbourhood": "centro-esempio"}, {"area_served": ("centro-esempio",)}],
    bad=[{}],
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
    bad=[{"postcode": "100"}, {"postcode": "2710O"}],
)
def postcode_shape(place: Place) -> Iterator[Hit]:
    """Look for a postcode that is not five digits."""
    if place.postcode and not re.fullmatch("[0-9]{5}", place.postcode):
        yield Hit("postcode", {"value": place.postcode})


@rule(
    code="P07",
    severity=Severity.ERROR,
    message=Text("il punto è 0, 0, nell'Atlantico", "the point is 0, 0, in the Atlantic"),
    why=Text(
        "È ciò che resta di una geocodifica fallita.", "It is what a failed geocoding leaves."
    ),
    fix=Text("Togliere il punto o indicare quello vero.", "Remove the point or give the true one."),
    source="Natural Earth, Null Island",
    good=[{"lat": 45.18, "lon": 9.15}],
    bad=[{"lat": 0.0, "lon": 0.0}],
)
def null_island(place: Place) -> Iterator[Hit]:
    """Look for the point 0, 0."""
    if place.lat == 0 and place.lon == 0:
        yield Hit("lat")


@rule(
    code="P08",
    severity=Severity.ERROR,
    message=Text("l'area «{area}» non esiste", "the area “{area}” does not exist"),
    why=Text(
        "Chi usa i dati cerca l'area per il suo identificativo.",
        "Who uses the data looks the area up by its identifier.",
    ),
    fix=Text("Usare un'area di «bencomune area list».", "Use an area of “bencomune area list”."),
    source="POI-AP_IT",
    good=[{"area_served": ("centro-esempio",)}, {}],
    bad=[{"area_served": ("mai-esistita",)}],
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
        "I punti si confrontano con il confine: uno illeggibile non ferma più alcun errore.",
        "Points are compared with the boundary: one that cannot be read stops no error.",
    ),
    fix=Text(
        "Caricare di nuovo l'area con «bencomune area load».",
        "Load the area again by “bencomune area load”.",
    ),
    source="RFC 7946, 3.1.6",
    good=[{"boundary": '{"type":"Polygon","coordinates":[[[9,45],[9.1,45],[9,45.1],[9,45]]]}'}],
    bad=[{"boundary": "POLYGON ((9 45, 9.1 45, 9 45.1, 9 45))"}],
)
def boundary_unreadable(area: Area) -> Iterator[Hit]:
    """Read the boundary as GeoJSON."""
    if area.boundary is None:
        return
    try:
        parse_boundary(area.boundary)
    except Unreadable:
        yield Hit("boundary")


def _swapped(place: Place, context: Context) -> bool:
    if place.lat is None or place.lon is None:
        return False
    return context.holds(place.lon, place.lat) is False and bool(
        context.holds(place.lat, place.lon)
    )
