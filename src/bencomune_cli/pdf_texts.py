"""The texts in a PDF, as they are read and not as they are drawn. The home of pypdf."""

from collections.abc import Iterator
from typing import Any, BinaryIO

_OVER, _FOOT = 6, 1  # lines in which a text goes on over a page's end, and that stand at its foot


def texts_of(file: BinaryIO) -> Iterator[tuple[str, bool]]:
    """Yield what is read on each page and told beside: titles, links, descriptions.

    Lines are joined as they are, and by blanks. With each text, whether values in it may stand
    unparted, or beside what is no text; pictures are left out. Raises ValueError for what cannot be
    read.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdf.generic import IndirectObject

    try:
        reader = PdfReader(file, strict=True)
        if reader.is_encrypted:
            raise ValueError("encrypted")
        before: list[str] = []
        for page in reader.pages:
            lines = page.extract_text().splitlines()
            # Our lines end in a blank where words are apart: this is the text as it was set.
            yield "".join(lines), False
            yield " ".join(line.strip() for line in lines), True
            for foot in range(_FOOT + 1):  # what goes on over the end of a page, and its foot
                over = [*before[: len(before) - foot], *lines[:_OVER]]
                yield "".join(over), True
                yield " ".join(line.strip() for line in over), True
            before = lines[-_OVER - _FOOT :]
        packed = set(reader.xref_objStm)
        for number in sorted(packed.union(*reader.xref.values())):
            yield from _told(reader.get_object(IndirectObject(number, 0, reader)))
    except (PyPdfError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _told(value: Any) -> Iterator[tuple[str, bool]]:
    """Yield the texts in an object of a PDF."""
    from pypdf.generic import StreamObject

    if isinstance(value, dict):
        for each in value.values():
            yield from _told(each)
        if isinstance(value, StreamObject) and value.get("/Subtype") != "/Image":
            yield value.get_data().decode("utf-8", "replace"), True
    elif isinstance(value, list):
        for each in value:
            yield from _told(each)
    elif isinstance(value, str):
        yield value, False
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace"), True
