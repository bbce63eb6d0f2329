"""What the program can say to a person when it will not go on, with its exit code."""

from enum import IntEnum

from .words import Text


class ExitCode(IntEnum):
    """How a run ended, for cron and for scripts."""

    FINE = 0
    FINDINGS = 1
    REFUSED = 2
    BUG = 3


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """A request that is refused: says what, where and what to do. Nothing was written."""

    exit_code = ExitCode.REFUSED

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class Unreadable(ValueError):  # noqa: N818 - reads as what it is: a text that cannot be read
    """A text that is not a value of its kind; `text` says what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text
