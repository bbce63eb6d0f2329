"""A token by which a portal knows the office: from a file of its owner alone, or the environment.

No message, no log and no representation tells it.
"""

import os
import re
import shlex
import stat
from pathlib import Path

from .errors import Refused, reason
from .words import Text

LONGEST = 10_000  # bytes
_SHAPE = re.compile(r"[!-~]+")


class Token:
    """A token that shows itself to nobody; `told` is what the portal gets."""

    __slots__ = ("_told",)

    def __init__(self, told: str) -> None:
        self._told = told

    def __repr__(self) -> str:
        return "Token(…)"

    def __reduce__(self) -> str:
        raise TypeError("a token is not copied")

    @property
    def told(self) -> str:
        """Return the token itself."""
        return self._told

    def hidden_in(self, text: str) -> str:
        """Return a text without the token, should a portal repeat it."""
        return text.replace(self._told, "…")


def token_of(path: Path | None, variable: str, where: Text) -> Token:
    """Return the token of a file, else of a variable. Raises Refused; `where` names the setting.

    The path is told nowhere: it may be a token that was written in its place.
    """
    told = os.environ.get(variable, "") if path is None else _read(path, where)
    told = told.strip()
    if not told:
        missing = Text(
            "manca il token del portale: salvarlo in un file che legge solo chi pubblica (chmod"
            " 600) e indicarlo in {where}, oppure dirlo in {variable}",
            "the token of the portal is missing: save it in a file that only who publishes can"
            " read (chmod 600) and name that in {where}, or tell it in {variable}",
        )
        raise Refused(missing.filled(where=where, variable=variable))
    if not _SHAPE.fullmatch(told):
        odd = Text(
            "{where}: il token è una sola riga di lettere, cifre e segni, senza spazi: copiarlo di"
            " nuovo dal portale",
            "{where}: a token is one line of letters, digits and signs, without spaces: copy it"
            " from the portal again",
        )
        raise Refused(odd.filled(where=where if path else variable))
    return Token(told)


def _read(path: Path, where: Text) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                raise Refused(_open_to_others(path, where))
            return file.read(LONGEST).decode("ascii", "replace")
    except OSError as error:
        told = Text(
            "{where}: il file del token non si legge: {reason}",
            "{where}: the file of the token cannot be read: {reason}",
        )
        raise Refused(told.filled(where=where, reason=reason(error))) from None


def _open_to_others(path: Path, where: Text) -> Text:
    return Text(
        "{where}: il file del token lo leggono anche altri. Eseguire: chmod 600 {path}. Se altri"
        " lo hanno letto, farsi dare dal portale un token nuovo",
        "{where}: others can read the file of the token too. Run: chmod 600 {path}. If others have"
        " read it, have the portal make a new token",
    ).filled(where=where, path=shlex.quote(str(path)))
