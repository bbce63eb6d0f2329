"""explain: what a rule looks for, why it matters, how to mend it."""

from typing import Annotated

import typer

from .. import screen
from ..describe import rule_page
from ..rule_choice import rule_of
from ..words import Text
from . import AsJson, argument, command


def add_to(app: typer.Typer) -> None:
    """Register explain."""
    command(app, "explain", Text("Spiega una regola.", "Explain a rule."), explain)


def explain(  # noqa: D103
    code: Annotated[str, argument("codice, come P01", "code, such as P01")],
    as_json: AsJson = False,
) -> None:
    rule = rule_of(code)
    if not as_json:
        screen.out(rule_page(rule))
        return
    screen.out_json(
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.name.lower(),
            "family": rule.family,
            "message": str(rule.message),
            "why": str(rule.why),
            "fix": str(rule.fix),
            "mend": rule.mend.value,
            "source": rule.source,
            "good": list(rule.good),
            "bad": list(rule.bad),
        }
    )
