"""A change over many records, shown to a person and agreed on before it is made."""

import sys
from collections.abc import Mapping
from typing import NamedTuple

from . import plans, prompts, screen
from .errors import Refused
from .outcome import Faulty
from .plans import Plan
from .words import Text

WRITTEN = Text("scritto", "written")


class Consent(NamedTuple):
    """How a change is agreed on: beforehand, not at all, or by a person who can be asked.

    Where it may be made `partly`, what rules refuse is told and left out, and the rest is made.
    """

    yes: bool = False
    dry_run: bool = False
    as_json: bool = False
    asks: bool = False
    partly: bool = False

    def expect_answer(self) -> None:
        """Refuse JSON that says neither yes nor no: nobody can be asked for it."""
        if self.as_json and not (self.yes or self.dry_run):
            raise Refused(
                Text("con --json serve --yes, oppure --dry-run", "--json needs --yes, or --dry-run")
            )


def agreed(what: Plan, municipalities: Mapping[str, str], how: Consent) -> bool:
    """Show what would change, and how much; tell whether to go on.

    Raises Faulty where rules refuse what is made whole or not at all, and Refused where nobody can
    be asked.
    """
    _preview(what, municipalities, how)
    if how.dry_run or not what.planned:
        return False
    question = Text("Modificare {n} record?", "Change {n} records?").filled(n=len(what.planned))
    return said_yes(question, yes=how.yes, asks=how.asks)


def said_yes(question: Text, *, yes: bool, asks: bool, done: Text = WRITTEN) -> bool:
    """Tell whether a person says yes, or said so beforehand; where not, nothing is `done`.

    Raises Refused where nobody can be asked.
    """
    if yes:
        return True
    if not asks:
        told = Text(
            "niente è stato {done}: aggiungere --yes per confermare",
            "nothing was {done}: add --yes to confirm",
        )
        raise Refused(told.filled(done=done))
    if prompts.confirm(question):
        return True
    screen.say(Text("non è stato {done} niente", "nothing was {done}").filled(done=done))
    return False


def _preview(what: Plan, municipalities: Mapping[str, str], how: Consent) -> None:
    stopped = bool(what.refused) and not how.partly
    if how.as_json and (how.dry_run or stopped or not what.planned):
        screen.out_json(plans.to_json(what, written=False))
    elif not how.as_json:
        headers = [Text("Record", "Record"), Text("Colonna", "Column")]
        headers += [Text("Prima", "Before"), Text("Dopo", "After")]
        screen.table(headers, plans.rows(what, municipalities))
    counts = Text(
        "da modificare: {n}; già così: {same}; rifiutati da una regola: {refused}",
        "to be changed: {n}; already so: {same}; refused by a rule: {refused}",
    )
    screen.say(counts.filled(n=len(what.planned), same=what.unchanged, refused=what.faulty))
    if stopped:
        raise Faulty(what.refused)
    screen.findings(what.refused, sys.stderr)
