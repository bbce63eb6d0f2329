"""A new point, and what was said of the one before."""

import json
import os
import sys

import pexpect
import pytest

from bencomune_cli.entities import Lab

OLD = {
    "name": "Spazio Esempio",
    "state": "active",
    "lat": "45.1",
    "lon": "9.1",
    "precision": "address",
    "point_source": "Fonte Esempio",
    "point_as_given": "45.1, 9.1",
}
OF_POINT = ("precision", "point_source", "point_as_given")
WHOLE = ("address", "Fonte Esempio", "45.1, 9.1")


@pytest.fixture
def of_point(registry, bencomune):
    """Return a function that gives what is said of the point of the only lab."""
    with registry.operation("lab add"):
        registry.add(Lab, OLD)
    registry.close()

    def now():
        told = json.loads(bencomune("show", "spazio-esempio", "--json").stdout)
        return tuple(told.get(name) for name in OF_POINT)

    return now


@pytest.mark.parametrize(
    ("command", "left"),
    [
        (("lab", "edit", "spazio", "--point", "45.2, 9.2"), (None, None, "45.2, 9.2")),
        (("edit", "spazio", "lat=45.2"), (None, None, None)),
        (("edit", "spazio", "lat!", "lon!", "precision!"), (None, None, None)),
        (("lab", "edit", "--where", "state=active", "lon=9.2", "--yes"), (None, None, None)),
        (
            ("lab", "edit", "spazio", "--lat", "45.2", "--precision", "street"),
            ("street", None, None),
        ),
        (
            ("edit", "spazio", "lat=45.2", "point_source=Fonte Esempio"),
            (None, "Fonte Esempio", None),
        ),
        (
            ("lab", "edit", "--where", "state=active", "lat=45.2", "precision=address", "--yes"),
            ("address", None, None),
        ),
        (("edit", "spazio", "seats=3"), WHOLE),
        (("edit", "spazio", "precision=masked"), ("masked", *WHOLE[1:])),
    ],
)
def test_what_was_said_of_the_old_point_goes_with_it(of_point, bencomune, command, left):
    """A point that changes leaves no source, text or precision of the old; those given stay."""
    done = bencomune(*command)
    assert (done.returncode, of_point()) == (0, left), done.stderr
    bencomune("undo")
    assert of_point() == WHOLE


def test_the_same_point_once_more_takes_nothing(of_point, bencomune):
    """A point that is given as it is already leaves all that was said of it."""
    assert bencomune("lab", "edit", "spazio", "--lat", "45.1", "--lon", "9,1").returncode == 0
    assert of_point() == WHOLE


def test_it_is_said(of_point, bencomune):
    """A person is told which columns a new point has emptied, and in a preview sees them."""
    preview = bencomune("edit", "spazio", "lat=45.2", "--dry-run").stdout
    assert "spazio-esempio\tpoint_source\tFonte Esempio\t\n" in preview
    assert of_point() == WHOLE
    said = bencomune("edit", "spazio", "lat=45.2").stderr
    assert "svuotato ciò che valeva per quello di prima (Fonte del punto, " in said
    assert "svuotato" not in bencomune("edit", "spazio", "seats=3").stderr


def test_that_a_point_is_masked_is_a_wish(of_point, bencomune):
    """A record that is to be published with a rounded point stays so at another point."""
    bencomune("edit", "spazio", "precision=masked")
    bencomune("edit", "spazio", "lat=45.2")
    assert of_point() == ("masked", None, None)


def test_a_first_point_takes_nothing(registry, bencomune):
    """What is told before there is a point is of the point to come."""
    with registry.operation("lab add"):
        registry.add(Lab, {"name": "Spazio Esempio", "point_source": "Fonte Esempio"})
    registry.close()
    bencomune("edit", "spazio", "lat=45.2", "lon=9.1")
    told = json.loads(bencomune("show", "spazio", "--json").stdout)
    assert told["point_source"] == "Fonte Esempio"


def test_an_import_follows(of_point, bencomune, path):
    """A row that moves a record empties what was said of its point; one that does not, nothing."""
    for lat, left in (("45.1", WHOLE), ("45.2", (None, None, None))):
        rows = f"id,name,lat,lon\nspazio-esempio,Spazio Esempio,{lat},9.1\n"
        (path.parent / "rilievo.csv").write_text(rows, "utf-8")
        done = bencomune("import", "rilievo.csv", "--as", "lab", "--apply")
        assert (done.returncode, of_point()) == (0, left), done.stderr
    bencomune("undo")
    assert of_point() == WHOLE


def test_on_a_page_too(of_point, path):
    """A new point written on a page in the editor leaves nothing of the old."""
    editor = path.parent / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i \'s/^lat = .*/lat = "45.2"/\' "$1"\n', "utf-8")
    editor.chmod(0o700)
    ours = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it", "EDITOR": str(editor)}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "bencomune_cli", "edit", "spazio"],
        env={**os.environ, "VISUAL": "", "TERM": "xterm", **ours},
        encoding="utf-8",
        timeout=20,
        dimensions=(50, 300),
    )
    said = child.read()
    child.close()
    assert (child.exitstatus, of_point()) == (0, (None, None, None)), said
    assert "svuotato ciò che valeva per quello di prima" in said
