"""Circles among links that lead from one to another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeVar

from .recurring import Marks


class Leading(Protocol):
    """What leads from one to another."""

    @property
    def subject(self) -> str:
        """Where it begins."""

    @property
    def object(self) -> str:
        """Where it leads to."""


L = TypeVar("L", bound=Leading)


def passing(links: Callable[[], Iterable[L]]) -> Iterator[L]:
    """Yield those that lead from what another leads to, to what leads on; seldom others with them.

    No other is part of a circle. They are gone through twice.
    """
    leading, led_to = Marks(), Marks()
    for link in links():
        leading.add(link.subject)
        led_to.add(link.object)
    for link in links():
        if link.subject in led_to and link.object in leading:
            yield link


def _without_tails(leads: Mapping[str, Mapping[str, L]]) -> Mapping[str, Mapping[str, L]]:
    """Return what leads on without that to which nothing leads, from end to end.

    So where a circle is entered depends on nothing outside of it.
    """
    times = Counter(each for to in leads.values() for each in to)
    gone = [each for each in leads if not times[each]]
    for each in gone:
        for following in leads[each]:
            times[following] -= 1
            if not times[following] and following in leads:
                gone.append(following)
    tails = {*gone}
    return {each: to for each, to in leads.items() if each not in tails}


class Circle(NamedTuple):
    """The first ids of a circle, whether there are more, and the last, which leads back."""

    first: list[str]
    longer: bool
    last: str


def circles(leads: Mapping[str, Mapping[str, L]], named: int) -> Iterator[Circle]:
    """Go down every path once, and yield each circle that a path ends in."""
    leads = _without_tails(leads)
    done: set[str] = set()
    for start in sorted(leads):
        path, place = [start], {start: 0}
        waiting = [iter(() if start in done else sorted(leads[start]))]
        while path:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                left = path.pop()
                del place[left]
                done.add(left)
            elif following in place:
                at = place[following]
                yield Circle(path[at : at + named], len(path) - at > named, path[-1])
            elif following in leads and following not in done:
                place[following] = len(path)
                path.append(following)
                waiting.append(iter(sorted(leads[following])))
