"""The rules over many: they look at parts of an overview, never at one record by itself.

Apart from the others, so that what looks at one record alone does not load them.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from ...contexts import Context
from ...findings import Finding
from ...overviews import SEEN, Overview
from .. import Rule, catalogue


def check_together(overview: Overview, context: Context) -> Iterator[Finding]:
    """Yield the findings of the rules over many."""
    for seen, told in SEEN.items():
        for each in told(overview):
            for rule in rules_over(seen):
                yield from rule.found_in((each,), context)


@cache
def rules_over(seen: type) -> Sequence[Rule]:
    """Return the rules over many that look at a part of SEEN."""
    return [each for each in catalogue().values() if each.over is seen]
