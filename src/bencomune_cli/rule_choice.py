"""Which rules a person asks for: by code, by the beginning of codes, or by family."""

import difflib
from collections.abc import Iterable

from .errors import Refused
from .findings import Severity
from .folding import folded
from .rules import FAMILIES, Rule, catalogue
from .words import LANGUAGES, Text


def chosen(
    select: Iterable[str], ignore: Iterable[str], least: Severity = Severity.NOTE
) -> set[str]:
    """Return the codes of the rules asked for, all of them for no name. Raises Refused.

    Each name may be a code (P01), the beginning of codes (P), or a family in either language.
    """
    rules = catalogue()
    wanted = {code for name in _names(select) for code in _meant(name)} or set(rules)
    unwanted = {code for name in _names(ignore) for code in _meant(name)}
    return {code for code in wanted - unwanted if rules[code].severity <= least}


def severity_of(text: str) -> Severity:
    """Read a severity by its code or its label. Raises Refused."""
    word = folded(text.strip())
    for severity in Severity:
        labels = {folded(severity.label.said_in(language)) for language in LANGUAGES}
        if word == severity.name.lower() or word in labels:
            return severity
    raise Refused(
        Text(
            "«{text}»: serve error, warning o note",
            "“{text}”: error, warning or note is needed",
        ).filled(text=text)
    )


def rule_of(code: str) -> Rule:
    """Return the rule of a code, in either case. Raises Refused."""
    rule = catalogue().get(code.strip().upper())
    if rule is None:
        raise _unknown(code)
    return rule


def _names(told: Iterable[str]) -> list[str]:
    return [name.strip() for text in told for name in text.split(",") if name.strip()]


def _meant(name: str) -> set[str]:
    family = _families().get(folded(name) or "")
    codes = {
        code
        for code, rule in catalogue().items()
        if rule.family == family or (not family and code.startswith(name.upper()))
    }
    if not codes:
        raise _unknown(name)
    return codes


def _families() -> dict[str, str]:
    return {folded(word) or "": name for name, label in FAMILIES.items() for word in (name, *label)}


def _unknown(name: str) -> Refused:
    families = {str(label): f"{label} ({key[0].upper()})" for key, label in FAMILIES.items()}
    near = difflib.get_close_matches(name.upper(), catalogue(), n=3, cutoff=0.6)
    near += difflib.get_close_matches(name.lower(), families, n=1)
    return Refused(
        Text(
            "la regola «{name}» non esiste; {hint}: {known}",
            "there is no rule “{name}”; {hint}: {known}",
        ).filled(
            name=name,
            hint=Text("forse", "perhaps") if near else Text("ci sono", "there are"),
            known=", ".join(near or families.values()),
        )
    )
