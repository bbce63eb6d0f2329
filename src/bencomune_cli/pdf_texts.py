"""The texts in a PDF, as they are read and not as they are drawn. The home of pypdf."""

from collections.abc import Iterator
from typing import Any, BinaryIO

_OVER, _FOOT = 6, 1  # lines in which a text goes on over a page's end, and that stand at its foot


def texts_of(file: BinaryIO) -> Iterator[tuple[str, bool]]:
    """Yield what is read on each page and told beside: titles, links, descriptions.

    Lines are joined by a blank. With each text, whether it is what a stream holds, whatever that
    is; pictures are left out. Raises ValueError for what cannot be read.
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
            yield " ".join(line.strip() for line in lines), False
            # A word may go on in the next line; a text on the next page, over what is at its foot.
            yield "".join(lines), False
            for foot in range(_FOOT + 1):
                over = [*before[: len(before) - foot], *lines[:_OVER]]
                yield " ".join(line.strip() for line in over), False
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
