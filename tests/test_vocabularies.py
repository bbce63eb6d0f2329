"""Every vocabulary is a list that people and programs can rely on."""

import csv
import re
from collections import defaultdict

import pytest

from bencomune_cli.entities import ENTITIES
from bencomune_cli.kinds.choices import Listing, Term, bare, spellings
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
    """A code, a label or a synonym stands for one term only, however it is written."""
    meant = defaultdict(set)
    for code, term in vocabulary(name).items():
        for word in (code, *term.label, *term.synonyms):
            meant[bare(word)].add(code)
    assert "" not in meant
    assert {word: codes for word, codes in meant.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("legal_form", "Associazione di Promozione Sociale", "social_promotion_association"),
        ("legal_form", "A.P.S.", "social_promotion_association"),
        ("legal_form", "ODV", "volunteer_organisation"),
        ("legal_form", "Organizzazione di volontariato", "volunteer_organisation"),
        ("legal_form", "Coop. sociale", "social_cooperative"),
        ("legal_form", "A.S.D.", "association"),
        ("legal_form", "ONLUS", "third_sector_body"),
        ("activity", "Attività  culturali", "cultural_promotion"),
        ("activity", "attivita' culturali", "cultural_promotion"),
        ("activity", "Socio-assistenziale", "inclusion"),
        ("activity", "socio assistenziale", "inclusion"),
        ("activity", "reading_books", "reading_books"),
        ("yes_limited_no", "SÌ", "yes"),
    ],
)
def test_terms_as_offices_write_them(name, word, code):
    """Case, accents, points, apostrophes and hyphens make no other term of a word."""
    assert spellings(name)[bare(word)] == code


def test_what_shows_a_seat_is_not_guessed():
    """No word that a private body may go by makes it a public one, whose address is shown."""
    public = {
        term.code for term in vocabulary("legal_form").values() if term.mappings.get("public_body")
    }
    for word in ("ente", "consorzio", "liceo", "associazione", "onlus", "fondazione", "impresa"):
        assert spellings("legal_form").get(word) not in public


@pytest.mark.parametrize("kind", dict.fromkeys(LISTS), ids=lambda kind: kind.item.name)
def test_no_word_of_a_list_holds_its_separator(kind):
    """What a person may write for a term in a list is never cut in two."""
    words = [
        word
        for term in vocabulary(kind.item.name).values()
        for word in (*term.label, *term.synonyms)
    ]
    assert [word for word in words if kind.separator.strip() in word] == []
