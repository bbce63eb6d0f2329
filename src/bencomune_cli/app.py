"""The Typer app; the one place where errors become sentences and exit codes."""

import inspect
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__, endings, screen, streams
from .commands import complete, default_path, option, session
from .commands.index import add_needed
from .errors import ExitCode, Refused
from .usage import Group, told_usage, translated
from .words import LANGUAGES, Text, speak

Lang = Annotated[
    str | None,
    option(
        "it, en: dei messaggi, e delle etichette nei file esportati",
        "it, en: of messages, and of the labels in exported files",
    ),
]


_ASKED_BY = "_BENCOMUNE_COMPLETE"  # the variable in which a shell that completes tells its name


def make(words: Sequence[str] | None = None) -> typer.Typer:
    """Return the app in the language spoken now, with all commands or those that words need."""
    app = typer.Typer(
        name="bencomune",
        cls=Group,
        help=str(
            Text(
                "Il registro di laboratori sociali, gruppi e organizzazioni di un Comune.",
                "The registry of a municipality's social labs, groups and organisations.",
            )
        ),
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_options)
    add_needed(app, words)
    return app


def _tell_version(told: bool) -> None:
    if told:
        screen.out(f"bencomune {__version__}")
        raise typer.Exit


def _options(
    registry: Annotated[
        Path | None,
        option(
            "il registro; altrimenti BENCOMUNE_REGISTRY, o registry.db qui",
            "the registry; else BENCOMUNE_REGISTRY, or registry.db here",
            readable=False,  # the store tells better what a file without permission lacks
        ),
    ] = None,
    who: Annotated[
        str | None, option("chi scrive, per la storia", "who writes, for the history")
    ] = None,
    lang: Lang = None,
    no_input: Annotated[
        bool, option("non chiedere mai niente", "never ask anything", "--no-input")
    ] = False,
    quiet: Annotated[
        bool,
        option("dice solo ciò che si deve sapere", "tell only what must be known", "--quiet", "-q"),
    ] = False,
    verbose: Annotated[
        bool, option("dice anche come procede", "also tell how it goes", "--verbose", "-v")
    ] = False,
    version: Annotated[
        bool,
        option(
            "mostra la versione",
            "show the version",
            "--version",
            is_eager=True,
            callback=_tell_version,
        ),
    ] = False,
) -> None:
    del version
    _expect_values(registry, who, lang)
    session.path = registry or default_path()
    session.who = who
    session.lang = lang
    session.asks = not no_input
    screen.voice = screen.Voice(quiet=quiet, verbose=verbose)


def _expect_values(registry: Path | None, who: str | None, lang: str | None) -> None:
    """Refuse an empty value, and a language that is not spoken."""
    if lang is not None and lang not in LANGUAGES:
        raise Refused(Text("--lang: it oppure en", "--lang: it or en"))
    if who is not None and not who.strip():
        raise Refused(
            Text("--who: scrivere il nome di chi scrive", "--who: give the name of who writes")
        )
    if registry == Path():
        raise Refused(
            Text(
                "--registry: serve un file, come registry.db",
                "--registry: a file is needed, such as registry.db",
            )
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Whatever happens, a person reads a sentence."""
    os.umask(0o077)
    session.written = None
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if shell := os.environ.get(_ASKED_BY):
        return _complete(shell, given)
    told = _options_first(given)
    _choose_language(told)
    try:
        code = _run(told)
        sys.stdout.flush()
    except BrokenPipeError:
        streams.forget(sys.stdout)
        return ExitCode.FINE
    except KeyboardInterrupt:
        endings.tell_interrupted(session.written)
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is told, not shown
        if failing := streams.failure():
            streams.forget(sys.stdout)
            endings.tell_unwritable(failing, session.written)
            return ExitCode.REFUSED
        endings.tell_bug(error, session.written)
        return ExitCode.BUG
    return code


def _complete(shell: str, arguments: list[str]) -> int:
    """Answer a shell that completes a command line, which is no place to tell what is wrong."""
    with suppress(Exception):
        from . import shells
        from .commands.completion import answer

        question = shells.asked(shell, arguments)
        last = question.words[-1:]
        waiting = bool(last) and _own_options().get(last[0], False)
        words = last if waiting else _options_first(question.words)
        _choose_language(question.words)
        answer(question.replaced(words=words), program(words))
        sys.stdout.flush()
    return ExitCode.FINE


_NOT_UTF8 = Text(
    "«{text}» non è testo in UTF-8: riscriverlo",
    "“{text}” is no text in UTF-8: write it again",
)


def _run(arguments: list[str]) -> int:
    try:
        command = program(arguments)
        with command.make_context("bencomune", list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except Refused as refused:
        screen.warn(refused.text)
        return refused.exit_code
    except UnicodeEncodeError as error:
        screen.warn(_NOT_UTF8.filled(text=error.object))
        return ExitCode.REFUSED
    except Exception as error:
        usage = told_usage(error)
        if usage is None:
            raise
        screen.warn(usage)
        return ExitCode.REFUSED
    return ExitCode.FINE


def program(words: Sequence[str] | None = None) -> Any:
    """Return what Typer runs, with all commands, or with those alone that these words can need."""
    app = make(None if words is None else _words(words))
    if words is None:
        complete(app)
    else:
        _pruned(app, words)
    return translated(typer.main.get_command(app))


def _pruned(app: typer.Typer, arguments: Sequence[str]) -> typer.Typer:
    """Leave only the commands that this run can need.

    Typer builds each option of each command at the start: 30 ms for what one run never looks at.
    """
    words = _words(arguments)
    groups = {info.name: info for info in app.registered_groups}
    commands = {info.name: info for info in app.registered_commands}
    wanted_groups = [groups[word].typer_instance for word in words if word in groups]
    for info in groups.values():
        if info.typer_instance and info.typer_instance not in wanted_groups:
            info.typer_instance.registered_commands = []
    chosen = next((word for word in words if word in groups or word in commands), "")
    if chosen in commands:
        app.registered_commands = [commands[chosen]]
        app.registered_groups = []
    elif chosen in groups:
        app.registered_commands, app.registered_groups = [], [groups[chosen]]
        own = groups[chosen].typer_instance
        wanted = [info for info in own.registered_commands if info.name in words] if own else []
        if own and wanted:
            own.registered_commands = wanted
    complete(app)
    return app


def _words(arguments: Sequence[str]) -> list[str]:
    """Return the arguments that are neither options nor the values of this app's own options."""
    valued = {name for name, takes_value in _own_options().items() if takes_value}
    before = ["", *arguments]
    return [
        word
        for word, previous in zip(arguments, before, strict=False)
        if not word.startswith("-") and previous not in valued
    ]


def _options_first(arguments: list[str]) -> list[str]:
    """Put the options of every command before the command, wherever a person wrote them."""
    names = _own_options()
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word in names:
            value = next(waiting, None) if names[word] else None
            if names[word] and value is None:
                return [*first, word]  # nothing else is looked at: its value is missing
            first += [word] if value is None else [word, value]
        elif word.partition("=")[0] in names and "=" in word:
            first.append(word)
        else:
            rest.append(word)
    return [*first, *rest]


@cache
def _own_options() -> dict[str, bool]:
    """Return the names of the options of every command, and whether each takes a value."""
    names: dict[str, bool] = {}
    for name, parameter in inspect.signature(_options, eval_str=False).parameters.items():
        told = parameter.annotation.__metadata__[0]
        # In an annotation Typer keeps the first name where a default would stand.
        declared = [each for each in (told.default, *(told.param_decls or ())) if each is not ...]
        takes_value = parameter.annotation.__origin__ is not bool
        names |= dict.fromkeys(declared or [f"--{name}"], takes_value)
    return names


def _choose_language(arguments: list[str]) -> None:
    """Find the language before the commands, whose help is in it, are made."""
    for name, value in zip(arguments, [*arguments[1:], ""], strict=False):
        language = value if name == "--lang" else name.removeprefix("--lang=")
        if language in LANGUAGES and name.startswith("--lang"):
            speak(language)


def run() -> Any:
    """Run as a program."""
    streams.prepare()
    sys.exit(main())
