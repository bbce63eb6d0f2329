"""The address of a map's tiles."""

import re
from collections.abc import Collection
from typing import Any

from ..errors import Unreadable
from ..words import Text
from .texts import WebAddress

# A server, perhaps one of some by {s}, and a path: no sign that ends a word of a policy.
_TILES = (
    r"(?a)(https?://)(\{s\}\.)?([a-zA-Z0-9.-]+(?::[0-9]{1,5})?)"
    r"(/(?:[\w.~%/?&=+@:!$*-]|\{[zxyr]\})*)"
)


class TileAddress(WebAddress):
    """The address of a map's tiles, with {z}, {x}, {y} for which tile; {s} for one of a, b, c."""

    longest: int = 300

    def _all_shaped(self, texts: Collection[str]) -> bool:
        return all(map(self.server, texts))

    def read(self, text: str) -> Any:
        """Refuse what is not the address of one server, with a place for the three numbers."""
        address = super().read(text)
        if not self.server(address):
            raise Unreadable(
                Text(
                    "serve un indirizzo come https://tile.example.org/{{z}}/{{x}}/{{y}}.png",
                    "an address is needed such as https://tile.example.org/{{z}}/{{x}}/{{y}}.png",
                ).filled()
            )
        return address

    def surely(self, value: Any) -> bool:
        """Tell whether a text is the address of tiles."""
        return super().surely(value) and bool(self.server(value))

    @staticmethod
    def server(address: str) -> str:
        """Return the servers as a Content-Security-Policy names them; empty for another text."""
        found = re.fullmatch(_TILES, address)
        if not found or any(f"{{{each}}}" not in found[4] for each in "zxy"):
            return ""
        return f"{found[1]}{'*.' if found[2] else ''}{found[3]}"
