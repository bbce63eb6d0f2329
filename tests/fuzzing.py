"""Strategies of inputs that mean harm, or that an accident made: for the tests of every reader."""

import io
import resource
import sys
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bencomune_cli.errors import Refused
from bencomune_cli.rows import Source

MOST = 250_000_000  # bytes: of 300 megabytes, Python itself and our modules take up to 50
SLOW = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)


def many(examples):
    """Return the settings of a fuzz of so many examples, each within two seconds."""
    return settings(max_examples=examples, deadline=2000, suppress_health_check=SLOW, database=None)


def mutated(valid):
    """Return valid bytes with bits flipped, cut off, a part put elsewhere, or other bytes."""
    places = st.integers(0, len(valid))

    def flipped(flips):
        spoilt = bytearray(valid)
        for place, bit in flips:
            spoilt[place % len(spoilt)] ^= 1 << bit
        return bytes(spoilt)

    return st.one_of(
        st.lists(st.tuples(places, st.integers(0, 7)), min_size=1, max_size=8).map(flipped),
        places.map(lambda end: valid[:end]),
        st.tuples(places, places, places).map(
            lambda cut: valid[: cut[0]] + valid[cut[1] : cut[1] + 50] + valid[cut[2] :]
        ),
        st.tuples(places, st.binary(max_size=20)).map(
            lambda new: valid[: new[0]] + new[1] + valid[new[0] + len(new[1]) :]
        ),
        st.binary(max_size=200).map(lambda tail: valid[:4] + tail),
        st.binary(max_size=200),
    )


def zipped(members, method=zipfile.ZIP_DEFLATED):
    """Return the bytes of a ZIP file with members by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            packed = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, packed)
    return file.getvalue()


@contextmanager
def little_memory():
    """Hold what is done to the memory that one input may take, above what the tests take."""
    with suppress(OSError):  # sets the peak back, where the system lets it
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if sys.platform == "darwin" else 1_024) < MOST


def only_refused(reader, content, name="file"):
    """Read bytes to the last row, twice; return the rows, or None where they were refused."""
    with little_memory():
        return _read(reader, content, name)


def _read(reader, content, name):
    source = Source(io.BytesIO(content), name)
    reader.FORMAT.recognises(content[:65_536], name)
    try:
        table = reader.read(source)
        rows = list(table.rows())
        assert rows == list(table.rows())
    except Refused as refused:
        told = refused.text
    else:
        told = None
    if told:
        assert all(map(str.strip, told))
        return None
    for row in rows:
        unusable = any(problem.fatal for problem in row.problems)  # with cells too many, perhaps
        assert unusable or set(row.cells) <= set(table.headers)
        assert all(isinstance(text, str) for text in row.cells.values())
    return rows
