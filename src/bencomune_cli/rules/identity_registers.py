"""I: the registers in which a body stands: IPA of public bodies, RUNTS of the third sector."""

from collections.abc import Iterator, Mapping

from ..entities import Network, Organisation
from ..entities.organisation import PUBLIC_FORMS
from ..findings import Severity
from ..kinds.choices import Term
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

_IPA = pattern(r"[a-z0-9_-]{2,20}")
_MUNICIPALITY = pattern(r"c_[a-z][0-9]{3}")
# The code of a municipality in the land register, behind a sign that is not the right one.
_LAND_REGISTER = pattern(r"(?:c[-_/ ]*)?([a-z][0-9]{3})")
_VAT = pattern(r"(?:IT)?([0-9]{11})")
_RUNTS = pattern(r"[0-9]{1,7}")
# "Rep. n. 12345", "iscr. RUNTS 12345": one number alone, that no bar or date makes two.
_RUNTS_TOLD = pattern(r"[^0-9/-]*\b([0-9]{1,7})")
IPA = "AgID, Linee guida dell'Indice dei domicili digitali (IPA)"
RUNTS = "d.lgs. 117/2017, art. 46; DM 106/2020"
# Bodies that IPA, of public bodies and of who runs public services, does not hold.
_PRIVATE = frozenset(
    (
        *("volunteer_organisation", "social_promotion_association", "social_cooperative"),
        *("committee", "parish"),
    )
)
# The sections that a form may stand in; E, of networks, besides its own (art. 46, comma 2).
_SECTIONS: Mapping[str, str] = {
    "volunteer_organisation": "ae",
    "social_promotion_association": "be",
    "social_cooperative": "d",
    "foundation": "cdg",
    "company": "d",
    "municipality": "",
    "school": "",
}


@rule(
    code="I06",
    severity=Severity.WARNING,
    message=Text(
        "«{code}» non ha la forma di un codice IPA: {expected}",
        "“{code}” does not have the shape of an IPA code: {expected}",
    ),
    why=Text(
        "Con il codice IPA altri programmi trovano l'ente nell'indice pubblico: uno sbagliato non"
        " porta a nessun ente, o a un altro.",
        "With the IPA code other programs find the body in the public index: a wrong one leads to"
        " no body, or to another one.",
    ),
    fix=Text("Cercarlo su indicepa.gov.it.", "Look it up on indicepa.gov.it."),
    source=IPA,
    good=[
        {"ipa_code": "c_g388", "legal_form": "municipality"},
        {"ipa_code": "asl_pv"},
        {"ipa_code": "ckz1y9pd", "legal_form": "municipality"},
        {},
    ],
    bad=[{"ipa_code": "cg388", "legal_form": "municipality"}, {"ipa_code": "c_g388;"}],
    mend=Mend.UNSAFE,
    about=("legal_form",),
    needs=("ipa_code",),
)
def ipa_code_shape(organisation: Organisation) -> Iterator[Hit]:
    """Look for other signs than the index has, and for a municipality's code written otherwise."""
    code = organisation.ipa_code
    if code:
        of_municipality = organisation.legal_form == "municipality"
        yield from _ipa_hits("ipa_code", code, of_municipality=of_municipality)


@rule(
    code="I07",
    severity=Severity.WARNING,
    message=Text(
        "«{code}» non ha la forma di un codice IPA: {expected}",
        "“{code}” does not have the shape of an IPA code: {expected}",
    ),
    why=Text(
        "Il catalogo dei dati aperti riconosce il titolare dal suo codice IPA.",
        "The catalogue of open data recognises the publisher by its IPA code.",
    ),
    fix=Text(
        "Cercarlo su indicepa.gov.it, e scriverlo con «bencomune network set --publisher-ipa».",
        "Look it up on indicepa.gov.it, and set it with “bencomune network set --publisher-ipa”.",
    ),
    source=f"{IPA}; DCAT-AP_IT",
    good=[{"publisher_ipa": "c_g388"}, {"publisher_ipa": "csp_pv"}, {}],
    bad=[{"publisher_ipa": "pavia (pv)"}],
    needs=("publisher_ipa",),
)
def publisher_ipa_shape(network: Network) -> Iterator[Hit]:
    """Look for other signs than the index has; the publisher may be of any kind."""
    code = network.publisher_ipa
    if code:
        yield from _ipa_hits("publisher_ipa", code, of_municipality=False)


@rule(
    code="I08",
    severity=Severity.NOTE,
    message=Text(
        "ha un codice IPA ({code}), che hanno gli enti pubblici, ma la forma giuridica è «{form}»",
        "it has an IPA code ({code}), as public bodies have, but its legal form is “{form}”",
    ),
    why=Text(
        "Nell'indice IPA ci sono solo amministrazioni e gestori di servizi pubblici: uno dei due"
        " dati è sbagliato, o è di un altro ente.",
        "The IPA index lists only administrations and bodies that run public services: one of the"
        " two is wrong, or belongs to another body.",
    ),
    fix=Text(
        "Correggere la forma giuridica, o togliere il codice.",
        "Correct the legal form, or remove the code.",
    ),
    source=f"{IPA}; d.lgs. 82/2005, art. 6-ter",
    good=[
        {"ipa_code": "c_g388", "legal_form": "municipality"},
        {"ipa_code": "fce_mi", "legal_form": "foundation"},
        {"legal_form": "parish"},
    ],
    bad=[{"ipa_code": "c_g388", "legal_form": "social_promotion_association"}],
    about=("legal_form",),
    needs=("ipa_code",),
)
def ipa_code_of_a_private_body(organisation: Organisation) -> Iterator[Hit]:
    """Look for the code with a form that the index does not hold."""
    if organisation.ipa_code and organisation.legal_form in _PRIVATE:
        form = _told("legal_form", organisation.legal_form)
        yield Hit("ipa_code", {"code": organisation.ipa_code, "form": form})


@rule(
    code="I09",
    severity=Severity.NOTE,
    message=Text(
        "«{value}» non è un numero di repertorio del RUNTS, che ha solo cifre, al massimo 7",
        "“{value}” is not a number of the RUNTS, which has only digits, 7 at most",
    ),
    why=Text(
        "Con il numero si trova l'ente nel registro; altre parole o un altro codice lo"
        " impediscono.",
        "With the number the body is found in the register; other words, or another code, prevent"
        " that.",
    ),
    fix=Text(
        "Scrivere solo il numero, come nel registro: servizi.lavoro.gov.it/runts.",
        "Write the number alone, as in the register: servizi.lavoro.gov.it/runts.",
    ),
    source=RUNTS,
    good=[{"runts_number": "12345"}, {}],
    bad=[{"runts_number": "Rep. n. 12345"}, {"runts_number": "00296180185"}],
    mend=Mend.UNSAFE,
    needs=("runts_number",),
)
def runts_number_shape(organisation: Organisation) -> Iterator[Hit]:
    """Look for more than a number, or a longer one: a tax code has eleven digits."""
    value = organisation.runts_number
    if value and not _RUNTS.fullmatch(value):
        found = _RUNTS_TOLD.fullmatch(value)
        mend = {"runts_number": found[1]} if found else {}
        yield Hit("runts_number", {"value": value}, mend=mend)


@rule(
    code="I10",
    severity=Severity.NOTE,
    message=Text("dell'iscrizione al RUNTS manca {what}", "its entry in the RUNTS lacks {what}"),
    why=Text(
        "Sezione e numero insieme dicono che l'ente è iscritto, e come: uno solo non si può"
        " controllare.",
        "Section and number together tell that a body is registered, and as what: one alone cannot"
        " be checked.",
    ),
    fix=Text(
        "Completare --runts-section e --runts-number: servizi.lavoro.gov.it/runts.",
        "Complete --runts-section and --runts-number: servizi.lavoro.gov.it/runts.",
    ),
    source=RUNTS,
    good=[{"runts_section": "b", "runts_number": "12345"}, {}],
    bad=[{"runts_section": "b"}, {"runts_number": "12345"}],
    about=("runts_section", "runts_number"),
)
def runts_by_half(organisation: Organisation) -> Iterator[Hit]:
    """Look for a section without number, or the reverse."""
    if bool(organisation.runts_section) != bool(organisation.runts_number):
        if organisation.runts_section:
            yield Hit("runts_number", {"what": Text("il numero", "the number")})
        else:
            yield Hit("runts_section", {"what": Text("la sezione", "the section")})


@rule(
    code="I11",
    severity=Severity.WARNING,
    message=Text(
        "è iscritta al RUNTS nella sezione «{section}», ma la forma giuridica è «{form}»",
        "it is in the section “{section}” of the RUNTS, but its legal form is “{form}”",
    ),
    why=Text(
        "Ogni sezione del RUNTS è di una forma giuridica: uno dei due dati è sbagliato, o non è"
        " aggiornato.",
        "Each section of the RUNTS is of one legal form: one of the two is wrong, or out of date.",
    ),
    fix=Text(
        "Controllare l'iscrizione su servizi.lavoro.gov.it/runts, e correggere il dato sbagliato.",
        "Look up the entry on servizi.lavoro.gov.it/runts, and correct the one that is wrong.",
    ),
    source="d.lgs. 117/2017, art. 4(2), 32, 35, 40 e 46",
    good=[
        {"runts_section": "a", "legal_form": "volunteer_organisation"},
        {"runts_section": "g", "legal_form": "foundation"},
        {"runts_section": "g", "legal_form": "association"},
        {"runts_section": "e", "legal_form": "social_promotion_association"},
    ],
    bad=[
        {"runts_section": "a", "legal_form": "social_promotion_association"},
        {"runts_section": "g", "legal_form": "municipality"},
    ],
    about=("legal_form",),
    needs=("runts_section",),
)
def runts_section_of_another_form(organisation: Organisation) -> Iterator[Hit]:
    """Compare the section with those that the form may stand in, where that is sure."""
    section, form = organisation.runts_section, organisation.legal_form
    if section and form and section not in _SECTIONS.get(form, section):
        told = {"section": _told("runts_section", section), "form": _told("legal_form", form)}
        yield Hit("runts_section", told)


@rule(
    code="I12",
    severity=Severity.NOTE,
    message=Text(
        "manca il codice fiscale, che ogni ente di questa forma ha: «{form}»",
        "the tax code is missing, which every body of this form has: “{form}”",
    ),
    why=Text(
        "Il codice fiscale è pubblico e unico: con esso l'ente si riconosce negli altri elenchi, e"
        " non entra due volte in questo.",
        "The tax code is public and unique: other lists know the body by it, and it does not enter"
        " this one twice.",
    ),
    fix=Text(
        "Cercarlo su indicepa.gov.it, o per le cooperative su www.inipec.gov.it, e scriverlo in"
        " --tax-code.",
        "Look it up on indicepa.gov.it, or for cooperatives on www.inipec.gov.it, and give it as"
        " --tax-code.",
    ),
    source="DPR 605/1973; d.lgs. 82/2005, art. 6-bis e 6-ter",
    good=[
        {"legal_form": "municipality", "tax_code": "00296180185"},
        {"legal_form": "association"},
        {"legal_form": "school", "state": "closed"},
    ],
    bad=[
        {"legal_form": "municipality", "state": "active"},
        {"legal_form": "social_cooperative", "vat_number": "IT00296180185", "state": "active"},
    ],
    mend=Mend.UNSAFE,
    about=("legal_form", "state", "vat_number"),
    needs=("legal_form",),
)
def public_body_without_tax_code(organisation: Organisation) -> Iterator[Hit]:
    """Look for bodies whose code is in a public index; a cooperative's is its VAT number."""
    form = organisation.legal_form
    if organisation.tax_code or form is None or organisation.state != "active":
        return
    cooperative = form == "social_cooperative"
    if cooperative or form in PUBLIC_FORMS:
        vat = _VAT.fullmatch(organisation.vat_number or "") if cooperative else None
        mend = {"tax_code": vat[1]} if vat else {}
        yield Hit("tax_code", {"form": _told("legal_form", form)}, mend=mend)


def _ipa_hits(column: str, code: str, *, of_municipality: bool) -> Iterator[Hit]:
    found = _LAND_REGISTER.fullmatch(code)
    if of_municipality and found and not _MUNICIPALITY.fullmatch(code):
        whole = f"c_{found[1]}"
        expected = Text("quello di un Comune è come {whole}", "a municipality's looks like {whole}")
        told = {"code": code, "expected": expected.filled(whole=whole)}
        yield Hit(column, told, mend={column: whole})
    elif not _IPA.fullmatch(code):
        expected = Text(
            "ha solo lettere, cifre, «_» e «-»", "it has only letters, digits, “_” and “-”"
        )
        yield Hit(column, {"code": code, "expected": expected})


def _told(name: str, code: str) -> Text:
    return Term(name=name).told(code)
