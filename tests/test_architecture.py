"""The house: imports go down, libraries have one home, modules and functions stay small."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import bencomune_cli

PACKAGE = bencomune_cli.__name__
SOURCE = Path(bencomune_cli.__file__).parent
PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"
GROWING = {
    *("entities", "rules", "formats", "bundles", "metadata", "readers"),
    *("commands", "kinds", "schedules", "targets", "vocabularies"),
}
SIBLINGS_ALLOWED = {("entities", "shared"), ("kinds", None)}  # None: any member of the folder
HOMES = {
    "typer": {"app", "usage", "commands"},
    "click": set(),
    "rich": {"screen", "grids", "progress"},
    "prompt_toolkit": {"prompts"},
    "sqlite_utils": {"store"},
    "pyproj": {"geo", "reference_systems"},
    "geojson": {"formats.geojson"},
    "phonenumbers": {"telephones"},
    "defusedxml": {"markup"},
    "stdnum": {"rules.identity"},
    "rapidfuzz": {"similarity"},
    "opening_hours": {"rules.life_hours"},
    "xlsxwriter": {"bundles.xlsx"},
    "ahocorasick_rs": {"leaks"},
    "uharfbuzz": {"printed.faces"},
    "pydyf": {"printed.document", "printed.pages", "printed.tags"},
    "segno": {"imprints"},
    "pypdf": {"pdf_texts"},
}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 45


def module_name(path):
    """Return the name of a module inside the package: `kinds.texts`, `kinds`, `__init__`."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}
every_module = pytest.mark.parametrize("name", MODULES)


def imported(name):
    """Yield what a module imports, also inside functions: (module of ours or None, library)."""
    base = name.split(".") if MODULES[name].name == "__init__.py" else name.split(".")[:-1]
    base = [part for part in base if part != "__init__"]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _absolute(alias.name, ())
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from _absolute(node.module, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            start = base[: len(base) - node.level + 1]
            yield from _ours([*start, *(node.module or "").split(".")], node.names)


def _absolute(module, names):
    root, _, rest = module.partition(".")
    if root == PACKAGE:
        yield from _ours(rest.split("."), [ast.alias(name) for name in names])
    else:
        yield None, root


def _ours(parts, aliases):
    """Resolve `from x import y`: y is a module of ours if there is one, else it lies in x."""
    module = ".".join(part for part in parts if part)
    for alias in aliases or [ast.alias("")]:
        inner = f"{module}.{alias.name}".strip(".")
        yield (inner if inner in MODULES else module or "__init__"), None


@cache
def arrows():
    """Return every import between two modules of ours."""
    return sorted({(name, to) for name in MODULES for to, _ in imported(name) if to})


def floors():
    """Return the floor of each name on the page."""
    block = re.search(r"^```floors\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.split() for line in block[1].splitlines() if line.strip()]
    numbers = [int(number) for number, *_ in lines]
    assert numbers == sorted(set(numbers), reverse=True), "floors are told highest first"
    told = [(name, int(number)) for number, *names in lines for name in names]
    assert len(dict(told)) == len(told), "a name stands on one floor only"
    return dict(told)


def top(name):
    """Return the name that has a floor: the module itself, or its folder."""
    return name.split(".")[0]


def test_every_module_has_a_floor():
    """The page names every module and folder, and nothing that is not there."""
    assert set(floors()) == {top(name) for name in MODULES}


def test_imports_only_go_down():
    """A module imports only what stands on a lower floor, or lies in its own folder."""
    floor = floors()
    wrong = [
        f"{name} ({floor.get(top(name))}) imports {to} ({floor.get(top(to))})"
        for name, to in arrows()
        if top(name) != top(to) and not floor.get(top(name), -1) > floor.get(top(to), 99)
    ]
    assert wrong == []


def test_no_circles():
    """Following imports from a module never leads back to it."""
    to = {name: [other for start, other in arrows() if start == name] for name in MODULES}
    for name in MODULES:
        seen, waiting = set(), list(to[name])
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += to[each]
        assert name not in seen, f"a circle through {name}"


def test_members_of_a_growing_folder_do_not_know_each_other():
    """A member imports the folder's own module, never a sibling; so one can be added or removed."""
    wrong = []
    for name, to in arrows():
        folder, _, member = name.partition(".")
        other, _, sibling = to.partition(".")
        allowed = {(folder, sibling), (folder, None)} & SIBLINGS_ALLOWED
        if folder == other and folder in GROWING and member and sibling and not allowed:
            wrong.append(f"{name} imports {to}")
    assert wrong == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library):
    """A library is imported only where it lives, so that it can be replaced there."""
    users = {name for name in MODULES for _, root in imported(name) if root == library}
    assert {name for name in users if not {name, top(name)} & HOMES[library]} == set()
    assert bool(users) == bool(HOMES[library])


def test_sqlite_is_out_of_reach_of_members():
    """Formats, rules, entities, kinds and commands never open a database."""
    users = {name for name in MODULES for _, root in imported(name) if root == "sqlite3"}
    folders = {"formats", "rules", "commands", "entities", "kinds", "vocabularies"}
    assert {name for name in users if top(name) in folders} == set()


def test_formats_and_rules_never_see_the_store():
    """What may be published, or is judged, is handed over; neither can reach for more."""
    forbidden = {"store", "registry", "history", "shape", "finder"}
    members = {"formats", "bundles", "metadata", "rules"}
    wrong = [a for a in arrows() if top(a[0]) in members and top(a[1]) in forbidden]
    assert wrong == []
    assert not [a for a in arrows() if top(a[0]) == "formats" and top(a[1]) == "rules"]


@every_module
def test_a_module_is_short_and_says_what_it_is(name):
    """A module has at most 300 lines, the first of which say what it is."""
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(TREES[name]) or name == "__main__"


@every_module
def test_functions_are_short(name):
    """A function has at most 45 lines, from `def` to its end."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    functions = [node for node in ast.walk(TREES[name]) if isinstance(node, kinds)]
    lengths = {each.name: each.end_lineno - each.lineno + 1 for each in functions}
    assert {each: length for each, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_this_test_sees_imports_of_every_form():
    """The reader of imports finds those inside functions, of folders, and of the package itself."""
    assert ("app", "__init__") in arrows()
    assert ("format_manual", "formats") in arrows()
    assert ("kinds.choices", "kinds.texts") in arrows()
    assert ("kinds.choices", "kinds") in arrows()
    assert ("rules.place", "geo") in arrows()
    assert (None, "pyproj") in imported("geo")
    assert (None, "geojson") in imported("formats.geojson")
