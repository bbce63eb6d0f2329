"""Texts that a person wrote -> values of a record, keeping every problem it meets."""

from collections.abc import Mapping
from typing import Any

from .declare import Record
from .errors import Unreadable
from .findings import Finding
from .rules import catalogue


def values(entity: type[Record], texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Finding]]:
    """Return the values of the texts by column, and a finding for each that cannot be read.

    An empty text means no value. Raises KeyError for a column that the entity does not have.
    """
    read: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, text in texts.items():
        column = entity.column(name)
        try:
            empty = () if column.many else None
            read[name] = column.kind.read(text) if text.strip() else empty
        except Unreadable as unreadable:
            told = {"value": text, "expected": unreadable.text}
            findings.append(catalogue()["K01"].finding(entity(), name, **told))
    return read, findings
