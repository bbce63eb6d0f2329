"""The person's own editor, run on a text in a private folder."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Refused, reason
from .words import Text

USUAL = ("sensible-editor", "nano", "vi")
INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT)  # by the system, and as shells tell it


def command() -> list[str]:
    """Return the person's editor with its arguments: VISUAL, EDITOR, or one of the usual ones."""
    chosen = (os.environ.get(name, "") for name in ("VISUAL", "EDITOR"))
    told = next(filter(str.strip, chosen), "")
    try:
        words = shlex.split(told)
    except ValueError:
        raise Refused(
            Text(
                "EDITOR o VISUAL: «{told}» ha virgolette che non si chiudono",
                "EDITOR or VISUAL: “{told}” has quotes that are not closed",
            ).filled(told=told)
        ) from None
    words = words or [name for name in USUAL if shutil.which(name)][:1]
    if not words:
        raise Refused(
            Text(
                "non c'è nessun editor: indicarne uno in EDITOR, come EDITOR=nano",
                "there is no editor: name one in EDITOR, such as EDITOR=nano",
            )
        )
    return words


@contextmanager
def desk(name: str) -> Iterator[Path]:
    """Give the path of a file in a folder of its own, which goes whatever happens."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bencomune-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / name


def put(file: Path, text: str) -> None:
    """Write a text that only its owner can read."""
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text.encode())
    except OSError as error:
        told = Text(
            "la pagina non si può scrivere in {file}: {reason}",
            "the page cannot be written to {file}: {reason}",
        )
        raise Refused(told.filled(file=file, reason=reason(error))) from None


def taken(file: Path, before: str) -> str:
    """Return what an editor left in a file; the text before where it left no file.

    What is not UTF-8 becomes U+FFFD, which no column takes and which the page then shows.
    """
    try:
        return file.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError:
        return before


def run(file: Path) -> None:
    """Let a person edit a file. Raises Refused if the editor fails, KeyboardInterrupt if stopped.

    Ctrl-C reaches the editor, for which it may mean something else; so here it is not heeded. What
    ends the terminal, or this program, ends the editing in order.
    """
    words = command()
    failed = Text("l'editor «{name}» {how}", "the editor “{name}” {how}")
    # Standard output is for data; the editor draws on the terminal.
    screen = None if sys.stdout.isatty() else sys.stderr
    with _signals():
        try:
            code = subprocess.run([*words, str(file)], stdout=screen, check=False).returncode  # noqa: S603 - the person's own
        except OSError as error:
            how = Text("non si avvia: {reason}", "does not start: {reason}").filled(
                reason=reason(error)
            )
            raise Refused(failed.filled(name=words[0], how=how)) from None
    if code in INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        how = Text("è finito con il codice {code}", "ended with code {code}").filled(code=code)
        raise Refused(failed.filled(name=words[0], how=how))


@contextmanager
def _signals() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    def ignore(*_: Any) -> None:
        """Unlike SIG_IGN, a handler is not inherited by the editor."""

    told = {signal.SIGINT: ignore, signal.SIGTERM: stop, signal.SIGHUP: stop}
    before = {number: signal.signal(number, handler) for number, handler in told.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
