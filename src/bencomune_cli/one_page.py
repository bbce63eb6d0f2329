"""One record on one sheet of paper: what it does, how to reach it, with whom, as published."""

from io import BytesIO
from typing import Any

from .dataset import Dataset
from .directories import Directory
from .entities import Place
from .imprints import changed, imprint, record_of
from .layers import LAYERS
from .words import Text

_WORDS = {
    "activities": Text("Che cosa si fa", "What is done"),
    "facts": Text("Per chi vuole andarci", "For those who want to go"),
    "ties": Text("Con chi", "With whom"),
}
_IN_TIES = frozenset({"coordinator", "partners"})
_ELSEWHERE = frozenset({"activities"})


def sheet(dataset: Dataset, entity: type[Place], id_: str) -> bytes | None:
    """Return the sheet of a record as PDF; None where it is not published."""
    directory = Directory(dataset, [LAYERS[each.table] for each in (entity,)])
    kind = entity.name_of_kind
    row = next((row for row in directory.rows[kind] if row["id"] == id_), None)
    if row is None:
        return None
    # Activities and relations have parts of their own on the sheet.
    apart = dict.fromkeys((*_IN_TIES, *_ELSEWHERE))
    entry = directory.entry(kind, {**row, **apart}, whole=True)
    entry["activities"] = directory.activities(row)
    words: dict[str, Any] = {name: directory.say(text) for name, text in _WORDS.items()}
    words["kind"] = directory.say(entity.label)
    told = imprint(dataset, record_of(dataset.network, id_)) | {
        "words": words,
        "entry": entry,
        "ties": directory.ties(dataset, id_),
    }
    from .printed.record_sheet import write_record_sheet

    out = BytesIO()
    write_record_sheet(told, changed(dataset), out)
    return out.getvalue()
