"""A schedule that publishes every two seconds, for a minute; by hand for as long as one likes."""

import os
import shutil

import pytest
from soak import GROWTH, soak

SECONDS = 60


def test_a_minute_of_publications(memory):
    """Through edits, kills and a clock that jumps what is out is what there is; nothing grows."""
    if not shutil.which("faketime") and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip("faketime is not installed")
    place = memory / "soak"
    place.mkdir()
    found = soak(SECONDS, place)
    assert found["wrong"] == []
    assert found["grown"] < GROWTH
    assert len(found["open files"]) == 1
    assert min(found[each] for each in ("edits", "publications", "kills", "jumps")) > 0
