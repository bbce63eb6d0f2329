"""A file brought into the registry: headers agreed on, a plan shown, the person asked, all written.

Rows that are not taken are kept in a file, written before the registry is: nothing is lost.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from . import intake_files, intake_told, mappings, prompts, screen
from .changes import constants_of
from .entities import PLACES, Place
from .errors import Refused
from .headings import Heading
from .headings_asked import Asking, agreed
from .intake import Intake, carry_out
from .intake_plan import Plan, Sort, Wishes
from .limits import Limits
from .registry import Registry
from .sources import STDIN, Brought, Told, brought, samples
from .words import Text


class Decided(NamedTuple):
    """What is decided on headers beforehand, and where to write what is decided in the end."""

    maps: Sequence[str]
    ignored: Sequence[str]
    mapping: Path | None
    save: Path | None


class Asked(NamedTuple):
    """What was asked of one import, as the command line tells it."""

    file: str
    kind: str
    told: Told
    limits: Limits
    decided: Decided
    constants: Sequence[str]
    source: str | None
    empty_clears: bool
    accept_doubles: bool
    apply: bool
    only_plan: bool
    keep_good: bool
    as_json: bool
    why: str | None


class Doors(NamedTuple):
    """How the registry is opened, to read and to write; whether there is a person to ask."""

    reading: Callable[[], AbstractContextManager[Registry]]
    writing: Callable[[], AbstractContextManager[Registry]]
    asks: bool


def bring(asked: Asked, doors: Doors) -> bool:
    """Import a file; tell whether every row of it is in the registry now, or would be."""
    entity = _entity(asked.kind)
    constants = constants_of(entity, asked.constants)
    with brought(asked.file, asked.told, asked.limits) as what:
        told = {**_kept(asked.decided.mapping, what), **mappings.pairs(asked.decided.maps)}
        asks = doors.asks and not (asked.as_json or asked.apply or asked.file == STDIN)
        asking = Asking(not asked.as_json, asks, asked.source, partial(_ids, doors))
        headings = agreed(entity, what, told, asked.decided.ignored, asking)
        if asked.decided.save:
            mappings.write(asked.decided.save, headings)
        wishes = Wishes(constants, asked.source, what.crs, asked.empty_clears, asked.accept_doubles)
        with doors.reading() as registry:
            plan = Intake(registry, entity, headings, wishes).plan(what.table)
        with closing(plan.outcomes):
            _told_and_written(asked, entity, what, headings, plan, doors, asks=asks)
    return bool(plan.usable) and not plan.bad


def _told_and_written(
    asked: Asked,
    entity: type[Place],
    what: Brought,
    headings: Sequence[Heading],
    plan: Plan,
    doors: Doors,
    *,
    asks: bool,
) -> None:
    if not asked.as_json:
        targets = {each.target for each in headings}
        state_told = "state" in {*constants_of(entity, asked.constants), *targets}
        intake_told.show(plan, what.table.unit, state_told=state_told)
    wanted = _wanted(asked, plan, asks=asks)
    kept = _written(asked, entity, what, headings, plan, doors) if wanted else None
    if asked.as_json:
        done = {"written": wanted and plan.good > 0, "rejected_file": kept}
        _give_json(what, headings, plan, done)


def _ids(doors: Doors) -> Collection[str]:
    with doors.reading() as registry:
        return registry.ids()


def _entity(name: str) -> type[Place]:
    for entity in PLACES:
        if name.strip().lower() in {entity.name_of_kind, entity.table}:
            return entity
    kinds = ", ".join(entity.name_of_kind for entity in PLACES)
    raise Refused(
        Text("--as «{name}»: indicare uno di {kinds}", "--as “{name}”: give one of {kinds}").filled(
            name=name, kinds=kinds
        )
    )


def _kept(mapping: Path | None, what: Brought) -> dict[str, str]:
    """Return what a mapping file says of the headers that the file has."""
    known = mappings.read(mapping) if mapping else {}
    return {header: to for header, to in known.items() if header in what.table.headers}


def _written(
    asked: Asked,
    entity: type[Place],
    what: Brought,
    headings: Sequence[Heading],
    plan: Plan,
    doors: Doors,
) -> Path | None:
    """Write the plan; return the file with the rows that are not taken, if there are any."""
    kept = intake_files.write_rejected(what, headings, plan) if plan.bad else None
    try:
        if plan.good:
            with doors.writing() as registry, registry.operation("import", asked.why):
                carry_out(registry, entity, plan)
    except BaseException:
        if kept:
            kept.unlink(missing_ok=True)
        raise
    if plan.good:
        done = Text(
            "importati: {new} nuovi, {changed} modificati. Per tornare indietro: bencomune undo",
            "imported: {new} new, {changed} changed. To go back: bencomune undo",
        )
        screen.say(done.filled(new=plan.counts[Sort.NEW], changed=plan.counts[Sort.CHANGED]))
    if kept:
        told = Text(
            "le righe non prese, con il motivo, sono in {path}: correggerle e importarle da lì",
            "the rows not taken, with the reason, are in {path}: mend them and import them from it",
        )
        screen.say(told.filled(path=kept))
    return kept


def _give_json(
    what: Brought, headings: Sequence[Heading], plan: Plan, done: dict[str, Any]
) -> None:
    texts = samples(what.table, what.table.headers)
    told = intake_files.to_json(what, [(each, texts[each.header]) for each in headings], plan)
    screen.out_json({**told, **done})


def _wanted(asked: Asked, plan: Plan, *, asks: bool) -> bool:
    """Tell whether to write: the person said so, or says so now."""
    told = None
    if not plan.usable:
        told = Text(
            "nessuna riga si può usare: non è stato scritto niente",
            "no row can be used: nothing was written",
        )
    elif asked.only_plan or not (plan.good or plan.bad):
        return False
    elif plan.bad and asked.apply and not asked.keep_good:
        told = Text(
            "non è stato scritto niente: correggere le righe, oppure con --keep-good scrivere le"
            " buone e mettere le altre in un file",
            "nothing was written: mend the rows, or by --keep-good write the good ones and put the"
            " others into a file",
        )
    elif not (asked.apply or asks):
        told = Text(
            "non è stato scritto niente: aggiungere --apply", "nothing was written: add --apply"
        )
    if told:
        screen.warn(told)
    return told is None and (asked.apply or _confirmed(plan))


def _confirmed(plan: Plan) -> bool:
    question = Text("Importare?", "Import?")
    if plan.bad:
        question = Text(
            "Importare le righe buone ({good}), e mettere le altre ({bad}) in un file?",
            "Import the good rows ({good}), and put the others ({bad}) into a file?",
        ).filled(good=plan.good, bad=plan.bad)
    if prompts.confirm(question):
        return True
    screen.say(Text("non è stato scritto niente", "nothing was written"))
    return False
