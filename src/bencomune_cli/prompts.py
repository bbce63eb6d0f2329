"""Questions to a person before a terminal, one line each. The home of prompt_toolkit.

It asks on standard error, so that standard output keeps only data. Shift-Tab, or a lone `<`, goes
back to the question before; Ctrl-C ends the questions.
"""

import os
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from .screen import flat, window_of
from .widths import wrapped
from .words import Text

BACK = "<"  # what a person types to go back where the terminal sends no Shift-Tab
NOTHING = "-"  # what a person types for no answer where one is offered
HEIGHT = 10  # lines of choices shown at once


class Back(Exception):  # noqa: N818 - an answer, not a fault
    """The person wants to answer the question before again."""


class Choice(NamedTuple):
    """Something to choose: the text that it puts into the answer, and what is told beside it."""

    text: str
    note: str = ""


class Question(NamedTuple):
    """One question: its label, a line of help, the answer offered, the choices and the check.

    `default` can be edited; `offered` is what an empty answer means, where a lone "-" means none.
    `choices` gives what fits a part of an answer; `check` returns what is wrong with an answer, and
    None for a good one. With a `separator` the answer is a list, and choices are for its last item.
    What is `required` cannot be answered by nothing; without `back` there is no question before.
    """

    label: Text
    help: Text | None = None
    default: str = ""
    offered: str = ""
    choices: Callable[[str], Iterable[Choice]] | None = None
    check: Callable[[str], Text | None] | None = None
    separator: str = ""
    position: str = ""
    back: bool = True
    required: bool = False


def can_ask() -> bool:
    """Tell whether a person is before a terminal, to read and to write."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: Question) -> str:
    """Return the answer to a question; raise Back or KeyboardInterrupt as the person wants."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.output import create_output

    wrong: dict[str, Text] = {}  # what is wrong with an answer that was given
    session: PromptSession[str] = PromptSession(
        output=create_output(stdout=sys.stderr),
        key_bindings=_keys(question, wrong),
        erase_when_done=False,
    )
    prompt = FormattedText(
        [
            ("", f"{question.position}  " if question.position else ""),
            ("bold", flat(f"{question.label}{_colon(question.label)} ")),
        ]
    )
    try:
        answer = session.prompt(
            prompt,
            default=question.default,
            placeholder=FormattedText([("fg:ansibrightblack", flat(question.offered))]),
            completer=_completer(question),
            input_processors=[_shown()],
            complete_while_typing=True,
            reserve_space_for_menu=HEIGHT if question.choices else 0,
            bottom_toolbar=None
            if os.environ.get("TERM") == "dumb"
            else lambda: _toolbar(question, wrong.get(session.default_buffer.text)),
            pre_run=_open_choices if question.choices and not question.default else None,
        )
    except EOFError:
        raise KeyboardInterrupt from None
    if answer.strip() == BACK and question.back:
        raise Back
    return _meant(question, answer)


def _meant(question: Question, text: str) -> str:
    """Return the answer that a text means: what is offered for an empty one, a part completed."""
    answer = text.strip()
    if question.offered and not answer:
        return question.offered
    if question.offered and not question.required and answer == NOTHING:
        return ""
    return _completed(question, answer)


def _colon(label: Text) -> str:
    return "" if str(label).endswith("?") else ":"


def confirm(question: Text, *, default: bool = False) -> bool:
    """Return whether a person says yes; `default` is what an empty answer means."""
    yes, no = Text("sì", "yes"), Text("no", "no")
    words = {
        **dict.fromkeys(("s", "si", "sì", "y", "yes"), True),
        **dict.fromkeys(("n", "no"), False),
    }

    def check(answer: str) -> Text | None:
        known = answer.casefold() in words
        return None if known else Text("rispondere sì oppure no", "answer yes or no")

    offered = str(yes if default else no)
    asked = Question(question, offered=offered, check=check, back=False, required=True)
    return words[ask(asked).casefold()]


def choose(label: Text, choices: Iterable[Choice], *, inside: bool = True) -> str:
    """Return the text of the one choice that a person makes, by its beginning or a part inside.

    Without `inside` only the beginning means a choice: where a wrong one would do something.
    """
    offered = list(choices)

    def check(answer: str) -> Text | None:
        if any(choice.text == answer for choice in offered):
            return None
        return Text("scegliere una delle voci: {choices}", "choose one: {choices}").filled(
            choices=", ".join(choice.text for choice in offered)
        )

    def fitting(part: str) -> Iterator[Choice]:
        fits = str.__contains__ if inside else str.startswith
        return (choice for choice in offered if fits(choice.text.casefold(), part.casefold()))

    return ask(Question(label, choices=fitting, check=check))


def _only(offered: list[Choice], answer: str) -> Choice | None:
    """Return the choice that an answer means: itself, else the only that begins so or holds it."""
    word = answer.strip().casefold()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [choice for choice in offered if word and fits(choice.text.casefold(), word)]
        if len(found) == 1:
            return found[0]
    return offered[0] if word and len(offered) == 1 else None


def _completed(question: Question, answer: str) -> str:
    """Return an answer whose last item, a part of the one choice that it fits, is completed."""
    if not (question.choices and answer and question.check):
        return answer
    head, part = _parted(question, answer)
    if question.check(answer) is None:
        return answer
    found = _only(list(question.choices(part.strip())), part)
    return head + found.text if found else answer


def _several(question: Question, answer: str) -> Text | None:
    """Return what to say of a part of an answer that fits several choices."""
    _, part = _parted(question, answer)
    fitting = [each.text for each in question.choices(part)] if question.choices and part else []
    if len(fitting) < 2:  # noqa: PLR2004 - one is taken, none is wrong
        return None
    return Text("quale? {choices}", "which one? {choices}").filled(choices=", ".join(fitting))


def _parted(question: Question, text: str) -> tuple[str, str]:
    """Split an answer into what stands and the item being written."""
    separator = question.separator
    if not separator or separator.strip() not in text:
        return "", text
    head, _, part = text.rpartition(separator.strip())
    return head.rstrip() + separator, part.lstrip()


def _fault(question: Question, text: str) -> Text | None:
    """Return what is wrong with an answer as it is written; None for a good one."""
    answer = text.strip()
    if (answer == BACK and question.back) or question.check is None:
        return None
    wrong = question.check(_meant(question, answer))
    return wrong and (_several(question, answer) or wrong)


def _completer(question: Question) -> Any:
    from prompt_toolkit.completion import Completer, Completion

    class Offered(Completer):
        def get_completions(self, document: Any, complete_event: Any) -> Iterator[Any]:
            del complete_event
            if question.choices is None:
                return
            _, part = _parted(question, document.text_before_cursor)
            for choice in question.choices(part.strip()):
                shown, note = flat(choice.text), flat(choice.note)
                yield Completion(choice.text, -len(part), shown, note)

    return Offered()


def _shown() -> Any:
    """Return what shows an answer, also one of a draft, as `visible` does; it stays as it is."""
    from prompt_toolkit.layout.processors import Processor, Transformation
    from prompt_toolkit.layout.utils import explode_text_fragments

    class Shown(Processor):
        def apply_transformation(self, transformation_input: Any) -> Any:
            told: list[Any] = []
            starts = [0]
            for style, char, *_ in explode_text_fragments(transformation_input.fragments):
                told.append((style, flat(char)))
                starts.append(starts[-1] + len(told[-1][1]))
            return Transformation(
                told,
                lambda at: starts[min(at, len(starts) - 1)] + max(at - len(starts) + 1, 0),
                lambda at: bisect_right(starts, at) - 1,
            )

    return Shown()


def _open_choices() -> None:
    from prompt_toolkit.application import get_app

    get_app().current_buffer.start_completion(select_first=False)


def _toolbar(question: Question, wrong: Text | None) -> Any:
    """Return what stands below a question: what is wrong with the answer, help, and the keys."""
    from prompt_toolkit.formatted_text import FormattedText

    hints = [Text("Invio conferma", "Enter confirms"), Text("Ctrl-C smette", "Ctrl-C stops")]
    if question.back:
        hints.insert(1, Text("Maiusc-Tab torna indietro", "Shift-Tab goes back"))
    if question.choices:
        hints.insert(0, Text("↓ sceglie", "↓ chooses"))
    if question.offered and not question.required:
        hints.insert(0, Text("- per niente", "- for none"))
    width = window_of(sys.stderr)
    quiet = [str(question.help or ""), " · ".join(map(str, hints))]
    lines = [line for text in quiet if text for line in wrapped(text, width)]
    told = [("noreverse", "\n".join(lines))]
    if wrong is not None:
        fault = "\n".join(wrapped(flat(wrong), width))
        told.insert(0, ("noreverse bold fg:ansired", f"{fault}\n"))
    return FormattedText(told)


def _keys(question: Question, wrong: dict[str, Text]) -> Any:
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("s-tab", eager=True)
    def _(event: Any) -> None:
        if question.back:
            event.app.exit(exception=Back)

    @keys.add("enter", eager=True)
    def _(event: Any) -> None:
        """Show the answer as it is understood, and take it, or tell what is wrong with it."""
        buffer = event.current_buffer
        buffer.complete_state = None
        buffer.text = _completed(question, buffer.text.strip())
        buffer.cursor_position = len(buffer.text)
        if fault := _fault(question, buffer.text):
            wrong[buffer.text] = fault
        else:
            buffer.validate_and_handle()

    return keys
