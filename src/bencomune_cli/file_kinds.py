"""What a kind of file that is written is: its ending, its media type, what it is for.

Each is a module of a folder, found by itself: `formats` (a file for each layer), `bundles` (one for
all layers), `metadata` (files about the files).
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

from .errors import Refused
from .words import Text

PURPOSES: Mapping[str, Text] = {
    "qgis": Text("QGIS", "QGIS"),
    "umap": Text("uMap", "uMap"),
    "ckan": Text("portale di dati aperti", "open-data portal"),
    "excel": Text("Excel", "Excel"),
    "earth": Text("Google Earth", "Google Earth"),
    "web": Text("sito web", "web site"),
}


@dataclass(frozen=True)
class Format:
    """What a format is: the ending of its files, their media type, and a name for people.

    One that is not `usual` is written only where it is asked for, by name or by one of its
    `purposes`, which are keys of PURPOSES. `needs` are libraries that an extra of the package of
    the name `extra` brings. `lost` tells what a file of this format does not hold, or not as it
    was. One of `any_crs` can hold points in other reference systems than WGS 84. `stem` is the name
    of a bundle of all layers without its ending; one that `links` names the files beside it.
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
    stem: str = "network"
    links: bool = False

    def expect_libraries(self) -> None:
        """Refuse where a library that the format needs is not installed, with what mends it."""
        if any(find_spec(library) is None for library in self.needs):
            told = Text(
                "per «{name}» serve una parte in più del programma; si installa con:"
                ' pip install "bencomune-cli[{extra}]"',
                "“{name}” needs one more part of the program; this installs it:"
                ' pip install "bencomune-cli[{extra}]"',
            )
            raise Refused(told.filled(name=str(self.label), extra=self.extra))


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
