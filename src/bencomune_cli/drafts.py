"""What a person began and has not finished, kept beside the registry for its owner alone."""

import json
import os
from contextlib import suppress
from pathlib import Path

from .errors import Refused
from .words import Text


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
        """Write the answers, swapped in whole."""
        new = self.path.with_name(self.path.name + ".new")
        descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(answers, file, ensure_ascii=False, indent=1)
        new.replace(self.path)

    def forget_if(self, answers: dict[str, str]) -> None:
        """Delete the draft if it is of these answers, which were written."""
        with suppress(Refused):
            if self.answers().items() <= answers.items():
                self.forget()

    def forget(self) -> None:
        """Delete the draft."""
        with suppress(FileNotFoundError):
            self.path.unlink()
