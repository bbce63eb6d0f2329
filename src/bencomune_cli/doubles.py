"""Records that a new one may be the same as, among many, without comparing each with each.

Looked for by what two records seldom share, by the words of their names, and by place: what stands
under the same key is compared, and nothing else.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from . import geo
from .entities import PLACES, Place
from .folding import words_of
from .registry import Registry
from .words import Text

SAME = ("tax_code", "vat_number", "website", "email", "phone")  # what two records seldom share
ALIKE = 0.82  # of difflib: "Spazio Esempio" and "Spazio Esempi" are, "Spazio A" and "Spazio B" not
ADDRESS = ("street", "number", "municipality")
NEAR = 30.0  # metres
COMMON = 40  # records with the same word in their name: a word of more tells nothing
CELL = 0.0005  # degrees, somewhat more than NEAR
# Words that tell what a body is, not which one it is.
_FORMS = frozenset(
    (
        *("aps", "odv", "ets", "onlus", "asd", "ass", "associazione", "coop", "cooperativa", "soc"),
        *("sociale", "societa", "scs", "impresa", "fondazione", "comitato", "gruppo", "circolo"),
        *("centro", "il", "lo", "la", "i", "gli", "le", "l", "di", "del", "della", "dei", "delle"),
        *("e", "ed", "a", "da", "in", "per", "con", "san", "santa", "santo", "s"),
    )
)


class Double(NamedTuple):
    """A record that a new one may be the same as: its id and name, how likely from 0 to 1, why."""

    id: str
    name: str
    score: float
    reason: Text


class Doubles:
    """The records of a registry, by what a double would share with them."""

    def __init__(self, registry: Registry) -> None:
        self._names: list[tuple[str, str, tuple[str, ...], tuple[float, float] | None]] = []
        self._keys: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for entity in PLACES:
            self._read(registry, entity)

    def _read(self, registry: Registry, entity: type[Place]) -> None:
        names = [name for name in (*SAME, *ADDRESS) if entity.has(name)]
        told = ("id", "removed", "name", "lat", "lon", *names)
        for id_, removed, name, lat, lon, *values in registry.store.values_of(entity, told):
            if removed:
                continue
            place = len(self._names)
            words = telling_words(name)
            point = None if lat is None else (lat, lon)
            self._names.append((id_, name, words, point))
            for word in words:
                self._keys["word", word].append(place)
            if point:
                self._cells[_cell(*point)].append(place)
            row = dict(zip(names, values, strict=True))
            for column in SAME:
                if row.get(column):
                    self._keys[column, _bare(column, row[column])].append(place)
            if address := _address(row):
                self._keys["address", address].append(place)

    def of(self, entity: type[Place], row: Mapping[str, Any], limit: int = 3) -> list[Double]:
        """Return the records that a new one, given as its row, may be the same as, likest first."""
        if not self._names:
            return []
        new = entity.from_row(dict(row))
        best: dict[str, Double] = {}
        alike = (self._same_values(new), self._same_names(new), self._near(new))
        for found in chain(*alike, self._same_address(row)):
            if found.score > getattr(best.get(found.id), "score", 0):
                best[found.id] = found
        return sorted(best.values(), key=lambda each: (-each.score, each.id))[:limit]

    def _same_values(self, new: Place) -> Iterator[Double]:
        for name in SAME:
            value = getattr(new, name, None)
            for place in self._keys.get((name, _bare(name, value)), ()) if value else ():
                label = type(new).column(name).label
                reason = Text("stesso valore di «{label}»", "the same “{label}”")
                yield self._double(place, 0.95, reason.filled(label=label))

    def _same_names(self, new: Place) -> Iterator[Double]:
        words = telling_words(new.name or "")
        found = {
            place
            for word in words
            if len(held := self._keys.get(("word", word), ())) <= COMMON
            for place in held
        }
        matcher = difflib.SequenceMatcher(None, "", " ".join(words), autojunk=False)
        for place in found:
            other = self._names[place][2]
            if other == words:
                yield self._double(place, 1.0, Text("stesso nome", "the same name"))
                continue
            matcher.set_seq1(" ".join(other))
            if matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
                yield self._double(place, matcher.ratio(), Text("nome simile", "a similar name"))

    def _same_address(self, row: Mapping[str, Any]) -> Iterator[Double]:
        for place in self._keys.get(("address", _address(row)), ()):
            yield self._double(place, 0.65, Text("stesso indirizzo", "the same address"))

    def _near(self, new: Place) -> Iterator[Double]:
        if new.lat is None or new.lon is None:
            return
        north, east = _cell(new.lat, new.lon)
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                for place in self._cells.get((north + up, east + right), ()):
                    metres = self._metres(place, new)
                    if metres <= NEAR:
                        told = Text("è a {metres} m da qui", "it is {metres} m from here")
                        yield self._double(place, 0.6, told.filled(metres=round(metres)))

    def _metres(self, place: int, new: Place) -> float:
        lat, lon = self._names[place][3] or (0.0, 0.0)
        return geo.distance(new.lon or 0.0, new.lat or 0.0, lon, lat)

    def _double(self, place: int, score: float, reason: Text) -> Double:
        id_, name, *_ = self._names[place]
        return Double(id_, name, score, reason)


def telling_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell which one it is; all of them where none does."""
    words = words_of(name)
    return tuple(word for word in words if word not in _FORMS) or tuple(words)


def _address(row: Mapping[str, Any]) -> str:
    """Return a whole address, of which nothing is missing, as two records share it."""
    parts = [row.get(name) for name in ADDRESS]
    return " ".join(words_of(" ".join(map(str, parts)))) if all(parts) else ""


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return round(lat / CELL), round(lon / CELL)


def _bare(column: str, value: Any) -> str:
    """Return a value as two records share it: an address of the web without its trimmings."""
    text = str(value).casefold()
    if column != "website":
        return text
    try:
        split = urlsplit(text)
    except ValueError:  # brackets that hold no address of the network
        return text
    return re.sub(r"^www\.", "", split.netloc) + split.path.rstrip("/")
