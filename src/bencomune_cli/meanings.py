"""What a column's values stand for: terms of a vocabulary, municipalities."""

from .declare import Column
from .entities.shared import ISTAT_CODE
from .kinds.choices import Term


def vocabulary_of(column: Column) -> str | None:
    """Return the name of the vocabulary that a column's terms are of."""
    kind = column.item
    return kind.name if isinstance(kind, Term) else None


def is_municipality(column: Column) -> bool:
    """Tell whether a column's values are ISTAT codes of municipalities."""
    kind = column.item
    return kind is ISTAT_CODE
