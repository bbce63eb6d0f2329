"""A record written by one who was shown it a while ago: what others wrote since is not lost."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import history
from .changes import Shown, shown, three_way
from .contexts import Context
from .declare import Record
from .errors import Refused
from .kinds.times import minute_told
from .outcome import Written
from .reading import values
from .registry import Registry
from .words import Text, joined

POINT = ("lat", "lon")


class Clash(NamedTuple):
    """A column that two changed differently: what it was, what is there and by whom, what is mine.

    The three are texts as a page shows them.
    """

    record: str
    column: str
    before: str | list[str]
    theirs: str | list[str]
    mine: str | list[str]
    who: str
    when: str

    @property
    def text(self) -> Text:
        """Return it as a sentence."""
        told = Text(
            "{column}: prima «{before}»; intanto è diventato «{theirs}» ({who}, {when}); qui"
            " «{mine}»",
            "{column}: before “{before}”; meanwhile it became “{theirs}” ({who}, {when}); here"
            " “{mine}”",
        )
        return told.filled(
            column=self.column,
            who=self.who,
            when=self.when,
            before=_line(self.before),
            theirs=_line(self.theirs),
            mine=_line(self.mine),
        )


def _line(told: str | list[str]) -> str:
    return told if isinstance(told, str) else ", ".join(told)


class Clashing(Refused):
    """A record that another changed meanwhile in the same columns. Nothing was written."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        head = Text(
            "qualcun altro ha modificato intanto le stesse colonne; non è stato scritto niente:",
            "someone else changed the same columns meanwhile; nothing was written:",
        )
        told = Text("{id}.{text}", "{id}.{text}")
        lines = [told.filled(id=each.record, text=each.text) for each in clashes]
        super().__init__(joined("\n  ", [head, *lines]))
        self.clashes = clashes


def written_over(
    registry: Registry,
    key: tuple[type[Record], str],
    base: Shown,
    texts: Mapping[str, str],
    context: Context | None = None,
) -> Written:
    """Write texts into a record that a person was shown as `base`, inside an operation.

    What only others changed since is kept. Raises Clashing and Faulty.
    """
    entity, id_ = key
    current = registry.store.get(entity, id_)
    if current is None:
        raise Refused(
            Text(
                "{id} non c'è più nel registro: intanto è stato tolto",
                "{id} is no longer in the registry: it was taken away meanwhile",
            ).filled(id=id_)
        )
    resolved = {
        name: registry.finder.resolved(entity.column(name), text) for name, text in texts.items()
    }
    read, _ = values(entity, resolved)
    own = shown(current.replaced(**read))
    mine = {name: own[name] for name in read}
    theirs = shown(current)
    wanted, clashing = three_way(base, theirs, mine)
    clashing += [name for name in _parted(base, theirs, mine) if name not in clashing]
    if clashing:
        raise Clashing([_clash(registry, current, name, base, mine) for name in clashing])
    # What cannot be read is told; what is already so is given all the same, and so is not outdated.
    kept = {name for name in read if name not in wanted and mine[name] != theirs[name]}
    return registry.change(
        current, {name: text for name, text in texts.items() if name not in kept}, context
    )


def _parted(base: Shown, theirs: Shown, mine: Shown) -> list[str]:
    """Return the coordinates that two changed: one of each would make a point that is nobody's."""
    own = {name: mine.get(name, base[name]) for name in POINT if name in base}
    others = {name: theirs[name] for name in own}
    before = {name: base[name] for name in own}
    if before in (own, others) or own == others:
        return []
    return [name for name in own if own[name] != others[name]]


def _clash(registry: Registry, current: Record, name: str, base: Shown, mine: Shown) -> Clash:
    who, when = _last_change(registry, current.id, name)
    theirs = shown(current)[name]
    return Clash(current.id, name, base[name], theirs, mine.get(name, base[name]), who, when)


def _last_change(registry: Registry, id_: str, name: str) -> tuple[str, str]:
    """Return who changed a column last, and when."""
    connection = registry.store.connection
    for each in history.operations(connection, id_):
        for change in history.fields(connection, each.seq):
            if (change.record, change.column) == (id_, name):
                return each.who or "?", minute_told(each.at)
    return "?", "?"
