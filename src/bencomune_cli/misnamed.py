"""What is said of a text that means no record of the kind asked for, or only the start of one."""

from typing import TypeVar

from .declare import Record
from .entities import Area, Contact, Network, Relation
from .errors import Refused
from .words import Text

R = TypeVar("R", bound=Record)

_KINDS: dict[type[Record], Text] = {
    Contact: Text(
        "«{text}» è un contatto: «bencomune contact list {of}» lo mostra, «bencomune contact edit"
        " {id}» lo modifica",
        "“{text}” is a contact: “bencomune contact list {of}” shows it, “bencomune contact edit"
        " {id}” changes it",
    ),
    Relation: Text(
        "«{text}» è una relazione: «bencomune show {of}» la mostra; per cambiarla servono"
        " «bencomune unlink» e «bencomune link»",
        "“{text}” is a relation: “bencomune show {of}” shows it; to change it take"
        " “bencomune unlink” and “bencomune link”",
    ),
    Area: Text(
        "«{text}» è un'area: «bencomune area list» la mostra, «bencomune area load» la modifica",
        "“{text}” is an area: “bencomune area list” shows it, “bencomune area load” changes it",
    ),
    Network: Text(
        "«{text}» è la rete: «bencomune network show» la mostra, «bencomune network set» la"
        " modifica",
        "“{text}” is the network: “bencomune network show” shows it, “bencomune network set”"
        " changes it",
    ),
}
_OTHER = Text(
    "«{text}» è di un altro tipo: {kind}; usare «bencomune {name}»",
    "“{text}” is of another kind: {kind}; use “bencomune {name}”",
)


def of_another_kind(record: Record, text: str) -> Refused:
    """Return the refusal of a text that means a record of another kind, with what shows that."""
    kind = type(record)
    of = getattr(record, "record", None) or getattr(record, "subject", None)
    told = {"kind": kind.label, "name": kind.name_of_kind, "id": record.id, "of": of}
    return Refused(_KINDS.get(kind, _OTHER).filled(text=text, **told))


def gone(text: str) -> Refused:
    """Return the refusal of an id whose record is there no more."""
    return Refused(
        Text(
            "«{text}» è stato rimosso; «bencomune log {text}» dice quando e da chi",
            "“{text}” was removed; “bencomune log {text}” tells when and by whom",
        ).filled(text=text)
    )


def united(id_: str, into: str) -> Text:
    """Return what is said of a record that became part of another."""
    return Text("{id} è confluito in {into}", "{id} was merged into {into}").filled(
        id=id_, into=into
    )


def refuse_united(id_: str, into: str) -> Refused:
    """Return the refusal to write on a record that became part of another."""
    return Refused(
        Text(
            "{told}: scrivere {into}; «bencomune log {id}» dice quando e perché",
            "{told}: write {into}; “bencomune log {id}” tells when and why",
        ).filled(told=united(id_, into), into=into, id=id_)
    )


def whole(record: R, text: str) -> R:
    """Return a record that is to be taken away, if a text is its whole id. Raises Refused."""
    if record.id == text.strip():
        return record
    raise Refused(
        Text(
            "«{text}»: per togliere serve l'identificativo intero; forse {id}",
            "“{text}”: to take away, the whole identifier is needed; perhaps {id}",
        ).filled(text=text, id=record.id)
    )
