"""The tests bite: without any one of these guards, one of them fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from judged import problems
from test_power_cuts import cuts, recorded

import bencomune_cli
from conftest import Stage

ROOT = Path(__file__).parent.parent.parent
# Cuts at every moment, and once more where nothing is noticed: some weaknesses are open for one
# call, and then by chance.
EACH = (8, 20)


class Mutant(NamedTuple):
    """A module without one of its guards, and what must notice: a test, or a work whose power goes.

    What stands in the module once is replaced.
    """

    module: str
    old: str
    new: str
    noticed_by: str


CUT = {
    "synchronous FULL": Mutant("faults.py", "synchronous = EXTRA", "synchronous = FULL", "undo"),
    "synchronous OFF": Mutant("faults.py", "synchronous = EXTRA", "synchronous = OFF", "edit"),
    "a file that is staged is not synced": Mutant(
        "whole_files.py", "os.fsync(file.fileno())\n        digest", "digest", "export"
    ),
    "a small file is not synced": Mutant(
        "whole_files.py", "os.fsync(file.fileno())\n    temporary", "pass\n    temporary", "export"
    ),
    "no folder is synced": Mutant("whole_files.py", "os.fsync(descriptor)", "pass", "export"),
    "the state is not synced": Mutant("drafts.py", "os.fsync(file.fileno())", "pass", "publish"),
    "the manifest is not last": Mutant(
        "swapping.py", "if name == MANIFEST:", "if name == '':", "publish"
    ),
    "a copy is not synced": Mutant(
        "publications.py", "sync(path)  # those", "pass  # those", "rollback"
    ),
    "a new folder of files is not synced": Mutant(
        "whole_files.py", "sync(each.parent)", "pass", "first publication"
    ),
    "a registry is made in its place": Mutant(
        "files.py",
        "            yield new\n            _take_name(new, path)",
        "            yield path",
        "init",
    ),
}
TESTED = {
    "a writer reads first": Mutant(
        *("files.py", "BEGIN IMMEDIATE", "BEGIN DEFERRED"),
        "test_store.py::test_one_begin_and_one_commit",
    ),
    "what is deleted stays in the file": Mutant(
        *("faults.py", "secure_delete = ON", "secure_delete = OFF"),
        "test_store.py::test_deleted_rows_leave_no_byte",
    ),
    "a registry is for all to read": Mutant(
        *("files.py", "os.O_RDWR, 0o600", "os.O_RDWR, 0o644"),
        "test_store.py::test_only_the_owner_reads_a_new_registry",
    ),
    "damage is not looked for": Mutant(
        *("shape.py", "elif found.type != made.type or not _same(made, found):", "elif False:"),
        "test_shape.py::test_an_index_that_was_changed_stops_writing",
    ),
    "no authorizer": Mutant(
        *("gates.py", "self.connection.set_authorizer(self._allow)", "pass"),
        "test_dataset.py::test_attacks_leave_no_trace",
    ),
    "anybody may prepare a statement": Mutant(
        *("gates.py", "if not self._preparing:", "if False:"),
        "test_dataset.py::test_the_connection_itself_takes_no_statement",
    ),
    "nothing is sought in finished files": Mutant(
        *("publishing.py", "return searcher.leaks(built), []", "return [], []"),
        "test_publish.py::test_a_leak_is_for_a_person_to_look_at",
    ),
    "all that a record holds reaches the terminal": Mutant(
        *("screen.py", "return str(text).translate(_told)", "return str(text)"),
        "test_screen.py::test_visible_leaves_only_what_prints",
    ),
    "formulas in CSV": Mutant(
        *("formats/csv.py", "_guarded(rows)", "rows"),
        "test_formats.py::test_the_guard_holds_in_the_file",
    ),
    "formulas in tables of findings": Mutant(
        *("finding_files.py", "guarded(str(values[name]))", "str(values[name])"),
        "test_check.py::test_csv_is_one_table_that_no_spreadsheet_runs",
    ),
    "formulas in CSV for Excel": Mutant(
        *("formats/excel.py", "safe = guarded(text)", "safe = text"),
        "test_written_spreadsheets.py",
    ),
    "formulas in XLSX": Mutant(
        *(
            "bundles/xlsx.py",
            "sheet.write_string(row, place, text_told,",
            "sheet.write(row, place, text_told,",
        ),
        "test_written_spreadsheets.py::test_no_cell_is_a_formula_or_a_link",
    ),
    "mark-up in KML": Mutant(
        *("formats/kml.py", '    "<": "&lt;",\n', ""),
        "test_formats.py::test_kml_is_valid_and_plain",
    ),
    "mark-up in the feed": Mutant(
        *("feeds.py", "return escape(", "return (lambda text: text)("),
        "test_publish.py::test_marks_in_a_name_are_no_marks_of_the_page",
    ),
    "mark-up in Markdown": Mutant(
        *("markdown.py", 'r"\\\\\\1"', 'r"\\1"'),
        "test_publish.py::test_marks_in_a_name_are_no_marks_of_the_page",
    ),
    "quotes in Turtle": Mutant(
        *("graphs.py", "value.text.translate(_ESCAPED)", "value.text"),
        "test_metadata.py::test_every_text_and_address_comes_through",
    ),
}


@pytest.fixture
def mutated(tmp_path):
    """Return a function that makes a copy of the package without a guard, for PYTHONPATH."""

    def make(mutant):
        package = tmp_path / "library" / "bencomune_cli"
        shutil.copytree(Path(bencomune_cli.__file__).parent, package)
        module = package / mutant.module
        text = module.read_text("utf-8")
        assert text.count(mutant.old) == 1, mutant
        module.write_text(text.replace(mutant.old, mutant.new), "utf-8")
        return package.parent

    return make


@pytest.mark.parametrize("name", CUT)
def test_a_power_cut_notices(disk, memory, mutated, name):
    """The simulator of power cuts sees what each setting and each sync is for."""
    place = memory / f"mutant-{list(CUT).index(name)}"
    place.mkdir()
    stage = Stage(place, disk, mutated(CUT[name]))
    try:
        told = recorded(stage, CUT[name].noticed_by)
        moments = range(len(told.calls) + 1)
        tried = ([point for point in moments for _ in range(each)] for each in EACH)
        assert any(problems(*cut) for points in tried for cut in cuts(stage, told, points))
    finally:
        stage.close()
        shutil.rmtree(place)


@pytest.mark.parametrize("name", TESTED)
def test_a_test_notices(mutated, name):
    """Without a guard the test that is named for it fails; with it, it passes among all others."""
    mutant = TESTED[name]
    pytest_ = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
    done = subprocess.run(
        [*pytest_, f"tests/{mutant.noticed_by}"],
        env=os.environ | {"PYTHONPATH": str(mutated(mutant))},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, " failed" in done.stdout) == (1, True), done.stdout + done.stderr
