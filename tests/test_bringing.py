"""Files brought in by the real command: planned, applied, applied again, taken back."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from bencomune_cli.entities import Group, Lab, Organisation
from bencomune_cli.registry import Registry
from terminal import ENTER, STOP
from terminal import bencomune as typed

SHEET = (
    "Denominazione;Indirizzo;CAP;Comune;Prov.;Tel.;E-mail;Tipologia;C.F.;Note\n"
    "Esempio Uno;Via Esempio 12/A;27100;Comune Esempio;PV;0382 111111;uno@example.org;APS;"
    "296180185;da verificare\n"
    "Esempio Due;Piazza Esempio 3, 27100 Comune Esempio (PV);;;;0382 222222 / 0382 333333;;"
    "associazione;;\n"
)


@pytest.fixture
def office(registry, path):
    """Return the path of a registry with a network, a municipality, and the example sheet."""
    registry.close()
    (path.parent / "albo.csv").write_text(SHEET, "utf-8")
    return path


def records(path, entity=Organisation):
    """Return what the registry keeps of the places of a kind, by id, but for the automatic."""
    registry = Registry.open(path)
    automatic = ("version", "created_at", "updated_at")
    found = {
        each.id: {n: v for n, v in each.to_row().items() if n not in automatic}
        for each in registry.store.select(entity)
    }
    registry.close()
    return found


def sheet(path, name, text, encoding="utf-8"):
    """Write a file beside the registry, and return its path."""
    file = path.parent / name
    file.write_bytes(text.encode(encoding))
    return str(file)


def rows_of(done):
    """Return what `--json` tells of each row: result, id, and the columns with errors."""
    return [
        (
            row["result"],
            row["id"],
            {f["column"] for f in row["findings"] if f["severity"] == "error"},
        )
        for row in json.loads(done.stdout)["rows"]
    ]


def test_the_plan_writes_nothing(office, bencomune):
    """`--plan` tells what each row would do, and what was mended, and writes nothing."""
    done = bencomune("import", str(office.parent / "albo.csv"), "--as", "organisation", "--plan")
    assert done.returncode == 0
    assert "nuovi: 2; modificati: 0; uguali: 0; forse già presenti: 0; rifiutati: 0" in done.stderr
    assert "aveva perso gli zeri iniziali: 296180185 è diventato 00296180185" in done.stdout
    assert records(office) == {}


def test_what_a_sheet_becomes(office, bencomune):
    """Headers, addresses, codes, numbers and terms of an office become columns of a record."""
    file = str(office.parent / "albo.csv")
    assert bencomune("import", file, "--as", "org", "--apply").returncode == 2
    given = ("--as", "organisation", "--apply", "--state", "active", "--set", "seat_public=sì")
    assert bencomune("import", file, *given).returncode == 0
    one, two = records(office)["esempio-uno"], records(office)["esempio-due"]
    assert one == {
        "id": "esempio-uno",
        "name": "Esempio Uno",
        "state": "active",
        "hidden": 0,
        "removed": 0,
        "street": "Via Esempio",
        "number": "12/A",
        "postcode": "27100",
        "municipality": "000001",
        "phone": "+390382111111",
        "email": "uno@example.org",
        "legal_form": "social_promotion_association",
        "tax_code": "00296180185",
        "notes": "da verificare",
        "seat_public": 1,
    }
    assert (two["street"], two["number"], two["municipality"]) == (
        "Piazza Esempio",
        "3",
        "000001",
    )
    assert (two["phone"], two["notes"]) == ("+390382222222", "Telefono, altri: 0382 333333")


def test_twice_changes_nothing_and_one_undo_takes_it_back(office, bencomune):
    """The same file again writes nothing; the import is one operation, and so is its undo."""
    file = str(office.parent / "albo.csv")
    assert bencomune("import", file, "--as", "organisation", "--apply").returncode == 0
    again = bencomune("import", file, "--as", "organisation", "--apply")
    assert "nuovi: 0; modificati: 0; uguali: 2" in again.stderr
    assert len(json.loads(bencomune("log", "--json").stdout)) == 2
    assert bencomune("undo").returncode == 0
    assert records(office) == {}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("id;name\nesempio;Spazio Esempio\n", ()),
        ("ID;Nome\n17;Spazio Esempio\n18;Spazio Esempio\n", ("--source", "Albo")),
        ("Nome;Via\nSpazio Esempio;via Esempio\nSpazio Esempio;via Altra\n", ()),
        ("Nome\nSpazio Esempio\n", ()),
    ],
)
def test_what_a_row_is_known_by(office, bencomune, text, more):
    """By id, by the id of its source, by name and address: a second import changes nothing."""
    file = sheet(office, "s.csv", text)
    assert bencomune("import", file, "--as", "lab", "--apply", *more).returncode == 0
    before = records(office, Lab)
    assert len(before) == text.count("\n") - 1
    again = bencomune("import", file, "--as", "lab", "--apply", "--json", *more)
    assert {row[0] for row in rows_of(again)} == {"unchanged"}
    assert records(office, Lab) == before


def test_the_id_of_a_source_needs_its_source(office, bencomune):
    """Bare numbers under "ID" are the source's: which source must be told."""
    done = bencomune("import", sheet(office, "s.csv", "ID;Nome\n17;Uno\n"), "--as", "lab", "--plan")
    assert (done.returncode, "--source" in done.stderr) == (2, True)


def test_all_that_is_wrong_with_a_row_at_once(office, bencomune):
    """A row is rejected with all of its errors, and the good rows are not written alone."""
    text = f"{SHEET}Tre;;;Altrove;;xx;no;pippo;12345678901;\n"
    file = sheet(office, "s.csv", text)
    done = bencomune("import", file, "--as", "organisation", "--apply", "--json")
    assert done.returncode == 1
    wrong = {"municipality", "phone", "email", "legal_form", "tax_code"}
    assert rows_of(done)[2] == ("rejected", None, wrong)
    assert json.loads(done.stdout)["written"] is False
    assert records(office) == {}


def test_keep_good(office, bencomune):
    """Good rows are written, the others kept for their owner with the reason, to be mended."""
    file = sheet(office, "s.csv", "Nome;Telefono\nUno;0382 111111\n=Due;boh\n")
    done = bencomune("import", file, "--as", "lab", "--apply", "--keep-good")
    assert done.returncode == 1
    assert list(records(office, Lab)) == ["uno"]
    kept = office.parent / "s.csv.rejected.csv"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with kept.open(encoding="utf-8", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert row == {
        "Nome": "'=Due",
        "Telefono": "boh",
        "import_reason": "phone: «boh» non è un numero di telefono",
    }
    kept.write_text(kept.read_text("utf-8").replace("boh", "0382 222222"), "utf-8")
    assert bencomune("import", str(kept), "--as", "lab", "--apply").returncode == 0
    assert records(office, Lab)["due"]["name"] == "=Due"
    bencomune("import", file, "--as", "lab", "--apply", "--keep-good")
    assert (office.parent / "s.csv.rejected-2.csv").exists()


def test_nothing_usable_is_a_failure(office, bencomune):
    """A file without rows, or without a usable one, ends with exit code 1."""
    for text in ("Nome;Telefono\n", "Nome;Telefono\nUno;boh\n"):
        done = bencomune("import", sheet(office, "s.csv", text), "--as", "lab", "--apply")
        assert (done.returncode, "nessuna riga si può usare" in done.stderr) == (1, True)


def test_nothing_is_dropped_silently(office, bencomune):
    """Undecided columns stop the import; what the refusal tells to write is what makes it go on."""
    file = sheet(office, "s.csv", "Denominazone;Presidente;Bla bla\nUno;Tizio;x\n")
    done = bencomune("import", file, "--as", "lab", "--apply")
    assert done.returncode == 2
    assert "dati di una persona" in done.stderr
    assert "bencomune contact add" in done.stderr
    (line,) = (each for each in done.stderr.splitlines() if "Per esempio: " in each)
    told = f"bencomune import {file} --as lab --apply {line.partition('Per esempio: ')[2]}"
    run = told.replace("bencomune", f"{sys.executable} -m bencomune_cli", 1)
    env = {**os.environ, "BENCOMUNE_REGISTRY": str(office)}
    assert subprocess.run(run, shell=True, env=env, check=False).returncode == 0  # noqa: S602
    assert list(records(office, Lab)) == ["uno"]


def test_a_mapping_is_kept_and_used_again(office, bencomune):
    """What is decided on headers once is written to a file, and need not be said again."""
    file = sheet(office, "s.csv", "Chi;Boh\nUno;x\n")
    mapping = str(office.parent / "m.toml")
    given = ("--map", "Chi=Nome", "--ignore", "Boh", "--save-mapping", mapping)
    assert bencomune("import", file, "--as", "lab", "--plan", *given).returncode == 0
    done = bencomune("import", file, "--as", "lab", "--apply", "--mapping", mapping)
    assert done.returncode == 0
    assert list(records(office, Lab)) == ["uno"]


def test_an_empty_cell_clears_only_where_told(office, bencomune):
    """An empty cell leaves the value alone; with `--empty-clears` it takes it away."""
    first = sheet(office, "a.csv", "id;name;phone;summary\nuno;Uno;0382 111111;prima\n")
    assert bencomune("import", first, "--as", "lab", "--apply").returncode == 0
    second = sheet(office, "b.csv", "id;phone\nuno;\n")
    bencomune("import", second, "--as", "lab", "--apply")
    assert records(office, Lab)["uno"]["phone"] == "+390382111111"
    bencomune("import", second, "--as", "lab", "--apply", "--empty-clears")
    assert "phone" not in records(office, Lab)["uno"]
    assert records(office, Lab)["uno"]["summary"] == "prima"


def test_who_may_be_there_already(office, bencomune):
    """A row that may be a record that is there is held back with the reason, and taken if told."""
    first = sheet(office, "a.csv", "Nome;E-mail\nSpazio Esempio;spazio@example.org\n")
    assert bencomune("import", first, "--as", "lab", "--apply").returncode == 0
    second = sheet(office, "b.csv", "Nome;E-mail\nSpazio Esempi;\nOrto;spazio@example.org\n")
    done = bencomune("import", second, "--as", "lab", "--apply", "--json")
    rows = json.loads(done.stdout)["rows"]
    assert [(row["result"], row["duplicates"][0]["why"]) for row in rows] == [
        ("doubtful", "nome simile (96%)"),
        ("new", "stessa e-mail"),  # an office's is that of many
    ]
    assert {*records(office, Lab)} == {"spazio-esempio"}
    assert (
        bencomune("import", second, "--as", "lab", "--apply", "--accept-duplicates").returncode == 0
    )
    assert len(records(office, Lab)) == 3


def test_who_is_at_the_same_address(office, bencomune):
    """A shared address or a near point is told, and holds nothing back: a house may hold many."""
    head = "Nome;Via;Civico;Comune;Lat;Long\n"
    first = sheet(office, "a.csv", f"{head}Spazio Uno;via Esempio;1;Comune Esempio;45.1;9.1\n")
    assert bencomune("import", first, "--as", "lab", "--apply").returncode == 0
    text = f"{head}Circolo;VIA ESEMPIO;1;Comune Esempio;;\nOrto;;;;45.1001;9.1\n"
    done = bencomune("import", sheet(office, "b.csv", text), "--as", "lab", "--apply", "--json")
    rows = json.loads(done.stdout)["rows"]
    assert [(row["result"], row["duplicates"][0]["why"]) for row in rows] == [
        ("new", "stesso indirizzo"),
        ("new", "a 11 m"),
    ]


def test_the_system_of_a_file_beside(office, bencomune):
    """A .prj file beside the file tells the system of its columns of metres."""
    file = sheet(office, "p.csv", "Nome;X;Y\nUno;1512455.4;5003500.4\n")
    (office.parent / "p.prj").write_text("EPSG:3003", "utf-8")
    assert bencomune("import", file, "--as", "lab", "--apply").returncode == 0
    assert records(office, Lab)["uno"]["lat"] == pytest.approx(45.1847, abs=2e-4)


@pytest.fixture
def exported(path, bencomune):
    """Return the folder of the exports of the real example."""
    assert bencomune("init", "--example", "pavia").returncode == 0
    assert bencomune("export", "--to", str(path.parent / "out")).returncode == 0
    return path.parent / "out"


@pytest.mark.parametrize("entity", [Lab, Group, Organisation])
@pytest.mark.parametrize("ending", ["csv", "geojson", "kml"])
def test_our_own_files_come_back_unchanged(exported, bencomune, entity, ending):
    """What was exported, with rounded and masked points, changes nothing when it is imported."""
    file = str(exported / f"{entity.table}.{ending}")
    done = bencomune("import", file, "--as", entity.name_of_kind, "--apply", "--json")
    assert done.returncode == 0
    assert {row[0] for row in rows_of(done)} == {"unchanged"}


def test_files_of_another_copy_come_back_unchanged(exported, path, bencomune):
    """What another copy of the registry exported, whose history is not here, is unchanged too."""
    path.unlink()
    time.sleep(1.1)  # a registry tells its moment to the second
    assert bencomune("init", "--example", "pavia").returncode == 0
    done = bencomune("import", str(exported / "labs.csv"), "--as", "lab", "--plan", "--json")
    assert {row[0] for row in rows_of(done)} == {"unchanged"}


def test_mended_in_a_spreadsheet(path, exported, bencomune):
    """One cell mended in an export is one change; what a colleague changed meanwhile is kept."""
    with (exported / "labs.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    mended = next(row for row in rows if row["id"] == "spazio-q")
    mended["summary"], mended["phone"] = "Corretto nel foglio", "0382 111111"
    time.sleep(1.1)  # a file tells its moment to the second
    assert bencomune("edit", "spazio-q", "website=https://example.org").returncode == 0
    file = path.parent / "mended.csv"
    with file.open("w", encoding="cp1252", errors="replace", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows([mended])
    before = records(path, Lab)["spazio-q"]
    assert bencomune("import", str(file), "--as", "lab", "--apply").returncode == 0
    changed = {"summary": "Corretto nel foglio", "phone": "+390382111111"}
    assert records(path, Lab)["spazio-q"] == {**before, **changed}
    assert bencomune("edit", "spazio-q", "summary=Corretto altrove").returncode == 0
    clash = bencomune("import", str(file), "--as", "lab", "--apply")
    assert clash.returncode == 1
    assert "nelle stesse colonne: summary" in clash.stdout
    assert records(path, Lab)["spazio-q"]["summary"] == "Corretto altrove"


def test_standard_input(office):
    """`-` reads a pipe, which nobody is asked about."""
    run = subprocess.run(
        [sys.executable, "-m", "bencomune_cli", "import", "-", "--as", "organisation", "--apply"],
        input=SHEET.encode(),
        env={**os.environ, "BENCOMUNE_REGISTRY": str(office)},
        check=False,
    )
    assert run.returncode == 0
    assert len(records(office)) == 2


def test_killed_in_the_middle(office):
    """An import that is killed at any moment leaves nothing, or all of it."""
    lines = [f"{n};Spazio Esempio {n}" for n in range(3_000)]
    file = sheet(office, "many.csv", "\n".join(["id;name", *(f"e-{line}" for line in lines)]))
    command = [sys.executable, "-m", "bencomune_cli", "import", file, "--as", "lab", "--apply"]
    seen = set()
    for wait in (0.3, 0.6, 0.9, 1.1, 1.3, 1.6):
        env = {**os.environ, "BENCOMUNE_REGISTRY": str(office)}
        with subprocess.Popen(command, env=env, stdout=-3, stderr=-3) as child:
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        seen.add(len(records(office, Lab)))
    assert seen <= {0, 3_000}


def test_changed_between_plan_and_writing(office, bencomune):
    """What another wrote while the plan was looked at stops the import, and stays."""
    file = str(office.parent / "albo.csv")
    asked = typed(office, "import", file, "--as", "organisation")
    asked.asked("Importare?")
    assert bencomune("lab", "add", "--name", "Altro").returncode == 0
    asked.types("s" + ENTER).sees("intanto il registro è cambiato").ends(2)
    assert records(office) == {}


@pytest.mark.parametrize(
    ("language", "like", "becomes", "aside", "apply"),
    [
        ("it", "«Denominazone» è", "diventa:", "tralasciare", "Importare?"),
        ("en", "Is “Denominazone”", "becomes:", "leave aside", "Import?"),
    ],
)
def test_the_dialogue(office, language, like, becomes, aside, apply):
    """Doubtful headers are asked about, the plan shown, and the person says yes."""
    file = sheet(office, "s.csv", "Denominazone;Presidente;Bla\nUno;Tizio;Bello\n")
    asked = typed(office, "import", file, "--as", "lab", BENCOMUNE_LANG=language)
    asked.asked(like).types(ENTER)
    asked.answers(becomes, aside)
    asked.settles().answers(becomes, "summary")
    asked.asked(apply).types("y" + ENTER).ends(0)
    assert records(office, Lab)["uno"]["summary"] == "Bello"


def test_ctrl_c_leaves_nothing(office):
    """Ctrl-C at the last question writes nothing."""
    asked = typed(office, "import", str(office.parent / "albo.csv"), "--as", "organisation")
    asked.asked("Importare?").types(STOP).ends(130)
    assert records(office) == {}


def test_text_of_a_file_is_shown_as_codes(office, bencomune):
    """What a file holds reaches no screen as a command, in plan, error or JSON."""
    file = sheet(office, "s.csv", "Nome;Telefono;Bl\x1b[31ma\nU\x1b]52;c;x\x07no;boh\u202e;[red]\n")
    for more in ((), ("--ignore", "Bl\x1b[31ma"), ("--ignore", "Bl\x1b[31ma", "--json")):
        done = bencomune("import", file, "--as", "lab", "--plan", *more)
        assert done.returncode in {1, 2}
        assert not {"\x1b", "\x07", "\u202e"} & {*done.stdout, *done.stderr}
