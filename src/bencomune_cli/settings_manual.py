"""The settings told: an example to begin with, and a page of the manual."""

from collections.abc import Iterator

from . import targets
from .markdown import table
from .setting_keys import Key, keys, written
from .settings import FILE
from .words import Text, spoken

_HEAD = Text(
    "Si mette accanto al registro. Valgono le righe senza # davanti.",
    "It stands beside the registry. Lines without # in front apply.",
)


def example() -> str:
    """Return a file to begin with, which sets nothing but what has to be set."""
    parts = [f"# {FILE}\n# {_HEAD}\n"]
    for name, section in targets.sections().items():
        lines = [f"\n# {section.about}", _head(name)]
        lines += [f"# {each.text}\n{'# '}{_line(each)}" for each in keys(section)]
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


def _head(name: str) -> str:
    return f"[{name}]" if name == "publish" else f"# [{name}]"


def _line(each: Key) -> str:
    return f"{each.name} = {written(each.example or each.default)}"


def pages() -> dict[str, str]:
    """Return the page by its file name."""
    suffix = "" if spoken() == "en" else f".{spoken()}"
    title = Text("Che cosa si imposta", "What is set")
    begin = Text(
        "Nel file `{file}`, accanto al registro. Per cominciare:"
        " `bencomune settings --example > {file}`. I percorsi partono dalla cartella del file.",
        "In the file `{file}`, beside the registry. To begin: `bencomune settings --example >"
        " {file}`. Paths start at the folder of the file.",
    ).filled(file=FILE)
    return {f"settings{suffix}.md": "\n\n".join((f"# {title}", str(begin), *_parts()))}


def _parts() -> Iterator[str]:
    head = (
        *(Text("nome", "name"), Text("che cosa", "what"), Text("valore", "value")),
        *(Text("se manca", "if missing"), Text("esempio", "example")),
    )
    for name, section in targets.sections().items():
        rows = [
            (
                f"`{each.name}`",
                str(each.text),
                str(each.expected),
                str(Text("serve", "required")) if each.required else _told(each.default),
                _told(each.example),
            )
            for each in keys(section)
        ]
        yield f"## [{name}]\n\n{section.about}\n\n{table(map(str, head), rows)}"


def _told(value: object) -> str:
    return f"`{written(value)}`" if value not in (None, "", (), {}) else ""
