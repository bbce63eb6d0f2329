"""describe, terms: the columns and vocabularies of the registry, for people and programs."""

from typing import Annotated

import typer

from .. import screen
from ..describe import AUDIENCES, dictionary, json_schema
from ..entities import ENTITIES, NAMED
from ..errors import Refused
from ..layers import LAYERS
from ..meanings import vocabulary_of
from ..vocabularies import names, vocabulary
from ..words import Text
from . import AsJson, argument, command, option


def add_to(app: typer.Typer) -> None:
    """Register describe and terms."""
    command(
        app,
        "describe",
        Text("Descrive le colonne e lo schema JSON.", "Describe the columns and the JSON Schema."),
        describe,
    )
    command(
        app,
        "terms",
        Text("Elenca le voci di un vocabolario.", "List the terms of a vocabulary."),
        terms,
    )


def describe(  # noqa: D103
    name: Annotated[
        str, typer.Argument(help=", ".join(dict.fromkeys([*(e.table for e in ENTITIES), *LAYERS])))
    ],
    schema: Annotated[
        bool,
        option(
            "lo schema JSON di ciò che è pubblicato",
            "the JSON Schema of what is published",
            "--schema",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    entity = NAMED.get(name)
    if schema and name in LAYERS:
        screen.out_json(json_schema(LAYERS[name]))
        return
    if schema or entity is None:
        known = LAYERS if schema else [each.table for each in ENTITIES]
        raise Refused(
            Text(
                "«{name}» non c'è; ci sono: {names}", "there is no “{name}”; there are: {names}"
            ).filled(name=name, names=", ".join(known))
        )
    if as_json:
        screen.out_json(dictionary(entity))
        return
    headers = (
        Text("Colonna", "Column"),
        Text("Etichetta", "Label"),
        Text("Voci", "Terms"),
        Text("Chi la vede", "Who sees it"),
    )
    screen.table(
        headers,
        [
            (column.name, column.label, vocabulary_of(column) or "", AUDIENCES[column.audience])
            for column in (*entity.columns, *entity.derived)
        ],
    )


def terms(  # noqa: D103
    name: Annotated[str | None, argument("vocabolario", "vocabulary")] = None,
    as_json: AsJson = False,
) -> None:
    if name is None and as_json:
        screen.out_json(names())
        return
    if name is None:
        screen.table((Text("Vocabolario", "Vocabulary"),), [(each,) for each in names()])
        return
    if name not in names():
        raise Refused(
            Text(
                "«{name}» non c'è; ci sono: {names}", "there is no “{name}”; there are: {names}"
            ).filled(name=name, names=", ".join(names()))
        )
    found = vocabulary(name).values()
    if as_json:
        screen.out_json(
            [{"code": t.code, "it": t.label.it, "en": t.label.en, **t.mappings} for t in found]
        )
        return
    screen.table(
        (Text("Codice", "Code"), Text("Voce", "Term"), Text("Si può scrivere", "May be written")),
        [(term.code, term.label, ", ".join(term.synonyms)) for term in found],
    )
