"""publish: the one command for the schedule."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import exports, screen, targets
from ..backups import Backups
from ..errors import ExitCode, Refused, Unreadable
from ..feeds import headline
from ..kinds.times import Day, minute_told
from ..publication_told import copy_as_json, copy_told, outcome, told_of
from ..publications import Publications
from ..publishing import Plan, Result, published, utc_now
from ..rolling_back import rolled_back
from ..sending import told_targets
from ..settings import beside, read
from ..store import Store
from ..usage import FOLDER
from ..words import Text, same, speak
from . import AsJson, command, option, reading, session

_LONGEST_NUMBER = 7  # digits of the number of a publication; a day may be 20261120

Accept = Annotated[
    bool,
    option(
        "pubblica anche ciò che è trattenuto, dopo averlo guardato; mai un valore interno",
        "publish also what is held, once you have looked at it; never an internal value",
        "--accept",
    ),
]
DryRun = Annotated[
    bool, option("mostra soltanto, non scrive niente", "only show, write nothing", "--dry-run")
]
Status = Annotated[
    bool,
    option("quando è stato fatto, e che cosa", "when it last ran, and what it did", "--status"),
]
Rollback = Annotated[
    str | None,
    option(
        "rimette una copia: il numero, il giorno, come 2026-11-20, o last per quella prima",
        "put a copy back: its number, the day, such as 2026-11-20, or last for the one before",
        "--rollback",
    ),
]
Log = Annotated[
    str,
    option("la riga che dice com'è andata: text, json", "the line that tells how it went", "--log"),
]
_LOGS = ("text", "json")


def add_to(app: typer.Typer) -> None:
    """Register publish."""
    command(
        app,
        "publish",
        Text(
            "Controlla, pubblica ciò che è cambiato, e dice che cosa. Termina con 0 se ha"
            " pubblicato, 10 se niente è cambiato, 11 se qualcosa è da guardare prima, 2 se non ha"
            " potuto, 3 per un errore del programma.",
            "Check, publish what has changed, and say what. Ends with 0 if it published, 10 if"
            " nothing changed, 11 if something is to be looked at first, 2 if it could not, 3 for a"
            " fault of the program.",
        ),
        publish,
    )


def publish(  # noqa: D103 - one parameter for each option
    folder: Annotated[
        Path | None,
        option("dove sono i file pubblicati", "where the published files are", metavar=FOLDER),
    ] = None,
    to: Annotated[
        list[str] | None, option("dove si manda anche: ckan", "where it is sent too: ckan")
    ] = None,
    accept: Accept = False,
    dry_run: DryRun = False,
    status: Status = False,
    rollback: Rollback = None,
    log: Log = _LOGS[0],
    as_json: AsJson = False,
) -> None:
    if log not in _LOGS:
        raise Refused(Text("--log: text oppure json", "--log: text or json"))
    if status or rollback is not None:
        _expect_alone(status, rollback is not None, dry_run, accept)
    if status:
        _tell_status(as_json or log == _LOGS[1])
        return
    try:
        plan = _plan(folder, to or [])
        with reading(to_write=not dry_run) as registry:
            if rollback is None:
                result = published(registry, plan, accept=accept, dry=dry_run)
            else:
                result = rolled_back(registry, plan, _which(rollback))
            result = result if dry_run else _backed_up(result, registry.store)
    except Refused as refused:
        _refused(refused, log, noted=not dry_run and rollback is None)
        raise
    _tell(result, plan, log, dry=dry_run, as_json=as_json)
    if result.code:
        raise typer.Exit(result.code)


def _expect_alone(*told: bool) -> None:
    if sum(told) > 1:
        raise Refused(
            Text(
                "--status e --rollback vanno da soli, senza --dry-run né --accept",
                "--status and --rollback go alone, without --dry-run or --accept",
            )
        )


def _plan(folder: Path | None, to: list[str]) -> Plan:
    """Return what is set for the publication, but for what is told here."""
    told = read(beside(session.path), targets.sections())
    publish = told["publish"]
    if publish.language and not (session.lang or os.environ.get("BENCOMUNE_LANG")):
        speak(publish.language)
    return Plan(
        folder or publish.folder,
        exports.layers(publish.layers),
        [*publish.formats],
        publish.keep,
        publish.language,
        told_targets(told, list(dict.fromkeys((*publish.to, *to)))),
        exports.chosen([], publish.purposes, else_usual=False),
    )


def _backed_up(result: Result, store: Store) -> Result:
    """Make a copy of the registry, if that is set; what is published is out in any case."""
    told = read(beside(session.path), targets.sections())["backup"]
    try:
        if told.with_publish:
            Backups(session.path, told.folder).make(store, told.keep)
    except Refused as refused:
        failure = Text("copia di sicurezza: {why}", "backup: {why}").filled(why=refused.text)
        code = result.code if result.code == ExitCode.HELD else ExitCode.REFUSED
        return result._replace(code=code, failures=[*result.failures, failure])
    return result


def _which(told: str) -> str | int:
    """Return the number or day that a person tells; nothing for the copy before. Raises Refused."""
    if told.isascii() and told.isdigit() and len(told) <= _LONGEST_NUMBER:
        return int(told)
    try:
        return "" if told == "last" else str(Day().read(told))
    except Unreadable as unreadable:
        wrong = Text(
            "--rollback «{told}»: serve il numero di una copia, come 4, last o un giorno: {why}",
            "--rollback “{told}”: the number of a copy is needed, such as 4, last or a day: {why}",
        )
        raise Refused(wrong.filled(told=told, why=unreadable.text)) from None


def _run(result: Result, plan: Plan) -> dict[str, Any]:
    """Return how a run ended, as the log keeps it and programs read it."""
    return {
        "at": utc_now(),
        "outcome": outcome(result),
        "code": int(result.code),
        "told": str(told_of(result)),
        "folder": str(plan.folder.absolute()),
        "number": result.entry.number,
        "records": result.entry.records,
        "changes": result.entry.changes.to_json(),
        "files": result.changed,
        "removed": result.removed,
        "held_back": sorted(result.held_back),
        "reasons": [str(reason) for reason in result.reasons],
        "still_out": list(result.still_out),
        "kept": str(result.kept) if result.kept else None,
        "sent": [each._asdict() for each in result.sent],
        "failures": [str(failure) for failure in result.failures],
    }


def _again(plan: Plan) -> str:
    """Return the command that accepts what is held, of the same registry and folder."""
    words = ["bencomune", "--registry", str(session.path), "publish", "--folder", str(plan.folder)]
    return shlex.join([*words, "--accept"])


def _tell(result: Result, plan: Plan, log: str, *, dry: bool, as_json: bool) -> None:
    run = _run(result, plan)
    if not dry:
        Publications(session.path).note(run)
    if as_json:
        screen.out_json(run)
    if log == _LOGS[1]:
        screen.say(json.dumps(run, ensure_ascii=False))
        return
    for id_, found in sorted(result.held_back.items()):
        screen.warn(Text("non pubblicato: {id}", "held back: {id}").filled(id=id_))
        screen.findings(found, sys.stderr)
    for detail in result.details:
        (screen.say if dry else screen.detail)(detail)
    for name in (*result.changed, *result.removed):
        (screen.say if dry else screen.detail)(screen.flat(plan.folder / name))
    _tell_end(result, plan, dry=dry)


def _tell_end(result: Result, plan: Plan, *, dry: bool) -> None:
    would = Text(
        "prova, non è stato scritto niente; andrebbe così: {told}",
        "a trial, nothing was written; it would go so: {told}",
    )
    told = would.filled(told=told_of(result)) if dry else told_of(result)
    (screen.warn if result.reasons or result.failures else screen.say)(told)
    if result.leaks:
        screen.warn(
            Text(
                "I file pubblicati restano come sono, e --accept qui non vale: togliere il valore"
                " da dove è scritto in pubblico, o correggere il formato che lo scrive",
                "The published files stay as they are, and --accept does not help here: take the"
                " value out of where it is written in public, or mend the format that writes it",
            )
        )
    if any(not leak.file for leak in result.leaks):
        screen.warn(
            Text(
                "Un recapito che si può pubblicare va nella sua colonna (--email, --phone), o in un"
                " contatto con la sua base: bencomune contact add",
                "An address or number that may be published goes into its column (--email,"
                " --phone), or into a contact with its basis: bencomune contact add",
            )
        )
    kept = Text(" Ciò che uscirebbe è in {kept}.", " What would go out is in {kept}.")
    kept = kept.filled(kept=result.kept or "")
    if result.reasons and not result.leaks:
        screen.warn(
            Text(
                "I file pubblicati restano come sono.{kept} Se è giusto: {again}. Se non lo è,"
                " correggere il registro: bencomune log e bencomune undo",
                "The published files stay as they are.{kept} If it is right: {again}. If it is not,"
                " mend the registry: bencomune log and bencomune undo",
            ).filled(kept=kept if result.kept else same(""), again=_again(plan))
        )


def _refused(refused: Refused, log: str, *, noted: bool) -> None:
    """Note a run that was refused; where the line is for programs, it is all that is said."""
    run = {
        "at": utc_now(),
        "outcome": "refused",
        "code": int(refused.exit_code),
        "told": str(refused.text),
    }
    if noted:
        Publications(session.path).note(run)
    if log == _LOGS[1]:
        screen.warn(json.dumps(run, ensure_ascii=False))
        raise typer.Exit(refused.exit_code)


def _tell_status(as_json: bool) -> None:
    shelf = Publications(session.path)
    last, state = next(shelf.runs(), {}), shelf.state()
    current, copies = shelf.current(state), shelf.copies()
    if as_json:
        screen.out_json(
            {
                "last_run": last or None,
                "published": current.made_at if current else None,
                "number": current.entry.number if current else None,
                "held": shelf.held(),
                "copies": [copy_as_json(*copy) for copy in copies.items()],
            }
        )
        return
    never, nothing = Text("mai", "never"), Text("niente", "nothing")
    failed = Text("ciò che ha fermato l'ultima volta", "what stopped the last run")
    left = failed if last.get("code") in {ExitCode.REFUSED, ExitCode.BUG} else nothing
    ran = minute_told(str(last["at"])) if last.get("at") else never
    out = minute_told(current.made_at) if current else never
    told = [copy_told(*copy, out=state.current) for copy in copies.items()]
    lines: list[tuple[object, object, object]] = [
        (Text("Ultima volta", "Last run"), ran, ""),
        (Text("Come è andata", "How it went"), last.get("told") or nothing, ""),
        (Text("Pubblicato", "Published"), out, headline(current.entry) if current else ""),
        (Text("Da guardare", "To be looked at"), "\n".join(shelf.held()) or left, ""),
        (Text("Copie", "Copies"), "\n".join(told) or nothing, ""),
    ]
    screen.card(str(Text("Pubblicazione", "Publication")), [screen.Section(None, lines)])
