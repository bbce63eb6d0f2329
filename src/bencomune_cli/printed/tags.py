"""The tree of a tagged PDF (ISO 32000-1, 14.7): what a page shows, as a screen reader tells it."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from pydyf import Array, Dictionary, Object, String


class Element(Object):  # type: ignore[misc] # pydyf has no types
    """A part of a document: what it is (a standard structure type), and what it consists of.

    The parent of the first is the root of the tree. `alternative` is the text for who does not see
    a picture; `box` are the edges of one.
    """

    def __init__(
        self, tag: str, parent: Object, alternative: str = "", box: Sequence[float] = ()
    ) -> None:
        super().__init__()
        self.tag, self._parent, self._alternative, self._box = tag, parent, alternative, box
        self._kids: list[Kid] = []
        if isinstance(parent, Element):
            parent.hold(self)

    def hold(self, kid: "Kid") -> None:
        """Add an element; or what has a mark on a page, or is laid over it."""
        self._kids.append(kid)

    def walk(self) -> Iterator["Element"]:
        """Yield the element and all in it, in reading order."""
        yield self
        for kid in self._kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    @property
    def data(self) -> bytes:
        """Return the element as it stands in the file."""
        kids = " ".join(map(_told, self._kids))
        told = f"<</Type /StructElem /S /{self.tag} /P {self._parent.number} 0 R /K [{kids}]"
        alternative = b" /Alt " + String(self._alternative).data if self._alternative else b""
        box = f" /A <</O /Layout /BBox {Array(self._box).data.decode()}>>"
        return told.encode() + alternative + (box.encode() if self._box else b"") + b">>"


Kid: TypeAlias = Element | tuple[Dictionary, int | Dictionary]


def _told(kid: Kid) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    page, what = kid
    if isinstance(what, int):
        return f"<</Type /MCR /Pg {page.number} 0 R /MCID {what}>>"
    return f"<</Type /OBJR /Pg {page.number} 0 R /Obj {what.number} 0 R>>"
