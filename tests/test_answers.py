"""Answers to letters, read from a table: confirmed, closed, proposed; shown first, one undo."""

import csv
import io
import json

import pytest

from bencomune_cli import reply_codes
from bencomune_cli.answers import KNOWN, LABELS, Answer
from bencomune_cli.entities import PLACES, Group, Lab, Organisation
from bencomune_cli.kinds.choices import bare
from bencomune_cli.registry import Registry
from bencomune_cli.words import LANGUAGES
from days import day
from spreadsheets import xlsx
from terminal import ENTER
from terminal import bencomune as typed

FIRST, SECOND, THIRD = (
    reply_codes.code_of("Rete Esempio", id_) for id_ in ("primo-esempio", "secondo", "terzo")
)


@pytest.fixture
def desk(registry, path):
    """Return a registry with three records of three kinds, and a proposal."""
    living = {"state": "active", "activities": "reading_books", "municipality": "000001"}
    with registry.operation("init"):
        registry.change(registry.network(), {"verify_every": "12"})
        told = {"phone": "0382 000000", "source": "https://example.org"}
        registry.add(Lab, {"name": "Primo esempio", **living, **told, "verified_on": "2019"})
        registry.add(Group, {"name": "Secondo", **living, "area_served": "comune-esempio"})
        registry.add(Organisation, {"name": "Terzo", **living})
        registry.add(Lab, {"name": "Primo esempi", "municipality": "000001"})
    registry.close()
    return path


def kept(path):
    """Return all that a registry keeps of places, by id, but for the automatic."""
    registry = Registry.open(path)
    automatic = ("version", "created_at", "updated_at")
    found = {
        each.id: {n: v for n, v in each.to_row().items() if n not in automatic}
        for entity in PLACES
        for each in registry.store.select(entity)
    }
    registry.close()
    return found


@pytest.fixture
def answers(desk):
    """Return a function that writes a file of answers, one row a line, and returns its name."""

    def write(*lines, name="risposte.csv", encoding="utf-8"):
        (desk.parent / name).write_bytes("\r\n".join(lines).encode(encoding))
        return name

    return write


def test_the_three_answers(desk, answers, bencomune):
    """Confirmed is verified with a source, closed is closed, changed is a proposal; one undo."""
    before = kept(desk)
    file = answers(
        "Codice;Risposta;Data;Nota;Telefono;Orari",
        f"{reply_codes.told(FIRST).lower()};Modifiche;20/11/2021;il telefono è nuovo;0382 111111;",
        f"{SECOND};Tutto giusto.;20/11/2021;;;",
        f"{THIRD};CESSATA ATTIVITÀ;06/2021;;;",
    )
    done = bencomune("review", "apply", file, "--apply", "--source", "prot. 12/2021")
    assert done.returncode == 0, done.stderr
    assert "confermati: 1; chiusi: 1; proposte: 1" in done.stderr
    after = kept(desk)
    assert after["primo-esempio"] == before["primo-esempio"]
    changed = {n: v for n, v in after["secondo"].items() if before["secondo"].get(n) != v}
    assert changed == {
        "verified_on": "2021-11-20",
        "verified_how": "email_reply",
        "source": "prot. 12/2021",
    }
    changed = {n: v for n, v in after["terzo"].items() if before["terzo"].get(n) != v}
    assert changed == {
        "state": "closed",
        "ended_on": "2021-06",
        "verified_on": day(),
        "verified_how": "email_reply",
        "source": "prot. 12/2021",
    }
    (new,) = after.keys() - before.keys()
    proposal = after[new]
    assert (proposal["name"], proposal["state"]) == ("Primo esempio", "proposed")
    assert (proposal["phone"], proposal["source"]) == ("+390382111111", "prot. 12/2021")
    assert "sul record primo-esempio: il telefono è nuovo" in proposal["notes"]
    assert "opening_hours" not in proposal
    assert "activities" not in proposal
    (last, *_) = json.loads(bencomune("log", "--json").stdout)
    assert (last["command"], last["why"].split()[0]) == ("review apply", "risposte.csv")
    assert bencomune("undo").returncode == 0
    assert kept(desk) == before


def test_a_plan_writes_nothing(desk, answers, bencomune):
    """What would be done is shown, row by row; without --apply nothing is written."""
    file = answers("id;answer;phone", "primo-esempio;changed;0382 111111", "terzo;ok;")
    before = desk.read_bytes()
    for words in ((), ("--plan",), ("--json",)):
        done = bencomune("review", "apply", file, *words)
        assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["written"] is False
    assert [(each["row"], each["id"], each["result"]) for each in told["answers"]] == [
        (2, "primo-esempio", "propose"),
        (3, "terzo", "verify"),
    ]
    (delta,) = told["answers"][0]["changes"]
    assert delta == {"column": "phone", "before": "+390382000000", "after": "+390382111111"}
    shown = bencomune("review", "apply", file)
    assert (
        "primo-esempio\tPrimo esempio\tcambiato\tproposta: phone: +390382000000 →" in shown.stdout
    )
    assert "niente è stato scritto" in shown.stderr or "aggiungere --apply" in shown.stderr
    assert desk.read_bytes() == before


def test_a_plan_shows_notes(answers, bencomune):
    """A note is read before one decides, also where it is all that an answer says, or is lost."""
    file = answers("id;answer;note", "secondo;changed;chiamare Esempio", "terzo;ok;sede nuova")
    shown = bencomune("review", "apply", file, "--plan").stdout.splitlines()
    assert shown[0].endswith("\tproposta: nota: chiamare Esempio")
    assert shown[1].endswith("nota, che non viene scritta: sede nuova")
    told = json.loads(bencomune("review", "apply", file, "--json").stdout)["answers"]
    assert [each["note"] for each in told] == ["chiamare Esempio", "sede nuova"]


SLIP = FIRST[:-1] + ("0" if FIRST[-1] != "0" else "1")
OTHER = reply_codes.code_of("Rete Esempio", "non-esiste")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{SLIP};;ok;;", "ha un carattere sbagliato"),
        ("ABC;;ok;;", "serve il codice della lettera, di 7 lettere e cifre"),
        (f"{OTHER};;ok;;", f"nessun record di questa rete ha il codice {OTHER}"),
        (f"{FIRST};terzo;ok;;", f"il codice {FIRST} è di primo-esempio, non di terzo"),
        (";non-esiste;ok;;", "nel registro non c'è «non-esiste»"),
        (";;ok;;", "manca il codice, o l'id"),
        (";terzo;boh;;", "«boh» non è una risposta che si capisce: scrivere confermato, cambiato"),
        (";terzo;ok;{tomorrow};", "«{tomorrow}» è nel futuro"),
        (";terzo;ok;ieri;", "serve una data"),
        (";terzo;cambiato;;", "dice che qualcosa cambia, ma non che cosa"),
        (";terzo;cambiato;;non è un indirizzo", "email"),
        (";primo-esempi;ok;;", "primo-esempi è una proposta"),
        (";secondo;ok;;", "secondo è rimosso dal registro"),
    ],
)
def test_what_cannot_be_used(desk, answers, bencomune, row, expected):
    """What is wrong with a row is told with its number; nothing is written, of no row."""
    assert bencomune("group", "remove", "secondo").returncode == 0
    file = answers(
        "codice;id;risposta;data;E-mail", f"{FIRST};;ok;2021;", row.format(tomorrow=day(1))
    )
    before = kept(desk)
    done = bencomune("review", "apply", file, "--apply")
    assert done.returncode == 1
    assert "riga 3 (" in done.stderr
    assert expected.format(tomorrow=day(1)) in done.stderr
    assert "correggere le righe, oppure con --keep-good" in done.stderr
    assert kept(desk) == before
    done = bencomune("review", "apply", file, "--apply", "--keep-good")
    assert done.returncode == 1
    assert kept(desk)["primo-esempio"]["verified_on"] == "2021"


def test_two_answers_on_one_record(desk, answers, bencomune):
    """Which of several answers holds is not guessed: each is told with the rows of all."""
    file = answers("codice;id;risposta", f"{FIRST};;ok", ";terzo;ok", ";primo-esempio;chiuso")
    done = bencomune("review", "apply", file, "--json", "--apply", "--keep-good")
    told = json.loads(done.stdout)
    assert [(each["row"], "alle righe 2, 4" in each["message"]) for each in told["wrong"]] == [
        (2, True),
        (4, True),
    ]
    assert [each["id"] for each in told["answers"]] == ["terzo"]
    assert kept(desk)["primo-esempio"]["state"] == "active"


def test_a_record_that_became_part_of_another(answers, bencomune):
    """An answer on a record that was merged meanwhile names the record that it is part of."""
    assert bencomune("lab", "add", "--name", "Doppio", "--state", "active").returncode == 0
    assert bencomune("merge", "doppio", "primo-esempio", "--yes").returncode == 0
    done = bencomune("review", "apply", answers("id;risposta", "doppio;ok"))
    assert done.returncode == 1
    assert "doppio è rimosso dal registro" in done.stderr
    assert "è confluito in primo-esempio" in done.stderr


def test_the_same_file_twice(desk, answers, bencomune):
    """Applied again, also after the proposal was decided on, the same answers change nothing."""
    file = answers(
        "codice;risposta;data;nota;telefono",
        f"{FIRST};cambiato;2021-11-20;nuovo;0382 111111",
        f"{SECOND};confermato;2021-11-20;;",
        f"{THIRD};chiuso;2021;;",
    )
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    once = kept(desk)
    again = bencomune("review", "apply", file, "--apply")
    assert (again.returncode, "di cui già applicate: 3" in again.stderr) == (0, True)
    assert kept(desk) == once
    (new,) = once.keys() - {"primo-esempio", "primo-esempi", "secondo", "terzo"}
    assert bencomune("review", "reject", new, "--why", "no").returncode == 0
    decided = kept(desk)
    assert "già applicate: 3" in bencomune("review", "apply", file, "--apply").stderr
    assert kept(desk) == decided


def test_answers_without_a_date(desk, answers, bencomune):
    """Answers that tell no day are of the day on which they are applied first, and of no other."""
    file = answers("id;risposta", "terzo;ok")
    assert bencomune("review", "apply", file, "--apply", "--on", "2021-11-20").returncode == 0
    assert kept(desk)["terzo"]["verified_on"] == "2021-11-20"
    assert "già applicate: 1" in bencomune("review", "apply", file, "--apply").stderr
    assert kept(desk)["terzo"]["verified_on"] == "2021-11-20"
    assert bencomune("undo").returncode == 0
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    assert kept(desk)["terzo"]["verified_on"] == day()


def test_an_earlier_answer_does_not_undo_a_later_one(desk, answers, bencomune):
    """What was verified since an answer stays verified on that later day."""
    assert bencomune("review", "confirm", "terzo", "--how", "form").returncode == 0
    before = kept(desk)
    file = answers("id;risposta;data", "terzo;confermato;2021-11-20")
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    assert kept(desk) == before


def test_the_table_of_letters_comes_back(desk, bencomune):
    """The table of the letters itself, with answers written into it, proposes just what changed."""
    at = ("lat=45.123456", "lon=9.1", "precision=masked", "street=via Esempio")
    assert bencomune("edit", "primo-esempio", *at).returncode == 0
    assert bencomune("review", "letters", "--all").returncode == 0
    file = desk.parent / "letters" / "letters.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    for row in rows:
        row["risposta"] = "cambiato" if row["id"] == "primo-esempio" else ""
        row["opening_hours"] = "Mo-Fr 16:00-19:00" if row["risposta"] else ""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(out.getvalue(), "utf-8")
    done = bencomune("review", "apply", file, "--json")
    told = json.loads(done.stdout)
    assert (done.stderr.count("non capita"), told["unanswered"], told["wrong"]) == (0, 2, [])
    (answer,) = told["answers"]
    assert [each["column"] for each in answer["changes"]] == ["opening_hours"]
    assert next(row["lat"] for row in rows if row["id"] == "primo-esempio") == "45.12"


def test_a_spreadsheet(desk, bencomune):
    """A spreadsheet of Excel is read as well as a table of texts."""
    rows = [["Identificativo", "Esito", "Fonte"], ["terzo", "Sì", "lettera del 2021"]]
    (desk.parent / "risposte.xlsx").write_bytes(xlsx(*rows))
    done = bencomune("review", "apply", "risposte.xlsx", "--apply")
    assert done.returncode == 0, done.stderr
    assert kept(desk)["terzo"]["source"] == "lettera del 2021"


def test_an_older_encoding(desk, answers, bencomune):
    """A table of Windows, with accents, is read; a column that means nothing is told."""
    lines = ("id;risposta;perché", "terzo;sì;così")
    done = bencomune("review", "apply", answers(*lines, encoding="cp1252"), "--apply")
    assert done.returncode == 0, done.stderr
    assert "colonna non capita, lasciata da parte: «perché»" in done.stderr
    assert kept(desk)["terzo"]["verified_on"] == day()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("nome;risposta", "Terzo;ok"), "servono le colonne «codice» (o «id») e «risposta»"),
        (("id;codice", "terzo;ok"), "servono le colonne"),
        (
            ("id;risposta;esito", "terzo;ok;ok"),
            "più colonne dicono la stessa cosa: risposta, esito",
        ),
        (("",), "il file è vuoto"),
    ],
)
def test_files_without_answers(answers, bencomune, lines, expected):
    """A file that cannot be one of answers is a sentence with exit code 2."""
    done = bencomune("review", "apply", answers(*lines))
    assert done.returncode == 2
    assert expected in done.stderr


def test_what_a_proposal_cannot_bring(desk, answers, bencomune):
    """A new name, and a state, are told by the notes of the proposal."""
    file = answers("id;risposta;nome;stato", "secondo;cambiato;Nuovo nome;in pausa")
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    after = kept(desk)
    proposal = after["secondo-2"]
    assert (proposal["name"], proposal["state"]) == ("Secondo", "proposed")
    assert "name: Nuovo nome" in proposal["notes"]
    assert "state: Sospeso" in proposal["notes"]
    assert proposal["area_served"] == "comune-esempio"  # without which no group is written


def test_what_nobody_may_see_stays_so(desk, answers, bencomune):
    """A proposal on a record that is hidden, or masked, is so too, also when it is accepted."""
    at = ("lat=45.1", "lon=9.1", "precision=masked")
    assert bencomune("edit", "primo-esempio", *at).returncode == 0
    told = ("hidden=yes", "hidden_reason=prova")
    assert bencomune("edit", "secondo", *told).returncode == 0
    file = answers("id;risposta;via", "primo-esempio;cambiato;via Uno", "secondo;cambiato;via Due")
    done = bencomune("review", "apply", file, "--apply")
    assert done.returncode == 0, done.stderr
    ids = [each for each in kept(desk) if each[-1].isdigit()]
    assert bencomune("review", "accept", *ids).returncode == 0
    assert bencomune("export", "network", "--format", "csv").returncode == 0
    text = (desk.parent / "exports" / "network.csv").read_text("utf-8")
    assert len(ids) == 2
    assert "via Uno" not in text
    assert "via Due" not in text


def test_the_address_of_a_public_seat(desk, answers, bencomune):
    """A new address of an office that is open to all becomes the record's own by a merge."""
    assert bencomune("edit", "terzo", "seat_public=yes").returncode == 0
    file = answers("id;risposta;via;civico", "terzo;cambiato;via Nuova;3")
    done = bencomune("review", "apply", file, "--apply")
    assert done.returncode == 0, done.stderr
    assert bencomune("review", "merge", "terzo-2", "terzo").returncode == 0
    merged = kept(desk)["terzo"]
    assert (merged["street"], merged["number"]) == ("via Nuova", "3")


def test_the_proposal_is_merged_into_its_record(desk, answers, bencomune):
    """The review offers the record that the answer is about first, and its merge applies it."""
    words = "id;risposta;data;telefono;orari"
    file = answers(words, "primo-esempio;cambiato;2021-11-20;0382 111111;Mo-Fr 16:00-19:00")
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    assert bencomune("review", "accept", "primo-esempi").returncode == 0  # a rival by its name
    walk = typed(desk, "review", "proposals")
    walk.sees("Forse c'è già").answers("Che cosa fare:", "unire")
    walk.asked("Unire a quale record:").settles().sees("Primo esempio")
    lines = [line.strip() for line in walk.screen.splitlines()]
    offered = [line for line in lines if line.startswith(("primo-esempi ", "primo-esempio "))]
    assert offered[0].startswith("primo-esempio ")
    walk.types("primo-esempio" + ENTER)
    walk.sees("Telefono: c'è «+390382000000»").types("s" + ENTER)
    walk.sees("Verificato il: c'è «2019»").types("s" + ENTER)
    walk.sees("è confluito in primo-esempio").ends(0)
    merged = kept(desk)["primo-esempio"]
    told = (merged["phone"], merged["verified_on"], merged["opening_hours"])
    assert told == ("+390382111111", "2021-11-20", "Mo-Fr 16:00-19:00")
    assert "già applicate: 1" in bencomune("review", "apply", file, "--apply").stderr
    assert kept(desk)["primo-esempio"] == merged


@pytest.mark.parametrize(
    ("language", "question", "answer"), [("it", "Scrivere?", "sì"), ("en", "Write?", "yes")]
)
def test_a_person_is_asked(desk, answers, language, question, answer):
    """In a terminal the plan is shown and one question asked, whose empty answer is no."""
    file = answers("id;risposta;data", "terzo;ok;2021-11-20")
    before = desk.read_bytes()
    asking = typed(desk, "review", "apply", file, BENCOMUNE_LANG=language)
    asking.sees("terzo").asked(question).types(ENTER).ends(0)
    assert desk.read_bytes() == before
    asking = typed(desk, "review", "apply", file, BENCOMUNE_LANG=language)
    asking.answers(question, answer).ends(0)
    assert kept(desk)["terzo"]["verified_on"] == "2021-11-20"


def test_answers_are_known_in_both_languages():
    """The words of the letters themselves, in both languages, are answers, and none means two."""
    for answer in Answer:
        for language in LANGUAGES:
            assert KNOWN[bare(LABELS[answer].said_in(language))] is answer
    assert {KNOWN[bare(word)] for word in ("Sì!", "OK", "tutto giusto")} == {Answer.CONFIRMED}
    assert "" not in KNOWN


def test_a_date_of_the_answer_is_no_end(desk, answers, bencomune):
    """When an answer was written says when it was verified, not when what it closes ended."""
    file = answers("Codice;Risposta;Data risposta", f"{FIRST};chiuso;2026-01-10")
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    row = next(row for row in kept(desk).values() if row["name"] == "Primo esempio")
    assert (row["state"], row.get("ended_on"), row["verified_on"]) == ("closed", None, "2026-01-10")


def test_confirmed_with_another_number_is_asked_about(desk, answers, bencomune):
    """A cell that was corrected beside the word "confirmed" is not dropped in silence."""
    before = kept(desk)
    file = answers("Codice;Risposta;Telefono", f"{FIRST};confermato;0382 399222")
    done = bencomune("review", "apply", file, "--apply")
    assert (done.returncode, kept(desk)) == (1, before)
    assert "Telefono" in done.stdout + done.stderr


def test_a_row_that_failed_is_applied_the_second_time(desk, answers, bencomune):
    """That a file was applied says nothing of its rows that could not be used."""
    file = answers("id;Risposta", "secondo;confermato", "primo-esempi;confermato")
    assert bencomune("review", "apply", file, "--apply", "--keep-good").returncode in {0, 1}
    assert kept(desk)["primo-esempi"].get("verified_on") is None
    assert bencomune("review", "accept", "primo-esempi").returncode == 0
    assert bencomune("review", "apply", file, "--apply").returncode == 0
    assert kept(desk)["primo-esempi"]["verified_on"]
