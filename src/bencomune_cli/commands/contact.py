"""contact: add, list, edit, remove, withdraw. Private unless a basis holds."""

from typing import Annotated, Any

import typer

from .. import screen
from ..entities import Contact
from ..errors import Refused, Unreadable
from ..forms import Form, ask_required
from ..kinds.times import date_told, today
from ..misnamed import whole
from ..telling import to_json, written_value
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    can_ask,
    command,
    findings_told,
    group,
    option,
    reading,
    refuse_nothing_told,
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
    command(
        made,
        "edit",
        Text(
            "Modifica un contatto. Un testo vuoto toglie il valore.",
            "Change a contact. An empty text removes the value.",
        ),
        edit,
        (Contact, columns),
    )
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
    if can_ask():
        texts = _asked(record, texts)
    with writing() as registry, findings_told():
        texts["record"] = registry.finder.place(record).id
        with registry.operation("contact add", why):
            written = registry.add(Contact, texts)
    tell_written(written, as_json, Text("aggiunto: {id}", "added: {id}"))


def _asked(record: str, texts: dict[str, str]) -> dict[str, str]:
    """Ask for all of a contact of which nothing is told, else for what must be told."""
    with reading() as registry:
        answers = {"record": registry.finder.place(record).id, **texts}
        if texts:
            ask_required(Contact, answers, registry)
        else:
            Form(registry, Contact, answers).ask_all()
    return answers


def list_(  # noqa: D103
    record: Annotated[str | None, argument("di un record", "of a record")] = None,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        of = registry.finder.seen(record).id if record else None
        found = list(registry.store.select(Contact, "? IS NULL OR record = ?1", (of,)))
        if as_json:
            screen.out_json([to_json(contact) for contact in found])
            return
        columns = [Contact.column(name) for name in SHOWN]
        screen.table(
            [column.label for column in columns],
            [[written_value(column, contact) for column in columns] for contact in found],
        )


def edit(contact: ContactId, why: Why = None, as_json: AsJson = False, **given: Any) -> None:  # noqa: D103
    texts = texts_of(Contact, given)
    if not texts:
        raise refuse_nothing_told()
    with writing() as registry, findings_told(), registry.operation("contact edit", why):
        written = registry.change(registry.finder.record(Contact, contact), texts)
    tell_written(written, as_json, Text("modificato: {id}", "changed: {id}"))


def remove(contact: ContactId, why: Why = None) -> None:  # noqa: D103
    with writing() as registry, registry.operation("contact remove", why):
        found = whole(registry.finder.record(Contact, contact), contact)
        registry.delete(found)
    screen.say(Text("rimosso: {id}", "removed: {id}").filled(id=found.id))


def withdraw(  # noqa: D103
    contact: ContactId,
    on: Annotated[str | None, option("da quando; oggi se assente", "since when; today")] = None,
    why: Why = None,
) -> None:
    day = today()
    with writing() as registry, findings_told(), registry.operation("contact withdraw", why):
        found = whole(registry.finder.record(Contact, contact), contact)
        _expect_in_force(found, day)
        registry.change(found, {"withdrawn_on": _day(found, on or day, day)})
    screen.say(Text("revocato: {id}", "withdrawn: {id}").filled(id=found.id))


def _expect_in_force(contact: Contact, today: str) -> None:
    if contact.withdrawn_on and contact.withdrawn_on <= today:
        raise Refused(
            Text(
                "{id} è già revocato, dal {day}: niente da fare",
                "{id} is already withdrawn, since {day}: nothing to do",
            ).filled(id=contact.id, day=date_told(contact.withdrawn_on))
        )


def _day(contact: Contact, text: str, today: str) -> str:
    """Return the day of a withdrawal, which is no promise: until then the contact goes out."""
    try:
        day = Contact.column("withdrawn_on").kind.read(text)
    except Unreadable as unreadable:
        raise Refused(Text("--on: {text}", "--on: {text}").filled(text=unreadable.text)) from None
    if day > today:
        raise Refused(
            Text(
                "--on: il {told} deve ancora venire, e fino ad allora la base di {id} varrebbe."
                " Revocarla da oggi, o darle una scadenza: bencomune contact edit {id}"
                " --expires-on {day}",
                "--on: {told} is still to come, and until then the basis of {id} would hold."
                " Withdraw it from today, or let it expire: bencomune contact edit {id}"
                " --expires-on {day}",
            ).filled(id=contact.id, day=day, told=date_told(day))
        )
    return text
