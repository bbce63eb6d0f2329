"""What changed, for those who use the files: CHANGES.md, and a feed (Atom, RFC 4287).

Both are written anew of all that changed so far, with the names that are public now: what is not
public any more is in neither, not even in what was said of it then.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .comparing import Entry, lines, told
from .markdown import plain
from .words import Text

CHANGES, FEED = "CHANGES.md", "changes.atom"
MOST = 50  # entries of the feed
_NO_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # its section 2.2
_LISTED = 500  # publications that CHANGES.md tells
_TITLE = Text("Che cosa cambia", "What changes")
_FIRST = Text("Prima pubblicazione: {n} record", "First publication: {n} records")
_BACK = Text("Rimessi i dati della pubblicazione {number}", "Data of publication {number} put back")


def new_id(network: Mapping[str, Any]) -> str:
    """Return an id for the feed of a network that has none yet; it is kept, and never changes."""
    base = str(network.get("base_uri") or "").rstrip("/")
    return f"{base}/changes" if base else uuid.uuid4().urn


def changes_page(
    entries: Sequence[Entry], names: Mapping[str, str], network: Mapping[str, Any], language: str
) -> str:
    """Return CHANGES.md: each publication, newest first, by day and in words."""
    said = [f"# {_TITLE.said_in(language)}: {plain(_name(network))}"]
    for entry in reversed(entries[-_LISTED:]):
        said.append(f"## {entry.at[:10]} · {entry.number}")
        said.append(plain(f"{headline(entry).said_in(language)}."))
        more = [plain(line.said_in(language)) for line in _lines(entry, names)]
        if more:
            said.append("\n".join(f"- {line}" for line in more))
    return "\n\n".join(said) + "\n"


def feed(
    entries: Sequence[Entry],
    names: Mapping[str, str],
    network: Mapping[str, Any],
    language: str,
    id_: str,
) -> str:
    """Return the feed of the newest publications."""
    newest = list(reversed(entries[-MOST:]))
    title = f"{_name(network)}: {_TITLE.said_in(language).lower()}"
    author = str(network.get("publisher") or _name(network))
    said = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(language)}>',
        f"<title>{_xml(title)}</title>",
        f"<id>{_xml(id_)}</id>",
        f"<updated>{newest[0].at}</updated>",
        f"<author><name>{_xml(author)}</name></author>",
    ]
    for entry in newest:
        content = "\n".join(line.said_in(language) for line in _lines(entry, names))
        said += [
            "<entry>",
            f"<title>{_xml(headline(entry).said_in(language))}</title>",
            f"<id>{_xml(_id_of(entry, id_))}</id>",
            f"<updated>{entry.at}</updated>",
            f"<content>{_xml(content or headline(entry).said_in(language))}</content>",
            "</entry>",
        ]
    return "\n".join([*said, "</feed>", ""])


def headline(entry: Entry) -> Text:
    """Return what an entry is about, in one line."""
    if entry.back_to:
        return _BACK.filled(number=entry.back_to)
    if entry.number == 1:
        return _FIRST.filled(n=entry.records)
    return told(entry.changes)


def _lines(entry: Entry, names: Mapping[str, str]) -> Iterator[Text]:
    if entry.number > 1:
        yield from lines(entry.changes, names)


def _id_of(entry: Entry, feed_id: str) -> str:
    if feed_id.startswith("urn:uuid:"):
        return uuid.uuid5(uuid.UUID(feed_id), str(entry.number)).urn
    return f"{feed_id}/{entry.at[:10]}-{entry.number}"


def _name(network: Mapping[str, Any]) -> str:
    return str(network.get("name") or "bencomune")


def _xml(text: str) -> str:
    """Return a text for XML 1.0, without the characters that it cannot hold."""
    return escape(_NO_XML.sub("", text))
