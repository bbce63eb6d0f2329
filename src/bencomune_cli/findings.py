"""What a check found: which rule, how grave, where, and in which words."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from .words import Text


class Severity(IntEnum):
    """How grave a finding is. A record with an error is not published."""

    ERROR = 1
    WARNING = 2
    NOTE = 3

    @property
    def label(self) -> Text:
        """Return its name in both languages."""
        return _LABELS[self]


_LABELS = {
    Severity.ERROR: Text("errore", "error"),
    Severity.WARNING: Text("avviso", "warning"),
    Severity.NOTE: Text("nota", "note"),
}


class Finding(NamedTuple):
    """One finding of one rule on one record (or none, for the registry as a whole).

    `mend` are the texts of columns that would repair it, where a machine can tell; a text without
    letters empties its column.
    """

    code: str
    severity: Severity
    entity: str
    record: str
    column: str
    message: Text
    mend: Mapping[str, str] = {}

    @property
    def of(self) -> tuple[str, str]:
        """Return which record it is on: its kind and id, for an id may be of several kinds."""
        return (self.entity, self.record)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what it is on, by which rule: what a waiver is of."""
        return (self.entity, self.record, self.code, self.column)

    def order(self) -> tuple[int, str, str, str, str]:
        """Sort by severity, then entity, record and code."""
        return (self.severity, self.entity, self.record, self.code, self.column)

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` shows: stable names, the message in the language spoken."""
        return {
            "code": self.code,
            "severity": self.severity.name.lower(),
            "entity": self.entity,
            "record": self.record,
            "column": self.column,
            "message": str(self.message),
            **({"mend": dict(self.mend)} if self.mend else {}),
        }


def faulty(findings: Iterable[Finding]) -> bool:
    """Tell whether one of some findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
