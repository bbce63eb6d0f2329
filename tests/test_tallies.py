"""Numbers by hash: as a dictionary has them, in little memory."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.entities import Organisation
from bencomune_cli.matching import NEW, Matches
from bencomune_cli.tallies import LEAST, Tally

# Also hashes that want the same place.
HASHES = st.integers(-(2**63), 2**63 - 1) | st.integers(-4, 4).map(lambda n: n * LEAST)


@given(st.lists(HASHES), st.booleans())
def test_a_tally_counts(keys, first):
    """Each time that a hash is counted it has one more; only the first number of one is kept."""
    tally, held = Tally(), {}
    for number, key in enumerate(keys, start=1):
        if first:
            assert tally.first(key, number) == held.setdefault(key, number)
        else:
            held[key] = held.get(key, 0) + 1
            assert tally.add(key) == held[key]
    assert all(tally.get(key) == number for key, number in held.items())


def test_a_tally_grows_and_stays_small():
    """A hundred thousand are held, in 4 megabytes at most."""
    tally = Tally()
    for number in range(1, 100_001):
        tally.first(hash(str(number)), number)
    assert all(tally.get(hash(str(number))) == number for number in range(1, 100_001))
    assert tally.get(hash("0")) == 0
    held = (value for value in vars(tally).values() if not isinstance(value, int))
    assert sum(map(sys.getsizeof, held)) < 4_000_000


def test_a_row_that_is_refused_refuses_no_other(registry):
    """Of a row that says again what another said only that is kept, not what else it says."""
    matches = Matches(registry, Organisation, "prova")

    def told(number, source_id, tax_code):
        values = {"source_id": source_id, "tax_code": tax_code}
        return matches.twice(number, values, NEW, ())

    assert told(2, "1", "00296180185") is None
    assert "2" in told(3, "1", "00000000000").it
    assert told(4, "2", "00000000000") is None
    assert "4" in told(5, "2", "11111111115").it
