"""The faces that pages are set in: the home of HarfBuzz, which shapes words and cuts fonts down.

A word is shaped once: what a PDF shows of it is kept, with how wide it is. Of each face the glyphs
that were used are known, so that a file embeds these alone, and what their codes stand for.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from struct import unpack_from
from typing import Any, NamedTuple
from unicodedata import bidirectional

FONTS = Path(__file__).parent / "fonts"
CAPITAL = 0.645  # of the size: the height of a capital letter
_SPACE = " "
# Where tables of OpenType have them: head.xMin, post.italicAngle.
_BOX, _SLANT = 36, 4
_REMEMBERED = 10_000  # words, which take 3 MB
_NO_GLYPH = 0
_BACKWARDS = frozenset({"R", "AL"})  # classes of UAX #9 that are read from right to left


class Shaped(NamedTuple):
    """A word in a face: what TJ shows of it (ISO 32000-1, 9.4.3), and its width in ems.

    `backwards` tells that letters of it are read from right to left; `lacking` that the face has
    not all signs of it, and does not show it.
    """

    shown: str
    width: float
    backwards: bool
    lacking: bool = False


class Measures(NamedTuple):
    """What a file tells of a face: the box of all glyphs, the slant in degrees, how far letters go.

    Lengths are in thousandths of an em.
    """

    box: Sequence[int]
    slant: float
    up: int
    down: int


class Face:
    """A font of this package, by its PostScript name without that of the family."""

    def __init__(self, name: str) -> None:
        import uharfbuzz

        self._harfbuzz = uharfbuzz
        self.name = f"LibertinusSerif-{name}"
        self._face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(FONTS / f"{self.name}.otf"))
        self._font = uharfbuzz.Font(self._face)
        self._shaped: dict[str, Shaped] = {}
        signs = sorted(self._face.unicodes, reverse=True)
        self._signs = {self._font.get_nominal_glyph(sign): chr(sign) for sign in signs}
        self.widths: dict[int, int] = {}
        self.texts: dict[int, str] = {}
        self._boxes: list[Boxes] = []
        self.unit = 1 / self._face.upem
        self.space = self.shaped(_SPACE)

    def shaped(self, word: str) -> Shaped:
        """Return a word as it is shown; it is in one direction, that of its script."""
        found = self._shaped.get(word)
        if found is None:
            if len(self._shaped) == _REMEMBERED:
                self._shaped.clear()
            found = self._shaped[word] = self._shape(word)
        return found

    def has(self, sign: str) -> bool:
        """Tell whether the face has a glyph for a sign."""
        return bool(self._font.get_nominal_glyph(ord(sign)))

    def boxes(self, sign: str) -> "Boxes":
        """Return the boxes in which a sign is shown that the face has no glyph for."""
        for boxes in self._boxes:
            if boxes.takes(sign):
                return boxes
        self._boxes.append(Boxes(self.space.width))
        return self._boxes[-1]

    def _shape(self, word: str) -> Shaped:
        hb = self._harfbuzz
        buffer = hb.Buffer()
        buffer.add_str(word)
        buffer.guess_segment_properties()
        buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        hb.shape(self._font, buffer)
        infos = buffer.glyph_infos
        glyphs = [info.codepoint for info in infos]
        if _NO_GLYPH in glyphs:
            return Shaped("", 0.0, is_backwards(word), lacking=True)
        clusters = [info.cluster for info in infos]
        # One glyph for each letter, in their order, is what most words are.
        alike = clusters == list(range(len(word)))
        self._note(glyphs, word if alike else _texts(clusters, word))
        shown, width = self._placed(glyphs, buffer.glyph_positions)
        return Shaped(shown, width * self.unit, is_backwards(word))

    def _note(self, glyphs: Iterable[int], texts: Iterable[str]) -> None:
        """Keep what glyphs stand for, which must not hang on what else is set.

        That of a sign stands for the sign: for a bracket also where HarfBuzz has turned it round.
        Others, such as ligatures, stand for what they were set for: of several texts the first, in
        the order of Unicode.
        """
        known = self.texts
        for glyph, text in zip(glyphs, texts, strict=True):
            if glyph not in known:
                self.widths[glyph] = self._font.get_glyph_h_advance(glyph)
                known[glyph] = self._signs.get(glyph, text)
            elif text != known[glyph] and text and glyph not in self._signs:
                known[glyph] = min(known[glyph], text) or text

    def _placed(self, glyphs: Sequence[int], places: Sequence[Any]) -> tuple[str, int]:
        """Return what TJ shows, and how wide it is: glyphs, and how far each is from its place."""
        advances = [place.x_advance for place in places]
        asides = [place.x_offset for place in places]
        codes = [f"{glyph:04x}" for glyph in glyphs]
        widths = [self.widths[glyph] for glyph in glyphs]
        width = sum(advances)
        if advances == widths and not any(asides):
            return f"<{''.join(codes)}>" if codes else "", width
        told, moved = "<", 0
        for code, own, advance, aside in zip(codes, widths, advances, asides, strict=True):
            told += f">{moved - aside}<{code}" if moved != aside else code
            moved = aside + own - advance
        return (told + (f">{moved}" if moved else ">")).removeprefix("<>"), width

    def measures(self) -> "Measures":
        """Return what a file tells of the face."""
        head, post = (self._face.reference_table(name).data for name in ("head", "post"))
        extents = self._font.get_font_extents("ltr")
        return Measures(
            unpack_from(">4h", head, _BOX),
            unpack_from(">i", post, _SLANT)[0] / (1 << 16),
            extents.ascender,
            extents.descender,
        )

    def cut_down(self) -> bytes:
        """Return the outlines of the glyphs that were used, as the table CFF of OpenType."""
        hb = self._harfbuzz
        asked = hb.SubsetInput()
        asked.glyph_set.update(self.widths)
        asked.flags = hb.SubsetFlags.RETAIN_GIDS
        return bytes(asked.subset(self._face).reference_table("CFF ").data)

    def tag(self) -> str:
        """Return six capitals that tell this subset from others (ISO 32000-1, 9.6.4)."""
        digest = sha256(repr(sorted(self.widths)).encode()).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6])


class Boxes:
    """Signs that a face has no glyph for: a reader sees boxes, who reads the text has the signs.

    Each has a code of one byte, the first of which is the space.
    """

    MOST = 256  # codes
    WIDTH = 0.5  # of a box, in ems

    def __init__(self, space: float) -> None:
        self.space = Shaped("<00>", space, backwards=False)
        self.signs = [_SPACE]

    def takes(self, sign: str) -> bool:
        """Tell whether a sign is here, or has room."""
        return sign in self.signs or len(self.signs) < self.MOST

    def shaped(self, sign: str) -> Shaped:
        """Return a sign as it is shown, with the marks that belong to it."""
        if sign not in self.signs:
            self.signs.append(sign)
        return Shaped(f"<{self.signs.index(sign):02x}>", self.WIDTH, is_backwards(sign))


def is_backwards(text: str) -> bool:
    """Tell whether letters of a text are read from right to left."""
    return not text.isascii() and any(bidirectional(sign) in _BACKWARDS for sign in text)


def _texts(clusters: Sequence[int], word: str) -> Iterator[str]:
    """Yield what each glyph stands for: a part of the word; of several of one part, the first."""
    ends = dict(pairwise(sorted({*clusters, len(word)})))
    for place, cluster in enumerate(clusters):
        again = place and clusters[place - 1] == cluster
        yield "" if again else word[cluster : ends[cluster]]
