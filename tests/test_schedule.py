"""`schedule`: what systemd, cron and Windows are given, as they take it apart."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bencomune_cli import schedules
from bencomune_cli.errors import Refused
from bencomune_cli.schedules import Job, cron, systemd, windows

NEEDED = "BENCOMUNE_TESTS_NEED_PROGRAMS" in os.environ
EVERY = list(schedules.EVERY)
NASTY = ["plain", "with space", "100% più", "it's $HOME `id`", 'a "b" \\n c', "%h&<x>;|#~*"]
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze") and not NEEDED, reason="systemd is not there"
)


def job_of(folder, every="day"):
    """Return a job whose program tells what it was given, in a folder of any name."""
    folder.mkdir(exist_ok=True)
    program = folder / "the program"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\nprint([sys.argv[1:], dict(os.environ)])"
    )
    program.chmod(0o755)
    registry = folder / "registry.db"
    command = [str(program), "--no-input", "--registry", str(registry), "publish"]
    return Job(command, registry, every, 4, 5)


def as_cron_runs(line, cwd="/"):
    """Run a line of a table as cron does: its own rule of `%`, then sh, with nearly nothing set."""
    told = re.sub(r"(?<!\\)%.*", "", line).replace("\\%", "%")
    command = told.split(" ", 5)[5]
    bare = {"HOME": "/", "LOGNAME": "x", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LC_ALL": "C"}
    words = ["env", "-i", *(f"{name}={value}" for name, value in bare.items())]
    return subprocess.run(
        [*words, "/bin/sh", "-c", command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("name", NASTY)
def test_the_line_of_cron_gives_the_words_as_they_are(tmp_path, name):
    """Whatever stands in a path, cron's shell gives the program exactly the words it is to have."""
    job = job_of(tmp_path / name)
    mark, line = cron.written(job).splitlines()
    assert mark.startswith("# bencomune-publish-")
    done = as_cron_runs(line)
    assert done.returncode == 0, done.stderr
    words, environment = eval(done.stdout)  # noqa: S307 - what our own program wrote
    assert words == ["--quiet", *job.command[1:]]
    assert environment["BENCOMUNE_LANG"] in {"it", "en"}


QUOTED = [name for name in NASTY if set(name) & set("'\"\\")]


@needs_systemd
@pytest.mark.parametrize("name", QUOTED)
def test_systemd_takes_the_words_apart_as_they_are(tmp_path, name):
    """What systemd refuses of a program's path it shows as it read it; so it is refused before."""
    job = job_of(tmp_path / name)
    with pytest.raises(Refused, match="--as cron"):
        systemd.units(job)
    path = tmp_path / "x.service"
    path.write_text(f"[Service]\nType=oneshot\nExecStart=:{systemd._words(job.command[:1])}\n")
    assert job.command[0] in looked_at(path)[1]
    there = job_of(tmp_path / "plain")
    verified(tmp_path / "units", there._replace(command=[there.command[0], *job.command]))


@needs_systemd
@pytest.mark.parametrize("name", sorted({*NASTY} - {*QUOTED}))
@pytest.mark.parametrize("every", EVERY)
def test_systemd_accepts_the_units(tmp_path, name, every):
    """`systemd-analyze verify` has nothing to say: it finds the program and understands all."""
    verified(tmp_path / "units", job_of(tmp_path / name, every))
    assert "SuccessExitStatus=10\n" in next(tmp_path.glob("units/*.service")).read_text("utf-8")


def verified(folder, job):
    """Have systemd look at the units of a job."""
    folder.mkdir()
    for unit, text in systemd.units(job).items():
        (folder / unit).write_text(text)
    assert looked_at(*folder.iterdir()) == (0, "")


def looked_at(*units):
    """Return what systemd says of units, and how that ends."""
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", *map(str, units)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(units[0].parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_systemd_would_say_what_is_wrong(tmp_path):
    """The look of systemd sees a program that is not where its unit says, and a wrong time."""
    job = job_of(tmp_path / "a b")
    Path(job.command[0]).unlink()
    for unit, text in systemd.units(job).items():
        (tmp_path / unit).write_text(text.replace("OnCalendar=", "OnCalendar=x"))
        code, said = looked_at(tmp_path / unit)
        assert "not executable" in said or "Failed to parse" in said
        assert code or "parse" in said


@needs_systemd
@pytest.mark.parametrize("every", EVERY)
def test_the_times_of_systemd_are_those_told(tmp_path, every):
    """The calendar expression means a time at 4:05, or at minute 5."""
    timer = next(
        text
        for name, text in systemd.units(job_of(tmp_path / "x", every)).items()
        if "timer" in name
    )
    when = re.search(r"^OnCalendar=(.*)$", timer, re.MULTILINE)[1]
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", "--base-time=2026-01-01 00:00:00", when],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(?:elapse|Iteration #\d|Iter. #\d): (\w+ \S+ \S+)", done.stdout)
    expected = {
        "hour": ["Thu 2026-01-01 00:05:00", "Thu 2026-01-01 01:05:00"],
        "day": ["Thu 2026-01-01 04:05:00", "Fri 2026-01-02 04:05:00"],
        "weekday": [
            "Thu 2026-01-01 04:05:00",
            "Fri 2026-01-02 04:05:00",
            "Mon 2026-01-05 04:05:00",
        ],
        "week": ["Mon 2026-01-05 04:05:00", "Mon 2026-01-12 04:05:00"],
        "month": ["Thu 2026-01-01 04:05:00", "Sun 2026-02-01 04:05:00"],
    }[every]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize("every", EVERY)
def test_the_times_of_cron_are_those_told(tmp_path, every):
    """The five fields of the line."""
    line = cron.written(job_of(tmp_path / "x", every)).splitlines()[1]
    fields = {
        "hour": "5 * * * *",
        "day": "5 4 * * *",
        "weekday": "5 4 * * 1-5",
        "week": "5 4 * * 1",
        "month": "5 4 1 * *",
    }
    assert line.startswith(f"{fields[every]} BENCOMUNE_LANG=")


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("every", EVERY)
def test_the_task_of_windows_is_well_formed(tmp_path, name, every):
    """The task is XML of one trigger and one command, whatever stands in the paths."""
    job = job_of(tmp_path / name, every)
    top = ET.fromstring(windows.written(job))  # noqa: S314 - of our own making
    of = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    (trigger,) = top.findall("t:Triggers/t:CalendarTrigger", of)
    assert trigger.find("t:StartBoundary", of).text.endswith(
        "T00:05:00" if every == "hour" else "T04:05:00"
    )
    (run,) = top.findall("t:Actions/t:Exec", of)
    assert run.find("t:Command", of).text == job.command[0]
    told = run.find("t:Arguments", of).text
    assert told == subprocess.list2cmdline(job.command[1:])


def test_a_path_that_no_line_can_hold_is_refused(tmp_path, bencomune):
    """A path with a line break is refused for every system."""
    folder = tmp_path / "a\nb"
    folder.mkdir()
    bencomune("--registry", folder / "r.db", "init", "--name", "Rete")
    for name in schedules.names():
        done = bencomune("--registry", folder / "r.db", "schedule", "--as", name)
        assert done.returncode == 2
        assert "rinominarlo" in done.stderr


@pytest.fixture
def network(registry, bencomune):
    """Return the program on a registry that is closed."""
    registry.close()
    return bencomune


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "25:00"], "--at"),
        (["--at", "4"], "04:00"),
        (["--every", "year"], "hour, day"),
        (["--as", "launchd"], "cron, systemd, windows"),
        (["--install", "--remove"], "--install"),
    ],
)
def test_what_is_asked_wrongly_is_refused(network, words, said):
    """The refusal tells what can be asked; nothing is written."""
    done = network("schedule", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_registry_that_is_not_there_is_not_scheduled(bencomune):
    """A mistyped path is told now, not at four in the morning."""
    assert bencomune("schedule").returncode == 2


def test_a_token_of_the_environment_is_warned_of(network, path):
    """A portal whose token only the person's own shell knows gets a word now."""
    told = '[publish]\nto = ["ckan"]\n[ckan]\nurl = "https://x.example"\norganisation = "o"\n'
    path.with_name("bencomune.toml").write_text(f'{told}dataset = "d"\n')
    assert "token_file" in network("schedule", "--as", "cron").stderr


def test_the_line_publishes_from_a_bare_environment(network, path, tmp_path):
    """The line that is printed publishes: no terminal, LC_ALL=C, another folder, nothing set."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    line = network("schedule", "--as", "cron").stdout.splitlines()[1]
    first = as_cron_runs(line, elsewhere)
    assert first.returncode == 0, first.stderr
    assert (path.parent / "exports" / "manifest.json").exists()
    assert list(elsewhere.iterdir()) == []
    assert (first.stdout, first.stderr) == (b"", b"")
    assert as_cron_runs(line, elsewhere).returncode == 10


@pytest.mark.skipif(not shutil.which("systemctl"), reason="systemd is not there")
def test_units_that_systemd_does_not_take_are_told_of(network, tmp_path):
    """Where no manager of the user runs, the files are in place, and what is left to do is told."""
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_RUNTIME_DIR": str(tmp_path)}
    home |= {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    done = network("schedule", "--as", "systemd", "--install", **home)
    assert done.returncode == 2
    assert "systemctl --user enable --now" in done.stderr
    found = sorted((tmp_path / "config" / "systemd" / "user").iterdir())
    assert [each.suffix for each in found] == [".service", ".timer"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in found} == {0o644}
    done = network("schedule", "--as", "systemd", "--remove", **home)
    assert done.returncode == 0
    assert list((tmp_path / "config" / "systemd" / "user").iterdir()) == []


HAS_TABLE = bool(shutil.which("crontab")) and (
    subprocess.run(["crontab", "-l"], capture_output=True, check=False).returncode == 0
)


@pytest.mark.skipif(
    not shutil.which("crontab") or HAS_TABLE, reason="cron is not there, or is used here"
)
def test_the_table_of_cron_keeps_what_others_wrote(network):
    """One line for one registry, between those of others; taken out, theirs are as before."""

    def table(given=None):
        words = ["crontab", "-"] if given else ["crontab", "-l"]
        done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
        return done.stdout

    theirs = "MAILTO=office@example.org\n1 2 3 4 5 /bin/true\n"
    try:
        assert network("schedule", "--as", "cron", "--install").returncode == 0
        table(theirs + table())
        assert network("schedule", "--as", "cron", "--install", "--at", "5:30").returncode == 0
        assert table().startswith(theirs)
        assert re.findall(r"^(\S+ \S+) \* \* \* .*publish", table(), re.MULTILINE) == ["30 5"]
        assert network("schedule", "--as", "cron", "--remove").returncode == 0
        assert table() == theirs
    finally:
        subprocess.run(["crontab", "-r"], capture_output=True, check=False)
