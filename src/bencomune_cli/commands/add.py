"""lab, group, organisation add: from options, or by one question after the other."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from .. import prompts, screen
from ..declare import Record
from ..doubles import Double
from ..drafts import Draft, put_aside
from ..entities import PLACES, Place, Relation
from ..entities.shared import ASKED_RELATIONS, COORDINATED_BY, COORDINATES
from ..errors import Refused
from ..guided import Entry
from ..outcome import Written
from ..registry import Registry
from ..surveys import alike
from ..visibility import hidden_because
from ..words import Text, joined
from . import (
    AsJson,
    Crs,
    Point,
    Why,
    ask_for_missing,
    can_ask,
    command,
    findings_told,
    option,
    pointed,
    reading,
    session,
    tell_written,
    texts_of,
    writing,
)


def add_to_groups(groups: Mapping[str, typer.Typer]) -> None:
    """Register add in the group of each kind of place."""
    told = Text(
        "Aggiunge un record; senza opzioni lo chiede, una domanda per volta.",
        "Add a record; without options it is asked for, one question after the other.",
    )
    for entity in PLACES:
        command(groups[entity.name_of_kind], "add", told, _adder(entity), (entity, None))


def _adder(entity: type[Place]) -> Any:
    name = entity.name_of_kind

    def add(
        id_: Annotated[
            str | None,
            option("se assente, dal nome", "made from the name if not given", "--id"),
        ] = None,
        point: Point = None,
        crs: Crs = None,
        coordinated_by: Annotated[
            list[str] | None, option("chi lo coordina", "who coordinates it")
        ] = None,
        coordinates: Annotated[
            list[str] | None, option("che cosa coordina", "what it coordinates")
        ] = None,
        resume: Annotated[
            bool, option("riprende la bozza", "take up the draft", "--resume")
        ] = False,
        why: Why = None,
        as_json: AsJson = False,
        **given: Any,
    ) -> None:
        answers = texts_of(entity, given)
        for asked, told in ((COORDINATED_BY, coordinated_by), (COORDINATES, coordinates)):
            answers |= {asked.name: ", ".join(told)} if told else {}
        answers |= pointed(point, crs)
        draft = Draft(session.path, name)
        guided = can_ask() and (resume or not answers)
        if resume or not answers:
            asked_for = _asked(entity, {**_drafted(draft, resume=resume), **answers})
            if asked_for is None:
                return
            answers = asked_for
        ask_for_missing(entity, answers)
        with writing() as registry:
            with findings_told(), registry.operation(f"{name} add", why):
                written = _write(registry, entity, answers, id_)
            notes = list(_notes(registry, written.record, doubles=not guided))
        draft.forget_if(answers)
        tell_written(written, as_json, Text("aggiunto: {id}", "added: {id}"))
        for note in notes:
            screen.say(note)

    return add


def _notes(registry: Registry, record: Record, *, doubles: bool) -> Iterator[Text]:
    """Yield what a new record may be the same as, and why it is not published."""
    near: list[Double] = []
    if doubles and not screen.voice.quiet and isinstance(record, Place):
        near = alike(registry, record)
    for each in near:
        told = Text(
            "forse c'è già: {id} ({name}; {reason})",
            "perhaps it is already there: {id} ({name}; {reason})",
        )
        yield told.filled(id=each.id, name=each.name, reason=each.reason)
    if hidden := hidden_because(registry, record):
        told = Text("non è ancora pubblicato: {why}", "it is not published yet: {why}")
        yield told.filled(why=joined("; ", hidden))


def _asked(entity: type[Place], answers: dict[str, str]) -> dict[str, str] | None:
    """Ask a person for what is not told yet; None if it is not to be written now."""
    if not can_ask():
        return answers
    with reading() as registry:
        entry = Entry(registry, entity, answers)
        return entry.answers if entry.run() else None


def _drafted(draft: Draft, *, resume: bool) -> dict[str, str]:
    """Return the answers of the draft, where the person wants them."""
    answers = draft.answers()
    if resume and not answers:
        raise Refused(Text("non c'è nessuna bozza", "there is no draft"))
    if answers and not resume and can_ask():
        question = Text(
            "C'è una bozza di «{name}»: riprenderla?", "There is a draft of “{name}”: take it up?"
        )
        resume = prompts.confirm(question.filled(name=answers.get("name", "")), default=True)
        if not resume:
            screen.warn(put_aside(draft.path))
    return answers if resume else {}


def _write(
    registry: Registry, entity: type[Place], answers: Mapping[str, str], id_: str | None
) -> Written:
    """Write the record of the answers and its relations, inside an operation. Raises Faulty."""
    texts = {key: text for key, text in answers.items() if entity.has(key)}
    written = registry.add(entity, texts, id_)
    for asked in ASKED_RELATIONS:
        for each in filter(str.strip, answers.get(asked.name, "").split(",")):
            ends = [written.record.id, registry.finder.place(each).id]
            subject, object_ = ends if asked.outward else reversed(ends)
            told = {"subject": subject, "role": asked.role, "object": object_}
            registry.add(Relation, told)
    return written
