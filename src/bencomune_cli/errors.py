"""What the program can say to a person when it will not go on, with its exit code."""

import errno
from enum import IntEnum

from .words import Text, same


class ExitCode(IntEnum):
    """How a run ended, for cron and for scripts."""

    FINE = 0
    FINDINGS = 1
    REFUSED = 2
    BUG = 3
    NOTHING_CHANGED = 10  # of `publish`, as the next
    HELD = 11


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """A request that is refused: says what, where and what to do. Nothing was written."""

    exit_code = ExitCode.REFUSED

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class Unreadable(ValueError):  # noqa: N818 - reads as what it is: a text that cannot be read
    """A text that is not a value of its kind; `text` says what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


_REASONS = {
    errno.ENOENT: Text("il file o la cartella non esiste", "no such file or folder"),
    errno.EACCES: Text("manca il permesso", "there is no permission"),
    errno.EPERM: Text("il sistema non lo permette", "the system does not allow it"),
    errno.EEXIST: Text("esiste già", "is already there"),
    errno.EISDIR: Text("è una cartella, non un file", "is a folder, not a file"),
    errno.ENOTDIR: Text(
        "una parte del percorso non è una cartella", "a part of the path is no folder"
    ),
    errno.ENOTEMPTY: Text("la cartella non è vuota", "the folder is not empty"),
    errno.ENOSPC: Text("non c'è più spazio sul disco", "no space is left on the disk"),
    errno.EDQUOT: Text(
        "lo spazio concesso sul disco è finito", "the space allowed on the disk is used up"
    ),
    errno.EFBIG: Text("il file è troppo grande", "the file is too large"),
    errno.EROFS: Text("il disco è in sola lettura", "the disk is read-only"),
    errno.ENAMETOOLONG: Text("il nome è troppo lungo", "the name is too long"),
    errno.EMFILE: Text("ci sono troppi file aperti", "too many files are open"),
    errno.ENFILE: Text("il sistema ha troppi file aperti", "the system has too many files open"),
    errno.EIO: Text("il disco non risponde come dovrebbe", "the disk does not answer as it should"),
    errno.ELOOP: Text(
        "i collegamenti del percorso girano in tondo", "the links of the path go round in a circle"
    ),
    errno.EBUSY: Text("è in uso da un altro programma", "another program is using it"),
    errno.ETXTBSY: Text("è un programma in esecuzione", "is a program that is running"),
    errno.ENOEXEC: Text("non è un programma", "is no program"),
    errno.ENXIO: Text("il dispositivo non c'è", "the device is not there"),
    errno.ENODEV: Text("il dispositivo non c'è", "the device is not there"),
    errno.EBADF: Text("è chiuso", "is closed"),
    errno.EINTR: Text("è stato interrotto", "it was interrupted"),
    errno.EPIPE: Text("nessuno legge più", "nobody reads any more"),
    errno.ENOMEM: Text("la memoria non basta", "there is not enough memory"),
    errno.EINVAL: Text("il sistema non lo accetta", "the system does not take it"),
}


def reason(error: OSError) -> Text:
    """Return why the system refuses something, in words; as it says it where it is unusual."""
    known = _REASONS.get(error.errno or 0)
    return known or same(error.strerror or str(error))
