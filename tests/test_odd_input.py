"""Input that is read in two ways, or that only other programs write: a sentence, never a fault."""

import sqlite3

import pytest

from bencomune_cli.entities import Lab
from bencomune_cli.geo import Unreadable, parse_boundary, parse_distance
from bencomune_cli.points import read_point
from terminal import bencomune as typed

RING = "[[9,45],[9.5,45],[9.5,45.5],[9,45.5],[9,45]]"


@pytest.fixture
def lab(registry, path):
    """Return the path of a registry with one lab."""
    with registry.operation("init"):
        registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
    registry.close()
    return path


@pytest.mark.parametrize(
    "words",
    [("--words", ""), ("--words", " "), ("--in", ""), ("--near", "")],
)
def test_an_empty_condition_is_not_all(lab, bencomune, words):
    """A condition that a script left empty selects nothing, least of all every record."""
    done = bencomune("lab", "edit", *words, "notes=tutti", "--yes")
    assert done.returncode == 2
    with sqlite3.connect(lab) as connection:
        assert connection.execute("SELECT notes FROM labs").fetchone() == (None,)


@pytest.mark.parametrize(
    "coordinates", [f"[{RING},[]]", "[[]]", f"[{RING},[[9.1,-1e400],[9.2,45.1],[9.2,45.2]]]"]
)
def test_boundaries_of_other_programs(lab, bencomune, coordinates):
    """A ring without points, or without end, is no boundary; every command goes on."""
    boundary = f'{{"type":"Polygon","coordinates":{coordinates}}}'
    with pytest.raises(Unreadable):
        parse_boundary(boundary)
    with sqlite3.connect(lab) as connection:
        connection.execute("UPDATE areas SET boundary = ?", (boundary,))
    connection.close()
    for words in (
        ("check",),
        ("show", "spazio"),
        ("map",),
        ("edit", "spazio", "lat=45.1", "lon=9.1"),
    ):
        assert bencomune(*words).returncode in {0, 1, 2}


def test_a_day_that_no_calendar_has(lab, bencomune):
    """A date that only another program can have written does not break the card off."""
    with sqlite3.connect(lab) as connection:
        connection.execute("UPDATE labs SET verified_on = '2020-02-30'")
    connection.close()
    shown = bencomune("show", "spazio")
    assert (shown.returncode, "2020-02-30" in shown.stdout or "febbraio" in shown.stdout) == (
        0,
        True,
    )


@pytest.mark.parametrize("text", ["45,18", "45,9", "45,9,"])
def test_one_number_of_italy_is_no_point(text):
    """A decimal comma alone makes one number, not a latitude and a longitude."""
    with pytest.raises(Unreadable):
        read_point(text)


@pytest.mark.parametrize("text", ["1.500m", "1,500", "2.000 m"])
def test_a_distance_that_may_be_a_thousand_times_more(text):
    """Italians write a thousand with a point: what may mean both is asked for again."""
    with pytest.raises(Unreadable, match="1500m"):
        parse_distance(text)
    assert parse_distance("1.500km") == 1_500


def test_a_system_without_a_point(lab, bencomune):
    """`--crs` without `--point` does nothing, and says so."""
    done = bencomune("lab", "edit", "spazio", "--crs", "EPSG:3003", "notes=x")
    assert (done.returncode, "--point" in done.stderr) == (2, True)
    assert lab.exists()


@pytest.mark.parametrize("pager", ["less 'x", "false"])
def test_a_pager_that_does_not_show(lab, pager):
    """What a broken pager does not show is printed."""
    shown = typed(lab, "doctor", PAGER=pager, lines=5)
    shown.ends(0)
    assert "doctor" in shown.raw or "registro" in shown.raw.lower()


def test_a_draft_that_is_not_taken_up_stays(lab):
    """No to an earlier draft keeps it under another name, which is told."""
    draft = lab.with_name(f"{lab.name}.draft-lab.json")
    draft.write_text('{"name": "Spazio Primo"}', "utf-8")
    asked = typed(lab, "lab", "add")
    asked.asked("riprenderla?").types("n\r").sees(".old1")
    assert "Spazio Primo" in lab.with_name(f"{draft.name}.old1").read_text("utf-8")
