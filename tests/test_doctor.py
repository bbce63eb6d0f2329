"""The doctor: every state of a file gets its diagnosis, and no byte is changed."""

import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli.shape import SCHEMA_VERSION
from bencomune_cli.store import Store


def plain(path):
    """Return a connection that closes at the end of a `with`, as another program's."""
    return closing(sqlite3.connect(path, isolation_level=None))


def contents(folder):
    """Return every file of a folder with its bytes and mode."""
    return {
        str(each): (each.read_bytes(), each.stat().st_mode, each.stat().st_mtime_ns)
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def checks(done, part="registry"):
    """Return the checks of the JSON that the doctor gave, by name."""
    return {check["name"]: check for check in json.loads(done.stdout)[part]}


def not_well(done):
    """Return the names of the checks of the registry that are not well."""
    return {name for name, check in checks(done).items() if not check["well"]}


def looked_at(path, bencomune, *arguments, **told):
    """Return what the doctor says of a file, after it proved to change nothing."""
    before = contents(path.parent)
    done = bencomune("doctor", *arguments, **told)
    assert contents(path.parent) == before
    assert "Traceback" not in done.stderr
    return done


# States of a file


def missing(path):
    """Leave the path without a file."""


def empty(path):
    """Make an empty file."""
    path.touch(0o600)


def text(path):
    """Make a file of another kind."""
    path.write_text("nome;via\nSpazio Esempio;via Esempio\n" * 9, "utf-8")
    path.chmod(0o600)


def folder(path):
    """Make a folder of the name."""
    path.mkdir()


def foreign(path):
    """Make another program's database."""
    with plain(path) as connection:
        connection.execute("CREATE TABLE labs (id TEXT)")
    path.chmod(0o600)


def header(path):
    """Make a file that begins as SQLite's do, and goes on with something else."""
    path.write_bytes(b"SQLite format 3\x00" + b"esempio " * 100)
    path.chmod(0o600)


def wal(path):
    """Make a registry that another program put in WAL mode."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def newer(path):
    """Make a registry of a program that does not exist yet."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def cut(path):
    """Make a registry of which a copy stopped half way."""
    Store.create(path).close()
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path):
    """Make a registry whose pages after the first were written over."""
    Store.create(path).close()
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xa5" * 40_000)


def trigger_dropped(path):
    """Make a registry from which another program took a trigger."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute("DROP TRIGGER labs_after_update")


def orphan(path):
    """Make a registry in which another program wrote what refers to nothing."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute(
            "INSERT INTO relations (id, subject, role, object) VALUES"
            " ('esempio', 'manca-uno', 'manages', 'manca-due')"
        )


def not_utf8(path):
    """Make a registry with a text that is not UTF-8."""
    Store.create(path).close()
    with plain(path) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(
            "INSERT INTO labs (id, name) VALUES ('esempio', CAST(x'45736566ff' AS TEXT))"
        )


def open_to_all(path):
    """Make a registry that everybody may read."""
    Store.create(path).close()
    path.chmod(0o644)


STATES = {
    missing: ({"file"}, "non esiste"),
    empty: ({"file"}, "è vuoto"),
    text: ({"file"}, "non è un registro"),
    folder: ({"file"}, "non è un file"),
    foreign: ({"file"}, "un altro programma"),
    header: ({"file"}, "danneggiato"),
    wal: ({"file"}, "PRAGMA journal_mode = DELETE"),
    newer: ({"file"}, "versione più recente"),
    cut: (None, "danneggiato"),
    overwritten: (None, "danneggiato"),
    trigger_dropped: ({"shape"}, "labs_after_update"),
    orphan: (None, "mancano: 2"),
    not_utf8: (None, "UTF-8"),
    open_to_all: ({"permissions"}, "chmod o-rwx"),
}


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_every_state_of_a_file_has_its_diagnosis(make, path, bencomune):
    """What is not well is named, ends with exit code 1, and is left byte for byte."""
    make(path)
    names, sentence = STATES[make]
    done = looked_at(path, bencomune, "--json")
    assert done.returncode == 1, done.stderr
    found = not_well(done)
    assert found == names if names else found
    assert sentence in done.stdout.replace('\\"', '"')
    assert done.stderr == ""


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_the_same_is_told_to_a_person(make, path, bencomune, monkeypatch):
    """Each of those states is told in words of both languages, with no line over 80 columns."""
    make(path)
    monkeypatch.setenv("COLUMNS", "80")
    short = Path(os.path.relpath(path, path.parent))
    for language, last in (("it", "Da guardare"), ("en", "To look at")):
        told = {"BENCOMUNE_LANG": language, "BENCOMUNE_REGISTRY": str(short)}
        done = looked_at(path, bencomune, **told)
        assert done.returncode == 1
        lines = done.stdout.splitlines()
        assert lines[-1].startswith(last)
        assert any(line.startswith("!") for line in lines)
        # A path or a command is never broken: it could not be copied.
        assert [line for line in lines if len(line) > 80 and str(path.parent) not in line] == []


def test_a_whole_registry_is_well(registry, path, bencomune):
    """A registry without faults ends with 0, and tells its records, operations and contents."""
    digest = registry.store.digest()
    registry.close()
    done = looked_at(path, bencomune, "--json")
    assert done.returncode == 0, done.stdout
    found = checks(done)
    assert found["digest"]["value"].endswith(digest)
    assert "Aree 1" in found["records"]["value"]
    assert found["operations"]["value"].startswith("1, ultima la 1, ")
    assert found["integrity"]["value"] == "integro"
    assert json.loads(done.stdout)["well"] is True
    program = checks(done, "program")
    assert program["sqlite"]["value"].startswith(sqlite3.sqlite_version)
    assert {"python", "typer", "rich", "sqlite-utils", "pyproj"} <= program.keys()
    assert "PROJ" in program["pyproj"]["value"]


def test_which_registry_and_why(registry, path, bencomune):
    """The registry that is meant is told with what named it: option, environment, folder."""
    registry.close()

    def which(*before, **told):
        return checks(bencomune(*before, "doctor", "--json", **told))["path"]["value"]

    assert which() == f"{path}, detto da BENCOMUNE_REGISTRY"
    assert which(BENCOMUNE_REGISTRY="") == f"{path}, quello di questa cartella"
    assert which("--registry", path) == f"{path}, detto da --registry"


def test_the_commands_of_the_doctor_mend(registry, path, bencomune):
    """The commands that are told for a damaged file, with a copy's name put in, make all well."""
    registry.close()
    copy = path.parent / "copia di ieri"
    shutil.copy(path, copy)
    overwritten_bytes = bytearray(path.read_bytes())
    overwritten_bytes[3 * 4096 : 3 * 4096 + 40_000] = b"\xa5" * 40_000
    path.write_bytes(overwritten_bytes)
    commands = checks(bencomune("doctor", "--json"))["integrity"]["commands"]
    words = shlex.split(commands[-1].replace("COPIA", f"'{copy}'"))
    assert words.pop(0) == "bencomune"
    assert bencomune(*words, "--yes").returncode == 0
    assert bencomune("doctor").returncode == 0
    (aside,) = path.with_name("registry.db.backups").iterdir()
    assert aside.read_bytes() == overwritten_bytes


def test_a_name_with_quotes_is_quoted(tmp_path, bencomune):
    """A command that is told can be copied also where the path holds spaces and a quote."""
    path = tmp_path / "l'anno $(touch x) 2026.db"
    Store.create(path).close()
    path.chmod(0o644)
    commands = checks(bencomune("--registry", path, "doctor", "--json"))["permissions"]["commands"]
    subprocess.run(["sh", "-ec", commands[0]], check=True, cwd=tmp_path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "x").exists()


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA cache_spill = 1")
connection.execute("BEGIN IMMEDIATE")
connection.executemany(
    "INSERT INTO labs (id, name) VALUES (?, ?)",
    ((f"esempio-{number}", "Esempio " * 20) for number in range(3000)),
)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_journal_left_by_a_crash(registry, path, bencomune):
    """A journal of an interrupted write is told as such and left; its command mends the file."""
    registry.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Path(f"{path}-journal").stat().st_size
    done = looked_at(path, bencomune, "--json")
    assert done.returncode == 1
    assert {"journal", "file"} <= not_well(done) <= {"journal", "file", "integrity"}
    assert all("mv " not in line for check in checks(done).values() for line in check["commands"])
    assert bencomune("check").returncode == 0
    assert bencomune("doctor").returncode == 0


def test_additions_and_findings_are_counted(path, other, bencomune):
    """What other programs added is told and is well; an error of a record is to be looked at."""
    other.execute("CREATE TABLE qgis_esempio (id INTEGER)")
    assert "qgis_esempio" in looked_at(path, bencomune).stdout
    assert bencomune("doctor").returncode == 0
    other.execute("INSERT INTO labs (id, name, state) VALUES ('esempio', 'Esempio', 'in_volo')")
    done = looked_at(path, bencomune, "--json")
    assert not_well(done) == {"findings"}
    assert "errore: 1" in checks(done)["findings"]["value"]


def test_a_file_without_permission(registry, path):
    """A person who may not read the file is told so, and by which command its owner opens it."""
    registry.close()
    if os.geteuid():
        path.chmod(0)
        command, told = [sys.executable, "-m", "bencomune_cli"], {}
    else:
        path.parent.chmod(0o755)
        program = textwrap.dedent(
            """
            import os, sys
            sys.argv = ["bencomune", *sys.argv[1:]]
            import bencomune_cli.app, bencomune_cli.commands.doctor, bencomune_cli.geo
            import pyproj, bencomune_cli.rules, pwd
            bencomune_cli.app.make()
            os.setuid(65534)
            bencomune_cli.app.run()
            """
        )
        command, told = [sys.executable, "-c", program], {"HOME": "/nonexistent"}
    done = subprocess.run(
        [*command, "--lang", "en", "--registry", path.name, "doctor", "--json"],
        cwd=path.parent,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **told},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    found = checks(done)
    assert "there is no permission" in found["file"]["what"][0]
    assert not found["permissions"]["well"]


def test_nobody_is_told_to_close_a_file_of_others(tmp_path, bencomune):
    """For a text that was named by mistake there is no advice on permissions, and no copy."""
    path = tmp_path / "orari.txt"
    path.write_text("Mo-Fr 16:00-19:00\n" * 20, "utf-8")
    path.chmod(0o644)
    done = bencomune("--registry", path, "doctor", "--json")
    assert not_well(done) == {"file"}
    assert all(not check["commands"] for check in checks(done).values())


def test_letters_that_a_terminal_cannot_show(registry, bencomune):
    """A terminal whose encoding lacks accents is told, with the setting that mends it."""
    registry.close()
    done = bencomune("doctor", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert "! Caratteri     ascii" in done.stdout
    assert "\n      export LC_ALL=C.UTF-8\n" in done.stdout
