"""What the headers of a file mean, agreed on with the person who brings it."""

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from . import prompts, screen
from .declare import Record
from .entities import Place
from .errors import Refused
from .headings import HOWS, PARTS, Heading, How, matched, numbered, targets, undecided
from .prompts import Choice
from .sources import Brought, samples
from .words import Text, joined


class Asking(NamedTuple):
    """How headers are agreed on: shown to a person or not, who may be asked or not.

    `ids` tells those that the registry has, where that matters.
    """

    shows: bool
    asks: bool
    source: str | None
    ids: Callable[[], Collection[str]] = frozenset


def agreed(
    entity: type[Place],
    what: Brought,
    told: Mapping[str, str],
    ignored: Sequence[str],
    asking: Asking,
) -> list[Heading]:
    """Return what the headers of a file mean, shown to the person, who decides on doubtful ones.

    Raises Refused where a header stays undecided: nothing is dropped, or guessed, in silence.
    """
    headers = what.table.headers
    texts = samples(what.table, headers)
    wanted = {header: target for header, target in told.items() if target}
    aside = [*ignored, *(header for header, target in told.items() if not target)]
    found = numbered(matched(entity, headers, wanted, aside), texts, asking.ids)
    if asking.shows:
        _show(entity, what, found, texts)
    if asking.asks:
        found = _decided(entity, found)
    if still := undecided(found):
        raise _refused(entity, still, alone=what.format == "csv" and len(found) == 1)
    if any(each.target == "source_id" for each in found) and not asking.source:
        raise Refused(
            Text(
                "la colonna «{header}» ha gli identificativi della fonte: dire quale fonte con"
                ' --source "Albo comunale", o tralasciarla con --ignore "{header}"; se sono'
                ' quelli di un registro, indicarlo con --map "{header}=id"',
                "the column “{header}” has the identifiers of the source: tell which one by"
                ' --source "Municipal roll", or leave it aside by --ignore "{header}"; if they'
                ' are those of a registry, say so by --map "{header}=id"',
            ).filled(header=next(h.header for h in found if h.target == "source_id"))
        )
    return found


def _show(
    entity: type[Place], what: Brought, found: Sequence[Heading], texts: Mapping[str, Sequence[str]]
) -> None:
    told = [what.format, *what.table.told]
    if what.crs:
        told.append(Text("sistema {crs}", "system {crs}").filled(crs=what.crs[:60]))
    screen.say(f"{what.name}: {', '.join(map(str, told))}")
    screen.table(
        [
            Text("Colonna del file", "Column of the file"),
            Text("Esempi", "Samples"),
            Text("Diventa", "Becomes"),
            Text("Perché", "Why"),
        ],
        [
            (
                each.header,
                " · ".join(text[:30] for text in texts.get(each.header, ())),
                meaning(each, entity),
                how_told(each),
            )
            for each in found
        ],
    )


def _decided(entity: type[Place], found: Sequence[Heading]) -> list[Heading]:
    """Ask the person about each header that is not sure."""
    decided = []
    for each in found:
        if each not in undecided([each]):
            decided.append(each)
            continue
        if each.how is How.LIKE:
            question = Text("«{header}» è «{target}»?", "Is “{header}” “{target}”?")
            told = question.filled(header=each.header, target=meaning(each, entity))
            if prompts.confirm(told, default=True):
                decided.append(each._replace(how=How.TOLD))
                continue
        decided.append(_chosen(entity, each))
    return decided


def _chosen(entity: type[Place], heading: Heading) -> Heading:
    aside = str(Text("tralasciare", "leave aside"))
    choices = [Choice(aside)]
    choices += [
        Choice(name, str(meaning(Heading("", name, How.TOLD), entity))) for name in targets(entity)
    ]
    label = Text("«{header}» ({how}) diventa", "“{header}” ({how}) becomes").filled(
        header=heading.header, how=how_told(heading)
    )
    answer = prompts.choose(label, choices)
    if answer == aside:
        return Heading(heading.header, "", How.IGNORED)
    return Heading(heading.header, answer, How.TOLD)


def _refused(entity: type[Place], still: Sequence[Heading], *, alone: bool) -> Refused:
    """Return the refusal of headers that nobody decided on, with what to write.

    One `alone` in a file of text may be several, between which a separator was not found.
    """
    told = []
    for each in still:
        quoted = shlex.quote(f"{each.header}={each.target or 'COLUMN'}")
        told.append(
            f"--map {quoted}" if each.how is How.LIKE else f"--ignore {shlex.quote(each.header)}"
        )
    head = Text(
        "queste colonne non sono decise, e niente si tralascia in silenzio: {columns}.\n"
        "  Per esempio: {options}\n"
        '  Oppure: --map "Intestazione=colonna"; le colonne: bencomune describe {kind}',
        "these columns are undecided, and nothing is left aside silently: {columns}.\n"
        "  For example: {options}\n"
        '  Or: --map "Header=column"; the columns: bencomune describe {kind}',
    )
    person = Text(
        "\n  I dati di persone non si importano con i record: aggiungerli, con la loro base"
        " giuridica, con «bencomune contact add».",
        "\n  Data of persons are not imported with records: add them, with their legal basis, by"
        " “bencomune contact add”.",
    )
    text = head.filled(
        columns=headers_told(still),
        options=" ".join(told),
        kind=entity.table,
    )
    one = Text(
        "\n  Il file ha una sola colonna: se ne ha di più, dire che cosa le separa con --separator",
        "\n  The file has one column: if it has more, tell what separates them by --separator",
    )
    if any(each.how is How.PERSON for each in still):
        text = Text(text.it + person.it, text.en + person.en)
    if alone:
        text = Text(text.it + one.it, text.en + one.en)
    return Refused(text)


def meaning(heading: Heading, entity: type[Record]) -> Text:
    """Return what a header is taken for, as people call it."""
    if not heading.target:
        return Text("—", "—")
    if heading.target in PARTS:
        return PARTS[heading.target]
    label = entity.column(heading.target).label
    return Text(f"{heading.target} ({label.it})", f"{heading.target} ({label.en})")


def how_told(heading: Heading) -> Text:
    """Return how a header came to its meaning."""
    return HOWS[heading.how].filled(target=heading.target)


def headers_told(headings: Iterable[Heading]) -> Text:
    """Return headers in one line, each with how it came to its meaning."""
    told = Text("«{header}» ({how})", "“{header}” ({how})")
    return joined(", ", [told.filled(header=h.header, how=how_told(h)) for h in headings])
