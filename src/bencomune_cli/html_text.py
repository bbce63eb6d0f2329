"""HTML -> plain text: what a person would read of it, with the addresses that links lead to.

A description of KML may be HTML (OGC 12-007r2, 9.1.3.10). Taken apart by one expression that goes
over each sign once, whatever the text: `html.parser` takes the square of the time for some.
"""

import html
import re
from collections.abc import Iterator

from .patterns import pattern

_TOKEN = pattern(
    r"<!--(?:(?!-->).)*(?:-->|\Z)"
    r"|<(?P<unread>script|style|head|title|template)\b(?:(?!</(?P=unread)\b).)*(?:</[^<>]*>?|\Z)"
    r"|<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<told>[^<>]*)>"
    r"|<[!?][^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
# Of other tags it cannot be told whether they are HTML: they are text, such as "<2 km>".
_KNOWN = frozenset(
    (
        *("a", "abbr", "b", "big", "blockquote", "body", "br", "button", "center", "code", "dd"),
        *("div", "dl", "dt", "em", "font", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
        *("html", "i", "iframe", "img", "input", "li", "link", "meta", "ol", "p", "pre", "s"),
        *(
            "section",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "svg",
            "table",
            "tbody",
            "td",
            "tfoot",
        ),
        *("th", "thead", "tr", "tt", "u", "ul", "video"),
    )
)
_ENTITY = pattern(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_ADDRESS = pattern(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_LINES = frozenset(
    ("br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr")
)
_CELL = "\x1f"  # between the cells of a table, until their line is known
_LEADING = ("http://", "https://", "mailto:", "tel:")


def plain(text: str) -> tuple[str, int]:
    """Return what a text reads like, and how many pictures were in it; a plain one as it is.

    Of a table, a line of two cells becomes `first: second`.
    """
    if "<" not in text and "&" not in text:
        return text.strip(), 0
    parts = list(_parts(text))
    pictures = parts.count(None)
    told = "".join(part for part in parts if part is not None)
    lines = [_line(each) for each in told.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), pictures


def _line(line: str) -> str:
    cells = [" ".join(cell.split()) for cell in line.split(_CELL)]
    filled = [cell for cell in cells if cell]
    both = len(filled) == 2 and len(cells) > 1  # noqa: PLR2004 - a name and a value
    return (": " if both else " ").join(filled)


def _parts(text: str) -> Iterator[str | None]:
    """Yield pieces of plain text; None for a picture."""
    tokens = [each for each in _TOKEN.finditer(text) if _is_html(each)]
    # Line breaks of a text that has its own are but blanks.
    flows = any((each["tag"] or "").lower() in _LINES for each in tokens)
    place, address, linked = 0, "", ""
    for found in tokens:
        said = _said(text[place : found.start()], flows=flows)
        place = found.end()
        linked += said
        yield said
        tag, ends = (found["tag"] or "").lower(), bool(found["end"])
        if tag == "img":
            yield None
        elif tag in _LINES:
            yield "\n"
        elif tag in {"td", "th"} and ends:
            yield _CELL
        elif tag == "a":
            if address:
                yield _told(address, linked)
            address, linked = "" if ends else _address(found["told"]), ""
    yield _said(text[place:], flows=flows)
    if address:
        yield _told(address, linked + _said(text[place:], flows=flows))


def _is_html(token: re.Match[str]) -> bool:
    return not token["tag"] or token["tag"].lower() in _KNOWN


def _said(text: str, *, flows: bool) -> str:
    said = _ENTITY.sub(lambda found: html.unescape(found[0]), text).replace(_CELL, " ")
    return " ".join(f"|{said}|".split())[1:-1] if flows else said


def _address(told: str) -> str:
    found = _ADDRESS.search(told)
    address = html.unescape(found[1] or found[2] or found[3] or "") if found else ""
    return address.strip() if address.strip().startswith(_LEADING) else ""


def _told(address: str, shown: str) -> str:
    """Return the address of a link where its text does not tell it."""
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if " ".join(shown.split()) in {address, bare}:
        return ""
    return f" ({bare})" if shown.strip() else bare
