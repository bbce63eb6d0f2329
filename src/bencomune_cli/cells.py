"""Typed cells of spreadsheets as texts: what a person would write in data.

What spreadsheets keep of numbers: 15 digits (IEEE 754, binary64). A whole number of more was
rounded when it was typed; in a fraction the digits beyond are noise.
"""

import re
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from .errors import Refused
from .limits import Limits
from .rows import too_long
from .words import Text

DIGITS = 15
SHOWN = 60  # characters of a cell that are told in a message


class Bad(NamedTuple):
    """A cell that cannot be used, and why."""

    message: Text


Cell = str | Bad


NOT_SAVED = Bad(
    Text(
        "la formula non ha un valore salvato: aprirlo nel foglio di calcolo e salvarlo di nuovo",
        "the formula has no saved value: open the file in the spreadsheet and save it again",
    )
)


def error_cell(code: str) -> Bad:
    """Return the cell of a formula that has no result."""
    told = Text(
        "la cella ha un errore ({code}): correggere la formula, o scrivere il valore",
        "the cell holds an error ({code}): mend the formula, or write the value",
    )
    return Bad(told.filled(code=code[:SHOWN]))


def odd_cell(text: str) -> Bad:
    """Return the cell whose value is not what its type says."""
    told = Text(
        "il valore «{text}» non si può leggere: scriverlo di nuovo nel foglio di calcolo",
        "the value “{text}” cannot be read: write it again in the spreadsheet",
    )
    return Bad(told.filled(text=text[:SHOWN]))


def long_cell(length: int, limits: Limits) -> Bad | None:
    """Return the cell that is longer than may be; None for one that is not."""
    problem = too_long("", length, limits)
    return Bad(problem.message) if problem else None


def number_text(text: str) -> Cell:
    """Return a number as a person writes it in data: `184`, `45.5`, never `184.0` or `1E+20`."""
    if len(text) < DIGITS and text.isascii() and text.isdigit():
        return str(int(text))
    try:
        number = float(text)
    except ValueError:
        return odd_cell(text)
    if not isfinite(number) or "_" in text:
        return odd_cell(text)
    if number.is_integer() and abs(number) >= 10**DIGITS:
        told = Text(
            "il numero {number} ha più di 15 cifre, e il foglio di calcolo ha perso le ultime: dare"
            " alla colonna il formato testo e scriverlo di nuovo",
            "the number {number} has more than 15 digits, and the spreadsheet has lost the last"
            " ones: format the column as text and type it again",
        )
        return Bad(told.filled(number=f"{Decimal(text.strip()):.20g}"))
    if number.is_integer():
        return str(int(number))
    return f"{Decimal(f'{number:.{DIGITS}g}'):f}"


def moment_text(moment: datetime) -> str:
    """Return a date as ISO 8601 has it, with its time where that is not midnight."""
    moment = moment.replace(tzinfo=None)
    bare = not (moment.hour or moment.minute or moment.second)
    return moment.date().isoformat() if bare else moment.isoformat(timespec="seconds")


def iso_text(text: str) -> Cell:
    """Return a date that a file has in ISO 8601 already, also with years beyond Python's."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        return odd_cell(text)
    day, time = found["day"], found["time"]
    return day if not time or time == "00:00:00" else f"{day}T{time}"


_ISO = re.compile(
    r"(?P<day>-?\d{4,6}-\d\d-\d\d)(?:T(?P<time>\d\d:\d\d:\d\d)(?:\.\d{1,12})?Z?)?", re.ASCII
)


def clock_text(seconds: int) -> str:
    """Return a time of the day, or a duration, as hours and minutes."""
    hours, rest = divmod(seconds, 3_600)
    minutes, rest = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def duration_text(text: str) -> Cell:
    """Return a time that a file has as a duration of XML Schema: `PT10H30M00S`."""
    found = _DURATION.fullmatch(text)
    if not found:
        return odd_cell(text)
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return clock_text(hours * 3_600 + minutes * 60 + seconds)


_DURATION = re.compile(
    r"PT(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:[.,]\d{1,12})?S)?", re.ASCII
)


def boolean_text(text: str) -> Cell:
    """Return a truth as `true` or `false`."""
    return _TRUTHS.get(text.strip()) or odd_cell(text)


_TRUTHS = {"1": "true", "true": "true", "0": "false", "false": "false"}


def damaged(part: str) -> Refused:
    """Return the refusal of a part that is not as the format wants it."""
    told = Text(
        "la parte «{part}» del file è rovinata: aprirlo nel foglio di calcolo e salvarlo di nuovo",
        "the part “{part}” of the file is damaged: open it in the spreadsheet and save it again",
    )
    return Refused(told.filled(part=part))
