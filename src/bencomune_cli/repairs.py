"""What a machine can repair of what rules found, as a plan that is shown before it is made."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from .contexts import Context
from .declare import Record
from .entities import NAMED
from .findings import Finding, Severity
from .outcome import Faulty
from .plans import Plan, Planned
from .registry import Registry
from .rules import Mend, catalogue
from .words import Text


def repairs(
    registry: Registry, findings: Iterable[Finding], waived: Iterable[Finding], *, unsafe: bool
) -> Plan:
    """Return what the repairs of findings would change; `unsafe` ones only where asked for.

    A record is looked at again after each round of repairs, by the rules that found something,
    until nothing changes any more, so that all faults of one column are mended; what is `waived`
    is left as it is. What is refused tells which repair, and why.
    """
    spared = {finding.key for finding in waived}
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if _may(finding.code, unsafe=unsafe):
            found[finding.of].append(finding)
    planned: list[Planned] = []
    refused: list[Finding] = []
    unchanged, context = 0, registry.context()
    for (kind, id_), told in found.items():
        record = registry.store.get(NAMED[kind], id_)
        if record is None or not any(finding.mend for finding in told):
            continue
        repair = _Repair(registry, record, context)
        each = repair.made(told, spared)
        refused += repair.refused
        if each.columns():
            planned.append(each)
        elif not repair.refused:
            unchanged += 1
    return Plan(planned, unchanged, refused)


class _Repair:
    """The repair of one record."""

    def __init__(self, registry: Registry, record: Record, context: Context) -> None:
        self.refused: list[Finding] = []
        self._registry = registry
        self._record = record
        self._context = context
        self._texts: dict[str, str] = {}
        self._after = record
        self._left: set[tuple[str, str, Text]] = set()  # what was refused is not tried again

    def made(
        self, findings: Sequence[Finding], spared: Collection[tuple[str, str, str, str]]
    ) -> Planned:
        """Return what the record becomes."""
        codes = {finding.code for finding in findings}  # also of what another repair brings about
        # Columns are of bounded length, no refusal is told twice: sooner or later one comes again.
        seen: list[tuple[Record, int]] = []
        while findings and (now := (self._after, len(self._left))) not in seen:
            seen.append(now)
            findings = [
                f
                for f in self._after_a_round(findings)
                if f.code in codes
                and f.mend
                and f.key not in spared
                and (f.code, f.column, f.message) not in self._left
            ]
        return Planned(self._record, self._texts, self._after)

    def _after_a_round(self, findings: Sequence[Finding]) -> list[Finding]:
        """Make the repairs that do not meet in one column; return what is found then."""
        new: dict[str, str] = {}
        made: list[Finding] = []
        for finding in findings:
            if not finding.mend.keys() & new.keys():
                new.update(finding.mend)
                made.append(finding)
        try:
            return self._with(new)
        except Faulty:
            return self._one_by_one(made)

    def _one_by_one(self, findings: Iterable[Finding]) -> list[Finding]:
        """Make the repairs that no rule refuses, and remember the others."""
        for finding in findings:
            try:
                self._with(finding.mend)
            except Faulty as faulty:
                self._left.add((finding.code, finding.column, finding.message))
                errors = (f for f in faulty.findings if f.severity is Severity.ERROR)
                self.refused += [_refusal(finding, error) for error in errors]
        return self._with({})

    def _with(self, new: Mapping[str, str]) -> list[Finding]:
        """Give the record new texts; return what is found then. Raises Faulty, changing nothing."""
        texts = {**self._texts, **new}
        self._after, told = self._registry.proposed(self._record, texts, self._context)
        self._texts = texts
        return told


def _refusal(repaired: Finding, error: Finding) -> Finding:
    """Return what a rule says of the record as a repair would leave it, told as a refusal."""
    told = Text("riparazione non fatta ({of}): {message}", "not repaired ({of}): {message}")
    of = ", ".join(filter(None, (repaired.code, repaired.column)))
    return error._replace(message=told.filled(of=of, message=error.message))


def repairable(findings: Iterable[Finding], *, unsafe: bool) -> int:
    """Return how many findings have a repair of that sort and no safer one."""
    wanted = Mend.UNSAFE if unsafe else Mend.SAFE
    return sum(1 for f in findings if f.mend and catalogue()[f.code].mend is wanted)


def _may(code: str, *, unsafe: bool) -> bool:
    """Tell whether a rule's repairs are of the sort that is asked for."""
    mend = catalogue()[code].mend
    return mend is Mend.SAFE or (unsafe and mend is Mend.UNSAFE)
