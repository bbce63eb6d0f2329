"""Findings that somebody looked at and waived: which of them still hold, and which have lapsed."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .declare import Record
from .entities import ENTITIES, PLACES, Waiver
from .errors import Refused
from .findings import Finding, Severity
from .registry import Registry
from .rules import Rule, catalogue
from .structs import Struct
from .words import Text

Key = tuple[str, str, str, str]

LONGEST = 200  # letters of a value that are kept as they are


class Standing(Struct):
    """A waiver as it stands now: whether it holds, and if not, why."""

    waiver: Waiver
    lapsed: Text | None


def waive(
    registry: Registry,
    record: Record,
    rule: Rule,
    findings: Iterable[Finding],
    told: Mapping[str, str],
) -> list[Waiver]:
    """Waive what a rule finds on a record, inside an operation; `told` are the texts why and until.

    `findings` are those on the record. Raises Refused and Faulty.
    """
    code = rule.code
    if rule.severity is Severity.ERROR:
        raise Refused(
            Text(
                "{code} è un errore: non si può lasciare com'è, va corretto;"
                " «bencomune explain {code}» dice come",
                "{code} is an error: it cannot stay as it is, it must be mended;"
                " “bencomune explain {code}” tells how",
            ).filled(code=code)
        )
    if rule.family == "across":
        raise Refused(
            Text(
                "due record che non sono lo stesso si dicono con «bencomune distinct {id} ALTRO»",
                "that two records are not the same is told by “bencomune distinct {id} OTHER”",
            ).filled(id=record.id)
        )
    of = (record.name_of_kind, record.id)
    concerned = _grouped(f for f in findings if f.code == code and f.of == of)
    if not concerned:
        raise Refused(
            Text(
                "{code} non segnala niente su {id}: non c'è niente da lasciare com'è",
                "{code} finds nothing on {id}: there is nothing to leave as it is",
            ).filled(code=code, id=record.id)
        )
    waived = []
    for (*_, name), found in concerned.items():
        for old in [each for each in _waivers(registry, record, code) if each.concerns == name]:
            registry.delete(old)
        key = {"entity": of[0], "record": of[1], "code": code, "concerns": name}
        key["held"] = held(rule, record, name, found)
        waived.append(registry.add(Waiver, {**key, **told}).record)
    return [each for each in waived if isinstance(each, Waiver)]


def meant(records: Sequence[Record], findings: Iterable[Finding]) -> Record:
    """Return which of the records of one id is to be waived: that on which something is found.

    Raises Refused where that is of several.
    """
    found = {finding.of for finding in findings}
    told = [record for record in records if (record.name_of_kind, record.id) in found]
    if len(told) > 1:
        raise _of_several(told[0].id, [record.name_of_kind for record in told])
    return (told or records)[0]


def unwaive(
    registry: Registry, text: str, code: str, kind: type[Record] | None = None
) -> list[Waiver]:
    """Take the waivers of a rule on a record back, inside an operation; return them.

    The record, of a `kind` where that is told, may be gone. Raises Refused.
    """
    id_ = text.strip()
    if not any(registry.store.select(Waiver, "record = ?", (id_,))):
        id_ = registry.finder.of_any_kind(text)[0].id
    found = list(_told(registry, "record = ? AND code = ?", (id_, code)))
    kinds = {each.entity for each in found}
    if kind:
        found = [each for each in found if each.entity == kind.name_of_kind]
    elif len(kinds) > 1:
        raise _of_several(id_, sorted(filter(None, kinds)))
    if not found:
        raise Refused(
            Text(
                "non c'è una deroga a {code} su {id}", "there is no waiver of {code} on {id}"
            ).filled(code=code, id=id_)
        )
    for waiver in found:
        registry.delete(waiver)
    return found


def held(rule: Rule, record: Record, column: str, findings: Iterable[Finding]) -> str:
    """Return what findings on a column concerned, as text: its value, and those they depend on.

    Of a rule over many also what each says of other records, under the rule's code.
    """
    told: dict[str, Any] = dict(_values(rule, record, column))
    if said := _said(rule, findings):
        told[rule.code] = sorted(said)
    return json.dumps(told)  # in ASCII: what a rule is about may be a sign that no text may hold


def _values(rule: Rule, record: Record, column: str) -> dict[str, str]:
    row = record.to_row()
    names = dict.fromkeys((column, *(name for name in rule.about if record.has(name))))
    return {name: _short(str(row[name])) for name in names if row.get(name) is not None}


def _said(rule: Rule, findings: Iterable[Finding]) -> set[str]:
    """Return a checksum of what each finding of a rule over many says, but for what it counts."""
    if not rule.together:
        return set()
    said = (rule.said(finding.message).items() for finding in findings)
    told = (json.dumps([each for each in one if each[0] not in rule.counts]) for one in said)
    return {f"{zlib.crc32(each.encode()):08x}" for each in told}


def over_many(registry: Registry) -> bool:
    """Tell whether a waiver is of a rule over many, so that its findings tell if it holds."""
    codes = (code for (code,) in registry.store.values_of(Waiver, ("code",)))
    return any(code in catalogue() and catalogue()[code].together for code in codes)


def standings(registry: Registry, findings: Iterable[Finding]) -> list[Standing]:
    """Return all waivers, with why those that no longer hold have lapsed.

    `findings` are those of the rules over many, among others.
    """
    told = list(_told(registry, "true", ()))
    keys, today = set(map(_key, told)), registry.context().today
    found = _grouped(finding for finding in findings if finding.key in keys) if keys else {}
    return [
        Standing(each, _lapsed(registry, each, today, found.get(_key(each), ()))) for each in told
    ]


def holding(registry: Registry, findings: Iterable[Finding]) -> Mapping[Key, Waiver]:
    """Return the waivers that hold, by what they are of."""
    found = standings(registry, findings)
    return {_key(each.waiver): each.waiver for each in found if each.lapsed is None}


def waiver_of(finding: Finding, holding: Mapping[Key, Waiver]) -> Waiver | None:
    """Return the waiver, of those that hold, that a finding is left for; None if it is told."""
    if not holding or finding.severity is Severity.ERROR:
        return None
    return holding.get(finding.key)


def _lapsed(
    registry: Registry, waiver: Waiver, today: str, findings: Iterable[Finding]
) -> Text | None:
    if waiver.until and waiver.until < today:
        return Text("scaduta", "expired")
    rule = catalogue().get(waiver.code)
    if rule is None:
        return Text("la regola non c'è più", "the rule is no longer there")
    if waiver.entity is None:
        return Text("non si sa di quale record è", "it is not known which record it is of")
    entity = next((each for each in ENTITIES if each.name_of_kind == waiver.entity), None)
    record = registry.store.get(entity, waiver.record) if entity else None
    if record is None or getattr(record, "removed", False):
        return Text("il record non c'è più", "the record is no longer there")
    return _changed(rule, record, waiver, findings)


def _changed(
    rule: Rule, record: Record, waiver: Waiver, findings: Iterable[Finding]
) -> Text | None:
    """Return what is no longer as it was when it was waived."""
    before = _read(waiver.held)
    said = before.pop(rule.code, None)  # a waiver made before this was kept holds without it
    if not record.has(waiver.concerns) or _values(rule, record, waiver.concerns) != before:
        return Text("il valore è cambiato", "the value changed")
    known = said if isinstance(said, list) else []
    if said is not None and any(each not in known for each in _said(rule, findings)):
        return Text("segnala altro di allora", "it tells something else than then")
    return None


def _read(text: str | None) -> dict[str, Any]:
    """Return what a waiver holds for; what no record is like where it cannot be read."""
    try:
        told = json.loads(text or "")
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {"": told}


def _grouped(findings: Iterable[Finding]) -> dict[Key, list[Finding]]:
    """Return findings by what a waiver is of."""
    found: dict[Key, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.key, []).append(finding)
    return found


def _key(waiver: Waiver) -> Key:
    return (waiver.entity or "", waiver.record, waiver.code, waiver.concerns)


def _of_several(id_: str, kinds: Sequence[str]) -> Refused:
    """Return the refusal of an id that records of several kinds have."""
    return Refused(
        Text(
            "«{id}» è di più record: {kinds}; dire quale, per esempio con --as {kind}",
            "“{id}” is of several records: {kinds}; tell which, for example by --as {kind}",
        ).filled(id=id_, kinds=", ".join(kinds), kind=kinds[0])
    )


def _waivers(registry: Registry, record: Record, code: str) -> list[Waiver]:
    """Return the waivers of a rule on a record."""
    found = _told(registry, "record = ? AND code = ?", (record.id, code))
    return [each for each in found if each.entity == record.name_of_kind]


def _told(registry: Registry, where: str, values: Sequence[str]) -> Iterator[Waiver]:
    """Yield waivers; one made before waivers named the kind of their record, with that kind."""
    for waiver in registry.store.select(Waiver, where, values, "record, code, concerns, entity"):
        yield waiver if waiver.entity else waiver.replaced(entity=_kind(registry, waiver.record))


def _kind(registry: Registry, id_: str) -> str | None:
    """Return the kind of the record that a waiver without it is of; None where that is not known.

    A place, which alone could be waived then, else the only record of that id.
    """
    found = [entity for entity in ENTITIES if registry.store.get(entity, id_)]
    places = [entity for entity in found if entity in PLACES]
    return (places or found)[0].name_of_kind if places or len(found) == 1 else None


def _short(text: str) -> str:
    """Return a text that can be compared; of a long one, its beginning and a checksum."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({zlib.crc32(text.encode(errors='surrogatepass')):08x})"
