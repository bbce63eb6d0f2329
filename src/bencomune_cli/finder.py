"""Records found by what a person wrote: an id, the beginning of one, a name."""

import difflib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from .declare import Column, Record
from .entities import ENTITIES, PLACES, Area, Contact, Network, Place, Relation
from .entities.relation import MERGED
from .entities.shared import ISTAT_CODE
from .errors import Refused, Unreadable
from .findings import Finding
from .folding import folded
from .history import was_given
from .kinds.texts import KEY, Reference
from .misnamed import gone, of_another_kind, refuse_united, united
from .naming import slug_of
from .reading import names_others
from .store import Store
from .words import Text, same

R = TypeVar("R", bound=Record)

UNFOUND = frozenset({"K01", "K03", "P08"})  # the rules that a name that is not found breaks


class Finder:
    """Finds records of one registry."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def place(self, text: str, entities: Sequence[type[Place]] = PLACES) -> Place:
        """Return the one place that a text means. Raises Refused with what is near.

        One that became part of another is refused, with that other.
        """
        place = self.any_place(text, entities)
        if heir := self.heir(place):
            raise refuse_united(place.id, heir.id)
        return place

    def seen(self, text: str, entities: Sequence[type[Place]] = PLACES) -> Place:
        """Return the one place that a text means, to be shown; raises Refused as `place` does.

        Of one that became part of another, that other; a notice tells so.
        """
        place = self.any_place(text, entities)
        heir = self.heir(place)
        if heir:
            self.store.notices.append(united(place.id, heir.id))
        return heir or place

    def any_place(self, text: str, entities: Sequence[type[Place]] = PLACES) -> Place:
        """Return the one place that a text means, also one that became part of another."""
        if not self._candidates(text.strip(), entities):
            self._refuse_other_kinds(text.strip(), entities)
        return self._one(text, entities)

    def heir(self, place: Place) -> Place | None:
        """Return the record that a removed one became part of, at the end of a chain of such."""
        seen, found = {place.id}, place
        while found.removed:
            merged = self.store.select(Relation, "subject = ? AND role = ?", (found.id, MERGED))
            ends = (each.object for each in merged)
            held = (self.store.get(entity, id_) for id_ in ends for entity in PLACES)
            following = next((each for each in held if each and each.id not in seen), None)
            if following is None:
                break
            seen.add(following.id)
            found = following
        return None if found is place else found

    def of_any_kind(self, text: str) -> list[Record]:
        """Return the records that a text means; several only where kinds share an id.

        Of beginnings, those of places come first, with which relations begin too. Raises Refused.
        """
        told, others = text.strip(), [entity for entity in ENTITIES if entity not in PLACES]
        exact = [r for entity in ENTITIES for r in self.store.select(entity, "id = ?", (told,))]
        if standing := [r for r in exact if not (isinstance(r, Place) and r.removed)]:
            return standing
        if not self._candidates(told, PLACES) and self._candidates(told, others):
            return [self._one(told, others)]
        return [self.place(told)]

    def _refuse_other_kinds(self, text: str, entities: Sequence[type[Place]]) -> None:
        """Tell what a text that means none of these places means else. Raises Refused."""
        others = [entity for entity in PLACES if entity not in entities]
        elsewhere = self._candidates(text, others) if others else []
        if len(elsewhere) == 1:
            raise of_another_kind(elsewhere[0], text)
        for entity in (Contact, Relation, Area, Network):
            name = " OR folded(name) = folded(?1)" if entity is Area else ""
            for found in self.store.select(entity, f"id = ?1{name}", (text,)):
                raise of_another_kind(found, text)
        if self._given_once(text, ENTITIES):
            raise gone(text)

    def record(self, entity: type[R], text: str) -> R:
        """Return the one record of an entity that a text means. Raises Refused."""
        return self._one(text, [entity])

    def area(self, text: str) -> Area:
        """Return the one area that a text means. Raises Refused."""
        return self._one(text, [Area])

    def any_id(self, text: str) -> str:
        """Return the id of a record of any entity, also of one that history alone still knows."""
        found = self.store.connection.execute(
            "SELECT 1 FROM changes WHERE record = ? LIMIT 1", (text,)
        ).fetchone()
        if not found:
            return self.any_place(text).id
        for entity in PLACES:
            place = self.store.get(entity, text)
            if place and (heir := self.heir(place)):
                self.store.notices.append(united(text, heir.id))
        return text

    def same_area(self, texts: Mapping[str, str]) -> Area | None:
        """Return the area in the registry that texts are of: of the same kind, and code or name."""
        key = "code" if texts.get("code") else "name"
        found = self.store.select(
            Area, f"area_kind = ? AND {key} = ?", (texts["area_kind"], texts[key])
        )
        return next(found, None)

    def resolved(self, column: Column, text: str) -> str:
        """Return a text with the ids, or ISTAT codes, of what it names, where that is found.

        What is not found is left as it is, for the rules to tell along with all else.
        """
        if not names_others(column):
            return text
        item = column.item
        parts = text.split(",") if column.many else [text]
        found = [self._id(item, part.strip()) for part in parts]
        return ", ".join(found)

    def hinted(
        self, entity: type[Record], texts: Mapping[str, str], findings: Sequence[Finding]
    ) -> list[Finding]:
        """Return findings; one that tells a name that is not found, with the names near it."""
        told = []
        for found in findings:
            near: list[Record] = []
            if found.column in texts and found.code in UNFOUND:
                near = self._meant(entity.column(found.column), texts[found.column])
            hint = Text("{message}; forse: {names}", "{message}; perhaps: {names}")
            message = hint.filled(message=found.message, names=_names(near))
            told.append(found._replace(message=message) if near else found)
        return told

    def _meant(self, column: Column, text: str) -> list[Record]:
        """Return the records that are near to what a text names and nobody finds."""
        item = column.item
        if item is not ISTAT_CODE and not isinstance(item, Reference):
            return []
        entities = _entities(item)
        parts = [part.strip() for part in (text.split(",") if column.many else [text])]
        lost = [part for part in parts if part and not self._candidates(part, entities)]
        return [record for part in lost for record in self._near(part, entities)]

    def municipality(self, text: str) -> str:
        """Return the ISTAT code of a municipality by its name or code; else the text itself."""
        return self._id(ISTAT_CODE, text)

    def taken(self, entity: type[Record], id_: str) -> bool:
        """Tell whether an id was ever given."""
        if entity in PLACES:
            return self.store.entity_of(id_) is not None
        return self.store.get(entity, id_) is not None

    def given(self, entity: type[Record], id_: str) -> str:
        """Return an id that a person chose, if it is one and was never given. Raises Refused."""
        try:
            id_ = KEY.read(id_)
        except Unreadable as unreadable:
            raise Refused(
                Text("«{id}»: {text}", "“{id}”: {text}").filled(id=id_, text=unreadable.text)
            ) from None
        if self.taken(entity, id_):
            raise Refused(
                Text(
                    "l'identificativo «{id}» è già stato dato e non si dà due volte",
                    "the identifier “{id}” was already given, and is never given twice",
                ).filled(id=id_)
            )
        return id_

    def free(self, entity: type[Record], name: str) -> str:
        """Return the id made from a name that was never given yet."""
        slug = slug_of(name) or entity.name_of_kind
        candidate, number = slug, 1
        while self.taken(entity, candidate):
            number += 1
            candidate = f"{slug}-{number}"
        return candidate

    def _id(self, kind: object, text: str) -> str:
        if not text:
            return text
        if isinstance(kind, Reference):
            found = self._candidates(text, _entities(kind))
            return getattr(found[0], "id", text) if len(found) == 1 else text
        areas = [area for area in self._candidates(text, [Area]) if isinstance(area, Area)]
        codes = {area.code for area in areas if area.code}
        return codes.pop() or text if len(codes) == 1 else text

    def _one(self, text: str, entities: Sequence[type[R]]) -> R:
        found = self._candidates(text.strip(), entities)
        if len(found) > 1:  # records that became part of others make no name ambiguous
            standing = [each for each in found if not (isinstance(each, Place) and self.heir(each))]
            found = standing or found
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(
                Text(
                    "«{text}» può essere: {names}; scrivere di più",
                    "“{text}” may be: {names}; write more of it",
                ).filled(text=text, names=_names(found))
            )
        if self._given_once(text.strip(), entities):
            raise gone(text)
        near = self._near(text, entities)
        hint = (
            Text("; forse: {names}", "; perhaps: {names}").filled(names=_names(near))
            if near
            else same("")
        )
        raise Refused(
            Text(
                "«{text}» non c'è nel registro{hint}", "“{text}” is not in the registry{hint}"
            ).filled(text=text, hint=hint)
        )

    def _candidates(self, text: str, entities: Sequence[type[R]]) -> list[R]:
        """Look for the id itself, then for a name, then for the beginning of an id.

        An id that was given once is no beginning of another, also when its record is gone.
        """
        name, start = "folded(name) = folded(?)", "substr(id, 1, length(?1)) = ?1"
        for condition in ("id = ?", name, start):
            if condition == start and self._given_once(text, entities):
                break
            found = [
                record
                for entity in entities
                if condition != name or entity.has("name")
                for record in self.store.select(entity, condition, (text,))
            ]
            if found and text:
                return found
        return []

    def _given_once(self, text: str, entities: Sequence[type[Record]]) -> bool:
        """Tell whether such a record ever had a text as its id; places share theirs."""
        shared = PLACES if any(entity in PLACES for entity in entities) else ()
        return was_given(self.store.connection, text, {each.table for each in (*entities, *shared)})

    def _near(self, text: str, entities: Sequence[type[R]]) -> list[R]:
        known: dict[str, R] = {}
        for entity in entities:
            for record in self.store.select(entity):
                for key in (record.id, getattr(record, "name", None)):
                    known.setdefault(folded(key) or "", record)
        close = difflib.get_close_matches(folded(text) or "", known, n=3, cutoff=0.6)
        return list({id(known[key]): known[key] for key in close}.values())


def _entities(kind: object) -> list[type[Record]]:
    """Return the entities that a value of a kind refers to: of an ISTAT code, areas."""
    if not isinstance(kind, Reference):
        return [Area]
    return [e for e in ENTITIES if e.table == kind.table] or list(PLACES)


def _names(records: Sequence[Record]) -> str:
    return ", ".join(str(record.id) for record in records[:8])
