"""The seals: what no operation did is found, and what any program did is not taken for damage."""

import random
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest

from bencomune_cli import seals
from bencomune_cli.entities import ENTITIES, Contact, Lab
from bencomune_cli.shape import damage
from bencomune_cli.store import Store

FLIPS = 200
KEPT = (*(entity.table for entity in ENTITIES), "operations", "changes", "ids")


@pytest.fixture
def worked(registry):
    """Return a registry with additions, changes, removals, an undo and edits by another program."""
    for number in range(12):
        with registry.operation("lab add"):
            notes = 'detto "così" \\ di persona\n' * 9
            lab = {"name": f"Lab {number}", "municipality": "000001", "notes": notes}
            registry.add(Lab, lab | {"lat": "45.1234567", "lon": "9.1"})
    with registry.operation("contact add"):
        registry.add(Contact, {"record": "lab-1", "role": "press", "phone": "0382 000000"})
    with registry.operation("contact remove"):
        registry.delete(registry.finder.record(Contact, "lab-1-press"))
    registry.undo()
    with closing(sqlite3.connect(registry.store.path, isolation_level=None)) as other:
        other.execute("UPDATE labs SET seats = 7, notes = NULL WHERE id = 'lab-2'")
        other.execute("ALTER TABLE labs ADD COLUMN of_others TEXT DEFAULT 'x'")
        other.execute("INSERT INTO labs (id, name) VALUES ('altro', 'Di un altro programma')")
    for lab in ("lab-3", "lab-4"):
        with registry.operation("lab edit"):
            registry.store.update_row(Lab, {"id": lab, "seats": 4})
    return registry


def contents(path):
    """Return all rows that a person or a file may show, as bytes; None where they are unreadable.

    Damage to the structure shows there too.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        with suppress(sqlite3.Error, UnicodeDecodeError):  # of a name of the schema, in an error
            sql = "SELECT rowid, * FROM {} ORDER BY rowid"
            return [connection.execute(sql.format(table)).fetchall() for table in KEPT]
    return None


def well(path):
    """Tell whether SQLite finds the file whole, and whether we do."""
    with closing(sqlite3.connect(path)) as connection:
        theirs = ours = False
        with suppress(sqlite3.Error):
            theirs = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with suppress(sqlite3.Error):
            ours = not damage(connection) and not list(seals.broken(connection))
    return theirs, ours


def test_no_operation_is_taken_for_damage(worked):
    """Whatever commands and other programs did through the history, nothing is told."""
    assert list(seals.broken(worked.store.connection)) == []
    assert worked.store.connection.execute("SELECT count(*) FROM seals").fetchone()[0] >= 18


def test_a_turned_bit_is_found(worked, tmp_path):
    """Of bits turned anywhere, each that changes a row or the history is found, by SQLite or us."""
    worked.close()
    whole, place = worked.store.path.read_bytes(), tmp_path / "turned.db"
    before, at_random = contents(worked.store.path), random.Random(11)  # noqa: S311 - no secret
    missed_by_sqlite = 0
    shutil.copy(worked.store.path, place)
    for _ in range(FLIPS):
        bit = at_random.randrange(len(whole) * 8)
        turned = bytearray(whole)
        turned[bit // 8] ^= 1 << bit % 8
        place.write_bytes(turned)
        now = contents(place)
        if now is not None and now != before:
            theirs, ours = well(place)
            missed_by_sqlite += theirs
            assert not (theirs and ours), bit
    assert missed_by_sqlite  # else this would show nothing


WRITTEN_PAST = {
    "labs/lab-5": "UPDATE labs SET seats = 9 WHERE id = 'lab-5'",
    "labs/lab-6": "DELETE FROM labs WHERE id = 'lab-6'",
    "labs/nuovo": "INSERT INTO labs (id, name) VALUES ('nuovo', 'Nuovo')",
    "ids/finto": "INSERT INTO ids VALUES ('finto', 'lab')",
    "operazione 3": "UPDATE changes SET after = replace(after, 'Lab', 'lab') WHERE operation = 3",
    "operazione 4": "UPDATE operations SET who = 'altri' WHERE seq = 4",
    "operazione 5": "DELETE FROM changes WHERE operation = 5",
}


@pytest.mark.parametrize("what", WRITTEN_PAST)
def test_what_is_written_past_the_history_is_named(worked, what, bencomune):
    """A program that takes the triggers away and puts them back is found out by the doctor."""
    worked.close()
    with closing(sqlite3.connect(worked.store.path, isolation_level=None)) as other:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = other.execute(triggers).fetchall()
        for name, _sql in found:
            other.execute(f'DROP TRIGGER "{name}"')
        other.execute(WRITTEN_PAST[what])
        for _name, sql in found:
            other.execute(sql)
    with closing(Store.open(worked.store.path)) as store:
        assert store.notices == []
    done = bencomune("doctor")
    assert done.returncode == 1
    assert what in done.stdout
