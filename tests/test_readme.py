"""The README tells only what is there."""

import re
import shlex
from pathlib import Path

import pytest

from bencomune_cli.app import program

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")
ITALIAN = (TOP / "README.it.md").read_text("utf-8")
PAGES = [
    TOP / "README.md",
    TOP / "README.it.md",
    TOP / "CHANGELOG.md",
    *sorted((TOP / "docs").glob("*.md")),
]
CODE = re.findall(r"^```(?:sh|console|text)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINES = [line for block in CODE for line in block.splitlines() if "bencomune" in line]
COMMANDS = [
    "bencomune" + part
    for line in LINES
    for part in re.findall(r"(?<![\w-])bencomune(?= )( [^&>|]*)", line)
]


@pytest.fixture(scope="module")
def tree():
    """Return the whole tree of commands."""
    return program()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Every link to a file of the repository leads to one that is there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_shows_commands():
    """The commands of the README are found by this test."""
    assert len(COMMANDS) > 15


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_exists(tree, line):
    """Every command line of the README names commands and options that there are."""
    words = shlex.split(line.split("#")[0])[1:]
    command = tree
    while words and hasattr(command, "commands"):
        while words and words[0].startswith("-"):
            words = words[2:]
        if not words:
            return
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= options, line


def test_exactly_two_commands_set_all_up():
    """One command installs and runs the main job, one passes the tests; CI runs both."""
    assert README.count("<!-- command: ") == 2
    ci = (TOP / ".ci" / "run").read_text("utf-8")
    assert "readme 'command: run'" in ci
    assert "readme 'command: test'" in ci


def test_both_readmes_tell_the_same():
    """They have the same sections, the same commands, and links to the same pages."""
    for pattern in (r"^(#+) ", r"^```(\w*)$", r"^bencomune (\w+ \w+)", r"^<!-- (screen: \w+)"):
        both = [re.findall(pattern, text, re.MULTILINE) for text in (README, ITALIAN)]
        assert both[0] == both[1], pattern
    links = [re.findall(r"\]\((?!README)([^)]+)\)", text) for text in (README, ITALIAN)]
    assert [link.replace(".it.md", ".md") for link in links[1]] == links[0]
    assert "<!-- command:" not in ITALIAN  # each command is run once
