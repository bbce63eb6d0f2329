"""Times: a day, a date of which only the year or month may be known, a moment in UTC."""

import datetime as dt
import os
import re
from functools import lru_cache
from typing import Any, ClassVar

from ..errors import Unreadable
from ..words import Text, same
from . import Kind

MONTHS = (
    Text("gennaio", "January"),
    Text("febbraio", "February"),
    Text("marzo", "March"),
    Text("aprile", "April"),
    Text("maggio", "May"),
    Text("giugno", "June"),
    Text("luglio", "July"),
    Text("agosto", "August"),
    Text("settembre", "September"),
    Text("ottobre", "October"),
    Text("novembre", "November"),
    Text("dicembre", "December"),
)

_YEAR = "[0-9][0-9][0-9][0-9]"
_MONTH = f"{_YEAR}-[01][0-9]"
_DAY = f"{_MONTH}-[0-3][0-9]"


class PartialDate(Kind):
    """A date as far as it is known: 2019, 2019-09 or 2019-09-28."""

    word = Text("data, anche solo anno o mese", "date, or only its year or month")
    literal = True
    globs: ClassVar[tuple[str, ...]] = (_YEAR, _MONTH, _DAY)
    lengths: ClassVar[tuple[int, ...]] = tuple(map(len, ("2019", "2019-09", "2019-09-28")))
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

    def surely(self, value: Any) -> bool:
        """Tell whether a text is a date as it is stored."""
        if type(value) is not str or len(value) not in self.lengths:
            return False
        padded = f"{value}-01-01"[: len("2019-09-28")]
        try:
            return dt.date.fromisoformat(padded).isoformat() == padded
        except ValueError:
            return False

    def told(self, value: Any) -> Text:
        """Tell a date as people say it: 28 settembre 2019, September 2019, 2019."""
        return date_told(value)

    def complete(self, iso: str) -> str:
        """Return the date if it is complete enough for this kind."""
        return iso

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date that may be partial."""
        return {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}

    def condition(self, column: str) -> str:
        """Hold the column to the shape of its dates."""
        return " OR ".join(f"{column} GLOB '{glob}'" for glob in self.globs)


class Day(PartialDate):
    """A whole date: 2019-09-28."""

    word = Text("data", "date")
    globs = (_DAY,)
    lengths = (len("2019-09-28"),)
    expected = Text(
        "serve una data completa, come 28/09/2019", "a whole date is needed, such as 2019-09-28"
    )

    def complete(self, iso: str) -> str:
        """Refuse a date without day."""
        if len(iso) not in self.lengths:
            raise Unreadable(self.expected)
        return iso

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date."""
        return {"type": "string", "format": "date"}


class Moment(Kind):
    """A moment in UTC, to the second, written by SQLite: 2026-11-23T08:30:00Z."""

    word = Text("momento, in UTC", "moment, in UTC")
    literal = True

    def told(self, value: Any) -> Text:
        """Tell the day and the minute where the reader is."""
        try:
            there = dt.datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            return same(value)
        return Text("{day}, ore {time}", "{day}, {time}").filled(
            day=date_told(there.date().isoformat()), time=there.strftime("%H:%M")
        )

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a date and time."""
        return {"type": "string", "format": "date-time"}

    def condition(self, column: str) -> str:
        """Hold the column to the shape of a moment."""
        return f"{column} GLOB '{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z'"


def minute_told(moment: str) -> str:
    """Return a moment to the minute, where the reader is: 2026-11-23 09:30."""
    try:
        there = dt.datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError):  # of the year 1 or 9999, as another program may write
        return moment
    return there.strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=4_096)
def date_told(iso: str) -> Text:
    """Return a date, of which only the year or month may be known, as people say it."""
    year, _, rest = iso.partition("-")
    month, _, day = rest.partition("-")
    if not month.isdigit() or not 1 <= int(month) <= len(MONTHS):
        return same(iso)
    name = MONTHS[int(month) - 1]
    if not day.isdigit():
        return Text(f"{name.it} {year}", f"{name.en} {year}")
    first = "º" if day == "01" else ""
    return Text(f"{int(day)}{first} {name.it} {year}", f"{int(day)} {name.en} {year}")


def last_day(iso: str) -> str:
    """Return the last day that a partial date may mean, to be compared with a day."""
    return iso + "9999-99-99"[len(iso) :]


def whole_end(iso: str) -> str:
    """Return the last day of a year or month; a day as it is."""
    year, _, rest = iso.partition("-")
    month, _, day = (rest or "12").partition("-")
    if day:
        return iso
    from calendar import monthrange

    return f"{year}-{month}-{monthrange(int(year), int(month))[1]}"


def end_of(column: str) -> str:
    """Return SQL for the last day that a partial date may mean, to be compared with a day."""
    return f"({column} || substr('9999-99-99', length({column}) + 1))"


def today() -> str:
    """Return the day where the office is: a basis ends, and a record is due, at its midnight."""
    return dt.date.today().isoformat()  # noqa: DTZ011 - the office's own day, of no time zone


TODAY = "date('now', 'localtime')"  # the same in SQL


def now() -> dt.datetime:
    """Return the time, to the second; that of SOURCE_DATE_EPOCH, in UTC, for reproducible files."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch("[0-9]{1,11}", told, re.ASCII):
        return dt.datetime.fromtimestamp(int(told), dt.UTC)
    return dt.datetime.now().astimezone().replace(microsecond=0)


@lru_cache
def months_before(day: str, months: int) -> str:
    """Return the same day some months before, to be compared with the end of a date.

    It may be a day that its month lacks, such as 31 February.
    """
    year, month = divmod(_months(day) - months, 12)
    return f"{year:04}-{month + 1:02}{day[7:]}"


def months_ago(months: str) -> str:
    """Return SQL for what `months_before` is of today; SQLite's own 31 February lies in March."""
    first = f"date('now', 'localtime', 'start of month', '-' || {months} || ' months')"
    return f"substr({first}, 1, 8) || substr({TODAY}, 9)"


def months_between(first: str, last: str) -> int:
    """Return the whole months from one day to another, none where that is earlier.

    Raises ValueError for what is no day.
    """
    return max(_months(last) - _months(first) - (int(last[8:]) < int(first[8:])), 0)


def _months(day: str) -> int:
    """Return the months from the year 0 to that of a day."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1
