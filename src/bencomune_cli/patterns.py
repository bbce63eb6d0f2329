"""Regular expressions compiled where they are first used: a run uses few of those it declares."""

import re
from typing import Any, AnyStr, cast


class _Pattern:
    """Stands for a regular expression; each of its methods is taken from it once."""

    def __init__(self, text: Any, flags: int) -> None:
        self._told = text, flags
        self.pattern = text

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._told), name)  # compiled once: re remembers it
        setattr(self, name, found)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Declare a regular expression, as `re.compile` does; a mistake in it shows at its first use.

    It is asked by its own methods, not given to functions of `re`.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))
