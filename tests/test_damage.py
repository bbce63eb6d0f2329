"""A damaged database: every command says so in a sentence."""

import random

import pytest

COMMANDS = (
    "lab list",
    "lab list esempio",
    "show in-scala",
    "search scala",
    "export",
    "export labs --format csv --to -",
    "check",
    "stats",
    "map",
    "log",
    "diff",
    "blame in-scala",
    "why in-scala",
    "contact list",
    "area list",
    "network show",
    "doctor",
    "edit in-scala seats=4",
    "link in-scala partner_of crosione",
    "undo",
    "redo",
)


@pytest.fixture
def example(bencomune, path):
    """Return the bytes of the example, with some more operations in it."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    for number in range(4):
        bencomune("edit", "in-scala", f"seats={number + 10}")
    return path.read_bytes()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_damaged_file_is_told(example, path, bencomune, command):
    """With a part overwritten no command ends with a fault of the program."""
    path.write_bytes(example[:20_000] + b"\xff" * 40_000 + example[60_000:])
    done = bencomune(*command.split())
    assert done.returncode in {0, 1, 2}, done.stderr
    assert done.returncode != 2 or "il file è danneggiato" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_read_is_refused(example, path, bencomune):
    """With nearly all of it gone, showing, exporting, undoing and the log end with 2."""
    path.write_bytes(example[:8_192] + b"\xff" * (len(example) - 8_192))
    for command in ("show in-scala", "export", "log", "undo", "edit in-scala seats=4"):
        done = bencomune(*command.split())
        assert (done.returncode, done.stdout) == (2, ""), command
        assert "il file è danneggiato: rimettere al suo posto una copia" in done.stderr


def test_any_damage_is_told(example, path, bencomune):
    """Bytes changed anywhere after the header never show a fault of the program."""
    at_random = random.Random(7)  # noqa: S311 - no secret
    schema = 100  # the first bytes after the header: SQLite's own message then is no UTF-8
    for start in (schema, *(at_random.randrange(4096, len(example)) for _ in range(7))):
        run = bytes([at_random.choice([0xFF, 0x22, 0])]) * at_random.choice([3, 900])
        path.write_bytes(example[:start] + run + example[start + len(run) :])
        for command in ("lab list", "show in-scala", "export", "diff 1", "blame in-scala"):
            done = bencomune(*command.split())
            assert done.returncode in {0, 1, 2}, (start, command, done.stderr)


def test_a_history_that_is_no_json_is_told(example, path, bencomune):
    """A change whose text was damaged in its place is told as damage."""
    old, new = b'"seats":10', b'"seats"}10'
    assert old in example
    path.write_bytes(example.replace(old, new))
    done = bencomune("blame", "in-scala")
    assert done.returncode == 2, done.stderr
    assert "il file è danneggiato" in done.stderr
