"""completion: a shell that knows commands, options, terms, areas and records by the key Tab.

What is completed is told by the names of parameters; options of columns follow their columns.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer._click.core import Parameter
from typer._click.shell_completion import _resolve_context, _resolve_incomplete

from .. import formats, screen, shells
from ..declare import Record
from ..entities import ENTITIES, PLACES, Area, Contact
from ..errors import Refused, reason
from ..faults import at
from ..suggestions import (
    Offer,
    areas,
    begun,
    columns,
    conditions,
    operations,
    plain,
    records,
    terms,
    values,
)
from ..words import LANGUAGES, Text, joined
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


class Place(NamedTuple):
    """Where on the command line something is completed."""

    path: Path
    command: str
    kinds: Sequence[type[Record]]
    typed: str


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
        offers = _of_parameter(context, target, value if joined_value else typed)
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


def _of_parameter(context: Any, parameter: Any, typed: str) -> list[Offer] | None:
    """Return what a parameter may be; None for a file."""
    if parameter.type.name == "path" or parameter.name == "to":
        return None
    told = context.find_root().params.get("registry")
    path = Path(told).expanduser() if told else default_path()
    command_name = context.info_name or ""
    entity = vars(context.command.callback).get("entity")
    if parameter.param_type_name == "option" and entity and entity.has(parameter.name):
        return values(path, entity.column(parameter.name), typed)
    group = (context.parent.info_name if context.parent else "") or ""
    kinds = [each for each in PLACES if each.name_of_kind.startswith(group)] or list(PLACES)
    place = Place(path, command_name, kinds, typed)
    look = _LOOKS.get(f"{command_name} {parameter.name}") or _LOOKS.get(parameter.name)
    return look(place) if look else []


def _any(place: Place) -> list[Offer]:
    return records(place.path, PLACES, place.typed)


def _of_kind(place: Place) -> list[Offer]:
    return records(place.path, place.kinds, place.typed, removed=place.command == "restore")


def _conditions(place: Place) -> list[Offer]:
    return _of_each(lambda kind: conditions(place.path, kind, place.typed), place)


def _columns(place: Place) -> list[Offer]:
    return _of_each(lambda kind: columns(kind, place.typed), place)


def _of_each(look: Callable[[type[Record]], list[Offer]], place: Place) -> list[Offer]:
    """Return what is offered for any of the kinds of record that are meant, each once."""
    return list({each.value: each for kind in place.kinds for each in look(kind)}.values())


def _rules(place: Place) -> list[Offer]:
    from ..rules import catalogue

    return begun((Offer(code, str(rule.name)) for code, rule in catalogue().items()), place.typed)


def _vocabularies(place: Place) -> list[Offer]:
    from ..vocabularies import names

    return plain(names(), place.typed)


def _described(place: Place) -> list[Offer]:
    return begun((Offer(each.table, str(each.plural)) for each in ENTITIES), place.typed)


def _layers(place: Place) -> list[Offer]:
    from ..layers import LAYERS

    return begun((Offer(name, str(layer.label)) for name, layer in LAYERS.items()), place.typed)


def _examples(place: Place) -> list[Offer]:
    folder = Path(__file__).parent.parent / "examples"
    return plain(sorted(path.stem for path in folder.glob("*.json")), place.typed)


# By the name of a parameter, or by command and parameter.
_LOOKS: dict[str, Callable[[Place], list[Offer]]] = {
    "id_": _of_kind,
    "add id_": lambda _: [],  # an id that is not there yet
    "coordinated_by": _any,
    "coordinates": _any,
    "ids": _any,
    "record": _any,
    "subject": _any,
    "object_": _any,
    "contact": lambda place: records(place.path, [Contact], place.typed),
    "operation": lambda place: operations(place.path, place.typed),
    "in_": lambda place: areas(place.path, place.typed),
    "where": _conditions,
    "changes": _conditions,
    "sort": _columns,
    "column": _columns,
    "link role": lambda place: terms("relation_role", place.typed),
    "unlink role": lambda place: terms("relation_role", place.typed),
    "map kind": lambda place: plain((each.name_of_kind for each in PLACES), place.typed),
    "load kind": lambda place: terms("area_kind", place.typed),
    "load part_of": lambda place: values(place.path, Area.column("part_of"), place.typed),
    "explain code": _rules,
    "terms name": _vocabularies,
    "describe name": _described,
    "layers": _layers,
    "format_": lambda place: plain(formats.names(), place.typed),
    "no_point": lambda place: plain(("null", "omit"), place.typed),
    "example": _examples,
    "lang": lambda place: plain(LANGUAGES, place.typed),
    "shell": lambda place: plain(shells.SCRIPTS, place.typed),
}
