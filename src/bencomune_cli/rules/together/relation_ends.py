"""R: relations and what stands at their two ends."""

from collections.abc import Iterator

from ...contexts import Context
from ...derivations import BEHIND
from ...entities import PLACES
from ...entities.relation import MERGED, SUCCESSION
from ...findings import Severity
from ...kinds.choices import Term
from ...overviews import Ends, Tied
from ...words import Text, same
from .. import Hit, Subject, rule

ROLE, STATE = Term("relation_role"), Term("state")
LABELS = {
    entity.name_of_kind: Text(entity.label.it.lower(), entity.label.en.lower()) for entity in PLACES
}
# Of these it is in their nature that the one end is closed.
# Who does what with whom where it can only be meant the other way round, or of another record.
UNLIKELY = frozenset(
    {
        *(("group", "funds", kind) for kind in LABELS),
        *(("lab", "funds", kind) for kind in LABELS),
        ("lab", "coordinates", "organisation"),
        ("lab", "manages", "organisation"),
        ("group", "manages", "organisation"),
        ("group", "hosts", "lab"),
    }
)

_LAB = {"id": "spazio-esempio", "name": "Spazio Esempio", "state": "active"}
_BODY = {"entity": "organisation", "id": "ente-esempio", "name": "Ente Esempio", "state": "active"}
_GROUP = {"entity": "group", "id": "gruppo-esempio", "name": "Gruppo Esempio", "state": "active"}
_LINK = {"entity": "relation", "id": "relazione-esempio"}
_SUPPORTS = {**_LINK, "subject": "ente-esempio", "role": "supports", "object": "spazio-esempio"}
_HOSTS = {**_LINK, "subject": "spazio-esempio", "role": "hosts", "object": "gruppo-esempio"}


@rule(
    code="R07",
    severity=Severity.NOTE,
    message=Text(
        "non ha alcuna relazione con altri record", "it has no relation to any other record"
    ),
    why=Text(
        "Non si vede che cosa fa nella rete, né perché è nel registro.",
        "Nothing shows what it does in the network, or why it is in the registry.",
    ),
    fix=Text(
        "Collegarla a ciò che coordina, sostiene o ospita, con «bencomune link».",
        "Link it to what it coordinates, supports or hosts, with “bencomune link”.",
    ),
    source="HSDS 3, organization",
    good=[_LAB, _BODY, _SUPPORTS],
    bad=[_BODY],
)
def organisation_without_relations(tied: Tied) -> Iterator[Hit]:
    """Look for organisations that stand alone; what is proposed or closed may.

    What became part of one is no relation of it.
    """
    place = tied.place
    alone = all(each.role == MERGED for each in tied.relations)
    if alone and place.name_of_kind == "organisation" and place.state in {"active", "paused"}:
        yield Hit("name", record=place)


@rule(
    code="R08",
    severity=Severity.WARNING,
    message=Text(
        "la relazione vale ancora, ma «{name}» è chiuso: manca la data in cui è finita",
        "the relation still holds, but “{name}” is closed: the date when it ended is missing",
    ),
    why=Text(
        "Chi legge crede che i due lavorino ancora insieme.",
        "Readers believe that the two still work together.",
    ),
    fix=Text(
        "Dare una fine alla relazione: bencomune unlink, poi link con --until.",
        "Give the relation its end: bencomune unlink, then link with --until.",
    ),
    source="COV-AP_IT",
    good=[{**_LAB, "state": "closed"}, _BODY, {**_SUPPORTS, "until": "2021"}],
    bad=[{**_LAB, "state": "closed"}, _BODY, _SUPPORTS],
    about=("role",),
)
def relation_with_what_closed(ends: Ends, context: Context) -> Iterator[Hit]:
    """Look for current relations with what is closed; of closed coordinators R06 tells."""
    relation, *both = ends
    closed = [end for end in both if end and end.state == "closed"]
    if closed and relation.role not in SUCCESSION and relation.holds(context.today):
        coordinates = relation.role in BEHIND["coordinator"]
        if not (coordinates and ends.object and ends.object.state == "active"):
            yield Hit("until", {"name": closed[-1].name}, record=relation)


@rule(
    code="R09",
    severity=Severity.WARNING,
    message=Text(
        "è attivo, ma «{name}», dove si riunisce, ora è {state}",
        "it is active, but “{name}”, where it meets, is {state} now",
    ),
    why=Text(
        "Chi vuole partecipare trova la porta chiusa.",
        "Anyone who wants to take part finds the door shut.",
    ),
    fix=Text(
        "Indicare dove si riunisce ora, con --meets-at.",
        "Give where it meets now, with --meets-at.",
    ),
    source="HSDS 3, location",
    good=[_LAB, {**_GROUP, "meets_at": "spazio-esempio"}],
    bad=[{**_LAB, "state": "paused"}, {**_GROUP, "meets_at": "spazio-esempio"}],
    about=("state",),
)
def meets_where_nothing_is_open(tied: Tied) -> Iterator[Hit]:
    """Look for active groups that meet at a lab which is closed or paused."""
    place = tied.place
    if place.meets_at and place.state == "active":
        lab = tied.overview.get(place.meets_at)
        if lab and lab.state in {"closed", "paused"}:
            state = STATE.told(lab.state)
            told = {"name": lab.name, "state": Text(state.it.lower(), state.en.lower())}
            yield Hit("meets_at", told, record=place)


@rule(
    code="R10",
    severity=Severity.NOTE,
    message=Text(
        "«{lab}» e «{group}» sono in due Comuni diversi ({one}, {other})",
        "“{lab}” and “{group}” are in two different municipalities ({one}, {other})",
    ),
    why=Text(
        "Può essere giusto; spesso è stato scelto il record di un altro Comune con un nome simile.",
        "It may be right; often the record of another municipality with a similar name was chosen.",
    ),
    fix=Text(
        "Controllare i due record, e il Comune di ognuno.",
        "Check the two records, and the municipality of each.",
    ),
    source="HSDS 3, location",
    good=[{**_LAB, "municipality": "000001"}, {**_GROUP, "municipality": "000001"}, _HOSTS],
    bad=[{**_LAB, "municipality": "000001"}, {**_GROUP, "municipality": "000002"}, _HOSTS],
    about=("municipality", "subject"),
)
def hosted_elsewhere(tied: Tied) -> Iterator[Hit]:
    """Compare the municipalities of a group and of the lab that hosts it, or where it meets."""
    group = tied.place
    if group.name_of_kind != "group" or not group.municipality:
        return
    told: list[tuple[str | None, str, Subject]] = [
        (each.subject, "object", each)
        for each in tied.relations
        if each.role == "hosts" and each.object == group.id
    ]
    for id_, column, record in (*told, (group.meets_at, "meets_at", group)):
        lab = tied.overview.get(id_)
        if lab and lab.name_of_kind == "lab" and lab.municipality:
            codes = {"one": lab.municipality, "other": group.municipality}
            if codes["one"] != codes["other"]:
                yield Hit(column, {"lab": lab.name, "group": group.name, **codes}, record=record)


@rule(
    code="R11",
    severity=Severity.NOTE,
    message=Text(
        "relazione improbabile, forse alla rovescia: {kind} «{name}» {role} {other} «{object}»",
        "unlikely relation, perhaps the wrong way round: {kind} “{name}” {role} {other} “{object}”",
    ),
    why=Text(
        "Un luogo non guida un ente, e un gruppo informale non ha un conto da cui finanziare.",
        "A place does not run an organisation, and an informal group has no account to fund others"
        " from.",
    ),
    fix=Text(
        "Se è alla rovescia: bencomune unlink, poi link con i due record scambiati.",
        "If it is the wrong way round: bencomune unlink, then link with the two records swapped.",
    ),
    source="COV-AP_IT",
    good=[_LAB, _BODY, {**_SUPPORTS, "role": "coordinates"}],
    bad=[
        _LAB,
        _BODY,
        {**_LINK, "subject": "spazio-esempio", "role": "manages", "object": "ente-esempio"},
    ],
    about=("subject", "object"),
)
def role_for_another_kind(ends: Ends) -> Iterator[Hit]:
    """Look for roles that a record of this kind cannot well have with one of that kind."""
    relation, who, whom = ends
    if who and whom and (who.name_of_kind, relation.role, whom.name_of_kind) in UNLIKELY:
        told = {
            "kind": LABELS[who.name_of_kind],
            "name": same(who.name),
            "role": ROLE.told(relation.role),
            "other": LABELS[whom.name_of_kind],
            "object": same(whom.name),
        }
        yield Hit("role", told, record=relation)
