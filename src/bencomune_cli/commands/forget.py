"""forget: a person's data erased for good, wherever the program keeps them."""

from typing import Annotated

import typer

from .. import screen, targets
from ..agreeing import said_yes
from ..backups import Backups
from ..entities import Contact
from ..erasures import kept_in
from ..errors import Refused
from ..faults import said
from ..forgetting import Done, Person, Plan, carry_out, finish, planned
from ..misnamed import whole
from ..registry import Registry
from ..settings import beside, read
from ..words import Text, same
from . import AsJson, Why, argument, can_ask, command, option, reading, session, writing

SHOWN = 20  # files that are named

FromBackups = Annotated[
    bool,
    option("anche dalle copie di sicurezza, subito", "also from the backups, at once", "--backups"),
]
DryRun = Annotated[
    bool, option("mostra soltanto, non scrive niente", "only show, write nothing", "--dry-run")
]


def add_to(app: typer.Typer) -> None:
    """Register forget."""
    command(
        app,
        "forget",
        Text(
            "Cancella per sempre i dati di una persona. Dai record, dalla storia, dalle copie delle"
            " pubblicazioni; mostra dove sono, chiede, e non si annulla.",
            "Erase a person's data for good. From records, history, copies of publications; shows"
            " where they are, asks, and is not undone.",
        ),
        forget,
    )


def forget(  # noqa: D103
    values: Annotated[
        list[str] | None,
        argument(
            "nome, indirizzo e-mail, numero: ciò che si cerca",
            "name, e-mail address, number: what is looked for",
        ),
    ] = None,
    contact: Annotated[
        list[str] | None, option("identificativo di un contatto", "identifier of a contact")
    ] = None,
    backups: FromBackups = False,
    yes: Annotated[bool, option("senza chiedere conferma", "do not ask", "--yes")] = False,
    dry_run: DryRun = False,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    _expect(values, contact, why, dry_run)
    shelf = Backups(session.path, read(beside(session.path), targets.sections())["backup"].folder)
    with reading() as registry:
        person = _person(registry, values or [], contact or [])
        plan = planned(registry, person, shelf)
    if not as_json:
        _show(plan, backups)
        if plan.nothing:
            _tell_nothing([*(values or []), *(contact or [])])
    if dry_run or plan.nothing or not _agreed(yes, as_json):
        if plan.nothing and not dry_run:
            with writing() as registry:
                finish(registry, shelf)  # where a run was stopped before its end
        if as_json:
            screen.out_json({**plan.to_json(), "written": False})
        return
    with writing() as registry:
        done = carry_out(registry, person, plan, shelf, why or "", backups=backups)
    if as_json:
        told = {"written": True, "erased": done.erased, "left": list(map(str, done.left))}
        screen.out_json({**plan.to_json(), **told})
    _tell(done, plan)


def _expect(
    values: list[str] | None, contact: list[str] | None, why: str | None, dry_run: bool
) -> None:
    if not (values or contact):
        raise Refused(
            Text(
                "serve che cosa cancellare: un nome, un indirizzo, un numero, o --contact",
                "what to erase is needed: a name, an address, a number, or --contact",
            )
        )
    if not (why and why.strip()) and not dry_run:
        raise Refused(
            Text(
                "serve --why: la storia tiene perché, non che cosa; per esempio «art. 17, prot."
                " 12/2026», senza il nome",
                "--why is needed: history keeps why, not what; such as “art. 17, prot. 12/2026”,"
                " without the name",
            )
        )


def _person(registry: Registry, values: list[str], contacts: list[str]) -> Person:
    with said(session.path, texts=False):
        erased = {each.record for each in kept_in(registry.store.connection)}
        ids = [
            each if each in erased else whole(registry.finder.record(Contact, each), each).id
            for each in contacts
        ]
        return Person(registry.store.connection, values, ids)


def _show(plan: Plan, backups: bool) -> None:
    headers = [Text("Record", "Record"), Text("Colonna", "Column"), Text("Dove", "Where")]
    now, past = Text("ora, e nella storia", "now, and in history"), Text("storia", "history")
    rows = [(f"{p.entity}/{p.record}", p.name, now if p.now else past) for p in plan.places]
    if rows:
        screen.table(headers, rows)
    files = (
        (plan.kept, Text("tenuto, andrà via: {path}", "kept, will go: {path}")),
        (
            plan.out,
            Text(
                "pubblicato, da riscrivere con bencomune publish: {path}",
                "published, to be written anew by bencomune publish: {path}",
            ),
        ),
        (
            plan.backups,
            Text("copia di sicurezza, sarà ripulita: {path}", "backup, will be cleaned: {path}")
            if backups
            else Text(
                "copia di sicurezza, resta com'è senza --backups: {path}",
                "backup, stays as it is without --backups: {path}",
            ),
        ),
        (plan.closed, Text("non si può guardare dentro: {path}", "cannot be looked into: {path}")),
    )
    for paths, told in files:
        for path in paths[:SHOWN]:
            screen.say(told.filled(path=path))
        if len(paths) > SHOWN:
            screen.say(same("…"))
    for place in plan.also:
        told = Text(
            "{record}, {name}: c'è un recapito del contatto; se è della persona, indicarlo"
            " anch'esso",
            "{record}, {name}: holds an address or number of the contact; if it is the person's,"
            " name it too",
        )
        screen.warn(told.filled(record=f"{place.entity}/{place.record}", name=place.name))
    for id_ in plan.ids:
        told = Text(
            "l'identificativo {id} lo contiene, e non cambia: fa parte di indirizzi pubblici",
            "the identifier {id} holds it, and does not change: public addresses have it",
        )
        screen.warn(told.filled(id=id_))


def _tell_nothing(values: list[str]) -> None:
    told = Text(
        "non c'è niente da cancellare di: {values}", "there is nothing to erase of: {values}"
    )
    screen.say(told.filled(values=", ".join(values)))


def _agreed(yes: bool, as_json: bool) -> bool:
    question = Text("Cancellare per sempre?", "Erase for good?")
    asks = not as_json and can_ask()
    return said_yes(question, yes=yes, asks=asks, done=Text("cancellato", "erased"))


def _tell(done: Done, plan: Plan) -> None:
    told = Text("testi cancellati per sempre: {n}", "texts erased for good: {n}")
    screen.say(told.filled(n=done.erased))
    if done.left:
        left = Text(
            "copie di sicurezza che lo contengono ancora: {n}; restore lo toglie quando ne rimette"
            " una, «--backups» lo toglie adesso",
            "backups that still hold it: {n}; restore takes it out when it puts one back,"
            " “--backups” takes it out now",
        )
        screen.warn(left.filled(n=len(done.left)))
    if plan.out:
        screen.warn(
            Text(
                "i file pubblicati lo contengono ancora: bencomune publish",
                "the published files still hold it: bencomune publish",
            )
        )
    screen.say(
        Text(
            "Da cercare a mano: file esportati o spediti altrove, fogli importati, copie fatte con"
            " altri programmi, registri di altri.",
            "To be looked for by hand: files exported or sent elsewhere, imported sheets, copies"
            " made by other programs, registries of others.",
        )
    )
