"""contact: add, list, remove, withdraw. Private unless a basis holds."""

import datetime as dt
from typing import Annotated, Any

import typer

from .. import screen
from ..entities import Contact
from ..telling import to_json, written_value
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    ask_for_missing,
    command,
    findings_told,
    group,
    option,
    reading,
    tell_written,
    texts_of,
    writing,
)

SHOWN = ("id", "person_name", "email", "phone", "basis", "scope", "expires_on", "withdrawn_on")
Place = Annotated[str, argument("a chi appartiene", "whose it is")]
ContactId = Annotated[str, argument("identificativo", "identifier")]


def add_to(app: typer.Typer) -> None:
    """Register the commands on contacts."""
    made = group(
        app,
        "contact",
        Text(
            "Contatti, con la base per pubblicarli", "Contacts, with the basis for publishing them"
        ),
    )
    columns = [column.name for column in Contact.columns if column.name != "record"]
    command(
        made,
        "add",
        Text(
            "Aggiunge un contatto; senza base non è pubblicato.",
            "Add a contact; without a basis it is not published.",
        ),
        add,
        (Contact, columns),
    )
    command(made, "list", Text("Elenca i contatti.", "List contacts."), list_)
    command(made, "remove", Text("Toglie un contatto.", "Remove a contact."), remove)
    command(
        made,
        "withdraw",
        Text(
            "Revoca la base: dalla prossima esportazione non esce più.",
            "Withdraw the basis: from the next export on it no longer goes out.",
        ),
        withdraw,
    )


def add(record: Place, why: Why = None, as_json: AsJson = False, **given: Any) -> None:  # noqa: D103
    texts = texts_of(Contact, given)
    with writing() as registry, findings_told():
        texts["record"] = registry.finder.place(record).id
        ask_for_missing(Contact, texts)
        with registry.operation("contact add", why):
            written = registry.add(Contact, texts)
    tell_written(written, as_json, Text("aggiunto: {id}", "added: {id}"))


def list_(  # noqa: D103
    record: Annotated[str | None, argument("di un record", "of a record")] = None,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        of = registry.finder.place(record).id if record else None
        found = list(registry.store.select(Contact, "? IS NULL OR record = ?1", (of,)))
        if as_json:
            screen.out_json([to_json(contact) for contact in found])
            return
        columns = [Contact.column(name) for name in SHOWN]
        screen.table(
            [column.label for column in columns],
            [[written_value(column, contact) for column in columns] for contact in found],
        )


def remove(contact: ContactId, why: Why = None) -> None:  # noqa: D103
    with writing() as registry, registry.operation("contact remove", why):
        found = registry.finder.record(Contact, contact)
        registry.delete(found)
    screen.say(Text("rimosso: {id}", "removed: {id}").filled(id=found.id))


def withdraw(  # noqa: D103
    contact: ContactId,
    on: Annotated[str | None, option("da quando; oggi se assente", "since when; today")] = None,
    why: Why = None,
) -> None:
    day = on or dt.date.today().isoformat()  # noqa: DTZ011 - the day where the office is
    with writing() as registry, findings_told(), registry.operation("contact withdraw", why):
        found = registry.finder.record(Contact, contact)
        registry.change(found, {"withdrawn_on": day})
    screen.say(Text("revocato: {id}", "withdrawn: {id}").filled(id=found.id))
