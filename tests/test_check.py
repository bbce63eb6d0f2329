"""`check` as people use it: some rules, some records, repairs, waivers, files, the trend."""

import csv
import datetime as dt
import io
import json
import sqlite3
from contextlib import closing

import pytest

from bencomune_cli.checking import check
from bencomune_cli.entities import ENTITIES, Group, Lab, Organisation, Waiver
from bencomune_cli.finding_files import to_csv, to_sarif
from bencomune_cli.findings import Severity
from bencomune_cli.history import operations
from bencomune_cli.repairs import repairs
from bencomune_cli.rules import FAMILIES, catalogue
from bencomune_cli.waivers import standings

SWAPPED = {"name": "Spazio Scambiato", "lat": "9.15", "lon": "45.18", "state": "active"}

MOMENT = "2026-11-23T00:00:00Z"
LAST = "9999-12-31T23:30:00Z"


@pytest.fixture
def faulty(registry):
    """Return a registry of a swapped lab, one without activities, and a mobile number."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
        registry.add(Organisation, {"name": "Ente Esempio", "phone": "+393331234567"})
    # As another program writes: the rules would refuse it here.
    row = {**SWAPPED, "id": "spazio-scambiato", "created_at": MOMENT, "updated_at": MOMENT}
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    with closing(sqlite3.connect(registry.store.path)) as other, other:
        other.execute(f"INSERT INTO labs ({names}) VALUES ({marks})", list(row.values()))
    return registry


def codes(told):
    """Return the records and codes of findings as JSON tells them."""
    return {(each["record"], each["code"]) for each in json.loads(told)}


# Chosen


@pytest.mark.parametrize("name", ["P03", "p03", "P", "place", "luoghi", "Places", "L01,P03"])
def test_rules_are_chosen_by_code_beginning_and_family(faulty, bencomune, name):
    """A code, the beginning of codes, a family in either language; several parted by commas."""
    faulty.close()
    told = bencomune("check", "--select", name, "--json", "--fail-on", "never")
    assert told.returncode == 0
    found = codes(told.stdout)
    assert ("spazio-scambiato", "P03") in found
    assert {code[0] for _, code in found} <= ({"L", "P"} if "," in name else {"P"})


def test_rules_are_left_out(faulty, bencomune):
    """What is ignored is not told, also of what is selected."""
    faulty.close()
    told = bencomune("check", "--select", "P,L", "--ignore", "P03,tempo", "--json")
    assert not {code for _, code in codes(told.stdout)} & {"P03", "L01"}


@pytest.mark.parametrize(
    ("level", "code"), [("error", 1), ("errore", 1), ("avviso", 1), ("never", 0)]
)
def test_the_exit_code_follows_the_level_asked_for(faulty, bencomune, level, code):
    """1 from the level on that `--fail-on` names, 0 where it says never."""
    faulty.close()
    assert bencomune("check", "--select", "P03", "--fail-on", level).returncode == code
    assert bencomune("check", "--select", "L01", "--fail-on", "error").returncode == 0
    assert bencomune("check", "--select", "L01", "--fail-on", "warning").returncode == 1


def test_only_the_severities_asked_for_are_told(faulty, bencomune):
    """`--severity error` tells errors alone."""
    faulty.close()
    told = json.loads(bencomune("check", "--severity", "error", "--json").stdout)
    assert {each["severity"] for each in told} == {"error"}


def test_some_records_are_checked(faulty, bencomune):
    """Records by id, or by kind and condition; nothing of others is told."""
    faulty.close()
    told = bencomune("check", "spazio-esempio", "--json")
    assert {record for record, _ in codes(told.stdout)} == {"spazio-esempio"}
    told = bencomune("check", "--as", "lab", "--where", "lat>1", "--json")
    assert {record for record, _ in codes(told.stdout)} == {"spazio-scambiato"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--select", "Z99"), "la regola «Z99» non esiste"),
        (("--ignore", "luogi"), "forse: luoghi"),
        (("--fail-on", "grave"), "error, warning o note"),
        (("--severity", "grave"), "error, warning o note"),
        (("--format", "xml"), "screen, json, csv, sarif"),
        (("--json", "--format", "csv"), "o --json o --format"),
        (("--as", "luogo"), "lab, group, organisation"),
        (("--where", "state=active"), "--as"),
        (("--as", "lab", "spazio-esempio"), "non entrambi"),
        (("--since", "ieri"), "serve una data"),
        (("--fix", "--format", "csv"), "--fix"),
        (("--fix", "--json"), "--yes"),
    ],
)
def test_what_makes_no_sense_is_refused(faulty, bencomune, arguments, said):
    """A clear sentence, exit code 2, nothing on standard output."""
    faulty.close()
    done = bencomune("check", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


# Files


def test_csv_is_one_table_that_no_spreadsheet_runs(faulty):
    """A row for each finding, by stable names; a message that begins as a formula is made text."""
    found = list(check(faulty).findings)
    found[0] = found[0]._replace(record="=1+1")
    rows = list(csv.DictReader(io.StringIO("\n".join(to_csv(found))), strict=True))
    assert len(rows) == len(found)
    assert rows[0]["record"] == "'=1+1"
    assert {row["family"] for row in rows} <= {*FAMILIES}


def test_sarif_names_rules_and_places(faulty):
    """Each result names a rule of the list by its number, its level, and where it is."""
    found = list(check(faulty).findings)
    log = json.loads(json.dumps(to_sarif(found, faulty.store.path)))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], len(rules)) == ("2.1.0", len(catalogue()))
    assert len(run["results"]) == len(found)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        (where,) = result["locations"]
        assert where["physicalLocation"]["artifactLocation"]["uri"] == "registry.db"


@pytest.mark.parametrize("name", ["json", "csv", "sarif"])
def test_files_go_to_standard_output_alone(faulty, bencomune, name):
    """What a program reads holds nothing for people."""
    faulty.close()
    done = bencomune("check", "--format", name)
    assert done.returncode == 1
    assert "errori" not in done.stdout
    assert "errori" in done.stderr


# Repaired


def test_a_safe_repair_is_shown_then_made_and_undone(faulty, bencomune):
    """`--fix --dry-run` writes nothing; `--fix --yes` is one operation, which undo takes back."""
    faulty.close()
    shown = bencomune("check", "--select", "P03", "--fix", "--dry-run")
    assert (shown.returncode, shown.stdout.split("\n")[0].split("\t")[:2]) == (
        1,
        ["spazio-scambiato", "lat"],
    )
    assert bencomune("check", "--select", "P03").returncode == 1
    without = bencomune("check", "--select", "P03", "--fix")
    assert (without.returncode, "--yes" in without.stderr) == (2, True)
    assert bencomune("check", "--select", "P03", "--fix", "--yes").returncode == 0
    assert bencomune("check", "--select", "P03").returncode == 0
    lab = json.loads(bencomune("lab", "show", "spazio-scambiato", "--json").stdout)
    assert (lab["lat"], lab["lon"]) == (45.18, 9.15)
    assert bencomune("undo").returncode == 0
    assert bencomune("check", "--select", "P03").returncode == 1


def test_what_is_not_safe_waits_for_its_own_option(faulty):
    """No repair is made of a rule whose repair is to be looked at, but where that is asked for."""
    found = list(check(faulty).findings)
    safe = {rule.code for rule in catalogue().values() if rule.mend.value == "safe"}
    planned = repairs(faulty, found, (), unsafe=False).planned
    assert {each.shown.id for each in planned} == {f.record for f in found if f.code in safe}


def test_several_repairs_of_one_text_are_made_at_once(faulty, bencomune):
    """Faults of one text that hide each other are all mended in one run."""
    row = "UPDATE labs SET description = 'Libri &amp; giochi  per\u200b tutti' WHERE id = ?"
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute(row, ("spazio-esempio",))
    faulty.close()
    assert bencomune("check", "spazio-esempio", "--fix", "--yes").returncode == 0
    lab = json.loads(bencomune("lab", "show", "spazio-esempio", "--json").stdout)
    assert lab["description"] == "Libri & giochi per tutti"


def test_a_list_is_repaired_to_its_end(faulty, bencomune):
    """However many faults one column has, one run mends them all, and finds no more."""
    names = " | ".join(f"Esempio {n} &amp; altri" for n in range(20))
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET alt_names = ? WHERE id = 'spazio-esempio'", (names,))
    faulty.close()
    assert bencomune("check", "spazio-esempio", "--fix", "--yes").returncode == 0
    lab = json.loads(bencomune("lab", "show", "spazio-esempio", "--json").stdout)
    assert lab["alt_names"] == [f"Esempio {n} & altri" for n in range(20)]
    again = ("--lang", "en", "check", "spazio-esempio", "--fix", "--yes")
    assert "nothing to repair" in bencomune(*again).stderr


TURNS = """
from ..entities import Place
from ..findings import Severity
from ..words import Text
from . import Hit, Mend, rule

SAID = Text("prova", "trial")
NAMED = Text("prova: {name}", "trial: {name}")
TOLD = {"message": SAID, "why": SAID, "fix": SAID, "source": "-", "good": (), "bad": ()}


@rule(code="T99", severity=Severity.NOTE, mend=Mend.SAFE, **TOLD)
def turning(place: Place):
    if place.summary in {"Uno", "Due"}:
        yield Hit("summary", mend={"summary": "Due" if place.summary == "Uno" else "Uno"})


@rule(code="T98", severity=Severity.NOTE, mend=Mend.SAFE, **{**TOLD, "message": NAMED})
def lengthening(place: Place):
    for name, other in (("Lungo", "x" * 3000), ("Corto", "Breve")):
        if name in place.alt_names:
            told = [other if each == name else each for each in place.alt_names]
            yield Hit("alt_names", {"name": name}, mend={"alt_names": " | ".join(told)})
"""


def test_repairs_that_undo_each_other_come_to_an_end(faulty, bencomune, library):
    """Where one repair brings back what another took away, nothing is repaired, and it ends."""
    (library / "bencomune_cli" / "rules" / "texts_turns.py").write_text(TURNS, "utf-8")
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET summary = 'Uno' WHERE id = 'spazio-esempio'")
    faulty.close()
    asked = ("check", "spazio-esempio", "--select", "T99", "--fix", "--yes", "--json")
    told = bencomune(*asked, PYTHONPATH=str(library))
    assert (told.returncode, json.loads(told.stdout)["records"]) == (0, 0)


def test_a_refused_repair_stops_no_other_of_its_column(faulty, bencomune, library):
    """Of several faults in one list, those behind one that cannot be mended are mended."""
    (library / "bencomune_cli" / "rules" / "texts_turns.py").write_text(TURNS, "utf-8")
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET alt_names = 'Lungo | Corto' WHERE id = 'spazio-esempio'")
    faulty.close()
    asked = ("check", "spazio-esempio", "--select", "T98", "--fix", "--yes", "--json")
    told = json.loads(bencomune(*asked, PYTHONPATH=str(library)).stdout)
    assert [each["after"] for each in told["changes"]] == [["Lungo", "Breve"]]
    assert [each["code"] for each in told["refused"]] == ["K01"]


@pytest.fixture
def crowded(faulty):
    """Return a registry of a lab whose other links leave no room for one more."""
    pages = " | ".join(f"https://example.org/{n:04}/{'x' * 972}" for n in range(20))
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute(
            "UPDATE labs SET links = ?, website = ?, summary = 'Voci &amp; suoni'"
            " WHERE id = 'spazio-esempio'",
            (pages, "https://www.facebook.com/esempio"),
        )
    return faulty


def test_a_repair_that_is_refused_is_told(crowded, bencomune):
    """What cannot be repaired is named with the reason, and never told as nothing to repair."""
    crowded.close()
    asked = ("spazio-esempio", "--select", "C12", "--unsafe-fixes", "--yes")
    told = bencomune("check", *asked)
    assert "niente da riparare" not in told.stderr
    assert "riparazione non fatta (C12, website): " in told.stderr
    assert "l'elenco è troppo lungo" in told.stderr
    (refused,) = json.loads(bencomune("check", *asked, "--json").stdout)["refused"]
    assert (refused["record"], refused["column"]) == ("spazio-esempio", "links")


def test_a_refused_repair_stops_no_other(crowded, bencomune):
    """Of one record, what can be repaired is, and only what a rule refuses is left."""
    crowded.close()
    bencomune("check", "spazio-esempio", "--select", "C12,T", "--unsafe-fixes", "--yes")
    lab = json.loads(bencomune("lab", "show", "spazio-esempio", "--json").stdout)
    assert lab["summary"] == "Voci & suoni"
    assert lab["website"] == "https://www.facebook.com/esempio"


def test_what_was_waived_is_not_repaired(faulty, bencomune):
    """Also where another fault of the same rule is mended in the same record."""
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET summary = 'Voluto  così' WHERE id = 'spazio-esempio'")
    faulty.close()
    assert bencomune("waive", "spazio-esempio", "T12", "--why", "voluto").returncode == 0
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET description = 'Altro  testo' WHERE id = 'spazio-esempio'")
    assert bencomune("check", "--select", "T12", "--fix", "--yes").returncode == 0
    lab = json.loads(bencomune("lab", "show", "spazio-esempio", "--json").stdout)
    assert (lab["summary"], lab["description"]) == ("Voluto  così", "Altro testo")


@pytest.mark.parametrize("text", ["Spazio\u200b aperto", "Aperto\u202e a\u202c tutti"])
def test_a_waiver_may_be_of_a_sign_that_no_text_holds(faulty, bencomune, text):
    """What was found is kept so that it can be compared, whatever it is."""
    with closing(sqlite3.connect(faulty.store.path)) as other, other:
        other.execute("UPDATE labs SET summary = ? WHERE id = 'spazio-esempio'", (text,))
    faulty.close()
    assert bencomune("waive", "spazio-esempio", "T07", "--why", "voluto").returncode == 0
    (told,) = json.loads(bencomune("waivers", "--json").stdout)
    assert told["holds"]


# Waived


def test_a_waiver_holds_until_the_value_changes(faulty, bencomune):
    """It is told with its reason; when the value changes, the finding is back."""
    faulty.close()
    why = "numero dell'ufficio, con deviazione"
    assert bencomune("waive", "ente-esempio", "C04", "--why", why).returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 0
    assert "1 («waivers»)" in bencomune("check").stderr
    assert why in bencomune("waivers").stdout
    edited = bencomune("edit", "ente-esempio", "phone=+393337654321")
    assert edited.returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 1
    (told,) = json.loads(bencomune("waivers", "--json").stdout)
    assert (told["holds"], told["lapsed"]) == (False, "il valore è cambiato")
    assert bencomune("undo").returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 0
    assert bencomune("unwaive", "ente-esempio", "C04").returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 1


def test_a_waiver_ends_with_its_day(faulty, bencomune):
    """The day after `--until` the finding is back."""
    faulty.close()
    told = ("waive", "ente-esempio", "C04", "--why", "prova", "--until")
    assert bencomune(*told, "2000-01-01").returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 1
    assert bencomune(*told, "2999-01-01").returncode == 0
    assert bencomune("check", "--select", "C04", "--fail-on", "warning").returncode == 0
    (told,) = json.loads(bencomune("waivers", "--json").stdout)
    assert told["until"] == "2999-01-01"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("spazio-scambiato", "P03"), "è un errore"),
        (("spazio-esempio", "C04"), "non segnala niente"),
        (("spazio-esempio", "Z99"), "non esiste"),
        (("mai-esistito", "C04"), "non c'è nel registro"),
    ],
)
def test_what_cannot_be_waived_is_refused(faulty, bencomune, arguments, said):
    """An error is mended; nothing is waived that is not found."""
    faulty.close()
    done = bencomune("waive", *arguments, "--why", "prova")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert json.loads(bencomune("waivers", "--json").stdout) == []


def test_a_card_does_not_tell_what_was_waived(faulty, bencomune):
    """`show` tells what is to be checked, without what somebody said is right."""
    faulty.close()
    assert "C04" in bencomune("show", "ente-esempio").stdout
    assert bencomune("waive", "ente-esempio", "C04", "--why", "prova").returncode == 0
    assert "C04" not in bencomune("show", "ente-esempio").stdout


def test_waivers_are_never_published(faulty):
    """No row of the table of waivers is in its public view."""
    with faulty.operation("prova"):
        told = {"record": "ente-esempio", "code": "C04", "concerns": "phone", "why": "prova"}
        faulty.add(Waiver, told)
    rows = faulty.store.connection.execute("SELECT * FROM public_waivers").fetchall()
    assert rows == []
    assert len(standings(faulty, ())) == 1


# Unchanged records


def found(registry, **told):
    """Return what a check finds, as texts."""
    return [(f.record, f.code, f.column, *f.message) for f in check(registry, **told).findings]


def test_a_second_check_finds_the_same(faulty):
    """What is remembered is what would be found afresh."""
    first = found(faulty, afresh=True)
    assert first == found(faulty) == found(faulty, afresh=True)
    assert first


CHANGES = {
    "edited": lambda r: r.change(r.finder.place("spazio-esempio"), {"activities": "green_care"}),
    "added": lambda r: r.add(Group, {"name": "Gruppo", "state": "active", "area_served": "x"}),
    "removed": lambda r: r.set_removed(r.finder.place("spazio-scambiato"), removed=True),
    "area": lambda r: r.change(r.finder.area("comune-esempio"), {"east": "9.05"}),
    "network": lambda r: r.change(r.network(), {"municipalities": "000001"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_looked_at_again(faulty, change):
    """After any change a check that remembers finds what one afresh does; so after its undo."""
    with faulty.operation("prova"):
        faulty.add(Organisation, {"name": "Ente", "lat": "45.1", "lon": "9.2"})
    found(faulty)
    with faulty.operation("prova"):
        if change == "added":
            faulty.add(
                Group, {"name": "Gruppo", "state": "active", "area_served": "comune-esempio"}
            )
        else:
            CHANGES[change](faulty)
    assert found(faulty) == found(faulty, afresh=True)
    faulty.undo()
    assert found(faulty) == found(faulty, afresh=True)


def test_another_programs_change_is_looked_at_again(faulty, other):
    """Also what no command of ours wrote."""
    before = found(faulty)
    other.execute("UPDATE labs SET name = 'Spazio  <b>Nuovo</b>' WHERE id = 'spazio-esempio'")
    after = found(faulty)
    assert after == found(faulty, afresh=True)
    assert after != before


def test_a_copy_of_before_is_not_taken_for_the_same(faulty, path):
    """A registry put back from a copy at the same place is checked as it is."""
    copy = path.read_bytes()
    with faulty.operation("prova"):
        faulty.add(Lab, {"name": "Uno", "state": "active"})
    found(faulty)
    path.write_bytes(copy)
    with faulty.operation("altra prova"):
        faulty.add(Lab, {"name": "Due", "state": "active"})
    assert found(faulty) == found(faulty, afresh=True)


@pytest.mark.parametrize("content", [b"", b"niente", b"SQLite format 3\0" + b"x" * 200])
def test_a_damaged_memory_is_as_good_as_none(faulty, caches, content):
    """Whatever stands in the cache, a check finds what it would afresh, and keeps it again."""
    expected = found(faulty)
    for each in (caches / "bencomune").iterdir():
        each.write_bytes(content)
    assert found(faulty) == expected
    assert found(faulty) == expected


def test_a_cache_that_cannot_be_written_is_no_fault(faulty, monkeypatch, tmp_path):
    """Where the folder takes no file, a check is as before."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert found(faulty) == found(faulty, afresh=True)


def test_a_check_does_not_touch_the_registry(faulty, path, bencomune):
    """Not one byte of it, nor its time."""
    faulty.close()
    before = path.read_bytes(), path.stat().st_mtime_ns
    for _ in range(2):
        assert bencomune("check").returncode == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_the_memory_is_for_its_owner_alone(faulty, bencomune, tmp_path):
    """Messages name telephone numbers: nobody else reads them."""
    faulty.close()
    bencomune("check", XDG_CACHE_HOME=str(tmp_path / "c"))
    folder = tmp_path / "c" / "bencomune"
    (file,) = folder.iterdir()
    assert [p.stat().st_mode & 0o777 for p in (folder, file)] == [0o700, 0o600]


def test_several_processes_find_what_one_does(faulty, monkeypatch):
    """Many records are shared out; what is found does not depend on that."""
    with faulty.operation("prova"):
        for number in range(40):
            faulty.add(Lab, {"name": f"Spazio numero {number}", "state": "active"})
    alone = found(faulty, afresh=True)
    monkeypatch.setattr("bencomune_cli.crews.WORTH", 1)
    monkeypatch.setattr("bencomune_cli.stretches.EACH", 7)
    assert found(faulty, afresh=True) == alone


# How good, and since when


def test_the_summary_counts_by_family(faulty, bencomune):
    """Each family has its line; the sums are those of the findings."""
    faulty.close()
    told = json.loads(bencomune("check", "--summary", "--json").stdout)
    every = json.loads(bencomune("check", "--json").stdout)
    assert [each["family"] for each in told] == [*FAMILIES]
    for severity in ("error", "warning", "note"):
        assert sum(each[f"{severity}s"] for each in told) == sum(
            each["severity"] == severity for each in every
        )
    assert "in tutto" in bencomune("check", "--summary").stdout


def test_the_trend_tells_what_each_operation_did(faulty, bencomune):
    """An edit that mends takes one away, one that spoils brings one, an undo does the reverse."""
    with faulty.operation("mends"):
        faulty.change(faulty.finder.place("spazio-esempio"), {"activities": "green_care"})
    with faulty.operation("spoils"):
        faulty.change(faulty.finder.place("ente-esempio"), {"state": "active"})
    faulty.undo()
    seqs = [each.seq for each in operations(faulty.store.connection)]
    faulty.close()
    told = json.loads(bencomune("check", "--select", "L01", "--since", "2020", "--json").stdout)
    assert [each["seq"] for each in told] == seqs[::-1]
    steps = [(each["ended"], each["brought"], each["left"]) for each in told[-3:]]
    assert steps[-1][2] == sum(
        1 for _ in json.loads(bencomune("check", "--select", "L01", "--json").stdout)
    )
    assert [step[:2] for step in steps] == [(1, 0), (0, 1), (1, 0)]
    assert bencomune("check", "--since", "2999").stdout == ""
    some = json.loads(
        bencomune("check", "ente-esempio", "--select", "L01", "--since", "2020", "--json").stdout
    )
    assert [step["left"] for step in some[-3:]] == [0, 1, 0]
    assert {step["left"] for step in some} <= {0, 1}


def test_the_trend_counts_what_was_waived(faulty, bencomune):
    """A waiver mends nothing: no count is ever below nothing."""
    faulty.close()
    assert bencomune("waive", "spazio-esempio", "L01", "--why", "prova").returncode == 0
    told = json.loads(bencomune("check", "--select", "L01", "--since", "2020", "--json").stdout)
    assert min(step["left"] for step in told) >= 0
    assert min(step["left"] + step["ended"] - step["brought"] for step in told) == 0


@pytest.mark.parametrize(
    ("at", "zone", "since", "shown"),
    [
        ("2026-11-23T23:30:00Z", "CET-1", "2026-11-24", "2026-11-24 00:30"),
        ("2026-11-30T23:30:00Z", "CET-1", "2026-12", "2026-12-01 00:30"),
        ("2026-11-23T23:30:00Z", "UTC0", "2026-11-24", None),
        ("2026-11-24T04:00:00Z", "EST5", "2026-11-24", None),
        ("2026-11-24T04:00:00Z", "EST5", "2026-11-23", "2026-11-23 23:00"),
    ],
)
def test_the_day_of_the_trend_is_the_stewards(registry, bencomune, at, zone, since, shown):
    """An operation is of the day on which the steward's clock stood, and is shown at that time."""
    registry.close()
    epoch = str(int(dt.datetime.fromisoformat(at).timestamp()))
    added = bencomune("lab", "add", "--name", "Esempio", TZ=zone, SOURCE_DATE_EPOCH=epoch)
    assert added.returncode == 0
    for language in ("it", "en"):
        told = bencomune("check", "--since", since, TZ=zone, BENCOMUNE_LANG=language).stdout
        (line,) = [each for each in told.splitlines() if "lab add" in each] or [None]
        assert line is None if shown is None else shown in line
    steps = json.loads(bencomune("check", "--since", since, "--json", TZ=zone).stdout)
    assert (at in {step["at"] for step in steps}) == (shown is not None)


def test_a_time_beyond_all_calendars_is_shown_as_it_is(registry, bencomune):
    """Another program may have written a moment that is in the year 10000 where the reader is."""
    registry.close()
    with closing(sqlite3.connect(registry.store.path)) as other, other:
        other.execute("INSERT INTO operations (at, command) VALUES (?, 'altro')", (LAST,))
    for command in (("check", "--since", "2026"), ("log",)):
        done = bencomune(*command, TZ="CET-1")
        assert (done.returncode, LAST in done.stdout, "altro" in done.stdout) == (0, True, True)


def test_severities_have_an_order():
    """Errors before warnings before notes, as `--severity` and `--fail-on` understand them."""
    assert Severity.ERROR < Severity.WARNING < Severity.NOTE
    assert Waiver in ENTITIES
