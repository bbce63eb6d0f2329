"""How the bytes of a text file are to be read: marked, found out, or told by a person."""

import codecs
import io
from typing import BinaryIO, NamedTuple

from .errors import Refused
from .words import Text, same

PIECE = 1_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Italian offices have used where it is not Unicode: Windows, DOS (and Excel's "MS-DOS" CSV),
# Macintosh. Every byte means something else in each, so the one is taken that makes words of them.
_OLD = ("cp1252", "cp850", "mac_roman")
_LETTERS = frozenset("àèéìíòóùúÀÈÉÌÒÓÙ")
_SIGNS = frozenset("’‘“”«»°€–…•·äöüßçñâêîôûÄÖÜÇÑ§©®½")
_LABELS = {
    "utf-8-sig": same("UTF-8 (BOM)"),
    "utf-8": same("UTF-8"),
    "utf-16": same("UTF-16"),
    "utf-16-le": same("UTF-16"),
    "utf-16-be": same("UTF-16"),
    "cp1252": Text("Windows-1252 (Europa occidentale)", "Windows-1252 (Western European)"),
    "cp850": Text("DOS 850 (Europa occidentale)", "DOS 850 (Western European)"),
    "mac_roman": Text("Macintosh", "Macintosh"),
}
_SHARE = 0.3  # of a UTF-16 text of a Latin script, nearly half of the bytes are zero


class Encoding(NamedTuple):
    """An encoding as Python calls it, and as people do."""

    name: str
    label: Text


def encoding_of(file: BinaryIO, told: str | None = None) -> Encoding:
    """Return the encoding of a text file. Raises Refused for bytes that are none.

    Without a mark, what is valid UTF-8 is UTF-8: other texts with accents are so only by a chance
    that shrinks with each letter (RFC 3629, section 1).
    """
    if told:
        return _told(file, told)
    file.seek(0)
    head = file.read(PIECE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _valid(file, name)
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) * _SHARE:
            raise _not_text()
        return _valid(file, "utf-16-le" if odd > even else "utf-16-be")
    fault = _fault(file, "utf-8")
    if fault is None:
        return Encoding("utf-8", _LABELS["utf-8"])
    if _mostly_utf8(head):
        raise Refused(
            Text(
                "alla riga {line} c'è un carattere che non è UTF-8, come il resto del file:"
                " riscriverlo, o salvare di nuovo il file come UTF-8",
                "on line {line} there is a character that is not UTF-8, as the rest of the file is:"
                " write it again, or save the file again as UTF-8",
            ).filled(line=fault)
        )
    return _valid(file, max(_OLD, key=lambda name: _likely(head, name)))


def _told(file: BinaryIO, told: str) -> Encoding:
    try:
        codec = codecs.lookup(told)
    except (LookupError, ValueError):
        codec = None
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        raise Refused(
            Text(
                "la codifica «{name}» non esiste; per esempio: utf-8, windows-1252, utf-16",
                "there is no encoding “{name}”; for example: utf-8, windows-1252, utf-16",
            ).filled(name=told)
        )
    name = "utf-8-sig" if codec.name == "utf-8" else codec.name
    return _valid(file, name)


def _valid(file: BinaryIO, name: str) -> Encoding:
    label = _LABELS.get(name, same(name))
    if fault := _fault(file, name):
        raise Refused(
            Text(
                "alla riga {line} c'è un carattere che non è {label}: indicare la codifica giusta"
                " con --encoding, come --encoding windows-1252",
                "on line {line} there is a character that is not {label}: tell the right encoding"
                " by --encoding, such as --encoding windows-1252",
            ).filled(line=fault, label=label)
        )
    return Encoding(name, label)


def _fault(file: BinaryIO, name: str) -> int | None:
    """Return the line of the first byte that is not of an encoding, None where all are."""
    decoder = codecs.getincrementaldecoder(name)()
    file.seek(0)
    line = 1
    while True:
        piece = file.read(PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeError as error:
            return line + piece[: getattr(error, "start", 0)].count(b"\n")
        if "\0" in text:
            raise _not_text()
        if not piece:
            return None
        line += text.count("\n")


def _mostly_utf8(head: bytes) -> bool:
    """Tell whether more letters are UTF-8 than not: read as another encoding, all would be lost."""
    try:
        head.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        beyond = [each for each in head.decode("utf-8", "replace") if each > "\x7f"]
        return beyond.count("\ufffd") * 2 < len(beyond)
    return True  # but for halves of pairs, which only broken programs write


def _likely(head: bytes, name: str) -> int:
    """Return how much like words the bytes beyond ASCII are in an encoding."""
    found = [each for each in head.decode(name, "replace") if each > "\x7f"]
    good = sum(3 if each in _LETTERS else 1 for each in found if each in _LETTERS | _SIGNS)
    return good - 2 * sum(each not in _LETTERS | _SIGNS for each in found)


def _not_text() -> Refused:
    return Refused(
        Text(
            "il file contiene byte nulli: non è un file di testo",
            "the file holds null bytes: it is not a text file",
        )
    )


def opened(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return a file as text, its line breaks untouched. Who is done with it detaches it."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, newline="")
