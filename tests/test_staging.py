"""Files that helpers write beside their places: the same bytes, whatever becomes of the helpers."""

import os
import signal
import tempfile
import time
from contextlib import closing
from multiprocessing import active_children
from threading import Event

import pytest

from bencomune_cli import bundles, exports, formats, staging
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Lab
from bencomune_cli.errors import Refused
from bencomune_cli.extracts import Extract
from bencomune_cli.whole_files import staged
from towns import settled

WHERE = ("municipality=000001", "seats>=0")  # which only labs can answer both
CHOSEN = [*formats.names(), *bundles.names()]


@pytest.fixture
def helped(registry, path, monkeypatch):
    """Return a small town, of which two helpers would write files, however few records it has."""
    settled(registry)
    monkeypatch.setattr(staging, "_SHARED", -1)
    monkeypatch.setattr("bencomune_cli.abreast.useful", lambda: 3)
    return path


def write(path, folder, layers=(), **told):
    """Export layers in all formats; return the bytes of all that is in the folder, by name."""
    with closing(Dataset(path, **told)) as dataset:
        exports.write_folder(dataset, folder, exports.layers(layers), CHOSEN)
    return contents(folder)


def contents(folder):
    """Return the bytes of all files of a folder, hidden ones too, by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def alone(path, folder, monkeypatch):
    """Export the same by one process."""
    with monkeypatch.context() as changed:
        changed.setattr("bencomune_cli.abreast.useful", lambda: 0)
        return write(path, folder)


@pytest.fixture
def slow_here(monkeypatch):
    """Let each file take this process a while, and have helpers do something before theirs."""
    here = os.getpid()

    def set_up(in_helper, seconds=0.05):
        def slowly(*told):
            if os.getpid() == here:
                time.sleep(seconds)
            else:
                in_helper(*told)
            return staged(*told)

        monkeypatch.setattr(staging, "staged", slowly)

    return set_up


def note(path, text):
    """Add a line to a file, whichever process it is."""
    with path.open("a") as file:
        file.write(f"{text}\n")


def test_helpers_change_no_byte(helped, tmp_path, slow_here, monkeypatch):
    """Each file is the same, whichever process wrote it; and helpers did write."""
    noted = tmp_path / "noted"
    slow_here(lambda _folder, name, _write: note(noted, f"{os.getpid()} {name}"))
    files = write(helped, tmp_path / "helped")
    lines = noted.read_text().splitlines()
    names = [line.split()[1] for line in lines]
    assert len(set(names)) == len(names) > 5
    assert 1 <= len({line.split()[0] for line in lines}) <= 2
    assert files == alone(helped, tmp_path / "alone", monkeypatch)
    assert active_children() == []


def test_no_helper_asks_the_registry(helped, tmp_path, slow_here, monkeypatch):
    """What a condition names is found before helpers begin: the registry's connection stays here.

    SQLite does not bear a connection that two processes use.
    """
    noted = tmp_path / "noted"
    noted.touch()
    here = os.getpid()

    def resolve(_, text):
        note(noted, "here" if os.getpid() == here else "elsewhere")
        return text

    told = {"extract": Extract(where=WHERE, no_point="area"), "resolve": resolve}
    slow_here(lambda *_: None, 0.2)
    files = write(helped, tmp_path / "helped", ["labs"], **told)
    assert set(noted.read_text().split()) == {"here"}
    with monkeypatch.context() as changed:
        changed.setattr("bencomune_cli.abreast.useful", lambda: 0)
        assert write(helped, tmp_path / "alone", ["labs"], **told) == files


def end_itself(*_):
    """Be killed from outside."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(*_):
    """Do what a helper does that has no more memory."""
    raise MemoryError


@pytest.mark.parametrize("what", [end_itself, fail])
def test_what_helpers_do_not_write_is_written_here(helped, tmp_path, slow_here, monkeypatch, what):
    """A helper that ends before its work is done costs time, and no file."""
    slow_here(what)
    assert write(helped, tmp_path / "helped") == alone(helped, tmp_path / "alone", monkeypatch)


def test_a_refusal_leaves_all_as_it_was(helped, registry, tmp_path, slow_here, monkeypatch):
    """What a helper cannot write for a reason is refused as by one process; nothing changes."""
    folder = tmp_path / "out"
    before = write(helped, folder)
    with registry.operation("test"):
        registry.add(Lab, {"name": "Altro", "state": "active"})
    slow_here(lambda *_: None)

    def refuse(*_):
        raise Refused("no")

    monkeypatch.setattr("bencomune_cli.formats.csv.write", refuse)
    with pytest.raises(Refused, match="no"):
        write(helped, folder)
    assert contents(folder) == before
    assert active_children() == []


def test_ctrl_c_ends_the_helpers_too(helped, registry, tmp_path, slow_here, monkeypatch):
    """Who stops an export finds the files of before, no process that goes on, nothing half made."""
    folder, temporary = tmp_path / "out", tmp_path / "temporary"
    before = write(helped, folder)
    with registry.operation("test"):
        registry.add(Lab, {"name": "Altro", "state": "active"})
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def make_something(*_):
        tempfile.mkdtemp(prefix="made-")
        signal.pause()

    def stop(_):
        for _ in range(1_000):
            if [*temporary.rglob("made-*")]:
                raise KeyboardInterrupt
            Event().wait(0.01)

    slow_here(make_something)
    monkeypatch.setattr(time, "sleep", stop)
    with pytest.raises(KeyboardInterrupt):
        write(helped, folder)
    assert contents(folder) == before
    assert active_children() == []
    assert [*temporary.iterdir()] == []


def test_little_is_written_at_once(registry, path, tmp_path, monkeypatch):
    """Of a small town no helper would save the time that it takes to begin."""
    settled(registry)
    monkeypatch.setattr("bencomune_cli.abreast.useful", lambda: 3)

    def refuse():
        raise AssertionError

    monkeypatch.setattr("os.fork", refuse)
    assert write(path, tmp_path / "out")
