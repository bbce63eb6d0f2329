"""Which records a command is about: the conditions that `list` and `edit` take alike."""

from collections.abc import Sequence
from typing import NamedTuple

from .changes import is_change
from .entities import Place
from .errors import Refused
from .finder import Finder
from .query import Query, add_area, add_condition, add_near, add_words
from .words import Text


class Selection(NamedTuple):
    """What a person asks for: words, conditions, near a point, in an area, removed ones."""

    words: Sequence[str] = ()
    where: Sequence[str] = ()
    near: str | None = None
    within: str | None = None
    in_: str | None = None
    removed: bool = False

    def told(self) -> bool:
        """Tell whether a person asked for anything."""
        return any(self)

    def query(self, entity: type[Place], finder: Finder) -> Query:
        """Return the query over one kind of place. Raises Refused."""
        query = Query()
        query.add("removed" if self.removed else "NOT removed")
        add_words(query, entity, self.words)
        for condition in self.where:
            add_condition(query, entity, condition, finder.resolved)
        if self.within is not None and self.near is None:
            raise Refused(
                Text(
                    "--within dice quanto lontano: manca --near, da dove, come --near 45.18,9.15",
                    "--within tells how far: --near is missing, from where, such as"
                    " --near 45.18,9.15",
                )
            )
        if self.near is not None:
            add_near(query, self.near, self.within)
        if self.in_ is not None:
            add_area(query, finder.area(self.in_))
        return query


def expect_no_record(words: Sequence[str]) -> None:
    """Refuse words that name a record where a selection is asked for; changes are no such words."""
    for word in words:
        if not is_change(word):
            raise Refused(
                Text(
                    "«{word}» indica un record, e c'è anche una selezione: usare o l'uno o l'altra",
                    "“{word}” names a record, and there is a selection too: use one or the other",
                ).filled(word=word)
            )
