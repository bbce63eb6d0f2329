"""Drawings: dots, outlines and clipping are geometry; every line has the width asked for."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from bencomune_cli import drawing
from bencomune_cli.drawing import Canvas, View
from bencomune_cli.geo import Box, distance

BOX = Box(9.0, 45.0, 9.2, 45.1)
longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)
points = st.tuples(longitudes, latitudes)
sizes = st.integers(10, 200)
anywhere = st.floats(allow_nan=True, allow_infinity=True)
texts = st.text(
    st.characters(codec="utf-8", categories=("L", "Mn", "N", "P", "S", "Zs")), max_size=30
)


def lit(canvas):
    """Return the dots that are lit, as pairs counted from the upper left."""
    return {
        (x, y)
        for y in range(canvas.height * 4)
        for x in range(canvas.width * 2)
        if canvas.cells[y // 4][x // 2] & drawing.BITS[x % 2][y % 4]
    }


def told(lines):
    """Return lines of pieces as text."""
    return ["".join(text for text, _ in line) for line in lines]


def drawn(*ends, width=4, height=2):
    """Return a canvas with one line, or a closed outline, through the dots given."""
    canvas = Canvas(width, height)
    (canvas.line if len(ends) == 2 else lambda *dots: canvas.ring(dots))(*ends)
    return canvas


@pytest.mark.parametrize(
    ("start", "end", "dots"),
    [
        ((0, 0), (0, 0), {(0, 0)}),
        ((1, 3), (5, 3), {(1, 3), (2, 3), (3, 3), (4, 3), (5, 3)}),
        ((2, 1), (2, 4), {(2, 1), (2, 2), (2, 3), (2, 4)}),
        ((0, 0), (3, 3), {(0, 0), (1, 1), (2, 2), (3, 3)}),
        ((0, 3), (3, 0), {(0, 3), (1, 2), (2, 1), (3, 0)}),
        ((0, 0), (4, 2), {(0, 0), (1, 1), (2, 1), (3, 2), (4, 2)}),
        ((-5, 2), (20, 2), {(x, 2) for x in range(8)}),
        ((3, -9), (3, 99), {(3, y) for y in range(8)}),
        ((-2, -2), (99, 99), {(i, i) for i in range(8)}),
        ((-5, 2), (-1, 2), set()),
        ((0, -9), (-9, 0), set()),
        ((math.nan, 0), (3, 3), set()),
        ((0, 0), (math.inf, 3), set()),
    ],
)
def test_a_line_lights_its_dots(start, end, dots):
    """A line lights the dots between its ends that lie on the canvas, and says whether any does."""
    canvas = Canvas(4, 2)
    assert canvas.line(start, end) == bool(dots)
    assert lit(canvas) == dots


def test_an_outline_is_closed():
    """An outline has all its sides, the last of which leads back to the first corner."""
    canvas = drawn((1, 1), (6, 1), (6, 5), (1, 5))
    across = {(x, y) for x in range(1, 7) for y in (1, 5)}
    assert lit(canvas) == across | {(x, y) for x in (1, 6) for y in range(1, 6)}


def test_a_known_picture():
    """Dots are shown by Unicode's braille or by ASCII, signs over them, the rest is blank."""
    canvas = drawn((0, 0), (7, 0), (7, 7), (0, 7))
    canvas.signs[1, 1] = "a"
    assert told(canvas.lines()) == ["⡏⠉⠉⢹", "⣇a⣀⣸"]
    assert told(canvas.lines(plain=True)) == ["+''+", "+a.+"]
    assert told(drawn((0, 0), (7, 7)).lines()) == ["⠑⢄  ", "  ⠑⢄"]
    assert told(drawn((0, 0), (7, 7)).lines(plain=True)) == ["'.  ", "  '."]


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ((0, 0), (0, 3), "|"),
        ((1, 0), (1, 3), "|"),
        ((0, 0), (1, 0), "'"),
        ((0, 1), (1, 2), "\\"),
        ((0, 2), (1, 1), "/"),
        ((0, 3), (1, 3), "."),
        ((0, 0), (1, 3), "\\"),
        ((0, 3), (1, 0), "/"),
    ],
)
def test_ascii_looks_like_the_dots(start, end, shown):
    """In ASCII a cell shows the character that is most like its dots."""
    assert told(drawn(start, end, width=1, height=1).lines(plain=True)) == [shown]


def test_what_is_as_wide_as_high_looks_so():
    """A box of a kilometre by a kilometre takes as many dots across as along, at any latitude."""
    for lat in (0.0, 45.0, 60.0):
        view = View.of(Box(9.0, lat, 9.1, lat + 0.05), 40, 20)
        (x, y) = view.dot(view.lon, view.lat)
        east = 1000 / distance(view.lon, view.lat, view.lon + 1, view.lat)
        north = 1000 / distance(view.lon, view.lat, view.lon, view.lat + 1)
        across = view.dot(view.lon + east, view.lat)[0] - x
        along = y - view.dot(view.lon, view.lat + north)[1]
        assert across == pytest.approx(along, rel=0.01)
        assert along == pytest.approx(1000 / view.metres, rel=0.01)


def test_a_box_is_in_its_view():
    """A view holds the whole box, north up and east on the right, with a free cell around it."""
    view = View.of(BOX, 40, 20)
    west, north = view.cell(BOX.west, BOX.north)
    east, south = view.cell(BOX.east, BOX.south)
    assert 1 <= west < east <= 38
    assert 1 <= north < south <= 18
    assert (west, east) == (1, 38) or (north, south) == (1, 18)
    assert view.cell(8.0, 45.0) is None
    assert view.cell(9.1, 46.0) is None


@given(st.lists(points, min_size=1, max_size=30), sizes, sizes, st.booleans())
@example([(180.0, 90.0), (-180.0, -90.0)], 10, 10, True)
@example([(9.0, 45.0)], 200, 10, False)
def test_any_points_in_any_size(found, width, height, plain):
    """Any points give a drawing of the size asked for, in which each is a sign, or is outside."""
    box, _ = drawing.extent(found, [BOX])
    view, canvas = View.of(box, width, height), Canvas(width, height)
    canvas.ring([view.dot(*point) for point in found])
    cells = [view.cell(*point) for point in found]
    canvas.signs = {cell: "X" for cell in cells if cell}
    shown = drawing.framed(canvas.lines(plain=plain), width, plain=plain)
    assert {cell_len(line) for line in told(shown)} == {width + 2}
    assert len(shown) == height + 2
    assert sum(line.count("X") for line in told(shown)) == len(set(cells) - {None})
    assert all(
        (cell is None) <= (not box.holds(*at)) for at, cell in zip(found, cells, strict=True)
    )
    assert not plain or "".join(told(shown)).isascii()
    bar = drawing.scale_bar(view, plain=plain)
    assert cell_len(bar) <= width + 2 or width < 20


@given(st.lists(st.tuples(anywhere, anywhere), max_size=9), sizes)
def test_any_outline(dots, size):
    """No outline breaks a drawing, whatever its numbers are."""
    canvas = Canvas(size, size)
    assert canvas.ring(dots) == bool(lit(canvas))


@given(st.lists(points, min_size=3, max_size=20))
def test_most_points_are_together(found):
    """What is apart is always fewer than half of the points."""
    assert len(drawing.together(found, found)) > len(found) / 2


def test_what_is_far_apart_has_no_say():
    """A point in another country does not shrink a town to a dot; one of the next town may."""
    town = [(9.10, 45.10), (9.11, 45.11), (9.12, 45.10)]
    assert drawing.extent([*town, (12.5, 41.9)], [])[0] == drawing.around(town)
    near = [*town, (9.2, 45.15)]
    assert drawing.extent(near, [])[0] == drawing.around(near)
    assert drawing.extent([town[0], (12.5, 41.9)], [BOX])[0] == BOX
    two = [town[0], (12.5, 41.9)]
    assert drawing.extent(two, [])[0] == drawing.around(two)


def test_an_area_is_shown_whole_unless_it_is_far_larger():
    """An area around the points is shown whole; one many times larger is cut, and told."""
    wide, close = [(9.05, 45.05), (9.15, 45.06)], [(9.05, 45.05), (9.06, 45.05)]
    assert drawing.extent(wide, [BOX]) == (BOX, [])
    assert drawing.extent(close, [BOX]) == (drawing.around(close), [BOX])
    assert drawing.extent(wide[:1], [BOX]) == (BOX, [])
    away = Box(8.0, 44.0, 8.1, 44.1)
    assert drawing.extent(wide, [BOX, away]) == (BOX, [])


@given(st.floats(0.1, 1e6), st.integers(20, 200))
def test_the_scale_is_of_a_round_length(metres, width):
    """The bar measures 1, 2 or 5 times a power of ten, and is as long as it says."""
    view = View(9.0, 45.0, metres, width, 20)
    bar, number, unit = drawing.scale_bar(view, plain=True).rsplit(" ", 2)
    said = float(number) * (1000 if unit == "km" else 1)
    assert said / 10 ** math.floor(math.log10(said) + 1e-9) in {1.0, 2.0, 5.0}
    assert len(bar) == max(round(said / (metres * 2)), 2)
    assert len(bar) <= width / 3


@given(texts, st.integers(1, 40), st.booleans())
def test_a_text_is_cut_to_its_columns(text, width, plain):
    """A text keeps within its columns, counted as a terminal does, and is whole where it fits."""
    cut = drawing.cut(text, width, plain=plain)
    assert drawing.columns_of(cut) <= width
    assert (cut == text) == (drawing.columns_of(text) <= width)
    assert drawing.columns_of(drawing.padded(cut, width)) == width


def test_columns_are_those_of_a_terminal():
    """Wide letters take two columns, accents none."""
    for text in ("Città", "Citta\u0300", "漢字", "a", "", "é́"):
        assert drawing.columns_of(text) == cell_len(text)


@given(st.lists(st.text("abc漢", min_size=1, max_size=9), max_size=40), st.integers(10, 120))
def test_columns_hold_every_entry(entries, width):
    """Entries in columns are all there, downwards in their order, and within the width."""
    lines = drawing.in_columns([[(f"<{each}>", "")] for each in entries], width)
    shown = told(lines)
    assert all(cell_len(line) <= max(width, 20) for line in shown)
    assert sorted("".join(shown).replace(" ", "")) == sorted("".join(f"<{e}>" for e in entries))
    assert len(lines) <= len(entries)
    for line, entry in zip(shown, entries, strict=False):
        assert line.startswith(f"<{entry}>")


@pytest.mark.parametrize(
    ("encoding", "environment", "plain"),
    [
        ("utf-8", {"LANG": "it_IT.UTF-8"}, False),
        ("UTF-16", {}, False),
        ("iso8859-1", {"LANG": "it_IT"}, True),
        ("utf-8", {"LC_ALL": "C", "LANG": "it_IT.UTF-8"}, True),
        ("utf-8", {"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, False),
        ("utf-8", {"LANG": "POSIX"}, True),
        ("utf-8", {"TERM": "dumb"}, True),
    ],
)
def test_where_only_ascii_is_understood(encoding, environment, plain):
    """Dots need UTF, a locale that is not C, and a terminal that is not dumb."""
    assert drawing.only_ascii(encoding, environment) is plain
