"""Damage to a registry's bytes: the rows as they were, a refusal in a sentence, or doctor finds it.

Bits turned, files cut off, pages exchanged, overwritten or another file's, a journal that was taken
away: nobody gets a wrong answer that no command finds, and nothing overwrites the damaged file.
"""

import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli.entities import Contact, Group, Lab, Organisation, Relation
from bencomune_cli.registry import Registry
from test_safety import Run

PAGE = 4096
ROUNDS = 500
READERS = (
    "lab list --json",
    "group list --json",
    "organisation list --json",
    "contact list --json",
    "area list --json",
    "lab show spazio-3 --json",
    "log --json",
    "blame spazio-3 --json",
    "export labs --format csv --to -",
    "export relations --format geojson --to -",
    "export network --format kml --to -",
    "search spazio --json",
    "stats --json",
)
ROWS = READERS[:1] * 2 + READERS[3:4]  # of the rows in which bits are turned
VALUES = re.compile(rb"(?<![\":])(Sommario numero \\d+|Nome Inventato \\d|via della Prova)")
WRITERS = (
    "lab edit spazio-3 --seats 77",
    "undo",
    "contact withdraw spazio-3-press",
    "lab add --name Nuovo --state active",
)


def told(path, command):
    """Run a command in this process; return its exit code, and what it says on both streams."""
    done = Run("--registry", str(path), "--lang", "en", *command.split())
    assert done.code in {0, 1, 2}, (command, done.err[-2000:])
    assert "Traceback" not in done.err
    return done.code, done.out, done.err


@pytest.fixture(scope="module")
def whole(_made, tmp_path_factory):
    """Return the bytes of a registry with records of each kind, and a history."""
    path = Path(shutil.copy(_made, tmp_path_factory.mktemp("whole") / "registry.db"))
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        with registry.operation("test"):
            for number in range(24):
                place = {"lat": f"45.1{number:02}", "lon": "9.1", "precision": "address"}
                told = {"street": "via della Prova", "number": str(number), "seats": str(number)}
                told |= {"activities": "reading_books", "summary": f"Sommario numero {number}."}
                told |= {
                    "phone": f"0382 {number:06}",
                    "state": "active",
                    "name": f"Spazio {number}",
                }
                registry.add(Lab, place | told | {"municipality": "000001"})
            for number in range(10):
                told = {"state": "active", "meets_at": f"spazio-{number}"}
                registry.add(Group, {"name": f"Lettori {number}", **told})
                registry.add(Organisation, {"name": f"Ente {number}", "state": "active"})
                ends = {"subject": f"ente-{number}", "object": f"spazio-{number}"}
                registry.add(Relation, {"role": "manages", **ends})
                person = {"record": f"spazio-{number}", "role": "press"}
                basis = {"basis": "public_office", "scope": "open_data"}
                registry.add(
                    Contact, {**person, "person_name": f"Nome Inventato {number}", **basis}
                )
        for number in range(3, 8):
            with registry.operation("lab edit"):
                registry.change(registry.finder.place(f"spazio-{number}"), {"seats": "99"})
    return path.read_bytes()


@pytest.fixture(scope="module")
def answers(whole, tmp_path_factory):
    """Return what each reading command says of the whole registry."""
    path = tmp_path_factory.mktemp("answers") / "registry.db"
    path.write_bytes(whole)
    path.chmod(0o600)
    return {command: told(path, command)[:2] for command in READERS}


def flipped(data, draw):
    """Turn one bit anywhere."""
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def flipped_in_a_row(data, draw):
    """Turn one bit in a row of a table: no JSON of the history, which has quotes before texts."""
    places = [match.span() for match in VALUES.finditer(data)]
    at = draw.randrange(*draw.choice(places))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def cut(data, draw):
    """Leave the end away, within a page or at its edge."""
    return data[: draw.choice([draw.randrange(len(data)), draw.randrange(0, len(data), PAGE)])]


def exchanged(data, draw):
    """Put two pages in each other's place."""
    one, two = sorted(draw.sample(range(PAGE, len(data), PAGE), 2))
    first, second = data[one : one + PAGE], data[two : two + PAGE]
    return data[:one] + second + data[one + PAGE : two] + first + data[two + PAGE :]


def overwritten(data, draw):
    """Write zeros, ones, text, or another page over a part."""
    at = draw.randrange(len(data))
    other = draw.randrange(len(data))
    run = draw.choice([bytes(512), b"\xff" * 512, b"testo " * 90, data[other : other + PAGE]])
    return data[:at] + run + data[at + len(run) :]


def foreign(data, draw):
    """Put something else in the file's place, whole or after the beginning."""
    noise = draw.randbytes(20_000)
    start = draw.choice([0, 16, 72, 100, PAGE])
    return draw.choice([data[:start] + noise, data[:start] + b"nome;via\n" * 999, data[:start]])


DAMAGES = (flipped, flipped_in_a_row, flipped_in_a_row, exchanged)
DAMAGES += (overwritten, cut, flipped_in_a_row, foreign)


def test_no_damage_gives_a_wrong_answer_that_nothing_finds(whole, answers, path):
    """What a command says of a damaged file is right, or it refuses, or doctor finds the damage."""
    draw = random.Random(12)  # noqa: S311 - no secret
    found, missed = Counter(), Counter()
    for number in range(ROUNDS):
        damage = DAMAGES[number % len(DAMAGES)]
        spoilt = damage(whole, draw)
        path.write_bytes(spoilt)
        path.chmod(0o600)
        command = draw.choice(ROWS if damage is flipped_in_a_row else READERS)
        code, out, err = told(path, command)
        if (code, out) == answers[command]:
            found["right"] += 1
        elif code == 2:
            assert err.strip()
            assert path.read_bytes() == spoilt
            found["refused"] += 1
        elif told(path, "doctor")[0]:
            found["found by doctor"] += 1
        else:
            missed[damage.__name__] += 1
    wrong = found["found by doctor"] + missed.total()
    assert min(found["right"], found["refused"], wrong) > ROUNDS // 20
    assert not missed


def test_a_damaged_file_is_not_written_over(whole, path):
    """A writing command that refuses leaves every byte as it was, and no journal."""
    draw = random.Random(5)  # noqa: S311 - no secret
    refused = 0
    for number in range(ROUNDS // 8):
        spoilt = DAMAGES[number % len(DAMAGES)](whole, draw)
        path.write_bytes(spoilt)
        path.chmod(0o600)
        code, _out, err = told(path, WRITERS[number % len(WRITERS)])
        if code:
            assert err.strip()
            assert path.read_bytes() == spoilt
            refused += 1
        else:
            assert len(path.read_bytes()) >= len(spoilt)
        assert not Path(f"{path}-journal").exists()
    assert refused > ROUNDS // 40


# An import that is killed when much of it is in the file already, and its end is not.
KILLED = """
import os, signal, sys
from pathlib import Path
from bencomune_cli.registry import Registry
registry = Registry.open(Path(sys.argv[1]), "prova", writing=True)
registry.store.connection.execute("PRAGMA cache_size = 10")
with registry.operation("import"):
    sql = "INSERT INTO labs (id, name, state) VALUES ('altro-' || ?1, 'Altro ' || ?1, 'active')"
    registry.store.connection.executemany(sql, ((number,) for number in range(3000)))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(whole, path):
    """Make a registry in which a writer was killed, with its journal."""
    path.write_bytes(whole)
    path.chmod(0o600)
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert path.read_bytes() != whole
    return Path(f"{path}-journal")


def test_a_journal_puts_back_what_a_killed_writer_began(whole, answers, path):
    """With its journal the file is read as it was before, by the first command, whichever it is."""
    assert killed(whole, path).stat().st_size
    assert told(path, READERS[0])[:2] == answers[READERS[0]]
    assert path.read_bytes() == whole


def test_a_journal_that_was_taken_away_is_found(whole, answers, path):
    """Without the journal what is half written is not taken for whole: refused, or doctor tells."""
    killed(whole, path).unlink()
    before = path.read_bytes()
    for command in READERS:
        code, out, _err = told(path, command)
        assert code == 2 or (code, out) == answers[command] or told(path, "doctor")[0] == 1, command
    assert path.read_bytes() == before


@pytest.mark.parametrize("row", [b"triggerlabs_", b"viewpublic_", b"fingerprintfingerprint"])
def test_a_damaged_record_of_the_shape_is_told(whole, path, row):
    """Where the table that says what was made is damaged itself, that is said, in a sentence."""
    at = whole.rindex(row)
    path.write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    path.chmod(0o600)
    for command in (*READERS[:2], *WRITERS[:2], "doctor"):
        _code, out, err = told(path, command)
        assert "changed" in out + err or "does not match" in out + err, command


def test_values_of_a_wrong_type_are_told_as_damage(whole, path):
    """Where a row has numbers for texts, what the program stumbles over is told as damage."""
    leaf = b"\x0d"  # of a table, with rows
    of_labs = [at for at in pages_with(whole, b"via della Prova") if whole[at : at + 1] == leaf]
    of_history = [at for at in of_labs if b'"seats":' in whole[at : at + PAGE]]
    (start, *_), page = sorted({*of_labs} - {*of_history}), whole[of_history[0] :][:PAGE]
    path.write_bytes(whole[:start] + page + whole[start + PAGE :])
    path.chmod(0o600)
    damaged = [told(path, each)[2] for each in ("check", *READERS, *WRITERS)]
    assert sum("the file is damaged" in text for text in damaged) > 5


def pages_with(data, mark):
    """Return the starts of the pages that hold some bytes."""
    return [at for at in range(0, len(data), PAGE) if mark in data[at : at + PAGE]]
