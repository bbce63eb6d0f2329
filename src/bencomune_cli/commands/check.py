"""check: what is wrong with the registry, or with some records, and the repair of what can be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from .. import screen
from ..agreeing import Consent, agreed
from ..checking import Checked
from ..checking import check as checked
from ..entities import PLACES, PLACES_NAMED
from ..errors import ExitCode, Refused, Unreadable
from ..finding_files import to_csv, to_sarif
from ..findings import Severity
from ..kinds.times import PartialDate, minute_told
from ..plans import carry_out
from ..plans import to_json as plan_to_json
from ..quality import Standing, Step, standings, trend
from ..registry import Registry
from ..repairs import repairable, repairs
from ..rule_choice import chosen, severity_of
from ..selection import Selection
from ..words import Text
from . import (
    AsJson,
    Why,
    argument,
    can_ask,
    command,
    findings_told,
    option,
    reading,
    session,
    writing,
)

FORMATS = ("screen", "json", "csv", "sarif")
NEVER = "never"
Ids = Annotated[list[str] | None, argument("solo questi record", "only these records")]
As = Annotated[
    str | None, option("solo questo tipo: lab, group, organisation", "only this kind", "--as")
]
Where = Annotated[
    list[str] | None,
    option("condizione, con --as: state=active", "condition, with --as: state=active"),
]
Select = Annotated[
    list[str] | None,
    option("regole: codici, inizio di codici, famiglie", "rules: codes, starts, families"),
]
Ignore = Annotated[list[str] | None, option("regole da non guardare", "rules to leave out")]
Least = Annotated[
    str | None, option("dalla più lieve: error, warning, note", "down to: error, warning, note")
]
FailOn = Annotated[
    str,
    option(
        "termina con 1 da: error, warning, note, never",
        "end with 1 from: error, warning, note, never",
    ),
]
Format = Annotated[str, option("screen, json, csv, sarif", "screen, json, csv, sarif", "--format")]
Fix = Annotated[bool, option("ripara ciò che è sicuro", "repair what is safe", "--fix")]
Unsafe = Annotated[
    bool,
    option(
        "ripara anche il resto, da guardare",
        "repair the rest too, to be looked at",
        "--unsafe-fixes",
    ),
]
Yes = Annotated[bool, option("senza chiedere conferma", "without asking", "--yes")]
DryRun = Annotated[bool, option("mostra soltanto", "only show", "--dry-run")]
Since = Annotated[
    str | None,
    option("andamento da una data: 2026, 2026-11", "the trend since a date: 2026, 2026-11"),
]
Afresh = Annotated[
    bool,
    option("ricontrolla anche ciò che non è cambiato", "check unchanged records too", "--afresh"),
]


def add_to(app: typer.Typer) -> None:
    """Register check."""
    told = Text(
        "Controlla il registro. Termina con 1 se ci sono errori.",
        "Check the registry. Ends with 1 if there are errors.",
    )
    command(app, "check", told, check)


def check(  # noqa: D103 - one parameter for each option
    ids: Ids = None,
    as_: As = None,
    where: Where = None,
    select: Select = None,
    ignore: Ignore = None,
    severity: Least = None,
    fail_on: FailOn = "error",
    format_: Format = "screen",
    fix: Fix = False,
    unsafe_fixes: Unsafe = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    summary: Annotated[bool, option("quanti per famiglia", "how many by family")] = False,
    since: Since = None,
    afresh: Afresh = False,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    least = severity_of(severity) if severity else Severity.NOTE
    codes = chosen(select or (), ignore or (), least)
    gravest = None if fail_on == NEVER else severity_of(fail_on)
    shown = _format(format_, as_json=as_json)
    day = _day(since)
    if (fix or unsafe_fixes) and shown not in {"screen", "json"}:
        raise Refused(Text("--fix mostra solo a schermo o in JSON", "--fix shows screen or JSON"))
    with reading() as registry:
        only = _only(registry, ids or (), as_, where or ())
        found = checked(registry, only, codes, afresh=afresh)
        steps = trend(registry, day, found, codes, only) if day else []
        additions = registry.store.additions()
    if fix or unsafe_fixes:
        consent = Consent(yes, dry_run, shown == "json", asks=can_ask(), partly=True)
        if _repair(found, consent, why, unsafe=unsafe_fixes):
            with reading() as registry:
                found = checked(registry, only, codes)
    elif day:
        _tell_trend(steps, shown)
    elif summary:
        _tell_standings(standings(found), shown)
    else:
        _tell(found, shown)
        _count(found, additions)
    if gravest and any(finding.severity <= gravest for finding in found.findings):
        raise typer.Exit(ExitCode.FINDINGS)


def _format(name: str, *, as_json: bool) -> str:
    if as_json and name not in {"screen", "json"}:
        raise Refused(Text("o --json o --format", "either --json or --format"))
    if name not in FORMATS:
        told = Text("--format «{name}»: serve {known}", "--format “{name}”: {known} is needed")
        raise Refused(told.filled(name=name, known=", ".join(FORMATS)))
    return "json" if as_json else name


def _day(since: str | None) -> str | None:
    try:
        return str(PartialDate().read(since)) if since else None
    except Unreadable as unreadable:
        told = Text("--since «{since}»: {text}", "--since “{since}”: {text}")
        raise Refused(told.filled(since=since, text=unreadable.text)) from None


def _only(
    registry: Registry, ids: Sequence[str], kind: str | None, where: Sequence[str]
) -> set[tuple[str, str]] | None:
    """Return the kinds and ids that are asked for; None for all."""
    if ids and (kind or where):
        raise Refused(
            Text(
                "indicare dei record oppure una selezione, non entrambi",
                "give records or a selection, not both",
            )
        )
    if ids:
        places = [registry.finder.place(each) for each in ids]
        return {(place.name_of_kind, place.id) for place in places}
    if where and not kind:
        raise Refused(Text("--where vuole --as lab", "--where needs --as lab"))
    entity = PLACES_NAMED.get(kind or "")
    if kind and entity is None:
        kinds = ", ".join(entity.name_of_kind for entity in PLACES)
        told = Text(
            "--as «{kind}»: serve uno di {kinds}", "--as “{kind}”: one of {kinds} is needed"
        )
        raise Refused(told.filled(kind=kind, kinds=kinds))
    if entity is None:
        return None
    query = Selection(where=where).query(entity, registry.finder)
    return {(entity.name_of_kind, place.id) for place in registry.find(entity, query)}


# Told


def _tell(found: Checked, shown: str) -> None:
    if shown == "json":
        screen.out_json_of(finding.to_json() for finding in found.findings)
    elif shown == "csv":
        for row in to_csv(found.findings):
            screen.out(row)
    elif shown == "sarif":
        screen.out_json(to_sarif(found.findings, session.path))
    else:
        screen.findings(found.findings)


def _count(found: Checked, additions: Iterable[Text]) -> None:
    for text in additions:
        told = Text("aggiunto da altri programmi: {what}", "added by other programs: {what}")
        screen.say(told.filled(what=text))
    counts = Counter(finding.severity for finding in found.findings)
    hint = Text(
        "errori: {errors}, avvisi: {warnings}, note: {notes}; «bencomune explain CODICE» li spiega",
        "errors: {errors}, warnings: {warnings}, notes: {notes}; “bencomune explain CODE” tells"
        " more",
    ).filled(
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )
    screen.say(hint if found.findings else Text("nessun problema", "no problems"))
    if found.waived:
        told = Text("lasciati come sono: {n} («waivers»)", "left as they are: {n} (“waivers”)")
        screen.say(told.filled(n=len(found.waived)))
    for unsafe, name in ((False, "--fix"), (True, "--unsafe-fixes")):
        if count := repairable(found.findings, unsafe=unsafe):
            told = Text(
                "si possono riparare con «check {name}»: {n}",
                "can be repaired by “check {name}”: {n}",
            )
            screen.say(told.filled(name=name, n=count))


def _tell_standings(told: Sequence[Standing], shown: str) -> None:
    if shown == "json":
        screen.out_json([each._asdict() for each in told])
        return
    headers = [Text("Famiglia", "Family"), *(_PLURALS[severity] for severity in Severity)]
    headers += [Text("Record", "Records"), Text("Lasciati", "Waived")]
    rows = [(each.label, *each[1:]) for each in told]
    totals = [sum(column) for column in zip(*(each[1:] for each in told), strict=True)]
    screen.table(headers, [*rows, (Text("in tutto", "in all"), *totals[:3], "", totals[4])])


def _tell_trend(steps: Sequence[Step], shown: str) -> None:
    if shown == "json":
        screen.out_json([step._asdict() for step in steps])
        return
    headers = [Text("N.", "No."), Text("Quando", "When"), Text("Comando", "Command")]
    headers += [Text("Risolti", "Ended"), Text("Nuovi", "New"), Text("Restano", "Left")]
    screen.table(headers, [step._replace(at=minute_told(step.at)) for step in steps])
    if steps:
        first = steps[0].left + steps[0].ended - steps[0].brought
        told = Text("prima: {first}; adesso: {last}", "before: {first}; now: {last}")
        screen.say(told.filled(first=first, last=steps[-1].left))
    else:
        screen.say(Text("nessuna operazione da allora", "no operations since then"))


_PLURALS = {
    Severity.ERROR: Text("Errori", "Errors"),
    Severity.WARNING: Text("Avvisi", "Warnings"),
    Severity.NOTE: Text("Note", "Notes"),
}


# Repaired


def _repair(found: Checked, how: Consent, why: str | None, *, unsafe: bool) -> bool:
    """Show what can be repaired, and do it if that is wanted; tell whether it was done."""
    how.expect_answer()
    with reading() as registry:
        waived = [finding for finding, _ in found.waived]
        what = repairs(registry, found.findings, waived, unsafe=unsafe)
        municipalities = registry.municipality_names()
    if not (what.planned or what.refused or how.as_json):
        screen.say(Text("niente da riparare", "nothing to repair"))
        return False
    if not agreed(what, municipalities, how):
        return False
    with writing() as registry, findings_told(), registry.operation("check --fix", why):
        written = carry_out(registry, what)
    if how.as_json:
        screen.out_json(plan_to_json(what, written=True))
    done: Any = sum(each.changed for each in written)
    told = Text(
        "record riparati: {n}. Per tornare indietro: bencomune undo",
        "records repaired: {n}. To go back: bencomune undo",
    )
    screen.say(told.filled(n=done))
    return True
