"""A new record by questions: one for each column that is asked, each answer judged by the rules."""

import sys

from . import prompts, screen
from .declare import Column, Record
from .errors import Unreadable
from .findings import Finding, Severity
from .prompts import Back, Question
from .questions import choices_for, offered
from .registry import Registry
from .words import Text, joined, same


class Form:
    """The answers for one new record, by column; what is there already is not asked for."""

    def __init__(self, registry: Registry, entity: type[Record], answers: dict[str, str]) -> None:
        self.registry = registry
        self.entity = entity
        self.answers = answers

    @property
    def texts(self) -> dict[str, str]:
        """Return the answers that are values of columns."""
        return {key: text for key, text in self.answers.items() if self.entity.has(key)}

    def steps(self) -> list[str]:
        """Return what is asked for, in order."""
        return [c.name for c in sorted(self.entity.columns, key=lambda c: c.asked) if c.asked]

    def ask_all(self) -> None:
        """Ask one question after the other; a person may go back. Raises KeyboardInterrupt."""
        steps = self.steps()
        at, back = 0, False
        while at < len(steps):
            if not self._wanted(steps[at], back=back):
                back = back and at > 0
                at += -1 if back else 1
                continue
            try:
                apply = [step for step in steps if self._applies(step)]
                self.ask(steps[at], f"{apply.index(steps[at]) + 1}/{len(apply)}")
                at, back = at + 1, False
            except Back:
                at, back = max(at - 1, 0), True

    def _wanted(self, key: str, *, back: bool) -> bool:
        """Tell whether a question is to be asked: not what was told, nor what does not apply."""
        return self._applies(key) and (back or key not in self.answers)

    def _applies(self, key: str) -> bool:
        """Tell whether the column that a question needs has an answer, or one of certain values."""
        needs, _, values = self.entity.column(key).asked_if.partition("=")
        answer = self.answers.get(needs, "")
        if not values:
            return not needs or bool(answer)
        try:
            return self.entity.column(needs).kind.read(answer) in values.split(",")
        except Unreadable:
            return False

    def ask(self, key: str, position: str = "") -> None:
        """Ask for one column and keep the answer. Raises Back or KeyboardInterrupt."""
        self.answers[key] = prompts.ask(self._question(self.entity.column(key), position))
        self.tell_warnings(key)

    def _question(self, column: Column, position: str) -> Question:
        return Question(
            column.label if not column.required else same(f"{column.label}*"),
            column.help,
            default=self.answers.get(column.name, ""),
            offered="" if column.name in self.answers else offered(self.registry, column),
            choices=choices_for(self.registry, column),
            check=lambda answer: self._wrong(column.name, answer),
            separator=getattr(column.kind, "separator", ""),
            position=position,
            back=not position.startswith("1/"),
            required=column.required,
        )

    def _findings(self, answers: dict[str, str]) -> list[Finding]:
        texts = {key: text for key, text in answers.items() if self.entity.has(key)}
        return self.registry.judged(self.entity, texts)[1]

    def _wrong(self, name: str, answer: str) -> Text | None:
        """Return what the rules say against an answer."""
        found = self._findings({**self.answers, name: answer})
        errors = [f for f in found if f.column == name and f.severity is Severity.ERROR]
        return joined("; ", [f.message for f in errors[:1]]) if errors else None

    def tell_warnings(self, name: str) -> None:
        """Tell what the rules say of an answer that was taken."""
        found = [f for f in self._findings(self.answers) if f.column == name]
        screen.findings(found, sys.stderr)


def ask_required(
    entity: type[Record], texts: dict[str, str], registry: Registry | None = None
) -> None:
    """Ask for the required columns that have no value yet, with their choices if there are any."""
    for column in entity.columns:
        if not column.required or column.default is not None or texts.get(column.name):
            continue
        texts[column.name] = prompts.ask(
            Question(
                column.label,
                column.help,
                choices=choices_for(registry, column) if registry else None,
                check=lambda answer, column=column: _unreadable(column, answer),  # type: ignore[misc]
                back=False,
                required=True,
            )
        )


def _unreadable(column: Column, answer: str) -> Text | None:
    """Return what is expected of a required column where an answer is not it."""
    if not answer.strip():
        return Text("serve un valore", "a value is needed")
    try:
        column.kind.read(answer)
    except Unreadable as unreadable:
        return unreadable.text
    return None
