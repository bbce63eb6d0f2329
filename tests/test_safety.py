"""Whatever a text holds, a terminal and a pipe get letters and signs alone, each on its own line.

Every code point of Unicode goes through every command: in records, as other programs can write
them, and in the words of the command line.
"""

import io
import json
import os
import re
import shutil
import sqlite3
import sys
import tomllib
import unicodedata
from contextlib import closing
from functools import cache

import pytest

from bencomune_cli import app
from bencomune_cli.entities import ENTITIES, PLACES, Area, Contact, Group, Lab, Network, Waiver
from bencomune_cli.entities import Relation as Link
from bencomune_cli.kinds.texts import Line
from bencomune_cli.registry import Registry
from bencomune_cli.sql import quoted
from terminal import bencomune as in_terminal

SURROGATES = range(0xD800, 0xE000)
CODES = [code for code in range(0x110000) if code not in SURROGATES]
EVERY = "".join(map(chr, CODES))
UNUSED = {"Cn", "Co"}  # code points that mean nothing: 960,000 of them
# Default_Ignorable_Code_Point of Unicode 16, of letters and marks.
UNSEEN = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x3164, 0xFFA0}
UNSEEN |= {*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


@cache
def harmful(code):
    """Tell whether a code point is more, or less, than a sign on the screen."""
    other = unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    return code in UNSEEN or (other and code != 0x20)


def harm_in(shown):
    """Return the characters of what was written that are no signs, but for tab and line feed."""
    return {char for char in set(shown) if harmful(ord(char)) and char not in "\t\n"}


STYLE = re.compile(r"\x1b\[[0-9;]*m")  # what rich itself writes, and nothing else
FORGED = "falsa-riga"
# What is harmful and means something, mark-up, places to fill in, and a line of its own.
NASTY = "".join(
    chr(code)
    for code in CODES
    if code and harmful(code) and unicodedata.category(chr(code)) not in UNUSED
)
NASTY = (
    f"[red]a[/x] [bold][link=https://example.org]b[/link] :smile: {{x}} %s \\ {NASTY}\n{FORGED}\t1"
)
# For rich, which takes a hundred times as long: all that is used, and the ends of what is not.
USED = "".join(
    char
    for before, char, after in zip("\0" + EVERY, EVERY, EVERY[1:] + "\0", strict=False)
    if not {unicodedata.category(each) for each in (before, char, after)} <= UNUSED
)
TOLD = ("\\u{1b}", "\\u{202e}")  # ESC and an override of direction, as they are shown


def evil_texts(entity):
    """Return the columns of an entity that hold text of any kind."""
    kinds = ((c.name, getattr(c.kind, "item", c.kind)) for c in entity.columns)
    return [name for name, kind in kinds if isinstance(kind, Line)]


def poisoned(path, bulk, where):
    """Write into a registry what other programs can: bulk into one table, elsewhere what is nasty.

    The bulk stands in names, or in the history.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"ALTER TABLE labs ADD COLUMN {quoted(NASTY)} TEXT")
        connection.execute(f"CREATE TABLE {quoted(NASTY)} (x)")
        for entity in ENTITIES:
            names = [name for name in evil_texts(entity) if name != "boundary"]
            told = ", ".join(f"{quoted(name)} = ?" for name in names)
            own = bulk if where == entity.table else NASTY
            values = [own if name in {"name", "person_name"} else NASTY for name in names]
            connection.execute(f"UPDATE {quoted(entity.table)} SET {told}", values)
        own = bulk if where == "operations" else NASTY
        connection.execute(
            "INSERT INTO operations (at, who, command, why) VALUES (?, ?, ?, ?)",
            (NASTY, own, NASTY, NASTY),
        )
        (seq,) = connection.execute("SELECT max(seq) FROM operations").fetchone()
        told = (seq, "labs", "lab", json.dumps({"name": NASTY}), json.dumps({NASTY: own}))
        connection.execute(
            "INSERT INTO changes (operation, entity, record, before, after) VALUES (?, ?, ?, ?, ?)",
            told,
        )


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Return a registry with a record of each kind."""
    path = tmp_path_factory.mktemp("safety") / "registry.db"
    made = Registry.create(path, "prova")
    place = {"state": "active", "municipality": "000001"}
    place |= {"lat": "45.1", "lon": "9.1", "precision": "street"}
    with made.operation("init"):
        made.add(Network, {"name": "Rete Esempio"})
        box = {"west": "9.0", "south": "45.0", "east": "9.3", "north": "45.3"}
        area = {"name": "Comune Esempio", "area_kind": "municipality", "code": "000001"}
        made.add(Area, area | box)
        for entity in PLACES:
            told = {"meets_at": "lab"} if entity is Group else {}
            name = entity.name_of_kind
            made.add(entity, {"name": f"Esempio {name}"} | place | told, name)
        made.add(Lab, {"name": "Esempio proposto"} | place | {"state": "proposed"}, "proposal")
        made.add(Link, {"subject": "organisation", "role": "coordinates", "object": "lab"})
        made.add(Contact, {"record": "lab", "role": "coordinator", "person_name": "Nome"})
        told = {"code": "L01", "concerns": "activities", "why": "Nome"}
        made.add(Waiver, {"record": "lab", **told})
    made.close()
    return path


@pytest.fixture
def evil(clean, tmp_path, monkeypatch):
    """Return a function that makes a registry with bulk text in one of its tables."""
    monkeypatch.setattr("bencomune_cli.words._chosen", [])
    monkeypatch.setattr("bencomune_cli.progress.SHOWN_AFTER", 1_000)
    for name, value in (("TERM", "xterm-256color"), ("HOME", str(tmp_path)), ("PAGER", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BENCOMUNE_LANG", "it")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)

    sheet = '"{}";boh\n'.format(NASTY.replace('"', '""').replace("\0", ""))
    (tmp_path / "albo.csv").write_text(f"Nome;Telefono\n{sheet}", "utf-8", errors="replace")
    told = f"{sheet[:-5]};{sheet}"
    (tmp_path / "risposte.csv").write_text(f"id;risposta;boh\n{told}", "utf-8", errors="replace")

    shutil.copy(clean, tmp_path / "copia.db")

    def make(bulk=None, where="", name="registry.db"):
        path = tmp_path / name
        shutil.copy(clean, path)
        if bulk:
            poisoned(path, bulk, where)
        monkeypatch.setenv("BENCOMUNE_REGISTRY", str(path))
        return path

    return make


class _Stream(io.TextIOWrapper):
    """A standard stream whose bytes are kept, of a pipe or of a terminal."""

    def __init__(self, encoding="utf-8", *, terminal=False):
        super().__init__(io.BytesIO(), encoding, write_through=True)
        self.terminal = terminal

    def isatty(self):
        return self.terminal


class Run:
    """One call of the program in this process, with what it wrote."""

    def __init__(self, *arguments, terminal=False, encoding="utf-8"):
        streams = [_Stream(encoding, terminal=terminal) for _ in range(2)]
        kept = sys.stdout, sys.stderr, sys.stdin, os.umask(0o077)
        sys.stdout, sys.stderr, sys.stdin = *streams, io.StringIO()
        try:
            self.code = app.main(list(arguments))
        finally:
            sys.stdout, sys.stderr, sys.stdin, mask = kept
            os.umask(mask)
        self.out, self.err = (stream.buffer.getvalue().decode(encoding) for stream in streams)
        self.terminal = terminal

    def expect_safe(self):
        """Fail where anything but letters, signs and rich's own colours was written."""
        assert self.code in {0, 1, 2, 130}, self.err[:2_000]
        for shown in (self.out, self.err):
            plain = STYLE.sub("", shown) if self.terminal else shown
            assert harm_in(plain) == set()
            forged = re.search(f"^.*\n{FORGED}", plain, re.MULTILINE)
            assert not forged, ascii(forged[0][-200:])
            assert not plain.startswith(FORGED)
        return self


# What each command is called with, and the table whose texts it shows; None where it shows none of
# another's. A command that is not here fails the first test.
WAYS = {
    "backup": ("", []),
    "restore": ("", ["copia.db", "--dry-run"]),
    "forget": ("", ["--dry-run", "example.org"]),
    "check": ("areas", []),
    "explain": (None, ["P01"]),
    "waive": ("", ["lab", "L01", "--why", "perché"]),
    "unwaive": ("", ["lab", "L01"]),
    "waivers": ("", []),
    "completion": (None, ["bash"]),
    "describe": (None, ["labs"]),
    "terms": (None, ["state"]),
    "doctor": ("", []),
    "edit": ("labs", ["lab", "name=Nuovo", "--dry-run"]),
    "export": ("", []),
    "log": ("operations", []),
    "diff": ("operations", []),
    "blame": ("operations", ["lab"]),
    "undo": ("", ["1"]),
    "redo": ("", []),
    "import": ("", ["--as", "lab", "--plan", "albo.csv"]),
    "init": (None, ["--name", "Rete"]),
    "link": ("", ["lab", "partner_of", "organisation"]),
    "unlink": ("", ["organisation", "coordinates", "lab"]),
    "duplicates": ("labs", []),
    "distinct": ("", ["lab", "group", "--why", "due"]),
    "map": ("areas", ["--width", "1000"]),
    "merge": ("labs", ["proposal", "lab"]),
    "show": ("labs", ["lab"]),
    "publish": ("", ["--dry-run"]),
    "schedule": (None, []),
    "settings": (None, []),
    "sheet": ("", ["lab"]),
    "review accept": ("", ["proposal"]),
    "review apply": ("", ["--plan", "risposte.csv"]),
    "review close": ("", ["lab"]),
    "review confirm": ("", ["--how", "form", "lab"]),
    "review letters": ("", ["--all"]),
    "review merge": ("", ["proposal", "lab"]),
    "review next": ("labs", []),
    "review proposals": ("labs", []),
    "review reject": ("", ["--why", "perché", "proposal"]),
    "search": ("labs", ["a", "1"]),
    "stats": ("areas", []),
    "why": ("labs", ["lab"]),
    "area load": ("", ["aree.geojson"]),
    "area list": ("areas", []),
    "contact add": ("", ["lab", "--role", "coordinator", "--phone", "0382 000000"]),
    "contact edit": ("", ["lab-coordinator", "--phone", "0382 000001"]),
    "contact list": ("contacts", []),
    "contact remove": ("", ["lab-coordinator"]),
    "contact withdraw": ("", ["lab-coordinator"]),
    "network show": ("network", []),
    "network set": ("", ["--name", "Rete"]),
}
for _entity in PLACES:
    _name, _table = _entity.name_of_kind, _entity.table
    WAYS |= {
        f"{_name} add": ("", ["--name", "Altro"]),
        f"{_name} edit": (_table, ["--where", "state=active", "name=Nuovo", "--dry-run"]),
        f"{_name} show": (_table, [_name]),
        f"{_name} list": (_table, []),
        f"{_name} remove": ("", [_name]),
        f"{_name} restore": ("", [_name]),
    }
SHOWN_ON_A_LINE = {"list", "stats", "log"}  # cut at the edge of the window
COUNTING = {"check", "search", "stats", "why"}  # they tell of a name what they found
QUIET = {"completion", "describe", "terms", "explain", "init", "schedule", "settings"}


def commands(command, path=()):
    """Yield the commands that can be called, each with the words that name it."""
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from commands(inner, (*path, name))
    if not getattr(command, "commands", None):
        yield " ".join(path), command


@cache
def program():
    """Return all commands by name."""
    return dict(commands(app.program()))


def takes_json(name):
    """Tell whether a command has --json."""
    return any("--json" in parameter.opts for parameter in program()[name].params)


def texts_in(value):
    """Yield every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def test_every_command_is_tried():
    """A new command must be told here how it is called: none is forgotten."""
    assert set(program()) == set(WAYS)


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("name", WAYS)
def test_records_are_shown_and_never_obeyed(evil, monkeypatch, name, terminal):
    """Texts that other programs wrote do nothing to a terminal and begin no line of their own."""
    where, words = WAYS[name]
    last = name.split()[-1]
    monkeypatch.setenv("COLUMNS", "400000" if last in SHOWN_ON_A_LINE else "4000")
    # A card is laid out by rich ten times as slowly as a table.
    bulk = USED[::20] if terminal and last == "show" else USED
    evil(bulk, where)
    run = Run(*name.split(), *words, terminal=terminal).expect_safe()
    if name not in QUIET:
        assert all(code in run.out + run.err for code in TOLD), (run.out + run.err)[:500]
    if takes_json(name):
        evil(bulk, where)
        run = Run(*name.split(), *words, "--json", terminal=terminal).expect_safe()
        told = set(texts_in(json.loads(run.out))) if run.out else set()
        if where and name not in COUNTING:
            assert any(bulk in text for text in told)


@pytest.mark.parametrize("name", WAYS)
def test_words_of_the_command_line_are_shown_and_never_obeyed(evil, name):
    """Every code point that a person gives to any command is told by it as a sign or a code."""
    evil()
    words = WAYS[name][1]
    # Looking for a record by a text of a million characters takes 5 seconds: `show` is tried.
    looks = {"check", "log", "contact list"}.union(each for each in WAYS if WAYS[each][1])
    every = USED if name in looks - QUIET - {"show"} else EVERY
    given = every.replace("\0", "") + f"\n{FORGED}"
    whole = Run(*name.split(), *words[:-1], given).expect_safe()
    assert "1b" in whole.err or name.split()[-1] in {"add", "edit", "list", "search", "init"}
    for half in ("a\udcff", "a\ud800"):  # bytes that are no UTF-8, as Python reads them
        told = Run(*name.split(), *words[:-1], half, "--who", half).expect_safe()
        assert told.code in {0, 1, 2}
    same = name.replace("group", "lab").replace("organisation", "lab")
    together = []
    known = {option for each in program()[same].params for option in each.opts}
    for parameter in program()[name].params:
        if same != name and parameter.opts[0] in known:
            continue
        if parameter.opts[0] in {"--json", "--help"} or parameter.param_type_name == "argument":
            continue
        entity = vars(program()[name].callback).get("entity")
        if entity and entity.has(parameter.name):
            together += [parameter.opts[0], NASTY]
            continue
        evil()
        own = [NASTY] if not getattr(parameter, "is_flag", False) else []
        if own or parameter.opts[0] not in {"--install", "--resume"}:
            Run(*name.split(), *words, parameter.opts[0], *own).expect_safe()
    Run(*name.split(), *words, *together).expect_safe()


@pytest.mark.parametrize("group", sorted({" ".join(name.split()[:-1]) for name in WAYS}))
def test_a_command_that_there_is_not_is_shown_and_never_obeyed(evil, group):
    """Every code point of a command that is mistyped is told as a sign or a code."""
    evil()
    given = EVERY.replace("\0", "") + f"\n{FORGED}"
    Run(*group.split(), f"lst{given}", "--who", NASTY).expect_safe()
    for name in (each for each in WAYS if each.startswith(group)):
        Run(*group.split(), name.split()[-1] + NASTY, "--who", NASTY).expect_safe()


@pytest.mark.parametrize("words", [["log"], ["area", "list"], ["lab", "list"]], ids=" ".join)
@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "json"])
def test_every_code_point_in_records(evil, words, as_json):
    """All of Unicode, also what means nothing yet, is shown, and comes back whole as JSON."""
    where = {"log": "operations", "area": "areas", "lab": "labs"}[words[0]]
    evil(EVERY, where)
    run = Run(*words, *(["--json"] if as_json else [])).expect_safe()
    if as_json:
        assert EVERY in set(texts_in(json.loads(run.out)))
    else:
        assert EVERY.translate(shown_as()) in run.out


def shown_as():
    """Return how each code point is to be shown in a table."""
    return {code: f"\\u{{{code:x}}}" for code in CODES if harmful(code)} | {10: " "}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_is_valid_in_any_encoding(evil, encoding):
    """Where standard output takes few characters, JSON tells the others by their codes."""
    evil(USED, "areas")
    run = Run("area", "list", "--json", encoding=encoding)
    assert json.loads(run.out)[0]["name"] == USED


def test_a_page_for_the_editor_has_codes(evil, tmp_path):
    """What the editor opens holds no character that does not print, and means the same."""
    path = evil(USED, "labs")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/page.toml\n')
    editor.chmod(0o755)
    in_terminal(path, "edit", "lab", EDITOR=str(editor)).ends()
    page = (tmp_path / "page.toml").read_text("utf-8")
    assert harm_in(page) == set()
    assert not re.search(
        rf"^{FORGED}", re.sub(r'"""\n.*?"""', "", page, flags=re.DOTALL), re.MULTILINE
    )
    assert tomllib.loads(page)["name"] == USED


@pytest.mark.parametrize("pager", ["", "cat"])
@pytest.mark.parametrize(
    "words", [["lab", "list"], ["show", "lab"], ["log"], ["map"]], ids=" ".join
)
def test_a_real_terminal_gets_no_command(evil, words, pager):
    """In a real terminal, and through a pager, there are rich's colours and nothing else."""
    run = in_terminal(evil(NASTY, "labs"), *words, columns=9_000, lines=4, PAGER=pager)
    run.ends()
    plain = STYLE.sub("", run.raw.replace("\r\n", "\n"))
    assert harm_in(plain) == set()
    assert TOLD[0] in plain.replace("\n", "") or words == ["map"]


def test_names_are_offered_and_never_obeyed(evil):
    """The questions of guided entry show names of areas, and drafts, without obeying them."""
    path = evil(NASTY, "areas")
    run = in_terminal(path, "lab", "add").answers("Nome*:", "Spazio Esempio")
    run.skips_to("Comune:")
    run.sees("\\u{")
    run.types("\x03").ends(130)
    for char in "\u202e\u2066\u200b\ufeff\u2028\x9b\x85\x07\U000e0041":
        assert char not in run.raw
    assert "\x1b]" not in run.raw
