"""Guided entry: one question after the other, each checked as it is answered, a draft kept."""

import sys
from collections.abc import Iterator
from contextlib import suppress

from . import prompts, screen
from .drafts import Draft
from .entities import Place
from .errors import Refused, Unreadable, reason
from .findings import Finding, Severity
from .forms import Form
from .points import Point
from .prompts import Back, Choice, Question
from .questions import searched
from .registry import Registry
from .screen import Section
from .surveys import alike
from .telling import finding_line, named, written_value
from .visibility import hidden_because
from .whereabouts import located, texts_of_point, whereabouts
from .words import Text

SAVE = Text("salva", "save")
CHANGE = Text("correggi", "change")
LATER = Text("più tardi", "later")
DISCARD = Text("butta via", "discard")
POINT = "lat"  # the column in whose place the point is asked for as one


class Entry(Form):
    """The answers for one new record, by column, and by name for the relation that is asked."""

    entity: type[Place]

    def __init__(self, registry: Registry, entity: type[Place], answers: dict[str, str]) -> None:
        super().__init__(registry, entity, answers)
        self.draft = Draft(registry.store.path, entity.name_of_kind)
        self.can_keep = True

    @property
    def related(self) -> list[str]:
        """Return the ids of the records that the new one is in relation to."""
        told = self.answers.get(self.entity.asked_relation.name, "").split(",")
        return [self.registry.finder.place(each).id for each in told if each.strip()]

    def run(self) -> bool:
        """Ask, show, and tell whether to save. What was answered is kept when it ends early."""
        try:
            self.ask_all()
            return self._reviewed()
        except KeyboardInterrupt:
            self._tell_kept()
            raise

    def steps(self) -> list[str]:
        """Return what is asked for: the columns, then the relation."""
        return [*super().steps(), self.entity.asked_relation.name]

    def _applies(self, key: str) -> bool:
        return key == self.entity.asked_relation.name or super()._applies(key)

    def ask(self, key: str, position: str = "") -> None:
        """Ask for a column, the point or the relation, and keep the draft."""
        if key == self.entity.asked_relation.name:
            self._ask_relation(position)
        elif key == POINT:
            self._ask_point(position)
        else:
            super().ask(key, position)
        self._keep()

    def _keep(self) -> bool:
        """Keep the draft; tell once where that cannot be."""
        try:
            self.draft.keep(self.answers)
        except OSError as error:
            if self.can_keep:
                told = Text(
                    "la bozza non si può conservare: {reason}", "no draft can be kept: {reason}"
                )
                screen.warn(told.filled(reason=reason(error)))
            self.can_keep = False
        return self.can_keep

    # The point and the relation

    def _ask_point(self, position: str) -> None:
        question = Question(
            Text("Punto sulla mappa", "Point on the map"),
            Text(
                "45,1847 9,1582, oppure un indirizzo copiato da Google Maps o OpenStreetMap,"
                " o coordinate UTM o Gauss-Boaga",
                "45.1847, 9.1582, or an address copied from Google Maps or OpenStreetMap,"
                " or UTM or Gauss-Boaga coordinates",
            ),
            default=self.answers.get("point_as_given", ""),
            check=self._wrong_point,
            position=position,
        )
        answer = prompts.ask(question)
        told = ("lat", "lon", "point_as_given")
        if not answer:
            self.answers.update(dict.fromkeys(told, ""))
            return
        point = located(self.registry, answer)
        screen.say(point.understood)
        self.answers.update(texts_of_point(self._mended(point)))
        for name in told:
            self.tell_warnings(name)

    def _wrong_point(self, answer: str) -> Text | None:
        try:
            if answer:
                located(self.registry, answer)
        except Unreadable as unreadable:
            return unreadable.text
        return None

    def _mended(self, point: Point) -> Point:
        """Return the point, or the reading of it that the person prefers."""
        if not point.mends:
            return point
        screen.warn(
            Text(
                "il punto è fuori dai Comuni della rete",
                "the point lies outside the network's municipalities",
            )
        )
        as_written = Text("come è scritto", "as it is written")
        readings = {str(mend.why): (mend.lat, mend.lon) for mend in point.mends}
        readings[str(as_written)] = (point.lat, point.lon)
        label = Text("Quale punto", "Which point")
        chosen = prompts.choose(
            label, [Choice(why, f"{lat}, {lon}") for why, (lat, lon) in readings.items()]
        )
        lat, lon = readings[chosen]
        return point._replace(lat=lat, lon=lon)

    def _ask_relation(self, position: str) -> None:
        asked = self.entity.asked_relation
        self.answers[asked.name] = prompts.ask(
            Question(
                asked.label,
                Text(
                    "cercare per nome; più d'uno, con la virgola", "find by name; several by comma"
                ),
                default=self.answers.get(asked.name, ""),
                choices=lambda part: searched(self.registry, part),
                check=self._wrong_relation,
                separator=", ",
                position=position,
            )
        )

    def _wrong_relation(self, answer: str) -> Text | None:
        for each in filter(str.strip, answer.split(",")):
            try:
                self.registry.finder.place(each)
            except Refused as refused:
                return refused.text
        return None

    # The review

    def _reviewed(self) -> bool:
        while True:
            record, found = self.registry.judged(self.entity, self.texts)
            errors = [f for f in found if f.severity is Severity.ERROR]
            if missing := [f.column for f in errors if f.column not in self.answers]:
                screen.findings(errors, sys.stderr)
                self.ask(missing[0])
                continue
            screen.card(record.name or "", self._sections(record, found), sys.stderr)
            offer = [CHANGE, LATER, DISCARD] if errors else [SAVE, CHANGE, LATER, DISCARD]
            with suppress(Back):
                chosen = prompts.choose(
                    Text("Che cosa fare", "What to do"),
                    [Choice(str(each)) for each in offer],
                    inside=False,
                )
                if chosen == str(SAVE):
                    return True
                if chosen == str(LATER):
                    self._tell_kept()
                    return False
                if chosen == str(DISCARD) and not self._discarded():
                    continue
                if chosen == str(DISCARD):
                    return False
                self.ask(self._which())

    def _discarded(self) -> bool:
        """Throw the answers away if a person says so once more, and tell whether it was done."""
        sure = Text("Buttare via tutte le risposte?", "Throw all answers away?")
        if not prompts.confirm(sure):
            return False
        self.draft.forget()
        screen.say(Text("niente è stato scritto", "nothing was written"))
        return True

    def _which(self) -> str:
        """Ask which answer to change: of any column that a person writes, or the relation."""
        labels = {str(c.label): c.name for c in self.entity.columns if not c.automatic}
        labels[str(self.entity.asked_relation.label)] = self.entity.asked_relation.name
        offer = [
            Choice(label, screen.visible(self.answers.get(name, "")))
            for label, name in labels.items()
        ]
        return labels[prompts.choose(Text("Quale risposta", "Which answer"), offer)]

    def _sections(self, record: Place, found: list[Finding]) -> Iterator[Section]:
        names = self.registry.municipality_names()
        written = [
            (c.label, written_value(c, record, names), "")
            for c in record.columns
            if not c.automatic and getattr(record, c.name) is not False
        ]
        written.append(
            (
                self.entity.asked_relation.label,
                ", ".join(named(self.registry, "ids", each) for each in self.related),
                "",
            )
        )
        yield Section(None, [line for line in written if line[1]])
        if lies := whereabouts(self.registry, record):
            yield Section(Text("Dove si trova", "Where it lies"), [("", lies, "")])
        if reasons := hidden_because(self.registry, record):
            yield Section(
                Text("Non sarà pubblicato", "It will not be published"),
                [("", reason, "") for reason in reasons],
            )
        if near := alike(self.registry, record):
            lines = [(each.id, each.name, each.reason) for each in near]
            yield Section(Text("Forse c'è già", "Perhaps it is already there"), lines)
        if found:
            yield Section(Text("Da controllare", "To be checked"), list(map(finding_line, found)))

    def _tell_kept(self) -> None:
        if self.answers and self._keep():
            screen.warn(
                Text(
                    "bozza tenuta: «bencomune {kind} add --resume» la riprende",
                    "draft kept: “bencomune {kind} add --resume” takes it up",
                ).filled(kind=self.entity.name_of_kind)
            )
