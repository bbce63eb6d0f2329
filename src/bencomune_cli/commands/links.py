"""link, unlink: relations between records."""

from typing import Annotated, Any

import typer

from .. import screen
from ..entities import Relation
from ..errors import Refused, Unreadable
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    command,
    findings_told,
    tell_written,
    texts_of,
    writing,
)

Subject = Annotated[str, argument("chi", "who")]
Role = Annotated[
    str,
    argument(
        "che cosa fa: bencomune terms relation_role", "what it does: bencomune terms relation_role"
    ),
]
Object = Annotated[str, argument("con chi", "with whom")]
DETAILS = ("since", "until", "act_type", "act_number", "act_date", "act_url", "public")


def add_to(app: typer.Typer) -> None:
    """Register link and unlink."""
    told = Text(
        "Collega due record: chi, che cosa fa, con chi.", "Link two records: who, role, with whom."
    )
    command(app, "link", told, link, (Relation, DETAILS))
    command(app, "unlink", Text("Toglie una relazione.", "Remove a relation."), unlink)


def link(  # noqa: D103 - the help is told where it is registered
    subject: Subject,
    role: Role,
    object_: Object,
    why: Why = None,
    as_json: AsJson = False,
    **given: Any,
) -> None:
    with writing() as registry, findings_told(), registry.operation("link", why):
        ends = {
            "subject": registry.finder.place(subject).id,
            "role": role,
            "object": registry.finder.place(object_).id,
        }
        if ends["subject"] == ends["object"]:
            raise Refused(
                Text("un record non si collega a se stesso", "a record is not linked to itself")
            )
        written = registry.add(Relation, {**ends, **texts_of(Relation, given)})
    tell_written(written, as_json, Text("collegati: {id}", "linked: {id}"))


def unlink(subject: Subject, role: Role, object_: Object, why: Why = None) -> None:  # noqa: D103
    with writing() as registry, registry.operation("unlink", why):
        try:
            code = Relation.column("role").kind.read(role)
        except Unreadable as unreadable:
            told = Text("«{role}»: {expected}", "“{role}”: {expected}")
            raise Refused(told.filled(role=role, expected=unreadable.text)) from None
        find = registry.finder.place
        ends = (find(subject).id, code, find(object_).id)
        found = list(
            registry.store.select(Relation, "subject = ? AND role = ? AND object = ?", ends)
        )
        if not found:
            raise Refused(Text("questa relazione non c'è", "there is no such relation"))
        for relation in found:
            registry.delete(relation)
    screen.say(Text("scollegati", "unlinked"))
