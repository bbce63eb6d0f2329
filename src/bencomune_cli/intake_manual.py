"""What can be imported, told as a page of the manual, in the language spoken."""

from collections.abc import Iterable

from . import headings, readers
from .entities import ENTITIES
from .limits import LIMITS
from .markdown import table
from .words import Text, spoken


def pages() -> dict[str, str]:
    """Return the page by its file name."""
    suffix = "" if spoken() == "en" else f".{spoken()}"
    parts = [f"# {Text('Che cosa si importa', 'What is imported')}"]
    parts += [_formats(), _headers(), _limits()]
    return {f"import{suffix}.md": "\n\n".join(parts)}


def _formats() -> str:
    rows = [(f"`{name}`", str(readers.load(name).FORMAT.label)) for name in readers.names()]
    return _part(
        Text("Formati", "Formats"), (Text("nome", "name"), Text("formato", "format")), rows
    )


def _headers() -> str:
    meanings: dict[str, list[str]] = {}
    for target, header in headings.written():
        meanings.setdefault(target, []).append(header)
    persons = ", ".join(meanings.pop(headings.PERSON))
    labels = {column.name: column.label for entity in ENTITIES for column in entity.columns}
    known = {**labels, **headings.PARTS}
    rows = [(f"`{name}`", str(known[name]), ", ".join(found)) for name, found in meanings.items()]
    head = (Text("colonna", "column"), Text("etichetta", "label"), Text("scritte", "written"))
    besides = Text(
        "Oltre a nome ed etichette di ogni colonna, senza badare a maiuscole, accenti e segni.",
        "Besides the name and the labels of each column, whatever the case, accents and signs.",
    )
    aside = Text(
        "Sono dati di persone, e non si importano con i record: {names}.",
        "These are data of persons, and are not imported with records: {names}.",
    ).filled(names=persons)
    title = Text("Intestazioni che si capiscono", "Headers that are understood")
    return f"{_part(title, head, rows)}\n{besides}\n\n{aside}"


def _limits() -> str:
    rows = [(f"`{each.option}`", str(each.counted), str(each.default)) for each in LIMITS]
    head = (Text("opzione", "option"), Text("che cosa", "what"), Text("al massimo", "at most"))
    return _part(Text("Limiti", "Limits"), head, rows)


def _part(title: Text, head: Iterable[Text], rows: Iterable[Iterable[str]]) -> str:
    return f"## {title}\n\n{table(map(str, head), rows)}"
