"""Organisation: a partner with a tax code of its own, public or private."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.choices import Term
from ..kinds.texts import Code, Line
from ..vocabularies import vocabulary
from ..words import Text
from .shared import COORDINATES, PUBLIC, Flag, Mail, Place

PUBLIC_FORMS = tuple(
    term.code for term in vocabulary("legal_form").values() if "public_body" in term.mappings
)
_PUBLIC_BODIES = ", ".join(f"'{form}'" for form in PUBLIC_FORMS)


@entity(
    table="organisations",
    label=Text("Organizzazione", "Organisation"),
    plural=Text("Organizzazioni", "Organisations"),
)
class Organisation(Place):
    """A partner organisation. Its seat is often somebody's home, so it is masked by default."""

    asked_relation = COORDINATES
    natural_keys = ("tax_code",)
    masked_when = (
        "r.precision IS 'masked' OR NOT (coalesce(r.seat_public, 0)"
        f" OR coalesce(r.legal_form IN ({_PUBLIC_BODIES}), 0))"
    )

    legal_form: Annotated[str, Term("legal_form")] | None = column(
        "Forma giuridica", "Legal form", audience=PUBLIC, asked=12
    )
    tax_code: Annotated[str, Code()] | None = column(
        "Codice fiscale",
        "Tax code",
        help=Text(
            "dell'ente, di 11 cifre; mai quello di una persona",
            "of the body, 11 digits; never a person's",
        ),
        audience=PUBLIC,
        shown="CASE WHEN length({column}) = 11 AND {column} NOT GLOB '*[^0-9]*' THEN {column} END",
        asked=13,
    )
    vat_number: Annotated[str, Code()] | None = column("Partita IVA", "VAT number", audience=PUBLIC)
    ipa_code: Annotated[str, Code(lower=True)] | None = column(
        "Codice IPA", "IPA code", audience=PUBLIC
    )
    runts_section: Annotated[str, Term("runts_section")] | None = column(
        "Sezione del RUNTS", "RUNTS section", audience=PUBLIC
    )
    runts_number: Annotated[str, Line(40)] | None = column(
        "Numero di iscrizione al RUNTS", "RUNTS number", audience=PUBLIC
    )
    pec: Mail | None = column("PEC", "Certified e-mail (PEC)", audience=PUBLIC)
    seat_public: Flag | None = column(
        "Sede pubblica",
        "Public seat",
        help=Text(
            "sì se l'indirizzo è una sede aperta e non la casa di qualcuno",
            "yes if the address is an open office and nobody's home",
        ),
        audience=PUBLIC,
        asked=25,
        asked_if="street",
    )
