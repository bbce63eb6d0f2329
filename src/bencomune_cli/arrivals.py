"""A row of a file that was brought -> texts of the columns of a record, mended on the way.

What is mended is told, what cannot be used is an error of its row: nothing is dropped in silence.
"""

import re
from collections.abc import Collection, Sequence

from .addresses import taken_apart
from .declare import Column, Record
from .errors import Unreadable
from .findings import Severity
from .headings import ADDRESS, COORDINATES, PROVINCE, Heading
from .kinds.choices import Listing
from .kinds.numbers import Degrees
from .kinds.texts import Prose
from .meanings import is_municipality
from .mends import BLANKS, Arrival, is_blank, mend_of, untouched, weighed
from .points import read_point
from .reference_systems import to_degrees
from .registry import Registry
from .rows import Row
from .words import Text

ISTAT = 6  # digits of a municipality's code
PARTS_READ = frozenset({ADDRESS, COORDINATES, PROVINCE})
DEGREES = ("lat", "lon")
_NO_ROW = Row(0, {})
_PLAIN = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,20})?")


class Arrivals:
    """Reads the rows of one file, whose headers were matched to columns."""

    def __init__(
        self,
        registry: Registry,
        entity: type[Record],
        headings: Sequence[Heading],
        crs: str | None = None,
    ) -> None:
        self.entity = entity
        self.crs = crs
        self._municipalities = _Municipalities(registry)
        self._municipal = [c.name for c in entity.columns if is_municipality(c) and not c.many]
        context = registry.context()
        shaped = context.holds(0.0, 0.0) is not None
        self._inside = (lambda lon, lat: bool(context.holds(lon, lat))) if shaped else None
        self._parts = {h.target: h.header for h in headings if h.target in PARTS_READ}
        self._columns = [
            (
                h.header,
                h.target,
                _separator(entity.column(h.target)),
                mend_of(entity.column(h.target)),
            )
            for h in headings
            if h.target and entity.has(h.target) and h.target not in ("lat", "lon")
        ]
        self._of_nobody = Arrival(_NO_ROW, entity)
        self._mends = {name: mend for _, name, _, mend in self._columns}
        self._degrees = tuple(
            next((h.header for h in headings if h.target == name), "") for name in DEGREES
        )

    def plainly(self) -> Sequence[tuple[str, str]]:
        """Return each header with its column, those of coordinates last; none for no plain rows.

        Rows may be plain where no column is told by two headers, and none by a part of a cell.
        """
        told = [(header, name) for header, name, *_ in self._columns]
        told += [(h, name) for h, name in zip(self._degrees, DEGREES, strict=True) if h]
        apart = len({name for _, name in told}) == len(told)
        return told if apart and not (self._parts or self.crs) else []

    def leaves(self, name: str, texts: Collection[str]) -> bool:
        """Tell at once that many trimmed texts of a column mean what they say."""
        if name in DEGREES:
            return all(map(_PLAIN.fullmatch, texts))
        blank = not BLANKS.isdisjoint(map(str.lower, texts))
        return (
            not blank and name not in self._municipal and untouched(self.entity.column(name), texts)
        )

    def alone(self, name: str, text: str) -> str | None:
        """Return the text of a column that a trimmed cell means; None where more is to be said."""
        told = self._of_nobody
        weighed(told, name, text)
        mend = self._mends.get(name)
        text = mend(told, text) if mend else text
        if name in self._municipal:
            text = self._municipalities.code(text)
        if told.findings or told.texts:
            self._of_nobody = Arrival(_NO_ROW, self.entity)
            return None
        return None if name in DEGREES and not _PLAIN.fullmatch(text) else text

    def of(self, row: Row) -> Arrival:
        """Return the texts of a row, and what was found in it."""
        arrival = Arrival(row, self.entity)
        for problem in row.problems:
            severity = Severity.ERROR if problem.fatal else Severity.WARNING
            arrival.tell(problem.column, problem.message, severity)
        cells, texts = row.cells, arrival.texts
        for header, name, separator, mend in self._columns:
            text = cells.get(header, "").strip()
            if is_blank(text):
                continue
            weighed(arrival, name, text)
            if mend:
                text = mend(arrival, text)
            if text and name in texts:  # of another header, or put there by a mend
                arrival.add(name, text, separator)
            elif text:
                texts[name] = text
        self._address(arrival)
        self._municipality(arrival)
        self._point(arrival)
        return arrival

    def _address(self, arrival: Arrival) -> None:
        """Take a whole address apart; what has a column of its own in the file is left to it."""
        text = self._cell(arrival, ADDRESS)
        if not text:
            return
        found = taken_apart(text)
        if {"number", "postcode", "municipality"} & arrival.texts.keys() and not found.postcode:
            parts = {"street": text if "number" in arrival.texts else found.street}
            parts["number"] = found.number
        else:
            parts = {
                "street": found.street,
                "number": found.number,
                "postcode": found.postcode,
                "municipality": self._municipalities.known(found.town) or found.town,
            }
        for name, part in parts.items():
            if part:
                arrival.texts.setdefault(name, part)

    def _municipality(self, arrival: Arrival) -> None:
        for name in self._municipal:
            if name in arrival.texts:
                arrival.texts[name] = self._municipalities.code(arrival.texts[name])

    def _point(self, arrival: Arrival) -> None:
        """Give the record its point: of the geometry, of two columns, or of one cell."""
        row, texts = arrival.row, arrival.texts
        lat, lon = (row.cells.get(header, "").strip() for header in self._degrees)
        if row.point is not None:
            self._of_geometry(arrival, *row.point)
        elif _PLAIN.fullmatch(lat) and _PLAIN.fullmatch(lon) and not self.crs:
            texts["lat"], texts["lon"] = lat, lon
        elif lat and lon:
            self._read(arrival, f"{_dotted(lat)}, {_dotted(lon)}", "lat")
        elif lat or lon:
            texts["lat" if lat else "lon"] = lat or lon
        elif text := self._cell(arrival, COORDINATES):
            self._read(arrival, text, COORDINATES)

    def _of_geometry(self, arrival: Arrival, x: float, y: float) -> None:
        if self.crs:
            try:
                x, y = to_degrees(x, y, self.crs)
            except Unreadable as unreadable:
                arrival.tell("lat", unreadable.text, Severity.ERROR)
                return
        elif abs(x) > 180 or abs(y) > 90:  # noqa: PLR2004 - the range of degrees
            self._read(arrival, f"{y} {x}", "lat")
            return
        write = Degrees().write
        arrival.texts["lat"], arrival.texts["lon"] = write(y), write(x)

    def _read(self, arrival: Arrival, text: str, column: str) -> None:
        try:
            point = read_point(text, self.crs, self._inside)
        except Unreadable as unreadable:
            told = Text("«{value}»: {text}", "“{value}”: {text}")
            arrival.tell(column, told.filled(value=text, text=unreadable.text), Severity.ERROR)
            return
        write = Degrees().write
        arrival.texts["lat"], arrival.texts["lon"] = write(point.lat), write(point.lon)
        arrival.texts["point_as_given"] = point.given
        arrival.tell(column, point.understood, Severity.NOTE)

    def _cell(self, arrival: Arrival, part: str) -> str:
        text = arrival.row.cells.get(self._parts.get(part, ""), "").strip()
        return "" if text.lower() in BLANKS else text


class _Municipalities:
    """The codes of municipalities by what people write of them."""

    def __init__(self, registry: Registry) -> None:
        self._finder = registry.finder
        self._codes: dict[str, str] = {}

    def code(self, text: str) -> str:
        """Return the ISTAT code of a name; a code gets back its zeros; else the text itself."""
        if text not in self._codes:
            bare = re.sub(r"\([A-Za-z]{2}\)\Z", "", text.strip()).strip()
            bare = re.sub(r"\Acomune di\s+", "", bare, flags=re.IGNORECASE)
            padded = bare.zfill(ISTAT) if bare.isascii() and bare.isdigit() else bare
            self._codes[text] = self._finder.municipality(padded)
        return self._codes[text]

    def known(self, text: str) -> str:
        """Return the ISTAT code of a name that is one for sure, else nothing."""
        code = self.code(text) if text else ""
        return code if code.isdigit() else ""


def _separator(column: Column) -> str:
    """Return what is put between two texts of a column."""
    if isinstance(column.kind, Listing):
        return column.kind.separator
    return "\n" if isinstance(column.kind, Prose) else "; "


def _dotted(text: str) -> str:
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
