"""Files written beside their places: what is to be written, and by whom."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .abreast import share
from .dataset import WORTH, Dataset
from .whole_files import Staged, staged

_SHARED = 50_000  # microseconds that helpers would take over: what they begin with takes less


class Work(NamedTuple):
    """A file to be written: its name, layer and format, and what writes it.

    `records` tells how many it holds; `effort` is that of the format, in microseconds a record;
    one that `threads` is for no copy of this process.
    """

    name: str
    layer: str
    format: str
    media_type: str
    file_type: str
    records: Callable[[], int]
    write: Callable[[BinaryIO], None]
    effort: int = 0
    threads: bool = False


def stage(dataset: Dataset, folder: Path, works: Sequence[Work]) -> list[Staged]:
    """Write files beside their places in a folder; helpers write some of them, if it pays."""
    tasks = [partial(staged, folder, work.name, work.write) for work in works]
    if not _pays(works):
        return [task() for task in tasks]
    dataset.make_ready()
    order = sorted(range(len(works)), key=lambda number: -_expected(works[number]))
    here = [place for place, number in enumerate(order) if works[number].threads]
    done = share([tasks[number] for number in order], dataset.continue_in_copy, here)
    made = dict(zip(order, done, strict=True))
    return [made[number] for number in range(len(works))]


def _pays(works: Sequence[Work]) -> bool:
    """Tell whether helpers would have enough to do, and not each file is work for all of them."""
    long = [work for work in works if work.effort]
    if len(long) < 2 or max(work.records() for work in long) > WORTH:  # noqa: PLR2004
        return False
    efforts = sorted(map(_expected, long))
    return sum(efforts[:-1]) > _SHARED


def _expected(work: Work) -> int:
    return work.effort * work.records() if work.effort else 0
