"""Publication: whole files, true manifests, the same bytes for the same state; and what grows."""

import fcntl
import hashlib
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli import exports, formats
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Contact, Group, Lab, Organisation, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.file_kinds import PURPOSES
from bencomune_cli.layers import LAYERS

MANIFEST = "manifest.json"
USUAL = exports.usual()
BESIDE = {
    f"{name}.{each.extension}": format_
    for format_ in USUAL
    for each in exports._format(format_).companions
    for name, layer in LAYERS.items()
    if each.goes_with(None, layer)
}
EVERY_FILE = {f"{layer}.{name}" for layer in LAYERS for name in USUAL} | BESIDE.keys()


@pytest.fixture
def full(registry):
    """Give a registry with records of each kind."""
    with registry.operation("test"):
        point = {"lat": "45.1", "lon": "9.1", "precision": "address"}
        for name in ("Primo Esempio", "Altro Esempio è così"):
            registry.add(Lab, {"name": name, "state": "active", **point})
        group = {"name": "Secondo Esempio", "state": "active", "meets_at": "primo-esempio"}
        registry.add(Group, group)
        for name in ("Terzo Esempio", "Quarto Esempio"):
            registry.add(Organisation, {"name": name, "state": "active", "seat_public": "yes"})
            subject = name.casefold().replace(" ", "-")
            for role in ("partner_of", "coordinates"):
                ends = {"subject": subject, "role": role, "object": "primo-esempio"}
                registry.add(Relation, ends)
        basis = {"basis": "public_office", "scope": "open_data", "person_name": "Nome Inventato"}
        registry.add(Contact, {"record": "primo-esempio", "role": "press", **basis})
    return registry


@pytest.fixture
def out(tmp_path):
    """Return the folder that files are written to."""
    return tmp_path / "out"


def write(path, folder, layers=tuple(LAYERS), names=(), held=()):
    """Export to a folder; return what was written, by name."""
    with closing(Dataset(path, held)) as dataset:
        chosen = names or USUAL
        written = exports.write_folder(dataset, folder, exports.layers(layers), chosen)
    return {file.name: file for file in written}


def ending(name):
    """Return how the names of the files of a format end."""
    return exports._format(name).extension


def contents(folder):
    """Return the bytes of all files of a folder, hidden ones too, by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def temporaries(folder):
    """Return what an export left half done."""
    return [file.name for file in folder.iterdir() if file.name.startswith(".bencomune")]


# The same state gives the same bytes


@pytest.mark.usefixtures("full")
def test_two_exports_of_one_state_are_equal(path, tmp_path):
    """Two exports of one state are equal byte for byte, manifest and all."""
    write(path, tmp_path / "one")
    write(path, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == EVERY_FILE | {MANIFEST}


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "LANG": "it_IT.UTF-8", "TZ": "Europe/Rome"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati"},
        {
            "PYTHONHASHSEED": "2",
            "LANG": "tr_TR.UTF-8",
            "PYTHONIOENCODING": "latin-1",
            "TZ": "America/Adak",
        },
    ],
    ids=lambda environment: " ".join(environment.values()),
)
@pytest.mark.usefixtures("full")
def test_the_machine_does_not_show(path, tmp_path, bencomune, environment):
    """Hash seed, language, encoding and time zone of who exports change no byte."""
    write(path, tmp_path / "one")
    assert bencomune("export", "--to", tmp_path / "two", **environment).returncode == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_vacuumed_copy_exports_the_same(full, path, tmp_path):
    """The order of rows in the file does not show: a VACUUMed copy gives the same bytes."""
    write(path, tmp_path / "one")
    full.store.connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    write(tmp_path / "copy.db", tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.usefixtures("full")
def test_a_second_export_touches_no_file(path, out):
    """An export that changes nothing leaves every file as it was, its time of change included."""

    def marks():
        return {f.name: (f.stat().st_mtime_ns, f.stat().st_ino) for f in out.iterdir()}

    write(path, out)
    before = marks()
    written = write(path, out)
    assert marks() == before
    assert not any(file.changed for file in written.values())


@pytest.mark.parametrize(
    ("entity", "id_", "layers"),
    [
        (Lab, "altro-esempio-e-cosi", {"labs", "network"}),
        (Group, "secondo-esempio", {"groups", "network"}),
        (Organisation, "quarto-esempio", {"organisations", "network"}),
        (Relation, "quarto-esempio-partner-of-primo-esempio", {"relations"}),
    ],
)
def test_a_change_changes_the_files_that_hold_it(full, path, out, entity, id_, layers):
    """A change of one record changes the files of its layers and the manifest, no other file."""
    write(path, out)
    before = contents(out)
    with full.operation("test"):
        started = "since" if entity is Relation else "started_on"
        full.change(full.finder.record(entity, id_), {started: "2001"})
    written = write(path, out)
    changed = {name for name, data in contents(out).items() if data != before[name]}
    expected = {f"{layer}.{name}" for layer in layers for name in USUAL}
    assert changed == expected | {MANIFEST}
    assert {name for name, file in written.items() if file.changed} == expected


# What is held back


@pytest.fixture
def faulty(full):
    """Give that registry with a lab that another program gave a wrong postcode."""
    sql = "UPDATE labs SET postcode = '12' WHERE id = 'primo-esempio'"
    full.store.connection.execute(sql)
    return full


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
@pytest.mark.usefixtures("faulty")
def test_a_record_with_an_error_is_held_back_and_told(bencomune, out, strict, code):
    """A record with an error is a row in no file, nor are its relations; a person reads why."""
    done = bencomune("export", "--to", out, *strict, BENCOMUNE_LANG="en")
    assert done.returncode == code
    assert "held back: primo-esempio" in done.stderr
    assert "P06  primo-esempio.postcode" in done.stderr
    files = {name: data.decode() for name, data in contents(out).items()}
    for name in USUAL:
        assert "primo-esempio" not in files[f"labs.{name}"]
        assert "primo-esempio" not in files[f"relations.{name}"]
        assert "altro-esempio-e-cosi" in files[f"labs.{name}"]
    told = {entry["name"]: entry["records"] for entry in json.loads(files[MANIFEST])["files"]}
    assert (told["labs.csv"], told["relations.csv"], told["groups.csv"]) == (1, 0, 1)


@pytest.mark.usefixtures("faulty")
def test_a_record_with_an_error_is_not_named_by_others_either(bencomune, out):
    """No file names a record that is held back: not as a partner, nor as where a group meets."""
    assert bencomune("export", "--to", out).returncode == 0
    assert [name for name, data in contents(out).items() if b"primo-esempio" in data] == []


@pytest.mark.usefixtures("faulty")
def test_held_records_are_told_to_programs_too(bencomune, out):
    """With --json standard output is one JSON document that names files and held records."""
    told = json.loads(bencomune("export", "--to", out, "--json").stdout)
    assert told["held_back"] == ["primo-esempio"]
    assert {file["name"] for file in told["files"]} == EVERY_FILE


# Whole files, true manifests


def test_the_manifest_is_true(full, path, out):
    """Sums, sizes and counts are those of the files; the moment is that of the registry."""
    written = write(path, out)
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    assert {entry["name"] for entry in manifest["files"]} == EVERY_FILE
    for entry in manifest["files"]:
        data = (out / entry["name"]).read_bytes()
        assert entry["bytes"] == len(data) == written[entry["name"]].bytes
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        if entry["name"] in BESIDE:
            assert (entry["records"], entry["format"]) == (0, entry["name"].partition(".")[2])
            continue
        assert entry["media_type"] == formats.load(entry["name"].split(".")[1]).FORMAT.media_type
        with closing(Dataset(path)) as dataset:
            assert entry["records"] == dataset.count(LAYERS[entry["layer"]])
    assert (manifest["sequence"], manifest["changed_at"]) == full.store.moment()
    assert manifest["network"] == "Rete Esempio"
    assert manifest["licence"] == "CC BY 4.0"


def test_no_file_tells_when_it_was_made(path, out, bencomune):
    """Files and manifest hold the moments of the data only, none of the run."""
    then = {"SOURCE_DATE_EPOCH": "1000000000"}
    assert bencomune("init", "--name", "Rete Esempio", **then).returncode == 0
    assert bencomune("lab", "add", "--name", "Primo", "--state", "active", **then).stdout
    write(path, out)
    days = set(re.findall(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}", b"".join(contents(out).values())))
    assert days == {b"2001-09-09"}


def test_other_entries_of_the_manifest_stay_true(full, path, out):
    """An export of some layers or formats leaves the other files, and what is told of them."""
    write(path, out)
    before = contents(out)
    with full.operation("test"):
        full.change(full.finder.place("primo-esempio"), {"seats": "7"})
    write(path, out, ["labs"], ["csv"])
    after = contents(out)
    assert {name for name in after if after[name] != before[name]} == {"labs.csv", MANIFEST}
    manifest = json.loads(after[MANIFEST])
    assert {entry["name"] for entry in manifest["files"]} == EVERY_FILE
    for entry in manifest["files"]:
        assert entry["sha256"] == hashlib.sha256(after[entry["name"]]).hexdigest()
        renewed = entry["name"] in {"labs.csv", "labs.csvt", "labs.prj"}
        assert entry["sequence"] == (3 if renewed else 2)
    assert manifest["sequence"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        "null",
        '{"files": 5}',
        '{"files": ["x"]}',
        '{"files": [{"name": 5}]}',
        '{"files": [{"name": ["x"]}]}',
        '{"files": [{"name": "../registry.db", "layer": "labs"}]}',
        '{"files": [{"name": ".."}]}',
        "[" * 100_000,
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=lambda text: text[:40],
)
@pytest.mark.usefixtures("full")
def test_a_spoilt_manifest_is_written_anew(path, out, text):
    """What stands in the manifest's place stops no export, and is not believed."""
    write(path, out)
    good = contents(out)
    (out / MANIFEST).write_text(text, "utf-8")
    write(path, out)
    assert contents(out) == good


@pytest.mark.parametrize("folder", ["out", "public/open/data"])
@pytest.mark.usefixtures("full")
def test_files_are_for_all_to_read(bencomune, tmp_path, folder):
    """Files are 0644 and folders made for them 0755, though the registry is its owner's only."""
    assert bencomune("export", "--to", folder).returncode == 0
    modes = {}
    for made in (tmp_path / folder).rglob("*"):
        modes[made.name] = stat.S_IMODE(made.stat().st_mode)
    assert set(modes.values()) == {0o644}
    made = tmp_path / folder
    while made != tmp_path:
        assert (str(made), stat.S_IMODE(made.stat().st_mode)) == (str(made), 0o755)
        made = made.parent


@pytest.mark.usefixtures("full")
def test_a_file_that_is_there_already_is_for_all_too(path, out):
    """A file whose bytes need no change is readable by all after an export nonetheless."""
    write(path, out)
    for file in out.iterdir():
        file.chmod(0o600)
    write(path, out)
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o644}


@pytest.mark.usefixtures("full")
def test_success_leaves_nothing_but_its_files(path, out):
    """After an export there is no temporary; files of others in the folder are left alone."""
    out.mkdir()
    (out / "LEGGIMI.txt").write_text("di altri", "utf-8")
    (out / ".bencomune-0.tmp").write_text("di un'esportazione interrotta", "utf-8")
    write(path, out)
    assert set(contents(out)) == EVERY_FILE | {MANIFEST, "LEGGIMI.txt"}


@pytest.mark.parametrize("planted", ["labs.csv", "network.kml", MANIFEST])
@pytest.mark.parametrize("victim", ["another text", "the same bytes", "nothing"])
@pytest.mark.usefixtures("full")
def test_a_planted_link_is_replaced(path, tmp_path, out, planted, victim):
    """A link under a file's name is replaced by a file; what it points to is never written."""
    write(path, out)
    good = (out / planted).read_bytes()
    target = tmp_path / "victim"
    if victim != "nothing":
        target.write_bytes(good if victim == "the same bytes" else b"di altri")
    before = target.read_bytes() if target.exists() else None
    (out / planted).unlink()
    (out / planted).symlink_to(target)
    write(path, out)
    assert (out / planted).read_bytes() == good
    assert (target.read_bytes() if target.exists() else None) == before
    assert not (out / planted).is_symlink()


# What goes wrong

BROKEN = '''"""A format that fails after a record."""

from ..words import Text
from . import Format

FORMAT = Format("broken", "text/plain", Text("Rotto", "Broken"))


def write(dataset, layer, out):
    for text in dataset.texts(layer, "id"):
        out.write(text)
        raise RuntimeError("Canarino rotto")
'''
SLOW = '''"""A format that does not end."""

import time

from ..words import Text
from . import Format

FORMAT = Format("slow", "text/plain", Text("Lento", "Slow"))


def write(dataset, layer, out):
    out.write("x" * 5_000_000)
    time.sleep(60)
'''


def changed_since(full):
    """Change a record, so that an export has something to write."""
    with full.operation("test"):
        full.change(full.finder.place("primo-esempio"), {"seats": "7"})


def test_a_format_that_fails_changes_no_file(full, path, out, library, bencomune):
    """A failure in the middle leaves the old files byte for byte, and no temporary."""
    (library / "bencomune_cli" / "formats" / "broken.py").write_text(BROKEN, "utf-8")
    write(path, out)
    before = contents(out)
    changed_since(full)
    chosen = ("--format", "csv", "--format", "broken")
    done = bencomune("export", "--to", out, *chosen, PYTHONPATH=str(library))
    assert done.returncode == 3
    assert "Canarino rotto" in done.stderr
    assert contents(out) == before
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.fixture
def stuck(full, path, out, library):
    """Give a process that is in the middle of an export, with old files and a half-done new one."""
    (library / "bencomune_cli" / "formats" / "slow.py").write_text(SLOW, "utf-8")
    write(path, out)
    changed_since(full)
    command = [sys.executable, "-m", "bencomune_cli", "--registry", path, "export", "--to", out]
    environment = os.environ | {"PYTHONPATH": str(library)}
    process = subprocess.Popen(
        [*command, "--format", "csv", "--format", "slow"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not any((out / name).stat().st_size > 1_000_000 for name in temporaries(out)):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait()


def test_a_killed_export_changes_no_file_and_the_next_sweeps(stuck, path, out):
    """After kill -9 the old files stand, and the next export leaves nothing of the killed one."""
    old = {name: data for name, data in contents(out).items() if name not in temporaries(out)}
    stuck.send_signal(signal.SIGKILL)
    stuck.wait()
    assert temporaries(out)
    assert {name: (out / name).read_bytes() for name in old} == old
    write(path, out)
    assert set(contents(out)) == EVERY_FILE | {MANIFEST}
    assert (out / "labs.csv").read_bytes() != old["labs.csv"]


def test_an_export_at_a_time(stuck, out, bencomune):
    """A second export of the same folder is refused at once, and takes nothing from the first."""
    before, half_done = contents(out), temporaries(out)
    done = bencomune("export", "--to", out, BENCOMUNE_LANG="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{out}: another export is running\n"
    assert temporaries(out) == half_done
    after = contents(out)
    assert all(after[name] == before[name] for name in after if name not in half_done)
    assert stuck.poll() is None


@pytest.mark.usefixtures("full")
def test_a_lock_of_the_folder_is_enough(path, out):
    """The lock is the kernel's, on the folder itself: it leaves no file and ends by itself."""
    out.mkdir()
    descriptor = os.open(out, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(Refused):
        write(path, out)
    assert contents(out) == {}
    os.close(descriptor)
    assert set(write(path, out)) == EVERY_FILE


def unwritable(tmp_path, case):
    """Return a folder that nobody can write in; root can write in any but the kernel's."""
    if case == "is a file":
        (tmp_path / "out").write_text("di altri", "utf-8")
        return tmp_path / "out"
    if case == "is below a file":
        (tmp_path / "file").write_text("di altri", "utf-8")
        return tmp_path / "file" / "out"
    if case == "is a link to nowhere":
        (tmp_path / "out").symlink_to(tmp_path / "nowhere")
        return tmp_path / "out"
    if os.geteuid() == 0:
        return Path("/proc") if case == "is closed" else Path("/proc/out")
    (tmp_path / "closed").mkdir(mode=0o555)
    return tmp_path / "closed" if case == "is closed" else tmp_path / "closed" / "out"


@pytest.mark.parametrize(
    "case",
    ["is a file", "is below a file", "is a link to nowhere", "is closed", "cannot be made"],
)
@pytest.mark.usefixtures("full")
def test_a_folder_that_cannot_be_written_is_told(tmp_path, bencomune, case):
    """A folder that is a file, or that cannot be written in, is told in a sentence: exit code 2."""
    folder = unwritable(tmp_path, case)
    done = bencomune("export", "--to", folder, BENCOMUNE_LANG="en")
    assert done.stdout == ""
    assert done.stderr.startswith(f"{folder}: ")
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


def test_a_folder_under_a_files_name_is_told_and_changes_nothing(full, path, out, bencomune):
    """Where a file cannot take its place, no other file has changed, and no temporary is left."""
    write(path, out)
    changed_since(full)
    (out / "network.kml").unlink()
    (out / "network.kml").mkdir()
    before = {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}
    done = bencomune("export", "--to", out, BENCOMUNE_LANG="en")
    assert temporaries(out) == []
    assert {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()} == before
    assert done.returncode == 2


# Standard output


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONUTF8": "1"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", formats.names())
@pytest.mark.usefixtures("faulty")
def test_standard_output_gets_one_file_and_nothing_else(path, out, name, environment):
    """With `--to -` the bytes are those of the file, in UTF-8 whatever the terminal speaks."""
    write(path, out, names=[name], held={"primo-esempio"})
    command = [sys.executable, "-m", "bencomune_cli", "--registry", path, "export", "labs"]
    done = subprocess.run(
        [*command, "--format", name, "--to", "-"],
        env=os.environ | environment,
        cwd=path.parent,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout == (out / f"labs.{ending(name)}").read_bytes()
    assert b"primo-esempio" in done.stderr
    assert not (path.parent / "-").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "-"),
        ("labs", "--to", "-"),
        ("labs", "groups", "--format", "csv", "--to", "-"),
        ("niente",),
        ("labs", "--format", "niente"),
        ("labs", "--format", "../csv"),
        ("labs", "--no-point", "niente"),
        ("contacts",),
        ("public_contacts",),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("full")
def test_what_cannot_be_exported_is_refused(bencomune, tmp_path, arguments):
    """Contacts, unknown layers and formats, or many files on one output: exit 2, nothing made."""
    before = sorted(tmp_path.iterdir())
    done = bencomune("export", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


# What grows: a format, a rule, a command, an entity

TXT = '''"""Plain text: one identifier a line."""

from ..words import Text
from . import Format

FORMAT = Format("txt", "text/plain", Text("Testo", "Plain text"))


def write(dataset, layer, out):
    out.writelines(f"{text}\\\\n" for text in dataset.texts(layer, "id"))
'''.replace("\\\\", "\\")
RULE = '''"""T: a rule of the tests."""

from ..entities import Lab
from ..findings import Severity
from ..words import Text
from . import Hit, rule


@rule(
    code="T99",
    severity=Severity.WARNING,
    message=Text("si chiama «{name}»", "it is called “{name}”"),
    why=Text("È una prova.", "It is a test."),
    fix=Text("Cambiare nome.", "Change its name."),
    source="tests",
    good=[{"name": "Altro"}],
    bad=[{"name": "Canarino"}],
)
def called_canary(lab: Lab):
    if lab.name == "Canarino":
        yield Hit("name", {"name": lab.name})
'''
COMMAND = '''"""greet: a command of the tests."""

from .. import screen
from ..words import Text
from . import command


def add_to(app):
    command(app, "greet", Text("Saluta.", "Greet."), greet)


def greet():
    screen.out("ciao")
'''
ENTITY = '''"""Event: an entity of the tests."""

from ..declare import column, entity
from ..words import Text
from .shared import PUBLIC, Place, Whole


@entity(table="events", label=Text("Evento", "Event"), plural=Text("Eventi", "Events"))
class Event(Place):
    """Something that happens."""

    places_left: Whole | None = column("Posti liberi", "Places left", audience=PUBLIC)
'''


def grown(library, module, text):
    """Add a module to the copied package."""
    (library / "bencomune_cli" / module).write_text(text, "utf-8")
    return {"PYTHONPATH": str(library), "BENCOMUNE_LANG": "en"}


@pytest.mark.usefixtures("full")
def test_a_format_is_one_file(out, library, bencomune):
    """A new module of formats is exported by name and by default, listed, and described."""
    told = grown(library, "formats/txt.py", TXT)
    done = bencomune("export", "labs", "--format", "txt", "--to", "-", **told)
    assert (done.returncode, done.stdout) == (0, "altro-esempio-e-cosi\nprimo-esempio\n")
    assert bencomune("export", "--to", out, **told).returncode == 0
    assert (out / "groups.txt").read_text("utf-8") == "secondo-esempio\n"
    entries = {e["name"]: e for e in json.loads((out / MANIFEST).read_text("utf-8"))["files"]}
    assert (entries["labs.txt"]["media_type"], entries["labs.txt"]["records"]) == ("text/plain", 2)
    before, after = (bencomune("export", "--help", **more).stdout for more in ({}, told))
    assert ("txt" in before, "txt" in after) == (False, True)
    page = [sys.executable, "-c", "from bencomune_cli.format_manual import pages; print(pages())"]
    environment = os.environ | told
    assert "`txt`" in subprocess.check_output(page, env=environment, encoding="utf-8")


def test_a_rule_is_one_file(full, library, bencomune):
    """A new module of rules is looked at by `check` and told by `explain`."""
    with full.operation("test"):
        full.add(Lab, {"name": "Canarino", "state": "active"})
    told = grown(library, "rules/texts_extra.py", RULE)
    found = json.loads(bencomune("check", "--json", **told).stdout)
    assert [(f["code"], f["record"]) for f in found if f["code"] == "T99"] == [("T99", "canarino")]
    done = bencomune("explain", "T99", **told)
    assert (done.returncode, done.stderr) == (0, "")
    page = done.stdout
    assert page.startswith("T99 called-canary")
    assert "It is a test." in page


def test_a_command_is_one_file(library, bencomune):
    """A new module of commands is registered, run, and listed by --help."""
    told = grown(library, "commands/greet.py", COMMAND)
    assert bencomune("greet", **told).stdout == "ciao\n"
    assert "Greet." in bencomune("--help", **told).stdout


def with_event(library):
    """Add an entity to the copied package."""
    told = grown(library, "entities/event.py", ENTITY)
    names = library / "bencomune_cli" / "entities" / "__init__.py"
    text = names.read_text("utf-8").replace("from .group", "from .event import Event\nfrom .group")
    names.write_text(text.replace("Group, Organisation", "Group, Event, Organisation"), "utf-8")
    return told


EVENT = ("event", "add", "--name", "Festa Esempio", "--state", "active", "--places-left", "7")


@pytest.mark.parametrize("existing", [False, True], ids=["new registry", "existing registry"])
def test_an_entity_is_two_files(library, bencomune, path, existing):
    """Its module and its name in ENTITIES give commands, a table, and history of other programs."""
    before = {} if existing else with_event(library)
    assert bencomune("init", "--name", "Rete Esempio", **before).returncode == 0
    added = bencomune(*EVENT, **(before or with_event(library)))
    assert (added.returncode, added.stdout) == (0, "festa-esempio\n")
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE events SET places_left = 6")
        other.commit()
        changes = other.execute("SELECT after FROM changes WHERE entity = 'events'").fetchall()
        assert other.execute("SELECT entity FROM ids").fetchall() == [("event",)]
    assert [json.loads(after)["places_left"] for (after,) in changes[:2]] == [7, 6]


def test_an_entity_is_published_by_its_two_files(library, bencomune, out):
    """A new kind of place is checked, exported in every format, and told in the JSON Schema."""
    told = with_event(library)
    assert bencomune("init", "--name", "Rete Esempio", **told).returncode == 0
    assert bencomune(*EVENT, **told).returncode == 0
    assert "festa-esempio" in bencomune("check", **told).stdout
    assert bencomune("export", "--to", out, **told).returncode == 0
    for name in USUAL:
        assert b"Festa Esempio" in (out / f"events.{name}").read_bytes()
        assert b"Festa Esempio" in (out / f"network.{name}").read_bytes()
    schema = json.loads(bencomune("describe", "network", "--schema", **told).stdout)
    assert "event" in schema["properties"]["record_type"]["enum"]


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_purpose_has_its_formats(bencomune, tmp_path, purpose):
    """`--for` writes the formats that say they serve it, and no others."""
    fit = exports.fit_for(purpose)
    assert fit
    told = ("--description", "Una rete.", "--publisher", "Comune Esempio", "--publisher-ipa", "c_x")
    place = ("--files-url", "https://www.example.org/dati/")
    assert bencomune("network", "set", *told, *place).returncode == 0
    done = bencomune("export", "labs", "--for", purpose, "--to", tmp_path / "out", "--json")
    assert done.returncode == 0
    files = {each["name"].partition(".")[2] for each in json.loads(done.stdout)["files"]}
    beside = {each.extension for name in fit for each in exports._format(name).companions}
    assert set(map(ending, fit)) <= files <= set(map(ending, fit)) | beside


@pytest.mark.usefixtures("full")
def test_a_purpose_that_does_not_exist_is_refused(bencomune, tmp_path):
    """An unknown purpose is told with those that there are, and nothing is written."""
    done = bencomune("export", "--for", "fax", "--to", tmp_path / "out")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("fax", *PURPOSES))
    assert not (tmp_path / "out").exists()
