"""Another program of the system, run with what it is given; its refusal told."""

import shutil
import subprocess
from collections.abc import Sequence

from .errors import Refused
from .words import Text, same

SECONDS = 60


def has(program: str) -> bool:
    """Tell whether the system has a program."""
    return shutil.which(program) is not None


def run(words: Sequence[str], given: str | None = None) -> str:
    """Run a program to its end; return what it says. Raises Refused where it does not do it."""
    code, said, wrong = attempt(words, given)
    if code:
        told = Text("{command}: {reason}", "{command}: {reason}")
        reason = same(" ".join(wrong.split()) or str(code))
        raise Refused(told.filled(command=" ".join(words), reason=reason))
    return said


def attempt(words: Sequence[str], given: str | None = None) -> tuple[int, str, str]:
    """Run a program to its end; return its exit code and what it says. Raises Refused for none."""
    program = shutil.which(words[0])
    if program is None:
        told = Text("il programma «{name}» non c'è", "there is no program “{name}”")
        raise Refused(told.filled(name=words[0]))
    try:
        done = subprocess.run(  # noqa: S603 - found on the path, words of our own
            [program, *words[1:]],
            input=given or "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        told = Text("{command}: non finisce", "{command}: does not end")
        raise Refused(told.filled(command=" ".join(words))) from None
    return done.returncode, done.stdout, done.stderr
