"""The interface of a CKAN portal, called over HTTP: what it answers, and what keeps it from it.

`urllib` of the standard library: a file is sent as it is read, the system's own certificates and
proxies hold, and no redirection is followed, which would lose what is sent.
"""

import http.client
import json
import os
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from . import __version__
from .ckan_answers import answered, no_interface, redirected, refuse_address, waiting
from .errors import Refused, reason
from .patience import Busy, persist
from .tokens import Token
from .words import Text

LARGEST = 64_000_000  # bytes of an answer
PIECE = 1 << 16  # bytes


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Follows none: a redirected POST becomes a GET, and takes the token elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        """Return nothing: the redirection is the answer."""


class Portal:
    """A portal, called in the name of an office.

    `timeout` is how many seconds it may be silent, `attempts` how often it is tried while it is
    busy or faulty.
    """

    def __init__(self, url: str, token: Token, timeout: int, attempts: int) -> None:
        refuse_address(url)
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self.attempts = attempts
        context = ssl.create_default_context()
        https = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(_NoRedirection, https)

    def ask(self, action: str, **told: object) -> Any:
        """Return what the portal knows; it is tried again while the portal is busy."""
        query = f"?{urlencode(told)}" if told else ""
        return self.persist(lambda: self._call(f"{action}{query}", None, {}))

    def tell(self, action: str, **told: object) -> Any:
        """Have something done that comes to the same if it is done twice."""
        return self.persist(lambda: self.tell_once(action, **told))

    def tell_once(self, action: str, **told: object) -> Any:
        """Have something done; raise Busy where it may or may not have been done."""
        body = json.dumps(told, ensure_ascii=False).encode()
        return self._call(action, body, {"Content-Type": "application/json"})

    def send_once(self, action: str, path: Path, **told: str) -> Any:
        """Send a file as it is read, with texts about it. Raises Busy as `tell_once` does."""
        boundary = f"bencomune{os.urandom(16).hex()}"
        head, tail = _around(boundary, path.name, told)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            headers = {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Content-Length": str(len(head) + size + len(tail)),
            }
            return self._call(action, _pieces(head, file, tail), headers, path.name)

    def persist(self, step: Callable[[], Any]) -> Any:
        """Do a step, again while the portal is busy. Raises Refused when it stays so."""
        return persist(step, self.attempts)

    def _call(self, action: str, body: Any, headers: Mapping[str, str], what: str = "") -> Any:
        request = urllib.request.Request(  # noqa: S310 - refuse_address lets through http and https
            f"{self.url}/api/3/action/{action}", body, {**headers, **self._headers()}
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                status, told, type_ = answer.status, self._read(answer), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                status, told, type_ = error.code, self._read_error(error), error.headers
        except urllib.error.URLError as error:
            raise self._unreached(error.reason) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._unreached(error) from None
        return self._understood(f"{action.partition('?')[0]} {what}".strip(), status, told, type_)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self._token.told, "User-Agent": f"bencomune/{__version__}"}

    def _read(self, answer: Any) -> bytes:
        """Read an answer of bounded size in bounded time, however slowly it comes."""
        until = time.monotonic() + 10 * self._timeout
        parts: list[bytes] = []
        size = 0
        while part := answer.read1(PIECE):
            parts.append(part)
            size += len(part)
            if size > LARGEST or time.monotonic() > until:
                raise TimeoutError
        if (promised := answer.headers.get("Content-Length", "")).isdigit() and size < int(
            promised
        ):
            raise http.client.IncompleteRead(b"")
        return b"".join(parts)

    def _read_error(self, error: Any) -> bytes:
        try:
            return self._read(error)
        except (OSError, http.client.HTTPException):
            return b""

    def _understood(self, action: str, status: int, told: bytes, headers: Message) -> Any:
        """Return the result of an answer. Raises Busy, Answered or Refused for any other."""
        if target := redirected(self.url, status, headers):
            raise Refused(target)
        if text := waiting(self.url, status, headers):
            raise text
        try:
            answer = json.loads(self._token.hidden_in(told.decode("utf-8", "replace")))
            if answer["success"] is True:
                return answer["result"]
            error = answer["error"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused(no_interface(self.url, status, headers)) from None
        raise answered(self.url, action, status, error)

    def _unreached(self, error: Any) -> Exception:
        """Return what is said of a portal that is not reached; a certificate is not tried again."""
        if isinstance(error, ssl.SSLCertVerificationError):
            told = Text(
                "{url}: il certificato del portale non è valido ({reason}): non è stato mandato"
                " niente. Avvisare chi gestisce il portale",
                "{url}: the certificate of the portal is not valid ({reason}): nothing was sent."
                " Tell those who run the portal",
            )
            return Refused(told.filled(url=self.url, reason=error.verify_message))
        host = urlsplit(self.url).hostname or ""
        if isinstance(error, socket.gaierror):
            unknown = Text("il nome «{host}» non si trova", "the name “{host}” is not found")
            return Busy(self.url, unknown.filled(host=host))
        if isinstance(error, TimeoutError):
            silent = Text("non risponde entro {n} secondi", "does not answer within {n} seconds")
            return Busy(self.url, silent.filled(n=self._timeout))
        if isinstance(error, ConnectionRefusedError):
            return Busy(self.url, Text("non accetta collegamenti", "takes no connections"))
        if isinstance(error, (ConnectionError, http.client.HTTPException, ssl.SSLError)):
            return Busy(self.url, Text("ha interrotto il collegamento", "broke the connection off"))
        why = reason(error) if isinstance(error, OSError) else Text(str(error), str(error))
        return Busy(self.url, why)


def _around(boundary: str, name: str, told: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return what comes before and after a file, as RFC 7578 has it."""
    field = "--{}\r\nContent-Disposition: form-data; name={}"
    parts = [f"{field.format(boundary, key)}\r\n\r\n{value}\r\n" for key, value in told.items()]
    parts.append(
        f'{field.format(boundary, "upload")}; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()


def _pieces(head: bytes, file: BinaryIO, tail: bytes) -> Iterator[bytes]:
    yield head
    while piece := file.read(PIECE):
        yield piece
    yield tail
