"""What a person began and has not finished, kept beside the registry for its owner alone."""

import json
import os
from contextlib import suppress
from pathlib import Path

from .errors import Refused
from .whole_files import sync
from .words import Text


def swap_in(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, swapped in whole, also if the power goes.

    Whatever stands at its passing name, a link that leads elsewhere too, is taken away first.
    Raises OSError.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    sync(path.parent)


def put_aside(path: Path) -> Text:
    """Keep what is not taken up under another name, so that it is not lost; return what to say."""
    number = 1
    while (aside := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    path.replace(aside)
    told = Text("quello di prima resta in {path}", "the earlier one stays in {path}")
    return told.filled(path=aside)


class Draft:
    """What was answered so far, in a file beside the registry that only its owner can read."""

    def __init__(self, registry: Path, kind: str) -> None:
        self.path = registry.with_name(f"{registry.name}.draft-{kind}.json")

    def answers(self) -> dict[str, str]:
        """Return the answers; none where there is no draft. Raises Refused if it is damaged."""
        try:
            told = json.loads(self.path.read_text("utf-8"))
            return {str(key): str(value) for key, value in dict(told).items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError):
            raise Refused(
                Text(
                    "la bozza {path} non si legge; cancellarla e ricominciare",
                    "the draft {path} cannot be read; delete it and begin again",
                ).filled(path=self.path)
            ) from None

    def keep(self, answers: dict[str, str]) -> None:
        """Write the answers. Raises OSError where the folder takes no file."""
        swap_in(self.path, json.dumps(answers, indent=1).encode())

    def forget_if(self, answers: dict[str, str]) -> None:
        """Delete the draft if it is of these answers, which were written."""
        with suppress(Refused):
            if self.answers().items() <= answers.items():
                self.forget()

    def forget(self) -> None:
        """Delete the draft."""
        with suppress(FileNotFoundError):
            self.path.unlink()
