"""Typer's own words in both languages: help headings, and what is wrong with a command line.

Typer carries Click inside, with English sentences only; they are told again here by the kind of
the error and the names it holds.
"""

import difflib
import re
from typing import Any

from typer import core

from .words import Text


def both(text: Text) -> str:
    """Return the help of an option in both languages, as Typer keeps it until it is shown.

    Options are declared when their module is loaded, before a person's --lang is read.
    """
    return f"{text.it}{_APART}{text.en}"


def translated(command: Any) -> Any:
    """Return a command, its options and those of its commands told in the language spoken."""
    for parameter in command.params:
        it, apart, en = (getattr(parameter, "help", None) or "").partition(_APART)
        if apart:
            parameter.help = str(Text(it, en))
    for inner in getattr(command, "commands", {}).values():
        translated(inner)
    return command


_APART = "\0"


class _Translated:
    """What commands and groups have in common: parts of help, and who tells a mistake."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the command line; a mistake in it names this command."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line that tells how the command is used."""
        pieces = [worded(piece) for piece in self.collect_usage_pieces(ctx)]  # type: ignore[attr-defined]
        prefix = str(Text("Uso: ", "Usage: "))
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=prefix)

    def get_help_option(self, ctx: Any) -> Any:
        """Return --help with its help in the language spoken."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = str(Text("Mostra questo aiuto.", "Show this help."))
        return option


class Command(_Translated, core.TyperCommand):
    """A command whose help is in the language spoken."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options under headings in the language spoken."""
        _write_options(self, ctx, formatter)


class Group(_Translated, core.TyperGroup):
    """A group of commands whose help is in the language spoken."""

    command_class = Command

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write options, then commands, under headings in the language spoken."""
        _write_options(self, ctx, formatter)
        rows = [
            (name, command.get_short_help_str(formatter.width))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) and not command.hidden
        ]
        if rows:
            with formatter.section(str(Text("Comandi", "Commands"))):
                formatter.write_dl(rows)


def _write_options(command: Any, ctx: Any, formatter: Any) -> None:
    headings = {
        "argument": Text("Argomenti", "Arguments"),
        "option": Text("Opzioni", "Options"),
    }
    for kind, heading in headings.items():
        rows = [
            record
            for parameter in command.get_params(ctx)
            if parameter.param_type_name == kind and (record := parameter.get_help_record(ctx))
        ]
        if rows:
            with formatter.section(str(heading)):
                formatter.write_dl([(worded(name), worded(text)) for name, text in rows])


FOLDER = "<folder>"  # what an option takes that is no file
_WORDS = {
    "[OPTIONS]": Text("[OPZIONI]", "[OPTIONS]"),
    "COMMAND": Text("COMANDO", "COMMAND"),
    "[ARGS]": Text("[ARGOMENTI]", "[ARGS]"),
    "[required]": Text("[necessario]", "[required]"),
    "<str>": Text("TESTO", "TEXT"),
    "<path>": Text("FILE", "FILE"),
    FOLDER: Text("CARTELLA", "FOLDER"),
}


def worded(text: str) -> str:
    """Return a piece of help in the language spoken, and parameters without Python's underscore."""
    for word, told in _WORDS.items():
        text = text.replace(word, str(told))
    return re.sub(r"(\w)_([\]}]|\b(?!\w))", r"\1\2", text)


def told_usage(error: Exception) -> Text | None:
    """Return what is wrong with a command line; None for an error that is not about it."""
    if not hasattr(error, "format_message") or not hasattr(error, "ctx"):
        return None
    kind, context = type(error).__name__, error.ctx
    path = context.command_path if context else "bencomune"
    if kind == "NoArgsIsHelpError":
        return Text(error.format_message(), error.format_message())
    text = _sentences(kind, error)
    hint = Text(
        "{text}\n«{path} --help» dice come si usa", "{text}\n“{path} --help” tells the usage"
    )
    return hint.filled(text=text, path=path)


def _sentences(kind: str, error: Any) -> Text:
    parameter = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or (parameter.opts[0] if parameter else "")
    name = name.rstrip("_")
    if kind == "NoSuchOption":
        near = ", ".join(error.possibilities or ())
        if near:
            return Text(
                "l'opzione {name} non esiste; forse: {near}",
                "there is no option {name}; perhaps: {near}",
            ).filled(name=name, near=near)
        return Text("l'opzione {name} non esiste", "there is no option {name}").filled(name=name)
    if kind == "MissingParameter":
        return Text("manca: {name}", "missing: {name}").filled(name=name)
    if kind == "BadOptionUsage":
        missing = Text("manca il valore di {name}", "the value of {name} is missing")
        needless = Text("l'opzione {name} non vuole un valore", "the option {name} takes no value")
        return (missing if "requires" in error.format_message() else needless).filled(name=name)
    if kind == "BadParameter":
        return Text("{name}: il valore non va bene", "{name}: the value is not right").filled(
            name=name
        )
    return _unknown_command(error)


def _unknown_command(error: Any) -> Text:
    """Tell a command that does not exist, with those that are near, or what else was said."""
    message = error.format_message()
    quoted = message.split("'")
    group = error.ctx.command if error.ctx else None
    if "command" in message and isinstance(group, core.TyperGroup) and len(quoted) > 1:
        near = difflib.get_close_matches(quoted[1], group.commands, n=3)
        told = Text("il comando «{name}» non esiste", "there is no command “{name}”").filled(
            name=quoted[1]
        )
        if near:
            return Text("{told}; forse: {near}", "{told}; perhaps: {near}").filled(
                told=told, near=", ".join(near)
            )
        return told
    if message.startswith("Missing command"):
        return Text("manca il comando", "the command is missing")
    if "unexpected extra argument" in message:
        extra = message[message.find(" (") + 2 : message.rfind(")")]
        return Text("di troppo: {extra}", "too much: {extra}").filled(extra=extra)
    return Text("{message}", "{message}").filled(message=message)
