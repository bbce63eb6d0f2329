"""A PDF with tags: the home of pydyf. What depends on all of its pages is written at the end."""

import datetime as dt
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple
from xml.sax.saxutils import escape

from pydyf import PDF, Array, Dictionary, Stream, String

from .faces import CAPITAL, Boxes, Face
from .pages import HEIGHT, WIDTH, Page
from .tags import Element

_CREATOR = "bencomune"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 2.2
_STEM = 80  # thickness of a letter's stem: only who lacks the font would look at it
_SERIF_SYMBOLIC = 2 + 4  # flags of a font (ISO 32000-1, table 123)
_BLOCK = 100  # most entries of a block of a character map (Adobe Technical Note 5014)
_MAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <{first}> <{last}> endcodespacerange
{blocks}
endcmap CMapName currentdict /CMap defineresource pop end end"""
_BOX = "{width} 0 0 0 {width} {width} d1 40 w 70 20 360 460 re S"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


class _Place(NamedTuple):
    page: Page
    down: float


class _Heading(NamedTuple):
    level: int
    text: str
    place: _Place


class Document:
    """A document that grows page by page; `moment` is the date that it tells.

    `foot` draws what stands at the foot of each page, once all else is on it.
    """

    def __init__(self, title: str, author: str, language: str, moment: dt.datetime) -> None:
        self.foot: Callable[[Page], None] = lambda _: None
        self._title, self._author, self._language = title, author, language
        self._moment = moment.astimezone(dt.UTC)
        self._pdf = PDF()
        self._fonts: dict[Face | Boxes, str] = {}
        self._resources = self._added(Dictionary())
        self._places: dict[str, _Place] = {}
        self._headings: list[_Heading] = []
        self.pages: list[Page] = []
        self._tree = self._added(Dictionary({"Type": "/StructTreeRoot"}))
        self.root = Element("Document", self._tree)

    def page(self) -> Page:
        """Begin a page; what was drawn on the one before is drawn."""
        if self.pages:
            self._finish(self.pages[-1])
        dictionary = Dictionary({"Type": "/Page", "Parent": self._pdf.pages.reference})
        self._pdf.add_page(dictionary)
        page = Page(dictionary, len(self.pages) + 1, self._font)
        self.pages.append(page)
        return page

    def place(self, name: str, page: Page, down: float) -> None:
        """Name a place, for what leads to it."""
        self._places[name] = _Place(page, down)

    def page_of(self, name: str) -> int:
        """Return the number of the page of a place."""
        return self._places[name].page.number

    def outline(self, level: int, text: str, page: Page, down: float) -> None:
        """Add a heading to the outline that readers show beside the pages; the first level is 1."""
        self._headings.append(_Heading(level, text, _Place(page, down)))

    def write(self, out: BinaryIO) -> None:
        """Write the file."""
        self._finish(self.pages[-1])
        for face, name in self._fonts.items():
            font = self._boxes(face) if isinstance(face, Boxes) else self._embedded(face)
            self._resources.setdefault("Font", Dictionary())[name] = font.reference
        catalog = self._pdf.catalog
        catalog["Lang"] = String(self._language)
        catalog["MarkInfo"] = Dictionary({"Marked": "true"})
        catalog["ViewerPreferences"] = Dictionary({"DisplayDocTitle": "true"})
        catalog["Metadata"] = self._added(self._metadata()).reference
        catalog["StructTreeRoot"] = self._tree.reference
        self._finish_tree()
        if self._headings:
            catalog["Outlines"] = self._finished_outline().reference
        day = self._moment.strftime("D:%Y%m%d%H%M%SZ")
        about = {"Title": self._title, "Author": self._author, "Creator": _CREATOR}
        about |= {"CreationDate": day, "ModDate": day}
        self._pdf.info.update({name: String(text) for name, text in about.items() if text})
        self._pdf.write(out)

    def _added(self, thing: Any) -> Any:
        self._pdf.add_object(thing)
        return thing

    def _font(self, face: Face | Boxes) -> str:
        return self._fonts.setdefault(face, f"F{len(self._fonts)}")

    def _finish(self, page: Page) -> None:
        """Keep what was drawn on a page, and forget how."""
        self.foot(page)
        content = _packed("\n".join(page.drawn).encode())
        page.drawn.clear()
        page.dictionary.update(
            {
                "MediaBox": Array([0, 0, WIDTH, HEIGHT]),
                "Contents": self._added(content).reference,
                "Resources": self._resources.reference,
                "StructParents": page.number - 1,
                "Tabs": "/S",
            }
        )

    def _finish_tree(self) -> None:
        """Add the elements, and of which of them each mark and each link is."""
        for element in self.root.walk():
            self._added(element)
        numbers = Array()
        for page in self.pages:
            marks = Array([element.reference for element in page.marks])
            numbers.extend([page.number - 1, self._added(marks).reference])
        links = [link for page in self.pages for link in page.links]
        for number, (note, place, element) in enumerate(links, len(self.pages)):
            note.update({"StructParent": number, "Dest": _destination(self._places[place])})
            numbers.extend([number, element.reference])
        for page in self.pages:
            if page.links:
                notes = [self._added(link.note).reference for link in page.links]
                page.dictionary["Annots"] = Array(notes)
        self._tree["K"] = self.root.reference
        self._tree["ParentTree"] = self._added(Dictionary({"Nums": numbers})).reference

    def _finished_outline(self) -> Dictionary:
        """Add the headings, each under the last of a higher level."""
        outline = self._added(Dictionary({"Type": "/Outlines"}))
        above: list[tuple[int, Dictionary]] = [(0, outline)]
        for level, text, place in self._headings:
            while above[-1][0] >= level:
                above.pop()
            parent = above[-1][1]
            told = {"Title": String(text), "Parent": parent.reference}
            item = self._added(Dictionary(told | {"Dest": _destination(place)}))
            if "Last" in parent:
                item["Prev"] = parent["Last"]
                self._pdf.objects[int(parent["Last"].split()[0])]["Next"] = item.reference
            parent.setdefault("First", item.reference)
            parent["Last"] = item.reference
            for _, over in above:
                over["Count"] = over.get("Count", 0) + 1
            above.append((level, item))
        return outline

    def _embedded(self, face: Face) -> Dictionary:
        """Add a font of the glyphs that were used (ISO 32000-1, 9.7)."""
        measures = face.measures()
        name = f"/{face.tag()}+{face.name}"
        outlines = _packed(face.cut_down(), {"Subtype": "/CIDFontType0C"})
        about = {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": _SERIF_SYMBOLIC,
            "FontBBox": Array(measures.box),
            "ItalicAngle": measures.slant,
            "Ascent": measures.up,
            "Descent": measures.down,
            "CapHeight": round(CAPITAL * 1000),
            "StemV": _STEM,
            "FontFile3": self._added(outlines).reference,
        }
        system = {"Registry": String("Adobe"), "Ordering": String("Identity"), "Supplement": 0}
        font = {
            "Type": "/Font",
            "Subtype": "/CIDFontType0",
            "BaseFont": name,
            "CIDSystemInfo": Dictionary(system),
            "FontDescriptor": self._added(Dictionary(about)).reference,
            "DW": 0,
            "W": Array(_widths(face.widths)),
        }
        whole = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": Array([self._added(Dictionary(font)).reference]),
            "ToUnicode": self._added(_packed(_meanings(face.texts))).reference,
        }
        return self._added(Dictionary(whole))

    def _boxes(self, boxes: Boxes) -> Dictionary:
        """Add a font of a space and of boxes, each for a sign (ISO 32000-1, 9.6.5)."""
        width, last = boxes.WIDTH * 1000, len(boxes.signs) - 1
        space = boxes.space.width * 1000
        drawn = {"space": f"{space} 0 0 0 0 0 d1", "box": _BOX.format(width=width)}
        glyphs = {
            name: self._added(_packed(text.encode())).reference for name, text in drawn.items()
        }
        about = {
            "Type": "/FontDescriptor",
            "FontName": "/Boxes",
            "Flags": _SERIF_SYMBOLIC,
            "ItalicAngle": 0,
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type3",
            "FontDescriptor": self._added(Dictionary(about)).reference,
            "FontBBox": Array([0, 0, width, width]),
            "FontMatrix": Array([0.001, 0, 0, 0.001, 0, 0]),
            "CharProcs": Dictionary(glyphs),
            "Encoding": Dictionary({"Differences": Array([0, "/space", *["/box"] * last])}),
            "FirstChar": 0,
            "LastChar": last,
            "Widths": Array([space, *[width] * last]),
            "Resources": Dictionary(),
            "ToUnicode": self._added(_packed(_meanings(dict(enumerate(boxes.signs)), 1))).reference,
        }
        return self._added(Dictionary(font))

    def _metadata(self) -> Stream:
        moment = self._moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        title = escape(_NOT_XML.sub("", self._title))
        told = _XMP.format(title=title, language=self._language, moment=moment)
        return Stream([told.encode()], {"Type": "/Metadata", "Subtype": "/XML"})


def _destination(place: _Place) -> Array:
    top = round(HEIGHT - place.down, 2)
    return Array([place.page.dictionary.reference, "/XYZ", 0, top, "null"])


def _packed(data: bytes, about: Mapping[str, Any] = MappingProxyType({})) -> Stream:
    return Stream([zlib.compress(data)], {**about, "Filter": "/FlateDecode"})


def _widths(widths: Mapping[int, int]) -> Iterator[Any]:
    for glyph, width in sorted(widths.items()):
        yield from (glyph, Array([width]))


def _meanings(texts: Mapping[int, str], length: int = 2) -> bytes:
    """Return what codes of so many bytes stand for (ISO 32000-1, 9.10.3)."""
    told = [
        f"<{code.to_bytes(length, 'big').hex()}> <{text.encode('utf-16-be').hex()}>"
        for code, text in sorted(texts.items())
        if text
    ]
    blocks = [told[begun : begun + _BLOCK] for begun in range(0, len(told), _BLOCK)]
    lines = (f"{len(each)} beginbfchar\n{chr(10).join(each)}\nendbfchar" for each in blocks)
    first, last = "00" * length, "ff" * length
    return _MAP.format(first=first, last=last, blocks="\n".join(lines)).encode()
