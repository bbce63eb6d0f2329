"""L: the life of a record. States and dates."""

from collections.abc import Iterator
from functools import lru_cache

from ..contexts import Context
from ..declare import Record, per_entity
from ..entities import Organisation, Place, Relation
from ..findings import Severity
from ..kinds.choices import Term
from ..kinds.times import PartialDate, date_told, last_day
from ..words import Text
from . import Hit, Mend, rule


@rule(
    code="L01",
    severity=Severity.WARNING,
    message=Text("è attivo ma senza alcuna attività", "it is active but has no activity"),
    why=Text(
        "Chi cerca per attività non lo troverà.",
        "Anyone who searches by activity will not find it.",
    ),
    fix=Text(
        "Indicare almeno un'attività con --activities.",
        "Give at least one activity with --activities.",
    ),
    source="HSDS 3, service",
    good=[{"state": "active", "activities": ("reading_books",)}, {"state": "proposed"}],
    bad=[{"state": "active"}],
    about=("state",),
    sees=("state", "activities"),
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
        "La data dice a chi legge da quando non c'è più.",
        "The date tells readers since when it is gone.",
    ),
    fix=Text("Indicare --ended-on, anche solo l'anno.", "Give --ended-on, even only the year."),
    source="COV-AP_IT",
    good=[{"state": "closed", "ended_on": "2021"}, {"state": "active"}],
    bad=[{"state": "closed"}],
    about=("state",),
    needs=("state",),
    sees=("state", "ended_on"),
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
    about=("started_on",),
    needs=("ended_on",),
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
    about=("since",),
    needs=("until",),
)
def relation_dates_in_wrong_order(relation: Relation) -> Iterator[Hit]:
    """Compare the dates of a relation."""
    if _reversed(relation.since, relation.until):
        yield Hit("until", {"start": relation.since, "end": relation.until})


@rule(
    code="L08",
    severity=Severity.WARNING,
    message=Text(
        "comincia in futuro ({date}), ma lo stato è «{state}»",
        "it starts in the future ({date}), but its state is “{state}”",
    ),
    why=Text(
        "Chi legge lo crederebbe già aperto; di solito è sbagliato l'anno.",
        "Readers would believe that it is open already; usually the year is wrong.",
    ),
    fix=Text(
        "Correggere la data, o lasciare il record tra le proposte fino ad allora.",
        "Correct the date, or leave the record among the proposals until then.",
    ),
    source="ISO 8601-1",
    good=[{"state": "active", "started_on": "2020"}, {"state": "proposed", "started_on": "2027"}],
    bad=[{"state": "active", "started_on": "2999-01"}],
    about=("state",),
    needs=("started_on",),
    sees=("state", "started_on"),
)
def start_in_the_future(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the start with today; what is proposed may start within some years."""
    start, state = place.started_on, place.state
    if not start or start <= context.today:
        return
    if state != "proposed" or start[:4] > _year(context.today, PLANNED):
        told = {"date": date_told(start), "state": STATE.told(state)}
        yield Hit("started_on", told)


@rule(
    code="L09",
    severity=Severity.WARNING,
    message=Text(
        "è chiuso, ma la data di fine è nel futuro ({date})",
        "it is closed, but its end date is in the future ({date})",
    ),
    why=Text("È sbagliata la data, o lo stato.", "Either the date or the state is wrong."),
    fix=Text(
        "Correggere la data, o lo stato con --state active.",
        "Correct the date, or the state with --state active.",
    ),
    source="COV-AP_IT",
    good=[{"state": "closed", "ended_on": "2021"}, {"state": "active", "ended_on": "2999"}],
    bad=[{"state": "closed", "ended_on": "2999"}],
    about=("state",),
    needs=("ended_on",),
)
def closed_before_its_end(place: Place, context: Context) -> Iterator[Hit]:
    """Compare the end of what is closed with today; what is open may have an end that is known."""
    if place.state == "closed" and place.ended_on and place.ended_on > context.today:
        yield Hit("ended_on", {"date": date_told(place.ended_on)})


@rule(
    code="L10",
    severity=Severity.WARNING,
    message=Text(
        "è finito ({date}), ma lo stato è «{state}»",
        "it has ended ({date}), but its state is “{state}”",
    ),
    why=Text(
        "Le mappe lo mostrano ancora come se ci fosse.",
        "Maps still show it as if it were there.",
    ),
    fix=Text(
        "Indicare --state closed, o correggere la data di fine.",
        "Give --state closed, or correct the end date.",
    ),
    source="COV-AP_IT",
    good=[
        {"state": "closed", "ended_on": "2021"},
        {"state": "active", "ended_on": "2999"},
        {"state": "active"},
    ],
    bad=[
        {"state": "active", "ended_on": "2021-06"},
        {"state": "proposed", "ended_on": "2021"},
    ],
    mend=Mend.UNSAFE,
    about=("state",),
    needs=("ended_on",),
)
def ended_but_not_closed(place: Place, context: Context) -> Iterator[Hit]:
    """Look for ends that have passed; closing what is only proposed would publish it."""
    end, state = place.ended_on, place.state
    if end and state != "closed" and last_day(end) < context.today:
        mend = {} if state == "proposed" else {"state": "closed"}
        told = {"date": date_told(end), "state": STATE.told(state)}
        yield Hit("ended_on", told, mend=mend)


@rule(
    code="L11",
    severity=Severity.WARNING,
    message=Text(
        "«{date}» è una data improbabile: forse l'anno è scritto male",
        "“{date}” is an unlikely date: perhaps the year is mistyped",
    ),
    why=Text(
        "Un anno come 0202 o 2202 passa ogni altro controllo, e finisce nei file pubblicati.",
        "A year such as 0202 or 2202 passes every other check, and ends up in the published files.",
    ),
    fix=Text("Correggere l'anno.", "Correct the year."),
    source="ISO 8601-1",
    good=[
        {"started_on": "1980", "ended_on": "2030", "verified_on": "2020-05-01"},
        {"ended_on": "2060"},
    ],
    bad=[{"started_on": "0202"}, {"started_on": "1019-05"}, {"ended_on": "2999"}],
    sees=(PartialDate,),
)
def unlikely_date(record: Record, context: Context) -> Iterator[Hit]:
    """Compare years with those that such a column can have; some have a rule for the future."""
    values = record.__dict__
    for name, first, ahead in _likely(type(record)):
        date = values[name]
        last = _year(context.today, ahead) if ahead else "9999"
        if date and date[:4].isdigit() and not first <= date[:4] <= last:
            yield Hit(name, {"date": date})


@rule(
    code="L12",
    severity=Severity.WARNING,
    message=Text("l'atto ha una data futura ({date})", "the act is dated in the future ({date})"),
    why=Text(
        "Una relazione non può fondarsi su un atto che non c'è ancora; di solito è sbagliato"
        " l'anno.",
        "A relation cannot rest on an act that does not exist yet; usually the year is wrong.",
    ),
    fix=Text("Correggere la data dell'atto.", "Correct the date of the act."),
    source="ISO 8601-1",
    good=[{"act_date": "2019-05-01"}, {}],
    bad=[{"act_date": "2999"}],
    needs=("act_date",),
)
def act_in_the_future(relation: Relation, context: Context) -> Iterator[Hit]:
    """Compare the date of an act with today."""
    if relation.act_date and relation.act_date > context.today:
        yield Hit("act_date", {"date": date_told(relation.act_date)})


STATE = Term("state")
PLANNED = 5  # years ahead for which things are planned
LASTING = 100  # years ahead in which what has begun may be known to end
UNIFIED = "1861"  # of Italy, whose municipalities and acts these are
OLDEST = "1200"  # of charities, hospitals and confraternities that are still there
REGISTERED = "1991"  # the law on volunteers, since which such registers are kept


@per_entity
def _likely(entity: type[Record]) -> list[tuple[str, str, int]]:
    """Return the columns of an entity with their first year, and the years ahead, 0 for no limit.

    What is proposed, and what verifies or founds another, is compared with today elsewhere.
    """
    if issubclass(entity, Place):
        start = OLDEST if entity is Organisation else UNIFIED
        verified = ("verified_on", REGISTERED, 0)
        return [("started_on", start, 0), ("ended_on", UNIFIED, LASTING), verified]
    if issubclass(entity, Relation):
        since = ("since", UNIFIED, PLANNED)
        return [since, ("until", UNIFIED, LASTING), ("act_date", UNIFIED, 0)]
    return []


@lru_cache
def _year(today: str, ahead: int) -> str:
    return str(int(today[:4]) + ahead)


def _reversed(start: str | None, end: str | None) -> bool:
    if not start or not end:
        return False
    known = min(len(start), len(end))
    return end[:known] < start[:known]
