"""backup: a copy of the registry, looked at; restore: a copy put back in its place."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .. import screen, targets
from ..agreeing import said_yes
from ..backups import Backups, Made, is_there, written
from ..entities import ENTITIES
from ..errors import ExitCode, Refused
from ..history import user
from ..kinds.times import minute_told
from ..restoring import REPLACED, Plan, Restored, Restoring, planned
from ..settings import Backup, beside, read
from ..wholeness import State
from ..words import Text, joined, same
from . import AsJson, Why, argument, can_ask, command, option, reading, session, whole_number

SHOWN = 10  # operations and faults that are named
LAST = "last"


def add_to(app: typer.Typer) -> None:
    """Register backup and restore."""
    command(
        app,
        "backup",
        Text(
            "Fa una copia di sicurezza e la controlla. Anche mentre altri scrivono; senza un posto"
            " la mette nella cartella delle copie, e toglie le più vecchie.",
            "Make a backup, and check it. Also while others write; without a place it goes into the"
            " folder of the copies, from which the oldest are taken.",
        ),
        backup,
    )
    command(
        app,
        "restore",
        Text(
            "Rimette il registro da una copia. La controlla, mostra che cosa cambierebbe, chiede;"
            " quello che c'è ora resta da parte.",
            "Put the registry back from a copy. Checks it, shows what would change, asks; what is"
            " there now is kept aside.",
        ),
        restore,
    )


def backup(  # noqa: D103
    place: Annotated[
        Path | None,
        argument("dove: un file, o una cartella", "where to: a file, or a folder"),
    ] = None,
    keep: Annotated[
        str | None, option("quante copie si tengono", "how many copies are kept")
    ] = None,
    list_: Annotated[
        bool, option("elenca le copie che ci sono", "list the copies that are there", "--list")
    ] = False,
    as_json: AsJson = False,
) -> None:
    told = _settings()
    most = whole_number(keep) or told.keep
    file = None if place is None or is_there(place, folder=True) else place
    shelf = Backups(session.path, told.folder if file else place or told.folder)
    if list_:
        _list(shelf, as_json)
        return
    with reading() as registry:
        made = written(registry.store, file) if file else shelf.make(registry.store, most)
    _tell(made, as_json)
    if made.faults:
        raise typer.Exit(ExitCode.FINDINGS)


def _settings() -> Backup:
    told: Backup = read(beside(session.path), targets.sections())["backup"]
    return told


def _tell(made: Made, as_json: bool) -> None:
    if as_json:
        screen.out_json(
            {
                "file": str(made.path),
                "new": made.new,
                "operation": made.state.sequence,
                "at": made.state.at,
                "digest": made.state.digest,
                "records": made.state.counts,
                "faults": [str(fault) for fault in made.faults],
                "removed": [str(path) for path in made.removed],
            }
        )
    elif made.new:
        screen.out(screen.flat(made.path))
    _tell_faults(
        made.faults,
        Text(
            "nel registro qualcosa non va, e nessuna copia vecchia è stata tolta:",
            "something is wrong in the registry, and no old copy was taken away:",
        ),
    )
    done = Text("copiato e controllato: {what}", "copied and checked: {what}")
    if not made.new:
        done = Text(
            "niente è cambiato dall'ultima copia, che è buona: {path}",
            "nothing changed since the last copy, which is good: {path}",
        )
    screen.say(done.filled(what=_what(made.state), path=made.path))
    for path in made.removed:
        screen.say(Text("tolta: {path}", "taken away: {path}").filled(path=path))


def _tell_faults(faults: list[Text], head: Text) -> None:
    if faults:
        screen.warn(joined("\n  ", [head, *faults[:SHOWN]]))
        if len(faults) > SHOWN:
            more = Text("  … e altri {n}", "  … and {n} more")
            screen.warn(more.filled(n=len(faults) - SHOWN))


def _what(state: State) -> Text:
    """Return what is in a file in one line: records, last operation, when that was."""
    told = Text(
        "{records} record, fino all'operazione {seq}, {at}",
        "{records} records, up to operation {seq}, {at}",
    )
    when = minute_told(state.at) if state.at else "-"
    records = sum(n for table, n in state.counts.items() if table != ENTITIES[0].table)
    return told.filled(records=records, seq=state.sequence, at=when)


def _list(shelf: Backups, as_json: bool) -> None:
    found: list[dict[str, Any]] = []
    for number, path in shelf.kept().items():
        told = shelf.glanced(path)
        found.append({"number": number, "file": str(path), "bytes": path.stat().st_size, **told})
    if as_json:
        screen.out_json(found)
        return
    headers = [
        *(Text("N.", "No."), Text("File", "File"), Text("Operazione", "Operation")),
        *(Text("Quando", "When"), Text("Byte", "Bytes")),
    ]
    unread = Text("non si legge", "cannot be read")
    screen.table(
        headers,
        [
            (
                each["number"],
                each["file"],
                unread if each["operation"] is None else each["operation"],
                minute_told(each["at"]) if each["at"] else "",
                each["bytes"],
            )
            for each in found
        ],
    )


def restore(  # noqa: D103
    copy: Annotated[
        str,
        argument(
            "la copia: un file, il numero di una, o last per l'ultima",
            "the copy: a file, the number of one, or last for the last",
        ),
    ],
    yes: Annotated[bool, option("senza chiedere conferma", "do not ask", "--yes")] = False,
    accept: Annotated[
        bool,
        option(
            "anche una copia in cui qualcosa non va, dopo averlo letto",
            "also a copy in which something is wrong, once you have read what",
            "--accept",
        ),
    ] = False,
    dry_run: Annotated[
        bool, option("mostra soltanto, non scrive niente", "only show, write nothing", "--dry-run")
    ] = False,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    shelf = Backups(session.path, _settings().folder)
    with planned(session.path, _chosen(shelf, copy)) as restoring:
        if not as_json:
            _show(restoring.plan)
        if dry_run or not _agreed(restoring.plan, yes, accept, as_json):
            if as_json:
                screen.out_json({**restoring.plan.to_json(), "written": False})
            return
        done = restoring.carry_out(shelf, session.who or user(), why)
    if as_json:
        told = {"kept": str(done.aside) if done.aside else None, "digest": done.state.digest}
        screen.out_json({**restoring.plan.to_json(), "written": True, **told})
    _tell_restored(restoring, done)


def _chosen(shelf: Backups, told: str) -> Path:
    """Return the copy that a person means. Raises Refused, with what to do."""
    kept = shelf.kept()
    if is_there(Path(told)) and not told.isdecimal():
        return Path(told)
    made = [path for path in kept.values() if not path.stem.endswith(REPLACED)]
    if told == LAST and made:
        return made[-1]
    if told.isascii() and told.isdecimal() and int(told[:18]) in kept:
        return kept[int(told[:18])]
    wrong = Text(
        "«{told}»: non c'è una copia così; «bencomune backup --list» elenca quelle che ci sono",
        "“{told}”: there is no such copy; “bencomune backup --list” lists those there are",
    )
    raise Refused(wrong.filled(told=told))


def _show(plan: Plan) -> None:
    """Show what would change: the copy, what is there now, what was done since."""
    screen.say(Text("la copia: {what}", "the copy: {what}").filled(what=_what(plan.copy)))
    if plan.now is None:
        now = Text("ora: {why}", "now: {why}").filled(why=plan.why_not or same(""))
    else:
        now = Text("ora: {what}", "now: {what}").filled(what=_what(plan.now))
    screen.say(now)
    if plan.lost:
        head = Text(
            "ciò che è stato fatto dopo, e non ci sarà più ({n}):",
            "what was done since, and will be no more ({n}):",
        )
        told = [
            same(screen.flat(f"{o.seq}  {minute_told(o.at)}  {o.command}"))
            for o in plan.lost[:SHOWN]
        ]
        if len(plan.lost) > SHOWN:
            told.append(same("…"))
        screen.say(joined("\n  ", [head.filled(n=len(plan.lost)), *told]))
    if plan.apart:
        screen.warn(
            Text(
                "la copia ha operazioni che il registro non ha: è di un altro registro, o è stata"
                " fatta prima di un ripristino",
                "the copy has operations that the registry has not: it is of another registry, or"
                " was made before a restore",
            )
        )
    _tell_faults(
        plan.faults, Text("nella copia qualcosa non va:", "something is wrong in the copy:")
    )


def _agreed(plan: Plan, yes: bool, accept: bool, as_json: bool) -> bool:
    if plan.faults and not accept and (yes or as_json or not can_ask()):
        raise Refused(
            Text(
                "non è stato scritto niente: sceglierne un'altra («bencomune backup --list»), o"
                " aggiungere --accept",
                "nothing was written: choose another one (“bencomune backup --list”), or add"
                " --accept",
            )
        )
    question = Text("Rimettere questa copia?", "Put this copy back?")
    return said_yes(question, yes=yes, asks=not as_json and can_ask())


def _tell_restored(restoring: Restoring, done: Restored) -> None:
    for notice in done.notices:
        screen.say(notice)
    told = Text("rimesso: {path}", "put back: {path}").filled(path=restoring.registry)
    screen.say(told)
    if done.again:
        erased = Text("testi cancellati di nuovo: {n}", "texts erased again: {n}")
        screen.say(erased.filled(n=done.again))
    if done.aside:
        kept = Text("quello di prima è in {path}", "what was there before is in {path}")
        screen.say(kept.filled(path=done.aside))
