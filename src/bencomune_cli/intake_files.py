"""An import told to programs and kept for people: as JSON, and the rows not taken as a file."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .drafts import swap_in
from .errors import Refused, reason
from .faults import at
from .findings import Severity
from .formulas import guarded
from .headings import REASON, Heading
from .intake_plan import Outcome, Plan, Sort
from .sources import Brought
from .words import Text


def to_json(
    what: Brought, headings: Sequence[tuple[Heading, Sequence[str]]], plan: Plan | None
) -> dict[str, Any]:
    """Return an import as `--json` shows it: the file, its headers, and what each row would do."""
    told: dict[str, Any] = {
        "file": what.name,
        "format": what.format,
        "crs": what.crs,
        "read": [str(text) for text in what.table.told],
        "headings": [
            {
                "header": heading.header,
                "column": heading.target or None,
                "how": heading.how.name.lower(),
                "samples": list(texts),
            }
            for heading, texts in headings
        ],
    }
    if plan is not None:
        told["counts"] = {sort.value: plan.counts[sort] for sort in Sort}
        told["rows"] = [_row_json(outcome) for outcome in plan.outcomes]
    return told


def _row_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.number,
        "result": outcome.sort.value,
        "id": outcome.id or None,
        "name": outcome.name,
        "changes": [delta._asdict() for delta in outcome.deltas],
        "findings": [finding.to_json() for finding in outcome.findings],
        "duplicates": [
            {"id": d.id, "name": d.name, "likeness": round(d.score, 2), "why": str(d.reason)}
            for d in outcome.doubles
        ],
    }


def write_rejected(file: str, headers: Sequence[str], plan: Plan) -> Path:
    """Write the rows that were not taken, as they were, with why; return where. Raises Refused.

    The file is for its owner alone, and nothing that is there is written over.
    """
    out = io.StringIO(newline="")
    names = [*(header for header in headers if header != REASON), REASON]
    writer = csv.DictWriter(out, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for outcome in plan.outcomes:
        if outcome.sort in {Sort.REJECTED, Sort.DOUBTFUL}:
            cells = {name: guarded(text) for name, text in outcome.cells.items()}
            writer.writerow({**cells, REASON: guarded(" | ".join(reasons(outcome)))})
    path = _free(file)
    try:
        swap_in(path, out.getvalue().encode("utf-8", errors="replace"))
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    return path


def reasons(outcome: Outcome) -> list[str]:
    """Return why a row is not taken, in words."""
    errors = [f for f in outcome.findings if f.severity is Severity.ERROR]
    told = [f"{f.column}: {f.message}" if f.column else str(f.message) for f in errors]
    perhaps = Text("forse è {id}: {reason}", "perhaps it is {id}: {reason}")
    return told + [str(perhaps.filled(id=d.id, reason=d.reason)) for d in outcome.doubles]


def _free(file: str) -> Path:
    base = "import" if file == "stdin" else file
    for number in range(1, 1_000):
        suffix = "" if number == 1 else f"-{number}"
        path = Path(f"{base}.rejected{suffix}.csv")
        if not path.exists():
            return path
    raise Refused(
        Text(
            "{base}: ci sono già mille file di righe rifiutate: cancellarne",
            "{base}: there are a thousand files of rejected rows already: delete some",
        ).filled(base=base)
    )
