"""KMZ: a ZIP file with a KML file in it, read in place (OGC 12-007r2, annex C)."""

from functools import partial

from .. import maps
from ..archives import START, Archive, names_in
from ..errors import Refused
from ..words import Text, joined, same
from . import Readable, Source, Table

_MAIN = "doc.kml"
_TOLD = 20  # names of members that a message tells
_SHOWN = 60  # characters of each


def _recognises(head: bytes, name: str) -> bool:
    if not head.startswith(START):
        return False
    return name.endswith((".kmz", ".kml")) or any(map(_is_kml, names_in(head)))


def _is_kml(name: str) -> bool:
    return name.lower().endswith(".kml")


FORMAT = Readable(same("KMZ"), _recognises, rank=4)


def read(source: Source) -> Table:
    """Return the placemarks of the KML file in a KMZ file."""
    archive = Archive(source.rewound(), source.limits)
    found = [name for name in archive.names if _is_kml(name)]
    chosen = _chosen(found, source.part)
    table = maps.table(partial(archive.open, chosen), source.limits)
    told = Text("file «{name}» del KMZ", "file “{name}” of the KMZ").filled(name=chosen[:_SHOWN])
    return table if len(found) == 1 else table._replace(told=[told, *table.told])


def _chosen(found: list[str], part: str | None) -> str:
    """Return the KML file to read: the one that is told, or the only one."""
    if not found:
        raise Refused(
            Text(
                "il file KMZ non contiene un file KML: esportare di nuovo la mappa",
                "the KMZ file holds no KML file: export the map again",
            )
        )
    if part is None:
        if len(found) == 1:
            return found[0]
        told = Text(
            "il file KMZ contiene più file KML: {names}; dire quale con --sheet NOME",
            "the KMZ file holds several KML files: {names}; say which with --sheet NAME",
        )
        raise Refused(told.filled(names=_names(found)))
    for key in (str, str.casefold):
        for name in found:
            if key(name) == key(part):
                return name
    told = Text(
        "nel file KMZ non c'è «{name}»; ci sono: {names}",
        "there is no “{name}” in the KMZ file; there are: {names}",
    )
    raise Refused(told.filled(name=part, names=_names(found)))


def _names(names: list[str]) -> Text:
    more = [same("…")] if len(names) > _TOLD else []
    quoted = [Text("«{n}»", "“{n}”").filled(n=name[:_SHOWN]) for name in names[:_TOLD]]
    return joined(", ", [*quoted, *more])
