"""P: points and the areas that their records name: municipality, neighbourhood, the network's."""

from collections.abc import Collection, Iterator

from ..batches import Batch
from ..contexts import Context
from ..entities import Area, Place
from ..entities.shared import OF_AREAS
from ..findings import Severity
from ..nearness import far, italy, on_earth
from ..words import Text
from . import Hit, Mend, rule

# Metres outside a boundary that are told: boundaries and points are drawn and found so roughly. A
# street may run on beyond its quarter; a masked point may be rounded to a kilometre.
OUT_OF_MUNICIPALITY, OUT_OF_NEIGHBOURHOOD = 100.0, 50.0
ROUGHER = {"street": 200.0, "masked": 1_000.0}


def _without_a_shape(batch: Batch, context: Context) -> Collection[int]:
    """Return the places of those with a point whose own municipality has no shape, or none."""
    shaped = {code for code, area in context.by_code.items() if area.box}
    if shaped.issuperset(batch.column("municipality")):
        return ()
    told = enumerate(zip(batch.column("municipality"), batch.column("lon"), strict=True))
    return {place for place, (town, lon) in told if town not in shaped and lon is not None}


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
        "Usually it is a mistake in typing or geocoding; it may be right for the seat of an"
        " organisation that also works elsewhere.",
    ),
    fix=Text(
        "Controllare il punto sulla mappa. Se è giusto: «bencomune waive».",
        "Check the point on a map. If it is right: “bencomune waive”.",
    ),
    source="CLV-AP_IT",
    good=[{"lat": 45.18, "lon": 9.15}, {}],
    bad=[{"lat": 41.9, "lon": 12.5}],
    about=("lon", "municipality"),
    needs=("lat",),
    suspects=_without_a_shape,
)
def point_outside_the_network(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the point with the boundaries of all municipalities, where its own has none."""
    if place.lat is None or place.lon is None or not context.shaped:
        return
    if context.holds(place.lon, place.lat) is not False or _own(place, context):
        return
    if _is_told(place.lon, place.lat, context):
        return
    yield Hit("lat", {"lat": place.lat, "lon": place.lon})


def _outside_their_own(batch: Batch, context: Context) -> Collection[int]:
    """Return the places of those whose point does not lie in the municipality that is named."""
    towns = map(context.by_code.get, batch.column("municipality"))
    told = enumerate(zip(towns, batch.column("lon"), batch.column("lat"), strict=True))
    return {
        place
        for place, (town, lon, lat) in told
        if not (town is None or lon is None or lat is None or town.holds(lon, lat))
    }


@rule(
    code="P11",
    severity=Severity.WARNING,
    message=Text(
        "il punto è fuori dal Comune di {name}: {far} oltre il confine",
        "the point lies outside the municipality of {name}: {far} beyond its boundary",
    ),
    why=Text(
        "O il punto o il Comune è sbagliato: chi cerca per Comune e chi guarda la mappa trovano"
        " due cose diverse.",
        "Either the point or the municipality is wrong: those who search by municipality and those"
        " who look at the map find two different things.",
    ),
    fix=Text(
        "Controllare il punto sulla mappa, e correggerlo con --point, o il Comune con"
        " --municipality.",
        "Check the point on a map, and correct it with --point, or the municipality with"
        " --municipality.",
    ),
    source="ISTAT, Confini delle unità amministrative a fini statistici",
    good=[
        {"lat": 45.18, "lon": 9.15, "municipality": "000001"},
        {"lat": 45.3005, "lon": 9.15, "municipality": "000001"},
    ],
    bad=[{"lat": 45.4, "lon": 9.15, "municipality": "000001"}],
    about=("lon", "municipality"),
    needs=("municipality",),
    suspects=_outside_their_own,
)
def point_outside_its_municipality(place: Place, context: Context) -> Iterator[Hit]:
    """Measure how far the point lies outside the boundary of the municipality that is named."""
    own = _own(place, context)
    metres = _metres_out(place, own, context, OUT_OF_MUNICIPALITY)
    if own and metres:
        yield Hit("lat", {"name": own.name, "far": far(metres)})


@rule(
    code="P12",
    severity=Severity.WARNING,
    message=Text(
        "il punto è fuori da «{name}»: {far} oltre il confine",
        "the point lies outside “{name}”: {far} beyond its boundary",
    ),
    why=Text(
        "O il punto o il quartiere è sbagliato.", "Either the point or the neighbourhood is wrong."
    ),
    fix=Text(
        "Controllare il punto sulla mappa, e correggerlo con --point, o il quartiere con"
        " --neighbourhood.",
        "Check the point on a map, and correct it with --point, or the neighbourhood with"
        " --neighbourhood.",
    ),
    source="CLV-AP_IT",
    good=[
        {"lat": 45.18, "lon": 9.15, "neighbourhood": "centro-esempio"},
        {"lat": 45.15, "lon": 9.15, "neighbourhood": "centro-esempio", "precision": "municipality"},
    ],
    bad=[{"lat": 45.05, "lon": 9.15, "neighbourhood": "centro-esempio"}],
    about=("lon", "neighbourhood"),
    needs=("neighbourhood",),
)
def point_outside_its_neighbourhood(place: Place, context: Context) -> Iterator[Hit]:
    """Measure how far the point lies outside the area that is named, if inside its municipality."""
    if not place.neighbourhood or place.precision == "municipality":
        return
    area = context.areas.get(place.neighbourhood)
    metres = _metres_out(place, area, context, OUT_OF_NEIGHBOURHOOD)
    if not (area and metres):
        return
    own = _own(place, context)
    outside = own and _metres_out(place, own, context, OUT_OF_MUNICIPALITY)
    lost = context.shaped and context.holds(place.lon or 0.0, place.lat or 0.0) is False
    if not (outside if own else lost):
        yield Hit("lat", {"name": area.name, "far": far(metres)})


@rule(
    code="P24",
    severity=Severity.NOTE,
    message=Text(
        "manca il quartiere: il punto cade in «{name}»",
        "the neighbourhood is missing: the point lies in “{name}”",
    ),
    why=Text(
        "Chi cerca per quartiere non trova il record.",
        "Anyone who searches by neighbourhood does not find the record.",
    ),
    fix=Text(
        "Indicare --neighbourhood; «bencomune check --unsafe-fixes» lo prende dal punto.",
        "Give --neighbourhood; “bencomune check --unsafe-fixes” takes it from the point.",
    ),
    source="CLV-AP_IT",
    good=[
        {"lat": 45.18, "lon": 9.15, "neighbourhood": "centro-esempio"},
        {"lat": 45.05, "lon": 9.05},
        {"lat": 45.18, "lon": 9.15, "precision": "municipality"},
    ],
    bad=[{"lat": 45.18, "lon": 9.15, "precision": "address"}],
    mend=Mend.UNSAFE,
    about=("lat", "lon"),
    needs=("lat",),
)
def neighbourhood_not_told(place: Place, context: Context) -> Iterator[Hit]:
    """Look for points of no neighbourhood, that lie in the boundary of one."""
    if place.lat is None or place.lon is None or place.neighbourhood:
        return
    if place.precision in OF_AREAS:
        return
    found = [
        area
        for area in context.around("neighbourhood", place.lon, place.lat)
        if not (place.municipality and area.part_of) or area.part_of == place.municipality
    ]
    if len(found) == 1 and found[0].boundary:
        yield Hit("neighbourhood", {"name": found[0].name}, mend={"neighbourhood": found[0].id})


@rule(
    code="P25",
    severity=Severity.NOTE,
    message=Text(
        "manca il Comune: il punto cade a {name}",
        "the municipality is missing: the point lies in {name}",
    ),
    why=Text(
        "Chi cerca per Comune non trova il record.",
        "Anyone who searches by municipality does not find the record.",
    ),
    fix=Text(
        "Indicare --municipality; «bencomune check --unsafe-fixes» lo prende dal punto.",
        "Give --municipality; “bencomune check --unsafe-fixes” takes it from the point.",
    ),
    source="CLV-AP_IT",
    good=[{"lat": 45.1, "lon": 9.45, "municipality": "000003"}, {"lat": 45.18, "lon": 9.15}],
    bad=[{"lat": 45.1, "lon": 9.45}],
    mend=Mend.UNSAFE,
    about=("lat", "lon"),
    needs=("lat",),
    quiet=lambda batch, _: not batch.lacks("municipality"),
)
def municipality_not_told(place: Place, context: Context) -> Iterator[Hit]:
    """Look for points of no municipality, that lie in the boundary of one, and in no other box."""
    if place.lat is None or place.lon is None or place.municipality:
        return
    found = context.around("municipality", place.lon, place.lat)
    if len(found) == 1 and found[0].boundary and found[0].code:
        yield Hit("municipality", {"name": found[0].name}, mend={"municipality": found[0].code})


def _own(place: Place, context: Context) -> Area | None:
    """Return the municipality that a place names, if its shape is known."""
    own = context.by_code.get(place.municipality) if place.municipality else None
    return own if own and own.box else None


def _metres_out(place: Place, area: Area | None, context: Context, most: float) -> float | None:
    """Return how far outside an area a point lies; None for inside, near, or told otherwise."""
    if area is None or place.lat is None or place.lon is None:
        return None
    if not on_earth(place.lon, place.lat):
        return None
    metres = area.metres_outside(place.lon, place.lat) or 0.0
    if metres <= max(most, ROUGHER.get(place.precision or "", 0.0)):
        return None
    return None if _is_told(place.lon, place.lat, context) else metres


def _is_told(lon: float, lat: float, context: Context) -> bool:
    """Tell whether a point that is elsewhere is so for a reason that another rule tells."""
    return not italy().holds(lon, lat) or context.swapped(lon, lat)
