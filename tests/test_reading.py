"""Texts become values; what cannot be read becomes a finding, and all of them are told at once."""

import pytest

from bencomune_cli.entities import Group, Lab
from bencomune_cli.errors import Unreadable
from bencomune_cli.findings import Severity
from bencomune_cli.outcome import Faulty
from bencomune_cli.reading import values

FAULTY = {
    "name": "Spazio\x1b[31m Esempio",
    "seats": "1_0",
    "lat": "nan",
    "lon": "١٢٣",
    "started_on": "2019-13",
    "state": "apertissimo",
    "activities": "biblioteca, mai-esistita",
}


def test_what_can_be_read_is_read():
    """Each text becomes the value of its column, and no finding is made."""
    read, findings = values(
        Lab,
        {"name": " Spazio  Esempio ", "lat": "45,18", "seats": "20", "activities": "books|sport"}
        | {"activities": "books, sport", "hidden": "no"},
    )
    assert findings == []
    assert read == {
        "name": "Spazio Esempio",
        "lat": 45.18,
        "seats": 20,
        "activities": ("reading_books", "sport_play"),
        "hidden": False,
    }


def test_every_problem_is_kept():
    """One finding for each text that cannot be read, and the values of all the others."""
    read, findings = values(Lab, {**FAULTY, "street": "Via Esempio"})
    assert read == {"street": "Via Esempio"}
    assert [finding.column for finding in findings] == list(FAULTY)
    assert {(f.code, f.severity, f.entity) for f in findings} == {("K01", Severity.ERROR, "lab")}
    for finding in findings:
        assert FAULTY[finding.column] in finding.message.it
        assert FAULTY[finding.column] in finding.message.en
        assert finding.message.it != finding.message.en


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0", "\u2003 "])
def test_a_blank_text_is_no_value(text):
    """An empty text, or one of blanks only, means that there is no value, or no items."""
    read, findings = values(Lab, {"name": text, "seats": text, "links": text, "state": text})
    assert findings == []
    assert read == {"name": None, "seats": None, "links": (), "state": None}


def test_an_unknown_column_is_a_mistake_of_the_caller():
    """A column that the entity does not have is a KeyError, not a finding."""
    with pytest.raises(KeyError):
        values(Lab, {"mai_esistita": "x"})


@pytest.mark.parametrize("text", ["{value}", "{expected}", "{0}", "{", "%s", "{value!r}"])
def test_signs_of_a_template_in_a_text_are_only_signs(text):
    """A message shows the text as it was written."""
    _, [finding] = values(Lab, {"state": text})
    assert f"«{text}»" in finding.message.it
    assert f"“{text}”" in finding.message.en


REFUSED = {
    "NUL": "a\0b",
    "half a surrogate pair": "a\ud800b",
    "ESC": "a\x1b[31mb",
    "OSC 52": "a\x1b]52;c;Zm9v\x07b",
    "C1 CSI": "a\x9b31mb",
    "C1 next line": "a\x85b",
    "DEL": "a\x7fb",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b\u2069",
    "noncharacter": "a\uffffb",
    "replacement character": "Citt\ufffd",
    "too long": "x" * 201,
}
TAKEN = {
    "zero width": ("Spa\u200bzio", "Spazio"),
    "byte order mark": ("Spa\ufeffzio", "Spazio"),
    "zero width between blanks": ("Spazio \u200b Uno", "Spazio Uno"),
    "decomposed": ("Citta\u0300", "Città"),
    "blanks": ("\u00a0Spazio\u00a0 \tUno\n", "Spazio Uno"),
    "mark-up of rich": ("[red]a[/] [link=https://example.org]b[/link]", None),
    "emoji code": (":clock1:", None),
    "formula": ("=1+1", None),
    "quotes": ('"; DROP TABLE labs; --', None),
    "beyond the basic plane": ("Spazio 🌻", None),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_bad_input_is_told(registry, text):
    """Of the corpus of bad input: what no program could show or keep is refused with words."""
    with pytest.raises(Faulty) as refusal, registry.operation("lab add"):
        registry.add(Lab, {"name": text})
    assert [(f.code, f.column) for f in refusal.value.findings] == [("K01", "name")]
    assert list(registry.store.select(Lab)) == []


@pytest.mark.parametrize(("text", "kept"), TAKEN.values(), ids=list(TAKEN))
def test_odd_input_is_kept(registry, text, kept):
    """Of the corpus of bad input: what is only odd is stored, tidied, and given back the same."""
    with registry.operation("lab add"):
        written = registry.add(Lab, {"name": text})
    assert written.record.name == (text if kept is None else kept)


def test_html_is_not_published(registry):
    """Of the corpus of bad input: a text with a tag is refused by a rule of its own."""
    with pytest.raises(Faulty) as refusal, registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio", "description": "<script>alert(1)</script>"})
    assert [f.code for f in refusal.value.findings] == ["T02"]


def test_all_that_is_wrong_is_told_in_one_go(registry):
    """A person reads every problem of a record at once, and nothing is written."""
    before = registry.store.moment()
    with pytest.raises(Faulty) as refusal, registry.operation("group add"):
        registry.add(Group, {key: text for key, text in FAULTY.items() if key != "seats"})
    told = {(finding.code, finding.column) for finding in refusal.value.findings}
    assert {("K01", key) for key in FAULTY if key != "seats"} <= told
    assert ("P05", "area_served") in told
    assert ("K02", "name") not in told, "a name that cannot be read is not told as missing too"
    assert registry.store.moment() == before
    assert list(registry.store.select(Group)) == []


def test_an_unreadable_text_is_a_value_error():
    """Callers from Python may catch what cannot be read as a ValueError."""
    assert issubclass(Unreadable, ValueError)
