"""The program: the command `bencomune`, and `python -m bencomune_cli`."""

import atexit
import gc
import os
import sys
import threading

from .later import put_off


def run() -> None:
    """Run as a program.

    A start makes 45,000 objects that stay, few of them in circles. The collector would look
    through them again and again meanwhile, and once more at the end: a tenth of the whole.
    """
    gc.set_threshold(60_000)
    put_off()
    from .app import run as run_app

    try:
        run_app()
    except SystemExit as end:
        if isinstance(end.code, int) and not _is_looked_at():
            _end_soon(end.code)
        raise


def _is_looked_at() -> bool:
    """Tell whether a developer looks on, by a debugger, a profiler, or options of Python."""
    tools = getattr(sys, "monitoring", None)  # since Python 3.12, with six places for tools
    watched = sys.gettrace() or sys.getprofile() or (tools and any(map(tools.get_tool, range(6))))
    return bool(watched or sys.flags.inspect or sys.flags.dev_mode)


def _end_soon(code: int) -> None:
    """End without taking all objects apart, one by one: 4 % of `show`.

    What needs an end of its own was ended by who began it. Returns, for an ordinary end, where a
    library has something to do at the end, a thread runs, or a stream takes nothing.
    """
    gc.freeze()
    if threading.active_count() > 1 or atexit._ncallbacks():  # noqa: SLF001 - none else tells
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


if __name__ == "__main__":
    run()
