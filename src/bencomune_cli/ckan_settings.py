"""What an office sets for a CKAN portal: which one, which dataset, what is said of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from .setting_keys import key
from .words import Text


@dataclass(frozen=True)
class CkanSettings:
    """Which portal, which dataset, and what is said of it."""

    about: ClassVar[Text] = Text(
        "Il portale CKAN, con «publish --to ckan».", "The CKAN portal, by “publish --to ckan”."
    )

    url: str = key(
        "l'indirizzo del portale",
        "the address of the portal",
        example="https://dati.comune.esempio.it",
    )
    organisation: str = key(
        "il nome dell'organizzazione sul portale, com'è nel suo indirizzo",
        "the name of the organisation on the portal, as in its address",
        example="comune-di-esempio",
    )
    dataset: str = key(
        "il nome del dataset, com'è nel suo indirizzo",
        "the name of the dataset, as in its address",
        example="laboratori-sociali",
    )
    title: str | None = key(
        "il titolo; se manca, il nome della rete",
        "the title; the name of the network if this is missing",
        None,
        example="Laboratori sociali di Esempio",
    )
    notes: str | None = key(
        "la descrizione; se manca, quella della rete",
        "the description; that of the network if this is missing",
        None,
        example="I luoghi e i gruppi della rete, aggiornati ogni notte.",
    )
    licence: str | None = key(
        "il codice della licenza sul portale; se manca, da quella della rete",
        "the code of the licence on the portal; by that of the network if this is missing",
        None,
        example="cc-by",
    )
    tags: tuple[str, ...] = key(
        "parole chiave", "tags", (), example=("beni comuni", "associazioni")
    )
    extras: dict[str, str] = key(
        "altri campi che il portale vuole",
        "other fields that the portal wants",
        {},
        example={"geographical_name": "ITA_PAV"},
    )
    datastore: bool = key(
        "mettere i CSV anche nel DataStore, con i tipi delle colonne",
        "put the CSV into the DataStore too, with the types of the columns",
        True,
    )
    token_file: Path | None = key(
        "il file con il token; se manca, lo dice BENCOMUNE_CKAN_TOKEN",
        "the file with the token; BENCOMUNE_CKAN_TOKEN tells it if this is missing",
        None,
        example=Path("ckan.token"),
    )
    timeout: int = key(
        "secondi dopo i quali un portale muto è dato per fermo",
        "seconds after which a silent portal is taken to be down",
        60,
        least=1,
    )
    attempts: int = key(
        "quante volte si prova, quando il portale è occupato o guasto",
        "how many times to try, when the portal is busy or faulty",
        5,
        least=1,
    )
