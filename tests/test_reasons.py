"""What the system refuses, told in the language of the person."""

import errno
import os
import sys
from pathlib import Path

import pexpect
import pytest

from bencomune_cli import errors
from bencomune_cli.entities import Lab
from bencomune_cli.errors import reason

USUAL = (
    *("ENOENT", "EACCES", "EPERM", "EEXIST", "EISDIR", "ENOTDIR", "ENOTEMPTY", "ENOSPC", "EROFS"),
    *("ENAMETOOLONG", "EMFILE", "ENFILE", "EIO", "ELOOP", "EBUSY", "EFBIG", "EDQUOT", "EBADF"),
)


@pytest.mark.parametrize("name", USUAL)
def test_usual_errors_are_told_in_both_languages(name):
    """What the system usually answers is told in words of ours, different in the two languages."""
    number = getattr(errno, name)
    told = reason(OSError(number, os.strerror(number)))
    assert told.it != told.en
    assert os.strerror(number) not in {told.it, told.en}


def test_an_unusual_error_is_told_as_the_system_tells_it():
    """An error that has no words of ours keeps those of the system."""
    told = reason(OSError(errno.EDOM, os.strerror(errno.EDOM)))
    assert told.it == told.en == os.strerror(errno.EDOM)
    assert reason(OSError("senza numero")).it == "senza numero"


def test_no_module_tells_the_words_of_the_system():
    """Every module that tells an error of the system asks for its reason."""
    folder = Path(errors.__file__).parent
    users = {f.name for f in folder.rglob("*.py") if "error.strerror" in f.read_text("utf-8")}
    assert users == {"errors.py"}


def _system(words):
    return [os.strerror(number) for number in errno.errorcode if os.strerror(number) in words]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("area", "load", "manca.geojson"), "il file o la cartella non esiste"),
        (("area", "load", "."), "è una cartella, non un file"),
        (("import", "manca.csv", "--as", "lab"), "il file o la cartella non esiste"),
        (("export", "--to", "occupato"), "esiste già"),
        (("export", "--to", "occupato/sotto"), "una parte del percorso non è una cartella"),
        (("--registry", "x" * 300, "init", "--name", "Rete"), "il nome è troppo lungo"),
        (
            ("--registry", "manca/x.db", "init", "--name", "Rete"),
            "il file o la cartella non esiste",
        ),
    ],
)
def test_commands_tell_it_in_italian(registry, path, bencomune, command, told):
    """A path that cannot be used is refused in Italian, without a word of the system's."""
    registry.close()
    (path.parent / "occupato").write_text("", "utf-8")
    done = bencomune(*command)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert _system(done.stderr) == []


def test_an_editor_that_does_not_start(registry, path):
    """An editor that is not there is told in Italian too."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio"})
    registry.close()
    ours = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it", "VISUAL": "/nessun/editor"}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "bencomune_cli", "edit", "spazio"],
        env={**os.environ, "TERM": "xterm", **ours},
        encoding="utf-8",
        timeout=20,
        dimensions=(50, 300),
    )
    said = child.read()
    child.close()
    assert child.exitstatus == 2, said
    assert "«/nessun/editor» non si avvia: il file o la cartella non esiste" in said
