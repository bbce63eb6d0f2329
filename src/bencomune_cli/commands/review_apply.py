"""review apply: the answers to letters, written into a table, brought into the registry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from .. import prompts, screen, verifying
from ..errors import ExitCode
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
    writing,
)

if TYPE_CHECKING:
    from ..answer_plan import Plan

HELP = Text(
    "Legge le risposte alle lettere da una tabella: codice, risposta (confermato, cambiato,"
    " chiuso), data, nota, e le colonne che cambiano. Mostra prima che cosa farebbe; ciò che cambia"
    " diventa una proposta, da esaminare con «review proposals».",
    "Read the answers to letters from a table: code, answer (confirmed, changed, closed), date,"
    " note, and the columns that change. It shows first what it would do; what changes becomes a"
    " proposal, to be reviewed by “review proposals”.",
)


def add_to_groups(groups: Mapping[str | None, typer.Typer | None]) -> None:
    """Register the command beside those that review proposals."""
    if made := groups.get("review"):
        command(made, "apply", HELP, apply_)


File = Annotated[str, argument("il file, o - per lo standard input", "the file, or - for stdin")]
OnlyPlan = Annotated[
    bool, option("mostra soltanto che cosa farebbe", "only show what it would do", "--plan")
]
Apply = Annotated[bool, option("scrive senza chiedere", "write without asking", "--apply")]
KeepGood = Annotated[
    bool,
    option("scrive anche se altre righe non vanno", "write though other rows fail", "--keep-good"),
]
Source = Annotated[str | None, option("fonte, per le righe senza", "source, for rows without one")]
On = Annotated[
    str | None,
    option("data, per le righe senza; se no oggi", "date, for rows without one; else today"),
]
How = Annotated[str | None, option("come; se no email_reply", "how; else email_reply")]
FormatName = Annotated[
    str | None, option("formato, se non si riconosce", "format, if not recognised", "--format")
]
Encoding = Annotated[str | None, option("codifica del testo", "encoding of the text")]
Separator = Annotated[str | None, option("separatore: ; , tab", "separator: ; , tab")]
Sheet = Annotated[str | None, option("foglio", "sheet")]


def apply_(  # noqa: D103 - one parameter for each option
    file: File,
    plan: OnlyPlan = False,
    apply: Apply = False,
    keep_good: KeepGood = False,
    source: Source = None,
    on: On = None,
    how: How = None,
    format_: FormatName = None,
    encoding: Encoding = None,
    separator: Separator = None,
    sheet: Sheet = None,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    from ..answer_plan import plan as planned  # with all that reads files, 40 ms
    from ..answer_steps import Wishes
    from ..answers import Replies
    from ..limits import Limits
    from ..sources import STDIN, Told, brought

    known = verifying.how_told(how) or "email_reply"
    wishes = Wishes(verifying.day_told(on, "--on"), source, known)
    with brought(file, Told(format_, encoding, separator, sheet), Limits()) as what:
        replies = Replies(what.table)
        with reading() as registry, findings_told():
            made = planned(registry, replies, wishes)
    if not as_json:
        _show(made)
    asks = can_ask() and not (as_json or apply or file == STDIN)
    wanted = not plan and _wanted(made, apply=apply, keep_good=keep_good, asks=asks)
    if wanted:
        _write(made, why or what.name)
    if as_json:
        _give_json(made, written=wanted)
    if made.wrong:
        raise typer.Exit(ExitCode.FINDINGS)


def _write(made: "Plan", why: str) -> None:
    from ..answer_plan import carry_out

    marked = f"{why} [{made.digest}]"  # by which the same answers are known again
    with writing() as registry, findings_told(), registry.operation("review apply", marked):
        carry_out(registry, made)
    _tell_done(made)


def _give_json(made: "Plan", *, written: bool) -> None:
    from ..answer_plan import to_json

    screen.out_json(to_json(made, written=written))


def _show(made: "Plan") -> None:
    from ..answer_plan import label_of, told_of

    for header in made.unused:
        told = Text(
            "colonna non capita, lasciata da parte: «{name}»",
            "column not understood, left aside: “{name}”",
        )
        screen.warn(told.filled(name=header))
    headers = [Text("Riga", "Row"), Text("Identificativo", "Identifier"), Text("Nome", "Name")]
    headers += [Text("Risposta", "Answer"), Text("Che cosa succede", "What happens")]
    rows = [
        (each.number, each.place.id, each.place.name, label_of(each), told_of(each))
        for each in made.steps
    ]
    screen.table(headers, rows)
    told = Text("riga {row} ({whose}): {message}", "row {row} ({whose}): {message}")
    for wrong in made.wrong:
        screen.warn(told.filled(row=wrong.number, whose=wrong.whose or "—", message=wrong.message))
    counts = Text(
        "risposte: {n}, di cui già applicate: {already}; righe senza risposta: {silent}; righe che"
        " non vanno: {wrong}",
        "answers: {n}, of which already applied: {already}; rows without an answer: {silent}; rows"
        " that cannot be used: {wrong}",
    )
    n, waiting = len(made.steps), len(made.waiting)
    screen.say(counts.filled(n=n, already=n - waiting, silent=made.silent, wrong=len(made.wrong)))


def _wanted(made: "Plan", *, apply: bool, keep_good: bool, asks: bool) -> bool:
    """Tell whether to write: the person said so, or says so now."""
    if not made.waiting:
        screen.say(Text("niente da scrivere", "nothing to write"))
        return False
    if made.wrong and not keep_good:
        screen.warn(
            Text(
                "non è stato scritto niente: correggere le righe, oppure con --keep-good scrivere"
                " le altre",
                "nothing was written: mend the rows, or by --keep-good write the others",
            )
        )
        return False
    if not (apply or asks):
        screen.warn(
            Text(
                "non è stato scritto niente: aggiungere --apply",
                "nothing was written: add --apply",
            )
        )
        return False
    if apply or prompts.confirm(Text("Scrivere?", "Write?")):
        return True
    screen.warn(Text("non è stato scritto niente", "nothing was written"))
    return False


def _tell_done(made: "Plan") -> None:
    from ..answers import Answer

    count = {answer.value: 0 for answer in Answer}
    for step in made.waiting:
        count[step.answer.value] += 1
    done = Text(
        "confermati: {confirmed}; chiusi: {closed}; proposte: {changed}, che «bencomune review"
        " proposals» esamina. Per tornare indietro: bencomune undo",
        "confirmed: {confirmed}; closed: {closed}; proposals: {changed}, which “bencomune review"
        " proposals” reviews. To go back: bencomune undo",
    )
    screen.say(done.filled(**count))
