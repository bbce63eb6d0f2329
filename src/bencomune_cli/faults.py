"""What SQLite and the system say of a registry's file, as sentences for a person."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from .errors import Refused, reason
from .shape import APPLICATION_ID, SCHEMA_VERSION
from .words import Text, joined

P = ParamSpec("P")
V = TypeVar("V")

HEADER = 100  # bytes of the header of a SQLite file

# How every connection is set.
PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = EXTRA",
    "trusted_schema = OFF",
    "secure_delete = ON",
    "cell_size_check = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",
    "recursive_triggers = OFF",
)


def expect_registry(path: Path) -> None:
    """Refuse a path that is no SQLite file, before SQLite makes one of it."""
    if not path.exists():
        raise Refused(
            at(
                path,
                Text(
                    "non esiste; «bencomune init» ne crea uno, «--registry» ne indica un altro",
                    "does not exist; “bencomune init” makes one, “--registry” names another",
                ),
            )
        )
    if not path.is_file():
        raise Refused(at(path, Text("non è un file", "is not a file")))
    start = _start(path)
    if not start:
        raise Refused(at(path, Text("è vuoto: non è un registro", "is empty: it is no registry")))
    if not _is_of_sqlite(start):
        raise Refused(
            at(path, Text("non è un registro di bencomune", "is not a registry of bencomune"))
        )
    # Read and write version 2: told before SQLite opens the file, which would move rows about.
    if start[18:20] == b"\x02\x02":
        raise Refused(
            at(
                path,
                Text(
                    "è in modalità WAL, impostata da un altro programma: chiuderlo, poi eseguire:"
                    ' sqlite3 {path} "PRAGMA journal_mode = DELETE"',
                    "is in WAL mode, set by another program: close that, then run:"
                    ' sqlite3 {path} "PRAGMA journal_mode = DELETE"',
                ).filled(path=path),
            )
        )


def is_database(path: Path) -> bool:
    """Tell whether a file begins as SQLite's do."""
    return _is_of_sqlite(_start(path))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEADER)
    except OSError as error:
        raise Refused(at(path, reason(error))) from None


def _is_of_sqlite(start: bytes) -> bool:
    return start.startswith(b"SQLite format 3\x00") and len(start) == HEADER


def expect_ours(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse another program's database, a newer registry, and one in a mode that loses rows."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise Refused(
            at(
                path,
                Text(
                    "è un database di un altro programma, non un registro di bencomune",
                    "is another program's database, not a registry of bencomune",
                ),
            )
        )
    if version > SCHEMA_VERSION:
        raise Refused(
            at(
                path,
                Text(
                    "è stato scritto da una versione più recente di bencomune: aggiornare il"
                    " programma con «pip install --upgrade bencomune-cli»",
                    "was written by a newer version of bencomune: update the program by"
                    " “pip install --upgrade bencomune-cli”",
                ),
            )
        )


def telling(
    look: Callable[Concatenate[sqlite3.Connection, P], V],
) -> Callable[Concatenate[sqlite3.Connection, P], V]:
    """Make a function over a connection say SQLite's errors of its file."""

    @wraps(look)
    def said_by(connection: sqlite3.Connection, /, *args: P.args, **kwargs: P.kwargs) -> V:
        (path,) = (row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
        with said(Path(path)):
            return look(connection, *args, **kwargs)

    return said_by


def damaged(path: Path, problems: list[Text]) -> Refused:
    """Return the refusal to write to a file whose structure was changed, with the way back."""
    head = at(
        path,
        Text(
            "la struttura è stata modificata da un altro programma; non scrivo finché non torna"
            " com'era. Rimettere una copia con «bencomune restore», o annullare la modifica con il"
            " programma che l'ha fatta:",
            "another program changed its structure; nothing is written until it is as it was. Put"
            " a copy back by “bencomune restore”, or take the change back with the program that"
            " made it:",
        ),
    )
    return Refused(joined("\n  ", [head, *problems]))


def unconfirmed(path: Path, seq: int) -> Refused:
    """Return what is said of an operation that is written, but the disk failed as it ended."""
    return Refused(
        at(
            path,
            Text(
                "il disco non ha confermato: ciò che è stato chiesto è nel file, operazione {seq},"
                " ma se ora manca la corrente può andare perso. Non ripeterlo: controllare il"
                " disco, poi eseguire «bencomune log»",
                "the disk did not confirm: what was asked is in the file, operation {seq}, but may"
                " be lost if the power goes now. Do not repeat it: check the disk, then run"
                " “bencomune log”",
            ).filled(seq=seq),
        )
    )


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise Refused(at(path, reason(error))) from None


@contextmanager
def said(path: Path, *, texts: bool = True) -> Iterator[None]:
    """Turn SQLite's errors into sentences. sqlite-utils raises the same classes.

    With `texts` also those of text that is no UTF-8, where no other text is read than the file's:
    SQLite's own message may hold such.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise Refused(at(path, _sentence(error))) from error
    except UnicodeDecodeError as error:
        if not texts:
            raise
        raise Refused(at(path, NOT_UTF8)) from error


def _sentence(error: sqlite3.Error) -> Text:
    message = str(error)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_DBMOVED:
        return _MOVED
    for sign, text in _SENTENCES.items():
        if sign in message:
            return text
    return Text("SQLite risponde: {message}", "SQLite says: {message}").filled(message=message)


# A function of ours gets a text only if it is UTF-8: it fails where the text is not.
NOT_UTF8 = Text(
    "contiene testo che non è UTF-8: il file è danneggiato",
    "it holds text that is not UTF-8: the file is damaged",
)
_MOVED = Text(
    "mentre questo comando lavorava, un altro ha rimesso il registro da una copia: non è stato"
    " scritto niente, riprovare",
    "while this command was at work, another one put the registry back from a copy: nothing"
    " was written, try again",
)
DAMAGED = Text(
    "il file è danneggiato: rimettere al suo posto una copia con «bencomune restore»",
    "the file is damaged: put a copy in its place by “bencomune restore”",
)
_SENTENCES = {
    "locked": Text(
        "un altro comando o programma ci sta scrivendo da più di 15 secondi: riprovare",
        "another command or program has been writing to it for over 15 seconds: try again",
    ),
    "readonly": Text(
        "non c'è il permesso di scriverlo, o la cartella non lo consente",
        "there is no permission to write it, or its folder does not allow it",
    ),
    "unable to open": Text(
        "non si può aprire: controllare i permessi del file e della cartella",
        "cannot be opened: check the permissions of the file and its folder",
    ),
    "full": Text(
        "il disco è pieno: non è stato scritto niente; fare spazio e riprovare",
        "the disk is full: nothing was written; make room and try again",
    ),
    "disk I/O": Text(
        "il disco non risponde come dovrebbe: non è stato scritto niente",
        "the disk does not answer as it should: nothing was written",
    ),
    "malformed": DAMAGED,
    "not a database": Text(
        "il file è danneggiato o non è un registro: rimettere al suo posto una copia con"
        " «bencomune restore»",
        "the file is damaged or is no registry: put a copy in its place by “bencomune restore”",
    ),
    "user-defined function": NOT_UTF8,
    "decode": NOT_UTF8,
    "FOREIGN KEY": Text(
        "altri record fanno riferimento a questo, o questo a uno che non c'è",
        "other records refer to this one, or this one to one that is not there",
    ),
    "already there": Text("questa relazione c'è già", "this relation is already there"),
    "already given": Text(
        "questo identificativo è già stato dato", "this identifier was already given"
    ),
}


def at(path: Path, text: Text) -> Text:
    """Return a text said of a file."""
    return Text("{path}: {text}", "{path}: {text}").filled(path=path, text=text)
