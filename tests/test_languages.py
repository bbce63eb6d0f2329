"""Every sentence exists in Italian and in English, and each language keeps to itself."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import bencomune_cli
from bencomune_cli.rules import catalogue
from bencomune_cli.vocabularies import names, vocabulary
from bencomune_cli.words import LANGUAGES

SOURCE = Path(bencomune_cli.__file__).parent
# Words by which a language is known, and which the other does not have.
ENGLISH = re.compile(
    r"\b(the|is|are|of|and|or|with|without|this|that|not|from|which|there|its|to|by|for|was"
    r"|has|does|cannot|needed|nothing|record's|your)\b",
    re.IGNORECASE,
)
ITALIAN = re.compile(
    r"\b(il|lo|gli|della|delle|dei|degli|del|di|che|non|una|uno|sono|questo|questa|nel|nella|con"
    r"|per|dal|dalla|alla|serve|senza|oppure|manca|può|è|già|più|ogni|anche)\b",
    re.IGNORECASE,
)
# What reads the same in both languages.
SAME_WORDS = {
    *("Area", "Partner", "Record", "it, en"),
    "labs, groups, organisations, relations, network",  # names of layers
}


def texts():
    """Yield every `Text("...", "...")` of the source: where it stands, Italian, English."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text":
                told = [each.value for each in node.args if isinstance(each, ast.Constant)]
                if len(told) == len(node.args) == 2:
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", *told


def labels():
    """Yield the pairs that declarations give: options, columns, terms, rules."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(getattr(node, "func", None), "id", "")
            if called in {"option", "argument", "column", "key"}:
                told = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
                if not told:  # made of data
                    continue
                assert len(told) == 2, f"{path}:{node.lineno} tells one language only"
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", *told
    for name in names():
        for term in vocabulary(name).values():
            yield f"{name}.{term.code}", *term.label
            yield f"{name}.{term.code}", *term.inverse
    for rule in catalogue().values():
        for text in (rule.message, rule.why, rule.fix):
            yield rule.code, *text


ALL = [*texts(), *labels()]


def fields(text):
    """Return the names that a text is filled with."""
    return set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text))


def test_there_are_sentences():
    """The walk finds the sentences of the program."""
    assert len(ALL) > 800


@pytest.mark.parametrize(("where", "it", "en"), ALL, ids=lambda each: str(each)[:40])
def test_a_sentence_exists_in_both_languages(where, it, en):
    """Both are there, with the same places to fill, each in its own language."""
    assert bool(it.strip()) == bool(en.strip()), where
    assert fields(it) == fields(en), where
    plain_it, plain_en = (
        re.sub(r"\{\w+\}|[«“][^»”]*[»”]|--?[\w-]+", " ", text) for text in (it, en)
    )
    assert not (ENGLISH.search(plain_it) and not ITALIAN.search(plain_it)), (where, it)
    assert not (ITALIAN.search(plain_en) and not ENGLISH.search(plain_en)), (where, en)


def run(language, *words, cwd=None, **told):
    """Run the program in a language."""
    unset = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "BENCOMUNE_LANG"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    said = {"BENCOMUNE_LANG": language} if language else {}
    return subprocess.run(
        [sys.executable, "-m", "bencomune_cli", *words],
        env={**environment, **said, "PYTHONUTF8": "1", "COLUMNS": "100", **told},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@cache
def tree():
    """Return the help of every command by its path, in each language, made in two processes."""
    code = (
        "import json\n"
        "from bencomune_cli.app import program\n"
        "def walk(command, context, path):\n"
        "    yield ' '.join(path), command.get_help(context)\n"
        "    for name, inner in getattr(command, 'commands', {}).items():\n"
        "        below = type(context)(inner, info_name=name, parent=context)\n"
        "        yield from walk(inner, below, (*path, name))\n"
        "top = program()\n"
        "context = top.context_class(top, info_name='bencomune', terminal_width=400)\n"
        "print(json.dumps(dict(walk(top, context, ()))))\n"
    )
    told = {}
    for language in LANGUAGES:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "BENCOMUNE_LANG": language, "COLUMNS": "300"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        told[language] = json.loads(done.stdout)
    return told


def test_every_help_is_in_its_language():
    """No line of a help is the same in both languages but for names, and none is in the other."""
    it, en = tree()["it"], tree()["en"]
    assert it.keys() == en.keys()
    wrong = []
    for path in it:
        for mine, other in zip(it[path].splitlines(), en[path].splitlines(), strict=True):
            told = re.split(r"\s{2,}", mine.strip())[-1]
            letters = re.sub(r"--?[\w-]+|[A-Z]{2,}|\[|\]|\{\w+\}", "", told)
            if mine == other and re.search(r"[a-z]{3}", letters) and told not in SAME_WORDS:
                wrong.append((path, mine))
            if ENGLISH.search(told) and not ITALIAN.search(told):
                wrong.append((path, mine))
    assert wrong == []


MISUSE = {
    "unknown option": ("lab", "list", "--mai"),
    "unknown option of the program": ("--mai", "lab", "list"),
    "near option": ("lab", "list", "--wher", "x"),
    "missing argument": ("lab", "show"),
    "missing value": ("lab", "list", "--where"),
    "unknown command": ("boh",),
    "unknown command of a group": ("lab", "boh"),
    "near command": ("lab", "shwo"),
    "too much": ("undo", "1", "2"),
    "flag with a value": ("lab", "list", "--json=1"),
    "language": ("--lang", "fr", "lab", "list"),
    "no registry": ("lab", "list"),
    "bad file": ("area", "load", "mai.geojson"),
    "bad rule": ("explain", "Z99"),
    "bad vocabulary": ("terms", "mai"),
    "bad number": ("undo", "x"),
    "bad shell": ("completion", "cmd"),
}


@pytest.mark.parametrize("name", MISUSE)
def test_misuse_is_told_in_the_language(tmp_path, name):
    """What is wrong with a command line is told in the language spoken, with exit code 2."""
    it, en = (run(language, *MISUSE[name], cwd=tmp_path) for language in LANGUAGES)
    assert (it.returncode, en.returncode) == (2, 2)
    assert it.stderr != en.stderr
    said = re.sub(r"«[^»]*»|--?[\w-]+|registry\.db|bencomune \w+", "", it.stderr)
    assert not ENGLISH.search(said), it.stderr
    assert not ITALIAN.search(re.sub(r"“[^”]*”|--?[\w-]+", "", en.stderr)), en.stderr


@pytest.mark.parametrize(
    ("told", "words", "language"),
    [
        ({"LANG": "en_GB.UTF-8"}, (), "en"),
        ({"LANG": "it_IT.UTF-8"}, (), "it"),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": "en_US.UTF-8"}, (), "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "it_IT"}, (), "it"),
        ({"LC_ALL": "en_US.UTF-8", "LANGUAGE": "it:en"}, (), "it"),
        ({"LANG": "en_GB.UTF-8", "BENCOMUNE_LANG": "it"}, (), "it"),
        ({"LANG": "C"}, (), "it"),
        ({}, (), "it"),
        ({"BENCOMUNE_LANG": "it"}, ("--lang", "en"), "en"),
        ({"BENCOMUNE_LANG": "it"}, ("--lang=en",), "en"),
        ({"BENCOMUNE_LANG": "en"}, ("--lang", "it"), "it"),
        ({"LANG": "de_DE.UTF-8"}, (), "en"),
    ],
)
def test_the_language_is_chosen(tmp_path, told, words, language):
    """--lang goes before BENCOMUNE_LANG, and that before the locale; Italian where none is told."""
    heading = {"it": "Uso:", "en": "Usage:"}[language]
    for line in ((*words, "lab", "list", "--help"), ("lab", "list", "--help", *words)):
        assert run("", *line, cwd=tmp_path, **told).stdout.startswith(heading), line


READ = (
    ("lab", "list"),
    ("lab", "show", "spazio-q"),
    ("network", "show"),
    ("area", "list"),
    ("contact", "list"),
    ("log",),
    ("diff",),
    ("blame", "spazio-q"),
    ("check",),
    ("explain", "P03"),
    ("stats",),
    ("search", "torino"),
    ("why", "spazio-q"),
)


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_json_has_the_same_keys_and_codes(words):
    """What programs read does not change with the language, sentences apart."""
    path = Path(__file__).parent.parent / "registry.db"
    both = []
    for language in LANGUAGES:
        done = run(language, "--registry", str(path), *words, "--json")
        both.append(json.loads(done.stdout))
    assert _bare(both[0]) == _bare(both[1])


def _bare(value):
    """Return a value without the sentences that are told to a person."""
    if isinstance(value, dict):
        told = {"message", "reason", "reasons", "label", "why", "fix", "snippet", "severity_label"}
        return {key: _bare(each) for key, each in value.items() if key not in told}
    return [_bare(each) for each in value] if isinstance(value, list) else value
