"""Ids made of names: what a person can read, and what never changes."""

import re
import unicodedata

from .declare import Record
from .entities import Contact, Distinction, Relation, Waiver


def slug_of(text: str) -> str:
    """Return lower-case words and hyphens made of a name, at most 80 characters."""
    plain = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def text_for_id(record: Record) -> str:
    """Return the text that a new record's id is made from."""
    if isinstance(record, Relation):
        return f"{record.subject}-{record.role}-{record.object}"
    if isinstance(record, Contact):
        return f"{record.record}-{record.role or record.name_of_kind}"
    if isinstance(record, Waiver):
        return f"{record.record}-{record.code}-{record.concerns}"
    if isinstance(record, Distinction):
        return f"{record.one}-{record.other}"
    return str(getattr(record, "name", "") or "")
