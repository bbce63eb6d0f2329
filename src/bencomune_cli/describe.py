"""The declarations told to others: JSON Schema, data dictionary, manual pages in Markdown."""

import difflib
from collections.abc import Sequence
from typing import Any

from .declare import Audience, Column, Record
from .entities import ENTITIES, NAMED
from .errors import Refused
from .folding import folded
from .layers import Layer
from .markdown import table
from .meanings import vocabulary_of
from .rules import FAMILIES, Example, Mend, Rule, catalogue
from .vocabularies import names, vocabulary
from .words import LANGUAGES, Text, spoken

SCHEMA = "https://json-schema.org/draft/2020-12/schema"
AUDIENCES = {
    Audience.PUBLIC: Text("pubblica", "public"),
    Audience.MASKED: Text("pubblica o mascherata", "public or masked"),
    Audience.BASIS: Text("pubblica solo con una base valida", "public only with a valid basis"),
    Audience.STAFF: Text("solo interna", "staff only"),
}
MENDS = {
    Mend.NONE: Text("no", "no"),
    Mend.SAFE: Text("sì, con «check --fix»", "yes, by “check --fix”"),
    Mend.UNSAFE: Text(
        "sì, da controllare, con «check --unsafe-fixes»",
        "yes, to be looked at, by “check --unsafe-fixes”",
    ),
}


def json_schema(layer: Layer) -> dict[str, Any]:
    """Return the JSON Schema of a published record of a layer."""
    return {
        "$schema": SCHEMA,
        "title": layer.name,
        "type": "object",
        "properties": {
            column.name: {
                "title": str(column.label),
                **({"description": str(column.help)} if column.help else {}),
                **_or_null(column),
            }
            for column in layer.columns
        },
        "required": ["id"],
        "additionalProperties": False,
    }


def _or_null(column: Column) -> dict[str, Any]:
    schema = column.kind.schema()
    if column.name == "id":
        return schema
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in nullable:
        nullable["enum"] = [*nullable["enum"], None]
    return nullable


def dictionary(entity: type[Record]) -> list[dict[str, Any]]:
    """Return the data dictionary of an entity: one row for each stored or derived column."""
    return [
        {
            "column": column.name,
            "label": {language: column.label.said_in(language) for language in LANGUAGES},
            "help": {lang: column.help.said_in(lang) for lang in LANGUAGES}
            if column.help
            else None,
            "kind": type(column.kind).__name__,
            "vocabulary": vocabulary_of(column),
            "required": column.required,
            "audience": column.audience.value,
            "derived": bool(column.sql),
        }
        for column in (*entity.columns, *entity.derived)
    ]


def column_named(entity: type[Record], text: str) -> Column:
    """Return the column that a person names by its code or a label. Raises Refused."""
    columns = (*entity.columns, *entity.derived)
    word = text.strip().casefold().replace("-", "_")
    for column in columns:
        labels = {column.label.said_in(language).casefold() for language in LANGUAGES}
        if word == column.name or text.strip().casefold() in labels:
            return column
    near = difflib.get_close_matches(word, [column.name for column in columns])
    raise Refused(
        Text(
            "non c'è una colonna «{name}»; {hint}: {columns}",
            "there is no column “{name}”; {hint}: {columns}",
        ).filled(
            name=text,
            hint=Text("forse", "perhaps") if near else Text("ci sono", "there are"),
            columns=", ".join(near or [column.name for column in columns]),
        )
    )


def kind_named(text: str, entities: Sequence[type[Record]]) -> type[Record]:
    """Return the kind of record that a person names, in either language. Raises Refused."""
    for entity in entities:
        labels = {
            folded(label.said_in(language))
            for label in (entity.label, entity.plural)
            for language in LANGUAGES
        }
        if folded(text.strip()) in {entity.name_of_kind, entity.table, *labels}:
            return entity
    raise Refused(
        Text(
            "«{text}» non è un tipo; sono: {kinds}", "“{text}” is no kind; they are: {kinds}"
        ).filled(text=text, kinds=", ".join(entity.name_of_kind for entity in entities))
    )


def rule_page(rule: Rule) -> str:
    """Return the manual page of a rule, in the language spoken."""
    told = {
        Text("Famiglia", "Family"): FAMILIES[rule.family],
        Text("Perché", "Why"): rule.why,
        Text("Come rimediare", "How to mend it"): rule.fix,
        Text("Riparazione automatica", "Automatic repair"): MENDS[rule.mend],
        Text("Fonte", "Source"): rule.source,
    }
    examples = {
        Text("Va bene", "Good"): rule.good if rule.together else rule.good[:1],
        Text("Non va bene", "Bad"): rule.bad,
    }
    shown = "\n".join(
        "\n   ".join((f"{label}:", *(_example(rule, example) for example in told_of)))
        for label, told_of in examples.items()
    )
    return (
        f"{rule.code} {rule.name} ({rule.severity.label})\n\n"
        f"{_plain(rule.message)}.\n\n"
        + "\n".join(f"{label}: {text}" for label, text in told.items())
        + f"\n\n{shown}"
    )


def _plain(message: Text) -> str:
    """Return a message with its places shown as dots."""
    import re

    text = re.sub(r"[«“]?\{[a-z]+\}[»”]?", "…", str(message))
    return text[:1].upper() + text[1:]


def _example(rule: Rule, example: Example) -> str:
    """Return an example as a person would write it; of a rule over many, with its kind."""
    name = example.get("entity", rule.example_entity.name_of_kind)
    entity = NAMED[name]
    told = [
        f"{name} = {entity.column(name).kind.write(value)}"
        for name, value in example.items()
        if name != "entity"
    ]
    kind = f"{entity.label.said_in(spoken()).lower()}: " if rule.together else ""
    return kind + (", ".join(told) or str(Text("(vuoto)", "(empty)")))


def columns_page() -> str:
    """Return the data dictionary of all entities in Markdown."""
    parts = [f"# {Text('Colonne', 'Columns')}\n"]
    for entity in ENTITIES:
        parts.append(f"\n## {entity.label.en} – {entity.label.it} (`{entity.table}`)\n")
        rows = [
            (
                f"`{column.name}`" + ("*" if column.required else ""),
                column.label.en,
                column.label.it,
                type(column.kind).__name__
                + (f" `{name}`" if (name := vocabulary_of(column)) else ""),
                str(AUDIENCES[column.audience]) + (" (derived)" if column.sql else ""),
            )
            for column in (*entity.columns, *entity.derived)
        ]
        parts.append(table(("column", "English", "Italiano", "kind", "who sees it"), rows))
    return "\n".join(parts)


def vocabularies_page() -> str:
    """Return all vocabularies in Markdown."""
    parts = [f"# {Text('Vocabolari', 'Vocabularies')}\n"]
    for name in names():
        rows = [
            (
                f"`{term.code}`",
                term.label.en,
                term.label.it,
                ", ".join(term.synonyms),
                ", ".join(f"{key}: {value}" for key, value in term.mappings.items()),
            )
            for term in vocabulary(name).values()
        ]
        parts.append(f"\n## `{name}`\n")
        parts.append(table(("code", "English", "Italiano", "synonyms", "mappings"), rows))
    return "\n".join(parts)


def rules_page() -> str:
    """Return the manual of all rules in Markdown, in the language spoken."""
    parts = [f"# {Text('Regole', 'Rules')}\n"]
    for rule in catalogue().values():
        head, _, rest = rule_page(rule).partition("\n\n")
        parts.append(f"\n## {head}\n\n{rest}\n")
    return "\n".join(parts).replace("\n   ", "\n- ")


def pages() -> dict[str, str]:
    """Return the derived pages of the manual by file name, in the language spoken."""
    suffix = "" if spoken() == "en" else f".{spoken()}"
    both = (
        {
            "columns.md": columns_page(),
            "vocabularies.md": vocabularies_page(),
        }
        if not suffix
        else {}
    )
    return {**both, f"rules{suffix}.md": rules_page()}
