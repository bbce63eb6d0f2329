"""C: how telephone numbers and mailboxes are written, and in which column."""

from collections.abc import Iterator

from .. import telephones
from ..batches import all_of
from ..declare import Record
from ..entities import Organisation
from ..findings import Severity
from ..kinds.texts import Phone
from ..patterns import pattern
from ..record_values import values_of
from ..words import Text
from . import Hit, Mend, rule

# Providers of mailboxes none of which is certified: their certified ones have other domains.
_ORDINARY = pattern(
    r"(?:gmail|googlemail|icloud|me|msn|aol|protonmail|tim|tin|libero|inwind|iol|virgilio|tiscali"
    r"|tiscalinet|alice|fastwebnet|email|teletu|vodafone)\.(?:com|it)"
    r"|(?:hotmail|outlook|live|yahoo|ymail|gmx)\.[a-z.]{2,6}|(?:proton|pm)\.me"
)
# Providers of certified mailboxes, and the name by which others set theirs apart.
_CERTIFIED = pattern(
    r"(?:[a-z0-9-]+\.)*(?:pec\.[a-z0-9.-]+|(?:legalmail|arubapec|sicurezzapostale|postecert"
    r"|gigapec|registerpec)\.it|casellapec\.com|mypec\.eu)"
)
PEC = "D.P.R. 11 febbraio 2005, n. 68; d.lgs. 82/2005, art. 6-bis e 6-ter"


@rule(
    code="C08",
    severity=Severity.WARNING,
    message=Text(
        "a «{value}» manca lo zero iniziale, o una cifra: con lo zero è il numero fisso {whole}",
        "“{value}” lacks its leading zero, or a digit: with the zero it is the landline {whole}",
    ),
    why=Text(
        "I fogli di calcolo tolgono lo zero iniziale, e ciò che resta passa per un cellulare: chi"
        " chiama non trova nessuno.",
        "Spreadsheets drop the leading zero, and what is left looks like a mobile: anyone who"
        " calls it reaches nobody.",
    ),
    fix=Text(
        "Riscrivere il numero con lo zero, dopo averlo controllato.",
        "Write the number with its zero, after checking it.",
    ),
    source="ITU-T E.164; AGCOM, delibera 8/15/CIR",
    good=[{"phone": "+390382399111"}, {"phone": "+393331234567"}, {}],
    bad=[{"phone": "+39382399111"}, {"phone": "+39371123456"}],
    mend=Mend.UNSAFE,
    needs=(Phone,),
    quiet=all_of(Phone, telephones.surely_fixed),
)
def phone_without_its_zero(record: Record) -> Iterator[Hit]:
    """Look for mobiles of nine digits that a zero makes numbers of a district."""
    for name, value in values_of(record, Phone):
        whole = telephones.with_zero(value)
        read = telephones.read(value) if whole else None
        if whole and read and read.valid:
            yield Hit(name, {"value": value, "whole": whole}, mend={name: whole})


@rule(
    code="C09",
    severity=Severity.NOTE,
    message=Text(
        "«{value}» non è nella forma in cui il registro tiene i numeri di telefono: {whole}",
        "“{value}” is not in the form in which the registry keeps telephone numbers: {whole}",
    ),
    why=Text(
        "La ricerca non trova un numero scritto in un'altra forma, e un telefono all'estero non sa"
        " chiamarlo.",
        "A search does not find a number that is written in another form, and a telephone abroad"
        " cannot call it.",
    ),
    fix=Text(
        "Ripararlo con «bencomune check --fix», che scrive lo stesso numero in forma"
        " internazionale.",
        "Repair it with “bencomune check --fix”, which writes the same number in its international"
        " form.",
    ),
    source="ITU-T E.164",
    good=[{"phone": "+390382399111"}, {"phone": "chiedere al bar"}, {}],
    bad=[{"phone": "0382 399111"}, {"phone": "0039 0382/399111"}],
    stored=True,
    mend=Mend.SAFE,
    needs=(Phone,),
)
def phone_written_otherwise(record: Record) -> Iterator[Hit]:
    """Compare each number, if it is nothing but one, with its form in E.164."""
    for name, value in values_of(record, Phone):
        if telephones.is_written(value) and not _has_a_second_line(value):
            read = telephones.read(value)
            if read and read.valid and read.e164 != value:
                yield Hit(name, {"value": value, "whole": read.e164}, mend={name: read.e164})


def _has_a_second_line(text: str) -> bool:
    """Tell whether digits behind a whole number are another line of it: 0382 399111/2."""
    tail = _TAIL.search(text)
    before = telephones.read(text[: tail.start()]) if tail else None
    return bool(before and before.valid)


_TAIL = pattern(r"[\s/.-]+[0-9]{1,3}$")


@rule(
    code="C10",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» non è una PEC: {domain} dà solo caselle ordinarie",
        "“{value}” is not a certified e-mail (PEC): {domain} has only ordinary mailboxes",
    ),
    why=Text(
        "Chi scrive a una PEC conta su una ricevuta che vale come quella di una raccomandata: una"
        " casella ordinaria non la dà.",
        "Anyone who writes to a certified address counts on a receipt that is worth as much as"
        " that of a registered letter: an ordinary mailbox gives none.",
    ),
    fix=Text(
        "Spostare l'indirizzo in --email, e cercare la PEC su www.inipec.gov.it o indicepa.gov.it.",
        "Move the address to --email, and look the certified one up on www.inipec.gov.it or"
        " indicepa.gov.it.",
    ),
    source=PEC,
    good=[{"pec": "ente@pec.example.org"}, {"pec": "ente@example.org"}, {}],
    bad=[{"pec": "ente.esempio@gmail.com"}, {"pec": "ente@libero.it", "email": "e@example.org"}],
    mend=Mend.UNSAFE,
    about=("email",),
    needs=("pec",),
)
def pec_that_is_ordinary(organisation: Organisation) -> Iterator[Hit]:
    """Look for the domains of providers that certify nothing."""
    value = organisation.pec
    domain = _domain(value)
    if value and _ORDINARY.fullmatch(domain):
        # What stands in both columns is lost in neither.
        free = organisation.email in {None, value}
        moved = {"email": value, "pec": ""} if free else {}
        yield Hit("pec", {"value": value, "domain": domain}, mend=moved)


@rule(
    code="C11",
    severity=Severity.NOTE,
    message=Text(
        "«{value}» è una PEC: va nella sua colonna",
        "“{value}” is a certified address (PEC): it belongs in its own column",
    ),
    why=Text(
        "Molte caselle PEC non ricevono posta ordinaria: il cittadino che scrive qui non avrebbe"
        " risposta.",
        "Many certified mailboxes take no ordinary mail: a citizen who writes here would get no"
        " answer.",
    ),
    fix=Text(
        "Spostarla in --pec, e scrivere in --email la casella ordinaria.",
        "Move it to --pec, and give the ordinary mailbox as --email.",
    ),
    source=PEC,
    good=[{"email": "info@example.org", "pec": "ente@pec.example.org"}, {}],
    bad=[{"email": "ente@pec.example.org"}, {"email": "ente@legalmail.it"}],
    mend=Mend.UNSAFE,
    about=("pec",),
    needs=("email",),
)
def pec_as_email(organisation: Organisation) -> Iterator[Hit]:
    """Look for the domains of certified mailboxes."""
    value = organisation.email
    if value and _CERTIFIED.fullmatch(_domain(value)):
        free = organisation.pec in {None, value}
        moved = {"pec": value, "email": ""} if free else {}
        yield Hit("email", {"value": value}, mend=moved)


def _domain(address: str | None) -> str:
    return address.rpartition("@")[2].lower() if address else ""
