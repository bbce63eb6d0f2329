"""Which module each command is in, and its help: a run loads only what it needs.

All modules together take longer to load than most commands take to run. What is told in
`index.json` is derived from them (`python docs/make.py`); where it tells nothing of a word, or of
another set of modules, all are loaded.
"""

import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import typer

from ..usage import Group
from ..words import LANGUAGES, Text, speak, spoken
from . import command

FILE = Path(__file__).with_suffix(".json")


class Entry(NamedTuple):
    """A command, or a group of them: the modules that it needs, and its help.

    `inner` are the modules that each command of a group of several needs.
    """

    name: str
    modules: Sequence[str]
    group: bool
    hidden: bool
    it: str
    en: str
    inner: Mapping[str, Sequence[str]] = {}

    def needed(self, words: Iterable[str]) -> list[str]:
        """Return the modules of the commands that words name; all of a group where they do not."""
        named = {module for word in words for module in self.inner.get(word, ())}
        return sorted(named or self.modules)


def names() -> list[str]:
    """Return the names of the modules of commands."""
    own = Path(__file__)
    found = (each.stem for each in own.parent.iterdir() if each.suffix == ".py")
    return sorted(name for name in found if name not in {"__init__", own.stem})


def loaded(wanted: Iterable[str]) -> list[ModuleType]:
    """Return some modules of commands."""
    return [importlib.import_module(f"{__package__}.{name}") for name in wanted]


def add_needed(app: typer.Typer, words: Sequence[str] | None) -> None:
    """Register the commands that these words can need; all of them for None.

    Without words none is run: there is only help, and its names stand in for commands.
    """
    entries = _entries() if words is not None else {}
    found = next((entries[word] for word in words or () if word in entries), None)
    if found:
        modules = loaded(found.needed(words or ()))
        _add_commands(app, modules)
        if found.group:
            _add_to_groups(app, modules)
    elif words or not entries:
        modules = loaded(names())
        _add_commands(app, modules)
        _add_to_groups(app, modules)
    else:
        for entry in entries.values():
            _stand_in(app, entry)


def _add_commands(app: typer.Typer, modules: Iterable[Any]) -> None:
    for module in modules:
        if add_to := getattr(module, "add_to", None):
            add_to(app)


def _add_to_groups(app: typer.Typer, modules: Iterable[Any]) -> None:
    for module in modules:
        if add_to_groups := getattr(module, "add_to_groups", None):
            add_to_groups({info.name: info.typer_instance for info in app.registered_groups})


def _stand_in(app: typer.Typer, entry: Entry) -> None:
    text = Text(entry.it, entry.en)
    if entry.group:
        made = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
        app.add_typer(made, name=entry.name, help=str(text), hidden=entry.hidden)
    else:
        command(app, entry.name, text, lambda: None)


def _entries() -> dict[str, Entry]:
    """Return what the file tells, by name; nothing where it is of other modules."""
    try:
        told = json.loads(FILE.read_text("utf-8"))
    except OSError:
        return {}
    if told["modules"] != names():
        return {}
    return {each[0]: Entry(*each) for each in told["commands"]}


def derived() -> str:
    """Return the file as it should be, from all modules."""
    told = (entry if entry.inner else entry[:-1] for entry in _told())
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in told)
    return f'{{"modules": {json.dumps(names())},\n"commands": [\n{rows}\n]}}\n'


def _told() -> Iterator[Entry]:
    helps: dict[str, dict[str, str]] = {}
    language = spoken()
    for each in LANGUAGES:
        speak(each)
        app = typer.Typer()
        makers = _makers(app)
        told: list[Any] = [*app.registered_commands, *app.registered_groups]
        helps[each] = {info.name: info.help for info in told}
    speak(language)
    groups = {info.name for info in app.registered_groups}
    for info in told:
        it, en = (helps[each][info.name] for each in LANGUAGES)
        own = makers[info.name,]
        inner = {
            name: sorted({own, module})
            for (at, *under), module in makers.items()
            for name in under
            if at == info.name
        }
        modules = sorted({own}.union(*inner.values()))
        inner = inner if len(modules) > 1 else {}
        hidden = info.hidden is True
        yield Entry(info.name, modules, info.name in groups, hidden, it, en, inner)


def _makers(app: typer.Typer) -> dict[tuple[str, ...], str]:
    """Register all commands; return the module that makes each, under its group and name."""
    makers: dict[tuple[str, ...], str] = {}
    for add in (_add_commands, _add_to_groups):
        for name in names():
            add(app, loaded([name]))
            for each in _registered(app):
                makers.setdefault(each, name)
    return makers


def _registered(app: typer.Typer) -> Iterator[tuple[str, ...]]:
    """Yield what is registered: (command,), (group,), (group, command)."""
    for info in app.registered_commands:
        yield (str(info.name),)
    for group in app.registered_groups:
        yield (str(group.name),)
        for inner in group.typer_instance.registered_commands if group.typer_instance else ():
            yield (str(group.name), str(inner.name))
