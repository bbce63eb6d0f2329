"""Findings for other programs: CSV for spreadsheets, SARIF for what reads checkers' results."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import __version__
from .findings import Finding, Severity
from .formulas import guarded
from .rules import Mend, Rule, catalogue
from .words import LANGUAGES

HEADERS = ("code", "severity", "family", "entity", "record", "column", "message", "mend")
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def to_csv(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield findings as a CSV table, one a row, in the language spoken; rows without their end."""
    yield _csv_row(HEADERS)
    for finding in findings:
        told = finding.to_json()
        mend = json.dumps(told["mend"], ensure_ascii=False) if finding.mend else ""
        family = catalogue()[finding.code].family
        values = {**told, "family": family, "mend": mend}
        yield _csv_row([guarded(str(values[name])) for name in HEADERS])


def _csv_row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)  # it quotes what holds such an end
    return out.getvalue().removesuffix("\n")


def to_sarif(findings: Iterable[Finding], path: Path) -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log: the registry is the file, records are places in it.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    rules = list(catalogue().values())
    places = {rule.code: number for number, rule in enumerate(rules)}
    driver = {
        "name": "bencomune",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(finding, places[finding.code], path) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": str(rule.why)},
        "help": {"text": str(rule.fix)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "family": rule.family,
            "source": rule.source,
            "mend": rule.mend.value,
            "languages": list(LANGUAGES),
        },
    }


def _result(finding: Finding, place: int, path: Path) -> dict[str, Any]:
    of = f"{finding.entity}/{finding.record}/{finding.column}"
    where = {
        "physicalLocation": {"artifactLocation": {"uri": path.name}},
        "logicalLocations": [
            {"name": finding.column, "fullyQualifiedName": of, "kind": "member"},
        ],
    }
    fixable = catalogue()[finding.code].mend is not Mend.NONE and bool(finding.mend)
    return {
        "ruleId": finding.code,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": str(finding.message)},
        "locations": [where],
        "partialFingerprints": {"finding/v1": f"{finding.code}:{of}"},
        "properties": {"mend": dict(finding.mend)} if fixable else {},
    }
