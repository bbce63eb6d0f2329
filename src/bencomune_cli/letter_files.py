"""Letters as files: a draft of each for the mail program, and one table for a mail merge.

They hold addresses of persons, and are for their owner alone.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .answers import FIELDS
from .drafts import swap_in
from .errors import Refused, reason
from .faults import at
from .formulas import guarded
from .kinds.times import now
from .letters import ADDRESS, Letter, columns
from .naming import slug_of
from .words import Text

TABLE = "letters.csv"


def write(folder: Path, letters: Sequence[Letter], network: Mapping[str, Any]) -> list[Path]:
    """Write the letters into a folder; return the drafts of earlier letters that are in it too.

    Files are swapped in whole, and nothing else in the folder is touched. Raises Refused.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        drafts = {file_name(each): draft(each, network) for each in letters if each.to}
        for name, data in drafts.items():
            swap_in(folder / name, data)
        swap_in(folder / TABLE, table(letters).encode("utf-8", "replace"))
        return sorted(path for path in folder.glob("*.eml") if path.name not in drafts)
    except OSError as error:
        raise Refused(at(folder, reason(error))) from None


def file_name(letter: Letter) -> str:
    """Return the name of the draft of a letter."""
    return f"{slug_of(letter.id)}-{letter.code}.eml"


def draft(letter: Letter, network: Mapping[str, Any]) -> bytes:
    """Return a letter as a message that mail programs open as a draft."""
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    moment = now()
    message = EmailMessage(SMTP)
    message["Subject"] = letter.subject
    message["To"] = Address(addr_spec=letter.to)
    sender = str(network.get("email") or "")
    host = "bencomune.invalid"
    if ADDRESS.fullmatch(sender):
        name = " ".join(str(network.get("name") or "").split())
        message["From"] = Address(name if name.isprintable() else "", addr_spec=sender)
        host = sender.rpartition("@")[2]
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{letter.code}.{moment:%Y%m%d}@{host}>"
    message["X-Unsent"] = "1"
    message["Content-Language"] = letter.language
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def table(letters: Sequence[Letter]) -> str:
    """Return the letters as CSV: what they are, then what is published, by column."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*FIELDS, *columns()], restval="", lineterminator="\n")
    writer.writeheader()
    for letter in letters:
        cells = {name: getattr(letter, name) for name in FIELDS} | dict(letter.published)
        writer.writerow({name: guarded(text) for name, text in cells.items()})
    return out.getvalue()


def told(letters: Sequence[Letter], folder: Path) -> Text:
    """Return how many letters there are, and for how many no address is known."""
    lone = sum(not each.to for each in letters)
    said = Text(
        "lettere in {folder}: {n}, di cui senza indirizzo: {lone}",
        "letters in {folder}: {n}, of which without an address: {lone}",
    )
    return said.filled(folder=folder, n=len(letters), lone=lone)
