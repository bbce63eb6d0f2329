"""Files of decided columns: read again as they were written, and never met with anything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import mappings
from bencomune_cli.errors import Refused
from bencomune_cli.headings import Heading, How
from fuzzing import little_memory, many, mutated

HEADERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALID = b'[columns]\n"Denominazione" = "name"\n"Citt\xc3\xa0" = "municipality"\n"Boh" = ""\n'


def only_refused(path, content):
    """Read bytes as a mapping; return it, or None where they were refused in a sentence."""
    path.write_bytes(content)
    with little_memory():
        try:
            return mappings.read(path)
        except Refused as refused:
            told = refused.text
    assert all(map(str.strip, told))
    return None


@many(20_000)
@given(content=mutated(VALID))
def test_no_bytes_break_it(tmp_path, content):
    """Whatever the bytes, they are refused or are texts by text."""
    told = only_refused(tmp_path / "m.toml", content) or {}
    assert all(isinstance(each, str) for pair in told.items() for each in pair)


PIECES = st.recursive(
    st.sampled_from(["1", '"name"', "true", "2026-01-01", "nan", "''", "0x_1"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda made: f"[{', '.join(made)}]")
        | st.lists(inner, max_size=3).map(
            lambda made: "{" + ", ".join(f"k{n} = {each}" for n, each in enumerate(made)) + "}"
        )
    ),
)


@many(2_000)
@given(
    lines=st.lists(st.tuples(HEADERS.map(json.dumps) | st.just("a.b"), PIECES), max_size=5),
    head=st.sampled_from(["[columns]", "[[columns]]", "[columns.x]", "[Columns]", ""]),
)
def test_no_toml_breaks_it(tmp_path, lines, head):
    """Whatever stands in a file of TOML, it is refused or is texts by text."""
    text = "\n".join([head, *(f"{header} = {piece}" for header, piece in lines)])
    told = only_refused(tmp_path / "m.toml", text.encode("utf-8", "replace")) or {}
    assert all(isinstance(each, str) for pair in told.items() for each in pair)


@many(2_000)
@given(told=st.dictionaries(HEADERS, st.sampled_from(["name", "lat", ""]), max_size=6))
def test_what_was_decided_is_read_again(tmp_path, told):
    """Whatever headers are called, a mapping that was written says the same of them."""
    path = tmp_path / "m.toml"
    mappings.write(path, [Heading(header, target, How.TOLD) for header, target in told.items()])
    assert mappings.read(path) == told


def test_one_that_is_too_large(tmp_path):
    """A file that is no mapping for its size alone is not read."""
    path = tmp_path / "m.toml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(Refused, match=r"troppo grande|too large"):
        mappings.read(path)
