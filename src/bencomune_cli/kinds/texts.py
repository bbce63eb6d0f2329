"""Texts: a line, prose, an identifier, and the texts that have a shape of their own."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from .. import telephones
from ..errors import Unreadable
from ..patterns import pattern
from ..words import Text
from . import Kind

# Control characters, which terminals obey and most of which XML 1.0 cannot hold (section 2.2), and
# U+FFFD, for which SQLite's GLOB also takes U+FFFE, U+FFFF and surrogates. In ranges, 45 being the
# hyphen: SQLite looks through the set at each character; 66 single codes take four times as long.
_CONTROLS = "1,45,31,127,45,159,65533"
_PROSE_CONTROLS = "1,45,8,11,45,31,127,45,159,65533"
# Also NUL, the halves of surrogate pairs, which UTF-8 cannot hold, and the controls of direction,
# which make a text read otherwise than it is (CVE-2021-42574). Compiled at first use: 5 ms.
_LINE_LOST = r"[\x00-\x1f\x7f-\x9f\ufffd-\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
_PROSE_LOST = _LINE_LOST.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f")

LOST = Text(
    "contiene caratteri di controllo o codici non validi: toglierli e riscrivere il testo",
    "it holds control characters or invalid codes: remove them and write the text again",
)
# Zero-width space, word joiner, byte order mark, soft hyphen: pasted unseen, they break search.
UNSEEN = r"[\u200b\u2060\ufeff\u00ad]"


class Line(Kind):
    """One line of text in NFC, without control characters, of a longest length in characters.

    `names` says that it holds a name, or a part of an address: no sentences.
    """

    word = Text("una riga di testo", "a line of text")
    longest: int = 300
    breaks: bool = False
    names: bool = False

    def read(self, text: str) -> Any:
        """Trim and normalise; refuse control characters and what is too long."""
        if self._plain(text):
            shaped = self.shaped(text)
            if shaped is text or self._plain(shaped):
                return shaped
        text = self.tidied(unicodedata.normalize("NFC", re.sub(UNSEEN, "", text))).strip()
        text = unicodedata.normalize("NFC", self.shaped(text))
        if re.search(_PROSE_LOST if self.breaks else _LINE_LOST, text):
            raise Unreadable(LOST)
        if not 0 < len(text) <= self.longest:
            raise Unreadable(
                Text(
                    "può avere da 1 a {longest} caratteri, ne ha {length}",
                    "it may have from 1 to {longest} characters, it has {length}",
                ).filled(longest=self.longest, length=len(text))
            )
        return text

    def surely(self, value: Any) -> bool:
        """Tell whether a text is as `read` would leave it, without reading it."""
        return type(value) is str and self._plain(value) and self.shaped(value) == value

    def _plain(self, text: str) -> bool:
        """Tell whether a text needs no mending: most do not, and the look costs a tenth.

        Of blanks only the common one is printable, and nothing that is lost or unseen but U+FFFD.
        """
        return (
            text.isprintable()
            and 0 < len(text) <= self.longest
            and text[0] != " "
            and text[-1] != " "
            and "  " not in text
            and (
                text.isascii() or ("\ufffd" not in text and unicodedata.is_normalized("NFC", text))
            )
        )

    def at_once(self, texts: Collection[str]) -> Sequence[str] | None:
        """Return the texts themselves, if `read` would leave all of them as they are."""
        whole = "".join(texts)
        seen = (whole.replace("\n", "") if self.breaks else whole).isprintable()
        composed = whole.isascii() or unicodedata.is_normalized("NFC", whole)
        spaced = not self.breaks and any("  " in text for text in texts)
        fitting = all(texts) and max(map(len, texts), default=0) <= self.longest
        right = seen and composed and fitting and not spaced and "\ufffd" not in whole
        return [*texts] if right and self._all_shaped(texts) else None

    def _all_shaped(self, texts: Collection[str]) -> bool:
        """Tell whether texts are surely in the shape of their kind."""
        del texts
        return type(self).shaped is Line.shaped

    def tidied(self, text: str) -> str:
        """Return the text before it is judged; a line has its blanks made one."""
        return re.sub(r"[ \t\r\n\u00a0]+", " ", text)

    def shaped(self, text: str) -> str:
        """Return a trimmed text in the shape of its kind; a plain line is in it."""
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a string of limited length."""
        return {"type": "string", "maxLength": self.longest}

    def condition(self, column: str) -> str:
        """Hold the column to its length and to characters that every format can carry."""
        codes = _PROSE_CONTROLS if self.breaks else _CONTROLS
        return (
            f"length({column}) BETWEEN 1 AND {self.longest}"
            f" AND {column} NOT GLOB '*[' || char({codes}) || ']*'"
        )


class Prose(Line):
    """Plain text of several lines; never HTML."""

    word = Text("testo", "text")
    longest: int = 20_000
    breaks: bool = True

    def tidied(self, text: str) -> str:
        """Make every line break a line feed."""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _plain(self, text: str) -> bool:
        """Tell whether a text needs no mending; several blanks stay as they are."""
        return (
            text.replace("\n", "").isprintable()
            and 0 < len(text) <= self.longest
            and text[0] not in " \n"
            and text[-1] not in " \n"
            and (
                text.isascii() or ("\ufffd" not in text and unicodedata.is_normalized("NFC", text))
            )
        )


class Geometry(Prose):
    """A geometry as GeoJSON text; the longest boundary of Italy is well below its length."""

    word = Text("geometria (GeoJSON)", "geometry (GeoJSON)")
    longest: int = 5_000_000


class Shaped(Kind):
    """A text with a fixed alphabet, given by a regular expression and by a GLOB for SQLite."""

    word = Text("codice", "code")
    pattern: str = ""
    forbidden: str = ""
    longest: int = 100
    expected: Text = Text("", "")
    literal = True

    def read(self, text: str) -> Any:
        """Trim and match the whole text."""
        text = text.strip()
        if not re.fullmatch(self.pattern, text, re.ASCII) or len(text) > self.longest:
            raise Unreadable(self.expected)
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a string that matches."""
        return {"type": "string", "pattern": f"^{self.pattern}$", "maxLength": self.longest}

    def condition(self, column: str) -> str:
        """Hold the column to its alphabet and length."""
        size = f"length({column}) BETWEEN 1 AND {self.longest}"
        return f"{size} AND {column} NOT GLOB '{self.forbidden}'"


KEY = Shaped(
    pattern="[a-z0-9]+(?:-[a-z0-9]+)*",
    forbidden="*[^a-z0-9-]*",
    longest=120,
    expected=Text(
        "serve un identificativo di lettere minuscole, cifre e trattini, come spazio-q",
        "an identifier of lower-case letters, digits and hyphens is needed, such as spazio-q",
    ),
)


class Reference(Shaped):
    """The id of a record of another table, which SQLite holds it to."""

    word = Text("identificativo di un altro record", "identifier of another record")
    table: str = ""
    pattern: str = KEY.pattern
    forbidden: str = KEY.forbidden
    longest: int = KEY.longest
    expected: Text = KEY.expected


_SCHEME = pattern(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


class WebAddress(Line):
    """A web address; without a scheme it is read as https."""

    word = Text("indirizzo web", "web address")
    longest: int = 2_000

    def shaped(self, text: str) -> str:
        """Complete the scheme where a person left it out."""
        return text if _SCHEME.match(text) else f"https://{text}"

    def _all_shaped(self, texts: Collection[str]) -> bool:
        return all(map(_SCHEME.match, texts))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a URI."""
        return {**super().schema(), "format": "uri"}


_LOWERED = pattern(r"[a-zA-Z0-9._+-]+@[a-z0-9.-]+")


class Email(Line):
    """An e-mail address; the domain in lower case. Whether it is valid is for a rule to say."""

    word = Text("indirizzo e-mail", "e-mail address")
    longest: int = 254

    def shaped(self, text: str) -> str:
        """Drop `mailto:` and lower the domain."""
        bare = re.sub(r"^(?:mailto:\s*)+", "", text) if text[:1] == "m" else text
        name, at, domain = bare.rpartition("@")
        return bare if domain == domain.lower() else f"{name}{at}{domain.lower()}"

    def _all_shaped(self, texts: Collection[str]) -> bool:
        return all(map(_LOWERED.fullmatch, texts))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: an e-mail address."""
        return {**super().schema(), "format": "email"}


class Phone(Line):
    """A telephone number, kept as E.164 where the text is a number; a rule judges the rest."""

    word = Text("numero di telefono", "telephone number")
    longest: int = 40

    def shaped(self, text: str) -> str:
        """Write an Italian or international number as E.164, with its leading zero."""
        text = re.sub(r"^(?:tel:\s*)+", "", text) if text[:1] == "t" else text
        if not telephones.is_written(text):
            return text  # letters and extensions would become digits, or be lost
        number = telephones.read(text)
        return number.e164 if number else text

    def at_once(self, texts: Collection[str]) -> Sequence[str] | None:
        """Return the numbers, if all are Italian ones that are plainly written."""
        numbers = [number for number in map(telephones.plainly, texts) if number]
        return numbers if len(numbers) == len(texts) else None


class Code(Line):
    """A code that offices write with blanks and in either case: kept bare, in capitals."""

    word = Text("codice", "code")
    longest: int = 40
    lower: bool = False

    def shaped(self, text: str) -> str:
        """Drop blanks and settle the case."""
        text = re.sub(r"[ .]+", "", text)
        return text.lower() if self.lower else text.upper()
