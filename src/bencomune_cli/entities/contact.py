"""Contact: a person or an office to turn to, with the basis on which it may be published."""

from typing import Annotated

from ..declare import Audience, column, entity
from ..derivations import is_published
from ..kinds.choices import Listing, Term
from ..kinds.texts import Reference
from ..kinds.times import TODAY
from ..words import Text
from .shared import Kept, LineText, Mail, Name, Telephone, WholeDay

BASIS = Audience.BASIS


@entity(table="contacts", label=Text("Contatto", "Contact"), plural=Text("Contatti", "Contacts"))
class Contact(Kept):
    """A contact of a record. Without a basis that holds today nothing of it goes out.

    A public body may publish personal data only on a law, a regulation or a general act (Codice
    privacy, art. 2-ter); consent is kept with its evidence. Exported files are open data, so the
    scope must say so.
    """

    public_when = (
        "(r.basis = 'public_office' OR (r.basis IN ('consent', 'act')"
        " AND r.evidence IS NOT NULL AND r.given_on IS NOT NULL))"
        f" AND coalesce(r.given_on, '0000') <= {TODAY}"
        f" AND coalesce(r.expires_on, '9999') >= {TODAY}"
        f" AND coalesce(r.withdrawn_on, '9999') > {TODAY}"
        " AND ', ' || coalesce(r.scope, '') || ',' LIKE '%, open_data,%'"
        f" AND {is_published('r.record')}"
    )

    record: Annotated[str, Reference(table="ids")] = column(
        "Record", "Record", help=Text("a chi appartiene", "whose it is"), audience=BASIS
    )
    role: Annotated[str, Term("contact_role")] = column("Ruolo", "Role", audience=BASIS, asked=10)
    person_name: Name | None = column("Nome", "Name", audience=BASIS, asked=12)
    email: Mail | None = column("E-mail", "E-mail", audience=BASIS, asked=14)
    phone: Telephone | None = column("Telefono", "Telephone", audience=BASIS, asked=16)
    basis: Annotated[str, Term("contact_basis")] = column(
        "Base giuridica",
        "Legal basis",
        help=Text("senza, il contatto non è pubblicato", "without one it is not published"),
        default="none",
        asked=18,
    )
    evidence: LineText | None = column(
        "Prova",
        "Evidence",
        help=Text("protocollo del modulo", "protocol number of the form"),
        asked=20,
        asked_if="basis=consent,act",
    )
    given_on: WholeDay | None = column(
        "Valida dal", "Given on", asked=22, asked_if="basis=consent,act"
    )
    expires_on: WholeDay | None = column("Scade il", "Expires on")
    withdrawn_on: WholeDay | None = column("Revocata il", "Withdrawn on")
    scope: Annotated[tuple[str, ...], Listing(Term("contact_scope"))] = column(
        "Dove si può pubblicare",
        "Where it may be published",
        help=Text("i file esportati sono dati aperti", "exported files are open data"),
        default=(),
        asked=24,
        asked_if="basis=consent,public_office,act",
    )
