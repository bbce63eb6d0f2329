"""check, explain: what is wrong, why it matters, how to mend it."""

from collections import Counter
from typing import Annotated

import typer

from .. import screen
from ..checking import check as checked
from ..describe import rule_page
from ..errors import Refused
from ..findings import Severity
from ..rules import catalogue
from ..words import Text
from . import AsJson, argument, command, end_with, option, reading


def add_to(app: typer.Typer) -> None:
    """Register check and explain."""
    command(
        app,
        "check",
        Text(
            "Controlla il registro. Termina con 1 se ci sono errori.",
            "Check the registry. Ends with 1 if there are errors.",
        ),
        check,
    )
    command(app, "explain", Text("Spiega una regola.", "Explain a rule."), explain)


def check(  # noqa: D103
    ids: Annotated[list[str] | None, argument("solo questi record", "only these records")] = None,
    strict: Annotated[
        bool,
        option("termina con 1 anche per gli avvisi", "end with 1 for warnings too", "--strict"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    with reading() as registry:
        found = checked(
            registry, {registry.finder.place(id_).id for id_ in ids} if ids else None
        ).findings
        additions = registry.store.additions()
    if as_json:
        screen.out_json([finding.to_json() for finding in found])
    else:
        screen.findings(found)
        for text in additions:
            screen.say(
                Text(
                    "aggiunto da altri programmi: {what}", "added by other programs: {what}"
                ).filled(what=text)
            )
        counts = Counter(finding.severity for finding in found)
        screen.say(
            Text(
                "errori: {errors}, avvisi: {warnings}; «bencomune explain CODICE» li spiega",
                "errors: {errors}, warnings: {warnings}; “bencomune explain CODE” tells more",
            ).filled(errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING])
            if found
            else Text("nessun problema", "no problems")
        )
    end_with(found, strict=strict)


def explain(  # noqa: D103
    code: Annotated[str, argument("codice, come P01", "code, such as P01")],
    as_json: AsJson = False,
) -> None:
    rule = catalogue().get(code.strip().upper())
    if rule is None:
        raise Refused(
            Text(
                "la regola «{code}» non esiste; ci sono: {codes}",
                "there is no rule “{code}”; there are: {codes}",
            ).filled(code=code, codes=", ".join(catalogue()))
        )
    if as_json:
        screen.out_json(
            {
                "code": rule.code,
                "name": rule.name,
                "severity": rule.severity.name.lower(),
                "message": str(rule.message),
                "family": rule.family,
                "why": str(rule.why),
                "fix": str(rule.fix),
                "mend": rule.mend.value,
                "source": rule.source,
                "good": list(rule.good),
                "bad": list(rule.bad),
            }
        )
        return
    screen.out(rule_page(rule))
