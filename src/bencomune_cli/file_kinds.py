"""What a kind of file that is written is: its ending, its media type, what it is for.

Each is a module of a folder, found by itself: `formats` (a file for each layer), `bundles` (one for
all layers).
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

from .errors import Refused
from .words import Text

PURPOSES: Mapping[str, Text] = {
    "qgis": Text("QGIS", "QGIS"),
    "umap": Text("uMap", "uMap"),
    "ckan": Text("portale di dati aperti", "open-data portal"),
    "earth": Text("Google Earth", "Google Earth"),
    "web": Text("sito web", "web site"),
}


@dataclass(frozen=True)
class Format:
    """What a format is: the ending of its files, their media type, and a name for people.

    One that is not `usual` is written only where it is asked for, by name or by one of its
    `purposes`, which are keys of PURPOSES.
    """

    extension: str
    media_type: str
    label: Text
    usual: bool = True
    purposes: tuple[str, ...] = ()


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
