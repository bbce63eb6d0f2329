"""I: who an organisation is. Codice fiscale and partita IVA."""

import re
from collections.abc import Iterator

from ..entities import Organisation
from ..findings import Severity
from ..words import Text
from . import Hit, rule

# A person's codice fiscale, with the letters that replace digits when two persons' codes are equal
# (omocodia): DM 23 December 1976, art. 6.
_PERSON = re.compile(
    r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
)


@rule(
    code="I01",
    severity=Severity.ERROR,
    message=Text("«{code}» non è un codice fiscale valido", "“{code}” is not a valid tax code"),
    why=Text(
        "Il codice fiscale di un ente ha 11 cifre, di cui l'ultima è di controllo.",
        "A body's tax code has 11 digits, the last of which is a check digit.",
    ),
    fix=Text("Ricopiarlo da un atto o dallo statuto.", "Copy it from an act or the statute."),
    source="DM 23 dicembre 1976",
    good=[{"tax_code": "00296180185"}, {}],
    bad=[{"tax_code": "00296180186"}, {"tax_code": "296180185"}],
)
def tax_code_invalid(organisation: Organisation) -> Iterator[Hit]:
    """Check the digit of the tax code; a person's code is another rule's."""
    code = organisation.tax_code
    if code and not _PERSON.fullmatch(code) and not _valid(code):
        yield Hit("tax_code", {"code": code})


@rule(
    code="I02",
    severity=Severity.ERROR,
    message=Text("«{code}» non è una partita IVA valida", "“{code}” is not a valid VAT number"),
    why=Text(
        "La partita IVA ha 11 cifre, di cui l'ultima è di controllo.",
        "An Italian VAT number has 11 digits, the last of which is a check digit.",
    ),
    fix=Text(
        "Ricopiarla da un atto o dalla visura.", "Copy it from an act or the company register."
    ),
    source="DPR 633/1972, art. 35",
    good=[{"vat_number": "00296180185"}, {"vat_number": "IT00296180185"}, {}],
    bad=[{"vat_number": "00296180186"}],
)
def vat_number_invalid(organisation: Organisation) -> Iterator[Hit]:
    """Check the digit of the VAT number."""
    if organisation.vat_number and not _valid(organisation.vat_number.removeprefix("IT")):
        yield Hit("vat_number", {"code": organisation.vat_number})


@rule(
    code="I03",
    severity=Severity.ERROR,
    message=Text(
        "è il codice fiscale di una persona, non di un ente",
        "it is a person's tax code, not a body's",
    ),
    why=Text(
        "Il codice fiscale di una persona è un dato personale e non si pubblica.",
        "A person's tax code is personal data and is not published.",
    ),
    fix=Text(
        "Indicare il codice dell'ente, di 11 cifre, o lasciare vuoto.",
        "Give the body's code of 11 digits, or leave it empty.",
    ),
    source="DM 23 dicembre 1976; GDPR, art. 4",
    good=[{"tax_code": "00296180185"}, {}],
    bad=[{"tax_code": "RSSMRA80A01H501U"}],
)
def tax_code_of_a_person(organisation: Organisation) -> Iterator[Hit]:
    """Look for the 16-character code of a person."""
    if organisation.tax_code and _PERSON.fullmatch(organisation.tax_code):
        yield Hit("tax_code")


def _valid(code: str) -> bool:
    from stdnum.it import iva

    return bool(iva.is_valid(code)) and len(code) == len("00296180185")
