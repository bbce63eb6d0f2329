"""Completion: what real shells show when a person presses Tab, and that nothing is ever run."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress

import pexpect
import pyte
import pytest

from bencomune_cli import app
from bencomune_cli.entities import Area, Lab, Organisation
from bencomune_cli.shells import SCRIPTS, asked, quoted

SHELLS = {
    "bash": (("bash", "--norc", "--noprofile", "-i"), ". <(bencomune completion bash)"),
    "zsh": (
        ("zsh", "-f", "-i"),
        "autoload -Uz compinit; compinit -u -D; PROMPT='$ '; . =(bencomune completion zsh)",
    ),
    "fish": (("fish", "--no-config"), "bencomune completion fish | source"),
}
every_shell = pytest.mark.parametrize("shell", SHELLS)
HOSTILE = (
    "Borgo $(touch eseguito)",
    "Corte `touch eseguito`",
    r"Vicolo \$(touch eseguito) \`touch eseguito\`",
    """Piazza "D'Esempio"; touch eseguito""",
    "Strada 'chiusa' & * ? [a] {b} ~ # !1 %s <>|",
    "Largo: a=b, c",
)


@pytest.fixture
def network(registry, path):
    """Return the path of a registry with labs, an organisation and areas of hostile names."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
        registry.add(Lab, {"name": "Officina Caffè"})
        registry.add(Organisation, {"name": "Associazione Esempio", "legal_form": "aps"})
        for name in HOSTILE:
            registry.add(Area, {"name": name, "area_kind": "neighbourhood"})
        registry.add(
            Area, {"name": "Sant'Esempio in Monte", "area_kind": "municipality", "code": "000002"}
        )
    registry.close()
    return path


def environment(home, **told):
    """Return an environment with the program on the PATH, and no settings of a person."""
    (home / "bin").mkdir(exist_ok=True)
    program = home / "bin" / "bencomune"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bencomune_cli "$@"\n')
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    plain = {
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "TERM": "xterm",
        "PS1": "$ ",
        "LC_ALL": "C.UTF-8",
        "BENCOMUNE_LANG": "it",
        "HISTFILE": "",
    }
    return {**kept, **plain, **told}


class Terminal:
    """A shell in a pseudo-terminal, and what a person sees there."""

    def __init__(self, shell, home, start=None, **told):
        command, source = SHELLS[shell]
        if not shutil.which(command[0]) and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
            pytest.skip(f"{command[0]} is not installed")
        self.screen = pyte.Screen(160, 50)
        self.stream = pyte.Stream(self.screen)
        command = command if start is None else start
        self.child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=environment(home, **told),
            cwd=home,
            dimensions=(50, 160),
            encoding="utf-8",
        )
        self.child.send((source if start is None else ":") + "; echo pron''to\r")
        self.until(lambda shown: "pronto" in shown.splitlines())

    def look(self, seconds=0.1):
        """Take in what the terminal gets."""
        with suppress(pexpect.TIMEOUT):
            self.stream.feed(self.child.read_nonblocking(65_536, seconds))
        return "\n".join(line.rstrip() for line in self.screen.display).strip()

    def until(self, holds, seconds=20):
        """Wait until what is shown holds; return it."""
        end = time.monotonic() + seconds
        while not holds(shown := self.look()):
            assert time.monotonic() < end, shown
        return shown

    def typed(self, keys, *wanted, seconds=20):
        """Clear the line, type, and wait until all that is wanted is shown; return the screen."""
        self.clear()
        self.child.send(keys)
        return self.until(lambda shown: all(each in shown for each in wanted), seconds)

    def clear(self):
        """Wait for the shell to be still, as a person does, then empty its line and the screen."""
        before = None
        while before != (before := self.look(0.5)):
            pass
        self.child.send("\x05\x15")
        self.look(0.3)
        self.child.send("clear\r")
        self.until(lambda shown: "\n" not in shown and "clear" not in shown)

    def close(self):
        """End the shell."""
        self.child.close(force=True)


@pytest.fixture
def terminal(network, tmp_path):
    """Return a function that opens a shell that knows the completion."""
    opened = []

    def open_(shell, **told):
        opened.append(Terminal(shell, tmp_path, **{"BENCOMUNE_REGISTRY": str(network), **told}))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


@every_shell
def test_a_shell_completes(shell, terminal):
    """The key Tab completes commands, ids, words of names, options, terms, conditions, areas."""
    at = terminal(shell)
    at.typed("bencomune lab sh\t", "bencomune lab show")
    at.typed("bencomune lab show spa\t", "lab show spazio-esempio")
    at.typed("bencomune lab show caff\t", "lab show officina-caffe")
    at.typed("bencomune lab add --stat\t", "lab add --state")
    at.typed("bencomune lab add --state act\t", "lab add --state active")
    at.typed("bencomune lab add --state=act\t", "lab add --state=active")
    at.typed("bencomune lab list --where stat\t\t", "--where state=")
    at.typed("bencomune lab list --where state=act\t", "--where state=active")
    at.typed("bencomune export --format geo\t", "--format geojson")
    at.typed("bencomune explain p0\t", "P0")
    at.typed("bencomune terms relation_r\t", "terms relation_role")
    at.typed("bencomune area load x --kind neigh\t", "--kind neighbourhood")
    at.typed("bencomune link spazio-esempio coord\t", "spazio-esempio coordinates")
    at.typed("bencomune link spazio-esempio manages asso\t", "manages associazione-esempio")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_shows_what_terms_mean(shell, terminal):
    """Beside the codes stand the labels, in the language that the command line chooses."""
    at = terminal(shell)
    at.typed("bencomune lab add --state \t", "active", "Attivo", "closed", "Chiuso")
    at.typed("bencomune --lang en lab add --state \t", "active", "Active", "closed", "Closed")


@every_shell
def test_hostile_names_are_only_text(shell, terminal, tmp_path):
    """A name with commands in it is completed so that the shell gives it back as it is."""
    at = terminal(shell)
    for name in HOSTILE:
        begun = name.split()[0].rstrip(":")
        # What stands on the line after Tab is run with another program: it shows its arguments.
        (tmp_path / "bin" / "shown").write_text('#!/bin/sh\nprintf "[%s]" "$@"\n')
        (tmp_path / "bin" / "shown").chmod(0o755)
        known = f"bencomune lab list --in {begun[:4]}"
        before = at.typed(f"{known}\t", known)
        deadline = time.monotonic() + 10
        while (now := at.look()) == before and time.monotonic() < deadline:
            pass
        assert now != known
        at.child.send("\x01shown \r")
        at.until(lambda shown, name=name: f"[{name}]" in shown)
    assert not list(tmp_path.rglob("eseguito"))


@every_shell
def test_a_broken_registry_is_silent(shell, terminal, network):
    """With a file that is no registry, Tab offers nothing for an id and says nothing."""
    network.write_bytes(b"SQLite format 3\x00" + b"esempio " * 100)
    at = terminal(shell)
    at.child.send("bencomune lab show spa\t")
    time.sleep(1)
    at.child.send(" fine")
    at.until(lambda shown: "lab show spa fine" in " ".join(shown.split()))
    at.typed("bencomune lab sh\t", "bencomune lab show")


@pytest.mark.parametrize(("shell", "rc"), [("zsh", ".zshrc"), ("fish", None)])
def test_an_installed_completion_is_found(shell, rc, network, tmp_path, bencomune):
    """After `completion --install`, done twice, a new shell completes; its settings stay."""
    home = tmp_path / "casa"
    home.mkdir()
    if rc:
        (home / rc).write_bytes(b"export ESEMPIO=1 \\")
    told = {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "ZDOTDIR": ""}
    for _ in range(2):
        done = bencomune("completion", "--install", shell, **told)
        assert (done.returncode, done.stdout) == (0, "")
        assert "Tab" in done.stderr
    if rc:
        text = (home / rc).read_text()
        assert text.startswith("export ESEMPIO=1 \\\n\n")
        assert text.count("_bencomune") == 1
    start = {"zsh": ("zsh", "-i"), "fish": ("fish",)}[shell]
    at = Terminal(shell, home, start, BENCOMUNE_REGISTRY=str(network))
    try:
        at.typed("bencomune lab show spa\t", "lab show spazio-esempio")
    finally:
        at.close()


def test_bash_completion_is_put_where_bash_looks(tmp_path, bencomune):
    """For bash the script lies where bash-completion loads it by the command's name."""
    done = bencomune("completion", "--install", "bash", HOME=str(tmp_path), XDG_DATA_HOME="")
    assert done.returncode == 0
    file = tmp_path / ".local/share/bash-completion/completions/bencomune"
    assert file.read_text("utf-8") == SCRIPTS["bash"]
    assert f". {file}" in done.stderr
    assert not (tmp_path / ".bashrc").exists()


def test_a_shell_that_is_not_known_is_refused(tmp_path, bencomune):
    """A shell without completion is refused with those that have one, and nothing is written."""
    done = bencomune("completion", "--install", "tcsh", HOME=str(tmp_path))
    assert done.returncode == 2
    assert "bash, zsh, fish" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_program_knows_that_a_script_asks():
    """Each script tells its name in the variable in which the program looks for it."""
    assert all(f"{app._ASKED_BY}={name} " in script for name, script in SCRIPTS.items())


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_script_is_right_for_its_shell(shell, bencomune, tmp_path):
    """The script that is printed is read by its shell without a word."""
    if not shutil.which(shell) and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(bencomune("completion", shell).stdout, "utf-8")
    done = subprocess.run([shell, "-n", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# What the program answers


@pytest.fixture
def answers(bencomune):
    """Return a function that asks as a shell does, zsh unless told: the last word is begun."""

    def ask(*words, by="zsh", **told):
        done = bencomune(*words, _BENCOMUNE_COMPLETE=by, **told)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return ask


def values(lines):
    """Return the texts of an answer without their help."""
    return [line.partition("\t")[0] for line in lines[1:]]


def test_ids_and_names(answers, network):
    """Ids are offered with names, of the kind that the command is about, of all for a relation."""
    del network
    assert answers("lab", "show", "spa") == ["words", "spazio-esempio\tSpazio Esempio"]
    assert values(answers("lab", "show", "")) == ["officina-caffe", "spazio-esempio"]
    assert values(answers("org", "show", "")) == ["associazione-esempio"]
    assert values(answers("link", "")) == [
        "associazione-esempio",
        "officina-caffe",
        "spazio-esempio",
    ]
    assert values(answers("lab", "show", "ESEMPIO")) == ["spazio-esempio"]
    assert values(answers("lab", "restore", "")) == []


def test_what_can_be_waived_is_offered(answers, network):
    """Ids of every kind that `check` tells of, and the kinds for an id that several have."""
    del network
    assert values(answers("waive", "com")) == ["comune-esempio"]
    assert values(answers("unwaive", "netw")) == ["network"]
    assert "area" in values(answers("waive", "comune-esempio", "T12", "--as", ""))


def test_registry_of_the_command_line(answers, network, tmp_path):
    """The registry that is asked is that of --registry, else of the environment."""
    other = tmp_path / "altro.db"
    shutil.move(network, other)
    assert values(answers("lab", "show", "spa")) == []
    assert values(answers("--registry", str(other), "lab", "show", "spa")) == ["spazio-esempio"]
    assert values(answers("lab", "show", "spa", BENCOMUNE_REGISTRY=str(other)))


def test_several_values_in_one_text(answers, network):
    """In a list of terms the last one is completed, and the first ones stay."""
    del network
    known = values(answers("lab", "add", "--activities", "reading_books,"))
    assert len(known) > 3
    assert all(each.startswith("reading_books,") for each in known)


def test_municipalities_by_name_and_code(answers, network):
    """A municipality is offered by its name, or by its code once that is begun."""
    del network
    option = ("lab", "add", "--municipality")
    assert answers(*option, "comune") == ["found", "Comune Esempio\t000001"]
    assert answers(*option, "00000")[1:] == [
        "000001\tComune Esempio",
        "000002\tSant'Esempio in Monte",
    ]


def test_files_are_left_to_the_shell(answers, network):
    """Where a file is due the shell is told so, and completes its own."""
    del network
    assert answers("area", "load", "") == ["files"]
    assert answers("--registry", "") == ["files"]


@pytest.mark.parametrize("damage", ["missing", "text", "cut", "foreign", "wal", "folder"])
def test_no_registry_no_words(answers, network, damage):
    """Whatever lies in the registry's place, nothing is said, offered or changed."""
    if damage == "foreign":
        with closing(sqlite3.connect(network)) as connection:
            connection.execute("PRAGMA application_id = 1")
    elif damage == "wal":
        with closing(sqlite3.connect(network)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    elif damage == "text":
        network.write_text("nome;via\n")
    elif damage == "cut":
        os.truncate(network, 3 * 4096)
    else:
        network.unlink()
        if damage == "folder":
            network.mkdir()
    before = network.read_bytes() if network.is_file() else b""
    names = sorted(each.name for each in network.parent.iterdir())
    for words in (("lab", "show", "spa"), ("lab", "list", "--in", ""), ("undo", "")):
        assert values(answers(*words)) == []
    assert (network.read_bytes() if network.is_file() else b"") == before
    assert sorted(each.name for each in network.parent.iterdir()) == names


@pytest.mark.parametrize("words", [(), ("\udcff",), ("lab", "nessuno", ""), ("--x", "'"), ("", "")])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "altra"])
def test_nonsense_is_silent(answers, words, shell):
    """Whatever a shell passes, also with too few words, the answer is no error."""
    answers(*words, by=shell)


def test_text_that_cannot_be_typed_is_not_offered(answers, network):
    """A name or an id that another program wrote with control characters stays out, or is shown."""
    with closing(sqlite3.connect(network, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("INSERT INTO labs (id, name) VALUES ('a\x1b[31m', 'Esempio')")
        connection.execute("INSERT INTO labs (id, name) VALUES ('-rf', 'Esempio')")
        connection.execute("INSERT INTO labs (id, name) VALUES ('a-esempio', 'A\x1b]0;x\x07\nB')")
    assert answers("lab", "show", "")[1:3] == [
        "a-esempio\tA\\u{1b}]0;x\\u{7} B",
        "officina-caffe\tOfficina Caffè",
    ]
    assert "\x1b" not in "".join(answers("lab", "show", ""))


def test_bash_gets_what_replaces_the_end_of_its_word(answers, network):
    """For bash only what follows its break characters is given, quoted for the open quote."""
    del network
    line = "bencomune lab list --where state=ac"
    assert answers(line, "ac", by="bash") == ["words", "active"]
    line = "bencomune lab add --municipality "
    assert answers(f"{line}Sant", "Sant", by="bash")[1] == r"Sant\'Esempio\ in\ Monte"
    assert answers(f'{line}"Sant', "Sant", by="bash")[1] == "Sant'Esempio in Monte"
    assert answers(f"{line}'Sant", "Sant", by="bash")[1] == r"Sant'\''Esempio in Monte"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_quoting_is_undone_by_bash(name, quote, tmp_path):
    """What is quoted is read by bash as the same text, whatever quote was open."""
    script = f"printf %s {quote}{quoted(name, quote)}{quote}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.decode() == name
    assert asked("bash", (f"bencomune x {quote}{quoted(name, quote)}", "")).typed == name
    assert not list(tmp_path.iterdir())


def test_of_many_records_some_are_offered(path, registry, answers):
    """Of 10,000 ids at most 100 are offered, all with what all have in common."""
    registry.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO labs (id, name) VALUES (?, ?)",
            ((f"spazio-{n:05}", f"Spazio numero {n}") for n in range(10_000)),
        )
    offered = values(answers("lab", "show", "spa"))
    assert len(offered) == 100
    assert (offered[0], offered[-1]) == ("spazio-00000", "spazio-09999")
    assert values(answers("lab", "show", "spazio-0999")) == [
        f"spazio-{n:05}" for n in range(9990, 10_000)
    ]
