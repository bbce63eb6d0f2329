"""Editing: on a page, by changes, over a selection; nothing is lost of what others write."""

import json
import os
import shutil
import sqlite3
import stat
import sys
import tomllib
from pathlib import Path

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.changes import shown, three_way
from bencomune_cli.entities import Group, Lab
from bencomune_cli.pages import Mark, marked, marks_on, page, read, toml, unmarked

EDITOR = """
import json, os, pathlib, stat, subprocess, sys, time
here = pathlib.Path(sys.argv[1])
file = pathlib.Path(sys.argv[2])
rounds = json.loads((here / "rounds.json").read_text("utf-8"))
now, rest = rounds[0], rounds[1:]
(here / "rounds.json").write_text(json.dumps(rest), "utf-8")
text = file.read_text("utf-8")
mode = [stat.S_IMODE(each.stat().st_mode) for each in (file, file.parent)]
with (here / "seen.jsonl").open("a", encoding="utf-8") as seen:
    seen.write(json.dumps([text, str(file), mode]) + "\\n")
for old, new in now.get("write", []):
    assert old in text, (old, text)
    text = text.replace(old, new, 1)
if "write" in now:
    file.write_text(text, "utf-8")
if "run" in now:
    subprocess.run([sys.executable, "-m", "bencomune_cli", *now["run"]], check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)
if now.get("wait"):
    print("in attesa", flush=True)
    time.sleep(60)
sys.exit(now.get("code", 0))
"""
PHONE = ('phone = ""', 'phone = "0382 399111"')


@pytest.fixture
def labs(registry):
    """Return the path of a registry with two labs and a group, as the bytes that it has."""
    with registry.operation("prova"):
        texts = {"state": "active", "activities": "reading_books", "seats": "10"}
        registry.add(Lab, {"name": "Spazio Esempio", "street": "via Esempio", **texts})
        registry.add(Lab, {"name": "Luogo Esempio", **texts})
        registry.add(Group, {"name": "Gruppo Esempio", "meets_at": "spazio-esempio"})
    registry.close()
    return registry.store.path


@pytest.fixture
def value(labs):
    """Return a function that reads a value as it is stored."""

    def stored(column, id_="spazio-esempio", table="labs"):
        connection = sqlite3.connect(labs)
        try:
            sql = f'SELECT "{column}" FROM "{table}" WHERE id = ?'
            return connection.execute(sql, (id_,)).fetchone()[0]
        finally:
            connection.close()

    return stored


@pytest.fixture
def terminal(labs, tmp_path):
    """Return a function that runs `bencomune` in a terminal, with an editor that does as told.

    What the editor was given, each time, is in `seen`.
    """
    folder = tmp_path / "editor"
    folder.mkdir()
    (folder / "editor.py").write_text(EDITOR, "utf-8")

    def spawn(*words, rounds=(), language="it", editor=None, **told):
        (folder / "rounds.json").write_text(json.dumps(rounds), "utf-8")
        ours = f"'{sys.executable}' '{folder / 'editor.py'}' '{folder}'"
        environment = {
            **{name: each for name, each in os.environ.items() if name != "VISUAL"},
            "BENCOMUNE_REGISTRY": str(labs),
            "BENCOMUNE_LANG": language,
            "BENCOMUNE_WHO": "prova",
            "EDITOR": ours if editor is None else editor,
            "TMPDIR": str(folder),
            "TERM": "xterm",
            "PYTHONUTF8": "1",
            **told,
        }
        words = ["-m", "bencomune_cli", *words]
        size = (50, 300)
        return pexpect.spawn(
            sys.executable, words, env=environment, encoding="utf-8", timeout=20, dimensions=size
        )

    def run(*words, code=0, **told):
        child = spawn(*words, **told)
        said = child.read()
        child.close()
        assert child.exitstatus == code, said
        assert "Traceback" not in said
        assert list(folder.glob("bencomune-*")) == []
        return said

    def seen():
        lines = (folder / "seen.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line)[0] for line in lines]

    run.spawn, run.seen, run.folder = spawn, seen, folder
    return run


def kept(labs, id_="spazio-esempio"):
    """Return where the page that is not finished is kept."""
    return labs.with_name(f"{labs.name}.draft-{id_}.toml")


# The page


@given(st.one_of(st.text(), st.lists(st.text())))
def test_every_text_survives_the_page(told):
    """What is written as TOML is read back as it was, whatever it holds."""
    written = toml(told)
    assert tomllib.loads(f"name = {written}\n")["name"] == told
    assert all(char.isprintable() or char == "\n" for char in written)


@given(st.text(alphabet="\"\\\n\r\t'#= ax\x00\u2028\U0001f600"))
def test_quotes_and_breaks_survive_the_page(told):
    """Quotes, backslashes and breaks, in any order, are read back as they were."""
    assert tomllib.loads(f"name = {toml(told)}\n")["name"] == told


@given(st.text(alphabet='"\\\n# >name=x[]'), st.lists(st.text(alphabet='"#>=[] \\x'), max_size=3))
def test_marks_come_and_go(notes, source):
    """Marks change neither what a page tells nor, once taken away, the page."""
    record = Lab(id="esempio", name="Spazio Esempio", notes=notes, source=tuple(source))
    before = page(record, {})
    marks = [Mark(Mark.__doc__, name) for name in ("notes", "source", "name", "boh")]
    after = marked(before, marks)
    assert len(marks_on(after)) == len(marks)
    assert after.startswith("# >>> boh: ")
    assert read(Lab, after) == read(Lab, before) == (shown(record), [])
    assert unmarked(after) == before


def test_a_page_tells_each_column(language):
    """A page has every column that a person may write, with label, help and choices."""
    record = Group(id="esempio", name="Gruppo Esempio", meets_at="spazio-esempio", version=3)
    text = page(record, {"meets_at": "Spazio Esempio"})
    assert list(tomllib.loads(text)) == [c.name for c in Group.columns if not c.automatic]
    for column in Group.columns:
        assert column.automatic or f"# {column.label}" in text
    it = language == "it"
    assert ("versione 3" if it else "version 3") in text.splitlines()[0]
    assert ("active = Attivo" if it else "active = Active") in text
    assert f"#   {'ora' if it else 'now'}: Spazio Esempio\nmeets_at" in text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "Uno"\nnotes = "due\nseats = "3"\n', 2),
        ('name = "Uno"\nsource = ["a", "b"\nseats = "3"\n', 3),
        ('name = "Uno"\nname = "Due"\n', 2),
        ("name = Uno\n", 1),
        ('name = "Uno"\nnotes = """\ndue\nseats = "3"', 4),
        ("name = " + "[" * 100_000, 1),
        ("seats = " + "1" * 10_000, 1),
    ],
)
def test_what_is_no_toml_is_told_by_its_line(language, text, line):
    """A page that cannot be read is told by line, in the person's language, never in Python's."""
    told, (mark,) = read(Lab, text)
    assert (told, mark.line) == ({}, line)
    assert str(mark.text).startswith(
        f"la riga {line + 1} non" if language == "it" else f"line {line + 1} cannot"
    )
    assert unmarked(marked(text, [mark])) == text


def test_a_page_takes_what_needs_no_quotes():
    """Numbers, dates, true and false are read as the texts that they look like."""
    text = 'seats = 12\nlat = 45.10\nhidden = true\nstarted_on = 2019-09-28\nactivities = "libri"\n'
    assert read(Lab, text) == (
        {
            "seats": "12",
            "lat": "45.10",
            "hidden": "true",
            "started_on": "2019-09-28",
            "activities": "libri",
        },
        [],
    )


@pytest.mark.parametrize(
    "text", ['nome_ = "x"\n', 'version = "9"\n', "name = []\n", "[name]\n", 'name.x = "1"\n']
)
def test_what_is_no_column_is_told(text):
    """Unknown columns, those of the program, and lists or tables for a text are told in place."""
    _, (mark,) = read(Lab, text)
    assert marked(text, [mark]).splitlines()[1:] == text.splitlines()


# Two who write


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "wanted", "clashing"),
    [
        ("a", "a", "a", [], []),
        ("a", "a", "b", ["x"], []),
        ("a", "b", "a", [], []),
        ("a", "b", "b", [], []),
        ("a", "b", "c", [], ["x"]),
        ("a", "", "c", [], ["x"]),
        ("a", "b", "", [], ["x"]),
    ],
)
def test_the_three_way_rule(base, theirs, mine, wanted, clashing):
    """Mine is written where I alone changed, theirs stays, and two different changes clash."""
    assert three_way({"x": base}, {"x": theirs}, {"x": mine}) == (wanted, clashing)


def test_fields_of_both_are_kept(terminal, value):
    """What another changed while the editor was open stays, and what I changed is written."""
    rounds = [{"write": [PHONE], "run": ["lab", "edit", "spazio", "--seats", "99"]}]
    terminal("lab", "edit", "spazio", rounds=rounds)
    assert (value("phone"), value("seats")) == ("+390382399111", 99)


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_clash_is_told_and_settled(terminal, labs, value, language):
    """The same field changed by both is marked with theirs, who and when; the person decides."""
    theirs = ["--who", "altra", "lab", "edit", "spazio", "seats=99"]
    settle = {"write": [("# >>> ", "# ")]}
    rounds = [{"write": [('seats = "10"', 'seats = "20"'), PHONE], "run": theirs}, settle]
    terminal("edit", "spazio", rounds=rounds, language=language)
    mark = marks_on(terminal.seen()[1])[0]
    words = "prima «10»; intanto è diventato «99» (altra, 20"
    if language == "en":
        words = "before “10”; meanwhile it became “99” (altra, 20"
    assert words in mark
    assert f"# >>> {mark}\nseats = " in terminal.seen()[1]
    assert (value("seats"), value("phone")) == (20, "+390382399111")
    assert not kept(labs).exists()


def test_an_unsettled_clash_writes_nothing(terminal, labs, value):
    """A clash that the person leaves writes nothing, and the page is kept."""
    theirs = ["--who", "altra", "lab", "edit", "spazio", "seats=99"]
    rounds = [{"write": [('seats = "10"', 'seats = "20"'), PHONE], "run": theirs}, {}]
    said = terminal("edit", "spazio", rounds=rounds, code=2)
    assert str(kept(labs)) in said
    assert (value("seats"), value("phone")) == (99, None)


def test_an_overlooked_clash_is_no_consent(terminal, labs, value):
    """Of two clashes the one that is settled does not settle the other, whose mark still stands."""
    theirs = ["--who", "altra", "lab", "edit", "spazio", "seats=99", "phone=0382 111111"]
    mine = {"write": [('seats = "10"', 'seats = "20"'), PHONE], "run": theirs}
    settle = {"write": [('seats = "20"', 'seats = "30"')]}
    terminal("edit", "spazio", rounds=[mine, settle, {}], code=2)
    assert (value("seats"), value("phone")) == (99, "+390382111111")
    assert [mark.split(":")[0] for mark in marks_on(terminal.seen()[2])] == ["phone"]
    assert kept(labs).exists()


def test_a_point_is_changed_by_one_person_at_a_time(terminal, bencomune, value):
    """A latitude of one and a longitude of another would be a place where nothing is."""
    bencomune("lab", "edit", "spazio", "lat=45.1", "lon=9.1")
    theirs = ["--who", "altra", "lab", "edit", "spazio", "lon=9.2"]
    mine = {"write": [('lat = "45.1"', 'lat = "45.2"')], "run": theirs}
    terminal("edit", "spazio", rounds=[mine, {}], code=2)
    assert (value("lat"), value("lon")) == (45.1, 9.2)
    assert {mark.split(":")[0] for mark in marks_on(terminal.seen()[1])} == {"lat", "lon"}


def test_a_record_that_is_gone_is_told(terminal, labs):
    """A record whose adding was undone meanwhile is not made again, and the page is kept."""
    rounds = [{"write": [('seats = "10"', 'seats = "20"')], "run": ["undo"]}]
    assert "non c'è più" in terminal("edit", "spazio", rounds=rounds, code=2)
    assert kept(labs).exists()


# In the editor


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_record_is_edited_on_a_page(terminal, bencomune, value, language):
    """Texts, lists and prose are written in one operation; a deleted line changes nothing."""
    notes = 'notes = """\nuno "due" \\\\\n"""'
    changes = [
        PHONE,
        (
            'activities = ["reading_books"]',
            'activities = ["Salute e prevenzione", "reading_books"]',
        ),
        ('notes = ""', notes),
        ('seats = "10"', 'seats = ""'),
        ('street = "via Esempio"\n', ""),
    ]
    terminal(
        "lab", "edit", "spazio", "--why", "prova", rounds=[{"write": changes}], language=language
    )
    assert value("phone") == "+390382399111"
    assert value("activities") == "health_prevention, reading_books"
    assert (value("notes"), value("seats")) == ('uno "due" \\', None)
    assert value("street") == "via Esempio"
    last = json.loads(bencomune("log", "--json").stdout)[0]
    assert (last["command"], last["why"]) == ("lab edit", "prova")
    bencomune("undo")
    assert (value("phone"), value("seats")) == (None, 10)


@pytest.mark.parametrize("language", ["it", "en"])
def test_mistakes_are_marked_until_mended(terminal, labs, value, language):
    """The page opens again as it was left, each mistake above its line; old marks are gone."""
    faulty = [PHONE, ('seats = "10"', 'seats = "molti"'), ('cost = ""', 'costo_ = "x"')]
    rounds = [
        {"write": faulty},
        {"write": [("costo_ =", "cost =")]},
        {"write": [('"molti"', '"20')]},
        {"write": [('"20', '"20"')]},
    ]
    terminal("edit", "spazio", rounds=rounds, language=language)
    _, second, third, fourth = terminal.seen()
    assert 'phone = "0382 399111"' in second
    (unknown,), (unread,), (broken,) = map(marks_on, (second, third, fourth))
    assert f"# >>> {unknown}\ncosto_ = " in second
    assert f"# >>> {unread}\nseats = " in third
    assert unread.startswith("errore K01: " if language == "it" else "error K01: ")
    number = fourth.splitlines().index('seats = "20') + 1
    assert broken.startswith(f"{'la riga' if language == 'it' else 'line'} {number} ")
    assert (value("seats"), value("phone"), value("cost")) == (20, "+390382399111", "x")
    assert not kept(labs).exists()


def test_a_page_is_given_up_and_taken_up(terminal, labs, value):
    """Closed with its marks as it was, the page is kept for its owner, and taken up later."""
    before = labs.read_bytes()
    faulty = {"write": [PHONE, ('seats = "10"', 'seats = "molti"')]}
    said = terminal("edit", "spazio", rounds=[faulty, {}], code=2)
    assert "K01" in said
    assert f"conservata in {kept(labs)}" in " ".join(said.split())
    assert stat.S_IMODE(kept(labs).stat().st_mode) == 0o600
    assert labs.read_bytes() == before
    terminal("edit", "spazio", "--resume", rounds=[{}], code=2)
    assert kept(labs).exists()
    mended = [{"write": [('"molti"', '"20"')]}]
    terminal("edit", "spazio", "--resume", rounds=mended)
    assert (value("seats"), value("phone")) == (20, "+390382399111")
    assert not kept(labs).exists()
    assert "nessuna pagina" in terminal("edit", "spazio", "--resume", code=2)


def test_a_kept_page_knows_what_it_began_from(terminal, bencomune, value):
    """A page taken up later overwrites nothing that others wrote since it was first shown."""
    faulty = {"write": [PHONE, ('lat = ""', 'lat = "x"')]}
    terminal("edit", "spazio", rounds=[faulty, {}], code=2)
    bencomune("lab", "edit", "spazio", "seats=99", "phone=0382 111111")
    mended = [{"write": [('lat = "x"', 'lat = ""')]}, {}]
    terminal("edit", "spazio", "--resume", rounds=mended, code=2)
    assert "+390382111111" in marks_on(terminal.seen()[-1])[0]
    assert (value("seats"), value("phone")) == (99, "+390382111111")


@pytest.mark.parametrize(("answer", "taken"), [("", True), ("no", False)])
def test_a_kept_page_is_offered(terminal, answer, taken):
    """The next edit of the record offers the page that was left; no begins a new one."""
    faulty = {"write": [PHONE, ('seats = "10"', 'seats = "molti"')]}
    terminal("edit", "spazio", rounds=[faulty, {}], code=2)
    child = terminal.spawn("edit", "spazio", rounds=[{}])
    child.expect("riprenderla")
    child.sendline(answer)
    child.read()
    child.close()
    assert ("molti" in terminal.seen()[-1]) == taken
    assert child.exitstatus == (2 if taken else 0)


@pytest.mark.parametrize("contents", ["", "name = 1\n", "x\n#: {}\n", "x\n#: [\n"])
def test_a_damaged_kept_page_is_told(terminal, labs, contents):
    """A kept page that does not say what it began from is refused and left as it is."""
    kept(labs).write_text(contents, "utf-8")
    assert "non si riesce a riprendere" in terminal("edit", "spazio", "--resume", code=2)
    assert kept(labs).read_text("utf-8") == contents


@pytest.mark.parametrize("write", [[], [("# Nome\n", "# Nome!\n")]])
def test_an_unchanged_page_writes_nothing(terminal, labs, write):
    """A page on which no value changed writes nothing and says so."""
    before = labs.read_bytes()
    assert "niente è cambiato" in terminal("edit", "spazio", rounds=[{"write": write}])
    assert labs.read_bytes() == before
    assert not kept(labs).exists()


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("editor", ["false", "mai-esistito --x", "'non chiuso", "/"])
def test_an_editor_that_fails_writes_nothing(terminal, labs, editor, language):
    """An editor that fails, is not there or is told badly gets a sentence; nothing is written."""
    before = labs.read_bytes()
    said = terminal("edit", "spazio", editor=editor, language=language, code=2)
    assert "editor" in said.lower()
    assert labs.read_bytes() == before
    assert not kept(labs).exists()


def test_what_is_not_utf_8_is_told(terminal, labs):
    """A page that an editor left in another encoding is refused where it is, not by a crash."""
    before = labs.read_bytes()
    editor = r"""sed -i 's/^cost = ""/cost = "caff\xe8"/'"""
    said = terminal("edit", "spazio", editor=editor, code=2)
    assert "K01" in said
    assert labs.read_bytes() == before


@pytest.mark.parametrize("editor", [r"sed -i 's/$/\r/'", r"sed -i '1s/^/\xef\xbb\xbf/'", "rm"])
def test_habits_of_editors_change_nothing(terminal, labs, editor):
    """Other ends of lines, a byte order mark, or no file at all are no change."""
    before = labs.read_bytes()
    assert "niente è cambiato" in terminal("edit", "spazio", editor=editor)
    assert labs.read_bytes() == before


def test_no_editor_is_told(terminal, labs):
    """Where there is no editor at all, the person is told how to name one."""
    before = labs.read_bytes()
    said = terminal("edit", "spazio", editor=" ", PATH=str(terminal.folder), code=2)
    assert "EDITOR=nano" in said
    assert labs.read_bytes() == before


@pytest.mark.parametrize("write", [[], [PHONE]])
def test_ctrl_c_in_the_editor_writes_nothing(terminal, labs, write):
    """Ctrl-C that ends the editor writes nothing, leaves no page about, keeps what was saved."""
    before = labs.read_bytes()
    child = terminal.spawn("edit", "spazio", rounds=[{"write": write, "wait": True}])
    child.expect("in attesa")
    child.sendintr()
    said = child.read()
    child.close()
    assert child.exitstatus == 130
    assert "interrotto: non è stato scritto niente" in said
    assert labs.read_bytes() == before
    assert list(terminal.folder.glob("bencomune-*")) == []
    assert kept(labs).exists() == bool(write)


def test_the_page_is_private(terminal):
    """While the editor is open, page and folder are the owner's alone."""
    terminal("edit", "spazio", rounds=[{}], TMPDIR=str(terminal.folder))
    line = (terminal.folder / "seen.jsonl").read_text("utf-8").splitlines()[0]
    _, file, modes = json.loads(line)
    assert modes == [0o600, 0o700]
    assert not Path(file).parent.exists()


def test_nobody_waits_while_the_editor_is_open(terminal, value):
    """The registry is not held while a person thinks: another writes meanwhile at once."""
    rounds = [{"run": ["lab", "edit", "luogo", "seats=3"]}]
    terminal("edit", "spazio", rounds=rounds)
    assert value("seats", "luogo-esempio") == 3


@pytest.mark.skipif(not shutil.which("vi"), reason="vi is not installed")
def test_a_page_is_edited_in_vi(terminal, value):
    """A real editor on a real terminal changes the page."""
    child = terminal.spawn("lab", "edit", "spazio", editor="vi -u NONE")
    child.expect("spazio-esempio")
    child.send(':%s/^phone = ""/phone = "0382 399111"/\r')
    child.send(":wq\r")
    child.read()
    child.close()
    assert (child.exitstatus, value("phone")) == (0, "+390382399111")


@pytest.mark.skipif(not shutil.which("ed"), reason="ed is not installed")
def test_ctrl_c_in_an_editor_that_heeds_it_goes_on(terminal, value):
    """An editor for which Ctrl-C means something else goes on after it."""
    child = terminal.spawn("lab", "edit", "spazio", editor="ed -p attesa:")
    child.expect("attesa:")
    child.sendintr()
    child.expect("attesa:")
    child.sendline('g/^phone = ""/s//phone = "0382 399111"/')
    child.sendline("wq")
    child.read()
    child.close()
    assert (child.exitstatus, value("phone")) == (0, "+390382399111")


# Changes on the command line


@pytest.mark.parametrize(
    ("words", "column", "stored"),
    [
        (("phone=0382 399111",), "phone", "+390382399111"),
        (("state=Sospeso",), "state", "paused"),
        (("activities+=Cura del verde e dei parchi",), "activities", "reading_books, green_care"),
        (("activities+=libri, green_care", "seats!"), "activities", None),
        (("activities-=reading_books",), "activities", None),
        (("activities!",), "activities", None),
        (("seats=",), "seats", None),
        (("seats!",), "seats", None),
        (("Telefono=0382 399111",), "phone", "+390382399111"),
        (("source=a=b!",), "source", "a=b!"),
        (("municipality=comune esempio",), "municipality", "000001"),
        (("--point", "45.1,9.1", "precision=civico"), "lat", 45.1),
        (("cost=-1", "--seats", "3"), "cost", "-1"),
        (("--seats", "3", "name=Spazio = Esempio"), "name", "Spazio = Esempio"),
    ],
)
def test_quick_changes(bencomune, value, words, column, stored):
    """A change is read as an option is, by code, label or name, in one operation."""
    done = bencomune("lab", "edit", "spazio", *words)
    idle = words[0].startswith("activities+=libri")
    assert done.returncode == (2 if idle else 0), done.stderr
    assert value(column) == ("reading_books" if idle else stored)


def test_any_place_is_edited(bencomune, value):
    """`edit` finds a record of any kind, and resolves what it refers to by name."""
    assert bencomune("edit", "gruppo", "meets_at=Luogo Esempio", "--json").returncode == 0
    assert value("meets_at", "gruppo-esempio", "groups") == "luogo-esempio"


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("spazio",), "phone=", 2),
        (("spazio", "phne=1"), "phone", 2),
        (("spazio", "version=1"), "version", 2),
        (("spazio", "activities+=reading_books"), "reading_books", 2),
        (("spazio", "activities-=green_care"), "green_care", 2),
        (("spazio", "activities+="), "activities", 2),
        (("spazio", "phone+=1"), "phone=", 2),
        (("spazio", "seats=1", "--seats", "2"), "seats", 2),
        (("spazio", "seats=1", "seats!"), "seats", 2),
        (("spazio", "boh"), "boh", 2),
        (("spazio", "seats=molti"), "K01", 1),
        (("spazio", "activities+=boh"), "K01", 1),
        (("spazio", "name!"), "K02", 1),
        ((), "--where", 2),
        (("--where", "state=active", "spazio", "seats=1"), "spazio", 2),
        (("--where", "state=active"), "--help", 2),
        (("--where", "state=active", "seats=1"), "--yes", 2),
        (("--where", "state=active", "seats=1", "--json"), "--yes", 2),
        (("--where", "state=active", "seats=molti", "--yes"), "K01", 1),
        (("spazio", "--resume", "seats=1"), "--resume", 2),
        (("spazio", "--resume"), "phone=", 2),
        (("spazio", "--point", "45.1,9.1", "--lat", "45"), "lat", 2),
    ],
    ids=str,
)
def test_misuse_writes_nothing(bencomune, labs, words, told, code, language):
    """What cannot be done is told in a sentence of the person's language, and changes nothing."""
    before = labs.read_bytes()
    done = bencomune("lab", "edit", *words, BENCOMUNE_LANG=language)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert labs.read_bytes() == before


def test_no_input_opens_no_editor(terminal, labs):
    """With --no-input the person is told how to say it on the command line."""
    before = labs.read_bytes()
    assert "phone=" in terminal("--no-input", "edit", "spazio", rounds=[{}], code=2)
    assert labs.read_bytes() == before


# A selection


def test_a_selection_is_changed_in_one_operation(bencomune, value):
    """All records that a selection finds are changed at once, and one undo brings all back."""
    words = ("--where", "state=active", "seats=30", "activities+=green_care", "--yes")
    done = bencomune("lab", "edit", *words)
    assert sorted(done.stdout.splitlines()) == [
        f"{id_}-esempio\t{change}"
        for id_ in ("luogo", "spazio")
        for change in (
            "activities\tLettura e libri\tLettura e libri, Cura del verde e dei parchi",
            "seats\t10\t30",
        )
    ]
    assert [value("seats", f"{id_}-esempio") for id_ in ("spazio", "luogo")] == [30, 30]
    assert bencomune("lab", "edit", *words).stdout == ""
    assert bencomune("undo").returncode == 0
    assert [value("seats", f"{id_}-esempio") for id_ in ("spazio", "luogo")] == [10, 10]
    assert value("activities", "luogo-esempio") == "reading_books"


def test_a_dry_run_only_shows(bencomune, labs):
    """--dry-run shows what would change, for people and for programs, and changes nothing."""
    before = labs.read_bytes()
    for which in (("--words", "luogo"), ("luogo",)):
        words = ("lab", "edit", *which, "seats=30", "--dry-run")
        assert bencomune(*words).stdout == "luogo-esempio\tseats\t10\t30\n"
        told = json.loads(bencomune(*words, "--json").stdout)
        (change,) = told.pop("changes")
        assert (change["id"], change["before"], change["after"]) == ("luogo-esempio", 10, 30)
        assert told == {"records": 1, "unchanged": 0, "refused": [], "written": False}
    assert labs.read_bytes() == before


def test_one_faulty_record_stops_all(bencomune, labs):
    """Where a rule refuses one record none is written, and every refusal is told."""
    bencomune("lab", "edit", "spazio", "started_on=2020")
    before = labs.read_bytes()
    done = bencomune("lab", "edit", "--where", "state=active", "ended_on=2010", "--yes")
    assert done.returncode == 1
    assert done.stdout == "luogo-esempio\tended_on\t\t2010\n"
    assert "spazio-esempio.ended_on" in done.stderr
    assert "luogo-esempio.ended_on" not in done.stderr
    assert labs.read_bytes() == before


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(("answer", "seats"), [("s", 30), ("y", 30), ("", 10), ("n", 10)])
def test_a_selection_is_confirmed(terminal, labs, value, answer, seats, language):
    """The preview is followed by one question, which is no unless it is answered yes."""
    before = labs.read_bytes()
    child = terminal.spawn("lab", "edit", "--where", "state=active", "seats=30", language=language)
    child.expect("Modificare 2 record" if language == "it" else "Change 2 records")
    assert "luogo-esempio" in child.before
    child.sendline(answer)
    child.read()
    child.close()
    assert (child.exitstatus, value("seats")) == (0, seats)
    assert (labs.read_bytes() == before) == (seats == 10)


def test_a_selection_does_not_overwrite_what_others_wrote(terminal, bencomune, value):
    """While the question stands others write: other fields are kept, the same one is a clash."""
    for theirs, code, seats in (("cost=poco", 0, 30), ("seats=7", 2, 7)):
        ours = "seats=30" if code == 0 else "seats=40"
        child = terminal.spawn("lab", "edit", "--where", "state=active", ours)
        child.expect("Modificare 2 record")
        assert bencomune("--who", "altra", "lab", "edit", "spazio", theirs).returncode == 0
        child.sendline("s")
        said = child.read()
        child.close()
        assert (child.exitstatus, value("seats"), value("cost")) == (code, seats, "poco")
    assert "spazio-esempio.seats: prima «30»; intanto è diventato «7» (altra, " in said
    assert value("seats", "luogo-esempio") == 30


def test_the_program_ends_in_order_when_its_terminal_does(terminal, labs):
    """A terminal that is closed ends the editing: nothing written, no page in the open."""
    before = labs.read_bytes()
    child = terminal.spawn("edit", "spazio", rounds=[{"write": [PHONE], "wait": True}])
    child.expect("in attesa")
    os.kill(child.pid, 1)
    child.wait()
    assert labs.read_bytes() == before
    assert list(terminal.folder.glob("bencomune-*")) == []
    assert kept(labs).exists()
