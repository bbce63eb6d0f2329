"""A steward's files through the real command: sheets of offices, Excel's round trips, two writers.

What `import` does in the simplest cases stands in test_bringing; here is what offices do to it.
"""

import csv
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bencomune_cli.entities import PLACES, Group, Lab, Organisation
from bencomune_cli.kinds.times import MONTHS
from bencomune_cli.registry import Registry
from mapfiles import collection, feature, kml, placemark
from terminal import DOWN, ENTER
from terminal import bencomune as typed

AUTOMATIC = ("version", "created_at", "updated_at")
ROLL = (
    "Albo comunale delle associazioni;;;;;;;;;\n"
    "N.;Denominazione;Sede legale;N°;CAP;Comune;Tel./Cell.;Cod. Fisc.;Tipologia;Settore;"
    "Presidente;Data costituzione;Orari\n"
    "1;Ass. Esempio Verde;Via Esempio;1;184;COMUNE ESEMPIO;0382111111/0382222222;296180185;"
    "Associazione di Promozione Sociale;Ambiente, Cultura;Tizio;28 settembre 2019;lun-ven 9-12\n"
    "2;Esempio Calcio A.S.D.;Piazza Esempio;2/B;27100;Comune Esempio (PV);0382/333333;;A.S.D.;"
    "Sport;Caio;12/03/15;Mo-Fr 09:00-12:00\n"
    "3;O.D.V. Croce d'Esempio;Strada Esempio;snc;27100;000001;;;ODV;Socio-sanitario;;2001;\n"
)
ASIDE = ("--ignore", "N.", "--ignore", "Presidente")


@pytest.fixture
def office(registry, path):
    """Return the path of a registry with a network and a municipality."""
    registry.close()
    return path


@pytest.fixture(scope="module")
def _pavia(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pavia")
    env = {**os.environ, "BENCOMUNE_REGISTRY": str(folder / "registry.db"), "BENCOMUNE_LANG": "it"}
    for words in (("init", "--example", "pavia"), ("export", "--to", str(folder / "out"))):
        subprocess.run([sys.executable, "-m", "bencomune_cli", *words], env=env, check=True)
    return folder


@pytest.fixture
def pavia(path, _pavia):
    """Return the folder of the exports of the real example, which is at `path`."""
    shutil.copy(_pavia / "registry.db", path)
    return _pavia / "out"


def sheet(path, text, name="s.csv", encoding="utf-8"):
    """Write a file beside the registry, and return its path."""
    file = path.parent / name
    file.write_bytes(text.encode(encoding))
    return str(file)


def records(path, entity=Organisation):
    """Return what the registry keeps of the places of a kind, by id, but for the automatic."""
    registry = Registry.open(path)
    rows = {each.id: each.to_row() for each in registry.store.select(entity)}
    registry.close()
    return {id_: {n: v for n, v in row.items() if n not in AUTOMATIC} for id_, row in rows.items()}


def all_records(path):
    """Return what the registry keeps of all places."""
    return [records(path, entity) for entity in PLACES]


def rows_of(done):
    """Return the result of each row, of `--json`."""
    return [row["result"] for row in json.loads(done.stdout)["rows"]]


def excelled(text):
    """Return a cell as Excel in Italian saves it again: it takes texts for numbers and dates."""
    if text in {"true", "false"}:
        return {"true": "VERO", "false": "FALSO"}[text]
    if found := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text):
        year, month, day = found.groups()
        short = MONTHS[int(month) - 1].it[:3]
        return f"{day}/{month}/{year}" if day else f"{short}-{year[2:]}"
    if re.fullmatch(r"-?\d+\.\d+", text):
        return text.replace(".", ",")
    return text.lstrip("0") if re.fullmatch(r"0\d+", text) else text


def as_excel(source, target, mend=None):
    """Write an exported CSV again as Excel in Italian does: semicolons, Windows-1252, CRLF."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = [{n: excelled(text) for n, text in row.items()} for row in csv.DictReader(file)]
    if mend:
        mend(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    target.write_bytes(out.getvalue().encode("cp1252"))
    return str(target)


def test_an_office_s_roll(office, bencomune):
    """A roll as offices keep it comes in without a word mapped by hand, each mend told."""
    file = sheet(office, ROLL, encoding="cp1252")
    done = bencomune("import", file, "--as", "organisation", "--apply", "--json", *ASIDE)
    assert done.returncode == 0, done.stdout
    found = records(office)
    assert found["ass-esempio-verde"] == {
        "id": "ass-esempio-verde",
        "name": "Ass. Esempio Verde",
        "state": "proposed",
        "hidden": 0,
        "removed": 0,
        "street": "Via Esempio",
        "number": "1",
        "postcode": "00184",
        "municipality": "000001",
        "phone": "+390382111111",
        "notes": "Telefono, altri: 0382222222",
        "tax_code": "00296180185",
        "legal_form": "social_promotion_association",
        "activities": "green_care, cultural_promotion",
        "started_on": "2019-09-28",
        "opening_note": "lun-ven 9-12",
    }
    sport, cross = found["esempio-calcio-a-s-d"], found["o-d-v-croce-d-esempio"]
    assert (sport["started_on"], sport["legal_form"]) == ("2015-03-12", "association")
    assert (sport["opening_hours"], sport["number"]) == ("Mo-Fr 09:00-12:00", "2/B")
    assert (cross["legal_form"], cross["activities"]) == (
        "volunteer_organisation",
        "health_prevention",
    )
    assert (cross["number"], cross["started_on"]) == ("snc", "2001")
    told = {
        f["column"]: f["message"]
        for row in json.loads(done.stdout)["rows"]
        for f in row["findings"]
        if f["code"] == "import"
    }
    assert told["postcode"] == "aveva perso gli zeri iniziali: 184 è diventato 00184"
    assert told["tax_code"].endswith("296180185 è diventato 00296180185")
    assert told["started_on"] == "12/03/15: inteso come 12/3/2015" or "2015" in told["started_on"]
    assert told["phone"].startswith("più di un valore: tenuto il primo, 0382111111;")


def test_terms_by_any_word_and_near_misses(office, bencomune):
    """Terms are known by code, label or synonym; a near miss is told what it may have been."""
    text = "Nome;Attività\nUno;reading_books\nDue;Lettura e libri\nTre;DOPOSCUOLA/Orti\n"
    text += "Quattro;Letura e libri\nCinque;Qwertyuiop\n"
    done = bencomune("import", sheet(office, text), "--as", "lab", "--plan", "--json")
    told = [[f["message"] for f in row["findings"]] for row in json.loads(done.stdout)["rows"]]
    assert told[:3] == [[], [], []]
    assert "forse: Lettura e libri (reading_books)" in told[3][0]
    assert "«bencomune terms activity» elenca" in told[4][0]


def test_a_counter_is_no_identifier(office, bencomune):
    """A column "N." counts rows: as an identifier it would rename records when a row moves."""
    done = bencomune("import", sheet(office, "N.;Nome\n1;Uno\n"), "--as", "lab", "--apply")
    assert (done.returncode, "«N.» (non capita)" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "more", "second"),
    [
        ("C.F.;Nome\n00296180185;Uno\n", (), "C.F.;Nome\n296180185;Uno nuovo\n"),
        ("ID;Nome\n17;Uno\n", ("--source", "Albo"), "ID;Nome\n17;Uno nuovo\n"),
        ("id;Nome\nuno;Uno\n", (), "id;Nome\nuno;Uno nuovo\n"),
    ],
)
def test_a_known_record_is_known_again(office, bencomune, text, more, second):
    """By tax code, source or id: another name for the same record is a change, not a record."""
    given = ("--as", "organisation", "--apply", "--json", *more)
    assert rows_of(bencomune("import", sheet(office, text), *given)) == ["new"]
    assert rows_of(bencomune("import", sheet(office, text), *given)) == ["unchanged"]
    changed = bencomune("import", sheet(office, second), *given)
    (row,) = json.loads(changed.stdout)["rows"]
    assert [tuple(change.values()) for change in row["changes"]] == [("name", "Uno", "Uno nuovo")]
    assert [each["name"] for each in records(office).values()] == ["Uno nuovo"]


def test_what_a_file_does_not_have_is_left_alone(office, bencomune):
    """Notes that somebody wrote are kept beside those that a mend adds, once and for all."""
    file = sheet(office, "Nome;Tel.\nUno;0382 111111 / 0382 222222\n")
    given = ("import", file, "--as", "lab", "--apply")
    bencomune("lab", "add", "--name", "Uno", "--notes", "da rivedere")
    for language in ("it", "it", "en"):
        assert bencomune(*given, BENCOMUNE_LANG=language).returncode == 0
    kept = records(office, Lab)["uno"]
    assert kept["notes"] == "da rivedere\nTelefono, altri: 0382 222222"
    assert len(json.loads(bencomune("log", "--json").stdout)) == 3


def test_constants_and_state_are_for_new_records(office, bencomune):
    """`--set`, `--state` and `--source` fill new records; known ones and full cells stay."""
    bencomune("lab", "add", "--name", "Uno", "--state", "active", "--summary", "prima")
    text = "Nome;In breve;Telefono\nUno;;0382 111111\nLuogo Nuovo;sua;0382 222222\nAltro Posto;;\n"
    given = ("--set", "summary=comune", "--state", "proposed", "--source", "Modulo")
    done = bencomune("import", sheet(office, text), "--as", "lab", "--apply", *given)
    assert done.returncode == 0
    found = records(office, Lab)
    assert (found["uno"]["state"], found["uno"]["summary"]) == ("active", "prima")
    assert "source" not in found["uno"]
    assert [found[each]["summary"] for each in ("luogo-nuovo", "altro-posto")] == ["sua", "comune"]
    assert {found[each]["source"] for each in ("luogo-nuovo", "altro-posto")} == {"Modulo"}
    wrong = bencomune("import", sheet(office, text), "--as", "lab", "--set", "summary")
    assert wrong.returncode == 2


def test_one_undo_gives_everything_back(pavia, path, bencomune):
    """New and changed records of one import are one operation, which one undo takes back whole."""
    before = all_records(path)

    def mend(rows):
        rows[0]["summary"] = "Corretto"
        rows.append({**dict.fromkeys(rows[0], ""), "name": "Luogo del tutto nuovo"})

    file = as_excel(pavia / "labs.csv", path.parent / "labs.csv", mend)
    count = len(json.loads(bencomune("log", "--json").stdout))
    done = bencomune("import", file, "--as", "lab", "--apply", "--why", "giro dei laboratori")
    assert done.returncode == 0
    assert "importati: 1 nuovi, 1 modificati" in done.stderr
    log = json.loads(bencomune("log", "--json").stdout)
    assert len(log) == count + 1
    assert (log[0]["command"], log[0]["why"]) == ("import", "giro dei laboratori")
    assert bencomune("undo").returncode == 0
    assert all_records(path) == before


@pytest.mark.parametrize("entity", PLACES)
@pytest.mark.parametrize("more", [(), ("--empty-clears",)], ids=["plain", "empty-clears"])
def test_an_export_saved_by_excel_comes_back_unchanged(pavia, path, bencomune, entity, more):
    """Masked seats, rounded points, guards, lists: nothing changes, though cells are empty."""
    file = as_excel(pavia / f"{entity.table}.csv", path.parent / "saved.csv")
    before = records(path, entity)
    done = bencomune("import", file, "--as", entity.name_of_kind, "--apply", "--json", *more)
    assert done.returncode == 0
    assert set(rows_of(done)) == {"unchanged"}
    assert records(path, entity) == before


@pytest.mark.parametrize(
    ("entity", "column", "text"),
    [
        (Lab, "name", "Nome – “corretto” €"),
        (Lab, "lat", "45,2001"),
        (Lab, "activities", "reading_books, sport_play"),
        (Group, "summary", "'=1+1"),
        (Organisation, "website", "https://example.org/nuovo"),
    ],
)
def test_one_cell_mended_in_excel(pavia, path, bencomune, entity, column, text):
    """Exactly the field of the cell changes, in exactly that record, and it is shown."""

    def mend(rows):
        row = next(row for row in rows if row["precision"] == "address" or column != "lat")
        row[column] = text

    file = as_excel(pavia / f"{entity.table}.csv", path.parent / "saved.csv", mend)
    before = records(path, entity)
    done = bencomune("import", file, "--as", entity.name_of_kind, "--apply", "--json")
    assert done.returncode == 0, done.stdout
    (changed,) = (row for row in json.loads(done.stdout)["rows"] if row["result"] != "unchanged")
    after = records(path, entity)
    assert {id_ for id_ in after if after[id_] != before[id_]} == {changed["id"]}
    told = {change["column"] for change in changed["changes"]}
    old, new = before[changed["id"]], after[changed["id"]]
    assert {n for n in {*old, *new} if old.get(n) != new.get(n)} == told
    assert told == {column}


def test_the_version_column_guards(office, bencomune):
    """A file with the version it was made of keeps what others changed, and rejects a clash."""
    bencomune("lab", "add", "--name", "Uno", "--summary", "prima", "--phone", "0382 111111")
    assert bencomune("edit", "uno", "summary=di un altro").returncode == 0
    stale = "id;version;Nome;In breve;Telefono\nuno;1;Uno;prima;0382 222222\n"
    done = bencomune("import", sheet(office, stale), "--as", "lab", "--apply", "--json")
    assert rows_of(done) == ["changed"]
    kept = records(office, Lab)["uno"]
    assert (kept["summary"], kept["phone"]) == ("di un altro", "+390382222222")
    clash = "id;version;Nome;In breve\nuno;1;Uno;mio\n"
    done = bencomune("import", sheet(office, clash), "--as", "lab", "--apply")
    assert done.returncode == 1
    assert "nelle stesse colonne: summary" in done.stdout
    never = "id;version;Nome;In breve\nuno;77;Uno;mio\n"
    done = bencomune("import", sheet(office, never), "--as", "lab", "--apply")
    assert (done.returncode, "la versione 77 del record non si trova" in done.stdout) == (1, True)
    assert records(office, Lab)["uno"] == kept


def test_removed_records_and_those_of_another_kind(office, bencomune):
    """An id that was removed, or is of another kind, is refused with what to do."""
    bencomune("lab", "add", "--name", "Uno")
    bencomune("lab", "remove", "uno")
    bencomune("organisation", "add", "--name", "Ente")
    file = sheet(office, "id;Nome\nuno;Uno\nente;Ente\n")
    done = bencomune("import", file, "--as", "lab", "--plan", "--json")
    told = [row["findings"][0]["message"] for row in json.loads(done.stdout)["rows"]]
    assert told[0].startswith("«uno» è stato rimosso: rimetterlo con «bencomune lab restore uno»")
    assert told[1] == "«ente» è di un altro tipo: organisation"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--map", "Nome"), '--map «Nome»: scrivere "Intestazione=colonna"'),
        (("--map", "Altro=name"), "nel file non c'è la colonna «Altro»; ci sono: Nome, Bl\u00f2"),
        (("--map", "Bl\u00f2=nme"), "«nme» non è una colonna di Laboratorio; forse: name"),
        (("--ignore", "Altro"), "nel file non c'è la colonna «Altro»"),
        (("--mapping", "manca.toml"), "manca.toml: il file o la cartella non esiste"),
        (("--format", "docx"), "il formato «docx» non si sa leggere"),
        (("--encoding", "boh"), "la codifica «boh» non esiste"),
        (("--separator", ";;"), "il separatore è un carattere solo"),
        (("--max-rows", "molti"), "serve un numero intero"),
        (("--state", "boh"), "non è tra le voci ammesse"),
        (("--crs", "EPSG:0"), "sistema di riferimento sconosciuto: EPSG:0"),
    ],
)
def test_words_that_mean_nothing(office, bencomune, words, told):
    """An option that does not fit is refused with what would, and nothing is written."""
    file = sheet(office, "Nome;Blò\nUno;x\n")
    done = bencomune("import", file, "--as", "lab", "--apply", *words)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert records(office, Lab) == {}


@pytest.mark.parametrize(
    "headers",
    [
        "Denominazone;Bla bla;Presidente",
        'Denominazone;"C\'è; ""o"" no?";$(touch x)',
        'Denominazone;"Riga\nspezzata";Spazio\u00a0fisso',
        "Denominazone;Bl\x1b[31ma;destra\u202e",
        "Denominazone;-bla;--apply",
    ],
)
def test_what_the_refusal_says_works_as_it_is(office, headers):
    """The options told for undecided columns can be copied to the shell, whatever the headers."""
    file = sheet(office, f"{headers}\nUno;x;y\n")
    env = {**os.environ, "BENCOMUNE_REGISTRY": str(office), "BENCOMUNE_LANG": "it"}
    command = f"{sys.executable} -m bencomune_cli import {shlex.quote(file)} --as lab --apply"

    def shell(line):
        words = ["/bin/sh", "-c", line]
        run = {"env": env, "cwd": office.parent, "capture_output": True, "encoding": "utf-8"}
        return subprocess.run(words, check=False, **run)

    refused = shell(command)
    assert refused.returncode == 2
    told = re.search("Per esempio: (.*)\n", refused.stderr)[1]
    done = shell(f"{command} {told}")
    assert done.returncode == 0, done.stderr
    assert list(records(office, Lab)) == ["uno"]
    assert not (office.parent / "x").exists()


def test_a_mapping_says_what_is_left_aside(office, bencomune):
    """What was left aside is left aside again by the mapping file, which people can read."""
    file = sheet(office, "Chi;Boh\nUno;x\n")
    mapping = office.parent / "m.toml"
    given = ("--map", "Chi=Nome", "--ignore", "Boh", "--save-mapping", mapping)
    assert bencomune("import", file, "--as", "lab", "--plan", *given).returncode == 0
    assert '\n"Chi" = "name"\n"Boh" = ""\n' in mapping.read_text("utf-8")
    other = sheet(office, "Chi;Boh;Bla bla\nUno;x;y\n")
    done = bencomune("import", other, "--as", "lab", "--apply", "--mapping", mapping)
    assert (done.returncode, "«Bla bla»" in done.stderr, "«Boh»" in done.stderr) == (2, True, False)
    for spoilt in ("boh", "[columns]\na = 1\n", '[columns]\n"Chi" = "nme"\n'):
        mapping.write_text(spoilt, "utf-8")
        done = bencomune("import", file, "--as", "lab", "--apply", "--mapping", mapping)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_rejected_rows_are_mended_and_come_in(office, bencomune):
    """The file of rejected rows has their cells as they were, and why; mended, it is imported."""
    text = 'Nome;Telefono;Note\n\'=Uno;boh;"a\nb"\n-Due;no;c\nTre;0382 111111;+d\n'
    file = sheet(office, text, encoding="cp1252")
    given = ("--as", "lab", "--apply", "--keep-good")
    assert bencomune("import", file, *given).returncode == 1
    kept = office.parent / "s.csv.rejected.csv"
    with kept.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened, strict=True))
    assert rows == [
        ["Nome", "Telefono", "Note", "import_reason"],
        ["'=Uno", "boh", "a\nb", "phone: «boh» non è un numero di telefono"],
        ["'-Due", "no", "c", "phone: «no» non è un numero di telefono"],
    ]
    kept.write_text(kept.read_text("utf-8").replace("boh,", ",").replace(",no,", ",,"), "utf-8")
    assert bencomune("import", kept, *given).returncode == 0
    names = sorted(each["name"] for each in records(office, Lab).values())
    assert names == ["-Due", "=Uno", "Tre"]
    assert records(office, Lab)["tre"]["notes"] == "+d"


DUE, SECOND = feature(None, {"nome": "Due"}), placemark("<name>Due</name>", point=None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "m.geojson",
            collection(
                feature(
                    {"type": "Point", "coordinates": [511785.2, 5002957.4]},
                    {"nome": "=Uno", "telefono": "boh"},
                ),
                DUE,
                crs={"type": "name", "properties": {"name": "EPSG:32632"}},
            ),
        ),
        (
            "m.geojson",
            collection(feature(properties={"nome": "=Uno", "Tel.": "boh", "lat": 1}), DUE),
        ),
        ("m.kml", kml(placemark("<name>=Uno</name><phoneNumber>boh</phoneNumber>"), SECOND)),
    ],
)
def test_rejected_places_keep_their_points(office, bencomune, name, content):
    """What is rejected of a map is written with its point, in degrees, and comes in with it."""
    file = sheet(office, content, name)
    given = ("--as", "lab", "--apply", "--keep-good")
    assert bencomune("import", file, *given).returncode == 1
    kept = office.parent / f"{name}.rejected.csv"
    kept.write_text(kept.read_text("utf-8").replace(",boh,", ",0382 111111,"), "utf-8")
    assert bencomune("import", kept, *given).returncode == 0, kept.read_text("utf-8")
    made = records(office, Lab)["uno"]
    assert (made["lat"], made["lon"]) == pytest.approx((45.18, 9.15), abs=1e-6)
    assert (made["name"], made["phone"]) == ("=Uno", "+390382111111")


def test_rejected_metres_keep_their_system(office, bencomune):
    """The .prj file of a table of metres is that of its rejected rows too."""
    file = sheet(office, "Nome;Telefono;X;Y\nUno;boh;511867;5003152\nDue;;;\n")
    (office.parent / "s.prj").write_text("EPSG:23032", "utf-8")
    assert bencomune("import", file, "--as", "lab", "--apply", "--keep-good").returncode == 1
    kept = office.parent / "s.csv.rejected.csv"
    kept.write_text(kept.read_text("utf-8").replace("boh", ""), "utf-8")
    assert bencomune("import", kept, "--as", "lab", "--apply").returncode == 0
    made = records(office, Lab)["uno"]
    assert (made["lat"], made["lon"]) == pytest.approx((45.18, 9.15), abs=5e-4)
    plain = bencomune("import", file, "--as", "lab", "--plan", "--crs", "EPSG:23032", "--json")
    assert json.loads(plain.stdout)["crs"] == "EPSG:23032"


def test_cells_too_many_are_kept_with_their_row(office, bencomune):
    """Cells beyond the header stand behind the reason; taken out, the row comes in."""
    file = sheet(office, "Nome;Note\nUno;a;b;=c\nDue\nTre;ok\n")
    given = ("--as", "lab", "--apply", "--keep-good")
    assert bencomune("import", file, *given).returncode == 1
    kept = office.parent / "s.csv.rejected.csv"
    told = kept.read_text("utf-8")
    reason = "manca una virgoletta, o c'è un separatore di troppo"
    assert told.splitlines() == [
        "Nome,Note,import_reason",
        f"Uno,a,\"la riga ha 4 celle, l'intestazione 2: {reason}\",b,'=c",
        f'Due,,"la riga ha 1 celle, l\'intestazione 2: {reason}"',
    ]
    assert bencomune("import", kept, "--as", "lab", "--apply").returncode == 1
    kept.write_text(told.replace(",b,'=c", ""), "utf-8")
    assert bencomune("import", kept, "--as", "lab", "--apply").returncode == 0
    assert records(office, Lab)["uno"]["notes"] == "a"


def test_long_imports_tell_how_much_is_left(office):
    """On a terminal, reading shows what is done, how much of it, and the time left."""
    headers = "id;name;street;number;phone;email;website;opening_hours;description"
    text = "Lettura, giochi e riparazioni con le famiglie del quartiere. " * 8
    for rows in (20_000, 60_000, 180_000):  # until it takes longer than the second of patience
        lines = [
            f"e-{n};Spazio Esempio {n};via Esempio;{n};0382 {n:06};s{n}@example.org;"
            f"https://example.org/{n};Mo-Fr 0{n % 10}:00-19:00;{text}{n}"
            for n in range(rows)
        ]
        file = sheet(office, "\n".join([headers, *lines]))
        run = typed(office, "import", file, "--as", "lab", "--plan")
        run.ends(0)
        if told := re.search(r"lettura .*[0-9]%.*[0-9]:[0-9]{2}:[0-9]{2}", run.raw):
            break
    assert told


def test_killed_while_it_writes(office):
    """Killed at any moment of its writing, an import of 5,000 rows leaves all of it, or nothing."""
    lines = [f"e-{n};Spazio Esempio {n};via Esempio;{n}" for n in range(5_000)]
    file = sheet(office, "\n".join(["id;name;street;number", *lines]))
    command = [sys.executable, "-m", "bencomune_cli", "import", file, "--as", "lab", "--apply"]
    env = {**os.environ, "BENCOMUNE_REGISTRY": str(office)}
    journal = office.with_name(f"{office.name}-journal")
    hit = 0
    for wait in (0.0, 0.05, 0.15, 0.3):
        with subprocess.Popen(command, env=env, stdout=-3, stderr=-3) as child:
            until = time.monotonic() + 30
            while not journal.exists() and child.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        hit += journal.exists()
        count = len(records(office, Lab))
        assert count in {0, 5_000}
        if count:
            break
    assert hit
    after = subprocess.run(command, env=env, check=False, capture_output=True)
    assert after.returncode == 0
    assert len(records(office, Lab)) == 5_000


@pytest.mark.parametrize(
    ("language", "like", "becomes", "apply", "nothing"),
    [
        (
            "it",
            "«Denominazone» è «name (Nome)»?",
            "«Bla» (non capita) diventa",
            "Importare?",
            "non è stato scritto niente",
        ),
        (
            "en",
            "Is “Denominazone” “name (Name)”?",
            "“Bla” (not understood) becomes",
            "Import?",
            "nothing was written",
        ),
    ],
)
def test_no_is_no(office, language, like, becomes, apply, nothing):
    """A likeness that is denied is asked about; at the last question, no writes nothing."""
    file = sheet(office, "Denominazone;Bla\nUno;Bello\n")
    asked = typed(office, "import", file, "--as", "lab", BENCOMUNE_LANG=language)
    asked.asked(like).types("n" + ENTER)
    asked.settles().answers("Denominazone", "name")
    asked.settles().answers(becomes, "summary")
    asked.sees("Bello").asked(apply).types("n" + ENTER)
    assert nothing in asked.ends(0)
    assert records(office, Lab) == {}


def test_choices_by_the_arrows(office):
    """The first choice for a column that is not understood is to leave it aside, by Enter alone."""
    file = sheet(office, "Nome;Bla\nUno;Bello\n")
    asked = typed(office, "import", file, "--as", "lab")
    asked.asked("diventa").types(DOWN).settles().types(ENTER)
    asked.asked("Importare?").types("s" + ENTER).ends(0)
    assert list(records(office, Lab)) == ["uno"]


def test_good_rows_from_the_dialogue(office):
    """In a terminal the good rows can be written; the others are kept, as the exit code says."""
    file = sheet(office, "Nome;Telefono\nUno;0382 111111\nDue;boh\n")
    asked = typed(office, "import", file, "--as", "lab")
    asked.asked("Importare le righe buone (1), e mettere le altre (1) in un file?")
    asked.types("s" + ENTER)
    assert "s.csv.rejected.csv" in asked.ends(1)
    assert list(records(office, Lab)) == ["uno"]


def test_markup_is_text(office, bencomune):
    """Square brackets are shown as they stand in the file, in plan, questions and errors."""
    text = "Nome;Telefono;[blink]x\n[red]Uno[/red];[/];y\n[bold]Due;;z\n"
    done = bencomune("import", sheet(office, text), "--as", "lab", "--plan")
    assert "«[blink]x» (non capita)" in done.stderr
    more = ("--ignore", "[blink]x")
    done = bencomune("import", sheet(office, text), "--as", "lab", "--plan", *more)
    for shown in ("[red]Uno[/red]", "«[/]» non è un numero di telefono", "[bold]Due"):
        assert shown in done.stdout
    asked = typed(office, "import", sheet(office, text), "--as", "lab", *more)
    asked.asked("Importare le righe buone")
    assert "[red]Uno[/red]" in asked.screen
    asked.types("n" + ENTER).ends(1)
