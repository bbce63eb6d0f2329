"""What answers to letters would do: shown as a plan, then written as one operation."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .answer_steps import Delta, Step, Steps, Wishes
from .answers import LABELS, Answer, Replies, Reply
from .errors import Unreadable
from .registry import Registry
from .unions import unchanged
from .words import Text, joined, same


class Wrong(NamedTuple):
    """An answer that cannot be used: its row, whose it is as far as told, and why."""

    number: int
    whose: str
    message: Text


class Plan(NamedTuple):
    """What a file of answers would do."""

    steps: list[Step]
    wrong: list[Wrong]
    silent: int
    unused: list[str]
    digest: str

    @property
    def waiting(self) -> list[Step]:
        """Return the steps that are still to be made."""
        return [step for step in self.steps if not step.already]


def plan(registry: Registry, replies: Replies, wishes: Wishes) -> Plan:
    """Return what answers would do; nothing is written."""
    maker = Steps(registry, replies, wishes)
    steps: list[Step] = []
    wrong: list[Wrong] = []
    silent = 0
    for reply in replies:
        if reply.silent:
            silent += 1
            continue
        try:
            steps.append(maker.step(reply))
        except Unreadable as unreadable:
            wrong.append(Wrong(reply.number, _whose(reply), unreadable.text))
    doubled = list(_doubled(steps))
    twice = {each.number for each in doubled}
    steps = [step for step in steps if step.number not in twice]
    wrong = sorted([*wrong, *doubled])
    return Plan(steps, wrong, silent, replies.unused(), maker.digest)


def carry_out(registry: Registry, what: Plan) -> None:
    """Write what is not written yet, inside one operation. Raises Refused and Faulty."""
    context = registry.context()
    for step in what.waiting:
        place = unchanged(registry, step.place)
        if step.answer is Answer.CHANGED:
            registry.add(type(place), step.texts)
        else:
            registry.change(place, step.texts, context)


def to_json(what: Plan, *, written: bool) -> dict[str, Any]:
    """Return a plan as `--json` shows it."""
    steps = [
        {
            "row": step.number,
            "id": step.place.id,
            "name": step.place.name,
            "answer": step.answer.value,
            "result": "already" if step.already else _RESULTS[step.answer],
            "changes": [delta._asdict() for delta in step.deltas],
            "note": step.note,
        }
        for step in what.steps
    ]
    wrong = [
        {"row": each.number, "whose": each.whose, "message": str(each.message)}
        for each in what.wrong
    ]
    return {"answers": steps, "wrong": wrong, "unanswered": what.silent, "written": written}


_RESULTS = {Answer.CONFIRMED: "verify", Answer.CHANGED: "propose", Answer.CLOSED: "close"}


def _whose(reply: Reply) -> str:
    return reply.told["code"] or reply.told["id"]


def _doubled(steps: Sequence[Step]) -> Iterator[Wrong]:
    """Yield the answers on a record that has several: which one holds is for a person to say."""
    of_each: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        of_each[step.place.id].append(step)
    told = Text(
        "su questo record ci sono più risposte, alle righe {rows}: lasciarne una",
        "there are several answers on this record, in rows {rows}: leave one of them",
    )
    for id_, several in of_each.items():
        for step in several if len(several) > 1 else ():
            rows = ", ".join(str(each.number) for each in several)
            yield Wrong(step.number, id_, told.filled(rows=rows))


def told_of(step: Step) -> Text:
    """Return what a step does, in words, with its note."""
    if step.already:
        return Text("già applicata", "already applied")
    changes = [_change(delta) for delta in step.deltas]
    proposed = step.answer is Answer.CHANGED
    if step.note:
        label = _NOTE if proposed else _NOTE_UNWRITTEN
        changes.append(label.filled(note=step.note))
    told = Text("proposta: {changes}", "proposal: {changes}") if proposed else same("{changes}")
    return told.filled(changes=joined("; ", changes))


_NOTE = Text("nota: {note}", "note: {note}")
_NOTE_UNWRITTEN = Text("nota, che non viene scritta: {note}", "note, which is not written: {note}")


def _change(delta: Delta) -> Text:
    """Return one change in words; of a list that grows, what is new."""
    rest = delta.after.removeprefix(f"{delta.before} | ")
    if delta.before and rest != delta.after:
        return same(f"{delta.column}: + {rest}")
    return same(f"{delta.column}: {delta.before or '—'} → {delta.after or '—'}")


def label_of(step: Step) -> Text:
    """Return the answer of a step, in words."""
    return LABELS[step.answer]
