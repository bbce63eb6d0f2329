"""What stands on every printed page: whose it is, under which licence, of when, and where it is."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from .dataset import Dataset
from .kinds.times import date_told
from .words import Text

_LABELS = {
    "publisher": Text("Titolare", "Publisher"),
    "licence": Text("Licenza", "Licence"),
    "office": Text("Ufficio", "Office"),
    "phone": Text("Telefono", "Telephone"),
    "email": Text("Posta", "E-mail"),
}
_ADDRESS = Text("In rete", "On the web")
_EVER = "1970-01-01T00:00:00Z"
_UPDATED = Text("Aggiornato: {day}", "Last change: {day}")
_HOMES = (
    "landing_page",
    "website",
    "files_url",
    "base_uri",
)  # the likeliest to be for people first


def imprint(dataset: Dataset, address: str) -> dict[str, Any]:
    """Return what a printed page is told: title, licence, date, publisher, address and its code.

    The QR code, as rows of ones and zeros, is empty where there is no address.
    """
    network, language = dataset.network, dataset.language
    told = [(label.said_in(language), network.get(name)) for name, label in _LABELS.items()]
    told.append((_ADDRESS.said_in(language), address))
    day = _UPDATED.filled(day=date_told((dataset.changed_at or "")[:10])).said_in(language)
    return {
        "language": language,
        "title": str(network.get("name") or ""),
        "publisher": str(network.get("publisher") or ""),
        "licence": str(network.get("licence") or ""),
        "date": day if dataset.changed_at else "",
        "address": address,
        "qr": qr(address) if address else [],
        "imprint": [{"label": label, "text": text} for label, text in told if text],
    }


def qr(address: str) -> list[list[int]]:
    """Return a QR code (ISO/IEC 18004) of an address, dark where there is a one."""
    import segno

    return [list(map(int, row)) for row in segno.make(address, error="m", micro=False).matrix]


def changed(dataset: Dataset) -> dt.datetime:
    """Return the moment of the last change, for the date of a file."""
    return dt.datetime.fromisoformat(dataset.changed_at or _EVER)


def home(network: Mapping[str, Any]) -> str:
    """Return the address at which people find the network; empty where none is told."""
    return next((str(network[name]) for name in _HOMES if network.get(name)), "")


def page_of(network: Mapping[str, Any], page: str) -> str:
    """Return the address of a page among the published files; that of the network without one."""
    files = str(network.get("files_url") or "")
    return f"{files.rstrip('/')}/{page}" if files and page else home(network)


def record_of(network: Mapping[str, Any], id_: str) -> str:
    """Return the permanent address of a record; that of the network where there is none."""
    base = str(network.get("base_uri") or "")
    return re.sub(r"([^/#=])$", r"\1/", base) + id_ if base else home(network)
