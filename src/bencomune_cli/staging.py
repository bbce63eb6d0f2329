"""Files written beside their places: what is to be written, and by whom."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .abreast import share
from .dataset import WORTH, Dataset
from .layers import Layer
from .whole_files import Staged, staged

_SHARED = 50_000  # microseconds that helpers would take over: what they begin with takes less


class Work(NamedTuple):
    """A file to be written: its name, layer and format, and what writes it.

    `records` tells how many it holds; `effort` is that of the format, in microseconds a record.
    """

    name: str
    layer: str
    format: str
    media_type: str
    file_type: str
    records: Callable[[], int]
    write: Callable[[BinaryIO], None]
    effort: int = 0


def stage(
    dataset: Dataset, folder: Path, works: Sequence[Work], layers: Sequence[Layer]
) -> list[Staged]:
    """Write files of some layers beside their places in a folder; helpers too, if it pays."""
    tasks = [partial(staged, folder, work.name, work.write) for work in works]
    if not _pays(works, partial(map, dataset.count, layers)):
        return [task() for task in tasks]
    dataset.make_ready()
    order = sorted(range(len(works)), key=lambda number: -_expected(works[number]))
    done = share([tasks[number] for number in order], dataset.continue_in_copy)
    made = dict(zip(order, done, strict=True))
    return [made[number] for number in range(len(works))]


def _pays(works: Sequence[Work], counts: Callable[[], Iterable[int]]) -> bool:
    """Tell whether helpers would have enough to do.

    Of a layer of so many records that a dataset has helpers read them, each file is work for all:
    and helpers have no helpers.
    """
    efforts = [work.effort for work in works if work.effort]
    if len(efforts) <= 1 or max(counts(), default=0) > WORTH:
        return False
    expected = sorted(map(_expected, works))
    return sum(expected[:-1]) > _SHARED


def _expected(work: Work) -> int:
    return work.effort * work.records() if work.effort else 0
