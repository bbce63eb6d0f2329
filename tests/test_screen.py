"""The screen: what a record holds is shown as it is, and never does anything to a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
import unicodedata

import pytest

from bencomune_cli import screen
from bencomune_cli.entities import Lab
from bencomune_cli.screen import visible

EVIL = (
    "[red]Spazio[/via] [link=https://example.org]x[/link] :clock1: {x} %s"
    " \x1b]0;titolo\x07 \x1b[31mROSSO \x9b32m \x7f \u202e \u2028 \U000e0001"
)
MARKUP = "[red]Spazio[/via] [link=https://example.org]x[/link] :clock1: {x} %s"
STYLE = re.compile(r"\x1b\[[0-9;]*m")  # what rich itself writes, and nothing else
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9;]*)?m")
CALLS = {
    "table": "screen.table([same('Nome'), same('Due')], [[evil, None], [1, evil]])",
    "card": (
        "screen.card(evil, [screen.Section(same(evil),"
        " [(same('Nome'), evil, evil), ('Vuoto', None, '')])])"
    ),
    "findings": "screen.findings(found)",
    "findings on stderr": "screen.findings(found, sys.stderr)",
    "out": "screen.out(evil)",
    "say": "screen.say(evil)",
    "ask": "screen.ask(same(evil))",
    "out_json": "screen.out_json({'nome': evil})",
}
SCRIPT = """
import sys
from bencomune_cli import screen
from bencomune_cli.findings import Finding, Severity
from bencomune_cli.words import same
evil = {evil}
found = [Finding("K01", each, "lab", "esempio", "name", same(evil)) for each in Severity]
{call}
"""


def environment(**told):
    """Return an environment with a wide terminal, in Italian."""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    plain = {"TERM": "xterm-256color", "COLUMNS": "400", "PYTHONUTF8": "1", "BENCOMUNE_LANG": "it"}
    return {**kept, **plain, **told}


def in_terminal(*arguments, ends=(0,), **told):
    """Run Python in a pseudo-terminal; return all that the terminal would get."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment(**told),
    ) as process:
        os.close(theirs)
        got = b""
        try:
            while chunk := os.read(ours, 65_536):
                got += chunk
        except OSError:
            pass  # how Linux tells that the other end is closed
        os.close(ours)
    assert process.returncode in ends, got
    return got.decode("utf-8").replace("\r\n", "\n")


def not_printing(shown):
    """Return the characters that are neither the program's own colours nor printable."""
    return {char for char in STYLE.sub("", shown) if not char.isprintable() and char != "\n"}


def in_pipe(*arguments, **told):
    """Run Python with pipes; return standard output and standard error."""
    command = [sys.executable, *arguments]
    run = subprocess.run(
        command, capture_output=True, check=True, input=b"", env=environment(**told)
    )
    return run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def script(call, evil=EVIL):
    """Return a program that shows an evil text in one way."""
    return SCRIPT.format(evil=ascii(evil), call=CALLS[call])


def test_visible_leaves_only_what_prints():
    """Of all characters, each that is no letter, sign or plain blank is shown as its code."""
    everything = "".join(map(chr, range(0x110000)))
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown = visible(everything)
    assert set(shown) & set("\x1b\x07\x9b\x7f\u202e\u2028\ud800\ufeff") == set()
    assert {char for char in set(shown) if unicodedata.category(char) in bad} == {"\n"}
    assert visible("Città 🌻 [red] «{x}» \\ 100 %") == "Città 🌻 [red] «{x}» \\ 100 %"
    assert visible("a\x1b[0mb\tc") == "a\\u{1b}[0mb\\u{9}c"


@pytest.mark.parametrize("call", CALLS)
def test_a_terminal_gets_no_command_of_the_data(call):
    """In a terminal nothing but the program's own colours is more than print."""
    got = in_terminal("-c", script(call))
    assert not_printing(got) == set()
    assert MARKUP in STYLE.sub("", got)
    assert "ROSSO" in got


@pytest.mark.parametrize("call", CALLS)
def test_a_pipe_gets_plain_text(call):
    """In a pipe there are no colours or frames, and the text is all there."""
    out, err = in_pipe("-c", script(call))
    got, other = (err, out) if call in {"say", "ask", "findings on stderr"} else (out, err)
    assert MARKUP in got
    assert other == ""
    assert "\x1b" not in got
    assert not re.search("[─━│┃╭╮]", got)
    if call == "out_json":
        assert json.loads(got) == {"nome": EVIL}


def test_a_table_in_a_pipe_is_separated_by_tabs():
    """One line for each row, one tab between two cells, whatever the cells hold; no headings."""
    out, _ = in_pipe("-c", script("table", "a\tb\nc"))
    assert out == "a\\u{9}b c\t\n1\ta\\u{9}b c\n"


def test_half_a_surrogate_pair_is_shown():
    """A text that UTF-8 cannot hold is shown as its code, not a fault."""
    for call in ("table", "card", "findings", "out", "say"):
        assert "\\u{d800}" in "".join(in_pipe("-c", script(call, "a\ud800b")))
        assert "\\u{d800}" in in_terminal("-c", script(call, "a\ud800b"))


@pytest.mark.parametrize("call", ["findings", "findings on stderr", "table", "card"])
def test_no_color_is_respected(call):
    """NO_COLOR takes the colours away, and a dumb terminal gets plain text."""
    assert not COLOUR.search(in_terminal("-c", script(call, "Spazio"), NO_COLOR="1"))
    assert "\x1b" not in in_terminal("-c", script(call, "Spazio"), TERM="dumb")
    if call.startswith("findings"):
        assert COLOUR.search(in_terminal("-c", script(call, "Spazio")))


def test_findings_stand_on_their_own_line():
    """A finding tells how grave it is, its code, the record and column, and what is wrong."""
    out, _ = in_pipe("-c", script("findings", "non va"), BENCOMUNE_LANG="en")
    assert out.splitlines() == [
        "error K01  esempio.name: non va",
        "warning K01  esempio.name: non va",
        "note K01  esempio.name: non va",
    ]


@pytest.fixture
def marked(registry):
    """Write a record whose name is mark-up, with a reason that is a command to the terminal."""
    with registry.operation("lab add", why="\x1b]0;titolo\x07\x9b31m motivo"):
        registry.add(Lab, {"name": "[red]Spazio[/via] :clock1:"}, "spazio")
    return str(registry.store.path)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("lab", "list"), "[red]Spazio[/via] :clock1:"),
        (("lab", "show", "spazio"), "[red]Spazio[/via] :clock1:"),
        (("lab", "show", "spazio", "--json"), "[red]Spazio[/via] :clock1:"),
        (("log",), "\\u{1b}]0;titolo\\u{7}\\u{9b}31m motivo"),
        (("log", "--json"), "titolo"),
        (("lab", "show", "[red]x\x1b[/via]"), "«[red]x\\u{1b}[/via]»"),
        (("lab", "list", "--where", "\x1b]0;x\x07"), "\\u{1b}"),
        (("\x1b[31mcomando",), "31mcomando"),
        (("lab", "list", "--\x1b[31m"), "\\u{1b}"),
    ],
)
def test_the_program_shows_data_as_they_are(marked, arguments, told):
    """Mark-up in a name is shown as it is written; an escape sequence anywhere as its code."""
    shown = in_terminal("-m", "bencomune_cli", "--registry", marked, *arguments, ends=(0, 2))
    assert told in STYLE.sub("", shown)
    assert not_printing(shown) == set()


WORDS = "scrivere «bencomune lab edit spazio-esempio --phone 0382» oppure altro di più lungo"


def test_a_sentence_breaks_at_blanks_and_no_command_does():
    """In a narrow window a sentence is broken between words, never inside a quoted command."""
    call = f"screen.say({WORDS!r})"
    got = in_terminal("-c", SCRIPT.format(evil="''", call=call), COLUMNS="58")
    lines = got.splitlines()
    assert " ".join(line.removeprefix("  ") for line in lines) == WORDS
    assert max(map(len, lines)) <= 58
    assert any("«bencomune lab edit spazio-esempio --phone 0382»" in line for line in lines)
    assert in_pipe("-c", SCRIPT.format(evil="''", call=call), COLUMNS="58")[1] == WORDS + "\n"


ROWS = """screen.table(
    [same("Identificativo"), same("Nome"), same("E-mail"), same("Scade il")],
    [["spazio-esempio-press", "Nome Esempio", "nome.esempio@comune.example.org", ""]],
)"""


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_table_breaks_no_word(columns):
    """At every width headings, ids and addresses stay whole: in columns, or as a block."""
    got = in_terminal("-c", SCRIPT.format(evil="''", call=ROWS), COLUMNS=str(columns))
    plain = STYLE.sub("", got)
    for word in ("spazio-esempio-press", "nome.esempio@comune.example.org", "E-mail", "Esempio"):
        assert word in plain
    assert ("─" in plain) == (columns > 60)
    assert max(map(len, plain.splitlines())) <= columns


@pytest.mark.parametrize("values", [[], [1], [{"nome": "a\nb", "altri": [1, {}]}, {}, "\x1b"]])
def test_a_long_list_is_told_as_any_other(capsys, values):
    """One value after the other, byte for byte as if the list were given whole."""
    screen.out_json(values)
    whole = capsys.readouterr().out
    screen.out_json_of(iter(values))
    assert capsys.readouterr().out == whole
    assert json.loads(whole) == values
