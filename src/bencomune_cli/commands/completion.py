"""completion: a shell that knows commands, options, terms, areas and records by the key Tab.

What is completed is told by the names of parameters; options of columns follow their columns.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.core import Parameter
from typer._click.shell_completion import _resolve_context, _resolve_incomplete

from .. import screen, shells
from ..errors import Refused, reason
from ..faults import at
from ..offers import offered
from ..suggestions import Offer
from ..words import Text, joined
from . import argument, command, default_path, option

LONGEST = 70  # characters of a help beside a word
RC_HEAD = "# bencomune: completion with the key Tab"


def add_to(app: typer.Typer) -> None:
    """Register completion."""
    command(
        app,
        "completion",
        Text(
            "Scrive, o installa con --install, il completamento con il tasto Tab.",
            "Write, or install with --install, the completion by the key Tab.",
        ),
        completion,
    )


def completion(  # noqa: D103
    shell: Annotated[
        str | None,
        argument(
            "bash, zsh o fish; quella in uso se assente", "bash, zsh or fish; else the one in use"
        ),
    ] = None,
    install: Annotated[
        bool, option("lo installa per chi lo chiede", "install it for this user", "--install")
    ] = False,
) -> None:
    name = shell or _shell_in_use()
    if name not in shells.SCRIPTS:
        raise Refused(
            Text(
                "completamento per «{name}»: non c'è; ci sono: {names}",
                "there is no completion for “{name}”; there are: {names}",
            ).filled(name=name, names=", ".join(shells.SCRIPTS))
        )
    if not install:
        screen.out(shells.SCRIPTS[name].rstrip("\n"))
        return
    path = _installed_path(name)
    _write(path, shells.SCRIPTS[name])
    told = [Text("scritto: {path}", "written: {path}").filled(path=path), *_next(name, path)]
    screen.say(joined("\n", told))


def _shell_in_use() -> str:
    from typer._completion_shared import _get_shell_name

    return _get_shell_name() or Path(os.environ.get("SHELL", "?")).name


def _home(variable: str, default: str) -> Path:
    """Return a folder of the XDG Base Directory Specification: only an absolute path counts."""
    told = os.environ.get(variable, "")
    return Path(told) if told.startswith("/") else Path.home() / default


def _installed_path(shell: str) -> Path:
    if shell == "fish":
        return _home("XDG_CONFIG_HOME", ".config") / "fish/completions/bencomune.fish"
    data = _home("XDG_DATA_HOME", ".local/share")
    if shell == "zsh":
        return data / "zsh/site-functions/_bencomune"
    return _home("BASH_COMPLETION_USER_DIR", str(data / "bash-completion")) / (
        "completions/bencomune"
    )


def _write(path: Path, text: str) -> None:
    """Write a script, in a folder that other programs' scripts may share."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(at(path, reason(error))) from None


def _next(shell: str, path: Path) -> list[Text]:
    """Say what else is needed, and do it for zsh, which looks into no folder by itself."""
    new = Text(
        "Aprire un nuovo terminale, scrivere «bencomune lab » e premere Tab.",
        "Open a new terminal, write “bencomune lab ” and press Tab.",
    )
    if shell == "fish":
        return [new]
    line = f". {shells.quoted(str(path))}"
    if shell == "bash":
        return [
            new,
            Text(
                "Se non succede niente manca il pacchetto bash-completion: installarlo, oppure"
                " aggiungere a ~/.bashrc questa riga:\n  {line}",
                "If nothing happens the package bash-completion is missing: install it, or add"
                " this line to ~/.bashrc:\n  {line}",
            ).filled(line=line),
        ]
    rc = _home("ZDOTDIR", "") / ".zshrc"
    return [_add_line(rc, line), new]


def _add_line(rc: Path, line: str) -> Text:
    """Add a line at the end of a file that is a person's own; what is there stays as it is."""
    try:
        present = rc.read_bytes() if rc.exists() else b""
        if line.encode() in present.splitlines():
            return Text("già presente in {rc}: {line}", "already in {rc}: {line}").filled(
                rc=rc, line=line
            )
        with rc.open("ab") as file:
            # The empty line ends one that a backslash at the end of the file would continue.
            file.write(f"\n\n{RC_HEAD}\n{line}\n".encode())
    except OSError as error:
        return Text(
            "{rc}: {reason}. Aggiungervi questa riga:\n  {line}",
            "{rc}: {reason}. Add this line to it:\n  {line}",
        ).filled(rc=rc, reason=reason(error), line=line)
    return Text("aggiunto in fondo a {rc}: {line}", "added at the end of {rc}: {line}").filled(
        rc=rc, line=line
    )


# What a shell asks


def answer(question: shells.Asked, program: Any) -> None:
    """Answer a shell: the commands, options or values that may come next."""
    name, sign, value = question.typed.partition("=")
    joined_value = question.typed.startswith("--") and bool(sign)
    context = _resolve_context(program, {}, "bencomune", list(question.words))
    target, typed = _resolve_incomplete(context, list(question.words), question.typed)
    if not isinstance(target, Parameter):
        items = target.shell_complete(context, typed)
        offers: list[Offer] | None = [Offer(item.value, item.help or "") for item in items]
    else:
        offers = offered(context, target, default_path(), value if joined_value else typed)
    if offers is None:
        print("files")
        return
    before = f"{name}=" if joined_value else ""
    told = [(before + each.value, _short(each.help)) for each in offers if _writable(each.value)]
    print("\n".join(shells.answered(question, told)))


def _writable(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return screen.visible(text) == text


def _short(text: str) -> str:
    line = screen.visible(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
