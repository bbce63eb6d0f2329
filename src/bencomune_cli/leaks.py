"""What may not go out, looked for in the bytes of finished files. The home of ahocorasick_rs.

All values are sought at once, in one pass over each text. What the public views hold too is no
secret, nor is what the program itself says in every file. But sentences excuse nobody's address,
number or name: what was typed there by mistake is told with its record and column.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from .abreast import share
from .decoded import EDGE, UndecodableError, lowered, pieces, spaced
from .personal_signs import Sign, is_sure, signs
from .words import Text

SHORTEST = 6  # characters of a value that is sought: a shorter one is found everywhere
_WINDOW = 40  # characters of the parts in which a long text is sought, so that no part goes out
_MOST_PARTS = 24  # of one text: the outline of an area has thousands
_TOGETHER = 1 << 20  # characters of public values that are looked at together
_OF_PDF = 8  # bytes of text that take as long as one of a PDF
_SHARED = 500_000  # bytes that helpers would take over: what they begin with takes less
_DIGITS = re.compile(r"[0-9]+")
_SOURCES = (".py", ".csv")
_NOT_WRITTEN = {"examples", "rules"}  # what no format writes


class Secret(NamedTuple):
    """A value that may not go out, and whose it is: the kind of record, its id, the column.

    What is `personal` is not even excused by a public sentence.
    """

    entity: str
    record: str
    column: str
    text: str
    personal: bool = False


class Shown(NamedTuple):
    """A public text, of which record and column it is, and whether it is prose."""

    record: str
    column: str
    text: str
    prose: bool = False


class Leak(NamedTuple):
    """Something found that may not go out: in which file, whose it is, what; never the value.

    Of what points to a person and stands in no record, the record is empty. Of what is written in
    the public prose of a record, the file is.
    """

    file: str
    entity: str
    record: str
    column: str
    what: Text

    @property
    def told(self) -> Text:
        """Return the leak in words."""
        if not self.file:
            told = Text(
                "{record}, colonna {column}: nel testo, che è pubblico, c'è {what}",
                "{record}, column {column}: in the text, which is public, there is {what}",
            )
            return told.filled(**self._asdict())
        if not self.record:
            told = Text(
                "{file}: {what} che nessun dato pubblico contiene",
                "{file}: {what} that no public data hold",
            )
            return told.filled(file=self.file, what=self.what)
        told = Text(
            "{file}: il valore interno di {record}, colonna {column}",
            "{file}: the internal value of {record}, column {column}",
        )
        return told.filled(**self._asdict())


_VALUE = Text("un valore interno", "an internal value")
_VALUE_OF = Text(
    "il valore interno di {record}, colonna {column}",
    "the internal value of {record}, column {column}",
)
_NOWHERE_PUBLIC = Text(
    "{what} che nessuna colonna pubblica contiene", "{what} that no public column holds"
)


class Searcher:
    """Looks for secrets in files; `public` are the texts of all that may go out."""

    def __init__(self, secrets: Iterable[Secret], public: Iterable[Shown]) -> None:
        self._owners: dict[str, Secret] = {}
        self._private: set[str] = set()  # readings of private numbers and addresses
        for secret in secrets:
            for part in _parts(spaced(lowered(secret.text)).strip()):
                if secret.personal or part not in self._owners:
                    self._owners[part] = secret
            if secret.personal:
                self._private.update(_readings(lowered(secret.text)))
        self._public: set[str] = set()
        self._told: dict[str, set[Leak]] = {}  # of what is written in public prose, where it is
        found = _Finder(self._owners)
        known: set[str] = set()
        prose: list[Shown] = []
        for text in _batches(_but_prose(public, prose)):
            known.update(found.within(text))
            self._public.update(_readings(text))
        doubtful: set[str] = set()  # digits that need be no telephone's
        for shown in prose:
            text = lowered(shown.text)
            parts = found.within(text)
            known.update(self._excused(shown, spaced(text), parts - known))
            doubtful.update(self._doubtful(shown, text, _with_readings(parts)))
        known -= self._told.keys()
        self._public |= doubtful - self._told.keys()
        self._owners = {part: self._owners[part] for part in self._owners.keys() - known}
        self._finder = _Finder(self._owners)

    def _excused(self, shown: Shown, text: str, parts: set[str]) -> Iterator[str]:
        """Yield the parts of values that public prose excuses; tell of the others."""
        for part in parts:
            owner = self._owners[part]
            if owner.personal and _stands(part, text):
                self._tell(shown, part, _VALUE_OF.filled(record=owner.record, column=owner.column))
            else:
                yield part

    def _doubtful(self, shown: Shown, text: str, parts: set[str]) -> Iterator[str]:
        """Yield what need not point to persons; tell of what does and is public nowhere else."""
        for sign in signs(text):
            if self._public.isdisjoint(sign.readings) and parts.isdisjoint(sign.readings):
                if is_sure(sign, text) or not self._private.isdisjoint(sign.readings):
                    for each in sign.readings:
                        self._tell(shown, each, _NOWHERE_PUBLIC.filled(what=sign.kind))
                else:
                    yield from sign.readings

    def _tell(self, shown: Shown, what: str, told: Text) -> None:
        leak = Leak("", "", shown.record, shown.column, told)
        self._told.setdefault(what, set()).add(leak)

    def leaks(self, folder: Path) -> list[Leak]:
        """Return what is found in the files of a folder, each once. Raises UndecodableError.

        Helpers look into some of the files, if they are not small.
        """
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        paths.sort(key=_expected, reverse=True)
        looks = [
            partial(self._in_file, each, each.relative_to(folder).as_posix()) for each in paths
        ]
        if sum(map(_expected, paths[1:])) > _SHARED:
            found = share(looks, lambda: None)
        else:
            found = [look() for look in looks]
        return sorted(set().union(*found), key=lambda leak: leak[:4])

    def _in_file(self, path: Path, name: str) -> set[Leak]:
        return set(self._of_file(path, name))

    def _of_file(self, path: Path, name: str) -> Iterator[Leak]:
        parts: set[str] = set()
        pointing: set[tuple[Text, tuple[str, ...]]] = set()
        try:
            for text, glued in pieces(path):
                parts.update(self._finder.within(text))
                found = () if glued else signs(text)
                pointing |= {sign[:2] for sign in found if _is_whole(sign, text)}
        except UndecodableError as error:
            raise UndecodableError(f"{name}: {error}") from error
        for part in parts:
            if part in self._told:
                yield from self._told[part]
            elif not _is_own(part):
                secret = self._owners[part]
                yield Leak(name, secret.entity, secret.record, secret.column, _VALUE)
        known = _with_readings(parts) | self._public
        for kind, readings in pointing:
            if known.isdisjoint(readings):
                told = [leak for each in readings for leak in self._told.get(each, ())]
                yield from told or [Leak(name, "", "", "", kind)]


class _Finder:
    """Many texts, sought at once."""

    def __init__(self, wanted: Iterable[str]) -> None:
        from ahocorasick_rs import AhoCorasick  # 5 ms, which only a publication needs

        self._wanted = list(wanted)
        self._automaton: Any = AhoCorasick(self._wanted) if self._wanted else None

    def within(self, text: str) -> set[str]:
        """Return which of them stand in a text; a number only where it is no part of another."""
        if self._automaton is None:
            return set()
        text = spaced(text)
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return {
            self._wanted[which]
            for which, start, end in found
            if not _DIGITS.fullmatch(self._wanted[which])
            or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        }


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a value that are sought, which have no text in common."""
    if len(text) <= _WINDOW:
        starts = range(1)
    else:
        starts = range(0, min(len(text), _WINDOW * _MOST_PARTS), _WINDOW)
    for start in starts:
        part = text[start : start + _WINDOW].strip()
        if len(part) >= SHORTEST:
            yield part


def _readings(text: str) -> set[str]:
    return {each for sign in signs(text) for each in sign.readings}


def _with_readings(parts: set[str]) -> set[str]:
    return parts | _readings("\x00".join(parts))


def _stands(part: str, text: str) -> bool:
    """Tell whether a text has a part as words of their own."""
    return bool(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text))


def _but_prose(public: Iterable[Shown], prose: list[Shown]) -> Iterator[str]:
    """Yield the texts that are no prose, which is put aside."""
    for shown in public:
        if shown.prose:
            prose.append(shown)
        else:
            yield shown.text


def _batches(public: Iterable[str]) -> Iterator[str]:
    """Yield many texts together, each on a line of its own, as they are sought in."""
    waiting: list[str] = []
    size = 0
    for text in public:
        waiting.append(text)
        size += len(text)
        if size > _TOGETHER:
            yield lowered("\x00".join(waiting))
            waiting, size = [], 0
    yield lowered("\x00".join(waiting))


def _expected(path: Path) -> int:
    """Return about how long it takes to look into a file: by its bytes, which in a PDF are packed.

    What reads a PDF is written in Python, too.
    """
    return path.stat().st_size * (_OF_PDF if path.suffix == ".pdf" else 1)


def _is_whole(sign: Sign, text: str) -> bool:
    return sign.start >= EDGE and sign.end <= len(text) - EDGE


def _is_own(part: str) -> bool:
    """Tell whether the program says a text by itself, so that it stands in files of anybody.

    No number and no address is its own, whatever its source has by chance or as an example.
    """
    words = not any(char.isdigit() or char == "@" for char in part)
    return words and any(part in source for source in _own_words())


@cache
def _own_words() -> list[str]:
    """Return what the program, and what it writes workbooks with, say: their own source."""
    found = [Path(__file__).parent]
    spec = find_spec("xlsxwriter")
    found += [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    return [
        spaced(lowered(path.read_text("utf-8")))
        for folder in found
        for path in sorted(folder.rglob("*"))
        if path.suffix in _SOURCES and not _NOT_WRITTEN & {*path.parts}
    ]
