"""How large a file may be that is read, in every direction: what it says is not to be trusted."""

from collections.abc import Mapping
from typing import NamedTuple

from .errors import Refused
from .words import Text

MEGABYTE = 1_000_000


class Limit(NamedTuple):
    """One limit: its name, how much is let through unless told otherwise, and what it counts."""

    name: str
    default: int
    counted: Text

    @property
    def option(self) -> str:
        """Return the name of its command-line option."""
        return f"--max-{self.name}"


LIMITS = (
    Limit("size", 200, Text("megabyte di un file", "megabytes of a file")),
    Limit("rows", 1_000_000, Text("righe o elementi", "rows or features")),
    Limit("columns", 500, Text("colonne", "columns")),
    Limit("field", 100_000, Text("caratteri di una cella", "characters of a cell")),
    Limit(
        "unpacked",
        1_000,
        Text("megabyte di un file compresso, una volta aperto", "megabytes of a packed file, open"),
    ),
    Limit(
        "ratio",
        200,
        Text(
            "volte la grandezza di un file compresso, una volta aperto",
            "times the size of a packed file, once open",
        ),
    ),
    Limit("depth", 64, Text("livelli uno dentro l'altro", "levels one inside the other")),
    Limit("vertices", 100_000, Text("vertici di una geometria", "vertices of a geometry")),
)


class Limits:
    """The limits of one reading, by name."""

    def __init__(self, told: Mapping[str, int] | None = None) -> None:
        self._most = {limit.name: limit.default for limit in LIMITS} | dict(told or {})

    def __getitem__(self, name: str) -> int:
        """Return how much is let through."""
        return self._most[name]

    def hold(self, name: str, found: float, where: Text | None = None) -> None:
        """Refuse what is over a limit, telling where, how much may be, and how to let it in."""
        if found <= self._most[name]:
            return
        limit = next(each for each in LIMITS if each.name == name)
        told = Text(
            "oltre il limite di {most} {counted}; per alzarlo usare {option}",
            "over the limit of {most} {counted}; to raise it use {option}",
        ).filled(counted=limit.counted, most=self._most[name], option=limit.option)
        raise Refused(
            Text("{where}: {told}", "{where}: {told}").filled(where=where, told=told)
            if where
            else told
        )
