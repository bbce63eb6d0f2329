"""An import told to programs and kept for people: as JSON, and the rows not taken as a file."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .drafts import swap_in
from .errors import Refused, Unreadable, reason
from .faults import at
from .findings import Severity
from .formulas import guarded
from .headings import REASON, Heading
from .intake_plan import Outcome, Plan, Sort
from .kinds.numbers import Degrees
from .reference_systems import to_degrees
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


def write_rejected(what: Brought, headings: Sequence[Heading], plan: Plan) -> Path:
    """Write the rows that were not taken, as they were, with why; return where. Raises Refused.

    Points of geometries get columns. Cells beyond the header, which are why their row was not
    taken, stand behind the reason, where no header is. The file is for its owner alone, and nothing
    that is there is written over.
    """
    out = io.StringIO(newline="")
    places = _columns_of_points(headings) if what.table.has_points else ()
    names = [*dict.fromkeys([*(h for h in what.table.headers if h != REASON), *places]), REASON]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for outcome in plan.outcomes:
        if outcome.sort in {Sort.REJECTED, Sort.DOUBTFUL}:
            point = dict(zip(places, _point(outcome, what.crs), strict=False))
            told = {**outcome.cells, **point, REASON: " | ".join(reasons(outcome))}
            beyond = [name for name in told if name not in names]
            writer.writerow([guarded(told.get(name, "")) for name in [*names, *beyond]])
    path = _free(what.name)
    try:
        swap_in(path, out.getvalue().encode("utf-8", errors="replace"))
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    return path


def _columns_of_points(headings: Sequence[Heading]) -> Sequence[str]:
    """Return the headers for latitude and longitude: those of the file, else ours."""
    used = {each.header.casefold() for each in headings}
    theirs = {each.target: each.header for each in headings}
    return [
        theirs.get(name) or (f"{name} (WGS 84)" if name in used else name)
        for name in ("lat", "lon")
    ]


def _point(outcome: Outcome, crs: str | None) -> Sequence[str]:
    """Return latitude and longitude in degrees; numbers of a system that is not known, as such."""
    if outcome.point is None:
        return ()
    x, y = outcome.point
    if crs:
        with suppress(Unreadable):
            x, y = to_degrees(x, y, crs)
    return [Degrees().write(each) for each in (y, x)]


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
