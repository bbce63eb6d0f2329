"""I: who an organisation is: codice fiscale and partita IVA. The home of stdnum."""

from collections.abc import Callable, Iterator

from ..batches import none_found
from ..declare import Record, per_entity
from ..entities import Organisation
from ..findings import Severity
from ..kinds.texts import Geometry, Line
from ..patterns import pattern
from ..record_values import values_of
from ..words import Text
from . import Hit, rule

# A person's codice fiscale, with the letters that replace digits when two persons' codes are equal
# (omocodia): DM 23 December 1976, art. 6.
_PERSON = pattern(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
# The same inside a text, where people write it in small letters too. It is sought by its first
# digit, for there are few in a text; of a code that is made unequal the first digit goes last.
_WITHIN = pattern(
    r"[0-9](?<=\b[A-Za-z]{6}[0-9])[0-9L-NP-Vl-np-v][A-EHLMPR-Ta-ehlmpr-t][0-9L-NP-Vl-np-v]{2}"
    r"[A-Za-z][0-9L-NP-Vl-np-v]{3}[A-Za-z]\b"
)
_nowhere = none_found(Line, _WITHIN, but=Geometry)
_INITIALS, _LENGTH = 6, 16  # letters before its first digit, and letters and digits in all


@rule(
    code="I01",
    severity=Severity.ERROR,
    message=Text("«{code}» non è un codice fiscale valido", "“{code}” is not a valid tax code"),
    why=Text(
        "Il codice fiscale di un ente ha 11 cifre, di cui l'ultima è di controllo.",
        "A body's tax code has 11 digits, the last of which is a check digit.",
    ),
    fix=Text(
        "Ricopiarlo da un atto o dallo statuto.",
        "Copy it from an official document or the articles of association.",
    ),
    source="DM 23 dicembre 1976",
    good=[{"tax_code": "00296180185"}, {}],
    bad=[{"tax_code": "00296180186"}, {"tax_code": "296180185"}],
    needs=("tax_code",),
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
        "Ricopiarla da un atto o dalla visura.",
        "Copy it from an official document or the company register.",
    ),
    source="DPR 633/1972, art. 35",
    good=[{"vat_number": "00296180185"}, {"vat_number": "IT00296180185"}, {}],
    bad=[{"vat_number": "00296180186"}],
    needs=("vat_number",),
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
    needs=("tax_code",),
)
def tax_code_of_a_person(organisation: Organisation) -> Iterator[Hit]:
    """Look for the 16-character code of a person."""
    if organisation.tax_code and _PERSON.fullmatch(organisation.tax_code):
        yield Hit("tax_code")


@rule(
    code="I04",
    severity=Severity.ERROR,
    message=Text("contiene il codice fiscale di una persona", "it holds a person's tax code"),
    why=Text(
        "Questa colonna viene pubblicata, e il codice fiscale di una persona dice quando e dove è"
        " nata: è un dato personale.",
        "This column is published, and a person's tax code tells when and where they were born:"
        " it is personal data.",
    ),
    fix=Text("Toglierlo dal testo.", "Remove it from the text."),
    source="DM 23 dicembre 1976; GDPR, art. 4 e 5(1)(c)",
    good=[{"description": "C.F. 00296180185"}, {"name": "Spazio Esempio"}],
    bad=[
        {"description": "Presidente: Mario Rossi (RSSMRA80A01H501U)"},
        {"summary": "cf rssmra80a01h501u"},
    ],
    quiet=_nowhere,
)
def tax_code_in_public(record: Record) -> Iterator[Hit]:
    """Look for a person's code, of valid check letter, in the texts that are published."""
    yield from _codes_of_persons(record, published=True)


@rule(
    code="I05",
    severity=Severity.WARNING,
    message=Text("contiene il codice fiscale di una persona", "it holds a person's tax code"),
    why=Text(
        "Non viene pubblicato, ma il registro non ha bisogno di sapere quando e dove è nata una"
        " persona: ciò che non serve non si tiene.",
        "It is not published, but the registry has no need to know when and where a person was"
        " born: what is not needed is not kept.",
    ),
    fix=Text("Toglierlo dal testo.", "Remove it from the text."),
    source="DM 23 dicembre 1976; GDPR, art. 5(1)(c)",
    good=[{"notes": "Statuto depositato, C.F. 00296180185"}, {}],
    bad=[{"notes": "Presidente: RSSMRA80A01H501U"}, {"source_id": "RSSMRA80A01H501U"}],
    quiet=_nowhere,
)
def tax_code_in_notes(record: Record) -> Iterator[Hit]:
    """Look for a person's code, of valid check letter, in the texts of the staff."""
    yield from _codes_of_persons(record, published=False)


def _codes_of_persons(record: Record, *, published: bool) -> Iterator[Hit]:
    audience = (_PUBLIC if published else _INTERNAL)(type(record))
    held = [
        name
        for name, text in values_of(record, Line, but=Geometry)
        if len(text) >= _LENGTH and name in audience and any(codes_of_persons(text))
    ]
    yield from map(Hit, dict.fromkeys(held))


def _of_audience(*, published: bool) -> Callable[[type[Record]], frozenset[str]]:
    """Return what tells an entity's columns; a body's own tax code has another rule."""
    return per_entity(
        lambda entity: frozenset(
            column.name
            for column in entity.columns
            if column.name != "tax_code" and column.published == published
        )
    )


_PUBLIC, _INTERNAL = _of_audience(published=True), _of_audience(published=False)


def codes_of_persons(text: str) -> Iterator[str]:
    """Yield the codici fiscali of persons in a text, as they are written there."""
    for each in _WITHIN.finditer(text):
        code = text[each.start() - _INITIALS : each.end()]
        if _valid_of_a_person(code):
            yield code


def _valid_of_a_person(code: str) -> bool:
    from stdnum.it import codicefiscale

    return bool(codicefiscale.is_valid(code))


def _valid(code: str) -> bool:
    from stdnum.it import iva

    return bool(iva.is_valid(code)) and len(code) == len("00296180185")
