"""How a publication ended, in one line; what is told of its files, and of copies of it."""

from collections.abc import Iterator
from typing import Any

from .errors import ExitCode
from .feeds import headline
from .kinds.times import minute_told
from .publications import Publication
from .publishing import Result
from .words import Text, joined, same

_TOLD = 20  # reasons that are named on a line each
_NAMED = 5  # files
_CHANGED = (
    Text("1 file cambiato", "1 file changed"),
    Text("{n} file cambiati", "{n} files changed"),
)
_REMOVED = (
    Text("1 file tolto", "1 file taken out"),
    Text("{n} file tolti", "{n} files taken out"),
)
_PUT_BACK = (
    Text(
        "1 file mancava o era stato modificato da altri, ed è stato rimesso: {names}",
        "1 file was missing or changed by others, and was put back: {names}",
    ),
    Text(
        "{n} file mancavano o erano stati modificati da altri, e sono stati rimessi: {names}",
        "{n} files were missing or changed by others, and were put back: {names}",
    ),
)


def outcome(result: Result) -> str:
    """Return how it ended, in one word for programs."""
    if result.code == ExitCode.FINE:
        return "rolled_back" if result.entry.back_to else "published"
    held = "held_withdrawn" if result.still_out else "held"
    return {ExitCode.HELD: held, ExitCode.REFUSED: "not_sent"}.get(result.code, "unchanged")


def told_of(result: Result) -> Text:
    """Return how a run ended, in one line."""
    if result.code == ExitCode.HELD:
        told = Text(
            "non pubblicato, prima qualcuno deve guardare: {reasons}",
            "not published, somebody has to look first: {reasons}",
        )
        return told.filled(reasons=joined("; ", result.reasons[:_TOLD]))
    told = Text("niente è cambiato", "nothing changed")
    if result.changed or result.removed:
        told = joined("; ", [_what(result), *_files(result)])
    reached = [same(each.address) for each in result.sent if each.changed]
    failed = [
        Text("non mandato a {failure}", "not sent to {failure}").filled(failure=failure)
        for failure in result.failures
    ]
    return joined("; ", [told, *reached, *failed])


def _what(result: Result) -> Text:
    if result.same:
        return Text("i dati sono gli stessi", "the data are the same")
    told = Text("pubblicato: {what}", "published: {what}")
    return told.filled(what=headline(result.entry))


def _files(result: Result) -> Iterator[Text]:
    """Yield how many files are other than before, or what was wrong with them."""
    changed, removed = len(result.changed), len(result.removed)
    one, several = _PUT_BACK if result.same else _CHANGED
    if changed:
        names = joined(", ", [same(name) for name in result.changed[:_NAMED]])
        told = one if changed == 1 else several
        more = same(", …" if changed > _NAMED else "")
        yield told.filled(n=changed, names=joined("", [names, more]))
    if removed:
        one, several = _REMOVED
        yield one if removed == 1 else several.filled(n=removed)


def copy_as_json(name: str, copy: Publication | None) -> dict[str, Any]:
    """Return what is told of a copy that is kept; its name alone where it is damaged."""
    if copy is None:
        return {"name": name}
    told = {"number": copy.entry.number, "published": copy.made_at}
    return {"name": name, **told, "told": str(headline(copy.entry))}


def copy_told(name: str, copy: Publication | None, out: str) -> str:
    """Return a copy that is kept in one line: number, moment, what changed."""
    if copy is None:
        return f"{name}: {Text('danneggiata', 'damaged')}"
    told = f"{copy.entry.number}  {minute_told(copy.made_at)}  {headline(copy.entry)}"
    return f"{told} ({Text('è quella pubblicata', 'the one that is out')})" if name == out else told
