"""search: records of any kind by a few words, also mistyped."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from .. import screen
from ..area_names import AreaNames
from ..describe import kind_named
from ..entities import Contact, Place, Record
from ..indexing import INDEXED
from ..marking import Passage, Piece, cut, marked, passage
from ..registry import Registry
from ..search import COUNTED, Asked, Hit, asked
from ..telling import named
from ..words import Text
from . import AsJson, argument, command, option, reading, whole_number

LIMIT = 20
NAME = 60  # characters of a name in a line of the terminal
SEPARATOR = "  ·  "
_KINDS = ", ".join(entity.name_of_kind for entity in INDEXED)

Line = list[tuple[str, str]]


class Answer(NamedTuple):
    """A record found, with all that a person is told of it."""

    hit: Hit
    record: Record
    name: str
    owner: str
    municipality: str
    state: str
    passage: Passage | None

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` shows."""
        own = {"record": self.record.record} if isinstance(self.record, Contact) else {}
        place = self.record if isinstance(self.record, Place) else None
        return {
            "id": self.hit.id,
            "kind": self.hit.entity.name_of_kind,
            "name": self.name,
            **own,
            **({"state": place.state, "removed": place.removed} if place else {}),
            "score": self.hit.score,
            "snippet": str(self.passage) if self.passage else "",
            "exact": self.hit.exact,
        }


def add_to(app: typer.Typer) -> None:
    """Register search."""
    command(
        app,
        "search",
        Text(
            "Cerca parole in tutti i record. Guarda nomi, testi, indirizzi, telefoni e note; i nomi"
            " si trovano anche con errori di battitura.",
            "Find words in all records. Looks at names, texts, addresses, telephones and notes;"
            " names are found with slips of the keys too.",
        ),
        search,
    )


def search(  # noqa: D103
    words: Annotated[list[str], argument("parole da cercare", "words to find")],
    kind: Annotated[
        list[str] | None, option(f"solo di un tipo: {_KINDS}", f"of one kind only: {_KINDS}")
    ] = None,
    limit: Annotated[str | None, option(f"quanti: {LIMIT}", f"how many: {LIMIT}")] = None,
    as_json: AsJson = False,
) -> None:
    sought, most = asked(words), whole_number(limit)
    kinds = [kind_named(text, INDEXED) for text in kind or ()] or list(INDEXED)
    with reading() as registry:
        found = registry.search(sought, kinds, LIMIT if most is None else most)
        answers = list(_answers(registry, sought, found.hits))
    if as_json:
        screen.out_json([answer.to_json() for answer in answers])
    elif not answers:
        screen.say(Text("nessun record", "no records"))
    else:
        if not any(answer.hit.exact for answer in answers) and not _drawn():
            told = Text(
                "nessun record con tutte le parole; forse:", "no record with all words; perhaps:"
            )
            screen.say(told)
        _give(answers, sought)
    if (more := found.total - len(found.hits)) > 0:
        told = Text("altri {more}: --limit {all}", "{more} more: --limit {all}")
        if found.total >= COUNTED:
            told = Text("almeno altri {more}: --limit {all}", "at least {more} more: --limit {all}")
        screen.say(told.filled(more=more, all=found.total))


def _answers(registry: Registry, sought: Asked, hits: Sequence[Hit]) -> Iterator[Answer]:
    """Yield what is told of the records found; one taken away since is not."""
    areas = AreaNames(registry.store.connection)
    for hit in hits:
        record = registry.store.get(hit.entity, hit.id)
        if record is None:
            continue
        owner = municipality = state = ""
        name = str(getattr(record, "name", ""))
        if isinstance(record, Contact):
            role = Contact.column("role").kind.told(record.role)
            name = record.person_name or str(role)
            owner = named(registry, "ids", record.record)
        if isinstance(record, Place):
            place, column = record, type(record).column("municipality")
            municipality = (
                areas.of(column.kind, place.municipality or "") or place.municipality or ""
            )
            state = _state(place)
        told = passage(record, sought.needles, areas, name) if hit.exact else None
        yield Answer(hit, record, name, owner, municipality, state, told)


def _state(place: Place) -> str:
    """Return what a person must know of a record that is not simply active."""
    if place.removed:
        return str(Text("rimosso", "removed"))
    return (
        "" if place.state == "active" else str(type(place).column("state").kind.told(place.state))
    )


def _give(answers: Sequence[Answer], sought: Asked) -> None:
    """Show the answers: in lines for a person, else in columns for a program."""
    if not _drawn():
        screen.table(
            (),
            (
                (
                    answer.hit.id,
                    answer.hit.entity.name_of_kind,
                    f"{answer.name} – {answer.owner}" if answer.owner else answer.name,
                    answer.passage,
                )
                for answer in answers
            ),
        )
        return
    lines: list[Line] = []
    for number, answer in enumerate(answers):
        if not answer.hit.exact and (number == 0 or answers[number - 1].hit.exact):
            lines.append([(str(Text("forse:", "perhaps:")), "heading")])
        lines += _lines(answer, sought.needles)
    screen.drawn(lines)


def _drawn() -> bool:
    return screen.is_terminal(sys.stdout)


def _lines(answer: Answer, needles: Sequence[str]) -> Iterator[Line]:
    name = _styled(cut(marked(answer.name, needles), NAME))
    what = (
        answer.hit.id,
        str(answer.hit.entity.label),
        answer.owner,
        answer.municipality,
        answer.state,
    )
    yield [*name, (SEPARATOR + SEPARATOR.join(filter(None, what)), "")]
    if answer.passage:
        label = f"    {answer.passage.label}: "
        yield [(label, "quiet"), *_styled(answer.passage.pieces, "quiet")]


def _styled(pieces: Sequence[Piece], style: str = "") -> Line:
    return [(text, "sign" if is_marked else style) for text, is_marked in pieces]
