"""How alike two texts are written, from 0 to 1. The home of rapidfuzz.

The share of letters that both have in the same order (Indel similarity: twice the longest common
subsequence, by the sum of both lengths): "otro" and "orto" have 0.75.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

FEW = 4  # choices that are compared one by one in less time


@cache
def _similarity() -> Callable[..., float]:
    from rapidfuzz.distance import Indel  # 20 ms, which only a comparison needs

    return Indel.normalized_similarity


@cache
def _extract() -> Callable[..., Any]:
    from rapidfuzz.process import extract

    return extract


def similarity(one: str, other: str, least: float = 0.0) -> float:
    """Return how alike two texts are; 0 where they are less alike than `least`."""
    return _similarity()(one, other, score_cutoff=least)


def alike_among(text: str, choices: Sequence[str], least: float) -> list[int]:
    """Return the places of the choices that are at least so alike to a text, in any order."""
    if len(choices) <= FEW:
        same = _similarity()
        return [n for n, each in enumerate(choices) if same(text, each, score_cutoff=least)]
    found = _extract()(text, choices, scorer=_similarity(), score_cutoff=least, limit=None)
    return [place for _, _, place in found]
