"""What a machine can repair of what rules found, as a plan that is shown before it is made."""

from collections import defaultdict
from collections.abc import Iterable

from .declare import Record
from .entities import ENTITIES
from .findings import Finding
from .outcome import Faulty
from .plans import Plan, Planned
from .registry import Registry
from .rules import Mend, catalogue


def repairs(registry: Registry, findings: Iterable[Finding], *, unsafe: bool) -> Plan:
    """Return what the repairs of findings would change; `unsafe` ones only where asked for.

    Where two repairs of a record touch the same column, the graver finding's is made; the other is
    for the next run, which sees what is then still wrong.
    """
    texts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for finding in findings:
        if _may(finding, unsafe=unsafe):
            told = texts[finding.entity, finding.record]
            if not finding.mend.keys() & told.keys():
                told.update(finding.mend)
    planned: list[Planned] = []
    refused: list[Finding] = []
    unchanged, context = 0, registry.context()
    for (kind, id_), told in texts.items():
        record = registry.store.get(_entity(kind), id_)
        if record is None:
            continue
        try:
            after, _ = registry.proposed(record, told, context)
        except Faulty as faulty:
            refused += faulty.findings
            continue
        each = Planned(record, told, after)
        if each.columns():
            planned.append(each)
        else:
            unchanged += 1
    return Plan(planned, unchanged, refused)


def repairable(findings: Iterable[Finding], *, unsafe: bool) -> int:
    """Return how many findings have a repair of that sort and no safer one."""
    wanted = Mend.UNSAFE if unsafe else Mend.SAFE
    return sum(1 for f in findings if f.mend and catalogue()[f.code].mend is wanted)


def _may(finding: Finding, *, unsafe: bool) -> bool:
    mend = catalogue()[finding.code].mend
    return bool(finding.mend) and (mend is Mend.SAFE or (unsafe and mend is Mend.UNSAFE))


def _entity(name: str) -> type[Record]:
    return next(entity for entity in ENTITIES if entity.name_of_kind == name)
