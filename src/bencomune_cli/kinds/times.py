"""Times: a day, a date of which only the year or month may be known, a moment in UTC."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import Unreadable
from ..words import Text
from . import Kind

_YEAR = "[0-9][0-9][0-9][0-9]"
_MONTH = f"{_YEAR}-[01][0-9]"
_DAY = f"{_MONTH}-[0-3][0-9]"


@dataclass(eq=False, repr=False)
class PartialDate(Kind):
    """A date as far as it is known: 2019, 2019-09 or 2019-09-28."""

    literal = True
    globs: ClassVar[tuple[str, ...]] = (_YEAR, _MONTH, _DAY)
    expected = Text(
        "serve una data: 28/09/2019, 09/2019 o 2019",
        "a date is needed: 2019-09-28, 2019-09 or 2019",
    )

    def read(self, text: str) -> Any:
        """Read ISO 8601, or day/month/year as Italians write it."""
        parts = re.split(r"[/.-]", text.strip())
        if not re.fullmatch(r"[0-9]{4}", parts[0]):
            parts.reverse()
        iso = "-".join(part.zfill(2) for part in parts)
        padded = iso + "-01" * (3 - len(parts))
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", padded, re.ASCII):
            raise Unreadable(self.expected)
        try:
            dt.date.fromisoformat(padded)
        except ValueError:
            raise Unreadable(self.expected) from None
        return self.complete(iso)

    def complete(self, iso: str) -> str:
        """Return the date if it is complete enough for this kind."""
        return iso

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date that may be partial."""
        return {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}

    def condition(self, column: str) -> str:
        """Hold the column to the shape of its dates."""
        return " OR ".join(f"{column} GLOB '{glob}'" for glob in self.globs)


@dataclass(eq=False, repr=False)
class Day(PartialDate):
    """A whole date: 2019-09-28."""

    globs = (_DAY,)
    expected = Text(
        "serve una data completa, come 28/09/2019", "a whole date is needed, such as 2019-09-28"
    )

    def complete(self, iso: str) -> str:
        """Refuse a date without day."""
        if len(iso) != len("2019-09-28"):
            raise Unreadable(self.expected)
        return iso

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date."""
        return {"type": "string", "format": "date"}


@dataclass(eq=False, repr=False)
class Moment(Kind):
    """A moment in UTC, to the second, written by SQLite: 2026-11-23T08:30:00Z."""

    literal = True

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date and time."""
        return {"type": "string", "format": "date-time"}

    def condition(self, column: str) -> str:
        """Hold the column to the shape of a moment."""
        return f"{column} GLOB '{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z'"


def end_of(column: str) -> str:
    """Return SQL for the last day that a partial date may mean, to be compared with a day."""
    return f"({column} || substr('9999-99-99', length({column}) + 1))"
