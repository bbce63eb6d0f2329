"""SQL that is one expression over columns: nothing in it may open a row source."""

import re

from .errors import Refused
from .patterns import pattern
from .words import Text

_STRINGS = pattern(r"'(?:[^']|'')*'" + r'|"(?:[^"]|"")*"')
_NOT_EXPRESSION = pattern(
    r"\b(select|with|from|values|union|attach|pragma|join|in)\b|;|--|/\*|[?:@$#`\[\]\0]",
    re.IGNORECASE,
)


def expression_of(text: str) -> str:
    """Return a text that is one SQL expression. Raises Refused for anything else."""
    bare = _STRINGS.sub(" 0 ", text)
    depth = 0
    for char in bare:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            break
    if depth or "'" in bare or '"' in bare or _NOT_EXPRESSION.search(bare):
        raise Refused(
            Text(
                "un formato può chiedere solo un'espressione sulle colonne pubbliche",
                "a format may only ask for an expression over public columns",
            )
        )
    return text
