"""C: the basis on which a contact is published: when it ends, and what it lacks."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from ..contexts import Context
from ..entities import Contact
from ..findings import Severity
from ..kinds.times import date_told
from ..words import Text
from . import Hit, rule

SOON = 60  # days in which a new consent can be asked for
KEPT = "GDPR, art. 5(1)(e)"


@rule(
    code="C15",
    severity=Severity.WARNING,
    message=Text(
        "la base giuridica è scaduta ({date}): il contatto non viene più pubblicato",
        "the legal basis has expired ({date}): the contact is no longer published",
    ),
    why=Text(
        "Oltre la scadenza il Comune non ha più una base per pubblicare questi dati, e forse"
        " neppure per tenerli.",
        "Once it has expired, the municipality has no basis for publishing these data, and perhaps"
        " none for keeping them.",
    ),
    fix=Text(
        "Rinnovare la base, con --given-on, --evidence ed --expires-on: «bencomune contact edit»;"
        " o togliere il contatto: «bencomune contact remove».",
        "Renew the basis, with --given-on, --evidence and --expires-on: “bencomune contact edit”;"
        " or remove the contact: “bencomune contact remove”.",
    ),
    source=KEPT,
    good=[
        {"basis": "consent", "expires_on": "2030-01-01"},
        {"basis": "none", "expires_on": "2020-01-01"},
    ],
    bad=[{"basis": "consent", "expires_on": "2020-01-01"}],
    about=("basis", "withdrawn_on"),
    needs=("expires_on",),
)
def basis_expired(contact: Contact, context: Context) -> Iterator[Hit]:
    """Look for a basis whose last day is over, and which nobody withdrew."""
    ends = contact.expires_on
    if ends and ends < context.today and contact.basis != "none" and not contact.withdrawn_on:
        yield Hit("expires_on", {"date": date_told(ends)})


@rule(
    code="C16",
    severity=Severity.NOTE,
    message=Text(
        "la base giuridica è stata revocata ({date}), ma i dati della persona sono ancora nel"
        " registro",
        "the legal basis was withdrawn ({date}), but the person's data are still in the registry",
    ),
    why=Text(
        "Chi revoca il consenso ha diritto a che i suoi dati siano cancellati, se non c'è un'altra"
        " ragione per tenerli.",
        "Anyone who withdraws consent has the right to have the data erased, if there is no other"
        " reason to keep them.",
    ),
    fix=Text(
        "Se non servono più: «bencomune contact remove».",
        "If they are no longer needed: “bencomune contact remove”.",
    ),
    source="GDPR, art. 7(3) e 17(1)(b)",
    good=[{"basis": "consent"}, {"basis": "consent", "withdrawn_on": "2030-01-01"}],
    bad=[{"basis": "consent", "withdrawn_on": "2020-01-01"}],
    about=("basis",),
    needs=("withdrawn_on",),
)
def withdrawn_but_kept(contact: Contact, context: Context) -> Iterator[Hit]:
    """Look for a basis that no longer holds because somebody withdrew it."""
    day = contact.withdrawn_on
    if day and day <= context.today and contact.basis != "none":
        yield Hit("withdrawn_on", {"date": date_told(day)})


@rule(
    code="C17",
    severity=Severity.NOTE,
    message=Text(
        "la base giuridica sta per scadere ({date})",
        "the legal basis is about to expire ({date})",
    ),
    why=Text(
        "Dopo quel giorno il contatto sparisce dai file pubblicati, senza altri avvisi.",
        "After that day the contact disappears from the published files, without further notice.",
    ),
    fix=Text(
        "Chiedere il rinnovo, poi --given-on, --evidence ed --expires-on: «bencomune contact"
        " edit».",
        "Ask for a renewal, then --given-on, --evidence and --expires-on: “bencomune contact"
        " edit”.",
    ),
    source=KEPT,
    good=[{"basis": "consent", "expires_on": "2030-01-01"}],
    bad=[{"basis": "consent", "expires_on": "2026-12-31"}],
    about=("basis", "withdrawn_on"),
    needs=("expires_on",),
)
def basis_expires_soon(contact: Contact, context: Context) -> Iterator[Hit]:
    """Look for a basis whose last day is within two months."""
    ends = contact.expires_on
    if not ends or contact.basis == "none" or contact.withdrawn_on:
        return
    if context.today <= ends <= _soon(context.today):
        yield Hit("expires_on", {"date": date_told(ends)})


@rule(
    code="C18",
    severity=Severity.NOTE,
    message=Text(
        "si pubblica il nome di chi ha una carica, ma manca l'atto che gliel'ha data",
        "the name of an office holder is published, but the act that gave the office is missing",
    ),
    why=Text(
        "La carica è la sola ragione per cui quel nome è pubblico: si deve poter sapere quando"
        " finisce.",
        "The office is the only reason why that name is public: one must be able to know when it"
        " ends.",
    ),
    fix=Text(
        "Indicare --evidence (la nomina, il verbale) e, se si sa, --expires-on: «bencomune"
        " contact edit».",
        "Give --evidence (the appointment, the minutes) and, if it is known, --expires-on:"
        " “bencomune contact edit”.",
    ),
    source="GDPR, art. 5(2)",
    good=[
        {"basis": "public_office", "email": "segreteria@example.org", "scope": ("open_data",)},
        {
            "basis": "public_office",
            "person_name": "Nome Esempio",
            "scope": ("open_data",),
            "evidence": "delibera 1/2026",
        },
    ],
    bad=[{"basis": "public_office", "person_name": "Nome Esempio", "scope": ("open_data",)}],
    about=("basis", "person_name", "scope"),
    needs=("person_name",),
)
def office_without_act(contact: Contact) -> Iterator[Hit]:
    """Look for a published name; an office's own mailbox needs no act, other bases have a rule."""
    named = contact.basis == "public_office" and contact.person_name
    if named and not contact.evidence and "open_data" in contact.scope:
        yield Hit("evidence")


@rule(
    code="C19",
    severity=Severity.NOTE,
    message=Text(
        "c'è una base giuridica, ma non è indicato dove il contatto si può pubblicare: non viene"
        " pubblicato",
        "it has a legal basis, but does not say where it may be published: it is not published",
    ),
    why=Text(
        "Il consenso vale per ciò che la persona ha letto: i file esportati sono dati aperti, e il"
        " modulo deve dirlo.",
        "Consent holds for what the person has read: the exported files are open data, and the"
        " form must say so.",
    ),
    fix=Text(
        "Se il modulo o l'atto lo dice: «bencomune contact edit», --scope open_data.",
        "If the form or act says so: “bencomune contact edit”, --scope open_data.",
    ),
    source="GDPR, art. 4(11) e 7(2)",
    good=[{"basis": "act", "scope": ("open_data",)}, {"basis": "act", "scope": ("web",)}, {}],
    bad=[{"basis": "act"}],
    about=("basis", "withdrawn_on"),
)
def basis_without_scope(contact: Contact) -> Iterator[Hit]:
    """Look for a basis that says of no place that it may be published there."""
    if contact.basis != "none" and not contact.scope and not contact.withdrawn_on:
        yield Hit("scope")


@rule(
    code="C20",
    severity=Severity.NOTE,
    message=Text(
        "è indicato dove il contatto si può pubblicare, ma non su quale base giuridica: non viene"
        " pubblicato",
        "it says where it may be published, but not on which legal basis: it is not published",
    ),
    why=Text(
        "Senza base giuridica un dato personale resta interno, qualunque cosa dica l'ambito.",
        "Without a legal basis personal data stay internal, whatever the scope says.",
    ),
    fix=Text(
        "Indicare --basis, --evidence e --given-on: «bencomune contact edit»; o togliere --scope.",
        "Give --basis, --evidence and --given-on: “bencomune contact edit”; or empty --scope.",
    ),
    source="d.lgs. 196/2003, art. 2-ter",
    good=[{"basis": "act", "scope": ("open_data",)}, {"basis": "none"}],
    bad=[{"basis": "none", "scope": ("open_data",)}],
    about=("scope",),
    needs=("scope",),
)
def scope_without_basis(contact: Contact) -> Iterator[Hit]:
    """Look for a scope of nothing."""
    if contact.scope and contact.basis == "none":
        yield Hit("basis")


@lru_cache(maxsize=8)
def _soon(today: str) -> str:
    return (dt.date.fromisoformat(today) + dt.timedelta(days=SOON)).isoformat()
