"""Network: the one row that says whose registry this is."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.choices import Listing, Term
from ..kinds.numbers import Integer
from ..kinds.texts import Code
from ..kinds.tiles import TileAddress
from ..words import Text
from .shared import (
    PUBLIC,
    Kept,
    LineText,
    Mail,
    Municipalities,
    Name,
    PlainText,
    Telephone,
    Web,
    WholeDay,
)

CATALOGUE = Text("per i cataloghi di dati aperti", "for catalogues of open data")
Months = Annotated[int, Integer(least=1, most=1_200)]


@entity(table="network", label=Text("Rete", "Network"), plural=Text("Rete", "Network"))
class Network(Kept):
    """The network whose registry this is: its names, its territory, its licence."""

    public_when = "r.id = 'network'"
    constraints = ("CHECK (id = 'network')",)

    name: Name = column("Nome", "Name", audience=PUBLIC)
    description: PlainText | None = column("Descrizione", "Description", audience=PUBLIC)
    publisher: Name | None = column("Titolare dei dati", "Publisher", audience=PUBLIC)
    publisher_ipa: Annotated[str, Code(lower=True)] | None = column(
        "Codice IPA del titolare", "IPA code of the publisher", audience=PUBLIC
    )
    email: Mail | None = column("E-mail dell'ufficio", "E-mail of the office", audience=PUBLIC)
    website: Web | None = column("Sito web", "Web site", audience=PUBLIC)
    municipalities: Municipalities = column(
        "Comuni",
        "Municipalities",
        help=Text("codici ISTAT", "ISTAT codes"),
        audience=PUBLIC,
        default=(),
    )
    languages: Annotated[tuple[str, ...], Listing(Term("language"))] = column(
        "Lingue", "Languages", audience=PUBLIC, default=("it",)
    )
    licence: LineText | None = column("Licenza", "Licence", audience=PUBLIC, default="CC BY 4.0")
    licence_url: Web | None = column(
        "Indirizzo della licenza",
        "Address of the licence",
        audience=PUBLIC,
        default="https://creativecommons.org/licenses/by/4.0/",
    )
    base_uri: Web | None = column(
        "Base degli indirizzi dei record", "Base address of the records", audience=PUBLIC
    )
    files_url: Web | None = column(
        "Indirizzo dei file pubblicati",
        "Address of the published files",
        help=Text(
            "della cartella web in cui si mettono: https://www.comune.example.it/dati/",
            "of the web folder in which they are put: https://www.comune.example.it/data/",
        ),
        audience=PUBLIC,
    )
    landing_page: Web | None = column(
        "Pagina dei dati",
        "Page of the data",
        help=Text("sul portale dei dati aperti", "on the open-data portal"),
        audience=PUBLIC,
    )
    publisher_vat: Annotated[str, Code()] | None = column(
        "Partita IVA del titolare",
        "VAT number of the publisher",
        help=Text("se non ha un codice IPA", "if it has no IPA code"),
        audience=PUBLIC,
    )
    distributor: Name | None = column(
        "Editore dei dati",
        "Distributor of the data",
        help=Text(
            "chi li pubblica, se non è il titolare", "who puts them out, if not the publisher"
        ),
        audience=PUBLIC,
    )
    distributor_code: Annotated[str, Code(lower=True)] | None = column(
        "Codice dell'editore",
        "Code of the distributor",
        help=Text("codice IPA, o partita IVA", "IPA code, or VAT number"),
        audience=PUBLIC,
    )
    office: Name | None = column(
        "Ufficio a cui rivolgersi",
        "Office to turn to",
        help=Text("un ufficio, mai una persona", "an office, never a person"),
        audience=PUBLIC,
    )
    phone: Telephone | None = column(
        "Telefono dell'ufficio", "Telephone of the office", audience=PUBLIC
    )
    themes: Annotated[tuple[str, ...], Listing(Term("data_theme"))] = column(
        "Temi", "Themes", help=CATALOGUE, audience=PUBLIC, default=("soci",)
    )
    subjects: Annotated[tuple[str, ...], Listing(Term("eurovoc"))] = column(
        "Sottotemi (EuroVoc)",
        "Subjects (EuroVoc)",
        help=CATALOGUE,
        audience=PUBLIC,
        default=("social_affairs",),
    )
    frequency: Annotated[str, Term("frequency")] | None = column(
        "Frequenza di aggiornamento",
        "Frequency of updates",
        help=CATALOGUE,
        audience=PUBLIC,
        default="irregular",
    )
    issued: WholeDay | None = column("Pubblicati dal", "Published since", audience=PUBLIC)
    identifier: LineText | None = column(
        "Identificativo dei dati",
        "Identifier of the data",
        help=Text("come nel catalogo nazionale", "as in the national catalogue"),
        audience=PUBLIC,
    )
    geonames: Web | None = column(
        "Territorio su GeoNames",
        "Territory on GeoNames",
        help=Text("https://sws.geonames.org/…", "https://sws.geonames.org/…"),
        audience=PUBLIC,
    )
    tiles_url: Annotated[str, TileAddress()] | None = column(
        "Sfondo della mappa",
        "Background of the map",
        help=Text(
            "indirizzo delle tessere, con {z}, {x} e {y}; senza, la mappa ha solo i confini",
            "address of the tiles, with {z}, {x} and {y}; without it the map has outlines only",
        ),
        audience=PUBLIC,
    )
    tiles_credit: LineText | None = column(
        "Di chi è lo sfondo",
        "Credit of the background",
        help=Text("come chi lo offre vuole sia scritto", "as its provider wants it written"),
        audience=PUBLIC,
    )
    verify_every: Months | None = column(
        "Verificare ogni",
        "Verify every",
        help=Text(
            "mesi dopo i quali un record è da verificare di nuovo",
            "months after which a record is due for verification",
        ),
    )
    unverified_after: Months | None = column(
        "Non verificato dopo",
        "Unverified after",
        help=Text(
            "mesi dall'ultima verifica, dopo i quali un record da verificare è pubblicato come non"
            " verificato",
            "months since the last verification, after which a record that is due is published as"
            " not verified",
        ),
    )
