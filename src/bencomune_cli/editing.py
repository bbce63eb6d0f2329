"""A page on which a person edits a record: opened, written, marked, kept until it is finished.

It remembers what the record was when it was shown, for `merging` to see what others wrote since.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import editors, pages, prompts
from .changes import as_text, columns_of, shown
from .declare import Column
from .drafts import swap_in
from .entities import Place
from .errors import Refused, reason
from .findings import Finding
from .kinds.texts import Reference
from .meanings import is_municipality
from .merging import Clash, Clashing
from .outcome import Faulty, Written
from .pages import Mark
from .registry import Registry
from .screen import flat
from .telling import named, written_value
from .words import Text, joined, same

AS_IT_WAS = Text(
    "La pagina ripresa non è cambiata: scriverla com'è?",
    "The page that was taken up did not change: write it as it is?",
)
BASE = "#: "  # begins the last line of a kept page: what the record was when it was shown


class Draft:
    """A page while a person works on it: of which record, what it was when shown, and the text."""

    def __init__(self, place: Place, text: str) -> None:
        self.entity = type(place)
        self.id = place.id
        self.base = shown(place)
        self.text = text
        self._clashes: list[tuple[Clash, str | list[str] | None]] = []  # with what was on the page

    @classmethod
    def of(cls, registry: Registry, place: Place) -> "Draft":
        """Begin a page of a record as it is now."""
        notes = {
            column.name: note
            for column in columns_of(type(place))
            if (note := _note(registry, column, place))
        }
        return cls(place, pages.page(place, notes))

    def texts(self) -> dict[str, str]:
        """Return the texts of the columns that the person changed. Raises Mistaken."""
        told, marks = pages.read(self.entity, self.text)
        if marks:
            raise Mistaken(marks)
        return {
            name: as_text(self.entity.column(name), each)
            for name, each in told.items()
            if each != self.base[name]
        }

    def mark(self, wrong: Refused) -> None:
        """Tell on the page what is wrong with it."""
        marks = [] if not isinstance(wrong, Mistaken) else wrong.marks
        if isinstance(wrong, Faulty):
            marks = [_mark(finding) for finding in wrong.findings]
        if isinstance(wrong, Clashing):
            marks = [Mark(_to_settle(clash), clash.column) for clash in wrong.clashes]
            told, _ = pages.read(self.entity, self.text)
            self._clashes = [(clash, told.get(clash.column)) for clash in wrong.clashes]
        self.text = pages.marked(self.text, marks)

    def settle(self) -> None:
        """Take off the marks; what clashed and is settled is based on what is there now.

        Settled is what was written anew, or whose mark was deleted: one that was overlooked is no
        consent. Raises Clashing for what is not settled.
        """
        marks = set(pages.marks_on(self.text))
        self.text = pages.unmarked(self.text)
        told, _ = pages.read(self.entity, self.text)
        standing = []
        for clash, written in self._clashes:
            if flat(_to_settle(clash)) in marks and told.get(clash.column) == written:
                standing.append(clash)
            else:
                self.base[clash.column] = clash.theirs
        self._clashes = []
        if standing:
            raise Clashing(standing)


class Mistaken(Refused):
    """A page that cannot be read, with its mistakes. Nothing was written."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        super().__init__(joined("\n", [mark.text for mark in marks]))
        self.marks = list(marks)


def _mark(finding: Finding) -> Mark:
    told = Text("{label} {code}: {message}", "{label} {code}: {message}").filled(
        label=finding.severity.label, code=finding.code, message=finding.message
    )
    return Mark(told, finding.column)


def _to_settle(clash: Clash) -> Text:
    return Text(
        "{clash}. Scrivere il valore giusto; per tenere quello scritto qui, cancellare questa riga",
        "{clash}. Write the right value; to keep the one written here, delete this line",
    ).filled(clash=clash.text)


def _note(registry: Registry, column: Column, place: Place) -> str:
    """Return what a code in a column means: the name of a municipality, or of another record."""
    value = getattr(place, column.name)
    if value in (None, ()):
        return ""
    if is_municipality(column):
        return written_value(column, place, registry.municipality_names())
    kind = column.item
    if isinstance(kind, Reference):
        each = value if column.many else (value,)
        return ", ".join(named(registry, kind.table, one) for one in each)
    return ""


def work(
    draft: Draft, write: Callable[[dict[str, str]], Written], *, resumed: bool = False
) -> Written | None:
    """Let a person edit a page until it is written; None where nothing is to be written.

    A `resumed` page that is closed as it was is written only if the person says so. `write` is
    called with the changed texts while no editor is open. Raises Refused where the person gives up
    or the editor fails; the draft then holds the page as it was left.
    """
    again = bool(pages.marks_on(draft.text))
    with editors.desk(f"{draft.id}.toml") as file:
        while True:
            opened = draft.text
            editors.put(file, opened)
            try:
                editors.run(file)
            finally:
                draft.text = editors.taken(file, opened)
            if draft.text == opened and (again or (resumed and not prompts.confirm(AS_IT_WAS))):
                raise _given_up(opened)
            try:
                draft.settle()
                texts = draft.texts()
                return write(texts) if texts else None
            except (Mistaken, Faulty, Clashing) as wrong:
                draft.mark(wrong)
                again = True


def _given_up(page: str) -> Refused:
    told = Text(
        "la pagina è stata chiusa com'era; non è stato scritto niente:",
        "the page was closed as it was; nothing was written:",
    )
    return Refused(joined("\n  ", [told, *map(same, pages.marks_on(page))]))


# Pages that are not finished


def kept_path(registry: Path, id_: str) -> Path:
    """Return where the page of a record is kept until it is finished: beside the registry."""
    return registry.with_name(f"{registry.name}.draft-{id_}.toml")


def keep(path: Path, draft: Draft) -> Text:
    """Keep a page for its owner alone, with what the record was when shown; return what to say."""
    try:
        swap_in(path, f"{draft.text.rstrip()}\n{BASE}{json.dumps(draft.base)}\n".encode())
    except OSError as error:
        return Text(
            "la pagina non si può conservare in {path}: {reason}. Eccola:\n{page}",
            "the page cannot be kept in {path}: {reason}. Here it is:\n{page}",
        ).filled(path=path, reason=reason(error), page=same(draft.text))
    return Text(
        "la pagina è conservata in {path}; «bencomune edit {id} --resume» la riprende",
        "the page is kept in {path}; “bencomune edit {id} --resume” takes it up",
    ).filled(path=path, id=draft.id)


def resume(path: Path, draft: Draft) -> None:
    """Take up a kept page in place of a new one. Raises Refused if it cannot be read."""
    try:
        text, _, told = path.read_text("utf-8").rstrip("\n").rpartition(f"\n{BASE}")
        base: Any = json.loads(told)
    except (OSError, ValueError):
        base = None
    if not isinstance(base, dict) or not base.keys() >= draft.base.keys():
        raise Refused(
            Text(
                "la pagina {path} non si riesce a riprendere: copiare da lì ciò che serve, poi"
                " cancellarla",
                "the page {path} cannot be taken up: copy from it what is needed, then delete it",
            ).filled(path=path)
        )
    draft.text, draft.base = f"{text}\n", {name: base[name] for name in draft.base}
