"""What may be written next: terms, ids, names, columns; for the completion of a shell.

Light and silent: a registry that is missing, damaged or busy has nothing to offer. What is offered
is what was begun; where nothing begins so, what has a word that does.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec

from .declare import Column, Record
from .entities import NAMED, PLACES
from .errors import Refused
from .faults import expect_ours, expect_registry
from .kinds.choices import Listing
from .kinds.numbers import YesNo
from .kinds.texts import Reference
from .meanings import is_municipality, vocabulary_of
from .naming import slug_of
from .sql import quoted
from .vocabularies import vocabulary
from .words import LANGUAGES, spoken

P = ParamSpec("P")

MOST = 100  # offers at a time: a shell asks before it shows more
BUSY = 0.2  # seconds that an offer waits for a writer
LAST = "\U0010ffff"  # after every text with the same beginning


class Offer(NamedTuple):
    """A text that may be written, what it means, and what else it may be found by."""

    value: str
    help: str = ""
    found_by: tuple[str, ...] = ()


def _silent(
    look: Callable[Concatenate[sqlite3.Connection, P], list[Offer]],
) -> Callable[Concatenate[Path, P], list[Offer]]:
    """Make a function over a connection one over a file; what goes wrong is nothing to offer."""

    @wraps(look)
    def offered(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> list[Offer]:
        try:
            with closing(_connect(path)) as connection:
                return look(connection, *args, **kwargs)
        except (sqlite3.Error, Refused, OSError):
            return []

    return offered


def _connect(path: Path) -> sqlite3.Connection:
    """Open a registry to read only, as it lies. Raises Refused and sqlite3.Error."""
    expect_registry(path)
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)
    try:
        connection.text_factory = lambda stored: stored.decode("utf-8", "replace")
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        expect_ours(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def begun(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """Return the offers that begin as typed, also in other letters; else those found otherwise."""
    folded = typed.casefold()
    known = list(offers)
    found = [each for each in known if each.value.casefold().startswith(folded)]
    return found or [
        each for each in known if any(word.casefold().startswith(folded) for word in each.found_by)
    ]


def plain(values: Iterable[str], typed: str) -> list[Offer]:
    """Return the values that begin as typed."""
    return begun(map(Offer, values), typed)


def terms(name: str, typed: str) -> list[Offer]:
    """Return terms of a vocabulary, by code; else by label or synonym."""
    return begun(
        (
            Offer(code, str(term.label), (*map(term.label.said_in, LANGUAGES), *term.synonyms))
            for code, term in vocabulary(name).items()
        ),
        typed,
    )


def values(path: Path, column: Column, typed: str) -> list[Offer]:
    """Return values of a column; for several, of the last of those that are written."""
    kind = column.kind
    if isinstance(kind, Listing):
        done, comma, last = typed.rpartition(",")
        kept = done + comma + last[: len(last) - len(last.lstrip())]
        found = _values(path, column, kind.item, last.lstrip(), listed=True)
        return [each._replace(value=kept + each.value) for each in found]
    return _values(path, column, kind, typed)


def _values(
    path: Path, column: Column, kind: Any, typed: str, *, listed: bool = False
) -> list[Offer]:
    if name := vocabulary_of(column):
        return terms(name, typed)
    if isinstance(kind, YesNo):
        return plain(("no", "sì") if spoken() == "it" else ("no", "yes"), typed)
    if is_municipality(column):
        return municipalities(path, typed, listed=listed)
    if isinstance(kind, Reference) and kind.table == "areas":
        return areas(path, typed, listed=listed)
    if isinstance(kind, Reference):
        named = NAMED.get(kind.table)
        return records(path, (named,) if named else PLACES, typed)
    return []


def columns(entity: type[Record], typed: str, sign: str = "") -> list[Offer]:
    """Return names of columns, each with a sign after it."""
    return begun((Offer(c.name + sign, str(c.label)) for c in entity.columns), typed)


def conditions(path: Path, entity: type[Record], typed: str) -> list[Offer]:
    """Return columns with `=`, and after that their values."""
    name, sign, value = typed.partition("=")
    if not sign:
        return columns(entity, typed, "=")
    bare = name.rstrip("!")
    found = values(path, entity.column(bare), value) if entity.has(bare) else []
    return [each._replace(value=f"{name}={each.value}") for each in found]


@_silent
def records(
    connection: sqlite3.Connection,
    entities: Sequence[type[Record]],
    typed: str,
    *,
    removed: bool = False,
) -> list[Offer]:
    """Return ids with names: those that begin as typed, else those with such a word."""
    word = slug_of(typed)
    asked = [("id >= ?1 AND id < ?2", (typed, typed + LAST))]
    if word:
        with_word = "(instr('-' || id, ?1) OR instr(' ' || lower({name}), ?2))"
        asked.append((with_word, (f"-{word}", f" {typed.lower()}")))
    for condition, bound in asked:
        found: list[Offer] = []
        for entity in entities:
            kept = f"removed = {int(removed)}" if entity.has("removed") else "true"
            name = next((n for n in ("name", "person_name") if entity.has(n)), "id")
            where = f"{kept} AND {condition.format(name=name)} ORDER BY id"
            sql = f"SELECT id, {name} FROM {quoted(entity.table)} WHERE {where}"
            found += _some(connection, sql, bound)
        if found:
            return _few(sorted(found))
    return []


@_silent
def areas(connection: sqlite3.Connection, typed: str, *, listed: bool = False) -> list[Offer]:
    """Return areas by name; by id where a name is of several, or would be taken for several."""
    sql = "SELECT id, name, area_kind, count(*) OVER (PARTITION BY name) FROM areas"
    return _few(_named(connection.execute(sql), typed, listed=listed))


@_silent
def municipalities(
    connection: sqlite3.Connection, typed: str, *, listed: bool = False
) -> list[Offer]:
    """Return municipalities by name, or by ISTAT code."""
    where = "area_kind = 'municipality' AND code IS NOT NULL"
    sql = f"SELECT code, name, code, count(*) OVER (PARTITION BY name) FROM areas WHERE {where}"
    return _few(_named(connection.execute(sql), typed, listed=listed))


@_silent
def operations(connection: sqlite3.Connection, typed: str) -> list[Offer]:
    """Return numbers of operations, newest first, with what was done."""
    sql = (
        "SELECT seq, at || ' ' || command || coalesce(' ' || why, '') FROM operations"
        " WHERE substr(seq, 1, length(?1)) = ?1 ORDER BY seq DESC LIMIT 20"
    )
    return [Offer(str(seq), done) for seq, done in connection.execute(sql, (typed,))]


def _named(known: Iterable[Any], typed: str, *, listed: bool) -> list[Offer]:
    offers = [
        Offer(name, note, (id_, *name.split()))
        if times == 1 and not (listed and "," in name)
        else Offer(id_, name, (id_, *name.split()))
        for id_, name, note, times in known
    ]
    found = begun(offers, typed)
    # Found by its id or code, it is offered by that: a shell can go on from what was typed.
    by_id = [
        Offer(id_, each.value if each.value != id_ else each.help)
        for each in found
        if typed and (id_ := each.found_by[0]).startswith(typed)
    ]
    return sorted(by_id or found)


def _some(connection: sqlite3.Connection, sql: str, bound: Sequence[Any]) -> Iterator[Offer]:
    """Yield the first rows, and the last: what all begin with is what these begin with."""
    rows = connection.execute(f"{sql} LIMIT {MOST + 1}", bound).fetchall()
    if len(rows) > MOST:
        rows[MOST:] = connection.execute(f"{sql} DESC LIMIT 1", bound).fetchall()
    for id_, name in rows:
        yield Offer(id_, name or "")


def _few(found: list[Offer]) -> list[Offer]:
    return found if len(found) <= MOST else [*found[: MOST - 1], found[-1]]
