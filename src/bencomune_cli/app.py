"""The Typer app; the one place where errors become sentences and exit codes."""

import inspect
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__, screen
from .commands import add_all, complete, default_path, option, session
from .errors import ExitCode, Refused
from .usage import Group, told_usage
from .words import LANGUAGES, Text, speak


def make() -> typer.Typer:
    """Return the app with all its commands, in the language spoken now."""
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
    )
    app.callback()(_options)
    add_all(app)
    return app


def _options(
    registry: Annotated[
        Path | None,
        option(
            "il registro; altrimenti BENCOMUNE_REGISTRY, o registry.db qui",
            "the registry; else BENCOMUNE_REGISTRY, or registry.db here",
        ),
    ] = None,
    who: Annotated[
        str | None, option("chi scrive, per la storia", "who writes, for the history")
    ] = None,
    lang: Annotated[str | None, option("it, en", "it, en")] = None,
    no_input: Annotated[
        bool, option("non chiedere mai niente", "never ask anything", "--no-input")
    ] = False,
    version: Annotated[bool, option("mostra la versione", "show the version", "--version")] = False,
) -> None:
    if version:
        screen.out(f"bencomune {__version__}")
        raise typer.Exit
    if lang and lang not in LANGUAGES:
        raise Refused(Text("--lang: it oppure en", "--lang: it or en"))
    session.path = registry or default_path()
    session.who = who
    session.asks = not no_input


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Whatever happens, a person reads a sentence."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    told = list(sys.argv[1:] if arguments is None else arguments)
    _choose_language(told)
    try:
        return _run(told)
    except BrokenPipeError:
        _forget_output()
        return ExitCode.FINE
    except KeyboardInterrupt:
        screen.say(
            Text("interrotto: non è stato scritto niente", "interrupted: nothing was written")
        )
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is told, not shown
        _tell_bug(error)
        return ExitCode.BUG


def _run(arguments: list[str]) -> int:
    try:
        code = typer.main.get_command(_pruned(make(), arguments)).main(
            arguments, prog_name="bencomune", standalone_mode=False
        )
        sys.stdout.flush()
    except Refused as refused:
        screen.say(refused.text)
        return refused.exit_code
    except Exception as error:
        usage = told_usage(error)
        if usage is None:
            raise
        screen.say(usage)
        return ExitCode.REFUSED
    return code if isinstance(code, int) else ExitCode.FINE


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
    flags = {"no_input", "version"}
    valued = {f"--{name}" for name in inspect.signature(_options).parameters if name not in flags}
    before = ["", *arguments]
    return [
        word
        for word, previous in zip(arguments, before, strict=False)
        if not word.startswith("-") and previous not in valued
    ]


def _choose_language(arguments: list[str]) -> None:
    """Find the language before the commands, whose help is in it, are made."""
    for name, value in zip(arguments, [*arguments[1:], ""], strict=False):
        language = value if name == "--lang" else name.removeprefix("--lang=")
        if language in LANGUAGES and name.startswith("--lang"):
            speak(language)


def _forget_output() -> None:
    """Let the interpreter end quietly when the reader of a pipe is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_bug(error: Exception) -> None:
    screen.say(
        Text(
            "errore del programma ({kind}: {error}). I dati sono come prima del comando. Per"
            " segnalarlo, ripetere con BENCOMUNE_DEBUG=1 e allegare ciò che appare.",
            "a fault of the program ({kind}: {error}). The data are as before the command. To"
            " report it, repeat with BENCOMUNE_DEBUG=1 and attach what appears.",
        ).filled(kind=type(error).__name__, error=error)
    )
    if os.environ.get("BENCOMUNE_DEBUG"):
        import traceback

        traceback.print_exception(error)


def run() -> Any:
    """Run as a program."""
    sys.exit(main())
