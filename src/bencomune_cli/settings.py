"""What an office sets for its publication, in `bencomune.toml` beside the registry."""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from .errors import Refused, reason
from .faults import at
from .setting_keys import Key, Section, key, keys, written
from .words import LANGUAGES, Text

FILE = "bencomune.toml"
LONGEST = 1_000_000  # bytes
Sections = Mapping[str, type[Section]]


@dataclasses.dataclass(frozen=True)
class Publish:
    """What is published, and where to."""

    about: ClassVar[Text] = Text("Che cosa si pubblica, e dove.", "What is published, and where.")

    folder: Path = key(
        "la cartella dei file pubblicati", "the folder of the published files", Path("exports")
    )
    layers: tuple[str, ...] = key(
        "che cosa si pubblica; se manca, tutto",
        "what is published; all of it if this is missing",
        (),
        example=("labs", "groups"),
    )
    formats: tuple[str, ...] = key(
        "i formati; se mancano, i soliti e quelli già nella cartella",
        "the formats; the usual ones and those already in the folder if this is missing",
        (),
        example=("csv", "geojson"),
    )
    purposes: tuple[str, ...] = key(
        "oltre a quei formati, quelli adatti a questi usi",
        "besides those formats, the ones that suit these uses",
        (),
        example=("ckan", "umap"),
    )
    language: str = key(
        "la lingua delle etichette nei file e dei messaggi; se manca, la prima della rete",
        "the language of the labels in the files, and of messages; the network's first if missing",
        "",
        example="it",
        choices=LANGUAGES,
    )
    keep: int = key("quante copie datate si tengono", "how many dated copies are kept", 12, least=0)
    to: tuple[str, ...] = key(
        "dove si manda ogni pubblicazione, oltre che nella cartella",
        "where each publication is sent, besides into the folder",
        (),
        example=("ckan",),
    )


@dataclasses.dataclass(frozen=True)
class Backup:
    """Where copies of the registry are kept, and when they are made."""

    about: ClassVar[Text] = Text("Le copie di sicurezza del registro.", "Backups of the registry.")

    folder: Path | None = key(
        "la cartella delle copie; se manca, quella accanto al registro che finisce in .backups",
        "the folder of the copies; the one beside the registry that ends in .backups if missing",
        None,
        example=Path("/mnt/backup"),
    )
    keep: int = key("quante copie si tengono", "how many copies are kept", 30, least=1)
    with_publish: bool = key(
        "ogni pubblicazione fa anche una copia", "each publication makes a copy too", False
    )


class Settings:
    """The settings of one file, by the name of its part."""

    def __init__(self, path: Path, told: Mapping[str, Any]) -> None:
        self.path = path
        self._told = told

    def sets(self, name: str) -> bool:
        """Tell whether the file has a part of this name, or what holds by default is enough."""
        return self._told[name] is not None

    def __getitem__(self, name: str) -> Any:
        """Return a part as it is set. Raises Refused where it lacks what is required."""
        found = self._told[name]
        if found is None:
            told = Text("manca la parte [{name}]", "the part [{name}] is missing")
            raise Refused(at(self.path, told.filled(name=name)))
        if isinstance(found, Refused):
            raise found
        return found


def beside(registry: Path) -> Path:
    """Return where the settings of a registry are."""
    return registry.with_name(FILE)


def read(path: Path, sections: Sections) -> Settings:
    """Return what a file sets; what holds by default where there is none. Raises Refused."""
    text = _text(path)
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise Refused(_where(path, int(line[1]) if line else 0, _NO_TOML)) from None
    source = _Source(path, text)
    for name in told:
        if name not in sections:
            raise source.refused("", name, _unknown(f"[{name}]", [f"[{s}]" for s in sections]))
    return Settings(
        path, {name: source.part(name, told.get(name), sections[name]) for name in sections}
    )


_NO_TOML = Text(
    'non si capisce; una riga è come: folder = "exports", sotto una riga come: [publish]',
    'is not understood; a line is like: folder = "exports", under a line like: [publish]',
)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Refused(at(path, reason(error))) from None
    if len(data) > LONGEST:
        raise Refused(at(path, Text("è troppo grande", "is too large")))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(_where(path, line, Text("non è UTF-8", "is not UTF-8"))) from None


def _where(path: Path, line: int, text: Text) -> Text:
    if not line:
        return at(path, text)
    told = Text("{path}, riga {line}: {text}", "{path}, line {line}: {text}")
    return told.filled(path=path, line=line, text=text)


def _unknown(name: str, known: list[str]) -> Text:
    near = difflib.get_close_matches(name, known, n=2)
    return Text(
        "«{name}» non c'è; {hint}: {names}", "there is no “{name}”; {hint}: {names}"
    ).filled(
        name=name,
        hint=Text("forse", "perhaps") if near else Text("ci sono", "there are"),
        names=", ".join(near or known),
    )


class _Source:
    """The text of a file, to say in which line what is wrong; never what a value is.

    A value in the wrong place may be a secret.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def part(self, name: str, told: Any, section: type[Section]) -> Any:
        """Return one part; the refusal, where what is required is missing, for who asks for it."""
        if told is not None and not isinstance(told, dict):
            wrong = Text("serve una riga [{name}]", "a line [{name}] is needed").filled(name=name)
            raise self.refused("", name, wrong)
        known = {each.name: each for each in keys(section)}
        values = {}
        for word, value in (told or {}).items():
            if word not in known:
                raise self.refused(name, word, _unknown(word, list(known)))
            values[word] = self._value(name, known[word], value)
        lacking = [each for each in known.values() if each.required and each.name not in values]
        if lacking and told is None:
            return None
        if lacking:
            return Refused(at(self.path, _missing(name, lacking[0])))
        defaults = {each.name: self._at(each.default) for each in known.values()}
        return section(**defaults | values)

    def _value(self, section: str, wanted: Key, value: Any) -> Any:
        if not wanted.takes(value):
            told = Text("«{name}»: serve {expected}", "“{name}”: {expected} is needed")
            wrong = told.filled(name=wanted.name, expected=wanted.expected)
            raise self.refused(section, wanted.name, wrong)
        return self._at(wanted.type(value))

    def _at(self, value: Any) -> Any:
        """Return a path as it is meant: of this file's folder, not of where one works."""
        return self.path.parent / value.expanduser() if isinstance(value, Path) else value

    def refused(self, section: str, word: str, text: Text) -> Refused:
        """Return the refusal of what a line says."""
        return Refused(_where(self.path, self._line(section, word), text))

    def _line(self, section: str, word: str) -> int:
        """Return the number of the line where a part sets something, 0 where it is not found."""
        head = re.compile(r"\s*\[\s*([^\]]*?)\s*\]")
        wanted = re.compile(rf"""\s*["']?{re.escape(word)}["']?\s*[=.]""")
        within = ""
        for number, line in enumerate(self.lines, 1):
            if found := head.match(line):
                within = found[1].strip("\"'")
                if not section and within.partition(".")[0] == word:
                    return number
                if within == f"{section}.{word}":
                    return number
            elif within == section and wanted.match(line):
                return number
        return 0


def _missing(section: str, wanted: Key) -> Text:
    told = Text(
        "nella parte [{section}] manca «{name}»: {text}; per esempio: {name} = {example}",
        "the part [{section}] lacks “{name}”: {text}; for example: {name} = {example}",
    )
    example = written(wanted.example)
    return told.filled(section=section, name=wanted.name, text=wanted.text, example=example)
