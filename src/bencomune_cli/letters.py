"""Letters that ask whether what is published of a record is still so, each with a code.

What a letter tells comes from the public views alone. Whom it goes to is the registry's own
correspondence: the office of the record, else a contact, published or not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from . import reply_codes
from .dataset import Dataset
from .declare import Column
from .entities import PLACES, Area, Contact, Place
from .kinds.texts import Reference
from .kinds.times import date_told, today
from .layers import LAYERS, Layer
from .meanings import is_municipality
from .registry import Registry
from .screen import visible
from .telling import contacts_of
from .vocabularies import vocabulary
from .words import Text, same

OFFICE, CONTACT, NOBODY = "office", "contact", ""
_ASIDE = frozenset({"id", "created_at", "updated_at", "freshness"})  # nobody can confirm these
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_NAME = 100  # characters of a name in a subject

_SUBJECT = Text(
    "{network}: i dati di «{name}» sono ancora giusti? [{code}]",
    "{network}: are the data of “{name}” still right? [{code}]",
)
_BEGINNING = Text(
    "Gentili signore, gentili signori,\n\n{network} pubblica alcuni dati su «{name}». {since}"
    " Vi chiediamo la cortesia di controllare se sono ancora giusti. Ecco tutto ciò che è"
    " pubblicato:\n\n",
    "Dear Sir or Madam,\n\n{network} publishes some data about “{name}”. {since} May we ask you to"
    " check whether they are still right? This is all that is published:\n\n",
)
_NEVER = Text("Finora non sono mai stati verificati.", "So far they were never verified.")
_SINCE = Text(
    "L'ultima verifica risale a questa data: {date}.",
    "They were last verified on this date: {date}.",
)
_END = Text(
    "\n\nPer rispondere basta una riga, in risposta a questo messaggio o per lettera:\n\n"
    "- «confermato», se è tutto giusto;\n"
    "- che cosa cambia, con parole Vostre, se qualcosa non è più così;\n"
    "- «chiuso», se l'attività è cessata, se possibile con la data.\n\n"
    "Vi preghiamo di lasciare nella risposta il codice {code}, che ci dice di quale scheda si"
    " parla.\n\n"
    "Grazie della collaborazione. Cordiali saluti\n\n",
    "\n\nOne line is enough for an answer, in reply to this message or by letter:\n\n"
    "- “confirmed”, if everything is right;\n"
    "- what changes, in your own words, if something is no longer so;\n"
    "- “closed”, if the activity has ended, with the date if possible.\n\n"
    "Please keep the code {code} in your answer: it tells us which record it is about.\n\n"
    "Thank you for your help. Yours faithfully\n\n",
)


class Letter(NamedTuple):
    """A letter about one record: its code, to whom, of what kind that is, what it says.

    `to` is an address, empty where there is none; `published` holds what files show, by column.
    """

    code: str
    id: str
    name: str
    to: str
    to_kind: str
    language: str
    subject: str
    body: str
    published: Mapping[str, str]


def letters(registry: Registry, dataset: Dataset, places: Iterable[Place]) -> Iterator[Letter]:
    """Yield the letter of each record that is published; the others have none."""
    network, names = dataset.network, _names(dataset)
    wanted = {place.id: place for place in places}
    for entity in PLACES:
        layer = LAYERS[entity.table]
        for row in dataset.objects(layer):
            if place := wanted.get(row["id"]):
                to, kind = _recipient(registry, place)
                code = reply_codes.code_of(str(network.get("name") or ""), place.id)
                told = _Telling(network, dataset.language, names, code)
                subject, body = told.subject(row), told.body(layer, row)
                cells = {c.name: _cell(c, row[c.name]) for c in layer.columns if c.name != "id"}
                name = cells.pop("name")
                yield Letter(code, place.id, name, to, kind, dataset.language, subject, body, cells)


def columns() -> list[str]:
    """Return the published columns of all kinds of record, each once, but for id and name."""
    told = (column.name for entity in PLACES for column in entity.published())
    return [name for name in dict.fromkeys(told) if name not in {"id", "name"}]


class _Telling(NamedTuple):
    """What all letters have in common, and the code of this one."""

    network: Mapping[str, Any]
    language: str
    names: Mapping[str, Mapping[str, str]]
    code: str

    def subject(self, row: Mapping[str, Any]) -> str:
        """Return the subject, on one line."""
        name = " ".join(visible(row["name"]).split())
        short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        return self._said(_SUBJECT, name=short)

    def body(self, layer: Layer, row: Mapping[str, Any]) -> str:
        """Return what the letter says."""
        verified = row["verified_on"]
        since = _SINCE.filled(date=date_told(verified)) if verified else _NEVER
        name = " ".join(visible(row["name"]).split())
        lines = "\n".join(self._lines(layer.columns, row))
        signed = (self.network.get(each) for each in ("publisher", "name", "email", "website"))
        end = "\n".join(dict.fromkeys(visible(each) for each in signed if each))
        return "".join(
            (
                self._said(_BEGINNING, name=name, since=since),
                lines,
                self._said(_END),
                end,
                "\n",
            )
        )

    def _said(self, text: Text, **values: object) -> str:
        network = " ".join(visible(self.network.get("name") or "").split())
        whose = same(network) if network else Text("La nostra rete", "Our network")
        code = reply_codes.told(self.code)
        return text.filled(network=whose, code=code, **values).said_in(self.language)

    def _lines(self, columns: Sequence[Column], row: Mapping[str, Any]) -> Iterator[str]:
        """Yield what is published, one column a line, in words."""
        for column in columns:
            value = row[column.name]
            by_name = is_municipality(column) and row.get("municipality_name")
            if value is None or column.name in _ASIDE or by_name:
                continue
            label = column.label.said_in(self.language)
            told = self._value(column, value)
            yield f"{label}:{told}" if told.startswith("\n") else f"{label}: {told}"

    def _value(self, column: Column, stored: Any) -> str:
        value = column.kind.from_sql(stored)
        if isinstance(column.item, Reference):
            ids = value if column.many else (value,)
            known = self.names.get(column.item.table, {})
            return ", ".join(visible(known.get(id_, id_)) for id_ in ids)
        if column.many and not column.kind.literal:
            return "".join(f"\n  {visible(column.item.write(item))}" for item in value)
        told = visible(column.kind.told(value).said_in(self.language))
        return told.replace("\n", "\n  ")


def _names(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return the published names of areas and records, by table and id."""
    areas = Layer(Area.table, f"public_{Area.table}", Area.plural, Area.published())
    layers = (areas, *(LAYERS[entity.table] for entity in PLACES))
    return {
        layer.name: {row["id"]: row["name"] for row in dataset.objects(layer)} for layer in layers
    }


def _cell(column: Column, stored: Any) -> str:
    """Return a value as files hold it, so that it can be mended there and read again."""
    return "" if stored is None else column.kind.write(column.kind.from_sql(stored))


def _recipient(registry: Registry, place: Place) -> tuple[str, str]:
    """Return the address that a letter goes to, and whose it is.

    A contact may be written to without a basis to publish it, but not against its will.
    """
    if ADDRESS.fullmatch(place.email or ""):
        return place.email or "", OFFICE
    roles = list(vocabulary("contact_role"))
    contacts = [each for each in contacts_of(registry, place) if _may_be_written_to(each)]
    contacts.sort(key=lambda each: (roles.index(each.role) if each.role in roles else 99, each.id))
    return (contacts[0].email or "", CONTACT) if contacts else ("", NOBODY)


def _may_be_written_to(contact: Contact) -> bool:
    withdrawn = (contact.withdrawn_on or "9999") <= today()
    return not withdrawn and bool(ADDRESS.fullmatch(contact.email or ""))
