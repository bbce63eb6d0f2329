"""R: who coordinates whom, and whether somebody still does."""

from collections.abc import Iterator

from ...contexts import Context
from ...derivations import BEHIND
from ...findings import Severity
from ...kinds.times import date_told, last_day
from ...overviews import Ends, Tied
from ...standings import Link
from ...words import Text
from .. import Hit, rule

ROLES = frozenset(BEHIND["coordinator"])

_LAB = {"id": "spazio-esempio", "name": "Spazio Esempio", "state": "active"}
_BODY = {"entity": "organisation", "id": "ente-esempio", "name": "Ente Esempio", "state": "active"}
_RUNS = {
    "entity": "relation",
    "id": "ente-coordinates-spazio",
    "subject": "ente-esempio",
    "role": "coordinates",
    "object": "spazio-esempio",
}


@rule(
    code="R04",
    severity=Severity.WARNING,
    message=Text("è attivo, ma nessuno lo coordina", "it is active, but nobody coordinates it"),
    why=Text(
        "Chi legge non sa a chi rivolgersi, e la rete non sa a chi chiedere se è tutto giusto.",
        "Readers do not know whom to turn to, and the network does not know whom to ask whether"
        " all is right.",
    ),
    fix=Text(
        "Collegare chi lo coordina o gestisce: bencomune link ENTE coordinates LABORATORIO.",
        "Link whoever coordinates or manages it: bencomune link ORGANISATION coordinates LAB.",
    ),
    source="HSDS 3, organization",
    good=[_LAB, _BODY, _RUNS, {"id": "spazio-chiuso", "name": "Spazio Chiuso", "state": "closed"}],
    bad=[_LAB, _BODY, {**_RUNS, "role": "supports"}],
)
def lab_without_coordinator(tied: Tied) -> Iterator[Hit]:
    """Look for active labs that no relation says who coordinates, now or ever."""
    if _is_active_lab(tied) and not any(_coordination(tied)):
        yield Hit("state", record=tied.place)


@rule(
    code="R05",
    severity=Severity.WARNING,
    message=Text(
        "il coordinamento è finito ({date}), e nessun altro coordina «{name}»",
        "the coordination has ended ({date}), and nobody else coordinates “{name}”",
    ),
    why=Text(
        "Nei file pubblicati non c'è più chi lo coordina, anche se in realtà continua.",
        "The published files no longer name who coordinates it, even if they still do.",
    ),
    fix=Text(
        "Collegare chi lo coordina ora (bencomune link); se è ancora lo stesso, collegarlo di"
        " nuovo da quando è stato rinnovato (--since).",
        "Link whoever coordinates it now (bencomune link); if it is still the same, link it again"
        " since it was renewed (--since).",
    ),
    source="HSDS 3, organization",
    good=[_LAB, _BODY, {**_RUNS, "until": "2020"}, {**_RUNS, "id": "dopo", "since": "2021"}],
    bad=[_LAB, _BODY, {**_RUNS, "until": "2022-06"}],
    about=("role", "object"),
)
def coordination_over(tied: Tied, context: Context) -> Iterator[Hit]:
    """Look for active labs whose coordination has ended, all of it: the last one is told."""
    found = list(_coordination(tied)) if _is_active_lab(tied) else []
    if found and all(relation.over(context.today) for relation in found):
        last = max(found, key=lambda relation: (last_day(relation.until or ""), relation.id))
        told = {"date": date_told(last.until or ""), "name": tied.place.name}
        yield Hit("until", told, record=last)


@rule(
    code="R06",
    severity=Severity.WARNING,
    message=Text(
        "«{name}» coordina ancora «{object}», ma ha cessato l'attività",
        "“{name}” still coordinates “{object}”, but has ended",
    ),
    why=Text(
        "I file pubblicati indirizzano chi legge a chi non c'è più.",
        "The published files send readers to somebody who is gone.",
    ),
    fix=Text(
        "Collegare chi coordina ora; alla relazione vecchia dare una fine: bencomune unlink, poi"
        " link con --until.",
        "Link whoever coordinates now; give the old relation its end: bencomune unlink, then link"
        " with --until.",
    ),
    source="HSDS 3, organization",
    good=[_LAB, {**_BODY, "state": "closed"}, {**_RUNS, "until": "2020"}],
    bad=[_LAB, {**_BODY, "state": "closed", "ended_on": "2020"}, _RUNS],
    about=("role", "object", "until"),
)
def coordinated_by_what_ended(ends: Ends, context: Context) -> Iterator[Hit]:
    """Look for current coordination, of what is active, by a record that is closed or ended."""
    relation, who, whom = ends
    if relation.role in ROLES and who and whom and whom.state == "active":
        ended = who.state == "closed" or (
            who.ended_on is not None and last_day(who.ended_on) < context.today
        )
        if ended and relation.holds(context.today):
            yield Hit("subject", {"name": who.name, "object": whom.name}, record=relation)


def _is_active_lab(tied: Tied) -> bool:
    return tied.place.name_of_kind == "lab" and tied.place.state == "active"


def _coordination(tied: Tied) -> Iterator[Link]:
    for relation in tied.relations:
        if relation.role in ROLES and relation.object == tied.place.id:
            yield relation
