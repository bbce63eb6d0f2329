"""Relation: who does what with whom, since when, and by which act."""

from typing import Annotated

from ..declare import column, derived, entity
from ..derivations import is_published, name_of
from ..kinds.choices import Term
from ..kinds.texts import Line, Reference
from ..kinds.times import last_day
from ..words import Text
from .shared import PUBLIC, Flag, Kept, LineText, SomeDate, Web

MERGED = "merged_into"  # what a record that was made part of another is to that other
MUTUAL = frozenset({"partner_of"})  # the same, whichever of the two is named first
SUCCESSION = frozenset({"became", MERGED})  # roles of what ended to what it is now


@entity(
    table="relations",
    label=Text("Relazione", "Relation"),
    plural=Text("Relazioni", "Relations"),
)
class Relation(Kept):
    """A dated relation between two records of any kind."""

    public_when = (
        f"r.public AND {is_published('r.subject')} AND {is_published('r.object')}"
        " AND r.id NOT IN (SELECT id FROM withheld)"
    )
    once = (("subject", "role", "object", "since"),)
    constraints = ("CHECK (subject <> object)",)
    derived = (
        derived("subject_name", Line(), Text("Nome di chi", "Subject name"), name_of("r.subject")),
        derived(
            "object_name", Line(), Text("Nome di che cosa", "Object name"), name_of("r.object")
        ),
    )

    subject: Annotated[str, Reference(table="ids")] = column("Chi", "Subject", audience=PUBLIC)
    role: Annotated[str, Term("relation_role")] = column("Che cosa fa", "Role", audience=PUBLIC)
    object: Annotated[str, Reference(table="ids")] = column("Con chi", "Object", audience=PUBLIC)
    since: SomeDate | None = column("Dal", "Since", audience=PUBLIC)
    until: SomeDate | None = column("Fino al", "Until", audience=PUBLIC)
    act_type: Annotated[str, Term("act_type")] | None = column(
        "Tipo di atto", "Type of act", audience=PUBLIC
    )
    act_number: LineText | None = column("Numero dell'atto", "Number of the act", audience=PUBLIC)
    act_date: SomeDate | None = column("Data dell'atto", "Date of the act", audience=PUBLIC)
    act_url: Web | None = column("Indirizzo dell'atto", "Address of the act", audience=PUBLIC)
    public: Flag = column(
        "Pubblica",
        "Public",
        help=Text("no per non pubblicarla", "no to keep it unpublished"),
        default=True,
    )

    def over(self, today: str) -> bool:
        """Tell whether it has surely ended by a day, of which it may be the last."""
        return over(self.until, today)

    def holds(self, today: str) -> bool:
        """Tell whether it has begun by a day and is not over, as far as its dates tell."""
        return not self.over(today) and (self.since or "") <= today


def over(until: str | None, today: str) -> bool:
    """Tell whether what lasts until a date has surely ended by a day, of which it may be the last.

    Without a date it has not.
    """
    return bool(until) and last_day(until or "") < today
