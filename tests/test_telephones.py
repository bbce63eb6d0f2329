"""Telephone numbers are read as phonenumbers reads them, whichever way is taken."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from bencomune_cli import telephones
from bencomune_cli.entities import Lab
from bencomune_cli.kinds.texts import Phone
from bencomune_cli.mends import Arrival, mend_of
from bencomune_cli.rows import Row

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


@settings(max_examples=2_000)
@given(CODES, STARTS, st.text("0123456789 ", min_size=3, max_size=14))
@example("+39 ", "0382", " 399111")
@example("", "0382", " 399111")
@example("+39 ", "333", " 1234567")
def test_what_is_read_at_once_is_read_the_same_with_care(
    code: str, start: str, digits: str
) -> None:
    """A number plainly written is what reading it with care makes of it, and no mend touches it."""
    text = f"{code}{start}{digits}".strip()
    if telephones.is_alone(text):
        arrival = Arrival(Row(1, {}), Lab)
        assert mend_of(Lab.column("phone"))(arrival, text) == text
        assert [*arrival.findings, *arrival.texts] == []
    if number := telephones.plainly(text):
        assert telephones.is_alone(text)
        assert Phone().shaped(text) == number


def test_plain_numbers_are_read_at_once() -> None:
    """Fixed numbers, and mobiles with the country's code, are; what may have lost a zero is not."""
    told = ["+39 0382 399111", "0382399111", "02 1234567", "+39 333 1234567"]
    meant = ["+390382399111", "+390382399111", "+39021234567", "+393331234567"]
    assert Phone().at_once(told) == meant
    assert Phone().at_once([*told, "382399111"]) is None
    assert not telephones.is_alone("0382 399111 333 1234567")
