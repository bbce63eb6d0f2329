"""SQL that the public views derive columns with, over a record as `r`.

Made so that a view of many records asks for as little as can be for each: what is told of few is
looked for in an index alone first, and what depends on no record is asked once.
"""

from .kinds.times import TODAY, end_of, months_ago

# The roles by which others stand behind a record, for each derived column that names them.
BEHIND = {
    "coordinator": ("coordinates", "manages"),
    "partners": ("partner_of", "supports", "hosts", "funds"),
}
# Most have no contact, which is seen in an index that stays open; a subquery about the record opens
# its own each time.
_HAS_CONTACT = "r.id IN (SELECT record FROM contacts)"
_CURRENT = f"coalesce({end_of('x.until')}, '9999') >= {TODAY}"


def is_published(id_: str) -> str:
    """Return SQL for whether there is a public record of an id.

    By its id alone: for `IN` SQLite would first gather the ids of all, in memory.
    """
    return f"EXISTS (SELECT 1 FROM public_names AS o WHERE o.id = {id_})"


def name_of(id_: str) -> str:
    """Return SQL for the name of the public record of an id."""
    return f"(SELECT o.name FROM public_names AS o WHERE o.id = {id_})"


def names_behind(column: str) -> str:
    """Return SQL for the names of the public records that stand behind `r`, for such a column."""
    roles = ", ".join(f"'{role}'" for role in BEHIND[column])
    # With a sign the role is read from the index of the object, not looked up, one after the other.
    of = f"FROM relations AS x WHERE x.object = r.id AND +x.role IN ({roles})"
    name = name_of("x.subject")
    told = f"{of} AND x.public AND {_CURRENT} AND x.id NOT IN (SELECT id FROM withheld)"
    names = f"SELECT DISTINCT {name} AS name {told} ORDER BY 1"
    # One alone, as mostly, needs no sorting, which takes longer than all else.
    return (
        f"CASE (SELECT count(*) {of}) WHEN 0 THEN NULL WHEN 1 THEN (SELECT {name} {told})"
        f" ELSE (SELECT group_concat(name, ' | ') FROM ({names})) END"
    )


CONTACTS = (
    f"CASE WHEN {_HAS_CONTACT} THEN"
    " (SELECT group_concat(line, ' | ') FROM (SELECT c.role || coalesce(': ' ||"
    " c.person_name, '') || coalesce(', ' || c.email, '') || coalesce(', ' || c.phone, '')"
    " AS line FROM public_contacts AS c WHERE c.record = r.id ORDER BY c.id)) END"
)


_HELD_AREAS = "SELECT substr(id, 7) FROM withheld WHERE id GLOB 'areas/*'"


def area_name(where: str) -> str:
    """Return SQL for the name of the first public area, as `a`, of which a condition holds."""
    return (
        f"(SELECT a.name FROM areas AS a WHERE {where} AND a.id NOT IN ({_HELD_AREAS})"
        " ORDER BY a.id LIMIT 1)"
    )


_ITS_TOWN = "a.code = r.municipality AND a.area_kind = 'municipality'"
_FIRST_TOWN = (
    f"FROM areas AS a WHERE a.area_kind = 'municipality' AND a.id NOT IN ({_HELD_AREAS})"
    " ORDER BY a.id LIMIT 1"
)
# The name of the municipality of a record, by its code. That of the first is asked for once for
# all records: mostly there is but one.
TOWN_NAME = (
    f"CASE WHEN r.municipality = (SELECT a.code {_FIRST_TOWN}) THEN (SELECT a.name {_FIRST_TOWN})"
    f" ELSE {area_name(_ITS_TOWN)} END"
)


def _of_network(value: str) -> str:
    """Return SQL for a value of the network's policy, which SQLite asks for once.

    The network's columns stand without its name: where the file of an older program lacks them,
    SQLite takes those of the same name from outside.
    """
    return (
        f"(SELECT (SELECT {value} FROM network WHERE id = 'network')"
        " FROM (SELECT NULL AS verify_every, NULL AS unverified_after))"
    )


# A closed record is not verified again.
FRESHNESS = (
    f"CASE WHEN r.state = 'closed' OR {_of_network('verify_every')} IS NULL THEN NULL"
    f" WHEN {end_of('r.verified_on')} >= {_of_network(months_ago('verify_every'))} THEN 'verified'"
    f" WHEN {_of_network('unverified_after')} IS NULL"
    f" OR {end_of('r.verified_on')} >= {_of_network(months_ago('unverified_after'))} THEN 'overdue'"
    " ELSE 'unverified' END"
)
