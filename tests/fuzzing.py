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


def _flipped(valid, drawn):
    spoilt = bytearray(valid)
    for start in range(0, min(len(drawn), 24), 3):
        place, bit = divmod(int.from_bytes(drawn[start : start + 3]), 8)
        spoilt[place % len(spoilt)] ^= 1 << bit
    return bytes(spoilt)


def _places(valid, drawn):
    return [int.from_bytes(drawn[start : start + 3]) % (len(valid) + 1) for start in (0, 3, 6)]


def _cut_off(valid, drawn):
    return valid[: _places(valid, drawn)[0]]


def _put_elsewhere(valid, drawn):
    end, start, rest = _places(valid, drawn)
    return valid[:end] + valid[start : start + 50] + valid[rest:]


def _overwritten(valid, drawn):
    place, new = _places(valid, drawn)[0], drawn[3:23]
    return valid[:place] + new + valid[place + len(new) :]


def _begun(valid, drawn):
    return valid[:4] + drawn


def _other(_valid, drawn):
    return drawn


HARMS = (_flipped, _cut_off, _put_elsewhere, _overwritten, _begun, _other)


def mutated(valid):
    """Return valid bytes with bits flipped, cut off, a part put elsewhere, or other bytes.

    One draw decides on all of it: Hypothesis takes half a millisecond for each.
    """
    drawn = st.tuples(st.sampled_from(HARMS), st.binary(min_size=9, max_size=200))
    return drawn.map(lambda harm: harm[0](valid, harm[1]))


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
