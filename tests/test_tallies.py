"""Numbers by hash: as a dictionary has them, in little memory."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.tallies import LEAST, Tally

# Also hashes that want the same place.
HASHES = st.integers(-(2**63), 2**63 - 1) | st.integers(-4, 4).map(lambda n: n * LEAST)


@given(st.lists(st.tuples(HASHES, st.integers(1, 2**32 - 1))))
def test_a_tally_is_a_dictionary(pairs):
    """Each hash has the number that it was given last, any other has none."""
    tally, held = Tally(), {}
    for key, number in pairs:
        assert tally.get(key) == held.get(key, 0)
        tally.put(key, number)
        held[key] = number
    assert all(tally.get(key) == number for key, number in held.items())


def test_a_tally_grows_and_stays_small():
    """A hundred thousand are held, in 4 megabytes at most."""
    tally = Tally()
    for number in range(1, 100_001):
        tally.put(hash(str(number)), number)
    assert all(tally.get(hash(str(number))) == number for number in range(1, 100_001))
    assert tally.get(hash("0")) == 0
    held = (value for value in vars(tally).values() if not isinstance(value, int))
    assert sum(map(sys.getsizeof, held)) < 4_000_000
