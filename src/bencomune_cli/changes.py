"""What a person wants changed: `column=value` read, and the three-way rule for two who write."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .declare import Column, Record
from .describe import column_named
from .errors import Refused, Unreadable
from .finder import Finder
from .kinds.choices import Listing
from .reading import names_others, values
from .words import Text

# A record in the texts that a person writes: one for each column, several for a list.
Shown = dict[str, str | list[str]]

_CHANGE = re.compile(r"([^=]*?)\s*(\+=|-=|=)(.*)", re.DOTALL)
_EMPTIED = re.compile(r"([^=]+?)\s*!\s*")


class Change(NamedTuple):
    """What becomes of a column: `=` gives it a text, `+=` and `-=` add to a list or take away."""

    column: Column
    sign: str
    text: str


def is_change(word: str) -> bool:
    """Tell whether a word of the command line is written as a change."""
    return bool(_CHANGE.fullmatch(word) or _EMPTIED.fullmatch(word))


def changes_of(
    entity: type[Record], words: Iterable[str], options: Mapping[str, str]
) -> list[Change]:
    """Read `column=value`, `column+=value`, `column-=value` and `column!`; add those of options.

    Raises Refused for what is none of these, a column that is not there, and one told twice.
    """
    told = [Change(entity.column(name), "=", text) for name, text in options.items()]
    told += [_change(entity, word) for word in words]
    seen: set[str] = set()
    for change in told:
        if change.column.name in seen:
            raise Refused(
                Text(
                    "la colonna {name} è indicata due volte: lasciarla una volta sola",
                    "the column {name} is told twice: leave it once only",
                ).filled(name=change.column.name)
            )
        seen.add(change.column.name)
    return told


def _change(entity: type[Record], word: str) -> Change:
    if emptied := _EMPTIED.fullmatch(word):
        return Change(column_to_write(entity, emptied[1]), "=", "")
    parts = _CHANGE.fullmatch(word)
    if parts is None:
        raise Refused(
            Text(
                "«{word}»: scrivere colonna=valore, colonna+=valore, colonna-=valore o colonna!",
                "“{word}”: write column=value, column+=value, column-=value or column!",
            ).filled(word=word)
        )
    column = column_to_write(entity, parts[1])
    if parts[2] != "=" and not column.many:
        raise Refused(
            Text(
                "«{word}»: {name} ha un valore solo, e += e -= valgono per gli elenchi; scrivere"
                " {name}=valore",
                "“{word}”: {name} has one value only, and += and -= are for lists; write"
                " {name}=value",
            ).filled(word=word, name=column.name)
        )
    return Change(column, parts[2], parts[3].strip())


def column_to_write(entity: type[Record], text: str) -> Column:
    """Return the column that a person names by its code or label, and may write. Raises Refused."""
    column = column_named(entity, text)
    if column.automatic:
        raise Refused(
            Text(
                "{name} ({label}) è scritto dal programma e non si modifica",
                "{name} ({label}) is written by the program and cannot be changed",
            ).filled(name=column.name, label=column.label)
        )
    return column


def texts_of_changes(
    record: Record, changes: Iterable[Change], finder: Finder, *, strict: bool
) -> dict[str, str]:
    """Return the text that each changed column is to have.

    With `strict` an item that is already in a list, or that is not in it, is refused.
    """
    return {change.column.name: _text(record, change, finder, strict) for change in changes}


def _text(record: Record, change: Change, finder: Finder, strict: bool) -> str:
    column, kind = change.column, change.column.kind
    if change.sign == "=" or not isinstance(kind, Listing):
        return change.text
    try:
        items = kind.read(finder.resolved(column, change.text))
    except Unreadable:
        return change.text  # for the record's own reading to tell, along with all else
    held, adding = getattr(record, column.name), change.sign == "+="
    idle = [item for item in items if (item in held) == adding]
    if (idle or not items) and strict:
        raise _idle(record, change, kind.write(tuple(idle)))
    kept = held if adding else tuple(item for item in held if item not in items)
    added = tuple(item for item in items if item not in held) if adding else ()
    return kind.write((*kept, *added))


def _idle(record: Record, change: Change, items: str) -> Refused:
    """Return the refusal to add what is there, to take away what is not, or to do neither."""
    if not items:
        told = Text(
            "{name}{sign}: manca il valore da aggiungere o da togliere",
            "{name}{sign}: the value to add or to take away is missing",
        )
    elif change.sign == "+=":
        told = Text("{name}: «{items}» c'è già in {id}", "{name}: “{items}” is already in {id}")
    else:
        told = Text(
            "{name}: «{items}» non c'è in {id}, che ha: {held}",
            "{name}: “{items}” is not in {id}, which has: {held}",
        )
    held = change.column.kind.write(getattr(record, change.column.name))
    return Refused(
        told.filled(
            name=change.column.name, sign=change.sign, items=items, id=record.id, held=held or "—"
        )
    )


def columns_of(entity: type[Record]) -> list[Column]:
    """Return the columns that a person may write."""
    return [column for column in entity.columns if not column.automatic]


def shown(record: Record) -> Shown:
    """Return the texts of a record, for each column that a person may write."""
    columns = columns_of(type(record))
    return {column.name: _shown(column, getattr(record, column.name)) for column in columns}


def _shown(column: Column, value: Any) -> str | list[str]:
    if column.many:
        return [column.kind.item.write(item) for item in value]  # type: ignore[attr-defined]
    return column.text(value)


def as_text(column: Column, told: str | list[str]) -> str:
    """Return what a page tells of a column as the one text that an option would give."""
    separator = getattr(column.kind, "separator", " | ")
    return told if isinstance(told, str) else separator.join(told)


def three_way(
    base: Mapping[str, object], theirs: Mapping[str, object], mine: Mapping[str, object]
) -> tuple[list[str], list[str]]:
    """Return which of my columns are to be written, and which clash with what others wrote.

    `base` is what I was shown, `theirs` what is there now. A column that only I changed is written;
    one that only others changed stays as it is, as does one that both changed alike; one that both
    changed differently clashes.
    """
    changed = [name for name in mine if mine[name] != base.get(name)]
    differing = [name for name in changed if mine[name] != theirs.get(name)]
    untouched = [name for name in differing if theirs.get(name) == base.get(name)]
    return untouched, [name for name in differing if name not in untouched]


def constants_of(entity: type[Record], words: Iterable[str]) -> dict[str, str]:
    """Read `column=value` for new records, by column, at once, so that a slip is told.

    What names a record or an area is left for later, when the registry is open. Raises Refused.
    """
    texts: dict[str, str] = {}
    for word in words:
        change = _change(entity, word)
        if change.sign != "=":
            raise Refused(
                Text("«{word}»: scrivere colonna=valore", "“{word}”: write column=value").filled(
                    word=word
                )
            )
        texts[change.column.name] = change.text
    own = {name: text for name, text in texts.items() if not names_others(entity.column(name))}
    _read, findings = values(entity, own)
    for finding in findings:
        raise Refused(finding.message)
    return texts
