"""What the tests share: a registry of made-up data, and the program run as people run it."""

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import bencomune_cli
from bencomune_cli.entities import Area, Network
from bencomune_cli.registry import Registry
from bencomune_cli.words import LANGUAGES, speak
from days import wait_for_midnight

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
QGIS = "/usr/bin/python3"
LANGUAGES_TOLD = ("BENCOMUNE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def pytest_collection_finish():
    """Leave the tests themselves, some million objects, out of what the collector goes through."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clock_of_the_system(monkeypatch):
    wait_for_midnight()
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture(autouse=True)
def _language_of_no_other_test(monkeypatch):
    monkeypatch.setattr("bencomune_cli.words._chosen", [])


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """Return the folder in which the tests keep what users have in their cache."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, caches):
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))


@pytest.fixture
def path(tmp_path):
    """Return the path of a registry that does not exist yet."""
    return tmp_path / "registry.db"


@pytest.fixture(scope="session")
def _made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "registry.db"
    made = Registry.create(path, "prova")
    with made.operation("init"):
        made.add(Network, {"name": "Rete Esempio"})
        texts = {"name": "Comune Esempio", "area_kind": "municipality", "code": "000001"}
        box = {"west": "9.0", "south": "45.0", "east": "9.3", "north": "45.3"}
        made.add(Area, texts | box)
    made.close()
    return path


@pytest.fixture
def registry(path, _made):
    """Return an open registry with a network and one example municipality."""
    shutil.copy(_made, path)
    made = Registry.open(path, "prova", writing=True)
    yield made
    made.close()


@pytest.fixture
def bencomune(path):
    """Return a function that runs `bencomune` on the registry, in Italian unless told."""

    def run(*arguments, **environment):
        told = {name: value for name, value in os.environ.items() if name not in LANGUAGES_TOLD}
        told |= {"BENCOMUNE_REGISTRY": str(path), "PYTHONUTF8": "1", **environment}
        return subprocess.run(
            [sys.executable, "-m", "bencomune_cli", *map(str, arguments)],
            env=told,
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.fixture
def other(registry):
    """Return a plain connection to the registry's file, as another program has it."""
    connection = sqlite3.connect(registry.store.path, isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture
def library(tmp_path):
    """Return a folder with a copy of the package to change, for PYTHONPATH to name."""
    folder = tmp_path / "library"
    shutil.copytree(Path(bencomune_cli.__file__).parent, folder / "bencomune_cli")
    return folder


@pytest.fixture(params=LANGUAGES)
def language(request, monkeypatch):
    """Speak one language, then the other."""
    monkeypatch.setattr("bencomune_cli.words._chosen", [])
    speak(request.param)
    return request.param


@pytest.fixture
def qgis(tmp_path):
    """Return a function that runs a script by QGIS's own Python."""
    there = subprocess.run([QGIS, "-c", "import qgis.core"], capture_output=True, check=False)
    if there.returncode and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip("QGIS's Python is not installed")
    told = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    told |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    told |= {"XDG_RUNTIME_DIR": str(tmp_path), "TZ": "Europe/Rome"}

    def run(script, *arguments):
        command = [QGIS, script, *arguments]
        done = subprocess.run(command, env=told, capture_output=True, check=True, timeout=120)
        return done.stdout

    return run
