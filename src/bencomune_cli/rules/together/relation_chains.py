"""R: relations that repeat, come back to where they began, or lead to what is no longer there."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from ...circles import circles, passing
from ...contexts import Context
from ...entities.relation import MERGED, MUTUAL, SUCCESSION
from ...findings import Severity
from ...kinds.choices import Term
from ...kinds.times import last_day
from ...overviews import Overview
from ...recurring import recurring
from ...standings import Link
from ...words import Text, same
from .. import Hit, rule

ROLE, STATE = Term("relation_role"), Term("state")
# Roles that make chains: what is below another cannot be above it too.
CHAINS = (frozenset({"part_of", "member_of"}), frozenset({"coordinates"}), SUCCESSION)
NAMED = 8  # records of a chain that a message names

_ONE = {"id": "uno", "name": "Uno Esempio", "state": "active"}
_TWO = {"id": "due", "name": "Due Esempio", "state": "active"}
_THREE = {"id": "tre", "name": "Tre Esempio", "state": "active"}
_LINK = {"entity": "relation", "id": "uno-due", "subject": "uno", "object": "due"}
_BACK = {"entity": "relation", "id": "due-uno", "subject": "due", "object": "uno"}
_ON = {"entity": "relation", "id": "due-tre", "subject": "due", "object": "tre"}
_CLOSED = {"state": "closed", "ended_on": "2020"}


@rule(
    code="R12",
    severity=Severity.WARNING,
    message=Text(
        "ripete la relazione {id}, che vale nello stesso periodo: «{subject}» {role} «{object}»",
        "it repeats the relation {id}, which holds at the same time: “{subject}” {role} “{object}”",
    ),
    why=Text(
        "Chi conta le relazioni la conta due volte, e le due dicono date diverse.",
        "It is counted twice, and the two tell different dates.",
    ),
    fix=Text(
        "Tenerne una sola: bencomune unlink le toglie, bencomune link scrive quella giusta.",
        "Keep only one: bencomune unlink removes them, bencomune link writes the right one.",
    ),
    source="HSDS 3",
    good=[
        {**_LINK, "role": "partner_of", "until": "2019"},
        {**_BACK, "role": "partner_of", "since": "2019"},
    ],
    bad=[
        _ONE,
        _TWO,
        {**_LINK, "role": "partner_of"},
        {**_BACK, "role": "partner_of", "since": "2019"},
    ],
    about=("subject", "role", "object", "since"),
)
def same_relation_twice(overview: Overview, context: Context) -> Iterator[Hit]:
    """Compare the times of relations of the same two records in the same role."""
    alike: dict[tuple[str, str, str], list[Link]] = defaultdict(list)
    for relation in recurring(overview.relations, _what_is_said):
        alike[_what_is_said(relation)].append(relation)
    for several in alike.values():
        longest: Link | None = None
        for relation in sorted(several, key=lambda each: (*_time(each, context.today), each.id)):
            if (
                longest
                and _meet(longest, relation, context.today)
                and _acts_alike(longest, relation)
            ):
                yield Hit("subject", _said(overview, relation, longest.id), record=relation)
            if not longest or _time(relation, context.today)[1] > _time(longest, context.today)[1]:
                longest = relation


def _what_is_said(relation: Link) -> tuple[str, str, str]:
    one, other = relation.subject, relation.object
    if relation.role in MUTUAL and other < one:
        one, other = other, one
    return one, relation.role, other


def _time(relation: Link, today: str) -> tuple[str, str]:
    """Return when it surely began and ended: what is not told is taken as near as can be."""
    end = last_day(relation.until) if relation.until else "9999-99-99"
    start = relation.since or (relation.until or today)
    return start, max(start, end)


def _meet(one: Link, other: Link, today: str) -> bool:
    """Tell whether each surely begins before the other ends, as far as the dates are known."""
    if (one.since, one.until) == (other.since, other.until):
        return True
    pairs = ((_time(one, today)[0], other.until), (_time(other, today)[0], one.until))
    return all(not end or start[: len(end)] < end[: len(start)] for start, end in pairs)


def _acts_alike(one: Link, other: Link) -> bool:
    """Tell whether two may rest on the same act: two pacts are two relations."""
    acts = [(each.act_type, each.act_number, each.act_date, each.act_url) for each in (one, other)]
    return acts[0] == acts[1] or not (any(acts[0]) and any(acts[1]))


def _said(overview: Overview, relation: Link, id_: str) -> dict[str, object]:
    names = [_name(overview, end) for end in (relation.subject, relation.object)]
    return {
        "subject": same(names[0]),
        "role": ROLE.told(relation.role),
        "object": same(names[1]),
        "id": id_,
    }


def _name(overview: Overview, id_: str) -> str:
    place = overview.get(id_)
    return place.name if place else id_


@rule(
    code="R13",
    severity=Severity.WARNING,
    message=Text(
        "la catena torna dove è cominciata: {chain}",
        "the chain comes back to where it began: {chain}",
    ),
    why=Text(
        "Ciò che è parte di un altro non può contenerlo: una delle relazioni è alla rovescia.",
        "What is part of another cannot contain it: one of the relations is the wrong way round.",
    ),
    fix=Text(
        "Togliere la relazione sbagliata con «bencomune unlink», o darle una fine.",
        "Remove the wrong relation with “bencomune unlink”, or give it an end.",
    ),
    source="COV-AP_IT",
    good=[{**_LINK, "role": "part_of"}, {**_ON, "role": "part_of"}],
    bad=[_ONE, _TWO, {**_LINK, "role": "part_of"}, {**_BACK, "role": "member_of"}],
    about=("subject", "role"),
)
def chain_in_a_circle(overview: Overview, context: Context) -> Iterator[Hit]:
    """Follow each kind of chain, and tell where it comes back; what is over leads nowhere."""
    for roles in CHAINS:
        leads: dict[str, dict[str, Link]] = defaultdict(dict)
        for relation in passing(partial(_chained, overview, roles, context.today)):
            leads[relation.subject].setdefault(relation.object, relation)
        for circle in circles(leads, NAMED):
            names = [_name(overview, id_) for id_ in circle.first]
            told = [*names, *(["…"] if circle.longer else []), names[0]]
            record = leads[circle.last][circle.first[0]]
            yield Hit("object", {"chain": same(" → ".join(told))}, record=record)


def _chained(overview: Overview, roles: Collection[str], today: str) -> Iterator[Link]:
    for relation in overview.relations():
        if relation.role in roles and (roles is SUCCESSION or relation.holds(today)):
            yield relation


@rule(
    code="R14",
    severity=Severity.WARNING,
    message=Text(
        "{role} «{name}», ma il suo stato è ancora «{state}»",
        "it {role} “{name}”, but its state is still “{state}”",
    ),
    why=Text(
        "Lo stesso luogo o ente viene pubblicato due volte: com'era, e come è diventato.",
        "The same place or body is published twice: as it was, and as what it became.",
    ),
    fix=Text(
        "Indicare --state closed e --ended-on, o togliere la relazione.",
        "Give --state closed and --ended-on, or remove the relation.",
    ),
    source="COV-AP_IT",
    good=[{**_ONE, **_CLOSED}, _TWO, {**_LINK, "role": MERGED}],
    bad=[_ONE, _TWO, {**_LINK, "role": "became", "since": "2021"}],
)
def succeeded_but_active(overview: Overview, context: Context) -> Iterator[Hit]:
    """Look for records that live on although they became another, or merged into one."""
    for id_, relations in _successions(overview, context.today).items():
        place = overview.get(id_)
        if place and place.state in {"active", "paused"}:
            relation = relations[0]
            told = {
                "role": ROLE.told(relation.role),
                "name": same(_name(overview, relation.object)),
                "state": STATE.told(place.state),
            }
            yield Hit("state", told, record=place)


@rule(
    code="R15",
    severity=Severity.NOTE,
    message=Text(
        "«{name}», in cui continua, è a sua volta finito: oggi è «{last}»",
        "“{name}”, in which it goes on, has itself ended: today it is “{last}”",
    ),
    why=Text(
        "Chi parte dal vecchio nome arriva a un altro record chiuso.",
        "Anyone who starts from the old name arrives at another record that is closed.",
    ),
    fix=Text(
        "Aggiungere la relazione con il record di oggi: bencomune link.",
        "Add the relation to today's record: bencomune link.",
    ),
    source="COV-AP_IT",
    good=[
        {**_ONE, **_CLOSED},
        {**_TWO, **_CLOSED},
        _THREE,
        {**_LINK, "role": "became"},
        {**_ON, "role": MERGED},
        {**_LINK, "id": "uno-tre", "role": "became", "object": "tre"},
    ],
    bad=[
        {**_ONE, **_CLOSED},
        {**_TWO, **_CLOSED},
        _THREE,
        {**_LINK, "role": "became"},
        {**_ON, "role": MERGED},
    ],
    about=("role",),
)
def succeeded_by_what_ended(overview: Overview, context: Context) -> Iterator[Hit]:
    """Look for successors that had a successor themselves, to which no relation leads directly."""
    successions = _successions(overview, context.today)
    last = _last(successions)
    for relation in (each for several in successions.values() for each in several):
        end = last.get(relation.object)
        direct = {each.object for each in successions[relation.subject]}
        if end is not None and end not in direct and end != relation.subject:
            told = {"name": _name(overview, relation.object), "last": _name(overview, end)}
            yield Hit("object", told, record=relation)


def _successions(overview: Overview, today: str) -> Mapping[str, list[Link]]:
    """Return the relations to its successors of each record that had one by now."""
    found: dict[str, list[Link]] = defaultdict(list)
    for relation in overview.relations():
        if relation.role in SUCCESSION and (relation.since or "") <= today:
            found[relation.subject].append(relation)
    return found


def _last(successions: Mapping[str, list[Link]]) -> dict[str, str]:
    """Return the last successor of each record that had one; none where they go in a circle."""
    last: dict[str, str] = {}
    circles: set[str] = set()
    for start in successions:
        path: dict[str, None] = {}
        at = start
        while at in successions and at not in path and at not in last and at not in circles:
            path[at] = None
            at = successions[at][0].object
        if at in path or at in circles:
            circles |= path.keys()
        else:
            last |= dict.fromkeys(path, last.get(at, at))
    return last
