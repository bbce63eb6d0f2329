"""Distinction: two records of which somebody looked and said that they are two."""

from typing import Annotated

from ..declare import column, entity
from ..kinds.texts import Reference
from ..words import Text
from .shared import Kept, LineText, ShortText


@entity(
    table="distinctions",
    label=Text("Distinzione", "Distinction"),
    plural=Text("Distinzioni", "Distinctions"),
)
class Distinction(Kept):
    """Two records that look like one and are not, while what is compared of both stays as it was.

    Never published: it says how a municipality keeps its own records.
    """

    public_when = "0"
    once = (("one", "other"),)
    constraints = ("CHECK (one <> other)",)

    one: Annotated[str, Reference(table="ids")] = column("Un record", "One record")
    other: Annotated[str, Reference(table="ids")] = column("L'altro record", "The other record")
    one_print: ShortText = column(
        "Impronta del primo",
        "Checksum of the one",
        help=Text(
            "dei dati confrontati: se cambiano, la distinzione decade",
            "of what is compared: when that changes, the distinction lapses",
        ),
    )
    other_print: ShortText = column("Impronta del secondo", "Checksum of the other")
    why: LineText = column("Perché", "Why")
