"""duplicates, distinct: the records that may be the same; which of them are two."""

from typing import Annotated, Any

import typer

from .. import screen
from ..doubles import fingerprint
from ..entities import Distinction, Place
from ..errors import Refused
from ..evidence import DOUBTFUL, LIKELY
from ..overviews import Overview
from ..registry import Registry
from ..standings import standing_of
from ..surveys import Survey
from ..twins import Pair, pairs
from ..words import Text, same
from . import AsJson, argument, command, findings_told, option, reading, writing


def add_to(app: typer.Typer) -> None:
    """Register duplicates and distinct."""
    command(
        app,
        "duplicates",
        Text(
            "Elenca i record che forse sono lo stesso, con il motivo.",
            "List the records that may be the same, with the reason.",
        ),
        duplicates,
    )
    command(
        app,
        "distinct",
        Text(
            "Dice che due record non sono lo stesso; se uno cambia, si richiede.",
            "Say that two records are not the same; asked again if one changes.",
        ),
        distinct,
    )


def duplicates(  # noqa: D103
    all_: Annotated[
        bool,
        option(
            "anche le coppie meno probabili e quelle distinte",
            "less likely pairs and distinct ones too",
            "--all",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        seen = Survey(registry)
        found = list(pairs(seen, DOUBTFUL if all_ else LIKELY, all_=all_))
    found.sort(key=lambda pair: (-pair.score, pair.one.id, pair.other.id))
    if as_json:
        screen.out_json([_json(pair, seen) for pair in found])
        return
    headers = [
        Text("Più recente", "Younger"),
        Text("Più vecchio", "Elder"),
        Text("Nomi", "Names"),
        same("%"),
        Text("Perché", "Why"),
    ]
    screen.table(headers, [_row(pair, seen) for pair in found])
    if not found:
        screen.say(Text("nessun doppione probabile", "no likely duplicates"))
        return
    younger, elder = found[0].other, found[0].one
    mixed = younger.name_of_kind != elder.name_of_kind
    told = Text(
        "se sono lo stesso: {act}\nse sono due: bencomune distinct {one} {other} --why …",
        "if they are the same: {act}\nif they are two: bencomune distinct {one} {other} --why …",
    )
    act = "bencomune link {one} became {other}" if mixed else "bencomune merge {one} {other}"
    ids = {"one": younger.id, "other": elder.id}
    screen.say(told.filled(act=act.format(**ids), **ids))


def _said_distinct(pair: Pair, seen: Overview) -> bool:
    return (min(pair.one.id, pair.other.id), max(pair.one.id, pair.other.id)) in seen.distinct


def _row(pair: Pair, seen: Overview) -> list[object]:
    names = list(dict.fromkeys((pair.other.name, pair.one.name)))
    reason = pair.reason
    if _said_distinct(pair, seen):
        told = Text("{reason}; detti distinti", "{reason}; said to be distinct")
        reason = told.filled(reason=reason)
    return [pair.other.id, pair.one.id, " / ".join(names), round(pair.score * 100), reason]


def _json(pair: Pair, seen: Overview) -> dict[str, Any]:
    told = (("record", pair.other), ("of", pair.one))
    return {
        **{key: {"id": row.id, "entity": row.name_of_kind, "name": row.name} for key, row in told},
        "score": round(pair.score, 2),
        "why": str(pair.reason),
        "distinct": _said_distinct(pair, seen),
    }


def distinct(  # noqa: D103
    record: Annotated[str, argument("un record", "one record")],
    other: Annotated[str, argument("l'altro record", "the other record")],
    why: Annotated[str, option("perché non sono lo stesso", "why they are not the same")],
) -> None:
    with writing() as registry, findings_told(), registry.operation("distinct", why):
        found = [registry.finder.place(each) for each in (record, other)]
        one, two = sorted(found, key=lambda place: place.id)
        _keep(registry, one, two, why)
    screen.say(
        Text("distinti: {one} e {other}", "distinct: {one} and {other}").filled(
            one=one.id, other=two.id
        )
    )


def _keep(registry: Registry, one: Place, other: Place, why: str) -> None:
    """Keep that two records are two, as they are now, inside an operation."""
    if one.id == other.id:
        raise Refused(
            Text("è lo stesso record: {id}", "it is the same record: {id}").filled(id=one.id)
        )
    for place in (one, other):
        if place.removed:
            told = Text("{id} è rimosso dal registro", "{id} is removed from the registry")
            raise Refused(told.filled(id=place.id))
    prints = [fingerprint(standing_of(place)) for place in (one, other)]
    texts = {"one_print": prints[0], "other_print": prints[1], "why": why}
    told_before = registry.store.select(Distinction, "one = ? AND other = ?", (one.id, other.id))
    if known := next(told_before, None):
        registry.change(known, texts)
    else:
        registry.add(Distinction, {"one": one.id, "other": other.id, **texts})
