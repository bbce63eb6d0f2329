"""The data dictionary of the files of a folder: what each published column means.

Told of the columns that the files have, in either language or in both.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .declare import Column
from .entities import Network
from .extracts import part_told, seen_in
from .file_kinds import File
from .kinds.choices import Term
from .layers import LAYERS, Layer
from .markdown import plain, table
from .vocabularies import vocabulary
from .words import LANGUAGES, Text

LOST = Text(
    "i record: dice che cosa significano le colonne",
    "records: it tells what the columns mean",
)
_YES_NO = {True: Text("sì", "yes"), False: Text("no", "no")}
_HEAD = (
    Text("colonna", "column"),
    Text("nome", "name"),
    Text("significato", "meaning"),
    Text("tipo", "type"),
    Text("sempre presente", "always there"),
)
_TERMS_HEAD = (
    Text("codice", "code"),
    Text("voce", "term"),
    Text("significato", "meaning"),
    Text("in altri elenchi", "in other lists"),
)


class Described(NamedTuple):
    """A layer with the columns that its files have, and those files."""

    layer: Layer
    files: list[File]


def described(files: Iterable[File]) -> list[Described]:
    """Return the layers of some files; a file of no layer is of all of them."""
    found: dict[str, Described] = {}
    for file in files:
        for name in LAYERS if file.layer not in LAYERS else (file.layer,):
            layer = seen_in(LAYERS[name], file.extract.get("crs", ""))
            known = found.get(name, Described(layer._replace(columns=()), []))
            names = {column.name for column in known.layer.columns}
            more = tuple(column for column in layer.columns if column.name not in names)
            both = layer._replace(columns=known.layer.columns + more)
            found[name] = Described(both, [*known.files, file])
    return [found[name] for name in LAYERS if name in found]


def vocabulary_of(column: Column) -> str:
    """Return the vocabulary that a column's codes are of; empty for other values."""
    return column.item.name if isinstance(column.item, Term) else ""


def as_markdown(network: Network, files: Sequence[File], language: str) -> str:
    """Return the dictionary of some files as a page in a language."""
    title = Text("Dizionario dei dati: {name}", "Data dictionary: {name}")
    whose = [text for text in (network.publisher, network.licence, network.licence_url) if text]
    told = described(files)
    names = {vocabulary_of(column): None for each in told for column in each.layer.columns}
    terms = Text("Voci degli elenchi", "Terms of the lists")
    return "\n".join(
        (
            f"# {title.said_in(language).format(name=plain(network.name))}\n",
            *([f"{' · '.join(map(plain, whose))}\n"] if whose else []),
            *(_layer(each, language) for each in told),
            f"## {terms.said_in(language)}\n",
            *(_terms(name, language) for name in names if name),
        )
    )


def _layer(each: Described, language: str) -> str:
    layer, files = each
    rows = [
        (
            f"`{column.name}`",
            column.label.said_in(language),
            column.help.said_in(language) if column.help else "",
            _type(column, language),
            _YES_NO[column.always_public].said_in(language),
        )
        for column in layer.columns
    ]
    listed = "\n".join(
        f"- `{file.name}`: {plain(part_told(file.records, file.extract).said_in(language))}"
        for file in files
    )
    head = [text.said_in(language) for text in _HEAD]
    return f"## {layer.label.said_in(language)} (`{layer.name}`)\n\n{listed}\n\n{table(head, rows)}"


def _type(column: Column, language: str) -> str:
    name = vocabulary_of(column)
    return column.kind.word.said_in(language) + (f" `{name}`" if name else "")


def _terms(name: str, language: str) -> str:
    rows = [
        (
            f"`{term.code}`",
            term.label.said_in(language),
            term.meaning.said_in(language) if term.meaning else "",
            ", ".join(f"{key}: {value}" for key, value in term.mappings.items()),
        )
        for term in vocabulary(name).values()
    ]
    return f"### `{name}`\n\n{table([text.said_in(language) for text in _TERMS_HEAD], rows)}"


def rows(files: Sequence[File]) -> list[dict[str, str]]:
    """Return a row for each column of each layer, in both languages, all texts."""
    return [
        {
            "layer": each.layer.name,
            "column": column.name,
            **_in_both("label", column.label),
            **_in_both("meaning", column.help or Text("", "")),
            **_in_both("type", column.kind.word),
            "always_there": "true" if column.always_public else "false",
            "vocabulary": vocabulary_of(column),
            **_in_both("terms", _told_terms(vocabulary_of(column))),
            "files": ", ".join(file.name for file in each.files),
        }
        for each in described(files)
        for column in each.layer.columns
    ]


def _in_both(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_{language}": text.said_in(language) for language in LANGUAGES}


def _told_terms(name: str) -> Text:
    terms = vocabulary(name).values() if name else ()
    told = [
        " | ".join(f"{term.code}: {term.label.said_in(language)}" for term in terms)
        for language in LANGUAGES
    ]
    return Text(*told)
