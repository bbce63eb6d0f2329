"""The headers of a file matched to columns: by name, label, what offices write, and likeness.

What offices write is in `headings.csv`: a column, or one of PARTS, and its headers.
"""

import csv
import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from . import screen
from .declare import Column, Record, per_entity
from .errors import Refused
from .folding import folded, words_of
from .labelled import labels
from .words import LANGUAGES, Text

# Headers that are no column: a cell from which several columns are made, or which helps to.
ADDRESS, COORDINATES, PROVINCE, PERSON = "address", "coordinates", "province", "person"
PARTS = {
    ADDRESS: Text("indirizzo intero, da dividere", "whole address, to be taken apart"),
    COORDINATES: Text("coordinate in una cella", "coordinates in one cell"),
    PROVINCE: Text("provincia: aiuta a capire il Comune", "province: helps to tell the place"),
}
REASON = "import_reason"  # the column that we add to the rows that were refused
VERSION = "version"
LONGEST = 300  # characters of a header by which it is known
LIKE = 0.84  # of difflib: "Denominazone" is like "Denominazione"
# "N." is the house number behind a street; elsewhere it counts rows, which tells no record.
_COUNTING = frozenset({"n", "no", "nr", "num", "numero"})
_WHERE = frozenset({"street", ADDRESS})
_PERSONAL = re.compile(r"referent|president|rappresentant|responsabil|cognom|coordinator")


class How(IntEnum):
    """How a header came to its meaning, surest first."""

    TOLD = 0
    NAME = 1
    LABEL = 2
    WRITTEN = 3
    LIKE = 4
    ASIDE = 5  # the program writes it by itself: not taken over
    IGNORED = 6
    UNKNOWN = 7
    PERSON = 8
    RIVAL = 9  # another header speaks for that column already


HOWS = {
    How.TOLD: Text("indicata", "told"),
    How.NAME: Text("stesso nome", "same name"),
    How.LABEL: Text("stessa etichetta", "same label"),
    How.WRITTEN: Text("nome in uso", "name in use"),
    How.LIKE: Text("somiglia: da confermare", "is like it: to be confirmed"),
    How.ASIDE: Text("scritta dal programma", "written by the program"),
    How.IGNORED: Text("tralasciata", "left aside"),
    How.UNKNOWN: Text("non capita", "not understood"),
    How.PERSON: Text("dati di una persona", "data of a person"),
    How.RIVAL: Text("un'altra colonna vale già per {target}", "another is taken for {target}"),
}


class Heading(NamedTuple):
    """A header of the file, the column or part that it is taken for (empty for none), and how."""

    header: str
    target: str
    how: How


def targets(entity: type[Record]) -> list[str]:
    """Return all that a header may be taken for: the columns that a person may write, and parts."""
    columns = [c.name for c in entity.columns if not c.automatic or c.name in {"id", VERSION}]
    return [*columns, *PARTS]


def matched(
    entity: type[Record],
    headers: Sequence[str],
    told: Mapping[str, str],
    ignored: Iterable[str] = (),
) -> list[Heading]:
    """Return what each header of a file is taken for.

    `told` gives the target of some headers, `ignored` those to be left aside. Raises Refused for a
    header in them that the file does not have, for a target that does not exist, and for two
    headers of one target that holds one value.
    """
    wanted = {_header(headers, header): _target(entity, to) for header, to in told.items()}
    aside = {_header(headers, header) for header in ignored}
    ours = _ours(entity, headers)
    found: list[Heading] = []
    for header in headers:
        if header in aside:
            found.append(Heading(header, "", How.IGNORED))
        elif header in wanted:
            found.append(Heading(header, wanted[header], How.TOLD))
        elif found and found[-1].target in _WHERE and key_of(header) in _COUNTING:
            found.append(Heading(header, "number", How.WRITTEN))
        elif header in ours:
            found.append(Heading(header, "", How.ASIDE))
        else:
            found.append(Heading(header, *_meant(entity, header)))
    return _each_once(entity, found)


OPEN = frozenset({How.LIKE, How.UNKNOWN, How.PERSON, How.RIVAL})  # a person must decide on these


def undecided(headings: Iterable[Heading]) -> list[Heading]:
    """Return the headers that a person must decide on: nothing is dropped, or guessed, silently."""
    return [heading for heading in headings if heading.how in OPEN]


def numbered(
    headings: Sequence[Heading],
    texts: Mapping[str, Sequence[str]],
    ids: Callable[[], Collection[str]],
) -> list[Heading]:
    """Return headings in which an "ID" of mere numbers is that of the source, not of a record.

    `texts` are some of the first texts under each header, `ids` tells those of the registry:
    nearly all of them are words, but "00100" is the name, and so the id, of a record too.
    """

    def bare(heading: Heading) -> bool:
        found = texts.get(heading.header, ())
        own = heading.target == "id" and heading.how is not How.TOLD
        numbers = own and bool(found) and all(text.isdigit() for text in found)
        return numbers and not set(found) <= set(ids())

    taken = {heading.target for heading in headings}
    return [
        Heading(each.header, "source_id", How.WRITTEN)
        if bare(each) and "source_id" not in taken
        else each
        for each in headings
    ]


def key_of(header: str) -> str:
    """Return a header without case, accents, signs and what it says in brackets."""
    header = header[:LONGEST]
    bare = re.sub(r"\([^)]*\)", " ", header).strip() or header
    return re.sub(r"[^a-z0-9]+", "", folded(bare) or "")


def keys_of(column: Column) -> set[str]:
    """Return what headers our own files have of a column: its name, its label in each language."""
    return set(map(key_of, (column.name, *map(column.label.said_in, LANGUAGES))))


def _meant(entity: type[Record], header: str) -> tuple[str, How]:
    """Return what a header is taken for, when nobody told."""
    if header in _by_itself(entity):
        return "", How.ASIDE
    known, key = _known(entity), key_of(header)
    if key in known:
        return known[key]
    if any(map(_PERSONAL.match, words_of(header))):
        return "", How.PERSON
    near = difflib.get_close_matches(key, known, n=1, cutoff=LIKE)
    target, how = known[near[0]] if near else ("", How.UNKNOWN)
    return (target, How.LIKE) if target else ("", how)


@per_entity
def _by_itself(entity: type[Record]) -> set[str]:
    """Return the headers that our own files have of what the program writes by itself."""
    names = {column.name for column in (*entity.columns, *entity.derived)}
    return names - set(targets(entity)) | {REASON}


def _ours(entity: type[Record], headers: Iterable[str]) -> set[str]:
    """Return the labels of what the program writes by itself, where a file has all of them.

    Others too may have a column named as one of those, but not as all.
    """
    there = set(headers)
    for language in LANGUAGES:
        told = labels(entity.published(), language)
        own = {label for name, label in told.items() if name in _by_itself(entity)}
        if own <= there:
            return own
    return set()


@per_entity
def _known(entity: type[Record]) -> dict[str, tuple[str, How]]:
    """Return what each folded header of an entity means; the surest meaning comes first."""
    known: dict[str, tuple[str, How]] = {}
    ours = set(targets(entity))
    for column in entity.columns:
        if column.name in ours:
            known.setdefault(key_of(column.name), (column.name, How.NAME))
            for language in LANGUAGES:
                label = key_of(column.label.said_in(language))
                known.setdefault(label, (column.name, How.LABEL))
    for part in PARTS:
        known.setdefault(part, (part, How.NAME))
    for target, header in written():
        if target == PERSON:
            known.setdefault(key_of(header), ("", How.PERSON))
        elif target in ours:
            known.setdefault(key_of(header), (target, How.WRITTEN))
    for column in (*entity.columns, *entity.derived):  # those of the program are like none of ours
        for language in LANGUAGES:
            known.setdefault(key_of(column.label.said_in(language)), ("", How.UNKNOWN))
    return known


@cache
def written() -> tuple[tuple[str, str], ...]:
    """Return the headers that offices write, each with what it means."""
    path = Path(__file__).with_name("headings.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return tuple((row["target"], each) for row in rows for each in row["written"].split("|"))


def _header(headers: Sequence[str], told: str) -> str:
    """Return the header that a person told: as it is, as the screen shows it, or much like it."""
    exact = [header for header in headers if told in {header, screen.flat(header)}]
    alike = exact or [header for header in headers if key_of(header) == key_of(told)]
    if len(alike) == 1 or exact:
        return alike[0]
    if alike:
        many = Text(
            "«{told}» può essere più di una colonna: {headers}",
            "“{told}” may be more than one column: {headers}",
        )
        raise Refused(many.filled(told=told, headers=", ".join(alike)))
    raise Refused(
        Text(
            "nel file non c'è la colonna «{told}»; ci sono: {headers}",
            "the file has no column “{told}”; it has: {headers}",
        ).filled(told=told, headers=", ".join(headers))
    )


def _target(entity: type[Record], told: str) -> str:
    ours = targets(entity)
    labels = {
        key_of(entity.column(name).label.said_in(lang)): name
        for name in ours
        if name not in PARTS
        for lang in LANGUAGES
    }
    name = told.strip()
    found = name if name in ours else labels.get(key_of(name), "")
    if not found:
        near = difflib.get_close_matches(name, ours, n=3)
        raise Refused(
            Text(
                "«{told}» non è una colonna di {entity}; {near}",
                "“{told}” is not a column of {entity}; {near}",
            ).filled(
                told=told,
                entity=entity.label,
                near=Text("forse: {names}", "perhaps: {names}").filled(names=", ".join(near))
                if near
                else Text("ci sono: {names}", "there are: {names}").filled(names=", ".join(ours)),
            )
        )
    return found


def _each_once(entity: type[Record], found: list[Heading]) -> list[Heading]:
    """Let one header alone speak for a column of one value: the surest one."""
    kept: list[Heading] = []
    for heading in found:
        rivals = [
            other
            for other in found
            if heading.target and other.target == heading.target and other is not heading
        ]
        many = heading.target not in PARTS and heading.target and entity.column(heading.target).many
        if not rivals or many:
            kept.append(heading)
            continue
        best = min(rivals, key=lambda each: each.how)
        if best.how == heading.how and heading.how is How.TOLD:
            raise Refused(
                Text(
                    "«{one}» e «{other}» sono indicate tutte e due per {target}: lasciarne una",
                    "“{one}” and “{other}” are both told for {target}: leave one of them",
                ).filled(one=heading.header, other=best.header, target=heading.target)
            )
        sure = heading.how < best.how
        kept.append(heading if sure else heading._replace(how=How.RIVAL))
    return kept
