"""How a part of the settings is declared: a frozen dataclass, whose fields are made by `key`.

From these the reader, its refusals, the page of the manual and the example follow.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, NamedTuple, Protocol, get_args, get_origin, get_type_hints

from .words import Text

_TYPES: Mapping[Any, Text] = {
    str: Text("un testo fra virgolette", "a text in quotes"),
    Path: Text("un percorso fra virgolette", "a path in quotes"),
    int: Text("un numero intero", "a whole number"),
    bool: Text("true oppure false", "true or false"),
    tuple: Text('un elenco, come ["uno", "due"]', 'a list, such as ["one", "two"]'),
    dict: Text('una tabella, come {nome = "valore"}', 'a table, such as {name = "value"}'),
}


class Key(NamedTuple):
    """One setting: its name, type, meaning, what holds where it is not set, and an example.

    `least` is the smallest number, `choices` the only texts that are taken, each if there are any.
    """

    name: str
    type: Any
    text: Text
    required: bool
    default: Any
    example: Any
    least: int | None
    choices: tuple[str, ...]

    @property
    def expected(self) -> Text:
        """Return what the setting takes, in words."""
        if self.choices:
            told = Text("uno di: {choices}", "one of: {choices}")
            return told.filled(choices=", ".join(f'"{choice}"' for choice in self.choices))
        if self.least is not None:
            told = Text("un numero intero, da {least} in su", "a whole number from {least} up")
            return told.filled(least=self.least)
        return _TYPES[self.type]

    def takes(self, value: Any) -> bool:
        """Tell whether a value, as TOML gives it, is one for this setting."""
        plain = {Path: str, tuple: list}.get(self.type, self.type)
        if type(value) is not plain or (plain is str and not value):
            return False
        within = value.values() if plain is dict else value if plain is list else ()
        if not all(isinstance(each, str) and each for each in within):
            return False
        enough = self.least is None or value >= self.least
        return enough and (not self.choices or value in self.choices)


def key(
    it: str,
    en: str,
    default: Any = dataclasses.MISSING,
    *,
    example: Any = None,
    least: int | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a setting by its meaning in both languages; one without a default is required."""
    meaning = {"text": Text(it, en), "example": example, "least": least, "choices": choices}
    if isinstance(default, dict):
        return dataclasses.field(default_factory=dict, metadata=meaning)
    return dataclasses.field(default=default, metadata=meaning)


class Section(Protocol):
    """A part of the settings: a frozen dataclass that says what it is about."""

    about: ClassVar[Text]


def keys(section: type[Section]) -> Iterator[Key]:
    """Yield the settings of a part of the file."""
    types = get_type_hints(section)
    declared: Any = section
    for each in dataclasses.fields(declared):
        made = each.default_factory
        default = each.default if made is dataclasses.MISSING else made()
        required = default is dataclasses.MISSING
        told = None if required else default
        plain = _plain(types[each.name])
        yield Key(each.name, plain, default=told, required=required, **each.metadata)


def _plain(type_: Any) -> Any:
    """Return the type of values: `Path` of `Path | None`, `tuple` of `tuple[str, ...]`."""
    if isinstance(type_, UnionType):
        type_ = next(each for each in get_args(type_) if each is not type(None))
    return get_origin(type_) or type_


def written(value: Any) -> str:
    """Return a value as TOML: a text, a list, a table of texts, a number."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items())
        return f"{{{inner}}}"
    if isinstance(value, Path):
        value = value.as_posix()
    return json.dumps(value, ensure_ascii=False)
