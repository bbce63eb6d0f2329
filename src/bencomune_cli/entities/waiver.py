"""Waiver: a finding that somebody looked at and said is right as it is."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.texts import Code, Shaped
from ..words import Text
from .shared import NEVER, Kept, LineText, PlainText, WholeDay

KIND = Shaped(
    pattern="[a-z0-9]+",
    forbidden="*[^a-z0-9]*",
    longest=40,
    expected=Text(
        "serve il nome di un tipo di record, come lab o area",
        "the name of a kind of record is needed, such as lab or area",
    ),
)


@entity(table="waivers", label=Text("Deroga", "Waiver"), plural=Text("Deroghe", "Waivers"))
class Waiver(Kept):
    """A finding of one rule on one record that is not told while what it concerned stays as it was.

    One made before waivers named the kind of their record lacks it. Never published: it says how a
    municipality keeps its own records.
    """

    public_when = NEVER
    once = (("entity", "record", "code", "concerns"),)

    entity: Annotated[str, KIND] | None = column(
        "Tipo di record",
        "Kind of record",
        help=Text(
            "record di tipi diversi possono avere lo stesso identificativo",
            "records of several kinds may have the same identifier",
        ),
    )
    record: LineText = column(
        "Record", "Record", help=Text("su che cosa è il riscontro", "what the finding is on")
    )
    code: Annotated[str, Code()] = column("Regola", "Rule")
    concerns: LineText = column("Colonna", "Column")
    held: PlainText | None = column(
        "Valore a cui vale",
        "Value that it holds for",
        help=Text("se cambia, la deroga decade", "when it changes, the waiver lapses"),
    )
    why: LineText = column("Perché", "Why")
    until: WholeDay | None = column("Vale fino al", "Holds until")
