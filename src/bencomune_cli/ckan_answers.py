"""What a CKAN portal, or what stands before it, answers when it does not do what it is asked."""

import ipaddress
import json
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import time
from typing import Any
from urllib.parse import urlsplit

from .errors import Refused
from .patience import Busy
from .words import Text, joined, same

MOST = 500  # characters of a portal's own words

_REASONS = {
    HTTPStatus.UNAUTHORIZED: Text("chiede un accesso suo", "asks for a login of its own"),
    HTTPStatus.FORBIDDEN: Text("non lo permette", "does not allow it"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Text(
        "il file è troppo grande per il portale", "the file is too large for the portal"
    ),
}
_TOO_LARGE = Text(
    "chi gestisce il portale può alzarne il limite (client_max_body_size, ckan.max_resource_size)",
    "those who run the portal can raise its limit (client_max_body_size, ckan.max_resource_size)",
)


class Answered(Refused):
    """A portal's own refusal: `kind` as CKAN names it, `fields` what it says of each field."""

    def __init__(self, text: Text, kind: str, fields: dict[str, Any]) -> None:
        super().__init__(text)
        self.kind = kind
        self.fields = fields

    @property
    def missing(self) -> bool:
        """Tell whether what was asked for is not there."""
        return self.kind == "Not Found Error"


def refuse_address(url: str) -> None:
    """Refuse an address to which no token is sent; nothing of it is told but its host."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        told = Text(
            "[ckan] url: serve un indirizzo come https://dati.comune.esempio.it",
            "[ckan] url: an address is needed, such as https://dati.comune.esempio.it",
        )
        raise Refused(told)
    if parts.username or parts.password:
        told = Text(
            "[ckan] url: senza nome utente e password: il token basta",
            "[ckan] url: without user name and password: the token is enough",
        )
        raise Refused(told)
    if parts.scheme == "http" and not _is_here(host):
        told = Text(
            "[ckan] url: scrivere https://{host}: con http il token passerebbe in chiaro",
            "[ckan] url: write https://{host}: by http the token would be open to be read",
        )
        raise Refused(told.filled(host=host))


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def redirected(url: str, status: int, headers: Message) -> Text | None:
    """Return what is said of a portal that sends one elsewhere."""
    if not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return None
    target, _, _ = headers.get("Location", "").partition("/api/3/action")
    told = Text(
        "{url}: il portale rimanda a {target}: scrivere quell'indirizzo in [ckan] url. Non è stato"
        " cambiato niente",
        "{url}: the portal sends on to {target}: write that address in [ckan] url. Nothing was"
        " changed",
    )
    return told.filled(url=url, target=target[:MOST] or "?")


def waiting(url: str, status: int, headers: Message) -> Busy | None:
    """Return that a portal is busy or faulty, with the seconds that it asks for."""
    if status not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT} and (
        status < HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return None
    too_many = status == HTTPStatus.TOO_MANY_REQUESTS
    why = (
        Text("chiede di aspettare", "asks to wait")
        if too_many
        else Text(
            "è guasto o sovraccarico (HTTP {status})", "is faulty or overloaded (HTTP {status})"
        )
    )
    return Busy(url, why.filled(status=status), _seconds(headers.get("Retry-After", "")))


def _seconds(told: str) -> float:
    """Return the seconds of Retry-After, which RFC 9110 has as a number or as a date."""
    if told.isascii() and told.isdigit():
        return float(told[:9])
    with suppress(ValueError, TypeError, OverflowError):
        return max(parsedate_to_datetime(told).timestamp() - time(), 0.0)
    return 0.0


def no_interface(url: str, status: int, headers: Message) -> Text:
    """Return what is said of an answer that is none of CKAN's."""
    if why := _REASONS.get(HTTPStatus(status)) if status in set(HTTPStatus) else None:
        more = [_TOO_LARGE] if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else []
        told = Text("{url}: {why}", "{url}: {why}").filled(url=url, why=why)
        return joined("; ", [told, *more])
    told = Text(
        "{url}: qui non risponde un portale CKAN (HTTP {status}, {type}). In [ckan] url va"
        " l'indirizzo del portale, senza /dataset e ciò che segue",
        "{url}: no CKAN portal answers here (HTTP {status}, {type}). [ckan] url is the address of"
        " the portal, without /dataset and what follows",
    )
    return told.filled(url=url, status=status, type=headers.get_content_type())


def answered(url: str, asked: str, status: int, error: Any) -> Answered:
    """Return a portal's own refusal of what it was asked, told with its words."""
    fields = error if isinstance(error, dict) else {"": error}
    kind = str(fields.pop("__type", ""))
    words = "; ".join(_words(fields))[:MOST] or f"HTTP {status}"
    told = Text(
        "{url}: il portale rifiuta {asked}: {words}", "{url}: the portal refuses {asked}: {words}"
    ).filled(url=url, asked=asked, words=same(words))
    if "upload" in fields or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        told = joined("; ", [told, _TOO_LARGE])
    return Answered(told, kind, fields)


def _words(told: Any, name: str = "") -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _words(value, key if key != "message" else "")
    elif isinstance(told, list):
        for value in told:
            yield from _words(value, name)
    else:
        word = told if isinstance(told, str) else json.dumps(told)
        yield f"{name}: {word}" if name else word
