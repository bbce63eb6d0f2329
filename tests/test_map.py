"""The map and the bars, as the program draws them in pipes and in real terminals."""

import json
import math
import os
import re
import subprocess
import sys
import time

import pexpect
import pyte
import pytest

from bencomune_cli.commands.map import SIGNS
from bencomune_cli.commands.stats import bar
from bencomune_cli.drawing import columns_of
from bencomune_cli.entities import Area, Group, Lab, Organisation

BRAILLE = re.compile("[\u2801-\u28ff]")
HERE = {"precision": "civico", "state": "active", "municipality": "000001"}
EVIL = "\x1b]0;titolo\x07"
SCRIPT = "import sys; from bencomune_cli.app import main; sys.exit(main(sys.argv[1:]))"


def lab(name, lat, lon, **texts):
    """Return the texts of a made-up lab at a point."""
    return {"name": f"Spazio {name}", "lat": str(lat), "lon": str(lon), **HERE, **texts}


@pytest.fixture
def town(registry):
    """Write four labs, two of them at one place and one without a point, and a group."""
    boundary = {"type": "Polygon", "coordinates": [[[9.0, 45.0], [9.2, 45.1], [9.0, 45.2]]]}
    boundary["coordinates"][0].append([9.0, 45.0])
    with registry.operation("prova"):
        area = registry.finder.area("Comune Esempio")
        registry.add(Area, {"name": "Rione Esempio", "area_kind": "neighbourhood"})
        registry.store.update(Area, area.replaced(boundary=json.dumps(boundary)), ["boundary"])
        registry.add(Lab, lab("Alfa", 45.15, 9.02, neighbourhood="rione-esempio"))
        registry.add(Lab, lab("Beta", 45.05, 9.02, street="via Prova", number="12/A"))
        registry.add(Lab, lab("Gamma", 45.05, 9.02, state="proposed"))
        registry.add(Lab, {"name": "Spazio Delta", "state": "active"})
        registry.add(Group, lab("Gruppo", 45.1, 9.15, neighbourhood="rione-esempio"))
    return registry


def write(registry, entity, *found):
    """Write records of made-up texts."""
    with registry.operation("prova"):
        for texts in found:
            registry.add(entity, texts)


def framed(shown):
    """Return the rows of the drawing inside the frame, in any of its two scripts."""
    top, *rest = shown.splitlines()
    width = re.match(r"[┌+][─-]+(?: N [↑^] )?[─-]+[┐+]", top).end()
    rows = [row[:width] for row in rest]
    low = next(number for number, row in enumerate(rows) if row[0] in "└+")
    assert {(row[0], row[-1]) for row in rows[:low]} <= {("│", "│"), ("|", "|")}
    return [row[1:-1] for row in rows[:low]]


def signs(shown):
    """Return the signs on the drawing, by row and column."""
    return {
        (row, column): char
        for row, line in enumerate(framed(shown))
        for column, char in enumerate(line)
        if char.isalnum()
    }


def terminal(registry, *arguments, columns=80, lines=24, **told):
    """Run the program in a pseudo-terminal; return its screen as rows, and all it wrote."""
    names = {"NO_COLOR", "COLUMNS", "LINES", "LC_ALL", "LANG", "LC_CTYPE"}
    plain = {name: value for name, value in os.environ.items() if name not in names}
    plain |= {"TERM": "xterm-256color", "PAGER": "cat", "PYTHONUTF8": "1", "BENCOMUNE_LANG": "it"}
    child = pexpect.spawn(
        sys.executable,
        ["-c", SCRIPT, "--registry", str(registry.store.path), *arguments],
        dimensions=(lines, columns),
        env={**plain, **told},
        encoding="utf-8",
        timeout=30,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    screen = pyte.Screen(columns, 200)
    pyte.Stream(screen).feed(child.before)
    return "\n".join(line.rstrip() for line in screen.display).rstrip(), child.before


@pytest.mark.usefixtures("town")
def test_a_map_in_a_pipe(bencomune):
    """A pipe gets a drawing of 80 by 24 without colours: signs, legend, outline, scale, north."""
    done = bencomune("map")
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout
    assert "\x1b" not in shown
    assert "N ↑" in shown
    assert re.search(r"├─+┤ \d+ km", shown)
    assert BRAILLE.search(shown)
    assert all(columns_of(line) <= 80 and line == line.rstrip() for line in shown.splitlines())
    assert len(shown.splitlines()) <= 24
    legend = re.findall(r"(?:^|│  )([1-9])  (.*)$", shown, re.MULTILINE)
    assert legend == [
        ("1", "Spazio Alfa, Rione Esempio"),
        ("2", "Spazio Beta, via Prova 12/A"),
        ("2", "Spazio Gamma"),
    ]
    ((up, left), (down, right)) = sorted(signs(shown))
    assert sorted(signs(shown).values()) == ["1", "2"]
    assert signs(shown)[up, left] == "1"
    assert up < down
    assert left == right
    assert "contorni: Comune Esempio\n" in shown
    assert "Laboratori senza punto: 1; l'elenco: bencomune lab list --where lat=\n" in shown


def test_the_command_it_names_lists_them(bencomune, town):
    """The command that is told lists the records without a point, under the same conditions."""
    write(town, Lab, {"name": "Spazio Epsilon", "state": "proposed"})
    done = bencomune("map", "--where", "state=active", "--width", "200")
    command = re.search(r"l'elenco: bencomune (.*)$", done.stdout, re.MULTILINE)[1]
    listed = bencomune(*command.split(), "--json").stdout
    assert [each["name"] for each in json.loads(listed)] == ["Spazio Delta"]
    assert "Gamma" not in done.stdout


@pytest.mark.parametrize("told", [{"LC_ALL": "C"}, {"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}])
@pytest.mark.usefixtures("town")
def test_ascii_where_nothing_else_is_understood(bencomune, told):
    """The C locale, a dumb terminal and an output that is not UTF get ASCII, as with --ascii."""
    done = bencomune("map", BENCOMUNE_LANG="it", PYTHONUTF8="0", **told)
    asked = bencomune("map", "--ascii", BENCOMUNE_LANG="it")
    assert done.stdout == asked.stdout
    assert done.stdout.isascii()
    assert "N ^" in done.stdout
    assert signs(done.stdout)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_map_fits_the_window(town, columns):
    """In a terminal the drawing takes the window, legend included, without a broken line."""
    shown, raw = terminal(town, "map", columns=columns, lines=30)
    rows = shown.splitlines()
    assert len(rows) < 30
    assert rows[0].startswith("┌")
    assert all(len(line) == len(framed(shown)[0]) for line in framed(shown))
    assert "Spazio Gamma" in shown
    assert "\x1b[1;32m1" in raw
    assert BRAILLE.search(shown)
    assert len(raw.splitlines()) == len(rows)


def test_colours_are_only_where_they_are_wanted(town):
    """NO_COLOR takes colours away; a dumb terminal and the C locale get ASCII."""
    assert not re.search(r"\x1b\[[\d;]*3\d", terminal(town, "map", NO_COLOR="1")[1])
    for told in ({"TERM": "dumb"}, {"LC_ALL": "C"}):
        shown, raw = terminal(town, "map", **told)
        assert shown.isascii()
        assert ("\x1b" in raw) == ("TERM" not in told)


@pytest.mark.usefixtures("town")
def test_kinds_in_both_languages(bencomune):
    """Other kinds are drawn when asked for, named by kind where there are several."""
    done = bencomune("--lang", "en", "map", "--kind", "group", "--kind", "lab", "--width", "120")
    assert "Spazio Gruppo, Rione Esempio (Group)" in done.stdout
    assert "Spazio Gamma (Lab)" in done.stdout
    assert "Spazio Alfa, Rione Esempio (Lab)" in done.stdout
    assert "outlines: Comune Esempio\n" in done.stdout
    assert "Labs without a point: 1; to list them: bencomune lab list" in done.stdout
    alone = bencomune("map", "--kind", "group").stdout
    assert "Alfa" not in alone
    assert "(Gruppo)" not in alone


def test_one_place_after_another_around_an_area(bencomune, town):
    """With --in the whole area is drawn, with its neighbourhoods; what is elsewhere is named."""
    box = {"west": "9.01", "south": "45.1", "east": "9.03", "north": "45.12"}
    texts = {"name": "Rione Riquadro", "area_kind": "neighbourhood", "part_of": "000001", **box}
    write(town, Area, texts)
    write(town, Lab, lab("Fuori", 46.9, 9.02))
    shown = bencomune("map", "--in", "Comune Esempio").stdout
    assert "contorni: Comune Esempio, Rione Riquadro (rettangolo)\n" in shown
    assert "fuori dal disegno 1: Spazio Fuori (spazio-fuori)\n" in shown
    assert "Fuori\n" not in shown
    assert len(signs(shown)) == 2
    assert "bencomune lab list" not in shown  # Delta does not say where it is


def test_a_point_in_another_country_is_outside(bencomune, town):
    """One mistaken point does not shrink the rest; it is counted and named."""
    before = signs(bencomune("map").stdout)
    write(town, Organisation, {**lab("Lontano", 41.9, 12.5), "legal_form": "aps"})
    shown = bencomune("map", "--kind", "lab", "--kind", "organisation").stdout
    assert sorted(signs(shown).values()) == sorted(before.values())
    assert "fuori dal disegno 1: Spazio Lontano (spazio-lontano)" in shown


def test_points_close_together_are_enlarged(bencomune, registry):
    """Where the area is far larger than the points, these are drawn, and the way back is told."""
    write(registry, Lab, *(lab(n, 45.1 + n / 2000, 9.1 + n / 1000) for n in range(5)))
    shown = bencomune("map", "--width", "90").stdout
    assert len(signs(shown)) == 5
    assert "bencomune map --in comune-esempio" in shown
    whole = bencomune("map", "--in", "comune-esempio").stdout
    assert len(signs(whole)) < 5
    assert "contorni: Comune Esempio (rettangolo)" in whole


@pytest.mark.parametrize("count", [len(SIGNS), len(SIGNS) + 1, 300])
def test_more_records_than_signs(bencomune, registry, count):
    """Up to 61 records have a sign of their own; of more, each place tells how many are there."""
    there = [(45.1 + n % 10 / 100, 9.1 + n // 10 / 200) for n in range(count - 12)]
    there += [(45.05, 9.05)] * 12
    write(registry, Lab, *(lab(f"numero {n}", *at) for n, at in enumerate(there)))
    shown = bencomune("map", "--width", "160", "--height", "60").stdout
    found = signs(shown).values()
    if count > len(SIGNS):
        drawn = [c for row in framed(shown) for c in row if c in "o23456789+"]
        assert "+" in drawn
        assert sum(1 if c == "o" else 12 if c == "+" else int(c) for c in drawn) == count
        assert "o un record" in shown
        assert "numero" not in shown
    else:
        assert len(set(found)) == len(found) == count - 11
        assert shown.count("Spazio numero") == count


@pytest.mark.parametrize("language", ["it", "en"])
def test_nothing_to_draw_is_told(bencomune, registry, language):
    """A registry without records, or without points, gets a sentence and no drawing."""
    done = bencomune("map", BENCOMUNE_LANG=language)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.strip() == {"it": "nessun record", "en": "no records"}[language]
    write(registry, Lab, {"name": "Spazio Delta"})
    done = bencomune("map", BENCOMUNE_LANG=language)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("bencomune lab list --where lat=\n")


@pytest.mark.usefixtures("town")
def test_removed_records_are_not_drawn(bencomune):
    """A record that was removed is on no map."""
    bencomune("lab", "remove", "spazio-alfa")
    assert "Alfa" not in bencomune("map").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--width", "9"),
        ("--width", "molte"),
        ("--height", "5000"),
        ("--kind", "boh"),
        ("--in", "Atlantide"),
        ("--where", "boh"),
    ],
)
@pytest.mark.usefixtures("town")
def test_misuse_is_refused(bencomune, words):
    """What cannot be drawn is refused with a sentence."""
    done = bencomune("map", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert words[1] in done.stderr


@pytest.mark.usefixtures("town")
def test_sizes_are_kept(bencomune):
    """--width is that of the whole, --height that of the drawing."""
    for width, height in ((10, 10), (33, 12), (200, 50)):
        lines = bencomune("map", "--width", width, "--height", height).stdout.splitlines()
        assert max(map(columns_of, lines)) <= width
        assert len(framed("\n".join(lines))) == height


def test_records_do_nothing_to_the_terminal(town, other):
    """An escape sequence or a line break that another program wrote is shown, not obeyed."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE labs SET name = ? WHERE id = 'spazio-alfa'", (f"{EVIL}\nAlfa",))
    other.execute("UPDATE areas SET name = ? WHERE code = '000001'", (EVIL,))
    shown, raw = terminal(town, "map", columns=120)
    assert "\\u{1b}]0;titolo\\u{7} Alfa" in shown
    assert EVIL not in raw


@pytest.mark.usefixtures("town")
def test_an_unreadable_boundary_leaves_the_box(bencomune, other):
    """A boundary that another program broke does not stop the drawing."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE areas SET boundary = '{}' WHERE code = '000001'")
    done = bencomune("map")
    assert done.returncode == 0
    assert BRAILLE.search(done.stdout)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("language", ["it", "en"])
def test_counts_have_bars_in_a_terminal(town, columns, language):
    """In a terminal counts stand under each other, with bars to scale that fit the window."""
    shown, raw = terminal(town, "stats", columns=columns, lines=60, BENCOMUNE_LANG=language)
    assert len(raw.splitlines()) == len(shown.splitlines())
    bars = re.findall(r"^ {4}(.*?) +(\d+) ([█▏▎▍▌▋▊▉]+)$", shown, re.MULTILINE)
    active, proposed = ("Attivo", "Proposto") if language == "it" else ("Active", "Proposed")
    counted = {label: (int(count), len(bar)) for label, count, bar in reversed(bars)}
    assert (counted[active][0], counted[proposed][0]) == (3, 1)
    assert counted[active][1] == pytest.approx(3 * counted[proposed][1], abs=3)
    ends = {match.end(1) for match in re.finditer(r"^.*?(\d+) [█▏▎▍▌▋▊▉]", shown, re.MULTILINE)}
    starts = {line.rindex(number) for line in shown.splitlines() if (number := _count(line))}
    assert len(starts) == 1
    assert ends
    assert max(map(columns_of, shown.splitlines())) <= columns
    assert max(map(columns_of, shown.splitlines())) > columns * 0.8


def _count(line):
    found = re.search(r" (\d) [█▏▎▍▌▋▊▉]+$", line)
    return f"{found[1]} " if found else ""


def test_counts_in_ascii_and_in_a_pipe(town, bencomune):
    """The C locale gets bars of ASCII; a pipe gets lines separated by tabs."""
    shown, _ = terminal(town, "stats", LC_ALL="C", BENCOMUNE_LANG="en")
    assert re.search(r"Active +3 #+$", shown, re.MULTILINE)
    assert shown.isascii()
    lines = bencomune("--lang", "en", "stats").stdout.splitlines()
    assert lines[0] == "Labs\t\t\t4"
    assert "\tState\tActive\t3" in lines
    assert "\tMunicipality\t-\t1" in lines


def test_bars_are_to_scale():
    """A bar is as wide as its share in eighths of a column; what is there is always seen."""
    assert bar(8, 8, 10) == "█" * 10
    assert bar(1, 2, 5) == "██▌"
    assert bar(1, 1_000_000, 10) == "▏"
    assert bar(1, 2, 5, plain=True) == "##"
    assert bar(1, 1_000_000, 10, plain=True) == "#"
    for count in range(1, 101):
        assert math.isclose(columns_of(bar(count, 100, 50)), count / 2, abs_tol=1)


def test_a_reader_that_goes_away_is_no_fault(town):
    """A pipe that is closed early, as by `head`, ends the map quietly."""
    program = f"{sys.executable} -m bencomune_cli --registry {town.store.path} map | head -1"
    done = subprocess.run(["sh", "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("┌")
    assert done.stderr == ""


# The page, opened


@pytest.mark.usefixtures("town")
def test_the_page_is_written_and_opened(bencomune, tmp_path):
    """--open writes the page among the exported files and hands its address to the browser."""
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}"\n', "utf-8")
    browser.chmod(0o755)
    done = bencomune("map", "--open", BROWSER=str(browser))
    page = tmp_path / "exports" / "map.html"
    assert (done.returncode, done.stderr.strip()) == (0, f"aperta: {page}")
    deadline = time.monotonic() + 10
    while not (seen.exists() and seen.read_text("utf-8")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert seen.read_text("utf-8") == page.as_uri()
    assert "Spazio Alfa" in page.read_text("utf-8")
    told = json.loads((tmp_path / "exports" / "manifest.json").read_text("utf-8"))
    assert [file["name"] for file in told["files"]] == ["map.html"]


@pytest.mark.usefixtures("town")
def test_without_a_screen_it_says_where_the_page_is(bencomune, tmp_path):
    """Where there is no screen the page is written all the same, and its place is told."""
    nowhere = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"), "")
    done = bencomune("map", "--open", BENCOMUNE_LANG="en", **nowhere)
    page = tmp_path / "exports" / "map.html"
    told = f"there is no screen to open it on; the page is {page}"
    assert (done.returncode, done.stderr.strip()) == (0, told)
    assert page.exists()


@pytest.mark.parametrize("more", [("--kind", "lab"), ("--in", "pavia"), ("--ascii",)], ids=" ".join)
@pytest.mark.usefixtures("town")
def test_the_page_shows_all_or_nothing(bencomune, tmp_path, more):
    """With a part asked for, --open is refused, and nothing is written."""
    done = bencomune("map", "--open", *more, BENCOMUNE_LANG="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--open opens all that is public: the page has filters\n"
    assert not (tmp_path / "exports").exists()


def test_a_record_that_is_held_back_is_told(bencomune, town, other):
    """A record with an error is not in the page, and a person reads which and why."""
    other.execute("UPDATE labs SET postcode = '12' WHERE id = 'spazio-alfa'")
    town.close()
    done = bencomune("map", "--open", BENCOMUNE_LANG="en", DISPLAY="", BROWSER="")
    assert "held back: spazio-alfa" in done.stderr
    page = town.store.path.parent / "exports" / "map.html"
    assert "Spazio Alfa" not in page.read_text("utf-8")
