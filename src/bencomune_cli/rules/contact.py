"""C: e-mail, telephone, web addresses, and what must not be published of a person."""

import re
from collections.abc import Iterator

from .. import telephones
from ..batches import all_match, all_of, none_found
from ..declare import Record
from ..entities import Contact, Network, Place
from ..findings import Severity
from ..kinds.texts import Email, Phone, WebAddress
from ..patterns import pattern
from ..record_values import values_of
from ..words import Text
from . import Hit, Mend, rule

# The pattern of <input type=email> in the HTML standard, with a domain of two labels at least.
_EMAIL = pattern(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
)
_WEB = pattern(r"https?://[\w-]+(?:\.[\w-]+)+(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_PERSONAL = pattern(r"[a-z]{2,}[._][a-z]{2,}@")
# Words by which offices, not persons, sign their mailboxes.
OFFICE = pattern(
    r"info|segreteria|ufficio|comune|protocollo|sportello|biblioteca|centro|servizi|urp|sociale"
    r"|contatti|contact|office|associazione|laboratorio|progetto",
    re.IGNORECASE,
)
_PROVIDERS = pattern(r"@(?:gmail|libero|hotmail|outlook|yahoo|virgilio|tiscali|alice)\.")
# Either of them, sought by a sign that few texts hold.
_MAY_BE_PERSONAL = pattern(
    rf"[._@](?:(?<=[a-z][a-z][._])[a-z][a-z]+@|(?<={_PROVIDERS.pattern[0]}){_PROVIDERS.pattern[1:]})",
    re.IGNORECASE,
)
_all_fixed = all_of(Phone, telephones.surely_fixed)


@rule(
    code="C01",
    severity=Severity.ERROR,
    message=Text("«{value}» non è un indirizzo e-mail", "“{value}” is not an e-mail address"),
    why=Text(
        "A un indirizzo sbagliato non arriva nulla.",
        "Mail to a wrong address reaches nobody.",
    ),
    fix=Text("Scriverlo come nome@dominio.it.", "Write it as name@domain.org."),
    source="HTML Living Standard, 4.10.5.1.5",
    good=[{"email": "info@example.org"}, {}],
    bad=[{"email": "info.example.org"}, {"email": "info@example"}],
    needs=(Email,),
    quiet=all_match(Email, _EMAIL),
)
def email_invalid(record: Record) -> Iterator[Hit]:
    """Match each e-mail address with the pattern that browsers use."""
    yield from (
        Hit(name, {"value": value})
        for name, value in values_of(record, Email)
        if not _EMAIL.fullmatch(value)
    )


@rule(
    code="C02",
    severity=Severity.ERROR,
    message=Text("«{value}» non è un numero di telefono", "“{value}” is not a telephone number"),
    why=Text(
        "Un numero sbagliato squilla da qualcun altro.",
        "A wrong number rings somebody else.",
    ),
    fix=Text(
        "Scriverlo con il prefisso: 0382 123456, o +39 0382 123456.",
        "Write it with its prefix: 0382 123456, or +39 0382 123456.",
    ),
    source="ITU-T E.164; AGCOM, delibera 8/15/CIR",
    good=[{"phone": "+390382399111"}, {}],
    bad=[{"phone": "12"}, {"phone": "chiedere al bar"}, {"phone": "+39212345678"}],
    mend=Mend.UNSAFE,
    needs=(Phone,),
    quiet=_all_fixed,
)
def phone_invalid(record: Record) -> Iterator[Hit]:
    """Ask the plan of numbers; a spreadsheet may have dropped the leading zero."""
    for name, value in values_of(record, Phone):
        if not _number(value)[0]:
            whole = telephones.with_zero(value)
            yield Hit(name, {"value": value}, mend={name: whole} if whole else {})


@rule(
    code="C03",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» sembra l'e-mail di una persona", "“{value}” looks like a person's e-mail"
    ),
    why=Text(
        "Questa colonna viene pubblicata: l'indirizzo di una persona è un dato personale.",
        "This column is published: a person's address is personal data.",
    ),
    fix=Text(
        "Usare l'indirizzo dell'ufficio, o un contatto con la sua base: «bencomune contact add».",
        "Use the office's address, or a contact with its basis: “bencomune contact add”.",
    ),
    source="GDPR, art. 4; Garante, doc. web 3134436",
    good=[{"email": "segreteria@example.org"}, {}],
    bad=[{"email": "nome.cognome@example.org"}, {"email": "nomecognome80@gmail.com"}],
    needs=(Email,),
    quiet=none_found(Email, _MAY_BE_PERSONAL),
)
def email_looks_personal(place: Place) -> Iterator[Hit]:
    """Look for name.surname, and for mailboxes of private providers that name no office."""
    for name, value in values_of(place, Email):
        if _is_a_persons(value):
            yield Hit(name, {"value": value})


def _is_a_persons(email: str) -> bool:
    email = email.lower()
    private = _PERSONAL.match(email) or _PROVIDERS.search(email)
    return bool(private) and not OFFICE.search(email.partition("@")[0])


@rule(
    code="C04",
    severity=Severity.WARNING,
    message=Text("«{value}» è un numero di cellulare", "“{value}” is a mobile number"),
    why=Text(
        "Questa colonna viene pubblicata: un cellulare è quasi sempre di una persona.",
        "This column is published: a mobile is nearly always a person's.",
    ),
    fix=Text(
        "Usare il numero dell'ufficio, o un contatto con la sua base: «bencomune contact add».",
        "Use the office's number, or a contact with its basis: “bencomune contact add”.",
    ),
    source="GDPR, art. 4; Garante, doc. web 3134436",
    good=[{"phone": "+390382399111"}, {}],
    bad=[{"phone": "+393331234567"}],
    needs=(Phone,),
    quiet=_all_fixed,
)
def phone_looks_personal(place: Place) -> Iterator[Hit]:
    """Look for mobile numbers, but for those that are fixed ones without their zero."""
    yield from (
        Hit(name, {"value": value})
        for name, value in values_of(place, Phone)
        if _number(value) == (True, True) and not telephones.with_zero(value)
    )


@rule(
    code="C21",
    severity=Severity.WARNING,
    message=Text("«{value}» sembra di una persona", "“{value}” looks like a person's"),
    why=Text(
        "I cataloghi di dati lo danno a tutti come recapito dell'ufficio.",
        "Catalogues of data give it to all as where to reach the office.",
    ),
    fix=Text(
        "Indicare quello dell'ufficio: «bencomune network set --email … --phone …».",
        "Give the office's: “bencomune network set --email … --phone …”.",
    ),
    source="DCAT-AP_IT, dcat:contactPoint; GDPR, art. 4",
    good=[{"email": "partecipazione@example.org", "phone": "+390382399111"}, {}],
    bad=[{"email": "nome.cognome@example.org"}, {"phone": "+393331234567"}],
    needs=(Email, Phone),
)
def office_reached_at_a_persons(network: Network) -> Iterator[Hit]:
    """Look for a person's e-mail and for a mobile number where an office's are wanted."""
    if network.email and _is_a_persons(network.email):
        yield Hit("email", {"value": network.email})
    if network.phone and _number(network.phone) == (True, True):
        yield Hit("phone", {"value": network.phone})


@rule(
    code="C05",
    severity=Severity.ERROR,
    message=Text("«{value}» non è un indirizzo web", "“{value}” is not a web address"),
    why=Text(
        "Chi legge la mappa ci fa clic: sono ammessi solo http e https.",
        "Readers of the map click on it: only http and https are allowed.",
    ),
    fix=Text("Scriverlo come https://www.esempio.it.", "Write it as https://www.example.org."),
    source="RFC 3986; RFC 9110, 4.2",
    good=[{"website": "https://www.example.org/pagina"}, {}],
    bad=[{"website": "javascript:alert(1)"}, {"website": "https://esempio"}],
    needs=(WebAddress,),
    quiet=all_match(WebAddress, _WEB),
)
def web_address_invalid(record: Record) -> Iterator[Hit]:
    """Match each web address."""
    yield from (
        Hit(name, {"value": value})
        for name, value in values_of(record, WebAddress)
        if not _WEB.fullmatch(value)
    )


@rule(
    code="C06",
    severity=Severity.WARNING,
    message=Text(
        "la base «{basis}» è indicata senza prova o senza data: il contatto non viene pubblicato",
        "the basis “{basis}” is given without evidence or date: the contact is not published",
    ),
    why=Text(
        "Il Comune deve poter mostrare su quale base ha pubblicato il nome di una persona.",
        "The municipality must be able to show on which basis it published a person's name.",
    ),
    fix=Text(
        "Indicare --evidence (protocollo del modulo o dell'atto) e --given-on: «bencomune contact"
        " edit».",
        "Give --evidence (protocol number of the form or act) and --given-on: “bencomune contact"
        " edit”.",
    ),
    source="GDPR, art. 5(2); d.lgs. 196/2003, art. 2-ter",
    good=[
        {"basis": "consent", "evidence": "prot. 1/2000", "given_on": "2000-01-01"},
        {"basis": "none"},
    ],
    bad=[{"basis": "consent"}],
    needs=("basis",),
)
def basis_without_evidence(contact: Contact) -> Iterator[Hit]:
    """Look for consent or act without evidence or date."""
    if contact.basis in {"consent", "act"} and not (contact.evidence and contact.given_on):
        yield Hit("evidence", {"basis": Contact.column("basis").kind.told(contact.basis)})


@rule(
    code="C07",
    severity=Severity.ERROR,
    message=Text(
        "il contatto non ha né nome, né e-mail, né telefono: serve almeno uno dei tre",
        "the contact has no name, no e-mail and no telephone: at least one of the three is needed",
    ),
    why=Text(
        "Con un contatto vuoto non si può chiamare né scrivere a nessuno.",
        "With an empty contact nobody can be called or written to.",
    ),
    fix=Text(
        "Indicare --person-name, --email o --phone.", "Give --person-name, --email or --phone."
    ),
    source="GDPR, art. 5(1)(c)",
    good=[{"email": "segreteria@example.org"}, {"person_name": "Nome Esempio"}],
    bad=[{}, {"role": "press"}],
)
def contact_empty(contact: Contact) -> Iterator[Hit]:
    """Look for a contact that leads to nobody; told of what is asked last."""
    if not (contact.person_name or contact.email or contact.phone):
        yield Hit("phone")


def _number(text: str) -> tuple[bool, bool]:
    """Tell whether a text is a telephone number, and whether of a mobile."""
    number = telephones.read(text)
    return (number.valid, number.mobile) if number else (False, False)
