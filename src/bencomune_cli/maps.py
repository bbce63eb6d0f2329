"""A KML file as a table: all of its placemarks, whatever archive it came in.

What stands twice is kept once: Google My Maps writes the columns of a sheet as extended data and
again in the description, we and GDAL write the name as an element and as a field.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, NamedTuple

from . import html_text
from .descriptions import Labels, key_of, parted, squeezed
from .errors import Refused
from .limits import Limits
from .placemarks import Heard, Placemark, placemarks
from .properties import SHOWN, headers_apart, unfit
from .rows import FEATURE, Problem, Row, Table
from .words import Text

Opened = Callable[[], AbstractContextManager[BinaryIO]]
FOLDER, NAME, DESCRIPTION = "folder", "name", "description"
OWN = (FOLDER, NAME, "address", "phone", "link", "begin", "end", DESCRIPTION)
PICTURES = "gx_media_links"  # addresses of the pictures of a place, in Google My Maps
_NO_NAME = re.compile(r"(?:field|col(?:umn)?|campo|attr|[fc])?[ _-]*[0-9]*", re.IGNORECASE)


class Told(NamedTuple):
    """What a placemark tells, in plain text: its own elements, its fields, what is wrong.

    `pictures` were in it, and are not read; `marked` texts had HTML in them, and are plain now.
    """

    texts: dict[str, str]
    fields: dict[str, str]
    pictures: int
    marked: int
    problems: list[Problem]


def _told(mark: Placemark, limits: Limits) -> Told:
    found = Told({FOLDER: mark.folder} if mark.folder else {}, {}, 0, 0, [])
    pictures = marked = 0
    for raw, texts in ((mark.texts, found.texts), (mark.fields, found.fields)):
        for name, text in raw.items():
            problem = unfit(name, text, limits)
            if problem:
                found.problems.append(problem)
                continue
            if name == PICTURES:
                pictures += len(text.split())
                continue
            told, more = html_text.plain(text)
            pictures += more
            marked += told != text.strip()
            texts[name] = told.removeprefix("tel:") if name == "phone" else told
    return found._replace(pictures=pictures, marked=marked)


class _Survey:
    """What is to be known of all placemarks before the first row."""

    def __init__(self, limits: Limits) -> None:
        self.total = self.pictures = self.marked = 0
        self.folders: set[str] = set()
        self.labels = Labels()
        self.fields: dict[str, None] = {}
        self._limits = limits
        self._like: dict[str, set[str]] = {}  # elements, and fields that always say the same
        self._named: set[str] = set()  # fields that once said the name, or
        self._unlike: set[str] = set()  # something else

    def add(self, told: Told) -> None:
        """Take the next placemark."""
        self.total += 1
        self._limits.hold("rows", self.total)
        self.pictures += told.pictures
        self.marked += told.marked
        if len(self.folders) <= 1:
            self.folders.add(told.texts.get(FOLDER, ""))
        self.labels.count(told.texts.get(DESCRIPTION, ""))
        self.fields.update(dict.fromkeys(told.fields))
        self._limits.hold("columns", len(self.fields))
        name = told.texts.get(NAME, "")
        for each, text in told.fields.items():
            if text:
                (self._named if text == name else self._unlike).add(each)
        for own in OWN[2:]:
            if own_text := told.texts.get(own):
                likes = {each for each, other in told.fields.items() if other == own_text}
                self._like[own] = self._like[own] & likes if own in self._like else likes

    def same(self) -> dict[str, str]:
        """Return the elements that have a field of their name, with that field."""
        keys = {key_of(name): name for name in reversed(self.fields)}
        return {own: keys[own] for own in OWN if own in keys}

    def twice(self) -> dict[str, str]:
        """Return what else says the same as something everywhere, with what that is."""
        same = self.same()
        found = {own: min(likes) for own, likes in self._like.items() if likes and own not in same}
        # A file that has a field for the name tells by it alone: ours, with a street of that name.
        named = [] if NAME in same else sorted(self._named - self._unlike)
        return dict(sorted(found.items())) | dict.fromkeys(named, NAME)


def table(opened: Opened, limits: Limits) -> Table:
    """Return the placemarks of a file that can be opened again and again. Raises Refused."""
    survey, hears = _Survey(limits), Heard(limits)
    with opened() as file:
        for mark in placemarks(file, limits, hears):
            survey.add(_told(mark, limits))
    if survey.total == 0:
        raise Refused(
            Text(
                "il file KML non ha segnaposti: niente da importare",
                "the KML file has no placemarks: nothing to import",
            )
        )
    twice = survey.twice()
    left = {*twice, *({FOLDER} if len(survey.folders) == 1 else ())}
    writer = _Writer(opened, limits, survey, hears.labels, left)
    used = {header for row in writer.rows() for header in row.cells}
    headers = [header for header in writer.order if header in used]
    told = list(_said(survey, hears, twice))
    return Table(headers, writer.rows, told, None, FEATURE, has_points=True, total=survey.total)


def _said(survey: _Survey, hears: Heard, twice: dict[str, str]) -> Iterator[Text]:
    if len(survey.folders) == 1 and (folder := next(iter(survey.folders))):
        yield Text("cartella «{name}»", "folder “{name}”").filled(name=folder[:SHOWN])
    for name, other in list(twice.items())[:10]:
        told = Text(
            "«{name}» tralasciata: dice lo stesso di «{other}»",
            "“{name}” left aside: it says the same as “{other}”",
        )
        yield told.filled(name=name[:SHOWN], other=other[:SHOWN])
    if survey.marked:
        told = Text("testi con HTML, letti come testo: {n}", "texts with HTML, read as text: {n}")
        yield told.filled(n=survey.marked)
    if survey.pictures:
        told = Text("immagini tralasciate: {n}", "pictures left aside: {n}")
        yield told.filled(n=survey.pictures)
    if hears.aside:
        names = ", ".join(each[:SHOWN] for each in list(hears.aside)[:10])
        yield Text(
            "stile e altro tralasciati: {names}", "style and others left aside: {names}"
        ).filled(names=names)


class _Writer:
    """Makes rows of placemarks, once all of them were seen."""

    def __init__(
        self,
        opened: Opened,
        limits: Limits,
        survey: _Survey,
        labels: dict[str, str],
        left: set[str],
    ) -> None:
        self._opened, self._limits = opened, limits
        self._same = {own: field for own, field in survey.same().items() if own not in left}
        fields = [name for name in survey.fields if name not in left]
        own = [name for name in OWN if name not in left and name not in self._same]
        shown = [labels.get(n) or n if _NO_NAME.fullmatch(n.strip()) else n for n in fields]
        known = {key_of(name) for name in shown}
        self._usual = [label for label in survey.labels.usual() if key_of(label) not in known]
        self.order = headers_apart([*own, *shown, *self._usual], limits)
        places = iter(self.order)
        self._own = {name: next(places) for name in own}
        self._fields = {name: next(places) for name in fields}
        self._labels = {name: next(places) for name in self._usual}
        self._own |= {name: self._fields[field] for name, field in self._same.items()}

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises Refused."""
        with self._opened() as file:
            for number, mark in enumerate(placemarks(file, self._limits), start=1):
                yield self._row(number, mark)

    def _row(self, number: int, mark: Placemark) -> Row:
        told = _told(mark, self._limits)
        cells = {self._fields[n]: text for n, text in told.fields.items() if n in self._fields}
        problems = [each._replace(column=self._header(each.column)) for each in told.problems]
        texts = told.texts
        if DESCRIPTION in texts and DESCRIPTION in self._own:
            known = {key_of(name): text for name, text in told.fields.items()}
            known |= {
                key_of(self._fields[n]): t for n, t in told.fields.items() if n in self._fields
            }
            values, rest = parted(texts[DESCRIPTION], self._usual, known)
            cells |= {self._labels[label]: value for label, value in values.items()}
            texts = {**texts, DESCRIPTION: rest}
        for own, text in texts.items():
            if text and own in self._own and (problem := self._kept(cells, own, text)):
                problems.append(problem)
        place = mark.place()
        if place.reason:
            problems.append(Problem("geometry", place.reason, fatal=place.fatal))
        return Row(number, {h: text for h, text in cells.items() if text}, place.point, problems)

    def _header(self, name: str) -> str:
        return self._own.get(name) or self._fields.get(name) or name

    def _kept(self, cells: dict[str, str], own: str, text: str) -> Problem | None:
        """Put the text of an element into its cell; tell one for which a field stands there."""
        header = self._own[own]
        if own not in self._same:
            cells[header] = text
            return None
        if squeezed(text) in map(squeezed, cells.values()):
            return None
        if not cells.get(header):
            cells[header] = text
            return None
        told = Text(
            "l'elemento «{name}» dice altro («{text}»): tenuto il campo",
            "the element “{name}” says something else (“{text}”): the field is kept",
        )
        return Problem(header, told.filled(name=own, text=text[:SHOWN]), fatal=False)
