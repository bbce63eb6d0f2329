"""A directory for paper: what is published of each record, in words, numbered in reading order.

Every value is a text in one language, made here; a template only lays it out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .dataset import Dataset
from .entities import PLACES, Area, Contact, Relation
from .folding import folded
from .hours import told as hours_told
from .kinds.choices import Listing, Term
from .kinds.times import date_told
from .labelled import teller
from .layers import LAYERS, Layer
from .vocabularies import vocabulary
from .words import Text

_SURE = frozenset({"address", "street"})  # precisions of a point that is where the door is
_LONG = 1_000  # characters, beyond which an entry may go on in the next column
_CURRENT = "active"
_ADDRESS = Text("Indirizzo", "Address")
_VERIFIED = Text("Verificato: {day}", "Verified: {day}")
_MEETS = Text("presso {host}", "at {host}")
_SHORT = {  # labels that are shorter on paper than those of the columns
    "opening_hours": Text("Orari", "Hours"),
    "coordinator": Text("Coordina", "Coordinated by"),
    "partners": Text("Con", "With"),
}
_ENTRY = ("opening_hours", "opening_note", "activities", "audiences", "access", "cost")
_FURTHER = ("open_to_new_members", "meeting_rhythm", "wheelchair", "coordinator", "partners")
_REACHED = ("phone", "email", "pec", "website")
_CODES = ("tax_code",)
_MORE = ("address_note", "seats", "started_on", "ended_on", "links")
_KIND = {"lab": "lab_kind", "organisation": "legal_form"}

Row = Mapping[str, Any]


class Directory:
    """The records of some layers as they are told on paper, in the language of a dataset."""

    def __init__(self, dataset: Dataset, layers: Sequence[Layer]) -> None:
        self.language = dataset.language
        self._areas = {row["id"]: row for row in dataset.beside(Area)}
        self._towns = {row["code"]: row["name"] for row in self._areas.values() if row["code"]}
        self._tellers: dict[tuple[str, str], Any] = {}
        self._columns = {
            kind: {column.name: column for column in layer.columns}
            for layer in layers
            for kind in kinds_in(layer)
        }
        self.rows: dict[str, list[Row]] = {kind: [] for kind in self._columns}
        for layer in layers:
            for row in dataset.objects(layer) if kinds_in(layer) else ():
                self.rows[row.get("record_type") or kinds_in(layer)[0]].append(row)
        self._names = {row["id"]: row["name"] for rows in self.rows.values() for row in rows}
        self._contacts = defaultdict(list)
        for contact in dataset.beside(Contact):
            self._contacts[contact["record"]].append(contact)

    def say(self, text: Text) -> str:
        """Return a text in the language of the directory."""
        return text.said_in(self.language)

    def entry(self, kind: str, row: Row, *, whole: bool = False) -> dict[str, Any]:
        """Return what is told of a record; if `whole`, also what a short entry leaves out."""
        lines = [
            (self.say(_ADDRESS), self.address(row)),
            *self._lines(kind, row, (*_ENTRY, *_FURTHER)),
        ]
        lines += [
            *self._reached(row),
            *self._lines(kind, row, (*_CODES, *(_MORE if whole else ()))),
        ]
        narrow, where = row.get(_KIND.get(kind, "")), self.whereabouts(row)
        return {
            "id": row["id"],
            "name": row["name"],
            "kind": kind,
            "narrow": self.value(kind, _KIND[kind], narrow) if narrow else "",
            "warnings": list(self._warnings(kind, row)),
            "summary": (whole and row.get("description")) or row.get("summary") or "",
            "lines": [{"label": label, "text": text} for label, text in lines if text],
            "where": where,
            "long": sum(map(len, (where, row.get("summary") or "", *(text for _, text in lines))))
            > _LONG,
            "verified": self._verified(row),
            "activities": self.activities(row),
        }

    def address(self, row: Row) -> str:
        """Return the street and the town of a record, or with whom it meets."""
        host = self._names.get(row.get("meets_at") or "")
        street = " ".join(filter(None, (row.get("street"), row.get("number"))))
        if not street:
            return self.say(_MEETS.filled(host=host)) if host else ""
        town = " ".join(filter(None, (row.get("postcode"), row.get("municipality_name"))))
        return ", ".join(filter(None, (street, town)))

    def whereabouts(self, row: Row) -> str:
        """Return the areas of a record, its neighbourhood first."""
        served = (row.get("area_served") or "").split(", ")
        near = [row.get("neighbourhood_name"), *(self._area(each) for each in served)]
        found = [*near, row.get("municipality_name")]
        return ", ".join(dict.fromkeys(filter(None, found)))

    def activities(self, row: Row) -> list[str]:
        """Return the labels of the activities of a record."""
        told, codes = vocabulary("activity"), (row.get("activities") or "").split(", ")
        return [self.say(told[code].label) if code in told else code for code in codes if code]

    def quarter(self, row: Row) -> tuple[str, str]:
        """Return the municipality and the neighbourhood of a record, where they are told."""
        return row.get("municipality_name") or "", row.get("neighbourhood_name") or ""

    def value(self, kind: str, name: str, value: Any) -> str:
        """Return a published value as a person reads it."""
        if (kind, name) not in self._tellers:
            told_as = self._columns[kind][name].kind
            self._tellers[kind, name] = _told_by(told_as, self.language)
        return str(self._tellers[kind, name](value))

    def _area(self, id_: str) -> str:
        return str(self._areas[id_]["name"]) if id_ in self._areas else id_

    def _lines(self, kind: str, row: Row, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        columns = self._columns[kind]
        for name in names:
            value = row.get(name)
            if value not in (None, "") and name in columns:
                label = _SHORT.get(name) or columns[name].label
                said = hours_told(value) if name == "opening_hours" else None
                yield self.say(label), self.say(said) if said else self.value(kind, name, value)

    def _reached(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield how a record is reached: itself, then the persons who may be named."""
        own = " · ".join(str(row[name]) for name in _REACHED if row.get(name))
        yield self.say(Contact.plural), own
        roles = vocabulary("contact_role")
        for contact in self._contacts[row["id"]]:
            role = roles.get(contact["role"])
            told = (contact["person_name"], contact["phone"], contact["email"])
            yield self.say(role.label) if role else contact["role"], " · ".join(filter(None, told))

    def _warnings(self, kind: str, row: Row) -> Iterator[str]:
        """Yield what a reader should know before going there."""
        if row.get("state") and row["state"] != _CURRENT:
            yield self.value(kind, "state", row["state"])
        if row.get("freshness") in {"unverified", "overdue"}:
            yield self.value(kind, "freshness", row["freshness"])

    def _verified(self, row: Row) -> str:
        day = row.get("verified_on")
        return self.say(_VERIFIED.filled(day=date_told(day))) if day else ""

    def ties(self, dataset: Dataset, id_: str) -> list[dict[str, str]]:
        """Return with whom a record does what, by role, as its public relations tell."""
        roles, found = vocabulary("relation_role"), defaultdict(list)
        for row in dataset.objects(LAYERS[Relation.table]):
            if id_ in (row["subject"], row["object"]):
                outward = row["subject"] == id_
                term = roles.get(row["role"])
                label = (term.label if outward else term.inverse) if term else None
                name = row["object_name"] if outward else row["subject_name"]
                other = name or row["object" if outward else "subject"]
                label_told = self.say(label) if label else row["role"]
                found[label_told].append(other + self._period(row))
        return [{"label": label, "text": "; ".join(names)} for label, names in found.items()]

    def _period(self, row: Row) -> str:
        ends = {name: date_told(row[name]) for name in ("since", "until") if row[name]}
        told = {
            ("since", "until"): Text(" (dal {since} al {until})", " (from {since} to {until})"),
            ("since",): Text(" (dal {since})", " (since {since})"),
            ("until",): Text(" (fino al {until})", " (until {until})"),
        }
        return self.say(told[tuple(ends)].filled(**ends)) if ends else ""


def kinds_in(layer: Layer) -> list[str]:
    """Return the kinds of records that a layer holds: one, all, or none of relations."""
    whole = layer.has("record_type")
    return [entity.name_of_kind for entity in PLACES if whole or layer.name == entity.table]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return records as people look them up, by name."""
    return sorted(rows, key=lambda row: (folded(row["name"]) or "", row["id"]))


def is_rough(row: Row) -> bool:
    """Tell whether a record has a point that is not that of its door."""
    return row.get("lon") is not None and row.get("precision") not in _SURE


def _told_by(kind: Any, language: str) -> Any:
    if isinstance(kind, Listing) and not isinstance(kind.item, Term):
        item = _told_by(kind.item, language)
        return lambda value: ", ".join(item(each) for each in kind.from_sql(value))
    if isinstance(kind, Listing) or hasattr(kind, "name"):
        return teller(kind, language)
    return lambda value: kind.told(value).said_in(language)
