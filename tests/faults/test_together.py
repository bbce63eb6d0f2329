"""Many at once: writers, exports and publications on one registry."""

import csv
import importlib.util
import json
import sqlite3
from contextlib import closing

from works import REGISTRY

COLUMNS = ("cost", "opening_note", "address_note", "summary", "description", "notes", "alt_names")
LABS = ("spazio-numero-1", "spazio-numero-2", "spazio-numero-3")
EDITS, EXPORTERS, EXPORTS = 8, 4, 5
PATIENCE = 15  # seconds after which a person would be told that the registry is locked
TOLD = ("seats", "cost", "opening_note", "summary")  # public columns that exports are compared by


def writer(column):
    """Return the commands of a writer, who has one column of the same records."""
    return [
        ["lab", "edit", LABS[n % len(LABS)], f"{column}=valore {n}", "--why", f"{column} {n}"]
        for n in range(EDITS)
    ]


def counter():
    """Return the commands of a writer who changes all records at once to one number."""
    return [
        ["lab", "edit", "--where", "state=active", f"seats={n + 10}", "--yes"] for n in range(EDITS)
    ]


def exporter(number):
    """Return the commands of one who exports all the time."""
    told = ("export", "labs", "--format", "csv", "--format", "geojson", "--to")
    return [[*told, f"out/{number}-{n}"] for n in range(EXPORTS)]


def saver():
    """Return the commands of one who makes backups, where there is such a command."""
    there = importlib.util.find_spec("bencomune_cli.commands.backup")
    return [["backup", f"copy-{n}.db"] for n in range(EXPORTS)] if there else []


def test_many_at_once(stage):
    """Of 8 writers none loses an edit or is told to wait; each of 20 exports is of one moment."""
    place = stage.begun("edit")
    lists = [*map(writer, COLUMNS), counter(), *map(exporter, range(EXPORTERS)), saver()]
    lists.append([["publish", "--accept"]] * 3)
    ends = stage.ask("together", folder=place, lists=lists, out=stage.place / "told")["ends"]
    runs = [run for end in ends for run in end["runs"]]
    assert [
        (run, end["err"]) for end in ends for run in end["runs"] if run["code"] not in (0, 10)
    ] == []
    assert len(runs) == sum(map(len, lists))
    assert max(run["seconds"] for run in runs) < PATIENCE, [end["err"] for end in ends]
    assert not [end["err"] for end in ends if "try again" in end["err"] or "Trace" in end["err"]]
    with closing(sqlite3.connect(place / REGISTRY)) as connection:
        assert_nothing_lost(connection)
        for folder in (place / "out").iterdir():
            assert_of_one_moment(connection, folder)


def assert_nothing_lost(connection):
    """Assert that each writer's last values are there, and that history is one chain."""
    for column in COLUMNS:
        for lab in LABS:
            last = max(n for n in range(EDITS) if LABS[n % len(LABS)] == lab)
            found = connection.execute(f"SELECT {column} FROM labs WHERE id = ?", (lab,)).fetchone()
            assert found == (f"valore {last}",)
        told = "SELECT count(*) FROM operations WHERE why LIKE ? || ' %'"
        assert connection.execute(told, (column,)).fetchone() == (EDITS,)
    for (lab,) in connection.execute("SELECT id FROM labs").fetchall():
        rows = "SELECT before, after FROM changes WHERE record = ? ORDER BY seq"
        changes = [tuple(map(content, row)) for row in connection.execute(rows, (lab,))]
        assert [before for before, _ in changes[1:]] == [after for _, after in changes[:-1]]
        version = connection.execute("SELECT version FROM labs WHERE id = ?", (lab,)).fetchone()
        assert version == (len(changes),)


def content(text):
    """Return a row of history without what changes by itself."""
    row = json.loads(text or "{}")
    return {n: v for n, v in row.items() if n not in {"version", "updated_at", "created_at"}}


def assert_of_one_moment(connection, folder):
    """Assert that the files of a folder are all of the moment that the manifest tells."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    last = "SELECT max(seq) FROM changes WHERE entity = 'labs' AND operation <= ? GROUP BY record"
    rows = connection.execute(
        f"SELECT record, after FROM changes WHERE seq IN ({last})", (manifest["sequence"],)
    )
    then = {id_: [str(json.loads(row).get(n) or "") for n in TOLD] for id_, row in rows}
    with (folder / "labs.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: [row[name] for name in TOLD] for row in csv.DictReader(file)}
    assert told == then
    features = json.loads((folder / "labs.geojson").read_text("utf-8"))["features"]
    seen = {each["id"]: each["properties"] for each in features}
    assert {id_: [str(p.get(name) or "") for name in TOLD] for id_, p in seen.items()} == then
