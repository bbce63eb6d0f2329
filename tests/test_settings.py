"""What an office sets in `bencomune.toml`: read, refused with line and remedy, shown."""

import json
import tomllib

import pytest

from bencomune_cli import settings_manual, targets
from bencomune_cli.errors import Refused
from bencomune_cli.setting_keys import keys, written
from bencomune_cli.settings import FILE, read

SECTIONS = targets.sections()
EVERY = [(name, each) for name, section in SECTIONS.items() for each in keys(section)]
ENOUGH = '[ckan]\nurl = "https://dati.example.org"\norganisation = "o"\ndataset = "d"\n'


@pytest.fixture
def set_(tmp_path):
    """Return a function that reads a text as settings."""

    def reading(text):
        path = tmp_path / FILE
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path, SECTIONS)

    return reading


def test_without_a_file_the_defaults_hold(tmp_path):
    """Where there is no file, what is published is what holds by default, beside the registry."""
    found = read(tmp_path / FILE, SECTIONS)
    assert found["publish"].folder == tmp_path / "exports"
    assert not found.sets("ckan")
    with pytest.raises(Refused, match=r"\[ckan\]"):
        found["ckan"]


def test_what_is_written_holds(set_, tmp_path):
    """Values come as their types, paths as of the file's folder."""
    found = set_(f'[publish]\nkeep = 3\nlayers = ["labs"]\n{ENOUGH}token_file = "t/ckan.token"\n')
    assert (found["publish"].keep, found["publish"].layers) == (3, ("labs",))
    assert found["ckan"].token_file == tmp_path / "t" / "ckan.token"
    assert found["ckan"].datastore is True


WRONG = [
    (b'[publish]\nfolder="\xe8"', ["riga 2", "UTF-8"]),
    ("[publish]\nfolder = x", ["riga 2", "[publish]"]),
    ("\n[pubblish]", ["riga 2", "forse: [publish]"]),
    ("publish = 3", ["riga 1", "[publish]"]),
    ("[publish]\n\nkep = 3", ["riga 3", "forse: keep"]),
    ("[publish]\nzzz = 3", ["riga 2", "ci sono: folder, layers"]),
    ("[publish]\nkeep = true", ["riga 2", "keep", "numero intero, da 0"]),
    ("[publish]\nkeep = -1", ["riga 2", "numero intero, da 0"]),
    ("[publish]\n'keep' = 1.5", ["riga 2", "numero intero"]),
    ('[publish]\nlanguage = "fr"', ["riga 2", '"it", "en"']),
    ('[publish]\nlayers = "labs"', ["riga 2", '["uno", "due"]']),
    ("[publish]\nlayers = [1]", ["riga 2", '["uno", "due"]']),
    ('[publish]\nfolder = ""', ["riga 2", "percorso"]),
    (f"{ENOUGH}[ckan.extras]\nb = 3", ["riga 5", "extras", "tabella"]),
    (f'{ENOUGH}datastore = "yes"', ["riga 5", "true oppure false"]),
    (b"#" * 1_000_001, ["troppo grande"]),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=lambda each: str(each)[:30])
def test_what_is_wrong_is_told_with_its_line(set_, text, told):
    """The refusal says where it is, what it is and what is expected."""
    with pytest.raises(Refused) as refused:
        set_(text)
    assert [word for word in (FILE, *told) if word not in refused.value.text.it] == []


@pytest.mark.parametrize("missing", ["url", "organisation", "dataset"])
def test_what_is_required_is_asked_for_by_who_needs_it(set_, missing):
    """A part without what it needs is refused only when it is used, with an example."""
    lines = [line for line in ENOUGH.splitlines() if not line.startswith(missing)]
    found = set_("\n".join(lines))
    assert found["publish"].keep == 12
    with pytest.raises(Refused, match=f"{missing}.*{missing} = "):
        found["ckan"]


def test_a_refusal_never_tells_a_value(set_):
    """A token that was written in the wrong place is not told on."""
    for text in (
        f'{ENOUGH}token = "s3cr3t"',
        f'{ENOUGH}keep = "s3cr3t"',
        '[publish]\nkeep="s3cr3t"',
    ):
        with pytest.raises(Refused) as refused:
            set_(text)
        assert "s3cr3t" not in "".join(refused.value.text)


@pytest.mark.parametrize(("name", "each"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_every_setting_is_whole(name, each):
    """Each has a value by default or an example, of its own type, that the reader takes."""
    del name
    for value in (each.default, each.example):
        if value not in (None, ""):  # an empty text sets nothing
            assert each.takes(tomllib.loads(f"x = {written(value)}")["x"])
    assert each.default is not None or each.example is not None


def test_the_example_sets_nothing_until_it_is_wished(set_, bencomune, language):
    """The example is taken as it is, changes nothing, and all of it is taken once uncommented."""
    example = settings_manual.example()
    assert set_(example)["publish"] == set_("")["publish"]
    told = [line.removeprefix("# ") for line in example.splitlines()]
    whole = "\n".join(line for line in told if line.startswith("[") or " = " in line)
    assert set_(whole)["ckan"].dataset == "laboratori-sociali"
    assert bencomune("settings", "--example", BENCOMUNE_LANG=language).stdout == example


def test_the_command_shows_what_holds(bencomune, path):
    """`settings` shows each value with its meaning; as JSON for programs; refusals end with 2."""
    done = bencomune("settings")
    assert "publish.keep\t12" in done.stdout
    assert "--example" in done.stderr
    (path.parent / FILE).write_text(ENOUGH)
    assert json.loads(bencomune("settings", "--json").stdout)["ckan"]["dataset"] == "d"
    (path.parent / FILE).write_text("[publish]\nkep = 3")
    done = bencomune("settings")
    assert done.returncode == 2
    assert "keep" in done.stderr
