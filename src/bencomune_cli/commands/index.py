"""Which module each command is in, and its help: a run loads only what it needs.

All modules together take longer to load than most commands take to run. What is told in
`index.json` is derived from them (`python docs/make.py`); where it tells nothing of a word, or of
another set of modules, all are loaded.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from ..usage import Group
from ..words import LANGUAGES, Text, speak, spoken
from . import command, loaded, names

FILE = Path(__file__).with_suffix(".json")


class Entry(NamedTuple):
    """A command, or a group of them: the modules that it needs, and its help."""

    name: str
    modules: tuple[str, ...]
    group: bool
    hidden: bool
    it: str
    en: str


def add_needed(app: typer.Typer, words: Sequence[str] | None) -> None:
    """Register the commands that these words can need; all of them for None.

    Without words none is run: there is only help, and its names stand in for commands.
    """
    entries = _entries() if words is not None else {}
    found = next((entries[word] for word in words or () if word in entries), None)
    if found:
        modules = loaded(found.modules)
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
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in _told())
    return f'{{"modules": {json.dumps(names())},\n"commands": [\n{rows}\n]}}\n'


def _told() -> Iterator[Entry]:
    helps: dict[str, dict[str, str]] = {}
    language = spoken()
    for each in LANGUAGES:
        speak(each)
        app = typer.Typer()
        modules = _makers(app)
        told: list[Any] = [*app.registered_commands, *app.registered_groups]
        helps[each] = {info.name: info.help for info in told}
    speak(language)
    groups = {info.name for info in app.registered_groups}
    for info in told:
        it, en = (helps[each][info.name] for each in LANGUAGES)
        group = info.name in groups
        yield Entry(info.name, tuple(modules[info.name]), group, info.hidden is True, it, en)


def _makers(app: typer.Typer) -> dict[str, list[str]]:
    """Register all commands; return the modules that make each command or group."""
    found: dict[str, list[str]] = {}
    for add in (_add_commands, _add_to_groups):
        for name in names():
            before = _sizes(app)
            add(app, loaded([name]))
            for each, size in _sizes(app).items():
                if before.get(each) != size and name not in found.setdefault(each, []):
                    found[each].append(name)
    return {each: sorted(modules) for each, modules in found.items()}


def _sizes(app: typer.Typer) -> dict[str, int]:
    """Return how many commands there are under each name."""
    sizes = {str(info.name): 1 for info in app.registered_commands}
    for info in app.registered_groups:
        inner = info.typer_instance
        sizes[str(info.name)] = len(inner.registered_commands) if inner else 0
    return sizes
