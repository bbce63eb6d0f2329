"""What a machine can repair of what rules found, as a plan that is shown before it is made."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from .contexts import Context
from .declare import Record
from .entities import ENTITIES
from .findings import Finding
from .outcome import Faulty
from .plans import Plan, Planned
from .registry import Registry
from .rules import Mend, catalogue

ROUNDS = 5  # a repair may bring another to light


def repairs(
    registry: Registry, findings: Iterable[Finding], waived: Iterable[Finding], *, unsafe: bool
) -> Plan:
    """Return what the repairs of findings would change; `unsafe` ones only where asked for.

    A record is looked at again after each round of repairs, by the rules that found something, so
    that two faults of one text are both mended; what is `waived` is left as it is.
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
        record = registry.store.get(_entity(kind), id_)
        if record is None or not any(finding.mend for finding in told):
            continue
        try:
            each = _repaired(registry, record, told, context, spared)
        except Faulty as faulty:
            refused += faulty.findings
            continue
        if each.columns():
            planned.append(each)
        else:
            unchanged += 1
    return Plan(planned, unchanged, refused)


def _repaired(
    registry: Registry,
    record: Record,
    findings: Sequence[Finding],
    context: Context,
    spared: Collection[tuple[str, str, str, str]],
) -> Planned:
    """Return what a record becomes. Raises Faulty where a rule refuses the repair."""
    codes = {finding.code for finding in findings}  # also of what another repair makes reparable
    texts: dict[str, str] = {}
    after = record
    for _ in range(ROUNDS):
        new: dict[str, str] = {}
        for finding in findings:
            if not finding.mend.keys() & new.keys():
                new.update(finding.mend)
        texts |= new
        after, told = registry.proposed(record, texts, context)
        findings = [f for f in told if f.code in codes and f.mend and f.key not in spared]
        if not findings:
            break
    return Planned(record, texts, after)


def repairable(findings: Iterable[Finding], *, unsafe: bool) -> int:
    """Return how many findings have a repair of that sort and no safer one."""
    wanted = Mend.UNSAFE if unsafe else Mend.SAFE
    return sum(1 for f in findings if f.mend and catalogue()[f.code].mend is wanted)


def _may(code: str, *, unsafe: bool) -> bool:
    """Tell whether a rule's repairs are of the sort that is asked for."""
    mend = catalogue()[code].mend
    return mend is Mend.SAFE or (unsafe and mend is Mend.UNSAFE)


def _entity(name: str) -> type[Record]:
    return next(entity for entity in ENTITIES if entity.name_of_kind == name)
