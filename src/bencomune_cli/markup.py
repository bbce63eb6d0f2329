"""XML read piece by piece, without document types, entities or anything fetched.

The home of defusedxml.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from .errors import Refused
from .limits import Limits
from .words import Text

_FORBIDDEN = Text(
    "il file XML ha una dichiarazione DTD o delle entità, che qui non si ammettono: salvarlo di"
    " nuovo senza, da un altro programma",
    "the XML file has a DTD or entities, which are not allowed here: save it again without them,"
    " from another program",
)
_INVALID = Text("il file non è XML valido: {error}", "the file is not valid XML: {error}")
_ODD = Text(
    "il file XML ha nomi o valori troppo lunghi, o troppi nomi diversi: non è un file di dati",
    "the XML file has names or values that are too long, or too many different names: it is no"
    " file of data",
)
PIECE = 65_536  # bytes fed at a time
LONGEST = 10_000_000  # bytes of one tag, which the parser holds as a whole
NAMES = 10_000  # different names of elements and attributes, which the parser remembers


class Listener:
    """Hears what stands in an XML file, of which no tree is kept: subclasses take what they need.

    `opened` and `closed` get names as `namespace}name`, `data` some of an element's text.
    """

    def __init__(self, limits: Limits) -> None:
        self._depth, self._limits = 0, limits
        self._deepest = limits["depth"]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins. Raises Refused where too many are open."""
        self._depth += 1
        if self._depth > self._deepest:
            self._limits.hold("depth", self._depth)
        self.opened(tag, attributes)

    def end(self, tag: str) -> None:
        """Hear that an element ends."""
        self._depth -= 1
        self.closed(tag)

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an element that begins."""

    def closed(self, tag: str) -> None:
        """Take an element that ends."""

    def data(self, text: str) -> None:
        """Take a piece of text."""


def heard(file: BinaryIO, listener: Listener) -> Iterator[None]:
    """Let a listener hear a file; yield after each piece of it. Raises Refused.

    Without a tree, so that files of millions of elements take constant memory.
    """
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=listener, forbid_dtd=True)
    expat = parser.parser
    expat.ordered_attributes = False
    expat.StartElementHandler, expat.EndElementHandler = listener.start, listener.end
    fed = 0
    with _valid():
        while piece := file.read(PIECE):
            parser.feed(piece)
            fed += len(piece)
            held = fed - max(expat.CurrentByteIndex, 0)
            if held > LONGEST or len(expat.intern) > NAMES:
                raise Refused(_ODD)
            yield
        parser.close()
    yield


@contextmanager
def _valid() -> Iterator[None]:
    """Say in a sentence what is wrong with XML."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        yield
    except DefusedXmlException:
        raise Refused(_FORBIDDEN) from None
    except ParseError as error:
        line, column = getattr(error, "position", (0, 0))
        where = Text("riga {line}, colonna {column}", "line {line}, column {column}")
        raise Refused(_INVALID.filled(error=where.filled(line=line, column=column))) from None
    except (LookupError, ValueError):
        encoding = Text("la codifica dichiarata è ignota", "its declared encoding is unknown")
        raise Refused(_INVALID.filled(error=encoding)) from None
