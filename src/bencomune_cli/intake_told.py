"""An import shown to a person: what would change, row by row, and how much."""

from collections.abc import Callable, Iterator

from . import screen
from .findings import Finding, Severity
from .intake_plan import SHOWN, Plan, Sort
from .rules import catalogue
from .words import Text, joined

FEW = 20  # lines of each sort that a screen shows, without --verbose

SORTS = {
    Sort.NEW: Text("nuovi", "new"),
    Sort.CHANGED: Text("modificati", "changed"),
    Sort.UNCHANGED: Text("uguali", "unchanged"),
    Sort.DOUBTFUL: Text("forse già presenti", "perhaps there already"),
    Sort.REJECTED: Text("rifiutati", "rejected"),
}


TITLES = {
    Sort.NEW: Text("Nuovi", "New"),
    Sort.CHANGED: Text("Da modificare", "To be changed"),
    Sort.DOUBTFUL: Text(
        "Forse già presenti: restano fuori, salvo --accept-duplicates",
        "Perhaps there already: left out, but for --accept-duplicates",
    ),
    Sort.REJECTED: Text("Rifiutati", "Rejected"),
}
WARNINGS = Text("Avvisi sulle righe da importare", "Warnings on rows to be imported")


def show(plan: Plan, unit: Text, *, state_told: bool) -> None:
    """Show what a file would do, row by row where it matters, and how many rows of each sort."""
    most = SHOWN if screen.voice.verbose else FEW
    first = Text(unit.it.capitalize(), unit.en.capitalize())
    for sort, look, headers in _parts(first):
        shown = list(look(plan, most))
        if shown:
            screen.say(f"\n{TITLES[sort] if sort else WARNINGS}")
            screen.table(headers, shown)
        if sort and (more := plan.counts[sort] - most) > 0:
            told = Text("altre {n}: --verbose, oppure --json", "{n} more: --verbose, or --json")
            screen.say(told.filled(n=more))
    screen.say(counts(plan))
    if plan.counts[Sort.NEW] and not state_told:
        screen.say(
            Text(
                "i record nuovi sono «proposti» e non si pubblicano, finché non si accettano con"
                " «bencomune review proposals»; --state active li importa attivi",
                "new records are “proposed” and are not published until they are accepted by"
                " “bencomune review proposals”; --state active imports them active",
            )
        )


Look = Callable[[Plan, int], Iterator[tuple[object, ...]]]


def _parts(row: Text) -> list[tuple[Sort | None, Look, tuple[Text, ...]]]:
    """Return what is shown of a plan: the sort of rows, their lines, the headings of these."""
    record, name, column = Text("Record", "Record"), Text("Nome", "Name"), Text("Colonna", "Column")
    before, after = Text("Prima", "Before"), Text("Dopo", "After")
    perhaps, why = Text("Forse è", "Perhaps it is"), Text("Perché", "Why")
    wrong, example = Text("Che cosa non va", "What is wrong"), Text("Per esempio", "For example")
    return [
        (Sort.CHANGED, change_lines, (row, record, column, before, after)),
        (Sort.NEW, new_lines, (row, record, name, Text("Vicino a", "Close to"))),
        (Sort.DOUBTFUL, doubtful_lines, (row, name, perhaps, why)),
        (Sort.REJECTED, refused_lines, (row, name, column, wrong)),
        (None, warned, (Text("Volte", "Times"), column, row, example)),
    ]


def counts(plan: Plan) -> Text:
    """Return how many rows of each sort there are, in one line."""
    told = [
        Text("{label}: {n}", "{label}: {n}").filled(label=label, n=plan.counts[sort])
        for sort, label in SORTS.items()
    ]
    return joined("; ", told)


def change_lines(plan: Plan, most: int) -> Iterator[tuple[object, ...]]:
    """Yield what changes in known records: row, record, column, before, after."""
    for outcome in plan.of(Sort.CHANGED)[:most]:
        for delta in outcome.deltas:
            yield (outcome.number, outcome.id, delta.column, delta.before, delta.after)


def refused_lines(plan: Plan, most: int) -> Iterator[tuple[object, ...]]:
    """Yield what is wrong with the rows that cannot be used: row, name, column, what, the mend."""
    for outcome in plan.of(Sort.REJECTED)[:most]:
        for finding in outcome.findings:
            if finding.severity is Severity.ERROR:
                yield (outcome.number, outcome.name, finding.column, _with_code(finding))


def doubtful_lines(plan: Plan, most: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows that may be records that are there: row, name, record, why."""
    for outcome in plan.of(Sort.DOUBTFUL)[:most]:
        for double in outcome.doubles:
            yield (outcome.number, outcome.name, double.id, double.reason)


def new_lines(plan: Plan, most: int) -> Iterator[tuple[object, ...]]:
    """Yield the new records: row, id, name, and what is near them."""
    told = Text("{id}: {reason}", "{id}: {reason}")
    for outcome in plan.of(Sort.NEW)[:most]:
        near = [told.filled(id=each.id, reason=each.reason) for each in outcome.doubles]
        yield (outcome.number, outcome.id, outcome.name, joined("; ", near))


def warned(plan: Plan, most: int) -> Iterator[tuple[object, ...]]:
    """Yield what was mended or is weak in rows that are taken: how often, column, one of them."""
    shown: dict[tuple[str, str], tuple[int, Finding]] = {}
    for sort in (Sort.NEW, Sort.CHANGED):
        for outcome in plan.of(sort):
            for finding in outcome.findings:
                shown.setdefault((finding.code, finding.column), (outcome.number, finding))
    ranked = sorted(plan.told.items(), key=lambda each: (-each[1], each[0]))
    for key, times in ranked[:most]:
        if key in shown:
            number, finding = shown[key]
            yield (times, finding.column, number, _with_code(finding))


def _with_code(finding: Finding) -> Text:
    rule = catalogue().get(finding.code)
    if rule is None:
        return finding.message
    told = Text("{code}: {message}", "{code}: {message}")
    told = told.filled(code=finding.code, message=finding.message)
    # A message of K01 says what is expected; the others are completed by what to do.
    if finding.code == "K01":
        return told
    return Text("{told}. {fix}", "{told}. {fix}").filled(told=told, fix=rule.fix)
