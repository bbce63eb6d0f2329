"""Telephone numbers are read as phonenumbers reads them, whichever way is taken."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from bencomune_cli import telephones

DIGITS = st.text("0123456789", min_size=3, max_size=13)
STARTS = st.sampled_from(
    ["", "0", "06", "0382", "06698", "02", "0878", "3", "333", "39", "391", "31", "43", "800", "84",
     "89", "55", "70", "178", "1", "99"]
)  # fmt: skip
CODES = st.sampled_from(["", "+39", "+39 ", "0039", "39", "+44 20 ", "+"])
MARKS = st.sampled_from(["", " ", "/", "-", ".", "()"])


@settings(max_examples=5_000, deadline=None)
@given(CODES, STARTS, MARKS, DIGITS)
def test_the_short_way_is_the_library_s(code: str, start: str, mark: str, digits: str) -> None:
    """What is matched with patterns is what the library itself would say."""
    text = f"{code}{start}{mark}{digits}"
    assert telephones.read(text) == _by_library(text)


@pytest.mark.parametrize("kind", ["fixed_line", "mobile", "toll_free", "voip", "premium_rate"])
def test_examples_of_the_library(kind: str) -> None:
    """The library's own examples of Italian numbers are valid, and mobiles are told."""
    number = getattr(PhoneMetadata.metadata_for_region("IT"), kind).example_number
    found = telephones.read(f"+39 {number}")
    assert found == telephones.Telephone(f"+39{number}", valid=True, mobile=kind == "mobile")


def _by_library(text: str) -> telephones.Telephone | None:
    try:
        number = phonenumbers.parse(text, "IT")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    kind = phonenumbers.number_type(number)
    return telephones.Telephone(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.is_valid_number(number),
        kind == PhoneNumberType.MOBILE,
    )
