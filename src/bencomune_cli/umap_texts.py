"""Texts for uMap, which reads its own mark-up, template variables and HTML in what it shows.

In a popup uMap fills in `{name}`, then makes HTML of its mark-up (`toHTML` in its utils.js), then
has a browser read the HTML. A character that is written as its HTML entity passes both and is read
as itself at the end.
"""

import re

# & < > " ' of HTML; { } [ ] | * # _ of uMap (_ also since it makes http of h_t_t_p); - opens a rule
# at the beginning of a line.
_SIGNS = re.compile(r"""[&<>"'{}\[\]|*#_]|(?m:^-)""")
_LONGEST = 60  # characters of an address that is shown


def inert(text: str) -> str:
    """Return what uMap shows as the text is written; an address in it is still a link."""
    return _SIGNS.sub(lambda found: f"&#{ord(found[0])};", text)


def link(address: str, shown: str) -> str:
    """Return a link in uMap's mark-up."""
    return f"[[{inert(address)}|{inert(shown)}]]"


def web(address: str) -> str:
    """Return a link to a page, shown without its scheme; of what is no page only the text."""
    scheme, _, rest = address.partition("://")
    if scheme.lower() not in {"http", "https"}:
        return inert(address)
    shown = rest.rstrip("/")
    return link(address, shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")


def bold(text: str) -> str:
    """Return a text in bold, in uMap's mark-up."""
    return f"**{inert(text)}**"
