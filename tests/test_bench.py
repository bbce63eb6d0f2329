"""The measuring: it runs, at the smallest size, and says what it could not run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench import __main__ as command  # noqa: E402 - beside the package, found by the path above
from bench import contests, measuring, programs, report, running  # noqa: E402

LITTLE = 50


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return a cache of the measuring for one test, where the peers of PyPI are missing."""
    monkeypatch.setattr(running, "CACHE", tmp_path)
    monkeypatch.setattr(command, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(programs, "PEERS", tmp_path / "peers")
    return tmp_path


def test_it_measures_and_writes_the_page(cache, monkeypatch):
    """One command makes a registry, runs the program and its peers on it, and tells of all."""
    monkeypatch.setattr(command, "SIZES", (LITTLE,))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    page = cache / "page.md"
    names = ["geojson", "import", "help"]
    sizes = ["--sizes", str(LITTLE), "--repeat", "1", "--out", str(page)]
    command.main([*sizes, "--only", *names])
    told = json.loads((cache / "figures.json").read_text("utf-8"))["figures"][str(LITTLE)]
    assert set(told) == set(names)
    for name in names:
        ours = next(c for c in contests.CONTESTS if c.name == name).ours
        figures = told[name][ours.label]
        assert figures["ended"] == ""
        assert 0 < figures["wall"] < 60
        assert figures["memory"] > 10
    text = page.read_text("utf-8")
    assert f"## {LITTLE} records" in text
    for name, program in programs.PROGRAMS.items():
        assert programs.found(name) or f"missing: {name}, which `{program.got_by}`" in text


def test_the_registry_that_is_measured_is_sound(cache, tmp_path, bencomune):
    """Of its labs only those meant to have an error are held back; its history tells of all."""
    from bench.registries import HELD, make

    del cache
    make(tmp_path / "registry.db", HELD)
    done = bencomune("--lang", "en", "export", "labs", "--format", "csv", "--to", "out", "--json")
    told = json.loads(done.stdout)
    assert told["held_back"] == [f"spazio-{HELD - 1:07}"]
    assert told["files"][0]["records"] == HELD - 1


@pytest.mark.parametrize(
    ("program", "ended"),
    [
        ("pass", ""),
        ("import sys; print('no', file=sys.stderr); sys.exit(3)", "failed (3): no"),
        ("import time; time.sleep(60)", "not finished in 1 s"),
    ],
)
def test_a_run_tells_how_it_ended(tmp_path, program, ended):
    """What fails or does not finish is told as that, and is not a figure."""
    run = measuring.measured([sys.executable, "-c", program], tmp_path, 1, {})
    assert run.ended == ended


def test_memory_is_that_of_all_processes(tmp_path):
    """Memory that is held by two processes at once is counted twice, and by a child too."""
    child = "x = b'x' * 60_000_000; import time; time.sleep(1)"
    both = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
    # From a small process: Linux counts what a child was before it ran its own program.
    program = (
        "import sys; from pathlib import Path; from bench.measuring import measured\n"
        f"command = [sys.executable, '-c', {both + child + '; p.wait()'!r}]\n"
        "print(measured(command, Path('.'), 30, {}).memory)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert 120 < float(told.stdout) < 200


def test_what_did_not_finish_stands_on_the_page():
    """A contestant without figures has its reason in the table, and makes no ratio."""
    contest = contests.CONTESTS[0]
    ended = {"wall": 1.0, "cpu": 1.0, "memory": 9.0, "runs": 1, "ended": "not finished in 1 s"}
    fine = ended | {"ended": ""}
    told = {contest.name: {contest.ours.label: fine, "ogr2ogr, GeoJSON": ended}}
    text = report.page({"figures": {"1000": told}})
    assert "| ogr2ogr, GeoJSON | not finished in 1 s |" in text
    assert "| 0.4 of ogr2ogr, GeoJSON | 1,000 |  |  |  | not finished in 1 s |" in text
