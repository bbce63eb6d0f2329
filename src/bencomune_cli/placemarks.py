"""Placemarks of KML (OGC 12-007r2), heard one by one: texts, extended data, folders, geometries.

Namespaces are those of OGC, of Google Earth, that of the file's own root, or none; elements of
others, which ExtendedData may hold (9.3.3), are data by their names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from .errors import Refused
from .geometries import NOWHERE, Placed, no_point, outside
from .limits import Limits
from .markup import NAMES, Listener, heard
from .words import Text

_KML = re.compile(
    r"|https?://(?:www\.)?opengis\.net/kml/2\.[0-9]"
    r"|https?://earth\.google\.com/kml/2\.[0-9]"
    r"|https?://www\.google\.com/kml/ext/2\.[0-9]"
    r"|http://www\.w3\.org/2005/Atom"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_GEOMETRIES = frozenset(
    ("Point", "LineString", "LinearRing", "Polygon", "Model", "Track", "MultiTrack")
)
LONGEST = 1_000_000  # characters of several texts of one name, before too many are told
_CONTAINERS = frozenset(("Document", "Folder"))
_OVERLAYS = frozenset(("GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour"))
_DATA = "ExtendedData"
# The texts of a placemark by where they stand in it, and what they are called.
_TEXTS = {
    ("name",): "name",
    ("address",): "address",
    ("phoneNumber",): "phone",
    ("description",): "description",
    ("TimeStamp", "when"): "begin",
    ("TimeSpan", "begin"): "begin",
    ("TimeSpan", "end"): "end",
}
_FIELDS = {
    (_DATA, "Data", "value"),
    (_DATA, "SchemaData", "SimpleData"),
    (_DATA, "SchemaData", "SimpleArrayData", "value"),
}
_SEEN = frozenset(
    ("TimeStamp", "TimeSpan", "MultiGeometry", _DATA, "link", *_GEOMETRIES, "visibility", "open")
)


_LINKED = Text(
    "il file rimanda a un altro (NetworkLink), che non si va a prendere: in Google My Maps"
    " scegliere «Esporta come KML» senza «mantieni i dati aggiornati»",
    "the file points to another one (NetworkLink), which is not fetched: in Google My Maps choose"
    " “Export as KML” without “keep data up to date”",
)


@dataclass
class Placemark:
    """One placemark as it stands: its texts and its extended data by name, its folders.

    `kinds` are its geometries, `points` the coordinates of those that are points.
    """

    folder: str
    texts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)

    def place(self) -> Placed:
        """Return the point of the placemark, if it has one and nothing else."""
        if not self.kinds:
            return NOWHERE
        if len(self.kinds) > 1:
            return no_point("MultiPoint" if set(self.kinds) == {"Point"} else "GeometryCollection")
        if self.kinds != ["Point"]:
            return no_point(self.kinds[0])
        return _position(self.points[0] if len(self.points) == 1 else "")


def _position(text: str) -> Placed:
    """Read `longitude,latitude[,altitude]`, in degrees and without blanks (9.1.3.2)."""
    numbers = text.strip().split(",")
    if len(numbers) not in (2, 3) or not all(map(_NUMBER.fullmatch, numbers)):
        told = Text(
            "le coordinate «{text}» non sono longitudine,latitudine in gradi, senza spazi:"
            " correggerle nel programma che ha scritto il file",
            "the coordinates “{text}” are not longitude,latitude in degrees, without blanks: mend"
            " them in the program that wrote the file",
        )
        return Placed(reason=told.filled(text=text.strip()[:60]), fatal=True)
    lon, lat = float(numbers[0]), float(numbers[1])
    inside = abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 - the globe
    return Placed((lon, lat)) if inside else outside(lon, lat)


class Heard(Listener):
    """Hears a KML file: placemarks that are complete wait in `ready`."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.ready: list[Placemark] = []
        self.labels: dict[str, str] = {}  # names of fields as people are shown them
        self.aside: dict[str, None] = {}
        self._most, self._vertices = limits["field"], 0
        self._path: list[str] = []
        self._namespace = ""
        self._folders: list[str] = []  # the names of those that are open; not that of the file
        self._folder = ""
        self._mark: Placemark | None = None
        self._began = 0
        self._named = ""
        self._taken: list[str] | None = None
        self._size = 0
        self._taken_at = 0

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an element that begins."""
        namespace, _brace, name = tag.rpartition("}")
        if not self._path:
            self._expect_root(name)
            self._namespace = namespace
        if namespace != self._namespace and not _KML.fullmatch(namespace):
            name = f":{name}"
        self._path.append(name)
        if self._taken is not None:
            if name == "br":
                self._taken.append("\n")
        elif self._mark is None:
            self._outside(name, attributes)
        else:
            self._inside(self._mark, tuple(self._path[self._began :]), attributes)

    @staticmethod
    def _expect_root(name: str) -> None:
        if name != "kml":
            told = Text(
                "il file non è KML: comincia con «{name}»",
                "the file is not KML: it begins with “{name}”",
            )
            raise Refused(told.filled(name=name[:60]))

    def _outside(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Placemark":
            self._mark = Placemark(self._folder)
            self._began, self._vertices = len(self._path), 0
        elif name == "NetworkLink":
            raise Refused(_LINKED)
        elif name in _CONTAINERS:
            self._folders.append("")
        elif name in _OVERLAYS:
            self.aside[name] = None
        elif name == "SimpleField":
            self._named = attributes.get("name", "")
        elif name == "displayName" or (name == "name" and self._path[-2] in _CONTAINERS):
            self._take()

    def _inside(
        self, mark: Placemark, where: tuple[str, ...], attributes: Mapping[str, str]
    ) -> None:
        name = where[-1]
        if where[0] == _DATA:
            self._extended(where, attributes)
        elif where in _TEXTS:
            self._take()
        elif where == ("link",):
            put(mark.texts, "link", attributes.get("href", ""))
        elif name in _GEOMETRIES and set(where[:-1]) <= {"MultiGeometry"}:
            mark.kinds.append(name)
        elif name in {"coordinates", "coord"}:
            self._take()
        elif len(where) == 1 and name not in _SEEN:
            self.aside[name.removeprefix(":")] = None

    def _extended(self, where: tuple[str, ...], attributes: Mapping[str, str]) -> None:
        kind = where[-1]
        if kind in {"Data", "SimpleData", "SimpleArrayData"}:
            self._named = attributes.get("name", "")
        elif len(where) == 2 and kind != "SchemaData":  # noqa: PLR2004 - right below ExtendedData
            self._named = kind.removeprefix(":")
            self._take()
        if where in _FIELDS or where == (_DATA, "Data", "displayName"):
            self._take()

    def _take(self) -> None:
        self._taken, self._size, self._taken_at = [], 0, len(self._path)

    def data(self, text: str) -> None:
        """Take a piece of text; of one that no cell can hold, no more than shows that."""
        if self._taken is None:
            return
        if self._path[-1] in {"coordinates", "coord"}:
            self._vertices += len(text.split()) if self._path[-1] == "coordinates" else 1
            self._limits.hold("vertices", self._vertices)
        self._size += len(text)
        if self._size - len(text) <= self._most:
            self._taken.append(text)

    def closed(self, tag: str) -> None:  # noqa: ARG002 - the path knows it
        """Take an element that ends."""
        name = self._path[-1]
        if self._taken is not None and len(self._path) == self._taken_at:
            text, self._taken = "".join(self._taken), None
            self._text(name, text)
        elif self._mark is not None and len(self._path) == self._began:
            self.ready.append(self._mark)
            self._mark = None
        elif self._mark is None and name in _CONTAINERS and self._folders:
            self._folders.pop()
            self._folder = " / ".join(filter(None, self._folders))
        self._path.pop()

    def _text(self, name: str, text: str) -> None:
        mark = self._mark
        where = tuple(self._path[self._began :]) if mark else ()
        if name == "displayName":
            if len(self.labels) < NAMES:
                self.labels.setdefault(self._named, " ".join(text.split()))
        elif mark is None:
            if self._folders and self._path != ["kml", "Document", "name"]:
                self._folders[-1] = " ".join(text.split())
                self._folder = " / ".join(filter(None, self._folders))
        elif where in _TEXTS:
            put(mark.texts, _TEXTS[where], text)
        elif where[0] == _DATA:
            put(mark.fields, self._named, text)
            self._limits.hold("columns", len(mark.fields))
        elif name == "coordinates" and where[-2:-1] == ("Point",):
            mark.points.append(text)


def put(texts: dict[str, str], name: str, text: str) -> None:
    """Keep a text by its name, behind another of the same name that is there."""
    held = texts.get(name)
    if held and text and held != text and len(held) <= LONGEST:
        texts[name] = f"{held} | {text}"
    else:
        texts[name] = held or text


def placemarks(file: BinaryIO, limits: Limits, hears: Heard | None = None) -> Iterator[Placemark]:
    """Yield the placemarks of a KML file. Raises Refused, also for a link to another file."""
    listener = hears or Heard(limits)
    for _piece in heard(file, listener):
        yield from listener.ready
        listener.ready.clear()
