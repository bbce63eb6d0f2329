"""An earlier publication put back as one of its own, unless it holds what may not go out now."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import copyfile

from .comparing import Entry, changed_contacts, compared, lines
from .entities import Relation
from .errors import ExitCode, Refused
from .faults import at
from .feeds import CHANGES, FEED
from .leaks import Leak
from .personal_signs import CODE
from .publications import FILES, Publication, Publications
from .publishing import Plan, Result, Run, Seen, building, sent, utc_now
from .registry import Registry
from .snapshots import CONTACTS, Kept, Snapshot
from .swapping import digests, swap_in
from .words import Text, joined

_TOLD = 20  # reasons that are named; of more it is told how many


def rolled_back(registry: Registry, plan: Plan, which: str | int = "") -> Result:
    """Put back a publication by its number, the last one up to a day, or the one before.

    The one before is older than that whose data are out: done twice it goes back two. It is sent to
    the targets too.

    Raises Refused.
    """
    shelf = Publications(registry.store.path)
    with building(shelf) as made:
        run = Run(registry, plan, shelf)
        copy = _chosen(run, which)
        for name, digest in copy.files.items():
            _take(shelf.files_of(copy.name) / name, made / FILES / name, digest)
        seen = run.seen()
        problems = [*_not_public(copy, seen, registry)]
        leaks = seen.searcher.leaks(made / FILES)
        problems += [_held_in(leak) for leak in leaks if leak.record or leak.what == CODE]
        if problems:
            raise Refused(_refusal(copy, {str(problem): problem for problem in problems}))
        return sent(_put_back(run, made, copy, seen), plan)


def _put_back(run: Run, made: Path, copy: Publication, seen: Seen) -> Result:
    assert run.before is not None  # noqa: S101 - a copy was chosen among those before it
    last = run.before.entry
    entry = Entry(
        last.number + 1,
        max(utc_now(), last.at),
        copy.entry.records,
        compared(run.before.snapshot, copy.snapshot),
        copy.entry.number,
    )
    built = made / FILES
    then = seen._replace(
        snapshot=copy.snapshot,
        rules=copy.rules,
        sequence=copy.sequence,
        changed_at=copy.changed_at,
    )
    state = run.write_changes(built, seen, entry)
    done = swap_in(built, run.plan.folder, *run.before.files)
    run.keep(made, then, entry, state)
    details = list(lines(entry.changes, seen.names))
    return Result(ExitCode.FINE, entry, *done, details, {}, [], [])


def _chosen(run: Run, which: str | int) -> Publication:
    """Return the publication that a person means. Raises Refused, with those that there are."""
    out = run.state.current
    kept = {_number(name): name for name in run.shelf.names() if name != out}
    if isinstance(which, int):
        fit = [name for number, name in kept.items() if number == which]
    elif which:
        fit = [name for name in kept.values() if name.partition("-")[2] <= which]
    else:
        origin = run.state.origin(_number(out)) if out else 0
        fit = [name for number, name in kept.items() if number < origin]
    if fit:
        return run.shelf.read(fit[-1])
    told = Text(
        "non c'è una copia così da rimettere; ci sono: {copies}",
        "there is no such copy to be put back; there are: {copies}",
    )
    days = [f"{number} ({name.partition('-')[2]})" for number, name in kept.items()]
    none = Text("nessuna", "none")
    raise Refused(told.filled(copies=", ".join(days) if days else none))


def _number(name: str) -> int:
    """Return the number of a copy by its name; 0 for what is none of ours."""
    number = name.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def _take(kept: Path, place: Path, digest: str) -> None:
    """Copy a file of a copy that is kept, if it is what was published."""
    if digests(kept.parent).get(kept.name) != digest:
        told = Text(
            "non è più ciò che era stato pubblicato: questa copia non si rimette",
            "is not what was published any more: this copy is not put back",
        )
        raise Refused(at(kept, told))
    if kept.name not in {CHANGES, FEED}:  # written anew
        copyfile(kept, place)


def _not_public(copy: Publication, seen: Seen, registry: Registry) -> Iterator[Text]:
    """Yield what a copy holds that is not public today, or not as it was then."""
    yield from _gone(copy.snapshot, seen.snapshot, registry)
    yield from _changed_contacts(copy.snapshot, seen.snapshot)
    yield from _masked(copy, seen)
    yield from _columns(copy.rules, seen.rules)


def _gone(then: Snapshot, now: Snapshot, registry: Registry) -> Iterator[Text]:
    internal = {r.id for r in registry.store.select(Relation, "NOT public")}
    for name, table in then.tables.items():
        there = now.tables[name].records if name in now.tables else {}
        for id_ in sorted(table.records.keys() - there.keys()):
            if name != Relation.table or id_ in internal:
                told = Text("{id} non è più pubblico", "{id} is not public any more")
                yield told.filled(id=id_)


def _changed_contacts(then: Snapshot, now: Snapshot) -> Iterator[Text]:
    for id_ in changed_contacts(then, now):
        columns = ", ".join(now.tables[CONTACTS.name].differing(then.tables[CONTACTS.name], id_))
        told = Text(
            "{id}: da allora il contatto è cambiato ({columns})",
            "{id}: the contact has changed since ({columns})",
        )
        yield told.filled(id=id_, columns=columns)


def _masked(copy: Publication, seen: Seen) -> Iterator[Text]:
    for id_ in sorted({*seen.rules.masked} - {*copy.rules.masked}):
        if any(id_ in table.records for table in copy.snapshot.tables.values()):
            told = Text("{id}: il suo indirizzo ora è coperto", "{id}: its address is masked now")
            yield told.filled(id=id_)


def _columns(then: Kept, now: Kept) -> Iterator[Text]:
    for name in sorted(then.columns.keys() - now.columns.keys()):
        told = Text("la colonna {name} non è più pubblica", "the column {name} is no longer public")
        yield told.filled(name=name)
    for name in sorted(then.columns.keys() & now.columns.keys()):
        if then.columns[name] != now.columns[name]:
            told = Text(
                "la regola della colonna {name} è cambiata", "the rule of the column {name} changed"
            )
            yield told.filled(name=name)


def _held_in(leak: Leak) -> Text:
    """Return a leak in words, alike for all columns and files of one record."""
    if not leak.record:
        return leak.told
    told = Text(
        "{id}: nei file c'è un suo valore che oggi è interno",
        "{id}: the files have a value of it that is internal today",
    )
    return told.filled(id=leak.record)


def _refusal(copy: Publication, apart: Mapping[str, Text]) -> Text:
    head = Text(
        "la copia del {day} non si rimette: contiene ciò che oggi non si può pubblicare",
        "the copy of {day} is not put back: it holds what may not be published today",
    ).filled(day=copy.made_at[:10])
    problems = [*apart.values()]
    named = problems[:_TOLD]
    if len(problems) > _TOLD:
        named.append(Text("… e altri {n}", "… and {n} more").filled(n=len(problems) - _TOLD))
    return joined("\n  ", [head, *named])
