"""edit; lab, group, organisation: edit. By options or column=value, on a page, over a selection."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import plans, prompts, screen
from ..agreeing import Consent, agreed
from ..changes import Change, changes_of, texts_of_changes
from ..drafts import put_aside
from ..editing import Draft, keep, kept_path, resume, work
from ..entities import PLACES, Place
from ..errors import Refused
from ..merging import written_over
from ..outcome import Written
from ..plans import carry_out, plan
from ..selection import Selection, expect_no_record
from ..telling import removed_note
from ..words import Text
from . import (
    AsJson,
    Crs,
    Near,
    Point,
    Why,
    Within,
    argument,
    can_ask,
    command,
    findings_told,
    option,
    pointed,
    reading,
    refuse_nothing_told,
    session,
    tell_written,
    texts_of,
    writing,
)

Changes = Annotated[
    list[str] | None,
    argument(
        "colonna=valore, colonna+=valore, colonna-=valore, colonna!",
        "column=value, column+=value, column-=value, column!",
    ),
]
RECORD = argument("identificativo, il suo inizio, o il nome", "identifier, its start, or name")
Resume = Annotated[
    bool, option("riprende la pagina lasciata", "take up the page that was left", "--resume")
]
DryRun = Annotated[
    bool, option("mostra soltanto che cosa cambierebbe", "only show the changes", "--dry-run")
]
HELP = Text(
    "Modifica un record: in una pagina, o con colonna=valore. Un testo vuoto toglie il valore.",
    "Change a record: on a page, or by column=value. An empty text removes the value.",
)


@dataclass(frozen=True)
class How:
    """What holds for one run: its name in the log, why, and what was asked of it."""

    name: str
    why: str | None
    as_json: bool
    dry_run: bool = False
    yes: bool = False
    resume: bool = False


def add_to(app: typer.Typer) -> None:
    """Register the command for a record of any kind."""
    command(app, "edit", HELP, edit_any)


def add_to_groups(groups: Mapping[str | None, typer.Typer | None]) -> None:
    """Register the command in the group of each kind of place."""
    for entity in PLACES:
        if made := groups.get(entity.name_of_kind):
            _add_edit(made, entity)


def edit_any(  # noqa: D103
    id_: Annotated[str, RECORD],
    changes: Changes = None,
    resume: Resume = False,
    dry_run: DryRun = False,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        entity = type(registry.finder.place(id_))
    how = How("edit", why, as_json, dry_run=dry_run, resume=resume)
    _edit_one(entity, id_, changes_of(entity, changes or [], {}), how)


def _add_edit(app: typer.Typer, entity: type[Place]) -> None:
    name = f"{entity.name_of_kind} edit"

    def edit(
        id_: Annotated[str | None, RECORD] = None,
        changes: Changes = None,
        where: Annotated[
            list[str] | None, option("su più record: state=active", "over many: state=active")
        ] = None,
        near: Near = None,
        within: Within = None,
        in_: Annotated[str | None, option("area o Comune", "area or municipality", "--in")] = None,
        words: Annotated[list[str] | None, option("parola da cercare", "word to find")] = None,
        removed: Annotated[bool, option("i rimossi", "removed ones", "--removed")] = False,
        yes: Annotated[bool, option("senza chiedere conferma", "do not ask", "--yes")] = False,
        dry_run: DryRun = False,
        resume: Resume = False,
        point: Point = None,
        crs: Crs = None,
        why: Why = None,
        as_json: AsJson = False,
        **given: Any,
    ) -> None:
        texts = texts_of(entity, given)
        selection = Selection(words or (), where or (), near, within, in_, removed)
        told = [id_, *(changes or [])] if id_ else []
        how = How(name, why, as_json, dry_run, yes, resume)
        if selection.told():
            expect_no_record(told)
        else:
            told = told[1:]
        told += [f"{column}={text}" for column, text in pointed(point, crs).items()]
        wanted = changes_of(entity, told, texts)
        if selection.told():
            _edit_many(entity, selection, wanted, how)
        else:
            _edit_one(entity, id_, wanted, how)

    command(app, "edit", HELP, edit, (entity, None))


# One record


def _edit_one(entity: type[Place], id_: str | None, changes: list[Change], how: How) -> None:
    if not id_:
        raise Refused(
            Text(
                "manca il record: indicarne l'identificativo o il nome, oppure più record con"
                " --where",
                "the record is missing: name it by identifier or name, or several by --where",
            )
        )
    if how.resume and changes:
        raise Refused(
            Text(
                "--resume riprende una pagina: le altre modifiche vanno scritte lì",
                "--resume takes up a page: other changes are to be written there",
            )
        )
    if how.dry_run and changes:
        _preview_one(entity, id_, changes, how)
    elif changes:
        with writing() as registry, findings_told(), registry.operation(how.name, how.why):
            place = registry.finder.place(id_, [entity])
            texts = texts_of_changes(place, changes, registry.finder, strict=True)
            written = registry.change(place, texts)
        _tell(written, how)
    elif can_ask() and not how.dry_run:
        _edit_page(entity, id_, how)
    else:
        raise _refuse_page(id_)


def _refuse_page(id_: str) -> Refused:
    return Refused(
        Text(
            "{nothing}. Senza un terminale non si apre la pagina; scrivere per esempio:"
            " bencomune edit {id} phone='0382 000000'",
            "{nothing}. Without a terminal no page is opened; write for example:"
            " bencomune edit {id} phone='0382 000000'",
        ).filled(nothing=refuse_nothing_told().text, id=id_)
    )


def _tell(written: Written, how: How) -> None:
    tell_written(written, how.as_json, Text("modificato: {id}", "changed: {id}"))
    if note := removed_note(written.record):
        screen.warn(note)


def _preview_one(entity: type[Place], id_: str, changes: list[Change], how: How) -> None:
    with reading() as registry, findings_told():
        place = registry.finder.place(id_, [entity])
        what = plan(registry, [place], changes, strict=True)
        agreed(what, registry.municipality_names(), Consent(dry_run=True, as_json=how.as_json))


def _edit_page(entity: type[Place], id_: str, how: How) -> None:
    with reading() as registry:
        draft = Draft.of(registry, registry.finder.place(id_, [entity]))
    path = kept_path(session.path, draft.id)
    resumed = _take_up(draft, path, how)
    first = draft.text

    def write(texts: dict[str, str]) -> Written:
        with writing() as registry, registry.operation(how.name, how.why):
            return written_over(registry, (draft.entity, draft.id), draft.base, texts)

    try:
        written = work(draft, write, resumed=resumed)
    except BaseException:
        if resumed or draft.text != first:
            screen.warn(keep(path, draft))
        raise
    if resumed or written:
        path.unlink(missing_ok=True)
    if written:
        _tell(written, how)
    else:
        screen.say(Text("niente è cambiato", "nothing changed"))


def _take_up(draft: Draft, path: Path, how: How) -> bool:
    """Take up the page that was left, if there is one and the person wants it."""
    if how.resume and not path.exists():
        raise Refused(
            Text("nessuna pagina lasciata di {id}", "no page of {id} was left").filled(id=draft.id)
        )
    question = Text(
        "C'è una pagina di {id} non finita: riprenderla?",
        "There is an unfinished page of {id}: take it up?",
    ).filled(id=draft.id)
    wanted = how.resume or (path.exists() and prompts.confirm(question, default=True))
    if wanted:
        resume(path, draft)
    elif path.exists():
        screen.warn(put_aside(path))
    return wanted


# A selection


def _edit_many(entity: type[Place], selection: Selection, changes: list[Change], how: How) -> None:
    if not changes:
        raise refuse_nothing_told()
    if how.resume:
        raise Refused(Text("--resume vale per un record", "--resume is for one record"))
    consent = Consent(how.yes, how.dry_run, how.as_json, asks=can_ask())
    consent.expect_answer()
    with reading() as registry, findings_told():
        found = registry.find(entity, selection.query(entity, registry.finder))
        what = plan(registry, found, changes, strict=False)
        municipalities = registry.municipality_names()
    with findings_told():
        if not agreed(what, municipalities, consent):
            return
    with writing() as registry, findings_told(), registry.operation(how.name, how.why):
        written = carry_out(registry, what)
    if how.as_json:
        screen.out_json(plans.to_json(what, written=True))
    changed = sum(each.changed for each in written)
    screen.say(Text("record modificati: {n}", "records changed: {n}").filled(n=changed))
