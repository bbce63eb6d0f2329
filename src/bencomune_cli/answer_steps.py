"""What one answer to a letter does: to its record, or as a proposal beside it.

What is confirmed is verified, what is closed is closed; what is to be changed becomes a proposal,
and overwrites nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from . import history, reply_codes, verifying
from .answers import Answer, Replies, Reply, checksum, words
from .declare import Record
from .entities import PLACES, PLACES_NAMED, Place
from .errors import Refused, Unreadable
from .findings import Finding, Severity
from .kinds.times import date_told, today
from .matching import published
from .outcome import Faulty
from .registry import Registry
from .words import Text, joined, same

COMMAND = "review apply"
# What a proposal cannot bring to a record by being merged into it: its notes tell it.
_TOLD = frozenset({"name", "state", "hidden", "hidden_reason"})
_MASKING = ("legal_form", "seat_public")  # both are masked, or none, so that an address can go over
_OWN = frozenset({"source", "verified_on", "verified_how", "notes", "source_id"})


class Wishes(NamedTuple):
    """What holds for all answers that do not say otherwise: the day, the source; and how."""

    on: str | None = None
    source: str | None = None
    how: str = "email_reply"


class Delta(NamedTuple):
    """One column that an answer changes, or proposes to: what is there, what it says."""

    column: str
    before: str
    after: str


class Step(NamedTuple):
    """What one answer does to a record: the texts written, of it or of a proposal.

    Its note is among those of a proposal, and is not written otherwise.
    """

    number: int
    place: Place
    answer: Answer
    note: str
    texts: dict[str, str]
    deltas: list[Delta]
    already: bool


class Steps:
    """Makes steps of answers."""

    def __init__(self, registry: Registry, replies: Replies, wishes: Wishes) -> None:
        self.registry = registry
        self.wishes = wishes
        self.digest = replies.digest()
        self._columns = {entity: replies.columns(entity) for entity in PLACES}
        self._context = registry.context()
        self._network = registry.network()
        self._ids: dict[str, list[str]] = defaultdict(list)
        name = self._network.name if self._network else ""
        for id_ in registry.ids():
            self._ids[reply_codes.code_of(name, id_)].append(id_)
        self._applied = {
            record
            for each in history.operations(registry.store.connection)
            if each.command == COMMAND and not each.undone
            if f"[{self.digest}]" in (each.why or "")
            for record in each.records
        }

    def step(self, reply: Reply) -> Step:
        """Return what an answer does. Raises Unreadable for one that cannot be used."""
        for message in reply.wrong:
            raise Unreadable(message)
        place = self._place(reply)
        if reason := verifying.why_not(place):
            heir = self.registry.finder.heir(place)
            became = Text("{reason}; è confluito in {id}", "{reason}; it became part of {id}")
            raise Unreadable(became.filled(reason=reason, id=heir.id) if heir else reason)
        if reply.answer is None:
            told = Text(
                "«{answer}» non è una risposta che si capisce: scrivere {words}",
                "“{answer}” is no answer that is understood: write {words}",
            )
            raise Unreadable(told.filled(answer=reply.told["answer"], words=words()))
        dated = reply.told["answered"] or reply.told["date"]
        date = verifying.day_of(dated) if dated else self.wishes.on
        make = {Answer.CONFIRMED: self._confirmed, Answer.CLOSED: self._closed}
        step = make.get(reply.answer, self._changed)(reply, place, date)
        return step._replace(already=step.already or (place.id in self._applied and date is None))

    def _place(self, reply: Reply) -> Place:
        code, id_ = reply.told["code"], reply.told["id"]
        if not (code or id_):
            raise Unreadable(Text("manca il codice, o l'id", "the code, or the id, is missing"))
        ids = self._ids.get(reply_codes.read(code), []) if code else [id_]
        if code and len(ids) > 1 and id_ in ids:
            ids = [id_]
        found = self._get(ids[0]) if len(ids) == 1 else None
        if code and (not ids or (id_ and id_ not in ids)):
            unknown = Text(
                "nessun record di questa rete ha il codice {code}: forse è di un'altra rete, o la"
                " rete ha cambiato nome",
                "no record of this network has the code {code}: perhaps it is of another network,"
                " or the network changed its name",
            )
            other = Text(
                "il codice {code} è di {ids}, non di {id}", "the code {code} is of {ids}, not {id}"
            )
            told = other if ids else unknown
            raise Unreadable(told.filled(code=code, ids=", ".join(ids), id=id_))
        if found is None and len(ids) > 1:
            told = Text(
                "il codice {code} è di più record ({ids}): indicare l'id",
                "the code {code} is of several records ({ids}): give the id",
            )
            raise Unreadable(told.filled(code=code, ids=", ".join(ids)))
        if found is None:
            told = Text("nel registro non c'è «{id}»", "“{id}” is not in the registry")
            raise Unreadable(told.filled(id=id_ or ids[0]))
        return found

    def _get(self, id_: str) -> Place | None:
        name = self.registry.store.entity_of(id_)
        entity = PLACES_NAMED.get(name or "")
        return self.registry.store.get(entity, id_) if entity else None

    # The three answers

    def _confirmed(self, reply: Reply, place: Place, date: str | None) -> Step:
        if names := self._differing(reply, place)[1]:
            labels = ", ".join(str(type(place).column(name).label) for name in sorted(names))
            told = Text(
                "dice «confermato», ma qui è scritto altro: {labels}; se cambia, la risposta è"
                " «cambiato»",
                "it says “confirmed”, but tells otherwise: {labels}; if that changes, the answer is"
                " “changed”",
            )
            raise Unreadable(told.filled(labels=labels))
        day = date or today()
        texts = verifying.confirmed(place, day, self.wishes.how, self._source(reply, place, day))
        later = (place.verified_on or "") > day
        return self._written(reply, place, {} if later else texts)

    def _closed(self, reply: Reply, place: Place, date: str | None) -> Step:
        told = {self._columns[type(place)].get(h): text for h, text in reply.cells.items()}
        ended = verifying.day_of(told["ended_on"]) if "ended_on" in told else None
        told_so = ended or reply.told["answered"]
        day = (date if told_so else self.wishes.on) or today()
        source = self._source(reply, place, day)
        if ended is None and reply.told["date"]:
            ended = verifying.day_of(reply.told["date"])
        known = place.state == "closed" and ended in {None, place.ended_on}
        texts = verifying.closed(place, ended, source)
        texts |= {"verified_on": day, "verified_how": self.wishes.how}
        return self._written(reply, place, {} if known else texts)

    def _written(self, reply: Reply, place: Place, texts: dict[str, str]) -> Step:
        after = self._proposed(place, texts)
        deltas = list(_deltas(place, after))
        assert reply.answer  # noqa: S101 - `step` looked
        whose = (reply.number, place, reply.answer, reply.told["note"])
        return Step(*whose, texts, deltas, not deltas)

    def _proposed(self, place: Place, texts: dict[str, str]) -> Place:
        """Return a record as texts would make it. Raises Unreadable with what rules say."""
        try:
            return self.registry.proposed(place, texts, self._context)[0]
        except Faulty as faulty:
            raise Unreadable(_said(faulty.findings)) from None

    def _source(self, reply: Reply, place: Place, day: str) -> str:
        """Return the source of an answer: its own, that of the file, or the day of the answer."""
        try:
            own = verifying.sourced(place, reply.told["source"])
            verifying.sourced(place, self.wishes.source)
        except Refused as refused:
            raise Unreadable(refused.text) from None
        if own or self.wishes.source:
            return reply.told["source"] if own else self.wishes.source or ""
        language = self._network.languages[0] if self._network and self._network.languages else "it"
        told = Text("risposta alla rete, {date}", "answer to the network, {date}")
        return told.filled(date=date_told(day)).said_in(language)

    def _differing(self, reply: Reply, place: Place) -> tuple[dict[str, str], set[str]]:
        """Return what an answer tells of columns, and which of them differ from what is there."""
        columns = self._columns[type(place)]
        told = {to: text for h, text in reply.cells.items() if (to := columns.get(h))}
        told = {to: text for to, text in told.items() if to not in _OWN}
        after = self._proposed(place, told)
        names = {to for to in told if getattr(after, to) != getattr(place, to)}
        shown = published(self.registry, place, names)
        return told, {to for to in names if shown.get(to) != getattr(after, to)}

    def _changed(self, reply: Reply, place: Place, date: str | None) -> Step:
        """Return a proposal of what an answer says is to be changed, unless there was one."""
        day = date or today()
        told, names = self._differing(reply, place)
        signs = [f"{to}={told[to]}" for to in sorted(told)]
        mark = checksum([place.id, *signs, reply.told["note"], reply.told["date"]])
        already = self._marked(type(place), mark)
        if not (names or reply.told["note"] or already):
            nothing = Text(
                "dice che qualcosa cambia, ma non che cosa: scriverlo in una colonna o nella nota",
                "it says that something changes, but not what: write it in a column or in the note",
            )
            raise Unreadable(nothing)
        after = self._proposed(place, told)
        deltas = [each for each in _deltas(place, after) if each.column in names]
        texts = {to: told[to] for to in names - _TOLD}
        texts |= {"notes": self._notes(reply, place, deltas, mark), "verified_on": day}
        texts |= {"source": self._source(reply, place, day).replace("\n", " ")}
        texts = self._whole(place, texts | {"verified_how": self.wishes.how})
        whose = (reply.number, place, Answer.CHANGED, reply.told["note"])
        return Step(*whose, texts, deltas, already)

    def _notes(self, reply: Reply, place: Place, deltas: Sequence[Delta], mark: str) -> str:
        told = Text("Risposta sul record {id}: {note}", "Answer on the record {id}: {note}")
        known = Text("rif. [{mark}]", "ref. [{mark}]")  # by which it is not proposed again
        lines = [told.filled(id=place.id, note=reply.told["note"] or "—")]
        lines += [same(f"{d.column}: {d.after}") for d in deltas if d.column in _TOLD]
        return str(joined("\n", [*lines, known.filled(mark=mark)]))

    def _whole(self, place: Place, texts: dict[str, str]) -> dict[str, str]:
        """Return a proposal that is like its record: same name, municipality, and what it needs."""
        lent = {"name", "municipality"} | {c.name for c in place.columns if c.required}
        lent |= {each for each in _MASKING if place.has(each)}
        if place.hidden:  # what nobody may see does not come out by way of a proposal
            lent |= {"hidden", "hidden_reason"}
        if {"lat", "lon"} & texts.keys():
            lent |= {"lat", "lon"}
        if place.precision == "masked":
            lent |= {"precision", "lat", "lon"}
        for _ in range(2):
            left = (place.column(name) for name in lent if name not in texts)
            own = {each.name: each.text(getattr(place, each.name)) for each in left}
            whole = {**own, **texts, "state": "proposed"}
            _, found = self.registry.judged(type(place), whole)
            errors = [each for each in found if each.severity is Severity.ERROR]
            if not errors:
                return whole
            lent |= {each.column for each in errors if place.has(each.column)}
        raise Unreadable(_said(errors))

    def _marked(self, entity: type[Place], mark: str) -> bool:
        """Tell whether there ever was a proposal of an answer, also one decided on since."""
        found = self.registry.store.select(entity, "instr(notes, ?) > 0", (f"[{mark}]",))
        return next(found, None) is not None


def _deltas(before: Place, after: Record) -> Iterator[Delta]:
    for column in before.columns:
        held, told = getattr(before, column.name), getattr(after, column.name)
        if held != told:
            shown = ["" if v in (None, ()) else str(column.kind.told(v)) for v in (held, told)]
            yield Delta(column.name, *shown)


def _said(findings: Sequence[Finding]) -> Text:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    told = Text("{column}: {message}", "{column}: {message}")
    return joined("; ", [told.filled(column=f.column, message=f.message) for f in errors])
