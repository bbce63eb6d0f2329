"""log, diff, blame, undo, redo: what was done, by whom, and back."""

from typing import Annotated

import typer

from .. import history, screen
from ..kinds.times import minute_told
from ..words import Text
from . import AsJson, Why, argument, command, option, reading, whole_number, writing

Seq = Annotated[
    str | None,
    argument("numero dell'operazione", "number of the operation"),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands on history."""
    command(
        app,
        "log",
        Text("Racconta le operazioni, dalla più recente.", "Tell the operations, newest first."),
        log,
    )
    command(
        app,
        "diff",
        Text("Mostra che cosa ha cambiato un'operazione.", "Show what an operation changed."),
        diff,
    )
    command(
        app,
        "blame",
        Text(
            "Dice chi ha scritto ogni valore di un record.",
            "Tell who wrote each value of a record.",
        ),
        blame,
    )
    command(
        app,
        "undo",
        Text(
            "Annulla un'operazione: l'ultima, se non è indicata.",
            "Undo an operation: the last one if none is told.",
        ),
        undo,
    )
    command(
        app,
        "redo",
        Text(
            "Ripete un'operazione annullata: l'ultima, se non è indicata.",
            "Repeat an undone operation: the last one if none is told.",
        ),
        redo,
    )


def log(  # noqa: D103
    record: Annotated[str | None, argument("di un record", "of a record")] = None,
    limit: Annotated[str, option("quante al massimo", "how many at most")] = "50",
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        id_ = registry.finder.any_id(record) if record else None
        found = history.operations(registry.store.connection, id_, whole_number(limit) or 0)
    if as_json:
        screen.out_json([each.to_json() for each in found])
        return
    headers = [
        Text("N.", "No."),
        Text("Quando", "When"),
        Text("Chi", "Who"),
        Text("Che cosa", "What"),
        Text("Record", "Records"),
        Text("Perché", "Why"),
    ]
    undone = Text(" (annullata)", " (undone)")
    rows = [
        (
            o.seq,
            minute_told(o.at),
            o.who,
            o.command + (f" {o.undoes}" if o.undoes else "") + (str(undone) if o.undone else ""),
            _some(o.records),
            o.why,
        )
        for o in found
    ]
    screen.table(headers, rows)


def diff(operation: Seq = None, as_json: AsJson = False) -> None:  # noqa: D103
    with reading() as registry:
        connection = registry.store.connection
        seq = whole_number(operation) if operation else history.last(connection)[0]
        found = history.fields(connection, seq or 0)
    if as_json:
        screen.out_json([change.to_json() for change in found])
        return
    for change in found:
        screen.out(screen.flat(f"{change.record}.{change.column}"))
        for sign, value in (("-", change.before), ("+", change.after)):
            if value is not None:
                # With its sign before each line, no line of a value looks like another's.
                screen.out("\n".join(f"  {sign} {line}" for line in str(value).split("\n")))


def blame(  # noqa: D103
    record: Annotated[str, argument("identificativo", "identifier")],
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        id_ = registry.finder.any_id(record)
        found = history.blame(registry.store.connection, id_)
    if as_json:
        screen.out_json(
            [{"column": c.column, "value": c.after, "operation": o.to_json()} for c, o in found]
        )
        return
    headers = [
        Text("Colonna", "Column"),
        Text("Valore", "Value"),
        Text("N.", "No."),
        Text("Quando", "When"),
        Text("Chi", "Who"),
        Text("Perché", "Why"),
    ]
    screen.table(
        headers, [(c.column, c.after, o.seq, minute_told(o.at), o.who, o.why) for c, o in found]
    )


def undo(operation: Seq = None, why: Why = None) -> None:  # noqa: D103
    with writing() as registry:
        seq = registry.undo(whole_number(operation), why)
    screen.say(Text("annullata l'operazione {seq}", "operation {seq} undone").filled(seq=seq))


def redo(operation: Seq = None, why: Why = None) -> None:  # noqa: D103
    with writing() as registry:
        seq = registry.redo(whole_number(operation), why)
    screen.say(Text("ripetuta l'operazione {seq}", "operation {seq} repeated").filled(seq=seq))


def _some(records: tuple[str, ...], most: int = 3) -> str:
    more = f" +{len(records) - most}" if len(records) > most else ""
    return " ".join(records[:most]) + more
