"""What a kind of file that is written is: its ending, its media type, what it is for.

Each is a module of a folder, found by itself: `formats` (a file for each layer), `bundles` (one for
all layers), `metadata` (files about the files).
"""

import importlib
import pkgutil
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NamedTuple, TextIO

from .errors import Refused
from .words import Text

PURPOSES: Mapping[str, Text] = {
    "qgis": Text("QGIS", "QGIS"),
    "umap": Text("uMap", "uMap"),
    "ckan": Text("portale di dati aperti", "open-data portal"),
    "excel": Text("Excel", "Excel"),
    "earth": Text("Google Earth", "Google Earth"),
    "web": Text("sito web", "web site"),
    "paper": Text("stampa", "print"),
    "catalogue": Text("catalogo di dati (DCAT-AP_IT)", "catalogue of data (DCAT-AP_IT)"),
}


@dataclass(frozen=True)
class Companion:
    """A file beside those of a format, for each layer: written, renewed and told of with them.

    It is no format: nobody asks for it by name, and files about files leave it out. `about` says
    what it is for; `goes_with(dataset, layer)` whether there is one; `write(dataset, layer, out)`
    writes its text.
    """

    extension: str
    media_type: str
    about: Text
    goes_with: Callable[[Any, Any], bool]
    write: Callable[[Any, Any, TextIO], None]
    file_type: str = "TXT"


@dataclass(frozen=True)
class Format:
    """What a format is: the ending of its files, their media type, and a name for people.

    One that is not `usual` is written only where it is asked for, by name or by one of its
    `purposes`, which are keys of PURPOSES. `needs` are libraries that an extra of the package of
    the name `extra` brings. `lost` tells what a file of this format does not hold, or not as it
    was. One of `any_crs` can hold points in other reference systems than WGS 84. `companions` go
    beside its files. `file_type` is its code in the EU's table of file types, where that is not its
    ending in capitals. `stem` is the name of a bundle of all layers without its ending; one that
    `links` names the files beside it. `effort` is about how many microseconds one of many records
    takes: what takes longest is begun first. `most_records` are those that what makes or opens a
    bundle bears, 0 for any number.
    """

    extension: str
    media_type: str
    label: Text
    usual: bool = True
    purposes: tuple[str, ...] = ()
    lost: tuple[Text, ...] = ()
    any_crs: bool = False
    extra: str = ""
    needs: tuple[str, ...] = ()
    companions: tuple[Companion, ...] = ()
    file_type: str = ""
    stem: str = "network"
    links: bool = False
    effort: int = 25
    most_records: int = 0

    @property
    def kind_of_file(self) -> str:
        """Return its code in http://publications.europa.eu/resource/authority/file-type."""
        return self.file_type or self.extension.rpartition(".")[2].upper()

    def expect_libraries(self) -> None:
        """Refuse where a library that the format needs is not installed, with what mends it."""
        if any(find_spec(library) is None for library in self.needs):
            told = Text(
                "per «{name}» serve una parte in più del programma; si installa, nella cartella da"
                " cui si è installato il programma, con: {pip} -c constraints.txt '.[{extra}]'",
                "“{name}” needs one more part of the program; this installs it, in the folder that"
                " the program was installed from: {pip} -c constraints.txt '.[{extra}]'",
            )
            pip = shlex.join((sys.executable, "-m", "pip", "install"))
            raise Refused(told.filled(name=str(self.label), pip=pip, extra=self.extra))


class File(NamedTuple):
    """A file of a folder: its name, its layer (empty for one of all layers), what is in it.

    `format` is the name of the module that wrote it, `file_type` what Format tells; `bytes` its
    size; `sequence` that of the last change of the registry when it was written; `modified` the
    moment since which its bytes are as they are. `extract` tells what part was asked for, nothing
    where it is all.
    """

    name: str
    layer: str
    format: str
    media_type: str
    file_type: str
    records: int
    bytes: int
    sha256: str
    sequence: int
    modified: str
    extract: dict[str, Any]


def names(folder: Iterable[str]) -> list[str]:
    """Return the names of the modules of a package's folder, without importing them."""
    return sorted(info.name for info in pkgutil.iter_modules(folder))


def load(package: str, folder: Iterable[str], name: str) -> ModuleType:
    """Return a module of a package by name; refuse one that does not exist."""
    known = names(folder)
    if name not in known:
        raise unknown(name, known)
    return importlib.import_module(f"{package}.{name}")


def unknown(name: str, known: Iterable[str]) -> Refused:
    """Return the refusal of a format that does not exist, with those that do."""
    told = Text(
        "il formato «{name}» non esiste; ci sono: {names}",
        "there is no format “{name}”; there are: {names}",
    )
    return Refused(told.filled(name=name, names=", ".join(known)))


def unsayable(record: str, column: str, why: Text) -> Refused:
    """Return the refusal of a value that a format cannot say: where it is, and `why`."""
    told = Text(
        "{record}, colonna {column}: {why}",
        "{record}, column {column}: {why}",
    )
    return Refused(told.filled(record=record, column=column, why=why))
