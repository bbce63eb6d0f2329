"""A person's data looked for in texts, however they are written: names, addresses, numbers."""

import re
from collections.abc import Iterable, Iterator

from .errors import Refused
from .folding import folded, spans_of, words_of
from .telephones import is_written
from .words import Text

Spans = tuple[tuple[int, int], ...]  # where parts of a text begin and end

_FEWEST = 3  # letters or digits of what can be looked for
_DIGITS = 6  # from which on what has no letters is a telephone number
_BETWEEN = r"[\s./()-]*"


class Sought:
    """Values of one person, looked for together."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = list(dict.fromkeys(filter(None, (value.strip() for value in values))))
        self._patterns: list[re.Pattern[str]] = []
        self._names: list[list[str]] = []
        for value in self.values:
            words = words_of(value)
            if sum(map(len, words)) < _FEWEST:
                told = Text(
                    "«{value}» è troppo corto per cercarlo: si troverebbe ovunque",
                    "“{value}” is too short to be looked for: it would be found everywhere",
                )
                raise Refused(told.filled(value=value))
            if "@" in value:
                self._patterns.append(_mailbox(value))
            elif is_written(value) and len(re.sub(r"\D", "", value)) >= _DIGITS:
                self._patterns.append(_number(value))
            else:
                self._names += [words, words[1:] + words[:1]] if len(words) == 2 else [words]  # noqa: PLR2004 - also the surname first

    def spans(self, text: str) -> Spans:
        """Return where the values stand in a text, as words or numbers of their own, in order."""
        found = [match.span() for pattern in self._patterns for match in pattern.finditer(text)]
        plain = folded(text) or ""
        names = [words for words in self._names if all(word in plain for word in words)]
        if names:
            found += _of_names(text, names)
        return merged(found)


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return spans in order, those that overlap as one."""
    together: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    return tuple(together)


def _mailbox(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+-]){re.escape(value)}(?!\w|[.-]\w)", re.IGNORECASE)


def _number(value: str) -> re.Pattern[str]:
    digits = re.sub(r"^(?:\+|00)39|\D", "", re.sub(r"[\s./()-]", "", value))
    wanted = _BETWEEN.join(digits)
    return re.compile(rf"(?<!\d)(?:(?:\+|00)39{_BETWEEN})?{wanted}(?!\d)")


def _of_names(text: str, names: list[list[str]]) -> Iterator[tuple[int, int]]:
    words = [(start, end, word) for start, end, parts in spans_of(text) for word in parts]
    for name in names:
        for at in range(len(words) - len(name) + 1):
            if [word for _, _, word in words[at : at + len(name)]] == name:
                yield words[at][0], words[at + len(name) - 1][1]
