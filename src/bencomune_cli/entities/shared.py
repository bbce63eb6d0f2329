"""The columns that labs, groups and organisations have in common, and the types of values."""

from typing import Annotated, ClassVar

from ..declare import Audience, Column, Record, column, derived
from ..derivations import CONTACTS, FRESHNESS, TOWN_NAME, area_name, names_behind
from ..kinds.choices import Listing, Term
from ..kinds.numbers import Degrees, Integer, YesNo
from ..kinds.texts import Email, Line, Phone, Prose, Reference, Shaped, WebAddress
from ..kinds.times import Day, Moment, PartialDate
from ..structs import Struct
from ..words import Text

ISTAT_CODE = Shaped(
    pattern="[0-9]{6}",
    forbidden="*[^0-9]*",
    longest=6,
    expected=Text(
        "serve il codice ISTAT del Comune, di sei cifre, o il nome di uno caricato con «area load»",
        "the six-digit ISTAT code of a municipality is needed, or the name of one that is loaded",
    ),
)

Name = Annotated[str, Line(200, names=True)]
LineText = Annotated[str, Line()]
LongLine = Annotated[str, Line(2_000)]
ShortText = Annotated[str, Line(60, names=True)]
PlainText = Annotated[str, Prose()]
Lines = Annotated[tuple[str, ...], Listing(Line(2_000))]
Names = Annotated[tuple[str, ...], Listing(Line(2_000, names=True))]
Whole = Annotated[int, Integer()]
Flag = Annotated[bool, YesNo()]
Latitude = Annotated[float, Degrees(most=90)]
Longitude = Annotated[float, Degrees(most=180)]
SomeDate = Annotated[str, PartialDate()]
WholeDay = Annotated[str, Day()]
Time = Annotated[str, Moment()]
Mail = Annotated[str, Email()]
Telephone = Annotated[str, Phone()]
Web = Annotated[str, WebAddress()]
WebList = Annotated[tuple[str, ...], Listing(WebAddress())]
Municipality = Annotated[str, ISTAT_CODE]
Municipalities = Annotated[tuple[str, ...], Listing(ISTAT_CODE)]
AreaId = Annotated[str, Reference(table="areas")]
AreaIds = Annotated[tuple[str, ...], Listing(Reference(table="areas"))]

PUBLIC, MASKED, STAFF = Audience.PUBLIC, Audience.MASKED, Audience.STAFF
NEVER = "0"  # what is never published


class Kept(Record):
    """What the registry writes by itself on every entity."""

    version: Whole = column("Versione", "Version", automatic=True, default=1)
    created_at: Time = column("Creato il", "Created at", audience=PUBLIC, automatic=True)
    updated_at: Time = column("Aggiornato il", "Updated at", audience=PUBLIC, automatic=True)


AUTOMATIC = tuple(Kept.__annotations__)  # which change with each write: version, then two times

# Precisions of a point that is only that of an area, which others may share.
OF_AREAS = frozenset({"municipality", "neighbourhood", "masked"})

_PART = area_name("a.id = r.neighbourhood")
DERIVED: tuple[Column, ...] = (
    derived(
        "municipality_name", Line(200), Text("Nome del Comune", "Municipality name"), TOWN_NAME
    ),
    derived("neighbourhood_name", Line(), Text("Nome del quartiere", "Neighbourhood name"), _PART),
    derived(
        "coordinator",
        Listing(Line()),
        Text("Coordinato da", "Coordinated by"),
        names_behind("coordinator"),
    ),
    derived(
        "partners",
        Listing(Line()),
        Text("Partner", "Partners"),
        names_behind("partners"),
    ),
    derived(
        "contacts",
        Listing(Line()),
        Text("Contatti", "Contacts"),
        CONTACTS,
    ),
    derived(
        "freshness",
        Term("freshness"),
        Text("Freschezza", "Freshness"),
        FRESHNESS,
        help=Text("se la rete ha verificato il record da poco", "whether it was verified of late"),
    ),
)


class AskedRelation(Struct):
    """A relation that guided entry asks for: its option, label and role; outward from the new."""

    name: str
    label: Text
    role: str
    outward: bool


COORDINATED_BY = AskedRelation(
    "coordinated_by", Text("Coordinato da", "Coordinated by"), "coordinates", outward=False
)
COORDINATES = AskedRelation(
    "coordinates", Text("Coordina", "Coordinates"), "coordinates", outward=True
)
ASKED_RELATIONS = (COORDINATED_BY, COORDINATES)


# What is verified from time to time, as SQL; `Place.is_kept_up` says the same of one record.
KEPT_UP = "state IN ('active', 'paused') AND NOT hidden AND NOT removed"


class Place(Kept):
    """What labs, groups and organisations have in common."""

    @property
    def is_kept_up(self) -> bool:
        """Tell whether it is verified from time to time: it lives, and is shown."""
        return self.state in {"active", "paused"} and not (self.hidden or self.removed)

    asked_relation: ClassVar[AskedRelation] = COORDINATED_BY
    natural_keys: ClassVar[tuple[str, ...]] = ()  # columns that tell one record from all others

    public_when = (
        # With IN of three values SQLite makes a table of them, and looks each record up there.
        "(r.state = 'active' OR r.state = 'paused' OR r.state = 'closed')"
        " AND NOT r.hidden AND NOT r.removed AND r.id NOT IN (SELECT id FROM withheld)"
    )
    masked_when = "r.precision = 'masked'"
    constraints = ("CHECK ((lat IS NULL) = (lon IS NULL))",)
    derived = DERIVED

    name: Name = column("Nome", "Name", audience=PUBLIC, asked=10)
    alt_names: Names = column("Altri nomi", "Other names", audience=PUBLIC, default=())
    summary: LineText | None = column(
        "In breve", "Summary", help=Text("una frase", "one sentence"), audience=PUBLIC, asked=14
    )
    description: PlainText | None = column("Descrizione", "Description", audience=PUBLIC)
    activities: Annotated[tuple[str, ...], Listing(Term("activity"))] = column(
        "Attività", "Activities", audience=PUBLIC, default=(), asked=16
    )
    audiences: Annotated[tuple[str, ...], Listing(Term("audience"))] = column(
        "A chi si rivolge", "Audiences", audience=PUBLIC, default=()
    )
    state: Annotated[str, Term("state")] = column(
        "Stato",
        "State",
        help=Text("un record proposto non viene pubblicato", "a proposed record is not published"),
        audience=PUBLIC,
        default="proposed",
        asked=18,
    )
    hidden: Flag = column(
        "Nascosto", "Hidden", help=Text("mai pubblicato", "never published"), default=False
    )
    hidden_reason: LineText | None = column("Perché è nascosto", "Why it is hidden")
    started_on: SomeDate | None = column("Attivo dal", "Started on", audience=PUBLIC)
    ended_on: SomeDate | None = column("Attivo fino al", "Ended on", audience=PUBLIC)
    street: Annotated[str, Line(names=True)] | None = column(
        "Via",
        "Street",
        help=Text("con la specie: via, piazza", "with its kind"),
        audience=MASKED,
        asked=22,
    )
    number: ShortText | None = column(
        "Civico",
        "Number",
        help=Text("12/A, snc", "12/A, snc"),
        audience=MASKED,
        asked=24,
        asked_if="street",
    )
    postcode: ShortText | None = column("CAP", "Postcode", audience=MASKED)
    municipality: Municipality | None = column(
        "Comune",
        "Municipality",
        help=Text("nome o codice ISTAT", "name or ISTAT code"),
        audience=PUBLIC,
        asked=20,
    )
    address_note: LineText | None = column("Note sull'indirizzo", "Address note", audience=MASKED)
    neighbourhood: AreaId | None = column("Quartiere", "Neighbourhood", audience=PUBLIC, asked=28)
    area_served: AreaIds = column("Zone servite", "Areas served", audience=PUBLIC, default=())
    lat: Latitude | None = column(
        "Latitudine", "Latitude", audience=MASKED, masked="round({column}, 2)", asked=30
    )
    lon: Longitude | None = column(
        "Longitudine", "Longitude", audience=MASKED, masked="round({column}, 2)"
    )
    precision: Annotated[str, Term("precision")] | None = column(
        "Precisione del punto",
        "Precision of the point",
        help=Text(
            "«mascherata» pubblica un punto arrotondato a circa un chilometro, senza indirizzo",
            "“masked” publishes a point rounded to about a kilometre, without address",
        ),
        audience=MASKED,
        masked="CASE WHEN r.lat IS NOT NULL THEN 'masked' END",
        asked=32,
        asked_if="lat",
    )
    point_source: LineText | None = column(
        "Fonte del punto", "Source of the point", audience=MASKED
    )
    point_as_given: LongLine | None = column(
        "Punto come è stato scritto",
        "Point as it was given",
        help=Text("prima di essere convertito", "before it was converted"),
    )
    email: Mail | None = column(
        "E-mail",
        "E-mail",
        help=Text("dell'ufficio, mai di una persona", "of the office, never of a person"),
        audience=PUBLIC,
        asked=42,
    )
    phone: Telephone | None = column(
        "Telefono",
        "Telephone",
        help=Text("dell'ufficio, mai di una persona", "of the office, never of a person"),
        audience=PUBLIC,
        asked=40,
    )
    website: Web | None = column("Sito web", "Web site", audience=PUBLIC, asked=44)
    links: WebList = column("Altri collegamenti", "Other links", audience=PUBLIC, default=())
    opening_hours: LineText | None = column(
        "Orari",
        "Opening hours",
        help=Text(
            "come in OpenStreetMap: Mo-Fr 16:00-19:00", "as in OpenStreetMap: Mo-Fr 16:00-19:00"
        ),
        audience=PUBLIC,
        asked=46,
    )
    opening_note: LineText | None = column("Note sugli orari", "Opening note", audience=PUBLIC)
    wheelchair: Annotated[str, Term("yes_limited_no")] | None = column(
        "Accessibile in carrozzina", "Wheelchair access", audience=PUBLIC
    )
    source: Lines = column(
        "Fonti",
        "Sources",
        help=Text("indirizzo web o numero di protocollo", "web address or protocol number"),
        audience=PUBLIC,
        default=(),
        asked=50,
    )
    source_id: LineText | None = column(
        "Identificativo nella fonte",
        "Identifier in the source",
        help=Text("per importare di nuovo lo stesso file", "to import the same file again"),
    )
    verified_on: SomeDate | None = column("Verificato il", "Verified on", audience=PUBLIC, asked=52)
    verified_how: Annotated[str, Term("verified_how")] | None = column(
        "Come è stato verificato", "How it was verified", audience=PUBLIC
    )
    notes: PlainText | None = column("Note interne", "Internal notes")
    removed: Flag = column("Rimosso", "Removed", automatic=True, default=False)
