"""What the headers of a file mean, kept in a file of TOML to be used again."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from .drafts import swap_in
from .errors import Refused, reason
from .faults import at
from .headings import Heading, How
from .words import Text

LONGEST = 1_000_000  # bytes
_HEAD = Text(
    "# Che cosa vogliono dire le colonne di un file: «intestazione» = «colonna del registro»,\n"
    "# vuota se si tralascia. Si usa con: bencomune import FILE --mapping QUESTO\n",
    "# What the columns of a file mean: “header” = “column of the registry”, empty if it is left\n"
    "# aside. To be used by: bencomune import FILE --mapping THIS\n",
)


def read(path: Path) -> dict[str, str]:
    """Return the column of each header; an empty one for those left aside. Raises Refused."""
    try:
        if path.stat().st_size > LONGEST:
            raise Refused(at(path, Text("è troppo grande", "is too large")))
        told = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    except (ValueError, RecursionError):
        invalid = Text(
            'non è una mappa di colonne: ogni riga è come "Denominazione" = "name"',
            'is no mapping of columns: each line is like "Denominazione" = "name"',
        )
        raise Refused(at(path, invalid)) from None
    columns = told.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        missing = Text(
            'manca la parte [columns], con righe come "Denominazione" = "name"',
            'the part [columns] is missing, with lines like "Denominazione" = "name"',
        )
        raise Refused(at(path, missing))
    return columns


def write(path: Path, headings: Iterable[Heading]) -> None:
    """Write what headers mean. Raises Refused where the file cannot be written."""
    lines = [
        f"{_quoted(each.header)} = {_quoted(each.target)}\n"
        for each in headings
        if each.how is not How.ASIDE
    ]
    try:
        swap_in(path, f"{_HEAD}\n[columns]\n{''.join(lines)}".encode())
    except OSError as error:
        raise Refused(at(path, reason(error))) from None


def _quoted(text: str) -> str:
    """Return a text as TOML has it; unlike JSON, it lets no DEL stand for itself (TOML 1.0)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def pairs(told: Sequence[str]) -> dict[str, str]:
    """Return what `header=column` says, by header. Raises Refused."""
    found = {}
    for word in told:
        header, sign, target = word.rpartition("=")
        if not sign:
            raise Refused(
                Text(
                    '--map «{word}»: scrivere "Intestazione=colonna"',
                    '--map “{word}”: write "Header=column"',
                ).filled(word=word)
            )
        found[header.strip()] = target.strip()
    return found
