"""L: the life of a record. States and dates."""

import re
from collections.abc import Iterator

from ..contexts import Context
from ..entities import Place, Relation
from ..findings import Severity
from ..words import Text
from . import Hit, rule


@rule(
    code="L01",
    severity=Severity.WARNING,
    message=Text("è attivo ma senza alcuna attività", "it is active but has no activity"),
    why=Text(
        "Chi cerca per attività non lo troverà.", "Who searches by activity will not find it."
    ),
    fix=Text(
        "Indicare almeno un'attività con --activities.",
        "Give one activity at least by --activities.",
    ),
    source="HSDS 3, service",
    good=[{"state": "active", "activities": ("reading_books",)}, {"state": "proposed"}],
    bad=[{"state": "active"}],
)
def active_without_activity(place: Place) -> Iterator[Hit]:
    """Look for active records that say nothing of what they do."""
    if place.state == "active" and not place.activities:
        yield Hit("activities")


@rule(
    code="L02",
    severity=Severity.WARNING,
    message=Text("è chiuso ma senza data di fine", "it is closed but has no end date"),
    why=Text(
        "La data dice a chi legge da quando non c'è più.", "The date tells since when it is gone."
    ),
    fix=Text("Indicare --ended-on, anche solo l'anno.", "Give --ended-on, if only the year."),
    source="COV-AP_IT",
    good=[{"state": "closed", "ended_on": "2021"}, {"state": "active"}],
    bad=[{"state": "closed"}],
)
def closed_without_end(place: Place) -> Iterator[Hit]:
    """Look for closed records without an end."""
    if place.state == "closed" and place.ended_on is None:
        yield Hit("ended_on")


@rule(
    code="L03",
    severity=Severity.ERROR,
    message=Text(
        "finisce ({end}) prima di cominciare ({start})",
        "it ends ({end}) before it starts ({start})",
    ),
    why=Text("Una delle due date è sbagliata.", "One of the two dates is wrong."),
    fix=Text("Correggere la data sbagliata.", "Correct the wrong date."),
    source="ISO 8601-1",
    good=[{"started_on": "2019", "ended_on": "2019-05"}, {"ended_on": "2019"}],
    bad=[{"started_on": "2019-09", "ended_on": "2019-05"}],
)
def dates_in_wrong_order(place: Place) -> Iterator[Hit]:
    """Compare start and end as far as both are known."""
    if _reversed(place.started_on, place.ended_on):
        yield Hit("ended_on", {"start": place.started_on, "end": place.ended_on})


@rule(
    code="L04",
    severity=Severity.ERROR,
    message=Text(
        "finisce ({end}) prima di cominciare ({start})",
        "it ends ({end}) before it starts ({start})",
    ),
    why=Text("Una delle due date è sbagliata.", "One of the two dates is wrong."),
    fix=Text("Correggere la data sbagliata.", "Correct the wrong date."),
    source="ISO 8601-1",
    good=[{"since": "2019", "until": "2021"}],
    bad=[{"since": "2021-02", "until": "2020"}],
)
def relation_dates_in_wrong_order(relation: Relation) -> Iterator[Hit]:
    """Compare the dates of a relation."""
    if _reversed(relation.since, relation.until):
        yield Hit("until", {"start": relation.since, "end": relation.until})


@rule(
    code="L05",
    severity=Severity.WARNING,
    message=Text("«{date}» è nel futuro", "“{date}” is in the future"),
    why=Text(
        "Nessuno può aver verificato domani; di solito è un anno sbagliato.",
        "Nobody can have verified tomorrow; usually the year is wrong.",
    ),
    fix=Text("Correggere la data.", "Correct the date."),
    source="ISO 8601-1",
    good=[{"verified_on": "2020-07-01"}, {}],
    bad=[{"verified_on": "2999"}],
)
def verified_in_the_future(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the date of verification with today."""
    if place.verified_on and place.verified_on > context.today:
        yield Hit("verified_on", {"date": place.verified_on})


@rule(
    code="L07",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» non è scritto come in OpenStreetMap, per esempio Mo-Fr 16:00-19:00; orari detti"
        " a parole vanno in opening_note (--opening-note)",
        "“{value}” is not written as in OpenStreetMap, such as Mo-Fr 16:00-19:00; hours told in"
        " words go into opening_note (--opening-note)",
    ),
    why=Text(
        "Le mappe leggono questa colonna per dire se il luogo è aperto adesso.",
        "Maps read this column to tell whether the place is open now.",
    ),
    fix=Text(
        "Scrivere i giorni Mo Tu We Th Fr Sa Su e le ore 09:00-12:00; per esempio"
        " Mo-Fr 09:00-12:00; Sa off.",
        "Write the days Mo Tu We Th Fr Sa Su and the hours 09:00-12:00; for example"
        " Mo-Fr 09:00-12:00; Sa off.",
    ),
    source="wiki.openstreetmap.org/wiki/Key:opening_hours/specification",
    good=[
        {"opening_hours": "Mo-Fr 16:00-19:00; PH off"},
        {"opening_hours": "24/7"},
        {"opening_hours": 'Sep-Jun: We[1] 21:00+ "su appuntamento"'},
        {},
    ],
    bad=[{"opening_hours": "lunedì-venerdì 9-12"}, {"opening_hours": "12345"}],
)
def hours_in_words(place: Place) -> Iterator[Hit]:
    """See whether all words are of the format's own, and whether there is any hour or day."""
    value = place.opening_hours
    if not value:
        return
    told = _COMMENT.sub(" ", value)
    words = _WORD.findall(told)
    if not all(map(_HOURS_WORD.fullmatch, words)) or not (words or _TIME.search(told)):
        yield Hit("opening_hours", {"value": value})


# https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, of 2024
_HOURS_WORD = re.compile(
    "mo|tu|we|th|fr|sa|su|ph|sh|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|off|closed|open"
    "|unknown|week|easter|days?|dawn|sunrise|sunset|dusk",
    re.IGNORECASE,
)
_COMMENT = re.compile(r'"[^"]*"')
_WORD = re.compile(r"[^\W\d_]+")
_TIME = re.compile(r"24/7|[0-9]{1,2}:[0-9]{2}")


def _reversed(start: str | None, end: str | None) -> bool:
    if not start or not end:
        return False
    known = min(len(start), len(end))
    return end[:known] < start[:known]
