"""Every vocabulary is a list that people and programs can rely on."""

import csv
import re
from collections import defaultdict

import pytest

from bencomune_cli.entities import ENTITIES
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.layers import LAYERS
from bencomune_cli.vocabularies import FOLDER, names, vocabulary

KINDS = [column.kind for entity in ENTITIES for column in (*entity.columns, *entity.derived)] + [
    column.kind for layer in LAYERS.values() for column in layer.columns
]
LISTS = [kind for kind in KINDS if isinstance(kind, Listing) and isinstance(kind.item, Term)]
USED = {kind.name for kind in KINDS if isinstance(kind, Term)} | {kind.item.name for kind in LISTS}
every_vocabulary = pytest.mark.parametrize("name", names())


def test_every_vocabulary_is_used_and_every_one_used_exists():
    """The files are exactly the vocabularies that columns name."""
    assert set(names()) == USED


@every_vocabulary
def test_the_file_is_whole(name):
    """Every line has as many cells as the heading, which begins with code, it, en, synonyms."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    assert head[:4] == ["code", "it", "en", "synonyms"]
    assert rows
    assert {len(row) for row in rows} == {len(head)}
    assert len({row[0] for row in rows}) == len(rows) == len(vocabulary(name))
    assert all(cell == cell.strip() for row in rows for cell in row)


@every_vocabulary
def test_codes_and_labels_are_sound(name):
    """A code is lower-case ASCII, and every term has a label of one line in each language."""
    for code, term in vocabulary(name).items():
        assert re.fullmatch("[a-z0-9_]+", code, re.ASCII)
        assert all(label.isprintable() and label for label in term.label)
        assert all(word.isprintable() and word == word.strip() for word in term.synonyms)


@every_vocabulary
def test_no_word_means_two_terms(name):
    """A code, a label in either language or a synonym stands for one term only."""
    meant = defaultdict(set)
    for code, term in vocabulary(name).items():
        for word in (code, *term.label, *term.synonyms):
            meant[word.casefold()].add(code)
    assert {word: codes for word, codes in meant.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("kind", dict.fromkeys(LISTS), ids=lambda kind: kind.item.name)
def test_no_word_of_a_list_holds_its_separator(kind):
    """What a person may write for a term in a list is never cut in two."""
    words = [
        word
        for term in vocabulary(kind.item.name).values()
        for word in (*term.label, *term.synonyms)
    ]
    assert [word for word in words if kind.separator.strip() in word] == []
