"""How a run ends that did not go as it was meant to: what failed, and what was written before."""

import os

from . import screen
from .errors import reason
from .words import Text

_NOTHING = Text("non è stato scritto niente", "nothing was written")
_AS_BEFORE = Text("I dati sono come prima del comando", "The data are as before the command")


def tell_interrupted(written: int | None) -> None:
    """Tell that a person stopped the run; `written` is the operation that it wrote before."""
    told = Text("interrotto: {written}", "interrupted: {written}")
    screen.warn(told.filled(written=_written(written, _NOTHING)))


def tell_unwritable(error: OSError, written: int | None) -> None:
    """Tell that standard output takes nothing."""
    told = Text(
        "lo standard output non si può scrivere: {reason}",
        "standard output cannot be written: {reason}",
    )
    screen.warn(told.filled(reason=reason(error)))
    if written is not None:
        screen.warn(_written(written, _NOTHING))


def tell_bug(error: Exception, written: int | None) -> None:
    """Tell a fault of the program; with BENCOMUNE_DEBUG all that is known of it."""
    screen.warn(
        Text(
            "errore del programma ({kind}: {error}). {written}. Per segnalarlo, ripetere con"
            " BENCOMUNE_DEBUG=1 e allegare ciò che appare.",
            "a fault of the program ({kind}: {error}). {written}. To report it, repeat with"
            " BENCOMUNE_DEBUG=1 and attach what appears.",
        ).filled(kind=type(error).__name__, error=error, written=_written(written, _AS_BEFORE))
    )
    if os.environ.get("BENCOMUNE_DEBUG"):
        import traceback

        screen.warn("".join(traceback.format_exception(error)))


def _written(seq: int | None, otherwise: Text) -> Text:
    """Return what was written, whatever came after; else what holds otherwise."""
    if seq is None:
        return otherwise
    return Text(
        "Ciò che è stato chiesto è fatto, ed è l'operazione {seq}: non va ripetuto",
        "What was asked is done, and is operation {seq}: it need not be repeated",
    ).filled(seq=seq)
