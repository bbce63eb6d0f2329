"""How far long work is, told on a terminal. With screen, the home of rich."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from . import screen
from .words import Text

T = TypeVar("T")

SHOWN_AFTER = 1.0  # seconds of work, after which a bar tells how much is left


def watched(items: Iterable[T], total: Callable[[], int], label: Text) -> Iterator[T]:
    """Yield items; where it takes longer than a second, show on a terminal how much is left.

    `total` is asked how many items there are only then; 0 for not known.
    """
    if screen.voice.quiet or not screen.is_terminal(sys.stderr):
        yield from items
        return
    started, bar = time.monotonic(), None
    try:
        for number, item in enumerate(items, 1):
            yield item
            if bar is None and time.monotonic() - started > SHOWN_AFTER:
                bar = _bar(total(), label)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
    finally:
        if bar is not None:
            bar.stop()


def _bar(total: int, label: Text) -> Any:
    from rich import progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeRemainingColumn(),
        console=screen.console(sys.stderr),
        transient=True,
    )
    bar.add_task(screen.visible(label), total=total or None)
    bar.start()
    return bar
