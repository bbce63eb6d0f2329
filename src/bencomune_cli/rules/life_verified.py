"""L: verification. What the network knows of its records, how, and since when."""

from collections.abc import Iterator

from ..contexts import Context
from ..entities import Network, Place
from ..findings import Severity
from ..kinds.times import date_told, last_day, months_before
from ..words import Text
from . import Hit, rule

SOURCE = "HSDS 3, service (assured_date)"


@rule(
    code="L05",
    severity=Severity.WARNING,
    message=Text("«{date}» è nel futuro", "“{date}” is in the future"),
    why=Text(
        "Nessuno può aver già verificato in un giorno futuro; di solito è sbagliato l'anno.",
        "Nobody can have verified anything on a day to come; usually the year is wrong.",
    ),
    fix=Text("Correggere la data.", "Correct the date."),
    source="ISO 8601-1",
    good=[{"verified_on": "2020-07-01"}, {}],
    bad=[{"verified_on": "2999"}],
    needs=("verified_on",),
    sees=("verified_on",),
)
def verified_in_the_future(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the date of verification with today."""
    if place.verified_on and place.verified_on > context.today:
        yield Hit("verified_on", {"date": place.verified_on})


@rule(
    code="L15",
    severity=Severity.WARNING,
    message=Text(
        "è da verificare di nuovo (ultima verifica: {date})",
        "it is due for verification (last verified: {date})",
    ),
    why=Text(
        "È passato più tempo di quello stabilito dalla rete (network set --verify-every): orari e"
        " recapiti possono essere cambiati.",
        "More time has passed than the network allows (network set --verify-every): hours and"
        " contacts may have changed.",
    ),
    fix=Text(
        "Verificare, e scrivere quando e come: --verified-on, --verified-how.",
        "Verify, and write when and how: --verified-on, --verified-how.",
    ),
    source=SOURCE,
    good=[
        {"state": "active", "verified_on": "2026-09-01"},
        {"state": "closed", "verified_on": "2020"},
    ],
    bad=[
        {"state": "active", "verified_on": "2020-11-01"},
        {"state": "paused", "verified_on": "2024"},
    ],
    about=("state",),
    needs=("verified_on",),
    sees=("state", "hidden", "removed", "verified_on"),
)
def verification_overdue(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the last verification with the day some months ago; a partial date is its end."""
    every = context.network.verify_every if context.network else None
    date = place.verified_on
    if every and date and place.is_kept_up and last_day(date) < months_before(context.today, every):
        yield Hit("verified_on", {"date": date_told(date)})


@rule(
    code="L16",
    severity=Severity.NOTE,
    message=Text("non è mai stato verificato", "it has never been verified"),
    why=Text(
        "Chi legge non sa se può fidarsi.",
        "Readers do not know whether they can rely on it.",
    ),
    fix=Text(
        "Verificare, e scrivere quando e come: --verified-on, --verified-how.",
        "Verify, and write when and how: --verified-on, --verified-how.",
    ),
    source=SOURCE,
    good=[{"state": "active", "verified_on": "2026-09-01"}, {"state": "proposed"}],
    bad=[{"state": "active"}],
    about=("state",),
    sees=("state", "hidden", "removed", "verified_on", "verified_how"),
)
def never_verified(place: Place, context: Context) -> Iterator[Hit]:
    """Look for records without a verification, where the network verifies its records."""
    if place.verified_on is None and place.verified_how is None and place.is_kept_up:
        network = context.network
        if network and network.verify_every:
            yield Hit("verified_on")


@rule(
    code="L17",
    severity=Severity.NOTE,
    message=Text(
        "è stato verificato ({date}), ma non è indicato come",
        "it was verified ({date}), but it does not say how",
    ),
    why=Text(
        "Una visita vale più della lettura di una pagina web: chi legge vuole sapere quale delle"
        " due è stata fatta.",
        "A visit is worth more than reading a web page: readers want to know which of the two it"
        " was.",
    ),
    fix=Text("Indicare --verified-how.", "Give --verified-how."),
    source=SOURCE,
    good=[{"verified_on": "2026-09-01", "verified_how": "in_person"}, {}],
    bad=[{"verified_on": "2026-09-01"}],
    about=("verified_on",),
    needs=("verified_on",),
    sees=("verified_on", "verified_how"),
)
def verified_without_how(place: Place) -> Iterator[Hit]:
    """Look for a day of verification that does not say how."""
    if place.verified_on and not place.verified_how:
        yield Hit("verified_how", {"date": date_told(place.verified_on)})


@rule(
    code="L18",
    severity=Severity.NOTE,
    message=Text(
        "è indicato come è stato verificato, ma non quando",
        "it says how it was verified, but not when",
    ),
    why=Text(
        "Senza la data il record conta come mai verificato.",
        "Without the date the record counts as never verified.",
    ),
    fix=Text(
        "Indicare --verified-on, anche solo l'anno.",
        "Give --verified-on, even only the year.",
    ),
    source=SOURCE,
    good=[{"verified_on": "2026-09-01", "verified_how": "in_person"}, {}],
    bad=[{"verified_how": "phone_call"}],
    about=("verified_how",),
    needs=("verified_how",),
    sees=("verified_on", "verified_how"),
)
def verified_without_day(place: Place) -> Iterator[Hit]:
    """Look for a way of verification without its day."""
    if place.verified_how and not place.verified_on:
        yield Hit("verified_on")


@rule(
    code="L19",
    severity=Severity.NOTE,
    message=Text(
        "è stato verificato ({date}) prima di cominciare ({start})",
        "it was verified ({date}) before it started ({start})",
    ),
    why=Text(
        "Una delle due date è sbagliata, o ciò che è stato verificato era solo un progetto.",
        "One of the two dates is wrong, or what was verified was only a plan.",
    ),
    fix=Text(
        "Correggere la data sbagliata, o verificare di nuovo.",
        "Correct the wrong date, or verify again.",
    ),
    source=SOURCE,
    good=[{"verified_on": "2020", "started_on": "2020-09"}, {"verified_on": "2020"}],
    bad=[{"verified_on": "2020-07-01", "started_on": "2020-09"}],
    about=("started_on",),
    needs=("started_on",),
    sees=("verified_on", "started_on"),
)
def verified_before_the_start(place: Place) -> Iterator[Hit]:
    """Compare verification and start as far as both are known."""
    date, start = place.verified_on, place.started_on
    if date and start and last_day(date) < start:
        yield Hit("verified_on", {"date": date_told(date), "start": date_told(start)})


@rule(
    code="L20",
    severity=Severity.WARNING,
    message=Text(
        "non ha effetto senza «verificare ogni» (--verify-every)",
        "it has no effect without “verify every” (--verify-every)",
    ),
    why=Text(
        "Senza, nessun record è mai da verificare, e nessuno risulta non verificato.",
        "Without it no record is ever due, and none counts as not verified.",
    ),
    fix=Text(
        "Indicare «bencomune network set --verify-every 12».",
        "Give “bencomune network set --verify-every 12”.",
    ),
    source="docs/columns.md",
    good=[{"verify_every": 12, "unverified_after": 24}, {}],
    bad=[{"unverified_after": 24}],
    about=("verify_every",),
    needs=("unverified_after",),
)
def unverified_but_never_due(network: Network) -> Iterator[Hit]:
    """Look for a policy whose first half is missing."""
    if network.unverified_after and not network.verify_every:
        yield Hit("unverified_after")
